"""Groups of declarations, constructors and lock calls that only change together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from codemods.mutex_counter.locate import identity_of, kind_of, message_for
from codemods.mutex_counter.located import (
    Constructor,
    Declaration,
    Key,
    Located,
    LockCall,
    add,
    as_site,
    declaration_around,
    declared,
)
from codemods.mutex_counter.lock_flow import LockFlow
from codemods.mutex_counter.lock_types import ATOMICS, Family, may_have_atomic
from codemods.mutex_counter.struct_sites import NAME
from codemods.mutex_counter.type_names import GenericAlias, is_other, number_of
from engine.base.model import Level, Site, Span
from engine.rust import item_nodes, nodes
from engine.rust.syntax import Source, span_of


@dataclass
class Group:
    """One counter (or several that flow into one place), with all that is known of it."""

    declarations: list[Declaration] = field(default_factory=list)
    constructors: list[Constructor] = field(default_factory=list)
    lock_calls: list[LockCall] = field(default_factory=list)
    locals: list[Key] = field(default_factory=list)  # that hold one of its locks

    @property
    def inners(self) -> frozenset[str]:
        """The types behind its locks, as declared and as rustc knows them at their uses.

        A constructor is asked only when nothing else tells: its own literal may fit any integer.
        """
        names = {inner for decl in self.declarations for inner in decl.inners}
        names |= {c.lock.inner for c in self.lock_calls if c.lock is not None and c.lock.has_atomic}
        if not names:
            names = {
                n.lock.inner for n in self.constructors if n.lock is not None and n.lock.has_atomic
            }
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

    def known(self) -> list[Key]:
        """All keys that were ever asked about, sorted."""
        return sorted(self._up)

    def join(self, left: Key, right: Key) -> None:
        self._up[self.top(left)] = self.top(right)


def groups(located: Located) -> list[Group]:
    """All groups that hold a declaration, in the order of their first ones."""
    _expand_aliases(located)
    _expand_generics(located)
    flow, sets = LockFlow(located), _Sets()
    pending: list[Key] = []

    def link(key: Key, others: Iterable[Key]) -> None:
        for other in others:
            sets.join(key, other)
            pending.append(other)

    for decl in located.declarations:
        link(decl.key, flow.links(decl))
        pending.append(decl.key)
    for new in located.constructors:
        source = located.source(new.file)
        node = source.node_at(new.whole)
        if node is not None:
            link(new.key, flow.sinks(source, node))
    for call in located.lock_calls:
        link(call.key, _roots(located, flow, call))
    seen = {d.key for d in located.declarations if d.key[0] == "local"}
    while pending:
        key = pending.pop()
        if key[0] == "local" and key not in seen:
            seen.add(key)
            link(key, flow.local_links(located.source(key[1]), key[2]))
    for decl, alias in _alias_uses(located):
        sets.join(decl.key, alias.key)
    return _collect(located, sets)


def _roots(located: Located, flow: LockFlow, call: LockCall) -> Iterator[Key]:
    source = located.source(call.path)
    node = source.node_at(call.receiver)
    if node is not None:
        yield from flow.roots(source, node)


def _collect(located: Located, sets: _Sets) -> list[Group]:
    found: dict[Key, Group] = {}
    for decl in located.declarations:
        found.setdefault(sets.top(decl.key), Group()).declarations.append(decl)
    for new in located.constructors:
        if may_have_atomic(new.lock) and (group := found.get(sets.top(new.key))) is not None:
            group.constructors.append(new)
    for call in located.lock_calls:
        if may_have_atomic(call.lock) and (group := found.get(sets.top(call.key))) is not None:
            group.lock_calls.append(call)
    for key in sets.known():
        if key[0] == "local" and (group := found.get(sets.top(key))) is not None:
            group.locals.append(key)
    return list(found.values())


def _expand_aliases(located: Located) -> None:
    """Declarations that name a lock by an alias (``hits: Counter``) become declarations too."""
    for decl, _ in list(_alias_uses(located)):
        if all(d.key != decl.key for d in located.declarations):
            add(located, decl)


def _expand_generics(located: Located) -> None:
    """Declarations that name a lock by an alias with a parameter (``hits: Shared<u64>``)."""
    for alias in located.generic_aliases:
        found: list[Declaration] = []
        made: list[tuple[bytes, str]] = []  # field that a constructor fills (if so), its place
        doubt = ""
        for source, node in located.everywhere(alias.name):
            if source.path == alias.path and span_of(node) in alias.item:
                continue
            path = node
            while path.parent is not None and path.parent.type == "scoped_type_identifier":
                path = path.parent
            if is_other(located.facts.items, source, path, alias.path, alias.item):
                continue
            place = located.place(source.path, node.start_byte)
            said = f"{place}: `{alias.name.decode('utf-8', 'replace')}` is used there"
            whole = path.parent if node.type == "type_identifier" else None
            if whole is None or whole.type != "generic_type":
                if source.enclosing(node, ["use_declaration"]) is None:
                    made.append((_filled(source, node), f"{said} without its parameter"))
                continue
            inner = _behind(located, source, whole, alias)
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
            add(located, replace(decl, doubt=doubt))


def _filled(source: Source, node: Node) -> bytes:
    """The field of a struct's literal that ``Shared::new(..)`` is the value of; b"" for all else."""
    while node.parent is not None and node.parent.type in ("scoped_identifier", "call_expression"):
        node = node.parent
    filled = nodes.initialized(node.parent) if node.parent is not None else None
    return source.text(filled[0]) if filled is not None else b""


def _behind(located: Located, source: Source, whole: Node, alias: GenericAlias) -> str:
    """The number behind the lock of ``Shared<u64>``; "" when it is none."""
    given = [n for n in item_nodes.type_arguments(whole) if n.type != "lifetime"]
    if alias.index >= len(given):
        return ""
    node = given[alias.index]
    text = source.text(node).decode("utf-8", "replace")
    return text if text in ATOMICS else number_of(located.facts.items, source, node)


def _typed(
    source: Source, decl: Declaration, whole: Node, inner: str, alias: GenericAlias
) -> Declaration:
    text = " ".join(source.text(whole).decode("utf-8", "replace").split())
    message = message_for(f"{decl.name.decode('utf-8', 'replace')}: {text}", inner == "bool")
    owner = source.node_at(decl.node)
    named = item_nodes.name_of(owner) if owner is not None else None
    start = named.start_byte if named is not None else decl.site.span.start
    span = Span(start, max(whole.end_byte, start))
    site = replace(decl.site, message=message, level=Level.REVIEW, span=span)
    site = as_site(site, decl.site.kind)
    around = alias.around or (b"", b"")
    types, inners = (span_of(whole),), (inner,)
    return replace(decl, types=types, inners=inners, around=around, site=site)


def _alias_uses(located: Located) -> Iterator[tuple[Declaration, Declaration]]:
    """(declaration that mentions an alias, the alias)."""
    for alias in [d for d in located.declarations if d.kind == "alias"]:
        for source, node in located.mentions(alias.name, alias):
            if node.type != "type_identifier" or span_of(node) in alias.node:
                continue
            decl = _declared_by(source, node, alias.family)
            if decl is not None:
                yield decl, alias


def _declared_by(source: Source, node: Node, family: Family | None) -> Declaration | None:
    """The declaration whose type mentions ``node``."""
    owner = declaration_around(source, node)
    if owner is None:
        return None
    captures = {"types": (), "owner": (span_of(owner),)}
    span = identity_of(source, owner, node)
    site = Site(NAME, source.path, span, captures, kind=kind_of(owner), role="use")
    decl = declared(source, site, owner)
    return replace(decl, family=family) if decl is not None else None
