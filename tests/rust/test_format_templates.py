"""Format strings: their pieces and what they capture."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.format_templates import (
    Placeholder,
    Template,
    Text,
    captures_in,
    capturing_literal,
    template_of,
)
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source


def source_of(statement: str) -> Source:
    return Source("src/lib.rs", f"fn f() {{ {statement}; }}".encode())


def literal_in(source: Source) -> Node:
    kinds = ("string_literal", "raw_string_literal")
    return next(node for node in walk(source.root) if node.type in kinds)


def read(literal: str) -> tuple[Source, Template]:
    source = source_of(f"m!({literal})")
    template = template_of(source, literal_in(source))
    assert template is not None
    return source, template


def at(source: Source, word: str, nth: int = 0) -> Span:
    data, start = source.data, -1
    for _ in range(nth + 1):
        start = data.index(word.encode(), start + 1)
    return Span(start, start + len(word.encode()))


def show(piece: Text | Placeholder) -> str:
    if isinstance(piece, Text):
        return piece.value
    to = piece.argument.to
    return f"<{to.decode() if isinstance(to, bytes) else to}{piece.trait and ' ' + piece.trait}>"


@pytest.mark.parametrize(
    ("literal", "pieces"),
    [
        ('""', []),
        ('"plain"', ["plain"]),
        ('"{}"', ["<0>"]),
        ('"a {} b {}"', ["a ", "<0>", " b ", "<1>"]),
        ('"{1} {} {0} {}"', ["<1>", " ", "<0>", " ", "<0>", " ", "<1>"]),
        ('"{x}{x:?}"', ["<x>", "<x ?>"]),
        ('"{{}}"', ["{}"]),
        ('"{{{x}}}"', ["{", "<x>", "}"]),
        ('"{{{{x}}"', ["{{x}"]),
        ('"{:?}{:#?}{:x?}"', ["<0 ?>", "<1 ?>", "<2 x?>"]),
        ('"{:#010b}{:+.3e}{:p}"', ["<0 b>", "<1 e>", "<2 p>"]),
        ('"{ }{x }{x:>5 }"', ["<0>", "<x>", "<x>"]),
        ('"{:{<5}{:}<5}"', ["<0>", "<1>"]),
        ('"{:é>4}{é}"', ["<0>", "<é>"]),
        (r'"a\n\"{x}\t\\"', ['a\n"', "<x>", "\t\\"]),
        (r'"\u{7b}x\u{7d} \x7b\x7b"', ["<x>", " {"]),
        (r'"caf\u{e9}"', ["café"]),
        ('"one \\\n        two {x}"', ["one two ", "<x>"]),
        (r'r"{x}\n{{"', ["<x>", "\\n{"]),
        ('r#"a "{x}""#', ['a "', "<x>", '"']),
    ],
)
def test_pieces_of_a_template(literal: str, pieces: list[str]) -> None:
    _, template = read(literal)
    assert [show(piece) for piece in template.pieces] == pieces
    assert template.sound


@pytest.mark.parametrize(
    "literal", ['"{"', '"}"', '"{x"', '"{x y}"', '"{x.y}"', '"{x:!}"', '"{ x }"', '"}{"']
)
def test_what_rustc_takes_for_no_template_is_told(literal: str) -> None:
    assert not read(literal)[1].sound


@pytest.mark.parametrize("literal", ['b"{x}"', 'br"{x}"', 'c"{x}"', "1"])
def test_what_is_no_text_is_no_template(literal: str) -> None:
    source = source_of(f"m!({literal})")
    tokens = next(node for node in walk(source.root) if node.type == "token_tree")
    assert template_of(source, tokens.named_children[0]) is None
    assert list(captures_in(source, tokens.named_children[0])) == []


@pytest.mark.parametrize(
    ("literal", "sizes"),
    [
        ('"{:5.3}"', []),
        ('"{:width$}"', [b"width"]),
        ('"{x:>w$.p$?}"', [b"w", b"p"]),
        ('"{:1$} {:.0$}"', [1, 0]),
        ('"{:00$}"', [0]),
        ('"{:.*} {}"', [0]),
        ('"{x:.*}"', [0]),
    ],
)
def test_widths_and_precisions_refer_to_arguments(literal: str, sizes: list[int | bytes]) -> None:
    _, template = read(literal)
    assert [size.to for hole in template.placeholders for size in hole.sizes] == sizes


def test_a_star_takes_an_argument_before_the_value() -> None:
    _, template = read('"{:.*} {}"')
    assert [hole.argument.to for hole in template.placeholders] == [1, 2]
    _, template = read('"{x:.*} {}"')
    assert [hole.argument.to for hole in template.placeholders] == [b"x", 1]


@pytest.mark.parametrize(
    ("literal", "written"),
    [
        ('"{{a}}"', b"{a}"),
        (r'"a\n{{\u{e9}}}"', rb"a\n{\u{e9}}"),
        ('r"{{\\n}}"', rb"{\n}"),
        ('"one \\\n   two"', b"one \\\n   two"),
    ],
)
def test_text_is_written_as_a_plain_literal_would_have_it(literal: str, written: bytes) -> None:
    _, template = read(literal)
    (piece,) = template.pieces
    assert isinstance(piece, Text)
    assert piece.source == written


def test_pieces_know_where_they_stand() -> None:
    source, template = read(r'"é\n{name:>width$} b"')
    assert [source.slice(piece.span) for piece in template.pieces] == [
        r"é\n".encode(),
        b"{name:>width$}",
        b" b",
    ]
    (hole,) = template.placeholders
    assert [source.slice(reference.span) for reference in hole.references] == [b"name", b"width"]


def test_names_are_found_in_any_string() -> None:
    source = source_of('query!("{a} {b:>c$} {} {0} {{d}} { e }")')
    names = [name for name, _ in captures_in(source, literal_in(source))]
    assert names == [b"a", b"b", b"c", b"e"]


@pytest.mark.parametrize(
    ("literal", "used"),
    [
        ('"{x}"', True),
        ('"{:x$}"', True),
        ('"{{x}}"', False),
        (r'"{{{x}}}"', True),
        (r'"\u{b}"', False),
        ('"{:x}"', False),
        ('r#"{x:?}"#', True),
        ('"{type}"', True),
    ],
)
def test_a_capture_is_a_use_of_the_local(literal: str, used: bool) -> None:
    source = Source("src/lib.rs", f"fn f(x: u8, r#type: u8, b: u8) {{ m!({literal}); }}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    uses = [use for binding in scopes.bindings for use in scopes.uses(binding)]
    assert [use.capture for use in uses] == [True] * used


@pytest.mark.parametrize(
    ("literal", "end"),
    [
        (r'"{}\n"', True),
        (r'"a\n"', True),
        (r'"{}"', False),
        (r'"\n{}"', False),
        (r'"a\nb\n"', False),
        (r'"a\r\n"', False),
        (r'"a\\n"', False),
        (r'r"a\n"', False),
        ('"a\n"', False),  # a line's end as it is
        (r'"a\u{a}"', False),
    ],
)
def test_the_line_end_that_println_would_add(literal: str, end: bool) -> None:
    source, template = read(literal)
    place = template.line_end(source)
    assert (place is not None) is end
    assert place is None or source.slice(place) == rb"\n"


@pytest.mark.parametrize(
    ("literal", "plain"),
    [
        ('"{{a}}"', '"{a}"'),
        (r'"\"{{\n"', r'"\"{\n"'),
        ('r#"{{"a"}}"#', 'r#"{"a"}"#'),
        ('r"{{\\"', 'r"{\\"'),
        ('""', '""'),
    ],
)
def test_a_template_as_a_plain_literal(literal: str, plain: str) -> None:
    source, template = read(literal)
    assert template.literal(source).decode() == plain


def test_the_literal_of_a_capture() -> None:
    source = source_of('f("a", m!("{x}", "y"))')
    literal = capturing_literal(source, at(source, "x"))
    assert literal is not None
    assert source.text(literal) == b'"{x}"'
    assert capturing_literal(source, at(source, "y")) is None
    assert capturing_literal(source, at(source, "m")) is None
