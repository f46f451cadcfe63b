"""Clients that wait without an end unless they are told."""

from __future__ import annotations

import pytest

from engine.rust.network_clients import Client, client_of, is_told, requests
from engine.rust.syntax import Source
from tests.rust.workspace import Workspace


@pytest.mark.parametrize(
    ("path", "client"),
    [
        ("reqwest::Client::new", Client.REQWEST),
        ("reqwest::async_impl::client::Client::builder", Client.REQWEST),
        ("reqwest::ClientBuilder::new", Client.REQWEST),
        ("reqwest::get", Client.REQWEST),
        ("reqwest::blocking::Client::new", None),
        ("reqwest::Client::get", None),
        ("hyper_util::client::legacy::Client::builder", Client.HYPER),
        ("hyper::Client::new", Client.HYPER),
        ("tokio::net::TcpStream::connect", Client.CONNECTION),
        ("tokio_tungstenite::connect_async", Client.CONNECTION),
        ("std::net::TcpStream::connect", None),
        ("app::Client::new", None),
        ("app::reqwest::Client::new", None),
    ],
)
def test_what_makes_one(path: str, client: Client | None) -> None:
    assert client_of(path) == client


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fn f() { reqwest::Client::builder().timeout(d).build() }", True),
        ("fn f() { reqwest::Client::builder().read_timeout(d).build() }", True),
        ("async fn f(c: &reqwest::Client) { c.get(u).timeout(d).send().await }", True),
        ("fn f() { reqwest::Client::builder().connect_timeout(d).build() }", False),
        ("fn f() { reqwest::Client::builder().pool_idle_timeout(d).build() }", False),
        ("fn f() { other.timeout(d) }", False),
    ],
)
def test_whether_one_is_told(text: str, told: bool) -> None:
    workspace = Workspace({"src/lib.rs": "mod a;", "src/a.rs": text})
    assert is_told(workspace.sources, workspace.sources.get("src/lib.rs")) is told


def test_calls_that_ask() -> None:
    text = b"async fn f() { c.get(u).header(h).send().await; c.execute(r).await; g(c.request(r)); h.read(); }"
    source = Source("src/lib.rs", text)
    found = [source.text(call) for call in requests(source)]
    assert found == [b"c.get(u).header(h).send()", b"c.execute(r)", b"c.request(r)"]
