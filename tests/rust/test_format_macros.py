"""Macro calls that take a format string."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.format_macros import (
    FormatCall,
    capturing,
    format_call,
    shown_by,
    takes_template,
)
from engine.rust.queries import walk
from engine.rust.syntax import Source, walk_all


def source_of(statement: str) -> Source:
    return Source("src/lib.rs", f"fn f() {{ {statement}; }}".encode())


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
