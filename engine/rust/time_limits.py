"""Whether something that is awaited has a limit of time: by a ``timeout`` around it, by a timer beside it in a
``select!``, or because all that is known of its callers run it under one.

By the names of tokio's, async-std's, futures-time's and tower's functions. Not answered: limits that a socket or a
client was given (``network_clients``), and those of who awaits a public function from outside.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust.calls import Calls, is_spawn
from engine.rust.nodes import callee_name, method_call
from engine.rust.scopes import scopes_of
from engine.rust.select_arms import arms_of_select
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source, span_of

_DEPTH = 3  # callers of callers that are looked at
_LIMITING = re.compile(rb"(?:\w+_)?(?:timeout|timeout_at|deadline|with_time_limit)(?:_\w+)?")
# As methods of the future itself; others set what a client or socket has (`connect_timeout`).
_METHODS = frozenset({b"timeout", b"timeout_at", b"with_timeout", b"with_deadline"})
_TIMER = re.compile(
    rb"\b(?:sleep|sleep_until|timeout|timeout_at|deadline|delay_for|Delay|timer|tick)\b"
)


def is_limited(source: Source, node: Node, calls: Calls | None = None, depth: int = _DEPTH) -> bool:
    """Is ``node`` awaited under a limit of time? With ``calls``, also where a caller of its function has it."""
    function: Node | None = None
    done = False  # awaited on the way: what follows has the result
    for ancestor in source.ancestors(node):
        if _limits(source, ancestor):
            return True
        if ancestor.type == "call_expression" and is_spawn(source, ancestor):
            return False  # a task of its own, which nobody's limit ends
        if ancestor.type == "macro_invocation" and _timer_beside(source, ancestor, node):
            return True
        if ancestor.type in ("await_expression", "async_block"):
            done = ancestor.type == "await_expression"
        if ancestor.type == "let_declaration" and not done and _given_later(source, ancestor):
            return True
        if ancestor.type == "function_item":
            function = ancestor
            break
    if function is None or calls is None or depth == 0:
        return False
    return any(
        is_limited(place, call, calls, depth - 1) for place, call in calls.callers(source, function)
    )


def _limits(source: Source, call: Node) -> bool:
    """Does the call limit the future that it is given, or called on?"""
    name = callee_name(call)
    if name is None:
        return False
    if method_call(source, call) is not None:
        return source.text(name) in _METHODS
    return _LIMITING.fullmatch(source.text(name)) is not None


def _timer_beside(source: Source, macro: Node, node: Node) -> bool:
    """Is ``node`` what one arm of a ``select!`` waits for, and a timer what another one does?"""
    futures = [arm.future for arm in arms_of_select(source, macro)]
    mine = [future for future in futures if span_of(node) in span_of(future)]
    others = (future for future in futures if future not in mine)
    return bool(mine) and any(_TIMER.search(source.text(future)) for future in others)


def _given_later(source: Source, statement: Node) -> bool:
    """``let made = connect(..); timeout(limit, made).await``: is the name given to what limits it?"""
    let, function = let_of(statement), source.fn_item_of(statement)
    if let is None or function is None:
        return False
    scopes = scopes_of(source, function)
    for binding in scopes.bound_by(span_of(let.pattern)):
        for use in scopes.uses(binding):
            named = source.innermost(use.span)
            for around in source.ancestors(named):
                if _limits(source, around):
                    return True
                if around.type in ("block", "expression_statement", "let_declaration"):
                    break
    return False
