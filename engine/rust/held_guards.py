"""Which guards may be held at a place: by a name, as a temporary, as an earlier argument of the same
call, as a parameter, inside an ``Option``, a tuple or a struct.

``holds`` tells of an expression whether its value is, or owns, a guard (``guard_types`` by the types
that rustc told); None where that is not known, and then what takes a lock by its looks does. Both
sides of a branch count, so that a guard may be held here which is not on every path. Not found: a
guard that is assigned to a variable declared before, that is kept in a field, or that a caller holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import is_spawn
from engine.rust.drop_scopes import is_part
from engine.rust.guard_scopes import GuardScope, guard_scope, parameter_scope
from engine.rust.guard_types import written_flavour
from engine.rust.item_nodes import parameters_of
from engine.rust.locks import BORROWS, LOCKS, is_evident, lock_call, with_tails
from engine.rust.nodes import call_around, call_through, unwrapped
from engine.rust.per_source import per_source
from engine.rust.statement_nodes import let_of, scrutinee_of
from engine.rust.syntax import FUNCTIONS, Source, span_of, walk_all
from engine.rust.value_trace import Names, trace

Holds = Callable[[Node], bool | None]
Takes = Callable[[Node], bool]

_CALLS = frozenset({"call_expression", "await_expression", "try_expression", "macro_invocation"})
_TAKING = rb"\b(?:%s)\b" % b"|".join(sorted(LOCKS | BORROWS))
_TAKES = re.compile(_TAKING)
_LOOKS = re.compile(_TAKING + rb"|Guard|\bRef")


def _unknown(_: Node) -> bool | None:
    return None


def guards_at(
    source: Source, point: Node, holds: Holds = _unknown, takes: Takes | None = None
) -> Iterator[GuardScope]:
    """Guards, taken in the same body (of a ``fn``, closure or async block), that may be held when
    ``point`` has been evaluated. ``takes`` tells of a parameter's written type whether it is, or owns, one, beside
    what looks so. Raises RecursionError on absurdly nested code."""
    function = source.function_of(point)
    if function is not None and (
        holds is not _unknown or _LOOKS.search(source.data, function.start_byte, point.end_byte)
    ):
        yield from _in_body(source, function, point, holds, takes)


def guards_across(
    source: Source, point: Node, holds: Holds = _unknown, takes: Takes | None = None
) -> Iterator[GuardScope]:
    """Guards that an ``.await`` put behind ``point`` may keep: those of :func:`guards_at`, and those
    held where the closures and async blocks around it are made. What is spawned runs elsewhere, with
    the guards alone that it takes along."""
    place: Node | None = point
    spawned = False
    while place is not None:
        for found in guards_at(source, place, holds, takes):
            if not spawned or _takes_along(found, place):
                yield found
        body = source.function_of(place)
        call = call_around(body) if body is not None else None
        spawned = spawned or (call is not None and is_spawn(source, call))
        place = body if body is not None and body.type != "function_item" else None


def _in_body(
    source: Source, function: Node, point: Node, holds: Holds, takes: Takes | None
) -> Iterator[GuardScope]:
    here = frozenset({span_of(point)})
    for node in _takers(source, function, holds):
        found = _held(source, node, point, here)
        if found is not None:
            yield found
    for parameter in parameters_of(function):
        written = parameter.type
        if written is None:
            continue
        by_looks = written_flavour(source, written) is not None
        if by_looks or (takes is not None and takes(written)):
            incoming = parameter_scope(source, parameter.node, here)
            if incoming is not None and _is_held(incoming, point):
                yield incoming


def _takers(source: Source, function: Node, holds: Holds) -> Iterator[Node]:
    """Expressions of the body whose value is, or owns, a guard, in the order of the text."""
    if holds is _unknown:
        yield from _evident(source, function)
        return
    for node, _ in _candidates(source, function):
        known = holds(node)
        locked = lock_call(source, node) if known is None else None
        if known or (locked is not None and is_evident(source, locked)):
            yield node


def _candidates(source: Source, function: Node) -> Iterator[tuple[Node, bool]]:
    """Expressions of the body, with their tails, whose value may be a guard that somebody has: those that are
    bound, matched or gone over (True), and other calls; each once, in the order of the text."""
    seen: set[Span] = set()
    for found in walk_all(source, function):
        let = let_of(found)
        bound = let.value if let is not None else scrutinee_of(found)
        node = found if bound is None and let is None and found.type in _CALLS else bound
        if node is None or source.function_of(node) != function:
            continue
        node = with_tails(source, node)
        if span_of(node) not in seen:
            seen.add(span_of(node))
            yield node, bound is not None


@per_source
def _evident(source: Source, function: Node) -> tuple[Node, ...]:
    """Calls of the body that take a lock by their looks, with their tails. (By their names: a walk
    of the whole body costs more than all else that a scan asks.)"""
    found: dict[Span, Node] = {}
    for hit in _TAKES.finditer(source.data, function.start_byte, function.end_byte):
        name = source.innermost(Span(hit.start(), hit.end()))
        call = call_through(name.parent) if name.parent is not None else None
        if call is None or source.function_of(call) != function:
            continue
        node = with_tails(source, call)
        locked = lock_call(source, node)
        if locked is not None and is_evident(source, locked):
            found.setdefault(span_of(node), node)
    return tuple(found.values())


def _held(source: Source, node: Node, point: Node, here: frozenset[Span]) -> GuardScope | None:
    """The guard of ``node``, when it may be held at ``point``."""
    whole = owner(source, node)
    found = guard_scope(source, whole, points=here)
    if found is not None and _is_held(found, point):
        return found
    # An operand: it is there until all the others are, and the call it is given to begins.
    whole = call_around(whole) or whole
    traced = trace(source, [whole], Names(), span_of(whole), node, here)
    if span_of(point) not in traced.awaits:
        return None
    return GuardScope("passed", node, whole, whole, (), frozenset(), traced)


def _is_held(found: GuardScope, point: Node) -> bool:
    return span_of(point) in found.trace.awaits or _takes_along(found, point)


def _takes_along(found: GuardScope, body: Node) -> bool:
    """Is it moved into the closure or async block ``body``?"""
    return body.type in FUNCTIONS and body in found.trace.moves


def owner(source: Source, node: Node) -> Node:
    """The outermost expression whose value owns the value of ``node``: ``Some((g, 1))``."""
    child, parent = unwrapped(node)
    while parent is not None and is_part(source, parent, child):
        child, parent = unwrapped(parent)
    return child


def asked_about(source: Source, point: Node) -> Iterator[Span]:
    """The expressions whose types tell whether a guard is held at ``point``, in the bodies that
    :func:`guards_across` looks at: what was bound before it, what is matched or gone over around it, and
    what is called beside it."""
    place: Node | None = point
    while place is not None:
        body = source.function_of(place)
        if body is None:
            return
        for node, bound in _candidates(source, body):
            looks_so = bound or _TAKES.search(source.text(node)) is not None
            if node.start_byte < place.end_byte and looks_so:
                yield span_of(node)
        place = body if body.type != "function_item" else None
