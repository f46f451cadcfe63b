"""One way to take a value out of a lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.owned_copies import copied_by
from engine.rust.syntax import span_of
from engine.rust.type_facts import TypeFacts, is_used_mutably
from engine.rust.types import Type


@dataclass(frozen=True)
class Types:
    """Types of a file's expressions (None throughout before rustc has been asked), and what they
    are."""

    of: Callable[[Node], Type | None]
    facts: TypeFacts


BY_REFERENCE = (b"&", b"")  # a ``lend``


@dataclass(frozen=True)
class Extraction:
    """``node`` is computed under the lock, with ``suffix`` behind it (a ``*`` in front). In the statement
    a name takes the place of ``whole`` (``node`` itself when None), with ``lend`` around it; ``extra``
    edits mend what else stands there. ``cost`` is what a clone that was not there before costs, ``small``
    that it allocates, ``cloned`` its type."""

    node: Node
    suffix: bytes = b""
    cost: str = ""
    small: bool = False
    cloned: Type | None = None
    mutable: bool = False
    lend: tuple[bytes, bytes] = (b"", b"")
    whole: Node | None = None
    extra: tuple[tuple[Span, bytes], ...] = ()
    also: tuple[Node, ...] = ()  # further places of the same value, which the name takes, too

    @property
    def span(self) -> Span:
        """The expression that is computed under the lock."""
        return span_of(self.node)

    @property
    def place(self) -> Span:
        """What the name takes the place of."""
        return span_of(self.whole) if self.whole is not None else self.span

    @property
    def places(self) -> tuple[Span, ...]:
        """All that the name takes the place of."""
        return (self.place, *map(span_of, self.also))

    def value(self, text: bytes) -> bytes:
        """What is computed under the lock, of the ``text`` of ``node`` as it is laid out there."""
        return copied_by(self.suffix, text)

    def lent(self, value: bytes) -> bytes:
        """What stands in the statement for the ``value`` or its name."""
        return self.lend[0] + value + self.lend[1]

    def beside(self, taken: Sequence[Span]) -> Extraction | None:
        """The same without what lies in a span of ``taken``; None where nothing is left."""
        nodes = (self.node, *self.also)
        rest = [node for node in nodes if not any(span_of(node) in span for span in taken)]
        return replace(self, node=rest[0], also=tuple(rest[1:])) if rest else None

    def joined(self, other: Extraction) -> Extraction:
        """The same at the places of ``other``, too."""
        return replace(self, also=(*self.also, other.node, *other.also))

    def outside(self, path: str, name: bytes) -> list[Edit]:
        """The edits of the statement that the value is taken out of."""
        at = self.place
        edits = [Edit(path, at.start, at.end, self.lent(name))]
        edits += [Edit(path, span.start, span.end, text) for span, text in self.extra]
        edits += [Edit(path, node.start_byte, node.end_byte, name) for node in self.also]
        return edits


def priced(facts: TypeFacts, way: Extraction, held: Type) -> list[Extraction]:
    """The choice with what cloning a ``held`` costs; none when that is not known to be little."""
    if facts.is_copy(held):
        return [way]
    if facts.is_cheap(held):
        cost = f"a clone of `{held.short()}`, which is cheap"
        found = replace(way, cost=cost, cloned=held)
        return [found, replace(found, mutable=True)] if is_used_mutably(held) else [found]
    if facts.is_small(held):
        cost = f"a clone of `{held.short()}`, about one allocation"
        return [replace(way, cost=cost, small=True, cloned=held)]
    return []


def cost_of(ways: Iterable[Extraction]) -> str:
    """What the clones of all ``ways`` cost, in words; "" where there is none."""
    return "; ".join(dict.fromkeys(way.cost for way in ways if way.cost))


def cloned_by(ways: Iterable[Extraction]) -> tuple[Type, ...]:
    """The types that are cloned by ``ways``."""
    return tuple(way.cloned for way in ways if way.cloned is not None)
