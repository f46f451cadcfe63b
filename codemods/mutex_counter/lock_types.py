"""Which names mean a lock, a number and its atomic: full paths, imports, rustc's spelling."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tree_sitter import Node

from engine.rewrite import use_declarations
from engine.rust.imports import full_paths, is_own_path
from engine.rust.per_source import per_source
from engine.rust.syntax import Source

if TYPE_CHECKING:
    from engine.rust.types import Type

Family = Literal["std", "parking_lot", "tokio"]

# What may stand behind the lock, and the atomic in its place; that of a float is one of its bits. 128 bits
# have none.
FLOATS = frozenset({"f32", "f64"})
ATOMICS: dict[str, bytes] = {
    "bool": b"AtomicBool",
    "usize": b"AtomicUsize",
    "isize": b"AtomicIsize",
    **{f"{s}{n}": f"Atomic{s.upper()}{n}".encode() for s in "ui" for n in (8, 16, 32, 64)},
    "f32": b"AtomicU32",
    "f64": b"AtomicU64",
}
NUMBERS = frozenset(name.encode() for name in ATOMICS)
_MODULE = b"std::sync::atomic::"
ORDERING = _MODULE + b"Ordering"

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
    """A lock. ``inner`` is a key of ``ATOMICS`` where it is around a number or a flag, else a type's
    path, or "?"."""

    family: Family
    inner: str

    @property
    def has_atomic(self) -> bool:
        """Is it around what has an atomic?"""
        return self.inner in ATOMICS


def atomic(inner: str) -> bytes:
    """A marker (``engine.rewrite.use_declarations.name``) for the atomic of ``inner``."""
    return use_declarations.name(_MODULE + ATOMICS[inner])


def wide(inner: str) -> bool:
    """Is the atomic missing on targets without 64-bit ones?"""
    return inner in ("u64", "i64", "f64")


@per_source
def _renamed(source: Source) -> frozenset[bytes]:
    """What stands behind an ``as``: the names that imports give, among others."""
    return frozenset(re.findall(rb"\bas\s+([^\s;,{}()/]+)", source.data))


def full_names(source: Source, node: Node, path: bytes) -> tuple[bytes, ...]:
    """What ``path`` (as written at ``node``) may mean; of what globs may bring, locks."""
    return full_paths(source, node, path, _FAMILIES)


def may_have_atomic(lock: Lock | None) -> bool:
    """Is it around what has an atomic, as far as rustc told?"""
    return lock is None or lock.has_atomic


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
        return Lock("std", inner)
    if head.startswith(("tokio::sync", "futures::lock", "futures_util::lock", "async_lock")):
        return Lock("tokio", inner)
    raw = "lock_api" in head and str(type_.args[0]).startswith("parking_lot::")
    return Lock("parking_lot", inner) if raw or head.startswith("parking_lot") else None
