"""Bytes out to a worker and back again."""

import time

import executors
import measurement
import tasks

PROCESSES = 2
BYTES_IN_ALL = 256 * measurement.MEGABYTE
WARM_UP_ROUNDS = 3


def measure(options):
    adapter_class = executors.ADAPTERS[options.executor]
    adapter = adapter_class(1 if adapter_class.scales == "threads" else PROCESSES, 1)
    adapter.warm_up()
    payload = bytes(range(256)) * (options.bytes // 256) + bytes(options.bytes % 256)
    rounds = max(10, min(200, BYTES_IN_ALL // options.bytes))
    for _ in range(WARM_UP_ROUNDS):
        one_echo_ms(adapter, payload)
    echoes = [one_echo_ms(adapter, payload) for _ in range(rounds)]
    return {"bytes": options.bytes, "echo_ms_p50": measurement.quantile(echoes, 0.5)}


def one_echo_ms(adapter, payload):
    start = time.perf_counter()
    answer = adapter.result(adapter.submit(tasks.echo, payload))
    elapsed = time.perf_counter() - start
    if answer != payload:
        raise AssertionError("the bytes that came back are not those that were sent")
    return elapsed * 1e3


def main():
    parser = measurement.arguments(__doc__)
    parser.add_argument("--bytes", type=measurement.positive, default=measurement.MEGABYTE)
    measurement.run(measure, parser.parse_args())


if __name__ == "__main__":
    main()
