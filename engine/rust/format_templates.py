"""Format strings: what a string literal shows when it is read as a template (``std::fmt``, "Syntax";
observed with rustc 1.95).

Answered: its pieces, the names that it captures, the same text without placeholders. Not answered:
whether a literal is a template, and which argument a placeholder means (``format_macros``), nor what
is no literal (``concat!``, a macro's ``$fmt``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.syntax import Source, span_of

STRINGS = frozenset({"string_literal", "raw_string_literal"})
_PLACEHOLDER = re.compile(
    r"""\{(?P<space>\s*)(?P<argument>\d+|[^\W\d]\w*)?\s*
    (?::(?P<spec>(?:.?[<^>])?[+-]?\#?(?:0(?!\$))?
    (?:(?P<width>\w+)\$|\d+)?
    (?:\.(?:(?P<star>\*)|(?P<precision>\w+)\$|\d+))?
    (?P<trait>[A-Za-z]?\??))\s*)?\}""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f_]+\}|\r?\n\s*|.)", re.DOTALL)
_SIMPLE = {b"n": "\n", b"r": "\r", b"t": "\t", b"0": "\0"}


@dataclass(frozen=True, slots=True)
class Text:
    """What a template shows as it stands. ``value`` has ``{{`` and all escapes undone, ``source`` is
    the same as it would stand in a string literal of the template's kind that is no template."""

    value: str
    source: bytes
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """Which argument a placeholder means: its position from 0, or a name, which stands at ``span``."""

    to: int | bytes
    span: Span


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``{..}``. ``trait`` is what stands for the trait: "" Display, "?" Debug, "x" LowerHex, "p"
    Pointer ...; ``spec`` is all that stands behind the colon, ``sizes`` what width and precision
    are taken from."""

    argument: Reference
    trait: str
    spec: str
    sizes: tuple[Reference, ...]
    span: Span

    @property
    def references(self) -> tuple[Reference, ...]:
        """The arguments that it asks for: what it shows, then those that give a width or a
        precision."""
        return (self.argument, *self.sizes)


@dataclass(frozen=True, slots=True)
class Template:
    """A format string. ``sound``: rustc takes it as a template; else what could be read is there."""

    span: Span  # the literal with its quotes
    pieces: tuple[Text | Placeholder, ...]
    sound: bool

    def literal(self, source: Source) -> bytes:
        """The text as a string literal of the same kind that is no template; placeholders left out."""
        opening = source.slice(self.span).partition(b'"')[0]
        text = b"".join(piece.source for piece in self.pieces if isinstance(piece, Text))
        return opening + b'"' + text + b'"' + opening[1:]

    def line_end(self, source: Source) -> Span | None:
        """The place of the ``\\n`` that ends the template, if that is the only line end in it: what
        ``println!`` adds and ``print!`` does not."""
        last = self.pieces[-1] if self.pieces else None
        ends = sum(p.value.count(end) for p in self.pieces if isinstance(p, Text) for end in "\r\n")
        if ends != 1 or not isinstance(last, Text) or not last.value.endswith("\n"):
            return None
        place = Span(last.span.end - 2, last.span.end)
        return place if source.slice(place) == b"\\n" else None

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The pieces that show an argument, in their order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Placeholder))


def template_of(source: Source, literal: Node) -> Template | None:
    """A string literal read as a template; None for what is no string of text (``b".."``)."""
    found = _characters(source, literal)
    if found is None:
        return None
    text = "".join(char for char, _ in found)

    def span(start: int, end: int) -> Span:
        return Span(found[start][1].start, found[end - 1][1].end)

    pieces: list[Text | Placeholder] = []
    plain: list[int] = []  # indices of the characters that are shown as they stand
    position = at = 0
    sound = True

    def shown() -> Iterator[Text]:
        if plain:
            written = b"".join(source.slice(found[i][1]) for i in plain)
            whole = Span(found[plain[0]][1].start, found[plain[-1]][1].end)
            yield Text("".join(text[i] for i in plain), written, whole)
            plain.clear()

    while at < len(text):
        hit = _PLACEHOLDER.match(text, at)
        if text[at : at + 2] in ("{{", "}}"):
            plain.append(at)
            at += 2
        elif hit is not None:
            pieces.extend(shown())
            sound = sound and not (hit["space"] and hit["argument"])
            sizes: list[Reference] = []
            for group in ("width", "precision", "star"):
                if (name := hit[group]) is None:
                    continue
                place = span(*hit.span(group))
                if group == "star":
                    sizes.append(Reference(position, place))
                    position += 1
                else:
                    sizes.append(Reference(_target(name), place))
            whole = span(*hit.span())
            if hit["argument"] is None:
                argument = Reference(position, whole)
                position += 1
            else:
                argument = Reference(_target(hit["argument"]), span(*hit.span("argument")))
            pieces.append(
                Placeholder(argument, hit["trait"] or "", hit["spec"] or "", tuple(sizes), whole)
            )
            at = hit.end()
        else:
            sound = sound and text[at] not in "{}"
            plain.append(at)
            at += 1
    pieces.extend(shown())
    return Template(span_of(literal), tuple(pieces), sound)


def _target(word: str) -> int | bytes:
    return int(word) if word.isdecimal() else word.encode()


def _characters(source: Source, literal: Node) -> list[tuple[str, Span]] | None:
    """The characters of a literal's value, each with the bytes that it is written with."""
    if literal.type not in STRINGS:
        return None
    written = source.text(literal)
    head, quote, _ = written.partition(b'"')
    raw = literal.type == "raw_string_literal"
    if not quote or head.rstrip(b"#") != (b"r" if raw else b""):
        return None
    start = literal.start_byte + len(head) + 1
    end = literal.end_byte - 1 - (len(head) - 1 if raw else 0)
    found: list[tuple[str, Span]] = []
    at = start
    while at < end:
        escape = None if raw else _ESCAPE.match(source.data, at, end)
        if escape is not None:
            value = _escaped(escape[0][1:])
            if value:
                found.append((value, Span(at, escape.end())))
            elif found:  # a line's end and the white space behind it go with what is in front
                last, span = found[-1]
                found[-1] = (last, Span(span.start, escape.end()))
            at = escape.end()
            continue
        first = source.data[at]
        width = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        value = source.data[at : at + width].decode("utf-8", "replace")
        found.append((value[:1], Span(at, at + width)))
        at += width
    return found


def _escaped(body: bytes) -> str:
    kind = body[:1]
    if kind == b"x":
        return chr(int(body[1:], 16))
    if kind == b"u":
        code = int(body[2:-1].replace(b"_", b""), 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    if kind in b"\r\n":
        return ""
    return _SIMPLE.get(kind, kind.decode("utf-8", "replace"))


def capturing_literal(source: Source, span: Span) -> Node | None:
    """The string literal that refers, as a template, to the name at ``span``."""
    node: Node | None = source.innermost(span)
    while node is not None and node.type == "string_content":
        node = node.parent
    found = node is not None and any(place == span for _, place in captures_in(source, node))
    return node if found else None


def captures_in(source: Source, literal: Node) -> Iterator[tuple[bytes, Span]]:
    """(name, where it stands) of all names that a literal would refer to as a template, whether or
    not it is one: in a macro that is not known, any string may be."""
    template = template_of(source, literal)
    for placeholder in template.placeholders if template is not None else ():
        for reference in placeholder.references:
            if isinstance(reference.to, bytes):
                yield reference.to, reference.span
