"""Which part of a file a place belongs to, and how far a change there can reach.

Rust checks each function's body on its own, against other items' signatures. So an error in one
body comes from a change in that body or from a change outside of any body, and a change inside a
body breaks that body alone. Two leaks are known: auto traits (``Send``) of opaque types, and
constants that are computed from a body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.base.model import Span
from engine.rust.syntax import Source, span_of

_CONTAINERS = frozenset({"impl_item", "mod_item", "trait_item", "foreign_mod_item"})


@dataclass(frozen=True, slots=True, order=True)
class InnermostItem:
    """An item that holds no other: a function with all that is in it, a struct, a constant.

    What lies between items (attributes, ``use`` lines, impl heads) is one item, of span None.
    """

    path: str
    span: Span | None


class InnermostItems:
    """The innermost items of files, read and parsed when asked for. ``read`` gives None for an unknown path."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._leaves: dict[str, tuple[tuple[Span, Span | None], ...]] = {}

    def at(self, path: str, span: Span) -> frozenset[InnermostItem]:
        """All items that ``span`` touches."""
        point = Span(span.start, max(span.end, span.start + 1))
        hit = [leaf for leaf, _ in self._of(path) if leaf.overlaps(point)]
        return frozenset(InnermostItem(path, leaf) for leaf in hit) or frozenset(
            {InnermostItem(path, None)}
        )

    def inside_body(self, path: str, span: Span) -> bool:
        """Does ``span`` lie between the braces of a function's body?"""
        return any(
            body is not None and body.start < span.start and span.end < body.end
            for _, body in self._of(path)
        )

    def _of(self, path: str) -> tuple[tuple[Span, Span | None], ...]:
        if path not in self._leaves:
            data = self._read(path) if path.endswith(".rs") else None
            self._leaves[path] = tuple(_leaves(Source(path, data))) if data is not None else ()
        return self._leaves[path]


def _leaves(source: Source) -> Iterator[tuple[Span, Span | None]]:
    """Items that hold no items, with the body of those that have one (nested ones are theirs)."""
    pending = [source.root]
    while pending:
        node = pending.pop()
        for child in node.named_children:
            body = child.child_by_field_name("body")
            if child.type in _CONTAINERS:
                if body is not None:
                    pending.append(body)
            elif child.type == "function_item":
                yield span_of(child), span_of(body) if body is not None else None
            elif child.type.endswith(
                ("_item", "_invocation", "_definition")
            ) and child.type not in (
                "attribute_item",
                "inner_attribute_item",
            ):
                yield span_of(child), None
