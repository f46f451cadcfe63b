"""Which operands are evaluated while a temporary's guard is held: ``m.lock().unwrap().push(HERE)``.

A temporary lives to the end of its statement mostly, or of a condition, an arm, a lazy operand
(:mod:`engine.rust.drop_scopes`): what stands behind it up to there, and is evaluated after it, runs under
the lock. Not given: what runs in the body of an ``if let`` or a ``match`` on it, nor in closures.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.drop_scopes import extending_let, temporary_scope
from engine.rust.nodes import (
    access_of,
    borrowed,
    call_of,
    constructed,
    indexed,
    is_mut,
    named_children,
    operation_of,
)
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, span_of

_LISTS = frozenset({"arguments", "tuple_expression", "array_expression", "field_initializer_list"})


def held_operands(
    source: Source, guard: Node, is_primitive: Callable[[Node], bool] = lambda _: False
) -> Iterator[Node]:
    """Operands that are evaluated after the temporary ``guard`` was made and before it is dropped, in their
    order. ``is_primitive``: is the place that ``+=`` changes a number or ``bool``, whose right side then
    comes first?"""
    scope = temporary_scope(source, guard)
    extended = extending_let(source, guard)
    limit = span_of(extended) if extended is not None else scope.span if scope is not None else None
    if limit is None:
        return
    child, parent = guard, guard.parent
    while parent is not None and child.end_byte <= limit.end and child.start_byte >= limit.start:
        call, operation, parts = call_of(parent), operation_of(source, parent), indexed(parent)
        found: list[Node] = []
        if parent.type in _LISTS:
            found = [c for c in named_children(parent) if c.start_byte >= child.end_byte]
        elif call is not None and child == call.whole_callee:
            found = list(call.arguments)
        elif parts is not None and child == parts[0]:
            found = [parts[1]]
        elif operation is not None and child == operation.left and operation.operator != b"=":
            compound = parent.type == "compound_assignment_expr"
            found = [] if compound and is_primitive(operation.left) else [operation.right]
        yield from (part for part in found if span_of(part) in limit)
        if parent.type in ("block", "match_arm", "closure_expression", "let_condition"):
            return
        if body_of(parent) is not None and constructed(parent) is None:
            return
        child, parent = parent, parent.parent


def parts_in_order(node: Node) -> list[Node]:
    """The parts of an operand that are evaluated one after the other whenever it is: elements, fields,
    arguments behind a receiver, what is lent or converted. () for what has none or may leave some out."""
    call, access, parts = call_of(node), access_of(node), indexed(node)
    if call is not None:
        inner = access_of(call.callee)
        return [*([inner.base] if inner is not None else []), *call.arguments]
    if access is not None:
        return [access.base]
    if parts is not None:
        return list(parts)
    if (lent := borrowed(node)) is not None:
        return [] if is_mut(node) else [lent]
    if node.type == "struct_expression":
        body = body_of(node)
        return parts_in_order(body) if body is not None else []
    if node.type in ("field_initializer", "base_field_initializer"):
        return named_children(node)[-1:]
    if node.type in _LISTS or node.type in ("parenthesized_expression", "try_expression"):
        return named_children(node)
    if node.type == "unary_expression" or node.type == "type_cast_expression":
        return named_children(node)[:1]
    return []


def apart_from(source: Source, node: Node, uses: Collection[Span]) -> Iterator[Node]:
    """The largest parts of the expression ``node`` that are evaluated whenever it is and hold none of
    ``uses``, in the order of the text."""
    if not any(use in span_of(node) for use in uses):
        yield node
        return
    operation = operation_of(source, node)
    if operation is not None and operation.operator not in (b"&&", b"||"):
        parts = [operation.left, operation.right]
    else:
        parts = parts_in_order(node)
    for part in parts:
        yield from apart_from(source, part, uses)
