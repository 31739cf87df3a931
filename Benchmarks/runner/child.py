"""Runs one program with a time limit and leaves nothing of it behind."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36
#: How long helpers that end by themselves, such as Python's resource trackers, are waited for.
GRACE_S = 1.0
END_LIMIT_S = 10.0
LONGEST_OUTPUT = 1_000_000


class Failure(Exception):
    """A program that gave no figures; the text is its last line or what was wrong with it."""


def adopt_orphans():
    """Makes this process the parent of its descendants' orphans, so that it can end them."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"cannot become the reaper of orphans: {os.strerror(error)}")


def measured(command, time_limit_s, directory):
    """The JSON object that `command`, run in `directory`, prints.

    Throws Failure if it fails, prints something else or takes longer than `time_limit_s`. It and
    all its descendants are ended on every path, and its temporary files go. `adopt_orphans` must
    have been called.
    """
    with contextlib.ExitStack() as stack:
        # Files, not pipes: an orphan that keeps its end open would hold a reader for ever.
        output = stack.enter_context(tempfile.TemporaryFile())
        errors = stack.enter_context(tempfile.TemporaryFile())
        temporary = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="sennit-", ignore_cleanup_errors=True)
        )
        stack.callback(end_descendants)
        child = subprocess.Popen(
            command,
            cwd=directory,
            env={**os.environ, "TMPDIR": temporary},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        try:
            status = child.wait(timeout=time_limit_s)
        except subprocess.TimeoutExpired:
            raise Failure(f"not finished after {time_limit_s:g} s") from None
        finally:
            # Its group and whoever left that become children of this process, ended on the way out.
            child.kill()
            child.wait()
        if status != 0:
            said = last_line(errors) or last_line(output) or f"ended with status {status}"
            raise Failure(said.replace(temporary, "the temporary directory"))
        return json_object(output)


def json_object(output):
    output.seek(0)
    text = output.read(LONGEST_OUTPUT).decode(errors="replace")
    try:
        value = json.loads(text)
    except ValueError:
        raise Failure(f"printed no JSON object: {text.strip()[:80]!r}") from None
    if not isinstance(value, dict):
        raise Failure("printed JSON that is not an object")
    return value


def last_line(file):
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 4096))
    lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1].strip()[:300] if lines else ""


def end_descendants():
    """Kills and reaps what is left, after a moment for helpers that end by themselves."""
    start = time.monotonic()
    while children := live_children():
        waited = time.monotonic() - start
        if waited > END_LIMIT_S:
            raise Failure(f"processes that cannot be killed: {[pid for pid, _ in children]}")
        for pid, command_line in children:
            if "resource_tracker" not in command_line or waited > GRACE_S:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        reap()
        time.sleep(0.01)


def live_children():
    """Process ids and command lines of this process's children, adopted ones included."""
    path = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    with open(path, encoding="ascii") as file:
        pids = [int(pid) for pid in file.read().split()]
    found = []
    for pid in pids:
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                found.append((pid, file.read()))
    return found


def reap():
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
