"""Names that stand for what is behind a lock, or for the lock itself, wherever they are defined:
``type Count = u64``, a struct of counters in another file, ``type Shared<T> = Arc<Mutex<T>>``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import ATOMICS
from engine.base.model import Span
from engine.rewrite import use_declarations
from engine.rust import item_nodes
from engine.rust.codegen import replaced
from engine.rust.definitions import type_parameter_names
from engine.rust.items import TYPES, Items
from engine.rust.lock_groups.lock_types import Family, full_names
from engine.rust.queries import walk
from engine.rust.syntax import Source, attributes, span_of

_PRELUDE = frozenset({b"Box", b"Option", b"Vec", b"Result", b"String"})
_HERE = (b"crate::", b"self::", b"super::")  # not the same everywhere


@dataclass(frozen=True, slots=True)
class GenericAlias:
    """``type Shared<T> = Arc<Mutex<T>>;``: ``index`` tells which of its parameters is behind the
    lock, ``before`` and ``after`` what stands around the lock (with markers for names); None where
    that cannot be written anywhere else."""

    name: bytes
    path: str
    item: Span
    index: int
    family: Family | None
    around: tuple[bytes, bytes] | None


def number_of(items: Items, source: Source, named: Node) -> str:
    """The key of ``ATOMICS`` that the type ``named`` of ``source`` is an alias of; "" if none."""
    place, target = items.aliased(source, named)
    text = place.text(target).decode("utf-8", "replace")
    return text if target.type == "primitive_type" and text in ATOMICS else ""


def struct_of(items: Items, source: Source, named: Node) -> tuple[Source, Node] | None:
    """The struct that the type ``named`` of ``source`` is."""
    found = items.type_at(source, named)
    return items.open(found) if found is not None and found.kind == "struct" else None


def is_other(items: Items, source: Source, named: Node, path: str, item: Span) -> bool:
    """Does the name mean something else than the ``item`` of ``path``, as far as can be told?"""
    found = items.resolve(source, named, source.text(named), *TYPES, "trait")
    return bool(found) and all((f.path, f.span) != (path, item) for f in found)


def generic_alias(
    source: Source, item: Node, lock: Node, inner: Node, family: Family | None
) -> GenericAlias | None:
    """The generic alias that the ``type`` item is, if the lock in it holds one of its parameters."""
    named, names = item_nodes.name_of(item), type_parameter_names(source, item)
    behind = source.text(inner).decode("utf-8", "replace")
    if named is None or behind not in names or any(True for _ in attributes(item)):
        return None
    index = names.index(behind)
    around = _around(source, item, lock) if len(names) == 1 else None
    return GenericAlias(source.text(named), source.path, span_of(item), index, family, around)


def _around(source: Source, item: Node, lock: Node) -> tuple[bytes, bytes] | None:
    """What stands before and behind the lock, in words that mean the same in any module."""
    body = item_nodes.type_of(item)
    if body is None or source.comments_in(span_of(body)):
        return None
    changes: dict[Span, bytes] = {}
    for node in _named_types(body, lock):
        text = source.text(node)
        if text in _PRELUDE or text.startswith((b"std::", b"core::", b"alloc::")):
            continue
        full = full_names(source, node, text)
        if len(full) != 1 or b"::" not in full[0] or full[0].startswith(_HERE):
            return None
        changes[span_of(node)] = use_declarations.name(full[0])
    before, after = Span(body.start_byte, lock.start_byte), Span(lock.end_byte, body.end_byte)
    return replaced(source, before, changes), replaced(source, after, changes)


def _named_types(body: Node, lock: Node) -> Iterable[Node]:
    for node in walk(body):
        if node.type not in ("type_identifier", "scoped_type_identifier"):
            continue
        inner = node.parent is not None and node.parent.type == "scoped_type_identifier"
        if not inner and span_of(node) not in span_of(lock):
            yield node
