"""Values whose drop others see, by their types: what a value that is held over an await keeps from them meanwhile.

A type of the workspace with a ``Drop`` of its own (or one in its fields), permits, leases of pools, guards and
the like by the names that everybody gives them, and what hides behind ``impl`` or ``dyn``. One that borrows from
what changes behind a shared reference (a lock, an atomic, a concurrent map) is *like a guard*: others may wait for
its end, with their threads perhaps. Foreign types that are not called so are taken to give back memory alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from engine.rust.definitions import Item
from engine.rust.inner_cells import held_types, inside
from engine.rust.item_nodes import type_parameters
from engine.rust.items import Items
from engine.rust.known_types import key_of
from engine.rust.locks import guards_in
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

_DEPTH = 4  # structs in structs
_COUNTED = frozenset({"std::sync::Arc", "std::sync::Weak", "std::rc::Rc", "std::rc::Weak"})
# Of pools: dropped, they are another's.
_LENT = frozenset({"PooledConnection", "PoolConnection", "PooledConn", "Object", "RecycleGuard"})


class Ends(StrEnum):
    """What others see of a drop, in words that follow the value."""

    OWN = "has a `Drop` of its own"
    GIVEN_BACK = "is given back when it is dropped"
    HIDDEN = "is of a type that is not shown, which may be a guard"
    GUARD = "is like a guard: it borrows from what others wait for"


@dataclass
class SeenDrops:
    """Judges types; ``drops`` tells of a type of the workspace whether it has a ``Drop`` of its own. Answers are
    kept."""

    items: Items
    drops: Callable[[Type], bool]
    _facts: TypeFacts = field(default_factory=TypeFacts)
    _judged: dict[Type, Ends | None] = field(default_factory=dict)

    def of(self, type_: Type) -> Ends | None:
        """What others see when a value of the type is dropped; None for nothing that is known."""
        if type_ not in self._judged:
            self._judged[type_] = None  # of a type that holds itself
            self._judged[type_] = self._of(type_, _DEPTH)
        return self._judged[type_]

    def _of(self, type_: Type, depth: int) -> Ends | None:
        if type_.kind in ("impl", "dyn") or (
            type_.kind == "opaque" and type_.name.startswith("impl")
        ):
            return self._hidden(type_)
        if type_.kind in ("tuple", "array", "slice"):
            return self._first(type_.args, depth)
        if type_.kind != "path" or key_of(type_.name) in _COUNTED or depth == 0:
            return None
        if next(guards_in(type_), None) is not None:
            return Ends.GUARD
        mine = self.items.printed(type_.name, "struct", "enum")
        if mine:
            if self.drops(type_):
                return Ends.GUARD if any(self._borrows(item, type_) for item in mine) else Ends.OWN
            held = [part for item in mine for part in held_types(self.items, item, type_.args)]
            return self._first([part for part in held if part.kind != "opaque"], depth - 1)
        if type_.last in _LENT or self._facts.drop_is_seen(Type(type_.name)) is True:
            return Ends.GIVEN_BACK
        return self._first(type_.args, depth)

    def _first(self, parts: tuple[Type, ...] | list[Type], depth: int) -> Ends | None:
        found = [told for part in parts if (told := self._of(part, depth)) is not None]
        return Ends.GUARD if Ends.GUARD in found else next(iter(found), None)

    def _hidden(self, type_: Type) -> Ends | None:
        text = str(type_)
        if "Deref" in text:
            return Ends.GUARD
        harmless = ("Error", "Fn", "Future", "Display", "AsRef", "Into")
        return None if any(word in text for word in harmless) else Ends.HIDDEN

    def _borrows(self, item: Item, type_: Type) -> bool:
        """Does it borrow from what changes behind a shared reference?"""
        source, node = self.items.open(item)
        parameters = type_parameters(node)
        if parameters is None or b"'" not in source.text(parameters):
            return False
        for part in held_types(self.items, item, type_.args):
            refs, _ = part.behind_refs()
            found = inside(self.items, part)
            if refs and (part.is_mut_ref or found.cell is not None or found.unseen is not None):
                return True
        return False
