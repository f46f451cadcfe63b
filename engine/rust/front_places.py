"""Where a ``let`` may stand that computes a part of a statement in front of it, and what is then evaluated
in another order than before.

Answered by syntax: is the part evaluated once and always when the statement is, which parts of the statement
are evaluated before it (Rust reference, "Evaluation order of operands"), and may one of these change what the
part reads. Not answered: whether the part itself may be moved (:mod:`engine.rust.early_values`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import known_calls
from engine.rust.codegen import identifiers
from engine.rust.nodes import (
    access_of,
    borrowed,
    call_of,
    has_token,
    indexed,
    is_mut,
    lazy_right,
    macro_name,
    method_call,
    named_children,
    operation_of,
)
from engine.rust.queries import walk
from engine.rust.statement_nodes import body_of, condition_of, let_of, scrutinee_of
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.types import Type

_THROUGH = frozenset(
    {"await_expression", "try_expression", "parenthesized_expression", "reference_expression"}
    | {"unary_expression", "type_cast_expression", "return_expression", "break_expression"}
    | {"field_expression", "arguments", "tuple_expression", "array_expression", "call_expression"}
    | {"struct_expression", "field_initializer", "field_initializer_list", "index_expression"}
    | {"range_expression", "generic_function", "binary_expression", "assignment_expression"}
    | {"compound_assignment_expr", "let_condition", "let_chain"}
)
_NAMES = frozenset({"identifier", "self"})
_PLACES = frozenset({"identifier", "self", "field_expression", "index_expression"})


@dataclass(frozen=True, slots=True)
class Front:
    """A ``let`` may stand in front of ``whole``: a statement of a block, or else (``inline``) an arm's or a
    closure's value, which becomes a block. ``before`` are the parts of it that are evaluated earlier than
    the asked part, in their order."""

    whole: Node
    inline: bool
    before: tuple[Node, ...]


def front_of(source: Source, part: Node) -> Front | str:
    """Where a ``let`` of ``part`` may stand; in words why there is no such place."""
    before: list[Node] = []
    child, parent = part, part.parent
    while parent is not None:
        kind = parent.type
        if kind == "block" or (
            kind == "expression_statement" and parent.parent and parent.parent.type == "block"
        ):
            whole = parent if kind == "expression_statement" else child
            return Front(whole, False, tuple(reversed(before)))
        if kind == "let_declaration":
            if parent.parent is None or parent.parent.type != "block":
                return "it stands in no block"
            return Front(parent, False, tuple(reversed(before)))
        if kind in ("match_arm", "closure_expression"):
            if kind == "closure_expression" and body_of(parent) != child:
                return "it stands in no block"
            return Front(child, True, tuple(reversed(before)))
        if kind == "while_expression":
            return "it is evaluated in each round of a `while`"
        if kind == "if_expression":
            if condition_of(parent) != child:
                return "it stands in no block"
            if parent.parent is not None and parent.parent.type == "else_clause":
                return "it is the condition of an `else if`"
        elif kind in ("match_expression", "for_expression"):
            if scrutinee_of(parent) != child:
                return "it stands in no block"
        elif kind == "match_pattern":
            return "it is a condition of an arm"
        elif kind == "expression_statement":
            pass
        elif kind not in _THROUGH:
            return "it stands in a macro call" if parent.parent is None else "it stands in no block"
        elif lazy_right(source, parent) == child or (
            kind == "let_chain" and named_children(parent)[0] != child
        ):
            return "it is evaluated on a condition only"
        before += _earlier(source, parent, child)
        child, parent = parent, parent.parent
    return "it stands in a macro call"


def _earlier(source: Source, parent: Node, child: Node) -> list[Node]:
    """Operands of ``parent`` that are evaluated before ``child``, the latest first."""
    operation = operation_of(source, parent)
    if operation is not None and parent.type != "binary_expression":
        # The right side of `=` comes first; of `+=` that depends on the type.
        if operation.operator == b"=":
            return [operation.right] if child == operation.left else []
        return [operation.left if child == operation.right else operation.right]
    if let_of(parent) is not None or parent.type == "field_initializer" or scrutinee_of(parent):
        return []
    return [c for c in reversed(named_children(parent)) if c.end_byte <= child.start_byte]


def changed_by(
    source: Source, part: Node, type_of: Callable[[Span], Type | None] = lambda _: None
) -> frozenset[bytes]:
    """Names through which evaluating ``part`` may change what they lead to: what it assigns to, lends as
    ``&mut``, or hands to what is not known only to compute. What is handed over by value is none where
    ``type_of`` tells a type that lends nothing to be changed."""
    found: set[bytes] = set()
    for node in walk_all(source, part):
        operation = operation_of(source, node)
        if operation is not None and node.type != "binary_expression":
            found |= _names(source, operation.left)
        place = borrowed(node) if is_mut(node) else None
        if place is not None:
            found |= _names(source, place)
        if node.type == "macro_invocation":
            if not known_calls.is_inert_macro(macro_name(source, node)):
                found |= identifiers(source.text(node))
            continue
        call, method = call_of(node), method_call(source, node)
        if call is None or (method is None and known_calls.is_maker(source, node)):
            continue
        if method is not None:
            if known_calls.is_inert_method(method.method) or method.method in _LOCKING:
                continue
            if not _is_shared(source, method.receiver, type_of):
                found |= _names(source, method.receiver)
        for given in call.arguments:
            if given.type in _PLACES and _lends(type_of(span_of(given))):
                found |= _names(source, given)
    return frozenset(found)


_LOCKING = frozenset({b"lock", b"read", b"write", b"upgradable_read", b"as_ref", b"get", b"iter"})


def _is_shared(source: Source, receiver: Node, type_of: Callable[[Span], Type | None]) -> bool:
    """Is it ``self`` of a method that takes ``&self``, a part of it, or known to be a shared reference?"""
    type_ = type_of(span_of(receiver))
    if type_ is not None and (type_.is_shared_ref or type_.last in ("Arc", "Rc")):
        return True
    root = receiver
    while (access := access_of(root)) is not None:
        root = access.base
    function = source.fn_item_of(receiver)
    if root.type != "self" or function is None:
        return False
    parameters = (n for n in walk(function) if n.type == "self_parameter")
    declared = next(parameters, None)
    return declared is not None and has_token(declared, "&") and not is_mut(declared)


def _lends(type_: Type | None) -> bool:
    return type_ is None or any(part.is_mut_ref or part.kind == "ptr" for part in type_.walk())


def _names(source: Source, place: Node) -> set[bytes]:
    """The name that ``place`` starts with, and none where it starts with a call or a literal."""
    while True:
        access, parts, method = access_of(place), indexed(place), method_call(source, place)
        inner = access.base if access is not None else parts[0] if parts is not None else None
        inner = inner or (method.receiver if method is not None else borrowed(place))
        if inner is None and place.type in ("unary_expression", "parenthesized_expression"):
            inner = next(iter(named_children(place)), None)
        if inner is None and place.type in ("try_expression", "await_expression"):
            inner = next(iter(named_children(place)), None)
        if inner is None:
            return {source.text(place)} if place.type in _NAMES else set()
        place = inner
