"""Whether one of a group's locks is taken once more while another section over it runs: in the section itself, or in
a function of the workspace that is called there (and what that calls, three levels deep).

To the careful side: it may be another lock of the group. Not seen: what is called through a function value, or
by another crate.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import nodes
from engine.rust.effects import effects
from engine.rust.lock_groups.guard_sections import GuardSection, inside
from engine.rust.lock_groups.lock_places import LocatedCall, LockPlaces
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, span_of

_DEPTH = 3
_Function = tuple[str, Span]


class TakenAgain:
    """Answers for one group."""

    def __init__(self, places: LockPlaces, group: Group) -> None:
        self._places, self._group = places, group
        self._takers: dict[_Function, LocatedCall] = {}
        for call in group.lock_calls:
            source = places.source(call.path)
            function = source.fn_item_of(source.innermost(call.span))
            if function is not None:
                self._takers[call.path, span_of(function)] = call

    def within(self, call: LocatedCall, section: GuardSection) -> LocatedCall | None:
        """The first lock call of the group that may run in the ``section`` that ``call`` opens."""
        source, scope = self._places.source(call.path), section.scope
        for other in self._group.lock_calls:
            near = other.path == call.path and other.span in span_of(scope.region)
            if near and other.span not in span_of(scope.node) and inside(scope, other.span):
                return other
        for node in _calls_in(source, scope.region):
            if inside(scope, span_of(node)) and (found := self._below(source, node, frozenset())):
                return found
        return None

    def _below(self, source: Source, call: Node, seen: frozenset[_Function]) -> LocatedCall | None:
        name = nodes.callee_name(call)
        if name is None:
            return None
        for place, function in self._places.calls.callees(source, name, sure=True):
            key, body = (place.path, span_of(function)), body_of(function)
            if key in self._takers:
                return self._takers[key]
            if body is None or key in seen or len(seen) >= _DEPTH:
                continue
            for inner in _calls_in(place, body):
                if found := self._below(place, inner, seen | {key}):
                    return found
        return None


def _calls_in(source: Source, node: Node) -> Iterator[Node]:
    return (e.node for e in effects(source, node) if e.node.type == "call_expression")
