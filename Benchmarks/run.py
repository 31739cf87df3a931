#!/usr/bin/env python3
"""Runs the same work on our executor and on its Python peers, and writes the comparison.

A complete run writes RESULTS.md and results.json beside this file. One that leaves something out
(--quick, --only, --peers, --without-sennit, or Ctrl-C) writes them into Benchmarks/results/, which
is not kept, unless --output says otherwise.
"""

import argparse
import shlex
import signal
import sys
from dataclasses import replace
from pathlib import Path

from runner import child, configurations, environment, machine, report, thresholds
from runner.session import Session, progress

INTERRUPTED = 130


def options_given():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only",
        metavar="CONCERN,…",
        type=names_among("concern", configurations.CONCERNS),
        help=f"of {', '.join(configurations.CONCERNS)}",
    )
    parser.add_argument(
        "--peers",
        metavar="NAME,…",
        type=names_among("peer", configurations.peer_names()),
        help=f"of {', '.join(configurations.peer_names())}",
    )
    parser.add_argument("--repetitions", type=int, metavar="N", help="5, or 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="once each, with small counts")
    parser.add_argument("--sennit", metavar="PATH", help="default: .build/release/sennit")
    parser.add_argument("--without-sennit", action="store_true", help="run the peers alone")
    parser.add_argument("--output", metavar="DIRECTORY", type=Path, help="where to write")
    parser.add_argument(
        "--check",
        action="store_true",
        help="run ours alone, compare it with thresholds.json, write nothing; 1 if one is missed",
    )
    options = parser.parse_args()
    if options.repetitions is None:
        options.repetitions = 1 if options.quick else 5
    if options.repetitions < 1:
        parser.error("--repetitions must be at least 1")
    if options.check and (options.without_sennit or options.peers or options.output):
        parser.error("--check runs ours alone: it goes with --only, --repetitions and --sennit")
    if options.check and options.quick:
        parser.error("--check needs the full counts: leave out --quick")
    return options


def names_among(kind, known):
    """A parser for a list of names with commas between them."""

    def parse(text):
        names = [name.strip() for name in text.split(",") if name.strip()]
        unknown = [name for name in names if name not in known]
        if unknown or not names:
            what = f"no such {kind}: {', '.join(unknown)}" if unknown else f"no {kind} named"
            raise argparse.ArgumentTypeError(f"{what}; there are {', '.join(known)}")
        return names

    return parse


def chosen_cases(options):
    """The cases to run, without the executors that were not asked for."""
    wanted = set(options.peers or configurations.peer_names())
    if not options.without_sennit:
        wanted.add(configurations.OURS)
    cases = []
    for case in configurations.cases(options.quick):
        if options.only and case.concern not in options.only:
            continue
        kept = [each for each in case.configurations if each.executor in wanted]
        if kept:
            cases.append(replace(case, configurations=kept))
    return cases


def compare(options):
    """Runs ours and the peers and writes the files; the status to leave with."""
    sennit = None if options.without_sennit else environment.sennit_binary(options.sennit)
    python = environment.peers_python()
    facts = {
        "command": command_line(),
        "repetitions": options.repetitions,
        "load_before": machine.load_average(),
        **machine.description(python),
    }
    session = Session(sennit, python, options.repetitions)
    partial = options.only or options.peers or options.quick or options.without_sennit
    finished = False
    try:
        session.run(chosen_cases(options))
        finished = True
    except KeyboardInterrupt:
        progress("\nInterrupted: writing what there is.")
    facts |= {"load_after": machine.load_average(), "complete": finished and not partial}
    directory = options.output or environment.BENCHMARKS
    if not facts["complete"] and not options.output:
        directory = environment.BENCHMARKS / "results"
    report.write(directory, session.records, facts)
    progress(f"Wrote {environment.shown(directory / 'RESULTS.md')} and results.json.")
    return 0 if finished else INTERRUPTED


def check(options):
    """Runs ours and compares it with the thresholds; 1 if one is missed."""
    session = Session(environment.sennit_binary(options.sennit), None, options.repetitions)
    load = machine.load_average()
    session.run(checked_cases(options))
    found = thresholds.verdicts(session.records)
    print("\n".join(thresholds.table(found)))
    misses = sum(not each.passed for each in found)
    print(f"{misses} of {len(found)} missed; load average {load} before the run.")
    return 1 if misses else 0


def checked_cases(options):
    """The cases to check, with our baseline alone in each."""
    return [
        thresholds.ours_only(case)
        for case in configurations.cases(quick=False)
        if not options.only or case.concern in options.only
    ]


def command_line():
    """This call, without the places this machine keeps things in."""
    words = [
        environment.shown(word) if Path(word).is_absolute() else word for word in sys.argv[1:]
    ]
    return shlex.join(["python3", "Benchmarks/run.py", *words])


def main():
    options = options_given()
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    child.adopt_orphans()
    try:
        return check(options) if options.check else compare(options)
    except environment.Missing as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        progress("\nInterrupted.")
        return INTERRUPTED
    finally:
        child.end_descendants()


if __name__ == "__main__":
    sys.exit(main())
