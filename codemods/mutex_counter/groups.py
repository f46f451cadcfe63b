"""Groups of declarations, constructors and lock calls that only change together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from codemods.mutex_counter.flow import Flow
from codemods.mutex_counter.links import Links
from codemods.mutex_counter.locate import NAME
from codemods.mutex_counter.world import Call, Decl, Key, New, World, add, declared, known
from engine.model import Site
from engine.syntax import Source, span_of


@dataclass
class Group:
    """One counter (or several that flow into one place), with all that is known of it."""

    decls: list[Decl] = field(default_factory=list)
    news: list[New] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    @property
    def inners(self) -> frozenset[str]:
        """The types behind its locks, as declared and as rustc knows them at their uses.

        A constructor is asked only when nothing else tells: its own literal may fit any integer.
        """
        names = {inner for decl in self.decls for inner in decl.inners}
        names |= {c.lock.inner for c in self.calls if c.lock is not None and known(c.lock)}
        if not names:
            names = {n.lock.inner for n in self.news if n.lock is not None and known(n.lock)}
        return frozenset(names)


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

    def join(self, left: Key, right: Key) -> None:
        self._up[self.top(left)] = self.top(right)


def groups(world: World) -> list[Group]:
    """All groups that hold a declaration, in the order of their first ones."""
    _expand_aliases(world)
    flow, sets = Links(world), _Sets()
    pending: list[Key] = []

    def link(key: Key, others: Iterable[Key]) -> None:
        for other in others:
            sets.join(key, other)
            pending.append(other)

    for decl in world.decls:
        link(decl.key, flow.links(decl))
        pending.append(decl.key)
        if decl.kind == "alias":
            continue
    for new in world.news:
        source = world.source(new.file)
        node = source.node_at(new.whole)
        if node is not None:
            link(new.key, flow.sinks(source, node))
    for call in world.calls:
        link(call.key, _roots(world, flow, call))
    seen = {d.key for d in world.decls if d.key[0] == "local"}
    while pending:
        key = pending.pop()
        if key[0] == "local" and key not in seen:
            seen.add(key)
            link(key, flow.local_links(key))
    for decl, alias in _alias_uses(world):
        sets.join(decl.key, alias.key)
    return _collect(world, sets)


def _roots(world: World, flow: Flow, call: Call) -> Iterator[Key]:
    source = world.source(call.path)
    node = source.node_at(call.receiver)
    if node is not None:
        yield from flow.roots(source, node)


def _collect(world: World, sets: _Sets) -> list[Group]:
    found: dict[Key, Group] = {}
    for decl in world.decls:
        found.setdefault(sets.top(decl.key), Group()).decls.append(decl)
    for new in world.news:
        if new.lock is None or known(new.lock):
            group = found.get(sets.top(new.key))
            if group is not None:
                group.news.append(new)
    for call in world.calls:
        if call.lock is None or known(call.lock):
            group = found.get(sets.top(call.key))
            if group is not None:
                group.calls.append(call)
    return list(found.values())


def _expand_aliases(world: World) -> None:
    """Declarations that name a lock by an alias (``hits: Counter``) become declarations too."""
    for decl, _ in list(_alias_uses(world)):
        if all(d.key != decl.key for d in world.decls):
            add(world, decl)


def _alias_uses(world: World) -> Iterator[tuple[Decl, Decl]]:
    """(declaration that mentions an alias, the alias)."""
    for alias in [d for d in world.decls if d.kind == "alias"]:
        for source, node in world.mentions(alias.name, alias):
            if node.type != "type_identifier" or span_of(node) in alias.node:
                continue
            decl = _declared_by(world, source, node, alias)
            if decl is not None:
                yield decl, alias


_KINDS = {
    "field_declaration": "field", "parameter": "parameter", "static_item": "static",
    "const_item": "const", "let_declaration": "let", "function_item": "function_item",
    "function_signature_item": "function_signature_item", "type_item": "alias",
    "ordered_field_declaration_list": "field",
}  # fmt: skip


def _declared_by(world: World, source: Source, node: Node, alias: Decl) -> Decl | None:
    for ancestor in source.ancestors(node):
        if ancestor.type in ("block", "impl_item", "trait_item", "arguments"):
            return None
        if ancestor.type in _KINDS:
            shown = ancestor
            if ancestor.type == "ordered_field_declaration_list":
                shown = node
                while shown.parent is not None and shown.parent != ancestor:
                    shown = shown.parent
            captures = {"types": (), "owner": (span_of(ancestor),)}
            kind = _KINDS[ancestor.type]
            site = Site(NAME, source.path, span_of(shown), captures, kind=kind, role="use")
            return declared(source, site, ancestor, (), (), alias.family)
    return None
