"""A report as text and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.base.bench_report import BenchReport, Missing, Row
from engine.base.counts import count, listed
from engine.base.plain import printable

_LOUD = 0.25  # of a smallest effect: above it the machine is called too noisy
_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"), (1e-3, "ps"))
_WORSE = frozenset({"slower", "more"})


def report_json(report: BenchReport) -> str:
    """The report as JSON, in the form ``spikeproof/bench/1``."""
    return json.dumps(report_plain(report), indent=2, allow_nan=False) + "\n"


def report_plain(report: BenchReport) -> dict[str, Any]:
    """The report as JSON has it. Numbers that are infinite (nothing can be said) are null."""
    return {
        "schema": "spikeproof/bench/1",
        "machine": asdict(report.machine),
        "benches": [row_json(row) for row in report.rows],
        "not_measured": [asdict(missing) for missing in report.missing],
        "notes": list(report.notes),
        "interrupted": report.interrupted,
    }


def samples_json(reports: Mapping[str, BenchReport]) -> str:
    """``spikeproof/samples/1``: all values behind the reports, by what each of them compared."""
    plain = [
        {
            "compared": name,
            "machine": asdict(report.machine),
            "samples": [asdict(samples) for samples in report.samples],
        }
        for name, report in reports.items()
    ]
    return json.dumps({"schema": "spikeproof/samples/1", "comparisons": plain}, indent=1) + "\n"


def row_json(row: Row) -> dict[str, Any]:
    """One row as ``bench --format json`` has it; null for what is infinite."""
    return {
        "name": row.name,
        "harness": row.harness,
        "metric": row.metric,
        "before": row.before,
        "after": row.after,
        "ratio": _finite(row.ratio),
        "interval": None if row.interval is None else [_finite(end) for end in row.interval],
        "noise_floor": _finite(row.noise_floor),
        "pairs": row.pairs,
        "verdict": row.verdict,
        "smallest_effect": _finite(row.smallest),
        "note": row.note,
        "unit": row.unit,
        "link_orders": row.orders,
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def report_text(report: BenchReport, color: bool) -> str:
    """A table, what was not measured, and the notes; equal counts of tests are told as a number."""
    quiet = list(_quiet(report.rows))
    shown = [row for row in report.rows if row not in quiet]
    lines: list[str] = []
    if shown:
        head = ("bench", "metric", "before", "after", "change", "95 % interval", "noise", "verdict")
        table = [head, *(_cells(row) for row in shown)]
        widths = [max(len(cells[i]) for cells in table) for i in range(len(head))]
        for index, cells in enumerate(table):
            line = "  ".join(
                cell.rjust(width) if 2 <= column <= 6 else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
            ).rstrip()
            lines.append(_colored(line, shown[index - 1]) if color and index else line)
    if quiet:
        tests = {row.name for row in quiet if row.rung == "tests"}
        benches = {row.name for row in quiet} - tests
        if benches:
            lines.append(f"bytes are the same in {count(len(benches), 'bench', 'benches')}")
        if tests:
            lines.append(f"allocations and bytes are the same in {count(len(tests), 'test')}")
    if report.missing:
        lines += ["", "not measured:"]
        lines += _missing(report.missing)
    notes = list(_notes(report))
    if notes:
        lines += ["", *(f"note: {printable(note)}" for note in notes)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _missing(missing: Sequence[Missing]) -> Iterator[str]:
    """A line for each reason; the JSON has all names."""
    groups: dict[tuple[str, str], list[str]] = {}
    for item in missing:
        groups.setdefault((item.metric, item.reason), []).append(printable(item.name))
    for (metric, reason), names in groups.items():
        shown = listed(names, 3)
        yield f"  {shown}{' ' + metric if metric else ''}: {printable(reason)}"


def row_words(row: Row) -> str:
    """A row in a sentence: ``a::bench/b::c time 479.2 µs -> 223.6 µs (-51.1 %, ..): faster``."""
    if not row.changed and row.interval is None:
        return f"{row.name} {row.metric} {_amount(row.before, row)}: {row.verdict}"
    told = [_change(row.ratio)]
    if row.interval is not None:
        told.append("95 % " + " .. ".join(_change(end) for end in row.interval))
    if row.interval is not None:
        told.append(f"noise ±{_percent(row.noise_floor)}")
        if not row.changed:
            told.append(f"would see {_percent(row.smallest)}")
        if row.note:
            told.append(row.note)
    values = f"{_amount(row.before, row)} -> {_amount(row.after, row)}"
    return f"{row.name} {row.metric} {values} ({', '.join(told)}): {row.verdict}"


def _quiet(rows: Sequence[Row]) -> Iterator[Row]:
    """Equal counts of tests, and equal bytes of benches whose allocations are shown as equal."""
    same = {row.name for row in rows if row.metric == "allocations" and not row.changed}
    for row in rows:
        bytes_too = row.metric == "bytes" and row.name in same
        if not row.changed and (row.rung == "tests" or bytes_too):
            yield row


def _cells(row: Row) -> tuple[str, ...]:
    verdict = row.verdict
    if verdict == "no-difference":
        seen = _percent(row.smallest) if math.isfinite(row.smallest) else "any size"
        verdict += f" (would see {seen})" if math.isfinite(row.smallest) else " (cannot see any)"
        if row.smallest > _LOUD:
            verdict += " too noisy to say"
    if row.note:
        verdict += f" ({row.note})"
    interval = ""
    if row.interval is not None:
        interval = " .. ".join(_change(end) for end in row.interval)
    return (
        printable(row.name),
        row.metric,
        _amount(row.before, row),
        _amount(row.after, row),
        _change(row.ratio) if row.ratio != 1 or row.timed else "0",
        interval,
        f"±{_percent(row.noise_floor)}" if row.interval is not None else "",
        verdict,
    )


def _amount(value: float, row: Row) -> str:
    if not row.timed and row.metric != "cpu":
        number = f"{value:,.0f}" if value == round(value) else f"{value:,.6g}"
        return f"{number} {row.unit}".rstrip()
    for size, unit in _UNITS:
        if value >= size:
            return f"{value / size:.4g} {unit}"
    return f"{value:.3g} ns"


def _change(ratio: float) -> str:
    if not math.isfinite(ratio):
        return "new" if ratio > 0 else "?"
    return f"{(ratio - 1) * 100:+.1f} %"


def _percent(change: float) -> str:
    return f"{change * 100:.1f} %" if math.isfinite(change) else "?"


def _colored(line: str, row: Row) -> str:
    import click

    if not row.changed:
        return line
    return click.style(line, fg="red" if row.verdict in _WORSE else "green")


def link_orders(rows: Sequence[Row]) -> int:
    """In how many orders each side was linked for these, at most."""
    return max((row.orders for row in rows), default=1)


def _notes(report: BenchReport) -> Iterator[str]:
    orders = link_orders(report.rows)
    if orders > 1:
        yield (
            f"for the times, code and data were linked in {orders} orders a side: where they lie is "
            "part of the noise"
        )
    yield from report.notes
    loud = [row for row in report.rows if row.metric == "time" and row.smallest > _LOUD]
    if loud:
        yield (
            f"the machine was too noisy for {len(loud)} of the benches (see their noise and what "
            "they would have seen): make it quieter, or measure longer with --bench-time"
        )
    if report.interrupted:
        yield "interrupted: only what was finished is told"


def counted(rows: Sequence[Row]) -> str:
    """``2 slower, 1 more, 9 without a difference``."""
    found: dict[str, int] = {}
    for row in rows:
        word = row.verdict if row.changed else "without a difference"
        found[word] = found.get(word, 0) + 1
    ordered = sorted(found.items(), key=lambda item: item[0] == "without a difference")
    return ", ".join(f"{number} {word}" for word, number in ordered)
