"""Names that stand for what is behind a lock, or for the lock itself, wherever they are defined:
``type Count = u64``, a struct of counters in another file, ``type Shared<T> = Arc<Mutex<T>>``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.lock_types import ATOMICS, Family, full_names
from engine.base.model import Span
from engine.rewrite import use_declarations
from engine.rust import nodes
from engine.rust.codegen import replaced
from engine.rust.definitions import is_conditional
from engine.rust.items import TYPES, Items
from engine.rust.queries import walk
from engine.rust.syntax import Source, attributes, span_of

_DEFINING = (*TYPES, "trait")
_PRELUDE = frozenset({b"Box", b"Option", b"Vec", b"Result", b"String"})
_HERE = (b"crate::", b"self::", b"super::")  # not the same everywhere
_ALIASES = 4  # of aliases: longer chains are not followed


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


def number_of(items: Items, source: Source, named: Node, depth: int = _ALIASES) -> str:
    """The key of ``ATOMICS`` that the type ``named`` of ``source`` is an alias of; "" if none."""
    found = _definition(items, source, named)
    if found is None or found[1].type != "type_item" or depth == 0:
        return ""
    place, item = found
    target = nodes.type_of(item)
    if target is None or nodes.type_parameters(item) is not None:
        return ""
    text = place.text(target).decode("utf-8", "replace")
    if target.type == "primitive_type":
        return text if text in ATOMICS else ""
    named_types = ("type_identifier", "scoped_type_identifier")
    return number_of(items, place, target, depth - 1) if target.type in named_types else ""


def struct_of(items: Items, source: Source, named: Node) -> tuple[Source, Node] | None:
    """The struct that the type ``named`` of ``source`` is."""
    found = _definition(items, source, named)
    return found if found is not None and found[1].type == "struct_item" else None


def is_other(items: Items, source: Source, named: Node, path: str, item: Span) -> bool:
    """Does the name mean something else than the ``item`` of ``path``, as far as can be told?"""
    found = items.resolve(source, named, source.text(named), *_DEFINING)
    return bool(found) and all((f.path, f.span) != (path, item) for f in found)


def _definition(items: Items, source: Source, named: Node) -> tuple[Source, Node] | None:
    """The one definition that a type's name or path can mean; one under ``cfg`` tells nothing."""
    found = items.resolve(source, named, source.text(named), *_DEFINING)
    if len(found) != 1:
        return None
    place, item = items.open(found[0])
    return None if is_conditional(place, item) else (place, item)


def generic_alias(
    source: Source, item: Node, lock: Node, inner: Node, family: Family | None
) -> GenericAlias | None:
    """The generic_alias alias that the ``type`` item is, if the lock in it holds one of its parameters."""
    named, listed = item.child_by_field_name("name"), item.child_by_field_name("type_parameters")
    if named is None or listed is None or any(True for _ in attributes(item)):
        return None
    parameters = [n for n in listed.named_children if n.type == "type_parameter"]
    names = [source.text(n.named_children[0]) for n in parameters if n.named_children]
    if source.text(inner) not in names:
        return None
    index = names.index(source.text(inner))
    others = [n for i, n in enumerate(names) if i != index]
    around = _around(source, item, lock) if not others else None
    return GenericAlias(source.text(named), source.path, span_of(item), index, family, around)


def _around(source: Source, item: Node, lock: Node) -> tuple[bytes, bytes] | None:
    """What stands before and behind the lock, in words that mean the same in any module."""
    body = item.child_by_field_name("type")
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
