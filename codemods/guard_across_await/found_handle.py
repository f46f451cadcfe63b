"""A map's reference that a pattern binds for a handle alone: ``if let Some(tx) = map.get(&k)`` with an
``Arc`` or a sender as the value. A clone of the handle is the same thing, so it is taken out."""

from __future__ import annotations

import re

from tree_sitter import Node

from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.named_guard import Context
from engine.base.model import Edit, Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.held_effects import held_effects
from engine.rust.locks import Flavour, flavour_of_name, guarded
from engine.rust.nodes import access_of, is_callee, method_on, outward
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_named, is_used_mutably
from engine.rust.types import Type

# What the reference itself answers, or anything by a trait: another impl may be meant than the value's.
_OF_REFERENCES = re.compile(
    rb"key|pair\w*|value_mut|(?:try_)?map|downgrade|borrow\w*|deref\w*|as_ref|as_mut|try_into|into"
    rb"|to_\w+|type_id|fmt|hash|eq|ne|cmp|partial_cmp|lt|le|gt|ge|upgrade"
)


def draft(ctx: Context, scope: GuardScope, guard: Type | None) -> Draft | None:
    """``.map(|tx| tx.value().clone())`` behind the scrutinee, where all that is used is the handle."""
    held, type_ = guarded(guard) if guard is not None else None, ctx.type_of(scope.node)
    if guard is None or held is None or type_ is None or len(scope.bindings) != 1:
        return None
    (binding,) = scope.bindings
    of_map = flavour_of_name(guard.name) is Flavour.DASHMAP and guard.last in ("Ref", "RefMut")
    optional = is_named(type_, "Option") and type_.args == (guard,)
    facts = ctx.types.facts
    if not of_map or not optional or binding.mutable or not _is_content(ctx, binding.decl):
        return None
    if not facts.is_cheap(held) or facts.is_copy(held) or is_used_mutably(held):
        return None
    edits: list[Edit] = []
    for use in scope.uses:
        node = ctx.source.innermost(use)
        change = _instead(ctx, node) if span_of(node) == use else None
        if change is None:
            return None
        edits += change
    if _acts_before(ctx, scope):
        return None
    at, name = scope.node.end_byte, binding.name
    taken = b".map(|" + name + b"| " + name + b".value().clone())"
    edits.insert(0, Edit(ctx.source.path, at, at, taken))
    cost = f"a clone of `{held.short()}`, which is cheap"
    ordered = tuple(sorted(edits, key=lambda edit: edit.start))
    return Draft("scrutinee", ordered, cost, cloned=(held,))


def _is_content(ctx: Context, decl: Span) -> bool:
    """Is the name all that stands in a ``Some(..)``?"""
    data = ctx.source.data
    before, behind = data[: decl.start].rstrip(), data[decl.end : decl.end + 1]
    return before.endswith(b"Some(") and behind == b")"


def _instead(ctx: Context, node: Node) -> list[Edit] | None:
    """The edits by which the handle serves where the reference stood; None where it may not."""
    called = method_on(ctx.source, node)
    if called is not None and called[0] == b"value":
        outer = outward(called[1])
        behind = method_on(ctx.source, outer)
        if behind is None or _OF_REFERENCES.fullmatch(behind[0]):
            return None
        return [Edit(ctx.source.path, node.end_byte, called[1].end_byte, b"")]
    if called is not None:
        return None if _OF_REFERENCES.fullmatch(called[0]) else []
    parent = outward(node).parent
    access = access_of(parent) if parent is not None else None
    return [] if parent is not None and access is not None and not is_callee(parent) else None


def _acts_before(ctx: Context, scope: GuardScope) -> bool:
    """Is anything done before the statement that awaits first, which others could tell from later?"""
    first = ctx.source.statement_of(scope.trace.ordered()[0])
    start = first.start_byte if first is not None else scope.node.end_byte
    start = max(start, scope.node.end_byte)
    before = Span(scope.node.end_byte, start)
    return any(effect.span in before for effect in held_effects(ctx.source, scope))
