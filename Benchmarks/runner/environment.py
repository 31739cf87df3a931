"""The peers' virtual environment and our binary: found, or made, or asked for."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
REPOSITORY = BENCHMARKS.parent
VIRTUAL_ENVIRONMENT = BENCHMARKS / ".venv"
REQUIREMENTS = BENCHMARKS / "requirements.txt"
#: A copy of the requirements that were installed last: made when the installation is complete.
INSTALLED = VIRTUAL_ENVIRONMENT / "installed-requirements.txt"


class Missing(Exception):
    """Something the run needs is not there; the text says how to get it."""


def peers_python():
    """The Python that has the peers; makes the environment when it is missing or out of date."""
    python = VIRTUAL_ENVIRONMENT / "bin" / "python"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if INSTALLED.exists() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return python
    print("Setting up Benchmarks/.venv with the peers (a few minutes, once) …", file=sys.stderr)
    commands = (
        [sys.executable, "-m", "venv", VIRTUAL_ENVIRONMENT],
        [python, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS],
    )
    for command in commands:
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
            raise Missing(
                "Benchmarks/.venv could not be set up. On Debian it needs the package "
                "python3-venv, and pip needs its package index; see Benchmarks/README.md."
            )
    INSTALLED.write_text(wanted, encoding="utf-8")
    return python


def sennit_binary(given):
    """Our program: the one given, or the release build."""
    path = Path(given) if given else REPOSITORY / ".build" / "release" / "sennit"
    if not path.is_file():
        raise Missing(
            f"no program at {shown(path)}: build it with `swift build -c release --static-swift-stdlib "
            "--product sennit`, or name another with --sennit PATH, or leave ours out with --without-sennit."
        )
    return path.resolve()


def shown(path):
    """A path as the repository sees it; of one outside, only its last part."""
    path = Path(path).absolute()
    if path.is_relative_to(REPOSITORY):
        return str(path.relative_to(REPOSITORY))
    return path.name


def without_places(text):
    """The text with the repository's place on this machine taken out."""
    return text.replace(f"{REPOSITORY}/", "").replace(str(REPOSITORY), ".")
