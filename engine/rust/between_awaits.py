"""What happens between two points at which a future may be suspended: the *segment* around a place.

A future's code runs from one await to the next without the task being dropped, and without another task of
the same thread running. An await that is put into a segment cuts it. Asked of some points of one body: what
others may see that happens in their segment before them and behind them, on any path, and which other
points stand in it (a point that comes again without an await between stands in its own). The ends of the
body are ends of segments, too.

Which effects count is the caller's to say (:mod:`engine.rust.shared_effects` tells by types).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.effects import Effect, outward_effects
from engine.rust.nodes import awaited
from engine.rust.path_walk import Walk
from engine.rust.statement_nodes import body_of
from engine.rust.suspension import awaits_arguments
from engine.rust.syntax import FUNCTIONS, Source, is_async, span_of


@dataclass(frozen=True, slots=True)
class Between:
    """The segment around one point: effects ``before`` and ``after`` it in the order of the text, the
    ``others`` of the points, itself among them where it is repeated, and the suspensions that it may begin
    with (``begun``)."""

    before: tuple[Effect, ...]
    after: tuple[Effect, ...]
    others: frozenset[Span]
    begun: tuple[Node, ...] = ()


_NOTHING: frozenset[Span] = frozenset()
_State = tuple[frozenset[Span], frozenset[Span], frozenset[Node]]
# Effects and points since the last await, and that.


def between_awaits(
    source: Source,
    body: Node,
    points: Collection[Span],
    effects: Iterable[Effect] | None = None,
) -> Mapping[Span, Between]:
    """The segments of the expressions at ``points``, which stand in ``body`` (an async fn, block or
    closure, or a ``stream!``), some perhaps in closures that it makes; these are taken to run where
    they are made, in any order. A point is itself no effect, nor is what is awaited. ``effects`` are those that
    count; by default those that others see, as far as names tell.

    Raises RecursionError on absurdly nested code.
    """
    found = {
        effect.span: effect
        for effect in (outward_effects(source, body) if effects is None else effects)
        if effect.what != "await" and effect.span not in points and not _waits(source, effect.node)
    }
    walk = _Segments(source, frozenset(points), frozenset(found))
    walk.inline(body, (_NOTHING, _NOTHING, frozenset()))
    return {
        point: Between(
            tuple(found[span] for span in sorted(walk.before.get(point, ()))),
            tuple(found[span] for span in sorted(walk.after.get(point, ()))),
            frozenset(walk.others.get(point, ())),
            tuple(sorted(walk.begun.get(point, ()), key=lambda node: node.start_byte)),
        )
        for point in points
    }


def _waits(source: Source, node: Node) -> bool:
    """Is it awaited, or a macro that awaits what it is given?"""
    parent = node.parent
    direct = parent is not None and awaited(parent) == node
    return direct or (node.type == "macro_invocation" and awaits_arguments(source, node))


class _Segments(Walk[_State]):
    def __init__(self, source: Source, points: frozenset[Span], effects: frozenset[Span]) -> None:
        super().__init__(source)
        self._points, self._effects = points, effects
        self.before: dict[Span, set[Span]] = {}
        self.after: dict[Span, set[Span]] = {}
        self.others: dict[Span, set[Span]] = {}
        self.begun: dict[Span, set[Node]] = {}

    def joined(self, states: Sequence[_State]) -> _State:
        effects, points, begun = zip(*states, strict=True)
        return _NOTHING.union(*effects), _NOTHING.union(*points), frozenset().union(*begun)

    def passed(self, node: Node, state: _State) -> _State:
        span = span_of(node)
        if span in self._points:
            return self._come(state, {span})
        return self._done(state, {span}) if span in self._effects else state

    def nested(self, node: Node, state: _State) -> _State:
        if node.type not in FUNCTIONS or is_async(node) or body_of(node) is None:
            return state
        within = span_of(node)
        effects = {span for span in self._effects if span in within}
        points = {span for span in self._points if span in within}
        for _ in range(2):  # each comes before and behind each other
            state = self._come(self._done(state, effects), points)
        return state

    def suspended(self, node: Node, state: _State) -> _State:
        return _NOTHING, _NOTHING, frozenset({node})

    def _come(self, state: _State, points: Collection[Span]) -> _State:
        effects, seen, begun = state
        for point in points:
            self.begun.setdefault(point, set()).update(begun)
            self.before.setdefault(point, set()).update(effects)
            self.others.setdefault(point, set()).update(seen)
            for other in seen:
                self.others.setdefault(other, set()).add(point)
        return effects, seen.union(points), begun

    def _done(self, state: _State, effects: Collection[Span]) -> _State:
        done, seen, begun = state
        for point in seen:
            self.after.setdefault(point, set()).update(effects)
        return done.union(effects), seen, begun
