"""One group of locks that belong together, with what its sections do, and the obstacles that all forms have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tree_sitter import Node

from codemods.shared_lock.kinds import Used, is_number
from codemods.shared_lock.sections import Sections
from engine.base.counts import listed
from engine.rewrite.use_declarations import name
from engine.rust import item_nodes
from engine.rust.held_effects import held_effects
from engine.rust.inner_cells import inside
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_likeness import alike, named_alike
from engine.rust.lock_groups.lock_places import Declaration, LocatedCall, LockPlaces
from engine.rust.lock_groups.lock_printed import seen_printed
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.lock_types import Family
from engine.rust.lock_groups.lock_uses import (
    Uses,
    exposed,
    other_build,
    require_no_macro,
    require_one_meaning,
    require_seen,
)
from engine.rust.lock_groups.taken_again import TakenAgain
from engine.rust.syntax import Source, span_of
from engine.rust.type_definitions import DefinedTypes
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

_LONG = 40  # characters of a type in a message
_NAMED = 4  # of what is held long, as many are named
_HOMES = {"std": b"std::sync", "parking_lot": b"parking_lot", "tokio": b"tokio::sync"}
# Kinds of effects that others may see.
_SEEN = frozenset({"call", "write", "lock", "macro", "log"})
_KEEPING = ("field", "static", "const", "alias", "let", "local")


@dataclass
class LockGroup:
    """``known`` are its calls with what their guards are used for, ``refused`` those that are not followed,
    with the reason. ``behind`` is the type behind the lock, ``kind`` "Mutex" or "RwLock", ``home`` the module
    that the lock is of."""

    places: LockPlaces
    sections: Sections
    group: Group
    every: Sequence[Group]
    behind: str
    type_: Type
    kind: str
    family: Family
    home: bytes
    known: list[tuple[Used, LocatedCall]] = field(default_factory=list)
    refused: list[tuple[LocatedCall, Refused]] = field(default_factory=list)

    @classmethod
    def of(
        cls, places: LockPlaces, sections: Sections, group: Group, every: Sequence[Group]
    ) -> LockGroup | None:
        """None where rustc tells of no lock, or of several."""
        locks = [call.lock for call in group.lock_calls if call.lock is not None]
        told = [lock.type_ for lock in locks if lock.type_ is not None]
        kinds = {"RwLock" if type_.last.startswith("RwLock") else "Mutex" for type_ in told}
        if len({(lock.family, lock.inner) for lock in locks}) != 1 or len(kinds) != 1:
            return None
        behind, lock = told[0].args[-1], locks[0]
        if behind.kind == "path" and _is_parameter(places, behind):
            return None
        homes = {type_.name.rpartition("::")[0] for type_ in told}
        home = _HOMES[lock.family]
        if lock.family == "tokio" and not all(each.startswith("tokio::sync") for each in homes):
            return None
        found = cls(
            places, sections, group, every, lock.inner, behind, kinds.pop(), lock.family, home
        )
        for call in group.lock_calls:
            source, node = places.source(call.path), places.source(call.path).node_at(call.span)
            if node is None or call.lock is None:
                continue
            used = sections.used(source, node, call)
            if isinstance(used, Refused):
                found.refused.append((call, used))
            else:
                found.known.append((used, call))
        return found

    # -- what it is ---------------------------------------------------------------------------------

    @property
    def struct(self) -> tuple[Source, Node] | None:
        """The struct of the workspace with named fields that is behind the lock."""
        items = self.places.items
        found = items.printed(self.type_.name) if self.type_.kind == "path" else ()
        if len(found) != 1 or found[0].kind != "struct" or found[0].in_macro:
            return None
        return items.open(found[0])

    @property
    def numbers(self) -> Literal["none", "some", "all"]:
        """How many of the fields of that struct are numbers or flags, which mutex-counter takes out of the
        lock."""
        found = self.struct
        types = item_nodes.named_fields(found[1]) if found is not None else []
        counted = [found and is_number(found[0].text(type_)) for _, type_ in types]
        return "none" if not any(counted) else "all" if all(counted) else "some"

    @property
    def shown(self) -> Declaration:
        """The place that is told of."""
        return min(
            self.group.declarations, key=lambda d: (d.site.kind not in _KEEPING, d.path, d.node)
        )

    def at(self, call: LocatedCall) -> str:
        """``src/lib.rs:12``"""
        return self.places.place(call.path, call.span.start)

    def node(self, call: LocatedCall) -> tuple[Source, Node]:
        """The file and the node of a call."""
        source = self.places.source(call.path)
        node = source.node_at(call.span)
        assert node is not None  # it was there when the group was opened
        return source, node

    def in_test(self, call: LocatedCall) -> bool:
        """Does it stand in code that no traffic reaches?"""
        source, node = self.node(call)
        return source.in_test(node)

    def lock_type(self, kind: str) -> bytes:
        """The name of the family's ``Mutex`` or ``RwLock``, to be written."""
        return name(self.home + b"::" + kind.encode())

    def direct_dependency(self, crate: str) -> bytes:
        """What ``crate`` is called in the code of the packages that hold a part of the locks; b"" where one
        of them does not depend on it in any case."""
        group, facts = self.group, self.sections.facts
        paths = {d.path for d in group.declarations} | {c.path for c in group.lock_calls}
        paths |= {new.file for new in group.constructors}
        found: set[str] = set()
        for package in (facts.package_of(path) for path in sorted(paths)):
            if package is None or crate not in package.external or crate in package.optional:
                return b""
            found.add(package.renamed.get(crate, crate).replace("-", "_"))
        return found.pop().encode() if len(found) == 1 else b""

    # -- what stands in the way ---------------------------------------------------------------------

    def require_known(self, besides: frozenset[bytes] = frozenset()) -> None:
        """Raises Refused where a use of the locks is not known, or is nobody's to change. Calls of ``besides``
        may stand as they are."""
        for call, refused in self.refused:
            if call.method not in besides:
                raise Refused(f"{self.at(call)}: {refused.reason}")
        for call in self.group.lock_calls:
            if call.lock is None:
                told = self.sections.facts.unknown(call.path, call.receiver)
                raise Refused(f"{self.at(call)} may lock it, but {told}")
        for used, call in self.known:
            source, node = self.node(call)
            if not source.sound(node):
                raise Refused(f"{self.at(call)}: a syntax error stands beside it")
            assert used.section is not None
            if why := self.sections.is_told(source, node, call, used.section):
                raise Refused(f"{self.at(call)}: {why}")
        for decl in self.group.declarations:
            if decl.doubt:
                raise Refused(decl.doubt)
            require_one_meaning(self.places, decl)
        seen = exposed(self.places, self.group)
        if seen is not None:
            raise Refused(f"`{seen.shown}` is public, so its type is part of the library's API")
        require_no_macro(self.places, self.group)

    def require_alone(self, instead: str, by_type: bool = True) -> list[str]:
        """What is to be said of other uses of the locks. Raises Refused where one may mean something else for
        what takes their place; ``by_type``: it is still a lock, which a framework finds by its type."""
        given = {"given"} if self.group.constructors and by_type else set()
        harmless = {"inside", "shown"} | given
        uses = Uses(instead, named_alike, alike, harmless=frozenset(harmless))
        notes: list[str] = []
        for end in require_seen(self.places, self.group, self.every, uses):
            if end.kind == "given":
                place = self.places.place(end.source.path, end.node.start_byte)
                words = end.words.partition(",")[0]
                notes.append(f"{place}: {words}, which changes with all others")
        if found := other_build(self.places, self.group, atomics=False):
            notes.append(found)
        return notes

    def require_shareable(self, words: str) -> None:
        """Raises Refused where several threads may not look at the value at a time."""
        told = [
            self.sections.is_sync(*self.node(call), call.method, used.section)
            for used, call in self.known
            if used.section is not None
        ]
        if False in told:
            raise Refused(f"`{self.type_.short()}` is not `Sync`: {words}")
        if True not in told:
            raise Refused(f"whether `{self.type_.short()}` is `Sync` is not known")

    def changes_when_shared(self) -> str:
        """What is behind the lock and changes behind a shared reference; "" for nothing that is known."""
        cell = inside(self.places.items, self.type_).cell
        return f"a `{cell.short(_LONG)}`" if cell is not None else ""

    def require_unchanged_when_shared(self) -> None:
        """Raises Refused where two readers at a time might change something."""
        if cell := self.changes_when_shared():
            raise Refused(
                f"`{self.type_.short()}` holds {cell}, which changes behind a shared reference: two "
                "readers at a time would change it beside each other"
            )

    def unseen(self) -> str:
        """A type behind the lock of which that is not known; "" for none."""
        unseen = inside(self.places.items, self.type_).unseen
        return unseen.short(_LONG) if unseen is not None else ""

    def drops_more(self) -> bool:
        """May dropping the value do more than give back memory?"""
        facts = self.sections.facts
        drops = DefinedTypes(facts.items, facts.sources, ("Drop",))
        return TypeFacts(drops.ownership).drop_runs_others(self.type_)

    def again(self) -> Iterator[tuple[LocatedCall, LocatedCall]]:
        """Sections, by their calls, in which such a lock may be taken once more, and where."""
        taken = TakenAgain(self.places, self.group)
        for used, call in self.known:
            found = taken.within(call, used.section) if used.section is not None else None
            if found is not None:
                yield call, found

    # -- words --------------------------------------------------------------------------------------

    def ratio(self) -> str:
        """Who reads and who writes."""
        mine = [used for used, call in self.known if not self.in_test(call)]
        reads = sum(used.reads for used in mine)
        writes = len(mine) - reads
        places = "place reads" if reads == 1 else "places read"
        told = f"{writes} write{'s' if writes == 1 else ''}" if writes else "none writes"
        return f"{reads} {places} it, {told} (counted in the code, not measured)"

    def held(self) -> str:
        """What is held long to be read."""
        words = [
            word
            for used, call in self.known
            if used.reads
            for word in used.long
            if not self.in_test(call)
        ]
        return listed(list(dict.fromkeys(words)), _NAMED)

    def effects(self, reads_only: bool) -> list[str]:
        """What runs in the sections (``reads_only``: in long ones that read) beside work on the value, and
        may be seen by others: in words, with the places."""
        found: list[str] = []
        for used, call in self.known:
            if used.section is None or self.in_test(call):
                continue
            if reads_only and not (used.reads and used.long):
                continue
            source, section = self.places.source(call.path), used.section
            for effect in held_effects(source, section.scope):
                own = section.is_on_value(source, effect.node) or (
                    effect.what == "write"
                    and any(span_of(use.node) in effect.span for use in section.uses)
                )
                if effect.what in _SEEN and not own:
                    place = self.places.place(call.path, effect.node.start_byte)
                    found.append(f"{effect.words.removesuffix(',')} ({place})")
        return list(dict.fromkeys(found))

    def printed(self) -> str:
        """Where somebody may see that ``Debug`` prints the lock's name anew."""
        return seen_printed(self.places, self.group)


def _is_parameter(places: LockPlaces, type_: Type) -> bool:
    """Is it the name of a generic parameter: none of a type of the workspace, nor of a primitive one?"""
    plain = "::" not in type_.name and not type_.args and type_.name[:1].isupper()
    return plain and not places.items.printed(type_.name)
