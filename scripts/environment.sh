# shellcheck shell=sh
# Read by every script: `. "$(dirname "$0")/environment.sh"`. Not a script of its own.
# Sets `root`, moves there, and gives the functions below.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
script=$(basename -- "$0")

# The comment at the top of a script is its help.
show_help() {
    sed -n '2,/^[^#]/ { /^#/ !d; s/^# \{0,1\}//; p; }' "$0"
}

say() { printf '%s: %s\n' "$script" "$*"; }
warn() { printf '%s: %s\n' "$script" "$*" >&2; }
fail() {
    warn "$*"
    exit 1
}

# Where the Swift toolchain is, if its folder is not in PATH already.
find_swift() {
    command -v swift >/dev/null 2>&1 && return
    for folder in /opt/swift/usr/bin /usr/libexec/swift/bin "${HOME:-}/.local/share/swiftly/bin"; do
        if [ -x "$folder/swift" ]; then
            PATH="$folder:$PATH"
            export PATH
            return
        fi
    done
    return 1
}

# The release build, of all products or with the options given. Each worker process is a start of the program, so on
# Linux it holds Swift's libraries itself, and stands at a fixed address: to load the libraries takes some twenty
# milliseconds, and to move the program four more and six megabytes, in each process. The linker would also list every
# name of those libraries for others to find, and the start would look through sixty thousand of them.
build_release() {
    if [ "$(uname -s)" = Linux ]; then
        set -- --static-swift-stdlib -Xlinker -no-pie -Xlinker --no-export-dynamic "$@"
    fi
    swift build -c release "$@"
}

if [ "${1:-}" = "--help" ] || [ "${1:-}" = "-h" ]; then
    show_help
    exit 0
fi
find_swift || true
cd "$root" || exit 1
