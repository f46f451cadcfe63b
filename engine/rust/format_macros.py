"""Macro calls that take a format string: what they show, how, and by reference or not.

Answered: which macros take one and at which argument, what its placeholders mean, and which
expressions such a call only borrows. Not answered: a template that is no string literal (``concat!``,
a macro's ``$fmt``), for which :attr:`FormatCall.template` is None, and whether a name such as
``write`` is std's macro here (``macros``). ``panic!("{x}")`` alone shows its text as it stands before
edition 2021; it is read as a template.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.format_templates import STRINGS, Placeholder, Reference, Template, template_of
from engine.rust.nodes import macro_name, macro_path
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
# `target: ".."` and its like come before the fields of an event.
_SETTINGS = frozenset({b"target", b"parent", b"name", b"logger"})


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
    def path(self) -> Span:
        """Where the macro is named: ``std::format``."""
        path = macro_path(self.macro)
        return span_of(path if path is not None else self.macro)

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


def unnested(source: Source, call: FormatCall) -> FormatCall:
    """The innermost of calls of one macro that show nothing but what the next one makes:
    ``format!("{}", format!("{x}-"))``."""
    while (span := call.alone) is not None:
        node = source.typed_at(span, "macro_invocation")
        inner = format_call(source, node) if node is not None else None
        if inner is None or source.slice(inner.path) != source.slice(call.path):
            break
        if inner.template is not None and not inner.template.sound:
            break
        call = inner
    return call


def shown_as_is(source: Source, node: Node) -> FormatCall | None:
    """The call that shows ``node``, an argument behind its template, by plain ``{}`` alone."""
    call = shown_by(source, node)
    found = next((a for a in call.arguments if a.span == span_of(node)), None) if call else None
    if call is None or found is None or call.template is None:
        return None
    holes = [hole for hole in call.template.placeholders if call.argument(hole.argument) == found]
    named = [r for hole in call.template.placeholders for r in hole.references]
    widths = [reference for reference in named if call.argument(reference) == found]
    plain = holes and len(widths) == len(holes) and not any(hole.spec for hole in holes)
    return call if plain else None


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
    return len(part) == 1 and part[0].type in STRINGS


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


def is_shown(source: Source, node: Node) -> bool:
    """Is ``node`` as it stands an argument of ``format!`` or one of its kin?"""
    call = shown_by(source, node)
    return call is not None and not call.compares(span_of(node))
