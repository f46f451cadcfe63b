"""Sections that other code, or the next call, needs whole: locks that are kept in step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codemods.guard_across_await import messages
from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.guard_plan import reaching
from codemods.guard_across_await.named_guard import Context
from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.lock_pairs import LockPairs, Touch, is_shared_read
from engine.rust.nodes import method_call
from engine.rust.syntax import span_of


def kept_in_step(ctx: Context, scopes: Sequence[GuardScope], draft: Draft, pairs: LockPairs) -> str:
    """Why ``draft`` must not end the guards of ``scopes`` (taken in one function) where it does: another
    lock, or an atomic, that is touched while they are held, and would no longer be, is kept in step
    with them. "" when nothing tells so."""
    source = ctx.source
    apart = {(source.path, span_of(scope.node)) for scope in scopes}
    for scope in scopes:
        mine = pairs.lock_of(source, scope.node)
        if mine is None:
            continue
        for touch in _released(pairs.while_held(source, scope), draft):
            if mine.may_be(touch.shared):
                continue
            reading = is_shared_read(source, scope.node)
            pair = pairs.together(mine, touch.shared, apart, reading, touch.counts)
            if pair is not None:
                return messages.held_together(source, scope, touch, pair)
            if _feeds(ctx, scope, touch):
                return messages.fed_by(source, scope, touch)
    return ""


def _released(touches: Iterable[Touch], draft: Draft) -> Iterable[Touch]:
    for touch in touches:
        at = span_of(touch.node)
        if any(at in span for span in draft.held):
            continue
        if draft.released is None or any(at in span for span in draft.released):
            yield touch


def _feeds(ctx: Context, scope: GuardScope, touch: Touch) -> bool:
    """Is what the guard changed, or what was computed from it, put where ``touch`` is, without another
    await in between? Two calls at a time would put it there in another order."""
    if not touch.writes or not any(binding.mutable for binding in scope.bindings):
        return False
    statement = ctx.source.statement_of(touch.node)
    if statement is None or scope.kind not in ("let", "extended"):
        return False
    first = ctx.source.statement_of(scope.trace.ordered()[0])
    if first is None or statement.start_byte > first.start_byte:
        return False  # what is awaited in between may take long: a judgement, as the note says
    called = method_call(ctx.source, touch.node)
    found_in_it = span_of(called.receiver) if called is not None else Span(0, 0)
    # A lock that lies in what is guarded is only found there.
    given = (use for use in reaching(ctx, scope) if use not in found_in_it)
    return any(use in span_of(statement) for use in given)
