"""What is started for each item of a loop: does it end with its item or go on by itself (a worker, a server), and
does anything limit how many of them run at once?

What bounds them: a permit (in the loop, or in what is started), waiting in the turn for what was started, taking
finished ones out when there are many, a pause in each turn. By names of tokio's, futures' and the common crates'
methods, into functions of the workspace that what is started awaits. Not answered: a limit that stands around the
whole loop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from engine.rust.calls import Calls
from engine.rust.known_types import key_of
from engine.rust.nodes import (
    awaited,
    call_around,
    call_of,
    callee_name,
    method_call,
    method_on,
    operation_of,
)
from engine.rust.scopes import scopes_of
from engine.rust.statement_nodes import body_of, condition_of, let_of
from engine.rust.suspension import suspends
from engine.rust.syntax import FUNCTIONS, Source, span_of, walk_all
from engine.rust.types import Type

# Functions and methods that start something which runs beside the others, whoever waits for it.
STARTERS = frozenset({b"spawn", b"spawn_local", b"spawn_on"})
MAKERS_OF_SETS = frozenset({b"push"})  # of a `FuturesUnordered`
_PATHS = frozenset(
    {
        "tokio::spawn",
        "tokio::spawn_local",
        "async_std::spawn",
        "async_std::spawn_local",
        "smol::spawn",
    }
    | {
        "actix_rt::spawn",
        "async_global_executor::spawn",
        "std::thread::spawn",
        "wasm_bindgen_futures::spawn_local",
    }
)
_OWNERS = frozenset(
    {
        "tokio::JoinSet",
        "tokio::Handle",
        "tokio::Runtime",
        "tokio_util::TaskTracker",
        "tokio_util::JoinMap",
    }
)
_SETS = frozenset(f"{crate}::FuturesUnordered" for crate in ("futures", "futures_util"))
# They end what is there already, or wait for its end.
_ENDING = frozenset(
    b"close stop shutdown shut_down abort cancel disconnect kill terminate wait join finish destroy".split()
)
_DEPTH = 3  # functions in functions that are looked into
_PERMIT = re.compile(
    rb"(?<![a-z0-9])(?:acquire(?:_owned|_many|_many_owned|_arc)?|try_acquire(?:_owned)?|semaphores?|permits?|throttle"
    rb"|rate_?limiter?|limiter|until_ready|get_permit)\b",
    re.IGNORECASE,
)
# In the loop itself: they wait for what was started, or limit it.
_DRAINING = frozenset(
    b"""join_next join_next_with_id buffer_unordered buffered for_each_concurrent
    try_for_each_concurrent ready_chunks select_next_some""".split()
)
_PAUSING = frozenset(b"next sleep sleep_until tick timeout delay_for".split())
_SERVING = re.compile(rb"\b(?:recv|recv_async|accept|changed|tick|notified|readable)\s*\(")


def starts(function: Type | None, receiver: Type | None, method: bytes) -> bool:
    """Does the call start something that nothing limits: of a function of this type, or of ``method`` on a
    receiver of that type? (A pool's own ``spawn`` has its threads for a limit.)"""
    if function is not None:
        return function.kind == "fndef" and key_of(function.name) in _PATHS
    for step in receiver.deref_chain() if receiver is not None else ():
        if step.kind == "path":
            key = key_of(step.name)
            return key in (_SETS if method in MAKERS_OF_SETS else _OWNERS)
    return False


def is_set_of_futures(type_: Type) -> bool:
    """Is it a ``FuturesUnordered``, which polls all that is in it?"""
    return type_.kind == "path" and key_of(type_.name) in _SETS


def limit_on(source: Source, loop: Node, started: Node, calls: Calls) -> str:
    """What limits how many of ``started`` (the call that starts one) run at once, in words; "" for nothing
    that is seen. ``loop`` is the loop, or the closure that is run for each item."""
    for node in _own_nodes(source, loop):
        name = callee_name(node)
        text = source.text(name) if name is not None else b""
        if _PERMIT.fullmatch(text):
            return f"`{text.decode()}` in each turn"
        waits = _is_awaited(node) and node != started
        if text in _DRAINING or (waits and text in _PAUSING):
            return f"`{text.decode()}` in each turn"
        operation = operation_of(source, node)
        if operation is not None and operation.operator in (b">", b">=", b"==", b"<", b"<="):
            sides = (method_call(source, side) for side in (operation.left, operation.right))
            if any(side is not None and side.method == b"len" for side in sides):
                return "a look at how many there are in each turn"
    if _waited_for(source, loop, started):
        return "each is waited for in its turn"
    if drained := _drained_behind(source, loop):
        return f"`{drained}` behind it"
    for place, node in reached(source, started, calls):
        hit = _PERMIT.search(place.text(node)) if node.type != "identifier" else None
        if hit is not None:
            return f"`{hit[0].decode()}` in what is started"
    return ""


def _drained_behind(source: Source, closure: Node) -> str:
    """What takes a limited number of items at a time out of the chain of an iterator or stream that ``closure`` is
    given to: ``xs.map(closure).buffer_unordered(n)``."""
    node = call_around(closure)
    while node is not None and (behind := method_on(source, node)) is not None:
        name, node = behind
        if name in _DRAINING:
            return name.decode()
    return ""


def _own_nodes(source: Source, loop: Node) -> Iterator[Node]:
    """What the loop's turn runs itself."""
    pending = [body_of(loop) or loop]
    while pending:
        node = pending.pop()
        yield node
        if node.type in FUNCTIONS:
            continue
        pending += node.named_children
        if node.type == "macro_invocation":
            pending += [tree.root_node for tree in source.arguments(node)]


def _waited_for(source: Source, loop: Node, started: Node) -> bool:
    """Is what was started awaited in the same turn: ``spawn(..).await``, ``let h = spawn(..); h.await``?"""
    node, up = started, started.parent
    while up is not None and up.type in ("try_expression", "parenthesized_expression"):
        node, up = up, up.parent
    if up is not None and up.type == "await_expression":
        return True
    let = let_of(up) if up is not None else None
    function = source.fn_item_of(started)
    if let is None or let.value != node or function is None or up is None:
        return False
    scopes = scopes_of(source, function)
    for binding in scopes.bound_by(span_of(let.pattern)):
        for use in scopes.uses(binding):
            named = source.innermost(use.span)
            if use.span in span_of(loop) and named.parent is not None and _is_awaited(named):
                return True
    return False


def reached(source: Source, started: Node, calls: Calls) -> Iterator[tuple[Source, Node]]:
    """``started`` itself and the bodies of the workspace's functions that are called in it, and in them, as
    far as it is sure which are meant."""
    pending = [(source, started, 0)]
    seen: set[tuple[str, int]] = set()
    while pending:
        place, node, depth = pending.pop()
        if (place.path, node.start_byte) in seen:
            continue
        seen.add((place.path, node.start_byte))
        yield place, node
        if depth >= _DEPTH:
            continue
        for inner in walk_all(place, node):
            name = callee_name(inner)
            if call_of(inner) is None or name is None:
                continue
            for other, function in calls.callees(place, name, sure=True):
                body = body_of(function)
                if body is not None:
                    pending.append((other, body, depth + 1))


def goes_on(source: Source, started: Node, calls: Calls) -> bool:
    """Does what is started go on by itself, for as long as messages or connections come: a worker, a server?
    (A loop over the parts of one answer ends with that; a ``loop`` counts, whatever may end it.)"""
    return any(_loops_on(place, node) for place, node in reached(source, started, calls))


def _loops_on(source: Source, node: Node) -> bool:
    for inner in walk_all(source, node):
        body = body_of(inner)
        if inner.type not in ("loop_expression", "while_expression") or body is None:
            continue
        condition = condition_of(inner)
        if condition is None or not suspends(source, condition):
            if suspends(source, body):
                return True
        elif _SERVING.search(source.text(condition)):
            return True
    return False


def only_ends(source: Source, started: Node) -> bool:
    """Is all that is awaited in ``started`` the end of what is there already (``connection.close()``)? That
    holds what it holds whether they end together or not."""
    names = [
        source.text(name)
        for node in walk_all(source, started)
        if (call := awaited(node)) is not None and (name := callee_name(call)) is not None
    ]
    return bool(names) and _ENDING.issuperset(names)


def _is_awaited(node: Node) -> bool:
    parent = node.parent
    return parent is not None and awaited(parent) == node
