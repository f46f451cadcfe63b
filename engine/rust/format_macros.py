"""Format strings, and the macro calls that take one: what is shown, how, and by reference or not.

Answered: the pieces of a format string (``std::fmt``, "Syntax"; observed with rustc 1.95), the names
it captures, which macros take one and at which argument, and which expressions such a call only
borrows. Not answered: a template that is no string literal (``concat!``, a macro's ``$fmt``), for
which :attr:`FormatCall.template` is None, and whether a name such as ``write`` is std's macro here.
``panic!("{x}")`` alone shows its text as it stands before edition 2021; it is read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.nodes import macro_name
from engine.rust.syntax import COMMENTS, Source, span_of

# Where the template stands: how many arguments come before it.
_FIRST = frozenset(
    b"""format format_args print println eprint eprintln panic unreachable todo unimplemented
    anyhow bail eyre""".split()
)
_AFTER: dict[bytes, int] = {
    **dict.fromkeys(_FIRST, 0),
    **dict.fromkeys((b"write", b"writeln", b"assert", b"debug_assert", b"ensure"), 1),
    **dict.fromkeys((b"assert_eq", b"assert_ne", b"debug_assert_eq", b"debug_assert_ne"), 2),
}
# `log` and `tracing`: fields, then perhaps the template. The level is an argument of `log!`, `event!`
# and `span!`; a span has a name and no template.
_EVENTS = frozenset({b"trace", b"debug", b"info", b"warn", b"error", b"log", b"event"})
_SPANS = frozenset(
    {b"span", b"trace_span", b"debug_span", b"info_span", b"warn_span", b"error_span"}
)
_LEVELLED = frozenset({b"log", b"event", b"span"})
# These compare what they are given first, and show it, by reference.
_COMPARING = frozenset({b"assert_eq", b"assert_ne", b"debug_assert_eq", b"debug_assert_ne"})
_STRINGS = frozenset({"string_literal", "raw_string_literal"})
# `target: ".."` and its like come before the fields of an event.
_SETTINGS = frozenset({b"target", b"parent", b"name", b"logger"})
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


# -- templates -------------------------------------------------------------------------------------


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
    if literal.type not in _STRINGS:
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


# -- calls -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Argument:
    """``value`` or ``name = value`` of a call; ``span`` is the value's, without ``?`` and ``%``."""

    name: bytes
    span: Span


@dataclass(frozen=True, slots=True)
class FormatCall:
    """A call of a macro that shows values.

    ``before`` is what stands before the template (where ``write!`` writes to, what ``assert!``
    checks, the level of ``log!``); ``fields`` are those of a ``tracing`` or ``log`` event, which are
    borrowed as the ``arguments`` behind the template are. ``template`` is None where the call has
    none or it is no literal.
    """

    macro: Node
    name: bytes
    before: tuple[Span, ...]
    fields: tuple[Argument, ...]
    template: Template | None
    arguments: tuple[Argument, ...]

    @property
    def inside(self) -> Span:
        """What stands between the call's brackets."""
        tokens = next(child for child in self.macro.children if child.type == "token_tree")
        return Span(tokens.start_byte + 1, tokens.end_byte - 1)

    @property
    def _compared(self) -> tuple[Span, ...]:
        return self.before if self.name in _COMPARING else ()

    @property
    def borrowed(self) -> frozenset[Span]:
        """What is taken by reference, and never moved."""
        shown = (argument.span for argument in (*self.fields, *self.arguments))
        return frozenset((*self._compared, *shown))

    def compares(self, span: Span) -> bool:
        """Is it, or is it a part of, what ``assert_eq!`` and its like compare? The type of such a
        thing may not change alone."""
        return any(span in place for place in self._compared)

    @property
    def captures(self) -> tuple[tuple[bytes, Span], ...]:
        """The names that the template takes from around it, wherever they stand in it."""
        given = {argument.name for argument in self.arguments}
        references = (
            reference
            for placeholder in (self.template.placeholders if self.template is not None else ())
            for reference in placeholder.references
        )
        return tuple(
            (reference.to, reference.span)
            for reference in references
            if isinstance(reference.to, bytes) and reference.to not in given
        )

    @property
    def shown(self) -> dict[Span, bytes]:
        """What the template shows, or takes a width from, in order: the arguments behind it by their
        places, and the names that it captures by one place each."""
        found = {argument.span: argument.name for argument in self.arguments}
        captured: dict[bytes, Span] = {}
        for name, span in self.captures:
            captured.setdefault(name, span)
        return {**found, **{span: name for name, span in captured.items()}}

    @property
    def alone(self) -> Span | None:
        """What a plain ``{}`` shows, where that is the whole template."""
        pieces = self.template.pieces if self.template is not None else ()
        shown = list(self.shown)
        if len(pieces) != 1 or len(shown) != 1:
            return None
        return shown[0] if isinstance(pieces[0], Placeholder) and not pieces[0].spec else None

    @property
    def shows_addresses(self) -> bool:
        """Does ``{:p}`` show where a value is?"""
        holes = self.template.placeholders if self.template is not None else ()
        return any(hole.trait == "p" for hole in holes)

    def argument(self, reference: Reference) -> Argument | None:
        """What a reference of the template means; None for a name that is captured."""
        if isinstance(reference.to, int):
            inside = reference.to < len(self.arguments)
            return self.arguments[reference.to] if inside else None
        return next((a for a in self.arguments if a.name == reference.to), None)

    def shown_as(self, argument: Argument) -> tuple[Placeholder, ...]:
        """The placeholders that show ``argument`` (not those that take a width from it)."""
        all_of_them = self.template.placeholders if self.template is not None else ()
        return tuple(p for p in all_of_them if self.argument(p.argument) == argument)


def takes_template(name: bytes) -> bool:
    """Does a macro of this name (std's, ``log``'s, ``tracing``'s, ``anyhow``'s) take a format
    string?"""
    return name in _AFTER or name in _EVENTS


def format_call(source: Source, macro: Node) -> FormatCall | None:
    """The call as one that shows values; None where the macro's name is not known to."""
    name = macro_name(source, macro)
    parts = list(_parts(source, macro)) if name in _AFTER or name in _EVENTS | _SPANS else []
    if name in _AFTER:
        count = _AFTER[name]
        before = tuple(_span(part) for part in parts[:count])
        template = _literal(source, parts[count]) if len(parts) > count else None
        rest = tuple(_argument(source, part) for part in parts[count + 1 :])
        return FormatCall(macro, name, before, (), template, rest)
    if name not in _EVENTS | _SPANS:
        return None
    settings = [part for part in parts if _is_setting(source, part)]
    parts = [part for part in parts if part not in settings]
    levels = parts[:1] if name in _LEVELLED else []
    parts = parts[len(levels) :]
    before = tuple(_span(part) for part in (*settings, *levels))
    at = next((i for i, part in enumerate(parts) if _is_string(part)), len(parts))
    if name in _SPANS:
        fields = [_argument(source, part) for i, part in enumerate(parts) if i != at]
        return FormatCall(macro, name, before, tuple(fields), None, ())
    fields = [_argument(source, part) for part in parts[:at]]
    template = _literal(source, parts[at]) if at < len(parts) else None
    rest = tuple(_argument(source, part) for part in parts[at + 1 :])
    return FormatCall(macro, name, before, tuple(fields), template, rest)


def shown_by(source: Source, node: Node) -> FormatCall | None:
    """The call that takes ``node``, as it stands or in parentheses, by reference in order to show it:
    as a field, as an argument behind the template, or as what ``assert_eq!`` compares."""
    call = _call_of(source, node)
    borrowed = call.borrowed if call is not None else frozenset()
    while node.parent is not None:
        if span_of(node) in borrowed:
            return call
        if node.parent.type != "parenthesized_expression":
            break
        node = node.parent
    return None


def capturing(source: Source, capture: Span) -> FormatCall | None:
    """The call whose template takes the name at ``capture`` from around it."""
    call = _call_of(source, source.innermost(capture))
    found = call is not None and any(span == capture for _, span in call.captures)
    return call if found else None


def _call_of(source: Source, node: Node) -> FormatCall | None:
    """The format call among whose arguments ``node`` is, in the tree that it belongs to."""
    macro = source.enclosing(node, ("macro_invocation",))
    return format_call(source, macro) if macro is not None else None


def _parts(source: Source, macro: Node) -> Iterator[list[Node]]:
    """The tokens of each argument. ``;`` ends the fields of a ``log`` event as a comma would."""
    tree = next((child for child in macro.children if child.type == "token_tree"), None)
    part: list[Node] = []
    depth = 0
    previous = ""
    for token in tree.children[1:-1] if tree is not None else ():
        if token.type in COMMENTS:
            continue
        opening = previous == "::" or (not part and token.type == "<")
        if token.type == "<" and (opening or depth):
            depth += 1
        elif token.type in (">", ">>") and depth:
            depth -= len(token.type)
        previous = token.type
        if token.type in (",", ";") and depth <= 0:
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _span(part: Sequence[Node]) -> Span:
    return Span(part[0].start_byte, part[-1].end_byte)


def _is_string(part: Sequence[Node]) -> bool:
    return len(part) == 1 and part[0].type in _STRINGS


def _literal(source: Source, part: Sequence[Node]) -> Template | None:
    return template_of(source, part[0]) if _is_string(part) else None


def _is_setting(source: Source, part: Sequence[Node]) -> bool:
    return len(part) > 2 and part[1].type == ":" and source.text(part[0]) in _SETTINGS


def _argument(source: Source, part: Sequence[Node]) -> Argument:
    equals = next((i for i, token in enumerate(part) if token.type == "="), 0)
    name = source.slice(_span(part[:equals])) if equals else b""
    value = part[equals + 1 :] if 0 < equals < len(part) - 1 else part
    if len(value) > 1 and value[0].type in ("?", "%"):
        value = value[1:]
    return Argument(name, _span(value))
