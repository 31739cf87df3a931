"""What handing over a task costs: no-ops, one task per call."""

import time

import executors
import measurement
import tasks


def measure(options):
    adapter = executors.ADAPTERS[options.executor](options.processes, options.threads)
    adapter.warm_up()
    adapter.results([adapter.submit(tasks.no_operation) for _ in range(options.count // 10)])

    start = time.perf_counter()
    handles = [adapter.submit(tasks.no_operation) for _ in range(options.count)]
    submitted = time.perf_counter()
    adapter.results(handles)
    finished = time.perf_counter()
    del handles

    trips = [one_round_trip_us(adapter) for _ in range(options.round_trips)]
    return {
        "tasks_per_s": options.count / (finished - start),
        "submit_us": (submitted - start) / options.count * 1e6,
        "round_trip_p50_us": measurement.quantile(trips, 0.5),
        "round_trip_p99_us": measurement.quantile(trips, 0.99),
    }


def one_round_trip_us(adapter):
    start = time.perf_counter()
    adapter.result(adapter.submit(tasks.no_operation))
    return (time.perf_counter() - start) * 1e6


def main():
    parser = measurement.arguments(__doc__)
    parser.add_argument("--processes", type=measurement.positive, default=2)
    parser.add_argument("--threads", type=measurement.positive, default=1)
    parser.add_argument("--count", type=measurement.positive, default=20_000)
    parser.add_argument("--round-trips", type=measurement.positive, default=1000)
    measurement.run(measure, parser.parse_args())


if __name__ == "__main__":
    main()
