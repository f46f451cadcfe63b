"""Channels without a bound: which calls make one, what its ends are, which calls put something in without ever
waiting, and which take something out.

By the paths and types that rustc prints, of std, tokio, futures, flume, crossbeam, async-channel and kanal. Not
answered: which value of such a type is the end of which channel (ends are told apart by what they carry).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.rust.known_types import key_of
from engine.rust.types import Type


@dataclass(frozen=True, slots=True)
class ChannelMaker:
    """A function that makes channels without a bound. ``sender`` and ``receiver`` are its ends (``key_of``),
    ``bounded`` the function of the same crate that takes a capacity, as code; ``apart``: whose ends are of other
    types."""

    sender: str
    receiver: str
    bounded: str
    apart: bool = False


_FUTURES = ("futures", "futures_channel", "futures_util")
_MAKERS: Mapping[str, ChannelMaker] = {
    "tokio::unbounded_channel": ChannelMaker(
        "tokio::UnboundedSender", "tokio::UnboundedReceiver", "tokio::sync::mpsc::channel", True
    ),
    **{
        f"{crate}::unbounded": ChannelMaker(
            f"{crate}::UnboundedSender",
            f"{crate}::UnboundedReceiver",
            "futures::channel::mpsc::channel",
            True,
        )
        for crate in _FUTURES
    },
    "std::sync::mpsc::channel": ChannelMaker(
        "std::sync::mpsc::Sender", "std::sync::mpsc::Receiver", "std::sync::mpsc::sync_channel"
    ),
    "async_channel::unbounded": ChannelMaker(
        "async_channel::Sender", "async_channel::Receiver", "async_channel::bounded"
    ),
    "flume::unbounded": ChannelMaker("flume::Sender", "flume::Receiver", "flume::bounded"),
    **{
        f"{crate}::unbounded": ChannelMaker(
            f"{crate}::Sender", f"{crate}::Receiver", "crossbeam_channel::bounded"
        )
        for crate in ("crossbeam", "crossbeam_channel")
    },
    "kanal::unbounded": ChannelMaker("kanal::Sender", "kanal::Receiver", "kanal::bounded"),
    "kanal::unbounded_async": ChannelMaker(
        "kanal::AsyncSender", "kanal::AsyncReceiver", "kanal::bounded_async"
    ),
}
MAKING = frozenset(path.rpartition("::")[2].encode() for path in _MAKERS)
# They put something in, and none of them waits where there is no bound.
SENDING = frozenset(b"send unbounded_send start_send send_async try_send send_blocking".split())
# They take something out.
TAKING = frozenset(b"recv next recv_async recv_many try_next".split())


def channel_maker(function: Type) -> ChannelMaker | None:
    """What the function of this type (``fndef``) makes, if that is a channel without a bound."""
    return _MAKERS.get(key_of(function.name)) if function.kind == "fndef" else None


def carried(made: Type, maker: ChannelMaker) -> Type | None:
    """What the channel carries, by the type of the function that makes it; None where rustc did not tell."""
    for inner in made.walk():
        if inner.kind == "path" and key_of(inner.name) == maker.sender and inner.args:
            return inner.args[0]
    return None


def carried_by(end: Type, key: str) -> Type | None:
    """What an end of the type ``key`` (``key_of``) carries, when ``end`` is one or leads to one."""
    for step in end.deref_chain():
        if step.kind == "path" and key_of(step.name) == key and step.args:
            return step.args[0]
    return None


def is_unbounded_receiver(type_: Type) -> bool:
    """Does it take from a channel that surely has no bound, by its type alone?"""
    keys = {maker.receiver for maker in _MAKERS.values() if maker.apart}
    return any(step.kind == "path" and key_of(step.name) in keys for step in type_.deref_chain())


def is_queue(type_: Type) -> bool:
    """Does it take from a channel in which each message waits until it is taken, with a bound or without? (What
    a `broadcast` or a `watch` overwrites does not.)"""
    keys = {maker.receiver for maker in _MAKERS.values()} | {"futures::Receiver", "kanal::Receiver"}
    for step in type_.deref_chain():
        if step.kind != "path" or not step.last.endswith("Receiver"):
            continue
        if "mpsc" in step.name.split("::") or key_of(step.name) in keys:
            return True
    return False
