"""Is a value of this type a guard, or does it hold one? By the types that rustc tells, by types as
they are written, and for structs and enums of the workspace by their definitions.

Which types are guards is :mod:`engine.rust.locks`' table. A struct's fields are looked into, and the
workspace's structs in them, three levels deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from engine.rust import imports
from engine.rust.items import Items
from engine.rust.locks import SPEAKS_OF, Flavour, flavour_of_name, guards_in
from engine.rust.nodes import last_segment
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source
from engine.rust.types import Type

_HINT = re.compile(rb"Guard(?:Arc)?\b|\bRef(?:Mut)?(?:Multi)?\s*<")
# A guard behind one of these is somebody else's, or not there yet.
_ELSEWHERE = frozenset({"reference_type", "pointer_type", "function_type", "dynamic_type"})

_DEPTH = 3  # structs in structs


def written_flavour(source: Source, node: Node) -> Flavour | None:
    """The flavour of the first guard that a value of the written type (or a definition's fields)
    owns; None when there is none. Names are resolved by the file's ``use`` lines."""
    if not _HINT.search(source.text(node)):
        return None
    scopes = imports.scopes(source)
    here = imports.scope_at(scopes, node.start_byte)
    imported = {i.local: i.full for i in imports.imports(source, here)}
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in _ELSEWHERE or _speaks_of(source, current):
            continue
        if current.type in ("type_identifier", "scoped_type_identifier"):
            head, colons, rest = b"".join(source.text(current).split()).partition(b"::")
            full = imported.get(head, head) + colons + rest
            flavour = flavour_of_name(full.decode("utf-8", "replace"))
            if flavour is not None:
                return flavour
            continue
        pending.extend(reversed(current.named_children))
    return None


class GuardTypes:
    """Which types hold a guard: those of the lock crates, and the workspace's own around them."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._defined: dict[tuple[str, str], Flavour | None] = {}

    def guard(self, type_: Type, path: str) -> Type | None:
        """The guard that a value of this type owns, or the workspace's type around one; ``path`` is
        the file in which rustc told the type."""
        found = next(guards_in(type_), None)
        return found if found is not None else next(self._around(type_, path), None)

    def flavour(self, guard: Type, path: str) -> Flavour:
        """The flavour of what :meth:`guard` gave."""
        return flavour_of_name(guard.name) or self._holds(guard.name, path) or Flavour.STD

    def _around(self, type_: Type, path: str) -> Iterator[Type]:
        if type_.kind not in ("path", "tuple", "array"):
            return
        if type_.kind == "path" and self._holds(type_.name, path) is not None:
            yield type_
            return
        for arg in type_.args:
            yield from self._around(arg, path)

    def _holds(self, name: str, path: str) -> Flavour | None:
        """The flavour of the guard in a field of the workspace's type that is printed ``name``; None
        where one of several such types has none."""
        key = (name, path)
        if key not in self._defined:
            found = self._items.printed(name, "struct", "enum", near=path)
            flavours = [self._in_fields(*self._items.open(item)) for item in found]
            self._defined[key] = flavours[0] if flavours and None not in flavours else None
        return self._defined[key]

    def _in_fields(self, source: Source, definition: Node, depth: int = _DEPTH) -> Flavour | None:
        body = body_of(definition)
        found = written_flavour(source, body) if body is not None else None
        if body is None or found is not None or depth == 1:
            return found
        for named in _named_in(source, body):
            item = self._items.type_at(source, named)
            if item is None or item.kind not in ("struct", "enum"):
                continue
            found = self._in_fields(*self._items.open(item), depth - 1)
            if found is not None:
                return found
        return None


def _named_in(source: Source, fields: Node) -> Iterator[Node]:
    """Types that a definition's fields are written with, without those behind a reference."""
    pending = [fields]
    while pending:
        node = pending.pop()
        if node.type in ("type_identifier", "scoped_type_identifier"):
            yield node
        elif node.type not in _ELSEWHERE and not _speaks_of(source, node):
            pending.extend(reversed(node.named_children))


def _speaks_of(source: Source, written: Node) -> bool:
    """``Sender<Message>``: what stands in it is not held now."""
    if written.type != "generic_type" or not written.named_children:
        return False
    name = last_segment(source.text(written.named_children[0]))
    return name.decode("utf-8", "replace") in SPEAKS_OF
