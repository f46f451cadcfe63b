"""The code's own ``drop(guard)`` behind an await that needs the guard no more: it only says where the
guard's scope ends, and moves up with that end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tree_sitter import Node

from codemods.guard_across_await import notes
from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.named_guard import Context
from engine.base.model import Edit, Span
from engine.rust.codegen import is_annotated, trailing_comment, without_statement
from engine.rust.guard_scopes import GuardScope
from engine.rust.nodes import call_of
from engine.rust.statement_nodes import statements_of
from engine.rust.syntax import Source, span_of


@dataclass(frozen=True)
class Undone:
    """``scope`` is the ``original`` as if none of its ``drops`` that stand behind an await were there;
    ``gone`` deletes them."""

    scope: GuardScope
    original: GuardScope
    drops: tuple[Node, ...]
    gone: tuple[Edit, ...]

    def note(self, source: Source) -> str:
        """What is said of them in a fix."""
        return notes.of_drops_gone(source, self.drops)

    def serves(self, draft: Draft) -> bool:
        """May ``draft`` end the guard in their place, on all paths that one of them ends it on?"""
        edits = (edit.span for edit in draft.edits)
        if any(edit.overlaps(each.span) for edit in edits for each in self.gone):
            return False
        if draft.label == "drop":
            covered = draft.released or ()
            return not draft.cloned and all(
                any(each.span in span for span in covered) for each in self.gone
            )
        # A handle's clone would be kept to the end of what the pattern binds it for.
        return draft.label != "scrutinee" or not draft.cloned


def without_drops(ctx: Context, scope: GuardScope) -> Undone | None:
    """None where there is no such ``drop``, or one of them is more than a statement that can go: in a
    part of an expression, with a comment of its own, or all that a branch does."""
    drops = behind_awaits(scope)
    if not drops or scope.kind not in ("let", "pattern") or len(scope.bindings) != 1:
        return None
    gone: list[Edit] = []
    arguments: set[Span] = set()
    for drop in drops:
        edit = _deleted(ctx.source, scope, drop)
        call = call_of(drop)
        if edit is None or call is None:
            return None
        gone.append(edit)
        arguments |= {span_of(node) for node in call.arguments}
    left = [drop for drop in scope.trace.drops if drop not in drops]
    trace = replace(scope.trace, drops=left, drops_later={})
    undone = replace(scope, uses=scope.uses - arguments, trace=trace)
    return Undone(undone, scope, drops, tuple(gone))


def behind_awaits(scope: GuardScope) -> tuple[Node, ...]:
    """The ``drop(guard)`` that may follow an await, in the order of the text."""
    found = {span_of(drop): drop for drops in scope.trace.drops_later.values() for drop in drops}
    return tuple(drop for _, drop in sorted(found.items(), key=lambda item: item[0]))


def _deleted(source: Source, scope: GuardScope, drop: Node) -> Edit | None:
    statement = source.statement_of(drop)
    block = statement.parent if statement is not None else None
    if statement is None or block is None or span_of(block) not in span_of(scope.region):
        return None
    if is_annotated(source, statement) or _has_comment_behind(source, statement):
        return None
    others = statements_of(block)
    if len(others) < 2 and block != scope.region:
        return None
    if statement == drop:  # the block's tail: what stands in front of it must not become one
        before = others[-2] if len(others) > 1 else None
        if before is None or not source.text(before).endswith(b";"):
            return None
    elif statement.named_children != [drop]:
        return None
    return without_statement(source, statement)


def _has_comment_behind(source: Source, statement: Node) -> bool:
    return trailing_comment(source, statement.end_byte) > statement.end_byte
