"""Names that held a reference into what a lock guards, and hold its value behind the lock: where the code
needs a reference, one is lent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codemods.guard_across_await.named_guard import Carried, Context
from engine.base.model import Edit, Span
from engine.rust.nodes import COMPARISONS, operation_of
from engine.rust.owned_copies import instead_of_reference
from engine.rust.syntax import Source, span_of


def lent(
    ctx: Context, carried: Iterable[Carried], end: int, gone: Sequence[Span]
) -> tuple[Edit, ...]:
    """The edits of the uses behind ``end`` of those names that are ``carried`` as a copy; what stands in
    a span of ``gone`` is left aside."""
    found: dict[Span, Edit] = {}
    for each in carried:
        if each.copied is None:
            continue
        for use in ctx.scopes.uses(each.binding):
            away = any(use.span in span for span in gone)
            if use.span.start < end or use.capture or away:
                continue
            node = ctx.source.innermost(use.span)
            if span_of(node) != use.span:
                continue
            change = instead_of_reference(ctx.source, node, each.binding.name, each.copied)
            if change is not None:
                span, text = change
                found[span] = Edit(ctx.source.path, span.start, span.end, text)
    for span in list(found):  # of two that are compared both are values now
        sides = _compared(ctx.source, span)
        both = [found[side] for side in sides if side in found]
        if len(both) == 2 and all(edit.replacement.startswith(b"&") for edit in both):
            for side in sides:
                del found[side]
    return tuple(found.values())


def _compared(source: Source, side: Span) -> tuple[Span, ...]:
    """Both sides of the comparison that ``side`` is one of; () where it is none."""
    node = source.innermost(side)
    operation = operation_of(source, node.parent) if node.parent is not None else None
    if operation is None or operation.operator not in COMPARISONS:
        return ()
    return span_of(operation.left), span_of(operation.right)
