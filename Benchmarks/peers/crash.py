"""What becomes of the callers, the neighbours and the workers when a process is killed.

Three scenarios with two workers each, every wait bounded by `--time-limit`. A scenario that does
not end by then is named in `hangs`, and the figure it should have given is null.
"""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import psutil

import executors
import measurement
import tasks

PROCESSES = 2
GOOD_TASKS = 20
GOOD_TASK_S = 0.3
BURN_S = 60
ORPHAN_DELAY_S = 0.05
SETTLING_S = 0.5


class Hang(Exception):
    """Something did not end within the time limit; the text says what."""


def measure(options):
    adapter_class = executors.ADAPTERS[options.executor]
    outcome = dict.fromkeys(
        (
            "detect_ms_p50",
            "detect_ms_p99",
            "good_tasks_finished",
            "good_tasks_expected",
            "orphans_after_50ms",
            "leaked_descriptors",
        )
    )
    hangs = []
    if adapter_class.scales == "threads":
        raise ValueError(f"{options.executor} has no worker process that could be killed")
    killed_worker(adapter_class, options, outcome, hangs)
    poison_task(adapter_class, options, outcome, hangs)
    killed_parent(options, outcome, hangs)
    outcome["hangs"] = hangs
    return outcome


# A worker is killed while it is busy: when is its caller told?


def killed_worker(adapter_class, options, outcome, hangs):
    times = []
    try:
        # The first round is not counted: it makes what a library keeps for good.
        one_detection_ms(adapter_class, options.time_limit)
        descriptors = open_descriptors()
        for _ in range(options.rounds):
            times.append(one_detection_ms(adapter_class, options.time_limit))
    except Hang as hang:
        hangs.append(f"killed worker: {hang}")
        measurement.kill(psutil.Process().children(recursive=True))
        return
    outcome["detect_ms_p50"] = measurement.quantile(times, 0.5)
    outcome["detect_ms_p99"] = measurement.quantile(times, 0.99)
    outcome["leaked_descriptors"] = max(0, open_descriptors() - descriptors)


def one_detection_ms(adapter_class, time_limit):
    """Milliseconds from SIGKILL to the caller's error; throws Hang if there is none in time."""
    adapter = adapter_class(PROCESSES, 1, retries=False)
    with tempfile.TemporaryDirectory() as directory:
        handle = adapter.submit(tasks.announce_and_burn, directory, "victim", BURN_S)
        victim = announced(directory, "victim")
        start = time.perf_counter()
        os.kill(victim, signal.SIGKILL)
        try:
            adapter.result(handle, timeout=time_limit)
        except TimeoutError:
            raise Hang("its caller is never told") from None
        except Exception:  # Whatever it is called, it tells the caller.
            elapsed = time.perf_counter() - start
        else:
            raise AssertionError("a killed task reported success")
    # Some executors wait for ever for what the dead worker held.
    closing = threading.Thread(target=adapter.close, daemon=True)
    closing.start()
    closing.join(time_limit)
    if closing.is_alive():
        raise Hang("shutting the executor down afterwards never ends")
    return elapsed * 1e3


def announced(directory, name):
    """The process id that a task wrote, once it is there."""
    deadline = time.monotonic() + executors.START_LIMIT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            with open(os.path.join(directory, name), encoding="ascii") as file:
                return int(file.read())
        time.sleep(0.002)
    raise TimeoutError(f"no task began within {executors.START_LIMIT_S} s")


def open_descriptors():
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


# One task kills its worker among good ones: how many of the good ones finish?


def poison_task(adapter_class, options, outcome, hangs):
    adapter = adapter_class(PROCESSES, 1)
    adapter.warm_up()
    deadline = time.monotonic() + options.time_limit
    good, poison = [], None
    for index in range(GOOD_TASKS):
        if index == GOOD_TASKS // 2:
            poison = submitted(adapter, tasks.poison)
        good.append(submitted(adapter, tasks.good, index, GOOD_TASK_S))
    outcomes = [settled(adapter, handle, deadline) for handle in good]
    outcome["good_tasks_expected"] = GOOD_TASKS
    outcome["good_tasks_finished"] = outcomes.count("finished")
    if unsettled := outcomes.count("unsettled"):
        hangs.append(f"poison task: {unsettled} good tasks never end")
    if settled(adapter, poison, deadline) == "unsettled":
        hangs.append("poison task: its caller is never told")
    measurement.kill(psutil.Process().children(recursive=True))


def submitted(adapter, function, *arguments):
    """The task's handle; None if the executor no longer takes tasks."""
    try:
        return adapter.submit(function, *arguments)
    except Exception:
        return None


def settled(adapter, handle, deadline):
    """"finished", "failed", or "unsettled" at the deadline."""
    if handle is None:
        return "failed"
    try:
        adapter.result(handle, timeout=max(0.001, deadline - time.monotonic()))
    except TimeoutError:
        return "unsettled"
    except Exception:
        return "failed"
    return "finished"


# The parent is killed while its workers are busy: which of its processes live on?


def killed_parent(options, outcome, hangs):
    command = [sys.executable, __file__, "--executor", options.executor, "--parent-in"]
    with tempfile.TemporaryDirectory() as directory:
        parent = subprocess.Popen([*command, directory], stdin=subprocess.DEVNULL, stdout=2)
        family = []
        try:
            announced(directory, "0")
            time.sleep(SETTLING_S)  # Not every executor gives each worker one of the two tasks.
            family = psutil.Process(parent.pid).children(recursive=True)
            parent.kill()
            time.sleep(ORPHAN_DELAY_S)
            outcome["orphans_after_50ms"] = sum(map(measurement.alive, family))
        except TimeoutError:
            hangs.append("killed parent: its tasks never begin")
        finally:
            parent.kill()
            parent.wait()
            measurement.kill(family)


def be_the_parent(options):
    """Keeps all workers busy until killed."""
    adapter = executors.ADAPTERS[options.executor](PROCESSES, 1)
    handles = [
        adapter.submit(tasks.announce_and_burn, options.parent_in, str(worker), BURN_S)
        for worker in range(PROCESSES)
    ]
    adapter.results(handles)


def main():
    parser = measurement.arguments(__doc__)
    parser.add_argument("--rounds", type=measurement.positive, default=20)
    parser.add_argument("--time-limit", type=float, default=10, help="seconds per wait")
    parser.add_argument("--parent-in", metavar="DIRECTORY", help="be the parent to kill")
    options = parser.parse_args()
    if options.parent_in:
        be_the_parent(options)
    else:
        measurement.run(measure, options)


if __name__ == "__main__":
    main()
