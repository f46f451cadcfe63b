"""Locals of some statements that must live as long as they do now, when the statements become a closure of their own:
their drop would come earlier, and others see it. A directory that is removed, a lock on a file, a socket.

By the types of what they are made of. Foreign types of which nothing is known are taken to do something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.inner_cells import held_types
from engine.rust.known_types import Nature, key_of, known
from engine.rust.moves import moved
from engine.rust.nodes import method_on
from engine.rust.places import place_of
from engine.rust.scopes import Binding, Scopes
from engine.rust.seen_drops import SeenDrops
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import span_of
from engine.rust.types import Type

TypeAt = Callable[[Span], Type | None]

_DEPTH = 4  # structs in structs
_OUTWARD = ("std::net::", "std::os::", "std::sync::mpsc::")
# std's (1.89), fs2's and fs4's.
_LOCKING = frozenset(
    b"lock lock_shared try_lock try_lock_shared lock_exclusive try_lock_exclusive".split()
)


@dataclass(frozen=True)
class LateDrops:
    """Judges types; ``drops`` knows those whose drop others see."""

    drops: SeenDrops

    def matters(self, type_: Type, depth: int = _DEPTH) -> bool:
        """Does it matter when a value of the type is dropped, as far as is known?"""
        if self.drops.of(type_) is not None:
            return True
        if type_.kind in ("tuple", "array", "slice"):
            return any(self.matters(part, depth) for part in type_.args)
        if type_.kind != "path" or depth == 0:
            return False
        mine = self.drops.items.printed(type_.name, "struct", "enum")
        if mine:
            held = [p for item in mine for p in held_types(self.drops.items, item, type_.args)]
            return any(self.matters(part, depth - 1) for part in held if part.kind != "opaque")
        key, entry = key_of(type_.name), known(type_.name)
        if (entry is not None and entry.nature is Nature.HANDLE) or key.startswith(_OUTWARD):
            return True
        if entry is None and "::" in key and not key.startswith("std::"):
            return True
        counted = entry is not None and entry.nature is Nature.SHARED
        return not counted and any(self.matters(part, depth) for part in type_.args)


def asked_of_locals(statements: Sequence[Node]) -> Iterator[Span]:
    """The expressions whose types tell whether a local of the statements must live on."""
    for statement in statements:
        let = let_of(statement)
        if let is not None and let.value is not None:
            yield span_of(let.value)


def living_on(
    scopes: Scopes,
    block: Node,
    statements: Sequence[Node],
    type_at: TypeAt,
    matters: Callable[[Type], bool],
) -> tuple[Binding, ...] | str:
    """The names that ``let`` statements among ``statements``, of ``block``, declare, that are not used behind them, and
    whose values must live to the end of the block; in words where that cannot be had."""
    found: list[Binding] = []
    for statement in statements:
        let = let_of(statement)
        if let is None or let.value is None or statement.type != "let_declaration":
            continue
        type_ = type_at(span_of(let.value))
        for binding in scopes.bound_by(span_of(let.pattern)):
            uses = scopes.uses(binding)
            if any(use.span.start >= statements[-1].end_byte for use in uses):
                continue
            if not is_locked(scopes, binding) and (type_ is None or not matters(type_)):
                continue
            gone = moved(scopes.source, (use.span for use in uses), block)
            shown = binding.name.decode("utf-8", "replace")
            if gone == "always":
                continue
            if gone == "sometimes" or not binding.plain or binding.by_ref:
                return f"`{shown}` would be dropped earlier, and others see that"
            found.append(binding)
    if len({binding.name for binding in found}) != len(found):
        return "several values of one name would be dropped earlier, and others see that"
    return tuple(found)


def is_locked(scopes: Scopes, binding: Binding) -> bool:
    """Is it a file that is locked: is a method called on it that takes such a lock, which ends with the file?"""
    source = scopes.source
    for use in scopes.uses(binding):
        node = source.innermost(use.span)
        place = place_of(source, node)
        called = method_on(source, place.whole) if place is not None else None
        if called is not None and called[0] in _LOCKING:
            return True
    return False
