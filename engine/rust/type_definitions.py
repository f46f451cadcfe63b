"""What a struct or enum of the workspace is, read from its definition: what its fields hold, which
traits it derives, whether it has a ``Drop`` of its own.

Types of fields are read as they are meant there (``written_types``). Not read: unions, what a macro
defines, types with a ``Clone`` of their own; these are said to be unknown, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from tree_sitter import Node

from engine.rust import item_nodes
from engine.rust.definitions import Item, derives, type_parameter_names
from engine.rust.files import Files
from engine.rust.items import Items
from engine.rust.known_types import Cost, Nature
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS, Source
from engine.rust.type_facts import Ownership, TypeFacts, as_copy, joined, unknown
from engine.rust.types import Type
from engine.rust.written_types import written_type

_DEPTH = 8  # structs inside structs; deeper is left unknown


class DefinedTypes:
    """Judges the workspace's own types. Answers are kept: one object per plan.

    ``own``: which traits make a type unknown where it does not derive them, or has an impl of its own.
    Without "Clone" it is told what dropping a value does, without either what it holds.
    """

    def __init__(
        self, items: Items, files: Files, own: Collection[str] = ("Clone", "Drop")
    ) -> None:
        self._items = items
        self._files = files
        self._own = frozenset(own)
        self._judged: dict[tuple[Item, tuple[Type, ...]], Ownership] = {}
        self._open: list[tuple[Item, tuple[Type, ...]]] = []

    def ownership(self, type_: Type) -> Ownership | None:
        """What the type is that rustc prints so; None when the workspace does not define it."""
        found = self._items.printed(type_.name) if type_.kind == "path" else ()
        if not found:
            return None
        if len(found) > 1:
            return unknown(f"several types of the workspace are called `{type_.last}`")
        key = (found[0], type_.args)
        if key in self._judged:
            return self._judged[key]
        if key in self._open:
            # A type that holds itself says nothing new about itself.
            return Ownership(Cost.DEEP, Nature.PLAIN)
        self._open.append(key)
        try:
            judged = self._judge(*key)
        finally:
            self._open.pop()
        if not self._open:  # what was found below another type may rest on that one's being open
            self._judged[key] = judged
        return judged

    def _judge(self, item: Item, args: tuple[Type, ...]) -> Ownership:
        name = item.name.decode("utf-8", "replace")
        if item.kind in ("type", "union") or len(self._open) > _DEPTH:
            return unknown(f"`{name}` could not be read from its definition")
        source, node = self._items.open(item)
        derived = derives(source, node)
        drops = "Drop" in self._own and self._drops(item.name)
        if "Clone" in self._own and b"Clone" not in derived:
            also = ", and a `Drop` of its own, which would run at another time" if drops else ""
            return unknown(f"`{name}` has a `Clone` of its own{also}")
        if drops:
            return unknown(f"`{name}` has a `Drop` of its own, which would run at another time")
        facts = TypeFacts(self.ownership)
        inner = joined(map(facts.ownership, self._held(source, node, args)))
        if b"Copy" in derived and all(map(facts.is_copy, args)):  # `impl<T: Copy> Copy`
            return as_copy(inner)
        why = f"in `{name}`, {inner.why}" if inner.why else ""
        cost = Cost.DEEP if inner.cost is Cost.TEXT else inner.cost  # there may be many
        return replace(inner, cost=cost, copy=False, why=why)

    def drops(self, type_: Type) -> bool:
        """Has a type of the workspace a ``Drop`` of its own, so that no field can be moved out of it?"""
        own = type_.kind == "path" and bool(self._items.printed(type_.name))
        return own and self._drops(type_.last.encode())

    def _drops(self, name: bytes) -> bool:
        """Is there an ``impl Drop`` for a type of this name?"""
        pattern = re.compile(rb"\bDrop\s+for\s+(?:\w+::)*" + re.escape(name) + rb"\b")
        files = self._files.containing(b"Drop", name)
        return any(pattern.search(source.data) for source in files)

    def _held(self, source: Source, item: Node, args: tuple[Type, ...]) -> Iterator[Type]:
        """Types of the fields, those of all variants, with ``args`` for the item's parameters."""
        names = type_parameter_names(source, item)
        given = {**dict.fromkeys(names), **dict(zip(names, args, strict=False))}
        for node in _field_types(item):
            yield written_type(self._items, source, node, given)


def _field_types(item: Node) -> Iterator[Node]:
    for node in walk(item):
        if node.type == "field_declaration":
            declared = item_nodes.type_of(node)
            if declared is not None:
                yield declared
        elif node.type == "ordered_field_declaration_list":
            skipped = (*COMMENTS, "attribute_item", "visibility_modifier")
            yield from (c for c in node.named_children if c.type not in skipped)
