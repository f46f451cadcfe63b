"""Values that are dropped earlier or later once the guard has a block: locals, and what a statement makes
in passing of which a part is computed in front."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from codemods.guard_across_await.extraction import Extraction
from codemods.guard_across_await.named_guard import Context, GuardBlock
from codemods.guard_across_await.notes import (
    of_drop_earlier,
    of_drop_in_front,
    of_drop_later,
    of_life_longer,
)
from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.locks import guards_in
from engine.rust.moves import mover
from engine.rust.nodes import method_on
from engine.rust.scopes import Binding
from engine.rust.statement_nodes import statements_of
from engine.rust.syntax import span_of
from engine.rust.temporaries import living_on
from engine.rust.type_facts import is_counted
from engine.rust.types import Type

_CALLS = frozenset({"call_expression", "macro_invocation", "await_expression", "try_expression"})


def of_locals(
    guard_block: GuardBlock, leaving: Collection[Binding]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Notes on the locals that are dropped at the block's end, and on those that, ``leaving`` it, outlive
    the lock."""
    early: list[str] = []
    later: list[str] = []
    for local in guard_block.locals:
        name = local.binding.name.decode("utf-8", "replace")
        if local.gone == "always":
            continue
        if local.binding not in leaving:
            early.append(of_drop_earlier(name, local.held, local.gone))
        elif not is_counted(local.held):
            later.append(of_drop_later(name, local.held, local.gone))
    return tuple(early), tuple(later)


def of_values(
    ctx: Context, scope: GuardScope, taken: Iterable[tuple[Extraction, bytes]], named: bool = True
) -> tuple[str, ...]:
    """Notes on the values that are ``taken`` out of their statement, each with its name, and on what is
    made on the way to them. ``named``: the names live on behind the statement."""
    found: list[str] = []
    for way, name in taken:
        longer = lives_longer(ctx, way) if named else None
        if longer is not None:
            called = method_on(ctx.source, way.whole or way.node)
            by = called[0].decode("utf-8", "replace") if called is not None else ""
            found.append(of_life_longer(name.decode("utf-8", "replace"), longer, by))
        for node in living_on(ctx.source, way.node):
            type_ = ctx.type_of(node)
            mine = node == way.node or span_of(node) in span_of(scope.node)
            if mine or type_ is None or next(guards_in(type_), None) is not None:
                continue  # the guard itself, or another one, which is looked at by itself
            if ctx.types.facts.drop_is_seen(type_) is not False:
                found.append(of_drop_in_front(ctx.source, node, type_))
    return tuple(dict.fromkeys(found))


def lives_longer(ctx: Context, way: Extraction) -> Type | None:
    """The type of what ``way`` computes, where that was dropped with the statement, now is at the end of
    its block, and others may notice."""
    place = way.whole or way.node
    type_ = ctx.type_of(way.node)
    if (
        way.suffix
        or way.node.type not in _CALLS
        or type_ is None
        or not _goes_on(ctx, place.end_byte)
    ):
        return None
    if mover(ctx.source, place) is not None or ctx.types.facts.drop_is_seen(type_) is False:
        return None
    return type_


def is_released_late(ctx: Context, way: Extraction) -> bool:
    """Would a name keep what is surely noticed when it is dropped: a permit, a timer?"""
    longer = lives_longer(ctx, way)
    return longer is not None and ctx.types.facts.drop_is_seen(longer) is True


def _goes_on(ctx: Context, offset: int) -> bool:
    """Is there anything behind the statement at ``offset`` in its block?"""
    statement = ctx.source.statement_of(ctx.source.innermost(Span(offset - 1, offset)))
    if statement is None or statement.parent is None:
        return False
    return statements_of(statement.parent)[-1] != statement
