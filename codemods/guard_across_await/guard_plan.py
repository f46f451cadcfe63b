"""One guard: is it held across an await, and what can be done about it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from codemods.guard_across_await import (
    block_edits,
    entry_arms,
    found_handle,
    messages,
    pattern_guard,
    temporary_guard,
)
from codemods.guard_across_await.awaited_arguments import waited_for
from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.block_planner import block_for
from codemods.guard_across_await.kept_handles import (
    handle_block,
    later_places,
    without_later_uses,
)
from codemods.guard_across_await.last_need import Shortened, shortened
from codemods.guard_across_await.named_guard import Context, GuardBlock, Refused
from codemods.guard_across_await.own_drops import Undone, behind_awaits, without_drops
from codemods.guard_across_await.readings import reading
from engine.base.model import Span
from engine.rust.codegen import whole_lines
from engine.rust.evaluation_order import expressions_around
from engine.rust.guard_scopes import GuardScope
from engine.rust.locks import guarded, lock_call
from engine.rust.nodes import access_of
from engine.rust.raw_pointers import RawLook, looks_raw, raw_look
from engine.rust.statement_nodes import let_of, statements_of
from engine.rust.suspension import comment_on_purpose, held_on_purpose
from engine.rust.syntax import COMMENTS, Source, span_of
from engine.rust.types import UNIT, Type


@dataclass(frozen=True)
class GuardPlan:
    """Ranked ways to end the guard earlier, or the ``reason`` for none. ``others`` are guards that
    end together with this one."""

    drafts: tuple[Draft, ...] = ()
    reason: str = ""
    others: tuple[GuardScope, ...] = ()
    # Why no block can end it, where a ``drop`` does ("": one can).
    blocked: str = "a pattern binds it"
    open: bool = False  # types that are not known yet decide
    scope: GuardScope | None = None  # with those awaits alone that the guard is held over no more
    kept: tuple[str, ...] = ()  # notes: what of the guard's life stays, or goes beside


def plan_guard(
    ctx: Context, scope: GuardScope, guard: Type | None, others: Mapping[GuardScope, Type | None]
) -> GuardPlan:
    """Never raises; a guard that no rule covers is left with the reason."""
    undone = [u for other in others if (u := without_drops(ctx, other)) is not None]
    of_original = {each.original: each for each in undone}
    near = {of_original[o].scope if o in of_original else o: type_ for o, type_ in others.items()}
    whole = _with_drops_of(ctx, _plan_held(ctx, scope, guard, near), undone)
    if whole.drafts:
        return whole
    try:
        for short in shortened(ctx, scope):
            planned = _with_drops_of(ctx, _plan_shortened(ctx, short, guard, near), undone)
            if planned.drafts:
                return planned
            if short.undone is not None and not short.awaiting and planned.reason:
                whole = replace(whole, reason=planned.reason)
            whole = replace(whole, open=whole.open or planned.open)
    except RecursionError:
        return GuardPlan(reason=messages.too_deep())
    return whole


def _with_drops_of(ctx: Context, planned: GuardPlan, undone: Sequence[Undone]) -> GuardPlan:
    """``planned`` with the ``drop`` of each guard that ends together with this one gone as well."""
    of_scope = {each.scope: each for each in undone}
    ending = [of_scope[other] for other in planned.others if other in of_scope]
    if not ending:
        return planned
    drafts = tuple(
        replace(draft, edits=(*draft.edits, *(edit for each in ending for edit in each.gone)))
        for draft in planned.drafts
        if all(each.serves(draft) for each in ending)
    )
    if not drafts and planned.drafts:
        first = ending[0]
        return GuardPlan(reason=messages.dropped_after(ctx.source, first.original, first.drops[0]))
    others = tuple(of_scope[o].original if o in of_scope else o for o in planned.others)
    kept = (*planned.kept, *(each.note(ctx.source) for each in ending))
    return replace(planned, drafts=drafts, others=others, kept=kept)


def _plan_shortened(
    ctx: Context, short: Shortened, guard: Type | None, others: Mapping[GuardScope, Type | None]
) -> GuardPlan:
    if short.nested:
        reason = reason_to_keep(ctx, short.scope, guard)
        dropped = None if reason else pattern_guard.early_drops(ctx, short.scope)
        planned = GuardPlan((dropped,) if dropped else (), reason, blocked=messages.NESTED)
    else:
        planned = _plan_held(ctx, short.scope, guard, others)
    undone = short.undone
    drafts = tuple(
        draft
        if undone is None  # else all locals outlive the lock in any case
        else replace(draft, edits=(*draft.edits, *undone.gone), later=())
        for draft in planned.drafts
        if (undone is None or undone.serves(draft))
        # A temporary that is held over an await is overlooked.
        and (draft.label != "chain" or not short.awaiting)
    )
    return replace(planned, drafts=drafts, scope=short.scope, kept=short.notes)


def _plan_held(
    ctx: Context, scope: GuardScope, guard: Type | None, others: Mapping[GuardScope, Type | None]
) -> GuardPlan:
    try:
        reason = reason_to_keep(ctx, scope, guard)
        if reason:
            found = _handed_out(ctx, scope, guard) or _found_handle(ctx, scope, guard)
            return found or GuardPlan(reason=reason)
        if scope.kind in ("let", "extended"):
            stay = {o: reason_to_keep(ctx, o, type_) for o, type_ in others.items()}
            return _named(ctx, scope, guard, stay)
        if scope.kind in ("pattern", "for"):
            handle = _by_handle(ctx, scope, guard)
            return handle or GuardPlan(tuple(pattern_guard.drafts(ctx, scope)))
        joint = temporary_guard.joint_draft(ctx, scope, list(others))
        if joint is not None:
            return GuardPlan((joint[0],), others=joint[1])
        return GuardPlan(tuple(temporary_guard.drafts(ctx, scope)))
    except Refused as refused:
        return GuardPlan(reason=refused.reason, open=refused.open)
    except RecursionError:
        return GuardPlan(reason=messages.too_deep())


def _handed_out(ctx: Context, scope: GuardScope, guard: Type | None) -> GuardPlan | None:
    """Where nothing but a handle or a number is needed behind the await."""
    if not scope.trace.later or reason_to_keep(ctx, without_later_uses(scope), guard):
        return None
    found = handle_block(ctx, scope, guard)
    return _with_block(ctx, scope, found) if found is not None else None


def _with_block(ctx: Context, scope: GuardScope, guard_block: GuardBlock) -> GuardPlan:
    ways = block_edits.drafts(ctx, scope, guard_block)
    return GuardPlan(tuple(ways), others=guard_block.others)


def _found_handle(ctx: Context, scope: GuardScope, guard: Type | None) -> GuardPlan | None:
    """Where a map's reference is needed behind the await, but only for the handle that it leads to."""
    if reason_to_keep(ctx, without_later_uses(scope), guard):
        return None
    return _by_handle(ctx, scope, guard)


def _by_handle(ctx: Context, scope: GuardScope, guard: Type | None) -> GuardPlan | None:
    if scope.kind != "pattern":
        return None
    found = found_handle.draft(ctx, scope, guard) or entry_arms.draft(ctx, scope, guard)
    return GuardPlan((found,)) if found is not None else None


def _named(
    ctx: Context, scope: GuardScope, guard: Type | None, others: Mapping[GuardScope, str]
) -> GuardPlan:
    try:
        guard_block = block_for(ctx, scope, others)
    except Refused as refused:
        handles = handle_block(ctx, scope, guard)
        if handles is not None:
            return _with_block(ctx, scope, handles)
        early = scope.kind == "let" and refused.droppable
        dropped = pattern_guard.early_drops(ctx, scope) if early else None
        if dropped is None:
            raise refused
        return GuardPlan((dropped,), blocked=refused.reason)
    planned = replace(_with_block(ctx, scope, guard_block), blocked="")
    if scope.kind != "let" or guard_block.others:
        return planned
    dropped = pattern_guard.early_drops(ctx, scope)  # where rustc refuses the block
    return replace(planned, drafts=(*planned.drafts, dropped)) if dropped is not None else planned


def reason_to_keep(ctx: Context, scope: GuardScope, guard: Type | None) -> str:
    """Why this guard is not touched, whatever stands around it ("" when nothing speaks for it)."""
    source, trace = ctx.source, scope.trace
    if scope.kind == "parameter":
        return messages.is_parameter(source, scope)
    if scope.kind == "passed":
        return messages.passed(source, scope)
    attribute = held_on_purpose(source, scope.holder)
    if attribute is not None:
        return messages.allowed(source, scope, attribute)
    comment = comment_on_purpose(source, _section(source, scope))
    if comment is not None:
        return messages.commented(source, scope, comment)
    looked = _looked_into_raw(ctx, scope)
    if looked is not None:
        return messages.raw(source, scope, looked.what)
    if scope.kind not in ("let", "pattern", "extended"):
        return ""
    if trace.moves:
        return messages.given_away(source, scope, trace.moves[0])
    if guard is not None and guarded(guard) == UNIT:
        return messages.guards_nothing(source, scope)
    bound = scope.kind in ("let", "pattern")
    if bound and all(name.startswith("_") for name in scope.names):
        return messages.on_purpose(source, scope)
    if trace.reassigned:
        return messages.assigned_again(source, scope, trace.reassigned[0])
    first = trace.ordered()[0]
    inside = [use for use in scope.uses if use.start == first.start_byte]
    after = trace.later.get(span_of(first)) or trace.drops_later.get(span_of(first))
    if inside and after:  # `stream.write_all(..).await`, and more of it
        use = first.descendant_for_byte_range(inside[0].start, inside[0].end) or first
        return messages.awaited_on(source, scope, use, [first])
    for node in trace.ordered():
        if trace.later.get(span_of(node)):
            return messages.used_after(source, scope, _use(trace.later[span_of(node)]))
    for node in trace.ordered():
        if trace.drops_later.get(span_of(node)):
            return messages.dropped_after(source, scope, trace.drops_later[span_of(node)][0])
    if bound and not scope.uses:
        return messages.on_purpose(source, scope)
    locked = lock_call(source, scope.node)
    if bound and locked is not None and locked.method.startswith(b"try_"):
        return messages.tried(source, scope, locked)
    return ""


def _section(source: Source, scope: GuardScope) -> Span:
    """From the comment in front of the statement that takes the lock to the end of the line of its last
    await or ``drop``."""
    first = source.statement_of(scope.node) or scope.node
    while (previous := first.prev_named_sibling) is not None and previous.type in COMMENTS:
        if whole_lines(source, span_of(previous)) is None:
            break  # it stands behind another statement
        first = previous
    last = [*scope.trace.ordered(), *behind_awaits(scope)]
    return Span(first.start_byte, source.line_end(max(node.end_byte for node in last)))


def _looked_into_raw(ctx: Context, scope: GuardScope) -> RawLook | None:
    """A raw pointer into what is guarded, which may be used after the await."""
    source, function = ctx.source, ctx.scopes.function
    if not looks_raw(source, function):
        return None
    at = scope.trace.ordered()[0].end_byte
    named = [(b.name, [use.span for use in ctx.scopes.uses(b)]) for b in scope.bindings]
    locked = lock_call(source, scope.node)
    whole = source.text(locked.receiver if locked is not None else scope.node)
    places = named or [(whole, [span_of(scope.node)])]
    found = (raw_look(source, ctx.scopes, name, uses, at) for name, uses in places)
    return next(filter(None, found), None)


def _use(nodes: Sequence[Node]) -> Span:
    return span_of(min(nodes, key=lambda n: n.start_byte))


def deciding_expressions(ctx: Context, scope: GuardScope) -> list[Node]:
    """Expressions whose types decide how this guard is split: asked from rustc in one round."""
    wanted = _deciding(ctx, scope)
    for short in shortened(ctx, scope):
        wanted += [] if short.nested else _deciding(ctx, short.scope)
        wanted += pattern_guard.deciding(ctx, short.scope) if short.nested else []
    return list(dict.fromkeys(wanted))


def _deciding(ctx: Context, scope: GuardScope) -> list[Node]:
    trace = scope.trace
    if scope.kind == "temporary":
        around = temporary_guard.statement_around(ctx.source, scope.node)
        if around is None:
            return []
        argument = waited_for(ctx, scope, around[0])
        given = [] if argument is None else [argument]
        return [*expressions_around(scope.node, around[0], trace.ordered()), *given]
    if scope.kind == "pattern":
        return pattern_guard.deciding(ctx, scope)
    if scope.kind not in ("let", "extended") or trace.moves:
        return []
    statements = statements_of(scope.region)
    stop = min(
        index
        for index, statement in enumerate(statements)
        if any(span_of(node) in span_of(statement) for node in trace.ordered())
    )
    wanted: list[Node] = []
    places = [node for nodes in (later_places(ctx, scope) or {}).values() for node in nodes]
    if trace.later and not places:
        return []
    reads = [reading(ctx.source, node) for node in places]
    bases = [access.base for node in places if (access := access_of(node)) is not None]
    wanted += [*places, *filter(None, reads), *bases]
    for statement in statements[:stop]:
        let = let_of(statement)
        after = statement.start_byte >= scope.holder.end_byte
        if after and let is not None and let.value is not None:
            wanted.append(let.value)
            for use in scope.uses:
                if use in span_of(let.value):
                    inner = ctx.source.innermost(use)
                    wanted.extend(expressions_around(inner, let.value, ()))
    if trace.later:
        return list(dict.fromkeys(wanted))
    outside = statements[stop]
    for use in sorted(reaching(ctx, scope)):
        if use.start >= outside.start_byte:
            read = reading(ctx.source, ctx.source.innermost(use))
            wanted += [read] if read is not None else []
        if use in span_of(outside):
            node = outside.descendant_for_byte_range(use.start, use.end)
            if node is not None:
                wanted.extend(expressions_around(node, outside, trace.ordered()))
    return list(dict.fromkeys(wanted))


def reaching(ctx: Context, scope: GuardScope) -> set[Span]:
    """Uses of the guard, and of what is computed from it by a ``let`` behind it."""
    found = set(scope.uses)
    for statement in statements_of(scope.region):
        let = let_of(statement)
        if let is None or let.value is None or statement.start_byte < scope.holder.end_byte:
            continue
        if any(use in span_of(let.value) for use in found):
            for binding in ctx.scopes.bindings:
                if binding.kind == "let" and binding.statement == span_of(statement):
                    found |= {use.span for use in ctx.scopes.uses(binding)}
    return found
