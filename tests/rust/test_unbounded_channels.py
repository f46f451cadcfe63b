"""Channels without a bound, by the types that rustc prints."""

from __future__ import annotations

import pytest

from engine.rust.type_parser import parse
from engine.rust.unbounded_channels import (
    carried,
    carried_by,
    channel_maker,
    is_queue,
    is_unbounded_receiver,
)


@pytest.mark.parametrize(
    ("printed", "bounded"),
    [
        (
            "fn() -> (tokio::sync::mpsc::UnboundedSender<u8>, tokio::sync::mpsc::UnboundedReceiver<u8>)"
            " {tokio::sync::mpsc::unbounded_channel::<u8>}",
            "tokio::sync::mpsc::channel",
        ),
        (
            "fn() -> (flume::Sender<u8>, flume::Receiver<u8>) {flume::unbounded::<u8>}",
            "flume::bounded",
        ),
        (
            "fn() -> (std::sync::mpsc::Sender<u8>, std::sync::mpsc::Receiver<u8>) {std::sync::mpsc::channel::<u8>}",
            "std::sync::mpsc::sync_channel",
        ),
        (
            "fn() -> (futures_channel::mpsc::UnboundedSender<u8>, futures_channel::mpsc::UnboundedReceiver<u8>)"
            " {futures_channel::mpsc::unbounded::<u8>}",
            "futures::channel::mpsc::channel",
        ),
        ("fn(usize) -> (A<u8>, B<u8>) {tokio::sync::mpsc::channel::<u8>}", None),
        ("fn() -> (A<u8>, B<u8>) {app::unbounded_channel::<u8>}", None),
    ],
)
def test_what_makes_one(printed: str, bounded: str | None) -> None:
    type_ = parse(printed)
    maker = channel_maker(type_)
    assert (maker.bounded if maker is not None else None) == bounded
    assert maker is None or str(carried(type_, maker)) == "u8"


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        ("tokio::sync::mpsc::UnboundedSender<app::Event>", "app::Event"),
        ("&mut std::sync::Arc<tokio::sync::mpsc::UnboundedSender<app::Event>>", "app::Event"),
        ("tokio::sync::mpsc::Sender<app::Event>", None),
        ("std::option::Option<tokio::sync::mpsc::UnboundedSender<app::Event>>", None),
    ],
)
def test_what_an_end_carries(printed: str, message: str | None) -> None:
    type_ = parse(printed)
    found = carried_by(type_, "tokio::UnboundedSender")
    assert (str(found) if found is not None else None) == message


@pytest.mark.parametrize(
    ("printed", "queue", "unbounded"),
    [
        ("tokio::sync::mpsc::Receiver<u8>", True, False),
        ("&mut tokio::sync::mpsc::UnboundedReceiver<u8>", True, True),
        ("futures_channel::mpsc::Receiver<u8>", True, False),
        ("async_channel::Receiver<u8>", True, False),
        ("std::sync::mpsc::Receiver<u8>", True, False),
        ("tokio::sync::broadcast::Receiver<u8>", False, False),
        ("tokio::sync::watch::Receiver<u8>", False, False),
        ("tokio::net::UdpSocket", False, False),
    ],
)
def test_what_messages_wait_in(printed: str, queue: bool, unbounded: bool) -> None:
    type_ = parse(printed)
    assert (is_queue(type_), is_unbounded_receiver(type_)) == (queue, unbounded)
