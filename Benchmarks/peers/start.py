"""From making the executor to the result of its first task, for each start method it has."""

import time

import executors
import measurement
import tasks


def measure(options):
    adapter_class = executors.ADAPTERS[options.executor]
    outcome = {}
    for method in adapter_class.start_methods:
        times = [first_task_ms(adapter_class, method) for _ in range(options.rounds)]
        outcome[f"first_task_ms_{method}"] = measurement.quantile(times, 0.5)
    return outcome


def first_task_ms(adapter_class, method):
    start = time.perf_counter()
    adapter = adapter_class(1, 1, start_method=method)
    adapter.result(adapter.submit(tasks.no_operation))
    elapsed = time.perf_counter() - start
    adapter.close()
    return elapsed * 1e3


def main():
    parser = measurement.arguments(__doc__)
    parser.add_argument("--rounds", type=measurement.positive, default=3)
    measurement.run(measure, parser.parse_args())


if __name__ == "__main__":
    main()
