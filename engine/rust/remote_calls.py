"""Whether awaiting a call waits for somebody far away: a server, a database, a disk.

By the types that rustc tells of what methods are called on, by the paths of functions, and through the functions
of the workspace that are called. Not answered: foreign functions that are not known here.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.imports import full_paths
from engine.rust.known_types import key_of
from engine.rust.nodes import awaited, call_of, callee_name, method_call
from engine.rust.started_work import reached
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.types import Type

# Clients that many may use at once, through a shared reference.
_SHARED = frozenset(
    {
        "reqwest::Client",
        "hyper_util::Client",
        "hyper::Client",
        "sqlx::Pool",
        "sqlx_core::Pool",
        "deadpool_postgres::Pool",
        "tokio_postgres::Client",
        "bb8::Pool",
        "aws_sdk_s3::Client",
        "aws_sdk_dynamodb::Client",
        "mongodb::Collection",
        "mongodb::Client",
        "kube::Api",
        "octocrab::Octocrab",
    }
)
_PATHS = (
    b"tokio::fs::",
    b"tokio::net::lookup_host",
    b"reqwest::get",
    b"tokio::net::TcpStream::connect",
)
_ASKING = frozenset(
    b"""send execute fetch fetch_one fetch_all fetch_optional query query_one query_opt query_raw request call
    get_object put_object lookup_ip lookup_host connect json text bytes""".split()
)


def shares_client(type_: Type) -> bool:
    """Is it a client that many may use at once, or what it makes?"""
    return any(step.kind == "path" and key_of(step.name) in _SHARED for step in type_.deref_chain())


def is_remote(
    source: Source, call: Node, calls: Calls, type_at: Callable[[Span], Type | None]
) -> bool:
    """Does awaiting ``call`` ask somebody far away?"""
    method = method_call(source, call)
    while method is not None:
        type_ = type_at(span_of(method.receiver))
        if type_ is not None and shares_client(type_):
            return True
        method = method_call(source, method.receiver)
    for place, body in reached(source, call, calls):
        inside = [call] if body == call else map(awaited, walk_all(place, body))
        if any(each is not None and _asks(place, each) for each in inside):
            return True
    return False


def _asks(source: Source, call: Node) -> bool:
    called, name = call_of(call), callee_name(call)
    if called is None or name is None:
        return False
    if method_call(source, call) is not None:
        return source.text(name) in _ASKING
    paths = full_paths(source, called.callee, source.text(called.callee))
    return any(path.startswith(_PATHS) for path in paths)
