"""One workspace in its scratch copy, and what the session ask of it: check, ask, plan, prove."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine.base.codemod_options import Options
from engine.base.counts import count
from engine.base.errors import SpikeproofError
from engine.base.ignore import below_top
from engine.base.model import Fix, Proposal, Site
from engine.base.ui import Ui
from engine.cargo.cargo import Cargo, Limits
from engine.cargo.cargo_results import CheckRun, Driver
from engine.cargo.oracle import Oracle
from engine.cargo.scratch import Scratch
from engine.cargo.workspace import Workspace
from engine.detect import suppress
from engine.detect.codemod import Problem, Refusal, registry
from engine.detect.facts import Facts, Sources, sources_of
from engine.detect.frozen import unless_frozen, without_frozen
from engine.detect.identity import identified
from engine.detect.level_cap import capped
from engine.detect.scan import ScanResult
from engine.detect.suppress import Allowance, UnusedAllowance
from engine.rewrite.patch import git_apply, placed
from engine.rewrite.rustfmt import Formatter
from engine.rust.questions import NOTHING, Answers, Question
from engine.verify import Prove


class Session:
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
        """The answers to all questions of all codemods: one round, and a second one for what a
        codemod asks when it knows the answers of the first."""
        by_codemod = _by_codemod(sites)
        answers = None
        for _ in range(2):
            asked = {
                question
                for name, group in by_codemod.items()
                for question in registry()[name].codemod.questions(group, sources, answers)
            }
            known = answers or NOTHING
            new = {question for question in asked if not known.knows(question)}
            if new:
                self.ui.say("Asking", f"rustc for {_kinds(new)}")
            answers = Oracle(self.cargo).ask(new, sources, known)
        return answers or NOTHING

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
        facts = Facts(
            sources,
            answers.type_of,
            answers.reason,
            self.workspace.package_of,
            options,
            answers.implements,
            answers.reason,
        )
        ids = {site.id for site in sites}
        planned = [
            proposal
            for name, group in _by_codemod(sites).items()
            for found in registry()[name].codemod.plan(group, facts)
            if (proposal := self._introduced(found, ids, sources)) is not None
            and any(self.workspace.is_requested(site.path) for site in proposal.sites)
        ]
        requested = [
            capped(without_frozen(proposal, sources), self.workspace)
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

    def unused(self, found: ScanResult, names: Sequence[str]) -> tuple[UnusedAllowance, ...]:
        """Allowances of the scan that silence nothing, now that all is planned."""
        idle = (*found.idle, *(entry for entry in found.maybe if entry not in self.silencing))
        return unused_by(self.workspace, idle, names)


def _by_codemod(sites: Sequence[Site]) -> dict[str, list[Site]]:
    """The sites of each codemod, in order, by its name."""
    found: dict[str, list[Site]] = {}
    for site in sites:
        found.setdefault(site.codemod, []).append(site)
    return dict(sorted(found.items()))


def _kinds(questions: Set[Question]) -> str:
    """What is asked for: ``3 types and 1 trait in 2 files``."""
    traits = sum(1 for question in questions if question.trait)
    types = len(questions) - traits
    said = [count(types, "type")] if types else []
    said += [count(traits, "trait")] if traits else []
    return f"{' and '.join(said)} in {count(len({q.path for q in questions}), 'file')}"


def unused_by(
    workspace: Workspace, idle: Iterable[Allowance], names: Sequence[str]
) -> tuple[UnusedAllowance, ...]:
    """What to say of ``idle`` allowances where the user asked for."""
    asked = (entry for entry in idle if workspace.is_requested(entry.path))
    return suppress.unused(asked, names, registry())


def _errors(run: CheckRun) -> str:
    shown = [d.rendered.rstrip() for d in run.diagnostics if d.level.startswith("error")][:5]
    return "\n\n".join(shown) or run.output


@contextmanager
def open_session(
    workspace: Workspace, ui: Ui, target: Path | None = None, folder: str | None = None
) -> Iterator[Session]:
    """The scratch copy, locked and in sync, with the stages on it."""

    def wait(message: str) -> None:
        ui.say("Waiting", message, "cyan")

    with Scratch.open(workspace, target, on_wait=wait) as scratch:
        scratch.sync()
        yield Session(workspace, scratch, ui, folder)


def formatter_of(session: Session) -> Formatter:
    """How changed files are formatted."""
    workspace = session.workspace
    return Formatter(
        session.sources.data, lambda path: _edition(workspace, path), session.cargo.rustfmt
    )


def follow_with(
    facts: Facts,
) -> Callable[[Proposal, Fix, Sequence[Problem]], Fix | Refusal | None]:
    def follow(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> Fix | Refusal | None:
        further = registry()[proposal.codemod].codemod.follow(fix, problems, facts)
        return unless_frozen(further, facts.sources)

    return follow


def prover_of(session: Session) -> Prove:
    """The patch, as it is emitted, on a copy that was first put back to the user's tree."""

    def prove(patch: bytes, paths: Sequence[str]) -> Driver:
        # By name, so that the copy knows what to put back: git changes them behind its back.
        session.cargo.write({path: session.sources.data(path) for path in paths})
        if patch:
            git_apply(placed(patch, session.folder), session.scratch.tree, folder=session.folder)
        return session.cargo

    return prove


def packages_with(workspace: Workspace, paths: Iterable[str]) -> tuple[str, ...]:
    """Packages that hold these paths, and all selected ones that depend on them."""
    owners = {p.name for path in paths if (p := workspace.package_of(path)) is not None}
    selected = {package.name for package in workspace.selected}
    return tuple(n for n in workspace.dependants(owners) if n in selected or n in owners)


def _edition(workspace: Workspace, path: str) -> str:
    package = workspace.package_of(path)
    return package.edition if package is not None else "2021"
