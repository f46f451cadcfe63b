"""The section of a named guard, by the statements of its block: what stands in front of the first one that
needs the guard, and what stands behind the last one.

Answered for ``let guard = lock;`` whose guard is never moved, given a value anew or kept by a closure that is
made in its block. Not answered: whether what stands there may leave the section
(:mod:`engine.rust.early_values`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.guard_scopes import GuardScope
from engine.rust.scopes import pattern_names, scopes_of
from engine.rust.statement_nodes import let_of, statements_of
from engine.rust.syntax import FUNCTIONS, ITEMS, Source, span_of


@dataclass(frozen=True, slots=True)
class Section:
    """``head``: statements between the ``let`` and the ``first`` one that uses the guard; ``tail``: those
    behind the ``last`` one, up to the block's end or the ``drop`` that ends the section (``dropped``)."""

    declared: Node
    head: tuple[Node, ...]
    first: Node
    last: Node
    tail: tuple[Node, ...]
    dropped: Node | None


def section_of(
    source: Source, scope: GuardScope, is_apart: Callable[[Node], bool] = lambda _: True
) -> Section | None:
    """The section of the guard of ``scope``; None where it is none that this answers for, or the guard is
    not used. ``is_apart``: is the value of a name that a ``let`` binds, with the guard in its value, known
    to borrow nothing of it? What uses another one uses the guard."""
    if scope.kind != "let" or len(scope.bindings) != 1:
        return None
    let, block = let_of(scope.holder), scope.holder.parent
    traced = scope.trace
    if let is None or block is None or block.type != "block" or let.alternative is not None:
        return None
    if let.pattern.type not in ("identifier", "mut_pattern") or traced.reassigned or traced.moves:
        return None
    after = [s for s in statements_of(block) if s.start_byte >= scope.holder.end_byte]
    if any(s.type in ITEMS or s.type == "macro_definition" for s in after):
        return None
    drops = [span_of(drop) for drop in traced.drops]
    ends = [s for s in after if any(_is_drop(s, drop) for drop in drops)]
    if len(ends) != len(drops):
        return None  # dropped in a branch
    if ends:
        after = after[: after.index(ends[0])]
    uses = scope.uses
    used: list[Node] = []
    for statement in after:
        if _uses(statement, uses):
            used.append(statement)
            uses |= _lent(source, statement, is_apart)
    if not used:
        return None
    first, last = after.index(used[0]), after.index(used[-1])
    return Section(
        scope.holder,
        tuple(after[:first]),
        used[0],
        used[-1],
        tuple(after[last + 1 :]),
        ends[0] if ends else None,
    )


def _lent(source: Source, statement: Node, is_apart: Callable[[Node], bool]) -> frozenset[Span]:
    """Uses of the names that ``statement`` binds to what may borrow from its value."""
    let = let_of(statement) if statement.type == "let_declaration" else None
    function = source.enclosing(statement, FUNCTIONS)
    if let is None or function is None:
        return frozenset()
    scopes = scopes_of(source, function)
    names = [name for name in pattern_names(let.pattern) if not is_apart(name)]
    found = [binding for name in names if (binding := scopes.binding_at(name)) is not None]
    return frozenset(use.span for binding in found for use in scopes.uses(binding))


def _is_drop(statement: Node, drop: Span) -> bool:
    inner = statement.named_children[:1]
    return statement.type == "expression_statement" and bool(inner) and span_of(inner[0]) == drop


def _uses(statement: Node, uses: frozenset[Span]) -> bool:
    return any(use in span_of(statement) for use in uses)
