"""What every peer program does around its measurement: options, process trees, output."""

import argparse
import contextlib
import json
import math
import os
import sys
import tempfile
import time
from dataclasses import dataclass

import psutil

import executors

MEGABYTE = 2**20
END_TRIES = 3
END_INTERVAL_S = 0.02


def arguments(description):
    """A parser with the options all peer programs have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--executor", required=True, choices=sorted(executors.ADAPTERS))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def positive(text):
    """An option's value that must be a whole number above zero."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {value}")
    return value


def cores():
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def quantile(values, fraction):
    """The value at that rank, the higher of two neighbours; no interpolation."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(fraction * len(ordered)) - 1)]


@dataclass
class TreeUse:
    """What a process and its descendants hold, summed."""

    rss_mb: float = 0.0
    uss_mb: float = 0.0
    processes: int = 0
    threads: int = 0


def cpu_seconds():
    """CPU seconds used so far by this process and its live descendants, to the nanosecond.

    Read from each process's CPU clock: the times in /proc are cut to whole ticks of 10 ms, which
    loses most of what eighty processes do in a second.
    """
    total = 0.0
    for process in own_tree():
        with contextlib.suppress(OSError):
            total += time.clock_gettime(process_cpu_clock(process.pid))
    return total


def process_cpu_clock(pid):
    """Linux's number for the CPU clock of a process and all its threads."""
    return (~pid << 3) | 2


def tree_use():
    """What this process and its live descendants use now."""
    use = TreeUse()
    for process in own_tree():
        with contextlib.suppress(psutil.Error):
            memory = process.memory_full_info()
            use.rss_mb += memory.rss / MEGABYTE
            use.uss_mb += memory.uss / MEGABYTE
            use.threads += process.num_threads()
            use.processes += 1
    return use


def own_tree():
    process = psutil.Process()
    return [process, *process.children(recursive=True)]


def alive(process):
    """Whether that very process still runs; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def kill(processes):
    """Kills these processes, by id, whatever became of them.

    Python's resource trackers are spared: they end with the last process they serve, and remove
    the named semaphores that it left.
    """
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if not any("resource_tracker" in word for word in process.cmdline()):
                process.kill()


def end_descendants():
    """Kills all descendants, again and again while a pool replaces its dead workers.

    A pool's own threads cannot be stopped from outside, so the tries are bounded; what starts
    after the last one ends with the runner, which adopts orphans.
    """
    for _ in range(END_TRIES):
        kill(psutil.Process().children(recursive=True))
        time.sleep(END_INTERVAL_S)


@contextlib.contextmanager
def temporary_directory():
    """A directory for all temporary files of this process and its descendants."""
    with tempfile.TemporaryDirectory(prefix="p-", ignore_cleanup_errors=True) as directory:
        os.environ["TMPDIR"] = tempfile.tempdir = directory
        yield


@contextlib.contextmanager
def quiet_standard_output():
    """Sends what libraries and workers print to standard error; yields the real output."""
    sys.stdout.flush()
    with os.fdopen(os.dup(1), "w") as output:
        os.dup2(2, 1)
        yield output


def run(measure, options):
    """Measures, prints the outcome and ends this process with all its descendants.

    Leaves by `os._exit`: some pools never finish joining their workers after a crash.
    """
    status = 0
    with temporary_directory(), quiet_standard_output() as output:
        try:
            outcome = measure(options)
        except Exception as error:  # The last line of standard error is what the runner shows.
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            status = 1
        else:
            output.write(_formatted(outcome, options.json))
            output.flush()
        end_descendants()
    sys.stderr.flush()
    os._exit(status)


def _formatted(outcome, as_json):
    if as_json:
        return json.dumps(outcome) + "\n"
    width = max(map(len, outcome))
    return "".join(f"{key:<{width}}  {value}\n" for key, value in outcome.items())
