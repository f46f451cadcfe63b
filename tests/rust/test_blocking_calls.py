"""Which calls keep their thread waiting."""

from __future__ import annotations

import pytest

from engine.rust.blocking_calls import (
    Wait,
    blocking_function,
    blocking_items,
    blocking_method,
    blocking_stream,
    is_blocking_name,
)
from engine.rust.type_parser import parse


@pytest.mark.parametrize(
    ("path", "wait", "twin"),
    [
        ("std::fs::read", Wait.DISK, "tokio::fs::read"),
        ("std::fs::remove_dir_all", Wait.DISK, "tokio::fs::remove_dir_all"),
        ("std::fs::File::open", Wait.DISK, ""),
        ("std::thread::sleep", Wait.SLEEP, "tokio::time::sleep"),
        ("futures_executor::block_on", Wait.FUTURE, ""),
        ("bcrypt::verify", Wait.COMPUTING, ""),
        ("tokio::fs::read", None, ""),
        ("mine::fs::read", None, ""),
        ("std::fs::OpenOptions::new", None, ""),
    ],
)
def test_a_function_blocks_by_its_path(path: str, wait: Wait | None, twin: str) -> None:
    found = blocking_function(path)
    assert (found.wait if found else None, found.twin if found else "") == (wait, twin)


@pytest.mark.parametrize(
    ("type_", "method", "wait"),
    [
        ("&std::path::PathBuf", "exists", Wait.DISK),
        ("std::sync::Arc<std::path::Path>", "metadata", Wait.DISK),
        ("std::fs::Metadata", "is_dir", None),
        ("std::fs::FileType", "is_file", None),
        ("&mut std::process::Command", "output", Wait.PROCESS),
        ("tokio::process::Command", "output", None),
        ("std::process::Command", "spawn", None),
        ("std::thread::JoinHandle<()>", "join", Wait.THREAD),
        ("std::path::Path", "join", None),
        ("[std::string::String]", "join", None),
        ("std::sync::mpsc::Receiver<u8>", "recv", Wait.CHANNEL),
        ("tokio::sync::mpsc::Receiver<u8>", "recv", None),
        ("tokio::sync::mpsc::Receiver<u8>", "blocking_recv", Wait.CHANNEL),
        ("std::sync::Arc<tokio::sync::Mutex<u8>>", "blocking_lock", Wait.LOCK),
        ("tokio::runtime::Handle", "block_on", Wait.FUTURE),
        ("&str", "to_socket_addrs", Wait.NETWORK),
        ("(&str, u16)", "to_socket_addrs", Wait.NETWORK),
        ("(std::net::IpAddr, u16)", "to_socket_addrs", None),
        ("std::net::SocketAddr", "to_socket_addrs", None),
        ("reqwest::blocking::RequestBuilder", "send", Wait.NETWORK),
        ("reqwest::RequestBuilder", "send", None),
        ("std::fs::File", "read_to_end", Wait.DISK),
        ("std::io::BufReader<std::fs::File>", "read_line", Wait.DISK),
        ("std::io::BufReader<&[u8]>", "read_line", None),
        ("std::io::BufReader<std::net::TcpStream>", "lines", Wait.NETWORK),
        ("std::io::Stdin", "read_line", Wait.INPUT),
        ("std::io::Cursor<std::vec::Vec<u8>>", "read_to_end", None),
    ],
)
def test_a_method_blocks_by_its_receivers_type(type_: str, method: str, wait: Wait | None) -> None:
    found = blocking_method(parse(type_), method)
    assert (found.wait if found else None) == wait
    if found is not None:
        assert is_blocking_name(method.encode(), True)


def test_what_is_gone_over_item_by_item_may_block() -> None:
    def wait(text: str) -> Wait | None:
        found = blocking_items(parse(text))
        return found.wait if found else None

    assert wait("std::fs::ReadDir") is Wait.DISK
    assert wait("std::io::Lines<std::io::BufReader<std::fs::File>>") is Wait.DISK
    assert wait("std::io::Lines<std::io::BufReader<&[u8]>>") is None
    assert wait("std::vec::Vec<u8>") is None
    assert blocking_stream(parse("&mut std::io::BufWriter<std::fs::File>")) is not None
    assert blocking_stream(parse("std::vec::Vec<u8>")) is None


def test_reading_changes_nothing() -> None:
    read, write = blocking_function("std::fs::read"), blocking_function("std::fs::write")
    assert read is not None
    assert write is not None
    assert (read.reads, write.reads) == (True, False)
    assert not is_blocking_name(b"push", True)
    assert is_blocking_name(b"sleep", False)
