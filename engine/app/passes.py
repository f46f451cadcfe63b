"""The passes of a run: ask, plan, verify; what overlapped is planned again on the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.app.preference import preferred, unmet
from engine.app.request import RunRequest
from engine.app.session import Session, Tally, follow_with, packages_with, verify_tools
from engine.base.model import Fix, Level, Outcome, Proposal, Site, Verdict
from engine.cargo.cargo_results import CheckRun
from engine.detect.facts import Facts, Sources
from engine.detect.scan import scan_workspace
from engine.detect.silent_sites import dismissed
from engine.detect.site_filter import ProposalFilter
from engine.detect.site_tracking import SiteTracker
from engine.report.result import Result, VerifyPass
from engine.verify import VerifyResult, VerifySettings, verify

# Fixes that overlap wait for the next pass; three are enough for what nests in practice.
_PASSES = 3

GONE = (
    "the fix of another site rewrote this place, and nothing is left to change there; without that "
    "fix, this one is made"
)

# What a deferred proposal is known by on the rewritten tree, where its text may differ: codemod,
# path, item.
_Key = tuple[str, str, str]


def verify_in_passes(
    session: Session,
    request: RunRequest,
    sites: Sequence[Site],
    without: frozenset[str] = frozenset(),
    orders: Mapping[str, tuple[Fix, ...]] | None = None,
) -> tuple[Result, Tally]:
    """Verify; what overlapped is planned again on the result, until nothing new comes of it.

    ``sites`` are those of the user's tree. Proposals with an id in ``without`` are left out, and
    those that nobody wants; those in ``orders`` have these alternatives, in this order. Raises
    SpikeproofError when the workspace does not compile as it is.
    """
    passes = _Passes(session, request, without, orders or {})
    tree = passes.users_tree(sites)
    for number in range(1, _PASSES + 1):
        proposals, facts = passes.planned(tree)
        if not proposals:
            passes.settle(())
            break
        found = passes.verified(proposals, facts, tree.baseline)
        if not found.deferred or number == _PASSES:
            break
        tree = passes.rewritten_tree(found)
    return passes.result(), passes.tally


@dataclass(frozen=True)
class _Tree:
    """The tree that a pass starts from: its sites, its texts, and its check."""

    sites: Sequence[Site]
    sources: Sources
    baseline: CheckRun


@dataclass
class _Passes:
    """What the passes of one run have come to so far."""

    session: Session
    request: RunRequest
    without: frozenset[str]
    orders: Mapping[str, tuple[Fix, ...]]
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    runs: dict[str, int] = field(default_factory=dict)  # of cargo, by kind
    later: set[str] = field(default_factory=set)  # ids of what was planned on a rewritten tree
    tried: list[VerifyPass] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    dismissed: list[Site] = field(default_factory=list)  # what is no site, with the reason
    files: Mapping[str, bytes] = field(default_factory=dict)
    patch: bytes = b""
    waiting: set[_Key] | None = None  # what the last pass deferred; None before the first

    def __post_init__(self) -> None:
        self.choice = ProposalFilter(self.request.wanted)
        self.tracker = SiteTracker(self.session.sources)
        self.tools = verify_tools(self.session)
        workspace = self.session.workspace
        self.settings = VerifySettings(
            lambda paths: packages_with(workspace, paths),
            self.request.proof.tests,
            self.request.proof.take,
            self.request.proof.tested,
        )

    def users_tree(self, sites: Sequence[Site]) -> _Tree:
        """The tree of the first pass: the user's own, which must compile."""
        ran = self.session.cargo.runs
        baseline = self.session.check_baseline()
        self._count("check", self.session.cargo.runs - ran)  # 0 when it is known already
        self.notes += [note for note in self.session.notes if note not in self.notes]
        return _Tree(sites, self.session.sources, baseline)

    def planned(self, tree: _Tree) -> tuple[list[Proposal], Facts]:
        """What is to be tried of the plans for ``tree``."""
        ran = self.session.cargo.runs
        answers = self.session.ask(tree.sites, tree.sources)
        self._count("check", self.session.cargo.runs - ran)  # 0 when this text was checked last
        planned = self.session.plan(tree.sites, answers, tree.sources)
        prefer = self.request.proof.prefer
        proposals = [preferred(proposal, prefer) for proposal in planned.proposals]
        self.tally = self.tally.joined(planned.tally)
        if self.waiting is None:
            proposals = [replace(p, fixes=self.orders.get(p.id, p.fixes)) for p in proposals]
            self.tracker.remember(proposals)
            wanted = self.request.wanted
            self.dismissed += (s for s in planned.dismissed if wanted is None or wanted(s))
        else:
            waited = [p for p in proposals if _key(p) in self.waiting]
            settled = {site.id for v in _settled(self.verdicts) for site in v.proposal.sites}
            proposals = self.tracker.named(waited, tree.sources, settled)
        chosen = self.choice.of([p for p in proposals if p.id not in self.without])
        told = unmet(chosen, prefer, self.request.proof.take, tree.sources)
        self.notes += [note for note in told if self.waiting is None]
        return chosen, planned.facts

    def verified(
        self, proposals: Sequence[Proposal], facts: Facts, baseline: CheckRun
    ) -> VerifyResult:
        """One pass over ``proposals``, with its outcome added to that of those before."""
        base = self.files
        found = verify(
            proposals,
            self.tools,
            self.settings,
            follow_with(facts),
            base=base,
            baseline=baseline,
        )
        displaced = tuple(v for v in found.verdicts if v.outcome is Outcome.CONFLICT)
        self.tried.append(VerifyPass(frozenset(p.id for p in proposals), base, facts, displaced))
        if self.waiting is not None:
            self.settle([verdict.proposal for verdict in found.verdicts])
            self.later |= {v.proposal.id for v in found.verdicts}
        self.verdicts += sorted(found.verdicts, key=lambda verdict: verdict.proposal.codemod)
        self.notes += [note for note in found.notes if note not in self.notes]
        for kind, times in found.runs.items():
            self._count(kind, times)
        self.files, self.patch = found.files, found.patch
        return found

    def settle(self, found: Sequence[Proposal]) -> None:
        """The deferred proposals are those ``found`` on the rewritten tree; the others are gone."""
        gone = _gone(_deferred(self.verdicts), found)
        self.dismissed += (dismissed(site, GONE) for site in gone)
        self.verdicts = _settled(self.verdicts)

    def rewritten_tree(self, found: VerifyResult) -> _Tree:
        """The tree of the next pass: what the last one emitted."""
        self.waiting = {_key(proposal) for proposal in found.deferred}
        ran = self.session.cargo.runs
        sites, baseline = rescan(self.session, self.request.codemods, self.files, found.check)
        self._count("check", self.session.cargo.runs - ran)  # 0 when that check is known
        return _Tree(sites, self.session.sources.with_texts(self.files), baseline)

    def result(self) -> Result:
        """All passes together."""
        return Result(
            self.session.workspace.root,
            self.session.sources,
            tuple(self.verdicts),
            self.patch,
            self.files,
            old=told(self.choice.refused),
            notes=tuple(self.notes),
            dismissed=tuple(self.dismissed),
            runs=self.runs,
            later=frozenset(self.later),
            passes=tuple(self.tried),
        )

    def _count(self, kind: str, times: int) -> None:
        self.runs[kind] = self.runs.get(kind, 0) + times


def rescan(
    session: Session, names: Sequence[str], files: Mapping[str, bytes], check: CheckRun | None
) -> tuple[tuple[Site, ...], CheckRun]:
    """Sites of the user's tree with ``files`` in it, and its check: the oracle and the warnings
    start from that. ``check`` is the last one that was made, where it was of this tree."""
    session.cargo.write(files)
    check = check or session.cargo.check()
    found = scan_workspace(session.workspace, names, root=session.scratch.tree)
    return found.sites, check


def told(proposals: Sequence[Proposal]) -> tuple[Site, ...]:
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


def total(runs: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """The runs of cargo of both, by kind."""
    kinds = sorted(runs.keys() | more.keys())
    return {kind: runs.get(kind, 0) + more.get(kind, 0) for kind in kinds}


def _settled(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that do not wait for another pass."""
    return [verdict for verdict in verdicts if verdict.outcome is not Outcome.CONFLICT]


def _deferred(verdicts: Sequence[Verdict]) -> list[Proposal]:
    """Those that do."""
    return [verdict.proposal for verdict in verdicts if verdict.outcome is Outcome.CONFLICT]


def _gone(deferred: Sequence[Proposal], found: Sequence[Proposal]) -> list[Site]:
    """The sites of ``deferred`` proposals that did not come back among those ``found`` on the
    rewritten tree. One that did has its id there, or, on a rewritten line, another one of the same
    item."""
    ids = {site.id for proposal in found for site in proposal.sites}
    known = {site.id for proposal in deferred for site in proposal.sites}
    renamed = Counter(_key(p) for p in found if not any(site.id in known for site in p.sites))
    gone: list[Site] = []
    for proposal in deferred:
        if any(site.id in ids for site in proposal.sites):
            continue
        if renamed[_key(proposal)]:
            renamed[_key(proposal)] -= 1
        else:
            gone += proposal.sites
    return gone


def _key(proposal: Proposal) -> _Key:
    site = proposal.sites[0]
    return site.codemod, site.path, site.item
