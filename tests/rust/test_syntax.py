"""Syntax and scopes: true offsets, also inside macro calls, and names that mean what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.errors import Terminated
from engine.base.model import Span
from engine.rust.queries import compile_query, run_query, walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of
from tests.examples import examples

CALLS = "(call_expression function: (field_expression field: (field_identifier) @name)) @call"


def calls(source: Source, method: bytes) -> list[bytes]:
    query = compile_query(CALLS)
    return [
        source.text(captures["call"][0])
        for root in source.roots()
        for _, captures in run_query(query, root)
        if source.text(captures["name"][0]) == method
    ]


def test_code_inside_macro_calls_is_seen_with_true_offsets() -> None:
    source = Source(
        "a.rs",
        b"""async fn f() {
    println!("{}", a.clone());
    let v = vec![b.clone(), vec![c.clone()]];
    tokio::select! {
        x = rx.recv() => { g(d.clone()).await; }
        _ = other => e.clone(),
    }
}
""",
    )
    assert sorted(calls(source, b"clone")) == [
        b"a.clone()",
        b"b.clone()",
        b"c.clone()",
        b"d.clone()",
        b"e.clone()",
    ]
    node = source.innermost(Span(source.data.index(b"d.clone"), source.data.index(b"d.clone") + 9))
    assert source.in_async(node)
    statement = source.statement_of(node)
    assert statement is not None
    assert source.text(statement) == b"g(d.clone()).await;"
    arm = source.innermost(Span(source.data.index(b"e.clone"), source.data.index(b"e.clone") + 9))
    outer = source.statement_of(arm)
    assert outer is not None
    assert source.text(outer).startswith(b"tokio::select!")


@given(st.text(min_size=0, max_size=40))
@examples(300)
def test_offsets_survive_any_utf8(text: str) -> None:
    # No delimiter, also not one that the text makes with those around it.
    comment = "".join(c for c in text if c not in "/*\r\n")
    literal = "".join(c for c in text if c not in '"\\\r\n\0{}')
    data = f'fn f() {{ /*{comment}*/ let s = "{literal}"; m!("{literal}", x.lock()) }}'.encode()
    source = Source("a.rs", data)
    query = compile_query(CALLS)
    hits = [c["call"][0] for root in source.roots() for _, c in run_query(query, root)]
    if b"\0" in data:
        return
    assert [source.text(hit) for hit in hits] == [b"x.lock()"]
    start = data.rindex(b"x.lock()")
    assert span_of(hits[0]) == Span(start, start + 8)
    assert (
        source.position(start)[1]
        == len(data[:start].decode()) + 1 - data[:start].decode().rfind("\n") - 1
    )


def test_characters_that_the_grammar_takes_for_comment_marks() -> None:
    for char in "\u4e2a\u4e2f\u012a\u012f\U0001002a\U0001f62f":
        data = f"/*{char}*/ fn f() {{ /* {char}/ */ x.lock(); {char}/* {char} */ }}".encode()
        source = Source("a.rs", data)
        assert calls(source, b"lock") == [b"x.lock()"], char
        assert source.text(source.root) == data


@pytest.mark.parametrize(
    "text",
    ["0..*n", "..*n", "..=*n", "..=n", "a.b().. *n - 1", "0..=*n", "0..-n", "..", "a + 1..n"],
)
def test_ranges_are_ranges(text: str) -> None:
    data = f"fn f() {{ g(1, {text}); /* ..*/ let t = &s[{text}]; }}".encode()
    source = Source("a.rs", data)
    assert not source.root.has_error
    found = [source.text(n).decode() for n in walk(source.root) if n.type == "range_expression"]
    assert found == ([text, text] if not text.endswith("-n") else ["0..", "0.."])


def test_loops_and_async_contexts() -> None:
    source = Source(
        "a.rs",
        b"async fn f() { for x in a() { b(); let c = || d(); } }\n"
        b"fn g() { spawn(async move { e(); }); }\n"
        b"fn h() { while let Some(x) = i() { j(); } }\n",
    )

    def at(text: bytes) -> tuple[int, bool]:
        start = source.data.index(text)
        node = source.innermost(Span(start, start + len(text)))
        return len(source.loops_around(node)), source.in_async(node)

    assert at(b"a()") == (0, True)  # a for's iterator runs once
    assert at(b"b()") == (1, True)
    assert at(b"d()") == (0, False)
    assert at(b"e()") == (0, True)
    assert at(b"i()") == (1, False)  # a while's condition runs each time
    assert at(b"j()") == (1, False)


def scopes_of(text: bytes) -> Scopes:
    source = Source("a.rs", text)
    function = next(n for n in walk(source.root) if n.type == "function_item")
    return Scopes(source, function)


def uses(scopes: Scopes, name: bytes) -> list[list[bytes]]:
    """For each binding of ``name``: the ten bytes that follow each of its uses."""
    return [
        [scopes.source.data[u.span.end : u.span.end + 3] for u in scopes.uses(b)]
        for b in scopes.bindings
        if b.name == name
    ]


def test_shadowing_parameters_patterns_and_closures() -> None:
    scopes = scopes_of(
        b"fn f(x: A, (y, mut z): B) { x.a1; let x = x.b2; x.c3; { let x = 1; x.d4; } x.e5;"
        b" let c = |x| x.f6; if let Some(y) = y.g7 { y.h8; } else { y.i9; } match z.j0 {"
        b" Some(z) if z.k1 => z.l2, None => z.m3 } }"
    )
    assert uses(scopes, b"x") == [[b".a1", b".b2"], [b".c3", b".e5"], [b".d4"], [b".f6"]]
    assert uses(scopes, b"y") == [[b".g7", b".i9"], [b".h8"]]
    assert uses(scopes, b"z") == [[b".j0", b".m3"], [b".k1", b".l2"]]
    assert [b.mutable for b in scopes.bindings if b.name == b"z"] == [True, False]


def test_names_in_a_guard_are_uses_whatever_the_pattern() -> None:
    scopes = scopes_of(
        b"fn f(u: U) { match u.a1 { _ if u.b2 => u.c3, (_) if u.d4 => u.e5, A(u) if u.f6 => u.g7,"
        b" 1 | 2 if u.h8 => u.i9 } }"
    )
    outer = [b".a1", b".b2", b".c3", b".d4", b".e5", b".h8", b".i9"]
    assert uses(scopes, b"u") == [outer, [b".f6", b".g7"]]


def test_uses_in_macros_and_format_captures_count() -> None:
    scopes = scopes_of(
        b'fn f(a: A, b: B, w: usize) { info!(target: "x", a = 1, "{b:>w$} {{a}} {}", a.len()); }'
    )
    assert len(uses(scopes, b"a")[0]) == 2  # `a = 1` may be a key: too many uses are safe
    assert uses(scopes, b"b") == [[b":>w"]]
    assert uses(scopes, b"w") == [[b"$} "]]


def test_struct_shorthand_is_a_use_and_a_field_is_none() -> None:
    scopes = scopes_of(b"fn f(a: A, b: B) { let s = S { a, b: b.x }; s.a; t.b; a::b(); }")
    assert len(uses(scopes, b"a")[0]) == 1
    assert len(uses(scopes, b"b")[0]) == 1


def test_twenty_thousand_parentheses_are_read() -> None:
    source = Source("a.rs", b"fn f() {" + b"(" * 20_000 + b")" * 20_000 + b"}")
    assert sum(1 for _ in walk(source.root)) > 20_000


def test_ctrl_c_while_a_query_is_compiled_is_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise Terminated

    monkeypatch.setattr("re._compiler.compile", interrupted)
    with pytest.raises(Terminated):
        compile_query('((identifier) @name (#match? @name "^never_compiled_before$"))')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("fn f() {}\nfn g() {}\n", 0),
        ("fn f() {}\nfn g() { h::<-1>() }\n", 2),
        ("fn f() {\n    let x = 1\n}\n", 2),
        ("fn f() { m!(-> x) }\n", 0),
    ],
)
def test_the_first_place_that_is_not_understood(text: str, line: int) -> None:
    source = Source("src/lib.rs", text.encode())
    error = source.first_error()
    assert (source.position(error.start_byte)[0] if error is not None else 0) == line
