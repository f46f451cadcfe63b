"""An occupied entry of a map that an arm binds for a handle alone: ``Occupied(e) => e.get().send(..).await``
with an ``Arc`` or a sender as the value. A clone of the handle is the same thing, so it is taken out, and
the entry is let go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.named_guard import Context
from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import dropping
from engine.rust.codegen import first_free, indent_step, is_free, reindented
from engine.rust.control_flow import suspensions
from engine.rust.guard_scopes import GuardScope
from engine.rust.held_effects import held_effects
from engine.rust.locks import Flavour, flavour_of_name
from engine.rust.nodes import method_call, method_on
from engine.rust.owned_copies import OwnedCopy, instead_of_reference
from engine.rust.scopes import Binding
from engine.rust.statement_nodes import arms_of, branches_of, pattern_against
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_used_mutably
from engine.rust.types import Type

_OCCUPIED = re.compile(rb"(?:\w+\s*::\s*)*Occupied\(\s*\w+\s*\)")
_CLONE = OwnedCopy(b".clone()", (b"&", b""))


def draft(ctx: Context, scope: GuardScope, guard: Type | None) -> Draft | None:
    """``let found = e.get().clone(); drop(e);`` at the head of each arm that awaits; None where one of
    them needs more of the entry."""
    held = _held(guard) if guard is not None else None
    facts = ctx.types.facts
    if held is None or not facts.is_cheap(held) or facts.is_copy(held) or is_used_mutably(held):
        return None
    edits: list[Edit] = []
    released: list[Span] = []
    awaits = [span_of(node) for node in scope.trace.ordered()]
    for pattern, value in _arms(scope):
        inside = [each for each in awaits if each in span_of(value)]
        awaits = [each for each in awaits if each not in inside]
        if not inside:
            binds = any(each.decl in span_of(pattern) for each in scope.bindings)
            if not binds and next(suspensions(ctx.source, value), None) is not None:
                return None  # there the `match` itself still has the entry
            continue
        change = _taken_out(ctx, scope, pattern, value, min(inside))
        if not change:
            return None
        edits += change
        released.append(span_of(value))
    if awaits or not edits:
        return None
    cost = f"a clone of `{held.short()}`, which is cheap"
    ordered = tuple(sorted(edits, key=lambda edit: edit.start))
    return Draft("drop", ordered, cost, released=tuple(released), cloned=(held,))


def _held(guard: Type) -> Type | None:
    """The value of the entry of a ``DashMap``."""
    of_map = flavour_of_name(guard.name) is Flavour.DASHMAP and guard.last == "Entry"
    return guard.args[1] if of_map and len(guard.args) > 1 else None


def _arms(scope: GuardScope) -> Iterator[tuple[Node, Node]]:
    """(pattern, what is evaluated where it matches)."""
    branches, pattern = branches_of(scope.holder), pattern_against(scope.node)
    if branches is not None and pattern is not None:
        yield pattern, branches.consequence
    yield from ((arm.pattern, arm.value) for arm in arms_of(scope.holder) if arm.guard is None)


def _taken_out(
    ctx: Context, scope: GuardScope, pattern: Node, value: Node, waits: Span
) -> list[Edit]:
    """The edits of one arm; [] where the handle alone does not serve."""
    source = ctx.source
    bound = [b for b in scope.bindings if b.decl in span_of(pattern)]
    if len(bound) != 1 or not _OCCUPIED.fullmatch(source.text(pattern)):
        return []
    first = source.statement_of(source.innermost(waits))
    start = first.start_byte if first is not None else value.start_byte
    before = Span(value.start_byte, max(start, value.start_byte))
    looks = _looks(ctx, bound[0])
    if not looks or any(effect.span in before for effect in held_effects(source, scope)):
        return []
    gone = [span_of(look) for look in looks]
    name = first_free(
        (b"found", b"handle"),
        lambda each: is_free(source, ctx.scopes, each, span_of(value), gone, meant=gone),
    )
    changes = (instead_of_reference(source, look, name, _CLONE) for look in looks)
    instead = [c or (at, name) for c, at in zip(changes, gone, strict=True)]
    taken = b"let " + name + b" = " + bound[0].name + b".get().clone();"
    dropped = dropping(source, value) + b"(" + bound[0].name + b");"
    indent = source.indent_of(value.start_byte)
    if value.type != "block":
        deeper = indent + indent_step(source, scope.region)
        line = source.newline + deeper
        body = reindented(source, span_of(value), indent, deeper, instead)
        text = b"{" + line + taken + line + dropped + line + body + source.newline + indent + b"}"
        return [Edit(source.path, value.start_byte, value.end_byte, text)]
    inner = value.named_children[0]
    on_line = source.line_start(inner.start_byte) <= value.start_byte
    line = b" " if on_line else source.newline + indent + indent_step(source, value)
    at = value.start_byte + 1
    head = Edit(source.path, at, at, line + taken + line + dropped)
    return [head, *(Edit(source.path, span.start, span.end, text) for span, text in instead)]


def _looks(ctx: Context, entry: Binding) -> list[Node]:
    """All calls ``e.get()``; [] where anything else is done with the entry."""
    found: list[Node] = []
    for use in ctx.scopes.uses(entry):
        called = method_on(ctx.source, ctx.source.innermost(use.span))
        call = method_call(ctx.source, called[1]) if called is not None else None
        if use.capture or called is None or call is None or call.arguments:
            return []
        if call.method != b"get":
            return []
        found.append(called[1])
    return found
