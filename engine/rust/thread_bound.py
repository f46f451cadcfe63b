"""Code that means something else on another thread, or outside of its task.

Asked of code that is to run elsewhere. It is bound where it uses a static of which each thread or each task has
its own, starts a task on its own thread (``spawn_local``), asks which task or thread it is, or parks the thread:
by itself, or through functions of the workspace that it calls or hands on by their names. A method of unknown
type may be any of that name. Not seen: what operators, ``Display``, ``Deref`` and ``Drop`` of the workspace do,
and what other crates do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.files import Files
from engine.rust.imports import full_paths
from engine.rust.item_nodes import name_of
from engine.rust.items import Items
from engine.rust.nodes import arguments_of, callee_name, callee_of
from engine.rust.syntax import Source, is_async, span_of, walk_all
from engine.rust.thread_locals import thread_locals

_DEPTH = 4  # functions in functions that are looked into
# By their paths: of std, of tokio, and of the frameworks whose tasks stay on one thread.
_BOUND = re.compile(
    rb"(?:.*::)?spawn_local|std::thread::(?:current|park|park_timeout)|tokio::task::(?:try_)?id"
    rb"|(?:actix_rt|actix_web::rt|ntex::rt)::spawn"
    rb"|(?:actix|actix_rt|actix_web::rt|ntex::rt)::(?:System|Arbiter)::(?:try_)?current"
)
_NAMES = ("identifier", "scoped_identifier")


class ThreadBound:
    """Answers for a workspace."""

    def __init__(self, files: Files, items: Items, calls: Calls) -> None:
        self._files, self._items, self._calls = files, items, calls

    @cached_property
    def _statics(self) -> frozenset[bytes]:
        return thread_locals(self._files)

    def why(self, source: Source, nodes: Sequence[Node]) -> str:
        """What binds the code of ``nodes`` to its thread or its task, in words; "" for nothing."""
        seen: set[tuple[str, Span]] = set()
        pending = [(source, node, b"", 0) for node in nodes]
        while pending:
            place, node, through, depth = pending.pop(0)
            if found := self._itself(place, node):
                inside = f" (in `{through.decode('utf-8', 'replace')}`)" if through else ""
                return found + inside
            if depth == _DEPTH:
                continue
            for other, function in self._reached(place, node, sure=depth > 0):
                key = other.path, span_of(function)
                if key not in seen and not is_async(function):
                    seen.add(key)
                    named = name_of(function)
                    name = other.text(named) if named is not None else b""
                    pending.append((other, function, name, depth + 1))
        return ""

    def _itself(self, source: Source, node: Node) -> str:
        for each in walk_all(source, node):
            if each.type == "identifier" and source.text(each) in self._statics:
                return f"`{source.quoted(span_of(each))}` is another one on each thread"
            callee, name = callee_of(each), callee_name(each)
            if callee is None or name is None:
                continue
            text = source.text(callee if callee.type in _NAMES else name)
            paths = full_paths(source, callee, text) if callee.type in _NAMES else ()
            if any(_BOUND.fullmatch(path) for path in (*paths, b"".join(text.split()))):
                shown = source.quoted(span_of(callee if callee.type in _NAMES else name))
                return f"`{shown}` means its own task or thread"
        return ""

    def _reached(self, source: Source, node: Node, sure: bool) -> Iterator[tuple[Source, Node]]:
        for each in walk_all(source, node):
            name = callee_name(each)
            if name is not None:
                yield from self._calls.callees(source, name, sure=sure)
            for given in arguments_of(each):
                if given.type in _NAMES:
                    for item in self._items.resolve(source, given, source.text(given), "fn"):
                        yield self._items.open(item)
