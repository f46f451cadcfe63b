"""From sites to operations that do block, by the types that rustc told, and to groups of them: those that no
await of the future divides are changed together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from engine.base.model import Site, Span
from engine.rust.between_awaits import Between, between_awaits
from engine.rust.blocking_calls import Blocking, blocking_function, blocking_method
from engine.rust.effects import Effect
from engine.rust.nodes import call_of, method_call
from engine.rust.polled import Running, Runs, running
from engine.rust.syntax import Source, span_of
from engine.rust.types import Type

TypeOf = Callable[[str, Span], Type | None]
SourceOf = Callable[[str], Source]
EffectsOf = Callable[[Source, Node], Iterable[Effect] | None]


def _by_names(_: Source, __: Node) -> None:
    return None


@dataclass(frozen=True)
class Operation:
    """One call that blocks. ``name`` is the function's or method's."""

    site: Site
    source: Source
    node: Node
    blocking: Blocking
    running: Running
    name: bytes
    receiver: Node | None  # of a method

    @property
    def span(self) -> Span:
        """Of the call."""
        return span_of(self.node)


@dataclass(frozen=True)
class Group:
    """Operations of one body with no await between them, in the order of the text."""

    operations: tuple[Operation, ...]
    body: Node
    between: Mapping[Span, Between]

    @property
    def source(self) -> Source:
        """The file that all of them stand in."""
        return self.operations[0].source

    @property
    def first(self) -> Operation:
        """The first in the text."""
        return self.operations[0]

    @cached_property
    def is_repeated(self) -> bool:
        """Does one of them come again with no await between?"""
        return any(op.span in self.between[op.span].others for op in self.operations)


def asked_of(source: Source, site: Site) -> Span | None:
    """The expression whose type tells whether the call blocks: a method's receiver, or the function."""
    node = source.node_at(site.captures["call"][0])
    method = method_call(source, node) if node is not None else None
    if method is not None:
        return span_of(method.receiver)
    called = call_of(node) if node is not None else None
    return span_of(called.whole_callee) if called is not None else None


def operation(
    source: Source, site: Site, type_of: TypeOf, wraps: Callable[[Node], bool]
) -> Operation | None:
    """The operation at a site; None where the types show that it is none, or are not known."""
    node, asked = source.node_at(site.captures["call"][0]), asked_of(source, site)
    type_ = type_of(site.path, asked) if asked is not None else None
    called = call_of(node) if node is not None else None
    if node is None or type_ is None or called is None:
        return None
    method = method_call(source, node)
    if method is not None:
        found = blocking_method(type_, method.method.decode("utf-8", "replace"))
        name, receiver = method.method, method.receiver
    elif type_.kind == "fndef":
        found = blocking_function(type_.name) or _by_trait(type_)
        name, receiver = type_.last.encode(), None
    else:
        return None
    if found is None:
        return None
    where = running(source, node, wraps)
    if where.runs is Runs.OFFLOADED or where.body is None:
        return None
    return Operation(site, source, node, found, where, name, receiver)


def _by_trait(function: Type) -> Blocking | None:
    """``Read::read(&mut file, ..)``, ``Path::exists(p)``: a method that is called by its path."""
    if len(function.args) < 2 or not function.args[0].args[:-1]:
        return None
    receiver = function.args[0].args[0]
    # A function of somebody else's that takes such a value first, and is called so, is none.
    crates = {step.name.partition("::")[0] for step in receiver.deref_chain()}
    if function.name.lstrip("<&").partition("::")[0] not in {"std", "core", "alloc", *crates} - {
        ""
    }:
        return None
    return blocking_method(receiver, function.last)


def groups(found: Iterable[Operation], effects_of: EffectsOf = _by_names) -> Iterator[Group]:
    """Those that are polled, by body, and by what an await divides; ``effects_of`` tells what a body does that
    counts (None: as far as names tell). Raises RecursionError on absurdly nested code."""
    bodies: dict[tuple[str, Span], list[Operation]] = {}
    for op in found:
        if op.running.runs in (Runs.POLLED, Runs.CLOSURE) and op.running.body is not None:
            bodies.setdefault((op.site.path, span_of(op.running.body)), []).append(op)
    for listed in bodies.values():
        body = listed[0].running.body
        assert body is not None
        source, spans = listed[0].source, [op.span for op in listed]
        between = between_awaits(source, body, spans, effects_of(source, body))
        for joined in _joined(listed, between):
            yield Group(tuple(joined), body, between)


def _joined(
    listed: Sequence[Operation], between: Mapping[Span, Between]
) -> Iterator[list[Operation]]:
    """Connected by having no await between them."""
    left = {op.span: op for op in sorted(listed, key=lambda op: op.span)}
    while left:
        pending = [next(iter(left))]
        mine: set[Span] = set()
        while pending:
            span = pending.pop()
            if span in mine or span not in left:
                continue
            mine.add(span)
            pending += between[span].others
        yield [left.pop(span) for span in sorted(mine)]
