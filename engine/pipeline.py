"""The stages in order: scan, baseline, ask, plan, verify. Every command that proves goes here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from engine import edits, suppress
from engine.baseline import Entry
from engine.cargo import Cargo, Limits
from engine.codemod import Options, Problem, Refusal, registry
from engine.errors import SpikeproofError
from engine.facts import Facts, Sources, sources_of
from engine.identity import identified
from engine.ignore import below_top
from engine.layout import Layout
from engine.measured import Gauge
from engine.model import Fix, Level, Outcome, Proposal, Site, Skip, Span, Verdict
from engine.oracle import Answers, Oracle
from engine.patch import git_apply, make_patch, placed
from engine.report.counts import count
from engine.report.ui import Ui
from engine.runs import CheckRun, Driver
from engine.scan import Found, scan
from engine.scratch import Scratch
from engine.series import Step, series
from engine.suppress import Allowance, Unused
from engine.trust import capped
from engine.verify import Prove, Settings, verify
from engine.wanted import Choice, Filter, Wanted, old_words
from engine.weighing import Wish, refused, weigh, with_evidence
from engine.workspace import Workspace

# Fixes that overlap wait for the next pass; three are enough for what nests in practice.
_PASSES = 3


@dataclass(frozen=True)
class Round:
    """One pass of verification: ``ids`` are the proposals that it tried. The offsets of their edits
    count in ``base`` where it has a path, else in the user's own text."""

    ids: frozenset[str]
    base: Mapping[str, bytes]
    facts: Facts


@dataclass(frozen=True)
class Result:
    """What a run made: verdicts, the patch and the text behind it, and how it was proven."""

    root: Path
    sources: Sources
    verdicts: tuple[Verdict, ...] = ()
    patch: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)  # changed files only
    skipped: tuple[Skip, ...] = ()
    suppressed: int = 0
    unused: tuple[Unused, ...] = ()  # `spikeproof: allow(..)` comments that silence nothing
    stale: tuple[Entry, ...] = ()  # entries of the baseline that match nothing, when asked for
    in_tests: int = 0  # sites left alone because no traffic reaches them
    configured: int = 0  # sites where the config turns their codemod off
    old: tuple[Site, ...] = ()  # sites that the caller did not want: neither checked nor emitted
    old_words: tuple[str, ...] = ()  # why, with how many of them, for people
    # Ids of all sites that syntax or types show; None where rustc was not asked, so that some lack.
    present: frozenset[str] | None = frozenset()
    notes: tuple[str, ...] = ()
    runs: Mapping[str, int] = field(default_factory=dict)  # what was asked of cargo, by kind
    cargo_runs: int = 0  # processes of cargo (those that build for measuring apart)
    later: frozenset[str] = frozenset()  # fixes planned on the result of others
    rounds: tuple[Round, ...] = ()  # the passes in their order; ``later`` are all but the first
    gauge: Gauge | None = None  # what was measured; None when nobody asked
    steps: tuple[Step, ...] = ()  # the patch in steps, when asked for
    toolchain: str = ""
    folder: str = ""  # of the workspace in its repository: where the emitted patch begins

    @property
    def emitted(self) -> bytes:
        """The patch as it was proven and is to be applied at the repository's top."""
        return placed(self.patch, self.folder)

    @property
    def unwanted(self) -> int:
        """How many sites were found and not wanted."""
        return len(self.old)

    def alone(self, verdict: Verdict) -> bytes:
        """The diff of one verified fix by itself, unformatted (b"" for any other)."""
        if verdict.outcome is not Outcome.VERIFIED or verdict.fix is None:
            return b""
        before = {path: self.sources.data(path) for path in verdict.fix.paths}
        after = edits.apply(before, [verdict.fix]).files
        return make_patch((path, before[path], text) for path, text in sorted(after.items()))


class Stages:
    """One workspace in its scratch copy, with cargo and the oracle on it."""

    def __init__(
        self, workspace: Workspace, scratch: Scratch, ui: Ui, folder: str | None = None
    ) -> None:
        self.workspace = workspace
        self.scratch = scratch
        self.ui = ui
        self.limits = Limits.of(workspace.config)
        self.selection = (*workspace.package_args(), *workspace.selection.cargo_args())
        self.cargo = Cargo(scratch, self.selection, self.limits, scratch.cargo_args, ui.progress)
        self.sources = sources_of(workspace)
        self.baseline: CheckRun | None = None
        self.in_tests = 0
        self.configured = 0  # left alone because of the config
        self.planned: set[str] = set()  # ids of all sites that a plan spoke of
        # What paths begin with in the patch as it is emitted: git wants them from the top.
        self.folder = below_top(workspace.root) if folder is None else folder
        self.silencing: set[Allowance] = set()  # those that silenced what only the types showed

    def check_baseline(self) -> CheckRun:
        """The workspace as it is must compile: asked once."""
        if self.baseline is None:
            self.ui.say("Checking", "the workspace as it is (in a copy)")
            self.cargo.write({})
            self.baseline = self.cargo.check()
            if not self.baseline.ok:
                why = "took too long" if self.baseline.timed_out else "does not compile"
                raise SpikeproofError(
                    f"the workspace {why} as it is, so no rewrite can be proven: "
                    "make `cargo check --all-targets` pass first",
                    _errors(self.baseline),
                )
        return self.baseline

    def ask(self, sites: Sequence[Site], sources: Sources) -> Answers:
        """All questions of all codemods in one round."""
        questions: dict[str, list[Span]] = {}
        for site in sites:
            codemod = registry()[site.codemod].codemod
            for span in codemod.questions(site, sources.get(site.path)):
                questions.setdefault(site.path, []).append(span)
        asked = {path: tuple(dict.fromkeys(spans)) for path, spans in questions.items()}
        total = sum(map(len, asked.values()))
        if total:
            types, files = count(total, "type"), count(len(asked), "file")
            self.ui.say("Asking", f"rustc for {types} in {files}")
        return Oracle(self.cargo).ask(asked, sources)

    def plan(
        self, sites: Sequence[Site], answers: Answers, sources: Sources
    ) -> tuple[list[Proposal], Facts]:
        """Proposals of all codemods, sites outside of what the user asked for left out."""
        options = Options(
            self.workspace.config.codemods,
            lambda path: (
                package.config.codemods
                if (package := self.workspace.package_of(path)) is not None
                else self.workspace.config.codemods
            ),
        )
        facts = Facts(sources, answers.type_of, answers.reason, self.workspace.package_of, options)
        by_codemod: dict[str, list[Site]] = {}
        for site in sites:
            by_codemod.setdefault(site.codemod, []).append(site)
        ids = {site.id for site in sites}
        planned = [
            proposal
            for name, group in sorted(by_codemod.items())
            for found in registry()[name].codemod.plan(group, facts)
            if (proposal := self._introduced(found, ids, sources)) is not None
            and any(self.workspace.is_requested(site.path) for site in proposal.sites)
        ]
        requested = [
            capped(proposal, self.workspace)
            for proposal in planned
            if all(map(self.workspace.allows, proposal.sites))
        ]
        self.configured = max(self.configured, len(planned) - len(requested))
        self.planned.update(site.id for proposal in planned for site in proposal.sites)
        proposals = [p for p in requested if not all(map(self.workspace.spares, p.sites))]
        self.in_tests = max(self.in_tests, len(requested) - len(proposals))
        return proposals, facts

    def _introduced(self, proposal: Proposal, ids: set[str], sources: Sources) -> Proposal | None:
        """The proposal with an identity (added to ``ids``) for sites that only the types showed to
        be some; None when all of its sites are silenced."""
        if all(site.id for site in proposal.sites):
            return proposal
        sites: list[Site] = []
        for site in proposal.sites:
            source = sources.get(site.path)
            allowed = suppress.allowances(source).entries if not site.id else ()
            silencing = [entry for entry in allowed if entry.covers(site.codemod, site.span)]
            self.silencing.update(silencing)
            if site.id:
                sites.append(site)
            elif not silencing:
                sites.extend(identified(source, [site], ids))
                ids.add(sites[-1].id)
        return replace(proposal, sites=tuple(sites)) if sites else None

    def unused(self, found: Found, names: Sequence[str]) -> tuple[Unused, ...]:
        """Allowances of the scan that silence nothing, now that all is planned."""
        idle = (*found.idle, *(entry for entry in found.maybe if entry not in self.silencing))
        return _unused(self.workspace, idle, names)


def _unused(
    workspace: Workspace, idle: Iterable[Allowance], names: Sequence[str]
) -> tuple[Unused, ...]:
    asked = (entry for entry in idle if workspace.is_requested(entry.path))
    return suppress.unused(asked, names, registry())


def _errors(run: CheckRun) -> str:
    shown = [d.rendered.rstrip() for d in run.diagnostics if d.level.startswith("error")][:5]
    return "\n\n".join(shown) or run.output


@contextmanager
def open_stages(
    workspace: Workspace, ui: Ui, target: Path | None = None, folder: str | None = None
) -> Iterator[Stages]:
    """The scratch copy, locked and in sync, with the stages on it."""

    def wait(message: str) -> None:
        ui.say("Waiting", message, "cyan")

    with Scratch.open(workspace, target, on_wait=wait) as scratch:
        scratch.sync()
        yield Stages(workspace, scratch, ui, folder)


class Surveyed(NamedTuple):
    """What ``survey`` found: sites with level and reason of their plan, what was left out, how many
    sites are silenced or stand in test code, and comments that silence nothing."""

    sites: tuple[Site, ...]
    skipped: tuple[Skip, ...]
    suppressed: int
    in_tests: int
    unused: tuple[Unused, ...]
    configured: int  # sites where the config turns their codemod off
    present: frozenset[str]  # ids of all sites that syntax or types show


def survey(workspace: Workspace, names: Sequence[str], ui: Ui) -> Surveyed:
    """Sites as the types show them (``scan --types``)."""
    found = scan(workspace.root, workspace.files, names, ui.scanning)
    if not _any_site(found.sites):
        unused = _unused(workspace, found.idle, names)
        return Surveyed((), found.skipped, found.suppressed, 0, unused, 0, frozenset())
    with open_stages(workspace, ui) as stages:
        stages.check_baseline()
        answers = stages.ask(found.sites, stages.sources)
        proposals, _ = stages.plan(found.sites, answers, stages.sources)
    return Surveyed(
        _told(proposals),
        found.skipped,
        found.suppressed,
        stages.in_tests,
        stages.unused(found, names),
        stages.configured,
        _ids(found.sites, stages),
    )


def _ids(sites: Iterable[Site], stages: Stages) -> frozenset[str]:
    """Of all sites that are there, by syntax or by their types."""
    return frozenset((*(site.id for site in sites if site.id), *stages.planned))


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


def run(
    workspace: Workspace,
    names: Sequence[str],
    ui: Ui,
    review: bool = False,
    tests: bool = True,
    target: Path | None = None,
    wish: Wish | None = None,
    steps: bool = False,
    wanted: Wanted | None = None,
    folder: str | None = None,
) -> Result:
    """From the workspace to a proven patch. Raises SpikeproofError when it does not compile as it
    is, or when no tool needed for the proof can be run. The user's tree is only read.

    With ``wish``, what is verified is measured too, and what makes the program worse is refused;
    with ``steps``, the patch comes fix by fix, too. A proposal none of whose sites is ``wanted`` is
    neither checked nor emitted, its sites are in ``Result.old``; one that also holds sites that are
    not (they only change together) is taken whole.

    ``folder`` is what the paths of the emitted patch begin with: that of the workspace in its git
    repository, if None. ``Result.patch`` is relative to the workspace, ``Result.emitted`` has it."""
    asked = proving(workspace, names, ui, review, tests, target, wish, steps, wanted, folder)
    with asked as (result, _):
        return result


@contextmanager
def proving(
    workspace: Workspace,
    names: Sequence[str],
    ui: Ui,
    review: bool = False,
    tests: bool = True,
    target: Path | None = None,
    wish: Wish | None = None,
    steps: bool = False,
    wanted: Wanted | None = None,
    folder: str | None = None,
) -> Iterator[tuple[Result, Stages | None]]:
    """As ``run``, with the scratch copy still open, so that more can be proven there; None where
    no site was found, and nothing opened."""
    found = scan(workspace.root, workspace.files, names, ui.scanning)
    if not _any_site(found.sites):
        empty = Sources((), lambda _: b"")
        nothing = Result(
            workspace.root,
            empty,
            skipped=found.skipped,
            suppressed=found.suppressed,
            unused=_unused(workspace, found.idle, names),
        )
        yield nothing, None
        return
    sites = [site for site in found.sites if site.role == "site"]
    if isinstance(wanted, Filter) and wanted.hopeless(s.path for s in found.sites):
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
                unused=_unused(workspace, found.idle, names),
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
    with open_stages(workspace, ui, target, folder) as stages:
        done = _passes(stages, names, found.sites, review, tests, wanted)
        if wish is not None:
            done = _weighed(stages, names, found.sites, review, tests, wanted, wish, done)
        if steps:
            polish = layout_of(stages).polish
            read = stages.sources.data
            one_by_one = series(done.verdicts, done.later, done.files, read, polish)
            done = replace(done, steps=one_by_one)
        result = replace(
            done,
            skipped=(*found.skipped, *stages.scratch.left_out),
            suppressed=found.suppressed,
            unused=stages.unused(found, names),
            in_tests=stages.in_tests,
            configured=stages.configured,
            present=_ids(found.sites, stages),
            old_words=old_words(wanted, done.old),
            cargo_runs=stages.cargo.runs,
            toolchain=stages.cargo.version(),
            folder=stages.folder,
        )
        yield result, stages


def _passes(
    stages: Stages,
    names: Sequence[str],
    sites: Sequence[Site],
    review: bool,
    tests: bool,
    wanted: Wanted | None = None,
    without: frozenset[str] = frozenset(),
) -> Result:
    """Verify; what overlapped is planned again on the result, until nothing new comes of it.

    Proposals with an id in ``without`` are left out, and those that nobody wants."""
    workspace, original = stages.workspace, stages.sources
    layout = layout_of(stages)
    choice = Choice(wanted, original)
    take = frozenset({Level.SAFE, Level.REVIEW} if review else {Level.SAFE})
    settings = Settings(lambda paths: packages_with(workspace, paths), tests, take)
    verdicts: list[Verdict] = []
    notes: list[str] = []
    runs: dict[str, int] = {}
    later: set[str] = set()
    rounds: list[Round] = []
    files: Mapping[str, bytes] = {}
    patch = b""
    sources = original
    waiting: set[tuple[str, str, str]] | None = None
    baseline = stages.check_baseline()
    runs["check"] = 1
    for number in range(_PASSES):
        answers = stages.ask(sites, sources)
        proposals, facts = stages.plan(sites, answers, sources)
        proposals = [p for p in proposals if p.id not in without]
        if waiting is not None:
            proposals = [p for p in proposals if _key(p) in waiting]
        proposals = choice.of(proposals, sources)
        if not proposals:
            break
        rounds.append(Round(frozenset(p.id for p in proposals), files, facts))
        result = verify(
            proposals,
            read=original.data,
            driver=stages.cargo,
            follow=follow_with(facts),
            settings=settings,
            prove=prover_of(stages),
            progress=stages.ui.say,
            base=files,
            polish=layout.polish,
            baseline=baseline,
        )
        last = number == _PASSES - 1
        if waiting is not None:
            verdicts = [v for v in verdicts if v.outcome is not Outcome.CONFLICT]
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
        sources = _overlay(original, files)
        sites, baseline = _rescan(stages, names, files, result.check)
        runs["check"] += baseline is not result.check
    return Result(
        workspace.root,
        original,
        tuple(verdicts),
        patch,
        files,
        old=_told(choice.refused),
        notes=tuple(notes),
        runs=runs,
        later=frozenset(later),
        rounds=tuple(rounds),
    )


def layout_of(stages: Stages) -> Layout:
    """How changed files are formatted."""
    workspace = stages.workspace
    return Layout(stages.sources.data, lambda path: _edition(workspace, path), stages.cargo.rustfmt)


def _weighed(
    stages: Stages,
    names: Sequence[str],
    sites: Sequence[Site],
    review: bool,
    tests: bool,
    wanted: Wanted | None,
    wish: Wish,
    done: Result,
) -> Result:
    """Measure what was verified. What makes the program worse is left out, and the rest is proven
    and measured again: what is emitted is what was measured."""
    refusals: dict[str, Verdict] = {}
    while done.patch:
        fixes = {
            verdict.proposal.id: verdict.fix
            for verdict in done.verdicts
            if verdict.outcome is Outcome.VERIFIED and verdict.fix is not None
        }
        found = weigh(stages, fixes, done.later, done.files, wish)
        if found.report is not None and found.report.interrupted and found.regressed:
            raise KeyboardInterrupt  # what to leave out is not known
        bad = {
            verdict.proposal.id: no
            for verdict in done.verdicts
            if verdict.proposal.id in fixes and (no := refused(verdict, found, wish)) is not None
        }
        if not bad:
            told = tuple(with_evidence(verdict, found) for verdict in done.verdicts)
            done = replace(done, verdicts=told, gauge=found)
            break
        refusals |= bad
        runs = done.runs
        done = _passes(stages, names, sites, review, tests, wanted, frozenset(refusals))
        kinds = runs.keys() | done.runs.keys()
        total = {kind: runs.get(kind, 0) + done.runs.get(kind, 0) for kind in sorted(kinds)}
        done = replace(done, runs=total, gauge=found)
    return replace(done, verdicts=(*done.verdicts, *refusals.values()))


def _key(proposal: Proposal) -> tuple[str, str, str]:
    """What a deferred proposal is known by on the rewritten tree, where its text may differ."""
    site = proposal.sites[0]
    return site.codemod, site.path, site.item


def _overlay(original: Sources, files: Mapping[str, bytes]) -> Sources:
    return Sources(original.paths, lambda p: files[p] if p in files else original.data(p))


def _rescan(
    stages: Stages, names: Sequence[str], files: Mapping[str, bytes], check: CheckRun | None
) -> tuple[tuple[Site, ...], CheckRun]:
    """Sites of the rewritten tree, and its check: the oracle and the warnings start from it.
    ``check``: it was the last that was checked."""
    stages.cargo.write(files)
    check = check or stages.cargo.check()
    return scan(stages.scratch.tree, stages.workspace.files, names).sites, check


def follow_with(
    facts: Facts,
) -> Callable[[Proposal, Fix, Sequence[Problem]], Fix | Refusal | None]:
    def follow(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> Fix | Refusal | None:
        return registry()[proposal.codemod].codemod.follow(fix, problems, facts)

    return follow


def prover_of(stages: Stages) -> Prove:
    """The patch, as it is emitted, on a copy that was first put back to the user's tree."""

    def prove(patch: bytes, paths: Sequence[str]) -> Driver:
        # By name, so that the copy knows what to put back: git changes them behind its back.
        stages.cargo.write({path: stages.sources.data(path) for path in paths})
        if patch:
            git_apply(placed(patch, stages.folder), stages.scratch.tree, folder=stages.folder)
        return stages.cargo

    return prove


def packages_with(workspace: Workspace, paths: Iterable[str]) -> tuple[str, ...]:
    """Packages that hold these paths, and all selected ones that depend on them."""
    owners = {p.name for path in paths if (p := workspace.package_of(path)) is not None}
    selected = {package.name for package in workspace.selected}
    return tuple(n for n in workspace.dependants(owners) if n in selected or n in owners)


def _edition(workspace: Workspace, path: str) -> str:
    package = workspace.package_of(path)
    return package.edition if package is not None else "2021"


def _any_site(sites: Sequence[Site]) -> bool:
    """Can a plan come to a site? (Uses alone are for others.)"""
    return any(site.role != "use" for site in sites)
