"""What else happens while a guard is held: the effects, by the code's own order, that would leave its
critical section if the guard ended earlier.

On all paths, up to a ``drop`` or the end of the guard's scope. What a call does inside is not looked
at: the call itself is the effect.
"""

from __future__ import annotations

from collections.abc import Collection

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.effects import Effect, outward_effects
from engine.rust.guard_scopes import GuardScope, alive_at
from engine.rust.syntax import FUNCTIONS, Source, span_of


def held_effects(
    source: Source, scope: GuardScope, leave: Collection[Span] = ()
) -> tuple[Effect, ...]:
    """Effects that others may see while the guard of ``scope`` lives, in the order of the text; what
    lies in a span of ``leave`` does not count. Those of a closure count where it is made. Raises
    RecursionError on absurdly nested code."""
    found = [
        effect
        for node in _code_of(scope)
        for effect in outward_effects(source, node)
        if effect.node.end_byte > scope.node.end_byte
        and not any(effect.span in span for span in leave)
    ]
    places = [_place(source, scope, effect.node) for effect in found]
    alive = alive_at(source, scope, places)
    return tuple(e for e, at in zip(found, places, strict=True) if span_of(at) in alive)


def _code_of(scope: GuardScope) -> list[Node]:
    if scope.kind in ("let", "extended"):
        after = scope.holder.end_byte
        return [n for n in scope.region.named_children if n.start_byte >= after]
    return [scope.region]


def _place(source: Source, scope: GuardScope, node: Node) -> Node:
    """The outermost closure around ``node`` in the guard's scope, else ``node``."""
    best = node
    for ancestor in source.ancestors(node):
        if span_of(ancestor) not in span_of(scope.region):
            break
        if ancestor.type in FUNCTIONS and ancestor != scope.region:
            best = ancestor
    return best
