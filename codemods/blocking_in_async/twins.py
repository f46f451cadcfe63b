"""One operation as its async twin: the same call of tokio, awaited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from codemods.blocking_in_async.operations import Operation
from engine.base.model import Edit, Span
from engine.rust.blocking_calls import Wait
from engine.rust.known_types import key_of
from engine.rust.nodes import arguments_of, call_of, method_call
from engine.rust.syntax import Source, span_of
from engine.rust.types import Type

_SHORTEST = 10  # milliseconds: tokio's timer has steps of one
_DURATION = re.compile(rb"(?:\w+::)*Duration::from_(secs|millis|micros|nanos)\(([0-9_]+)\)")
_MILLIS = {b"secs": 1000.0, b"millis": 1.0, b"micros": 0.001, b"nanos": 0.000001}
# Of tokio's `fs`, for a method of a path: what is asked, and what is made of the answer.
_OF_PATHS = {
    b"exists": (b"try_exists", b".unwrap_or(false)"),
    b"try_exists": (b"try_exists", b""),
    b"is_file": (b"metadata", b".is_ok_and(|found| found.is_file())"),
    b"is_dir": (b"metadata", b".is_ok_and(|found| found.is_dir())"),
    b"is_symlink": (b"symlink_metadata", b".is_ok_and(|found| found.is_symlink())"),
    b"metadata": (b"metadata", b""),
    b"symlink_metadata": (b"symlink_metadata", b""),
    b"canonicalize": (b"canonicalize", b""),
    b"read_link": (b"read_link", b""),
}
_BEFORE_IS_OK_AND = {
    b".is_ok_and(|found| found.%b())" % asked: b".map(|found| found.%b()).unwrap_or(false)" % asked
    for asked in (b"is_file", b"is_dir", b"is_symlink")
}
_PATHS = frozenset({"std::path::Path", "std::path::PathBuf", "std::sync::Arc", "std::boxed::Box"})
# What a command is told before it is run, by std's and tokio's builder alike.
_BUILDING = frozenset(
    b"arg args env envs env_remove env_clear current_dir stdin stdout stderr".split()
)
_AWAITED = {
    b"blocking_lock": b"lock",
    b"blocking_lock_owned": b"lock_owned",
    b"blocking_read": b"read",
    b"blocking_read_owned": b"read_owned",
    b"blocking_write": b"write",
    b"blocking_write_owned": b"write_owned",
    b"blocking_recv": b"recv",
    b"blocking_recv_many": b"recv_many",
    b"blocking_send": b"send",
}


@dataclass(frozen=True, slots=True)
class Twin:
    """The edits that make one call async. ``feature`` of tokio is needed for it, ``name`` is what is called
    then. ``look``: what a person has to look at, "" for nothing."""

    edits: tuple[Edit, ...]
    feature: str
    name: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Tokio:
    """How tokio is called in the package, and may ``Result::is_ok_and`` (Rust 1.70) be used?"""

    crate: bytes = b"tokio"
    has_is_ok_and: bool = True


TypeAt = Callable[[Span], Type | None]


def twin(op: Operation, type_at: TypeAt, tokio: Tokio) -> Twin | str | None:
    """The twin of ``op``; in words why it has none that fits, None where it has none at all."""
    if op.blocking.wait is Wait.DISK and op.receiver is not None:
        return _of_path(op, op.receiver, type_at, tokio)
    if op.blocking.wait is Wait.PROCESS and op.receiver is not None:
        return _of_command(op, op.receiver, tokio)
    if op.name in _AWAITED and op.receiver is not None:
        return _renamed(op, op.receiver, type_at)
    if op.blocking.wait is Wait.FUTURE:
        return _future(op, type_at)
    if op.name == b"to_socket_addrs" and op.receiver is not None:
        return _look_up(op, op.receiver, type_at, tokio)
    return _of_function(op, tokio) if op.receiver is None else None


def _of_function(op: Operation, tokio: Tokio) -> Twin | str | None:
    source, called = op.source, call_of(op.node)
    path = op.blocking.twin.encode()
    if op.name == b"exists":
        path = b"tokio::fs::try_exists"
    if called is None or not path:
        return None
    if called.turbofish is not None:
        return "its generic arguments are written, and the async twin has others"
    if op.blocking.wait is Wait.SLEEP:
        known = _milliseconds(b"".join(source.text(n) for n in called.arguments))
        if known is not None and known < _SHORTEST:
            return (
                f"it sleeps {known:g} ms, and tokio's timer has steps of one and lets others run first: a "
                "shorter wait may become several times as long"
            )
    edits = (
        Edit(op.site.path, *_ends(called.callee), _in(path, tokio)),
        Edit(op.site.path, op.node.end_byte, op.node.end_byte, b".await"),
    )
    feature = "time" if op.blocking.wait is Wait.SLEEP else "fs"
    return Twin(edits, feature, path.decode())


def _in(path: bytes, tokio: Tokio) -> bytes:
    return tokio.crate + path.removeprefix(b"tokio")


def _milliseconds(text: bytes) -> float | None:
    hit = _DURATION.fullmatch(b"".join(text.split()))
    return float(hit[2].replace(b"_", b"")) * _MILLIS[hit[1]] if hit else None


def _of_path(op: Operation, receiver: Node, type_at: TypeAt, tokio: Tokio) -> Twin | str | None:
    known, given = _OF_PATHS.get(op.name), _lent(op.source, receiver, type_at)
    if known is None:
        return None
    if given is None:
        return (
            f"`{op.source.quoted(span_of(receiver))}` is no path by itself, and leads to one only"
        )
    asked, tail = known
    if not tokio.has_is_ok_and:
        tail = _BEFORE_IS_OK_AND.get(tail, tail)
    text = _in(b"tokio::fs::" + asked, tokio) + b"(" + given + b").await" + tail
    name = f"tokio::fs::{asked.decode()}"
    return Twin((Edit(op.site.path, *_ends(op.node), text),), "fs", name)


def _ends(node: Node) -> tuple[int, int]:
    return node.start_byte, node.end_byte


def _lent(source: Source, receiver: Node, type_at: TypeAt) -> bytes | None:
    """The receiver as an argument that is ``AsRef<Path>``: as it is where it is a reference or a value that
    nobody else has, else borrowed."""
    type_ = type_at(span_of(receiver))
    if type_ is None:
        return None
    count, base = type_.behind_refs()
    if key_of(base.name) not in _PATHS or (base.args and key_of(base.args[0].name) not in _PATHS):
        return None
    text = source.text(receiver)
    if count or receiver.type == "call_expression":
        return text
    return b"&" + text


def _of_command(op: Operation, receiver: Node, tokio: Tokio) -> Twin | str | None:
    """``Command::new(..).arg(..).output()``: the same of tokio's, where all of it is one chain."""
    source = op.source
    told = dict(_built(source, receiver))
    head = told.get(b"new")
    called = call_of(head) if head is not None else None
    if called is None or not told.keys() <= _BUILDING | {b"new"}:
        return None
    if op.name == b"output" and told.keys() & {b"stdout", b"stderr"}:
        return "its output is sent elsewhere, which tokio's `output()` would undo"
    edits = [
        Edit(
            op.site.path,
            *_ends(called.callee),
            _in(b"tokio::process::Command::new", tokio),
        ),
        Edit(op.site.path, op.node.end_byte, op.node.end_byte, b".await"),
    ]
    if op.name == b"output" and b"stdin" not in told:  # std gives it none, tokio its own
        at = receiver.end_byte
        edits.append(Edit(op.site.path, at, at, b".stdin(std::process::Stdio::null())"))
    look = "a task that is dropped meanwhile leaves the process running"
    return Twin(tuple(sorted(edits)), "process", "tokio::process::Command", look)


def _built(source: Source, node: Node) -> Iterator[tuple[bytes, Node]]:
    """The calls of a chain, from its end to ``Command::new``."""
    current = node
    while (method := method_call(source, current)) is not None:
        yield method.method, current
        current = method.receiver
    called = call_of(current)
    path = b"".join(source.text(called.callee).split()) if called is not None else b""
    if path.endswith(b"Command::new"):
        yield b"new", current
    else:
        yield b"", current


def _renamed(op: Operation, receiver: Node, type_at: TypeAt) -> Twin | str | None:
    type_ = type_at(span_of(receiver))
    called = call_of(op.node)
    if type_ is None or called is None:
        return None
    if any("oneshot" in step.name for step in type_.deref_chain()):
        edit = Edit(op.site.path, receiver.end_byte, op.node.end_byte, b".await")
        return Twin((edit,), "", "an await", _PANICS)
    at = called.callee.end_byte - len(op.name)
    edits = (
        Edit(op.site.path, at, called.callee.end_byte, _AWAITED[op.name]),
        Edit(op.site.path, op.node.end_byte, op.node.end_byte, b".await"),
    )
    return Twin(edits, "", _AWAITED[op.name].decode(), _PANICS)


_PANICS = "on a thread of tokio's this panics today: so it runs elsewhere, or never"


def _future(op: Operation, type_at: TypeAt) -> Twin | str | None:
    """``block_on(f)``: ``f.await``."""
    arguments = arguments_of(op.node)
    if len(arguments) != 1:
        return None
    if op.receiver is not None:
        type_ = type_at(span_of(op.receiver))
        if type_ is None or not any(step.last == "Handle" for step in type_.deref_chain()):
            return "it runs on a runtime of its own, which what it waits for may need"
    text = op.source.text(arguments[0])
    future = (
        text
        if arguments[0].type in ("call_expression", "identifier", "async_block")
        else b"(" + text + b")"
    )
    return Twin((Edit(op.site.path, *_ends(op.node), future + b".await"),), "", "an await", _PANICS)


def _look_up(op: Operation, receiver: Node, type_at: TypeAt, tokio: Tokio) -> Twin | None:
    type_ = type_at(span_of(receiver))
    if type_ is None:
        return None
    text = op.source.text(receiver)
    count, base = type_.behind_refs()
    owned = not count and base.kind == "path"
    given = (
        text
        if not owned or receiver.type in ("call_expression", "macro_invocation")
        else b"&" + text
    )
    if base.kind == "path" and base.last == "String" and (count or given.startswith(b"&")):
        given = text + b".as_str()"
    made = _in(b"tokio::net::lookup_host", tokio) + b"(" + given + b").await"
    edit = Edit(op.site.path, *_ends(op.node), made)
    return Twin((edit,), "net", "tokio::net::lookup_host")
