"""``Mutex<State>``, no section of which touches two fields -> a ``State`` with a lock a field.

struct State { sessions: Mutex<HashMap<..>>, log: Mutex<Vec<..>> }      // behind no lock of its own
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.shared_lock.field_definition import defined, values
from codemods.shared_lock.group import LockGroup
from engine.base.counts import listed
from engine.base.model import Edit, Fix, Level, Span
from engine.rust import item_nodes, known_calls, nodes
from engine.rust.codegen import put
from engine.rust.definitions import derives
from engine.rust.lock_groups.guard_sections import GuardUse
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import LocatedCall
from engine.rust.syntax import Source, span_of

_NAMED = 3


def fixes(group: LockGroup) -> tuple[tuple[Fix, ...], dict[str, str]]:
    """A lock for each field. Raises Refused."""
    group.require_known()
    found = group.struct
    assert found is not None  # the plan's kind
    source, struct = found
    for call, other in group.again():
        raise Refused(
            f"{group.at(call)}: it is locked again meanwhile ({group.at(other)}): both together are no "
            "section of one field"
        )
    notes = group.require_alone("a struct of locks", by_type=False)
    lock = group.lock_type(group.kind)
    edits = [*defined(group, source, struct, lock), *values(group, source, struct, lock)]
    edits += _unlocked(group)
    for used, call in group.known:
        edits += _section(group, call, used.section.uses if used.section is not None else ())
    if b"Debug" in derives(source, struct) and (printed := group.printed()):
        notes.append(printed)
    notes += _beside(group)
    if shared := group.changes_when_shared():
        if "*mut" in shared or "*const" in shared:
            raise Refused(
                f"`{group.type_.short()}` holds {shared}: two fields may point to the same, which one lock guards"
            )
        notes.append(
            f"{shared} in it changes behind a shared reference: where two fields lead to the same one, their steps no "
            "longer hang together"
        )
    note = " ".join(_note(group, struct, source, notes))
    return (Fix("fields", Level.REVIEW, tuple(sorted(set(edits))), note),), {}


def _unlocked(group: LockGroup) -> Iterator[Edit]:
    """The lock around the struct goes."""
    for decl in group.group.declarations:
        source = group.places.source(decl.path)
        for span in decl.types:
            node = source.node_at(span)
            given = item_nodes.type_arguments(node) if node is not None else []
            if node is None or len(given) != 1 or source.comments_in(span):
                raise Refused(
                    f"{group.places.place(decl.path, span.start)}: the type is not understood"
                )
            yield Edit(decl.path, span.start, given[0].start_byte, b"")
            yield Edit(decl.path, given[0].end_byte, span.end, b"")
    for new in group.group.constructors:
        source = group.places.source(new.file)
        node, place = source.node_at(new.whole), group.places.place(new.file, new.whole.start)
        callee = nodes.callee_of(node) if node is not None else None
        path = nodes.path_of(callee) if callee is not None else None
        if node is None or path is None or new.turbofish:
            raise Refused(f"{place}: how the lock is made is not understood")
        made, values_ = source.text(path[1]), nodes.arguments_of(node)
        if made == b"default" and not values_:
            yield Edit(new.file, new.named.start, new.named.end, b"Default")
        elif len(values_) == 1 and made in (b"new", b"from", b"const_new"):
            if any(source.comments_in(gap) for gap in _gaps(node, values_[0])):
                raise Refused(f"{place}: a comment stands inside what would be replaced")
            yield Edit(new.file, node.start_byte, values_[0].start_byte, b"")
            yield Edit(new.file, values_[0].end_byte, node.end_byte, b"")
        else:
            raise Refused(f"{place}: how the lock is made is not understood")


def _gaps(node: Node, given: Node) -> Iterator[Span]:
    yield Span(node.start_byte, given.start_byte)
    yield Span(given.end_byte, node.end_byte)


def _section(group: LockGroup, call: LocatedCall, uses: tuple[GuardUse, ...]) -> Iterator[Edit]:
    """``s.lock().unwrap().a`` -> ``s.a.lock().unwrap()``."""
    source, _ = group.node(call)
    fields = {use.field for use in uses}
    if len(fields) != 1 or b"" in fields:
        names = ", ".join(f"`{name.decode()}`" for name in sorted(fields)) or "nothing"
        raise Refused(f"{group.at(call)}: one section uses {names}")
    yield Edit(call.path, call.receiver.end, call.receiver.end, b"." + fields.pop())
    for use in uses:
        yield from _without_field(group, source, use)


def _without_field(group: LockGroup, source: Source, use: GuardUse) -> Iterator[Edit]:
    """``g.a`` -> ``*g``; ``g.a.f()`` -> ``g.f()``."""
    access: Node = use.node
    while nodes.access_of(access) is None:
        up = source.parent(access)
        assert up is not None  # the place has a field
        access = up
    if source.comments_in(span_of(access)):
        place = group.places.place(source.path, access.start_byte)
        raise Refused(f"{place}: a comment stands inside what would be replaced")
    whole = nodes.outward(access)
    up = source.parent(whole)
    inner = nodes.access_of(up) if up is not None else None
    index = nodes.indexed(up) if up is not None else None
    called = nodes.method_on(source, whole)
    before, after = b"*", b""
    if called is not None and not _is_of_the_value(called[0]):
        before, after = b"(*", b")"
    elif (inner is not None and inner.base == whole) or (index is not None and index[0] == whole):
        before = b""
    elif up is not None and nodes.borrowed(up) is not None:
        pass
    elif put(source, access, b"*x", True).replacement.startswith(b"("):
        before, after = b"(*", b")"
    yield Edit(source.path, access.start_byte, use.node.start_byte, before)
    yield Edit(source.path, use.node.end_byte, access.end_byte, after)


def _is_of_the_value(method: bytes) -> bool:
    """Is it a method that only a collection, a text or an option has, and no guard?"""
    plain = known_calls.is_reading_method(method) or known_calls.changes_receiver(method)
    return method != b"fmt" and (plain or method in known_calls.COPYING)


def _beside(group: LockGroup) -> list[str]:
    """What ran under the one lock and may be seen outside of it: sections of two fields run at a time now."""
    told = group.effects(reads_only=False)
    words = "what no longer waits for sections of the other fields"
    return [f"{words}: {listed(told, _NAMED)}"] if told else []


def _note(group: LockGroup, struct: Node, source: Source, notes: list[str]) -> Iterator[str]:
    named = item_nodes.name_of(struct)
    shown = source.text(named).decode("utf-8", "replace") if named is not None else ""
    yield (
        f"Each field of `{shown}` gets a lock of its own: no section uses two of them; {group.ratio()}. "
        "Who uses one field no longer waits for who uses another."
    )
    yield ("A panic poisons its own field's lock alone." if group.family == "std" else "")
    yield "What is to be seen of two fields at one moment needs both locks from now on, always in one order."
    if notes:
        yield f"Look at: {'; '.join(dict.fromkeys(notes))}."
