#!/usr/bin/env python3
"""Measures what stands on the executor: servers, lists, loading, checks, pipelines, history; and what each must reach.

usage: Benchmarks/price_figures.py [--rounds N] [--only NAME,…] [--json FILE] [--check]

Each figure is the median of the rounds; every round measures everything once, in turns. The release programs must be
built (`scripts/run` does it), and nothing else should run. With --check the status is 1 if a figure is missed.

  servers    a private Postgres: start, from the pool, end, COPY, dump             sennit bench postgres
  offer      an AWS offer file of 500 MB, whole and on demand alone                sennit bench prices
  load       the same into a private Postgres, parse included                     sennit bench prices --socket
  providers  120,000 prices of each of three clouds: from `pscraper mock`, in a process of its own, into a private
             Postgres, checked, dumped. A provider's time is that of its step, with the server's start and end; 'all' is
             from the start of the run to the end of the last provider's step
  pipeline   what the engine costs                                                 sennit bench pipeline
  history    appends and rebuilds, beside SQLite's own functions                   sennit bench history
  expand     variables in text                                                     sennit bench expand
"""
import argparse
import json
import operator
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / ".build/release"
PROVIDERS = ["aws", "azure", "gcp"]
AT_MOST, AT_LEAST = operator.le, operator.ge

# name, unit, and what it must be; None where nothing is asked.
FIGURES = {
    "server in memory, p50": ("ms", AT_MOST, 35),
    "server on disk, p50": ("ms", AT_MOST, 60),
    "server in memory, p95": ("ms", AT_MOST, 80),
    "server on disk, p95": ("ms", AT_MOST, 80),
    "server from the warm pool": ("ms", AT_MOST, 2),
    "end of a server": ("ms", AT_MOST, 8),
    "binary COPY alone": ("rows/s", None, None),
    "dump of 120,000 rows": ("s", None, None),
    "offer of 500 MB": ("s", AT_MOST, 1.0),
    "its private memory": ("MB", AT_MOST, 64),
    "the same, on demand alone": ("s", AT_MOST, 0.4),
    "rows into Postgres, parse included": ("rows/s", AT_LEAST, 300_000),
    "aws: 120,000 prices": ("s", AT_MOST, 1.5),
    "azure: 120,000 prices": ("s", AT_MOST, 1.5),
    "gcp: 120,000 prices": ("s", AT_MOST, 1.5),
    "all three": ("s", AT_MOST, 3.0),
    "added up to one database": ("s", None, None),
    "engine, each step": ("ms", AT_MOST, 3),
    "three steps, from process start": ("ms", AT_MOST, 30),
    "history, single appends": ("/s", AT_LEAST, 70_000),
    "SQLite's own functions": ("/s", None, None),
    "history, rebuild": ("events/s", AT_LEAST, 2_000_000),
    "variables in dense text": ("MB/s", AT_LEAST, 500),
}


def figures_of(*command):
    """The JSON object that a program of ours prints."""
    run = subprocess.run([PROGRAMS / command[0], *command[1:], "--json"], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(run.stdout)


def servers(folder):
    found = figures_of("sennit", "bench", "postgres", "--rounds", "20", "--rows", "120000")
    yield "server in memory, p50", found["start_memory_ms_p50"]
    yield "server in memory, p95", found["start_memory_ms_p95"]
    yield "server on disk, p50", found["start_disk_ms_p50"]
    yield "server on disk, p95", found["start_disk_ms_p95"]
    yield "server from the warm pool", found["warm_ms_p50"]
    yield "end of a server", found["end_ms_p50"]
    yield "binary COPY alone", found["copy_rows_per_second"]
    yield "dump of 120,000 rows", found["dump_s"]


def offer(folder):
    whole = figures_of("sennit", "bench", "prices", folder / "offer.json")
    yield "offer of 500 MB", whole["seconds"]
    yield "its private memory", whole["memoryMB"]
    yield "the same, on demand alone", figures_of(
        "sennit", "bench", "prices", folder / "offer.json", "--on-demand-only"
    )["seconds"]


def load(folder):
    program = f"'{PROGRAMS}/sennit' bench prices '{folder}/offer.json' --socket \"$PGHOST\" --json"
    run = subprocess.run(
        [PROGRAMS / "sennit", "postgres", "--set", "shared_buffers=128MB", "--", "sh", "-c", program],
        stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    found = json.loads(run.stdout)
    yield "rows into Postgres, parse included", found["rows"] / found["seconds"]


def run_prices(folder, root, providers):
    """The seconds of each step of one run, and until the last provider's step has ended."""
    settings = {"mirror": root, "samples": str(folder / "lists"), "csv": True, "providers": providers}
    (folder / "sennit.yaml").write_text(json.dumps({"prices": settings}))
    command = [PROGRAMS / "sennit", "run", "prices", "--force", "--json", "--store", folder / "store"]
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True, text=True)
    events = [json.loads(line) for line in run.stdout.splitlines()]
    start = next(event["time"] for event in events if event["event"] == "run.started")
    ended = [event for event in events if event["event"] == "step.finished"]
    seconds = {event["step"]: event["milliseconds"] / 1000 for event in ended}
    return seconds, max(event["time"] - start for event in ended if event["step"] in PROVIDERS) / 1000


def providers(folder):
    server = subprocess.Popen(
        [PROGRAMS / "pscraper", "mock", "--folder", folder / "lists", "--json"], stdout=subprocess.PIPE, text=True
    )
    try:
        root = json.loads(server.stdout.readline())["root"]
        # Once for nothing: the mock compresses each list once.
        run_prices(folder, root, PROVIDERS)
        for name in PROVIDERS:
            yield f"{name}: 120,000 prices", run_prices(folder, root, [name])[0][name]
        seconds, whole = run_prices(folder, root, PROVIDERS)
        yield "all three", whole
        yield "added up to one database", seconds["aggregate"]
    finally:
        server.terminate()
        server.wait()


def pipeline(folder):
    found = figures_of("sennit", "bench", "pipeline", "--rounds", "9")
    yield "engine, each step", found["step_ms"]
    yield "three steps, from process start", found["three_steps_process_ms"]


def history(folder):
    found = figures_of("sennit", "bench", "history")
    yield "history, single appends", found["appends_per_s"]
    yield "SQLite's own functions", found["sqlite_appends_per_s"]
    yield "history, rebuild", found["rebuild_events_per_s"]


def expand(folder):
    yield "variables in dense text", figures_of("sennit", "bench", "expand")["dense_mb_s"]


CONCERNS = [servers, offer, load, providers, pipeline, history, expand]


def measure(concerns, rounds):
    """Every value of every figure."""
    values = {}
    with tempfile.TemporaryDirectory(prefix="sennit-figures-") as name:
        folder = pathlib.Path(name)
        if offer in concerns or load in concerns:
            subprocess.run([sys.executable, ROOT / "Benchmarks/price_offer.py", folder / "offer.json"], check=True)
        if providers in concerns:
            subprocess.run([sys.executable, ROOT / "Benchmarks/price_lists.py", folder / "lists"], check=True)
        for number in range(rounds):
            for concern in concerns:
                print(f"round {number + 1} of {rounds}: {concern.__name__}", file=sys.stderr)
                for figure, value in concern(folder):
                    values.setdefault(figure, []).append(value)
    return values


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="names of what is measured, with commas between them")
    parser.add_argument("--json", metavar="FILE", help="write every value of every round too")
    parser.add_argument("--check", action="store_true", help="end with 1 if a figure is missed")
    options = parser.parse_args()
    wanted = [name for name in options.only.split(",") if name]
    unknown = set(wanted) - {concern.__name__ for concern in CONCERNS}
    if unknown:
        parser.error(f"no such name: {', '.join(sorted(unknown))}; --help lists them")
    print(f"load average before: {os.getloadavg()[0]:.2f}", file=sys.stderr)
    values = measure([concern for concern in CONCERNS if not wanted or concern.__name__ in wanted], options.rounds)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(values, indent=1) + "\n")
    missed = 0
    print(f"{'':4} {'figure':<36} {'median':>12} {'least':>12} {'most':>12} {'unit':<9} must")
    for name, (unit, compare, must) in FIGURES.items():
        if name not in values:
            continue
        median = statistics.median(values[name])
        holds = compare is None or compare(median, must)
        missed += not holds
        limit = "" if compare is None else f"{'≤' if compare is AT_MOST else '≥'} {must:,}"
        digits = 0 if median >= 1000 else 2
        numbers = " ".join(f"{value:12,.{digits}f}" for value in (median, min(values[name]), max(values[name])))
        print(f"{'ok' if holds else 'MISS':4} {name:<36} {numbers} {unit:<9} {limit}")
    sys.exit(1 if missed and options.check else 0)


main()
