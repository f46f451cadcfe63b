"""Async code that blocks through a plain function: its call is an operation, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from tree_sitter import Node

from codemods.blocking_in_async.locate import NAME
from codemods.blocking_in_async.operations import Operation
from engine.base.model import Level, Site, Span
from engine.rust.blocking_calls import Blocking
from engine.rust.calls import Calls
from engine.rust.context import heat_through_closures
from engine.rust.files import Files, mentions
from engine.rust.item_nodes import name_of
from engine.rust.nodes import awaited, call_by_name, callee_name
from engine.rust.polled import Running, Runs, is_cold, running
from engine.rust.syntax import Source, span_of

Callers = Callable[[Source, Node], Iterable[tuple[Source, Node]]]
_DEPTH = 3  # functions between the async code and the one that blocks


@dataclass(frozen=True, slots=True)
class _Step:
    """A plain function that blocks, with what it calls on the way to the operation."""

    source: Source
    function: Node
    chain: tuple[str, ...]


def by_name(files: Files) -> Callers:
    """Calls of anything that is called like the function: for what is only asked about."""

    def callers(_: Source, function: Node) -> Iterator[tuple[Source, Node]]:
        named = name_of(function)
        if named is None:
            return
        for place, mention in mentions(files, named.text or b""):
            call = call_by_name(mention)
            if call is not None:
                yield place, call

    return callers


def by_types(calls: Calls) -> Callers:
    """Calls that surely run the function."""

    def callers(source: Source, function: Node) -> Iterator[tuple[Source, Node]]:
        here = source.path, span_of(function)
        for place, call in calls.callers(source, function):
            name = callee_name(call)
            meant = calls.callees(place, name, sure=True) if name is not None else ()
            if [(other.path, span_of(node)) for other, node in meant] == [here]:
                yield place, call

    return callers


def through_helpers(
    found: Iterable[Operation], callers: Callers, wraps: Callable[[Source, Node], bool]
) -> Iterator[Operation]:
    """The calls in async code that come to one of the operations ``found`` in plain functions, each once."""
    seen: set[tuple[str, Span]] = set()
    told: set[tuple[str, Span]] = set()
    pending = [
        (_Step(op.source, op.running.body, (_shown(op),)), op)
        for op in found
        if op.running.runs is Runs.CALLED
        and op.running.body is not None
        and op.running.closure is None
    ]
    while pending:
        step, op = pending.pop(0)
        key = step.source.path, span_of(step.function)
        if key in seen or len(step.chain) > _DEPTH:
            continue
        seen.add(key)
        named = name_of(step.function)
        name = step.source.text(named).decode("utf-8", "replace") if named is not None else ""
        for place, call in callers(step.source, step.function):
            where = running(place, call, partial(wraps, place))
            if where.body is None or where.runs is Runs.OFFLOADED:
                continue
            if _is_awaited(call):
                continue  # what gives a future is another function of that name
            chain = (f"`{name}`", *step.chain)
            if where.runs is Runs.CALLED:
                pending.append((_Step(place, where.body, chain), op))
                continue
            if is_cold(place, call):
                continue
            at = place.path, span_of(call)
            if at not in told:
                told.add(at)
                yield _operation(place, call, op, chain, where)


def _is_awaited(call: Node) -> bool:
    return call.parent is not None and awaited(call.parent) == call


def _shown(op: Operation) -> str:
    return f"`{op.name.decode('utf-8', 'replace')}`"


def _operation(
    source: Source, call: Node, op: Operation, chain: tuple[str, ...], where: Running
) -> Operation:
    line = op.source.position(op.node.start_byte)[0]
    site = Site(
        NAME,
        source.path,
        span_of(call),
        {"call": (span_of(call),)},
        kind="helper",
        level=Level.REVIEW,
        message=(
            f"{' calls '.join(chain)} ({op.site.path}:{line}), which keeps the thread of this async code waiting"
        ),
        heat=heat_through_closures(source, call),
    )
    found = replace(op, site=site, source=source, node=call, blocking=Blocking(op.blocking.wait))
    return replace(found, running=where, name=b"", receiver=None)
