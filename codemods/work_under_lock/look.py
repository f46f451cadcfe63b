"""One guard and what is done under it, as far as syntax tells: what a plan looks at, and asks about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import early_values, held_waits
from engine.rust.dropped_values import Dropped, dropped_under
from engine.rust.guard_scopes import GuardScope, guard_scope
from engine.rust.held_operands import apart_from, held_operands, parts_in_order
from engine.rust.lock_sections import Section, section_of
from engine.rust.locks import LockCall, lock_call
from engine.rust.nodes import operation_of
from engine.rust.per_source import per_source
from engine.rust.scopes import pattern_names
from engine.rust.statement_nodes import condition_of, expression_in, let_of
from engine.rust.syntax import Source, span_of

_WORK = re.compile(
    rb"(?<!\w)(?:format|vec|json|e?println|trace|debug|info|warn|error)\s*!|\.\s*(?:to_|into|clone|collect|concat|join|repeat|replace)"
    rb"|(?<!\w)(?:for|while|loop)(?!\w)|::\s*(?:from|new|with_capacity|from_iter)|serde|\w\(.*\w.*\)",
    re.DOTALL,
)
# These allocate, whatever the types are.
_SURE = re.compile(rb"(?<!\w)format\s*!|\.\s*to_string\s*\(|(?<!\w)String\s*::\s*from\s*\(")


@dataclass(frozen=True)
class Look:
    """What is done under the guard that is the value of ``node``."""

    source: Source
    node: Node
    locked: LockCall
    scope: GuardScope
    operands: tuple[Node, ...] = ()  # evaluated under the lock, and not made of what it guards
    dropped: Dropped | None = None
    section: Section | None = None
    waiting: tuple[Node, ...] = ()  # calls that may wait, by their names

    @property
    def is_worth_asking(self) -> bool:
        """Is there anything that types may show to be work?"""
        parts = [*self.operands]
        if self.section is not None:
            parts += [*self.section.head, *self.section.tail]
        works = any(_WORK.search(self.source.text(part)) for part in parts)
        return works or self.dropped is not None or bool(self.waiting)

    @property
    def is_certain(self) -> bool:
        """Does an operand allocate by its looks?"""
        sure = (_SURE.search(self.source.text(operand)) for operand in self.operands)
        return self.scope.kind == "temporary" and any(sure)

    def asked(self) -> Iterator[Span]:
        """The expressions whose types a plan needs."""
        source = self.source
        yield span_of(self.node)
        for operand in self.operands:
            yield from _asked(source, operand)
        if (dropped := self.dropped) is not None:
            yield span_of(dropped.place if dropped.kind == "assigned" else dropped.value)
            yield from _asked(source, dropped.value)
        if (section := self.section) is not None:
            statements = (*section.head, section.first, *section.tail)
            for statement in statements:
                if statement != section.first:
                    yield from early_values.types_asked(source, statement)
            for name in names_between(section):
                yield span_of(name)
        if self.waiting:
            yield from held_waits.types_asked(source, self.scope)
        operation = operation_of(source, self.node.parent) if self.node.parent is not None else None
        if operation is not None:
            yield span_of(operation.left)
        up = self.node.parent
        outer = (
            operation_of(source, up.parent) if up is not None and up.parent is not None else None
        )
        if outer is not None:
            yield span_of(outer.left)


def names_between(section: Section) -> Iterator[Node]:
    """The names that the block binds behind the guard."""
    block = section.declared.parent
    for statement in block.named_children if block is not None else ():
        if statement.start_byte >= section.declared.end_byte and (let := let_of(statement)):
            yield from pattern_names(let.pattern)


def _asked(source: Source, operand: Node) -> Iterator[Span]:
    """The types that tell of an operand and of its parts."""
    if not operand.type.endswith("_initializer"):
        yield span_of(operand)
    yield from early_values.types_asked(source, operand)
    for part in parts_in_order(operand):
        yield from _asked(source, part)


@per_source
def look_at(source: Source, node: Node) -> Look | None:
    """What is done under the guard that ``node`` gives; None where it takes no lock, or where a future waits
    meanwhile. Raises RecursionError on absurdly nested code."""
    locked = lock_call(source, node)
    if locked is None or locked.borrows or locked.method.startswith(b"try_"):
        return None
    if "ok" in locked.tails or "map_err" in locked.tails or "?" in locked.tails:
        return None
    scope = guard_scope(source, node)
    if scope is None or scope.trace.awaits or scope.kind == "passed":
        return None
    waiting = tuple(held_waits.may_wait(source, scope))
    if scope.kind in ("temporary", "extended"):
        operands = tuple(o for o in held_operands(source, node) if o.type != "closure_expression")
        return Look(
            source, node, locked, scope, operands, dropped_under(source, node), None, waiting
        )
    section = section_of(source, scope)
    operands = tuple(_of_first(source, section, scope.uses)) if section is not None else ()
    return Look(source, node, locked, scope, operands, None, section, waiting)


def _of_first(source: Source, section: Section, uses: frozenset[Span]) -> Iterator[Node]:
    """Parts of the first statement of a section that are evaluated whenever it is, without the guard."""
    let = let_of(section.first) if section.first.type == "let_declaration" else None
    value = let.value if let is not None else expression_in(section.first)
    if value is not None and value.type == "if_expression":
        value = condition_of(value)
    if value is not None and value.type not in ("let_condition", "let_chain"):
        yield from apart_from(source, value, uses)
