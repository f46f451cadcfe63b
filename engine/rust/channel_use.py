"""How channels are used: which calls send and take in the workspace, whether a send is done for whatever comes
from outside (in a loop that waits for it, in a handler), and whether who takes waits for something else between
two messages.

By the names of the methods (``unbounded_channels``); whose ends they are is told by types. Not answered: how fast
either side is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.context import heat_of, in_test_code, is_per_item_method
from engine.rust.control_flow import suspensions
from engine.rust.files import Files
from engine.rust.nodes import (
    arguments_of,
    awaited,
    bare,
    call_by_name,
    call_of,
    method_call,
)
from engine.rust.queries import captures, compile_query
from engine.rust.scopes import pattern_names
from engine.rust.select_arms import SelectArm, arms_of_select
from engine.rust.statement_nodes import (
    body_of,
    condition_of,
    expression_in,
    loop_pattern,
    patterns_of,
    scrutinee_of,
    statements_of,
    value_matched,
)
from engine.rust.suspension import may_suspend
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.unbounded_channels import SENDING, TAKING

_DEPTH = 3  # callers of callers that are looked at
_STEPS = 2  # names made of names
_PACED = re.compile(rb"\b(?:tick|sleep|sleep_until|interval)\s*\(")
_OUTSIDE = re.compile(rb"\b(recv\w*|next\w*|accept\w*|read\w*|try_next|peek|changed)\s*\(")
_STREAMS = frozenset({b"UnboundedReceiverStream", b"ReceiverStream"})
_HANDING_ON = frozenset({b"forward", b"for_each_concurrent"})
_WORDS = re.compile(rb"\.\s*(?:" + b"|".join(sorted(SENDING | TAKING | _HANDING_ON)) + rb")\s*\(")


@dataclass(frozen=True)
class Feeding:
    """A call that sends, and what has it sent again and again, in words."""

    source: Source
    call: Node
    words: str


class Taken(Enum):
    """What a loop takes its items from."""

    OUTSIDE = "outside"  # a socket, a stream, a listener
    QUEUE = "queue"  # another channel
    UNBOUNDED = "unbounded"  # another channel that has no bound either


From = Callable[[Source, Node], Taken]


class Ends:
    """Where something is sent or taken in the files, outside of tests, by the names of methods."""

    def __init__(self, files: Files) -> None:
        self._files = files

    @cached_property
    def senders(self) -> tuple[tuple[Source, Node], ...]:
        """What calls that may send are called on."""
        return tuple(self._on(SENDING))

    @cached_property
    def receivers(self) -> tuple[tuple[Source, Node], ...]:
        """What calls that may take are called on, and what is given to a stream of messages."""
        return (*self._on(TAKING | _HANDING_ON), *self._wrapped())

    def _on(self, names: frozenset[bytes]) -> Iterator[tuple[Source, Node]]:
        for source in self._files_with_calls():
            for name in _fields(source):
                call = call_by_name(name) if source.text(name) in names else None
                method = method_call(source, call) if call is not None else None
                if method is not None and not in_test_code(source, name):
                    yield source, method.receiver

    def _wrapped(self) -> Iterator[tuple[Source, Node]]:
        for wrapper in _STREAMS:
            for source in self._files.containing(wrapper):
                for root in source.roots():
                    for call in captures(compile_query("(call_expression) @call"), root, "call"):
                        called = call_of(call)
                        path = source.text(called.callee) if called is not None else b""
                        if path.split(b"::")[-2:-1] == [wrapper] and len(arguments_of(call)) == 1:
                            yield source, arguments_of(call)[0]

    def _files_with_calls(self) -> Iterator[Source]:
        for path in self._files.paths:
            if _WORDS.search(self._files.data(path)):
                yield self._files.get(path)


def _fields(source: Source) -> Iterator[Node]:
    query = compile_query(
        "(call_expression function: (field_expression field: (field_identifier) @name))"
    )
    for root in source.roots():
        yield from captures(query, root, "name")


def feeding(
    source: Source,
    sender: Node,
    calls: Calls,
    taken: From,
    depth: int = _DEPTH,
) -> Feeding | None:
    """What has the send on ``sender`` done again and again, for whatever comes from outside. ``taken`` tells what
    it is that something is taken from: what comes out of another channel counts only where it is what is sent
    on, and not at all where that one has no bound (it is that one's matter then)."""
    up = sender.parent
    call = up.parent if up is not None else None
    if call is None or _is_last(source, call):
        return None
    words = _again(source, call, taken)
    if words:
        return Feeding(source, call, words)
    found = _through(source, call, calls, taken, depth)
    return Feeding(source, call, f"run {found}") if found else None


def _through(
    source: Source,
    call: Node,
    calls: Calls,
    taken: From,
    depth: int,
) -> str:
    """What has a caller of the function in which ``call`` stands run it again and again."""
    function = source.fn_item_of(call)
    for place, caller in calls.callers(source, function) if depth and function is not None else ():
        if in_test_code(place, caller) or _is_last(place, caller):
            continue
        words = _again(place, caller, taken)
        if words:
            return f"{words} ({place.path}:{place.position(caller.start_byte)[0]})"
        if found := _through(place, caller, calls, taken, depth - 1):
            return found
    return ""


def _again(source: Source, call: Node, taken: From) -> str:
    """Why ``call`` is run again and again, in words; "" where nothing shows it."""
    for loop in source.loops_around(call):
        if loop_pattern(loop) is not None:
            continue  # as many as there are already
        if _takes_from_outside(source, loop, call, taken):
            return f"in the loop of line {source.position(loop.start_byte)[0]}"
    if "handler" in heat_of(source, call).reasons:
        return "in a request handler"
    function = source.fn_item_of(call)
    if function is not None and is_per_item_method(source, function):
        return "in a method that is run for each item"
    return ""


def _takes_from_outside(source: Source, loop: Node, call: Node, taken: From) -> bool:
    """Does each turn that comes to ``call`` wait for something that comes from outside, and for nothing that
    holds it back (a clock, a channel with a bound)?"""
    if not may_suspend(source, span_of(loop)):
        return False
    arm, condition = _arm_around(source, call), condition_of(loop)
    if arm is not None and span_of(arm.handler) in span_of(loop):
        turn = [arm.future, *_awaited_in(source, arm.handler)]
    else:
        turn = list(_awaited_in(source, body_of(loop) or loop))
        turn += _awaited_in(source, condition) if condition is not None else ()
    if any(_PACED.search(source.text(each)) or _holds_back(source, each) for each in turn):
        return False
    found = {each for future in turn for each in _sources(source, future, taken)}
    return Taken.OUTSIDE in found or (Taken.QUEUE in found and _sends_on(source, loop, call))


def _sends_on(source: Source, loop: Node, call: Node) -> bool:
    """Is ``call`` given what the turn took, or what was made of it?"""
    arm = _arm_around(source, call)
    names = {source.slice(n.span) for n in arm.names(source)} if arm is not None else set()
    given = {source.text(each) for each in walk_all(source, call) if each.type == "identifier"}
    for _ in range(_STEPS):
        for name in _bound_in(source, loop, names):
            names |= {source.text(each) for each in pattern_names(name)}
    return not names.isdisjoint(given)


def _bound_in(source: Source, loop: Node, names: set[bytes]) -> Iterator[Node]:
    """The patterns in the loop that take what was awaited, or something of ``names``, apart."""
    for node in walk_all(source, loop):
        value = value_matched(node)
        if value is None:
            continue
        words = {source.text(each) for each in walk_all(source, value) if each.type == "identifier"}
        if next(suspensions(source, value), None) is not None or not names.isdisjoint(words):
            yield from patterns_of(node)


def _awaited_in(source: Source, node: Node) -> Iterator[Node]:
    """What is awaited in ``node``; of a ``select!``, its futures."""
    for found in suspensions(source, node):
        inner = awaited(found)
        if inner is not None:
            yield bare(inner)
        for arm in arms_of_select(source, found):
            yield arm.future


def _holds_back(source: Source, future: Node) -> bool:
    """A ``send`` that waits until there is room."""
    method = method_call(source, future)
    return method is not None and method.method in (b"send", b"feed", b"reserve", b"acquire")


def _sources(source: Source, future: Node, taken: From) -> Iterator[Taken]:
    for hit in _OUTSIDE.finditer(source.data, future.start_byte, future.end_byte):
        called = call_by_name(source.innermost(Span(*hit.span(1))))
        method = method_call(source, called) if called is not None else None
        if called is not None:
            yield taken(source, method.receiver) if method is not None else Taken.OUTSIDE


def _arm_around(source: Source, node: Node) -> SelectArm | None:
    """The ``select!`` arm in whose handler ``node`` stands."""
    macro = source.enclosing(node, ("macro_invocation",))
    for arm in arms_of_select(source, macro) if macro is not None else ():
        if span_of(node) in span_of(arm.handler):
            return arm
    return None


def _is_last(source: Source, call: Node) -> bool:
    """Is the send the last that its loop or function does: followed by a ``return`` or ``break``?"""
    statement = source.statement_of(call)
    block = statement.parent if statement is not None else None
    if statement is None or block is None:
        return False
    after = [each for each in statements_of(block) if each.start_byte > statement.start_byte]
    ends = ("return_expression", "break_expression")
    inside = any(
        each.type in ends for each in source.ancestors(call) if span_of(each) in span_of(statement)
    )
    return inside or any(expression_in(each).type in ends for each in after)


def emptied_slowly(source: Source, receiver: Node) -> Node | None:
    """What who takes from ``receiver`` waits for between two messages; ``receiver`` itself where the messages
    are handed on as a stream, at whose pace they are taken; None where nothing shows that it waits."""
    up = receiver.parent
    call = up.parent if up is not None else None
    if up is not None and up.type == "arguments":
        return receiver
    method = method_call(source, call) if call is not None else None
    if call is None or method is None:
        return None
    if method.method in _HANDING_ON:
        return receiver
    arm = _arm_of_future(source, call)
    if arm is not None:
        return _waiting_in(source, arm, call)
    for loop in source.loops_around(call):
        body = body_of(loop)
        return _waiting_in(source, body, call) if body is not None else None
    items = scrutinee_of(call.parent) if call.parent is not None else None
    if items == call and call.parent is not None:
        body = body_of(call.parent)
        return _waiting_in(source, body, call) if body is not None else None
    return None


def _arm_of_future(source: Source, call: Node) -> Node | None:
    """The handler of the ``select!`` arm whose future ``call`` is a part of."""
    macro = source.enclosing(call, ("macro_invocation",))
    for arm in arms_of_select(source, macro) if macro is not None else ():
        if span_of(call) in span_of(arm.future):
            return arm.handler
    return None


def _waiting_in(source: Source, node: Node, taking: Node) -> Node | None:
    """What is awaited in ``node`` besides ``taking``."""
    for found in suspensions(source, node):
        inner = awaited(found)
        if inner is not None and span_of(taking) not in span_of(inner):
            return bare(inner)
    return None
