"""The measuring stage: comparisons of the verified fixes on the scratch copy, kept between runs."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.base import process
from engine.base.bench_report import BenchReport, Row
from engine.base.errors import SpikeproofError
from engine.base.measured import Measured
from engine.base.model import Evidence, Fix, Level, Outcome, Verdict
from engine.detect.codemod import registry
from engine.measure import CompareSettings, Side, compare
from engine.measure.alternatives import AlternativesResult
from engine.measure.attribution import Measurements, attribute
from engine.measure.evidence_cache import Cache, cache_folder, tree_digest
from engine.measure.open_copy import OpenCopy
from engine.measure.text import row_words
from engine.rewrite import edits
from engine.verify.coverage_probes import Probes, probes

_SHOWN = 3  # rows told of one fix
_PLANNED_LATER = "was planned on the result of other fixes"


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """What the user asks of measuring. ``seconds`` is the budget for one package's measurements;
    ``require`` is what a fix needs in order to be emitted (a measured gain for "bench");
    ``samples`` names a file for all measured values."""

    seconds: float = 120.0
    per_fix: bool = False
    require: Literal["check", "tests", "bench"] = "tests"
    samples: Path | None = None


class CachedComparisons:
    """Comparisons on the scratch copy of ``session``, kept between runs."""

    def __init__(self, session: OpenCopy, measuring: MeasureSettings) -> None:
        self._session = session
        self._settings = CompareSettings(seconds=measuring.seconds, limits=session.limits)
        session.cargo.write({})
        self._cache = Cache(cache_folder(), _facts(session))

    def compare(
        self,
        before: Mapping[str, bytes],
        after: Mapping[str, bytes],
        with_probes: Probes | None = None,
        only: frozenset[str] = frozenset(),
        counted: bool = True,
        share: float = 1.0,
    ) -> BenchReport:
        """The user's tree with the texts of ``before`` against the one with those of ``after``, in
        ``share`` of the budget; with counts, or of time alone."""
        settings = self._asked(only, counted, share)
        probed = with_probes.files if with_probes is not None else {}
        key = self._cache.key(before, after, probed, only, settings)
        session = self._session
        known = self._cache.get(key)
        if known is not None:
            session.ui.say("Measured", "the same trees before: taken from the cache")
            return known
        sides = (Side(session.workspace, before), Side(session.workspace, after))
        report = compare(session.scratch, *sides, settings, session.ui, with_probes)
        self._cache.put(key, report)
        return report

    def knows(
        self,
        before: Mapping[str, bytes],
        after: Mapping[str, bytes],
        only: frozenset[str],
        counted: bool,
        share: float,
    ) -> bool:
        """Was this compared before, so that both sides are known to compile?"""
        settings = self._asked(only, counted, share)
        return self._cache.get(self._cache.key(before, after, {}, only, settings)) is not None

    def _asked(self, only: frozenset[str], counted: bool, share: float) -> CompareSettings:
        seconds = self._settings.seconds * share
        return replace(self._settings, seconds=seconds, only=only, counters=counted)


def measure_fixes(
    session: OpenCopy,
    fixes: Mapping[str, Fix],
    later: frozenset[str],
    files: Mapping[str, bytes],
    measuring: MeasureSettings,
) -> Measurements:
    """Measure ``fixes`` (by id), whose texts together are ``files``. Those in ``later`` have offsets
    in another text than the user's. What keeps it from measuring anything is in ``Measurements.error``."""
    first = {name: fix for name, fix in fixes.items() if name not in later}
    made = probes(first, session.sources.get)
    late = dict.fromkeys(later & fixes.keys(), _PLANNED_LATER)
    made = replace(made, without={**made.without, **late})
    comparisons = CachedComparisons(session, measuring)

    def compared(
        names: Sequence[str] | None,
        with_probes: Probes | None,
        only: frozenset[str],
        counted: bool = True,
    ) -> BenchReport:
        after = files
        if names is not None:
            after = texts(session, [first[name] for name in names if name in first])
        return comparisons.compare({}, after, with_probes, only, counted)

    codemods = {name: name.rpartition("-")[0] for name in fixes}
    try:
        return attribute(
            fixes,
            lambda name: registry()[codemods[name]].codemod.costs,
            made,
            compared,
            session.ui.say,
            measuring.per_fix,
        )
    except SpikeproofError as error:
        return Measurements(error=str(error))


def texts(session: OpenCopy, fixes: Sequence[Fix]) -> Mapping[str, bytes]:
    """The changed files with ``fixes`` on the user's texts."""
    before = {path: session.sources.data(path) for fix in fixes for path in fix.paths}
    return edits.apply(before, fixes).files


def _facts(session: OpenCopy) -> dict[str, object]:
    """All that a measurement depends on besides the changed texts."""
    flags = {
        name: value
        for name, value in process.environment(session.limits.env).items()
        if name.startswith(("CARGO", "RUST", "CC", "CFLAGS")) or name in session.limits.env
    }
    return {
        "tree": tree_digest(session.scratch.tree, session.scratch.files),
        "toolchain": session.cargo.version(),
        "machine": [platform.node(), platform.machine(), platform.release(), os.cpu_count()],
        "selection": list(session.selection),
        "flags": flags,
    }


# -- verdicts --------------------------------------------------------------------------------


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
    shown = "; ".join(row_words(row) for row in _telling(own.rows)[:_SHOWN])
    more = len(own.rows) - _SHOWN
    rest = f"; and {more} more" if more > 0 else ""
    with_others = f" (with {own.others} other fixes)" if own.others else ""
    return f"{own.rung}{with_others}: {shown}{rest}"


def _telling(rows: Sequence[Row]) -> list[Row]:
    """What changed first, time before counts."""
    return sorted(rows, key=lambda row: (not row.changed, not row.timed))
