"""What is lost when a future is dropped before it is done."""

from __future__ import annotations

import pytest

from engine.rust.cancel_safety import Loss, awaited_calls, lost_by, polled_calls
from engine.rust.queries import walk
from engine.rust.statement_nodes import expression_in
from engine.rust.syntax import Source
from engine.rust.type_parser import parse


@pytest.mark.parametrize(
    ("method", "future", "receiver", "loss"),
    [
        (b"read_exact", "tokio::io::util::read_exact::ReadExact<'_, S>", "S", Loss.BYTES),
        (b"read_exact", "futures_util::io::ReadExact<'_, S>", "S", Loss.BYTES),
        (b"read_line", "tokio::io::util::read_line::ReadLine<'_, S>", "S", Loss.BYTES),
        (b"read_u32", "tokio::io::util::read_int::ReadU32<&mut S>", "S", Loss.BYTES),
        (b"write_all", "tokio::io::util::write_all::WriteAll<'_, S>", "S", Loss.BYTES),
        (b"send", "futures_util::sink::Send<'_, S, u8>", "S", Loss.MESSAGE),
        (b"send", "impl Future<Output = u8>", "tokio::sync::mpsc::Sender<u8>", Loss.MESSAGE),
        (b"send", "impl Future<Output = u8>", "&std::sync::Arc<tokio::sync::mpsc::Sender<u8>>", Loss.MESSAGE),
        (b"send_async", "flume::r#async::SendFut<'_, u8>", "flume::Sender<u8>", Loss.MESSAGE),
        (b"lock", "impl Future<Output = u8>", "std::sync::Arc<tokio::sync::Mutex<u8>>", Loss.PLACE),
        (b"acquire", "impl Future<Output = u8>", "tokio::sync::Semaphore", Loss.PLACE),
        (b"notified", "tokio::sync::futures::Notified<'_>", "tokio::sync::Notify", Loss.PLACE),
        (b"read", "tokio::io::util::read::Read<'_, S>", "S", None),
        (b"read_u8", "tokio::io::util::read_int::ReadU8<&mut S>", "S", None),
        (b"recv", "impl Future<Output = u8>", "tokio::sync::mpsc::Receiver<u8>", None),
        (b"next_line", "impl Future<Output = u8>", "tokio::io::Lines<S>", None),
        (b"read_exact", "app::ReadExact<'_>", "app::S", None),
        (b"send", "impl Future<Output = u8>", "app::Sender<u8>", None),
    ],
)  # fmt: skip
def test_by_types(method: bytes, future: str, receiver: str, loss: Loss | None) -> None:
    found = lost_by(method, parse(future), parse(receiver))
    assert (found.loss if found is not None else None) == loss


@pytest.mark.parametrize(
    ("future", "calls"),
    [
        ("s.read_exact(&mut b)", ["s.read_exact(&mut b)"]),
        ("read_frame(&mut s)", ["read_frame(&mut s)"]),
        ("timeout(d, s.read_exact(&mut b))", ["s.read_exact(&mut b)"]),
        ("s.read_exact(&mut b).fuse()", ["s.read_exact(&mut b)"]),
        ("async { s.flush().await; s.read_exact(&mut b).await }", ["s.flush()", "s.read_exact(&mut b)"]),
        ("async { spawn(async { s.flush().await }); }", []),
        ("&mut reading", []),
        ("reading", []),
        ("reading.as_mut()", ["reading.as_mut()"]),
    ],
)  # fmt: skip
def test_calls_whose_futures_an_arm_drops(future: str, calls: list[str]) -> None:
    source = Source("src/lib.rs", f"async fn f() {{ {future} }}".encode())
    body = next(node for node in walk(source.root) if node.type == "block")
    node = expression_in(body.named_children[0])
    assert [source.text(call).decode() for call in polled_calls(source, node)] == calls


def test_calls_that_a_function_awaits_itself() -> None:
    text = b"async fn f() { a().await?; let x = b(c().await).await; g(async { d().await }); e(); }"
    source = Source("src/lib.rs", text)
    function = source.root.named_children[0]
    found = [source.text(call) for call in awaited_calls(source, function)]
    assert found == [b"a()", b"b(c().await)", b"c()"]
