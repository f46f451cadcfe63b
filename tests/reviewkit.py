"""Reviews for tests: verified fixes in a world of sites, proven by the scripted cargo."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.app.review.items import Item, items_of
from engine.app.review.proof import ProofTools, ReviewProver
from engine.base.model import Edit, Evidence, Fix, Level, Outcome, Proposal, Site, Span, Verdict
from engine.cargo.cargo_results import CheckRun
from engine.rust import context
from engine.verify import VerifyTools
from tests.fakecargo import FakeCargo, nobody
from tests.trees import build

EVIDENCE = Evidence("passed", "passed: 7 tests of package app", "not measured: nothing was asked")


def fix(label: str, *edits: Edit, level: Level = Level.SAFE, note: str = "a note") -> Fix:
    return Fix(label, level, edits, note)


def at(files: Mapping[str, bytes], path: str, old: str, new: str, number: int = 0) -> Edit:
    """The edit that replaces the ``number``-th ``old`` of a file."""
    position = -1
    for _ in range(number + 1):
        position = files[path].index(old.encode(), position + 1)
    return Edit(path, position, position + len(old.encode()), new.encode())


def verdict(
    name: str,
    fixes: Sequence[Fix],
    codemod: str = "mutex-counter",
    heat: tuple[str, ...] = (),
    message: str = "a place to look at",
) -> Verdict:
    """A verified proposal, its first alternative taken; its site is where that one begins."""
    first = fixes[0].edits[0]
    span = Span(first.start, max(first.end, first.start + 1))
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    site = Site(
        codemod,
        first.path,
        span,
        message=message,
        heat=context.heat(heat),
        item=name,
        id=f"{codemod}-{digest}",
    )
    return Verdict(Proposal((site,), tuple(fixes)), fixes[0], Outcome.VERIFIED, "", EVIDENCE)


def displaced(
    name: str, fixes: Sequence[Fix], codemod: str = "guard-across-await", message: str = "a guard"
) -> Verdict:
    """A proposal that overlapped what was verified."""
    found = verdict(name, fixes, codemod, message=message)
    said = "overlaps another fix: it has to be planned anew over the result"
    return replace(found, outcome=Outcome.CONFLICT, reason=said, evidence=Evidence())


def name_of(item: Item) -> str:
    """What ``verdict`` was called with."""
    return item.verdict.proposal.sites[0].item


@dataclass
class Case:
    """A small tree with its verified fixes, and those that they ``displaced``; ``cargo`` says what
    holds."""

    files: dict[str, bytes]
    verdicts: tuple[Verdict, ...]
    displaced: tuple[Verdict, ...] = ()
    cargo: FakeCargo = field(init=False)
    renewed: int = 0

    def __post_init__(self) -> None:
        self.cargo = FakeCargo(self.files, tests=frozenset({"app::lib::works"}))

    def write(self, root: Path) -> Path:
        return build(root, self.files)

    @property
    def items(self) -> tuple[Item, ...]:
        return items_of(self.verdicts, [frozenset(v.proposal.id for v in self.verdicts)])

    def item(self, name: str) -> Item:
        return next(item for item in self.items if name_of(item) == name)

    def prover(
        self, tests: bool = False, bases: Sequence[Mapping[str, bytes]] = ({},)
    ) -> ReviewProver:
        def renew() -> None:
            self.renewed += 1

        def baseline() -> CheckRun:
            self.cargo.write({})
            return self.cargo.check()

        tools = ProofTools(
            VerifyTools(self.files.__getitem__, self.cargo, self.cargo.prove),
            lambda paths: ("app",),
            baseline,
            renew,
        )
        return ReviewProver(tools, bases, [nobody] * len(bases), tests)
