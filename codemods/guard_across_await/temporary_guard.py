"""A guard that is a temporary of a statement: its value is computed by a statement of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.guard_across_await import awaited_arguments, messages, value_names
from codemods.guard_across_await.awaited_arguments import awaited_argument
from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.extraction import Extraction, cloned_by, cost_of
from codemods.guard_across_await.extraction_candidates import candidates
from codemods.guard_across_await.named_guard import Context, Refused, no_extraction
from codemods.guard_across_await.passing_values import is_released_late, of_values
from engine.base.model import Edit, Span
from engine.rust.codegen import first_free, in_front, indent_step, is_free, reindented
from engine.rust.evaluation_order import is_evaluated_first
from engine.rust.guard_scopes import GuardScope
from engine.rust.statement_nodes import arm_of, pattern_of, scrutinee_of
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of

_MAX_DRAFTS = 4  # alternatives tried for one site


def statement_around(source: Source, node: Node) -> tuple[Node, Node | None] | None:
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


def candidates_around(ctx: Context, scope: GuardScope) -> tuple[Extraction, ...]:
    """Expressions around the temporary that may be computed before it is awaited."""
    around = statement_around(ctx.source, scope.node)
    if around is None:
        return ()
    awaits = scope.trace.ordered()
    return candidates(ctx.source, ctx.types, scope.node, around[0], awaits)


def drafts(ctx: Context, scope: GuardScope) -> list[Draft]:
    """Ranked ways. Raises Refused."""
    around = statement_around(ctx.source, scope.node)
    if around is None:
        raise Refused(messages.in_a_macro(ctx.source, scope))
    statement, block = around
    extractions = candidates_around(ctx, scope)
    argument = awaited_argument(ctx, scope, statement) if block is not None else None
    if not extractions and argument is None:
        if scope.holder.type == "for_expression" or _in_for(scope):
            untyped = ctx.type_of(messages.looked_into(scope.node)) is None
            raise Refused(messages.iterates(ctx.source, scope), open_=untyped)
        raise no_extraction(ctx, scope, scope.node, scope.trace.ordered())
    if statement.has_error:
        raise Refused(messages.not_understood(scope))
    previous = statement.prev_named_sibling
    if previous is not None and previous.type == "attribute_item":
        raise Refused(messages.attribute(scope, ctx.source.text(previous)))
    ways: list[Draft] = []
    if argument is not None:
        name = _name(ctx, Extraction(argument), statement)
        ways.append(awaited_arguments.draft(ctx, argument, statement, name))
    for extraction in extractions[:_MAX_DRAFTS]:
        ways.append(_draft(ctx, scope, extraction, statement, block))
    return list(dict.fromkeys(ways))[:_MAX_DRAFTS]


def joint_draft(
    ctx: Context, scope: GuardScope, others: Sequence[GuardScope]
) -> tuple[Draft, tuple[GuardScope, ...]] | None:
    """``f(a.lock().await.x, b.lock().await.y).await``: the values of all its guards go in front, in
    their order. None when that is not what stands here."""
    around = statement_around(ctx.source, scope.node)
    same = [
        o
        for o in others
        if o.kind == "temporary" and statement_around(ctx.source, o.node) == around
    ]
    if around is None or around[1] is None or not same or around[0].has_error:
        return None
    chosen: list[Extraction] = []
    for one in sorted((scope, *same), key=lambda t: t.node.start_byte):
        ways = candidates_around(ctx, one)
        if not ways or any(ways[0].place.overlaps(c.place) for c in chosen):
            return None
        chosen.append(ways[0])
    statement, source = around[0], ctx.source
    nodes = [extraction.node for extraction in chosen]
    previous = statement.prev_named_sibling
    if previous is not None and previous.type == "attribute_item":
        return None
    if not all(is_evaluated_first(source, node, statement, nodes) for node in nodes):
        return None
    edits: list[Edit] = []
    used: list[bytes] = []
    for extraction in chosen:
        used.append(_name(ctx, extraction, statement, used))
        text = _let(source, extraction, used[-1], source.indent_of(statement.start_byte)) + b";"
        edits += [in_front(source, statement, text), *extraction.outside(source.path, used[-1])]
    draft = _drafted(ctx, scope, "hoist", edits, list(zip(chosen, used, strict=True)))
    return draft, tuple(same)


def _in_for(scope: GuardScope) -> bool:
    current: Node | None = scope.node
    while current is not None and current.parent is not None:
        if current.parent.type == "for_expression":
            return scrutinee_of(current.parent) == current
        if current.parent.type in LOOPS | FUNCTIONS | {"block"}:
            return False
        current = current.parent
    return False


def _draft(
    ctx: Context, scope: GuardScope, extraction: Extraction, statement: Node, block: Node | None
) -> Draft:
    source = ctx.source
    first = is_evaluated_first(source, extraction.node, statement, (extraction.node,))
    if not first or is_released_late(ctx, extraction):
        return _in_place(ctx, scope, extraction, statement)
    name = _name(ctx, extraction, statement)
    if block is not None:
        indent = source.indent_of(statement.start_byte)
        text = _let(source, extraction, name, indent) + b";"
        edits = [in_front(source, statement, text), *extraction.outside(source.path, name)]
        return _drafted(ctx, scope, "hoist", edits, [(extraction, name)])
    return _wrapped(ctx, scope, extraction, statement, name)


def _drafted(
    ctx: Context,
    scope: GuardScope,
    label: str,
    edits: Iterable[Edit],
    taken: Sequence[tuple[Extraction, bytes]],
    named: bool = True,
) -> Draft:
    ways = [way for way, _ in taken]
    held = tuple(way.span for way in ways)
    told = of_values(ctx, scope, taken, named)
    return Draft(label, tuple(edits), cost_of(ways), held, cloned=cloned_by(ways), notes=told)


def _let(source: Source, extraction: Extraction, name: bytes, indent: bytes) -> bytes:
    base = source.indent_of(extraction.node.start_byte)
    value = extraction.value(reindented(source, extraction.span, base, indent))
    return b"let " + (b"mut " if extraction.mutable else b"") + name + b" = " + value


def _name(
    ctx: Context, extraction: Extraction, statement: Node, used: Sequence[bytes] = ()
) -> bytes:
    source = ctx.source
    function = source.enclosing(statement, ("block",)) or statement
    where = Span(statement.start_byte, function.end_byte)
    place = source.node_at(extraction.place) if extraction.whole is None else extraction.whole
    holder = place.parent if place is not None else None
    pattern = None
    if holder is not None and holder.type == "let_condition":
        pattern = pattern_of(holder)
    wanted = [value_names.suggest(source, extraction.node)]
    bound = value_names.pattern_name(source, pattern)
    if bound is not None:
        wanted.insert(0, bound)
    if holder is not None and holder.type == "for_expression":
        wanted.append(b"snapshot")
    wanted.append(wanted[0] + b"_value" if wanted[0] != b"value" else b"value")
    wanted = [name for name in wanted if name not in used] or [wanted[-1] + b"_too"]
    gone = extraction.places
    return first_free(
        wanted, lambda name: is_free(source, ctx.scopes, name, where, gone, meant=gone)
    )


def _wrapped(
    ctx: Context, scope: GuardScope, extraction: Extraction, value: Node, name: bytes
) -> Draft:
    """An arm's (or a closure's) value becomes a block."""
    source = ctx.source
    indent = source.indent_of(value.start_byte)
    unit = _unit(ctx, value)
    deeper = source.newline + indent + unit
    instead = [(edit.span, edit.replacement) for edit in extraction.outside(source.path, name)]
    body = reindented(source, span_of(value), indent, indent + unit, instead)
    text = b"{" + deeper + _let(source, extraction, name, indent + unit) + b";" + deeper + body
    text += source.newline + indent + b"}"
    edit = Edit(source.path, value.start_byte, value.end_byte, text)
    return _drafted(ctx, scope, "block", [edit], [(extraction, name)])


def _in_place(ctx: Context, scope: GuardScope, extraction: Extraction, statement: Node) -> Draft:
    """``{ let v = ..; v }`` where it stands: a block's own tail would keep its temporaries, before
    edition 2024, to the end of the statement around it."""
    source = ctx.source
    indent = source.indent_of(extraction.place.start)
    unit = _unit(ctx, statement)
    deeper = source.newline + indent + unit
    inner = replace(extraction, mutable=False)
    name = value_names.suggest(source, extraction.node)
    text = b"{" + deeper + _let(source, inner, name, indent + unit) + b";" + deeper + name
    text = extraction.lent(text + source.newline + indent + b"}")
    edits = [Edit(source.path, extraction.place.start, extraction.place.end, text)]
    edits += [Edit(source.path, span.start, span.end, new) for span, new in extraction.extra]
    return _drafted(ctx, scope, "block", edits, [(extraction, name)], named=False)


def _unit(ctx: Context, node: Node) -> bytes:
    block = ctx.source.enclosing(node, ("block",))
    return indent_step(ctx.source, block) if block is not None else b"    "
