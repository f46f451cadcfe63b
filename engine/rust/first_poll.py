"""Who may count on a future that is ready when it is first polled: an arm of ``select!``, ``now_or_never``, ``poll!``,
a ``timeout``. With its first await it no longer is, and another arm is taken, or nothing.

Of a body without any suspension, and of functions of the workspace that suspend at nothing but such a future.
By the names of macros and functions. Not answered: who polls by hand, or a future that is kept in a field.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from engine.rust.calls import Calls
from engine.rust.nodes import (
    awaited,
    call_through,
    callee_name,
    macro_name,
    unwrapped,
)
from engine.rust.scopes import scopes_of
from engine.rust.select_arms import arms_of_select
from engine.rust.statement_nodes import body_of, let_of
from engine.rust.suspension import is_suspension, suspends
from engine.rust.syntax import Source, span_of, walk_all

_DEPTH = 3  # functions that await it and nothing else
_POLLING = frozenset(
    b"now_or_never timeout timeout_at poll_immediate poll_once poll_unpin poll".split()
)
_MACROS = frozenset(b"poll select select_biased".split())
# They take a future and give one.
_AROUND = frozenset(b"pin new boxed boxed_local fuse instrument map left right into_future".split())


def polled_once(source: Source, body: Node, calls: Calls) -> tuple[Source, Node] | None:
    """Where somebody takes the future of ``body`` for what it is at its first poll: the macro or call, with its
    file; None where the body suspends already, or nobody does. Raises RecursionError on absurdly nested code."""
    inner = body_of(body)
    if inner is None or suspends(source, inner):
        return None
    return next(_polling(source, body, calls, _DEPTH), None)


def _polling(source: Source, body: Node, calls: Calls, depth: int) -> Iterator[tuple[Source, Node]]:
    if body.type != "function_item":
        yield from _around(source, body, calls, depth)
        return
    for place, call in calls.callers(source, body):
        yield from _around(place, call, calls, depth)


def _around(
    source: Source, future: Node, calls: Calls, depth: int
) -> Iterator[tuple[Source, Node]]:
    """What polls the future that the expression makes."""
    child, parent = unwrapped(future)
    while parent is not None:
        if awaited(parent) == child:
            yield from _awaiting(source, parent, calls, depth)
            return
        call = _call_with(child, parent)
        name = callee_name(call) if call is not None else None
        let = let_of(parent)
        if call is not None and name is not None:
            if source.text(name) in _POLLING:
                yield source, call
                return
            if source.text(name) not in _AROUND:
                return
            child, parent = unwrapped(call)
        elif let is not None and parent.type == "let_declaration":
            for use in _uses(source, parent, let.pattern):
                yield from _around(source, use, calls, depth)
            return
        elif parent.type in _PLAIN:
            child, parent = unwrapped(parent)
        else:
            return
    macro = source.parent(child)
    if macro is None or macro.type != "macro_invocation":
        return
    name_ = macro_name(source, macro)
    if name_ == b"poll" or (
        name_ in _MACROS
        and any(span_of(future) in span_of(arm.future) for arm in arms_of_select(source, macro))
    ):
        yield source, macro
    elif name_ == b"pin":
        yield from _around(source, macro, calls, depth)


_PLAIN = frozenset(
    {"reference_expression", "expression_statement", "source_file", "ERROR"}
    | {"parenthesized_expression", "tuple_expression"}  # the brackets of a macro call
)


def _call_with(child: Node, parent: Node) -> Node | None:
    """The call that is given ``child``, or called on it."""
    if parent.type == "arguments":
        return parent.parent
    return call_through(parent) if parent.type == "field_expression" else None


def _uses(source: Source, let: Node, pattern: Node) -> Iterator[Node]:
    function = source.enclosing(let, ("function_item",))
    if function is None:
        return
    scopes = scopes_of(source, function)
    for binding in scopes.bound_by(span_of(pattern)):
        yield from (source.innermost(use.span) for use in scopes.uses(binding))


def _awaiting(
    source: Source, suspension: Node, calls: Calls, depth: int
) -> Iterator[tuple[Source, Node]]:
    """What polls the body around an await, where that is its only suspension."""
    body = source.function_of(suspension)
    inner = body_of(body) if body is not None else None
    if body is None or inner is None or depth == 0 or body.type == "closure_expression":
        return
    waits = (node for node in walk_all(source, inner) if is_suspension(source, node))
    if any(node != suspension and source.function_of(node) == body for node in waits):
        return
    yield from _polling(source, body, calls, depth - 1)
