"""A named guard's section made shorter: what goes in front of the lock, what behind its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from codemods.work_under_lock.look import Look
from engine.base.model import Span
from engine.rust.codegen import identifiers, is_annotated
from engine.rust.early_values import Early, Known, early
from engine.rust.evaluation_order import names_declared
from engine.rust.lock_sections import Section, section_of
from engine.rust.queries import walk
from engine.rust.scopes import pattern_names
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_whole


@dataclass(frozen=True)
class Shorter:
    """``head`` goes in front of the lock, ``tail`` behind its end, () where it stays; ``whole_head``: all
    that stands before the first use goes."""

    section: Section
    head: tuple[tuple[Node, Early], ...]
    tail: tuple[tuple[Node, Early], ...]
    whole_head: bool


def shorter(look: Look, known: Known) -> Shorter | None:
    """What of the section of a named guard may leave it."""
    source, section = look.source, look.section
    if section is not None and section.tail:
        section = section_of(source, look.scope, lambda name: _is_apart(known, name))
    if section is None:
        return None
    head: list[tuple[Node, Early]] = []
    kept = identifiers(source.text(section.declared))
    for statement in section.head:
        told = early(source, statement, known)
        declared = names_declared(source, [statement])
        if told.never or (declared | told.changes) & kept or is_annotated(source, statement):
            break
        if not all(_drops_unseen(known, name) for name in _bound(statement)):
            break
        head.append((statement, told))
    whole = len(head) == len(section.head)
    if not any(told.worth for _, told in head):
        head = head if whole else []
    tail = [(statement, early(source, statement, known)) for statement in section.tail]
    free = all(not told.never for _, told in tail) and all(
        _drops_unseen(known, name) for name in _bound_behind(section)
    )
    if not free or not any(told.worth for _, told in tail):
        tail = []
    return Shorter(section, tuple(head), tuple(tail), whole)


def _is_apart(known: Known, name: Node) -> bool:
    """Is the value that it names known to borrow nothing?"""
    type_ = known.type_of(span_of(name))
    return type_ is not None and is_whole(type_)


def _bound(statement: Node) -> Iterator[Node]:
    let = let_of(statement) if statement.type == "let_declaration" else None
    return pattern_names(let.pattern) if let is not None else iter(())


def _bound_behind(section: Section) -> Iterator[Node]:
    """Names that are dropped before the guard where that goes with the block."""
    if section.dropped is not None:
        return
    block = section.declared.parent
    for statement in block.named_children if block is not None else ():
        if statement.start_byte >= section.declared.end_byte:
            yield from _bound(statement)


def _drops_unseen(known: Known, name: Node) -> bool:
    type_ = known.type_of(span_of(name))
    return known.facts.drop_is_seen(type_) is False


def leaves(source: Source, node: Node) -> bool:
    """Does it hold a ``return``, ``break`` or ``?``?"""
    kinds = ("return_expression", "break_expression", "continue_expression", "try_expression")
    return any(inner.type in kinds for inner in walk(node))


def covered(parts: tuple[tuple[Node, Early], ...]) -> list[Span]:
    """Where these parts stand."""
    return [span_of(node) for node, _ in parts]
