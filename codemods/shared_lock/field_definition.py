"""The struct whose fields get locks: its definition, the values that are made of it, and who needs it whole."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.shared_lock.group import LockGroup
from codemods.shared_lock.retyped import wrapped
from engine.base.model import Edit
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.definitions import derived_by
from engine.rust.items import TYPES
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import COMMENTS, Source, attributes, span_of, walk_all

# Derives that a struct of locks has as well.
_SERVED = frozenset({b"Default", b"Debug"})
_HARMLESS = (b"#[allow", b"#[expect", b"#[doc", b"#[must_use")


def defined(group: LockGroup, source: Source, struct: Node, lock: bytes) -> Iterator[Edit]:
    """The lock around the type of each field. Raises Refused where something needs the struct whole."""
    shown = _name(source, struct).decode("utf-8", "replace")
    if item_nodes.type_parameters(struct) is not None:
        raise Refused(f"`{shown}` is generic")
    if group.places.items.exposed(source, struct):
        raise Refused(f"`{shown}` is public, so its fields are part of the library's API")
    for attribute in attributes(struct):
        text, listed = source.text(attribute), derived_by(source.text(attribute))
        other = [path for path in listed if nodes.last_segment(path) not in _SERVED]
        if other:
            word = other[0].decode("utf-8", "replace")
            raise Refused(f"`{word}` of `{shown}` takes all of its fields at one moment")
        if not listed and not text.startswith(_HARMLESS):
            raise Refused(
                f"what `{source.quoted(span_of(attribute))}` does to `{shown}` is not known"
            )
    _require_behind_the_lock(group, source, struct)
    body = statement_nodes.body_of(struct)
    inside = body.named_children if body is not None else []
    if any(n.type == "attribute_item" and b"doc" not in source.text(n) for n in inside):
        raise Refused(f"a field of `{shown}` has an attribute")
    for _, type_ in item_nodes.named_fields(struct):
        yield from wrapped(source, type_, lock + b"<", b">")


def _name(source: Source, struct: Node) -> bytes:
    named = item_nodes.name_of(struct)
    return source.text(named) if named is not None else b""


def _require_behind_the_lock(group: LockGroup, source: Source, struct: Node) -> None:
    """Raises Refused where the struct is named without its lock, or is used as a whole by code of its own."""
    places, word = group.places, _name(source, struct)
    shown = word.decode("utf-8", "replace")
    for place, node in places.calls.mentions(word):
        if span_of(node) in span_of(struct) and place.path == source.path:
            continue
        if not _may_be(group, place, node, source, struct):
            continue
        if place.enclosing(node, ["use_declaration"]) is not None:
            continue
        at = places.place(place.path, node.start_byte)
        impl = place.enclosing(node, ["impl_item"])
        header = item_nodes.type_of(impl) if impl is not None else None
        if impl is not None and header is not None and span_of(node) in span_of(header):
            _require_only_makers(group, place, impl, shown)
        elif not (_behind(group, place, node) or _made(place, node) or _result(place, node, word)):
            raise Refused(f"{at}: `{shown}` is used there without its lock")


def _may_be(group: LockGroup, place: Source, node: Node, source: Source, struct: Node) -> bool:
    """May the name at ``node`` mean the struct, as far as the workspace's items tell?"""
    items = group.places.items
    meant = items.resolve(place, node, place.text(node), *TYPES)
    return not meant or any((i.path, i.span) == (source.path, span_of(struct)) for i in meant)


def _behind(group: LockGroup, place: Source, node: Node) -> bool:
    """Does the name stand in one of the lock types?"""
    for decl in group.group.declarations:
        if decl.path == place.path and any(span_of(node) in span for span in decl.types):
            return True
    return False


def _made(place: Source, node: Node) -> bool:
    """Is it the name in ``State { .. }`` or ``State::new(..)``?"""
    up = node.parent
    if up is not None and up.type == "scoped_identifier" and nodes.is_callee(up):
        return True
    whole = place.enclosing(node, ["struct_expression"])
    head = item_nodes.name_of(whole) if whole is not None else None
    return head is not None and span_of(node) in span_of(head)


def _result(place: Source, node: Node, word: bytes) -> bool:
    """Is it all that a function gives?"""
    function = place.fn_item_of(node) or place.enclosing(node, ["function_item"])
    result = item_nodes.return_type(function) if function is not None else None
    return result is not None and place.text(result) == word and span_of(node) in span_of(result)


def _require_only_makers(group: LockGroup, place: Source, impl: Node, shown: str) -> None:
    trait, body = item_nodes.trait_of(impl), statement_nodes.body_of(impl)
    at = group.places.place(place.path, impl.start_byte)
    if trait is not None and nodes.last_segment(place.text(trait)) != b"Default":
        word = place.quoted(span_of(trait))
        raise Refused(f"{at}: `{word}` of `{shown}` takes all of its fields at one moment")
    for item in body.named_children if body is not None else ():
        if item.type == "function_item" and item_nodes.self_parameter(item) is not None:
            named = item_nodes.name_of(item)
            word = place.quoted(span_of(named)) if named is not None else ""
            at = group.places.place(place.path, item.start_byte)
            raise Refused(f"{at}: `{shown}::{word}` takes it as a whole")


def values(group: LockGroup, source: Source, struct: Node, lock: bytes) -> Iterator[Edit]:
    """The lock around the value of each field, where the struct is made."""
    for place, node in group.places.calls.mentions(_name(source, struct)):
        whole, impl = (
            place.enclosing(node, ["struct_expression"]),
            place.enclosing(node, ["impl_item"]),
        )
        head = nodes.constructed(whole) if whole is not None else None
        header = item_nodes.type_of(impl) if impl is not None else None
        named = head is not None and span_of(node) in span_of(head)
        own = header is not None and span_of(node) in span_of(header)
        if not (named or own) or not _may_be(group, place, node, source, struct):
            continue
        if whole is not None and named:
            yield from _literal(group, place, whole, lock)
        for inner in walk_all(place, impl) if impl is not None and own else ():
            made = nodes.constructed(inner)
            if made is not None and place.text(made) == b"Self":
                yield from _literal(group, place, inner, lock)


def _literal(group: LockGroup, place: Source, literal: Node, lock: bytes) -> Iterator[Edit]:
    body = statement_nodes.body_of(literal)
    at = group.places.place(place.path, literal.start_byte)
    for each in body.named_children if body is not None else ():
        if each.type in COMMENTS:
            continue
        found = nodes.initialized(each)
        if each.type == "base_field_initializer" or found is None:
            if each.type != "shorthand_field_initializer":
                raise Refused(f"{at}: its other fields come from another value")
            field = place.text(each)
            text = field + b": " + lock + b"::new(" + field + b")"
            yield Edit(place.path, each.start_byte, each.end_byte, text)
        else:
            yield from wrapped(place, found[1], lock + b"::new(")
