"""What is lost when a future is dropped before it is done, as ``select!`` does with those of the other arms.

By the type of the future or of what the method is called on, as rustc prints them: tokio's, futures' and the
common channels' (tokio 1.54, "Cancel safety" in its docs; futures 0.3). What an ``async fn`` of the workspace
loses is what it awaits. Not answered: other foreign ``async fn``s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from engine.rust.known_types import key_of
from engine.rust.nodes import arguments_of, awaited, bare, call_of, callee_name, method_call
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, walk_all
from engine.rust.types import Type


class Loss(StrEnum):
    """What is lost."""

    BYTES = "bytes"  # what was read or written so far
    MESSAGE = "message"
    PLACE = "place"  # a place in a queue


@dataclass(frozen=True, slots=True)
class Lost:
    """What is lost by a call, in words."""

    loss: Loss
    words: str


_READ = Lost(Loss.BYTES, "the bytes read so far are lost")
_WRITTEN = Lost(Loss.BYTES, "how much was written is not known")
_MESSAGE = Lost(Loss.MESSAGE, "the message is dropped")
_QUEUE = Lost(Loss.PLACE, "its place in the queue is lost, and it stands at the end again")

_NUMBERS = " ".join(
    f"Read{sign}{size}{end}"
    for sign in "UIF"
    for size in ("16", "32", "64", "128")
    for end in ("", "Le")
)
_FUTURES = ("futures", "futures_util")
_BY_FUTURE: Mapping[str, Lost] = {
    **dict.fromkeys(
        (
            f"tokio::{name}"
            for name in f"ReadExact ReadToEnd ReadToString ReadLine {_NUMBERS}".split()
        ),
        _READ,
    ),
    "tokio::WriteAll": _WRITTEN,
    "tokio::Notified": _QUEUE,
    **{
        f"{crate}::{name}": _READ
        for crate in _FUTURES
        for name in ("ReadExact", "ReadToEnd", "ReadToString", "ReadLine")
    },
    **{f"{crate}::WriteAll": _WRITTEN for crate in _FUTURES},
    **{f"{crate}::{name}": _MESSAGE for crate in _FUTURES for name in ("Send", "SendAll", "Feed")},
    "flume::SendFut": _MESSAGE,
    "async_channel::Send": _MESSAGE,
}
_BY_RECEIVER: Mapping[tuple[str, bytes], Lost] = {
    ("tokio::Sender", b"send"): _MESSAGE,
    ("kanal::AsyncSender", b"send"): _MESSAGE,
    **{("tokio::Mutex", name): _QUEUE for name in (b"lock", b"lock_owned")},
    **{
        ("tokio::RwLock", name): _QUEUE
        for name in (b"read", b"write", b"read_owned", b"write_owned")
    },
    **{
        ("tokio::Semaphore", name): _QUEUE
        for name in (b"acquire", b"acquire_owned", b"acquire_many", b"acquire_many_owned")
    },
}
# The methods by which any of these begin.
METHODS = frozenset(
    b"""read_exact read_to_end read_to_string read_line write_all send send_all feed send_async lock lock_owned
    read write read_owned write_owned acquire acquire_owned acquire_many acquire_many_owned notified""".split()
) | {
    f"read_{sign}{size}{end}".encode()
    for sign in "uif"
    for size in ("16", "32", "64", "128")
    for end in ("", "_le")
}
# Those whose name alone says so.
_SURE = frozenset(b"read_exact read_to_end read_to_string read_line write_all".split())
_AROUND = frozenset(b"fuse boxed boxed_local instrument in_current_span".split())
_LIMITS = frozenset({b"timeout", b"timeout_at", b"pin", b"maybe_done"})


def loses_by_name(method: bytes) -> bool:
    """Does a method of this name mostly lose data, whatever it is called on?"""
    return method in _SURE


def lost_by(method: bytes, future: Type | None, receiver: Type | None) -> Lost | None:
    """What the call of ``method`` loses, by the type of its future and of what it is called on; None for
    nothing that is known."""
    if future is not None and future.kind == "path":
        found = _BY_FUTURE.get(key_of(future.name))
        if found is not None:
            return found
    for step in receiver.deref_chain() if receiver is not None else ():
        if step.kind == "path" and (key_of(step.name), method) in _BY_RECEIVER:
            return _BY_RECEIVER[key_of(step.name), method]
    return None


def polled_calls(source: Source, future: Node) -> Iterator[Node]:
    """The calls whose futures are dropped with ``future``, the expression of an arm: itself, what it wraps
    (``timeout(d, x.f())``, ``x.f().fuse()``), what an ``async`` block awaits. None for a name, ``&mut f`` or
    what was made before: it is still there."""
    node = bare(future)
    if node.type == "async_block":
        yield from awaited_calls(source, node)
        return
    if call_of(node) is None:
        return
    method = method_call(source, node)
    if method is not None and method.method in _AROUND:
        yield from polled_calls(source, method.receiver)
        return
    name = callee_name(node)
    if method is None and name is not None and source.text(name) in _LIMITS:
        for given in arguments_of(node):
            yield from polled_calls(source, given)
        return
    yield node


def awaited_calls(source: Source, function: Node) -> Iterator[Node]:
    """The calls that the body of a future (an ``async`` block or function) awaits itself, directly."""
    body = body_of(function)
    for node in walk_all(source, body) if body is not None else ():
        call = awaited(node)
        if call is None or call_of(call) is None:
            continue
        if source.function_of(node) == function:
            yield call
