"""Which names mean a lock: full paths, imports, rustc's spelling."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tree_sitter import Node

from engine.rust.imports import full_paths, is_own_path
from engine.rust.nodes import generic_head
from engine.rust.per_source import per_source
from engine.rust.syntax import Source

if TYPE_CHECKING:
    from engine.rust.types import Type

Family = Literal["std", "parking_lot", "tokio"]

_HOMES: tuple[tuple[str, Family], ...] = (
    ("std::sync", "std"),
    ("std::sync::poison", "std"),
    ("parking_lot", "parking_lot"),
    ("tokio::sync", "tokio"),
    ("futures::lock", "tokio"),  # awaited like tokio's, and never poisoned
    ("futures_util::lock", "tokio"),
    ("async_lock", "tokio"),
)
_LOCKS = (b"Mutex", b"RwLock")
_FAMILIES = {f"{home}::".encode() + lock: family for home, family in _HOMES for lock in _LOCKS}
_LOCK_TYPES = ("Mutex", "RwLock")
_GUARDS = ("MutexGuard", "RwLockReadGuard", "RwLockWriteGuard")


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock. ``inner`` is the path of the type behind it, or "?"; ``type_`` its own, as rustc told."""

    family: Family
    inner: str
    type_: Type | None = field(default=None, compare=False)


def family_at(source: Source, lock: Node) -> Family | None:
    """The family of the lock type that is written at ``lock``."""
    return family_of(source, lock, source.text(generic_head(lock)))[0]


@per_source
def _renamed(source: Source) -> frozenset[bytes]:
    """What stands behind an ``as``: the names that imports give, among others."""
    return frozenset(re.findall(rb"\bas\s+([^\s;,{}()/]+)", source.data))


def full_names(source: Source, node: Node, path: bytes) -> tuple[bytes, ...]:
    """What ``path`` (as written at ``node``) may mean; of what globs may bring, locks."""
    return full_paths(source, node, path, _FAMILIES)


def family_of(source: Source, node: Node, path: bytes) -> tuple[Family | None, bool]:
    """The family that ``path`` means, and whether that is known: (None, True) is no lock at all,
    (None, False) one that only rustc can tell."""
    last = path.rpartition(b"::")[2].strip()
    if last not in _LOCKS and last not in _renamed(source):
        return None, True  # nothing gives a lock this name; most paths are those of other types
    names = full_names(source, node, path)
    if not names:
        return None, last not in _LOCKS
    families = [family for name in names if (family := _FAMILIES.get(name)) is not None]
    if families:
        return families[0], True  # under `cfg` there may be several: the plan says so
    # A re-export of one's own crate may be the real thing.
    own = names[0].rpartition(b"::")[2] in _LOCKS and is_own_path(source, node, names[0])
    return None, not own


def lock_of(type_: Type) -> Lock | None:
    """The lock that a method call on a value of ``type_`` reaches, if any."""
    return next((lock for t in type_.deref_chain() if (lock := _named(t, _LOCK_TYPES))), None)


def guard_of(type_: Type) -> Lock | None:
    """The lock whose guard ``type_`` holds (a ``LockResult`` around it is looked through)."""
    return next((lock for t in type_.walk() if (lock := _named(t, _GUARDS))), None)


def _named(type_: Type, names: Container[str]) -> Lock | None:
    head, _, last = type_.name.rpartition("::")
    known = type_.kind == "path" and last in names and type_.args
    return _with_family(head, type_) if known else None


def _with_family(head: str, type_: Type) -> Lock | None:
    inner = str(type_.args[-1])
    if head.startswith(("std::sync", "core::sync")):
        return Lock("std", inner, type_)
    if head.startswith(("tokio::sync", "futures::lock", "futures_util::lock", "async_lock")):
        return Lock("tokio", inner, type_)
    raw = "lock_api" in head and str(type_.args[0]).startswith("parking_lot::")
    return Lock("parking_lot", inner, type_) if raw or head.startswith("parking_lot") else None
