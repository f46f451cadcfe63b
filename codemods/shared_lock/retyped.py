"""Edits of the places that hold a group's locks, and of what makes them."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.shared_lock.group import LockGroup
from engine.base.model import Edit, Span
from engine.rust import item_nodes, nodes
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import Constructor
from engine.rust.syntax import Source, span_of

_GIVEN = frozenset({b"new", b"from", b"const_new"})


def heads(group: LockGroup, written: bytes) -> Iterator[Edit]:
    """``written`` (``RwLock``, with its module) in the place of the lock's name, wherever that stands."""
    for decl in group.group.declarations:
        source = group.places.source(decl.path)
        for span in decl.types:
            yield _head(group, source, _type(group, source, span), written)
    for new in group.group.constructors:
        source = group.places.source(new.file)
        if new.turbofish:
            yield _head(group, source, _type(group, source, new.path), written)
        else:
            yield Edit(new.file, new.named.start, new.named.end, written)


def _head(group: LockGroup, source: Source, type_: Node, written: bytes) -> Edit:
    head = nodes.generic_head(type_)
    if source.comments_in(span_of(head)):
        place = group.places.place(source.path, head.start_byte)
        raise Refused(f"{place}: a comment stands inside what would be replaced")
    return Edit(source.path, head.start_byte, head.end_byte, written)


def _type(group: LockGroup, source: Source, span: Span) -> Node:
    node = source.node_at(span)
    if node is None or node.type != "generic_type":
        raise Refused(f"{group.places.place(source.path, span.start)}: the type is not understood")
    return node


def around_inner(group: LockGroup, before: bytes, after: bytes) -> Iterator[Edit]:
    """``before`` and ``after`` around what stands behind the lock, in each declaration."""
    for decl in group.group.declarations:
        source = group.places.source(decl.path)
        for span in decl.types:
            given = item_nodes.type_arguments(_type(group, source, span))
            if not given:
                place = group.places.place(decl.path, span.start)
                raise Refused(f"{place}: the type is not understood")
            yield Edit(decl.path, given[-1].start_byte, given[-1].start_byte, before)
            yield Edit(decl.path, given[-1].end_byte, given[-1].end_byte, after)


def given_values(group: LockGroup) -> Iterator[tuple[Constructor, Node]]:
    """The values that the locks are made of; of ``default()`` none. Raises Refused where a lock is made in
    another way, or where no ``Arc`` can be made."""
    for new in group.group.constructors:
        source = group.places.source(new.file)
        node, place = source.node_at(new.whole), group.places.place(new.file, new.whole.start)
        callee = nodes.callee_of(node) if node is not None else None
        path = nodes.path_of(callee) if callee is not None else None
        if node is None or new.turbofish or path is None or b"<" in source.slice(new.path):
            raise Refused(f"{place}: how the lock is made is not understood")
        made, given = source.text(path[1]), nodes.arguments_of(node)
        if made == b"default" and not given:
            continue
        if made not in _GIVEN or len(given) != 1:
            raise Refused(f"{place}: how the lock is made is not understood")
        if is_constant(source, node):
            raise Refused(f"{place}: it is made in a constant, where no `Arc` can be made")
        yield new, given[0]


def is_constant(source: Source, node: Node) -> bool:
    """Is the expression evaluated when the program is compiled, or may it be?"""
    function = source.function_of(node)
    return function is None or item_nodes.is_const(function)


def wrapped(source: Source, node: Node, before: bytes, after: bytes = b")") -> Iterator[Edit]:
    """``before`` and ``after`` around an expression."""
    yield Edit(source.path, node.start_byte, node.start_byte, before)
    yield Edit(source.path, node.end_byte, node.end_byte, after)


def renamed(source: Source, call: Node, method: bytes) -> Edit:
    """Another method in a call."""
    word = nodes.callee_name(call)
    assert word is not None  # of a lock call it was found by
    return Edit(source.path, word.start_byte, word.end_byte, method)
