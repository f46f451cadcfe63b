"""Where a name may be asked about that a pattern binds: it is not known where it stands, but in what follows.

That is behind the ``let``, or at the beginning of the body, arm or closure that sees it.
"""

from __future__ import annotations

from typing import NamedTuple

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.scopes import Binding, scopes_of
from engine.rust.statement_nodes import arm_of
from engine.rust.syntax import Source, span_of


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
