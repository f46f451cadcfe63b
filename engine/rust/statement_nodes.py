"""Statements, control flow and the patterns in them by their meaning: ``let``, ``if``, ``match``, loops.

As :mod:`engine.rust.nodes`, which has the parts of expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from engine.rust.nodes import named_children
from engine.rust.syntax import COMMENTS, Source

_LETS = frozenset({"let_declaration", "let_condition"})


class Let(NamedTuple):
    """``let pattern: type = value else alternative``, a declaration or a condition."""

    pattern: Node
    type: Node | None
    value: Node | None
    alternative: Node | None


class Branches(NamedTuple):
    """``if condition consequence else alternative``; the alternative is a block or another ``if``."""

    condition: Node
    consequence: Node
    alternative: Node | None


class Arm(NamedTuple):
    """``pattern if guard => value``."""

    node: Node
    pattern: Node
    guard: Node | None
    value: Node


def statements_of(block: Node) -> list[Node]:
    """Statements of a block in order, its tail expression last; comments and label left out."""
    return [child for child in named_children(block) if child.type != "label"]


def expression_in(statement: Node) -> Node:
    """``x`` of the statement ``x;``; anything else as it is."""
    inside = named_children(statement) if statement.type == "expression_statement" else []
    return inside[0] if inside else statement


def let_of(node: Node) -> Let | None:
    """The parts of a ``let`` statement, or of the ``let`` in an ``if`` or ``while``."""
    pattern = node.child_by_field_name("pattern") if node.type in _LETS else None
    if pattern is None:
        return None
    return Let(
        pattern,
        node.child_by_field_name("type"),
        node.child_by_field_name("value"),
        node.child_by_field_name("alternative"),
    )


def branches_of(node: Node) -> Branches | None:
    """The parts of an ``if``."""
    if node.type != "if_expression":
        return None
    condition = node.child_by_field_name("condition")
    consequence = node.child_by_field_name("consequence")
    if condition is None or consequence is None:
        return None
    return Branches(condition, consequence, else_of(node))


def else_of(node: Node) -> Node | None:
    """The block (or ``if``) behind an ``else``, without that word."""
    clause = node.child_by_field_name("alternative")
    if clause is not None and clause.type == "else_clause":
        return next(iter(named_children(clause)), None)
    return clause


def condition_of(node: Node) -> Node | None:
    """Of ``if`` and ``while``; of ``match`` arms, see :func:`arms_of`."""
    return node.child_by_field_name("condition")


def scrutinee_of(node: Node) -> Node | None:
    """What ``match`` looks at, and what ``for`` goes over."""
    if node.type not in ("match_expression", "for_expression"):
        return None
    return node.child_by_field_name("value")


def loop_pattern(node: Node) -> Node | None:
    """``x`` of ``for x in xs``."""
    return node.child_by_field_name("pattern") if node.type == "for_expression" else None


def parts_of_pattern(pattern: Node) -> list[Node]:
    """What stands between the parentheses of ``(a, _)`` or ``Some(a)``; ``_`` and ``..`` too."""
    inside = [child for child in pattern.children if child.type not in COMMENTS]
    opened = next((n for n, child in enumerate(inside) if child.type == "("), len(inside))
    return [child for child in inside[opened:] if child.type not in ("(", ")", ",")]


def patterns_of(node: Node) -> list[Node]:
    """The patterns that a ``let``, a condition, a ``for`` or the arms of a ``match`` take a value apart
    with."""
    let, pattern = let_of(node), loop_pattern(node)
    if let is not None:
        return [let.pattern]
    return [pattern] if pattern is not None else [arm.pattern for arm in arms_of(node)]


def value_matched(node: Node) -> Node | None:
    """The value that :func:`patterns_of` take apart."""
    let = let_of(node)
    return let.value if let is not None else scrutinee_of(node)


def pattern_against(value: Node) -> Node | None:
    """The pattern that a ``let``, a condition or a ``for`` takes ``value`` apart with."""
    holder = value.parent
    if holder is None or value_matched(holder) != value:
        return None
    return pattern_of(holder)


def arms_of(node: Node) -> Iterator[Arm]:
    """The arms of a ``match``, in order."""
    body = body_of(node) if node.type == "match_expression" else None
    for child in body.named_children if body is not None else ():
        if child.type == "match_arm" and (arm := arm_of(child)) is not None:
            yield arm


def arm_of(node: Node) -> Arm | None:
    """The parts of an arm of a ``match``."""
    if node.type not in ("match_arm", "last_match_arm"):
        return None
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    if pattern is None or value is None:
        return None
    guard = pattern.child_by_field_name("condition")
    if pattern.type == "match_pattern":  # its first child is the pattern: `_` is a mere token
        pattern = next((c for c in pattern.children if c.type not in COMMENTS), pattern)
    return Arm(node, pattern, guard, value)


def label_of(source: Source, node: Node) -> bytes:
    """``'a`` of a labelled loop or block, and of the ``break`` or ``continue`` that names it; b"" when
    there is none."""
    label = next((child for child in node.children if child.type == "label"), None)
    return source.text(label) if label is not None else b""


def body_of(node: Node) -> Node | None:
    """Of a function, closure, loop, ``match``, ``impl``, ``trait``, ``mod``, struct or enum; the
    block of an ``async`` or ``unsafe`` block is its last child."""
    body = node.child_by_field_name("body")
    if body is None and node.type in ("async_block", "unsafe_block", "const_block", "gen_block"):
        body = next((child for child in node.named_children if child.type == "block"), None)
    return body


def pattern_of(node: Node) -> Node | None:
    """The pattern of a parameter, a ``let``, an arm or a ``for``; of ``name: pattern`` in a struct's."""
    return node.child_by_field_name("pattern")
