"""May what is lent change, move or be borrowed mutably while it is?

What rustc would refuse (E0499, E0502, E0505, E0506), told beforehand from syntax; each wrong guess costs a
run of cargo. Types are the caller's: a method is known by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.control_flow import barriers
from engine.rust.format_macros import shown_by
from engine.rust.item_nodes import self_parameter
from engine.rust.known_calls import COPYING, consumes_receiver, is_reading_method
from engine.rust.nodes import access_of, borrowed, call_through, has_token, is_mut, operation_of
from engine.rust.places import Origins, Place, is_declared_reference
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import FUNCTIONS, Source, span_of, walk_all

_AROUND = frozenset(
    {"index_expression", "parenthesized_expression", "unary_expression", "try_expression"}
)
# Where a name that stands there is moved, or perhaps only copied.
_TAKING = frozenset({"arguments", "field_initializer", "return_expression", "let_declaration"})
_TAKING_PARTS = frozenset({"shorthand_field_initializer", "tuple_expression", "array_expression"})


def changed_during(
    source: Source,
    scopes: Scopes,
    place: Place,
    origins: Origins,
    during: Span,
    mutates: Callable[[bytes], bool],
    consumes: Callable[[bytes], bool] = lambda _: False,
    referring: bool = False,
    mutably: bool = False,
) -> int:
    """The line (from 1) within ``during`` at which something the place belongs to may change, be
    moved or be borrowed mutably, so that a reference to it may not live across; 0 when there is none.

    ``mutates`` tells whether a method of a name takes ``&mut self`` or ``self`` somewhere, ``consumes``
    whether it takes ``self`` where its receiver cannot be changed. ``referring``: the root is known to be
    a shared reference, which is copied where it is named; ``mutably``: one through which it may be changed.
    """

    def moves(method: bytes) -> bool:
        return consumes_receiver(method) or consumes(method)

    for use, fields, fixed in _uses(source, scopes, place, origins, during, referring, mutably):
        if _leaves(source, use, during):
            continue  # nothing is read behind it
        changed = _changes(source, use, fields, moves if fixed else mutates)
        if changed or _is_taken_along(source, scopes, use, during):
            return source.position(use.start_byte)[0]
    return 0


def _leaves(source: Source, use: Node, during: Span) -> bool:
    """Does the use stand in a ``return`` within ``during``, so that what is lent is not read after it?"""
    for ancestor in source.ancestors(use):
        if ancestor.type in FUNCTIONS or span_of(ancestor) not in during:
            return False
        if ancestor.type == "return_expression":
            return True
    return False


def _is_taken_along(source: Source, scopes: Scopes, use: Node, during: Span) -> bool:
    """Does a ``move`` closure or an ``async move`` block within ``during`` capture the value? (A reference
    it copies.)"""
    binding = scopes.resolve(source.text(use), use.start_byte)
    if binding is None or is_declared_reference(source, binding):
        return False
    return any(
        has_token(barrier, "move") and span_of(barrier) in during
        for barrier in barriers(source, use, binding.decl)
    )


def _uses(
    source: Source,
    scopes: Scopes,
    place: Place,
    origins: Origins,
    during: Span,
    referring: bool,
    mutably: bool,
) -> Iterator[tuple[Node, Sequence[bytes], bool]]:
    """Uses of the place's root and of the names that it came from, with the fields that matter and
    whether the root cannot be changed where it stands."""
    roots: dict[Span, tuple[Node, Binding, Sequence[bytes]]] = {}
    for node in (*(() if referring else (place.root,)), *origins.nodes):
        binding = scopes.resolve(source.text(node), node.start_byte)
        if binding is not None:
            roots.setdefault(
                binding.decl, (node, binding, place.fields if node == place.root else ())
            )
    for node, binding, fields in roots.values():
        fixed = not binding.mutable and b"mut" not in source.slice(binding.statement)
        fixed = fixed and not (mutably and node == place.root)
        for use in scopes.uses(binding):
            if use.span in during and not use.capture:
                yield source.innermost(use.span), fields, fixed
    if (place.root.type == "self" and not referring) or origins.of_self:
        declared = self_parameter(scopes.function)
        fixed = declared is not None and b"mut" not in source.text(declared)
        for node in walk_all(source, scopes.function):
            if node.type == "self" and span_of(node) in during:
                yield node, place.fields if place.root.type == "self" else (), fixed


def _changes(
    source: Source, node: Node, fields: Sequence[bytes], mutates: Callable[[bytes], bool]
) -> bool:
    """Does this use of a root change, move or mutably borrow what lies at ``fields``?"""
    depth = 0
    up = source.parent(node)
    while up is not None:
        access = access_of(up)
        if access is not None and access.base == node:
            name = source.text(access.name)
            if call_through(up) is not None:
                return not (is_reading_method(name) or name in COPYING) and mutates(name)
            if depth < len(fields) and fields[depth] != name:
                return False  # another field
            depth += 1
        elif up.type not in _AROUND:
            break
        node, up = up, source.parent(up)
    if up is None:
        return False
    if borrowed(up) is not None:
        return is_mut(up)
    operation = operation_of(source, up)
    if operation is not None and up.type != "binary_expression":
        return operation.left == node
    # Perhaps only copied, but then nothing is lost by asking for no borrow.
    return up.type in _TAKING or (up.type in _TAKING_PARTS and shown_by(source, node) is None)
