"""Where a future may be suspended, and locks that are held meanwhile on purpose."""

from __future__ import annotations

import pytest

from engine.rust.queries import walk
from engine.rust.suspension import comment_on_purpose, held_on_purpose, suspends
from engine.rust.syntax import Source, span_of


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("work().await;", True),
        ("let n = a + work().await?;", True),
        ("for x in list { work(x).await; }", True),
        ("tokio::join!(a(), b());", True),
        ('println!("{}", work().await);', True),
        ("work();", False),
        ("spawn(async move { work().await });", False),  # the other task's
        ("let later = async { work().await };", False),
        ("list.map(|x| async move { x.await });", False),
        ("async fn inner() { work().await; }", False),
        ("let s = stream! { yield work().await; };", False),
        ("if done { return; }", False),
    ],
)
def test_statements_that_suspend(statement: str, found: bool) -> None:
    source = Source("src/lib.rs", f"async fn f() {{ {statement} }}".encode())
    body = next(node for node in walk(source.root) if node.type == "block")
    assert suspends(source, body.named_children[0]) is found


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("#[allow(clippy::await_holding_lock)]\nasync fn f() { let g = 1; }", "#[allow"),
        ("async fn f() { #![expect(clippy::await_holding_lock)] let g = 1; }", "#![expect"),
        ("#![allow(clippy::await_holding_lock)]\nasync fn f() { let g = 1; }", "#![allow"),
        ("#[warn(clippy::await_holding_lock)]\nasync fn f() { let g = 1; }", ""),
        ("#[allow(clippy::await_holding_lock)]\nfn e() {}\nasync fn f() { let g = 1; }", ""),
        ("#[allow(dead_code)]\nasync fn f() { let g = 1; }", ""),
    ],
)
def test_attributes_that_hold_a_lock_on_purpose(text: str, attribute: str) -> None:
    source = Source("src/lib.rs", text.encode())
    let = next(node for node in walk(source.root) if node.type == "let_declaration")
    found = held_on_purpose(source, let)
    assert (source.text(found).decode() if found is not None else "").startswith(attribute)
    assert (found is not None) is bool(attribute)


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("// Hold the lock until the page is on disk.", True),
        ("// The lock is kept over the send.", True),
        ("// Keep the\n    // guard while we write.", True),
        ("/* One writer at a time. */", True),
        ("// Refreshes are serialized.", True),
        ("// Inserts and tells it atomically.", True),
        ("// No two uploads may run at the same time.", True),
        ("// Don't release it before the answer is there.", True),
        ("// Don't hold the lock while sending.", False),
        ("// We no longer need to hold the lock.", False),
        ("// FIXME: the lock is held over the send.", False),
        ("// Keep the lock's scope short.", False),
        ("// The guard must stay alive until then.", True),
        ("// heavy work while holding lock", False),
        ("// lock held over the send", False),
        ("// Still holding the guard here.", False),
        ("// Release the lock.", False),
        ("// Takes the lock.", False),
        ("// Sends the page.", False),
    ],
)
def test_comments_that_hold_a_lock_on_purpose(comment: str, says: bool) -> None:
    source = Source("src/lib.rs", f"async fn f() {{\n    {comment}\n    a();\n}}\n".encode())
    assert (comment_on_purpose(source, span_of(source.root)) is not None) is says
