"""What is done with a place that begins at a value: ``x.clone()[i].name`` is a part of the copy as
``x.clone()`` is, and what changes the part would change another value were the copy not made.

By syntax alone, and only what is known to read counts as reading: ``&mut``, an assignment, a pattern that
says ``ref mut``, a method that is not told to read, and whatever is not known here do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from engine.rust.format_macros import shown_by
from engine.rust.known_calls import is_inert_macro
from engine.rust.nodes import (
    access_of,
    borrowed,
    dereferenced,
    indexed,
    is_callee,
    is_macro_brackets,
    is_mut,
    macro_name,
    method_on,
    operation_of,
)
from engine.rust.statement_nodes import patterns_of, value_matched
from engine.rust.syntax import Source

# They take the value of the place, which they copy or move.
_TAKING = frozenset(
    [
        "binary_expression",
        "unary_expression",
        "arguments",
        "type_cast_expression",
        "expression_statement",
        "block",
        "return_expression",
        "break_expression",
        "field_initializer",
        "tuple_expression",
        "array_expression",
        "range_expression",
        "if_expression",
        "while_expression",
        "match_arm",
        "index_expression",
        "closure_expression",
        "try_expression",
    ]
)
_REF_MUT = re.compile(rb"\bref\s+mut\b")


def place_from(source: Source, value: Node) -> Node:
    """``x.clone()[i].name`` for ``x.clone()``: the longest place of fields, indices and dereferences that
    begins at ``value``."""
    node = value
    while (up := source.parent(node)) is not None and _is_part(node, up):
        node = up
    return node


def _is_part(node: Node, up: Node) -> bool:
    if is_macro_brackets(up):
        return False
    access, index = access_of(up), indexed(up)
    if access is not None:
        return access.base == node and not is_callee(up)
    if index is not None:
        return index[0] == node
    return up.type == "parenthesized_expression" or dereferenced(up) == node


def is_only_read(source: Source, value: Node, reads: Callable[[Node, bytes], bool]) -> bool:
    """Is what is done with the place that begins at ``value`` known to only read it? ``reads`` tells
    whether a method of a name, called on the place that is given to it, takes it by ``&self`` or as a copy."""
    place = place_from(source, value)
    called = method_on(source, place)
    if called is not None:
        return reads(place, called[0])
    if shown_by(source, place) is not None:
        return True
    up = source.parent(place)
    if up is not None and (is_macro_brackets(up) or up.type == "macro_invocation"):
        macro = up if up.type == "macro_invocation" else source.enclosing(up, ("macro_invocation",))
        return macro is not None and is_inert_macro(macro_name(source, macro))
    if up is None:
        return False
    if borrowed(up) is not None:
        # `&raw mut x` is none of these.
        return not is_mut(up) and not source.text(up)[1:].lstrip().startswith(b"raw ")
    operation = operation_of(source, up)
    if operation is not None and up.type != "binary_expression":
        return operation.right == place
    if value_matched(up) == place:
        return not any(_binds_mutably(source, pattern) for pattern in patterns_of(up))
    return up.type in _TAKING


def _binds_mutably(source: Source, pattern: Node) -> bool:
    return _REF_MUT.search(source.text(pattern)) is not None
