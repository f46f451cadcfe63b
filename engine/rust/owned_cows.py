"""Copies in ``Cow::Owned(s.to_string())``: may the ``Cow`` borrow instead?

It keeps its type, so that rustc tells whether what it borrows from lives as long. What tells the two apart are
``is_owned``, ``is_borrowed``, a ``match`` of its variants and ``to_mut``, which would copy then; so does
``into_owned``. By syntax and std's names: that it is std's ``Cow``, types tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from engine.rust.format_macros import is_shown
from engine.rust.known_calls import COPYING, is_reading_method, is_taking_method
from engine.rust.nodes import (
    COMPARISONS,
    call_of,
    has_token,
    method_on,
    only_argument_of,
    operation_of,
    outward,
)
from engine.rust.scopes import Scopes, Use
from engine.rust.statement_nodes import body_of, let_of
from engine.rust.syntax import Source, span_of

_OWNED = re.compile(rb"(?:\w+::)*Cow(?:::<[^()]*>)?::(Owned)")
# Through these a value goes to what takes that of the whole.
_WAY = frozenset(
    {"parenthesized_expression", "if_expression", "else_clause", "match_arm", "match_block"}
    | {"match_expression"}
)


@dataclass(frozen=True, slots=True)
class OwnedCow:
    """``variant`` is the name ``Owned``, ``call`` the whole. It is given back by the function where
    ``returned``, else only read, until ``end``."""

    call: Node
    variant: Node
    returned: bool
    end: int


def owned_cow(source: Source, scopes: Scopes, copy: Node) -> OwnedCow | None:
    """The ``Cow`` that owns what ``copy`` makes; None where it is none, or is neither only read nor given
    back."""
    call = only_argument_of(outward(copy))
    found = call_of(call) if call is not None else None
    if call is None or found is None or _OWNED.fullmatch(source.text(found.callee)) is None:
        return None
    variant = found.callee.named_children[-1]
    node, up = call, source.parent(call)
    while up is not None and (up.type in _WAY or _is_tail(up, node)):
        if up == body_of(scopes.function):
            return OwnedCow(call, variant, True, up.end_byte)
        node, up = up, source.parent(up)
    if up is not None and up.type == "return_expression":
        closure = source.enclosing(up, ("closure_expression", "function_item", "async_block"))
        return OwnedCow(call, variant, True, up.end_byte) if closure == scopes.function else None
    let = let_of(up) if up is not None else None
    if up is None or let is None or up.type != "let_declaration" or let.value != node:
        return None
    bound = scopes.bound_by(span_of(let.pattern))
    if let.pattern.type != "identifier" or any(binding.mutable for binding in bound):
        return None
    uses = [use for binding in bound for use in scopes.uses(binding)]
    if not uses or not all(_only_reads(source, use) for use in uses):
        return None
    return OwnedCow(call, variant, False, max(use.span.end for use in uses))


def _is_tail(block: Node, node: Node) -> bool:
    """Is ``node`` the value of the block, or the expression at its end?"""
    if block.type == "expression_statement":
        return not has_token(block, ";")
    return block.type == "block" and block.named_children[-1] == node


def _only_reads(source: Source, use: Use) -> bool:
    if use.capture:
        return True
    node = source.innermost(use.span)
    if is_shown(source, node):
        return True
    called, up = method_on(source, node), source.parent(node)
    if called is not None:
        reads = is_reading_method(called[0]) or called[0] in COPYING - {b"clone", b"to_owned"}
        return reads and not is_taking_method(called[0])
    operation = operation_of(source, up) if up is not None else None
    return operation is not None and operation.operator in COMPARISONS
