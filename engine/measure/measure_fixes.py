"""All verified fixes of a run measured together, each by what runs the functions that it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.base.bench_report import BenchReport
from engine.base.errors import SpikeproofError
from engine.base.measured import Measured
from engine.base.model import Fix
from engine.detect.codemod import registry
from engine.measure.attribution import Measurements, attribute
from engine.measure.comparisons import CachedComparisons, texts
from engine.measure.open_copy import OpenCopy
from engine.measure.settings import MeasureSettings
from engine.verify.coverage_probes import Probes, probes

_PLANNED_LATER = "was planned on the result of other fixes"


def measure_fixes(
    session: OpenCopy,
    fixes: Mapping[str, Fix],
    later: frozenset[str],
    files: Mapping[str, bytes],
    measuring: MeasureSettings,
) -> Measurements:
    """Measure ``fixes`` (by id), whose texts together are ``files``. Those in ``later`` have
    offsets in another text than the user's. What keeps it from measuring anything is in
    ``Measurements.error``."""
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
            lambda name: registry()[codemods[name]].codemod.for_others,
            made,
            compared,
            session.ui.say,
            lambda own: measuring.per_fix or (measuring.require == "bench" and _owes(own)),
        )
    except SpikeproofError as error:
        return Measurements(error=str(error))


def _owes(own: Measured) -> bool:
    """Is there a gain that may be the fix's own, and no row that shows it?"""
    return own.shares_gain and not own.better
