"""Whether awaiting a call asks somebody far away."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.remote_calls import is_remote, shares_client
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.rust.workspace import Workspace

_LIB = """
async fn get(u: &str) { CLIENT.get(u).send().await; }
async fn outer(u: &str) { get(u).await }
async fn near(u: &str) { count(u).await }
async fn count(u: &str) { u.len(); }
"""


@pytest.mark.parametrize(
    ("call", "remote"),
    [
        ("get(u)", True),
        ("outer(u)", True),
        ("near(u)", False),
        ("tokio::fs::read(u)", True),
        ("pool.fetch_one(u)", True),
        ("client.head(u)", True),
        ("other.head(u)", False),
    ],
)
def test_by_what_is_called(call: str, remote: bool) -> None:
    workspace = Workspace({"src/lib.rs": f"{_LIB} async fn f(u: &str) {{ {call}.await; }}"})
    source = workspace.sources.get("src/lib.rs")
    at = source.data.rindex(call.encode())
    node = source.node_at(Span(at, at + len(call)))
    assert node is not None
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)

    def type_at(span: Span) -> Type | None:
        return parse("&reqwest::Client") if source.slice(span) == b"client" else None

    assert is_remote(source, node, calls, type_at) is remote


@pytest.mark.parametrize(
    ("printed", "shared"),
    [
        ("&std::sync::Arc<reqwest::Client>", True),
        ("sqlx_core::pool::Pool<sqlx::Postgres>", True),
        ("tokio::net::TcpStream", False),
        ("app::Client", False),
    ],
)
def test_clients_that_many_may_use(printed: str, shared: bool) -> None:
    assert shares_client(parse(printed)) is shared
