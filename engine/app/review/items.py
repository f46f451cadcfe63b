"""What a person is asked about at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.base.model import Fix, Outcome, Verdict
from engine.rewrite.edits import compatible


class Kind(StrEnum):
    """Where an item's edits come from."""

    PLANNED = "planned"  # as it was verified
    ALTERNATIVE = "alternative"  # another one of the same proposal
    HUNKS = "hunks"  # some hunks of what was verified
    EDITED = "edited"  # a person's text
    DISPLACED = "displaced"  # as it was planned, before another one took its place


class Answer(StrEnum):
    """What a person says to an item."""

    TAKE = "take"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Item:
    """A change that is answered with one key.

    ``part`` names the hunks ("" for a whole fix); ``proven``: it compiled, so that it may be taken;
    ``pass_index`` is the pass whose text the edits' offsets count in.
    """

    verdict: Verdict
    fix: Fix
    kind: Kind = Kind.PLANNED
    part: str = ""
    pass_index: int = 0
    proven: bool = True

    @property
    def displaced(self) -> bool:
        """Did it overlap with a fix that was verified in its place? It is offered without that one."""
        return self.verdict.outcome is Outcome.CONFLICT

    @property
    def id(self) -> str:
        """The id of the proposal, which items that were split from one fix share. What was displaced
        may be planned again on the result, under the same one: it has a mark of its own."""
        name = self.verdict.proposal.id
        return f"{name}~{self.pass_index}" if self.displaced else name

    @property
    def key(self) -> str:
        """What it is known by within a session: hunks of one fix have one each."""
        return f"{self.id}/{self.part}" if self.part else self.id

    @property
    def codemod(self) -> str:
        """The name of the codemod whose fix it is."""
        return self.verdict.proposal.codemod

    @property
    def path(self) -> str:
        """The file that the item is listed under."""
        site = self.verdict.proposal.sites[0].path
        return site if site in self.fix.paths or not self.fix.paths else self.fix.paths[0]

    def clashes(self, other: Item) -> bool:
        """Can the two not stand in one text? What was verified was so in one text with the rest."""
        settled = {Kind.PLANNED, Kind.HUNKS}
        together = not (self.displaced or other.displaced)
        if together and self.kind in settled and other.kind in settled:
            return False
        return self.pass_index == other.pass_index and any(
            not compatible(mine, its) for mine in self.fix.edits for its in other.fix.edits
        )

    def matches(self, words: str) -> bool:
        """Does the item speak of ``words`` (any case): path, codemod, message, note, new text?"""
        sites = self.verdict.proposal.sites
        texts = (
            *(self.codemod, self.fix.label, self.fix.note, *self.fix.paths),
            *(text for site in sites for text in (site.message, site.item)),
            *(edit.replacement.decode("utf-8", "replace") for edit in self.fix.edits),
        )
        return any(words.casefold() in text.casefold() for text in texts)


def items_of(verdicts: Iterable[Verdict], passes: Iterable[frozenset[str]]) -> tuple[Item, ...]:
    """Items for what was verified: fixes on the user's own text before those on the result of
    others, hottest first, then by file, so that a file's fixes come together."""
    number = {name: index for index, ids in enumerate(passes) for name in ids}
    found = [
        Item(verdict, verdict.fix, pass_index=number.get(verdict.proposal.id, 0))
        for verdict in verdicts
        if verdict.outcome is Outcome.VERIFIED and verdict.fix is not None
    ]

    def order(item: Item) -> tuple[int, int, str, int]:
        sites = item.verdict.proposal.sites
        heat = max(site.heat for site in sites)
        return item.pass_index, -heat.score, sites[0].path, sites[0].span.start

    return tuple(sorted(found, key=order))


def displaced_of(passes: Iterable[Iterable[Verdict]]) -> tuple[Item, ...]:
    """Items for what each pass left for the next one, in the order of precedence: they overlap what is
    asked about, and have not been tried."""
    return tuple(
        Item(verdict, verdict.fix, Kind.DISPLACED, pass_index=index, proven=False)
        for index, verdicts in enumerate(passes)
        for verdict in verdicts
        if verdict.fix is not None
    )


def alternatives(item: Item, takes: Iterable[str]) -> tuple[Fix, ...]:
    """The alternatives of the item's proposal in their order, of the levels in ``takes``; the one
    that was verified (or tried last) as it was then."""
    verified = item.verdict.fix
    assert verified is not None
    levels = set(takes)
    ranked = [
        verified if fix.label == verified.label else fix
        for fix in item.verdict.proposal.fixes
        if fix.level in levels or fix.label == verified.label
    ]
    return tuple(ranked) if verified in ranked else (verified, *ranked)


def alternative(item: Item, fix: Fix) -> Item:
    """``item`` with another alternative in its place; the verified one needs no proof."""
    if fix == item.verdict.fix:
        kind = Kind.DISPLACED if item.displaced else Kind.PLANNED
        return replace(item, fix=fix, kind=kind, part="", proven=not item.displaced)
    return replace(item, fix=fix, kind=Kind.ALTERNATIVE, part="", proven=False)
