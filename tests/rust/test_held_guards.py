"""Which guards are held at a place. In the snippets ``HERE()`` is the place."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.held_guards import guards_across, guards_at
from engine.rust.nodes import callee_name
from engine.rust.syntax import Source

EDITIONS = (2021, 2024)


def place(source: Source, text: str = "HERE()") -> Node:
    start = source.data.index(text.encode())
    node = source.node_at(Span(start, start + len(text)))
    assert node is not None
    return node


def body(text: str, edition: int = 2021) -> Source:
    head = "use std::cell::RefCell; use std::sync::{Mutex, MutexGuard, RwLock};\n"
    return Source("src/lib.rs", f"{head}async fn f() {{ {text} }}\n".encode(), edition)


def held(source: Source) -> list[str]:
    return [source.text(found.node).decode() for found in guards_at(source, place(source))]


HELD = [
    # bound by a name
    ("let g = m.lock().unwrap(); HERE();", True),
    ("let g = m.lock().await; HERE();", True),
    ("let _g = m.lock(); HERE();", True),
    ("let _ = m.lock(); HERE();", False),
    ("HERE(); let g = m.lock();", False),
    ("{ let g = m.lock(); } HERE();", False),
    ("{ let g = m.lock(); HERE(); }", True),
    ("let g = m.lock(); drop(g); HERE();", False),
    ("let g = m.lock(); if a { drop(g); return; } HERE();", True),
    ("let g = m.lock(); if a { drop(g); } HERE();", True),
    ("let g = m.lock(); keep(g); HERE();", False),
    ("let g = m.lock(); let x = g.len(); HERE();", True),
    ("let x = m.lock().unwrap().len(); HERE();", False),
    ("let x = &m.lock().unwrap().x; HERE();", True),
    ("let g = m.read().unwrap(); HERE();", True),
    ("let g = cell.borrow_mut(); HERE();", True),
    ("let x = stream.read(buffer).await; HERE();", False),
    ("loop { HERE(); let g = m.lock(); }", False),
    ("loop { let g = m.lock(); HERE(); }", True),
    # inside something else
    ("let g = Some(m.lock().unwrap()); HERE();", True),
    ("let g = (1, m.lock().unwrap()); HERE();", True),
    ("let (a, g) = (1, m.lock().unwrap()); HERE();", True),
    ("let g = Held { guard: m.lock().unwrap(), n: 1 }; HERE();", True),
    ("let g = if a { Some(m.lock().unwrap()) } else { None }; HERE();", True),
    ("let g = { let n = 1; m.lock().unwrap() }; HERE();", True),
    ("let n = { let g = m.lock().unwrap(); g.len() }; HERE();", False),
    # patterns
    ("if let Some(g) = m.try_lock() { HERE(); }", True),
    ("if let Some(g) = m.try_lock() { } HERE();", False),
    ("if let Ok(g) = m.lock() { drop(g); HERE(); }", False),
    ("match m.lock() { Ok(g) => HERE(), Err(_) => {} }", True),
    ("match m.lock() { Ok(g) => {}, Err(_) => HERE() }", False),
    ("let Ok(g) = m.lock() else { return }; HERE();", True),
    # temporaries
    ("f(m.lock().unwrap().x, HERE());", True),
    ("f(HERE(), m.lock().unwrap().x);", False),
    ("m.lock().unwrap().push(HERE());", True),
    ("match m.lock().unwrap().x { _ => HERE() }", True),
    ("if m.lock().unwrap().x { HERE(); }", False),
    ("if m.lock().unwrap().x && HERE() { }", False),
    ("if let Some(x) = m.lock().unwrap().get(1) { HERE(); }", True),
    ("while let Some(x) = m.lock().unwrap().pop() { HERE(); }", True),
    ("for x in m.lock().unwrap().iter() { HERE(); }", True),
    ("for x in xs { m.lock().unwrap().push(x); HERE(); }", False),
    ("*m.lock().unwrap() += HERE();", False),
    ("let x = m.lock().unwrap().x + HERE();", True),
    # arguments
    ("f(m.lock().unwrap(), HERE());", True),
    ("f(HERE(), m.lock().unwrap());", False),
    ("f(m.lock().unwrap()); HERE();", False),
    ("f((1, m.lock().unwrap()), HERE());", True),
    ("f(g(m.lock().unwrap()), HERE());", False),
    ("x.f(m.lock().unwrap(), HERE());", True),
    # other bodies
    ("run(|| { let g = m.lock(); 1 }); HERE();", False),
    ("run(|| { let g = m.lock(); HERE(); });", True),
    ("let g = m.lock(); run(|| HERE());", False),
]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("text", "found"), HELD)
def test_which_guards_are_held(text: str, found: bool, edition: int) -> None:
    assert bool(held(body(text, edition))) is found


@pytest.mark.parametrize(
    ("text", "older", "newer"),
    [
        ("if let Some(x) = m.lock().unwrap().get(1) { } else { HERE(); }", True, False),
        ("f({ m.lock().unwrap().x }, HERE());", True, False),
        ("let a = { match m.lock().unwrap().x { _ => 1 } } + HERE();", True, False),
    ],
)
def test_where_the_editions_differ(text: str, older: bool, newer: bool) -> None:
    assert [bool(held(body(text, edition))) for edition in EDITIONS] == [older, newer]


def test_each_guard_is_named_by_the_expression_that_took_it() -> None:
    source = body("let a = x.lock().unwrap(); f(y.lock().unwrap().n, HERE());")
    assert held(source) == ["x.lock().unwrap()", "y.lock().unwrap()"]


def test_a_parameter_may_be_a_guard() -> None:
    head = "use std::sync::MutexGuard;\n"
    source = Source("a.rs", f"{head}fn f(g: MutexGuard<'_, u8>) {{ HERE(); drop(g); }}".encode())
    assert held(source) == ["g"]
    source = Source("a.rs", f"{head}fn f(g: MutexGuard<'_, u8>) {{ drop(g); HERE(); }}".encode())
    assert held(source) == []
    source = Source("a.rs", f"{head}fn f(g: &MutexGuard<'_, u8>) {{ HERE(); }}".encode())
    assert held(source) == []


def test_types_know_better_than_looks() -> None:
    source = body("let a = x.state(); let b = y.lock(); HERE();")

    def holds(node: Node) -> bool | None:
        name = callee_name(node)
        return source.text(name) == b"state" if name is not None else None

    found = [source.text(g.node) for g in guards_at(source, place(source), holds)]
    assert found == [b"x.state()"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("let g = m.lock(); run(|| HERE());", True),
        ("let g = m.lock(); run(async { HERE() }).await;", True),
        ("let g = m.lock(); tokio::spawn(async { HERE() });", False),
        ("let g = m.lock(); tokio::spawn(async move { g.x; HERE() });", True),
        ("let g = m.lock(); tokio::spawn(async move { run(async { HERE() }).await });", False),
        ("let g = m.lock(); run(async move { g.x; HERE() });", True),
        ("let g = m.lock(); run(move || (g.x, HERE()));", True),
        ("let g = m.lock(); fn inner() { HERE(); }", False),
        ("f(m.lock().unwrap().x, run(|| HERE()));", True),
    ],
)
def test_what_a_new_await_would_keep(text: str, found: bool) -> None:
    source = body(text)
    assert bool(list(guards_across(source, place(source)))) is found


def test_the_expression_that_takes_the_lock_is_not_under_it() -> None:
    source = body("m.lock().unwrap().push(1);")
    assert not list(guards_at(source, place(source, "m.lock().unwrap()")))
    assert not list(guards_at(source, place(source, "m.lock()")))
    assert list(guards_at(source, place(source, "m.lock().unwrap().push(1)")))
