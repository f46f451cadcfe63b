"""Calls on values of types that are shared without a lock: std's and well-known crates'.

Such a type is made of atomics that are not all ``SeqCst``, inside of code that is not looked at: two
accesses to one value of it acquire and release, as a message does, and have no order with what else is
``SeqCst``. The type is the one that the place is declared with; its crate and its last name count, for its
modules are re-exported. What a call does is by its name, as documented (arc-swap 1.7, crossbeam 0.8,
once_cell 1.21, tokio 1.52 ...). Not told: the two ends of a channel, which nothing shows to be of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tree_sitter import Node

from engine.rust import nodes
from engine.rust.declared_types import DeclaredTypes
from engine.rust.imports import full_paths
from engine.rust.memory_order import Access
from engine.rust.queries import walk
from engine.rust.syntax import Source
from engine.rust.value_steps import next_step

# "read": looks; "change": writes by a read-modify-write whose value is nobody's; "take": one whose value
# is given back; "store": writes without a look at what was there.
_Does = Literal["read", "store", "change", "take"]

_HANDED_OVER = frozenset({b"AcqRel"})


def _table(**does: str) -> Mapping[bytes, _Does]:
    words: dict[bytes, _Does] = {}
    for kind in ("read", "store", "change", "take"):
        words.update(dict.fromkeys(does.get(kind, "").encode().split(), kind))
    return words


_SWAPPED = _table(
    read="load load_full", change="store", take="swap rcu compare_and_swap"
)  # fmt: skip
_CELL = _table(
    read="load",
    store="store",
    take="swap take compare_exchange fetch_update fetch_add fetch_sub fetch_and fetch_or fetch_xor",
)
_QUEUE = _table(read="len is_empty is_full", change="push force_push", take="pop")
_ONCE = _table(read="get", change="set", take="try_insert")
_MAP = _table(
    read="get contains contains_key len is_empty iter range front back get_with",
    change="insert clear",
    take="remove pop_front pop_back get_or_insert get_or_insert_with entry update",
)
_WAKER = _table(
    read="notified register is_cancelled cancelled", change="notify_one notify_waiters wake cancel"
)

# (crate, type) -> what its methods do.
_TYPES: Mapping[tuple[bytes, bytes], Mapping[bytes, _Does]] = {
    (crate.encode(), name.encode()): does
    for crates, names, does in (
        ("arc_swap", "ArcSwap ArcSwapAny ArcSwapOption ArcSwapWeak", _SWAPPED),
        ("crossbeam crossbeam_utils", "AtomicCell", _CELL),
        ("crossbeam crossbeam_queue concurrent_queue", "SegQueue ArrayQueue ConcurrentQueue", _QUEUE),
        ("once_cell std async_once_cell", "OnceCell OnceLock OnceBox OnceNonZeroUsize", _ONCE),
        ("crossbeam crossbeam_skiplist papaya flurry scc evmap", "SkipMap SkipSet HashMap HashSet", _MAP),
        ("tokio tokio_util futures", "Notify CancellationToken AtomicWaker", _WAKER),
    )
    for crate in crates.split()
    for name in names.split()
    if (crate, name[:4]) != ("std", "Hash")
}  # fmt: skip
_METHODS = frozenset(method for does in _TYPES.values() for method in does)
_HEADS = tuple(sorted({crate for crate, _ in _TYPES} - {b"std", b"tokio", b"futures"}))
_NAMED = tuple(sorted({name for crate, name in _TYPES if crate in (b"std", b"tokio", b"futures")}))


def mentions_lock_free(data: bytes) -> bool:
    """May a file with these bytes hold such a call, or declare such a type?"""
    return any(word in data for word in (*_HEADS, *_NAMED))


def lock_free_access(source: Source, node: Node, declared: DeclaredTypes) -> Access | None:
    """The access that the call ``node`` makes to a value of such a type, if it is one."""
    call = nodes.method_call(source, node)
    if call is None or call.method not in _METHODS:
        return None
    for place, type_ in declared.of_place(source, nodes.bare(call.receiver)):
        does = _done(place, type_, call.method)
        if does is not None:
            step = next_step(source, node)
            dropped = step is not None and step.way == "dropped"
            reads, writes = does != "store", does != "read"
            looked = does in ("read", "take") and not dropped
            return Access(node, call.receiver, reads, writes, looked, _HANDED_OVER, hidden=True)
    return None


def _done(source: Source, type_: Node, method: bytes) -> _Does | None:
    """What ``method`` does by the first such type in a written one (``Arc<ArcSwap<Config>>``)."""
    for node in walk(type_):
        part = node.parent is not None and node.parent.type == "scoped_type_identifier"
        if node.type not in ("type_identifier", "scoped_type_identifier") or part:
            continue
        for full in full_paths(source, node, source.text(node)):
            parts = full.split(b"::")
            methods = _TYPES.get((parts[0], parts[-1]))
            if methods is not None:
                return methods.get(method)
    return None
