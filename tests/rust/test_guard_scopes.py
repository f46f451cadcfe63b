"""What becomes of a guard: how it is held, by what, and which awaits find it held."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.guard_scopes import guard_scope, parameter_scope
from engine.rust.item_nodes import parameters_of
from engine.rust.queries import walk
from engine.rust.syntax import Source

EDITIONS = (2021, 2024)


def source_of(body: str, edition: int = 2021) -> Source:
    return Source("src/lib.rs", f"async fn f() {{\n{body}\n}}\n".encode(), edition)


def lock(source: Source, text: str = "m.lock()") -> Node:
    start = source.data.index(text.encode())
    node = source.node_at(Span(start, start + len(text)))
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("body", "kind", "names", "awaits"),
    [
        ("let g = m.lock(); a.await;", "let", ("g",), ["a.await"]),
        ("let g = m.lock(); drop(g); a.await;", "let", ("g",), []),
        ("let g = m.lock(); f(g).await;", "let", ("g",), ["f(g).await"]),
        ("let (x, g) = m.lock(); a.await;", "let", ("x", "g"), ["a.await"]),
        ("let x = &m.lock().x; a.await;", "extended", ("x",), ["a.await"]),
        ("let x = &m.lock().x; drop(x); a.await;", "extended", ("x",), ["a.await"]),
        ("if let Ok(g) = m.lock() { a.await } else { b.await }", "pattern", ("g",), ["a.await"]),
        ("while let Ok(g) = m.lock() { a.await; }", "pattern", ("g",), ["a.await"]),
        ("match m.lock() { Ok(g) => a.await, Err(e) => b.await }", "pattern", ("g",), ["a.await"]),
        ("match m.lock() { Ok(g) if a.await => 1, _ => 2 }", "pattern", ("g",), ["a.await"]),
        ("for x in m.lock() { a.await; }", "for", ("x",), ["a.await"]),
        ("f(m.lock().x, a.await);", "temporary", (), ["a.await"]),
        ("f(a.await, m.lock().x);", "temporary", (), []),
        ("match m.lock().x { _ => a.await }", "temporary", (), ["a.await"]),
        ("while m.lock().x { a.await; }", "temporary", (), []),
        ("f(m.lock()).await;", "passed", (), ["f(m.lock()).await"]),
    ],
)
@pytest.mark.parametrize("edition", EDITIONS)
def test_how_a_guard_is_held(
    body: str, kind: str, names: tuple[str, ...], awaits: list[str], edition: int
) -> None:
    source = source_of(body, edition)
    found = guard_scope(source, lock(source))
    assert found is not None
    assert (found.kind, found.names) == (kind, names)
    assert [source.text(node).decode() for node in found.trace.ordered()] == awaits


@pytest.mark.parametrize(
    ("body", "older", "newer"),
    [
        ("if let A = m.lock().x { a.await } else { b.await }", ["a.await", "b.await"], ["a.await"]),
        ("f({ m.lock().x }, a.await);", ["a.await"], []),
        ("let x = { match m.lock().x { _ => 1 } } + a.await;", ["a.await"], []),
    ],
)
def test_where_the_editions_differ(body: str, older: list[str], newer: list[str]) -> None:
    for edition, awaits in zip(EDITIONS, (older, newer), strict=True):
        source = source_of(body, edition)
        found = guard_scope(source, lock(source))
        assert found is not None
        assert [source.text(node).decode() for node in found.trace.ordered()] == awaits


@pytest.mark.parametrize(
    "body",
    [
        "m.lock();",
        "let _ = m.lock(); a.await;",
        "x = m.lock(); a.await;",
        "f(m.lock()); a.await;",
        "if let Err(e) = m.lock() { a.await; }",
        "mine!(m.lock().x); a.await;",
    ],
)
def test_what_is_not_followed(body: str) -> None:
    source = source_of(body)
    assert guard_scope(source, lock(source)) is None


def test_in_a_macro_that_is_not_known_only_what_waits_on_the_guard_counts() -> None:
    source = source_of("mine!(f(m.lock().x).await, a.await);")
    found = guard_scope(source, lock(source))
    assert found is not None
    assert [source.text(n) for n in found.trace.ordered()] == [b"f(m.lock().x).await"]


def test_a_place_may_be_asked_about_as_if_it_waited() -> None:
    source = source_of("let g = m.lock(); f(x); drop(g); f(y);")
    for text, held in (("f(x)", True), ("f(y)", False)):
        start = source.data.index(text.encode())
        point = Span(start, start + len(text))
        found = guard_scope(source, lock(source), points=frozenset({point}))
        assert found is not None
        assert (point in found.trace.awaits) is held


def test_a_parameter_is_held_until_it_is_given_away() -> None:
    source = Source("a.rs", b"async fn f(g: MutexGuard<'_, u8>) { a.await; drop(g); b.await; }")
    function = next(n for n in walk(source.root) if n.type == "function_item")
    (parameter,) = parameters_of(function)
    found = parameter_scope(source, parameter.node)
    assert found is not None and found.names == ("g",)
    assert [source.text(n) for n in found.trace.ordered()] == [b"a.await"]
