"""A private Postgres server for the length of a `with`: a Unix socket in a temporary directory, no TCP."""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time


def programs():
    """The newest installed server's directory of programs."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: float(path.split("/")[4]))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    if initdb:
        return os.path.dirname(os.path.realpath(initdb))
    raise SystemExit("no Postgres server found; on Debian: apt-get install postgresql")


@contextlib.contextmanager
def server():
    """Yields the directory of the socket of a server that has nothing in it."""
    directory = tempfile.mkdtemp(prefix="sennit-checks-")
    # A server refuses to run as root.
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if account:
        os.chown(directory, account.pw_uid, account.pw_gid)
    run = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    data = os.path.join(directory, "data")
    process = None
    try:
        subprocess.run(
            [os.path.join(programs(), "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
             "--locale=C.UTF-8", "-N"],
            check=True, stdout=subprocess.DEVNULL, cwd=directory, **run)
        process = subprocess.Popen(
            [os.path.join(programs(), "postgres"), "-D", data, "-k", directory, "-c", "listen_addresses=",
             "-c", "fsync=off", "-c", "synchronous_commit=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=directory, **run)
        ready = [os.path.join(programs(), "pg_isready"), "-q", "-h", directory]
        deadline = time.monotonic() + 30
        while subprocess.run(ready).returncode != 0:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the Postgres server did not start")
            time.sleep(0.05)
        yield directory
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(directory, ignore_errors=True)
