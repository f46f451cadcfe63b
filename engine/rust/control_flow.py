"""What runs after what: which paths leave, repeat or skip a place, and where a future may wait
between two places.

Answered from syntax: a call that never returns (``process::exit``) is not known, and a condition
is taken to go either way. For what happens on all paths in their order, see ``path_walk``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.nodes import lazy_right, macro_name, named_children, operation_of
from engine.rust.path_walk import DIVERGING, EXITS, Walk
from engine.rust.queries import walk
from engine.rust.statement_nodes import (
    arm_of,
    branches_of,
    condition_of,
    label_of,
    let_of,
    scrutinee_of,
)
from engine.rust.suspension import is_stream, is_suspension
from engine.rust.syntax import COMMENTS, FUNCTIONS, ITEMS, LOOPS, Source, span_of, walk_all

# Macros that return from the function when their condition does not hold.
_RETURNING = frozenset({b"ensure"})


# -- leaving ---------------------------------------------------------------------------------------


def exits(source: Source, node: Node) -> Iterator[Node]:
    """What may leave ``node`` while it is evaluated: ``return``, ``?``, a ``break`` or ``continue`` of
    a loop around it, macros that return or panic always. Nested functions leave themselves alone,
    and a panic that may come from anywhere (an index, ``unwrap``) is not counted."""
    pending: list[tuple[Node, int, tuple[bytes, ...]]] = [(node, 0, ())]
    while pending:
        current, loops, labels = pending.pop()
        if current.type in COMMENTS or current.type in ITEMS or current.type in FUNCTIONS:
            continue
        label = label_of(source, current)
        if current.type in ("break_expression", "continue_expression"):
            if label not in labels if label else not loops:
                yield current
        elif current.type in ("return_expression", "try_expression"):
            yield current
        elif current.type == "macro_invocation":
            if is_stream(source, current):
                continue
            if macro_name(source, current) in DIVERGING | _RETURNING or _torn_exit(source, current):
                yield current
            for tree in source.arguments(current):
                pending.append((tree.root_node, loops, labels))
            continue
        elif current.type in LOOPS:
            loops += 1
        if label:
            labels = (*labels, label)
        pending.extend((child, loops, labels) for child in reversed(current.named_children))


def _torn_exit(source: Source, call: Node) -> bool:
    """Do more words that leave stand in the arguments than could be read as code (``=> return,``)?"""
    roots = source.embedded_in(span_of(call))
    read = sum(
        node.type in EXITS or node.type == "try_expression" for r in roots for node in walk(r)
    )
    return sum(map(_is_leaving, _tokens(call))) > read


def _tokens(call: Node) -> Iterator[Node]:
    pending = list(call.children)
    while pending:
        token = pending.pop()
        yield token
        pending.extend(token.children)


def _is_leaving(token: Node) -> bool:
    if token.type == "?":  # `?x` of a tracing macro is none
        before = token.prev_sibling
        return before is not None and before.is_named
    return not token.is_named and token.type in ("return", "break", "continue")


class _Reach(Walk[bool]):
    """Does control get there?"""

    def joined(self, states: Sequence[bool]) -> bool:
        return any(states)


def diverges(source: Source, node: Node) -> bool:
    """Does control never come out behind ``node``: does every path return, leave a loop, panic or go
    round forever?"""
    return _Reach(source).run([node], True) is None


def ends_loop(source: Source, node: Node, loop: Node) -> bool:
    """Does ``loop`` not go round again once ``node``, the last that its turn runs, has been evaluated: does
    every path leave it (a ``continue`` does not), or does ``node`` write what its condition looks at?"""
    if diverges(source, node):
        left = exits(source, node)
        return all(each.type != "continue_expression" for each in left)
    condition = condition_of(loop)
    if condition is None or let_of(condition) is not None:
        return False
    looked = source.text(condition)
    for each in walk_all(source, node):
        operation = operation_of(source, each) if each.type == "assignment_expression" else None
        if operation is not None and source.text(operation.left) in looked:
            return True
    return False


# -- repeating -------------------------------------------------------------------------------------


def _barriers(source: Source, node: Node) -> Iterator[Node]:
    """Loops in whose repeated part ``node`` stands, closures and async blocks, innermost first, up
    to the ``fn``."""
    child = node
    for ancestor in source.ancestors(node):
        if ancestor.type in FUNCTIONS or (
            ancestor.type in LOOPS and scrutinee_of(ancestor) != child
        ):
            yield ancestor
        if ancestor.type == "function_item":
            return
        child = ancestor


def barriers(source: Source, node: Node, declared: Span) -> Iterator[Node]:
    """Loops, closures and async blocks between ``node`` and the declaration at ``declared``, innermost
    first: what runs again, or elsewhere, without declaring it anew.

    What a ``for`` goes over is evaluated once, so that loop is left out for a node that stands there.
    """
    return takewhile(lambda found: declared not in span_of(found), _barriers(source, node))


def repeated(source: Source, node: Node, within: Node) -> bool:
    """May ``node`` be evaluated more than once, or not at all, in one evaluation of ``within``, as it
    stands in a loop or a closure of it?"""
    inside = takewhile(lambda found: span_of(found) in span_of(within), _barriers(source, node))
    return any(found.type != "async_block" for found in inside)


# -- branches --------------------------------------------------------------------------------------


def _lineage(source: Source, node: Node) -> list[Node]:
    return [node, *source.ancestors(node)]


def exclusive(source: Source, left: Node, right: Node) -> bool:
    """Do the two stand in different branches of one ``if`` or ``match``, so that one evaluation of
    that runs at most one of them? (A guard and another arm's value are no such pair.)"""
    ways = _lineage(source, left), _lineage(source, right)
    while ways[0] and ways[1] and ways[0][-1] == ways[1][-1]:
        common = ways[0].pop()
        ways[1].pop()
    if not ways[0] or not ways[1]:
        return False
    first, second = ways[0][-1], ways[1][-1]
    if common.type == "match_block":
        return all(_in_value(way) for way in ways)
    branches = branches_of(common)
    return branches is not None and branches.condition not in (first, second)


def _in_value(way: list[Node]) -> bool:
    """Does a way into a ``match``'s arm lead into its value, not its pattern or guard?"""
    arm = arm_of(way[-1])
    return arm is not None and len(way) > 1 and way[-2] == arm.value


def always_evaluated(source: Source, node: Node, block: Node) -> bool:
    """Is ``node`` evaluated whenever the statements of ``block`` are run to the end?"""
    child = node
    for ancestor in source.ancestors(node):
        if ancestor == block:
            return True
        if ancestor.type in FUNCTIONS or ancestor.type in ("match_arm", "else_clause"):
            return False
        if ancestor.type in ("if_expression", "while_expression"):
            if condition_of(ancestor) != child:
                return False
        elif ancestor.type == "for_expression":
            if scrutinee_of(ancestor) != child:
                return False
        elif child in (lazy_right(source, ancestor), _otherwise(ancestor)):
            return False
        child = ancestor
    return False


def _otherwise(node: Node) -> Node | None:
    """The block of a ``let .. else``."""
    let = let_of(node)
    return let.alternative if let is not None else None


def always_reached(source: Source, node: Node, block: Node, start: int) -> bool:
    """Is ``node`` evaluated whenever ``block`` is run on from ``start``, where a statement begins, panics
    aside? (Of macros only ``join!`` and ``try_join!`` are known to evaluate their arguments.)"""
    for ancestor in source.ancestors(node):
        if ancestor == block:
            break
        macro = ancestor.type == "macro_invocation"
        joins = macro and macro_name(source, ancestor) in (b"join", b"try_join")
        if ancestor.type in LOOPS or (macro and not joins):
            return False
    leaving: set[Node] = set()
    for statement in named_children(block):
        if start <= statement.start_byte < node.end_byte:
            inside = walk_all(source, statement)
            leaving |= {each for each in inside if each.type == "break_expression"}
            leaving.update(exits(source, statement))
    before = any(each.end_byte <= node.start_byte for each in leaving)
    return not before and always_evaluated(source, node, block)


# -- waiting ---------------------------------------------------------------------------------------


def suspensions(source: Source, node: Node) -> Iterator[Node]:
    """Points at which the future that evaluates ``node`` may be suspended, in the text's order;
    those of nested functions and streams are theirs."""
    pending = [node]
    while pending:
        current = pending.pop()
        apart = current.type in FUNCTIONS or current.type in ITEMS or is_stream(source, current)
        if apart and current != node:
            continue
        if is_suspension(source, current):
            yield current
        if current.type == "macro_invocation":
            pending.extend(tree.root_node for tree in reversed(source.arguments(current)))
        else:
            pending.extend(reversed(named_children(current)))


class Segment(NamedTuple):
    """Statements of one block that run without the future being suspended between them; ``wait`` is
    the statement behind them in which it may be, None at the block's end."""

    statements: tuple[Node, ...]
    wait: Node | None


def segments(source: Source, block: Node) -> list[Segment]:
    """The statements of ``block``, cut at those that hold a point of suspension. (Within such a
    statement, :func:`suspensions` tells what comes first.)"""
    found: list[Segment] = []
    run: list[Node] = []
    for statement in named_children(block):
        if next(suspensions(source, statement), None) is None:
            run.append(statement)
        else:
            found.append(Segment(tuple(run), statement))
            run = []
    return [*found, Segment(tuple(run), None)]
