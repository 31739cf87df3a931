#!/usr/bin/env python3
"""Times the price pipeline on lists of 120,000 prices of each of three clouds.

usage: Benchmarks/prices.py [--rounds N] [--rows N] [--json]

Each provider alone and all three together, in turns: scraped from `pscraper mock` in a process of its own, loaded into
a private Postgres, checked, dumped. A provider's time is that of its step, with the server's start and end; 'all' is
from the start of the run to the end of the last provider's step. Then the step that adds the dumps up to one database.
Medians of the rounds, and the least and the most. The release programs must be built (`scripts/run` does it).
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / ".build/release"
PROVIDERS = ["aws", "azure", "gcp"]


def run(folder, root, providers, store):
    """One run; the seconds of each step, and until the last provider's step has ended."""
    config = {
        "prices": {"mirror": root, "samples": str(folder / "lists"), "csv": True, "providers": providers}
    }
    (folder / "sennit.yaml").write_text(json.dumps(config))
    command = [PROGRAMS / "sennit", "run", "prices", "--force", "--json", "--store", folder / store]
    output = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True, text=True).stdout
    events = [json.loads(line) for line in output.splitlines()]
    start = next(event["time"] for event in events if event["event"] == "run.started")
    ended = [event for event in events if event["event"] == "step.finished"]
    seconds = {event["step"]: event["milliseconds"] / 1000 for event in ended}
    rows = {event["step"]: event["rows"] for event in ended}
    return seconds, max(event["time"] - start for event in ended if event["step"] in PROVIDERS) / 1000, rows


def measure(folder, rounds):
    """The times of every round, by name."""
    server = subprocess.Popen(
        [PROGRAMS / "pscraper", "mock", "--folder", folder / "lists", "--json"], stdout=subprocess.PIPE, text=True
    )
    try:
        root = json.loads(server.stdout.readline())["root"]
        times, rows = {name: [] for name in PROVIDERS + ["all", "aggregate"]}, {}
        # The first round warms the mock and the prepared data directory.
        for round_number in range(rounds + 1):
            for name in PROVIDERS:
                seconds, _, counted = run(folder, root, [name], "store")
                rows.update(counted)
                if round_number:
                    times[name].append(seconds[name])
            seconds, all_seconds, counted = run(folder, root, PROVIDERS, "store")
            rows.update(counted)
            if round_number:
                times["all"].append(all_seconds)
                times["aggregate"].append(seconds["aggregate"])
            print(f"round {round_number} of {rounds}", file=sys.stderr)
        rows["all"] = rows["aggregate"]
        return times, rows
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=120_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sennit-prices-") as name:
        folder = pathlib.Path(name)
        maker = ROOT / "Benchmarks/price_lists.py"
        subprocess.run([sys.executable, maker, folder / "lists", str(options.rows)], check=True)
        times, rows = measure(folder, options.rounds)
    figures = {
        name: {"rows": rows[name], "median": statistics.median(all_times), "times": all_times}
        for name, all_times in times.items()
    }
    if options.json:
        return print(json.dumps(figures))
    print(f"{'what':<10} {'rows':>8} {'median':>8} {'least':>8} {'most':>8}   seconds")
    for name, figure in figures.items():
        least, most = min(figure["times"]), max(figure["times"])
        print(f"{name:<10} {figure['rows']:>8,} {figure['median']:>8.2f} {least:>8.2f} {most:>8.2f}")


main()
