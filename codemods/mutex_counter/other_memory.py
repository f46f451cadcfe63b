"""A lock's value used together with memory whose order the lock keeps: atomics of the code's own, types of
std and other crates that are made of them, and what unsafe code reads and writes.

While a value has its lock, whoever locks second sees all that came before the first one's unlock, such
memory included. A Relaxed atomic in the lock's place keeps nothing of it, not even towards SeqCst ones:

    A: done.store(true, SeqCst); sent += 1     B: n = sent; done.load(SeqCst)     n == 1, and not done
    A: sent += 1; done.load(SeqCst)            B: done.store(true, SeqCst); n = sent      both miss

So the value is SeqCst where such memory is written before a use and looked at after another one; of atomics
that are not SeqCst themselves, and of unsafe code, one of the two is enough. (Towards other locks Relaxed is enough: of two critical sections one comes first, and with it all around it.)

A SeqCst atomic in the lock's place keeps it only from a change to who sees it, and towards other SeqCst
operations. What gets lost needs two places: one where the other memory is touched
before the value, and one where the value is changed before the other memory is touched (at least one of
the two touches being a write). Such a lock is left, and the access named. Where that is not seen, but
such memory is touched by the same functions, a person looks at it; and the atomic is SeqCst.

Looked at are the functions that use the value, with what they call and who calls them, where that can be
told by name: ``self.name(..)``, ``Type::name(..)``, ``name(..)``, and a method's name that only one
function of the workspace has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations_with_replacement, product

from tree_sitter import Node

from codemods.mutex_counter.located import Located
from engine.base.model import Span
from engine.rust import nodes
from engine.rust.context import in_test_code
from engine.rust.declared_types import DeclaredTypes
from engine.rust.lock_free import lock_free_access
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.memory_order import (
    UNSAFE,
    Access,
    access_at,
    is_handed_over,
    is_unsafe_function,
)
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.thread_order import may_precede
from engine.rust.value_flow import value_of

_NAMES = frozenset({"identifier", "field_identifier"})
_DEPTH = 4
# More functions than a value is ever used in knowingly: beyond, a person looks.
_FUNCTIONS = 400


# Path and span of a lock call -> whether it changes the value.
Uses = Mapping[tuple[str, Span], bool]


@dataclass(frozen=True, slots=True)
class Touch:
    """One access to the value (``name`` is b"") or to other memory, with the orderings that it is
    given. Unsafe code may touch anything: all of it has one name."""

    name: bytes
    known: bool  # another name is another atomic
    reads: bool
    writes: bool
    looked: bool  # what it reads is used
    orders: frozenset[bytes]
    place: str
    text: str
    hidden: bool = False  # the orderings are a type's own

    @property
    def weak(self) -> bool:
        """Is one of its orderings weaker than ``SeqCst``?"""
        return bool(self.orders - {b"SeqCst"})

    @property
    def order(self) -> str:
        """What is to be said of its orderings: "is not SeqCst"."""
        return "may not be SeqCst inside" if self.hidden else "is not SeqCst"


@dataclass(frozen=True, slots=True)
class _Event:
    """What happens at one place of a function: one touch, or all those of the function called.
    ``around``: before and after whatever else happens there."""

    at: Node
    touches: tuple[Touch, ...]
    around: bool = False


@dataclass
class OtherMemory:
    """What is touched with a value, and in which order.

    ``published``: a touch that Relaxed would lose. ``beside``: one that a person looks at, since SeqCst may
    lose it.
    """

    published: Touch | None = None
    beside: Touch | None = None
    before: dict[Touch, None] = field(default_factory=dict)  # the value is looked at or changed
    after: dict[Touch, None] = field(default_factory=dict)  # the value was changed
    used: dict[Touch, None] = field(
        default_factory=dict
    )  # looked at after the value was looked at or changed

    @property
    def matters(self) -> bool:
        """Is some order of it and the value one that somebody may see?"""
        return self.published is not None or self.beside is not None

    def announced(self) -> Touch | None:
        """A touch before a use of the value whose effect another place looks for after its own use."""
        pairs = ((one, other) for one in self.before for other in self.used if one.writes)
        alike = (one for one, other in pairs if one.name == other.name or not one.known)
        return next(alike, None)

    def require_kept(self) -> None:
        """Raises Refused where SeqCst loses an order that the lock kept."""
        for one, other in product(self.before, self.after):
            if _lost(one, other):
                weak, strong = (one, other) if one.weak else (other, one)
                also = f", as in {strong.place}" if strong.place != weak.place else ""
                what = f"{weak.order}: a lock keeps the two in order, an atomic only if both are"
                if weak.name == UNSAFE:
                    what = "may need the order that a lock keeps and an atomic does not"
                raise Refused(
                    f"{weak.place}: `{weak.text}` is used together with this value{also}, and {what}"
                    f"{'' if weak.name == UNSAFE else ' SeqCst'}"
                )


def other_memory(located: Located, uses: Uses) -> OtherMemory:
    """The memory that is touched with the value whose lock is called at ``uses``."""
    return _Search(located, uses).found() if located.other_memory else OtherMemory()


class _Search:
    """The functions around the uses of one value."""

    def __init__(self, located: Located, uses: Uses) -> None:
        self.located, self.uses = located, uses
        facts = located.facts
        self._declared = DeclaredTypes(facts.sources, facts.items, facts.calls)
        self._done: dict[tuple[str, Span, int], tuple[_Event, ...]] = {}

    def found(self) -> OtherMemory:
        memory = OtherMemory()
        every: dict[Touch, None] = {}
        for count, (source, function) in enumerate(self._around()):
            events = self._events(source, function, _DEPTH)
            every.update((t, None) for event in events for t in event.touches if t.name)
            for first, second in product(events, events):
                if first.around or second.around or may_precede(source, first.at, second.at):
                    _note(memory, first.touches, second.touches)
            if count == _FUNCTIONS:
                place = self.located.place(source.path, function.start_byte)
                memory.beside = Touch(
                    UNSAFE, False, True, True, True, frozenset(), place, "and many more"
                )
                return memory
        memory.published = memory.published or memory.announced()
        pairs = combinations_with_replacement(every, 2)
        memory.beside = next((one for one, other in pairs if _conflict(one, other)), None)
        return memory

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
                and not in_test_code(place, around)  # no traffic runs what only tests call
            ]
        yield from found.values()

    def _events(self, source: Source, function: Node, depth: int) -> tuple[_Event, ...]:
        key = (source.path, span_of(function), depth)
        if key not in self._done:
            self._done[key] = tuple(self._happening(source, function, depth))
        return self._done[key]

    def _happening(self, source: Source, function: Node, depth: int) -> Iterator[_Event]:
        if is_unsafe_function(function) and (access := access_at(source, function)) is not None:
            yield _Event(function, (self._touch(source, access),), around=True)
        for node in walk_all(source, function):
            if node.type == "unsafe_block" and (access := access_at(source, node)) is not None:
                yield _Event(node, (self._touch(source, access),), self._holds(source, node))
            if node.type != "call_expression":
                continue
            writes = self.uses.get((source.path, span_of(node)))
            if writes is not None:
                place = self.located.place(source.path, node.start_byte)
                yield _Event(node, (Touch(b"", True, True, writes, True, frozenset(), place, ""),))
                continue
            access = access_at(source, node) or lock_free_access(source, node, self._declared)
            if access is not None:
                yield _Event(node, (self._touch(source, access),))
            elif depth > 0 and (found := self._inside(source, node, depth)):
                yield _Event(node, found)

    def _holds(self, source: Source, block: Node) -> bool:
        """Is the value used in the unsafe block itself?"""
        whole = span_of(block)
        return any(path == source.path and span in whole for path, span in self.uses)

    def _inside(self, source: Source, call: Node, depth: int) -> tuple[Touch, ...]:
        named = nodes.callee_name(call)
        if named is None:
            return ()
        touches = (
            touch
            for place, body in self.located.facts.calls.callees(source, named, sure=True)
            if not in_test_code(place, body)
            for event in self._events(place, body, depth - 1)
            for touch in event.touches
        )
        return tuple(dict.fromkeys(touches))

    def _touch(self, source: Source, access: Access) -> Touch:
        place = self.located.place(source.path, access.node.start_byte)
        if access.receiver is None:
            return Touch(UNSAFE, False, True, True, True, access.orders, place, "unsafe")
        name, known = _name(self.located, source, access.receiver)
        text = source.quoted(span_of(access.node))
        does = (access.reads, access.writes, access.looked)
        return Touch(name, known, *does, access.orders, place, text, access.hidden)


def _note(memory: OtherMemory, first: tuple[Touch, ...], second: tuple[Touch, ...]) -> None:
    """What it means that ``first`` may be done before ``second`` by one thread."""
    used = any(not t.name for t in first)
    changed = any(not t.name and t.writes for t in first)
    later = [t for t in second if not t.name]
    for touch in first:
        if touch.name and later:
            memory.before[touch] = None
        if touch.weak and not touch.hidden and touch.writes and any(t.writes for t in later):
            memory.published = memory.published or touch
    for touch in second:
        if touch.name and changed:
            memory.after[touch] = None
        if touch.name and touch.looked and used:
            memory.used[touch] = None
            if touch.weak and not touch.hidden:
                memory.published = memory.published or touch


def _conflict(one: Touch, other: Touch) -> bool:
    """May the order of two touches be seen: of one memory, one of them a write, one outside of the
    order that all SeqCst operations have?"""
    apart = one.name != other.name and one.known and other.known
    if apart or not (one.weak or other.weak):
        return False
    if one is other:
        return one.looked and one.writes
    added = all(t.reads and t.writes and not t.looked for t in (one, other))
    return (one.writes or other.writes) and not added  # sums do not mind their order


def _lost(before: Touch, after: Touch) -> bool:
    """May a thread that touches the memory (``before``) and then the value see neither what another
    did to the value nor keep that one's touch (``after``, which came after it) from being first?"""
    if before.name != after.name or not (before.writes or after.writes):
        return False
    if not (before.weak or after.weak):
        return False
    # What acquires sees what was done before the release that it reads: a message that is passed.
    exchanged = before.reads and after.reads and before.writes and after.writes
    passed = before.reads and not before.writes and after.writes
    return not (is_handed_over(before.orders, after.orders) and (passed or exchanged))


def _name(located: Located, source: Source, node: Node) -> tuple[bytes, bool]:
    """The last field, static or local in ``node``, through ``let x = Arc::clone(&self.x)``; and whether
    it is the atomic's own name. (A parameter or an element may be any.)"""
    element = nodes.indexed(nodes.bare(node))
    if element is not None:
        return _name(located, source, element[0])
    last = [n for n in walk_all(source, node) if n.type in _NAMES]
    last = [n for n in last if source.data[n.end_byte : n.end_byte + 1] not in (b"(", b":")]
    if not last:
        return source.text(node), False
    binding = located.binding(source, last[-1]) if last[-1] == node else None
    if binding is None:
        return source.text(last[-1]), nodes.call_of(node) is None
    value = value_of(source, binding) if binding.kind == "let" else None
    if value is None or b"new(" in source.text(value) or value.type == "identifier":
        return source.text(last[-1]), value is not None and b"new(" in source.text(value)
    return _name(located, source, value)
