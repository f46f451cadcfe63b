"""Streams that a struct's field holds: where they are put into it, and that nobody else takes from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.rust import item_nodes, nodes, streams
from engine.rust.configurations import is_conditional
from engine.rust.definitions import Item
from engine.rust.frame_flow import FrameFlow, NotOwnedError
from engine.rust.items import TYPES
from engine.rust.syntax import Source, span_of

from .frame_edits import FrameEdits, place

if TYPE_CHECKING:
    from engine.detect.facts import Facts

_PATTERNS = ("field_pattern", "struct_pattern")


class FrameFields:
    """Follows fields. ``stream`` is asked for each expression that one is made from. Raises NotOwnedError
    for a field that somebody else takes frames from, or that is used in another way."""

    def __init__(
        self,
        facts: Facts,
        flow: FrameFlow,
        edits: FrameEdits,
        stream: Callable[[Source, Node], None],
    ) -> None:
        self._facts = facts
        self._flow = flow
        self._edits = edits
        self._stream = stream

    def gives(self, source: Source, node: Node) -> bool:
        """Is ``node`` a field of a struct of the workspace? Then what it holds gives `BytesMut`."""
        access = nodes.access_of(node)
        owners = self._facts.calls.types_of(source, access.base) if access is not None else None
        if access is None or owners is None or len(owners) != 1:
            return False
        owner, name = next(iter(owners)), source.text(access.name)
        home, struct = self._facts.items.open(owner)
        field = next((f for f in item_nodes.named_fields(struct) if home.text(f[0]) == name), None)
        if field is None:
            return False
        shown = f"{owner.name.decode('utf-8', 'replace')}.{name.decode('utf-8', 'replace')}"
        if is_conditional(home, field[0]):
            raise NotOwnedError(f"`{shown}` stands under `cfg`")
        if not self._edits.first(home, span_of(field[0])):
            raise NotOwnedError(f"`{shown}` has a second consumer")
        if self._facts.items.exposed(home, field[0]) or self._facts.items.exposed(home, struct):
            self._flow.note_public(owner)
        self._edits.items_type(home, field[1], None)
        made = list(self._made(owner, name, (source.path, span_of(access.name)), shown))
        if not made:
            raise NotOwnedError(f"what `{shown}` is made from is not understood")
        for where, value in made:
            self._stream(where, value)
        return True

    def _made(
        self, owner: Item, name: bytes, taken: tuple[str, object], shown: str
    ) -> Iterator[tuple[Source, Node]]:
        """What the field is made from, in all literals of its struct."""
        for source, node in self._facts.calls.mentions(name):
            up = node.parent
            if (source.path, span_of(node)) == taken or up is None:
                continue
            if up.type in ("field_initializer", "shorthand_field_initializer"):
                pair = nodes.initialized(up)
                if (pair is None or pair[0] == node) and self._is_of(source, up, owner):
                    yield source, pair[1] if pair is not None else node
            elif node.type == "shorthand_field_identifier" or up.type in _PATTERNS:
                if owner.name in source.text(_pattern_around(source, node)):
                    raise NotOwnedError(f"`{shown}` is taken out at {place(source, node)}")
            elif up.type == "token_tree":
                raise NotOwnedError(f"a macro may use `{shown}` at {place(source, node)}")
            elif node.type == "field_identifier" and up.type == "field_expression":
                self._other_use(source, up, owner, shown)

    def _is_of(self, source: Source, initializer: Node, owner: Item) -> bool:
        """Does the initializer stand in a literal of the struct?"""
        literal = source.enclosing(initializer, ("struct_expression",))
        made = nodes.constructed(literal) if literal is not None else None
        return made is not None and owner in self._facts.items.resolve(
            source, made, source.text(made), *TYPES
        )

    def _other_use(self, source: Source, access: Node, owner: Item, shown: str) -> None:
        parts = nodes.access_of(access)
        types = self._facts.calls.types_of(source, parts.base) if parts is not None else None
        if types is not None and owner not in types:
            return
        if not streams.is_looked_at(source, access):
            raise NotOwnedError(f"`{shown}` has a second consumer, at {place(source, access)}")


def _pattern_around(source: Source, node: Node) -> Node:
    return source.enclosing(node, ("struct_pattern",)) or node
