"""The work the executors are given. Workers import this module, so it imports little."""

import os
import signal
import threading
import time

SLEEP_S = 0.02
CPU_S = 0.0008

CLOCKS = {"cpu": time.thread_time, "wall": time.perf_counter}


def no_operation():
    """The cheapest task there is."""


def echo(payload):
    """Sends the bytes back."""
    return payload


def mostly_io_cpu(index):
    """20 ms of sleep, then 0.8 ms of this thread's own CPU time."""
    return _mostly_io(index, time.thread_time)


def mostly_io_wall(index):
    """20 ms of sleep, then 0.8 ms of wall clock spent busily: waiting for a core counts as work."""
    return _mostly_io(index, time.perf_counter)


def _mostly_io(index, clock):
    time.sleep(SLEEP_S)
    _burn(CPU_S, clock)
    return index, os.getpid()


def _burn(seconds, clock):
    end = clock() + seconds
    while clock() < end:
        for base in range(2, 24):
            base**23


def nap(seconds):
    """Sleeps and says which process and thread did so."""
    time.sleep(seconds)
    return os.getpid(), threading.get_ident()


def announce_and_burn(directory, name, seconds):
    """Writes its process id to a file that appears whole, then keeps a core busy."""
    path = os.path.join(directory, name)
    with open(path + ".part", "w", encoding="ascii") as file:
        file.write(str(os.getpid()))
    os.rename(path + ".part", path)
    _burn(seconds, time.perf_counter)


def good(index, seconds):
    """A task that does its work and returns."""
    time.sleep(seconds)
    return index


def poison():
    """Kills the worker it runs in."""
    os.kill(os.getpid(), signal.SIGKILL)


def run_chunk(function, items):
    """Runs one chunk, for executors that have no chunks of their own."""
    return [function(item) for item in items]
