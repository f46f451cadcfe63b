"""``spikeproof bench``: prepares the two sides, prints the report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.app.commands import emit
from engine.base.bench_report import BenchReport
from engine.base.errors import SpikeproofError
from engine.base.exits import EXIT_CLEAN, EXIT_FOUND, EXIT_UNPROVEN
from engine.base.fsio import exists, show
from engine.base.ui import Ui
from engine.cargo.scratch import Scratch
from engine.cargo.toolchain import Limits
from engine.cargo.workspace import Workspace
from engine.measure import CompareSettings, Side, compare
from engine.measure.revision import materialise
from engine.measure.text import counted, report_json, report_text, samples_json

_INTERRUPTED = 130


@dataclass(frozen=True)
class BenchSettings:
    """What ``spikeproof bench`` is asked. ``against`` is the side before: a folder, or a git
    revision; ``seconds`` the budget for each package, building not counted; ``form`` is ``text`` or
    ``json``; ``samples`` names a file for all measured values."""

    against: str
    seconds: float
    form: str
    samples: Path | None = None


def bench_command(
    path: Path,
    settings: BenchSettings,
    open_: Callable[[Path, dict[str, Any]], Workspace],
    ui: Ui,
    common: dict[str, Any],
) -> int:
    """Exit 0 when nothing differs, 1 when something does, 3 when nothing was measured, 130 after
    Ctrl-C (with what was finished)."""
    after = open_(path, common)

    def wait(message: str) -> None:
        ui.say("Waiting", message, "cyan")

    with ui.busy(), Scratch.open(after, on_wait=wait) as scratch:
        before = _other(after, settings.against, scratch, open_, ui, common)
        how = CompareSettings(seconds=settings.seconds, limits=Limits.of(after.config))
        report = compare(scratch, Side(before), Side(after), how, ui)
    if settings.form == "json":
        text = report_json(report)
    else:
        text = report_text(report, common["output"] is None and ui.color(sys.stdout))
    emit(text.encode("utf-8", "backslashreplace"), common["output"])
    if settings.samples is not None:
        emit(samples_json({show(settings.against): report}).encode(), settings.samples)
    ui.say("Compared", f"{counted(report.rows) or 'nothing'} in {report.seconds:.0f} s")
    return exit_code(report)


def exit_code(report: BenchReport) -> int:
    """0 nothing differs, 1 something does, 3 nothing was measured (or no bench, where there are
    some), 130 after Ctrl-C."""
    if report.interrupted:
        return _INTERRUPTED
    if any(row.changed for row in report.rows):
        return EXIT_FOUND
    benches = any("::bench/" in row.name for row in report.rows)
    failed = any("::bench/" in missing.name for missing in report.missing)
    nothing = not report.rows or (failed and not benches)  # tests alone do not speak for benches
    return EXIT_UNPROVEN if nothing else EXIT_CLEAN


def _other(
    after: Workspace,
    against: str,
    scratch: Scratch,
    open_: Callable[[Path, dict[str, Any]], Workspace],
    ui: Ui,
    common: dict[str, Any],
) -> Workspace:
    """The workspace before: of the folder ``against``, or of that git revision. Which packages are
    compared is said by the one after; here all are there to choose from."""
    everything = {**common, "packages": (), "workspace": False, "exclude": ()}
    if exists(Path(against)):
        return open_(Path(against), everything)
    if not against.strip() or "\0" in against:
        raise SpikeproofError("--against needs a folder or a git revision")
    revision = materialise(after.root, against, scratch.build.parent / "revision")
    ui.say("Reading", f"{show(against)} ({revision.commit[:12]}) from git")
    for path in revision.left_out:
        ui.say("Note", f"not in {show(against)} as in a checkout: {path}", "cyan")
    return open_(revision.folder, everything)
