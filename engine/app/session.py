"""One workspace in its scratch copy, and what is asked of it: check, ask, plan, prove.

Every call gives what it would give as the first: what is kept between calls is kept by the text
that it belongs to, and saves work alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.base.codemod_options import Options
from engine.base.counts import count
from engine.base.errors import SpikeproofError
from engine.base.ignore import below_top
from engine.base.model import Fix, Proposal, Site
from engine.base.ui import Ui
from engine.cargo.cargo import Cargo
from engine.cargo.cargo_results import CheckRun, Driver
from engine.cargo.cargoconfig import cargo_home, has_runner
from engine.cargo.kept_answers import KeptAnswers
from engine.cargo.kept_runs import KeptRuns, Told
from engine.cargo.left_out import stopping_lints
from engine.cargo.oracle import Oracle
from engine.cargo.outside_packages import OutsidePackages
from engine.cargo.scratch import Scratch
from engine.cargo.setup_errors import setup_words
from engine.cargo.test_runner import BY_CARGO, test_runner
from engine.cargo.toolchain import Limits
from engine.cargo.tree_key import TreeKey
from engine.cargo.workspace import Workspace
from engine.detect import suppress
from engine.detect.codemod import Problem, Refusal, registry
from engine.detect.facts import Facts, Sources, sources_of
from engine.detect.frozen import unless_frozen, without_frozen
from engine.detect.identity import identified
from engine.detect.level_cap import capped
from engine.detect.no_std import fix_for_no_std, for_no_std
from engine.detect.scan import ScanResult
from engine.detect.silent_sites import dismissals, dismissed_sites
from engine.detect.suppress import Allowance, UnusedAllowance
from engine.rewrite.patch import git_apply, placed
from engine.rewrite.rustfmt import Formatter
from engine.rust.questions import NOTHING, Answers, Question
from engine.verify import Prove, VerifyTools

# Replays that may follow on each other, each time that codemods are asked for their questions.
_ROUNDS = (1, 1, None)


@dataclass(frozen=True)
class Tally:
    """What plans came to beside proposals. ``ids`` are of all sites that they spoke of."""

    ids: frozenset[str] = frozenset()
    in_tests: int = 0  # proposals left alone because no traffic reaches their sites
    configured: int = 0  # left alone because of the config
    # Allowances that silenced what only the types showed to be sites.
    silencing: frozenset[Allowance] = frozenset()

    def joined(self, later: Tally) -> Tally:
        """Of several passes over one workspace: of each number the largest, of each set all."""
        return Tally(
            self.ids | later.ids,
            max(self.in_tests, later.in_tests),
            max(self.configured, later.configured),
            self.silencing | later.silencing,
        )


@dataclass(frozen=True)
class Planned:
    """The proposals of all codemods, and what they were made from. ``dismissed`` are the sites that
    are none, each with its reason."""

    proposals: tuple[Proposal, ...]
    facts: Facts
    tally: Tally
    dismissed: tuple[Site, ...] = ()


class Session:
    """One workspace in its scratch copy, with cargo and the oracle on it."""

    def __init__(
        self, workspace: Workspace, scratch: Scratch, ui: Ui, folder: str | None = None
    ) -> None:
        self.workspace = workspace
        self.scratch = scratch
        self.ui = ui
        self.limits = Limits.of(workspace.config)
        asked = workspace.selection
        self.selection = (*workspace.package_args(), *asked.cargo_args(), *asked.profile_args())
        self.cargo = Cargo(scratch, self.selection, self.limits, scratch.cargo_args, ui.progress)
        self.reach = scratch.build.parent / "reach"  # where probes tell which tests reach what
        self.cargo.kept = KeptRuns(self.tree_key(), self.reach)
        self.sources = sources_of(workspace)
        self.outside = OutsidePackages(workspace)
        # What paths begin with in the patch as it is emitted: git wants them from the top.
        self.folder = below_top(workspace.root) if folder is None else folder
        self.notes: list[str] = []  # what is said of the workspace as it is
        self.test_runner = BY_CARGO
        self._baseline: CheckRun | None = None
        self._kept: KeptAnswers | None = None  # of earlier runs on the tree that was checked
        self._told_known = False
        self._asking: tuple[object, Oracle] | None = None
        self._known: dict[tuple[tuple[str, bytes], ...], Answers] = {}  # by ``Sources.texts``

    def renew(self) -> None:
        """Bring the copy up to date with the user's tree, which has changed since."""
        self.scratch.sync()
        self.close()
        self.cargo.kept = KeptRuns(self.tree_key(), self.reach)
        self.cargo.leave_nothing_out()
        self.notes.clear()
        self._baseline = self._kept = self._asking = None
        self._known.clear()

    @property
    def told_runs(self) -> str:
        """What was told of earlier runs of cargo, in words; "" for nothing."""
        told = self.cargo.kept.told if self.cargo.kept is not None else Told()
        said = [count(told.checks, "check")] if told.checks else []
        said += [count(told.tests, "test run")] if told.tests else []
        if not said:
            return ""
        when = datetime.fromtimestamp(told.since).astimezone()
        return (
            f"not run again, since this tree is known from {when:%Y-%m-%d %H:%M}: "
            f"{' and '.join(said)} (--fresh runs all)"
        )

    def test_with(self, asked: str) -> None:
        """From now on the tests are run as ``asked`` (one of ``RUNNERS``), which is told. Raises SpikeproofError
        where they cannot be."""
        runner = test_runner(asked, self.scratch.tree, self.cargo.ask)
        self.cargo.test_with(runner)
        self.test_runner = runner
        if runner != BY_CARGO or self.ui.verbose:
            self.ui.say("Testing", f"by {runner.name}: {runner.why}")

    def close(self) -> None:
        """What was seen in the copy is kept for later runs."""
        if self.cargo.kept is not None:
            self.cargo.kept.close()

    def check_baseline(self) -> CheckRun:
        """The check of the workspace as it is, which must compile; run once."""
        if self._baseline is None:
            self.ui.say("Checking", "the workspace as it is (in a copy)")
            self._baseline = self._check_as_it_is()
            self._kept = KeptAnswers(self.tree_key())
        return self._baseline

    def tree_key(self) -> TreeKey:
        """What the tree in the copy is known by."""
        arguments = (self.selection, self.scratch.cargo_args, self.cargo.cap_lints)
        return TreeKey(self.scratch, self.workspace, self.cargo, arguments)

    def _check_as_it_is(self) -> CheckRun:
        """What does not compile is left out from then on, and told; raises SpikeproofError where
        nothing does."""
        self.cargo.write({})
        run = self.cargo.check()
        lints = stopping_lints(run.diagnostics)
        if lints and not run.ok and not run.timed_out:
            self.cargo.cap_lints = True
            self._note(f"lints stop the build as it is, and are warnings here: {', '.join(lints)}")
            run = self.cargo.check()
        if run.ok:
            return run
        rest = self.cargo.leave_out(run)
        if rest is None or rest.left_out is None:
            raise _not_compiling(run)
        for words in rest.left_out.words():
            self._note(f"{words} (nothing is proven there)")
        return rest

    def _note(self, words: str) -> None:
        if words not in self.notes:
            self.ui.say("Note", words, "yellow")
            self.notes.append(words)

    def _check(self, texts: Mapping[str, bytes]) -> CheckRun:
        """A check of the workspace with ``texts``, which must compile."""
        self.cargo.write(texts)
        run = self.cargo.check(anew=True)
        if not run.ok:
            raise _not_compiling(run)
        return run

    def ask(self, sites: Sequence[Site], sources: Sources) -> Answers:
        """The answers to all questions of all codemods about ``sources``, and to what a codemod asks when
        it knows others: what rustc did not tell the first time is asked again together with that.

        The copy is brought to the text of ``sources``, and checked where its last check was of
        another: the oracle builds on that. Raises SpikeproofError where it does not compile.
        """
        grouped = _by_codemod(sites)
        answers: Answers | None = None
        asked: set[Question] = set()
        for rounds in _ROUNDS:
            for name, group in grouped.items():
                asked.update(registry()[name].codemod.questions(group, sources, answers))
            if answers is not None and not _unknown(asked, answers):
                break
            answers = self._answers(asked, sources, rounds)
        return answers or NOTHING

    def _answers(self, questions: Set[Question], sources: Sources, rounds: int | None) -> Answers:
        key = tuple(sorted(sources.texts.items()))
        if key not in self._known and self._kept is not None:
            self._known[key] = self._kept.of_tree(sources.texts)
            self._tell_known(questions, self._known[key])
        known = self._known.get(key, NOTHING)
        if new := _unknown(questions, known):
            self.cargo.write(sources.texts)
            if not self.cargo.is_checked:
                self._check(sources.texts)
            if self._kept is not None:
                kept = self._kept.of_units(self.cargo.units, {q.path for q in new})
                known = known.joined(kept)
                self._tell_known(new, kept)
                new = _unknown(questions, known)
        if new:
            self.ui.say("Asking", f"rustc for {_kinds(new)}")
            known = self._oracle(key).ask(new, sources, known, rounds)
            if self._kept is not None:
                self._kept.put(sources.texts, self.cargo.units, known)
        self._known[key] = known
        return known.only(questions)

    def _oracle(self, key: object) -> Oracle:
        """The one that has begun to ask about the texts ``key``."""
        if self._asking is None or self._asking[0] != key:
            self._asking = key, Oracle(self.cargo)
        return self._asking[1]

    def _tell_known(self, questions: Set[Question], kept: Answers) -> None:
        if len(_unknown(questions, kept)) < len(questions) and not self._told_known:
            self._told_known = True
            self.ui.say("Known", "what rustc told an earlier run (--fresh asks anew)")

    def plan(self, sites: Sequence[Site], answers: Answers, sources: Sources) -> Planned:
        """Proposals of all codemods, sites outside of what the user asked for left out."""
        options = Options(
            self.workspace.config.codemods,
            lambda path: (
                package.config.codemods
                if (package := self.workspace.package_of(path)) is not None
                else self.workspace.config.codemods
            ),
        )
        facts = Facts(
            sources,
            answers.type_of,
            answers.reason,
            self.workspace.package_of,
            options,
            answers.implements,
            answers.reason,
            self.outside.mentions,
        )
        ids = {site.id for site in sites}
        silencing: set[Allowance] = set()
        every = [
            proposal
            for name, group in _by_codemod(sites).items()
            for found in registry()[name].codemod.plan(group, facts)
            if (proposal := _introduced(found, ids, sources, silencing)) is not None
        ]
        every += dismissals(sites, every)
        told = [
            proposal
            for proposal in every
            if any(self.workspace.is_requested(site.path) for site in proposal.sites)
        ]
        planned = [proposal for proposal in told if not proposal.dismissed]
        requested = [
            for_no_std(capped(without_frozen(proposal, sources), self.workspace), facts)
            for proposal in planned
            if all(map(self.workspace.allows, proposal.sites))
        ]
        proposals = [p for p in requested if not all(map(self.workspace.spares, p.sites))]
        tally = Tally(
            frozenset(site.id for proposal in planned for site in proposal.sites),
            len(requested) - len(proposals),
            len(planned) - len(requested),
            frozenset(silencing),
        )
        shown = (site for site in dismissed_sites(told) if self._is_shown(site))
        return Planned(tuple(proposals), facts, tally, tuple(shown))

    def _is_shown(self, site: Site) -> bool:
        """Does ``scan`` show the site: did the user ask for it, and is it not in test code?"""
        workspace = self.workspace
        asked = workspace.is_requested(site.path) and workspace.allows(site)
        return asked and not workspace.spares(site)


def _introduced(
    proposal: Proposal, ids: set[str], sources: Sources, silencing: set[Allowance]
) -> Proposal | None:
    """The proposal with an identity (added to ``ids``) for sites that only the types showed to be
    some; None when all of its sites are silenced, by allowances that are added to ``silencing``."""
    if all(site.id for site in proposal.sites):
        return proposal
    sites: list[Site] = []
    for site in proposal.sites:
        source = sources.get(site.path)
        allowed = suppress.allowances(source).entries if not site.id else ()
        covering = [entry for entry in allowed if entry.covers(site.codemod, site.span)]
        silencing.update(covering)
        if site.id:
            sites.append(site)
        elif not covering:
            # What is proposed is a site, whatever syntax alone took it for.
            sites.extend(identified(source, [replace(site, role="site")], ids))
            ids.add(sites[-1].id)
    return replace(proposal, sites=tuple(sites)) if sites else None


def unused_allowances(
    workspace: Workspace, found: ScanResult, names: Sequence[str], tally: Tally
) -> tuple[UnusedAllowance, ...]:
    """Allowances of the scan that silence nothing, now that all is planned."""
    idle = (*found.idle, *(entry for entry in found.maybe if entry not in tally.silencing))
    return unused_by(workspace, idle, names)


def _by_codemod(sites: Sequence[Site]) -> dict[str, list[Site]]:
    """The sites of each codemod, in order, by its name: in the order in which their fixes are tried."""
    found: dict[str, list[Site]] = {}
    for site in sites:
        found.setdefault(site.codemod, []).append(site)
    return dict(sorted(found.items(), key=lambda entry: _rank(entry[0])))


def _rank(name: str) -> tuple[int, str]:
    return -registry()[name].codemod.precedence, name


def _kinds(questions: Set[Question]) -> str:
    """What is asked for: ``3 types and 1 trait in 2 files`` (a method counts as a trait)."""
    traits = sum(1 for question in questions if question.trait)
    types = len(questions) - traits
    said = [count(types, "type")] if types else []
    said += [count(traits, "trait")] if traits else []
    return f"{' and '.join(said)} in {count(len({q.path for q in questions}), 'file')}"


def _unknown(questions: Set[Question], known: Answers) -> set[Question]:
    return {question for question in questions if not known.knows(question)}


def unused_by(
    workspace: Workspace, idle: Iterable[Allowance], names: Sequence[str]
) -> tuple[UnusedAllowance, ...]:
    """What to say of ``idle`` allowances where the user asked for."""
    asked = (entry for entry in idle if workspace.is_requested(entry.path))
    return suppress.unused(asked, names, registry())


def _not_compiling(run: CheckRun) -> SpikeproofError:
    """Why nothing can be proven on the tree as it is: what cargo says of the set-up, or rustc of the
    code."""
    shown = [d.rendered.rstrip() for d in run.diagnostics if d.level.startswith("error")][:5]
    no_std = any(
        d.code == "E0463" and "may not be installed" in d.rendered for d in run.diagnostics
    )
    if run.timed_out or (shown and not no_std):
        why = "took too long" if run.timed_out else "does not compile"
        return SpikeproofError(
            f"the workspace {why} as it is, so no rewrite can be proven: "
            "make `cargo check --all-targets` pass first",
            "\n\n".join(shown) or run.output,
        )
    said = "\n\n".join(shown) or run.output
    return SpikeproofError(setup_words(said), said)


@contextmanager
def open_session(
    workspace: Workspace, ui: Ui, target: Path | None = None, folder: str | None = None
) -> Iterator[Session]:
    """A session in the scratch copy of ``workspace``, which is locked for it and brought up to date.
    ``target`` is a target directory in place of the workspace's own; ``folder`` is as in
    ``Session``. Raises SpikeproofError when no copy can be made."""

    def wait(message: str) -> None:
        ui.say("Waiting", message, "cyan")

    with Scratch.open(workspace, target, on_wait=wait) as scratch:
        scratch.sync()
        session = Session(workspace, scratch, ui, folder)
        yield session
        session.close()


def formatter_of(session: Session) -> Formatter:
    """Formats changed files as the user's rustfmt and edition have it."""
    workspace = session.workspace
    return Formatter(
        session.sources.data, lambda path: str(workspace.edition_of(path)), session.cargo.rustfmt
    )


def follow_with(
    facts: Facts,
) -> Callable[[Proposal, Fix, Sequence[Problem]], Fix | Refusal | None]:
    """Asks the codemod of a proposal for a larger fix, with what is known in ``facts``; a fix
    that would change a file which is left alone is refused."""

    def follow(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> Fix | Refusal | None:
        further = registry()[proposal.codemod].codemod.follow(fix, problems, facts)
        told = unless_frozen(further, facts.sources)
        return fix_for_no_std(told, facts) if isinstance(told, Fix) else told

    return follow


def prover_of(session: Session) -> Prove:
    """The patch, as it is emitted, on a copy that was first put back to the user's tree."""

    def prove(patch: bytes, paths: Sequence[str]) -> Driver:
        # By name, so that the copy knows what to put back: git changes them behind its back.
        session.scratch.write({path: session.sources.data(path) for path in paths}, fit=False)
        if patch:
            git_apply(placed(patch, session.folder), session.scratch.tree, folder=session.folder)
        session.scratch.settle()
        return session.cargo

    return prove


def verify_tools(session: Session) -> VerifyTools:
    """What fixes are verified with in the session's copy."""
    return VerifyTools(
        session.sources.data,
        session.cargo,
        prover_of(session),
        formatter_of(session).format,
        session.ui.say,
        session.reach,
        has_runner(session.workspace.root, cargo_home()),
    )


def packages_with(workspace: Workspace, paths: Iterable[str]) -> tuple[str, ...]:
    """Packages that hold these paths, and all selected ones that depend on them."""
    owners = {p.name for path in paths if (p := workspace.package_of(path)) is not None}
    selected = {package.name for package in workspace.selected}
    return tuple(n for n in workspace.dependants(owners) if n in selected or n in owners)
