"""Is this the last use: may the value of a place be moved here, and what stands in the way?

What rustc would say to a move (E0382, E0505, E0507, E0509), told beforehand from syntax, and one
thing that it does not say: that a raw pointer taken before would dangle. The paths are those of
``path_walk``: a later use behind a ``return``, in another branch or behind a new value is none.
Not answered: whether the type may be moved out of (``Drop``, a reference, ``Copy``), and what a
method or macro of another crate does; rustc has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.control_flow import barriers
from engine.rust.known_calls import is_mapping_method
from engine.rust.nodes import (
    access_of,
    borrowed,
    call_around,
    call_of,
    initialized,
    is_callee,
    last_segment,
)
from engine.rust.path_walk import Walk
from engine.rust.places import Local, Place, local_of, place_of
from engine.rust.raw_pointers import MayKeep, RawLook, raw_look, unsafe_after
from engine.rust.scopes import Scopes
from engine.rust.syntax import LOOPS, Source, span_of

# Functions that run the closure given to them once, and take it by value.
_ONCE = frozenset(
    b"spawn spawn_blocking spawn_local spawn_on spawn_blocking_on scope unwrap_or_else or_else"
    b" ok_or_else map_err get_or_insert_with or_insert_with get_or_init"
    b" block_in_place catch_unwind defer".split()
)
# ... and those that do so on an Option, a Result or a bool, not on an iterator, besides
# ``is_mapping_method``.
_ONCE_ON_OPTION = frozenset({b"inspect", b"filter", b"then"})


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why the value cannot be moved here. ``line`` counts from 1, 0 when there is none."""

    kind: str  # "used", "loop", "closure", "place", "borrowed", "pointer"
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Movable:
    """The value may be moved. ``option`` is the receiver of the combinator whose closure holds the
    place: it must be an Option or a Result."""

    option: Node | None = None


def movable(
    source: Source,
    scopes: Scopes,
    node: Node,
    place: Place,
    may_keep: MayKeep = lambda *_: False,
) -> Movable | Blocked:
    """May ``place`` be moved out of by the expression ``node``, which reads it now?

    ``scopes`` are those of the ``fn`` around; ``may_keep`` as in ``raw_pointers``.
    """
    name = source.quoted(span_of(place.whole))
    if place.is_temporary:
        return Movable()
    if not place.simple:
        return Blocked("place", f"`{name}` lies behind an index, a dereference or a call")
    local = local_of(source, scopes, place)
    if local is None:
        if place.root.type == "self":
            return Blocked("place", f"`{name}` belongs to `self`, which is only borrowed here")
        return Blocked("place", f"`{name}` is no local variable")
    if local.borrowed:
        return Blocked("place", f"`{name}` is only a reference here")
    found = _later(source, node, place, local)
    option: Node | None = None
    for barrier in barriers(source, node, local.decl):
        line = source.position(barrier.start_byte)[0]
        if barrier.type == "closure_expression":
            once = _runs_once(source, barrier)
            if once is None:
                return Blocked(
                    "closure",
                    f"the closure at line {line} captures `{name}` and may run more than once",
                )
            option = once.option or option
        elif barrier in found.loops:
            root = source.text(place.root).decode("utf-8", "replace")
            return Blocked(
                "loop",
                f"`{root}` is declared outside the loop at line {line} and the next round needs it",
                line,
            )
    if found.uses:
        use = min(found.uses)
        line = source.position(use.start)[0]
        captured = any(known.span == use and known.capture for known in local.uses)
        where = "in a format string " if captured else ""
        return Blocked("used", f"`{name}` is used again {where}at line {line}", line)
    if _held_in_statement(source, node, place, local):
        shown = local.name.decode("utf-8", "replace")
        return Blocked("borrowed", f"the same expression borrows `{shown}`")
    pointer = pointed_into(source, scopes, node, place, local, may_keep)
    if pointer is not None:
        return Blocked("pointer", pointer.what, source.position(pointer.span.start)[0])
    return Movable(option)


def pointed_into(
    source: Source,
    scopes: Scopes,
    node: Node,
    place: Place,
    local: Local,
    may_keep: MayKeep = lambda *_: False,
) -> RawLook | None:
    """What rustc does not see: a raw pointer to the place, or unsafe code that may have one, by which it
    may be looked into after ``node``."""
    uses = (use.span for use in local.uses if not use.capture)
    mine = [use for use in uses if not is_apart(source, source.innermost(use), place.fields)]
    found = raw_look(source, scopes, local.name, mine, node.start_byte, may_keep)
    given = any(b.decl == local.decl and b.kind == "param" for b in scopes.bindings)
    if found is not None or not (given or local.name == b"self"):
        return found
    later = unsafe_after(source, scopes, local.decl, node.end_byte)
    if later is None:
        return None
    line, name = source.position(later.start)[0], local.name.decode("utf-8", "replace")
    return RawLook(
        later, f"unsafe code at line {line} may have a pointer to `{name}` from its caller"
    )


# -- closures --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Once:
    option: Node | None


def _runs_once(source: Source, closure: Node) -> _Once | None:
    """Is the closure handed to something that runs it at most once?"""
    around = call_around(closure)
    call = call_of(around) if around is not None else None
    if call is None:
        return None
    access = access_of(call.callee)
    if access is None:
        return _Once(None) if last_segment(source.text(call.callee)) in _ONCE else None
    name = source.text(access.name)
    if name in _ONCE:
        return _Once(None)
    on_option = name in _ONCE_ON_OPTION or is_mapping_method(name)
    return _Once(access.base) if on_option else None


# -- later uses ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """Uses that may run after the move, and loops whose next round has one."""

    uses: frozenset[Span]
    loops: frozenset[Node]


def _later(source: Source, node: Node, place: Place, local: Local) -> _Found:
    statement = source.statement_of(node) or node
    loops = frozenset(b for b in barriers(source, node, local.decl) if b.type in LOOPS)
    others = frozenset(u.span for u in local.uses if u.span not in span_of(node))
    if not loops and all(use.start < statement.start_byte for use in others):
        return _Found(frozenset(), frozenset())
    around = next(a for a in (node, *source.ancestors(node)) if local.scope in span_of(a))
    walk = _AfterMove(source, node, place, local)
    walk.run([around], frozenset())
    if not walk.reached:  # dead code, or hidden by a syntax error: the text's order decides
        return _Found(frozenset(use for use in others if use.start >= node.end_byte), loops)
    behind = frozenset(use for use in walk.uses if use.start >= node.end_byte)
    return _Found(behind or frozenset(walk.uses), frozenset(walk.loops))


# How the value was moved: in this round (None), or in an earlier one of the loop.
_Moved = frozenset[Node | None]


class _AfterMove(Walk[_Moved]):
    """Follows a value from where it is moved: the empty state is a value that is there."""

    def __init__(self, source: Source, node: Node, place: Place, local: Local) -> None:
        super().__init__(source)
        self.uses: set[Span] = set()
        self.loops: set[Node] = set()
        self.reached = False
        self._node = node
        self._place = place
        self._local = local
        self._spans = frozenset(use.span for use in local.uses)
        self._seen: set[Span] = set()

    def joined(self, states: Sequence[_Moved]) -> _Moved:
        return frozenset[Node | None]().union(*states)

    def passed(self, node: Node, state: _Moved) -> _Moved:
        if node != self._node:
            return state
        self.reached = True
        return frozenset({None})

    def repeated(self, loop: Node, state: _Moved) -> _Moved:
        return frozenset(loop if origin is None else origin for origin in state)

    def named(self, node: Node, state: _Moved) -> _Moved:
        span = span_of(node)
        if span in self._spans:
            self._seen.add(span)
            if not is_apart(self.source, node, self._place.fields):
                self._note(span, state)
        return state

    def nested(self, node: Node, state: _Moved) -> _Moved | None:
        if span_of(self._node) in span_of(node):
            return self.inline(node, state)
        for use in self._spans:
            if use in span_of(node):
                self._seen.add(use)
                if not is_apart(self.source, self.source.innermost(use), self._place.fields):
                    self._note(use, state)
        return state

    def bound(self, pattern: Node, state: _Moved) -> _Moved:
        return frozenset() if self._local.decl in span_of(pattern) else state

    def assigned(self, left: Node, state: _Moved) -> _Moved | None:
        place = place_of(self.source, left)
        if place is None or not place.simple or span_of(place.root) not in self._spans:
            return super().assigned(left, state)
        if place.fields != self._place.fields[: len(place.fields)]:
            return super().assigned(left, state)
        self._seen.add(span_of(place.root))
        return frozenset()  # a new value

    def expanded(self, call: Node, state: _Moved) -> _Moved:
        """Names in format strings, and those that a syntax error hides, count as uses."""
        for use in self._spans - self._seen:
            if use in span_of(call):
                self._note(use, state)
        return state

    def _note(self, use: Span, state: _Moved) -> None:
        for origin in state:
            if origin is None:
                self.uses.add(use)
            else:
                self.loops.add(origin)


def is_apart(source: Source, root: Node, fields: Sequence[bytes]) -> bool:
    """Does the use of a variable at ``root`` name another field than ``fields`` lead to, so that it
    does not touch what is moved out of there?"""
    node = root
    for field in fields:
        up = source.parent(node)
        if up is not None and up.type == "base_field_initializer":
            return field in _given(source, up)
        access = access_of(up) if up is not None else None
        if up is None or access is None or access.base != node or is_callee(up):
            return False  # the whole value, or a method of it
        if source.text(access.name) != field:
            return True
        node = up
    return False


def _given(source: Source, base: Node) -> frozenset[bytes]:
    """The fields that a struct's literal gives itself, so that ``..base`` is not asked for them."""
    found: set[bytes] = set()
    for child in base.parent.named_children if base.parent is not None else ():
        pair = initialized(child)
        if pair is not None:
            found.add(source.text(pair[0]))
        elif child.type == "shorthand_field_initializer":
            found.add(source.text(child))
    return frozenset(found)


# -- borrowed in the same expression ---------------------------------------------------------------


def _held_in_statement(source: Source, node: Node, place: Place, local: Local) -> bool:
    """Does an earlier use in the same expression still hold a borrow when the value is moved:
    ``x.insert(x.clone())``, ``f(&x.a, x.clone())``?"""
    statement = source.statement_of(node)
    if statement is None:
        return False
    around = [node, *source.ancestors(node)]
    for use in local.uses:
        if not statement.start_byte <= use.span.start < node.start_byte:
            continue
        root = source.innermost(use.span)
        if is_apart(source, root, place.fields):
            continue
        chain, up = root, source.parent(root)
        while up is not None and (up.type == "try_expression" or _is_base(up, chain)):
            chain, up = up, source.parent(up)
        if up is not None and borrowed(up) is not None:
            call = source.enclosing(up, ("call_expression",))
            if call is not None and call in around:
                return True
        if up is not None and up.type == "call_expression" and up in around and chain != root:
            return True
    return False


def _is_base(node: Node, base: Node) -> bool:
    access = access_of(node)
    return access is not None and access.base == base
