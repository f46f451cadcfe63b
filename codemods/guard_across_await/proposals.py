"""From sites and types to proposals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from codemods.guard_across_await import awaited_arguments, messages, notes
from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.extraction import Types
from codemods.guard_across_await.guard_plan import GuardPlan, plan_guard
from codemods.guard_across_await.lock_order import kept_in_step
from codemods.guard_across_await.named_guard import Context
from engine.base.model import Fix, Level, Outcome, Proposal, Site, Span
from engine.detect.facts import Facts
from engine.rust.effects import Effect
from engine.rust.guard_scopes import (
    OF_GUARDS,
    OF_WRAPPERS,
    GuardScope,
    guard_scope,
    parameter_scope,
)
from engine.rust.guard_types import GuardTypes
from engine.rust.held_effects import held_effects
from engine.rust.holders import is_held
from engine.rust.locks import Flavour
from engine.rust.nodes import awaited, method_on
from engine.rust.scopes import scopes_of
from engine.rust.syntax import FUNCTIONS, Source, span_of
from engine.rust.types import Type


@dataclass(frozen=True)
class Held:
    """A site whose guard is one by its type, and is held across an await."""

    site: Site
    source: Source
    scope: GuardScope
    ctx: Context
    guard: Type | None  # None for a parameter, whose type is only written
    flavour: Flavour


def shown_span(scope: GuardScope) -> Span:
    """What the user is shown: the ``let`` as far as it says how the lock is taken, or the
    expression."""
    if scope.kind == "let":
        return Span(scope.holder.start_byte, scope.node.end_byte)
    if scope.kind == "parameter":
        return span_of(scope.holder)
    return span_of(scope.node)


def plan(sites: Sequence[Site], facts: Facts) -> Iterator[Proposal]:
    """One proposal for each site that is real; guards that end in one block share theirs."""
    holders = GuardTypes(facts.items)
    held: list[Held] = []
    for site in sites:
        try:
            found = _held(site, facts, holders)
        except RecursionError:
            found = Proposal((site,), reason=messages.too_deep()) if site.role == "site" else None
        if isinstance(found, Proposal):
            yield found
        elif found is not None:
            held.append(found)
    held.sort(key=lambda h: (h.site.path, h.site.span.start, -h.site.span.end))
    done: set[int] = set()
    for index, one in enumerate(held):
        if index in done:
            continue
        near = {
            i: h
            for i, h in enumerate(held)
            if i != index and h.site.path == one.site.path and h.scope.region == one.scope.region
        }
        planned = plan_guard(
            one.ctx, one.scope, one.guard, {h.scope: h.guard for h in near.values()}
        )
        planned = _whole_sections(one, planned, facts)
        together = [i for i, h in near.items() if h.scope in planned.others and i not in done]
        done.update(together)
        yield _proposal(one, [held[i] for i in together], planned, facts)


def _whole_sections(one: Held, planned: GuardPlan, facts: Facts) -> GuardPlan:
    """``planned`` without the drafts that split what is kept in step; the reason where none is left."""
    scopes = (planned.scope or one.scope, *planned.others)
    reasons = [kept_in_step(one.ctx, scopes, d, facts.lock_pairs) for d in planned.drafts]
    if not any(reasons):
        return planned
    drafts = tuple(d for d, why in zip(planned.drafts, reasons, strict=True) if not why)
    if drafts:
        return replace(planned, drafts=drafts)
    return GuardPlan(reason=next(filter(None, reasons)))


def _held(site: Site, facts: Facts, holders: GuardTypes) -> Held | Proposal | None:
    source = facts.source(site.path)
    guard: Type | None = None
    flavour, consumers = Flavour.TOKIO, OF_GUARDS
    if "parameter" in site.captures:
        node = source.node_at(site.captures["parameter"][0])
        scope = parameter_scope(source, node) if node is not None else None
    else:
        span = site.captures["value"][0]
        type_ = facts.type_of(site.path, span)
        if type_ is None:
            if site.role == "maybe":
                return None
            unknown = facts.unknown(site.path, span)
            return Proposal((site,), reason=unknown, outcome=Outcome.NOT_COMPILED)
        guard = holders.guard(type_, site.path)
        if guard is None:
            return None
        flavour = holders.flavour(guard, site.path)
        node = source.node_at(span)
        consumers = OF_GUARDS if type_ == guard else OF_WRAPPERS
        scope = guard_scope(source, node, consumers) if node is not None else None
    if scope is None or not scope.trace.awaits or _is_taken_apart(source, site, scope, consumers):
        return None
    function = source.enclosing(scope.node, FUNCTIONS)
    if function is None:
        return None

    def type_of(expression: Node) -> Type | None:
        return facts.type_of(site.path, span_of(expression))

    ctx = Context(source, scopes_of(source, function), Types(type_of, facts.type_facts))
    real = replace(
        site,
        role="site",
        kind=scope.kind,
        span=shown_span(scope),
        message=messages.message(source, scope, guard),
    )
    return Held(real, source, scope, ctx, guard, flavour)


def _is_taken_apart(
    source: Source, site: Site, scope: GuardScope, consumers: frozenset[bytes]
) -> bool:
    """Does the method that is called on a value in passing take it (``map.get(&k).map(..)``)?"""
    called = method_on(source, scope.node)
    taken = called is not None and called[0] in consumers | _TAKING
    return taken and site.role == "maybe" and scope.kind == "temporary"


# Methods of `Option` and `Result` that end what they are called on, beside those that pass it on.
_TAKING = frozenset({b"map_or", b"map_or_else", b"is_some_and", b"is_none_or", b"is_ok_and"})


def _proposal(one: Held, others: Sequence[Held], planned: GuardPlan, facts: Facts) -> Proposal:
    if not planned.drafts:
        site = replace(one.site, level=Level.REPORT, reason=planned.reason)
        return Proposal((site,), reason=planned.reason)
    scope = planned.scope or one.scope
    told = messages.message(one.source, scope, one.guard)
    sites = tuple(replace(h.site, level=Level.REVIEW, reason="") for h in (one, *others))
    sites = (replace(sites[0], message=told), *sites[1:])
    fixes: list[Fix] = []
    for draft in planned.drafts:
        extra = [*planned.kept, *draft.notes, *draft.later]
        if draft.cost:
            extra.append(notes.of_cost(draft.cost))
            extra += notes.of_handles(one.ctx.types.facts, draft.cloned)
        path = one.source.path
        asked = (facts.holders.asked_of(path, type_) for type_ in draft.cloned if is_held(type_))
        if (where := next(filter(None, asked), "")) and draft.cost:
            extra.append(notes.of_holders(where))
        if draft.label == "drop":
            extra.append(notes.of_drop(one.flavour, planned.blocked))
        released = _released(one, scope, draft)
        if released:
            extra.append(notes.of_released(one.source, released))
        behind = draft.label == awaited_arguments.LABEL
        note = notes.note(one.source, scope, one.flavour, tuple(extra), behind)
        fix = Fix(draft.label, Level.REVIEW, draft.edits, note)
        if not any(fix.edits == other.edits for other in fixes):
            fixes.append(fix)
    return Proposal(sites, tuple(fixes))


def _released(one: Held, scope: GuardScope, draft: Draft) -> list[Effect]:
    """What is no longer done under the lock, beside the first thing that is awaited."""
    awaits = scope.trace.ordered()
    operands = {span_of(operand) for node in awaits if (operand := awaited(node))}
    gone = [edit.span for edit in draft.edits if not edit.replacement]  # a guard's own `drop`
    return [
        effect
        for effect in held_effects(one.source, one.scope, draft.held)
        if effect.span not in operands
        and effect.span != span_of(awaits[0])
        and not any(effect.span in span for span in gone)
        and (draft.released is None or any(effect.span in span for span in draft.released))
    ]
