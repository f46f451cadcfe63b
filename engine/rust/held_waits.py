"""What keeps a thread waiting while it holds a guard: a file, a process, a peer, a clock, another lock.

Calls are found by their names, and told by types (:mod:`engine.rust.blocking_calls`,
:mod:`engine.rust.locks`). Work on what the guard guards is no waiting of another kind: the lock is there for
it. Not looked into: what functions of the workspace do that are called meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.blocking_calls import (
    Blocking,
    blocking_function,
    blocking_method,
    blocking_names,
    is_blocking_name,
)
from engine.rust.guard_scopes import GuardScope, alive_at
from engine.rust.locks import LOCKS, Flavour, flavour_of_name, guards_in, is_evident, outermost
from engine.rust.nodes import call_by_name, call_of, callee_name, method_call
from engine.rust.syntax import FUNCTIONS, Source, span_of
from engine.rust.types import Type

_NAMED = re.compile(
    rb"(?<!\w)(%s)\s*(?:::\s*<[^()]*>)?\s*\("
    % b"|".join(sorted(blocking_names() | LOCKS, reverse=True))
)
TypeOf = Callable[[Span], Type | None]


@dataclass(frozen=True, slots=True)
class Wait:
    """A call that may wait. ``blocking`` is None for another lock."""

    node: Node
    blocking: Blocking | None

    @property
    def words(self) -> str:
        """What is waited for."""
        return str(self.blocking.wait) if self.blocking is not None else "another lock"


def may_wait(source: Source, scope: GuardScope) -> list[Node]:
    """Calls that, by their names, may wait while the guard of ``scope`` is alive, and do not work on what
    it guards; for a lock, the call that takes it with its ``unwrap`` and the like. Raises RecursionError on
    absurdly nested code."""
    found = [node for node in _named_so(source, scope) if not _on_guarded(source, scope, node)]
    if not found:
        return []
    alive = alive_at(source, scope, found)
    return [node for node in found if span_of(node) in alive]


def waits(source: Source, scope: GuardScope, type_of: TypeOf) -> list[Wait]:
    """As :func:`may_wait`, those of which the types tell what they wait for."""
    found = (_told(source, node, type_of) for node in may_wait(source, scope))
    return [wait for wait in found if wait is not None]


def types_asked(source: Source, scope: GuardScope) -> Iterator[Span]:
    """The expressions whose types :func:`waits` asks for."""
    for node in may_wait(source, scope):
        yield span_of(node)
        call, method = call_of(node), method_call(source, node)
        if method is not None:
            yield span_of(method.receiver)
        elif call is not None:
            yield span_of(call.callee)


def _named_so(source: Source, scope: GuardScope) -> Iterator[Node]:
    function = source.function_of(scope.node)
    seen: set[Span] = set()
    start = max(scope.region.start_byte, scope.node.end_byte)
    for hit in _NAMED.finditer(source.data, start, scope.region.end_byte):
        name = source.innermost(Span(hit.start(1), hit.end(1)))
        node = call_by_name(name)
        if node is None or callee_name(node) != name or _is_elsewhere(source, node, function):
            continue
        locked = outermost(source, node)
        if locked is not None and locked.call == node:
            if locked.borrows or locked.method.startswith(b"try_"):
                continue
            if is_evident(source, locked) and span_of(locked.node) not in seen:
                seen.add(span_of(locked.node))
                yield locked.node
                continue
        if is_blocking_name(source.text(name), method_call(source, node) is not None):
            yield node


def _is_elsewhere(source: Source, node: Node, function: Node | None) -> bool:
    """Does it stand in a closure, a function or a future that is made in the guard's own?"""
    return source.enclosing(node, FUNCTIONS) != function


def _on_guarded(source: Source, scope: GuardScope, node: Node) -> bool:
    """Is it called on what is guarded, or given the guard?"""
    return any(use in span_of(node) for use in scope.uses) or span_of(scope.node) in span_of(node)


def _told(source: Source, node: Node, type_of: TypeOf) -> Wait | None:
    taken = type_of(span_of(node))
    for guard in guards_in(taken) if taken is not None else ():
        flavour = flavour_of_name(guard.name)
        if flavour in (Flavour.STD, Flavour.PARKING_LOT, Flavour.SPIN):
            return Wait(node, None)
    call, method = call_of(node), method_call(source, node)
    if method is not None:
        receiver = type_of(span_of(method.receiver))
        name = method.method.decode("utf-8", "replace")
        blocking = blocking_method(receiver, name) if receiver is not None else None
        return Wait(node, blocking) if blocking is not None else None
    told = type_of(span_of(call.callee)) if call is not None else None
    blocking = blocking_function(told.name) if told is not None and told.kind == "fndef" else None
    return Wait(node, blocking) if blocking is not None else None
