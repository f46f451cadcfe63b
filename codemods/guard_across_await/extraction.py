"""One way to take a value out of a lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.syntax import span_of
from engine.rust.type_facts import TypeFacts, is_used_mutably, shared_target
from engine.rust.types import Type


@dataclass(frozen=True)
class Types:
    """Types of a file's expressions (None throughout before rustc has been asked), and what they
    are."""

    of: Callable[[Node], Type | None]
    facts: TypeFacts


@dataclass(frozen=True)
class Extraction:
    """``node`` is computed under the lock, with ``suffix`` behind it. In the statement a name takes
    the place of ``whole`` (``node`` itself when None), borrowed when ``by_ref``; ``extra`` edits
    mend what else stands there. ``cost`` is what a clone that was not there before costs."""

    node: Node
    suffix: bytes = b""
    cost: str = ""
    mutable: bool = False
    by_ref: bool = False
    whole: Node | None = None
    extra: tuple[tuple[Span, bytes], ...] = ()
    also: tuple[Span, ...] = ()  # further places of the same value, which the name takes, too

    @property
    def span(self) -> Span:
        """The expression that is computed under the lock."""
        return span_of(self.node)

    @property
    def place(self) -> Span:
        """What the name takes the place of."""
        return span_of(self.whole) if self.whole is not None else self.span

    def outside(self, path: str, name: bytes) -> list[Edit]:
        """The edits of the statement that the value is taken out of."""
        at = self.place
        edits = [Edit(path, at.start, at.end, (b"&" if self.by_ref else b"") + name)]
        edits += [Edit(path, span.start, span.end, text) for span, text in self.extra]
        edits += [Edit(path, span.start, span.end, name) for span in self.also]
        return edits


def cloning(facts: TypeFacts, type_: Type) -> bytes:
    """What clones out of a ``&T`` or an ``Option<&T>``."""
    if type_.is_ref:
        return b".clone()"
    inner = shared_target(type_)
    return b".copied()" if inner is not None and facts.is_copy(inner) else b".cloned()"


def priced(facts: TypeFacts, way: Extraction, held: Type) -> list[Extraction]:
    """The choice with what cloning a ``held`` costs; none when that is not known to be little."""
    if facts.is_cheap(held):
        found = replace(way, cost=f"a clone of `{held.short()}`, which is cheap")
        return [found, replace(found, mutable=True)] if is_used_mutably(held) else [found]
    if facts.is_small(held):
        return [replace(way, cost=f"a clone of `{held.short()}`, about one allocation")]
    return []
