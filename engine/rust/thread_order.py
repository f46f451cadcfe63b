"""May one thread come to one place of a function before it comes to another?

By the order of evaluation in the text, loops that come back, and what a spawned closure or ``async``
block stands behind. Branches are not told apart: of two that exclude each other, the first in the text
is taken to be able to come first.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from engine.rust.calls import spawned_around
from engine.rust.nodes import operation_of
from engine.rust.syntax import Source

_CHAIN = frozenset(
    {"unary_expression", "parenthesized_expression", "await_expression", "call_expression"}
    | {"field_expression", "try_expression"}
)


def may_precede(source: Source, first: Node, second: Node) -> bool:
    """May a thread be done with the call ``first`` before it makes the call ``second`` of the same
    function?"""
    one, other = spawned_around(source, first), spawned_around(source, second)
    earlier = completed_at(source, first) < completed_at(source, second)
    if one == other:
        again = set(source.loops_around(first)) & set(source.loops_around(second))
        return earlier or bool(again)
    return earlier and one in _outside(source, other)


def completed_at(source: Source, call: Node) -> int:
    """An offset by which ``call`` is done, in the order of evaluation: what is assigned comes before
    the place that it is assigned to, which is done behind the assignment."""
    node = call
    while (up := source.parent(node)) is not None:
        operation = operation_of(source, up) if up.type != "binary_expression" else None
        if operation is not None:
            return up.end_byte + 1 if operation.left == node else call.end_byte
        if up.type not in _CHAIN:
            break
        node = up
    return call.end_byte


def _outside(source: Source, spawned: Node | None) -> Iterator[Node | None]:
    """What ``spawned`` stands in: that ran before it."""
    while spawned is not None:
        spawned = spawned_around(source, spawned)
        yield spawned
