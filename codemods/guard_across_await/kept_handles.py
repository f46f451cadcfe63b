"""A guard that is needed behind the await for a handle or a number alone: these are taken along."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from codemods.guard_across_await.block_planner import BlockPlanner
from codemods.guard_across_await.extraction import Extraction
from codemods.guard_across_await.named_guard import Context, GuardBlock, Refused
from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.locks import guarded
from engine.rust.nodes import access_of, dereferenced, is_callee, is_mut, operation_of, unwrapped
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_used_mutably
from engine.rust.types import Type

_PLACES = 3  # more are a snapshot, which a person should name


def later_places(ctx: Context, scope: GuardScope) -> dict[bytes, list[Node]] | None:
    """What is used of the guard from its first await on, by its text: ``g``, ``*g``, ``g.tx``. None when
    it is written to, or not known in the whole."""
    if scope.kind != "let" or len(scope.bindings) != 1 or not scope.bindings[0].plain:
        return None
    planner = BlockPlanner(ctx, scope, {}, cloning_out=True)
    places: dict[bytes, list[Node]] = {}
    for use in sorted(scope.uses):
        if planner.index_at(use) < planner.stop:
            continue
        node = ctx.source.innermost(use)
        if span_of(node) != use or node.type != "identifier":
            return None  # a format string captures it
        place = _place(node)
        if _is_written(ctx.source, place):
            return None
        places.setdefault(b"".join(ctx.source.text(place).split()), []).append(place)
    return places if 0 < len(places) <= _PLACES else None


def handle_block(ctx: Context, scope: GuardScope, guard: Type | None) -> GuardBlock | None:
    """The block that hands these out, when each is cheap to clone. While the guard lives nobody else
    can change them, so that what they are at its end is what they would have been later."""
    places = later_places(ctx, scope)
    if places is None:
        return None
    extractions: list[tuple[Extraction, ...]] = []
    for nodes in places.values():
        held = _type(ctx, scope, nodes[0], guard)
        if held is None or not ctx.types.facts.is_cheap(held) or is_used_mutably(held):
            return None
        copied = ctx.types.facts.is_copy(held)
        bare, deref = span_of(nodes[0]) in scope.uses, nodes[0].type == "unary_expression"
        if (copied and bare) or (not copied and deref):
            return None  # `g.pow(2)` of a number, `*g` of what is none
        cost = "" if copied else f"a clone of `{held.short()}`, which is cheap"
        suffix = b"" if copied else b".clone()"
        also = tuple(span_of(node) for node in nodes[1:])
        extractions.append((Extraction(nodes[0], suffix, cost, also=also),))
    planner = BlockPlanner(ctx, scope, {}, cloning_out=True)
    last, gone = planner.stop - 1, [span_of(n) for nodes in places.values() for n in nodes]
    derived = planner.derived(last)
    for binding, cloned in derived.items():
        later = any(planner.index_at(u.span) > last for u in ctx.scopes.uses(binding))
        if later and cloned is None:
            return None
    try:
        planner.check(last, planner.statements[planner.stop])
        carried, notes = planner.carried(last, gone, derived)
    except Refused:
        return None
    return GuardBlock(
        scope.region,
        planner.statements,
        planner.first,
        last,
        carried,
        planner.statements[planner.stop],
        tuple(extractions),
        (),
        notes,
    )


def without_later_uses(scope: GuardScope) -> GuardScope:
    """``scope`` as it would be if nothing of the guard were used behind its awaits."""
    return replace(scope, trace=replace(scope.trace, later={}))


def _place(use: Node) -> Node:
    """``g.a.b``, up to what is called on it; ``*g``."""
    node = use
    while True:
        _, parent = unwrapped(node)
        if parent is None:
            return node
        access = access_of(parent)
        if access is not None and access.base == node and not is_callee(parent):
            node = parent
        elif dereferenced(parent) == node and node == use:
            return parent
        else:
            return node


def _is_written(source: Source, place: Node) -> bool:
    child, parent = unwrapped(place)
    if parent is None:
        return True
    if parent.type in ("assignment_expression", "compound_assignment_expr"):
        operation = operation_of(source, parent)
        return operation is None or operation.left == child
    return parent.type == "index_expression" or (
        parent.type == "reference_expression" and is_mut(parent)
    )


def _type(ctx: Context, scope: GuardScope, place: Node, guard: Type | None) -> Type | None:
    if Span(place.start_byte, place.end_byte) in scope.uses:
        return guarded(guard) if guard is not None else None
    return ctx.type_of(place)
