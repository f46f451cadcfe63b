"""Groups of declarations, constructors and lock calls that only change together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from engine.base.model import Site
from engine.rust.lock_groups.lock_flow import LockFlow
from engine.rust.lock_groups.lock_places import (
    Constructor,
    Declaration,
    Key,
    LocatedCall,
    LockPlaces,
    declaration_around,
    declared,
)
from engine.rust.lock_groups.lock_sites import identity_of, kind_of
from engine.rust.lock_groups.lock_types import Family, Lock
from engine.rust.syntax import Source, span_of

Wanted = Callable[[Lock | None], bool]  # of a constructor's or a call's lock: is it looked for?


@dataclass
class Group:
    """One lock (or several that flow into one place), with all that is known of it."""

    declarations: list[Declaration] = field(default_factory=list)
    constructors: list[Constructor] = field(default_factory=list)
    lock_calls: list[LocatedCall] = field(default_factory=list)
    locals: list[Key] = field(default_factory=list)  # that hold one of its locks


class _Sets:
    """Union-find over keys."""

    def __init__(self) -> None:
        self._up: dict[Key, Key] = {}

    def top(self, key: Key) -> Key:
        path = []
        while (up := self._up.setdefault(key, key)) != key:
            path.append(key)
            key = up
        for each in path:
            self._up[each] = key
        return key

    def known(self) -> list[Key]:
        """All keys that were ever asked about, sorted."""
        return sorted(self._up)

    def join(self, left: Key, right: Key) -> None:
        self._up[self.top(left)] = self.top(right)


def groups(places: LockPlaces, wanted: Wanted) -> list[Group]:
    """All groups that hold a declaration, in the order of their first ones, with the constructors and
    calls that are ``wanted``; aliases are to be expanded before."""
    flow, sets = LockFlow(places), _Sets()
    pending: list[Key] = []

    def link(key: Key, others: Iterable[Key]) -> None:
        for other in others:
            sets.join(key, other)
            pending.append(other)

    for decl in places.declarations:
        link(decl.key, flow.links(decl))
        pending.append(decl.key)
    for new in places.constructors:
        source = places.source(new.file)
        node = source.node_at(new.whole)
        if node is not None:
            link(new.key, flow.sinks(source, node))
    for call in places.lock_calls:
        link(call.key, _roots(places, flow, call))
    seen = {d.key for d in places.declarations if d.key[0] == "local"}
    while pending:
        key = pending.pop()
        if key[0] == "local" and key not in seen:
            seen.add(key)
            link(key, flow.local_links(places.source(key[1]), key[2]))
    for decl, alias in _alias_uses(places):
        sets.join(decl.key, alias.key)
    return _collect(places, sets, wanted)


def _roots(places: LockPlaces, flow: LockFlow, call: LocatedCall) -> Iterator[Key]:
    source = places.source(call.path)
    node = source.node_at(call.receiver)
    if node is not None:
        yield from flow.roots(source, node)


def _collect(places: LockPlaces, sets: _Sets, wanted: Wanted) -> list[Group]:
    found: dict[Key, Group] = {}
    for decl in places.declarations:
        found.setdefault(sets.top(decl.key), Group()).declarations.append(decl)
    for new in places.constructors:
        if wanted(new.lock) and (group := found.get(sets.top(new.key))) is not None:
            group.constructors.append(new)
    for call in places.lock_calls:
        if wanted(call.lock) and (group := found.get(sets.top(call.key))) is not None:
            group.lock_calls.append(call)
    for key in sets.known():
        if key[0] == "local" and (group := found.get(sets.top(key))) is not None:
            group.locals.append(key)
    return list(found.values())


def expand_aliases(places: LockPlaces) -> None:
    """Declarations that name a lock by an alias (``hits: Counter``) become declarations too."""
    for decl, _ in list(_alias_uses(places)):
        if all(d.key != decl.key for d in places.declarations):
            places.add(decl)


def _alias_uses(places: LockPlaces) -> Iterator[tuple[Declaration, Declaration]]:
    """(declaration that mentions an alias, the alias)."""
    for alias in [d for d in places.declarations if d.kind == "alias"]:
        for source, node in places.mentions(alias.name, alias):
            if node.type != "type_identifier" or span_of(node) in alias.node:
                continue
            decl = declared_with(places, source, node, alias.family)
            if decl is not None:
                yield decl, alias


def declared_with(
    places: LockPlaces, source: Source, node: Node, family: Family | None
) -> Declaration | None:
    """The declaration whose type mentions ``node``."""
    owner = declaration_around(source, node)
    if owner is None:
        return None
    captures = {"types": (), "owner": (span_of(owner),)}
    span = identity_of(source, owner, node)
    site = Site(places.codemod, source.path, span, captures, kind=kind_of(owner), role="use")
    decl = declared(source, site, owner)
    return replace(decl, family=family) if decl is not None else None


def joined_by_type(found: Iterable[Group], alike: Callable[[Group, Group], bool]) -> list[Group]:
    """The groups, those of unknown making (a handler's parameter, which a framework fills by its type)
    as one with all that are ``alike``: one of them may be theirs."""
    left = list(found)
    for group in list(left):
        kept = any(d.kind in ("field", "static") for d in group.declarations)
        if group.constructors or kept or not group.lock_calls or group not in left:
            continue
        for other in [o for o in left if o is not group and alike(group, o)]:
            group.declarations += (d for d in other.declarations if d not in group.declarations)
            group.constructors += (n for n in other.constructors if n not in group.constructors)
            group.lock_calls += (c for c in other.lock_calls if c not in group.lock_calls)
            group.locals += (key for key in other.locals if key not in group.locals)
            left = [o for o in left if o is not other]
    return left
