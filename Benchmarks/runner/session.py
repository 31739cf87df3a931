"""A session of runs: every configuration of a case in turn, again and again."""

import statistics
import sys
import time
from dataclasses import dataclass, field

from runner import child, environment
from runner.configurations import OURS


@dataclass
class Record:
    """What the repetitions of one configuration gave."""

    configuration: object
    outcomes: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    def values(self, key):
        """The figures of that name, without those that are null or missing."""
        found = (outcome.get(key) for outcome in self.outcomes)
        return [value for value in found if is_number(value)]

    def median(self, key):
        values = self.values(key)
        return statistics.median(values) if values else None

    def hangs(self):
        """What hung in any repetition, each said once."""
        found = [text for outcome in self.outcomes for text in outcome.get("hangs") or ()]
        return list(dict.fromkeys(found))


@dataclass
class Session:
    """Runs cases with our program, the peers' Python, or both."""

    sennit: object
    python: object
    repetitions: int
    records: list = field(default_factory=list)

    def run(self, cases):
        """Fills `records` with (case, its records). What is done so far survives an interrupt."""
        total = self.repetitions * sum(len(case.configurations) for case in cases)
        done = 0
        for case in cases:
            records = [Record(configuration) for configuration in case.configurations]
            self.records.append((case, records))
            for repetition in range(1, self.repetitions + 1):
                for record in records:
                    done += 1
                    place = f"[{done:>{len(str(total))}}/{total}]"
                    name = f"{case.concern} {case.name}, {record.configuration.label}"
                    progress(f"{place} {name}, {repetition} of {self.repetitions}: ", end="")
                    progress(self.run_once(case, record))

    def run_once(self, case, record):
        """Runs one configuration once; says in a few words what came out."""
        command = self.command(case.concern, record.configuration)
        start = time.monotonic()
        try:
            outcome = child.measured(command, case.time_limit_s, environment.REPOSITORY)
        except (child.Failure, OSError) as failure:
            text = environment.without_places(str(failure))
            record.failures.append(text)
            return f"failed: {text}"
        record.outcomes.append(outcome)
        shown = [
            f"{column.title} {outcome[column.key]:.{column.decimals}f}"
            for column in case.columns
            if is_number(outcome.get(column.key))
        ]
        return f"{', '.join(shown[:2]) or 'no figures'} ({time.monotonic() - start:.0f} s in all)"

    def command(self, concern, configuration):
        arguments = [*configuration.arguments, "--json"]
        if configuration.executor == OURS:
            return [self.sennit, "bench", concern, *arguments]
        program = environment.BENCHMARKS / "peers" / f"{concern}.py"
        return [self.python, program, "--executor", configuration.executor, *arguments]


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def progress(text, end="\n"):
    print(text, end=end, file=sys.stderr, flush=True)
