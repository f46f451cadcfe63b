"""``spikeproof ci``: what a change brought, proven, and told in the forms that a job can show."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.app.commands import (
    OpenWorkspace,
    check_output,
    chosen,
    emit,
    filter_of,
    tell_leftovers,
    tell_skips,
    with_leftovers,
)
from engine.app.findings import report_of
from engine.app.github_event import read_event
from engine.app.pipeline import proving
from engine.app.request import ProofSettings, RunRequest
from engine.app.suggest import StandaloneFix, standalone_fixes
from engine.base import git
from engine.base.counts import configured_words, count
from engine.base.errors import SpikeproofError
from engine.base.exits import EXIT_CLEAN, EXIT_FOUND, EXIT_UNPROVEN
from engine.base.fsio import show, write_whole
from engine.base.ignore import below_top, repository_top
from engine.base.model import Level, Outcome
from engine.base.plain import printable
from engine.base.ui import Ui
from engine.cargo.workspace import Workspace
from engine.detect.change_base import since
from engine.detect.facts import sources_of
from engine.detect.newness import Newness
from engine.detect.site_filter import SiteFilter
from engine.report.annotations import annotation_lines, command
from engine.report.finding import Finding, Report
from engine.report.github_review import review
from engine.report.gitlab import code_quality
from engine.report.rdjson import rdjsonl
from engine.report.render import render
from engine.report.result import Result
from engine.report.review_file import dump
from engine.report.sarif import sarif
from engine.report.step_summary import MAX_BYTES, step_summary
from engine.report.story import story
from engine.rewrite.patch import split_lines
from engine.rewrite.pulldiff import PullDiff, around

_GATES: Mapping[str, frozenset[Level]] = {
    "safe": frozenset({Level.SAFE}),
    "review": frozenset({Level.SAFE, Level.REVIEW}),
    "none": frozenset(),
}

_NOT_HEAD = (
    "HEAD is not the head of the pull request, where comments stand, so `post-review` will refuse: "
    "check that out (`ref: ${{ github.event.pull_request.head.sha }}`)"
)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files to write, each None when nobody asked."""

    sarif: Path | None = None
    rdjsonl: Path | None = None
    github_review: Path | None = None
    gitlab: Path | None = None
    patch: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files to write."""
        every = (self.sarif, self.rdjsonl, self.github_review, self.gitlab, self.patch)
        return tuple(path for path in every if path is not None)

    @property
    def whole(self) -> bool:
        """Is there one among them that lists old sites, too? Its readers (code scanning, GitLab) take
        a site that is no longer in it for fixed."""
        return self.sarif is not None or self.gitlab is not None


@dataclass(frozen=True, slots=True)
class CiSettings:
    """What the user asks for. ``base`` is the revision that is compared with: the job's environment
    names it, if None; ``fail_on`` is the level from which a new fix fails the job, or "none"."""

    base: str | None = None
    fail_on: str = "safe"
    proof: ProofSettings = field(default_factory=ProofSettings)


def ci_command(
    path: Path,
    settings: CiSettings,
    outputs: Outputs,
    open_: OpenWorkspace,
    ui: Ui,
    common: dict[str, Any],
) -> int:
    """``spikeproof ci``; the exit code is that of ``exit_code``. Under GitHub Actions what ends the
    command is an annotation, too. Raises SpikeproofError (exit 2)."""
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    try:
        for target in outputs.paths:  # not after ten minutes of work
            check_output(target)
        workspace = open_(path, common)
        names = chosen(common["names"], workspace)
        wanted = _wanted(workspace, settings.base, ui, common)
        assert wanted.newness is not None
        with ui.busy():
            job = _Job(workspace, names, wanted, wanted.newness, settings, outputs, ui)
            result, report = job.prove()
            job.tell(result, report, on_github)
    except SpikeproofError as error:
        if on_github:
            text = command("error", {"title": "spikeproof failed"}, printable(str(error)))
            emit(f"{text}\n".encode("utf-8", "backslashreplace"), None)
        raise
    tell_skips(ui, result.skipped)
    for line in story(result, ui.color(sys.stderr), ui.verbose):
        ui.line(line)
    tell_leftovers(ui, result.unused, result.stale)
    code = exit_code(report, settings.fail_on, settings.proof.review)
    ui.say("Finished", _outcome(report, settings.fail_on, code), "green" if code == 0 else "red")
    return code


@dataclass(frozen=True)
class _Job:
    """One run against a base."""

    workspace: Workspace
    names: tuple[str, ...]
    wanted: SiteFilter
    newness: Newness
    settings: CiSettings
    outputs: Outputs
    ui: Ui

    @property
    def prefix(self) -> str:
        """The workspace's folder in the repository, as paths begin with it."""
        inner = below_top(self.workspace.root)
        return f"{inner}/" if inner else ""

    def prove(self) -> tuple[Result, Report]:
        """Where no file of the workspace changed, cargo has nothing to do, unless somebody wants
        the old sites, too."""
        workspace = self.workspace
        result = Result(workspace.root, sources_of(workspace))
        apart: Mapping[str, StandaloneFix] = {}
        changed = any(map(self.newness.changed, workspace.files))
        if changed or self.outputs.whole:
            request = RunRequest(workspace, self.names, self.settings.proof, self.wanted)
            with proving(request, self.ui) as (result, session):
                if session is not None:
                    apart = standalone_fixes(session, result, self.ui, self.prefix)
            result = with_leftovers(result, self.wanted, self.names, workspace)
        result = replace(result, skipped=(*workspace.skipped, *result.skipped))
        top = repository_top(workspace.root)
        commit = git.commit_of(top, "HEAD") if top is not None else ""
        report = report_of(result, apart, self.prefix, commit, self.newness.words)
        notes = list(result.old_words)
        if result.configured:
            notes.append(configured_words(result.configured))
        if not changed:
            notes.append("no Rust file of the workspace changed")
        return result, replace(report, notes=(*report.notes, *notes))

    def tell(self, result: Result, report: Report, on_github: bool) -> None:
        """Write all that was asked for."""
        within, dirty = pull_diff(self.workspace, self.newness, report, self.prefix)
        if dirty:
            files = f"{count(len(dirty), 'file')} changed since the last commit"
            note = f"{files}, so nothing is commented there: {', '.join(sorted(dirty)[:3])}"
            report = replace(report, notes=(*report.notes, note))
        if self.outputs.github_review is not None:
            head = read_event(os.environ).commit
            if head and head != report.commit:
                self.ui.say(
                    "Note", f"{_NOT_HEAD} ({head[:12]}, not {report.commit[:12]})", "yellow"
                )
        patch = render(result, "patch")
        _write(self.outputs, report, within, patch)
        _summarise(report)
        if on_github:
            emit(annotation_lines(report), None)
        elif self.outputs.patch is None:
            emit(patch, None)


def _wanted(workspace: Workspace, base: str | None, ui: Ui, common: dict[str, Any]) -> SiteFilter:
    """What is new: against ``base``, in the diff that was given, or against what the job's environment
    names."""
    named_by = ""
    if common.get("in_diff") is None:
        base, named_by = (base, "") if base else base_of(os.environ)
    elif base:
        raise SpikeproofError("--base and --in-diff both say what is new: leave out one")
    try:
        wanted = filter_of(workspace, {**common, "since": base}, ui)
    except SpikeproofError as error:
        raise _naming(error, base or "", named_by) from error
    assert wanted is not None  # one of the two is given
    return wanted


def base_of(environment: Mapping[str, str]) -> tuple[str, str]:
    """The revision that the job's environment names, and the variable that does: GitHub's base branch
    of a pull request, or the commit that a GitLab merge request left its target at. Raises
    SpikeproofError when none does."""
    branch = environment.get("GITHUB_BASE_REF", "")
    commit = environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")
    if branch:
        return f"origin/{branch}", "GITHUB_BASE_REF"
    if commit:
        return commit, "CI_MERGE_REQUEST_DIFF_BASE_SHA"
    raise SpikeproofError(
        "nothing says what is new: name the revision to compare with, --base origin/main"
    )


def _naming(error: SpikeproofError, base: str, variable: str) -> SpikeproofError:
    """The error, with where the revision that it names came from when nobody wrote it on the command
    line."""
    if not variable or f"`{show(base)}`" not in str(error):
        return error
    said = f"{error} ({variable} named it; --base REV names another)"
    return SpikeproofError(said, error.detail)


def pull_diff(
    workspace: Workspace, newness: Newness, report: Report, prefix: str
) -> tuple[PullDiff, frozenset[str]]:
    """The diff's lines in the files that the report names, and those files that are not as they
    are in HEAD: their lines are not those that a reviewer sees."""
    named = {
        path
        for finding in report.new
        for path in (finding.path, *(s.path for s in finding.suggestions))
    }
    top = repository_top(workspace.root)
    committed = top is not None and bool(git.commit_of(top, "HEAD"))
    head = since(workspace, "HEAD", merge_base=False) if committed else None
    files: dict[str, tuple[tuple[int, int], ...]] = {}
    dirty: set[str] = set()
    for path in sorted(named):
        own = path.removeprefix(prefix)
        if head is not None and head.changed(own):
            dirty.add(path)
            continue
        length = len(split_lines((workspace.root / own).read_bytes()))
        files[path] = around(newness.changed_lines(own), length)
    return PullDiff(files), frozenset(dirty)


def _write(outputs: Outputs, report: Report, within: PullDiff, patch: bytes) -> None:
    forms: tuple[tuple[Path | None, Callable[[], bytes]], ...] = (
        (outputs.sarif, lambda: sarif(report)),
        (outputs.rdjsonl, lambda: rdjsonl(report)),
        (outputs.github_review, lambda: dump(report, review(report, within))),
        (outputs.gitlab, lambda: code_quality(report)),
        (outputs.patch, lambda: patch),
    )
    for target, made in forms:
        if target is None:
            continue
        try:
            write_whole(target, made())
        except OSError as error:
            raise SpikeproofError(
                f"cannot write {show(target)}: {error.strerror or error}"
            ) from error


def _summarise(report: Report) -> None:
    """Append to the job's summary on GitHub, within what a step may write there."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    target = Path(name)
    there = 0
    with suppress(OSError):
        there = target.stat().st_size
    text = step_summary(report, MAX_BYTES - there - 2)
    try:
        with target.open("ab") as file:
            file.write((b"\n" if there else b"") + text)
    except OSError as error:
        raise SpikeproofError(
            f"cannot write the job's summary {show(name)}: {error.strerror or error}"
        ) from error


# -- the exit code ---------------------------------------------------------------------------------


def exit_code(report: Report, fail_on: str, review_too: bool) -> int:
    """3 when a new fix that gates was tried and does not hold, 1 when there is one that gates, else
    0. A fix gates by its level; what is only reported never does."""
    gating = [finding for finding in report.new if finding.level in _GATES[fail_on]]
    if any(_unproven(finding, review_too) for finding in gating):
        return EXIT_UNPROVEN
    if any(finding.outcome is not Outcome.NOT_COMPILED for finding in gating):
        return EXIT_FOUND
    return EXIT_CLEAN


def _unproven(finding: Finding, review_too: bool) -> bool:
    taken = finding.level is Level.SAFE or review_too
    return finding.failed or (taken and finding.outcome is Outcome.UNVERIFIED)


def _outcome(report: Report, fail_on: str, code: int) -> str:
    """The last line: what is new, and why the job fails or does not."""
    new = report.new
    if not new:
        return f"nothing new against {report.base}"
    verified = sum(finding.verified for finding in new)
    told = f"{count(len(new), 'new finding')}, {count(verified, 'verified fix', 'verified fixes')}"
    if code == EXIT_UNPROVEN:
        return f"{told}; a new fix does not hold (exit {code})"
    if code == EXIT_FOUND:
        return f"{told}; fails on level {fail_on} (exit {code}, --fail-on)"
    return f"{told}; none of the level that fails (--fail-on {fail_on})"
