"""A guard and its one use on one line: ``m.lock().await.get(k).cloned()``."""

from __future__ import annotations

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.drop_scopes import binds_by_reference
from engine.rust.nodes import callee_of, operation_of
from engine.rust.statement_nodes import condition_of, let_of
from engine.rust.syntax import Source, span_of

POSTFIX = frozenset({"call_expression", "await_expression", "try_expression", "identifier"})


def statement_value(statement: Node) -> Node | None:
    """The expression that the statement is about: a ``let``'s value, or the expression itself."""
    let = let_of(statement)
    if let is not None:
        return let.value if not binds_by_reference(let.pattern) else None
    if statement.type != "expression_statement":
        return None
    value = statement.named_children[0]
    if value.type != "if_expression":
        return value
    condition = condition_of(value)  # its temporaries end before the branches
    while condition is not None and condition.type in (
        "unary_expression",
        "parenthesized_expression",
    ):
        if condition.type == "unary_expression" and condition.children[0].type != "!":
            return condition
        condition = condition.named_children[0]
    return condition


def is_chain(node: Node) -> bool:
    """Is it a call, a field, an element or a name, so that a method can be called behind it?"""
    return node.type in POSTFIX or node.type in ("field_expression", "index_expression")


def hangs_on(source: Source, node: Node, use: Span) -> bool:
    """Is ``node`` one chain of calls and fields that starts with the guard (``*g`` too)?"""
    current: Node | None = node
    while current is not None:
        if span_of(current) == use:
            return True
        if current.type == "call_expression":
            current = callee_of(current)
            if current is not None and current.type != "field_expression":
                return False
        elif (operation := operation_of(source, current)) is not None:
            if current.type != "binary_expression" and operation.right.type not in _LITERALS:
                return False  # the right side would be evaluated before the lock is taken
            current = operation.left
        elif current.type in ("field_expression", "await_expression", "try_expression") or (
            current.type in ("unary_expression", "index_expression", "type_cast_expression")
        ):
            if current.type == "unary_expression" and current.children[0].type != "*":
                return False
            current = current.named_children[0]
        else:
            return False
    return False


_LITERALS = frozenset(
    {"integer_literal", "boolean_literal", "float_literal", "string_literal", "char_literal"}
    | {"identifier"}
)


def with_lock(source: Source, span: Span, use: Span, lock: bytes) -> bytes:
    """The text of ``span`` with what takes the ``lock`` in the place of the guard's ``use``."""
    return source.data[span.start : use.start] + lock + source.data[use.end : span.end]
