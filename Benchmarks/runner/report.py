"""RESULTS.md for readers and results.json for programs."""

import json
import os

from runner.machine import SHOWN_PACKAGES

NOTHING = "–"


def write(directory, records, facts):
    """Writes both files into `directory`, each as a whole or not at all."""
    directory.mkdir(parents=True, exist_ok=True)
    replace(directory / "RESULTS.md", markdown(records, facts))
    replace(directory / "results.json", json.dumps(as_data(records, facts), indent=1) + "\n")


def replace(path, text):
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def as_data(records, facts):
    cases = []
    for case, rows in records:
        entries = [
            {
                "executor": row.configuration.executor,
                "label": row.configuration.label,
                "arguments": row.configuration.arguments,
                "medians": {column.key: row.median(column.key) for column in case.columns},
                "outcomes": row.outcomes,
                "failures": row.failures,
            }
            for row in rows
        ]
        cases.append({"concern": case.concern, "case": case.name, "configurations": entries})
    return {**facts, "cases": cases}


def markdown(records, facts):
    versions = facts["packages"]
    peers = ", ".join(f"{name} {versions[name]}" for name in SHOWN_PACKAGES if name in versions)
    lines = [
        "# Results",
        "",
        "Made by the command below; how it measures is said in [README.md](README.md). Each cell "
        "is the median and, in brackets, the least and the greatest value; `× n` is the multiple "
        "of ours.",
        "",
        "| | |",
        "|---|---|",
        f"| date | {facts['date']} |",
        f"| machine | {facts['cpu']}, {facts['cores']} cores, {facts['memory_mb']} MB |",
        f"| system | {facts['system']}, Linux {facts['kernel']} |",
        f"| load average | {facts['load_before']} before, {facts['load_after']} after |",
        f"| repetitions | {facts['repetitions']}, interleaved |",
        f"| command | `{facts['command']}` |",
    ]
    if facts["python"]:
        lines.append(f"| peers | Python {facts['python']}, {peers} |")
    if not facts["complete"]:
        lines += ["", "**This run is not complete: it was cut short, or only part was asked for.**"]
    for case, rows in records:
        lines += ["", f"## {case.concern.capitalize()}: {case.title}", ""]
        lines += table(case, rows)
    return "\n".join(lines) + "\n"


def table(case, rows):
    """The table of a case, without columns nobody has a figure for, and the remarks below it."""
    columns = [column for column in case.columns if any(row.values(column.key) for row in rows)]
    lines = figures(columns, rows) if columns else ["No figures."]
    notes = remarks(rows)
    return [*lines, "", *notes] if notes else lines


def figures(columns, rows):
    ours = next((row for row in rows if row.configuration.baseline), None)
    lines = [
        "| executor | " + " | ".join(column.title for column in columns) + " |",
        "|---|" + "---:|" * len(columns),
    ]
    for row in rows:
        label = f"**{row.configuration.label}**" if row is ours else row.configuration.label
        cells = " | ".join(cell(row, column, ours) for column in columns)
        lines.append(f"| {label} | {cells} |")
    return lines


def remarks(rows):
    """What failed and what hung, a line each."""
    lines = []
    for row in rows:
        label = row.configuration.label
        if row.failures:
            runs = len(row.failures) + len(row.outcomes)
            count = f"failed in {len(row.failures)} of {runs} runs"
            lines.append(f"* {label} {count}: `{row.failures[-1]}`")
        lines += [f"* {label} hangs. {text[0].upper()}{text[1:]}." for text in row.hangs()]
    return lines


def cell(row, column, ours):
    values = row.values(column.key)
    if not values:
        if row.failures and not row.outcomes:
            return "failed"
        return "hangs" if hung(row, column.key) else NOTHING
    median = row.median(column.key)
    text = number(median, column.decimals)
    if min(values) != max(values):
        low, high = (number(value, column.decimals) for value in (min(values), max(values)))
        text += f" ({low}–{high})"
    reference = ours.median(column.key) if ours and column.factor and row is not ours else None
    return f"{text} × {factor(median / reference)}" if reference else text


def hung(row, key):
    return row.hangs() and any(key in outcome for outcome in row.outcomes)


def number(value, decimals):
    return f"{value:,.{decimals}f}"


def factor(value):
    """Three figures, whatever the size."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
