"""Streams and channels: tables of (source, answer)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tree_sitter import Node

from engine.rust import item_nodes, statement_nodes, streams
from engine.rust.queries import walk
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, walk_all


def _value(code: str, edition: int = 2021) -> tuple[Source, Node]:
    """The value of the first ``let`` of a function's body."""
    text = f"async fn f() {{ let v = {code}; }}"
    source = Source("src/lib.rs", text.encode(), edition)
    let = next(n for n in walk(source.root) if n.type == "let_declaration")
    value = (found := statement_nodes.let_of(let)) and found.value
    assert value is not None, code
    return source, value


def _shown(source: Source, node: Node | None) -> str | None:
    return source.text(node).decode() if node is not None else None


@pytest.mark.parametrize("edition", [2021, 2024])
@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("s.next().await", "s"),
        ("(s.next()).await", "s"),
        ("s.try_next().await?", "s"),
        ("rx.recv().await.unwrap()", "rx"),
        ("rx.recv().await.expect(w)", "rx"),
        ("rx.recv().await.ok_or(e)?", "rx"),
        ("s.next().await.transpose()?", "s"),
        ("s.next().await.map_err(e)?", "s"),
        ("self.rx.recv().await", "self.rx"),
        ("(&mut s).next().await", "s"),
        ("s.as_mut().next().await", "s"),
        ("StreamExt::next(&mut s).await", "s"),
        ("futures::StreamExt::next(&mut *s).await", "s"),
        ("rx.blocking_recv()", "rx"),
        ("s.nth(3).await", None),
        ("s.recv(n).await", None),
        ("read_frame(&mut io).await?", None),
        ("next(a, b)", None),
    ],
)
def test_what_an_item_is_taken_from(code: str, answer: str | None, edition: int) -> None:
    source, value = _value(code, edition)
    assert _shown(source, streams.taken_from(source, value)) == answer


@pytest.mark.parametrize("edition", [2021, 2024])
@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("s.fuse()", "s"),
        ("s.filter(|x| ready(true))", "s"),
        ("s.take(3).boxed()", "s.take(3)"),
        ("Box::pin(s)", "s"),
        ("ReceiverStream::new(rx)", "rx"),
        ("tokio_stream::wrappers::ReceiverStream::new(rx)", "rx"),
        ("pin!(s)", "s"),
        ("std::pin::pin!(make(3))", "make(3)"),
        ("s.map(f)", None),
        ("s.chunks(3)", None),
        ("Frames::new(s)", None),
        ("Arc::new(s)", None),
        ("join!(s, t)", None),
    ],
)
def test_which_calls_keep_the_items(code: str, answer: str | None, edition: int) -> None:
    source, value = _value(code, edition)
    assert _shown(source, streams.kept(source, value)) == answer


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("s.map(f)", ("s", "map", "f")),
        ("s.map_ok(|x| x)", ("s", "map_ok", "|x| x")),
        ("s.fuse().and_then(g)", ("s.fuse()", "and_then", "g")),
        ("s.filter(f)", None),
        ("s.map(f, g)", None),
        ("map(s)", None),
    ],
)
def test_which_calls_make_other_items(code: str, answer: tuple[str, str, str] | None) -> None:
    source, value = _value(code)
    found = streams.mapped(source, value)
    shown = found and (
        _shown(source, found.stream),
        found.method.decode(),
        _shown(source, found.function),
    )
    assert shown == answer


def _uses(body: str, name: bytes) -> list[tuple[Source, Node]]:
    source = Source("src/lib.rs", f"async fn f({name.decode()}: T) {{ {body} }}".encode())
    function = next(n for n in walk(source.root) if n.type == "function_item")
    scopes = scopes_of(source, function)
    binding = next(b for b in scopes.bindings if b.name == name)
    return [(source, source.innermost(use.span)) for use in scopes.uses(binding)]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("tx.send(a.b).await;", "a.b"),
        ("tx.try_send(a)?;", "a"),
        ("tx.blocking_send(a);", "a"),
        ("tx.send_timeout(a, t).await;", "a"),
        ("tx.clone();", None),
        ("tx.reserve().await;", None),
        ("give(tx);", None),
    ],
)
def test_what_is_sent(body: str, answer: str | None) -> None:
    ((source, node),) = _uses(body, b"tx")
    assert _shown(source, streams.sent(source, node)) == answer


_ENDS: list[tuple[Callable[[Source, Node], object], str, bool]] = [
    (streams.is_looked_at, "rx.close();", True),
    (streams.is_looked_at, "tx.is_closed();", True),
    (streams.is_looked_at, "drop(rx);", True),
    (streams.is_looked_at, "std::mem::drop(rx);", True),
    (streams.is_looked_at, "rx.recv().await;", False),
    (streams.is_looked_at, "give(rx);", False),
    (streams.is_pinned, "pin_mut!(rx);", True),
    (streams.is_pinned, "tokio::pin!(rx);", True),
    (streams.is_pinned, "join!(rx);", False),
    (streams.is_pinned, "rx.close();", False),
    (streams.cloned_end, "tx.clone();", True),
    (streams.cloned_end, "tx.send(1);", False),
]


@pytest.mark.parametrize(("asked", "body", "answer"), _ENDS)
def test_what_is_done_with_an_end(
    asked: Callable[[Source, Node], object], body: str, answer: bool
) -> None:
    ((source, node),) = _uses(body, b"tx" if "tx" in body else b"rx")
    assert bool(asked(source, node)) is answer


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("x", True),
        ("mut x", True),
        ("Some(x)", True),
        ("Some(mut x)", True),
        ("Some(Ok(x))", True),
        ("Ok(Some(x))", True),
        ("Frame(x)", False),
        ("Some((x, n))", False),
        ("Some(Frame { x })", False),
    ],
)
def test_which_name_is_the_item(pattern: str, answer: bool) -> None:
    text = f"async fn f() {{ while let {pattern} = s.next().await {{ x.len(); }} }}"
    source = Source("src/lib.rs", text.encode())
    function = next(n for n in walk(source.root) if n.type == "function_item")
    binding = next(b for b in scopes_of(source, function).bindings if b.name == b"x")
    assert streams.is_item(source, binding) is answer


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("s.for_each(|x| async {})", "s"),
        ("s.fuse().try_for_each(|x| async {})", "s.fuse()"),
        ("s.map(|x| x)", None),
        ("s.for_each(|x| async {}, 1)", None),
        ("run(|x| x)", None),
    ],
)
def test_which_closure_is_given_all_items(code: str, answer: str | None) -> None:
    source, value = _value(code)
    closure = next(n for n in walk(value) if n.type == "closure_expression")
    assert _shown(source, streams.looped_over(source, closure)) == answer


_USE = (
    "use tokio::sync::mpsc; use tokio::sync::mpsc::{Receiver, Sender};"
    " use tokio::sync::broadcast::Receiver as Ears; use tokio::sync::watch;"
)


@pytest.mark.parametrize(
    ("declared", "answer"),
    [
        ("impl Stream<Item = Bytes>", ["Bytes"]),
        ("impl futures::Stream<Item = Bytes> + Unpin", ["Bytes"]),
        ("&mut (impl Stream<Item = Bytes> + Unpin)", ["Bytes"]),
        ("Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>", ["io::Result<Bytes>"]),
        ("BoxStream<'static, Bytes>", ["Bytes"]),
        ("mpsc::Receiver<Bytes>", ["Bytes"]),
        ("Receiver<Bytes>", ["Bytes"]),
        ("&mut Receiver<Bytes>", ["Bytes"]),
        ("ReceiverStream<Bytes>", ["Bytes"]),
        ("Sender<Bytes>", ["Bytes"]),
        ("S", ["Bytes", "Bytes"]),
        ("Ears<Bytes>", []),  # others are given the same items
        ("watch::Receiver<Bytes>", []),
        ("impl Iterator<Item = Bytes>", []),
        ("Frames", []),
    ],
)
def test_where_a_type_says_what_the_items_are(declared: str, answer: list[str]) -> None:
    bounds = "S: Stream<Item = Bytes>"
    text = f"{_USE} fn f<{bounds}>(s: {declared}) where {bounds} {{}}"
    source = Source("src/lib.rs", text.encode())
    function = next(n for n in walk(source.root) if n.type == "function_item")
    (parameter,) = item_nodes.parameters_of(function)
    assert parameter.type is not None
    found = streams.item_types(source, parameter.type, function)
    assert [_shown(source, node) for node in found] == answer


@pytest.mark.parametrize(
    ("declared", "answer"),
    [
        ("Bytes", "Bytes"),
        ("bytes::Bytes", "bytes::Bytes"),
        ("io::Result<Bytes>", "Bytes"),
        ("Result<Option<bytes::Bytes>, E>", "bytes::Bytes"),
        ("Poll<Option<Bytes>>", "Bytes"),
        ("BytesMut", None),
        ("Vec<Bytes>", None),
        ("(Bytes, u8)", None),
        ("&Bytes", None),
    ],
)
def test_where_a_type_says_bytes(declared: str, answer: str | None) -> None:
    source = Source("src/lib.rs", f"fn f(x: {declared}) {{}}".encode())
    function = next(n for n in walk(source.root) if n.type == "function_item")
    (parameter,) = item_nodes.parameters_of(function)
    assert parameter.type is not None
    found = streams.payload_of(source, parameter.type, b"Bytes")
    assert _shown(source, found) == answer


@pytest.mark.parametrize(
    ("let", "answer"),
    [
        ("let (tx, mut rx) = mpsc::channel(8);", ("tx", "rx")),
        ("let (tx, rx) = mpsc::unbounded_channel::<Bytes>();", ("tx", "rx")),
        ("let (tx, rx) = tokio::sync::mpsc::channel::<Bytes>(8);", ("tx", "rx")),
        ("let (tx, rx) = tokio::sync::broadcast::channel(8);", None),
        ("let (tx, rx) = tokio::sync::oneshot::channel();", None),
        ("let (tx, rx) = pair();", None),
        ("let rx = mpsc::channel(8).1;", None),
    ],
)
def test_which_channel_a_name_is_an_end_of(let: str, answer: tuple[str, str] | None) -> None:
    source = Source("src/lib.rs", f"use tokio::sync::mpsc; fn f() {{ {let} }}".encode())
    function = next(n for n in walk(source.root) if n.type == "function_item")
    binding = next(b for b in scopes_of(source, function).bindings if b.name == b"rx")
    found = streams.channel_of(source, binding)
    ends = found and (_shown(source, found.sender), _shown(source, found.receiver))
    assert ends == answer


def test_the_associated_type_of_an_impl() -> None:
    text = b"impl Stream for F { type Item = Bytes; fn f() { type Item = u8; } type Other = u16; }"
    source = Source("src/lib.rs", text)
    impl = next(n for n in walk_all(source, source.root) if n.type == "impl_item")
    assert _shown(source, streams.associated(source, impl, b"Item")) == "Bytes"
    assert _shown(source, streams.associated(source, impl, b"Error")) is None
