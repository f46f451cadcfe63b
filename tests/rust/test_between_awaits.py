"""What happens between two awaits, around a place."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.between_awaits import Between, between_awaits
from engine.rust.syntax import Source, is_async

_TABLE = [
    # body of an async fn, effects before, effects after, other points
    ("a(); HERE(); b();", ["a(..)"], ["b(..)"], 0),
    ("a(); x.await; HERE(); y.await; b();", [], [], 0),
    ("HERE();", [], [], 0),
    ("go(1).await; HERE(); go(2).await;", [], [], 0),
    ("let n = s.len(); HERE(); let m = n + 1;", [], [], 0),
    ("self.n += 1; HERE(); self.n -= 1;", ["the write to self.n"], ["the write to self.n"], 0),
    ("if c { a(); } else { x.await; } HERE();", ["a(..)"], [], 0),
    ("if c { HERE(); } else { a(); } b();", [], ["b(..)"], 0),
    ("if c { a(); return; } HERE();", [], [], 0),
    ("loop { HERE(); a(); }", ["a(..)"], ["a(..)"], 1),
    ("loop { HERE(); a(); x.await; }", [], ["a(..)"], 0),
    ("for p in ps { HERE(); }", [], [], 1),
    ("while let Some(p) = ps.next().await { HERE(); }", [], [], 0),
    ("a(HERE()); b(HERE());", [], ["a(..)", "b(..)"], 1),
    ("HERE(); x.await; HERE();", [], [], 0),
    ("let v = ps.iter().map(|p| { a(p); HERE() }); b();", ["a(..)"], ["a(..)", "b(..)"], 1),
    ("let f = async { a(); }; HERE(); f.await;", [], [], 0),
    ("spawn(async { a(); }); HERE();", ["spawn(..)"], [], 0),
    ("match HERE() { Ok(v) => a(v), Err(_) => x.await }", [], ["a(..)"], 0),
    ("let v = HERE()?; a(v);", [], ["a(..)"], 0),
    ("m.lock().unwrap().insert(1); HERE();", ["another lock, m.lock(),", "m.lock().unwrap().insert(..)"], [], 0),
    ("println!(\"{}\", HERE()); a();", [], ["println!(..)", "a(..)"], 0),
    ("tokio::select! { v = r.recv() => { HERE(); } } a();", [], ["a(..)"], 0),
]  # fmt: skip


def _first(text: str) -> Between:
    source = Source("src/lib.rs", f"async fn f() {{ {text} }}".encode())
    body = next(node for node in source.root.named_children if is_async(node))
    points: list[Span] = []
    at = source.data.find(b"HERE()")
    while at >= 0:
        points.append(Span(at, at + 6))
        at = source.data.find(b"HERE()", at + 1)
    return between_awaits(source, body, points)[points[0]]


@pytest.mark.parametrize(("text", "before", "after", "others"), _TABLE)
def test_a_segment_ends_where_the_future_may_be_suspended(
    text: str, before: list[str], after: list[str], others: int
) -> None:
    found = _first(text)
    assert [effect.words.replace("`", "") for effect in found.before] == before
    assert [effect.words.replace("`", "") for effect in found.after] == after
    assert len(found.others) == others


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("HERE();", []),
        ("x.await; HERE();", ["x.await"]),
        ("x.await; y.await; HERE();", ["y.await"]),
        ("if c { x.await; } HERE();", ["x.await"]),
        ("while let Some(p) = ps.next().await { HERE(); }", ["ps.next().await"]),
    ],
)
def test_what_a_segment_begins_with(text: str, begun: list[str]) -> None:
    found = _first(text).begun
    assert [(node.text or b"").decode() for node in found] == begun
