"""Loops whose turns could run together."""

from __future__ import annotations

import pytest

from engine.rust.independent_turns import Turn, only_gathers, turn_of
from engine.rust.queries import walk
from engine.rust.syntax import Source

_INDEPENDENT = [
    "for x in xs { out.push(get(x).await); }",
    "for x in xs { out.push(get(x).await?); }",
    "for x in xs { let y = get(&x).await?; out.insert(x, y); }",
    "for x in xs { get(&client, x).await; }",
    "for x in xs { if let Ok(y) = self.client.get(x).await { out.push(y); } }",
    "for x in xs { let mut buffer = Vec::new(); read(x, &mut buffer).await; }",
]
_HANGING = [
    "get(x).await;",
    "while let Some(x) = xs.next() { get(x).await; }",
    "loop { get(x).await; }",
    "for x in [a, b] { get(x).await; }",
    "for x in xs { get(x).await; put(x).await; }",
    "for x in xs { get(x, &mut socket).await; }",
    "for x in xs { last = get(x).await; }",
    "for x in xs { total += get(x).await; }",
    "for x in xs { if get(x).await { break; } }",
    "for x in xs { if get(x).await { return x; } }",
    "for x in xs { socket.send(x).await; }",
    "for x in xs { m.lock().await; }",
    "for x in xs { sleep(x).await; wait(x); sleep(x).await; }",
    "for x in xs { seen.clear(); get(x).await; }",
    "for x in xs { for y in x { go(y); } get(x).await; }",
    "for x in xs { later.await; }",
]


def _turn(text: str) -> tuple[Source, Turn | None]:
    source = Source("src/lib.rs", f"async fn f(&self, xs: Vec<u8>) {{ {text} }}".encode())
    waiting = next(node for node in walk(source.root) if node.type == "await_expression")
    return source, turn_of(source, waiting)


@pytest.mark.parametrize("text", _INDEPENDENT)
def test_turns_that_hang_on_nothing(text: str) -> None:
    _, turn = _turn(text)
    assert turn is not None
    assert turn.fails == (".await?" in text)


@pytest.mark.parametrize("text", _HANGING)
def test_turns_that_may_hang_on_each_other(text: str) -> None:
    assert _turn(text)[1] is None


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("for x in xs { out.push(get(x).await?); }", True),
        ("for x in xs { let y = get(x).await?; out.push(y); }", True),
        ("for x in xs { out.insert(x, get(x).await?); }", False),
        ("for x in xs { let y = get(x).await?; log(y); out.push(y); }", False),
        ("for x in xs { get(x).await?; }", False),
    ],
)
def test_turns_that_only_push(text: str, only: bool) -> None:
    source, turn = _turn(text)
    assert turn is not None and only_gathers(source, turn) is only
