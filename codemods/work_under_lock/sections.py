"""A named guard's section made shorter: what goes in front of the lock, what behind its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from codemods.work_under_lock.hoists import Hoist, instead, lets, named
from codemods.work_under_lock.look import Look
from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import dropping
from engine.rust.codegen import (
    identifiers,
    trailing_comment,
    whole_lines,
    without_statement,
)
from engine.rust.early_values import HEAVY, Early, Known, early
from engine.rust.effects import effects
from engine.rust.evaluation_order import names_declared
from engine.rust.lock_sections import Section, section_of
from engine.rust.scopes import pattern_names
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import COMMENTS, Source, span_of
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
        if told.never or (declared | told.changes) & kept or _is_commented(source, statement):
            break
        if not all(_drops_unseen(known, name) for name in _bound(statement)):
            break
        # Whoever gives up waiting for the lock would have changed it, and a future may have to be `Send`.
        if look.locked.awaited and (
            told.changes or not all(_is_plain(known, name) for name in _bound(statement))
        ):
            break
        head.append((statement, told))
    whole = len(head) == len(section.head)
    acts = any(
        effect.what not in ("lock", "convention") for effect in effects(source, section.declared)
    )
    if acts and any(told.leaves or told.stops for _, told in head):
        head, whole = [], not section.head
    tail = [(statement, early(source, statement, known)) for statement in section.tail]
    held = [
        s
        for s in _block(section)
        if section.declared.end_byte <= s.start_byte <= section.last.start_byte
    ]
    hidden = names_declared(source, held) & set(map(str.encode, look.scope.names))
    free = (
        not hidden
        and all(not told.never for _, told in tail)
        and all(_drops_unseen(known, name) for name in _bound_behind(section))
    )
    if not free or sum(told.weight for _, told in tail) < HEAVY:
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
    for statement in _block(section):
        if statement.start_byte >= section.declared.end_byte:
            yield from _bound(statement)


def _block(section: Section) -> list[Node]:
    block = section.declared.parent
    return block.named_children if block is not None else []


def _drops_unseen(known: Known, name: Node) -> bool:
    type_ = known.type_of(span_of(name))
    return known.facts.drop_is_seen(type_) is False


def _is_plain(known: Known, name: Node) -> bool:
    type_ = known.type_of(span_of(name))
    return type_ is not None and known.facts.is_plain(type_)


def weighed(cut: Shorter, hoists: Sequence[Hoist]) -> tuple[Shorter, list[Hoist]]:
    """What of it is worth a line more: all that goes in front of the lock together, and what goes behind."""
    first = cut.section.first
    before = first.prev_named_sibling
    if before is not None and before.type == "attribute_item":
        hoists = ()
    found = [h for h in hoists if h.front.whole == first and not h.front.inline and cut.whole_head]
    weight = sum(told.weight for told in (*(t for _, t in cut.head), *(h.told for h in found)))
    return (cut, found) if weight >= HEAVY else (replace(cut, head=()), [])


def shorter_edits(look: Look, cut: Shorter, found: Sequence[Hoist]) -> list[Edit]:
    """The edits; the ``let`` of the lock goes behind the head, and what is hoisted of the first use in front
    of it."""
    source, section = look.source, cut.section
    path, indent = source.path, source.indent_of(section.declared.start_byte)
    gap = source.newline + indent
    names = named(look, found)
    text = lets(source, found, names, indent)
    edits = [Edit(path, at.start, at.end, name) for at, name in instead(source, names).items()]
    at, end = _above(source, section.declared), section.declared.end_byte
    if cut.head and at == section.declared.start_byte and trailing_comment(source, end) == end:
        edits.append(without_statement(source, section.declared))
        end = trailing_comment(source, cut.head[-1][0].end_byte)
        lock = source.text(section.declared)
        edits.append(Edit(path, end, end, b"".join(gap + part for part in (*text, lock))))
    elif cut.head or found:  # a comment at the lock stays with it
        moved = [_with_comment(source, statement) for statement, _ in cut.head]
        text = [*map(source.slice, moved), *text]
        for span in moved:
            lines = whole_lines(source, span) or span
            edits.append(Edit(path, lines.start, lines.end, b""))
        told = at < section.declared.start_byte and text[-1].rpartition(b"\n")[2].count(b"//") > 0
        apart = source.newline if told else b""  # two comments below each other are one to rustfmt
        edits.append(
            Edit(path, at, at, b"".join(part + gap for part in text[:-1]) + text[-1] + apart + gap)
        )
    if cut.tail:
        name = look.scope.names[0].encode()
        end = trailing_comment(source, section.last.end_byte)
        edits.append(Edit(path, end, end, gap + dropping(source, look.node) + b"(" + name + b");"))
        if section.dropped is not None:
            edits.append(without_statement(source, section.dropped))
    return edits


def _is_commented(source: Source, statement: Node) -> bool:
    """Does a comment inside it, or above it, belong to it?"""
    inside = bool(source.comments_in(span_of(statement)))
    return inside or _above(source, statement) != statement.start_byte


def _with_comment(source: Source, statement: Node) -> Span:
    """The statement with the comment behind it on its line."""
    return Span(statement.start_byte, trailing_comment(source, statement.end_byte))


def _above(source: Source, statement: Node) -> int:
    """Where the comments begin that stand on lines of their own above ``statement``."""
    at, before = statement.start_byte, statement.prev_sibling
    while before is not None and before.type in COMMENTS:
        lines = whole_lines(source, span_of(before))
        near = source.data[before.end_byte : at].count(b"\n") <= 1
        if lines is None or not near:
            break
        at, before = before.start_byte, before.prev_sibling
    return at


def covered(parts: tuple[tuple[Node, Early], ...]) -> list[Span]:
    """Where these parts stand."""
    return [span_of(node) for node, _ in parts]
