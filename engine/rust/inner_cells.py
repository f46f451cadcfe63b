"""What changes behind a shared reference in a value of a type: cells, atomics, locks, concurrent maps, channels,
files, sockets, what a raw pointer leads to, however deep; and which types in it are not seen, so that they might.

Fields of the workspace's structs and enums are read as they are written; pointers (``Arc``, ``Box``, ``&``)
are looked through, for what they lead to is used through the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.rust import item_nodes
from engine.rust.definitions import Item, type_parameter_names
from engine.rust.items import Items
from engine.rust.known_types import Nature, known
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type
from engine.rust.written_types import written_type

_DEPTH = 8
_STDS = frozenset({"std", "core", "alloc"})
# Modules of std whose types do something behind a shared reference (``&File`` can be written to).
_OUTWARD = frozenset({"fs", "net", "process", "io", "os", "thread", "sync"})
_SKIPPED = (*COMMENTS, "attribute_item", "visibility_modifier")


@dataclass
class Inside:
    """What was found: the first ``cell`` and the first ``unseen`` type, None where there is none."""

    cell: Type | None = None
    unseen: Type | None = None
    _seen: set[tuple[Item, tuple[Type, ...]]] = field(default_factory=set)


def inside(items: Items, type_: Type) -> Inside:
    """What a value of ``type_`` holds, or leads to."""
    found = Inside()
    _look(items, type_, found, 0)
    return found


def _look(items: Items, type_: Type, found: Inside, depth: int) -> None:
    if type_.kind == "ptr":
        found.cell = found.cell or type_
        return
    if type_.kind in ("dyn", "impl", "opaque", "assoc", "member") or depth > _DEPTH:
        found.unseen = found.unseen or type_
        return
    if type_.kind != "path":
        if type_.kind in ("ref", "tuple", "array", "slice"):
            for part in type_.args:
                _look(items, part, found, depth)
        return
    defined = items.printed(type_.name)
    if defined:
        for item in defined:
            _fields(items, item, type_, found, depth)
        return
    entry = known(type_.name)
    nature = entry.nature if entry is not None else TypeFacts().ownership(type_).nature
    std = type_.name.partition("::")[0] in _STDS
    if nature in (Nature.CELL, Nature.HANDLE) or (
        entry is None and std and type_.name.split("::")[1] in _OUTWARD
    ):
        found.cell = found.cell or type_
    elif entry is None and "::" in type_.name and not std:
        found.unseen = found.unseen or type_
    for part in type_.args:
        _look(items, part, found, depth)


def _fields(items: Items, item: Item, type_: Type, found: Inside, depth: int) -> None:
    key = (item, type_.args)
    if key in found._seen:
        return
    found._seen.add(key)
    if item.kind not in ("struct", "enum"):
        found.unseen = found.unseen or type_
        return
    for part in held_types(items, item, type_.args):
        _look(items, part, found, depth + 1)


def held_types(items: Items, item: Item, args: tuple[Type, ...]) -> Iterator[Type]:
    """The types of the fields of a struct or an enum of the workspace (those of all variants), with ``args`` for its
    parameters."""
    source, node = items.open(item)
    names = type_parameter_names(source, node)
    given = {**dict.fromkeys(names), **dict(zip(names, args, strict=False))}
    for part in walk(node):
        if part.type == "field_declaration":
            declared = item_nodes.type_of(part)
            if declared is not None:
                yield written_type(items, source, declared, given)
        elif part.type == "ordered_field_declaration_list":
            for child in part.named_children:
                if child.type not in _SKIPPED:
                    yield written_type(items, source, child, given)
