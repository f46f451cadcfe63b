"""What a struct or enum of the workspace is, read from its definition: what its fields hold, which
traits it derives, whether it has a ``Drop`` of its own.

Names in fields are read as they are meant there: through the file's imports, the prelude and the
workspace's own definitions (``items``). Not read: type aliases, unions, what a macro defines, types
with a ``Clone`` of their own; these are said to be unknown, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from engine.rust import imports, nodes
from engine.rust.definitions import Item, derives, type_parameter_names
from engine.rust.files import Files
from engine.rust.items import TYPES, Items
from engine.rust.known_types import Cost, Nature, known, std_path
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS, Source
from engine.rust.type_facts import Ownership, TypeFacts, as_copy, joined, unknown
from engine.rust.type_parser import parse
from engine.rust.types import Type

_DEPTH = 8  # structs inside structs; deeper is left unknown
_PRELUDE = ("Box", "Option", "Result", "String", "Vec")
_OWN = (b"crate::", b"self::", b"super::")


class DefinedTypes:
    """Judges the workspace's own types. Answers are kept: one object per plan."""

    def __init__(self, items: Items, files: Files) -> None:
        self._items = items
        self._files = files
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
        if b"Clone" not in derived:
            return unknown(f"`{name}` has a `Clone` of its own")
        if self._drops(item.name):
            return unknown(f"`{name}` has a `Drop` of its own, which would run at another time")
        facts = TypeFacts(self.ownership)
        inner = joined(map(facts.ownership, self._held(source, node, args)))
        if b"Copy" in derived and all(map(facts.is_copy, args)):  # `impl<T: Copy> Copy`
            return as_copy(inner)
        why = f"in `{name}`, {inner.why}" if inner.why else ""
        cost = Cost.DEEP if inner.cost is Cost.TEXT else inner.cost  # there may be many
        return replace(inner, cost=cost, copy=False, why=why)

    def _drops(self, name: bytes) -> bool:
        """Is there an ``impl Drop`` for a type of this name?"""
        pattern = re.compile(rb"\bDrop\s+for\s+(?:\w+::)*" + re.escape(name) + rb"\b")
        files = self._files.containing(b"Drop", name)
        return any(pattern.search(source.data) for source in files)

    def _held(self, source: Source, item: Node, args: tuple[Type, ...]) -> Iterator[Type]:
        """Types of the fields, those of all variants, with ``args`` for the item's parameters."""
        parameters = type_parameter_names(source, item)
        given = dict(zip(parameters, args, strict=False))
        for node in _field_types(item):
            written = parse(source.text(node).decode("utf-8", "replace"))
            yield self._meant(written, source, node, given, parameters)

    def _meant(
        self,
        type_: Type,
        source: Source,
        node: Node,
        given: dict[str, Type],
        parameters: list[str],
    ) -> Type:
        """A type as it is written at ``node``, with the full paths of what its names mean there."""
        if type_.kind in ("impl", "dyn"):
            return type_
        if type_.name in parameters and not type_.args:
            return given.get(type_.name, Type(type_.name, (), "opaque"))
        args = tuple(self._meant(a, source, node, given, parameters) for a in type_.args)
        name = self._path(type_.name, source, node) if type_.kind == "path" else type_.name
        return replace(type_, name=name, args=args)

    def _path(self, name: str, source: Source, node: Node) -> str:
        """The full path of what a path means that is written at ``node``; as it is written where
        that is not known."""
        if "::" not in name and known(name) is not None:
            return name  # a primitive type
        found = self._items.resolve(source, node, name.encode(), *TYPES)
        if found:
            return self._items.path_of(found[0])
        full = imports.full_paths(source, node, name.encode(), _KNOWN)
        if full and not full[0].startswith(_OWN):
            return full[0].decode("utf-8", "replace")
        if name in _PRELUDE:
            return std_path(name) or name
        # A glob or a re-export of the crate's own may bring one of std's.
        last = name.rpartition("::")[2]
        if not self._items.named(last.encode(), *TYPES):
            return std_path(last) or name
        return name


class _KnownPaths:
    """The paths of well-known types, as written in ``use`` lines."""

    def __contains__(self, path: object) -> bool:
        return isinstance(path, bytes) and known(path.decode("utf-8", "replace")) is not None


_KNOWN = _KnownPaths()


def _field_types(item: Node) -> Iterator[Node]:
    for node in walk(item):
        if node.type == "field_declaration":
            declared = nodes.type_of(node)
            if declared is not None:
                yield declared
        elif node.type == "ordered_field_declaration_list":
            skipped = (*COMMENTS, "attribute_item", "visibility_modifier")
            yield from (c for c in node.named_children if c.type not in skipped)
