"""Which functions and methods of std, tokio and the channel crates do as well with a reference to
what they are given: tables by the full paths that rustc prints.

``impl AsRef<..>`` and ``impl ToSocketAddrs`` in their documentation. What a function of the workspace
takes is asked of ``signatures``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.rust.known_types import key_of

if TYPE_CHECKING:
    from engine.rust.types import Type

_FUNCTIONS = (
    "std::fs::",
    "tokio::fs::",
    "std::net::TcpStream::connect",
    "std::net::TcpListener::bind",
    "std::net::UdpSocket::bind",
    "tokio::net::TcpStream::connect",
    "tokio::net::TcpListener::bind",
    "tokio::net::UdpSocket::bind",
    "tokio::net::lookup_host",
    "std::process::Command::new",
    "tokio::process::Command::new",
)
# How such a function may be called in the source, whatever its path turns out to be.
_CALLEE = re.compile(rb"\b(?:fs|File|TcpStream|TcpListener|UdpSocket|Command)\s*::|\blookup_host\Z")
_METHODS: Mapping[str, frozenset[bytes]] = {
    "std::path::PathBuf": frozenset(
        b"join push starts_with ends_with with_file_name with_extension set_file_name"
        b" set_extension strip_prefix".split()
    ),
    "std::path::Path": frozenset(
        b"join starts_with ends_with with_file_name with_extension strip_prefix".split()
    ),
    **dict.fromkeys(
        ("std::process::Command", "tokio::Command"),
        frozenset(b"arg args env current_dir".split()),
    ),
    **dict.fromkeys(("std::fs::OpenOptions", "tokio::OpenOptions"), frozenset({b"open"})),
    **dict.fromkeys(("std::net::UdpSocket", "tokio::UdpSocket"), frozenset({b"connect"})),
    **dict.fromkeys(("std::fs::DirBuilder", "tokio::DirBuilder"), frozenset({b"create"})),
}
_METHOD_NAMES = frozenset[bytes]().union(*_METHODS.values())
# Crates whose senders take `&self`; those of `futures` have a slot for each clone.
_SENDERS = frozenset({"tokio", "std", "crossbeam_channel", "flume", "async_channel", "kanal"})
_SENDING = frozenset(
    b"send try_send send_async send_timeout blocking_send is_closed capacity subscribe".split()
)


def takes_as_ref(path: str) -> bool:
    """Does the function that rustc prints as ``path`` take anything that can be seen as a reference?"""
    return path.startswith(_FUNCTIONS)


def may_take_as_ref(callee: bytes) -> bool:
    """As :func:`takes_as_ref`, by what is called as it is written, where no type is known yet."""
    return _CALLEE.search(callee) is not None


def method_takes_as_ref(owner: Type, method: bytes) -> bool:
    """Does ``method`` of an ``owner``, or of what it derefs to, take anything that can be seen as a
    reference?"""
    keys = (key_of(step.name) for step in owner.deref_chain())
    return any(method in _METHODS.get(key, ()) for key in keys)


def method_may_take_as_ref(method: bytes) -> bool:
    """As :func:`method_takes_as_ref`, by the method's name alone."""
    return method in _METHOD_NAMES


def sends_by_reference(sender: Type, method: bytes) -> bool:
    """Is ``method`` one with which ``sender``, a channel's, needs ``&self`` only?"""
    return method in _SENDING and sender.name.partition("::")[0] in _SENDERS
