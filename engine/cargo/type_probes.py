"""Questions to rustc, written into source text: where a probe goes, and what an error then means.

The probe for EXPR is a statement, ``{ struct SpikeproofQ7; (&(EXPR)) as SpikeproofQ7; }``: rustc
answers ``non-primitive cast: `&TYPE` as `..::SpikeproofQ7``` (E0605). Casts are checked when
inference has come to its end, so a variable has its type and is not yet ``{integer}``; a trait
bound that fails (E0277) is told too early for that. The number alone identifies the question. The
code is never run and, having errors, never borrow checked: ``?``, ``.await`` and moves are fine.

A question for a trait, or for other methods of a name, is a statement of the same kind with another
value (``trait_probes``, ``method_probes``).

The probe is a copy of EXPR, which does not share what its surroundings make of a literal or of a
``parse()`` in it. Where that shows, EXPR itself is asked (``inside``); the copy goes first because
it fits more places.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.base.model import Span
from engine.cargo import method_probes, trait_probes
from engine.rust.asked_expressions import is_expression, name_place
from engine.rust.format_templates import capturing_literal
from engine.rust.syntax import COMMENTS, ITEMS, Source, attributes, span_of

if TYPE_CHECKING:
    from tree_sitter import Node

NAME = "SpikeproofQ"
# Innermost first; a place inside a macro call's arguments is followed by the one outside.
_PLACES = 3
# Not reached from a block: initialisers, array lengths, discriminants, defaults.
_STOP = ITEMS | {"enum_variant", "parameters", "type_parameters", "array_type", "type_arguments"}


Form = Literal["before", "wrap", "inside"]


@dataclass(frozen=True, slots=True)
class ProbePlace:
    """Where a probe may stand: ``before`` the statement at ``at``; in a body or condition, which
    becomes ``{ PROBE CODE }`` (``wrap``); or in EXPR's own place (``inside``).

    ``guards`` are the ``#[cfg(..)]`` of what it was moved out of: it must be compiled exactly when
    EXPR is. ``around`` is the statement or body that it belongs to.
    """

    at: int
    form: Form
    guards: bytes
    around: Span

    @classmethod
    def inside(cls, span: Span) -> ProbePlace:
        """In the place of the expression at ``span`` itself."""
        return cls(span.start, "inside", b"", span)


def places(source: Source, span: Span) -> tuple[ProbePlace, ...] | str:
    """Places for a probe of the expression at ``span``, best first, or why there is none."""
    source.embedded()  # so that nodes in macro arguments are found and have parents
    node = source.node_at(span) or capturing_literal(source, span)
    if node is None:
        return "there is no expression at this place"
    if name := name_place(source, node):
        form: Form = "wrap" if name.wrap else "before"
        guards = _guards(source, name.declared) if name.declared.type == "let_declaration" else b""
        return (ProbePlace(name.at, form, guards, name.around),)
    if not is_expression(source, node):
        return "there is no expression at this place"
    found: list[ProbePlace] = []
    for place in _climb(source, node):
        found.append(place)
        if len(found) == _PLACES:
            break
    return tuple(found) or "it does not stand in a function body, where alone rustc can be asked"


def _climb(source: Source, node: Node) -> Iterator[ProbePlace]:
    current: Node | None = node
    guards = b""
    while current is not None and current.type not in _STOP:
        guards = _guards(source, current) + guards
        parent = source.parent(current)
        if parent is None:
            return
        if current.parent is None:  # the root of a macro's arguments
            if _is_arm(source, current):
                yield ProbePlace(current.start_byte, "wrap", guards, span_of(current))
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


def _place(child: Node, parent: Node, guards: bytes) -> ProbePlace | None:
    kind = parent.type
    if kind == "block" and not any(c.type == "ERROR" or c.is_missing for c in parent.children):
        first = min((a.start_byte for a in attributes(child)), default=child.start_byte)
        return ProbePlace(first, "before", guards, span_of(child))
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
        return ProbePlace(child.start_byte, "wrap", guards, span_of(child))
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
    """Inserted text, in offsets of the text with it. ``question`` is None for a closing brace.

    ``bound`` is where it names the trait that is asked for, if one is.
    """

    start: int
    end: int
    question: int | None
    bound: Span | None


@dataclass(frozen=True, slots=True)
class _Insert:
    """``order`` begins with the offset; at one offset, inner code is closed first, then outer,
    then come statements, then what opens, outer before inner."""

    order: tuple[int, int, int, int]
    text: bytes
    question: int | None
    bound: Span | None = None  # in ``text``


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its place; ``trait`` as ``Question`` has it."""

    span: Span
    place: ProbePlace
    trait: str = ""


class Probed:
    """A file with its probes, and the way back from places in it."""

    def __init__(self, source: Source, asked: Mapping[int, Asked]) -> None:
        self._source = source
        self._asked = asked
        inserts: list[_Insert] = []
        wraps: dict[Span, list[int]] = defaultdict(list)
        for number, each in sorted(asked.items()):
            place, around = each.place, each.place.around
            head, bound = _head(number, each.trait)
            if place.form == "inside":
                head = b"(%slet spikeproof = " % head
                bound = Span(bound.start + 1, bound.end + 1) if bound else None
                tail = b"; %sspikeproof })" % _cast(number, each.trait, b"spikeproof")
                # Several of one expression: the first opens first and closes last.
                inserts.append(_Insert((around.start, 3, -around.end, 0), head, number, bound))
                inserts.append(_Insert((around.end, 0, -around.start, -number), tail, number))
                continue
            opener = place.guards
            order = (place.at, 1, 0, 0)
            if place.form == "wrap":
                # Bodies that begin together: the outer opens first.
                order = (around.start, 2, -around.end, 0)
                opener = opener if around in wraps else b"{ " + opener
                wraps[around].append(number)
            text = b"%s%s%s}\n" % (opener, head, _cast(number, each.trait, source.slice(each.span)))
            shift = len(opener)
            bound = Span(bound.start + shift, bound.end + shift) if bound else None
            inserts.append(_Insert(order, text, number, bound))
        for around in wraps:
            inserts.append(_Insert((around.end, 0, 1 - around.start, 0), b" }", None))
        inserts.sort(key=lambda insert: insert.order)
        parts: list[bytes] = []
        pieces: list[Piece] = []
        done = size = 0
        for insert in inserts:
            at = insert.order[0]
            parts += (source.data[done:at], insert.text)
            size += at - done
            bound = insert.bound and Span(size + insert.bound.start, size + insert.bound.end)
            pieces.append(Piece(size, size + len(insert.text), insert.question, bound))
            size += len(insert.text)
            done = at
        parts.append(source.data[done:])
        self.data = b"".join(parts)
        self._pieces = tuple(pieces)
        self._starts = [piece.start for piece in pieces]
        self._grown = [0]
        for piece in pieces:
            self._grown.append(self._grown[-1] + piece.end - piece.start)

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
        mine = {n: each.place.around for n, each in self._asked.items() if n in open_}
        stated = {number for number, around in mine.items() if _meets(around, here)}
        return stated or self._inside(self._function(here), mine)

    def method_asked_at(self, span: Span) -> int | None:
        """The question for other methods whose probe is at ``span`` (of the text with probes)."""
        here = (p.question for p in self._pieces if span in Span(p.start, p.end))
        methods = (n for n in here if n is not None and method_probes.parsed(self._asked[n].trait))
        return next(methods, None)

    def bound_at(self, span: Span) -> int | None:
        """The question whose trait is named at ``span`` (of the text with probes)."""
        return next((p.question for p in self._pieces if p.bound and span in p.bound), None)

    def beside(self, number: int) -> set[int]:
        """The questions of the function where question ``number`` stands, itself among them."""
        every = {n: each.place.around for n, each in self._asked.items()}
        return {number} | self._inside(self._function(every[number]), every)

    @staticmethod
    def _inside(function: Span | None, asked: Mapping[int, Span]) -> set[int]:
        return {number for number, around in asked.items() if function and _meets(function, around)}

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


def _head(number: int, trait: str) -> tuple[bytes, Span | None]:
    """The beginning of a probe's block, with its items; and where in it the trait is named."""
    name = f"{NAME}{number}"
    if not trait:
        return b"{ struct %s; " % name.encode(), None
    if method := method_probes.parsed(trait):
        return b"{ " + method_probes.items(name, method[0]), None
    items, bound, rest = trait_probes.items(name, trait)
    at = 2 + len(items)
    return b"{ " + items + bound + rest, Span(at, at + len(bound))


def _cast(number: int, trait: str, expression: bytes) -> bytes:
    name = f"{NAME}{number}"
    if method := method_probes.parsed(trait):
        return method_probes.asking(name, *method, expression)
    if trait:
        return trait_probes.asking(name, expression)
    return b"(&(%s)) as %s; " % (expression, name.encode())


def _meets(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end
