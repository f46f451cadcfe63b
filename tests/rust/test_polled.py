"""Who runs a place."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.polled import Running, made_once, running
from engine.rust.syntax import Source

_TABLE = [
    ("async fn f() { HERE(); }", "polled", "function_item"),
    ("fn f() { tokio::spawn(async move { HERE(); }); }", "polled", "async_block"),
    ("fn f() { g(async move |x| { HERE(); }); }", "polled", "closure_expression"),
    ("fn f() { stream! { HERE(); } }", "polled", "macro_invocation"),
    ("async fn f() { let v = ps.iter().map(|p| HERE()); }", "closure", "function_item"),
    ("async fn f() { tokio::select! { v = r.recv() => { HERE(); } } }", "polled", "function_item"),
    ("async fn f() { fn g() { HERE(); } }", "called", "function_item"),
    ("async fn f() { spawn_blocking(move || HERE()).await; }", "offloaded", "closure_expression"),
    ("async fn f() { task::block_in_place(|| { v.iter().map(|_| HERE()) }); }", "offloaded", "closure_expression"),
    ("async fn f() { std::thread::spawn(move || { HERE(); }); }", "offloaded", "closure_expression"),
    ("async fn f() { thread::scope(|s| { HERE(); }); }", "closure", "function_item"),
    ("async fn f() { wrapped(move || HERE()).await; }", "offloaded", "closure_expression"),
    ("fn f() { HERE(); }", "called", "function_item"),
    ("fn f() { v.map(|p| HERE()); }", "called", "function_item"),
    ("impl Future for F { fn poll(self: Pin<&mut Self>) { HERE(); } }", "poll", "function_item"),
    ("impl AsyncRead for F { fn poll_read(self: Pin<&mut Self>) { HERE(); } }", "poll", "function_item"),
    ("impl Service<R> for F { fn call(&self) { HERE(); } }", "poll", "function_item"),
    ("impl F { fn call(&self) { HERE(); } }", "called", "function_item"),
    ("static S: T = HERE();", "called", None),
]  # fmt: skip


def _running(text: str) -> Running:
    source = Source("src/lib.rs", text.encode())
    at = text.index("HERE")
    node = source.innermost(Span(at, at + 4))
    return running(source, node, lambda call: source.text(call).startswith(b"wrapped("))


@pytest.mark.parametrize(("text", "runs", "body"), _TABLE)
def test_the_innermost_body_says_who_runs_a_place(text: str, runs: str, body: str | None) -> None:
    found = _running(text)
    assert found.runs == runs
    assert (found.body.type if found.body is not None else None) == body
    assert (found.closure is not None) == (runs == "closure")


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("async fn f() { CELL.get_or_init(|| HERE()); }", True),
        ("async fn f() { cell.get_or_try_init(|| async { HERE() }).await; }", True),
        ("static S: L = LazyLock::new(|| HERE());", True),
        ("static S: L = std::sync::LazyLock::new(|| { g(HERE()) });", True),
        ("async fn f() { cell.get_or_insert_with(|| HERE()); }", False),
        ("async fn f() { HERE(); }", False),
    ],
)
def test_what_makes_a_value_once_runs_once(text: str, once: bool) -> None:
    source = Source("src/lib.rs", text.encode())
    at = text.index("HERE")
    assert made_once(source, source.innermost(Span(at, at + 4))) is once
