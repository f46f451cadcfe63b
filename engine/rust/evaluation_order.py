"""What is evaluated before what, and what may be moved within that order (Rust reference, "Evaluation
order of operands", and "Assignment expressions": the right side of ``=`` comes first).

Answered: which expressions around another may be computed in front of their statement, and whether
names still mean there what they meant. Not answered: how long the value's borrows live
(:mod:`engine.rust.drop_scopes`), and which paths run (:mod:`engine.rust.control_flow`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from tree_sitter import Node

from engine.rust.codegen import identifiers
from engine.rust.effects import COMPOSED, is_pure
from engine.rust.nodes import (
    access_of,
    borrowed,
    call_of,
    dereferenced,
    is_callee,
    is_mut,
    last_segment,
    named_children,
    operation_of,
)
from engine.rust.queries import walk
from engine.rust.statement_nodes import condition_of, let_of, scrutinee_of
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of

_LAZY = frozenset({b"&&", b"||"})

# -- expressions that can be computed in front of their statement ------------------------------------

_EXPRESSIONS = frozenset(
    {"call_expression", "field_expression", "index_expression", "unary_expression"}
    | {"await_expression", "try_expression", "binary_expression", "type_cast_expression"}
    | {"reference_expression", "macro_invocation", "identifier", "parenthesized_expression"}
    | {"tuple_expression", "array_expression", "struct_expression", "match_expression"}
    | {"if_expression", "block", "unsafe_block"}
)
_CLOSED = frozenset({"block", "match_arm", "token_tree"})
_CHAIN = frozenset(
    {"call_expression", "field_expression", "index_expression", "await_expression"}
    | {"try_expression", "parenthesized_expression", "unary_expression", "type_cast_expression"}
)
# A `let` of one of these could lengthen the life of a temporary inside it.
_LENGTHENING = frozenset(
    {"reference_expression", "tuple_expression", "array_expression", "struct_expression"}
    | {"parenthesized_expression", "block", "unsafe_block", "if_expression", "match_expression"}
)


def expressions_around(start: Node, stop: Node, without: Sequence[Node]) -> list[Node]:
    """Expressions around ``start``, small before large, up to ``stop`` and none with one of
    ``without`` in it. What is inside a closure, an arm or a block stays there."""
    found: list[Node] = []
    current: Node | None = start
    while current is not None:
        if any(span_of(node) in span_of(current) for node in without):
            break
        if current.type in FUNCTIONS | LOOPS or current.type in _CLOSED or current.parent is None:
            found = []
        elif current.type in _EXPRESSIONS and not is_callee(current):
            found.append(current)
        if current == stop:
            break
        current = current.parent
    return found


def lengthens_temporaries(source: Source, node: Node) -> bool:
    """Could ``let x = node;`` lengthen the life of a temporary inside? (``Some(&..)`` does.)"""
    if node.type in _LENGTHENING:
        return True
    call = call_of(node)
    if call is None or not last_segment(source.text(call.callee))[:1].isupper():
        return False
    return any(n.type == "reference_expression" for given in call.arguments for n in walk(given))


def chain_around(start: Node, around: Sequence[Node]) -> Node:
    """The whole chain of fields, calls and operators that hangs on ``start``, of the expressions
    ``around`` it."""
    top = start
    for node in around:
        if node == start:
            continue
        inner = next(iter(node.named_children), None)
        if (call := call_of(node)) is not None:
            access = access_of(call.callee)
            inner = access.base if access is not None else None
        if node.type not in _CHAIN or inner != top:
            break
        if node.type == "unary_expression" and dereferenced(node) is None:
            break
        top = node
    return top


_THROUGH = frozenset(
    {"await_expression", "try_expression", "parenthesized_expression", "reference_expression"}
    | {"unary_expression", "type_cast_expression", "expression_statement", "return_expression"}
    | {"field_expression", "arguments", "tuple_expression", "array_expression", "call_expression"}
    | {"struct_expression", "field_initializer", "field_initializer_list", "index_expression"}
    | {"base_field_initializer", "break_expression", "shorthand_field_initializer"}
)


def is_evaluated_first(
    source: Source, node: Node, statement: Node, gone: Collection[Node] = ()
) -> bool:
    """Is ``node`` evaluated in ``statement`` always, once, and before anything else that counts?

    ``gone`` are expressions that are taken out as well. What a method changes that is called on a
    name beside it is not seen (rustc allows ``f(v.len(), v.pop())``).
    """
    changed = _changed(source, node)
    child, parent = node, node.parent
    while parent is not None and child != statement:
        if not _is_first_in(source, child, parent, gone, changed):
            return False
        child, parent = parent, parent.parent
    return child == statement


def _changed(source: Source, node: Node) -> frozenset[bytes]:
    """Names that ``node`` assigns to or lends as ``&mut``."""
    lent = (borrowed(n) for n in walk(node) if is_mut(n))
    names = (identifiers(source.text(place)) for place in lent if place is not None)
    return _assigned(source, (node,)).union(*names)


def _is_first_in(
    source: Source, child: Node, parent: Node, gone: Collection[Node], changed: frozenset[bytes]
) -> bool:
    def may_wait(part: Node) -> bool:
        return _is_movable(source, part, gone) and not changed & identifiers(source.text(part))

    if parent.type in _THROUGH:
        return all(may_wait(c) for c in named_children(parent) if c.end_byte <= child.start_byte)
    if (let := let_of(parent)) is not None:
        return let.value == child
    if parent.type in ("match_expression", "for_expression"):
        return scrutinee_of(parent) == child
    if parent.type == "if_expression":
        chained = parent.parent is not None and parent.parent.type == "else_clause"
        return condition_of(parent) == child and not chained
    if parent.type == "let_chain":
        return parent.named_children[0] == child
    operation = operation_of(source, parent)
    if operation is None:
        return False
    left, operator = operation.left, operation.operator
    if parent.type == "binary_expression":
        return child == left or (operator not in _LAZY and may_wait(left))
    # `x += f()` of a type of the user's is a call, with the left side first.
    return child != left and (operator == b"=" or may_wait(left))


def _is_movable(source: Source, node: Node, gone: Collection[Node]) -> bool:
    """Pure, or made of parts that are taken out in their order."""
    if node in gone or is_pure(source, node):
        return True
    parts = named_children(node)
    made = node.type in COMPOSED or node.type == "binary_expression"
    return made and bool(parts) and all(_is_movable(source, part, gone) for part in parts)


# -- names -------------------------------------------------------------------------------------------


def means_the_same(
    source: Source, text: bytes, statements: Iterable[Node], own: Collection[bytes] = ()
) -> bool:
    """Does the expression ``text`` mean the same in front of ``statements`` as behind them: do they
    declare none of its names, nor assign to one (``own`` aside)?"""
    listed = list(statements)
    changed = names_declared(source, listed) | (_assigned(source, listed) - frozenset(own))
    return not changed & identifiers(text)


def names_declared(source: Source, statements: Iterable[Node]) -> frozenset[bytes]:
    """Names that ``let`` statements among ``statements`` bind (any case of name counts)."""
    found: set[bytes] = set()
    for statement in statements:
        let = let_of(statement) if statement.type == "let_declaration" else None
        if let is not None:
            found.update(source.text(n) for n in walk(let.pattern) if "identifier" in n.type)
    return frozenset(found)


def _assigned(source: Source, statements: Iterable[Node]) -> frozenset[bytes]:
    """Names of the places that ``statements`` assign to."""
    found: set[bytes] = set()
    for statement in statements:
        for node in walk(statement):
            operation = operation_of(source, node)
            if operation is not None and node.type != "binary_expression":
                found |= identifiers(source.text(operation.left))
    return frozenset(found)
