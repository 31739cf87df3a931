"""Compares a run of ours with the figures it must reach."""

import dataclasses
import json
from dataclasses import dataclass

from runner import environment
from runner.configurations import OURS

PATH = environment.BENCHMARKS / "thresholds.json"


@dataclass
class Verdict:
    """One figure: what it must be, what it is, and whether that is enough."""

    name: str
    must: str
    reach: str
    value: float | None
    passed: bool


def load():
    """The thresholds, as thresholds.json lists them."""
    return json.loads(PATH.read_text(encoding="utf-8"))["thresholds"]


def verdicts(records):
    """A verdict for each threshold whose case was run."""
    found = []
    for threshold in load():
        for case, rows in records:
            if (case.concern, case.name) == (threshold["concern"], threshold["case"]):
                row = next(row for row in rows if row.configuration.baseline)
                found.append(verdict(threshold, row))
    return found


def verdict(threshold, row):
    """Judges one figure. One that a failed or hung run did not give is never good enough."""
    lower_is_better = threshold["better"] == "lower"
    values = row.values(threshold["key"])
    complete = bool(values) and len(values) == len(row.outcomes) + len(row.failures)
    value = None
    if values and threshold["over"] == "worst":
        value = max(values) if lower_is_better else min(values)
    elif values:
        value = row.median(threshold["key"])
    must = threshold["must"]
    enough = value is not None and (value <= must if lower_is_better else value >= must)
    sign = "≤" if lower_is_better else "≥"
    reach = threshold.get("reach")
    return Verdict(
        name=f"{threshold['concern']} {threshold['case']}: {threshold['key']}",
        must=f"{sign} {must:,}",
        reach="" if reach is None else f"{sign} {reach:,}",
        value=value,
        passed=complete and enough,
    )


def ours_only(case):
    """The case with nothing but our baseline in it."""
    kept = [each for each in case.configurations if each.executor == OURS and each.baseline]
    return dataclasses.replace(case, configurations=kept)


def table(found):
    """The verdicts as lines of text, the misses first."""
    rows = [("", "figure", "must", "reach", "measured")]
    for each in sorted(found, key=lambda each: each.passed):
        value = "not reported" if each.value is None else f"{each.value:,.3f}"
        rows.append(("ok" if each.passed else "MISS", each.name, each.must, each.reach, value))
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return ["  ".join(f"{text:<{width}}" for text, width in zip(row, widths)) for row in rows]
