import Sennit

/// Whom a server runs as.
enum ServerAccount {
    /// Users that are there as a rule, the best one first.
    private static let names = ["postgres", "nobody", made]
    /// The user that is made where there is none of them, as in the smallest of containers.
    private static let made = "sennit-postgres"

    /// nil for this process's own user; root, as whom no server runs, takes an unprivileged one, which is made if
    /// there is none.
    static func choose() throws -> ProcessAccount? {
        guard Account.effectiveUser == 0 else { return nil }
        if let account = find() { return account }
        make()
        if let account = find() { return account }
        throw EphemeralPostgresError(
            .startFailed,
            """
            PostgreSQL does not run as root, there is neither a user 'postgres' nor 'nobody' to run it as, and none \
            could be made; make one, for example with 'useradd --system postgres'
            """)
    }

    /// The best of the users that are there as a rule.
    static func find() -> ProcessAccount? {
        names.lazy.compactMap { Account.named($0)?.numbers }.first { $0.user != 0 }
    }

    /// Asks the system for a user without a password, a home or a shell; Debian's programs and then BusyBox's.
    private static func make() {
        let useradd = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", made]
        let adduser = ["-S", "-D", "-H", made]
        for (program, arguments) in [("useradd", useradd), ("adduser", adduser)] {
            for folder in ["/usr/sbin", "/sbin", "/usr/bin", "/bin"] {
                let path = "\(folder)/\(program)"
                guard FileSystem.isExecutable(path) else { continue }
                if let outcome = try? Tool(path, arguments).run(), outcome.status == .exited(0) { return }
            }
        }
    }
}
