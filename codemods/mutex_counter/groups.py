"""Groups of declarations, constructors and lock calls that only change together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from codemods.mutex_counter.locate import NAME, identity_of, kind_of, message_for
from codemods.mutex_counter.lock_flow import LockFlow
from codemods.mutex_counter.meanings import Generic, is_other, number_of
from codemods.mutex_counter.names import ATOMICS, Family, may_have_atomic
from codemods.mutex_counter.world import (
    Call,
    Decl,
    Key,
    New,
    World,
    add,
    as_site,
    declaration_around,
    declared,
)
from engine.base.model import Level, Site, Span
from engine.rust import nodes
from engine.rust.syntax import Source, span_of


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
        names |= {c.lock.inner for c in self.calls if c.lock is not None and c.lock.has_atomic}
        if not names:
            names = {n.lock.inner for n in self.news if n.lock is not None and n.lock.has_atomic}
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
    _expand_generics(world)
    flow, sets = LockFlow(world), _Sets()
    pending: list[Key] = []

    def link(key: Key, others: Iterable[Key]) -> None:
        for other in others:
            sets.join(key, other)
            pending.append(other)

    for decl in world.decls:
        link(decl.key, flow.links(decl))
        pending.append(decl.key)
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
            link(key, flow.local_links(world.source(key[1]), key[2]))
    for decl, alias in _alias_uses(world):
        sets.join(decl.key, alias.key)
    return _collect(world, sets)


def _roots(world: World, flow: LockFlow, call: Call) -> Iterator[Key]:
    source = world.source(call.path)
    node = source.node_at(call.receiver)
    if node is not None:
        yield from flow.roots(source, node)


def _collect(world: World, sets: _Sets) -> list[Group]:
    found: dict[Key, Group] = {}
    for decl in world.decls:
        found.setdefault(sets.top(decl.key), Group()).decls.append(decl)
    for new in world.news:
        if may_have_atomic(new.lock) and (group := found.get(sets.top(new.key))) is not None:
            group.news.append(new)
    for call in world.calls:
        if may_have_atomic(call.lock) and (group := found.get(sets.top(call.key))) is not None:
            group.calls.append(call)
    return list(found.values())


def _expand_aliases(world: World) -> None:
    """Declarations that name a lock by an alias (``hits: Counter``) become declarations too."""
    for decl, _ in list(_alias_uses(world)):
        if all(d.key != decl.key for d in world.decls):
            add(world, decl)


def _expand_generics(world: World) -> None:
    """Declarations that name a lock by an alias with a parameter (``hits: Shared<u64>``)."""
    for alias in world.generics:
        found: list[Decl] = []
        made: list[tuple[bytes, str]] = []  # field that a constructor fills (if so), its place
        doubt = ""
        for source, node in world.everywhere(alias.name):
            if source.path == alias.path and span_of(node) in alias.item:
                continue
            path = node
            while path.parent is not None and path.parent.type == "scoped_type_identifier":
                path = path.parent
            if is_other(world.facts.items, source, path, alias.path, alias.item):
                continue
            place = world.place(source.path, node.start_byte)
            said = f"{place}: `{alias.name.decode('utf-8', 'replace')}` is used there"
            whole = path.parent if node.type == "type_identifier" else None
            if whole is None or whole.type != "generic_type":
                if source.enclosing(node, ["use_declaration"]) is None:
                    made.append((_filled(source, node), f"{said} without its parameter"))
                continue
            inner = _behind(world, source, whole, alias)
            if not inner:
                continue  # a lock around something else
            decl = _declared_by(source, whole, alias.family)
            if decl is None:
                doubt = f"{said} in a place that is not followed"
            else:
                found.append(_typed(source, decl, whole, inner, alias))
        fields = {decl.name for decl in found} | {b""}
        doubt = next((said for name, said in made if name in fields), doubt)
        if alias.around is None:
            doubt = "what stands around the lock in the alias cannot be written here"
        for decl in found:
            add(world, replace(decl, doubt=doubt))


def _filled(source: Source, node: Node) -> bytes:
    """The field of a struct's literal that ``Shared::new(..)`` is the value of; b"" for all else."""
    while node.parent is not None and node.parent.type in ("scoped_identifier", "call_expression"):
        node = node.parent
    filled = nodes.initialized(node.parent) if node.parent is not None else None
    return source.text(filled[0]) if filled is not None else b""


def _behind(world: World, source: Source, whole: Node, alias: Generic) -> str:
    """The number behind the lock of ``Shared<u64>``; "" when it is none."""
    given = [n for n in nodes.type_arguments(whole) if n.type != "lifetime"]
    if alias.index >= len(given):
        return ""
    node = given[alias.index]
    text = source.text(node).decode("utf-8", "replace")
    return text if text in ATOMICS else number_of(world.facts.items, source, node)


def _typed(source: Source, decl: Decl, whole: Node, inner: str, alias: Generic) -> Decl:
    text = " ".join(source.text(whole).decode("utf-8", "replace").split())
    message = message_for(f"{decl.name.decode('utf-8', 'replace')}: {text}", inner == "bool")
    owner = source.node_at(decl.node)
    named = nodes.name_of(owner) if owner is not None else None
    start = named.start_byte if named is not None else decl.site.span.start
    span = Span(start, max(whole.end_byte, start))
    site = replace(decl.site, message=message, level=Level.REVIEW, span=span)
    site = as_site(site, decl.site.kind)
    around = alias.around or (b"", b"")
    types, inners = (span_of(whole),), (inner,)
    return replace(decl, types=types, inners=inners, around=around, site=site)


def _alias_uses(world: World) -> Iterator[tuple[Decl, Decl]]:
    """(declaration that mentions an alias, the alias)."""
    for alias in [d for d in world.decls if d.kind == "alias"]:
        for source, node in world.mentions(alias.name, alias):
            if node.type != "type_identifier" or span_of(node) in alias.node:
                continue
            decl = _declared_by(source, node, alias.family)
            if decl is not None:
                yield decl, alias


def _declared_by(source: Source, node: Node, family: Family | None) -> Decl | None:
    """The declaration whose type mentions ``node``."""
    owner = declaration_around(source, node)
    if owner is None:
        return None
    captures = {"types": (), "owner": (span_of(owner),)}
    span = identity_of(source, owner, node)
    site = Site(NAME, source.path, span, captures, kind=kind_of(owner), role="use")
    decl = declared(source, site, owner)
    return replace(decl, family=family) if decl is not None else None
