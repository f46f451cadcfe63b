"""What ``diff`` writes, in each of its formats, for one workspace or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.report.mbox import Series, mails

if TYPE_CHECKING:
    from engine.base.bench_report import BenchReport
    from engine.report.result import Result

FORMATS = ("patch", "mbox", "json", "summary", "stat")
STEPWISE = ("mbox",)  # formats that need the patch fix by fix


@dataclass(frozen=True)
class FailedWorkspace:
    """A workspace of several for which the tool could do nothing."""

    root: Path
    reason: str


def render(result: Result, form: str) -> bytes:
    """The result of one workspace as the format wants it."""
    return render_all((result,), (), form)


def render_all(results: Sequence[Result], failed: Sequence[FailedWorkspace], form: str) -> bytes:
    """The results of all workspaces as one text; the same bytes for the same results."""
    if form == "json":
        return _json(results, failed)
    if form == "summary":
        return _summary(results)
    if form == "stat":
        from engine.report.stat import stat

        return stat(results).encode("utf-8", "backslashreplace")
    if form == "mbox":
        return b"".join(mails(series_of(results)))
    from engine.report.story import patch_head

    changed = [result for result in results if result.patch]
    return b"".join([*map(patch_head, changed), *(result.emitted for result in changed)])


def series_of(results: Sequence[Result]) -> list[Series]:
    """The patches of each workspace, fix by fix. The runs must have been asked for ``steps``."""
    return [Series(result.steps, result.toolchain, result.folder) for result in results]


def samples_of(results: Sequence[Result]) -> bytes:
    """All values that were measured of what is emitted; of single fixes under their ids."""
    from engine.measure.text import samples_json

    reports: dict[str, BenchReport] = {}
    for result in results:
        measurements = result.measurements
        if measurements is not None and measurements.report is not None:
            place = f" of {result.root.name}" if len(results) > 1 else ""
            reports |= {f"all fixes{place}": measurements.report, **measurements.alone}
    return samples_json(reports).encode()


def _json(results: Sequence[Result], failed: Sequence[FailedWorkspace]) -> bytes:
    from engine.report.jsonout import Omissions, diff_json, dismissal_json, dump, verdict_json

    found: list[dict[str, object]] = []
    for result in results:
        omissions = Omissions(
            result.suppressed,
            result.in_tests,
            result.configured,
            result.unwanted,
            result.unused,
            result.stale,
        )
        found.append(
            diff_json(
                result.root,
                [
                    verdict_json(v, result.sites_of(v), result.sources.get, result.alone(v))
                    for v in result.verdicts
                ]
                + [dismissal_json(site, result.sources.get) for site in result.dismissed],
                result.patch,
                result.skipped,
                {**result.runs, "cargo": result.cargo_runs},
                omissions,
                result.measurements.report if result.measurements is not None else None,
                result.test_runner,
            )
        )
    if len(found) == 1 and not failed:
        return dump(found[0]).encode("ascii")
    errors = [{"root": str(one.root), "reason": one.reason} for one in failed]
    return dump({"schema": "spikeproof/diffs/1", "workspaces": found, "failed": errors}).encode(
        "ascii"
    )


def _summary(results: Sequence[Result]) -> bytes:
    from engine.base.plain import printable
    from engine.report.summary import summary

    lines: list[str] = []
    for result in results:
        if len(results) > 1:
            lines += [*([""] if lines else []), f"{printable(str(result.root))}:"]
        lines += summary(result)
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")
