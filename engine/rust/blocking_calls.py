"""Calls that keep their thread waiting: for a disk, a process, a peer, another thread, a clock, or for a
computation that takes its time on purpose. What else the thread should run stands still meanwhile.

Told by the function that rustc names, or by the receiver's type and the method's name; ``may_block`` tells by
names alone where it is worth to ask. Tables after the documentation of std (1.95), tokio 1.54, reqwest 0.12
and the other crates named here. Not counted: what waits for a moment only (a lock that is free mostly,
``print!``, making a socket that is not connected), and what a function of the workspace does inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.rust.known_types import key_of
from engine.rust.types import Type


class Wait(StrEnum):
    """What a blocking call waits for, in words for the user."""

    DISK = "the disk"
    SLEEP = "a clock"
    PROCESS = "another process"
    NETWORK = "the network"
    THREAD = "another thread"
    CHANNEL = "a message of another thread"
    FUTURE = "a future"
    LOCK = "an async lock"
    COMPUTING = "a computation that is slow on purpose"
    DATABASE = "a database"
    INPUT = "the standard input"


@dataclass(frozen=True, slots=True)
class Blocking:
    """A call that blocks. ``reads``: it changes nothing that others see. ``twin`` is the path, with its crate,
    of a function that does the same without blocking: same arguments, and its result, awaited, is of the
    same type; "" where there is none."""

    wait: Wait
    reads: bool = False
    twin: str = ""


# What tokio::fs has under the same name, with the same result and error (tokio 1.54). The second list
# changes what is on disk.
_FS_READS = "read read_to_string metadata symlink_metadata canonicalize read_link"
_FS_WRITES = (
    "write copy rename hard_link set_permissions create_dir create_dir_all remove_dir remove_dir_all"
    " remove_file"
)
_FUNCTIONS: Mapping[str, Blocking] = {
    **{
        f"std::fs::{name}": Blocking(Wait.DISK, True, f"tokio::fs::{name}")
        for name in _FS_READS.split()
    },
    **{
        f"std::fs::{name}": Blocking(Wait.DISK, False, f"tokio::fs::{name}")
        for name in _FS_WRITES.split()
    },
    "std::os::unix::fs::symlink": Blocking(Wait.DISK, False, "tokio::fs::symlink"),
    "std::fs::exists": Blocking(Wait.DISK, True),
    "std::fs::read_dir": Blocking(Wait.DISK, True),
    "std::fs::File::open": Blocking(Wait.DISK, True),
    "std::fs::File::create": Blocking(Wait.DISK),
    "std::fs::File::create_new": Blocking(Wait.DISK),
    "std::thread::sleep": Blocking(Wait.SLEEP, True, "tokio::time::sleep"),
    "std::thread::park": Blocking(Wait.THREAD),
    "std::net::TcpStream::connect": Blocking(Wait.NETWORK),
    "std::net::TcpStream::connect_timeout": Blocking(Wait.NETWORK),
    "std::io::read_to_string": Blocking(Wait.DISK),
    "std::io::copy": Blocking(Wait.DISK),
    **dict.fromkeys(
        (
            "futures_executor::block_on",
            "futures::executor::block_on",
            "pollster::block_on",
            "async_std::task::block_on",
            "smol::block_on",
            "futures_lite::future::block_on",
            "async_io::block_on",
        ),
        Blocking(Wait.FUTURE),
    ),
    **dict.fromkeys(
        (
            "bcrypt::hash",
            "bcrypt::verify",
            "bcrypt::hash_with_salt",
            "bcrypt::hash_with_result",
            "scrypt::scrypt",
            "pbkdf2::pbkdf2_hmac",
            "pbkdf2::pbkdf2_hmac_array",
            "pbkdf2::pbkdf2",
        ),
        Blocking(Wait.COMPUTING, True),
    ),
    "reqwest::blocking::get": Blocking(Wait.NETWORK),
}

_PATH_READS = "exists try_exists is_file is_dir is_symlink metadata symlink_metadata canonicalize"
_DISK_READ, _DISK_WRITE = Blocking(Wait.DISK, True), Blocking(Wait.DISK)
_STREAM_READS = "read read_exact read_to_end read_to_string read_vectored read_until read_line"
_STREAM_WRITES = "write write_all write_fmt write_vectored flush"


def _methods(types: Iterable[str], names: str, found: Blocking) -> dict[tuple[str, str], Blocking]:
    return {(type_, name): found for type_ in types for name in names.split()}


# By the type that has the method (``key_of``), references and smart pointers in front looked through.
_METHODS: Mapping[tuple[str, str], Blocking] = {
    **_methods(("std::path::Path",), f"{_PATH_READS} read_dir read_link", _DISK_READ),
    **_methods(("std::fs::DirEntry",), "metadata file_type", _DISK_READ),
    **_methods(("std::fs::OpenOptions",), "open", _DISK_WRITE),
    **_methods(("std::fs::File",), "metadata", _DISK_READ),
    **_methods(
        ("std::fs::File",),
        f"{_STREAM_READS} {_STREAM_WRITES} sync_all sync_data set_len set_permissions lock"
        " lock_shared unlock",
        _DISK_WRITE,
    ),
    **_methods(("std::process::Command",), "output status", Blocking(Wait.PROCESS)),
    **_methods(("std::process::Child",), "wait wait_with_output", Blocking(Wait.PROCESS)),
    **_methods(
        ("std::net::TcpStream", "std::os::unix::net::UnixStream"),
        f"{_STREAM_READS} {_STREAM_WRITES} peek",
        Blocking(Wait.NETWORK),
    ),
    **_methods(
        ("std::net::UdpSocket", "std::os::unix::net::UnixDatagram"),
        "recv recv_from peek peek_from send send_to",
        Blocking(Wait.NETWORK),
    ),
    **_methods(
        ("std::net::TcpListener", "std::os::unix::net::UnixListener"),
        "accept incoming into_incoming",
        Blocking(Wait.NETWORK),
    ),
    **_methods(("str", "std::string::String"), "to_socket_addrs", Blocking(Wait.NETWORK, True)),
    **_methods(
        ("std::thread::JoinHandle", "std::thread::ScopedJoinHandle"), "join", Blocking(Wait.THREAD)
    ),
    **_methods(
        ("std::sync::Condvar", "parking_lot::Condvar"),
        "wait wait_while wait_timeout wait_timeout_ms wait_timeout_while wait_for wait_until",
        Blocking(Wait.THREAD),
    ),
    **_methods(("std::sync::Barrier",), "wait", Blocking(Wait.THREAD)),
    **_methods(
        ("std::sync::mpsc::Receiver", "crossbeam_channel::Receiver", "flume::Receiver"),
        "recv recv_timeout recv_deadline",
        Blocking(Wait.CHANNEL),
    ),
    **_methods(("std::sync::mpsc::SyncSender",), "send", Blocking(Wait.CHANNEL)),
    **_methods(("std::io::Stdin", "std::io::StdinLock"), _STREAM_READS, Blocking(Wait.INPUT)),
    **_methods(("tokio::Mutex",), "blocking_lock blocking_lock_owned", Blocking(Wait.LOCK)),
    **_methods(
        ("tokio::RwLock",),
        "blocking_read blocking_write blocking_read_owned blocking_write_owned",
        Blocking(Wait.LOCK),
    ),
    **_methods(
        ("tokio::Receiver", "tokio::UnboundedReceiver"),
        "blocking_recv blocking_recv_many",
        Blocking(Wait.CHANNEL),
    ),
    **_methods(("tokio::Sender",), "blocking_send", Blocking(Wait.CHANNEL)),
    **_methods(("tokio::Runtime", "tokio::Handle"), "block_on", Blocking(Wait.FUTURE)),
    **_methods(
        ("argon2::Argon2",),
        "hash_password hash_password_into verify_password",
        Blocking(Wait.COMPUTING, True),
    ),
    **_methods(
        ("rusqlite::Connection", "rusqlite::Transaction"),
        "execute execute_batch query_row query_row_and_then query_one",
        Blocking(Wait.DATABASE),
    ),
    **_methods(
        ("rusqlite::Statement", "rusqlite::CachedStatement"),
        "execute query_row query_one",
        Blocking(Wait.DATABASE),
    ),
    **_methods(
        ("postgres::Client", "postgres::Transaction"),
        "execute query query_one query_opt batch_execute simple_query commit",
        Blocking(Wait.DATABASE),
    ),
}
# Of reqwest's two `RequestBuilder`s one blocks: by its whole path.
_BY_MODULE = {
    ("reqwest::blocking::", "send"): Blocking(Wait.NETWORK),
    ("reqwest::blocking::", "execute"): Blocking(Wait.NETWORK),
    ("ureq::", "call"): Blocking(Wait.NETWORK),
    ("ureq::", "send"): Blocking(Wait.NETWORK),
    ("ureq::", "send_json"): Blocking(Wait.NETWORK),
    ("ureq::", "send_string"): Blocking(Wait.NETWORK),
    ("ureq::", "send_form"): Blocking(Wait.NETWORK),
    ("ureq::", "send_empty"): Blocking(Wait.NETWORK),
}
# They read from, or write to, what they hold.
_BUFFERED = frozenset(
    {"std::io::BufReader", "std::io::BufWriter", "std::io::LineWriter", "std::io::Take"}
    | {"std::io::Lines", "std::io::Bytes", "std::io::Chain"}
)
_STREAMING = frozenset(f"{_STREAM_READS} {_STREAM_WRITES} lines split bytes next".split())
# Going over one reads on.
_ITERATORS = {
    "std::fs::ReadDir": Blocking(Wait.DISK, True),
    "walkdir::WalkDir": Blocking(Wait.DISK, True),
    "walkdir::IntoIter": Blocking(Wait.DISK, True),
    "std::sync::mpsc::Receiver": Blocking(Wait.CHANNEL),
    "std::sync::mpsc::Iter": Blocking(Wait.CHANNEL),
    "std::net::Incoming": Blocking(Wait.NETWORK),
}

_FUNCTION_NAMES = frozenset(path.rpartition("::")[2].encode() for path in _FUNCTIONS)
_METHOD_NAMES = frozenset(name.encode() for _, name in (*_METHODS, *_BY_MODULE)) | {b"lines"}


def is_blocking_name(name: bytes, method: bool) -> bool:
    """May a call of this name, a ``method`` (``x.name(..)``) or a function, be one that blocks?"""
    return name in (_METHOD_NAMES if method else _FUNCTION_NAMES)


def blocking_names() -> frozenset[bytes]:
    """The names of all functions and methods that may block."""
    return _FUNCTION_NAMES | _METHOD_NAMES


def blocking_function(path: str) -> Blocking | None:
    """Does the function with this path, as rustc prints it without generics, block?"""
    head, _, rest = path.partition("::")
    return _FUNCTIONS.get(f"std::{rest}" if head in ("core", "alloc") else path)


def blocking_method(receiver: Type, name: str) -> Blocking | None:
    """Does the method ``name`` block, called on ``receiver``? (A tuple of a host's name and a port is
    looked up as a text is.)"""
    if name == "to_socket_addrs" and receiver.behind_refs()[1].kind == "tuple":
        parts = receiver.behind_refs()[1].args
        return blocking_method(parts[0], name) if parts else None
    for step in receiver.deref_chain():
        if step.kind != "path":
            continue
        found = _METHODS.get((key_of(step.name), name))
        if found is not None:
            return found
        for (module, method), told in _BY_MODULE.items():
            if method == name and step.name.startswith(module):
                return told
        if key_of(step.name) in _BUFFERED and name in _STREAMING and step.args:
            return blocking_stream(step.args[0])
    return None


def blocking_stream(type_: Type) -> Blocking | None:
    """Does it block to read from, or write to, a value of this type: a file, a connection, the standard
    input, or what reads one of them by pieces?"""
    for step in type_.deref_chain():
        key = key_of(step.name)
        if step.kind == "path" and key in _BUFFERED and step.args:
            return blocking_stream(step.args[0])
        found = _METHODS.get((key, "write_all")) or _METHODS.get((key, "read_to_end"))
        if found is not None:
            return found
    return None


def blocking_items(type_: Type) -> Blocking | None:
    """Does it block to go over a value of this type, item by item?"""
    for step in type_.deref_chain():
        if step.kind == "path" and key_of(step.name) in _ITERATORS:
            return _ITERATORS[key_of(step.name)]
        if step.kind == "path" and key_of(step.name) in _BUFFERED and step.args:
            return blocking_stream(step.args[0])
    return None
