"""May two expressions that are evaluated one after the other be evaluated in the other order, and
nobody notice?

Told by syntax: what one of them assigns to, lends as ``&mut`` or may change by a call whose function is
not known to only compute, against the names that the other reads. Where one may panic, the other must do
nothing: it would be done, or not, in the other order. Not counted: which of two panics is the one that
happens, and what an overloaded operator, index or deref does.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from engine.rust import known_calls
from engine.rust.codegen import identifiers
from engine.rust.effects import COMPOSED, effects, is_pure, parts_of
from engine.rust.item_nodes import self_parameter
from engine.rust.nodes import (
    access_of,
    borrowed,
    call_of,
    dereferenced,
    has_token,
    indexed,
    is_mut,
    macro_name,
    method_call,
    named_children,
    operation_of,
)
from engine.rust.syntax import Source

_READING = COMPOSED | {"index_expression", "binary_expression", "range_expression"}
# Of collections, with the number of arguments. (`Cell::get` has none.)
_LOOKING = frozenset({(b"get", 1), (b"first", 0), (b"last", 0), (b"iter", 0)})
_OVERFLOWING = frozenset({b"+", b"-", b"*", b"/", b"%", b"<<", b">>"})
_STOPPING = frozenset({b"unwrap", b"expect", b"unwrap_err", b"borrow", b"borrow_mut"})
_NAMES = frozenset({"identifier", "self"})
_PLACES = frozenset({"identifier", "self", "field_expression", "index_expression"})


def only_reads(source: Source, node: Node) -> bool:
    """Does evaluating ``node`` change nothing, wait for nothing and leave nowhere (it may panic)?"""
    if node.type in _READING:
        return all(only_reads(source, part) for part in named_children(node))
    method = method_call(source, node)
    if method is not None and (
        known_calls.is_inert_method(method.method)
        or (method.method, len(method.arguments)) in _LOOKING
    ):
        return all(only_reads(source, part) for part in (method.receiver, *method.arguments))
    return is_pure(source, node)


def exchangeable(source: Source, first: Node, second: Node) -> bool:
    """May ``first`` and ``second`` be evaluated in the other order without anybody noticing?"""
    if _cut_off(source, first, second) or _cut_off(source, second, first):
        return False
    reads = _reads(source, first), _reads(source, second)
    if all(reads):
        return True
    if not any(reads):
        return not any(_acts(source, node) for node in (first, second)) and _apart(
            source, first, second
        )
    reader, other = (first, second) if reads[0] else (second, first)
    return _keeps(source, other, reader)


def _reads(source: Source, node: Node) -> bool:
    """As ``only_reads``, through branches and blocks that assign nothing."""
    return only_reads(source, node) or not (
        _acts(source, node) or _written(source, node) or _handed(source, node)
    )


def _acts(source: Source, node: Node) -> bool:
    """May it do something that is seen outside of it, or leave?"""
    return _leaves(source, node) or next(effects(source, node), None) is not None


def _leaves(source: Source, node: Node) -> bool:
    """May it return, or leave a loop?"""
    leaving = {"try_expression", "return_expression", "break_expression", "continue_expression"}
    return any(inner.type in leaving for inner in _inside(source, node))


def _cut_off(source: Source, node: Node, other: Node) -> bool:
    """Would a panic in ``other`` keep ``node`` from doing what it does? (That a lock is taken and given
    back again is nothing done.)"""
    if not _may_stop(source, other):
        return False
    done = any(effect.what != "lock" for effect in effects(source, node))
    return done or _leaves(source, node) or bool(_written(source, node))


def _may_stop(source: Source, node: Node) -> bool:
    """Is an element looked up, a ``*`` followed or something called that may panic? (Arithmetic that
    overflows is not counted.)"""
    for inner in _inside(source, node):
        if indexed(inner) is not None or dereferenced(inner) is not None:
            return True
        method = method_call(source, inner)
        if method is not None:
            inert = known_calls.is_inert_method(method.method)
            if not inert or method.method in _STOPPING:
                return True
        elif call_of(inner) is not None:
            if not known_calls.is_maker(source, inner):
                return True
        elif inner.type == "macro_invocation":
            return True
    return False


def may_panic(source: Source, node: Node) -> Node | None:
    """The first part of ``node`` that may panic, arithmetic that overflows or divides by zero included
    (what a closure does when it is called, too; what is only shown by a format string is not)."""
    for inner in _inside(source, node):
        operation = operation_of(source, inner)
        if operation is not None and operation.operator.removesuffix(b"=") in _OVERFLOWING:
            return inner
        method = method_call(source, inner)
        called = call_of(inner) is not None and not known_calls.is_maker(source, inner)
        if method is not None:
            called = not known_calls.is_pure_method(method.method)
        elif inner.type == "macro_invocation":
            called = not known_calls.is_pure_macro(macro_name(source, inner))
        if called or indexed(inner) is not None or _is_minus(inner):
            return inner
    return None


def _is_minus(node: Node) -> bool:
    """Is it ``-x``, of something that is no literal?"""
    if node.type != "unary_expression" or not has_token(node, "-"):
        return False
    return not any(part.type.endswith("_literal") for part in named_children(node))


def _apart(source: Source, first: Node, second: Node) -> bool:
    return _keeps(source, first, second) and _keeps(source, second, first)


def _keeps(source: Source, node: Node, reader: Node) -> bool:
    """Does ``node`` change nothing that ``reader`` reads?"""
    inside = list(_inside(source, reader))
    read = {source.text(n) for n in inside if n.type in _NAMES}
    if read & _written(source, node):
        return False
    if _is_shallow(reader):
        return True  # its name can only be changed by an assignment or through `&mut`
    if any(n.type in ("call_expression", "macro_invocation") for n in inside):
        # What it asks may be shared with the other, behind a name of another function.
        return not _acts(source, node)
    return not read & _handed(source, node)


def _is_shallow(node: Node) -> bool:
    """A literal, a name, or a field of one."""
    access = access_of(node)
    base = access.base if access is not None else node
    return not named_children(base)


def _inside(source: Source, node: Node) -> Iterator[Node]:
    """``node`` and all nodes below it, those of macro arguments included."""
    yield node
    for part in parts_of(source, node):
        yield from _inside(source, part)


def _written(source: Source, node: Node) -> frozenset[bytes]:
    """Names of the places that ``node`` assigns to or lends as ``&mut``."""
    found: set[bytes] = set()
    for inner in _inside(source, node):
        operation = operation_of(source, inner)
        if operation is not None and inner.type != "binary_expression":
            found |= _named(source, operation.left)
        place = borrowed(inner) if is_mut(inner) else None
        if place is not None:
            found |= _named(source, place)
    return frozenset(found)


def _named(source: Source, place: Node) -> set[bytes]:
    """The name that ``place`` starts with."""
    return {source.text(n) for n in _inside(source, _start(source, place)) if n.type in _NAMES}


def _start(source: Source, place: Node) -> Node:
    while True:
        access, element, method = access_of(place), indexed(place), method_call(source, place)
        if method is not None:
            place = method.receiver
        elif access is not None:
            place = access.base
        elif element is not None:
            place = element[0]
        else:
            return place


def _handed(source: Source, node: Node) -> frozenset[bytes]:
    """Names of places that ``node`` hands to a function that is not known to only compute: it may hold
    a ``&mut``. (``self`` of a method that takes ``&self`` is none.)"""
    found: set[bytes] = set()
    for inner in _inside(source, node):
        if inner.type == "macro_invocation" and not known_calls.is_inert_macro(
            macro_name(source, inner)
        ):
            found |= identifiers(source.text(inner))
        call, method = call_of(inner), method_call(source, inner)
        if call is None:
            continue
        if method is not None:
            if known_calls.is_inert_method(method.method):
                continue
            found |= _named(source, method.receiver)
        elif known_calls.is_maker(source, inner):
            continue
        for given in call.arguments:
            if given.type in _PLACES:
                found |= _named(source, given)
    function = source.fn_item_of(node)
    declared = self_parameter(function) if function is not None else None
    if declared is not None and b"".join(source.text(declared).split()) == b"&self":
        found.discard(b"self")
    return frozenset(found)
