"""What the compiler can be asked about an expression where it stands, and where else it has to be asked.

A name that a pattern binds is not known where it stands, but in what follows: behind the ``let``, or at the
beginning of the body, arm or closure that sees it. A copy of an expression beside it may have another type
than the expression has: where what surrounds it decides.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.nodes import call_through, callee_of
from engine.rust.queries import walk
from engine.rust.scopes import Binding, scopes_of
from engine.rust.statement_nodes import arm_of
from engine.rust.syntax import Source, span_of

_SUFFIX = re.compile(rb"[iuf](8|16|32|64|128|size)$")
_HEX_SUFFIX = re.compile(rb"[iu](8|16|32|64|128|size)$")
# Names of what is no value by itself.
_NAMES = ("field_identifier", "type_identifier", "shorthand_field_identifier", "label", "lifetime")


class NamePlace(NamedTuple):
    """Where the name is known: ``before`` what stands at ``at``, or all over ``around``, which is to become
    a block. ``declared`` is what it is declared by."""

    at: int
    wrap: bool
    around: Span
    declared: Node


def name_place(source: Source, node: Node) -> NamePlace | None:
    """Where the name that ``node`` declares is known; None where it declares none."""
    if node.type == "field_pattern" and len(node.named_children) == 1:  # `Pair { left, .. }`
        node = node.named_children[0]
    if node.type not in ("identifier", "shorthand_field_identifier"):
        return None
    function = source.enclosing(node, ("function_item",))
    binding = scopes_of(source, function).binding_at(node) if function is not None else None
    declared = source.node_at(binding.statement) if binding is not None else None
    if binding is None or declared is None or binding.decl != span_of(node):
        return None
    if binding.kind == "let":
        return NamePlace(binding.scope.start, False, binding.statement, declared)
    body = _body(source, binding, declared)
    if body is None:
        return None
    if body.type == "block":
        at = body.start_byte + 1
        return NamePlace(at, False, Span(at, at), declared)
    return NamePlace(body.start_byte, True, span_of(body), declared)


def _body(source: Source, binding: Binding, declared: Node) -> Node | None:
    """What sees the name."""
    if arm := arm_of(declared):
        return arm.value
    if binding.kind in ("if-let", "while-let"):  # the scope begins within the condition
        last = source.innermost(Span(binding.scope.end - 1, binding.scope.end))
        return last if last.type == "block" else None
    return source.node_at(binding.scope)


def declares(source: Source, span: Span) -> bool:
    """Is it a name where a pattern binds it? No probe can stand there."""
    node = source.node_at(span)
    return node is not None and name_place(source, node) is not None


def is_expression(source: Source, node: Node) -> bool:
    """Is it one, and no part of a path, no field's name and no pattern? (Words in a macro call that does
    not hold expressions may be.)"""
    parent = node.parent
    if node.type in _NAMES or parent is None:
        return node.type not in _NAMES
    if parent.type == "token_tree":  # where its tree is read again, that has no expression here
        return source.innermost(span_of(node)) == node
    if parent.type == "match_pattern":
        return parent.child_by_field_name("condition") == node
    if parent.type in ("scoped_identifier", "scoped_type_identifier"):
        return False
    return not parent.type.endswith("_pattern") and parent.child_by_field_name("pattern") != node


def has_free_literal(source: Source, span: Span) -> bool:
    """Is there a number without a suffix in it (or a macro call, which may hide one)? Its type is
    what its surroundings make of it, ``i32`` or ``f64`` when they make nothing."""
    node = source.node_at(span)
    if node is None:
        return False
    for inner in walk(node):
        if inner.type == "macro_invocation":
            return True
        if inner.type in ("integer_literal", "float_literal"):
            text = source.text(inner)
            if not (_HEX_SUFFIX if text.startswith(b"0x") else _SUFFIX).search(text):
                return True
    return False


def is_open(source: Source, span: Span) -> bool:
    """May a copy of it have another type than it has where it stands? A number without a type in a call,
    a generic function, ``None``, the value of a ``let`` with a type: what surrounds them decides."""
    node = source.node_at(span)
    if node is None:
        return False
    parent = source.parent(node)
    if parent is not None and parent.type == "let_declaration":
        if parent.child_by_field_name("value") != node:
            return False
        if parent.child_by_field_name("type") is not None:
            return True
    if node.type == "call_expression":
        return has_free_literal(source, span)
    if node.type in ("identifier", "scoped_identifier"):
        call = call_through(node)
        is_called = call is not None and callee_of(call) == node
        return is_called or source.text(node) == b"None"
    return False
