"""What happens to one value between its making and the end of its scope: which points of suspension
find it alive, and what is done with it after each of them, on all paths.

A value is known by the names that it is used by. Not answered: when it is dropped at the end of its
scope (that is the drop scopes' matter), and what becomes of a copy or a part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.moves import takes_value
from engine.rust.nodes import (
    access_of,
    call_of,
    has_token,
    is_callee,
    method_call,
    method_on,
    unwrapped,
)
from engine.rust.path_walk import Walk
from engine.rust.suspension import awaits_arguments, is_stream, suspends
from engine.rust.syntax import Source, span_of

_DROPS = frozenset({b"drop", b"mem::drop", b"std::mem::drop", b"core::mem::drop"})


@dataclass(frozen=True, slots=True)
class Names:
    """The identifiers by which a value is used. ``consumers`` are methods that take it by value;
    ``enders`` those, with how many arguments they have, that take it and drop what it holds on to, or
    hand that on; ``borrowed`` names only refer to it and can neither give it away nor drop it."""

    uses: frozenset[Span] = frozenset()
    consumers: frozenset[bytes] = frozenset()
    borrowed: bool = False
    enders: frozenset[tuple[bytes, int]] = frozenset()


@dataclass
class Trace:
    """Points of suspension that find the value alive, and what can follow each of them."""

    awaits: dict[Span, Node] = field(default_factory=dict)
    later: dict[Span, list[Node]] = field(default_factory=dict)  # uses
    drops_later: dict[Span, list[Node]] = field(default_factory=dict)  # `drop(x)`
    drops: list[Node] = field(default_factory=list)
    moves: list[Node] = field(default_factory=list)  # names by which it is given away
    ended: list[Node] = field(
        default_factory=list
    )  # names on which a method is called that ends it
    reassigned: list[Node] = field(default_factory=list)

    def ordered(self) -> list[Node]:
        """The points of suspension in the order of the text."""
        return sorted(self.awaits.values(), key=lambda n: (n.end_byte, n.start_byte))

    def add(self, other: Trace) -> None:
        """Take over what another trace of the same value found elsewhere."""
        self.awaits.update(other.awaits)
        self.later.update(other.later)
        self.drops_later.update(other.drops_later)
        self.drops.extend(other.drops)
        self.moves.extend(other.moves)
        self.ended.extend(other.ended)
        self.reassigned.extend(other.reassigned)


def trace(
    source: Source,
    nodes: Iterable[Node],
    names: Names,
    within: Span,
    made: Node | None = None,
    points: frozenset[Span] = frozenset(),
) -> Trace:
    """The trace of a value over ``nodes``, evaluated one after the other. It lives within ``within``,
    from the start or from behind ``made``. Expressions at ``points`` count as points of suspension,
    too, once they have been evaluated. Raises RecursionError on absurdly nested code."""
    walk = _Follow(source, names, within, made, points)
    walk.run(nodes, _State(made is None))
    return walk.trace


@dataclass(frozen=True, slots=True)
class _State:
    """``alive``: may the value be there? ``passed``: points of suspension that found it so."""

    alive: bool
    passed: frozenset[Span] = frozenset()


class _Follow(Walk[_State]):
    def __init__(
        self,
        source: Source,
        names: Names,
        within: Span,
        made: Node | None,
        points: frozenset[Span],
    ) -> None:
        super().__init__(source)
        self.trace = Trace()
        self._names = names
        self._within = within
        self._made = made
        self._points = points
        self._seen: set[Span] = set()
        self._waits: set[Span] = set()  # points of suspension that were come by, alive or not
        self._lost: dict[Span, Node] = {}  # uses that no walk of the macro call finds

    def joined(self, states: Sequence[_State]) -> _State:
        passed = frozenset[Span]().union(*(state.passed for state in states))
        return _State(any(state.alive for state in states), passed)

    def passed(self, node: Node, state: _State) -> _State:
        if node == self._made:
            return _State(True)
        return self.suspended(node, state) if span_of(node) in self._points else state

    def suspended(self, node: Node, state: _State) -> _State:
        key = span_of(node)
        self._waits.add(key)
        if not state.alive or key not in self._within:
            return state
        self.trace.awaits[key] = node
        state = _State(True, state.passed | {key})
        if len(self.source.arguments(node)) > 1:  # `select!` runs what it was given while it waits
            for use in sorted(self._names.uses):
                if use in key:
                    self._used(self.source.innermost(use), state)
        return state

    def named(self, node: Node, state: _State) -> _State:
        if span_of(node) not in self._names.uses:
            return state
        self._seen.add(span_of(node))
        if not self._names.borrowed and self._ends(node):
            self._used(node, state)
            _note(self.trace.ended, node)
            return _State(False)
        if not self._names.borrowed and self._given_away(node):
            return self._moved(node, state)
        return self._used(node, state)

    def nested(self, node: Node, state: _State) -> _State:
        """By ``move`` it takes the value along."""
        inside = [use for use in self._names.uses if use in span_of(node)]
        if not inside:
            return state
        self._seen.update(inside)
        moves = is_stream(self.source, node) or has_token(node, "move")
        if moves and not self._names.borrowed:
            return self._moved(node, state)
        return self._used(node, state)

    def assigned(self, left: Node, state: _State) -> _State | None:
        if left.type != "identifier" or span_of(left) not in self._names.uses:
            return super().assigned(left, state)
        self._seen.add(span_of(left))
        _note(self.trace.reassigned, left)
        return _State(True)

    def called(self, call: Node, state: _State) -> _State | None:
        dropped = self._dropped(call)
        if dropped is None:
            return super().called(call, state)
        self._seen.add(span_of(dropped))
        _note(self.trace.drops, call)
        for key in state.passed:
            _note(self.trace.drops_later.setdefault(key, []), call)
        return _State(False)

    def expanded(self, call: Node, state: _State) -> _State:
        """Names, and waits, that a syntax error hid from the walk count all the same."""
        span = span_of(call)
        for use in sorted(self._names.uses):
            if use in span and use not in self._seen and self._lost.setdefault(use, call) == call:
                state = self._used(call, state)
        found = any(key in span for key in self._waits)
        return state if found or not self._hides_await(call) else self.suspended(call, state)

    def _hides_await(self, call: Node) -> bool:
        """Does the call's text speak of an await where its arguments could not be read?"""
        trees = self.source.arguments(call)
        torn = any(tree.root_node.has_error for tree in trees)
        waits = b".await" in self.source.text(call)
        return torn and waits and not awaits_arguments(self.source, call)

    def _used(self, node: Node, state: _State) -> _State:
        for key in state.passed:
            _note(self.trace.later.setdefault(key, []), node)
        return state

    def _moved(self, node: Node, state: _State) -> _State:
        self._used(node, state)
        _note(self.trace.moves, node)
        return _State(False)

    def _dropped(self, call: Node) -> Node | None:
        """The value's name in ``drop(x)``."""
        found = call_of(call)
        if self._names.borrowed or found is None or len(found.arguments) != 1:
            return None
        if self.source.text(found.callee) not in _DROPS:
            return None
        return found.arguments[0] if span_of(found.arguments[0]) in self._names.uses else None

    def _ends(self, node: Node) -> bool:
        """Is a method called on the value that ends it, and at once (its arguments come first)?"""
        called = method_on(self.source, node)
        call = method_call(self.source, called[1]) if called is not None else None
        if call is None or (call.method, len(call.arguments)) not in self._names.enders:
            return False
        return not any(suspends(self.source, given) for given in call.arguments)

    def _given_away(self, node: Node) -> bool:
        """Is the value moved here (not borrowed, looked into or called on)?"""
        _, parent = unwrapped(node)
        if parent is None or not is_callee(parent):
            return takes_value(self.source, node)
        access = access_of(parent)
        return access is not None and self.source.text(access.name) in self._names.consumers


def _note(nodes: list[Node], node: Node) -> None:
    if node not in nodes:
        nodes.append(node)
