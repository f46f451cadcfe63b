"""What the shapes of a critical section share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.atomic_change import Change, change_of
from codemods.mutex_counter.critical_section import CriticalSection, Mention, written
from codemods.mutex_counter.temporary_guard import LockUse
from engine.base.model import Edit, Span
from engine.rust import nodes, statement_nodes
from engine.rust.control_flow import exits
from engine.rust.evaluation_order import means_the_same
from engine.rust.operand_order import may_panic
from engine.rust.syntax import Source, span_of


@dataclass(frozen=True, slots=True)
class SectionRewrite:
    """Edits inside the section, without the guard's own ``let``.

    ``lead`` is the statement in its place (None: it goes). ``sole``: text for the section as a
    whole when it is nothing but this operation: a statement with ``;`` or an expression.
    ``notes``: with one, the fix is for review.
    """

    ops: frozenset[str]
    edits: tuple[Edit, ...]
    lead: bytes | None = None
    sole: bytes | None = None
    notes: tuple[str, ...] = ()


Found = SectionRewrite | None  # None: this kind of section it is not


def change_in(
    use: LockUse, section: CriticalSection, mention: Mention, alias: bytes = b""
) -> Change:
    """The operation of one write; ``alias`` is a name that holds the old value too. Raises
    Refused."""
    operand = mention.access.operand
    by_ref = operand is not None and span_of(operand) in use.references

    def is_read(node: Node) -> Span | None:
        if alias and node.type == "identifier" and use.source.text(node) == alias:
            return span_of(node)
        return section.is_read(node)

    name = alias or section.name
    return change_of(use.source, mention.access, is_read, use.inner, name, by_ref)


def reads_outside(section: CriticalSection, *spans: Span) -> list[Mention]:
    """The section's reads that stand in none of ``spans``."""
    return [m for m in section.reads if not any(span_of(m.node) in span for span in spans)]


def renamed(section: CriticalSection, mentions: Sequence[Mention]) -> Iterator[Edit]:
    """``*g`` becomes ``g``: the name now holds the value."""
    source = section.source
    for mention in mentions:
        node, up = nodes.unwrapped(mention.access.node)
        if mention.captured is not None or node == mention.node:
            continue
        filled = nodes.initialized(up) if up is not None else None
        if up is not None and filled is not None and source.text(filled[0]) == section.name:
            node = up
        yield Edit(source.path, node.start_byte, node.end_byte, section.name)


def let_text(name: bytes, value: bytes) -> bytes:
    """A ``let`` statement that names the ``value``."""
    return b"let %s = %s;" % (name, value)


def is_value(section: CriticalSection, mention: Mention, node: Node) -> bool:
    """Is the mention all of ``node``, parentheses aside? A name in a format string is part of it."""
    return nodes.outward(mention.access.node) == node and mention.captured is None


def must_stay_behind(section: CriticalSection, statements: Sequence[Node], text: bytes) -> bool:
    """Would ``text`` mean something else in front of ``statements``, or be evaluated although one
    of them leaves early?"""
    same = means_the_same(section.source, text, statements)
    return not same or any(True for node in statements for _ in exits(section.source, node))


def changed_ahead(source: Source, statements: Sequence[Node]) -> Iterator[str]:
    """Notes on what may panic in ``statements``, of which the change now comes in front."""
    for statement in statements:
        part = may_panic(source, statement)
        if part is not None:
            line = source.position(part.start_byte)[0]
            words = source.quoted(span_of(part))
            yield f"if `{words}` (line {line}) panics, the number is already changed"


def receiver_stays(use: LockUse, section: CriticalSection, upto: int) -> bool:
    """The receiver, written at statement ``upto``, still means what it meant at the lock."""
    before = section.statements[:upto]
    if before and not use.stays:
        return False
    return means_the_same(use.source, use.receiver, before, {section.name})


def single(section: CriticalSection) -> tuple[Mention, Node] | None:
    """The only write, when it is a statement of its own (and holds no comment that would go)."""
    if len(section.writes) != 1:
        return None
    statement = written(section, section.writes[0])
    if statement is None or section.source.comments_in(span_of(statement)):
        return None
    return section.writes[0], statement


def taken(section: CriticalSection, index: int) -> bytes | None:
    """``X`` when statement ``index`` is ``let X = *g;``."""
    if index >= len(section.statements):
        return None
    let = statement_nodes.let_of(section.statements[index])
    mine = [m for m in section.reads if m.statement == index]
    if let is None or let.value is None or let.alternative is not None or len(mine) != 1:
        return None
    if let.pattern.type != "identifier" or nodes.is_mut(section.statements[index]):
        return None
    return section.source.text(let.pattern) if is_value(section, mine[0], let.value) else None
