"""What a clone cost, in words for the note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.rust.known_types import Cost
from engine.rust.type_facts import is_bytes, is_counted, is_named

if TYPE_CHECKING:
    from engine.rust.types import Type

SHOWN = 60  # characters of a type


def cost_sentence(type_: Type, cost: Cost, word: bytes) -> str:
    """What ``word`` ("clone", "to_vec" ...) cost that made a ``type_``: one sentence."""
    if is_bytes(type_) and word in (b"clone", b"to_owned"):
        return (
            "The clone was an atomic increment, and the first one of a `Bytes` made from a `Vec` "
            "allocates its shared header."
        )
    if is_bytes(type_):
        return "It allocated a buffer and copied all bytes of the frame into it."
    if is_counted(type_):
        step = "an atomic increment" if type_.last == "Arc" else "an increment"
        return f"The clone was {step} of the reference count, and a decrement later."
    if is_named(type_, "String", "BytesMut", "PathBuf", "OsString", "CString"):
        return f"The clone allocated a new `{type_.last}` and copied all of its bytes."
    if is_named(type_, "Vec", "VecDeque", "HashMap", "BTreeMap", "HashSet"):
        return f"The clone allocated a new `{type_.last}` and cloned every element into it."
    if cost is Cost.COUNT:
        return "The clone raised a reference count."
    shown = type_.short(SHOWN)
    if cost.allocates:
        return f"The clone copied all that `{shown}` owns, with an allocation for each."
    return f"The clone made a second `{shown}`."
