"""What was measured of the emitted fixes, for the head of the patch: a numbered table, and for each
fix which of its rows are its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.base.bench_report import BenchReport, Row
from engine.base.counts import count
from engine.base.measured import Measured
from engine.base.model import Verdict
from engine.measure.text import link_orders, row_words

_Key = tuple[str, str, float, float]
_NOUNS = {"benches": ("bench", "benches"), "workload": ("workload", ""), "tests": ("test", "")}


@dataclass(frozen=True)
class Table:
    """The rows that are shown, each with its number; rows without a change of tests are not."""

    numbers: Mapping[_Key, int]
    rows: tuple[Row, ...]

    def of(self, own: Measured) -> str:
        """One fix's line: the numbers of its rows, what they stand on, and what stayed the same."""
        mine = sorted(
            (self.numbers[_key(row)], own.shared_with(row))
            for row in own.rows
            if _key(row) in self.numbers
        )
        told = [
            count(len(names), *nouns)
            for rung, nouns in _NOUNS.items()
            if (names := {row.name for row in own.rows if row.rung == rung})
        ]
        reach = f"reached by {' and '.join(told)}{', by no bench' if own.rung == 'tests' else ''}"
        shown = " ".join(
            f"[{n}]{f' (shared with {others})' if others else ''}" for n, others in mine
        )
        return f"{reach}: {shown}" if shown else f"{reach}: allocations and bytes are the same"


def table(verdicts: Iterable[Verdict]) -> Table:
    """The rows of all verified fixes: time first, then counts, each once."""
    rows: dict[_Key, Row] = {}
    for verdict in verdicts:
        if verdict.evidence.measured is not None:
            for row in verdict.evidence.measured.rows:
                if row.changed or row.timed:
                    rows.setdefault(_key(row), row)
    ordered = sorted(rows.values(), key=lambda row: (not row.timed, row.name, row.metric))
    return Table({_key(row): n for n, row in enumerate(ordered, 1)}, tuple(ordered))


def lines(found: Table, report: BenchReport, together: int) -> list[str]:
    """The table under its heading, and where it was measured."""
    machine = report.machine
    head = f"bench: {together} fixes measured together" if together != 1 else "bench: measured"
    where = f"{machine.cores} cores of {machine.cpu}, load {machine.load:g}, {machine.rustc}"
    orders = link_orders(found.rows)
    linked = f", linked in {orders} orders a side" if orders > 1 else ""
    rows = [f"{head} ({where}{linked}):"]
    rows += [f"  [{number}] {row_words(row)}" for number, row in enumerate(found.rows, 1)]
    if not found.rows:
        rows.append("  nothing that was measured runs what they change, or nothing changed")
    return rows


def _key(row: Row) -> _Key:
    return row.name, row.metric, row.before, row.after
