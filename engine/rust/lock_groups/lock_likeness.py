"""Which groups' locks may be of one type, and which type that is named somewhere may be a group's: around a
type of the same name, whoever's lock it is.
"""

from __future__ import annotations

from tree_sitter import Node

from engine.rust.lock_groups.lock_sets import Group
from engine.rust.syntax import Source


def lock_types(group: Group) -> frozenset[str]:
    """The types of the group's locks, as rustc told: ``Mutex<state::State>``."""
    locks = (*(c.lock for c in group.lock_calls), *(n.lock for n in group.constructors))
    told = (lock.type_ for lock in locks if lock is not None and lock.type_ is not None)
    kinds = ("Mutex", "RwLock")
    return frozenset(
        f"{next((k for k in kinds if t.last.startswith(k)), '')}<{t.args[-1]}>"
        for t in told
        if t.args
    )


def alike(group: Group, other: Group) -> bool:
    """May both groups' locks be of one type?"""
    return bool(lock_types(group) & lock_types(other))


def named_alike(group: Group, source: Source, lock: Node) -> bool:
    """May the lock type that is written at ``lock`` be one of the group's: around a type of the same last
    name, an option being looked into?"""
    behind = _behind(b"".join(source.text(lock).split()).decode("utf-8", "replace"))
    return behind in ("", "_") or behind in map(_behind, lock_types(group))


def _behind(lock: str) -> str:
    """``State`` of ``Mutex<state::State>`` and of ``Mutex<Option<state::State>>``."""
    inner = lock.partition("<")[2]
    name = inner.partition("<")[0].rstrip(">").rpartition("::")[2]
    return _behind(inner) if name == "Option" else name
