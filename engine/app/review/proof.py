"""Proof in the copy: of one item while a person looks on, and of all that was taken at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine.app.review import hunks
from engine.app.review.items import Item, Kind
from engine.app.review.texts import Texts
from engine.app.session import Session, follow_with, packages_with, verify_tools
from engine.base.errors import SpikeproofError
from engine.base.model import Diagnostic, Fix, Level, Outcome, Proposal, Span, Verdict
from engine.cargo.cargo_results import CheckRun
from engine.detect.codemod import Problem
from engine.report.result import Result
from engine.rewrite import edits
from engine.verify import Follow, VerifySettings, VerifyTools, verify

_RESTS = "it rests on another fix that is not there"


@dataclass(frozen=True)
class Tried:
    """``item`` as it holds (a codemod may have made its fix larger), or why it does not: ``why``
    in a sentence, ``said`` by rustc."""

    item: Item
    ok: bool
    why: str = ""
    said: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class Proven:
    """Texts that were proven together. ``failed`` are the items that do not hold with the others,
    with why; ``files`` are without them."""

    files: Mapping[str, bytes]
    failed: tuple[Tried, ...] = ()
    tests: str = ""


@dataclass(frozen=True)
class ProofTools:
    """Where things are proven: a copy with cargo on it. ``packages_of`` gives the packages whose
    tests have a say about some paths, ``baseline`` the check of the tree as it is; ``renew`` brings
    the copy up to date with that tree."""

    verify: VerifyTools
    packages_of: Callable[[Iterable[str]], Sequence[str]]
    baseline: Callable[[], CheckRun]
    renew: Callable[[], None]


def tools_of(session: Session) -> ProofTools:
    """The scratch copy that a run has left open."""

    return ProofTools(
        verify_tools(session),
        lambda paths: packages_with(session.workspace, paths),
        session.check_baseline,
        session.renew,
    )


class ReviewProver:
    """Proves the items of one review in the copy. ``bases`` and ``follows`` are of the passes that planned."""

    def __init__(
        self,
        tools: ProofTools,
        bases: Sequence[Mapping[str, bytes]],
        follows: Sequence[Follow],
        tests: bool,
    ) -> None:
        self._tools = tools
        self._follows = follows
        self._tests = tests
        self.texts = Texts(tools.verify.read, bases, tools.verify.format_files)

    @classmethod
    def of(cls, session: Session, result: Result, tests: bool) -> ReviewProver:
        """For the fixes of ``result``, in the copy that ``session`` has open; with ``tests``,
        what was taken is tested too."""
        bases = [each.base for each in result.passes]
        follows = [follow_with(each.facts) for each in result.passes]
        return cls(tools_of(session), bases, follows, tests)

    def try_alone(self, item: Item) -> Tried:
        """Does ``item`` compile, by itself on the text that it was planned on? Its codemod may
        answer errors of what was not tried yet by a larger fix, as it may in every proof."""
        grows = item.kind in (Kind.ALTERNATIVE, Kind.DISPLACED)
        follow = self._follows[item.pass_index] if grows else _as_it_is
        found, _ = self._proof([item], self.texts.bases[item.pass_index], False, follow)
        return _tried(item, found[0])

    def linked_hunks(self, item: Item) -> tuple[Item, ...]:
        """The hunks of ``item``, in groups that compile without each other; a single item where
        none does."""
        read = partial(self.texts.base, item)
        parts = hunks.cut(item.fix, read)
        if len(parts) < 2:
            return (item,)

        def ask(group: frozenset[int]) -> frozenset[int] | None:
            return self._pointed(item, parts, group)

        groups = hunks.linked(len(parts), ask)
        if len(groups) < 2:
            return (item,)
        return tuple(
            replace(
                item,
                fix=hunks.joined(item.fix, [parts[n] for n in group]),
                kind=Kind.HUNKS,
                part=f"{','.join(str(n + 1) for n in group)}",
            )
            for group in groups
        )

    def prove(self, items: Sequence[Item]) -> Proven:
        """All ``items`` together, with ``cargo check`` and, unless they are off, the tests, as a
        run proves its patch: what fails is found, and the rest is proven without it."""
        files: Mapping[str, bytes] = {}
        failed: list[Tried] = []
        tests: set[str] = set()
        for number in sorted({item.pass_index for item in items}):
            mine = [item for item in items if item.pass_index == number]
            loose = [item for item in mine if not self.texts.stands(item, files)]
            failed += [Tried(item, False, _RESTS) for item in loose]
            mine = [item for item in mine if item not in loose]
            if not mine:
                continue
            found, files = self._proof(mine, files, self._tests, _as_it_is)
            failed += [t for i, v in zip(mine, found, strict=True) if not (t := _tried(i, v)).ok]
            good = [v for v in found if v.outcome is Outcome.VERIFIED]
            tests |= {v.evidence.tests for v in good}
        return Proven(files, tuple(failed), "; ".join(sorted(tests)))

    def renew(self) -> None:
        """The user's tree has changed since: prove from now on in a copy of what it is now."""
        self._tools.renew()

    # -- with cargo ----------------------------------------------------------------------------

    def _proof(
        self, items: Sequence[Item], base: Mapping[str, bytes], tests: bool, follow: Follow
    ) -> tuple[Sequence[Verdict], Mapping[str, bytes]]:
        tools = self._tools
        proposals = [Proposal(item.verdict.proposal.sites, (item.fix,)) for item in items]
        found = verify(
            proposals,
            tools.verify,
            VerifySettings(tools.packages_of, tests, frozenset(Level)),
            follow,
            base=base,
            baseline=None if base else tools.baseline(),
        )
        return found.verdicts, found.files

    def _pointed(
        self, item: Item, parts: Sequence[Fix], group: frozenset[int]
    ) -> frozenset[int] | None:
        """The hunks that the errors point at when only ``group`` is applied; None without errors."""
        base = self.texts.bases[item.pass_index]
        read = partial(self.texts.base, item)
        fix = hunks.joined(item.fix, [parts[n] for n in sorted(group)])
        applied = edits.apply({path: read(path) for path in fix.paths}, [fix])
        self._tools.verify.driver.write({**base, **applied.files})
        run = self._tools.verify.driver.check()
        if run.ok:
            return None
        if run.timed_out:
            raise SpikeproofError("cargo check ran into the time limit: the fix stays whole")
        found: set[int] = set()
        for path, span in _places(run):
            origin = applied.origin(path, span).span
            found |= hunks.hit(parts, read, path, Span(origin.start, origin.end))
        return frozenset(found)


def _as_it_is(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> None:
    """What a person has seen and taken does not grow any more."""


def _places(run: CheckRun) -> Iterator[tuple[str, Span]]:
    for diagnostic in run.diagnostics:
        if diagnostic.level.startswith("error"):
            for place in diagnostic.spans:
                yield place.path, place.span


def _tried(item: Item, verdict: Verdict) -> Tried:
    if verdict.outcome is Outcome.VERIFIED:
        assert verdict.fix is not None
        return Tried(replace(item, fix=verdict.fix, proven=True), True)
    return Tried(item, False, verdict.reason, verdict.evidence.diagnostics)
