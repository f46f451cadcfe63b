"""Which piece of code becomes a closure on another thread, of a group of operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.blocking_in_async.operations import Group, Operation
from engine.base.model import Span
from engine.rust.evaluation_order import is_evaluated_first
from engine.rust.nodes import named_children, tried
from engine.rust.scopes import scopes_of
from engine.rust.statement_nodes import expression_in
from engine.rust.suspension import suspends
from engine.rust.syntax import FUNCTIONS, ITEMS, LOOPS, Source, span_of
from engine.rust.thread_closures import Region, hindered


def regions(group: Group) -> Iterator[Region | str]:
    """What may become the closure, best first; in words what hinders one."""
    source = group.source
    function = source.enclosing(group.first.node, ("function_item",))
    if function is None:
        yield "it stands in no function"
        return
    scopes = scopes_of(source, function)
    tops = [_top(source, group, op.node) for op in group.operations]
    block = _common_block(source, group.body, tops)
    if block is None:
        yield "its code stands in no block of the future's own"
        return
    statements = [n for n in named_children(block) if _holds(n, tops)]
    first, last = statements[0], statements[-1]
    nodes = tuple(
        n for n in named_children(block) if first.start_byte <= n.start_byte <= last.start_byte
    )
    region = Region(source, scopes, block, nodes, tail=_is_tail(block, nodes[-1]))
    alone = len(group.operations) == 1 and not group.is_repeated
    why = hindered(region)
    if alone and (why or not _is_whole(region, group.first.node)):
        hoisted = _hoisted(group, region)
        if hoisted is not None:
            yield hoisted
    yield why or region


def starts(group: Group, op: Operation) -> Iterator[Span]:
    """The statements of the future's own blocks around an operation: a closure may begin at each."""
    inner = op.node
    for ancestor in group.source.ancestors(op.node):
        if ancestor.type == "block":
            yield span_of(inner)
        if ancestor == group.body:
            return
        inner = ancestor


def _top(source: Source, group: Group, node: Node) -> Node:
    """The operation with the closures and the loops around it that go on without an await."""
    top = node
    for ancestor in source.ancestors(node):
        if ancestor == group.body:
            break
        loop = ancestor.type in LOOPS and not suspends(source, ancestor)
        if loop or (ancestor.type in FUNCTIONS):
            top = ancestor
    return top


def _common_block(source: Source, body: Node, tops: Sequence[Node]) -> Node | None:
    """The innermost block of the body that holds all of ``tops``."""
    for ancestor in source.ancestors(tops[0]):
        if ancestor.type == "block" and all(span_of(top) in span_of(ancestor) for top in tops):
            return ancestor
        if ancestor == body:
            break
    return None


def _holds(statement: Node, tops: Sequence[Node]) -> bool:
    return any(span_of(top) in span_of(statement) for top in tops)


def _is_tail(block: Node, node: Node) -> bool:
    last = named_children(block)[-1]
    return (
        node == last
        and node.type not in ("expression_statement", "let_declaration")
        and (node.type not in ITEMS)
    )


def _is_whole(region: Region, operation: Node) -> bool:
    """Is the region's statement the operation with what is called on it, and no more?"""
    value = region.value
    if value is None:
        return False
    current: Node | None = operation
    while current is not None and current != value:
        parent = current.parent
        if parent is None or parent.type not in (
            "field_expression",
            "call_expression",
            "try_expression",
            "parenthesized_expression",
        ):
            return False
        current = parent
    return current == value


def _hoisted(group: Group, region: Region) -> Region | None:
    """The operation alone, where nothing in its statement comes before it."""
    node = group.first.node
    statement = region.nodes[0]
    if len(region.nodes) != 1 or group.first.running.closure is not None:
        return None
    whole = tried(node.parent) == node if node.parent is not None else False
    value = node.parent if whole and node.parent is not None else node
    inside = expression_in(statement)
    if not is_evaluated_first(region.source, value, inside if inside != statement else statement):
        return None
    return replace(region, nodes=(value,), hoisted=statement, tail=False)
