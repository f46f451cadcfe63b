"""A guard that lives on behind what needs it: it may end behind the last await that does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from codemods.guard_across_await import notes
from codemods.guard_across_await.named_guard import Context
from codemods.guard_across_await.own_drops import Undone, behind_awaits, without_drops
from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.statement_nodes import statements_of
from engine.rust.syntax import span_of

_MOST = 4  # places to end it that are tried


@dataclass(frozen=True)
class Shortened:
    """``scope`` as if the guard were held over those awaits alone that do not need it. ``undone`` deletes
    the code's own ``drop``; ``nested``: what needs it stands in the same statement as what does not,
    so that no block can end it; ``awaiting``: it stays held over some awaits; ``notes`` say what else there is to know."""

    scope: GuardScope
    undone: Undone | None = None
    nested: bool = False
    awaiting: bool = False
    notes: tuple[str, ...] = ()


def shortened(ctx: Context, scope: GuardScope) -> Iterator[Shortened]:
    """The ways to see the guard that leave some of its awaits, or its ``drop``, aside: the earliest end
    first. Whether the guard can end there is for the plan to say."""
    if scope.kind not in ("let", "extended", "pattern") or scope.trace.moves:
        return
    found = Shortened(scope)
    if behind_awaits(scope):
        undone = without_drops(ctx, scope)
        if undone is None:
            return
        found = Shortened(undone.scope, undone, notes=(undone.note(ctx.source),))
        yield found
    yield from _behind_some(ctx, found)


def _behind_some(ctx: Context, whole: Shortened) -> Iterator[Shortened]:
    scope = whole.scope
    awaits = [node for node in scope.trace.ordered() if not scope.trace.later.get(span_of(node))]
    if scope.kind != "pattern":
        statements = statements_of(scope.region)
        places = {at: _index(statements, at) for at in map(span_of, scope.trace.ordered())}
        needed = max((_index(statements, use) for use in scope.uses), default=0)
        ends = sorted({places[span_of(node)] for node in awaits})
        earliest = min(places.values())
        for end in [end for end in ends if end > max(needed, earliest)][:_MOST]:
            rest = [node for node in awaits if places[span_of(node)] >= end]
            yield _only(ctx, whole, rest)
    rest = [node for node in awaits if not _is_needed(ctx, scope, node)]
    if rest and len(rest) < len(scope.trace.awaits):
        yield replace(_only(ctx, whole, rest), nested=True)


def _only(ctx: Context, whole: Shortened, awaits: list[Node]) -> Shortened:
    scope = whole.scope
    kept = {span_of(node): node for node in awaits}
    others = [node for node in scope.trace.ordered() if span_of(node) not in kept]
    before = [node for node in others if node.end_byte <= awaits[0].end_byte]
    note = notes.of_what_holds(ctx.source, before or others)
    less = replace(scope, trace=replace(scope.trace, awaits=kept, later={}))
    return replace(whole, scope=less, awaiting=True, notes=(*whole.notes, note))


def _is_needed(ctx: Context, scope: GuardScope, node: Node) -> bool:
    """Does the innermost statement in which ``node`` awaits use the guard?"""
    statement = ctx.source.statement_of(node)
    return statement is None or any(use in span_of(statement) for use in scope.uses)


def _index(statements: list[Node], span: Span) -> int:
    return next((i for i, s in enumerate(statements) if s.end_byte >= span.end), len(statements))
