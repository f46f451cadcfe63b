"""Which of the better forms a lock might have, from what its sections do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.rust.lock_groups.guard_sections import GuardSection
from engine.rust.lock_groups.lock_types import Family

# "snapshot": readers take an `Arc` and let go; "fields": a lock a field; "readers": several may read at a
# time; "map": a map of many locks.
Kind = Literal["snapshot", "fields", "readers", "map"]

# What other codemods are for: numbers and flags become atomics (mutex-counter), what is set once
# needs no lock at all (init-once). `()` guards something else than its value.
_NUMBER = re.compile(rb"[iu](?:8|16|32|64|128|size)|f32|f64|bool")
_OTHERS = re.compile(
    r"(?:[iu](?:8|16|32|64|128|size)|f32|f64|bool|char|\(\))"
    r"|(?:std::option::|core::option::)?Option<.*>"
    # A look-up in such a cache changes it.
    r"|(?:\w+::)*(?:LruCache|LruMap|TimedCache|SizedCache|TimedSizedCache)<.*>"
)
# Shared already, or with a lock of its own.
_SHARED = re.compile(
    r"(?:\w+::)*(?:Arc|Rc|Weak|ArcSwap|DashMap|Sender|Receiver|Mutex|RwLock)(?:<.*>)?"
)
_MAP = re.compile(r"(?:std::collections::)?(?:hash_map::)?HashMap<.*>")


@dataclass(frozen=True, slots=True)
class Used:
    """One lock call. ``section`` is None for what is not followed, or takes no guard; ``reads``: it only
    looks; ``long`` says why the guard is held long, () where it is not."""

    method: bytes
    section: GuardSection | None
    reads: bool
    long: tuple[str, ...] = ()

    @property
    def sets_all(self) -> bool:
        """Does it set all that is guarded, and change no part of it?"""
        return self.section is not None and self.section.sets_all


def is_ours(behind: str) -> bool:
    """May what is ``behind`` a lock (its type, as written or as rustc tells) be one of this codemod's?"""
    text = behind.strip()
    return bool(text) and not _OTHERS.fullmatch(text) and not _SHARED.fullmatch(text)


def is_number(written: bytes) -> bool:
    """Is the type, as it is written, that of a number or a flag?"""
    return _NUMBER.fullmatch(written) is not None


def is_map(behind: str) -> bool:
    """Is it std's ``HashMap``?"""
    return _MAP.fullmatch(behind.strip()) is not None


def kind_of(found: Sequence[Used], lock: str, behind: str, family: Family) -> Kind | None:
    """The form that serves the uses best; None where the lock is fine as it is. A lock of an async crate that
    nobody holds over an await is async-lock's."""
    if not is_ours(behind):
        return None
    seen = [used for used in found if used.section is not None]
    if family == "tokio" and not any(u.section and u.section.scope.trace.awaits for u in seen):
        return None
    writes = [used for used in seen if not used.reads]
    reads = [used for used in seen if used.reads]
    long = [used for used in reads if used.long]
    if long and writes and all(used.sets_all for used in writes) and len(reads) >= len(writes):
        return "snapshot"
    if _apart(found):
        return "fields"
    if long and lock == "Mutex" and len(reads) > len(writes):
        return "readers"
    return None


def _apart(found: Sequence[Used]) -> bool:
    """Does each section use one field, and not all the same one?"""
    fields: set[bytes] = set()
    for used in found:
        if used.section is None or len(used.section.fields) != 1:
            return False
        fields |= used.section.fields
    return len(fields) > 1 and b"" not in fields
