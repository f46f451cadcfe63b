"""What moves a value: does the place where a name stands take its value, and on every path?

By syntax alone: a ``Copy`` type's value is not moved by any of this, and a method of the
workspace that takes ``self`` is not known by its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.control_flow import always_evaluated
from engine.rust.known_calls import consumes_receiver
from engine.rust.nodes import (
    access_of,
    dereferenced,
    has_token,
    is_callee,
    macro_name,
    named_children,
    operation_of,
    unwrapped,
)
from engine.rust.scopes import pattern_names
from engine.rust.statement_nodes import arm_of, arms_of, body_of, let_of, scrutinee_of
from engine.rust.syntax import FUNCTIONS, Source

Moved = Literal["always", "sometimes", "never"]

_TAKING = frozenset(
    {"arguments", "field_initializer", "shorthand_field_initializer", "array_expression"}
    | {"return_expression", "break_expression", "expression_statement", "tuple_expression"}
)
_OPERATORS = frozenset({b"+", b"-", b"*", b"/", b"%", b"&", b"|", b"^", b"<<", b">>"})


def takes_value(source: Source, node: Node) -> bool:
    """Does the place where the name ``node`` stands take its value: an argument, a field, a ``let``,
    a block's or a closure's end? The arguments of a macro are not: most macros borrow them."""
    child, parent = unwrapped(node)
    if parent is None:
        return False
    # The arguments of `println!` look like a tuple of their own, to which a `;` may be missing.
    holder = parent.parent if parent.type in ("tuple_expression", "array_expression") else parent
    if holder is not None and holder.type in ("expression_statement", "ERROR"):
        holder = holder.parent
    if holder is None or (holder.parent is None and source.parent(holder) is not None):
        return False
    if parent.type in _TAKING:
        return True
    if (let := let_of(parent)) is not None and parent.type == "let_declaration":
        return let.value == child
    if parent.type == "assignment_expression":
        operation = operation_of(source, parent)
        return operation is not None and operation.right == child
    if (arm := arm_of(parent)) is not None:
        return arm.value == child
    if parent.type == "closure_expression":
        return body_of(parent) == child
    return parent.type == "block" and named_children(parent)[-1] == child


def moved(source: Source, uses: Iterable[Span], block: Node) -> Moved:
    """What becomes, before the end of ``block``, of the value of a local that is used at ``uses``."""
    gone = [node for use in uses if (node := mover(source, source.innermost(use))) is not None]
    if any(always_evaluated(source, node, block) for node in gone):
        return "always"
    return "sometimes" if gone else "never"


def mover(source: Source, node: Node) -> Node | None:
    """What moves the value of the name ``node``, or would if one stood there: where that is evaluated,
    the value is gone."""
    captor = captor_of(source, node)
    if captor is not None or takes_value(source, node):
        return captor if captor is not None else node
    child, parent = unwrapped(node)
    if parent is None:
        return None
    match parent.type:
        case "tuple_expression" | "array_expression":  # a macro's arguments: mostly borrowed
            macro = source.enclosing(parent, ["macro_invocation"])
            taken = macro is not None and macro_name(source, macro) == b"vec"
        case "for_expression":
            taken = scrutinee_of(parent) == child
        case "match_expression":
            patterns = [arm.pattern for arm in arms_of(parent)]
            taken = scrutinee_of(parent) == child and _bind(source, patterns)
        case "let_condition":
            let = let_of(parent)
            taken = let is not None and let.value == child and _bind(source, [let.pattern])
        case "await_expression" | "try_expression" | "base_field_initializer":
            taken = True
        case "unary_expression":
            taken = dereferenced(parent) is None
        case "binary_expression":
            operation = operation_of(source, parent)
            taken = operation is not None and operation.operator in _OPERATORS
        case "field_expression" if is_callee(parent):
            access = access_of(parent)
            method = source.text(access.name) if access is not None else b""
            taken = consumes_receiver(method)
        case _:
            taken = False
    return node if taken else None


def captor_of(source: Source, node: Node) -> Node | None:
    """The innermost ``move`` closure or async block that takes the name ``node`` along."""
    for ancestor in source.ancestors(node):
        if ancestor.type in FUNCTIONS and has_token(ancestor, "move"):
            return ancestor
        if ancestor.type == "function_item":
            return None
    return None


def _bind(source: Source, patterns: Iterable[Node]) -> bool:
    """Does one of the patterns bind parts of the value by value?"""
    names = (name for pattern in patterns for name in pattern_names(pattern))
    taken = (n for n in names if n.parent is None or n.parent.type != "ref_pattern")
    return any(source.text(name)[:1].islower() for name in taken)
