"""Proof in the copy: of one item while a person looks on, and of all that was taken at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine import edits
from engine.codemod import Problem, Refusal
from engine.model import Diagnostic, Fix, Level, Outcome, Proposal, Span, Verdict
from engine.pipeline import (
    Result,
    Stages,
    follow_with,
    layout_of,
    packages_with,
    prover_of,
)
from engine.review import hunks
from engine.review.items import Item, Kind
from engine.review.texts import Texts
from engine.runs import CheckRun
from engine.verify import Settings, verify

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


class Bench:
    """The workshop of one review: the scratch copy with cargo, and what was planned there."""

    def __init__(self, stages: Stages, result: Result, tests: bool) -> None:
        self._stages = stages
        self._result = result
        self._tests = tests
        self._polish = layout_of(stages).polish
        bases = [each.base for each in result.rounds]
        self.texts = Texts(stages.sources.data, bases, self._polish)

    def hold(self, item: Item) -> Tried:
        """Does ``item`` compile, by itself on the text that it was planned on? Its codemod may
        answer errors of an alternative by a larger fix, as it may in every proof."""
        found, _ = self._proof([item], self._base(item), tests=False)
        return _tried(item, found[0])

    def links(self, item: Item) -> tuple[Item, ...]:
        """The hunks of ``item``, in groups that compile without each other; a single item where
        none does."""
        read = self._text(item)
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
        for number in sorted({item.round for item in items}):
            mine = [item for item in items if item.round == number]
            loose = [item for item in mine if not self.texts.stands(item, files)]
            failed += [Tried(item, False, _RESTS) for item in loose]
            mine = [item for item in mine if item not in loose]
            if not mine:
                continue
            found, files = self._proof(mine, files, self._tests)
            failed += [t for i, v in zip(mine, found, strict=True) if not (t := _tried(i, v)).ok]
            good = [v for v in found if v.outcome is Outcome.VERIFIED]
            tests |= {v.evidence.tests for v in good}
        return Proven(files, tuple(failed), "; ".join(sorted(tests)))

    def renew(self) -> None:
        """The user's tree has changed since: prove from now on in a copy of what it is now."""
        self._stages.scratch.sync()
        self._stages.baseline = None

    # -- with cargo ----------------------------------------------------------------------------

    def _proof(
        self, items: Sequence[Item], base: Mapping[str, bytes], tests: bool
    ) -> tuple[Sequence[Verdict], Mapping[str, bytes]]:
        stages = self._stages
        proposals = [Proposal(item.verdict.proposal.sites, (item.fix,)) for item in items]
        enlarge = follow_with(self._result.rounds[items[0].round].facts)

        def follow(
            proposal: Proposal, fix: Fix, problems: Sequence[Problem]
        ) -> Fix | Refusal | None:
            number = next(n for n, known in enumerate(proposals) if known is proposal)
            grows = items[number].kind is Kind.ALTERNATIVE  # what a person chose stays as it is
            return enlarge(proposal, fix, problems) if grows else None

        found = verify(
            proposals,
            read=stages.sources.data,
            driver=stages.cargo,
            follow=follow,
            settings=Settings(
                lambda paths: packages_with(stages.workspace, paths),
                tests,
                frozenset(Level),
            ),
            prove=prover_of(stages),
            progress=stages.ui.say,
            base=base,
            baseline=None if base else stages.check_baseline(),
            polish=self._polish,
        )
        return found.verdicts, found.files

    def _pointed(
        self, item: Item, parts: Sequence[Fix], group: frozenset[int]
    ) -> frozenset[int] | None:
        """The hunks that the errors point at when only ``group`` is applied; None without errors."""
        base = self._base(item)
        read = self._text(item)
        fix = hunks.joined(item.fix, [parts[n] for n in sorted(group)])
        applied = edits.apply({path: read(path) for path in fix.paths}, [fix])
        self._stages.cargo.write({**base, **applied.files})
        run = self._stages.cargo.check()
        if run.ok:
            return None
        found: set[int] = set()
        for path, span in _places(run):
            origin = applied.origin(path, span).span
            found |= hunks.hit(parts, read, path, Span(origin.start, origin.end))
        return frozenset(found)

    def _base(self, item: Item) -> Mapping[str, bytes]:
        return self._result.rounds[item.round].base

    def _text(self, item: Item) -> Callable[[str], bytes]:
        base = self._base(item)
        return lambda path: base[path] if path in base else self._stages.sources.data(path)


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
