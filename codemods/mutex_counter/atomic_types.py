"""What may stand behind a counter's lock, and its atomic."""

from __future__ import annotations

from engine.rewrite import use_declarations
from engine.rust.lock_groups.lock_types import Lock

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


def has_atomic(lock: Lock | None) -> bool:
    """Is it around what has an atomic?"""
    return lock is not None and lock.inner in ATOMICS


def may_have_atomic(lock: Lock | None) -> bool:
    """Is it around what has an atomic, as far as rustc told?"""
    return lock is None or lock.inner in ATOMICS


def atomic(inner: str) -> bytes:
    """A marker (``engine.rewrite.use_declarations.name``) for the atomic of ``inner``."""
    return use_declarations.name(_MODULE + ATOMICS[inner])


def wide(inner: str) -> bool:
    """Is the atomic missing on targets without 64-bit ones?"""
    return inner in ("u64", "i64", "f64")
