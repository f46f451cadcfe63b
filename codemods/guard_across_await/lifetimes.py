"""How long a temporary lives, and where an expression's value goes (the Rust reference's
"Destructors": drop scopes, temporary scopes, extended temporaries)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS, Source, attributes, span_of

_LAZY = frozenset({"&&", "||"})
_BODIES = frozenset({"function_item", "closure_expression", "async_block"})


@dataclass(frozen=True, slots=True)
class Life:
    """Where a temporary lives: until ``span`` ends; ``node`` is the code to look through."""

    node: Node
    span: Span


def temporary_life(source: Source, node: Node, edition: int) -> Life | None:
    """The life of a temporary that ``node`` makes; None inside a macro's arguments, where the
    macro decides."""
    child = node
    while True:
        parent = child.parent
        if parent is None or parent.parent is None:
            return None
        kind = parent.type
        if kind == "expression_statement":
            if parent.parent.parent is None:
                return None
            if not is_tail(source, parent):
                return Life(parent, span_of(parent))
        elif kind == "let_declaration":
            bound = parent.child_by_field_name("alternative")
            return (
                Life(child, span_of(child)) if bound is not None else Life(parent, span_of(parent))
            )
        elif kind == "block":
            if _ends_here(parent, edition):
                return Life(parent, span_of(parent))
        elif kind in ("match_arm", "match_pattern", "closure_expression"):
            return Life(child, span_of(child))
        elif kind == "binary_expression":
            operator = parent.child_by_field_name("operator")
            if operator is not None and operator.type in _LAZY:
                return Life(child, span_of(child))
        elif kind in ("if_expression", "while_expression"):
            found = _condition(parent, child, edition)
            if found is not None:
                return found
        elif kind in ("static_item", "const_item", "field_declaration", "enum_variant"):
            return None
        child = parent


def _condition(holder: Node, child: Node, edition: int) -> Life | None:
    """The end of a temporary of an ``if``'s or ``while``'s condition; None when it outlives it."""
    if child.type not in ("let_condition", "let_chain"):
        return Life(child, span_of(child))
    if holder.type == "while_expression":
        return Life(holder, span_of(holder))
    body = holder.child_by_field_name("consequence")
    if edition >= 2024 and body is not None:
        return Life(holder, Span(holder.start_byte, body.end_byte))
    return None


def _ends_here(block: Node, edition: int) -> bool:
    """Do the temporaries of the block's tail expression end with the block?"""
    if edition >= 2024:
        return True
    holder = block.parent
    if holder is None:
        return True
    if holder.type in _BODIES or holder.type in ("else_clause", "const_block", "gen_block"):
        return True
    if holder.type == "if_expression":
        return True
    if holder.type in ("while_expression", "loop_expression"):
        return True
    if holder.type == "for_expression":
        return holder.child_by_field_name("body") == block
    return False


def is_tail(source: Source, statement: Node) -> bool:
    """Is this the block's tail expression? (An ``if``, ``match`` or loop at the end of a block is
    one, although the grammar calls it a statement.)"""
    block = statement.parent
    if block is None or block.type != "block" or source.text(statement).endswith(b";"):
        return False
    if statement.type == "let_declaration":
        return False
    last = next((c for c in reversed(block.named_children) if c.type not in COMMENTS), None)
    return last == statement


def unwrapped(node: Node) -> tuple[Node, Node | None]:
    """``node`` and its parent, without parentheses around it."""
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        node, parent = parent, parent.parent
    return node, parent


def is_place(node: Node) -> bool:
    """Is the value of ``node`` only looked into (``x.f()``, ``x.a``, ``*x``, ``&x``, ``x[0]``), so
    that it stays a temporary, or is it moved?"""
    child, parent = unwrapped(node)
    if parent is None:
        return False
    if parent.type == "field_expression":
        return parent.child_by_field_name("value") == child
    if parent.type == "unary_expression":
        return parent.children[0].type == "*"
    if parent.type == "index_expression":
        return parent.named_children[0] == child
    return parent.type == "reference_expression"


def extending_let(node: Node) -> Node | None:
    """The ``let`` to whose block the temporary is extended: ``let x = &m.lock().unwrap().field;``.

    Fields, dereferences and indexing pass it on to the borrow (or to a ``ref`` in the pattern); a
    method call does not.
    """
    child, parent = unwrapped(node)
    while parent is not None and parent.type in _PLACES and is_place(child):
        if is_callee(parent):
            return None
        child, parent = unwrapped(parent)
    borrowed = parent is not None and parent.type == "reference_expression"
    while parent is not None and borrowed and parent.type in _EXTENDING:
        child, parent = unwrapped(parent)
    if parent is None or parent.type != "let_declaration":
        return None
    if parent.child_by_field_name("value") != child:
        return None
    pattern = parent.child_by_field_name("pattern")
    by_ref = pattern is not None and binds_by_reference(pattern)
    return parent if borrowed or by_ref else None


def binds_by_reference(pattern: Node) -> bool:
    """Does the pattern say ``ref``?"""
    return any(child.type == "ref" for node in walk(pattern) for child in node.children)


_PLACES = frozenset({"field_expression", "unary_expression", "index_expression"})
_ALLOWED = re.compile(rb"\b(?:allow|expect)\b.*await_holding_(?:lock|refcell_ref)", re.DOTALL)


def allowed(source: Source, node: Node) -> Node | None:
    """The attribute by which the code says that it holds a lock across an await on purpose."""
    if b"await_holding_" not in source.data:
        return None
    for place in (node, *source.ancestors(node)):
        found = list(attributes(place))
        found += [c for c in place.named_children if c.type == "inner_attribute_item"]
        body = place.child_by_field_name("body")
        if body is not None:
            found += [c for c in body.named_children if c.type == "inner_attribute_item"]
        for attribute in found:
            if _ALLOWED.search(source.text(attribute)):
                return attribute
    return None


_EXTENDING = frozenset({"tuple_expression", "array_expression", "type_cast_expression"}) | {
    "reference_expression",
    "field_initializer",
    "field_initializer_list",
    "struct_expression",
}


def is_callee(field: Node) -> bool:
    """Is this the ``x.method`` of a call?"""
    parent = field.parent
    return (
        parent is not None
        and parent.type == "call_expression"
        and parent.child_by_field_name("function") == field
    )
