"""A guard that is a temporary of a statement: its value is computed by a statement of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.guard_across_await import names, words
from codemods.guard_across_await.blocks import Draft
from codemods.guard_across_await.choice import Choice
from codemods.guard_across_await.choose import choose
from codemods.guard_across_await.named import Context, Refused, nothing_out
from engine.base.model import Edit, Span
from engine.rust.codegen import chained, first_free, in_front, indent_step, is_free, reindented
from engine.rust.evaluation_order import is_evaluated_first
from engine.rust.guard_scopes import GuardScope
from engine.rust.nodes import arm_of, pattern_of, scrutinee_of
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of

_MAX = 4  # alternatives tried for one site


def place_of(source: Source, node: Node) -> tuple[Node, Node | None] | None:
    """The statement (or an arm's or a closure's value) that ``node`` belongs to, and its block."""
    current = node
    while current.parent is not None:
        parent = current.parent
        if parent.type == "block":
            return current, parent
        arm = arm_of(parent)
        if arm is not None and arm.value == current:
            return current, None
        if parent.type in FUNCTIONS:
            return current, None
        current = parent
    return None


def options(ctx: Context, taken: GuardScope) -> tuple[Choice, ...]:
    """Expressions around the temporary that may be computed before it is awaited."""
    found = place_of(ctx.source, taken.node)
    if found is None:
        return ()
    awaits = taken.trace.ordered()
    return choose(ctx.source, ctx.types, taken.node, found[0], awaits)


def drafts(ctx: Context, taken: GuardScope) -> list[Draft]:
    """Ranked ways. Raises Refused."""
    found = place_of(ctx.source, taken.node)
    if found is None:
        raise Refused(words.in_a_macro(ctx.source, taken))
    statement, block = found
    choices = options(ctx, taken)
    if not choices:
        if taken.holder.type == "for_expression" or _in_for(taken):
            untyped = ctx.type_of(words.looked_into(taken.node)) is None
            raise Refused(words.iterates(ctx.source, taken), open_=untyped)
        raise nothing_out(ctx, taken, taken.node, taken.trace.ordered())
    if statement.has_error:
        raise Refused(words.not_understood(taken))
    previous = statement.prev_named_sibling
    if previous is not None and previous.type == "attribute_item":
        raise Refused(words.attribute(taken, ctx.source.text(previous)))
    ways: list[Draft] = []
    for choice in choices[:_MAX]:
        ways.extend(_draft(ctx, choice, statement, block))
    return list(dict.fromkeys(ways))[:_MAX]


def together(
    ctx: Context, taken: GuardScope, others: Sequence[GuardScope]
) -> tuple[Draft, tuple[GuardScope, ...]] | None:
    """``f(a.lock().await.x, b.lock().await.y).await``: the values of all its guards go in front, in
    their order. None when that is not what stands here."""
    found = place_of(ctx.source, taken.node)
    same = [o for o in others if o.kind == "temporary" and place_of(ctx.source, o.node) == found]
    if found is None or found[1] is None or not same or found[0].has_error:
        return None
    chosen: list[Choice] = []
    for one in sorted((taken, *same), key=lambda t: t.node.start_byte):
        ways = options(ctx, one)
        if not ways or any(ways[0].place.overlaps(c.place) for c in chosen):
            return None
        chosen.append(ways[0])
    statement, source = found[0], ctx.source
    nodes = [choice.node for choice in chosen]
    previous = statement.prev_named_sibling
    if previous is not None and previous.type == "attribute_item":
        return None
    if not all(is_evaluated_first(source, node, statement, nodes) for node in nodes):
        return None
    edits: list[Edit] = []
    used: list[bytes] = []
    for choice in chosen:
        used.append(_name(ctx, choice, statement, used))
        text = _let(source, choice, used[-1], source.indent_of(statement.start_byte)) + b";"
        edits += [in_front(source, statement, text), *choice.outside(source.path, used[-1])]
    cost = "; ".join(dict.fromkeys(choice.cost for choice in chosen if choice.cost))
    return Draft("hoist", tuple(edits), cost), tuple(same)


def _in_for(taken: GuardScope) -> bool:
    current: Node | None = taken.node
    while current is not None and current.parent is not None:
        if current.parent.type == "for_expression":
            return scrutinee_of(current.parent) == current
        if current.parent.type in LOOPS | FUNCTIONS | {"block"}:
            return False
        current = current.parent
    return False


def _draft(ctx: Context, choice: Choice, statement: Node, block: Node | None) -> list[Draft]:
    source = ctx.source
    first = is_evaluated_first(source, choice.node, statement, (choice.node,))
    if not first:
        return [_in_place(ctx, choice, statement)]
    name = _name(ctx, choice, statement)
    if block is not None:
        indent = source.indent_of(statement.start_byte)
        text = _let(source, choice, name, indent) + b";"
        edits = [in_front(source, statement, text), *choice.outside(source.path, name)]
        return [Draft("hoist", tuple(edits), choice.cost)]
    return [_wrapped(ctx, choice, statement, name)]


def _let(source: Source, choice: Choice, name: bytes, indent: bytes) -> bytes:
    base = source.indent_of(choice.node.start_byte)
    value = chained(reindented(source, choice.span, base, indent), choice.suffix)
    return b"let " + (b"mut " if choice.mutable else b"") + name + b" = " + value


def _name(ctx: Context, choice: Choice, statement: Node, used: Sequence[bytes] = ()) -> bytes:
    source = ctx.source
    function = source.enclosing(statement, ("block",)) or statement
    where = Span(statement.start_byte, function.end_byte)
    place = source.node_at(choice.place) if choice.whole is None else choice.whole
    holder = place.parent if place is not None else None
    pattern = None
    if holder is not None and holder.type == "let_condition":
        pattern = pattern_of(holder)
    wanted = [names.suggest(source, choice.node)]
    bound = names.pattern_name(source, pattern)
    if bound is not None:
        wanted.insert(0, bound)
    if holder is not None and holder.type == "for_expression":
        wanted.append(b"snapshot")
    wanted.append(wanted[0] + b"_value" if wanted[0] != b"value" else b"value")
    wanted = [name for name in wanted if name not in used] or [wanted[-1] + b"_too"]
    return first_free(wanted, lambda name: is_free(source, ctx.scopes, name, where, [choice.place]))


def _wrapped(ctx: Context, choice: Choice, value: Node, name: bytes) -> Draft:
    """An arm's (or a closure's) value becomes a block."""
    source = ctx.source
    indent = source.indent_of(value.start_byte)
    unit = _unit(ctx, value)
    deeper = source.newline + indent + unit
    instead = [(edit.span, edit.replacement) for edit in choice.outside(source.path, name)]
    body = reindented(source, span_of(value), indent, indent + unit, instead)
    text = b"{" + deeper + _let(source, choice, name, indent + unit) + b";" + deeper + body
    text += source.newline + indent + b"}"
    return Draft("block", (Edit(source.path, value.start_byte, value.end_byte, text),), choice.cost)


def _in_place(ctx: Context, choice: Choice, statement: Node) -> Draft:
    """``{ let v = ..; v }`` where it stands: a block's own tail would keep its temporaries, before
    edition 2024, to the end of the statement around it."""
    source = ctx.source
    indent = source.indent_of(choice.place.start)
    unit = _unit(ctx, statement)
    deeper = source.newline + indent + unit
    inner = replace(choice, mutable=False)
    name = names.suggest(source, choice.node)
    text = b"{" + deeper + _let(source, inner, name, indent + unit) + b";" + deeper + name
    text = (b"&" if choice.by_ref else b"") + text + source.newline + indent + b"}"
    edits = [Edit(source.path, choice.place.start, choice.place.end, text)]
    edits += [Edit(source.path, span.start, span.end, new) for span, new in choice.extra]
    return Draft("block", tuple(edits), choice.cost)


def _unit(ctx: Context, node: Node) -> bytes:
    block = ctx.source.enclosing(node, ("block",))
    return indent_step(ctx.source, block) if block is not None else b"    "
