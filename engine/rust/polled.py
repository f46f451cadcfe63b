"""What runs a place: the poll of a future, a thread that may block, or whoever calls the function.

Answered from syntax, for the innermost body around a node. An async fn, block or closure, or a ``stream!``,
is *polled*: what blocks there keeps a runtime's thread. A closure that is given to ``spawn_blocking``, a
thread or rayon is *offloaded*. Any other closure runs where it is called: in async code mostly at once
(``map``, ``unwrap_or_else``), but there nothing can be awaited. ``poll`` methods and ``Service::call`` are
polled too, and cannot await. Not answered: who calls a plain function (``engine.rust.calls``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from engine.rust.context import in_test_code, runs_once
from engine.rust.item_nodes import name_of, trait_of
from engine.rust.nodes import call_around, callee_name, last_name
from engine.rust.suspension import is_stream
from engine.rust.syntax import FUNCTIONS, Source, is_async


class Runs(StrEnum):
    """Who runs a place."""

    POLLED = "polled"  # a future's body: an await may stand there
    CLOSURE = "closure"  # a plain closure in a future's body
    POLL = "poll"  # a method that is polled itself
    OFFLOADED = "offloaded"  # a thread that may block
    CALLED = "called"  # a plain function, or a closure in one


@dataclass(frozen=True, slots=True)
class Running:
    """Who runs a place, and the ``body`` that says so: the future (an async fn, block or closure, a
    ``stream!``) for POLLED and CLOSURE, the closure that is given away for OFFLOADED, else the ``fn``;
    None outside of functions. ``closure`` is the plain closure of CLOSURE."""

    runs: Runs
    body: Node | None
    closure: Node | None = None


# Besides `spawn*`: tokio, rayon, actix-web, blocking, deadpool, tokio-rusqlite, rocket's databases.
_OFFLOADING = re.compile(
    rb"(?:\w*_)?spawn(?:_\w+)?|block_in_place|install|unblock|asyncify|run_blocking|blocking|block"
    rb"|interact|call|join"
)
_POLL_TRAITS = frozenset(
    b"Future Stream Sink AsyncRead AsyncWrite AsyncBufRead AsyncSeek Service Body".split()
)
# What they are given runs once, later or elsewhere, and is asked for again never.
_ONCE = re.compile(
    rb"get_or_(?:try_)?init(?:_with)?|call_once(?:_force)?|LazyLock::new|Lazy::new|LazyCell::new"
)

Wraps = Callable[[Node], bool]


def _never(_: Node) -> bool:
    return False


def running(source: Source, node: Node, wraps: Wraps = _never) -> Running:
    """Who runs ``node``. ``wraps`` tells of a call whether it hands its closure to a thread that may block,
    beside those that are known by their names (a helper of the workspace around ``spawn_blocking``)."""
    closure: Node | None = None
    for ancestor in source.ancestors(node):
        if is_stream(source, ancestor):
            return Running(Runs.CLOSURE if closure else Runs.POLLED, ancestor, closure)
        if ancestor.type not in FUNCTIONS:
            continue
        if is_async(ancestor):
            return Running(Runs.CLOSURE if closure else Runs.POLLED, ancestor, closure)
        if ancestor.type == "closure_expression":
            call = call_around(ancestor)
            if call is not None and (_offloads(source, call) or wraps(call)):
                return Running(Runs.OFFLOADED, ancestor)
            closure = closure or ancestor
            continue
        return Running(Runs.POLL if _is_polled(source, ancestor) else Runs.CALLED, ancestor)
    return Running(Runs.CALLED, None)


def is_cold(source: Source, node: Node) -> bool:
    """Does ``node`` run in tests alone, once at the start, or where a value is made once?"""
    return in_test_code(source, node) or made_once(source, node) or runs_once(source, node)


def made_once(source: Source, node: Node) -> bool:
    """Does ``node`` stand in a closure that makes a value once (``get_or_init``, ``LazyLock::new``), in this
    function or outside of functions?"""
    for ancestor in source.ancestors(node):
        if ancestor.type == "function_item":
            return False
        call = call_around(ancestor) if ancestor.type in FUNCTIONS else None
        name = callee_name(call) if call is not None else None
        if call is None or name is None:
            continue
        text = b"".join(source.text(call).partition(b"(")[0].split())
        if _ONCE.fullmatch(source.text(name)) or _ONCE.search(text):
            return True
    return False


def _offloads(source: Source, call: Node) -> bool:
    name = callee_name(call)
    return name is not None and _OFFLOADING.fullmatch(source.text(name)) is not None


def _is_polled(source: Source, function: Node) -> bool:
    named = name_of(function)
    name = source.text(named) if named is not None else b""
    if name == b"poll" or name.startswith(b"poll_"):
        return True
    holder = source.enclosing(function, ("impl_item",))
    trait = trait_of(holder) if holder is not None else None
    return trait is not None and name == b"call" and last_name(source, trait) in _POLL_TRAITS
