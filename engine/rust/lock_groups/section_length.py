"""Is a section long: does it wait, go over something, or copy what is deep, while the guard is held? Work in
memory that takes no time that counts (a look-up, a field, a sum) makes no section long; what is not seen here
(a function of another crate) does not either, but for what writes a value out by serde.

Functions of the workspace are looked into one level deep, for loops and waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import known_calls, nodes, statement_nodes
from engine.rust.calls import Calls
from engine.rust.effects import parts_of
from engine.rust.files import Files
from engine.rust.held_effects import held_effects
from engine.rust.known_types import Cost
from engine.rust.lasting_work import Lasting, LastingWork, asked
from engine.rust.lock_groups.guard_sections import GuardSection, inside
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

TypeOf = Callable[[Span], Type | None]

# What gives items one after the other ...
_ITEMS = frozenset(
    b"iter values keys into_iter chunks chunks_exact windows lines chars bytes split split_whitespace".split()
)
# ... and what then goes over all of them, or may.
_OVER = frozenset(
    b"""collect sum product count fold for_each any all find find_map position max min max_by min_by
    max_by_key min_by_key partition unzip last eq cmp join concat""".split()
)
_STRAIGHT = frozenset(
    b"cloned copied map filter filter_map enumerate zip rev skip take flat_map flatten".split()
)


class SectionLength:
    """Answers for a workspace."""

    def __init__(
        self, calls: Calls, facts: TypeFacts, type_of: Callable[[str, Span], Type | None]
    ) -> None:
        self._calls = calls
        self._facts = facts
        self._type_of = type_of
        self._work = LastingWork(calls, type_of)

    def reasons(self, source: Source, section: GuardSection) -> list[Lasting]:
        """What makes the section long, in the order of the text."""
        found = {span_of(each.node): each for each in self._found(source, section)}
        return [found[span] for span in sorted(found)]

    def _found(self, source: Source, section: GuardSection) -> Iterator[Lasting]:
        scope = section.scope
        for node in scope.trace.ordered():
            line = source.position(node.start_byte)[0]
            yield Lasting(node, f"the await in line {line}", True)
        yield from self._loops(source, section)
        yield from passes(source, section)
        for node in copies(source, section):
            told = self._type_of(source.path, span_of(node))
            if told is not None and self._facts.ownership(told).cost is Cost.DEEP:
                yield Lasting(node, f"the copy `{source.quoted(span_of(node))}`", False)
        for effect in held_effects(source, scope):
            if span_of(effect.node) == span_of(scope.node) or effect.what != "call":
                continue
            found = self._work.of(source, effect)
            if found is not None and (found.waits or known_calls.serializes(source, effect.node)):
                yield found
            elif (own := self._own_loop(source, effect.node)) is not None:
                yield Lasting(effect.node, f"{effect.words} ({own})", False)

    def _own_loop(self, source: Source, call: Node) -> str | None:
        """Where a function of the workspace that is called loops, in words."""
        name = nodes.callee_name(call)
        for place, function in (
            self._calls.callees(source, name, sure=True) if name is not None else ()
        ):
            body = statement_nodes.body_of(function)
            for loop in self._work.loops(place, body) if body is not None else ():
                return f"{loop.words} of {place.path}"
            for node in _walk(place, body) if body is not None else ():
                if (words := _pass(place, node)) is not None:
                    line = place.position(node.start_byte)[0]
                    return f"`{words}` in line {line} of {place.path}"
        return None

    def _loops(self, source: Source, section: GuardSection) -> Iterator[Lasting]:
        scope = section.scope
        for loop in self._work.loops(source, scope.region):
            items = statement_nodes.scrutinee_of(loop.node)
            over = items is not None and span_of(scope.node) in span_of(items)
            around = span_of(scope.node) in span_of(loop.node) and not over
            if inside(scope, span_of(loop.node)) and not around:
                yield loop
        if scope.kind == "for":
            yield from self._work.loops(source, scope.holder)


def passes(source: Source, section: GuardSection) -> Iterator[Lasting]:
    """Chains of an iterator that go over all that it gives, while the guard is held. By syntax."""
    for node in _held(source, section):
        if (words := _pass(source, node)) is not None:
            yield Lasting(node, f"`{words}`", False)


def copies(source: Source, section: GuardSection) -> Iterator[Node]:
    """Calls that copy what is guarded, or a part of it."""
    for use in section.uses:
        called = nodes.method_on(source, use.place)
        if called is not None and called[0] in known_calls.COPYING:
            yield called[1]


def questions(files: Files, source: Source, section: GuardSection) -> Iterator[tuple[str, Span]]:
    """The expressions whose types :meth:`SectionLength.reasons` asks for."""
    for node in copies(source, section):
        yield source.path, span_of(node)
    for effect in held_effects(source, section.scope):
        if span_of(effect.node) != span_of(section.scope.node):
            yield from asked(files, source, effect, 2)


def outward(source: Source, section: GuardSection) -> Iterator[Node]:
    """Calls and copies in the section of which only types tell whether they take long."""
    yield from copies(source, section)
    for effect in held_effects(source, section.scope):
        if effect.what == "call" and span_of(effect.node) != span_of(section.scope.node):
            yield effect.node


def loops_by_syntax(source: Source, section: GuardSection) -> bool:
    """Does the section loop, wait or go over something, as far as the file's text tells?"""
    scope = section.scope
    if scope.trace.awaits or next(passes(source, section), None) is not None or scope.kind == "for":
        return True
    return any(
        node.type in LOOPS
        and (inside(scope, span_of(node)) and span_of(scope.node) not in span_of(node))
        for node in _walk(source, scope.region)
    ) or (scope.region.type == "for_expression" and scope.kind == "temporary")


def _held(source: Source, section: GuardSection) -> Iterator[Node]:
    for node in _walk(source, section.scope.region):
        if inside(section.scope, span_of(node)):
            yield node


def _walk(source: Source, node: Node) -> Iterator[Node]:
    """What runs where ``node`` does, with the closures that it hands to what it calls; not what is made
    there to be run elsewhere."""
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in FUNCTIONS and current.type != "closure_expression" and current != node:
            continue
        yield current
        pending.extend(reversed(parts_of(source, current)))


def _pass(source: Source, node: Node) -> str | None:
    """``values().sum()`` of a call that goes over all items; None for anything else."""
    called = nodes.method_call(source, node)
    if called is None or called.method not in _OVER:
        return None
    inner = called.receiver
    while (step := nodes.method_call(source, nodes.bare(inner))) is not None:
        if step.method in _ITEMS:
            return f"{step.method.decode()}()..{called.method.decode()}(..)"
        if step.method not in _STRAIGHT:
            return None
        inner = step.receiver
    return None
