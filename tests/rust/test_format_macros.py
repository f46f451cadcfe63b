"""Format strings and the macro calls that take one."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.format_macros import (
    FormatCall,
    Placeholder,
    Template,
    Text,
    captures_in,
    capturing,
    capturing_literal,
    format_call,
    shown_by,
    takes_template,
    template_of,
)
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, walk_all


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


def call(statement: str) -> tuple[Source, FormatCall]:
    source = source_of(statement)
    macro = next(node for node in walk(source.root) if node.type == "macro_invocation")
    found = format_call(source, macro)
    assert found is not None
    return source, found


def at(source: Source, word: str, nth: int = 0) -> Span:
    data, start = source.data, -1
    for _ in range(nth + 1):
        start = data.index(word.encode(), start + 1)
    return Span(start, start + len(word.encode()))


def node_of(source: Source, word: str, nth: int = 0) -> Node:
    node = source.node_at(at(source, word, nth))
    assert node is not None
    return node


# -- templates -------------------------------------------------------------------------------------


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


# -- calls -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "before", "fields", "template", "arguments"),
    [
        ('format!("{}", a)', [], [], '"{}"', ["a"]),
        ('println!["{}", a,]', [], [], '"{}"', ["a"]),
        ('print! { "{}", a }', [], [], '"{}"', ["a"]),
        ('std::format!("{}", /* why */ (a))', [], [], '"{}"', ["(a)"]),
        ('write!(&mut s, "{x}", x = a + b)', ["&mut s"], [], '"{x}"', ["x=a + b"]),
        ("writeln!(f)", ["f"], [], "-", []),
        ('assert!(a < b, "{}", c)', ["a < b"], [], '"{}"', ["c"]),
        ('assert_eq!(a, b, "{}", c)', ["a", "b"], [], '"{}"', ["c"]),
        ('ensure!(a, "{}", b)', ["a"], [], '"{}"', ["b"]),
        ("ensure!(a, error)", ["a"], [], "-", []),
        ("anyhow!(error)", [], [], "-", []),
        ('panic!("{}", f::<A, B<C>>(x, y))', [], [], '"{}"', ["f::<A, B<C>>(x, y)"]),
        ('panic!("{}", <A as B<C, D>>::f(x), y)', [], [], '"{}"', ["<A as B<C, D>>::f(x)", "y"]),
        ('format!("{}{}", a < b, c > d)', [], [], '"{}{}"', ["a < b", "c > d"]),
        ('println!(concat!("a", "{}"), a)', [], [], "-", ["a"]),
        ("println!()", [], [], "-", []),
        ('info!("{}", a)', [], [], '"{}"', ["a"]),
        (
            'tracing::info!(target: "t", k = v, ?y, %z.a, "m {}", w)',
            ['target: "t"'],
            ["k=v", "y", "z.a"],
            '"m {}"',
            ["w"],
        ),
        ('log!(target: "t", Level::Info, "{a}")', ['target: "t"', "Level::Info"], [], '"{a}"', []),
        ('info!(a = 1, b:? = c; "m {}", d)', [], ["a=1", "b:?=c"], '"m {}"', ["d"]),
        ("debug!(x, k = %v)", [], ["x", "k=v"], "-", []),
        ('event!(Level::INFO, a.b = x, "m")', ["Level::INFO"], ["a.b=x"], '"m"', []),
        ('info_span!("name", %a, b = c)', [], ["a", "b=c"], "-", []),
        ('span!(parent: &p, Level::INFO, "n", a)', ["parent: &p", "Level::INFO"], ["a"], "-", []),
    ],
)
def test_parts_of_a_call(
    statement: str, before: list[str], fields: list[str], template: str, arguments: list[str]
) -> None:
    source, found = call(statement)

    def text(span: Span) -> str:
        return source.slice(span).decode()

    def shown(name: bytes, span: Span) -> str:
        return (name.decode() + "=" if name else "") + text(span)

    assert [text(span) for span in found.before] == before
    assert [shown(a.name, a.span) for a in found.fields] == fields
    assert (text(found.template.span) if found.template is not None else "-") == template
    assert [shown(a.name, a.span) for a in found.arguments] == arguments


@pytest.mark.parametrize("statement", ["vec![a]", "matches!(a, b)", "my_format!(a)", "dbg!(a)"])
def test_other_macros_are_not_guessed_at(statement: str) -> None:
    source = source_of(statement)
    macro = next(node for node in walk(source.root) if node.type == "macro_invocation")
    assert format_call(source, macro) is None


def test_which_macros_take_a_template() -> None:
    assert takes_template(b"write")
    assert takes_template(b"bail")
    assert takes_template(b"warn")
    assert not takes_template(b"info_span")
    assert not takes_template(b"vec")


def test_a_placeholder_finds_its_argument() -> None:
    source, found = call('format!("{} {n:?} {0:>w$} {c}", a, n = b, w = d)')
    assert found.template is not None
    means = [
        source.slice(argument.span) if (argument := found.argument(reference)) else None
        for hole in found.template.placeholders
        for reference in hole.references
    ]
    assert means == [b"a", b"b", b"a", b"d", None]
    assert [hole.trait for hole in found.shown_as(found.arguments[0])] == ["", ""]
    assert [hole.trait for hole in found.shown_as(found.arguments[1])] == ["?"]
    assert found.shown_as(found.arguments[2]) == ()


def test_a_name_that_is_given_is_not_captured() -> None:
    _, found = call('format!("{a} {b:>c$} {d}", b = 1, d = 2)')
    assert [name for name, _ in found.captures] == [b"a", b"c"]


@pytest.mark.parametrize(
    ("statement", "macro"),
    [
        ('format!("{}", x)', "format"),
        ('format!("{}", (x))', "format"),
        ('format!["{}", x]', "format"),
        ('println! { "{}", x }', "println"),
        ('write!(f, "{y}", y = x)', "write"),
        ("assert_eq!(x, 1)", "assert_eq"),
        ('assert!(a, "{}", x)', "assert"),
        ("debug!(x)", "debug"),
        ('info!(k = %x, "m")', "info"),
        ('tracing::info!(?x, "m")', "info"),
        ('span!(Level::INFO, "n", x)', "span"),
        ('println!(concat!("a", "{}"), x)', "println"),
        ('vec![format!("{}", x)]', "format"),
        # moved, or only a part of what is shown
        ("anyhow!(x)", ""),
        ("panic!(x)", ""),
        ('assert!(x, "{}", 1)', ""),
        ('write!(x, "{}", 1)', ""),
        ('format!("{}", x.len())', ""),
        ('format!("{}", &x)', ""),
        ('format!("{}", x + 1)', ""),
        ('format!("{}", f(x))', ""),
        ('format!("{}", vec![x])', ""),
        ("f(x)", ""),
    ],
)
def test_what_is_only_borrowed_to_be_shown(statement: str, macro: str) -> None:
    source = source_of(statement)
    name = next(
        n for n in walk_all(source, source.root) if source.text(n) == b"x" and not n.children
    )
    node = source.node_at(Span(name.start_byte, name.end_byte))
    assert node is not None
    found = shown_by(source, node)
    assert (found.name.decode() if found is not None else "") == macro


def test_what_is_compared_is_told_from_what_is_only_shown() -> None:
    source, found = call('assert_eq!(left, &right, "{}", text)')
    assert [found.compares(at(source, word)) for word in ("left", "&right", "right", "text")] == [
        *(True, True, True, False),
    ]
    source, found = call('assert!(left, "{}", text)')
    assert not found.compares(at(source, "left"))


def test_addresses_are_shown_by_one_trait_only() -> None:
    assert call('format!("{x:p}")')[1].shows_addresses
    assert not call('format!("{x:?} :p}}", x)')[1].shows_addresses
    assert not call("info!(x)")[1].shows_addresses


@pytest.mark.parametrize(
    ("statement", "captures"),
    [
        ('format!("{x}")', True),
        ('warn!(k = 1, "{:>x$}", 2)', True),
        ('format!("{}", f("{x}"))', False),
        ('vec!["{x}"]', False),
        ('info_span!("{x}")', False),
        ('format!("{x}", x = 1)', False),
    ],
)
def test_a_capture_belongs_to_the_call_whose_template_it_stands_in(
    statement: str, captures: bool
) -> None:
    source = source_of(statement)
    assert (capturing(source, at(source, "x")) is not None) == captures


# -- the parts of a call by their meaning ----------------------------------------------------------


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


@pytest.mark.parametrize(
    ("statement", "alone"),
    [
        ('format!("{}", a)', "a"),
        ('format!("{0}", &a[1..])', "&a[1..]"),
        ('format!("{n}", n = a)', "a"),
        ('format!("{a}")', "a"),
        ('format!("{}", a,)', "a"),
        ('format!("{:?}", a)', ""),
        ('format!("{:>5}", a)', ""),
        ('format!("{} ", a)', ""),
        ('format!("{a}{a}")', ""),
        ('format!("{}", a, b = 1)', ""),
        ('format!(concat!("{", "}"), a)', ""),
    ],
)
def test_what_is_shown_alone(statement: str, alone: str) -> None:
    source, found = call(statement)
    assert (source.slice(found.alone).decode() if found.alone is not None else "") == alone


def test_each_thing_that_is_shown_once() -> None:
    source, found = call('format!("{a} {} {a:?} {b:>w$}", c.d, b = e)')
    assert [source.slice(span) for span in found.shown] == [b"c.d", b"e", b"a", b"w"]
    assert list(found.shown.values()) == [b"", b"b", b"a", b"w"]
    assert source.slice(found.inside).startswith(b'"{a} {}')


def test_the_literal_of_a_capture() -> None:
    source = source_of('f("a", m!("{x}", "y"))')
    literal = capturing_literal(source, at(source, "x"))
    assert literal is not None
    assert source.text(literal) == b'"{x}"'
    assert capturing_literal(source, at(source, "y")) is None
    assert capturing_literal(source, at(source, "m")) is None
