"""``spikeproof scan`` and ``spikeproof diff``: one workspace or several, the result as data on stdout
or in files, the story on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.app.commands import (
    by_codemod,
    by_syntax,
    check_output,
    chosen,
    emit,
    exit_code,
    filter_of,
    relevant,
    stale_of,
    tell_leftovers,
    tell_skips,
    with_leftovers,
)
from engine.base.counts import configured_words, count, silenced, spared
from engine.base.errors import SpikeproofError
from engine.base.exits import EXIT_CLEAN, EXIT_FAILED, EXIT_FOUND, EXIT_UNPROVEN, complain
from engine.base.fsio import disk_space, show
from engine.base.ignore import repository_top
from engine.base.model import Site, Skip
from engine.base.plain import printable
from engine.base.ui import Ui
from engine.cargo.workspace import Workspace
from engine.detect import suppress
from engine.detect.codemod import registry
from engine.detect.facts import Sources, sources_of
from engine.detect.site_filter import old_words

if TYPE_CHECKING:
    from engine.app.request import ProofSettings
    from engine.report.jsonout import Omissions
    from engine.report.render import FailedWorkspace
    from engine.report.result import Result

OpenWorkspaces = Callable[[Sequence[Path], dict[str, Any]], tuple[Workspace, ...]]


@dataclass(frozen=True)
class _Scanned:
    """What a scan of one workspace shows."""

    workspace: Workspace
    sources: Sources
    sites: tuple[Site, ...]  # hottest first
    skipped: tuple[Skip, ...]
    omissions: Omissions
    old_words: tuple[str, ...]


def scan_command(
    paths: Sequence[Path],
    types: bool,
    form: str,
    open_: OpenWorkspaces,
    ui: Ui,
    common: dict[str, Any],
) -> int:
    """``spikeproof scan``: exit 0 when there is no site, else 1."""
    workspaces = _opened(paths, open_, common)
    check_output(common["output"])
    found = [_scanned(workspace, types, ui, common) for workspace in workspaces]
    shown = _hottest(found, common["top"])
    emit(_scan_text(shown, form, common, ui), common["output"])
    for one in found:
        _heading(ui, one.workspace.root, workspaces)
        tell_skips(ui, one.skipped)
        files = len({site.path for site in one.sites})
        sites = f"{count(len(one.sites), 'site')} in {count(files, 'file')}"
        ui.say("Found", f"{sites}{by_codemod(one.sites)}")
        if common["top"] is not None and len(one.sites) > common["top"]:
            ui.say("Shown", f"the hottest {common['top']} (--top)")
        if one.omissions.silenced:
            ui.say("Silenced", silenced(one.omissions.silenced))
        if one.omissions.in_tests:
            ui.say("Left alone", spared(one.omissions.in_tests))
        if one.omissions.configured:
            ui.say("Left alone", configured_words(one.omissions.configured))
        for words in one.old_words:
            ui.say("Left alone", words)
        tell_leftovers(ui, one.omissions.unused, one.omissions.stale)
    any_site = any(one.sites for one in found)
    if any_site and not types:
        words = "from syntax alone; `spikeproof diff` asks rustc and proves each fix"
        ui.say("Note", words, "cyan")
    return EXIT_FOUND if any_site else EXIT_CLEAN


def _hottest(found: Sequence[_Scanned], top: int | None) -> Sequence[_Scanned]:
    """The hottest ``top`` sites of each workspace; all without a number."""
    return [replace(one, sites=one.sites[:top]) for one in found] if top is not None else found


def _scanned(workspace: Workspace, types: bool, ui: Ui, common: dict[str, Any]) -> _Scanned:
    from engine.report.jsonout import Omissions

    names = chosen(common["names"], workspace)
    wanted = filter_of(workspace, common, ui)
    skipped: tuple[Skip, ...]
    present: frozenset[str] | None
    with ui.busy():
        if types:
            from engine.app.pipeline import survey

            told = survey(workspace, names, ui)
            every, skipped, silent, in_tests, unused, configured, present = told
        else:
            every, in_tests, configured, found = by_syntax(workspace, names, ui)
            skipped, silent = found.skipped, found.suppressed
            unused = suppress.unused(found.idle, names, registry())
            present = None  # what only its type shows to be a site is not there
    old = [site for site in every if wanted is not None and not wanted(site)]
    left = {site.id for site in old}
    sites = [site for site in every if site.id not in left]
    sites.sort(key=lambda s: (-s.heat.score, s.path, s.span, s.codemod))
    stale = stale_of(wanted, present, names, workspace)
    return _Scanned(
        workspace,
        sources_of(workspace),
        tuple(sites),
        (*workspace.skipped, *skipped),
        Omissions(silent, in_tests, configured, len(old), relevant(unused, wanted), stale),
        old_words(wanted, old),
    )


def _scan_text(found: Sequence[_Scanned], form: str, common: dict[str, Any], ui: Ui) -> bytes:
    if form == "json":
        from engine.report.jsonout import dump, scan_json

        objects = [
            scan_json(one.workspace.root, one.sites, one.skipped, one.sources.get, one.omissions)
            for one in found
        ]
        if len(objects) == 1:
            return dump(objects[0]).encode("ascii")
        return dump({"schema": "spikeproof/scans/1", "workspaces": objects}).encode("ascii")
    from engine.report.scan_text import short, statistics
    from engine.report.snippet import snippet

    folders = _folders([one.workspace for one in found])
    named = [
        (replace(site, path=_below(folder, site.path)), one.sources.get(site.path))
        for one, folder in zip(found, folders, strict=True)
        for site in one.sites
    ]
    if form == "statistics":
        text = statistics([site for site, _ in named])
    elif form == "short":
        text = "".join(f"{short(site, source)}\n" for site, source in named)
    else:
        color = common["output"] is None and ui.color(sys.stdout)
        blocks = [snippet(site, source, color) for site, source in named]
        text = "\n\n".join(blocks) + "\n" if blocks else ""
    return text.encode("utf-8", "backslashreplace")


def diff_command(
    paths: Sequence[Path],
    settings: ProofSettings,
    form: str,
    open_: OpenWorkspaces,
    ui: Ui,
    common: dict[str, Any],
) -> int:
    """``spikeproof diff``: exit 0 when there is nothing to do, 1 when a patch was made or sites were
    found that nobody tried, 3 when a fix did not hold. Of several workspaces, one for which nothing
    can be done costs the others nothing; the exit is then 2."""
    from engine.report.folder import check_folder
    from engine.report.render import STEPWISE
    from engine.report.story import story

    folder = common.get("folder")
    if folder is not None and form not in ("patch", "mbox"):
        raise SpikeproofError(f"-o FOLDER/ takes patches: --format {form} goes to one file")
    workspaces = _opened(paths, open_, common)
    check_output(common["output"])
    if folder is not None:
        check_folder(folder)
    steps = form in STEPWISE or folder is not None
    made, failed = _proven(workspaces, settings, steps, ui, common)
    _write(made, failed, form, ui, common)
    if settings.measuring is not None and settings.measuring.samples is not None:
        from engine.report.render import samples_of

        emit(samples_of(made), settings.measuring.samples)
    if form == "mbox" and any(b"\r\n" in result.patch for result in made):
        ui.say("Note", "some files end their lines with CR: `git am --keep-cr` takes them", "cyan")
    for result in made:
        _heading(ui, result.root, workspaces)
        tell_skips(ui, result.skipped)
        for line in story(result, ui.color(sys.stderr), ui.verbose):
            ui.line(line)
        tell_leftovers(ui, result.unused, result.stale)
    _tell_cost(ui, [result.root for result in made if result.toolchain])
    return EXIT_FAILED if failed else _worst(exit_code(r.verdicts, r.patch) for r in made)


def _tell_cost(ui: Ui, roots: Sequence[Path]) -> None:
    """What a run took, where it built something: time, and the disk that its copies keep."""
    if not roots or ui.quiet:
        return
    from engine.cargo.scratch import scratch_folder

    folders = list(dict.fromkeys(scratch_folder(root)[1] for root in roots))
    size = sum(map(disk_space, folders)) / 1e6
    named = show(folders[0]) if len(folders) == 1 else f"{len(folders)} copies"
    ui.say("Finished", f"in {ui.seconds:.0f} s; {named} keeps {size:,.0f} MB for the next run")


def _proven(
    workspaces: Sequence[Workspace],
    settings: ProofSettings,
    steps: bool,
    ui: Ui,
    common: dict[str, Any],
) -> tuple[list[Result], list[FailedWorkspace]]:
    """What a run over each workspace made, and those of several for which nothing can be done."""
    from engine.app.pipeline import run
    from engine.app.request import RunRequest
    from engine.report.render import FailedWorkspace

    made: list[Result] = []
    failed: list[FailedWorkspace] = []
    several = len(workspaces) > 1
    for workspace, place in zip(workspaces, _folders(workspaces), strict=True):
        _heading(ui, workspace.root, workspaces)
        try:
            names = chosen(common["names"], workspace)
            wanted = filter_of(workspace, common, ui)
            folder = place if several else None
            with ui.busy():
                result = run(RunRequest(workspace, names, settings, wanted, steps, folder), ui)
        except SpikeproofError as error:
            if not several:
                raise
            failed.append(FailedWorkspace(workspace.root, str(error)))
            complain(f"{show(workspace.root)}: {error}", error.detail)
            continue
        result = with_leftovers(result, wanted, names, workspace)
        made.append(replace(result, skipped=(*workspace.skipped, *result.skipped)))
    return made, failed


def _write(
    made: Sequence[Result],
    failed: Sequence[FailedWorkspace],
    form: str,
    ui: Ui,
    common: dict[str, Any],
) -> None:
    """The patch, or what else ``form`` says, where the user wants it."""
    from engine.report.folder import patches, write_folder
    from engine.report.render import render_all, series_of

    folder = common.get("folder")
    if folder is not None:
        files = patches(series_of(made), form == "mbox")
        write_folder(folder, files)
        ui.say("Wrote", f"{count(len(files) - 1, 'patch', 'patches')} to {folder}")
    elif made or form == "json":
        emit(render_all(made, failed, form), common["output"])


def _worst(codes: Any) -> int:
    every = set(codes)
    return next((c for c in (EXIT_UNPROVEN, EXIT_FOUND) if c in every), EXIT_CLEAN)


def _opened(
    paths: Sequence[Path], open_: OpenWorkspaces, common: dict[str, Any]
) -> tuple[Workspace, ...]:
    workspaces = open_(paths or [Path()], common)
    if len(workspaces) > 1 and common.get("baseline") is not None:
        raise SpikeproofError(
            "--baseline is of one workspace, and these are several: name one in the config of each"
        )
    return workspaces


def _folders(workspaces: Sequence[Workspace]) -> list[str]:
    """Where each workspace is, seen from the top of the repository that all of them are in, else
    from the folder that holds all of them; "" for a single one that is in no repository."""
    tops = {repository_top(workspace.root) for workspace in workspaces}
    top = next(iter(tops))
    if len(tops) > 1 or top is None:
        top = Path(os.path.commonpath([workspace.root for workspace in workspaces]))
    inner = [workspace.root.relative_to(top).as_posix() for workspace in workspaces]
    return ["" if folder == "." else folder for folder in inner]


def _below(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def _heading(ui: Ui, root: Path, workspaces: Sequence[Workspace]) -> None:
    if len(workspaces) > 1:
        ui.say("Workspace", printable(str(root)), "cyan")
