"""What was measured of one fix, as it travels with the fix's evidence."""

from __future__ import annotations

from dataclasses import dataclass

from engine.base.bench_report import Row

_BETTER = frozenset({"faster", "fewer"})


@dataclass(frozen=True, slots=True)
class Measured:
    """One fix's rows, best rung first, and how many other fixes were in them.

    ``unknown`` says why it is not known what runs the fix, "" when it is; ``alternatives`` what its
    alternatives showed when they were measured in its place.
    """

    rows: tuple[Row, ...] = ()
    others: int = 0
    unknown: str = ""
    alternatives: str = ""

    @property
    def rung(self) -> str:
        """What kind of program measured the fix best (see ``Row.rung``): "benches", "workload",
        "tests", or "" when nothing that was measured runs it."""
        there = {row.rung for row in self.rows}
        return next((rung for rung in ("benches", "workload", "tests") if rung in there), "")

    @property
    def nearest(self) -> tuple[Row, ...]:
        """The rows of its benches alone, where it has any: a workload takes longer to say less."""
        return tuple(row for row in self.rows if row.rung == "benches") or self.rows

    @property
    def better(self) -> bool:
        """Does any row show less time, or fewer of what is counted?"""
        return any(row.verdict in _BETTER for row in self.rows)
