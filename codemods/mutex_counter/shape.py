"""What the shapes of a critical section share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.guards import Refused
from codemods.mutex_counter.moment import Use
from codemods.mutex_counter.ops import Change, change_of
from codemods.mutex_counter.region import Mention, Region, exits, written
from engine.base.model import Edit, Span
from engine.rust.evaluation_order import means_the_same
from engine.rust.nodes import outward
from engine.rust.syntax import span_of


@dataclass(frozen=True, slots=True)
class Shape:
    """Edits inside the region, without the guard's own ``let``.

    ``lead`` is the statement in its place (None: it goes). ``sole``: text for the region as a
    whole when it is nothing but this operation: a statement with ``;`` or an expression.
    """

    ops: frozenset[str]
    edits: tuple[Edit, ...]
    lead: bytes | None = None
    sole: bytes | None = None
    drops: tuple[bytes, ...] = ()


Found = Shape | Refused | None  # None: this shape it is not


def change_in(use: Use, region: Region, mention: Mention, alias: bytes = b"") -> Change | Refused:
    """The operation of one write; ``alias`` is a name that holds the old value too."""
    operand = mention.access.operand
    by_ref = operand is not None and span_of(operand) in use.references

    def is_read(node: Node) -> Span | None:
        if alias and node.type == "identifier" and use.source.text(node) == alias:
            return span_of(node)
        return region.is_read(node)

    name = alias or region.name
    return change_of(use.source, mention.access, is_read, use.inner, name, by_ref)


def reads_outside(region: Region, *spans: Span) -> list[Mention]:
    return [m for m in region.reads if not any(span_of(m.node) in span for span in spans)]


def renamed(region: Region, mentions: Sequence[Mention]) -> Iterator[Edit]:
    """``*g`` becomes ``g``: the name now holds the value."""
    source = region.source
    for mention in mentions:
        node = outward(mention.access.node)
        if mention.captured or node == mention.node:
            continue
        up = node.parent
        if up is not None and up.type == "field_initializer":
            field = up.child_by_field_name("field")
            if field is not None and source.text(field) == region.name:
                node = up
        yield Edit(source.path, node.start_byte, node.end_byte, region.name)


def let_text(name: bytes, value: bytes) -> bytes:
    return b"let %s = %s;" % (name, value)


def is_value(region: Region, mention: Mention, node: Node) -> bool:
    return outward(mention.access.node) == node and not mention.captured


def disturbed(region: Region, statements: Sequence[Node], text: bytes) -> bool:
    """Would ``text`` mean something else in front of ``statements``, or be evaluated although one
    of them leaves early?"""
    same = means_the_same(region.source, text, statements)
    return not same or any(exits(node) for node in statements)


def moved(use: Use, region: Region, upto: int) -> bool:
    """The receiver, written at statement ``upto``, still means what it meant at the lock."""
    before = region.statements[:upto]
    return means_the_same(use.source, use.receiver, before, {region.name})


def single(region: Region) -> tuple[Mention, Node] | None:
    """The only write, when it is a statement of its own (and holds no comment that would go)."""
    if len(region.writes) != 1:
        return None
    statement = written(region, region.writes[0])
    if statement is None or region.source.comments_in(span_of(statement)):
        return None
    return region.writes[0], statement
