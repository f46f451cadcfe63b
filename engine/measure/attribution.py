"""What the verified fixes do to the program's cost: measured together, a regression traced to the
fixes that bring it, each alone on request.

A fix is measured by the package's benches and the workload that its config names; where none of
them runs it, by its tests, of which only counts are taken. A measurement counts for a fix only if
it runs a function that the fix changes. What decides is time that is slower (a bench's, a
workload's, a latency that a workload hands over), and more allocations where time is not faster;
all else is told, and decides nothing by itself: instructions see no cache, no lock and no waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from engine.base.bench_report import BenchReport, Row
from engine.base.measured import Measured, judges
from engine.base.model import Fix
from engine.verify.coverage_probes import Probes


class Compare(Protocol):
    """One comparison of the tree as it is with the fixes ``names`` on it (None: what is emitted).
    Without ``counted``, of time alone: half the builds."""

    def __call__(
        self,
        names: Sequence[str] | None,
        with_probes: Probes | None,
        only: frozenset[str],
        counted: bool = True,
    ) -> BenchReport: ...


@dataclass(frozen=True, slots=True)
class Measurements:
    """All that was measured of a run's fixes. ``regressed`` has the rows by which fixes are refused;
    ``alone`` has the comparisons of single fixes (``--per-fix``), ``error`` says why nothing could be
    measured."""

    report: BenchReport | None = None
    fixes: Mapping[str, Measured] = field(default_factory=dict)
    regressed: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    alone: Mapping[str, BenchReport] = field(default_factory=dict)
    error: str = ""


def attribute(
    fixes: Mapping[str, Fix],
    costs: Callable[[str], frozenset[str]],
    for_others: Callable[[str], bool],
    probes: Probes,
    compare: Compare,
    say: Callable[[str, str], None],
    apart: Callable[[Measured], bool] = lambda own: False,
) -> Measurements:
    """Measure ``fixes`` (by id). ``costs`` are the metrics that a fix's codemod may make worse
    knowingly, for what its notes say; one that is ``for_others`` is judged by a workload alone. A fix that is to be seen ``apart`` is measured by itself as well."""

    def against(row: Row, name: str) -> bool:
        return judges(row, for_others(name)) and row.metric not in costs(name)

    report = compare(None, probes, frozenset())
    found: dict[str, list[Row]] = {}
    for row in worse(report.rows):
        able = [name for name in _who(row, fixes, probes, report) if against(row, name)]
        if able and not report.interrupted:
            say(
                "Tracing", f"{row.name} ({row.metric} is {row.verdict}) to one of {len(able)} fixes"
            )

        def shows(part: tuple[str, ...], row: Row = row) -> bool:
            counted = not row.timed
            rows = worse(compare(part, None, frozenset({row.name}), counted).rows)
            return any((r.name, r.metric) == (row.name, row.metric) for r in rows)

        for name in able if report.interrupted else culprits(able, shows):
            found.setdefault(name, []).append(row)
    measured = {
        name: Measured(
            rows := _rows_of(name, report),
            len(fixes) - 1,
            tuple(len(_who(row, fixes, probes, report)) - 1 for row in rows),
            probes.without.get(name, ""),
            for_others=for_others(name),
        )
        for name in fixes
    }
    alone: dict[str, BenchReport] = {}
    for name, own in measured.items() if not report.interrupted else ():
        reached = frozenset(row.name for row in own.rows)
        if reached and name not in found and apart(own):
            alone[name] = compare((name,), None, reached)
            measured[name] = Measured(alone[name].rows, 0, for_others=for_others(name))
            for row in worse(alone[name].rows):
                if against(row, name):
                    found.setdefault(name, []).append(row)
    regressed = {name: tuple(rows) for name, rows in found.items()}
    return Measurements(report, measured, regressed, alone)


def worse(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows for which a fix is refused: time that is slower, and more allocations where time is
    not faster."""
    faster = {row.name for row in rows if row.timed and row.verdict == "faster"}
    return tuple(
        row
        for row in rows
        if (row.timed and row.verdict == "slower")
        or (row.metric == "allocations" and row.verdict == "more" and row.name not in faster)
    )


def better(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that speak for a fix: time that is faster, and fewer allocations where time is not
    slower."""
    slower = {row.name for row in rows if row.timed and row.verdict == "slower"}
    return tuple(
        row
        for row in rows
        if (row.timed and row.verdict == "faster")
        or (row.metric == "allocations" and row.verdict == "fewer" and row.name not in slower)
    )


def _who(row: Row, fixes: Iterable[str], probes: Probes, report: BenchReport) -> list[str]:
    """The fixes that can have changed what ``row`` measures."""
    reached = report.reached.get(row.name)
    return [n for n in fixes if reached is None or n in reached or n in probes.without]


def culprits(able: Sequence[str], shows: Callable[[tuple[str, ...]], bool]) -> tuple[str, ...]:
    """The fewest of ``able``, found by halves, with which alone ``shows`` is true. When it takes
    several together, all of these; nobody when it does not show again with all of them."""
    known: dict[tuple[str, ...], bool] = {}

    def bad(part: tuple[str, ...]) -> bool:
        if part not in known:
            known[part] = shows(part)
        return known[part]

    def search(part: tuple[str, ...]) -> tuple[str, ...]:
        if len(part) == 1:
            return part
        middle = len(part) // 2
        halves = [half for half in (part[:middle], part[middle:]) if bad(half)]
        return tuple(name for half in halves for name in search(half)) or part

    everyone = tuple(able)
    return search(everyone) if everyone and bad(everyone) else ()


def _rows_of(name: str, report: BenchReport) -> tuple[Row, ...]:
    """What a fix is reached by; the tests' rows only where no bench reaches it."""
    rows = [row for row in report.rows if name in report.reached.get(row.name, ())]
    better = [row for row in rows if row.rung != "tests"]
    return tuple(better or rows)
