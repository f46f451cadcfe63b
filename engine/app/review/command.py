"""``spikeproof apply``: fixes are proven, a person (or ``--all``) chooses, what was chosen is written."""

from __future__ import annotations

import contextlib
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from engine.app.commands import (
    OpenWorkspace,
    chosen,
    exit_code,
    filter_of,
    tell_leftovers,
    tell_skips,
    with_leftovers,
)
from engine.app.options import proof
from engine.app.pipeline import proving
from engine.app.request import RunRequest
from engine.app.review import tree, vcs
from engine.app.review.applying import ApplyRun, ApplySettings
from engine.app.review.finish import take_back
from engine.app.review.kept_options import given, parsed, words
from engine.app.review.memory import Memory
from engine.app.review.proof import ReviewProver
from engine.base.errors import SpikeproofError
from engine.base.exits import EXIT_FAILED, EXIT_FOUND, EXIT_UNPROVEN
from engine.base.ui import Ui
from engine.cargo.scratch import scratch_folder
from engine.cargo.workspace import Workspace
from engine.detect import baseline
from engine.report.story import story


def apply_command(
    path: Path, settings: ApplySettings, open_: OpenWorkspace, ui: Ui, common: dict[str, Any]
) -> int:
    """``spikeproof apply``: exit 0 when there was nothing to do, 1 when fixes were found (written
    or not), 3 when some could not be verified, or what was chosen could not be written. ``--resume``
    asks with the options of the last session, where this one's command line gives no other."""
    if settings.mode == "ask" and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SpikeproofError(
            "apply asks at a terminal, and stdin or stdout is none: `spikeproof apply --all` "
            "writes all safe fixes without asking, `spikeproof diff` prints the patch"
        )
    workspace = open_(path, common)
    asked = given(click.get_current_context())
    memory = Memory(scratch_folder(workspace.root)[1], workspace.root)
    if settings.resume and (kept := memory.words()):
        ui.say("Resuming", f"as it was asked: {shlex.join(kept)}")
        asked = {**parsed(kept), **asked}
        common = {**common, **asked}
        settings = replace(settings, proof=proof(common))
        workspace = open_(path, common)
    memory = Memory(scratch_folder(workspace.root)[1], workspace.root, words(asked))
    if settings.mode == "undo":
        paths = take_back(workspace.root, memory)
        memory.forget()
        for changed in paths:
            ui.say("Restored", changed)
        if not paths:
            ui.say("Note", "the last apply had written nothing", "cyan")
        return EXIT_FOUND
    remembered = _remembered(workspace, common) if settings.remember else None
    vcs.refuse_unrecorded(workspace.root, settings.allow_dirty, settings.allow_no_vcs)
    names = chosen(common["names"], workspace)
    if remembered is not None and not remembered.exists():
        common = {**common, "baseline": None, "no_baseline": True}
    wanted = filter_of(workspace, common, ui)
    stamps = tree.stamps(workspace.root, (*workspace.files, *workspace.manifests, "Cargo.lock"))
    with contextlib.ExitStack() as stack:
        with ui.busy():
            request = RunRequest(workspace, names, settings.proof, wanted)
            result, session = stack.enter_context(proving(request, ui))
        tell_skips(ui, result.skipped)
        result = with_leftovers(result, wanted, names, workspace)
        tell_leftovers(ui, result.unused, result.stale)
        code = exit_code(result.verdicts, result.patch)
        if not result.patch or session is None:
            for line in story(result, ui.color(sys.stderr), ui.verbose):
                ui.line(line)
            return code
        # Whatever a build may read; the sources as they were before they were scanned.
        stamps = {**tree.stamps(workspace.root, session.scratch.files), **stamps}
        prover = ReviewProver.of(session, result, settings.proof.tests)
        apply_run = ApplyRun(
            prover,
            result,
            memory,
            ui,
            stamps,
            settings,
            remembered,
        )
        whole = apply_run.everything() if settings.mode == "all" else apply_run.asked()
        if whole:
            return code
        return EXIT_UNPROVEN if common["gate"] else EXIT_FAILED


def _remembered(workspace: Workspace, common: dict[str, Any]) -> Path:
    """The baseline that skipped fixes go into. Raises SpikeproofError when none is named."""
    if common.get("baseline") is not None:
        return Path(common["baseline"])
    if not workspace.config.baseline or common.get("no_baseline"):
        raise SpikeproofError(
            "--remember writes to a baseline, and none is named: say --baseline FILE, or set "
            "`baseline` in [workspace.metadata.spikeproof]"
        )
    baseline.check_place(workspace.root, workspace.config.baseline)
    return workspace.root / workspace.config.baseline
