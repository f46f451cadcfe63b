"""A guard that a pattern binds, and the last resort: ``drop`` where no block can serve."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from codemods.guard_across_await import messages
from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.named_guard import Context, Refused
from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import dropping
from engine.rust.control_flow import diverges
from engine.rust.effects import is_pure
from engine.rust.guard_scopes import GuardScope
from engine.rust.nodes import is_mut
from engine.rust.queries import walk
from engine.rust.scopes import Binding
from engine.rust.statement_nodes import (
    Arm,
    arms_of,
    body_of,
    let_of,
    pattern_against,
    statements_of,
    value_matched,
)
from engine.rust.syntax import FUNCTIONS, Source, span_of
from engine.rust.type_facts import is_whole
from engine.rust.value_trace import Trace

_LEAVES = frozenset(
    {"await_expression", "try_expression", "return_expression", "break_expression"}
    | {"continue_expression", "yield_expression", "macro_invocation"}
)
_SOME = re.compile(rb"Some\(\s*((?:mut\s+)?[a-z_]\w*)\s*\)")
_TAKEN_NAME = re.compile(rb"(?:mut\s+)?[a-z_]\w*")


def drafts(ctx: Context, scope: GuardScope) -> list[Draft]:
    """Ranked ways for a guard bound by ``if let`` or ``for``. Raises Refused."""
    ways: list[Draft] = []
    mapped = _mapped(ctx.source, scope)
    if mapped is not None:
        ways.append(mapped)
    if scope.kind == "pattern":
        dropped = early_drops(ctx, scope) or _drops_in_arms(ctx, scope)
        if dropped is not None:
            ways.append(dropped)
    if not ways:
        reason = messages.iterates if scope.kind == "for" else messages.bound_by_pattern
        raise Refused(reason(ctx.source, scope))
    return ways


def _mapped(source: Source, scope: GuardScope) -> Draft | None:
    """What the body's first ``let`` takes out of the guard is taken out in the scrutinee:
    ``if let Some(x) = map.get(&k).map(|g| g.value().clone()) {``."""
    pattern = _pattern(scope)
    statements = statements_of(scope.region) if scope.region.type == "block" else []
    let = let_of(statements[0]) if statements else None
    if pattern is None or let is None or let.value is None or let.alternative is not None:
        return None
    first, value, bound = statements[0], let.value, let.pattern
    if bound.type != "identifier" or not all(use in span_of(value) for use in scope.uses):
        return None
    if any(n.type in _LEAVES for n in walk(value)) or len(scope.bindings) != 1:
        return None
    if value.type == "reference_expression":
        return None
    name = (b"mut " if is_mut(first) else b"") + source.text(bound)
    text = source.text(pattern)
    if scope.kind == "pattern":
        hit = _SOME.fullmatch(text)
        if hit is None or scope.holder.type not in ("if_expression", "while_expression"):
            return None
        parameter, new_pattern, tail = hit.group(1), b"Some(" + name + b")", b""
    else:
        if _TAKEN_NAME.fullmatch(text) is None or not is_pure(source, value, _READERS):
            return None  # all items are asked before the first one is worked on
        parameter, new_pattern, tail = text, name, b".collect::<Vec<_>>()"
    after = first.end_byte
    before = source.data[source.line_start(first.start_byte) : first.start_byte]
    following = source.data[after : source.line_end(after)]
    if before.strip() or following.strip():  # a comment or code on its lines
        return None
    closure = b".map(|" + parameter + b"| " + source.text(value) + b")" + tail
    edits = (
        Edit(source.path, pattern.start_byte, pattern.end_byte, new_pattern),
        Edit(source.path, scope.node.end_byte, scope.node.end_byte, closure),
        Edit(source.path, source.line_start(first.start_byte), source.line_end(after) + 1, b""),
    )
    cost = "a `Vec` of what the body needs" if scope.kind == "for" else ""
    return Draft("scrutinee", edits, cost, (span_of(first),))


# Of a map's `Ref`: what it is a guard of.
_READERS = frozenset({b"key", b"value", b"pair", b"deref"})


def _pattern(scope: GuardScope) -> Node | None:
    parent = scope.node.parent
    if parent is None or parent.type not in ("let_condition", "for_expression"):
        return None
    if parent.type == "let_condition" and parent.parent != scope.holder:
        return None
    return pattern_against(scope.node)


def early_drops(ctx: Context, scope: GuardScope) -> Draft | None:
    """``drop(guard);`` in front of each awaiting statement that does not need the guard any more.

    Only where the guard's scope cannot be made smaller: a branch of a longer scope, or a pattern's
    own block. None when a statement both uses the guard and awaits.
    """
    source = ctx.source
    if len(scope.bindings) != 1 or scope.trace.later or not _by_value(source, scope):
        return None
    borrowed = _borrowed(ctx, scope)
    drop = dropping(source, scope.node) + b"(" + scope.bindings[0].name + b");"
    covered: list[Span] = []
    blocks: list[Node] = []
    edits: list[Edit] = []
    for node in scope.trace.ordered():
        if any(span_of(node) in span for span in covered):
            continue
        awaiting = _awaiting_statement(scope, node)
        if awaiting is None:
            return None
        statement, block = awaiting
        seen = ctx.scopes.resolve(scope.bindings[0].name, statement.start_byte)
        if seen != scope.bindings[0]:
            return None  # another name is meant there
        previous = statement.prev_named_sibling
        if previous is not None and previous.type == "attribute_item":
            return None
        text = drop + source.newline + source.indent_of(statement.start_byte)
        edits.append(Edit(source.path, statement.start_byte, statement.start_byte, text))
        rest = Span(statement.start_byte, block.end_byte)
        if any(use in rest for use in borrowed):
            return None
        if any(_leads_to(source, inner, block) for inner in blocks):
            return None  # it would be dropped twice
        blocks.append(block)
        covered.append(rest)
    return Draft("drop", tuple(edits), released=tuple(covered))


def _leads_to(source: Source, inner: Node, outer: Node) -> bool:
    """Does control come from the end of the block ``inner`` to what follows in ``outer``?"""
    return span_of(inner) in span_of(outer) and inner != outer and not diverges(source, inner)


def _drops_in_arms(ctx: Context, scope: GuardScope) -> Draft | None:
    """The same in each arm of a ``match`` that awaits; what an arm binds lives in it alone."""
    arms = [part for arm in arms_of(scope.holder) if (part := _in_arm(scope, arm)).trace.awaits]
    parts = [early_drops(ctx, part) for part in arms]
    drafts = [part for part in parts if part is not None]
    if not drafts or len(drafts) < len(parts):
        return None
    edits = tuple(edit for draft in drafts for edit in draft.edits)
    released = tuple(span for draft in drafts for span in draft.released or ())
    return Draft("drop", edits, released=released)


def _in_arm(scope: GuardScope, arm: Arm) -> GuardScope:
    """What of the guard's life is in the arm."""
    whole, at = scope.trace, span_of(arm.node)

    def inside(nodes: Iterable[Node]) -> list[Node]:
        return [node for node in nodes if span_of(node) in at]

    trace = Trace(
        {span: node for span, node in whole.awaits.items() if span in at},
        {span: nodes for span, nodes in whole.later.items() if span in at},
        {span: nodes for span, nodes in whole.drops_later.items() if span in at},
        *(inside(nodes) for nodes in (whole.drops, whole.moves, whole.ended, whole.reassigned)),
    )
    bindings = tuple(binding for binding in scope.bindings if binding.decl in at)
    uses = frozenset(use for use in scope.uses if use in at)
    return replace(scope, bindings=bindings, uses=uses, trace=trace)


def deciding(ctx: Context, scope: GuardScope) -> list[Node]:
    """Expressions whose types tell whether something borrows from the guard: see `early_drops`."""
    return [value for value, _ in _computed(ctx, scope)]


def _computed(
    ctx: Context, scope: GuardScope, apart: Callable[[Node], bool] = lambda _: False
) -> Iterator[tuple[Node, set[Span]]]:
    """Values that are computed from the guard or from a name of such a value, each with the uses of the
    names that it is bound to. Those that are ``apart`` are left out."""
    uses = set(scope.uses)
    for node in walk(scope.region):
        value = value_matched(node) if node.type in _BINDING else None
        if value is None or not any(use in span_of(value) for use in uses) or apart(value):
            continue
        later = {use.span for b in _bound_by(ctx, node) for use in ctx.scopes.uses(b)}
        uses |= later
        yield value, later


def _borrowed(ctx: Context, scope: GuardScope) -> set[Span]:
    """Uses of names that may borrow from the guard: bound to something computed from it whose type
    does not show it to be a value of its own."""

    def is_apart(value: Node) -> bool:
        type_ = ctx.type_of(value)
        return type_ is not None and is_whole(type_)

    return {use for _, later in _computed(ctx, scope, is_apart) for use in later}


def _bound_by(ctx: Context, node: Node) -> Iterator[Binding]:
    for binding in ctx.scopes.bindings:
        at = binding.decl
        inside = at in span_of(node) and not any(at in span_of(s) for s in _bodies(node))
        if inside or (
            node.type == "match_expression" and binding.kind == "match" and at in span_of(node)
        ):
            yield binding


_BINDING = frozenset({"let_declaration", "let_condition", "match_expression", "for_expression"})


def _bodies(node: Node) -> list[Node]:
    let = let_of(node)
    parts = (body_of(node), let.alternative if let is not None else None, value_matched(node))
    return [part for part in parts if part is not None]


def _by_value(source: Source, scope: GuardScope) -> bool:
    binding, gone = scope.bindings[0], scope.trace.moves or scope.trace.ended
    return not binding.by_ref and scope.kind in ("let", "pattern") and not gone


def _awaiting_statement(scope: GuardScope, node: Node) -> tuple[Node, Node] | None:
    """The innermost statement that awaits and uses no guard, outside loops and closures."""
    current: Node | None = node
    while current is not None and current != scope.region.parent:
        parent = current.parent
        if parent is not None and parent.type == "block":
            if any(use in span_of(current) for use in scope.uses):
                return None
            if _repeated(scope, parent):
                return None
            return current, parent
        current = parent
    return None


def _repeated(scope: GuardScope, block: Node) -> bool:
    """Is the block part of a loop (or another function) inside the guard's scope?"""
    current: Node | None = block
    while current is not None and current != scope.region:
        if current.type in ("for_expression", "while_expression", "loop_expression"):
            return True
        if current.type in FUNCTIONS:
            return True
        current = current.parent
    return current is None
