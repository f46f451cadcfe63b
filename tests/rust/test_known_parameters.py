"""What takes references as well: by the paths that rustc prints, and by names where there are none."""

from __future__ import annotations

import pytest

from engine.rust.known_parameters import (
    may_take_as_ref,
    method_may_take_as_ref,
    method_takes_as_ref,
    sends_by_reference,
    takes_as_ref,
)
from engine.rust.type_parser import parse


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        ("std::fs::read_to_string", True),
        ("tokio::net::TcpStream::connect", True),
        ("std::process::Command::new", True),
        ("app::fs::read", False),
        ("std::string::String::from", False),
    ],
)
def test_functions_by_their_path(path: str, takes: bool) -> None:
    assert takes_as_ref(path) is takes


@pytest.mark.parametrize(
    ("callee", "may"),
    [
        (b"fs::read", True),
        (b"std::fs::read", True),
        (b"File::open", True),
        (b"net::lookup_host", True),
        (b"TcpStream :: connect", True),
        (b"read", False),
        (b"offs::read", False),
        (b"lookup_hosts", False),
    ],
)
def test_functions_by_how_they_are_called(callee: bytes, may: bool) -> None:
    assert may_take_as_ref(callee) is may


@pytest.mark.parametrize(
    ("owner", "method", "takes"),
    [
        ("std::path::PathBuf", b"push", True),
        ("&std::path::PathBuf", b"join", True),
        ("std::path::Path", b"push", False),
        ("alloc::boxed::Box<std::path::PathBuf>", b"push", True),
        ("tokio::process::Command", b"arg", True),
        ("tokio::fs::OpenOptions", b"open", True),
        ("app::PathBuf", b"push", False),
        ("std::vec::Vec<u8>", b"push", False),
    ],
)
def test_methods_by_the_type_they_are_of(owner: str, method: bytes, takes: bool) -> None:
    assert method_takes_as_ref(parse(owner), method) is takes
    assert not takes or method_may_take_as_ref(method)


@pytest.mark.parametrize("method", [b"insert", b"extend", b"send"])
def test_methods_that_none_of_the_types_has(method: bytes) -> None:
    assert not method_may_take_as_ref(method)


@pytest.mark.parametrize(
    ("sender", "method", "shares"),
    [
        ("tokio::sync::mpsc::Sender<u8>", b"send", True),
        ("std::sync::mpsc::SyncSender<u8>", b"try_send", True),
        ("flume::Sender<u8>", b"send_async", True),
        ("tokio::sync::mpsc::Sender<u8>", b"reserve_owned", False),
        ("futures_channel::mpsc::Sender<u8>", b"try_send", False),
        ("app::Sender<u8>", b"send", False),
    ],
)
def test_senders_that_need_no_copy(sender: str, method: bytes, shares: bool) -> None:
    assert sends_by_reference(parse(sender), method) is shares
