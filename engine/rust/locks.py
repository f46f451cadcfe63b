"""Locks: calls that take one, read off the syntax, and guards, by the types that rustc prints.

Guard types are known by crate and last name, not by one full path: rustc prints the same guard as
``parking_lot::lock_api::MutexGuard``, ``lock_api::MutexGuard`` or ``lock_api::mutex::MutexGuard``,
depending on what the crate can see (observed with rustc 1.95, ``-Ztrim-diagnostic-paths=no``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.rust.nodes import method_call
from engine.rust.syntax import COMMENTS, Source

if TYPE_CHECKING:
    from tree_sitter import Node

    from engine.rust.types import Type


class Flavour(StrEnum):
    """Whose lock it is: decides what holding it too long costs."""

    STD = "std"
    PARKING_LOT = "parking_lot"
    SPIN = "spin"
    REFCELL = "refcell"
    DASHMAP = "dashmap"
    TOKIO = "tokio"
    WATCH = "watch"  # the borrowed value of a tokio watch channel: a read lock
    ASYNC = "async"  # async-lock, async-std, futures

    @property
    def is_async(self) -> bool:
        """Does waiting for it suspend the task (instead of blocking the thread)?"""
        return self in (Flavour.TOKIO, Flavour.ASYNC)


_LOCK_GUARDS = frozenset(
    f"{mapped}{name}Guard"
    for mapped in ("", "Mapped")
    for name in ("Mutex", "RwLockRead", "RwLockWrite")
)
_NAMES: dict[str, frozenset[str]] = {
    "std": _LOCK_GUARDS | {"ReentrantLockGuard"},
    "parking_lot": _LOCK_GUARDS
    | {"RwLockUpgradableReadGuard", "ReentrantMutexGuard", "MappedReentrantMutexGuard"}
    | {"ArcMutexGuard", "ArcReentrantMutexGuard", "ArcRwLockReadGuard", "ArcRwLockWriteGuard"}
    | {"ArcRwLockUpgradableReadGuard", "FairMutexGuard", "MappedFairMutexGuard"},
    "spin": _LOCK_GUARDS | {"RwLockUpgradableGuard", "RwLockUpgradableReadGuard"},
    "tokio": _LOCK_GUARDS
    | {"OwnedMutexGuard", "OwnedMappedMutexGuard", "OwnedRwLockReadGuard"}
    | {"OwnedRwLockWriteGuard", "OwnedRwLockMappedWriteGuard", "RwLockMappedWriteGuard"},
    "dashmap": frozenset(
        {"Ref", "RefMut", "RefMulti", "RefMutMulti", "MappedRef", "MappedRefMut", "Iter", "IterMut"}
        | {"Entry", "OccupiedEntry", "VacantEntry"}
    ),
    "async": _LOCK_GUARDS
    | {"RwLockUpgradableReadGuard", "MutexGuardArc", "RwLockReadGuardArc", "RwLockWriteGuardArc"}
    | {"RwLockUpgradableReadGuardArc", "OwnedMutexGuard"},
}
_CRATES = {
    "std": "std",
    "core": "std",
    "lock_api": "parking_lot",
    "parking_lot": "parking_lot",
    "spin": "spin",
    "tokio": "tokio",
    "dashmap": "dashmap",
    "async_lock": "async",
    "async_std": "async",
    "futures": "async",
    "futures_util": "async",
    "smol": "async",
}


# Their type arguments are not what they hold now.
SPEAKS_OF = frozenset(
    {"JoinHandle", "JoinSet", "Receiver", "Sender", "UnboundedReceiver", "UnboundedSender"}
    | {"PhantomData", "Weak", "SendError", "OnceCell", "LocalKey"}
)


def flavour_of_name(name: str) -> Flavour | None:
    """The flavour of the guard type with this full path, None when it is no guard's."""
    parts = name.split("::")
    last, crate = parts[-1], _CRATES.get(parts[0])
    if crate is None or len(parts) < 2:
        return None
    if crate == "std" and parts[-2] == "cell":
        return Flavour.REFCELL if last in ("Ref", "RefMut") else None
    if crate == "tokio" and last == "Ref" and "watch" in parts:
        return Flavour.WATCH
    return Flavour(crate) if last in _NAMES[crate] else None


def guards_in(type_: Type) -> Iterator[Type]:
    """Guards that a value of this type holds: itself, or what it owns (``Option<MutexGuard<..>>``).

    What stands behind a reference or a pointer belongs to somebody else; a function's signature, a
    trait object's or a future's output (``impl Future<Output = MutexGuard>``) is not there yet.
    """
    if type_.kind in ("ref", "ptr", "fn", "fndef", "closure", "coroutine", "dyn", "opaque"):
        return
    if type_.last in SPEAKS_OF:
        return
    if type_.kind == "path" and flavour_of_name(type_.name) is not None:
        yield type_
        return
    if type_.kind == "impl":
        if any(bound.name.endswith("Iterator") for bound in type_.args):
            for bound in type_.args:
                for arg in bound.args:
                    yield from guards_in(arg)
        return
    for arg in type_.args:
        yield from guards_in(arg)


def guarded(guard: Type) -> Type | None:
    """What the guard gives access to (``T`` of ``MutexGuard<'_, T>``), None when it is not plain."""
    flavour = flavour_of_name(guard.name)
    if flavour is None or not guard.args:
        return None
    if flavour is Flavour.PARKING_LOT:  # lock_api's guards name the raw lock first
        return guard.args[-1] if len(guard.args) > 1 else guard.args[0]
    if flavour is Flavour.DASHMAP:
        if guard.last in ("Ref", "RefMut", "RefMulti", "RefMutMulti"):
            return guard.args[1] if len(guard.args) > 1 else guard.args[0]
        return None
    return guard.args[-1]


# -- calls -------------------------------------------------------------------------------------

LOCKS = frozenset(
    {b"lock", b"try_lock", b"lock_owned", b"try_lock_owned", b"blocking_lock", b"lock_arc"}
    | {b"blocking_lock_owned", b"try_lock_arc", b"read", b"write", b"try_read", b"try_write"}
    | {b"read_owned", b"write_owned", b"try_read_owned", b"try_write_owned", b"read_arc"}
    | {b"write_arc", b"blocking_read", b"blocking_write", b"upgradable_read"}
    | {b"upgradable_read_arc", b"try_upgradable_read"}
)
BORROWS = frozenset(
    {b"borrow", b"borrow_mut", b"try_borrow", b"try_borrow_mut", b"borrow_and_update"}
)
# What is called on the result of a lock call and still yields the guard (or what holds it).
_TAILS = frozenset(
    {b"unwrap", b"expect", b"unwrap_or_else", b"ok", b"map_err", b"unwrap_unchecked"}
)
_FORCED = frozenset({"unwrap", "expect", "unwrap_or_else"})
_PAREN = "parenthesized_expression"


@dataclass(frozen=True)
class LockCall:
    """An expression that takes a lock: ``receiver.method()`` and its tails (``.await``, ``?``,
    ``.unwrap()`` ...), innermost first."""

    node: Node  # the whole expression, tails included
    call: Node  # receiver.method()
    receiver: Node
    method: bytes
    tails: tuple[str, ...]

    @property
    def awaited(self) -> bool:
        """Is the lock a future, which an ``.await`` among the tails takes?"""
        return "await" in self.tails

    @property
    def borrows(self) -> bool:
        """A ``RefCell`` or watch borrow (or, by the name alone, ``Borrow::borrow``)."""
        return self.method in BORROWS


def lock_call(source: Source, node: Node) -> LockCall | None:
    """``node`` read as a lock call with tails, None when it is none. Parentheses are looked through."""
    tails: list[str] = []
    current = node
    while True:
        inner = _inner(source, current, tails)
        if inner is None:
            break
        current = inner
    found = method_call(source, current)
    if found is None:
        return None
    receiver, method, arguments = found
    if method not in LOCKS | BORROWS or arguments:
        return None
    if source.text(receiver).rstrip().endswith((b"stdin()", b"stdout()", b"stderr()")):
        return None
    return LockCall(node, current, receiver, method, tuple(reversed(tails)))


def is_evident(source: Source, locked: LockCall) -> bool:
    """Do name, tails and what else the file speaks of leave little doubt that this is a lock?

    ``read()`` and ``write()`` are also what streams do, ``borrow()`` what collections do.
    """
    method, tails = locked.method, locked.tails
    if locked.borrows:
        return b"RefCell" in source.data and (not tails or method.startswith(b"try_"))
    if b"read" not in method and b"write" not in method:
        return True
    parent = locked.node.parent
    if method.startswith(b"try_"):
        return True  # those of streams are given a buffer
    if parent is not None and parent.type in ("let_condition", "match_expression"):
        # `while let Some(line) = transport.read().await`
        return "await" not in tails and b"RwLock" in source.data
    if tails == ("await",) or (len(tails) == 1 and tails[0] in _FORCED):
        return True
    return not tails and b"RwLock" in source.data


def with_tails(source: Source, node: Node) -> Node:
    """``node`` widened over what is called on its result and hands it on: ``.await``, ``?``,
    ``.unwrap()`` and the like."""
    while True:
        around = _around(source, node)
        if around is None or _inner(source, around, []) != node:
            return node
        node = around


def outermost(source: Source, call: Node) -> LockCall | None:
    """The lock call that starts with ``call`` (``m.lock()``), with all its tails."""
    return lock_call(source, with_tails(source, call))


def _around(source: Source, node: Node) -> Node | None:
    """The expression of which ``node`` may be the head: ``node.await``, ``node?``, ``node.f()``."""
    parent = node.parent
    if parent is None or parent.type in (_PAREN, "await_expression", "try_expression"):
        return parent
    if parent.type == "field_expression" and parent.child_by_field_name("value") == node:
        call = parent.parent
        if call is not None and call.type == "call_expression":
            return call if call.child_by_field_name("function") == parent else None
    return None


def _inner(source: Source, node: Node, tails: list[str]) -> Node | None:
    """What ``node`` is a tail of, noting the tail; None when it is no tail."""
    named = [child for child in node.named_children if child.type not in COMMENTS]
    if node.type == _PAREN and len(named) == 1:
        return named[0]
    if node.type == "await_expression" and named:
        tails.append("await")
        return named[0]
    if node.type == "try_expression" and named:
        tails.append("?")
        return named[0]
    found = method_call(source, node)
    if found is None or found[1] not in _TAILS:
        return None
    tails.append(found[1].decode())
    return found[0]
