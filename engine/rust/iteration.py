"""What iterating over a value of a type gives: the types of the items, without their references.

By the collections' and iterators' full paths. Not answered: iterators whose items a closure makes
(``Map``), and items that are values of their own (``IntoIter``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.rust.known_types import key_of
from engine.rust.type_facts import is_named

if TYPE_CHECKING:
    from engine.rust.types import Type

_LISTS = ("Vec", "VecDeque", "HashSet", "BTreeSet", "LinkedList", "BinaryHeap", "IndexSet")
_MAPS = ("HashMap", "BTreeMap", "IndexMap")
_SAME_ITEM = ("Filter", "Rev", "Take", "Skip", "StepBy", "TakeWhile", "SkipWhile")
_HOMES = ("std::", "indexmap::")


def items_of_collection(type_: Type) -> tuple[Type, ...] | None:
    """``(T,)`` or ``(K, V)`` of what ``(&collection).into_iter()`` lends; None: not known."""
    if type_.kind in ("slice", "array") or is_named(type_, *_LISTS):
        return type_.args[:1] or None
    return type_.args[:2] if is_named(type_, *_MAPS) and len(type_.args) >= 2 else None


def items_of_iterator(type_: Type) -> tuple[Type, ...] | None:
    """``(T,)`` or ``(K, V)`` of what a borrowing iterator of a collection lends; None: not known."""
    if type_.kind != "path" or not key_of(type_.name).startswith(_HOMES) or not type_.args:
        return None
    args = type_.args
    if type_.last in _SAME_ITEM:
        return items_of_iterator(args[0])
    if type_.last == "Iter":
        return args[:2] if "map" in type_.name else args[:1]
    if type_.last in ("Keys", "Values") and len(args) >= 2:
        return args[:1] if type_.last == "Keys" else args[1:2]
    return None
