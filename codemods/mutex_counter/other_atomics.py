"""A lock's value used together with an atomic that the code already has.

While a value has its lock, whoever locks second sees all that came before the first one's unlock, the
code's own atomics included, whatever their orderings. A SeqCst atomic in the lock's place keeps that
only towards other SeqCst operations. What gets lost needs two places: one where the other atomic is
touched before the value, and one where the value is changed before the other atomic is touched (at
least one of the two touches being a write). Such a lock is left, and the atomic named.

Looked at are functions, with what they call where that can be told by name: ``self.name(..)``,
``Type::name(..)``, ``name(..)``, and a method's name that only one function of the workspace has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from tree_sitter import Node

from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.located import Located
from engine.base.model import Span
from engine.rust import nodes
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.thread_order import may_precede
from engine.rust.value_flow import value_of

_METHODS = re.compile(rb"load|store|swap|fetch_\w+|compare_exchange(?:_weak)?|compare_and_swap")
_ORDERING = re.compile(rb"(?<!\w)(?:Relaxed|Acquire|Release|AcqRel|SeqCst)(?!\w)")
_WEAK = re.compile(rb"(?<!\w)(?:Relaxed|Acquire|Release|AcqRel)(?!\w)")
_ACQUIRING = frozenset({b"Acquire", b"AcqRel", b"SeqCst"})
_RELEASING = frozenset({b"Release", b"AcqRel", b"SeqCst"})
_NAMES = frozenset({"identifier", "field_identifier"})
_DEPTH = 4


# Path and span of a lock call -> whether it changes the value.
Uses = Mapping[tuple[str, Span], bool]


@dataclass(frozen=True, slots=True)
class Touch:
    """One operation on the value (``name`` is b"") or on an atomic of the code's own, with the
    orderings that it is given."""

    name: bytes
    reads: bool
    writes: bool
    orders: frozenset[bytes]
    place: str
    text: str

    @property
    def weak(self) -> bool:
        """Is one of its orderings weaker than ``SeqCst``?"""
        return bool(self.orders - {b"SeqCst"})


@dataclass(frozen=True, slots=True)
class _Event:
    """What happens at one place of a function: one touch, or all those of the function called."""

    at: Node
    touches: tuple[Touch, ...]


def require_untied(located: Located, uses: Uses) -> None:
    """Raises Refused where the locks called at ``uses`` must stay: an atomic that is not SeqCst is
    used with them."""
    if any(_WEAK.search(located.facts.sources.data(p)) for p in located.facts.sources.paths):
        _Search(located, uses).judge()


class _Search:
    """The functions around the uses of one value."""

    def __init__(self, located: Located, uses: Uses) -> None:
        self.located, self.uses = located, uses
        self._done: dict[tuple[str, Span, int], tuple[_Event, ...]] = {}

    def judge(self) -> None:
        before: dict[Touch, None] = {}  # of other atomics, before the value is looked at or changed
        after: dict[Touch, None] = {}  # of other atomics, after the value was changed
        for source, function in self._around():
            events = self._events(source, function, _DEPTH)
            for first, second in product(events, events):
                if not may_precede(source, first.at, second.at):
                    continue
                value = [t for t in second.touches if not t.name]
                before.update((t, None) for t in first.touches if t.name and value)
                changed = any(not t.name and t.writes for t in first.touches)
                after.update((t, None) for t in second.touches if t.name and changed)
        for one, other in product(before, after):
            if _lost(one, other):
                weak, strong = (one, other) if one.weak else (other, one)
                also = f", as in {strong.place}" if strong.place != weak.place else ""
                raise Refused(
                    f"{weak.place}: `{weak.text}` is used together with this value{also}, and is "
                    "not SeqCst: a lock keeps the two in order, an atomic only if both are SeqCst"
                )

    def _around(self) -> Iterator[tuple[Source, Node]]:
        """Functions that use the value, and those that call them, a few levels up."""
        found: dict[tuple[str, Span], tuple[Source, Node]] = {}
        layer: list[tuple[Source, Node]] = []
        for path, span in self.uses:
            source = self.located.source(path)
            function = source.fn_item_of(source.innermost(span))
            if function is not None:
                layer.append((source, function))
        for _ in range(_DEPTH):
            fresh = [(s, f) for s, f in layer if (s.path, span_of(f)) not in found]
            found.update({(s.path, span_of(f)): (s, f) for s, f in fresh})
            layer = [
                (place, around)
                for s, f in fresh
                for place, call in self.located.facts.calls.callers(s, f)
                if (around := place.fn_item_of(call)) is not None
            ]
        yield from found.values()

    def _events(self, source: Source, function: Node, depth: int) -> tuple[_Event, ...]:
        key = (source.path, span_of(function), depth)
        if key not in self._done:
            self._done[key] = tuple(self._happening(source, function, depth))
        return self._done[key]

    def _happening(self, source: Source, function: Node, depth: int) -> Iterator[_Event]:
        for node in walk_all(source, function):
            if node.type != "call_expression":
                continue
            writes = self.uses.get((source.path, span_of(node)))
            if writes is not None:
                place = self.located.place(source.path, node.start_byte)
                yield _Event(node, (Touch(b"", True, writes, frozenset(), place, ""),))
                continue
            touch = self._atomic(source, node)
            if touch is not None:
                yield _Event(node, (touch,))
            elif depth > 0 and (found := self._inside(source, node, depth)):
                yield _Event(node, found)

    def _inside(self, source: Source, call: Node, depth: int) -> tuple[Touch, ...]:
        named = nodes.callee_name(call)
        if named is None:
            return ()
        touches = (
            touch
            for place, body in self.located.facts.calls.callees(source, named, sure=True)
            for event in self._events(place, body, depth - 1)
            for touch in event.touches
        )
        return tuple(dict.fromkeys(touches))

    def _atomic(self, source: Source, call: Node) -> Touch | None:
        """An operation of an atomic: a method that is given an ordering."""
        found = nodes.method_call(source, call)
        if found is None or not _METHODS.fullmatch(found.method):
            return None
        given = b" ".join(map(source.text, found.arguments))
        orders = frozenset(_ORDERING.findall(given))
        if not orders:
            return None
        name = _name(self.located, source, found.receiver)
        text = " ".join(source.text(call).decode("utf-8", "replace").split())
        reads, writes = found.method != b"store", found.method != b"load"
        place = self.located.place(source.path, call.start_byte)
        return Touch(name, reads, writes, orders, place, text)


def _lost(before: Touch, after: Touch) -> bool:
    """May a thread that touches the atomic (``before``) and then the value see neither what another
    did to the value nor keep that one's touch (``after``, which came after it) from being first?"""
    if before.name != after.name or not (before.writes or after.writes):
        return False
    if not (before.weak or after.weak):
        return False
    # What acquires sees what was done before the release that it reads: a message that is passed.
    handed = before.orders & _ACQUIRING and after.orders & _RELEASING
    exchanged = before.reads and after.reads and before.writes and after.writes
    passed = before.reads and not before.writes and after.writes
    return not (handed and (passed or exchanged))


def _name(located: Located, source: Source, node: Node) -> bytes:
    """The last field, static or local in ``node``, through ``let x = Arc::clone(&self.x)``."""
    last = [n for n in walk_all(source, node) if n.type in _NAMES]
    last = [n for n in last if source.data[n.end_byte : n.end_byte + 1] not in (b"(", b":")]
    if not last:
        return source.text(node)
    binding = located.binding(source, last[-1]) if last[-1] == node else None
    value = value_of(source, binding) if binding is not None and binding.kind == "let" else None
    if value is None or b"new(" in source.text(value) or value.type == "identifier":
        return source.text(last[-1])
    return _name(located, source, value)
