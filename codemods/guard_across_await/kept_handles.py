"""A guard that is needed behind the await for a handle, a text or a number alone: these are taken along."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.guard_across_await.block_planner import BlockPlanner
from codemods.guard_across_await.extraction import Extraction, priced
from codemods.guard_across_await.named_guard import Context, GuardBlock, Refused
from codemods.guard_across_await.notes import of_look_ups
from codemods.guard_across_await.readings import read_of
from engine.base.model import Span
from engine.rust.control_flow import always_reached
from engine.rust.format_macros import is_shown
from engine.rust.guard_scopes import GuardScope
from engine.rust.known_calls import COPYING, is_reading_method
from engine.rust.locks import guarded
from engine.rust.nodes import (
    access_of,
    borrowed,
    dereferenced,
    indexed,
    is_callee,
    is_mut,
    method_on,
    unwrapped,
)
from engine.rust.places import is_written
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_counted, is_named, is_used_mutably
from engine.rust.types import Type

# Methods of an `Option` that change it.
_CHANGING = re.compile(
    rb"take|take_if|insert|replace|as_mut|as_deref_mut|get_or_insert\w*|iter_mut"
)
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
        place = _place(planner, node)
        if _is_written(ctx.source, place):
            return None
        places.setdefault(b"".join(ctx.source.text(place).split()), []).append(place)
    return places if 0 < len(places) <= _PLACES else None


def handle_block(ctx: Context, scope: GuardScope, guard: Type | None) -> GuardBlock | None:
    """The block that hands these out, when each is cheap to clone, or no more is read of it than a
    number. While the guard lives nobody else can change them, so that what they are at its end is what
    they would have been later."""
    places = later_places(ctx, scope)
    if places is None:
        return None
    taken: dict[bytes, Extraction] = {}
    for nodes in places.values():
        held = _type(ctx, scope, nodes[0], guard)
        ways = _taken_along(ctx, scope, nodes, held) if held is not None else ()
        if not ways:
            return None
        for way in ways:  # two fields of one `Arc` take the same
            text = b"".join(ctx.source.text(way.node).split())
            same = taken.get(text)
            taken[text] = way if same is None else same.joined(way)
    extractions = [(way,) for way in taken.values()]
    planner = BlockPlanner(ctx, scope, {}, cloning_out=True)
    last, gone = planner.stop - 1, [span for (way,) in extractions for span in way.places]
    derived = planner.derived(last)
    for binding, cloned in derived.items():
        later = any(planner.index_at(u.span) > last for u in ctx.scopes.uses(binding))
        if later and cloned is None:
            return None
    try:
        planner.check(last, planner.statements[planner.stop])
        carried, kept = planner.carried(last, gone, derived)
    except Refused:
        return None
    looked_up = [way.node for (way,) in extractions if way.node.type == "index_expression"]
    return GuardBlock(
        scope.region,
        planner.statements,
        planner.first,
        last,
        carried,
        planner.statements[planner.stop],
        tuple(extractions),
        (),
        kept,
        tuple(of_look_ups(ctx.source, looked_up[1:])),
        tuple(planner.declared),
    )


def _taken_along(
    ctx: Context, scope: GuardScope, nodes: Sequence[Node], held: Type
) -> tuple[Extraction, ...]:
    """Of the places ``nodes``, which are the same ``held``."""
    facts = ctx.types.facts
    called = (method_on(ctx.source, unwrapped(node)[0]) for node in nodes)
    if is_named(held, "Option") and any(c and _CHANGING.fullmatch(c[0]) for c in called):
        return ()
    bare, deref = span_of(nodes[0]) in scope.uses, nodes[0].type == "unary_expression"
    if facts.is_copy(held):
        return () if bare else (Extraction(nodes[0], also=tuple(nodes[1:])),)  # `g.pow(2)`
    if not facts.is_cheap(held):
        read = read_of(ctx, nodes, held)
        if read or not facts.is_small(held) or not all(_is_looked_at(ctx.source, n) for n in nodes):
            return read
        counted = _counted_around(ctx, nodes)
        if counted:
            return counted
    if deref or is_used_mutably(held):
        return ()
    (way, *_) = priced(facts, Extraction(nodes[0], b".clone()", also=tuple(nodes[1:])), held)
    return (way,)


def _is_looked_at(source: Source, place: Node) -> bool:
    """Does what is done with the place leave it as it is?"""
    child, parent = unwrapped(place)
    called = method_on(source, child)
    if called is not None:
        return is_reading_method(called[0]) or called[0] in COPYING
    lent = parent is not None and borrowed(parent) is not None and not is_mut(parent)
    return lent or is_shown(source, child)


def _counted_around(ctx: Context, nodes: Sequence[Node]) -> tuple[Extraction, ...]:
    """``g.config`` of ``g.config.url``, where it is an ``Arc``: counting is cheaper than to copy a text."""
    bases = [access.base for node in nodes if (access := access_of(node)) is not None]
    type_ = ctx.type_of(bases[0]) if len(bases) == len(nodes) else None
    if type_ is None or not is_counted(type_):
        return ()
    (way, *_) = priced(
        ctx.types.facts, Extraction(bases[0], b".clone()", also=tuple(bases[1:])), type_
    )
    return (way,)


def without_later_uses(scope: GuardScope) -> GuardScope:
    """``scope`` as it would be if nothing of the guard were used behind its awaits."""
    return replace(scope, trace=replace(scope.trace, later={}))


def _place(planner: BlockPlanner, use: Node) -> Node:
    """``g.a.b``, ``g[0]``, up to what is called on it; ``*g``."""
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
        elif (at := indexed(parent)) is not None and at[0] == node and _is_fixed(planner, at[1]):
            start = planner.statements[planner.stop].start_byte
            if not always_reached(planner.source, parent, planner.scope.region, start):
                return node  # where nothing is found, it panics
            node = parent
        else:
            return node


def _is_fixed(planner: BlockPlanner, index: Node) -> bool:
    """Is the index, or the key, in front of the guard what it is here: a number, a name that never
    changes, or a reference to one?"""
    value = borrowed(index) or index
    if value.type in ("integer_literal", "string_literal"):
        return True
    binding = planner.ctx.scopes.binding_at(value) if value.type == "identifier" else None
    if binding is None or binding.mutable or is_mut(index):
        return False
    return binding.decl.end <= planner.scope.holder.start_byte


def _is_written(source: Source, place: Node) -> bool:
    whole, parent = unwrapped(place)
    return parent is None or parent.type == "index_expression" or is_written(source, whole)


def _type(ctx: Context, scope: GuardScope, place: Node, guard: Type | None) -> Type | None:
    if Span(place.start_byte, place.end_byte) in scope.uses:
        return guarded(guard) if guard is not None else None
    return ctx.type_of(place)
