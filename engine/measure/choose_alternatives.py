"""The alternatives of verified fixes, measured in each other's place on the scratch copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from engine.base.bench_report import BenchReport
from engine.base.counts import count
from engine.base.errors import SpikeproofError
from engine.base.model import Fix, Level, Outcome, Verdict
from engine.measure.alternatives import (
    AlternativesResult,
    compare_alternatives,
    nearest,
    next_alternatives,
)
from engine.measure.attribution import Measurements
from engine.measure.measure_fixes import CachedComparisons, MeasureSettings, texts
from engine.measure.open_copy import OpenCopy

_ALTERNATIVES = 4  # of one fix that are measured, at most
_SHARE = 0.5  # of the budget, for a round of them


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
