"""Clients of the network that wait without an end unless they are told: which calls make one, and which limit of
time it can be given.

By the paths that rustc prints (reqwest 0.12, hyper 0.14 and hyper-util, tokio, async-std, tokio-tungstenite).
reqwest's blocking client gives up after thirty seconds by itself. Not answered: the limits of who answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.files import Files
from engine.rust.nodes import callee_name
from engine.rust.syntax import Source


class Client(StrEnum):
    """What waits."""

    REQWEST = "reqwest"
    HYPER = "hyper"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class _Path:
    crates: frozenset[str]
    ending: str
    client: Client


_REQWEST = frozenset({"reqwest"})
_PATHS = (
    *(
        _Path(_REQWEST, ending, Client.REQWEST)
        for ending in ("Client::new", "Client::builder", "ClientBuilder::new", "Client::default")
    ),
    _Path(_REQWEST, "reqwest::get", Client.REQWEST),
    *(
        _Path(frozenset({"hyper", "hyper_util"}), ending, Client.HYPER)
        for ending in ("Client::new", "Client::builder")
    ),
    _Path(frozenset({"tokio", "async_std"}), "TcpStream::connect", Client.CONNECTION),
    *(
        _Path(frozenset({"tokio_tungstenite"}), ending, Client.CONNECTION)
        for ending in (
            "::connect_async",
            "::connect_async_with_config",
            "::connect_async_tls_with_config",
        )
    ),
)
NAMES = frozenset(path.ending.rpartition("::")[2].encode() for path in _PATHS)
_TOLD = re.compile(rb"\.\s*(?:read_)?timeout\s*\(")
_ASKING = frozenset({b"send", b"execute", b"request", b"get"})


def client_of(path: str) -> Client | None:
    """Which client the function with this path makes, as rustc prints it without generics; or, by the imports
    of a file, as it is written."""
    crate = path.partition("::")[0]
    if "blocking" in path.split("::"):
        return None
    for known in _PATHS:
        if crate in known.crates and (
            path == known.ending or path.endswith(f"::{known.ending.removeprefix('::')}")
        ):
            return known.client
    return None


def is_told(files: Files, source: Source) -> bool:
    """Is a limit of time given to a client, or to a request, in a file that names reqwest, or in ``source``
    itself (``.timeout(..)``, ``.read_timeout(..)``)? Whose it is, is not asked."""
    if _TOLD.search(source.data):
        return True
    return any(_TOLD.search(other.data) for other in files.containing(b"reqwest"))


def requests(source: Source) -> Iterator[Node]:
    """The calls of a file that ask something of a client, by their names."""
    for hit in re.finditer(rb"\.\s*(?:send|execute|request)\s*\(", source.data):
        at = hit.end() - 1
        node = source.innermost(Span(at, at))
        call = (
            node if node.type == "call_expression" else source.enclosing(node, ("call_expression",))
        )
        name = callee_name(call) if call is not None else None
        if call is not None and name is not None and source.text(name) in _ASKING:
            yield call
