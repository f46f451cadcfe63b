"""What is planned for a named guard: the block that it gets, or why it gets none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from codemods.guard_across_await import messages
from codemods.guard_across_await.extraction import Extraction, Types
from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.moves import Moved
from engine.rust.owned_copies import OwnedCopy
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_whole
from engine.rust.types import Type


@dataclass(frozen=True)
class Context:
    """What is known about the code around a guard."""

    source: Source
    scopes: Scopes
    types: Types

    def type_of(self, node: Node) -> Type | None:
        """What rustc says of the expression; None before it has been asked, and of what it did not
        compile."""
        return self.types.of(node)


@dataclass(frozen=True)
class Carried:
    """A name that the block computes and the code after needs. ``copied``: a reference into what is
    guarded, whose value comes out instead, of the type ``held``."""

    binding: Binding
    copied: OwnedCopy | None = None
    held: Type | None = None


@dataclass(frozen=True)
class Local:
    """A name that a ``let`` among the block's statements binds to a value of its own, of the type
    ``held``, of which others may notice when it is dropped; ``gone``: is it moved away by then?"""

    binding: Binding
    held: Type
    gone: Moved


@dataclass(frozen=True)
class GuardBlock:
    """``statements[first..last]`` of ``block`` go into the guard's block; ``extractions`` (one list
    of alternatives per place) come out of ``outside``, the statement behind, and are computed in
    it, ``carried`` are names that come out of it."""

    block: Node
    statements: Sequence[Node]
    first: int
    last: int
    carried: tuple[Carried, ...]
    outside: Node | None
    extractions: tuple[tuple[Extraction, ...], ...]
    others: tuple[GuardScope, ...]  # guards taken inside, which end with this one
    locals: tuple[Local, ...] = ()
    notes: tuple[str, ...] = ()
    declared: tuple[Node, ...] = ()  # ``let name;`` in it, which goes in front of the block

    @property
    def span(self) -> Span:
        """From the first statement of the block to be to the end of its last, without what trails it."""
        return Span(self.statements[self.first].start_byte, self.statements[self.last].end_byte)


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    """Why this guard gets no block, in words for the user. ``droppable``: only the block is in the
    way, so that an early ``drop`` may still do. ``open_``: types that are not known yet decide."""

    def __init__(self, reason: str, droppable: bool = True, open_: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.droppable = droppable
        self.open = open_


def no_extraction(ctx: Context, scope: GuardScope, use: Node, awaits: list[Node]) -> Refused:
    """No value of its own can be taken out around ``use``."""
    source = ctx.source
    drop = next((d for d in scope.trace.drops if span_of(use) in span_of(d)), None)
    if drop is not None:
        return Refused(messages.dropped_in_part(source, scope, drop))
    if any(span_of(use) in span_of(a) for a in awaits):
        return Refused(messages.awaited_on(source, scope, use, awaits))
    top = messages.looked_into(use)
    type_ = ctx.type_of(top)
    within = next((node for node in awaits if span_of(node) in span_of(top)), None)
    if within is not None:
        return Refused(messages.waits_for(source, scope, top, within))
    if type_ is None:
        return Refused(messages.type_decides(source, scope, top, awaits), open_=True)
    if ctx.types.facts.is_cheap(type_) and is_whole(type_):
        return Refused(messages.needed_inside(source, scope, top, awaits, type_))
    return Refused(messages.looked_into_while(source, scope, top, awaits, type_))
