"""Who feeds a channel again and again, and whether who empties it waits meanwhile."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.rust.calls import Calls
from engine.rust.channel_use import Ends, Taken, emptied_slowly, feeding
from engine.rust.syntax import Source
from tests.rust.workspace import Workspace

_FED = [
    ("async fn f() { tx.send(x); }", ""),
    ("async fn f() { while let Some(x) = news.recv().await { tx.send(x); } }", "in the loop of line 1"),
    ("async fn f() { loop { let x = socket.read(b).await; tx.send(x); } }", "in the loop of line 1"),
    (
        "async fn f() { loop { select! { x = news.recv() => { tx.send(x); } _ = t.tick() => {} } } }",
        "in the loop of line 1",
    ),
    ("async fn f() { loop { select! { x = news.recv() => {} _ = t.tick() => { tx.send(1); } } } }", ""),
    ("async fn f() { loop { t.tick().await; tx.send(1); } }", ""),
    ("async fn f() { for x in xs { tx.send(x); } }", ""),
    ("fn f() { loop { tx.send(1); } }", ""),
    ("async fn f() { while let Some(x) = queue.recv().await { tx.send(x); } }", "in the loop of line 1"),
    ("async fn f() { while let Some(x) = queue.recv().await { let y = g(x); tx.send(y); } }", "in the loop of line 1"),
    ("async fn f() { while let Some(x) = queue.recv().await { if g(x) { tx.send(true); } } }", ""),
    ("async fn f() { loop { select! { x = queue.recv() => { tx.send(x); } } } }", "in the loop of line 1"),
    ("async fn f() { loop { select! { r = queue.recv() => { let Ok(x) = r else { break }; tx.send(x); } } } }",
     "in the loop of line 1"),
    ("async fn f() { loop { select! { x = queue.recv() => { tx.send(1); } } } }", ""),
    ("async fn f() { while let Some(x) = unbound.recv().await { tx.send(x); } }", ""),
    ("async fn f() { loop { let x = s.read(b).await; tx.send(x); room.send(x).await; } }", ""),
    ("async fn f() { loop { select! { x = unbound.recv() => tx.send(x), y = s.read(b) => go(y) } } }", ""),
    ("async fn f() { while let Some(x) = news.recv().await { tx.send(x); break; } }", ""),
    ("async fn f() { while let Some(x) = news.recv().await { if x { return tx.send(x); } } }", ""),
    ("async fn f(State(app): State<App>) { tx.send(1); }", "in a request handler"),
    ("impl Sink<u8> for S { fn start_send(&self, x: u8) { tx.send(x); } }", "in a method that is run for each item"),
    (
        "fn put(x: u8) { tx.send(x); } async fn f() { while let Some(x) = news.recv().await { put(x); } }",
        "run in the loop of line 1 (src/lib.rs:1)",
    ),
    ("fn put(x: u8) { tx.send(x); } async fn f() { put(1); }", ""),
]  # fmt: skip
_EMPTIED = [
    ("async fn f() { while let Some(x) = rx.recv().await { put(x).await; } }", "put(x)"),
    ("async fn f() { while let Some(x) = rx.recv().await { put(x); } }", None),
    ("async fn f() { loop { let x = rx.recv().await; put(x).await; } }", "put(x)"),
    ("async fn f() { loop { select! { x = rx.recv() => { put(x).await; } _ = go() => {} } } }", "put(x)"),
    ("async fn f() { loop { select! { x = rx.recv() => put(x), _ = go() => { put(1).await; } } } }", None),
    ("async fn f() { let x = rx.recv().await; put(x).await; }", None),
    ("async fn f() { rx.forward(socket).await; }", "rx"),
    ("fn f() -> S { UnboundedReceiverStream::new(rx) }", "rx"),
]  # fmt: skip


def _workspace(text: str) -> tuple[Workspace, Calls]:
    workspace = Workspace({"src/lib.rs": text})
    return workspace, Calls(workspace.sources, workspace.items, lambda path, span: None)


def _taken(source: Source, end: Node) -> Taken:
    known = {b"unbound": Taken.UNBOUNDED, b"queue": Taken.QUEUE}
    return known.get(source.text(end), Taken.OUTSIDE)


@pytest.mark.parametrize(("text", "words"), _FED)
def test_what_has_something_sent_again_and_again(text: str, words: str) -> None:
    workspace, calls = _workspace(text)
    senders = [
        (source, end)
        for source, end in Ends(workspace.sources).senders
        if source.text(end) == b"tx"
    ]
    ((source, end),) = senders
    found = feeding(source, end, calls, _taken)
    assert (found.words if found is not None else "") == words


@pytest.mark.parametrize(("text", "waits"), _EMPTIED)
def test_what_is_waited_for_between_two_messages(text: str, waits: str | None) -> None:
    workspace, _ = _workspace(text)
    ends = [(s, e) for s, e in Ends(workspace.sources).receivers if s.text(e) == b"rx"]
    ((source, end),) = ends
    found = emptied_slowly(source, end)
    assert (source.text(found).decode() if found is not None else None) == waits


def test_ends_in_tests_do_not_count() -> None:
    workspace, _ = _workspace(
        "#[cfg(test)] mod tests { async fn f() { tx.send(1); rx.recv().await; } }"
    )
    ends = Ends(workspace.sources)
    assert not ends.senders and not ends.receivers
