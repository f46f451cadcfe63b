"""``Mutex`` -> ``RwLock``, where several readers would hold it long at a time."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.shared_lock.group import LockGroup
from codemods.shared_lock.retyped import heads, renamed
from engine.base.counts import listed
from engine.base.model import Edit, Fix, Level
from engine.rust.lock_groups.lock_guards import DIRECT, Refused

_ANEW = {
    (b"lock", True): b"read",
    (b"lock", False): b"write",
    (b"try_lock", False): b"try_write",
    (b"blocking_lock", True): b"blocking_read",
    (b"blocking_lock", False): b"blocking_write",
}
_NAMED = 3


def fixes(group: LockGroup) -> tuple[tuple[Fix, ...], dict[str, str]]:
    """The lock as a ``RwLock``. Raises Refused."""
    group.require_known(DIRECT)
    group.require_shareable("one thread at a time may look at it, which a `Mutex` sees to")
    group.require_unchanged_when_shared()
    for call, other in group.again():
        raise Refused(
            f"{group.at(call)}: it is locked again meanwhile ({group.at(other)}): of a `RwLock` the "
            "second read waits for ever behind a writer that came in between"
        )
    notes = group.require_alone("a `RwLock`")
    if printed := group.printed():
        notes.append(printed)
    edits = (*heads(group, group.lock_type("RwLock")), *_calls(group))
    note = " ".join(_note(group, notes))
    return (Fix("rwlock", Level.REVIEW, tuple(sorted(set(edits))), note),), {}


def _calls(group: LockGroup) -> Iterator[Edit]:
    for used, call in group.known:
        source, node = group.node(call)
        if call.method == b"try_lock" and used.reads:
            raise Refused(
                f"{group.at(call)}: who fails to get the lock does something else, and several readers would "
                "get it at a time"
            )
        method = _ANEW.get((call.method, used.reads))
        if method is None:
            raise Refused(f"{group.at(call)}: `.{call.method.decode()}()` has no twin")
        yield renamed(source, node, method)


def _note(group: LockGroup, notes: list[str]) -> Iterator[str]:
    yield (
        f"`{group.shown.shown}` becomes a `RwLock`: {group.ratio()}, and to be read it is held over "
        f"{group.held()}."
    )
    yield (
        "Readers no longer wait for each other; a writer waits for all of them, and whether new readers "
        "overtake it is the lock's choice (std's: the platform's). A short section costs what it did, or more."
    )
    if group.family == "std":
        yield "A panic in a section that reads no longer poisons it."
    if unseen := group.unseen():
        notes = [f"what `{unseen}` does behind a shared reference is not seen here", *notes]
    if told := group.effects(reads_only=True):
        notes = [f"what no longer runs one at a time: {listed(told, _NAMED)}", *notes]
    if notes:
        yield f"Look at: {'; '.join(dict.fromkeys(notes))}."
