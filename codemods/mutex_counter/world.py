"""What the plan knows: declarations, constructors and lock calls of the workspace, by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from tree_sitter import Node

from codemods.mutex_counter.locate import counts, fields
from codemods.mutex_counter.meanings import Generic, generic, number_of, struct_of
from codemods.mutex_counter.names import (
    ATOMICS,
    Family,
    Lock,
    family_of,
    guard_of,
    lock_of,
)  # fmt: skip
from engine.base.model import Site, Span
from engine.detect.facts import Facts
from engine.rust.definitions import holder_of, owner_of
from engine.rust.influence import Influence
from engine.rust.scopes import Binding
from engine.rust.syntax import Source, span_of

_LOCKED = re.compile(
    rb"\s*\.\s*(?:(?:try_|blocking_)?(?:lock|read|write)|get_mut|into_inner)\s*\(\s*\)"
)
Key = tuple[str, str, int]  # what it is, path, offset: one place that can hold a lock


@dataclass(frozen=True, slots=True)
class Decl:
    """A declared place that holds a lock: a field, static, parameter, result, alias or local.

    ``owner`` is the struct, enum or impl type it belongs to; ``index`` the position of a tuple
    field or a parameter (``self`` included). ``types`` are the lock types in it, ``around`` what is
    to stand around the atomics in their places; ``doubt`` says why nothing can be done here.
    """

    key: Key
    kind: str
    path: str
    name: bytes
    owner: bytes
    index: int
    types: tuple[Span, ...]
    inners: tuple[str, ...]
    family: Family | None
    node: Span
    site: Site
    around: tuple[bytes, bytes] = (b"", b"")
    doubt: str = ""

    def stands_at(self, source: Source, node: Node) -> bool:
        """Is ``node`` what declares it?"""
        return (self.path, self.node) == (source.path, span_of(node))


@dataclass(frozen=True, slots=True)
class New:
    """A constructor; ``path`` is the text to change (``Mutex`` of ``Mutex::new(0)``)."""

    key: Key
    file: str
    path: Span
    whole: Span
    named: Span
    lock: Lock | None  # as rustc told
    turbofish: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A lock call. ``lock`` is None when rustc did not tell."""

    key: Key
    path: str
    span: Span
    receiver: Span
    base: Span | None
    method: bytes
    lock: Lock | None


@dataclass(frozen=True, slots=True)
class Guarded:
    """A lock around a struct of counters, which ``path`` defines at ``struct``."""

    site: Site
    path: str
    struct: Span


@dataclass
class World:
    """Everything located, with look-ups."""

    facts: Facts
    decls: list[Decl] = field(default_factory=list)
    news: list[New] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    structs: list[Guarded] = field(default_factory=list)  # locks around a struct of counters
    generics: list[Generic] = field(default_factory=list)  # aliases of locks with a parameter
    fields: dict[bytes, list[Decl]] = field(default_factory=dict)
    statics: dict[bytes, list[Decl]] = field(default_factory=dict)
    functions: dict[bytes, list[Decl]] = field(default_factory=dict)  # parameters and results

    def source(self, path: str) -> Source:
        return self.facts.source(path)

    def place(self, path: str, offset: int) -> str:
        """``src/lib.rs:12``, for messages."""
        return f"{path}:{self.source(path).position(offset)[0]}"

    def mentions(self, word: bytes, near: Decl) -> Iterator[tuple[Source, Node]]:
        """Identifier nodes spelled ``word``, in the files that can see ``near``.

        Receivers of lock calls are left out: the calls are looked at for themselves.
        """
        package = self.facts.package_of(near.path)
        public = _public(self.source(near.path), near)
        for source, node in self.everywhere(word):
            if public or self.facts.package_of(source.path) == package:
                yield source, node

    def everywhere(self, word: bytes) -> Iterator[tuple[Source, Node]]:
        """As ``mentions``, in all files."""
        for source, node in self.facts.calls.mentions(word):
            if not _LOCKED.match(source.data, node.end_byte):
                yield source, node

    @cached_property
    def influence(self) -> Influence:
        """What hangs on values in this world."""
        facts = self.facts
        return Influence(facts.sources, facts.items, facts.calls, facts.package_of, self.everywhere)

    def binding(self, source: Source, node: Node) -> Binding | None:
        """The local that the identifier ``node`` means."""
        function = source.fn_item_of(node)
        if function is None:
            return None
        return self.facts.sources.scopes(source, function).binding_at(node)


def _public(source: Source, decl: Decl) -> bool:
    node = source.node_at(decl.node)
    return node is not None and any(
        c.type == "visibility_modifier" and source.text(c) == b"pub" for c in node.children
    )


def build(sites: Iterable[Site], facts: Facts) -> World:
    world = World(facts)
    for site in sites:
        if site.kind.startswith("call "):
            world.calls.append(_call(site, facts))
        elif site.kind == "struct":
            world.structs.append(Guarded(site, site.path, site.captures["struct"][0]))
        elif site.kind.startswith("named "):
            _named(world, site)
        elif site.kind in ("new", "turbofish"):
            world.news.append(_new(site, facts))
        else:
            decl = _decl(world, site)
            if decl is not None:
                add(world, decl)
    return world


def add(world: World, decl: Decl) -> None:
    """Register a declaration under its name."""
    world.decls.append(decl)
    table = {
        "field": world.fields,
        "static": world.statics,
        "const": world.statics,
        "parameter": world.functions,
        "function_item": world.functions,
        "function_signature_item": world.functions,
    }.get(decl.kind)
    if table is not None:
        table.setdefault(decl.name, []).append(decl)


def _call(site: Site, facts: Facts) -> Call:
    receiver = site.captures["receiver"][0]
    base = site.captures.get("base")
    lock: Lock | None = None
    told = facts.type_of(site.path, receiver)
    if told is not None:
        lock = lock_of(told)
    method = site.kind.removeprefix("call ").encode()
    if lock is None:
        result = facts.type_of(site.path, site.captures["result"][0])
        if result is not None and method not in (b"get_mut", b"into_inner"):
            lock = guard_of(result)
        if lock is None and (told is not None or result is not None):
            lock = Lock("std", "?")  # rustc knows it as something else
    key = ("call", site.path, site.span.start)
    return Call(key, site.path, site.span, receiver, base[0] if base else None, method, lock)


def _new(site: Site, facts: Facts) -> New:
    whole = site.captures["whole"][0]
    told = facts.type_of(site.path, whole)
    turbofish = site.kind == "turbofish"
    path = site.captures["types" if turbofish else "path"][0]
    named = site.captures.get("named", (path,))[0]
    lock = lock_of(told) if told is not None else None
    if told is not None and lock is None and told.kind == "fndef":
        lock = next((found for t in told.walk() if (found := lock_of(t)) is not None), None)
    if told is not None and lock is None and not turbofish:
        lock = Lock("std", "?")
    return New(("new", site.path, whole.start), site.path, path, whole, named, lock, turbofish)


def _named(world: World, site: Site) -> None:
    """A lock around a name: register it when the name means numbers, or a lock's parameter."""
    source = world.source(site.path)
    inner = source.node_at(site.captures["inner"][0])
    owner = source.node_at(site.captures["owner"][0])
    lock = source.node_at(site.captures["types"][0])
    if inner is None or owner is None or lock is None:
        return
    found = as_site(site, site.kind.removeprefix("named "))
    if number_of(world.facts.items, source, inner):
        decl = _decl(world, found)
        if decl is not None:
            add(world, decl)
        return
    if owner.type == "type_item":
        named = lock.child_by_field_name("type")
        family = family_of(source, lock, source.text(named))[0] if named is not None else None
        alias = generic(source, owner, lock, inner, family)
        if alias is not None:
            world.generics.append(alias)
        return
    struct = struct_of(world.facts.items, source, inner)
    if struct is not None and fields(*struct):
        shown = found.kind in ("field", "static") and counts(source, fields(*struct))
        message = f"{found.message.partition(': ')[0]}: one lock stands before a struct of counters"
        found = replace(found, kind="struct", role="site" if shown else "use", message=message)
        world.structs.append(Guarded(found, struct[0].path, span_of(struct[1])))


def as_site(site: Site, kind: str) -> Site:
    """A declaration that turned out to hold a counter, as one that is shown (where such are)."""
    shown = kind in ("field", "static", "const", "alias", "let")
    return replace(site, kind=kind, role="site" if shown else "use")


def _decl(world: World, site: Site) -> Decl | None:
    source = world.source(site.path)
    owner = source.node_at(site.captures["owner"][0])
    if owner is None:
        return None
    types = site.captures["types"]
    inners = tuple(_inner(world, source, span) for span in types)
    family = None
    if types:
        node = source.node_at(types[0])
        named = node.child_by_field_name("type") if node is not None else None
        if node is not None and named is not None:
            family = family_of(source, node, source.text(named))[0]
    return declared(source, site, owner, types, inners, family)


def declared(
    source: Source,
    site: Site,
    owner: Node,
    types: tuple[Span, ...],
    inners: tuple[str, ...],
    family: Family | None,
) -> Decl | None:
    """The declaration ``owner`` as a place that holds locks."""
    path, kind, index = source.path, site.kind, 0
    named = owner.child_by_field_name("name")
    name = source.text(named) if named is not None else b""
    key: Key = (kind, path, owner.start_byte)
    belongs = b""
    match owner.type:
        case "field_declaration":
            kind, belongs = "field", holder_of(source, owner)
            key = ("field", path, owner.start_byte)
        case "ordered_field_declaration_list":
            kind, belongs = "field", holder_of(source, owner)
            fields = [n for n in owner.named_children if "type" in n.type or "tuple" in n.type]
            fields = [n for n in fields if n.type not in ("visibility_modifier", "attribute_item")]
            start = types[0].start if types else site.span.start
            index = next((i for i, n in enumerate(fields) if n.start_byte <= start < n.end_byte), 0)
            name = str(index).encode()
            key = ("field", path, site.span.start)
        case "parameter":
            kind, function = "parameter", owner.parent.parent if owner.parent is not None else None
            pattern = owner.child_by_field_name("pattern")
            if function is None or pattern is None:
                return None
            while pattern.type in ("mut_pattern", "reference_pattern", "ref_pattern"):
                pattern = pattern.named_children[-1]
            key = ("local", path, pattern.start_byte)
            named = function.child_by_field_name("name")
            name = source.text(named) if named is not None else b""
            belongs = owner_of(source, function)
            inside = owner.parent.named_children if owner.parent is not None else []
            index = next((i for i, n in enumerate(inside) if n == owner), 0)
        case "function_item" | "function_signature_item":
            kind, belongs = owner.type, owner_of(source, owner)
            key = ("result", path, owner.start_byte)
        case "let_declaration":
            kind = "local"
            pattern = owner.child_by_field_name("pattern")
            if pattern is None:
                return None
            name = source.text(pattern)
            key = ("local", path, first_name(pattern).start_byte)
        case "static_item" | "const_item":
            kind = owner.type.removesuffix("_item")
            belongs = owner_of(source, owner)
        case "type_item":
            kind = "alias"
        case _:
            pass
    return Decl(key, kind, path, name, belongs, index, types, inners, family, span_of(owner), site)


def first_name(pattern: Node) -> Node:
    node = pattern
    while node.type not in ("identifier", "shorthand_field_identifier") and node.named_children:
        node = node.named_children[-1 if node.type == "mut_pattern" else 0]
    return node


def _inner(world: World, source: Source, span: Span) -> str:
    """The type behind the lock type at ``span``, or what it is an alias of."""
    text = b"".join(source.slice(span).split()).decode("utf-8", "replace")
    inner = text.rpartition("<")[2].rstrip(">")
    node = source.node_at(span)
    listed = node.child_by_field_name("type_arguments") if node is not None else None
    if inner in ATOMICS or listed is None or not listed.named_children:
        return inner
    return number_of(world.facts.items, source, listed.named_children[-1]) or inner


def known(lock: Lock | None) -> bool:
    """Is it a lock around what has an atomic?"""
    return lock is not None and lock.inner in ATOMICS
