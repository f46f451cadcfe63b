"""Queries over tree-sitter trees, and walks through them: of one tree, whatever its file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tree_sitter import Node, Query, QueryCursor, QueryError

from engine.base.model import Span
from engine.rust.grammar import language


@cache
def compile_query(text: str) -> Query:
    """Raises tree_sitter.QueryError on a query that the grammar does not know."""
    try:
        return Query(language(), text)
    except QueryError as error:
        # The binding says so of whatever its regular expressions raise: of Ctrl-C meanwhile, too.
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise error.__cause__ from None
        raise


def run_query(
    query: Query, node: Node, near: Span | None = None
) -> list[tuple[int, dict[str, list[Node]]]]:
    """All matches as (pattern index, captures), in document order of the pattern's root.

    With ``near``, those that overlap it; what lies elsewhere is not walked.
    """
    cursor = QueryCursor(query)
    if near is not None:
        cursor.set_byte_range(near.start, near.end)
    return cursor.matches(node)


def captures(query: Query, node: Node, name: str) -> list[Node]:
    """Nodes at or below ``node`` that the query captures as ``name``, in document order, outer
    before inner."""
    return captures_by_name(query, node).get(name, [])


def captures_by_name(query: Query, node: Node) -> dict[str, list[Node]]:
    """What ``captures`` gives for each name that captured anything (the binding hands nodes out in
    an order that changes from run to run)."""
    return {
        name: sorted(nodes, key=lambda n: (n.start_byte, -n.end_byte))
        for name, nodes in QueryCursor(query).captures(node).items()
    }


@cache
def _macro_query() -> Query:
    return compile_query("(macro_invocation) @call")


def macro_calls(node: Node) -> Iterator[Node]:
    """The macro calls in ``node``, of the same tree: those among a macro's arguments are not
    found."""
    yield from captures(_macro_query(), node, "call")


def walk(node: Node) -> Iterator[Node]:
    """``node`` and all its named descendants of the same tree, in document order."""
    cursor = node.walk()
    depth = 0
    while True:
        current = cursor.node
        if current is not None and current.is_named:
            yield current
        if cursor.goto_first_child():
            depth += 1
            continue
        while depth and not cursor.goto_next_sibling():
            cursor.goto_parent()
            depth -= 1
        if not depth:
            return
