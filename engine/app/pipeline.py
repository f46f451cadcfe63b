"""The stages in order: scan, baseline, ask, plan, verify. Every command that proves goes here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, ParamSpec

from engine.app.session import (
    Session,
    Tally,
    follow_with,
    formatter_of,
    open_session,
    packages_with,
    prover_of,
    unused_allowances,
    unused_by,
)
from engine.base.counts import count
from engine.base.model import Fix, Level, Outcome, Proposal, Site, Skip, Verdict
from engine.base.ui import Ui
from engine.cargo.cargo_results import CheckRun
from engine.cargo.workspace import Workspace
from engine.detect.facts import Sources, sources_of
from engine.detect.scan import scan
from engine.detect.site_filter import ProposalFilter, SiteFilter, Wanted, old_words
from engine.detect.site_tracking import SiteTracker
from engine.detect.suppress import UnusedAllowance
from engine.measure.alternatives import AlternativesResult
from engine.measure.choose_alternatives import choose_alternatives
from engine.measure.measure_fixes import (
    MeasureSettings,
    added,
    behind,
    in_place_of,
    measure_fixes,
    refused,
    with_evidence,
)
from engine.report.result import Result, VerifyPass
from engine.rewrite.patch_series import series
from engine.verify import VerifySettings, verify

# Fixes that overlap wait for the next pass; three are enough for what nests in practice.
_PASSES = 3
_P = ParamSpec("_P")


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
    found = scan(workspace.root, workspace.files, names, workspace.edition_of, ui.scanning)
    if not _any_site(found.sites):
        unused = unused_by(workspace, found.idle, names)
        return Surveyed((), found.skipped, found.suppressed, 0, unused, 0, frozenset())
    with open_session(workspace, ui) as session:
        session.check_baseline()
        answers = session.ask(found.sites, session.sources)
        planned = session.plan(found.sites, answers, session.sources)
    return Surveyed(
        _told(planned.proposals),
        found.skipped,
        found.suppressed,
        planned.tally.in_tests,
        unused_allowances(workspace, found, names, planned.tally),
        planned.tally.configured,
        _ids(found.sites, planned.tally),
    )


def _ids(sites: Iterable[Site], tally: Tally) -> frozenset[str]:
    """Of all sites that are there, by syntax or by their types."""
    return tally.ids.union(site.id for site in sites if site.id)


def _told(proposals: Iterable[Proposal]) -> tuple[Site, ...]:
    """The sites of ``proposals`` with level and reason of their plan."""
    return tuple(
        replace(
            site,
            level=proposal.fixes[0].level if proposal.fixes else Level.REPORT,
            reason=proposal.fixes[0].note if proposal.fixes else proposal.reason,
        )
        for proposal in proposals
        for site in proposal.sites
    )


@contextmanager
def proving(
    workspace: Workspace,
    names: Sequence[str],
    ui: Ui,
    review: bool = False,
    tests: bool = True,
    target: Path | None = None,
    measuring: MeasureSettings | None = None,
    steps: bool = False,
    wanted: Wanted | None = None,
    folder: str | None = None,
) -> Iterator[tuple[Result, Session | None]]:
    """From the workspace to a proven patch. Raises SpikeproofError when it does not compile as it
    is, or when no tool needed for the proof can be run. The user's tree is only read.

    With ``measuring``, what is verified is measured too, and what makes the program worse is refused;
    with ``steps``, the patch comes fix by fix, too. A proposal none of whose sites is ``wanted`` is
    neither checked nor emitted, its sites are in ``Result.old``; one that also holds sites that are
    not (they only change together) is taken whole.

    ``folder`` is what the paths of the emitted patch begin with: that of the workspace in its git
    repository, if None. ``Result.patch`` is relative to the workspace, ``Result.emitted`` has it.

    The scratch copy is still open, so that more can be proven there; None where no site was found,
    and nothing opened. ``run`` is the same for who wants the result alone."""
    found = scan(workspace.root, workspace.files, names, workspace.edition_of, ui.scanning)
    if not _any_site(found.sites):
        empty = Sources((), lambda _: b"")
        nothing = Result(
            workspace.root,
            empty,
            skipped=found.skipped,
            suppressed=found.suppressed,
            unused=unused_by(workspace, found.idle, names),
        )
        yield nothing, None
        return
    sites = [site for site in found.sites if site.role == "site"]
    if isinstance(wanted, SiteFilter) and wanted.hopeless(s.path for s in found.sites):
        # No file with a candidate is part of the change: nothing is left to be asked of rustc.
        asked = [site for site in sites if workspace.is_requested(site.path)]
        mine = [site for site in asked if workspace.allows(site)]
        old = tuple(site for site in mine if not workspace.spares(site))
        yield (
            Result(
                workspace.root,
                sources_of(workspace),
                skipped=found.skipped,
                suppressed=found.suppressed,
                unused=unused_by(workspace, found.idle, names),
                in_tests=len(mine) - len(old),
                configured=len(asked) - len(mine),
                old=old,
                present=None,
                old_words=old_words(wanted, old),
            ),
            None,
        )
        return
    ui.say("Scanned", f"{count(found.files, 'file')}: {count(len(sites), 'place')} to look at")
    with open_session(workspace, ui, target, folder) as session:
        done, tally = _passes(session, names, found.sites, review, tests, wanted)
        if measuring is not None:
            done, tally = _weighed(
                session, names, found.sites, review, tests, wanted, measuring, done, tally
            )
        if steps:
            format_files = formatter_of(session).format
            read = session.sources.data
            one_by_one = series(done.verdicts, done.later, done.files, read, format_files)
            done = replace(done, steps=one_by_one)
        result = replace(
            done,
            skipped=(*found.skipped, *session.scratch.left_out),
            suppressed=found.suppressed,
            unused=unused_allowances(workspace, found, names, tally),
            in_tests=tally.in_tests,
            configured=tally.configured,
            present=_ids(found.sites, tally),
            old_words=old_words(wanted, done.old),
            cargo_runs=session.cargo.runs,
            toolchain=session.cargo.version(),
            folder=session.folder,
        )
        yield result, session


def _result_of(
    opened: Callable[_P, AbstractContextManager[tuple[Result, Session | None]]],
) -> Callable[_P, Result]:
    def run(*args: _P.args, **asked: _P.kwargs) -> Result:
        with opened(*args, **asked) as (result, _):
            return result

    return run


run = _result_of(proving)


def _passes(
    session: Session,
    names: Sequence[str],
    sites: Sequence[Site],
    review: bool,
    tests: bool,
    wanted: Wanted | None = None,
    without: frozenset[str] = frozenset(),
    orders: Mapping[str, tuple[Fix, ...]] | None = None,
) -> tuple[Result, Tally]:
    """Verify; what overlapped is planned again on the result, until nothing new comes of it.

    Proposals with an id in ``without`` are left out, and those that nobody wants; those in
    ``orders`` have these alternatives, in this order."""
    workspace, original = session.workspace, session.sources
    formatter = formatter_of(session)
    choice, tracker = ProposalFilter(wanted), SiteTracker(original)
    settings = VerifySettings(lambda paths: packages_with(workspace, paths), tests, _take(review))
    verdicts: list[Verdict] = []
    notes: list[str] = []
    runs: dict[str, int] = {}
    later: set[str] = set()
    passes: list[VerifyPass] = []
    files: Mapping[str, bytes] = {}
    patch = b""
    sources = original
    waiting: set[tuple[str, str, str]] | None = None
    ran = session.cargo.runs
    baseline = session.check_baseline()
    runs["check"] = session.cargo.runs - ran  # none, when it is known from the passes before
    tally = Tally()
    for number in range(_PASSES):
        ran = session.cargo.runs
        answers = session.ask(sites, sources)
        runs["check"] += session.cargo.runs - ran  # none, when the last check was of this text
        planned = session.plan(sites, answers, sources)
        proposals, facts = list(planned.proposals), planned.facts
        tally = tally.joined(planned.tally)
        if waiting is None:
            proposals = [replace(p, fixes=(orders or {}).get(p.id, p.fixes)) for p in proposals]
            tracker.remember(proposals)
        else:
            waited = [p for p in proposals if _key(p) in waiting]
            settled = {site.id for v in _settled(verdicts) for site in v.proposal.sites}
            proposals = tracker.named(waited, sources, settled)
        proposals = choice.of([p for p in proposals if p.id not in without])
        if not proposals:
            break
        passes.append(VerifyPass(frozenset(p.id for p in proposals), files, facts))
        result = verify(
            proposals,
            read=original.data,
            driver=session.cargo,
            follow=follow_with(facts),
            settings=settings,
            prove=prover_of(session),
            progress=session.ui.say,
            base=files,
            format_files=formatter.format,
            baseline=baseline,
        )
        last = number == _PASSES - 1
        if waiting is not None:
            verdicts = _settled(verdicts)
        verdicts += result.verdicts
        if waiting is not None:
            later |= {v.proposal.id for v in result.verdicts}
        notes += [note for note in result.notes if note not in notes]
        for kind, times in result.runs.items():
            runs[kind] = runs.get(kind, 0) + times
        files, patch = result.files, result.patch
        if not result.deferred or last:
            break
        waiting = {_key(proposal) for proposal in result.deferred}
        sources = original.with_texts(files)
        sites, baseline = _rescan(session, names, files, result.check)
        runs["check"] += baseline is not result.check
    made = Result(
        workspace.root,
        original,
        tuple(verdicts),
        patch,
        files,
        old=_told(choice.refused),
        notes=tuple(notes),
        runs=runs,
        later=frozenset(later),
        passes=tuple(passes),
    )
    return made, tally


def _weighed(
    session: Session,
    names: Sequence[str],
    sites: Sequence[Site],
    review: bool,
    tests: bool,
    wanted: Wanted | None,
    measuring: MeasureSettings,
    done: Result,
    tally: Tally,
) -> tuple[Result, Tally]:
    """Measure what was verified. What makes the program worse gives way to its next alternative,
    or is left out; an alternative that is better takes the place of what was chosen. The rest is
    proven and measured again: what is emitted is what was measured."""
    refusals: dict[str, Verdict] = {}
    orders: dict[str, tuple[Fix, ...]] = {}
    before: dict[str, str] = {}  # what alternatives showed that were left for others
    best: AlternativesResult | None = None
    while done.patch:
        verified = {v.proposal.id: v for v in done.verdicts if v.outcome is Outcome.VERIFIED}
        fixes = {name: v.fix for name, v in verified.items() if v.fix is not None}
        found = measure_fixes(session, fixes, done.later, done.files, measuring)
        if found.report is not None and found.report.interrupted and found.regressed:
            raise KeyboardInterrupt  # what to leave out is not known
        bad = {
            name: no
            for name, verdict in verified.items()
            if (no := refused(verdict, found, measuring)) is not None
        }
        for name, no in bad.items():
            rest = () if name in done.later else behind(no, _take(review))
            if rest:
                orders[name] = rest
                before[name] = in_place_of(no)
            else:
                refusals[name] = no
        again = bool(bad)
        if not bad and best is None:
            best = choose_alternatives(
                session, done.verdicts, done.later, found, _take(review), measuring
            )
            done = replace(done, runs=_total(done.runs, {"check": best.checks}))
            for name, fix in best.winners.items():
                others = verified[name].proposal.fixes
                orders[name] = (fix, *(other for other in others if other != fix))
            again = bool(best.winners)
        if not again:
            told = (with_evidence(v, found, best or AlternativesResult()) for v in done.verdicts)
            done = replace(done, verdicts=tuple(told), measurements=found)
            break
        runs = done.runs
        left = frozenset(refusals)
        done, later = _passes(session, names, sites, review, tests, wanted, left, orders)
        done = replace(done, runs=_total(runs, done.runs), measurements=found)
        tally = tally.joined(later)
    verdicts = (*done.verdicts, *refusals.values())
    every = tuple(added(verdict, before.get(verdict.proposal.id, "")) for verdict in verdicts)
    return replace(done, verdicts=every), tally


def _total(runs: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    kinds = sorted(runs.keys() | more.keys())
    return {kind: runs.get(kind, 0) + more.get(kind, 0) for kind in kinds}


def _take(review: bool) -> frozenset[Level]:
    return frozenset({Level.SAFE, Level.REVIEW} if review else {Level.SAFE})


def _settled(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that do not wait for another pass."""
    return [verdict for verdict in verdicts if verdict.outcome is not Outcome.CONFLICT]


def _key(proposal: Proposal) -> tuple[str, str, str]:
    """What a deferred proposal is known by on the rewritten tree, where its text may differ."""
    site = proposal.sites[0]
    return site.codemod, site.path, site.item


def _rescan(
    session: Session, names: Sequence[str], files: Mapping[str, bytes], check: CheckRun | None
) -> tuple[tuple[Site, ...], CheckRun]:
    """Sites of the rewritten tree, and its check: the oracle and the warnings start from it.
    ``check``: it was the last that was checked."""
    session.cargo.write(files)
    check = check or session.cargo.check()
    workspace = session.workspace
    found = scan(session.scratch.tree, workspace.files, names, workspace.edition_of)
    return found.sites, check


def _any_site(sites: Sequence[Site]) -> bool:
    """Can a plan come to a site? (Uses alone are for others.)"""
    return any(site.role != "use" for site in sites)
