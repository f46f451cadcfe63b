"""What is awaited under a limit of time."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.time_limits import is_limited
from tests.rust.workspace import Workspace

_TABLE = [
    ("HERE().await;", False),
    ("timeout(d, HERE()).await;", True),
    ("tokio::time::timeout(d, HERE()).await;", True),
    ("HERE().timeout(d).await;", True),
    ("with_timeout(d, async { HERE().await }).await;", True),
    ("timeout(d, async { let x = HERE().await; go(x) }).await;", True),
    ("let made = HERE(); timeout(d, made).await;", True),
    ("let made = HERE(); made.await;", False),
    ("let made = HERE().await; timeout(d, other(made)).await;", False),
    ("select! { x = HERE() => {}, _ = sleep(d) => {} }", True),
    ("tokio::select! { x = HERE() => {}, _ = tokio::time::sleep(d) => {} }", True),
    ("select! { x = HERE() => {}, _ = stop.recv() => {} }", False),
    ("spawn(async { HERE().await });", False),
    ("select! { x = q.recv() => { HERE().await; } _ = sleep(d) => {} }", False),
    ("select! { _ = sleep(d) => { HERE().await; } x = q.recv() => {} }", False),
    ("timeout(d, async { spawn(async { HERE().await }); }).await;", False),
    ("HERE().connect_timeout(d).await;", False),
    ("self.timeout(HERE()).await;", True),
]


def _limited(files: dict[str, str], path: str = "src/lib.rs") -> bool:
    workspace = Workspace(files)
    source = workspace.sources.get(path)
    at = source.data.index(b"HERE()")
    node = source.node_at(Span(at, at + len("HERE()")))
    assert node is not None
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)
    return is_limited(source, node, calls)


@pytest.mark.parametrize(("text", "limited"), _TABLE)
def test_around_it(text: str, limited: bool) -> None:
    assert _limited({"src/lib.rs": f"async fn f() {{ {text} }}"}) is limited


@pytest.mark.parametrize(
    ("caller", "limited"),
    [
        ("async fn g() { timeout(d, f()).await; }", True),
        ("async fn g() { f().await; }", False),
        ("async fn g() { f().await; } async fn h() { timeout(d, g()).await; }", True),
    ],
)
def test_around_a_caller(caller: str, limited: bool) -> None:
    assert _limited({"src/lib.rs": f"async fn f() {{ HERE().await; }} {caller}"}) is limited
