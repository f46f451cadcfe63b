"""Code that means something else on another thread, or outside of its task.

Asked of code that is to run elsewhere. It is bound where it uses a static of which each thread or each task has
its own, starts a task on its own thread (``spawn_local``), asks which task or thread it is, or parks the thread:
by itself, or through functions of the workspace that it calls or hands on by their names. A method of unknown
type may be any of that name; where values are shown, the ``fmt`` of each type of the workspace that is named there,
or that a value which is taken along has. Not seen: a derived ``Debug``, what operators, ``Deref`` and ``Drop`` of the
workspace do, and what other crates do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.codegen import identifiers
from engine.rust.definitions import Item
from engine.rust.files import Files
from engine.rust.format_macros import format_call
from engine.rust.imports import full_paths
from engine.rust.item_nodes import name_of
from engine.rust.items import FUNCTIONS, Items
from engine.rust.nodes import arguments_of, callee_name, callee_of
from engine.rust.syntax import Source, is_async, span_of, walk_all
from engine.rust.thread_locals import thread_locals
from engine.rust.types import Type

_DEPTH = 4  # functions in functions that are looked into
# By their paths: of std, of tokio, and of the frameworks whose tasks stay on one thread.
_BOUND = re.compile(
    rb"(?:.*::)?spawn_local|std::thread::(?:current|park|park_timeout)|tokio::task::(?:try_)?id"
    rb"|(?:actix_rt|actix_web::rt|ntex::rt)::spawn"
    rb"|(?:actix|actix_rt|actix_web::rt|ntex::rt)::(?:System|Arbiter)::(?:try_)?current"
)
_NAMES = ("identifier", "scoped_identifier")


Key = tuple[str, Span]


@dataclass(frozen=True)
class _Seen:
    """What was found in one piece of code: why it is bound by itself, what it calls, all words in it, and does
    it show values?"""

    why: str
    calls: tuple[tuple[Source, Node], ...]
    words: frozenset[bytes]
    shows: bool


class ThreadBound:
    """Answers for a workspace. What was found in its functions is kept."""

    def __init__(self, files: Files, items: Items, calls: Calls) -> None:
        self._files, self._items, self._calls = files, items, calls
        self._kept: dict[tuple[Key, bool], _Seen] = {}

    @cached_property
    def _statics(self) -> frozenset[bytes]:
        return thread_locals(self._files)

    @cached_property
    def _showing(self) -> tuple[Item, ...]:
        """What shows values of the workspace's own types."""
        return tuple(item for item in self._items.named(b"fmt", *FUNCTIONS) if item.of_trait)

    def why(self, source: Source, nodes: Sequence[Node], types: Iterable[Type] = ()) -> str:
        """What binds the code of ``nodes``, which uses values of ``types`` of what is around it, to its thread or
        its task, in words; "" for nothing."""
        names = {part.last.encode() for type_ in types for part in type_.walk()}
        shows, told = False, set[Key]()
        pending = [(source, node, 0) for node in nodes]
        while pending:
            place, node, depth = pending.pop(0)
            seen = self._seen(place, node, sure=depth > 0)
            if seen.why:
                named = name_of(node) if depth else None
                shown = place.quoted(span_of(named)) if named is not None else ""
                return seen.why + (f" (in `{shown}`)" if shown else "")
            names |= seen.words
            shows |= seen.shows
            called = list(seen.calls) if depth < _DEPTH else []
            if shows and not pending:
                called += (self._items.open(f) for f in self._showing if f.owner in names)
            for other, function in called:
                key = other.path, span_of(function)
                if key not in told and not is_async(function):
                    told.add(key)
                    pending.append((other, function, depth + 1))
        return ""

    def _seen(self, source: Source, node: Node, sure: bool) -> _Seen:
        key = (source.path, span_of(node)), sure
        if key not in self._kept:
            calls = tuple(self._reached(source, node, sure))
            shows = any(_shows(source, each) for each in walk_all(source, node))
            self._kept[key] = _Seen(
                self._itself(source, node), calls, identifiers(source.text(node)), shows
            )
        return self._kept[key]

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


def _shows(source: Source, node: Node) -> bool:
    """Is a value shown there by its ``Display`` or ``Debug``?"""
    if node.type == "macro_invocation":
        return format_call(source, node) is not None
    name = callee_name(node)
    return name is not None and source.text(name) == b"to_string"
