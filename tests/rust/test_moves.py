"""What moves a value: tables of (source, question, answer)."""

from __future__ import annotations

import pytest

from engine.rust.moves import captor_of, moved, takes_value
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source


def source_of(body: str) -> Source:
    source = Source("src/lib.rs", f"fn f() -> T {{ let v = make(); {body} }}".encode())
    assert not source.root.has_error, body
    return source


def becomes(body: str) -> str:
    source = source_of(body)
    function = source.root.named_children[0]
    scopes = Scopes(source, function)
    binding = next(b for b in scopes.bindings if b.name == b"v")
    block = next(node for node in walk(function) if node.type == "block")
    return moved(source, [use.span for use in scopes.uses(binding)], block)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("f(v);", "always"),
        ("f((v));", "always"),
        ("f(&v); v.len(); v[0]; *v;", "never"),
        ("let w = v;", "always"),
        ("w = v;", "always"),
        ("v = w;", "never"),
        ("S { v }", "always"),
        ("S { a: v }", "always"),
        ("S { ..v }", "always"),
        ("[v]", "always"),
        ("(v, 1)", "always"),
        ("v", "always"),
        ("return v;", "always"),
        ("if c { return v; }", "sometimes"),
        ("match c { 0 => v, _ => w }", "sometimes"),
        ("for x in v {}", "always"),
        ("for x in y { f(v); }", "sometimes"),
        ("match v { Some(x) => x, None => 0 };", "always"),
        ("match v { Some(ref x) => 1, None => 0 };", "never"),
        ("match v { None => 1, _ => 0 };", "never"),
        ("if let Some(x) = v {}", "always"),
        ("v.into_iter();", "always"),
        ("v.iter();", "never"),
        ("v + w;", "always"),
        ("v == w;", "never"),
        ("-v;", "always"),
        ("v?;", "always"),
        ("v.field;", "never"),
        ("c && f(v);", "sometimes"),
        ("let g = move || v.len();", "always"),
        ("let g = || v.len();", "never"),
        ("vec![v];", "always"),
        ('println!("{}", v);', "never"),
        ('println!("{v}");', "never"),
    ],
)
def test_moved(body: str, answer: str) -> None:
    assert becomes(body) == answer


def test_the_value_is_taken_where_the_name_stands() -> None:
    source = source_of("f(v); g(&v);")
    names = [n for n in walk(source.root) if n.type == "identifier" and source.text(n) == b"v"]
    assert [takes_value(source, node) for node in names[1:]] == [True, False]


def test_the_captor_is_the_move_closure_around() -> None:
    source = source_of("g(move || h(|| v)); g(|| v);")
    names = [n for n in walk(source.root) if n.type == "identifier" and source.text(n) == b"v"]
    found = [captor_of(source, node) for node in names[1:]]
    assert [node and source.text(node) for node in found] == [b"move || h(|| v)", None]
