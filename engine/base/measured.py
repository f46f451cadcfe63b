"""What was measured of one fix, as it travels with the fix's evidence."""

from __future__ import annotations

from dataclasses import dataclass

from engine.base.bench_report import Row

_BETTER = frozenset({"faster", "fewer"})
_WORSE = frozenset({"slower", "more"})


def judges(row: Row, for_others: bool) -> bool:
    """Does the row say something for or against a fix, which may be ``for_others`` than the code that it
    changes?"""
    return not for_others or row.rung == "workload"


@dataclass(frozen=True, slots=True)
class Measured:
    """One fix's rows, best rung first, and how many other fixes were on the tree that they measured.

    ``sharing`` has for each row how many of these others it runs, too: what such a row shows is the
    work of all together, and no fix's own. ``for_others``: it is for those who run beside the changed code,
    so that a workload's rows alone judge it. ``unknown`` says why it is not known what runs the fix, "" when it is; ``alternatives`` what its
    alternatives showed when they were measured in its place.
    """

    rows: tuple[Row, ...] = ()
    others: int = 0
    sharing: tuple[int, ...] = ()
    unknown: str = ""
    alternatives: str = ""
    for_others: bool = False

    @property
    def judging(self) -> tuple[Row, ...]:
        """The rows that say something for or against the fix."""
        return tuple(row for row in self.rows if judges(row, self.for_others))

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
    def own(self) -> tuple[Row, ...]:
        """The rows that run this fix and no other."""
        return tuple(row for row in self.rows if not self.shared_with(row))

    @property
    def better(self) -> bool:
        """Does a row of its own show less time, or fewer of what is counted?"""
        return any(row.verdict in _BETTER for row in self.own if row in self.judging)

    @property
    def shares_gain(self) -> bool:
        """Does a row show that which others may have brought?"""
        return any(row.verdict in _BETTER for row in self.judging if self.shared_with(row))

    @property
    def costs(self) -> tuple[Row, ...]:
        """The rows that show more time, or more of what is counted."""
        return tuple(row for row in self.rows if row.verdict in _WORSE)

    def shared_with(self, row: Row) -> int:
        """How many other fixes a row of ``rows`` runs."""
        return self.sharing[self.rows.index(row)] if self.sharing else 0
