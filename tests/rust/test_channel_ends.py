"""Which names hold an end of a channel."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.channel_ends import ends_of, held_by
from engine.rust.queries import walk
from tests.rust.workspace import Workspace

_TABLE = [
    ("async fn f() { let (tx, rx) = chan(); END(tx); }", True),
    ("async fn f() { let (tx, rx) = chan(); spawn(async move { END(tx) }); }", True),
    ("async fn f() { let (tx, rx) = chan(); let other = tx.clone(); END(other); }", True),
    ("async fn f() { let (tx, rx) = chan(); let other = Arc::new(tx); END(&other); }", True),
    ("async fn f() { let (tx, rx) = chan(); END(rx); }", False),
    ("async fn f() { let (tx, rx) = chan(); let tx = 1; END(tx); }", False),
    ("fn g(out: T) { END(out) } fn f() { let (tx, rx) = chan(); g(tx); }", True),
    ("fn g(a: u8, out: &T) { END(out) } fn f() { let (tx, rx) = chan(); g(1, &tx); }", True),
    ("fn g(tx: T) { END(tx) } fn f() { let (tx, rx) = chan(); }", False),
    ("fn f() { let (tx, rx) = chan(); S { out: tx.clone(), n: 1 } } fn g(s: S) { END(s.out) }", True),
    ("fn f() { let (tx, rx) = chan(); S { tx } } impl S { fn g(&self) { END(self.tx) } }", True),
    ("impl S { fn new(q: T) -> S { S { out: q } } fn g(&self) { END(self.out) } }"
     " fn f() { let (tx, rx) = chan(); S::new(tx); }", True),
    ("fn f() { let (tx, rx) = chan(); S { out: tx } } fn g(s: S) { END(s.other) }", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "held"), _TABLE)
def test_names_on_its_way(text: str, held: bool) -> None:
    workspace = Workspace({"src/lib.rs": text})
    source = workspace.sources.get("src/lib.rs")
    at = source.data.index(b"chan()")
    making = source.node_at(Span(at, at + len("chan()")))
    assert making is not None
    ends = ends_of(source, making)
    assert ends is not None
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)
    call = next(
        n
        for n in walk(source.root)
        if n.type == "call_expression" and source.text(n).startswith(b"END(")
    )
    (given,) = call.named_children[-1].named_children
    assert held_by(source, ends[0], calls).holds(source, given) is held


def test_what_is_not_followed_is_told() -> None:
    text = "fn f() { let (tx, rx) = chan(); list.push(tx); }"
    workspace = Workspace({"src/lib.rs": text})
    source = workspace.sources.get("src/lib.rs")
    at = source.data.index(b"chan()")
    making = source.node_at(Span(at, at + len("chan()")))
    assert making is not None
    ends = ends_of(source, making)
    assert ends is not None
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)
    assert held_by(source, ends[0], calls).lost
    assert not held_by(source, ends[1], calls).lost
