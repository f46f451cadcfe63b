"""Questions to rustc, written into source text: where a probe goes, and what an error then means.

The probe for EXPR is a statement, ``{ struct SpikeproofQ7; (&(EXPR)) as SpikeproofQ7; }``: rustc
answers ``non-primitive cast: `&TYPE` as `..::SpikeproofQ7``` (E0605). Casts are checked when
inference has come to its end, so an integer has its type and is not yet ``{integer}``; a trait
bound that fails (E0277) is told too early for that. The number alone identifies the question. The
code is never run and, having errors, never borrow checked: ``?``, ``.await`` and moves are fine.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.model import Span
from engine.syntax import COMMENTS, ITEMS, Source, attributes, span_of

if TYPE_CHECKING:
    from tree_sitter import Node

NAME = "SpikeproofQ"
# Innermost first; a place inside a macro call's arguments is followed by the one outside.
_PLACES = 3
# Not reached from a block: initialisers, array lengths, discriminants, defaults.
_STOP = ITEMS | {"enum_variant", "parameters", "type_parameters", "array_type", "type_arguments"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a probe may stand. With ``wrap``, the code there becomes ``{ PROBE CODE }``.

    ``guards`` are the ``#[cfg(..)]`` of what it was moved out of: it must be compiled exactly when
    EXPR is. ``around`` is the statement or body that it belongs to.
    """

    at: int
    wrap: bool
    guards: bytes
    around: Span


def places(source: Source, span: Span) -> tuple[Place, ...] | str:
    """Places for a probe of the expression at ``span``, best first, or why there is none."""
    source.embedded()  # so that nodes in macro arguments are found and have parents
    node = source.node_at(span)
    if node is None:
        return "there is no expression at this place"
    found: list[Place] = []
    for place in _climb(source, node):
        found.append(place)
        if len(found) == _PLACES:
            break
    return tuple(found) or "it does not stand in a function body, where alone rustc can be asked"


def _climb(source: Source, node: Node) -> Iterator[Place]:
    current: Node | None = node
    guards = b""
    while current is not None and current.type not in _STOP:
        guards = _guards(source, current) + guards
        parent = source.parent(current)
        if parent is None:
            return
        if current.parent is None:  # the root of a macro's arguments
            if _is_arm(source, current):
                yield Place(current.start_byte, True, guards, span_of(current))
            guards = b""
            current = parent
            continue
        place = _place(current, parent, guards)
        if place is None:
            current = parent
            continue
        yield place
        while current.parent is not None:
            current = current.parent
        # A macro may not take our code; then the statement with the call is the next choice.
        current = source.parent(current)
        guards = b""


def _place(child: Node, parent: Node, guards: bytes) -> Place | None:
    kind = parent.type
    if kind == "block" and not any(c.type == "ERROR" or c.is_missing for c in parent.children):
        first = min((a.start_byte for a in attributes(child)), default=child.start_byte)
        return Place(first, False, guards, span_of(child))
    wrapped = (
        (kind == "closure_expression" and parent.child_by_field_name("body") == child)
        or (kind == "match_arm" and parent.child_by_field_name("value") == child)
        or (kind == "match_pattern" and parent.child_by_field_name("condition") == child)
        or (kind == "let_chain" and _follows(child, parent))
        or (
            kind == "let_condition"
            and parent.child_by_field_name("value") == child
            and parent.parent is not None
            and parent.parent.type == "let_chain"
            and _follows(parent, parent.parent)
        )
    )
    # A name bound by an earlier link of the chain, or by the arm's pattern, is known only here.
    if wrapped and child.type not in ("let_condition", "let_chain"):
        return Place(child.start_byte, True, guards, span_of(child))
    return None


def _follows(child: Node, chain: Node) -> bool:
    return bool(chain.named_children) and chain.named_children[0] != child


def _guards(source: Source, node: Node) -> bytes:
    """The ``#[cfg(..)]`` attributes of this very node, in order."""
    before = [*attributes(node)]
    before.reverse()
    if node.type in ("field_initializer", "shorthand_field_initializer"):
        before += [child for child in node.children if child.type == "attribute_item"]
    texts = (source.text(attribute) for attribute in before)
    return b"".join(text + b" " for text in texts if text.startswith(b"#[cfg("))


def _is_arm(source: Source, root: Node) -> bool:
    """Is it what follows ``=>`` in a macro's list of arms?"""
    head = source.data[max(0, root.start_byte - 200) : root.start_byte]
    return head.rstrip().endswith(b"=>") and root.type not in COMMENTS


@dataclass(frozen=True, slots=True)
class Piece:
    """Inserted text, in offsets of the text with it. ``question`` is None for a closing brace."""

    start: int
    end: int
    question: int | None


class Probed:
    """A file with its probes, and the way back from places in it."""

    def __init__(self, source: Source, asked: Mapping[int, tuple[Span, Place]]) -> None:
        self._source = source
        self._asked = asked
        inserts: list[tuple[int, int, int, bytes, int | None]] = []
        wraps: dict[Span, list[int]] = defaultdict(list)
        for number, (span, place) in sorted(asked.items()):
            if place.wrap:
                wraps[place.around].append(number)
            else:
                inserts.append((place.at, 1, 0, self._probe(number, span, place), number))
        for around, numbers in wraps.items():
            # Bodies that begin together: the outer opens first.
            for index, number in enumerate(numbers):
                text = self._probe(number, *asked[number])
                text = b"{ " + text if index == 0 else text
                inserts.append((around.start, 1, index - around.end * 1_000_000, text, number))
            inserts.append((around.end, 0, 0, b" }", None))
        inserts.sort(key=lambda insert: insert[:3])
        parts: list[bytes] = []
        pieces: list[Piece] = []
        done = size = 0
        for at, _, _, text, question in inserts:
            parts += (source.data[done:at], text)
            size += at - done
            pieces.append(Piece(size, size + len(text), question))
            size += len(text)
            done = at
        parts.append(source.data[done:])
        self.data = b"".join(parts)
        self._pieces = tuple(pieces)
        self._starts = [piece.start for piece in pieces]
        self._grown = [0]
        for piece in pieces:
            self._grown.append(self._grown[-1] + piece.end - piece.start)

    def _probe(self, number: int, span: Span, place: Place) -> bytes:
        name = b"%s%d" % (NAME.encode(), number)
        text = self._source.slice(span)
        return b"%s{ struct %s; (&(%s)) as %s; } " % (place.guards, name, text, name)

    def _original(self, offset: int) -> int:
        """Where this place was before the probes; inside one, where it was inserted."""
        index = bisect_right(self._starts, offset)
        if index == 0:
            return offset
        last = self._pieces[index - 1]
        return max(offset, last.end) - self._grown[index]

    def culprits(self, span: Span, open_: Container[int]) -> set[int]:
        """Questions that an error at ``span`` (of the text with probes) is about.

        Those whose probes it touches, answered ones too; else, of the ones in ``open_``, those of
        the statement there; else those of the function there.
        """
        touched = {
            piece.question
            for piece in self._pieces
            if piece.question is not None and Span(piece.start, piece.end).overlaps(span)
        }
        if touched:
            return touched
        here = Span(self._original(span.start), self._original(span.end))
        mine = {n: place.around for n, (_, place) in self._asked.items() if n in open_}
        stated = {number for number, around in mine.items() if _meets(around, here)}
        if stated:
            return stated
        function = self._function(here)
        return {number for number, around in mine.items() if function and _meets(function, around)}

    def _function(self, span: Span) -> Span | None:
        """The item around ``span``; for an attribute, the item that it stands on."""
        node: Node | None = self._source.innermost(span)
        while node is not None and node.type not in ("function_item", "impl_item", "trait_item"):
            if node.type == "attribute_item":
                following = node.next_named_sibling
                while following is not None and following.type == "attribute_item":
                    following = following.next_named_sibling
                return span_of(following) if following is not None else None
            node = self._source.parent(node)
        return span_of(node) if node is not None else None


def _meets(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end
