"""Which expressions around a guard may be computed before their statement, in the same order of
effects."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from tree_sitter import Node

from codemods.guard_across_await.lifetimes import is_callee
from engine.rust.nodes import method_call
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS, FUNCTIONS, LOOPS, Source, span_of

_EXPRESSIONS = frozenset(
    {"call_expression", "field_expression", "index_expression", "unary_expression"}
    | {"await_expression", "try_expression", "binary_expression", "type_cast_expression"}
    | {"reference_expression", "macro_invocation", "identifier", "parenthesized_expression"}
    | {"tuple_expression", "array_expression", "struct_expression", "match_expression"}
    | {"if_expression", "block", "unsafe_block"}
)
# A `let` of one of these could lengthen the life of a temporary inside it.
_EXTENDS = frozenset(
    {"reference_expression", "tuple_expression", "array_expression", "struct_expression"}
    | {"parenthesized_expression", "block", "unsafe_block", "if_expression", "match_expression"}
)
_CHAIN = frozenset(
    {"call_expression", "field_expression", "index_expression", "await_expression"}
    | {"try_expression", "parenthesized_expression", "unary_expression", "type_cast_expression"}
)
_CLOSED = frozenset({"block", "match_arm", "token_tree"})
_PURE_LEAVES = frozenset(
    {"identifier", "self", "scoped_identifier", "integer_literal", "float_literal"}
    | {"string_literal", "raw_string_literal", "char_literal", "boolean_literal", "unit_expression"}
    | {"closure_expression", "generic_function", "crate", "super", "field_identifier"}
    | {"metavariable", "mutable_specifier", "negative_literal", "type_identifier"}
    | {"scoped_type_identifier", "generic_type_with_turbofish", "generic_type"}
)
_PURE_INNER = frozenset(
    {"field_expression", "reference_expression", "parenthesized_expression", "tuple_expression"}
    | {"array_expression", "type_cast_expression", "field_initializer", "arguments"}
    | {"shorthand_field_initializer", "field_initializer_list"}
)
_READS = frozenset(
    {b"clone", b"as_ref", b"as_str", b"as_slice", b"as_bytes", b"len", b"is_empty", b"to_string"}
    | {b"to_owned", b"to_vec", b"as_deref", b"is_some", b"is_none", b"id", b"into", b"as_path"}
)
_PURE_MACRO = re.compile(
    rb"(?:std::)?(?:format|concat|stringify)!\([^(){}]*(?:\{[^(){}]*\}[^(){}]*)*\)"
)


def is_pure(source: Source, node: Node) -> bool:
    """Can it be evaluated a little later without anybody noticing?"""
    if node.type in _PURE_LEAVES or node.type in COMMENTS:
        return True
    if node.type == "unary_expression":
        return all(is_pure(source, child) for child in node.named_children)
    if node.type == "struct_expression":
        body = node.child_by_field_name("body")
        return body is not None and is_pure(source, body)
    if node.type in _PURE_INNER:
        return all(is_pure(source, child) for child in node.named_children)
    if node.type == "macro_invocation":
        return _PURE_MACRO.fullmatch(source.text(node)) is not None
    found = method_call(source, node)
    return found is not None and found[1] in _READS and not found[2] and is_pure(source, found[0])


def candidates(source: Source, start: Node, stop: Node, awaits: Sequence[Node]) -> list[Node]:
    """Expressions around ``start``, small before large, up to ``stop`` and none with one of
    ``awaits`` in it. What is inside a closure, an arm or a block stays there."""
    found: list[Node] = []
    current: Node | None = start
    while current is not None:
        if any(span_of(a) in span_of(current) for a in awaits):
            break
        if current.type in FUNCTIONS | LOOPS or current.type in _CLOSED or current.parent is None:
            found = []
        elif current.type in _EXPRESSIONS and not is_callee(current):
            found.append(current)
        if current == stop:
            break
        current = current.parent
    return found


def extends(source: Source, node: Node) -> bool:
    """Would ``let x = node;`` lengthen the life of a temporary inside? (``Some(&..)`` does.)"""
    if node.type in _EXTENDS:
        return True
    if node.type != "call_expression":
        return False
    function = node.child_by_field_name("function")
    name = source.text(function).rpartition(b"::")[2] if function is not None else b""
    arguments = node.child_by_field_name("arguments")
    borrows = arguments is not None and any(
        n.type == "reference_expression" for n in walk(arguments)
    )
    return name[:1].isupper() and borrows


def chain_top(start: Node, found: Sequence[Node]) -> Node:
    """The whole chain of fields, calls and operators that hangs on ``start``."""
    top = start
    for node in found:
        if node == start:
            continue
        inner = node.named_children[0] if node.named_children else None
        if node.type == "call_expression":
            function = node.child_by_field_name("function")
            if function is not None and function.type == "generic_function":
                function = function.child_by_field_name("function")
            inner = function.child_by_field_name("value") if function is not None else None
        if node.type not in _CHAIN or inner != top:
            break
        if node.type == "unary_expression" and node.children[0].type != "*":
            break
        top = node
    return top


def can_go_first(source: Source, node: Node, statement: Node, gone: Collection[Node]) -> bool:
    """Is ``node`` evaluated in ``statement`` always, once, and before anything else that counts?

    ``gone`` are expressions that are taken out as well.
    """
    child, parent = node, node.parent
    while parent is not None and child != statement:
        if not _first(source, child, parent, gone):
            return False
        child, parent = parent, parent.parent
    return child == statement


_THROUGH = frozenset(
    {"await_expression", "try_expression", "parenthesized_expression", "reference_expression"}
    | {"unary_expression", "type_cast_expression", "expression_statement", "return_expression"}
    | {"field_expression", "arguments", "tuple_expression", "array_expression", "call_expression"}
    | {"struct_expression", "field_initializer", "field_initializer_list", "index_expression"}
    | {"base_field_initializer", "break_expression", "shorthand_field_initializer"}
)


def _first(source: Source, child: Node, parent: Node, gone: Collection[Node]) -> bool:
    kind = parent.type
    if kind in _THROUGH:
        before = [c for c in parent.named_children if c.end_byte <= child.start_byte]
        return all(_quiet(source, c, gone) for c in before)
    if kind in ("let_declaration", "match_expression", "for_expression", "let_condition"):
        return parent.child_by_field_name("value") == child
    if kind == "if_expression":
        up = parent.parent
        chained = up is not None and up.type == "else_clause"
        return parent.child_by_field_name("condition") == child and not chained
    if kind == "let_chain":
        return parent.named_children[0] == child
    if kind == "binary_expression":
        left = parent.child_by_field_name("left")
        if child == left:
            return True
        lazy = parent.children[1].type in ("&&", "||")
        return not lazy and left is not None and _quiet(source, left, gone)
    if kind in ("assignment_expression", "compound_assignment_expr"):
        left = parent.child_by_field_name("left")
        return parent.child_by_field_name("right") == child and (
            kind == "assignment_expression" or (left is not None and _quiet(source, left, gone))
        )
    return False


def _quiet(source: Source, node: Node, gone: Collection[Node]) -> bool:
    """Pure, or made of parts that are taken out in their order."""
    if node in gone or is_pure(source, node):
        return True
    parts = node.named_children
    inner = node.type in _PURE_INNER or node.type in ("unary_expression", "binary_expression")
    return inner and bool(parts) and all(_quiet(source, part, gone) for part in parts)
