"""One step of a value: what the code right around an expression does with it, and which expressions
its value is made of. By syntax alone, through macro arguments; no name is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tree_sitter import Node

from engine.rust.effects import parts_of
from engine.rust.nodes import indexed, method_on, named_children, operation_of
from engine.rust.statement_nodes import (
    arms_of,
    body_of,
    branches_of,
    condition_of,
    let_of,
    scrutinee_of,
    statements_of,
)
from engine.rust.syntax import LOOPS, Source

Way = Literal[
    "value",  # it is the value of ``node``, or a part of it, or ``node`` is computed from it alone
    "operand",  # of the binary operation ``node``
    "condition",  # of an ``if``, ``while``, arm or ``let`` chain
    "scrutinee",  # of a ``match``, ``for``, ``if let``, ``while let``
    "tried",  # ``x?``
    "let",  # ``node`` is the ``let`` that names it
    "assigned",  # to the place ``node``
    "initializes",  # a field: ``node`` is the initializer
    "item",  # it is the value of a static or constant
    "argument",  # of the call ``node``
    "receiver",  # of the method call ``node``
    "callee",  # of the call ``node``
    "member",  # ``node`` is one of its fields
    "element",  # ``node`` is one of its elements
    "index",  # it picks the element ``node``
    "length",  # it tells how many elements the array ``node`` has: ``[0; n]``
    "returned",  # from the function ``node``
    "macro",  # it is an argument of the macro call ``node``
    "dropped",  # at a ``;``, or it is the place that is written to
    "unknown",
]

_WRAPPING = frozenset(
    {"unary_expression", "type_cast_expression", "parenthesized_expression", "tuple_expression"}
    | {"array_expression", "reference_expression", "await_expression", "range_expression"}
    | {"closure_expression", "const_block", "unsafe_block", "async_block", "else_clause"}
    | {"source_file", "generic_function", "try_block", "gen_block", "match_block"}
)


class Step(NamedTuple):
    """Where the value goes: ``way`` says what ``node`` is."""

    way: Way
    node: Node


def next_step(source: Source, node: Node) -> Step | None:
    """What becomes of the value of ``node``; None at the end of what can be seen."""
    up = source.parent(node)
    if up is None:
        return None
    if up.type == "array_expression" and up.child_by_field_name("length") == node:
        return Step("length", up)
    if up.type in _WRAPPING or _is_whole_argument(up):
        return Step("value", up)
    if (operation := operation_of(source, up)) is not None:
        if up.type == "binary_expression":
            return Step("operand", up)
        if operation.left == node:
            return Step("dropped", up)
        return Step("assigned", operation.left)
    if (let := let_of(up)) is not None and let.value == node:
        return Step("let" if up.type == "let_declaration" else "scrutinee", up)
    if scrutinee_of(up) == node:
        return Step("scrutinee", up)
    if condition_of(up) == node:
        return Step("condition", up)
    return _into(source, node, up)


def _is_whole_argument(node: Node) -> bool:
    """``(a)`` of a macro call, to which the grammar finds a ``;`` missing and takes it for an error."""
    up = node.parent
    top = up is None or up.parent is None
    return node.is_error and top and len(node.children) == 1


def _into(source: Source, node: Node, up: Node) -> Step:
    match up.type:
        case "if_expression" | "match_expression":
            return Step("value", up)
        case "match_arm" | "last_match_arm":
            return Step("value", up)
        case "match_pattern" | "let_chain":
            return Step("condition", up)
        case "try_expression":
            return Step("tried", up)
        case "expression_statement":
            return Step("dropped" if source.text(up).endswith(b";") else "value", up)
        case "block":
            rest = statements_of(up)
            tail = bool(rest) and rest[-1] == node and node.type != "let_declaration"
            return Step("value" if tail else "dropped", up)
        case "function_item":
            return Step("returned", up)
        case "return_expression":
            function = source.function_of(up)
            if function is None:
                return Step("unknown", up)
            return Step("returned" if function.type == "function_item" else "value", function)
        case "break_expression":
            loop = source.enclosing(up, ["loop_expression"])
            return Step("value", loop) if loop is not None else Step("dropped", up)
        case "index_expression":
            found = indexed(up)
            return Step("element" if found is not None and found[0] == node else "index", up)
        case "arguments" if up.parent is not None:
            return Step("argument", up.parent)
        case "call_expression":
            return Step("callee", up)
        case "field_expression":
            called = method_on(source, node)
            return Step("receiver", called[1]) if called is not None else Step("member", up)
        case "field_initializer" | "shorthand_field_initializer":
            return Step("initializes", up)
        case "static_item" | "const_item":
            return Step("item", up)
        case "macro_invocation":
            return Step("macro", up)
        case kind if kind in LOOPS or kind == "let_declaration":  # its `else`
            return Step("dropped", up)
        case _:
            return Step("unknown", up)


_INSIDE = frozenset(
    {"parenthesized_expression", "reference_expression", "try_expression", "await_expression"}
    | {"array_expression", "tuple_expression", "unary_expression", "else_clause"}
    | {"expression_statement", "source_file"}
)


def values_in(source: Source, node: Node) -> Iterator[Node] | None:
    """The expressions that the value of ``node`` is, holds or is computed from alone, one level
    inwards; None for what ends the way: a name, a field, a call, a literal."""
    match node.type:
        case "type_cast_expression":
            return iter(node.named_children[:1])
        case "index_expression":
            found = indexed(node)
            return iter((found[0],) if found is not None else ())
        case "closure_expression" | "const_block" | "unsafe_block" | "async_block":
            body = body_of(node)
            return iter((body,) if body is not None else ())
        case "block":
            return iter(statements_of(node)[-1:])
        case "if_expression":
            branches = branches_of(node)
            both = (branches.consequence, branches.alternative) if branches is not None else ()
            return (branch for branch in both if branch is not None)
        case "match_expression":
            return (arm.value for arm in arms_of(node))
        case "macro_invocation":
            return iter(parts_of(source, node))
        case kind if kind in _INSIDE or _is_whole_argument(node):
            return iter(named_children(node))
        case _:
            return None
