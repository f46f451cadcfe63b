"""The edits that make a tokio lock one of std or parking_lot: types, constructors, lock calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import name
from engine.rust import nodes, statement_nodes
from engine.rust.item_nodes import parameters_of
from engine.rust.lock_groups.lock_guards import DIRECT, TRIES, Refused
from engine.rust.lock_groups.lock_places import Constructor, LocatedCall, LockPlaces
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.lock_types import full_names
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of

_POISON = b"std::sync::PoisonError"
_TRIED = b"std::sync::TryLockError"
# What asks nothing of an error, and is called the same for an option.
_OPENED = (b"ok", b"unwrap", b"expect", b"unwrap_or", b"unwrap_or_default")
_ASKED = {b"is_ok": b"is_some", b"is_err": b"is_none"}
# std has them as `const` functions since then.
CONST_SINCE = (1, 63)


@dataclass(frozen=True, slots=True)
class Target:
    """Whose lock it becomes: ``home`` is the module, ``poisons`` tells whether its results are to be
    opened."""

    label: str
    home: bytes
    poisons: bool

    def type_(self, old: bytes) -> bytes:
        """The name, with its module, for ``old`` (``tokio::sync::Mutex``)."""
        return name(self.home + b"::" + (b"RwLock" if old.endswith(b"RwLock") else b"Mutex"))

    @property
    def opened(self) -> bytes:
        """What follows a call that may tell of a poisoned lock, to go on as tokio's does."""
        return b".unwrap_or_else(" + name(_POISON) + b"::into_inner)" if self.poisons else b""


STD = Target("std", b"std::sync", True)


def edits_of(places: LockPlaces, group: Group, target: Target) -> tuple[Edit, ...]:
    """All edits of a group. Raises Refused with the first place that cannot be rewritten."""
    found: list[Edit] = []
    for decl in group.declarations:
        source = places.source(decl.path)
        for span in decl.types:
            found.append(_type(places, source, span, target))
    for new in group.constructors:
        found += _constructor(places, new, target)
    for call in group.lock_calls:
        try:
            found += _call(places.source(call.path), call, target)
        except Refused as refused:
            place = places.place(call.path, call.span.start)
            raise Refused(f"{place}: {refused.reason}", refused.locks) from None
    return tuple(sorted(set(found)))


def kind_of(source: Source, head: Node, full: Iterable[bytes]) -> bytes:
    """``Mutex`` or ``RwLock``, for what the name ``head`` means."""
    known = {path.rpartition(b"::")[2] for path in full} & {b"Mutex", b"RwLock"}
    return known.pop() if len(known) == 1 else nodes.last_segment(source.text(head))


def _type(places: LockPlaces, source: Source, span: Span, target: Target) -> Edit:
    node = source.node_at(span)
    place = places.place(source.path, span.start)
    if node is None or node.type != "generic_type":
        raise Refused(f"{place}: the type is not understood")
    head = nodes.generic_head(node)
    if source.comments_in(span_of(head)):
        raise Refused(f"{place}: a comment stands inside what would be replaced")
    kind = kind_of(source, head, full_names(source, head, source.text(head)))
    return Edit(source.path, head.start_byte, head.end_byte, target.type_(kind))


def _constructor(places: LockPlaces, new: Constructor, target: Target) -> Iterator[Edit]:
    source = places.source(new.file)
    if new.turbofish:
        yield _type(places, source, new.path, target)
        return
    node = source.node_at(new.whole)
    callee = nodes.callee_of(node) if node is not None else None
    path = nodes.path_of(callee if callee is not None else node) if node is not None else None
    head = source.node_at(new.named)
    place = places.place(new.file, new.whole.start)
    if path is None or head is None:
        raise Refused(f"{place}: how the lock is made is not understood")
    made = source.text(path[1])
    if b"max_readers" in made:
        raise Refused(f"{place}: the number of its readers is bounded")
    kind = kind_of(source, head, full_names(source, head, source.text(head)))
    yield Edit(new.file, new.named.start, new.named.end, target.type_(kind))
    if made == b"const_new":
        yield Edit(new.file, path[1].start_byte, path[1].end_byte, b"new")


def _call(source: Source, call: LocatedCall, target: Target) -> Iterator[Edit]:
    node = source.node_at(call.span)
    if node is None or not source.sound(node):
        raise Refused("a syntax error stands beside it")
    if call.method in DIRECT:
        if target.poisons:
            yield Edit(call.path, node.end_byte, node.end_byte, target.opened)
    elif call.method in TRIES:
        yield from _tried(source, node, target)
    elif call.method.startswith(b"blocking_"):
        word = nodes.callee_name(node)
        assert word is not None
        plain = call.method.removeprefix(b"blocking_")
        yield Edit(call.path, word.start_byte, word.end_byte, plain)
        if target.poisons:
            yield Edit(call.path, node.end_byte, node.end_byte, target.opened)
    else:
        up = node.parent
        gap = Span(node.end_byte, up.end_byte) if up is not None else Span(0, 0)
        waits = up is not None and nodes.awaited(up) == node
        if not waits or b"".join(source.slice(gap).split()) != b".await":
            raise Refused("the lock's future is kept and not awaited on the spot")
        dot = gap.start + source.slice(gap).index(b".")
        yield Edit(call.path, dot if target.poisons else gap.start, gap.end, target.opened)


def _tried(source: Source, call: Node, target: Target) -> Iterator[Edit]:
    """``try_lock``: std's tells of poison as well; that of parking_lot gives an Option."""
    named = _behind_maps(source, call)
    patterns = list(_patterns(source, call))
    up = nodes.unwrapped(call)[1]
    if up is not None and nodes.tried(up) is not None:
        raise Refused("the error of the attempt is returned, and would be of another type")
    if named is None and not patterns:
        raise Refused("what becomes of `try_lock`'s result is not understood")
    if named is not None and named[0] not in (*_OPENED, *_ASKED):
        raise Refused(f"`.{named[0].decode('utf-8', 'replace')}()` may look at the error")
    if target.poisons:
        tried = name(_TRIED)
        closure = (
            b".or_else(|e| match e { " + tried + b"::Poisoned(p) => Ok(p.into_inner()), "
            b"e => Err(e) })"
        )
        yield Edit(source.path, call.end_byte, call.end_byte, closure)
        return
    if named is not None and named[0] == b"ok":
        given = nodes.method_call(source, named[1])
        assert given is not None
        yield Edit(source.path, given.receiver.end_byte, named[1].end_byte, b"")
    elif named is not None and named[0] in _ASKED:
        word = nodes.callee_name(named[1])
        assert word is not None
        yield Edit(source.path, word.start_byte, word.end_byte, _ASKED[named[0]])
    for pattern in patterns:
        head = pattern.named_children[0] if pattern.named_children else pattern
        text = source.text(head)
        if text == b"Ok":
            yield Edit(source.path, head.start_byte, head.end_byte, b"Some")
        elif text == b"Err":
            yield Edit(source.path, pattern.start_byte, pattern.end_byte, b"None")


def _behind_maps(source: Source, call: Node) -> tuple[bytes, Node] | None:
    """(method, call) of what is called on the attempt's result, behind ``map``s that take a value out of what is
    guarded."""
    node, named = call, nodes.method_on(source, nodes.outward(call))
    while named is not None and named[0] == b"map":
        if node == call and not _is_taken_out(source, nodes.arguments_of(named[1])):
            raise Refused("where the guard goes in the closure of `map` is not followed")
        node = named[1]
        named = nodes.method_on(source, nodes.outward(node))
    if named is None and node != call:
        raise Refused("what becomes of `try_lock`'s result is not understood")
    return named


def _is_taken_out(source: Source, given: tuple[Node, ...]) -> bool:
    """Is ``given`` a closure that uses the guard only to look at, or change, what it guards?"""
    parameters = parameters_of(given[0]) if len(given) == 1 else []
    body = statement_nodes.body_of(given[0]) if parameters else None
    if len(parameters) != 1 or body is None:
        return False
    pattern = parameters[0].pattern
    name = source.text(pattern).removeprefix(b"mut ").strip()
    uses = [n for n in walk(body) if n.type == "identifier" and source.text(n) == name]
    for use in uses:
        up = use.parent
        access = nodes.access_of(up) if up is not None else None
        looked = access is not None and access.base == use
        if up is None or not (looked or nodes.dereferenced(up) == use):
            return False
    return not any(node.type == "macro_invocation" for node in walk(body))


def _patterns(source: Source, call: Node) -> Iterator[Node]:
    """The patterns that the result of ``call`` is taken apart by. Raises Refused where one looks at the
    error."""
    node, up = nodes.unwrapped(call)
    if up is None:
        return
    let = statement_nodes.let_of(up)
    if let is not None and let.value == node:
        found = [let.pattern]
    elif up.type == "match_expression" and statement_nodes.scrutinee_of(up) == node:
        found = [arm.pattern for arm in statement_nodes.arms_of(up)]
    else:
        return
    for pattern in found:
        text = b"".join(source.text(pattern).split())
        if not (text.startswith(b"Ok(") or text in (b"Err(_)", b"_")):
            raise Refused(f"`{source.quoted(span_of(pattern))}` may look at the error")
        yield pattern
