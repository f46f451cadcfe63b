"""Comparisons of two texts of the user's tree on the scratch copy, kept between runs."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.base import process
from engine.base.bench_report import BenchReport
from engine.base.model import Fix
from engine.measure import CompareSettings, Side, compare
from engine.measure.evidence_cache import Cache, cache_folder, tree_digest
from engine.measure.open_copy import OpenCopy
from engine.measure.settings import MeasureSettings
from engine.rewrite import edits
from engine.verify.coverage_probes import Probes


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


def texts(session: OpenCopy, fixes: Sequence[Fix]) -> Mapping[str, bytes]:
    """The files that ``fixes`` change, by path, with all of them on the user's texts."""
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
