"""The stages in order: scan, baseline, ask, plan, verify, measure. Every command that proves goes
here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from engine.app.kept_results import KeptResults
from engine.app.measured_run import measured
from engine.app.passes import told, verify_in_passes
from engine.app.request import RunRequest
from engine.app.session import (
    Session,
    Tally,
    formatter_of,
    open_session,
    unused_allowances,
    unused_by,
)
from engine.base.counts import count
from engine.base.model import Site, Skip
from engine.base.ui import Ui
from engine.cargo.workspace import Workspace
from engine.detect.facts import Sources, sources_of
from engine.detect.scan import ScanResult, scan_workspace
from engine.detect.site_filter import SiteFilter, old_words
from engine.detect.suppress import UnusedAllowance
from engine.report.result import Result
from engine.rewrite.patch_series import series


class Surveyed(NamedTuple):
    """What ``survey`` found: sites with level and reason of their plan, what was left out, how many
    sites are silenced or stand in test code, and comments that silence nothing."""

    sites: tuple[Site, ...]
    skipped: tuple[Skip, ...]
    suppressed: int
    in_tests: int
    unused: tuple[UnusedAllowance, ...]
    configured: int  # sites where the config turns their codemod off
    present: frozenset[str]  # ids of all sites that syntax or types show


def survey(workspace: Workspace, names: Sequence[str], ui: Ui) -> Surveyed:
    """Sites as the types show them (``scan --types``)."""
    found = scan_workspace(workspace, names, ui.scanning)
    if not _any_site(found.sites):
        unused = unused_by(workspace, found.idle, names)
        return Surveyed((), found.skipped, found.suppressed, 0, unused, 0, frozenset())
    with open_session(workspace, ui) as session:
        session.check_baseline()
        answers = session.ask(found.sites, session.sources)
        planned = session.plan(found.sites, answers, session.sources)
    return Surveyed(
        told(planned.proposals),
        found.skipped,
        found.suppressed,
        planned.tally.in_tests,
        unused_allowances(workspace, found, names, planned.tally),
        planned.tally.configured,
        _ids(found.sites, planned.tally),
    )


def _ids(sites: Iterable[Site], tally: Tally) -> frozenset[str]:
    """The ids of all sites that are there, by syntax or by their types."""
    return tally.ids.union(site.id for site in sites if site.id)


@contextmanager
def proving(
    request: RunRequest, ui: Ui, *, known: bool = False
) -> Iterator[tuple[Result, Session | None]]:
    """From the workspace to a proven patch. Raises SpikeproofError when it does not compile as it
    is, or when no tool needed for the proof can be run. The user's tree is only read.

    ``Result.patch`` is relative to the workspace, ``Result.emitted`` begins with the folder that
    the request names.

    The scratch copy is still open, so that more can be proven there; None where nothing was to be
    asked of cargo, and nothing opened. ``run`` is the same for who wants the result alone: where it is
    ``known`` what an earlier run came to, that will do."""
    workspace = request.workspace
    found = scan_workspace(workspace, request.codemods, ui.scanning)
    result = _by_scan_alone(request, found)
    if result is not None:
        yield result, None
        return
    sites = sum(site.role == "site" for site in found.sites)
    ui.say("Scanned", f"{count(found.files, 'file')}: {count(sites, 'place')} to look at")
    with open_session(workspace, ui, request.target, request.folder) as session:
        if request.proof.tests:
            session.test_with(request.proof.test_runner or workspace.config.test_runner)
        kept = KeptResults(session, request) if known else None
        result = kept.get() if kept is not None else None
        if result is None:
            result = _proven(session, request, found)
            if kept is not None:
                kept.put(result)
        yield result, session


def run(request: RunRequest, ui: Ui) -> Result:
    """As ``proving``, with the copy closed again."""
    with proving(request, ui, known=True) as (result, _):
        return result


def _by_scan_alone(request: RunRequest, found: ScanResult) -> Result | None:
    """The result where cargo need not run: no site was found, or none in a file that the change is
    about. None in every other case."""
    workspace = request.workspace
    unused = unused_by(workspace, found.idle, request.codemods)
    nothing = Result(
        workspace.root,
        Sources((), lambda _: b""),
        skipped=found.skipped,
        suppressed=found.suppressed,
        unused=unused,
    )
    if not _any_site(found.sites):
        return nothing
    wanted = request.wanted
    if not isinstance(wanted, SiteFilter) or not wanted.hopeless(s.path for s in found.sites):
        return None
    asked = [s for s in found.sites if s.role == "site" and workspace.is_requested(s.path)]
    mine = [site for site in asked if workspace.allows(site)]
    old = tuple(site for site in mine if not workspace.spares(site))
    return replace(
        nothing,
        sources=sources_of(workspace),
        in_tests=len(mine) - len(old),
        configured=len(asked) - len(mine),
        old=old,
        present=None,
        old_words=old_words(wanted, old),
    )


def _proven(session: Session, request: RunRequest, found: ScanResult) -> Result:
    """The result of the run over the sites of ``found``."""
    done, tally = verify_in_passes(session, request, found.sites)
    if request.proof.measuring is not None:
        done, later = measured(session, request, found.sites, request.proof.measuring, done)
        tally = tally.joined(later)
    if request.steps:
        read, format_files = session.sources.data, formatter_of(session).format
        steps = series(done.verdicts, done.later, done.files, read, format_files)
        done = replace(done, steps=steps)
    return replace(
        done,
        skipped=(*found.skipped, *session.scratch.left_out),
        suppressed=found.suppressed,
        unused=unused_allowances(session.workspace, found, request.codemods, tally),
        in_tests=tally.in_tests,
        configured=tally.configured,
        present=_ids(found.sites, tally),
        old_words=old_words(request.wanted, done.old),
        notes=(*done.notes, *filter(None, (session.told_runs,))),
        cargo_runs=session.cargo.runs,
        toolchain=session.cargo.version(),
        test_runner=session.test_runner.name if session.test_runner.nextest else "",
        folder=session.folder,
    )


def _any_site(sites: Sequence[Site]) -> bool:
    """Is there anything that a plan may make a site of? Uses alone are none."""
    return any(site.role != "use" for site in sites)
