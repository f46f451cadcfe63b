"""A piece of an async function's code as a closure on another thread."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.scopes import scopes_of
from engine.rust.statement_nodes import body_of, statements_of
from engine.rust.syntax import Source
from engine.rust.thread_closures import Region, hindered, offload, widened, with_mutable
from engine.rust.type_facts import TypeFacts
from engine.rust.type_parser import parse
from engine.rust.types import Type

_OK = "std::result::Result<u8, std::io::Error>"
_OWN = "std::result::Result<u8, m::Bad>"
_TYPES = {
    "text": "std::string::String",
    "path": "&std::path::Path",
    "all": "std::vec::Vec<u8>",
    "op(1)": _OK,
    "op(text)": _OK,
    "own(1)": _OWN,
    "maybe(1)": "std::option::Option<u8>",
}


def _region(text: str, first: int, last: int) -> tuple[Region, Source]:
    source = Source("src/lib.rs", text.encode())
    function = source.root.named_children[0]
    block = body_of(function)
    assert block is not None
    inside = statements_of(block)
    nodes = tuple(inside[first:last])
    tail = nodes[-1] == inside[-1] and nodes[-1].type not in (
        "expression_statement",
        "let_declaration",
    )
    return Region(source, scopes_of(source, function), block, nodes, tail=tail), source


def _written(text: str, first: int, last: int) -> str:
    region, source = _region(text, first, last)

    def type_at(span: Span) -> Type | None:
        told = _TYPES.get(source.slice(span).decode())
        return parse(told) if told is not None else None

    made = offload(region, source.root.named_children[0], type_at, TypeFacts(), b"tokio")
    return made if isinstance(made, str) else " ".join(made.edits[0].replacement.decode().split())


_MATCH = "match tokio::task::spawn_blocking(move || {} "
_ENDS = "Err(error) => std::panic::resume_unwind(error.into_panic()), }"
_TABLE = [
    # function, statements, what is written, without what always is
    ("async fn f(text: S) { let n = op(text); go(n) }", (0, 1),
     "let n = match tokio::task::spawn_blocking(move || op(text)).await { Ok(done) => done, " + _ENDS + ";"),
    ("async fn f(text: S) { let n = op(text)?; go(n) }", (0, 1),
     "let n = match tokio::task::spawn_blocking(move || op(text)).await { Ok(done) => done?, " + _ENDS + ";"),
    ("async fn f() -> R { let a = op(1)?; let b = op(1)?; go(a, b) }", (0, 2),
     "let (a, b) = match tokio::task::spawn_blocking(move || -> std::io::Result<_> { let a = op(1)?; "
     "let b = op(1)?; Ok((a, b)) }).await { Ok(done) => done?, " + _ENDS + ";"),
    ("async fn f() -> Result<u8, Bad> { let a = own(1)?; let b = own(1)?; go(a, b) }", (0, 2),
     "let (a, b) = match tokio::task::spawn_blocking(move || -> Result<_, Bad> { let a = own(1)?; "
     "let b = own(1)?; Ok((a, b)) }).await { Ok(done) => done?, " + _ENDS + ";"),
    ("async fn f() -> Option<u8> { let a = maybe(1)?; let b = maybe(1)?; go(a, b) }", (0, 2),
     "let (a, b) = match tokio::task::spawn_blocking(move || -> Option<_> { let a = maybe(1)?; "
     "let b = maybe(1)?; Some((a, b)) }).await { Ok(done) => done?, " + _ENDS + ";"),
    ("async fn f() -> Own { let a = own(1)?; let b = own(1)?; go(a, b) }", (0, 2),
     "what its errors become is not written as a `Result` of the function's"),
    ("async fn f(path: &Path) { op(path); }", (0, 1),
     "{ let path = path.to_owned(); match tokio::task::spawn_blocking(move || { "
     "let path = path.as_path(); op(path); }).await { Ok(done) => done, " + _ENDS + " }"),
    ("async fn f(text: S) -> u8 { op(text) }", (0, 1),
     "match tokio::task::spawn_blocking(move || op(text)).await { Ok(done) => done, " + _ENDS),
    ("async fn f() { let mut all = V; all.push(1); go(&all); }", (1, 2),
     "let all = match tokio::task::spawn_blocking(move || { let mut all = V; all.push(1); all }).await { "
     "Ok(done) => done, " + _ENDS + ";"),
    ("async fn f(given: &mut S) { given.push(1); }", (0, 1), "the type of `given` is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "which", "wanted"), _TABLE)
def test_what_it_takes_along_and_what_comes_back(
    text: str, which: tuple[int, int], wanted: str
) -> None:
    assert _written(text, *which) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("async fn f() { op(1); }", ""),
        ("async fn f() { op(1)?; }", ""),
        ("async fn f() { if x { return; } }", "`return` leaves"),
        ("async fn f() { go().await; }", "an await stands"),
        ("async fn f() { fn g() {} }", "an item is declared"),
        ("async fn f() { for x in y { if x { break; } } }", ""),
    ],
)
def test_what_leaves_or_waits_cannot_be_one(text: str, why: str) -> None:
    found = hindered(_region(text, 0, 1)[0])
    assert why in found
    assert bool(why) == bool(found)


def test_it_begins_where_what_it_changes_is_declared() -> None:
    text = "async fn f() { let mut all = V; let n = 1; all.push(n); go(&all); }"
    region, source = _region(text, 2, 3)
    place = next(place for place in region.places if place.text == b"all")
    wider = widened(region, place)
    assert wider is not None
    assert source.slice(wider.span) == b"let mut all = V; let n = 1; all.push(n);"
    apart, _ = _region(text.replace("let n = 1", "let n = go().await"), 2, 3)
    assert widened(apart, next(p for p in apart.places if p.text == b"all")) is None


@pytest.mark.parametrize(
    ("written", "name", "after"),
    [
        (b"let a = match x {", b"a", b"let mut a = match x {"),
        (b"let (a, ab) = {\n x", b"ab", b"let (a, mut ab) = {\n x"),
        (b"let (mut a, b) = match x {", b"a", None),
        (b"let a = match x {", b"b", None),
        (b"let a = match_it(x);", b"a", None),
    ],
)
def test_a_result_that_is_changed_behind(written: bytes, name: bytes, after: bytes | None) -> None:
    assert with_mutable(written, name) == after


_TEMP = "app::Temp"


@pytest.mark.parametrize(
    ("body", "outside"),
    [
        ("let t = temp(1); op(1); go()", "let _t ="),
        ("let t = temp(1); let n = op(1); go(n)", "let (_t, n) ="),
        ("let n = op(1); let _t = temp(1); go(n)", "let (n, _t) ="),
        ("let t = temp(1); let n = op(1); go(n, t)", "let (t, n) ="),
        ("let t = temp(1); drop(t); let n = op(1); go(n)", "let n ="),
        ("let t = temp(1); if c { drop(t); } let n = op(1); go(n)", "`t` would be dropped earlier"),
        ("let f = file(1); f.lock(); let n = op(1); go(n)", "let (_f, n) ="),
        ("let f = file(1); f.read(); let n = op(1); go(n)", "let n ="),
    ],
)
def test_what_must_live_on_comes_out(body: str, outside: str) -> None:
    text = f"async fn f() {{ {body} }}"
    region, source = _region(text, 0, len(body.split(";")) - 1 - body.count("if c"))
    types = {**_TYPES, "temp(1)": _TEMP, "file(1)": "std::fs::File", "c": "bool"}

    def type_at(span: Span) -> Type | None:
        told = types.get(source.slice(span).decode())
        return parse(told) if told is not None else None

    function = source.root.named_children[0]
    made = offload(region, function, type_at, TypeFacts(), b"tokio", lambda t: str(t) == _TEMP)
    written = made if isinstance(made, str) else made.edits[0].replacement.decode()
    assert written.startswith(outside)
