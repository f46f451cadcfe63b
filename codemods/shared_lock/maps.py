"""``Mutex<HashMap<K, V>>`` -> ``DashMap<K, V>``, where the package uses dashmap already and each section is one
operation on one key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from codemods.shared_lock.group import LockGroup
from codemods.shared_lock.kinds import Used, is_map
from codemods.shared_lock.retyped import is_constant
from engine.base.model import Edit, Fix, Level, Span
from engine.rewrite.use_declarations import name
from engine.rust import item_nodes, nodes
from engine.rust.lock_groups.guard_sections import GuardSection
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import Source

_CRATE = "dashmap"
# The same by name and meaning; and what an entry becomes that is changed in place.
_ALIKE = frozenset({b"insert", b"contains_key", b"len", b"is_empty", b"clear", b"retain"})
_ENTRIES = frozenset({b"or_insert", b"or_insert_with", b"or_default"})
_READS = frozenset({b"contains_key", b"len", b"is_empty", b"get"})


def serves(group: LockGroup, found: Sequence[Used]) -> bool:
    """Would a map of many locks serve: is it a direct dependency, and is each section one operation, some to
    read and some to write?"""
    if not is_map(group.behind) or group.family == "tokio" or len(group.type_.args) > 2:
        return False
    if not group.direct_dependency(_CRATE) or group.refused:
        return False
    single = [_operation(group, used, call.path) for used, call in group.known]
    reads = [used for used in found if used.reads]
    return None not in single and 0 < len(reads) < len(found)


def _operation(group: LockGroup, used: Used, path: str) -> tuple[bytes, Node] | None:
    """The one method call that a section consists of, where a map of many locks has it."""
    source, section = group.places.source(path), used.section
    if section is None or section.guard.form != "value" or section.scope.kind != "temporary":
        return None
    if section.scope.trace.awaits or len(section.uses) != 1:
        return None
    called = nodes.method_on(source, nodes.outward(section.uses[0].node))
    if called is None:
        return None
    method, call = called
    outer = nodes.method_on(source, nodes.outward(call))
    if method == b"get":
        fits = outer is not None and outer[0] in (b"cloned", b"copied", b"is_some", b"is_none")
        return (method, call) if fits else None
    if method == b"entry":
        return (
            (method, call)
            if outer is not None and outer[0] in _ENTRIES and _ends(outer[1])
            else None
        )
    if method == b"remove":
        return (method, call)
    return (method, call) if method in _ALIKE else None


def _ends(call: Node) -> bool:
    """Is what ``or_insert`` gives looked at or changed in the same statement, and kept by nobody?"""
    _, up = nodes.unwrapped(call)
    return up is not None and (
        up.type == "expression_statement"
        or nodes.access_of(up) is not None
        or nodes.dereferenced(up) is not None
    )


def fixes(group: LockGroup) -> tuple[tuple[Fix, ...], dict[str, str]]:
    """The map of many locks. Raises Refused."""
    group.require_known()
    group.require_shareable("several threads would look at it at a time")
    for call, other in group.again():
        raise Refused(
            f"{group.at(call)}: the map is used again meanwhile ({group.at(other)}): one that holds an "
            "entry and waits for another one waits for ever"
        )
    notes = group.require_alone("a `DashMap`", by_type=False)
    if printed := group.printed():
        notes.append(printed)
    written = name(group.direct_dependency(_CRATE) + b"::DashMap")
    edits = [*_types(group, written), *_made(group, written)]
    for used, call in group.known:
        found = _operation(group, used, call.path)
        if found is None or used.section is None:
            raise Refused(f"{group.at(call)}: the section is more than one operation on one key")
        source = group.places.source(call.path)
        edits += _rewritten(group, source, used.section, call.receiver.end, *found)
    note = (
        f"`{group.shown.shown}` becomes a `DashMap`, which the package uses already: {group.ratio()}, each an "
        "operation on one key. Keys that do not meet no longer wait for each other. Nothing over two keys is "
        "one step any more (`len`, `retain` and `clear` see others at work); an entry that is held while the map is "
        "used again waits for ever, whatever the key; nothing is poisoned. Arguments are computed before "
        "the lock is taken."
    )
    if notes:
        note += f" Look at: {'; '.join(dict.fromkeys(notes))}."
    return (Fix(_CRATE, Level.REVIEW, tuple(sorted(set(edits))), note),), {}


def _types(group: LockGroup, written: bytes) -> Iterator[Edit]:
    for decl in group.group.declarations:
        source = group.places.source(decl.path)
        for span in decl.types:
            lock = source.node_at(span)
            given = item_nodes.type_arguments(lock) if lock is not None else []
            inner = given[-1] if given else None
            if inner is None or inner.type != "generic_type" or source.comments_in(span):
                place = group.places.place(decl.path, span.start)
                raise Refused(f"{place}: the map's type is not written out")
            head = nodes.generic_head(inner)
            yield Edit(decl.path, span.start, head.end_byte, written)
            yield Edit(decl.path, inner.end_byte, span.end, b"")


def _made(group: LockGroup, written: bytes) -> Iterator[Edit]:
    for new in group.group.constructors:
        source = group.places.source(new.file)
        node, place = source.node_at(new.whole), group.places.place(new.file, new.whole.start)
        given = nodes.arguments_of(node) if node is not None else ()
        if node is None or new.turbofish or source.comments_in(new.whole):
            raise Refused(f"{place}: how the map is made is not understood")
        if is_constant(source, node):
            raise Refused(f"{place}: it is made in a constant, where no `DashMap` can be made")
        if not given:  # `Mutex::default()`
            yield Edit(new.file, new.named.start, new.named.end, written)
            continue
        callee = nodes.callee_of(given[0])
        path = nodes.path_of(callee) if callee is not None else None
        made = source.text(path[1]) if path is not None else b""
        head = nodes.generic_head(path[0]) if path is not None and path[0] is not None else None
        known = head is not None and nodes.last_segment(source.text(head)) in (
            b"HashMap",
            b"Default",
        )
        if not known or made not in (b"new", b"with_capacity", b"default") or path is None:
            raise Refused(f"{place}: what the map is made of is not understood")
        yield Edit(new.file, node.start_byte, path[1].start_byte, written + b"::")
        yield Edit(new.file, given[0].end_byte, node.end_byte, b"")


def _rewritten(
    group: LockGroup, source: Source, section: GuardSection, start: int, method: bytes, call: Node
) -> Iterator[Edit]:
    """``m.lock().unwrap().f(..)`` -> ``m.f(..)``, with what a map of many locks gives made what it was."""
    tail = Span(start, section.guard.node.end_byte)
    if source.comments_in(tail):
        place = group.places.place(source.path, start)
        raise Refused(f"{place}: a comment stands inside what would be replaced")
    yield Edit(source.path, tail.start, tail.end, b"")
    outer = nodes.method_on(source, nodes.outward(call))
    if method == b"get" and outer is not None and outer[0] in (b"cloned", b"copied"):
        copy = b"entry.value().clone()" if outer[0] == b"cloned" else b"*entry.value()"
        text = b".map(|entry| " + copy + b")"
        yield Edit(source.path, call.end_byte, outer[1].end_byte, text)
    elif method == b"remove" and nodes.unwrapped(call)[1] is not None:
        up = nodes.unwrapped(call)[1]
        if up is not None and up.type != "expression_statement":
            yield Edit(source.path, call.end_byte, call.end_byte, b".map(|(_, value)| value)")
