"""What measuring says against a verified fix, or for it: verdicts and their evidence, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.base.bench_report import Row
from engine.base.counts import count
from engine.base.measured import Measured
from engine.base.model import Evidence, Fix, Level, Outcome, Verdict
from engine.measure.alternatives import AlternativesResult
from engine.measure.attribution import Measurements
from engine.measure.settings import MeasureSettings
from engine.measure.text import row_words

_SHOWN = 3  # rows told of one fix


def with_evidence(verdict: Verdict, found: Measurements, best: AlternativesResult) -> Verdict:
    """A verified fix's verdict with what was measured of it and of its alternatives."""
    name = verdict.proposal.id
    if verdict.outcome is not Outcome.VERIFIED:
        return verdict
    own = found.fixes.get(name)
    words = best.words.get(name, "")
    if own is not None:
        own = replace(own, alternatives=words)
    if best.winners.get(name) == verdict.fix:
        verdict = added(verdict, words)
    return replace(verdict, evidence=_evidence(verdict.evidence, own, found.error))


def added(verdict: Verdict, words: str) -> Verdict:
    """The verdict with more words to its reason."""
    return replace(verdict, reason="; ".join(filter(None, (verdict.reason, words))))


def behind(verdict: Verdict, take: frozenset[Level]) -> tuple[Fix, ...]:
    """The alternatives behind the verdict's fix, of a level in ``take``; none behind one that was
    enlarged on the way."""
    fixes = verdict.proposal.fixes
    rest = fixes[fixes.index(verdict.fix) + 1 :] if verdict.fix in fixes else ()
    return tuple(fix for fix in rest if fix.level in take)


def in_place_of(verdict: Verdict) -> str:
    """A refused fix in the words of the one that is tried in its place."""
    label = verdict.fix.label if verdict.fix is not None else ""
    return f"in place of `{label}`: {verdict.outcome}, {verdict.reason}"


def refused(verdict: Verdict, found: Measurements, measuring: MeasureSettings) -> Verdict | None:
    """The verdict on a fix that makes something worse, or that shows no gain where one is asked
    for; None when nothing is against it."""
    name = verdict.proposal.id
    own = found.fixes.get(name)
    rows = found.regressed.get(name, ())
    evidence = _evidence(verdict.evidence, own, found.error)
    if rows:
        words = "; ".join(row_words(row) for row in rows[:_SHOWN])
        return replace(verdict, outcome=Outcome.REGRESSED, reason=words, evidence=evidence)
    if measuring.require == "bench" and (own is None or not own.better):
        words = f"no gain was measured: {evidence.bench}"
        return replace(verdict, outcome=Outcome.NO_GAIN, reason=words, evidence=evidence)
    return None


def _evidence(evidence: Evidence, own: Measured | None, error: str) -> Evidence:
    return replace(evidence, bench=_words(own, error), measured=own)


def _words(own: Measured | None, error: str) -> str:
    if error or own is None:
        return f"not measured: {error or 'nothing was asked'}"
    if not own.rows:
        if own.unknown:
            return f"not known what runs it: it {own.unknown}"
        return "not-reached: no bench and no test that was measured runs what it changes"
    shown = "; ".join(_row(row, own) for row in _telling(own.rows)[:_SHOWN])
    more = len(own.rows) - _SHOWN
    rest = f"; and {more} more" if more > 0 else ""
    if own.for_others and not own.judging:
        rest += "; what it does for others beside it was not measured: no workload runs it"
    return f"{own.rung}: {shown}{rest}"


def _row(row: Row, own: Measured) -> str:
    others = own.shared_with(row)
    together = f" (together with {count(others, 'other fix', 'other fixes')})" if others else ""
    return row_words(row) + together


def _telling(rows: Sequence[Row]) -> list[Row]:
    """What changed first, time before counts."""
    return sorted(rows, key=lambda row: (not row.changed, not row.timed))
