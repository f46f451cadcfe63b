"""Old values that are dropped under the lock: taken out by a ``let``, and dropped behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from engine.rewrite.use_declarations import in_full
from engine.rust.dropped_values import Dropped
from engine.rust.early_values import Known, early
from engine.rust.effects import is_pure
from engine.rust.known_types import Cost, Nature, key_of
from engine.rust.known_types import known as known_type
from engine.rust.locks import guards_in
from engine.rust.nodes import call_of, dereferenced, last_segment, method_call
from engine.rust.syntax import Source, span_of
from engine.rust.temporaries import living_on
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

_REMOVING = re.compile(rb"(?:swap_)?remove(?:_entry)?|pop(?:_\w+)?|take|split_off")


@dataclass(frozen=True)
class Thrown:
    """What is dropped: ``type_``. ``front`` is what has to be computed before the lock is taken, ``b""``
    for nothing; ``taken`` the expression that takes the old value out."""

    dropped: Dropped
    type_: Type
    front: Node | None
    name: bytes


def thrown_away(
    source: Source, dropped: Dropped, known: Known, drops: TypeFacts
) -> Thrown | str | None:
    """The old value, where dropping it is work that nobody else sees; in words why it stays; None where it
    is no work."""
    asked = dropped.place if dropped.kind == "assigned" else dropped.value
    type_ = known.type_of(span_of(asked))
    if type_ is None or type_.is_ref or next(guards_in(type_), None) is not None:
        return None
    found = drops.ownership(type_)
    if found.nature is Nature.UNKNOWN and "`Drop` of its own" in found.why:
        return f"the old value is dropped under the lock: {found.why}"
    if found.nature is not Nature.PLAIN or found.cost is not Cost.DEEP or not drops.is_plain(type_):
        return None
    if dropped.kind == "result":
        if not any(_is_collection(part) for part in type_.walk()):
            return None
        called = method_call(source, dropped.value)
        removes = called is not None and _REMOVING.fullmatch(called.method) is not None
        return Thrown(dropped, type_, None, b"removed" if removes else b"old")
    value = dropped.value
    costless = is_pure(source, value) and not early(source, value, known).worth
    front = None if costless or _is_empty(source, value, type_) else value
    if front is not None and next(living_on(source, value), None) is not None:
        return None
    return Thrown(dropped, type_, front, b"old")


def _is_collection(type_: Type) -> bool:
    """Is it one of std or of a well-known crate, so that more than a few values may be freed?"""
    entry = known_type(type_.name) if type_.kind == "path" else None
    return entry is not None and entry.data and entry.cost is Cost.DEEP


def _is_empty(source: Source, value: Node, type_: Type) -> bool:
    """``Vec::new()``, ``Default::default()`` of a collection of std: what ``mem::take`` leaves."""
    call = call_of(value)
    std = key_of(type_.name).startswith(("std::collections::", "std::vec::", "std::string::"))
    if call is None or call.arguments or not std:
        return False
    head, _, last = b"".join(source.text(call.callee).split()).rpartition(b"::")
    owner = last_segment(head.partition(b"<")[0].removesuffix(b"::")).decode()
    return last in (b"new", b"default") and owner in (type_.last, "Default")


def taking(source: Source, thrown: Thrown, new: bytes) -> bytes:
    """The expression that puts ``new``, the text of the new value, there and gives the old one."""
    dropped = thrown.dropped
    if dropped.kind == "result":
        return source.text(dropped.value)
    place = source.text(dropped.place)
    if new == b"None":
        inner = dereferenced(dropped.place)
        return (source.text(inner) if inner is not None else place) + b".take()"
    if _is_empty(source, dropped.value, thrown.type_):
        return in_full(b"std::mem::take") + b"(&mut " + place + b")"
    return in_full(b"std::mem::replace") + b"(&mut " + place + b", " + new + b")"
