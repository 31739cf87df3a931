"""Mostly waiting, a little computing: 20 ms of sleep and 0.8 ms of CPU per task."""

import collections
import time

import executors
import measurement
import tasks

CHUNK = 10
FUNCTIONS = {"cpu": tasks.mostly_io_cpu, "wall": tasks.mostly_io_wall}


def measure(options):
    adapter = executors.ADAPTERS[options.executor](options.processes, options.threads)
    adapter.warm_up()
    cpu_before = measurement.cpu_seconds()
    start = time.perf_counter()
    values = adapter.map(FUNCTIONS[options.mode], range(options.count), CHUNK)
    elapsed = time.perf_counter() - start
    cpu = measurement.cpu_seconds() - cpu_before
    use = measurement.tree_use()
    if [index for index, _ in values] != list(range(options.count)):
        raise AssertionError("the results are not those of the tasks, in order")

    bound = lower_bound(options.count, options.processes * options.threads)
    tasks_by_process = collections.Counter(pid for _, pid in values)
    return {
        "elapsed_s": elapsed,
        "lower_bound_s": bound,
        "ratio": elapsed / bound,
        "cpu_s": cpu,
        "rss_mb": use.rss_mb,
        "uss_mb": use.uss_mb,
        "processes": use.processes,
        "threads": use.threads,
        "busiest_share": max(tasks_by_process.values()) / options.count,
    }


def lower_bound(count, concurrency):
    """No executor is faster: all sleeps overlap as far as they may, or all cores are busy."""
    return max(
        count * tasks.SLEEP_S / concurrency,
        count * tasks.CPU_S / measurement.cores(),
    )


def main():
    parser = measurement.arguments(__doc__)
    parser.add_argument("--processes", type=measurement.positive, required=True)
    parser.add_argument("--threads", type=measurement.positive, required=True)
    parser.add_argument("--count", type=measurement.positive, default=6000)
    parser.add_argument("--mode", choices=sorted(FUNCTIONS), default="cpu")
    measurement.run(measure, parser.parse_args())


if __name__ == "__main__":
    main()
