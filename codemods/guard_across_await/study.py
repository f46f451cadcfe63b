"""One guard: is it held across an await, and what can be done about it?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from codemods.guard_across_await import blocks, patterns, temps, words
from codemods.guard_across_await.blocks import Draft
from codemods.guard_across_await.choose import asked
from codemods.guard_across_await.named import Context, Refused, split
from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.locks import guarded, lock_call
from engine.rust.nodes import body_of, let_of, statements_of
from engine.rust.syntax import Source, attributes, span_of
from engine.rust.types import UNIT, Type


@dataclass(frozen=True)
class Study:
    """Ranked ways to end the guard earlier, or the ``reason`` for none. ``others`` are guards that
    end together with this one."""

    drafts: tuple[Draft, ...] = ()
    reason: str = ""
    others: tuple[GuardScope, ...] = ()
    notes: tuple[str, ...] = ()
    open: bool = False  # types that are not known yet decide


def study(
    ctx: Context, taken: GuardScope, guard: Type | None, others: Mapping[GuardScope, Type | None]
) -> Study:
    """Never raises; a guard that no rule covers is left with the reason."""
    try:
        reason = left_alone(ctx, taken, guard)
        if reason:
            return Study(reason=reason)
        if taken.kind in ("let", "extended"):
            stay = {o: left_alone(ctx, o, type_) for o, type_ in others.items()}
            return _named(ctx, taken, stay)
        if taken.kind in ("pattern", "for"):
            return Study(tuple(patterns.drafts(ctx, taken)))
        together = temps.together(ctx, taken, list(others))
        if together is not None:
            return Study((together[0],), others=together[1])
        return Study(tuple(temps.drafts(ctx, taken)))
    except Refused as refused:
        return Study(reason=refused.reason, open=refused.open)
    except RecursionError:
        return Study(reason=words.too_deep())


def _named(ctx: Context, taken: GuardScope, others: Mapping[GuardScope, str]) -> Study:
    try:
        found = split(ctx, taken, others)
    except Refused as refused:
        early = taken.kind == "let" and refused.droppable
        dropped = patterns.early_drops(ctx, taken) if early else None
        if dropped is None:
            raise refused
        return Study((dropped,))
    return Study(tuple(blocks.drafts(ctx, taken, found)), others=found.others, notes=found.notes)


def left_alone(ctx: Context, taken: GuardScope, guard: Type | None) -> str:
    """Why this guard is not touched, whatever stands around it ("" when nothing speaks for it)."""
    source, trace = ctx.source, taken.trace
    if taken.kind == "parameter":
        return words.is_parameter(source, taken)
    if taken.kind == "passed":
        return words.passed(source, taken)
    attribute = _allowed(source, taken.holder)
    if attribute is not None:
        return words.allowed(source, taken, attribute)
    if taken.kind not in ("let", "pattern", "extended"):
        return ""
    if trace.moves:
        return words.given_away(source, taken, trace.moves[0])
    if guard is not None and guarded(guard) == UNIT:
        return words.guards_nothing(source, taken)
    bound = taken.kind in ("let", "pattern")
    if bound and all(name.startswith("_") for name in taken.names):
        return words.on_purpose(source, taken)
    if trace.reassigned:
        return words.assigned_again(source, taken, trace.reassigned[0])
    first = trace.ordered()[0]
    inside = [use for use in taken.uses if use.start == first.start_byte]
    after = trace.later.get(span_of(first)) or trace.drops_later.get(span_of(first))
    if inside and after:  # `stream.write_all(..).await`, and more of it
        use = first.descendant_for_byte_range(inside[0].start, inside[0].end) or first
        return words.awaited_on(source, taken, use, [first])
    for node in trace.ordered():
        if trace.later.get(span_of(node)):
            return words.used_after(source, taken, _use(trace.later[span_of(node)]))
    for node in trace.ordered():
        if trace.drops_later.get(span_of(node)):
            return words.dropped_after(source, taken, trace.drops_later[span_of(node)][0])
    if bound and not taken.uses:
        return words.on_purpose(source, taken)
    locked = lock_call(source, taken.node)
    if bound and locked is not None and locked.method.startswith(b"try_"):
        return words.tried(source, taken, locked)
    return ""


_ALLOWED = re.compile(rb"\b(?:allow|expect)\b.*await_holding_(?:lock|refcell_ref)", re.DOTALL)


def _allowed(source: Source, node: Node) -> Node | None:
    """The attribute by which the code says that it holds a lock across an await on purpose."""
    if b"await_holding_" not in source.data:
        return None
    for place in (node, *source.ancestors(node)):
        inner = [place, *([body] if (body := body_of(place)) is not None else [])]
        found = list(attributes(place))
        found += [c for n in inner for c in n.named_children if c.type == "inner_attribute_item"]
        for attribute in found:
            if _ALLOWED.search(source.text(attribute)):
                return attribute
    return None


def _use(nodes: Sequence[Node]) -> Span:
    return span_of(min(nodes, key=lambda n: n.start_byte))


def expressions(ctx: Context, taken: GuardScope) -> list[Node]:
    """Expressions whose types decide how this guard is split: asked from rustc in one round."""
    trace = taken.trace
    if taken.kind == "temporary":
        found = temps.place_of(ctx.source, taken.node)
        if found is None:
            return []
        return asked(ctx.source, taken.node, found[0], trace.ordered())
    if taken.kind not in ("let", "extended") or trace.later or trace.moves:
        return []
    statements = statements_of(taken.region)
    stop = min(
        index
        for index, statement in enumerate(statements)
        if any(span_of(node) in span_of(statement) for node in trace.ordered())
    )
    wanted: list[Node] = []
    for statement in statements[:stop]:
        let = let_of(statement)
        after = statement.start_byte >= taken.holder.end_byte
        if after and let is not None and let.value is not None:
            wanted.append(let.value)
    outside = statements[stop]
    for use in sorted(_reaching(ctx, taken, statements[:stop])):
        if use in span_of(outside):
            node = outside.descendant_for_byte_range(use.start, use.end)
            if node is not None:
                wanted.extend(asked(ctx.source, node, outside, trace.ordered()))
    return list(dict.fromkeys(wanted))


def _reaching(ctx: Context, taken: GuardScope, statements: Sequence[Node]) -> set[Span]:
    """Uses of the guard, and of what is computed from it on the way."""
    found = set(taken.uses)
    for statement in statements:
        let = let_of(statement)
        if let is None or let.value is None:
            continue
        if any(use in span_of(let.value) for use in found):
            for binding in ctx.scopes.bindings:
                if binding.kind == "let" and binding.statement == span_of(statement):
                    found |= {use.span for use in ctx.scopes.uses(binding)}
    return found
