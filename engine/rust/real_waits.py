"""Whether awaiting something lets other tasks run: known to wait, known not to, or not known.

A future gives way only where it is not ready. Channels, timers, sockets, tasks and tokio's own
resources are taken to wait (they do, or the runtime makes them after a while); ``ready(..)``, an ``async``
block or a function of the workspace in which nothing waits never does, and a ``select!`` with one such arm
neither. What a call through a function value gives, a variable whose making is not seen, a foreign function
that is not listed: not known. Answered by names, paths and the call graph.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from enum import IntEnum

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls, is_spawn
from engine.rust.control_flow import suspensions
from engine.rust.files import Files
from engine.rust.imports import full_paths
from engine.rust.nodes import (
    arguments_of,
    awaited,
    bare,
    borrowed,
    call_of,
    callee_name,
    dereferenced,
    macro_name,
    method_call,
    named_children,
)
from engine.rust.queries import walk
from engine.rust.select_arms import arms_of_select
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, is_async, span_of
from engine.rust.value_flow import value_of

Key = tuple[str, Span]

_DEPTH = 8  # functions in functions that are looked into; beyond, nothing is known
_WAITING = frozenset(
    b"""recv recv_many recv_from recv_async next try_next accept tick sleep sleep_until yield_now changed
    notified wait wait_for wait_with_output join_next shutdown cancelled closed reserve reserve_owned acquire
    acquire_owned acquire_many acquire_many_owned send send_to send_all send_async execute fetch fetch_one
    fetch_all fetch_optional query query_one query_opt connect bind ctrl_c pending read_exact read_to_end
    read_to_string read_line read_buf write_all write_buf flush next_line next_segment lookup_host delay_for
    request readable writable""".split()
)
# With arguments they are a socket's or a file's; without, a lock's.
_IO = frozenset({b"read", b"write"})
_PATHS = (
    b"tokio::time::sleep", b"tokio::task::yield_now", b"tokio::task::spawn", b"tokio::fs::",
    b"tokio::net::", b"tokio::signal::", b"tokio::io::", b"tokio::process::", b"reqwest::",
    b"async_std::task::", b"async_std::fs::", b"async_std::net::", b"futures_timer::Delay",
    b"async_io::Timer", b"smol::Timer", b"gloo_timers::",
)  # fmt: skip
_READY = frozenset({b"ready", b"ok", b"err", b"ready_ok"})
_READY_HOMES = (b"std::future", b"core::future", b"futures::future", b"futures_util::future")
# They are ready when what they are called on, or given, is.
_PASSING = frozenset(
    b"""boxed boxed_local fuse instrument in_current_span map map_ok map_err unwrap_or_else into_future
    inspect inspect_ok inspect_err catch_unwind shared timeout with_current_subscriber""".split()
)
_PASSING_LAST = frozenset(
    {b"pin", b"timeout", b"timeout_at", b"unconstrained", b"AssertUnwindSafe"}
)
_PINNING = frozenset({b"pin"})


class Wait(IntEnum):
    """What is known of an await; of several in a row the greatest counts. (Below ``UNKNOWN``: it may well be
    one that never waits.)"""

    NEVER = 0
    EITHER = 1  # one of several functions may be meant, and some of them never wait
    UNKNOWN = 2
    SURE = 3


class RealWaits:
    """Answers for a workspace. Awaits at a key of ``gone`` are taken to be there no longer."""

    def __init__(self, files: Files, calls: Calls, gone: Container[Key] = frozenset()) -> None:
        self._files, self._calls, self._gone = files, calls, gone

    def of(self, source: Source, *parts: Node | None) -> Wait:
        """The awaits in ``parts``, those of functions and futures that are made there aside."""
        return self._of(source, [part for part in parts if part is not None], frozenset())

    def of_future(self, source: Source, node: Node) -> Wait:
        """Awaiting what the expression ``node`` gives."""
        return self._future(source, node, frozenset())

    def of_function(self, source: Source, function: Node) -> Wait:
        """Awaiting what a call of ``function`` gives."""
        return self._function(source, function, frozenset())

    def _of(self, source: Source, parts: Iterable[Node], inside: frozenset[Key]) -> Wait:
        best = Wait.NEVER
        for part in parts:
            for point in suspensions(source, part):
                best = max(best, self._at(source, point, inside))
                if best is Wait.SURE:
                    return best
        return best

    def _at(self, source: Source, point: Node, inside: frozenset[Key]) -> Wait:
        if (source.path, span_of(point)) in self._gone or point.type == "yield_expression":
            return Wait.NEVER
        operand = awaited(point)
        if operand is not None:
            return self._future(source, operand, inside)
        name = macro_name(source, point)
        if name in (b"join", b"try_join"):
            given = [part for tree in source.arguments(point) for part in _parts(tree.root_node)]
            every = [self._future(source, each, inside) for each in given]
            return max(every, default=Wait.UNKNOWN)
        arms = list(arms_of_select(source, point))
        every = [self._future(source, arm.future, inside) for arm in arms]
        if not every:
            return Wait.UNKNOWN
        # One that is always ready makes all of it ready.
        worst = min(every)
        return worst if worst <= Wait.EITHER else max(every)

    def _future(self, source: Source, node: Node, inside: frozenset[Key]) -> Wait:
        node = bare(node)
        if node.type == "async_block":
            return self._of(source, [node], inside)
        inner = borrowed(node) or dereferenced(node)
        if inner is not None:
            return self._future(source, inner, inside)
        if node.type == "macro_invocation" and macro_name(source, node) in _PINNING:
            given = [part for tree in source.arguments(node) for part in _parts(tree.root_node)]
            return self._future(source, given[0], inside) if len(given) == 1 else Wait.UNKNOWN
        if node.type == "identifier":
            return self._named(source, node, inside)
        name = callee_name(node)
        return self._called(source, node, name, inside) if name is not None else Wait.UNKNOWN

    def _named(self, source: Source, node: Node, inside: frozenset[Key]) -> Wait:
        """A variable, by what it was made of."""
        function, key = source.fn_item_of(node), (source.path, span_of(node))
        if function is None or key in inside:
            return Wait.UNKNOWN
        binding = self._files.scopes(source, function).binding_at(node)
        if binding is None or binding.kind != "let" or not binding.plain:
            return Wait.UNKNOWN
        value = value_of(source, binding)
        made = value is not None and (value.type == "async_block" or call_of(value) is not None)
        return self._future(source, value, inside | {key}) if value and made else Wait.UNKNOWN

    def _called(self, source: Source, call: Node, name: Node, inside: frozenset[Key]) -> Wait:
        text, given, method = source.text(name), arguments_of(call), method_call(source, call)
        if is_spawn(source, call):
            return Wait.SURE
        own = list(self._calls.callees(source, name, sure=True))
        if own:
            found = self._alike(own, inside)
            # Of a type that nothing tells, a channel's method of that name may be meant as well.
            other = method is not None and self._calls.types_of(source, method.receiver) is None
            return Wait.EITHER if found is Wait.NEVER and other and text in _WAITING else found
        if method is not None and text in _PASSING:
            return self._future(source, method.receiver, inside)
        if method is None and text in _PASSING_LAST and given:
            return self._future(source, given[-1], inside)
        called = call_of(call)
        paths: list[bytes] = []
        if method is None and called is not None:
            paths = list(full_paths(source, called.callee, source.text(called.callee)))
            if text in _READY and any(p.rpartition(b"::")[0] in _READY_HOMES for p in paths):
                return Wait.NEVER
            if any(path.startswith(_PATHS) for path in paths):
                return Wait.SURE
            if self._is_local(source, called.callee):
                return Wait.UNKNOWN
        if text not in _WAITING and not (text in _IO and given):
            return Wait.UNKNOWN
        # By its name; one of the workspace's that is called so may be meant, too.
        like = [
            self._function(place, function, inside)
            for place, function in self._calls.callees(source, name)
            if is_async(function)
        ]
        return Wait.SURE if all(wait is Wait.SURE for wait in like) else Wait.UNKNOWN

    def _is_local(self, source: Source, callee: Node) -> bool:
        """Is it a closure, or a function that somebody gave?"""
        function = source.fn_item_of(callee)
        if callee.type != "identifier" or function is None:
            return callee.type not in ("identifier", "scoped_identifier")
        return self._files.scopes(source, function).binding_at(callee) is not None

    def _alike(self, functions: list[tuple[Source, Node]], inside: frozenset[Key]) -> Wait:
        """One of several functions that are meant."""
        every = {self._function(source, function, inside) for source, function in functions}
        if len(every) == 1:
            return every.pop()
        return Wait.EITHER if min(every) <= Wait.EITHER else Wait.UNKNOWN

    def _function(self, source: Source, function: Node, inside: frozenset[Key]) -> Wait:
        key = source.path, span_of(function)
        if key in inside:
            return Wait.NEVER  # that functions await each other is no wait
        if len(inside) >= _DEPTH:
            return Wait.UNKNOWN
        found = futures_of(source, function)
        if not found:
            return self._given(source, function, inside | {key})
        return self._of(source, found, inside | {key})

    def _given(self, source: Source, function: Node, inside: frozenset[Key]) -> Wait:
        """The future that a plain function is given by another, which its last expression calls."""
        body = body_of(function)
        last = named_children(body)[-1:] if body is not None else []
        return self._future(source, last[0], inside) if last else Wait.UNKNOWN


def futures_of(source: Source, function: Node) -> list[Node]:
    """The bodies that run when what ``function`` gives is awaited: its own, or the async blocks in it."""
    body = body_of(function)
    if body is None:
        return []
    if is_async(function):
        return [function]
    return [node for node in walk(body) if node.type == "async_block"]


def _parts(root: Node) -> list[Node]:
    """The arguments of a macro call, of one of the trees of its arguments."""
    around = ("source_file", "expression_statement", "tuple_expression", "parenthesized_expression")
    parts = [root]
    while len(parts) == 1 and parts[0].type in around:
        parts = named_children(parts[0])
    return parts
