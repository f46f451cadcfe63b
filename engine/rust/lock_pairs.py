"""Which locks are held together: where a lock is taken, or an atomic used, while another lock's guard
lives, in one function or in those that it calls.

Code that holds one lock while it takes a second one keeps the two values in step: who lets the first
go before the second shows, or makes, a state that the other code rules out.

A lock is known by the field or the static that it lives in. What only a parameter or a local of a type
that is not known leads to goes by its name, and may then be any lock of that name. Not found: locks
in containers apart from each other, and what is called through a trait object or a function value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.calls import Calls, is_spawn
from engine.rust.definitions import Item
from engine.rust.files import Files
from engine.rust.guard_scopes import GuardScope, alive_at, guard_scope
from engine.rust.guard_types import written_flavour
from engine.rust.items import VALUES, Items
from engine.rust.locks import is_evident, lock_call, outermost
from engine.rust.per_source import per_source
from engine.rust.syntax import FUNCTIONS, ITEMS, Source, span_of
from engine.rust.thread_locals import is_own_to_threads, is_thread_local
from engine.rust.value_flow import value_of

_ATOMIC = re.compile(rb"load|store|swap|fetch_\w+|compare_exchange(?:_weak)?|compare_and_swap")
_COUNTING = frozenset({b"fetch_add", b"fetch_sub"})  # in any order they come to the same
_ORDERING = re.compile(rb"(?<!\w)(?:Relaxed|Acquire|Release|AcqRel|SeqCst)(?!\w)")
# They give a handle to what they are called on.
_SAME = frozenset({b"clone", b"as_ref", b"deref", b"borrow", b"get_ref", b"to_owned", b"inner"})
_HANDLES = frozenset({b"Arc::clone", b"Rc::clone", b"Arc::as_ref"})
_READS = frozenset({b"read", b"read_owned", b"read_arc", b"blocking_read", b"blocking_read_owned"})
_DEPTH = 4  # functions in functions, names behind names


@dataclass(frozen=True, slots=True)
class Shared:
    """A lock or an atomic: ``name`` is the field's, the static's, or what the code calls it; ``owner``
    the place of the struct or static, "" where that is not known. ``apart``: each thread, or each task,
    has one of its own."""

    name: bytes
    owner: str
    apart: bool = False

    def may_be(self, other: Shared) -> bool:
        """May the two be the same? One whose owner is not known goes by its name alone."""
        known = bool(self.owner and other.owner)
        return self.name == other.name and (not known or self.owner == other.owner)


@dataclass(frozen=True, slots=True)
class Touch:
    """A lock taken, or an atomic used, by the call ``node``: there, or in what it calls. ``place`` is
    where ("src/lib.rs:12"); ``writes`` tells whether the value may be changed, ``counts`` that an atomic
    is only added to, in whatever order with others, and not looked at."""

    shared: Shared
    node: Node
    place: str
    writes: bool
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """``second`` is touched at ``second_place`` while ``first``, taken at ``first_place``, is held."""

    first: Shared
    first_place: str
    second: Shared
    second_place: str


class _Inside(NamedTuple):
    """A touch in a function, without the tree that it was found in."""

    shared: Shared
    place: str
    writes: bool
    counts: bool


class LockPairs:
    """The locks of a workspace that are held together. Answers are kept."""

    def __init__(self, files: Files, items: Items, calls: Calls) -> None:
        self._files = files
        self._items = items
        self._calls = calls
        self._inside: dict[tuple[str, Span], tuple[_Inside, ...]] = {}

    # -- what a lock is ------------------------------------------------------------------------

    def lock_of(self, source: Source, taking: Node) -> Shared | None:
        """The lock that the expression ``taking`` takes: a lock call with its tails, a call of a
        function of the workspace that gives a guard, or any method call on what guards itself."""
        locked = lock_call(source, taking)
        if locked is not None:
            return self._shared(source, locked.receiver, _DEPTH)
        node: Node | None = taking
        while node is not None:
            helper = self._helper(source, node)
            if helper is not None:
                return helper
            called = nodes.method_call(source, node)
            if called is not None and nodes.bare(called.receiver).type != "call_expression":
                return self._shared(source, called.receiver, _DEPTH)
            node = called.receiver if called else nodes.awaited(node) or nodes.tried(node)
        return None

    def named_by(self, source: Source, expression: Node) -> Shared | None:
        """The lock or atomic that the place ``expression`` names."""
        return self._shared(source, expression, _DEPTH)

    def _helper(self, source: Source, call: Node) -> Shared | None:
        """The one lock of a function whose result is written as a guard."""
        named = nodes.callee_name(call)
        for place, function in self._callees(source, named):
            written = item_nodes.return_type(function)
            if written is None or written_flavour(place, written) is None:
                continue
            taken = {t.shared for t in self._touched_by(place, function, _DEPTH)}
            if len(taken) == 1:
                return next(iter(taken))
        return None

    def _shared(self, source: Source, expression: Node, steps: int) -> Shared | None:
        node = nodes.bare(expression)
        inner = nodes.borrowed(node) or nodes.dereferenced(node)
        if inner is not None:
            return self._shared(source, inner, steps)
        index, access = nodes.indexed(node), nodes.access_of(node)
        if index is not None:
            return self._shared(source, index[0], steps)
        if access is not None:
            name = source.text(access.name)
            owner = self._owner(source, access.base, name)
            return Shared(name, owner) if owner or not name.isdigit() else None
        if node.type == "call_expression":
            return self._called(source, node, steps)
        if node.type in ("identifier", "scoped_identifier"):
            return self._named(source, node, steps)
        return None

    def _called(self, source: Source, call: Node, steps: int) -> Shared | None:
        method, given = nodes.method_call(source, call), nodes.arguments_of(call)
        if method is not None and method.method in _SAME and not given:
            return self._shared(source, method.receiver, steps)
        callee = nodes.callee_of(call)
        path = source.text(callee) if callee is not None else b""
        if path.endswith(tuple(_HANDLES)) and len(given) == 1:
            return self._shared(source, given[0], steps)
        named = nodes.callee_name(call)
        found = list(self._callees(source, named))
        if named is None or not found:
            return None
        owner = f"{found[0][0].path}:{span_of(found[0][1]).start}" if len(found) == 1 else ""
        return Shared(source.text(named), owner)

    def _named(self, source: Source, node: Node, steps: int) -> Shared | None:
        function = source.fn_item_of(node)
        binding = None
        if function is not None and node.type == "identifier":
            binding = self._files.scopes(source, function).binding_at(node)
        if binding is not None:
            value = value_of(source, binding) if binding.plain and steps > 0 else None
            found = self._shared(source, value, steps - 1) if value is not None else None
            return found or Shared(binding.name, "")
        name = nodes.last_name(source, node)
        found_items = self._items.resolve(source, node, source.text(node), *VALUES)
        if not found_items and is_thread_local(self._files, name):
            return Shared(name, "", apart=True)  # what a macro defines is known by its name alone
        if found_items and all(self._is_apart(item) for item in found_items):
            return Shared(name, _key(found_items[0]), apart=True)
        owner = _key(found_items[0]) if len(found_items) == 1 else ""
        return Shared(name, owner)

    def _is_apart(self, item: Item) -> bool:
        place, defined = self._items.open(item)
        return defined.type == "static_item" and is_own_to_threads(place, defined)

    def _owner(self, source: Source, base: Node, name: bytes) -> str:
        """The struct whose field ``base.name`` is."""
        owners = {_key(t) for t in self._types(source, base, _DEPTH) if self._has_field(t, name)}
        return next(iter(owners)) if len(owners) == 1 else ""

    def _types(self, source: Source, base: Node, steps: int) -> frozenset[Item]:
        """Types of the workspace that ``base`` may be, or derefs to."""
        found = self._calls.types_of(source, base)
        if found or steps <= 0:
            return found or frozenset()
        node = nodes.bare(base)
        access = nodes.access_of(node)
        if access is None:
            value = self._value(source, node)
            return self._types(source, value, steps - 1) if value is not None else frozenset()
        name = source.text(access.name)
        inner: list[Item] = []
        for holder in self._types(source, access.base, steps - 1):
            place, struct = self._items.open(holder)
            for field, written in item_nodes.named_fields(struct):
                if place.text(field) == name:
                    inner += self._calls.named_in(place, written)
        return frozenset(inner)

    def _value(self, source: Source, node: Node) -> Node | None:
        """What a local of one name was made from: ``Arc::clone(&self.inner)`` is ``self.inner``."""
        function = source.fn_item_of(node) if node.type == "identifier" else None
        if function is None:
            return None
        binding = self._files.scopes(source, function).binding_at(node)
        value = value_of(source, binding) if binding is not None and binding.plain else None
        while value is not None:
            value = nodes.bare(value)
            given, method = nodes.arguments_of(value), nodes.method_call(source, value)
            callee = nodes.callee_of(value)
            if method is not None and method.method in _SAME and not given:
                value = method.receiver
            elif callee is not None and source.text(callee).endswith(tuple(_HANDLES)):
                value = given[0] if len(given) == 1 else None
            else:
                break
            value = (nodes.borrowed(value) or value) if value is not None else None
        return value

    def _has_field(self, type_: Item, name: bytes) -> bool:
        place, struct = self._items.open(type_)
        fields = item_nodes.named_fields(struct)
        return name.isdigit() or any(place.text(field) == name for field, _ in fields)

    # -- what code touches ---------------------------------------------------------------------

    def touched(self, source: Source, part: Node, steps: int = _DEPTH) -> Iterator[Touch]:
        """Locks taken and atomics used when ``part`` runs, in the order of the text; what it spawns
        runs elsewhere. A lock that is taken and not looked into does not count."""
        for call in _calls_in(source, part):
            touch = self._touch(source, call)
            if touch is not None:
                yield touch
            elif steps > 0 and not self._is_of_a_thread(source, call):
                for place, function in self._callees(source, nodes.callee_name(call)):
                    for inner in self._touched_by(place, function, steps - 1):
                        yield Touch(inner.shared, call, inner.place, inner.writes, inner.counts)

    def _is_of_a_thread(self, source: Source, call: Node) -> bool:
        """Is it a method of a thread's own static (``LOG.with(..)``), so none of the workspace's?"""
        method = nodes.method_call(source, call)
        on = self._shared(source, method.receiver, _DEPTH) if method is not None else None
        return on is not None and on.apart

    def _touched_by(self, source: Source, function: Node, steps: int) -> tuple[_Inside, ...]:
        key = source.path, span_of(function)
        if key not in self._inside:
            self._inside[key] = ()  # a function that calls itself adds nothing
            body = statement_nodes.body_of(function)
            found = self.touched(source, body, steps) if body is not None else ()
            self._inside[key] = tuple(_Inside(t.shared, t.place, t.writes, t.counts) for t in found)
        return self._inside[key]

    def _touch(self, source: Source, call: Node) -> Touch | None:
        method = nodes.method_call(source, call)
        if method is None:
            return None
        if _ATOMIC.fullmatch(method.method):
            given = b" ".join(map(source.text, method.arguments))
            shared = self._shared(source, method.receiver, _DEPTH)
            if shared is None or shared.apart or not _ORDERING.search(given):
                return None
            counts = method.method in _COUNTING and _is_dropped(call)
            return Touch(shared, call, _place(source, call), method.method != b"load", counts)
        locked = outermost(source, call)
        if locked is None or locked.call != call or not is_evident(source, locked):
            return None
        shared = self._shared(source, locked.receiver, _DEPTH)
        if shared is None or shared.apart or not _is_looked_into(source, locked.node):
            return None
        return Touch(shared, call, _place(source, call), b"read" not in locked.method)

    def _callees(self, source: Source, named: Node | None) -> Iterator[tuple[Source, Node]]:
        if named is not None:
            yield from self._calls.callees(source, named, sure=True)

    # -- pairs ---------------------------------------------------------------------------------

    def while_held(self, source: Source, scope: GuardScope) -> list[Touch]:
        """What is touched while the guard of ``scope`` lives."""
        found = [t for t in self.touched(source, scope.region) if t.node != scope.node]
        alive = alive_at(source, scope, [touch.node for touch in found])
        return [touch for touch in found if span_of(touch.node) in alive]

    def together(
        self,
        one: Shared,
        other: Shared,
        apart_from: Collection[tuple[str, Span]] = (),
        reading: bool = False,
        counting: bool = False,
    ) -> Together | None:
        """A place where one of the two is held while the other is touched, the guards taken at
        ``apart_from`` left out. ``reading``: ``one`` is only taken to read, so that who reads it, too,
        is let in today. ``counting``: ``other`` is an atomic that is only added to; where it is just that
        again, nobody sees which of the two came first."""
        if one.may_be(other):
            return None
        for first, second in ((one, other), (other, one)):
            for source in self._files.containing(first.name):
                for scope, shared in self._held_in(source):
                    if not shared.may_be(first) or (source.path, span_of(scope.node)) in apart_from:
                        continue
                    if reading and first is one and is_shared_read(source, scope.node):
                        continue
                    for touch in self.while_held(source, scope):
                        if touch.shared.may_be(second) and not (counting and touch.counts):
                            place = _place(source, scope.node)
                            return Together(shared, place, touch.shared, touch.place)
        return None

    def _held_in(self, source: Source) -> tuple[tuple[GuardScope, Shared], ...]:
        """The guards of a file that are looked into, with their locks."""
        found: list[tuple[GuardScope, Shared]] = []
        for scope, receiver in _evident_scopes(source):
            shared = self._shared(source, receiver, _DEPTH)
            if shared is not None and not shared.apart:
                found.append((scope, shared))
        return tuple(found)


def _is_dropped(call: Node) -> bool:
    """Is the value of the call not used?"""
    up = nodes.outward(call).parent
    return up is not None and up.type == "expression_statement" and nodes.has_token(up, ";")


def is_shared_read(source: Source, taking: Node) -> bool:
    """Does the lock call let others read at the same time?"""
    locked = lock_call(source, taking)
    return locked is not None and locked.method in _READS


@per_source
def _evident_scopes(source: Source) -> tuple[tuple[GuardScope, Node], ...]:
    """Guards of the file that are looked into, by the looks of the calls, and what is locked."""
    found: list[tuple[GuardScope, Node]] = []
    for call in _calls_in(source, source.root, everywhere=True):
        locked = outermost(source, call)
        if locked is None or locked.call != call or not is_evident(source, locked):
            continue
        scope = guard_scope(source, locked.node)
        if scope is not None and _is_looked_into(source, scope.node):
            found.append((scope, locked.receiver))
    return tuple(found)


def _is_looked_into(source: Source, taking: Node) -> bool:
    """Is what the guard guards read or written (and not just kept: ``let _turn = m.lock();``)?"""
    scope = guard_scope(source, taking)
    if scope is None:
        _, parent = nodes.unwrapped(taking)
        return parent is not None and parent.type != "expression_statement"
    if scope.kind in ("let", "extended", "pattern"):
        return bool(scope.uses)
    return True


def _calls_in(source: Source, part: Node, everywhere: bool = False) -> Iterator[Node]:
    """Calls in ``part`` in the order of the text, macro arguments too; unless ``everywhere``, none of
    items and of what is spawned."""
    pending = [part]
    while pending:
        node = pending.pop()
        if node.type == "call_expression":
            yield node
        if not everywhere and node != part:
            if node.type in ITEMS:
                continue
            call = nodes.call_around(node) if node.type in FUNCTIONS else None
            if call is not None and is_spawn(source, call):
                continue
        if node.type == "macro_invocation":
            pending.extend(tree.root_node for tree in reversed(source.arguments(node)))
        else:
            pending.extend(reversed(node.named_children))


def _key(item: Item) -> str:
    return f"{item.path}:{item.span.start}"


def _place(source: Source, node: Node) -> str:
    return f"{source.path}:{source.position(node.end_byte)[0]}"
