"""Who counts on a future that is ready when it is first polled."""

from __future__ import annotations

import pytest

from engine.rust.first_poll import polled_once
from engine.rust.queries import walk
from engine.rust.syntax import walk_all
from tests.rust.future_snippets import Future


@pytest.mark.parametrize(
    ("own", "others", "polled"),
    [
        ("x()", "tokio::select! { n = f() => n, _ = o() => 0 }", True),
        ("x()", "f().now_or_never()", True),
        ("x()", "timeout(d, f()).await", True),
        (
            "x()",
            "let p = f(); tokio::pin!(p); tokio::select! { n = &mut p => n, _ = o() => 0 }",
            True,
        ),
        ("x()", "let p = pin!(f()); futures::poll!(p)", True),
        ("x()", "g().now_or_never(); } async fn g() { f().await; } fn h() {", True),
        ("x()", "g().now_or_never(); } async fn g() { o().await; f().await; } fn h() {", False),
        ("x()", "f().await", False),
        ("x()", "tokio::spawn(f())", False),
        ("x()", "tokio::select! { n = o() => { f().await } }", False),
        ("o().await", "tokio::select! { n = f() => n, _ = o() => 0 }", False),
    ],
)
def test_polled_once(own: str, others: str, polled: bool) -> None:
    future = Future(f"async fn f() {{ {own} }} async fn k() {{ {others} }}", {})
    assert bool(polled_once(future.source, future.body, future.calls)) is polled


@pytest.mark.parametrize(
    ("text", "polled"),
    [
        ("tokio::select! { n = async { x() } => n, _ = o() => 0 }", True),
        ("tokio::select! { n = async { x().await } => n, _ = o() => 0 }", False),
        ("timeout(d, async { x() }).await", True),
        ("spawn(async { x() })", False),
        ("tokio::select! { n = o() => { spawn(async { x() }); } }", False),
    ],
)
def test_blocks(text: str, polled: bool) -> None:
    future = Future(f"async fn f() {{ {text} }}", {})
    nodes = [*walk(future.body), *walk_all(future.source, future.body)]
    block = next(node for node in nodes if node.type == "async_block")
    assert bool(polled_once(future.source, block, future.calls)) is polled
