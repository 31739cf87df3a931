"""What is run: for each concern its cases, and in each case ours and the peers."""

from dataclasses import dataclass, field

OURS = "sennit"


@dataclass(frozen=True)
class Column:
    """A figure of the table. `factor` says whether it is also given as a multiple of ours."""

    key: str
    title: str
    decimals: int = 1
    factor: bool = False


@dataclass(frozen=True)
class Configuration:
    """One executor with its shape and the options its program is called with."""

    executor: str
    label: str
    arguments: tuple[str, ...]
    baseline: bool = False


@dataclass(frozen=True)
class Case:
    """Configurations that are compared with one another, and so run in turns."""

    concern: str
    name: str
    title: str
    columns: tuple[Column, ...]
    configurations: list[Configuration] = field(default_factory=list)
    time_limit_s: float = 120


CONCERNS = ("workload", "dispatch", "payload", "crash", "start")

#: Executor, processes, threads. The baseline is ours with two processes of forty threads.
WORKLOAD_SHAPES = (
    (OURS, 2, 40),
    ("thread-pool", 1, 60),
    ("process-pool", 80, 1),
    ("process-pool-fork", 80, 1),
    ("multiprocessing-pool", 80, 1),
    ("loky", 80, 1),
    ("pebble", 80, 1),
    ("article", 2, 40),
    ("dask", 2, 40),
    ("ray-actors", 2, 40),
)

#: `wall` is for comparison with figures published elsewhere, which are of these.
WALL_SHAPES = (
    (OURS, 2, 40),
    ("thread-pool", 1, 60),
    ("process-pool-fork", 80, 1),
    ("article", 2, 40),
)

#: Executor, processes, threads, tasks: about a second's worth each.
DISPATCH_SHAPES = (
    (OURS, 2, 1, 1_000_000),
    ("thread-pool", 1, 2, 50_000),
    ("process-pool", 2, 1, 20_000),
    ("process-pool-fork", 2, 1, 20_000),
    ("multiprocessing-pool", 2, 1, 50_000),
    ("loky", 2, 1, 20_000),
    ("pebble", 2, 1, 20_000),
    ("article", 2, 1, 10_000),
    ("dask", 2, 1, 1_000),
    ("ray-actors", 2, 1, 5_000),
)

PAYLOAD_EXECUTORS = (
    OURS,
    "thread-pool",
    "process-pool",
    "process-pool-fork",
    "multiprocessing-pool",
    "loky",
    "pebble",
    "article",
    "dask",
    "ray-actors",
)

CRASH_EXECUTORS = (
    OURS,
    "process-pool",
    "process-pool-fork",
    "multiprocessing-pool",
    "loky",
    "pebble",
    "article",
    "dask",
    "ray-tasks",
)
#: Starting these takes seconds, and each round starts one.
SLOW_STARTERS = ("dask", "ray-tasks", "ray-actors")

START_EXECUTORS = (
    OURS,
    "thread-pool",
    "process-pool",
    "multiprocessing-pool",
    "loky",
    "pebble",
    "article",
    "dask",
    "ray-tasks",
)

WORKLOAD_COLUMNS = (
    Column("elapsed_s", "elapsed s", 2, factor=True),
    Column("ratio", "/ lower bound", 3),
    Column("cpu_s", "CPU s", 2),
    Column("uss_mb", "private MB", factor=True),
    Column("rss_mb", "resident MB"),
    Column("processes", "processes", 0),
    Column("threads", "threads", 0),
    Column("busiest_share", "busiest share", 3),
)
DISPATCH_COLUMNS = (
    Column("tasks_per_s", "tasks/s", 0, factor=True),
    Column("submit_us", "submit µs", 2, factor=True),
    Column("submit_alone_us", "the same, alone, µs", 2),
    Column("round_trip_p50_us", "round trip p50 µs", 1, factor=True),
    Column("round_trip_p99_us", "round trip p99 µs", 1),
)
PAYLOAD_COLUMNS = (
    Column("echo_ms_p50", "there and back p50 ms", 3, factor=True),
    Column("shared_echo_ms_p50", "the same, shared buffer, ms", 3),
)
CRASH_COLUMNS = (
    Column("detect_ms_p50", "caller told p50 ms", 2, factor=True),
    Column("detect_ms_p99", "caller told p99 ms", 2),
    Column("deadline_overshoot_ms_p99", "told after a deadline p99 ms", 2),
    Column("good_tasks_finished", "good tasks finished", 0),
    Column("good_tasks_expected", "of", 0),
    Column("orphans_after_50ms", "alive 50 ms after the parent", 0),
    Column("leaked_descriptors", "descriptors leaked", 0),
)
START_COLUMNS = tuple(
    Column(f"first_task_ms_{method}", f"{method} ms", 2)
    for method in ("spawn", "zygote", "forkserver", "fork", "loky", "thread", "daemon")
)


def cases(quick):
    """Everything there is to run. `quick` keeps the shapes and makes the counts small."""
    return [
        *(workload_case(mode, quick) for mode in ("cpu", "wall")),
        dispatch_case(quick),
        *(payload_case(megabytes) for megabytes in (1, 64)),
        crash_case(quick),
        start_case(quick),
    ]


def workload_case(mode, quick):
    count = "800" if quick else "6000"
    configurations = [
        Configuration(
            executor,
            f"{executor} {processes}x{threads}",
            ("--processes", str(processes), "--threads", str(threads))
            + ("--count", count, "--mode", mode),
            baseline=index == 0,
        )
        for index, (executor, processes, threads) in enumerate(
            WORKLOAD_SHAPES if mode == "cpu" else WALL_SHAPES
        )
    ]
    title = f"{count} tasks of 20 ms sleep and 0.8 ms of {mode} time"
    return Case("workload", mode, title, WORKLOAD_COLUMNS, configurations, time_limit_s=180)


def dispatch_case(quick):
    configurations = [
        Configuration(
            executor,
            f"{executor} {processes}x{threads}",
            ("--processes", str(processes), "--threads", str(threads))
            + ("--count", str(count // 10 if quick else count)),
            baseline=executor == OURS,
        )
        for executor, processes, threads, count in DISPATCH_SHAPES
    ]
    title = "no-ops, one task per call, two workers"
    return Case("dispatch", "no-op", title, DISPATCH_COLUMNS, configurations)


def payload_case(megabytes):
    configurations = [
        Configuration(executor, executor, ("--bytes", str(megabytes * 2**20)), executor == OURS)
        for executor in PAYLOAD_EXECUTORS
    ]
    title = f"{megabytes} MB to a worker and back"
    return Case("payload", f"{megabytes} MB", title, PAYLOAD_COLUMNS, configurations)


def crash_case(quick):
    configurations = []
    for executor in CRASH_EXECUTORS:
        # Each round starts and loses a pool; the peers' take a second or more, or wait for ever.
        rounds = 20 if executor == OURS and not quick else 3
        arguments = ("--rounds", str(rounds))
        configurations.append(Configuration(executor, executor, arguments, executor == OURS))
    title = "killed workers, a poison task, a killed parent"
    return Case("crash", "kill", title, CRASH_COLUMNS, configurations, time_limit_s=240)


def start_case(quick):
    configurations = []
    for executor in START_EXECUTORS:
        once = quick or executor in SLOW_STARTERS
        arguments = ("--rounds", "1") if once and executor != OURS else ()
        configurations.append(Configuration(executor, executor, arguments, executor == OURS))
    title = "from making the executor to its first result"
    return Case("start", "first task", title, START_COLUMNS, configurations)


def peer_names():
    """All executors that are not ours, in the order of the tables."""
    names = [
        configuration.executor
        for case in cases(quick=True)
        for configuration in case.configurations
        if configuration.executor != OURS
    ]
    return list(dict.fromkeys(names))
