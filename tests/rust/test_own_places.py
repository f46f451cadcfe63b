"""Which places are a future's own."""

from __future__ import annotations

import pytest

from tests.rust.future_snippets import Future

_ITEMS = """
pub struct Plain { name: String, list: Vec<u8> }
pub struct Lent<'a> { out: &'a mut String }
pub struct Handle { hits: std::sync::Arc<std::sync::atomic::AtomicU64> }
"""
_RX = "tokio::sync::mpsc::Receiver<u8>"


@pytest.mark.parametrize(
    ("function", "place", "types", "owned"),
    [
        ("async fn f(v: Vec<u8>) { v.len(); }", "v", {}, True),
        ("async fn f(v: &mut Vec<u8>) { v.len(); }", "v", {}, False),
        ("async fn f(v: T) { v.len(); }", "v", {"v": "&mut std::vec::Vec<u8>"}, False),
        ("async fn f(&mut self) { self.v.len(); }", "self.v", {}, False),
        ("async fn f(mut self) { self.v.len(); }", "self.v", {}, True),
        ("async fn f(self: Arc<Self>) { self.v.len(); }", "self.v", {}, False),
        ("async fn f() { let v = vec![1]; v.len(); }", "v", {}, True),
        ("async fn f(&mut self) { let v = &mut self.v; v.len(); }", "v", {}, False),
        ("async fn f() { COUNT.len(); }", "COUNT", {}, False),
        ("async fn f(mut rx: Receiver<u8>) { rx.recv(); }", "rx", {"rx": _RX}, True),
        ("async fn f(rx: Receiver<u8>) { rx.recv(); }", "rx", {"rx": "flume::Receiver<u8>"}, False),
        ("async fn f(p: Plain) { p.list.pop(); }", "p.list", {"p": "Plain"}, True),
        ("async fn f(p: Lent<'_>) { p.out.pop(); }", "p.out", {"p": "Lent"}, False),
        ("async fn f(p: Handle) { p.hits.get(); }", "p.hits", {"p": "Handle"}, False),
        ("async fn f(p: Arc<X>) { p.len(); }", "p",
         {"p": "std::sync::Arc<std::vec::Vec<u8>>"}, True),
        ("async fn f(p: Arc<X>) { p.len(); }", "p",
         {"p": "std::sync::Arc<std::sync::Mutex<u8>>"}, False),
        ("async fn f(s: &str) { s.chars().next(); }", "s.chars()",
         {"s": "&str", "s.chars()": "std::str::Chars"}, True),
        ("async fn f() { let m = HashMap::new(); m.entry(1).or_default().push(2); }",
         "m.entry(1).or_default()",
         {"m": "std::collections::HashMap<u8, std::vec::Vec<u8>>",
          "m.entry(1)": "std::collections::hash_map::Entry<u8, std::vec::Vec<u8>>"}, True),
    ],
)  # fmt: skip
def test_own_places(function: str, place: str, types: dict[str, str], owned: bool) -> None:
    future = Future(_ITEMS + function, types)
    assert future.own.owns(future.at(place)) is owned
