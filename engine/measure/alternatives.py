"""Where several alternatives of a fix hold, the measured best of them is emitted.

They are measured for all fixes together, in the place of what was chosen; what differs is
traced by halves to the fixes that bring it, by the benches that run them (a workload, where none
does). An alternative wins when a bench gets better with it and none worse. Without a difference the
codemod's own order stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from engine.base.bench_report import BenchReport, Row
from engine.base.counts import count
from engine.base.errors import SpikeproofError
from engine.base.model import Fix, Level, Outcome, Verdict
from engine.measure.attribution import Measurements, better, culprits, worse
from engine.measure.comparisons import CachedComparisons, texts
from engine.measure.open_copy import OpenCopy
from engine.measure.settings import MeasureSettings
from engine.measure.text import row_words

_ALTERNATIVES = 4  # of one fix that are measured, at most
_SHARE = 0.5  # of the budget, for a round of them

# The comparison of what was chosen (before) with the alternatives of these fixes in its place (after), of
# these benches, with their counts or not.
CompareSwapped = Callable[[Sequence[str], frozenset[str], bool], BenchReport]


@dataclass(frozen=True, slots=True)
class AlternativesResult:
    """What came out. ``winners`` are fixes by the proposal's id that take the place of the chosen
    ones; ``words`` say for each proposal what its alternatives showed; ``checks`` is how many runs
    of cargo it took to know which of them compile."""

    winners: Mapping[str, Fix] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    checks: int = 0


def choose_alternatives(
    session: OpenCopy,
    verdicts: Sequence[Verdict],
    later: frozenset[str],
    found: Measurements,
    take: frozenset[Level],
    measuring: MeasureSettings,
) -> AlternativesResult:
    """Measure the alternatives of verified fixes that benches or workloads run, in their place.
    Each round, of which there are as many as a fix has alternatives, takes half of the budget."""
    if found.report is None or found.report.interrupted:
        return AlternativesResult()
    verified = [v for v in verdicts if v.fix is not None and v.outcome is Outcome.VERIFIED]
    chosen = {v.proposal.id: v.fix for v in verified if v.fix and v.proposal.id not in later}
    comparisons = CachedComparisons(session, measuring)
    winners: dict[str, Fix] = {}
    words: dict[str, list[str]] = {}
    checks = 0
    for rank in range(1, _ALTERNATIVES):
        others = {
            n: f for n, f in next_alternatives(verified, found, take, rank).items() if n in chosen
        }
        if not others:
            break
        sides = texts(session, [*chosen.values()]), texts(session, [*{**chosen, **others}.values()])
        if not comparisons.knows(*sides, nearest(others, found), True, _SHARE):
            others, asked = _holding(session, chosen, others)
            checks += asked
        if not others:
            break
        session.ui.say("Comparing", f"{count(len(others), 'fix', 'fixes')} with an alternative")

        swap = partial(_swapped, session, comparisons, dict(chosen), others)
        try:
            result = compare_alternatives(chosen, others, found, swap)
        except SpikeproofError as error:
            session.ui.say("Note", f"alternatives were not measured: {error}", "cyan")
            break
        chosen |= result.winners
        winners |= result.winners
        for name, told in result.words.items():
            words.setdefault(name, []).append(told)
    return AlternativesResult(
        winners, {name: "; ".join(told) for name, told in words.items()}, checks
    )


def _holding(
    session: OpenCopy, chosen: Mapping[str, Fix], others: Mapping[str, Fix]
) -> tuple[dict[str, Fix], int]:
    """Those of ``others`` that compile in the place of what was chosen, and the checks it took."""
    checks = 0

    def compiles(names: Iterable[str]) -> bool:
        nonlocal checks
        checks += 1
        swapped = {**chosen, **{name: others[name] for name in names}}
        session.cargo.write(texts(session, [*swapped.values()]))
        return session.cargo.check().ok

    if compiles(others):
        return dict(others), checks
    alone = [name for name in others if compiles((name,))]
    if len(alone) > 1 and not compiles(alone):
        alone = alone[:1]
    return {name: others[name] for name in alone}, checks


def _swapped(
    session: OpenCopy,
    comparisons: CachedComparisons,
    chosen: Mapping[str, Fix],
    others: Mapping[str, Fix],
    names: Sequence[str],
    only: frozenset[str],
    counted: bool,
) -> BenchReport:
    """What was chosen against the same with the alternatives of ``names``."""
    swapped = {**chosen, **{name: others[name] for name in names}}
    before, after = texts(session, [*chosen.values()]), texts(session, [*swapped.values()])
    return comparisons.compare(before, after, None, only, counted, _SHARE)


def next_alternatives(
    verdicts: Sequence[Verdict], found: Measurements, take: frozenset[Level], rank: int
) -> dict[str, Fix]:
    """The alternative ``rank`` places behind each verified fix, where a bench or a workload runs
    it. A fix that was enlarged on the way has none: its alternatives did not hold by themselves."""
    fixes: dict[str, Fix] = {}
    for verdict in verdicts:
        own = found.fixes.get(verdict.proposal.id)
        if verdict.outcome is not Outcome.VERIFIED or own is None or own.rung in ("", "tests"):
            continue
        alternatives = verdict.proposal.fixes
        place = next((i for i, fix in enumerate(alternatives) if fix == verdict.fix), None)
        if place is None or place + rank >= len(alternatives):
            continue
        if alternatives[place + rank].level in take:
            fixes[verdict.proposal.id] = alternatives[place + rank]
    return fixes


def compare_alternatives(
    chosen: Mapping[str, Fix], others: Mapping[str, Fix], found: Measurements, swap: CompareSwapped
) -> AlternativesResult:
    """Measure ``others`` in the place of ``chosen`` (both by id; ``others`` is a part)."""
    reached = found.report.reached if found.report is not None else {}
    report = swap(tuple(others), nearest(others, found), True)
    gained, lost = better(report.rows), worse(report.rows)
    gains = _traced(gained, others, reached, swap, better)
    # Who is to blame for a loss is of interest only beside a gain: the others stay as they are.
    losses = _traced(lost if gains else (), others, reached, swap, worse)
    together = f" (with {len(others) - 1} others)" if len(others) > 1 else ""
    winners: dict[str, Fix] = {}
    words: dict[str, str] = {}
    for name, fix in others.items():
        old, new = _called(chosen[name], fix)
        mine = [row for row in lost if name in reached.get(row.name, others)]
        if name in gains and name not in losses:
            winners[name] = fix
            words[name] = f"{new} was measured better than {old}: {row_words(gains[name][0])}"
        elif name in losses:
            words[name] = f"{old} was measured better than {new}: {row_words(losses[name][0])}"
        elif mine and not gains:
            words[name] = f"{new}, measured in its place{together}, was worse: {row_words(mine[0])}"
        else:
            words[name] = f"{new}, measured in its place{together}, showed no difference"
    return AlternativesResult(winners, words)


def nearest(others: Iterable[str], found: Measurements) -> frozenset[str]:
    """The benches (or workloads) by which the alternatives of these fixes are measured."""
    return frozenset(row.name for name in others for row in found.fixes[name].nearest)


def _traced(
    rows: Sequence[Row],
    others: Mapping[str, Fix],
    reached: Mapping[str, frozenset[str]],
    swap: CompareSwapped,
    kind: Callable[[Sequence[Row]], tuple[Row, ...]],
) -> dict[str, list[Row]]:
    """The alternatives that bring each of ``rows``."""
    blamed: dict[str, list[Row]] = {}
    for row in rows:
        able = [name for name in others if name in reached.get(row.name, others)]

        def shows(part: tuple[str, ...], row: Row = row) -> bool:
            rows = kind(swap(part, frozenset({row.name}), not row.timed).rows)
            return any((r.name, r.metric) == (row.name, row.metric) for r in rows)

        for name in culprits(able, shows):
            blamed.setdefault(name, []).append(row)
    return blamed


def _called(chosen: Fix, other: Fix) -> tuple[str, str]:
    if chosen.label != other.label:
        return f"`{chosen.label}`", f"`{other.label}`"
    return f"the first `{chosen.label}`", f"another `{other.label}`"
