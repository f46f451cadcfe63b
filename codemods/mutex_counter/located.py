"""What the plan knows: declarations, constructors and lock calls of the workspace, by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from tree_sitter import Node

from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.locate import bounded_function, message_for
from codemods.mutex_counter.lock_types import NUMBERS, Family, Lock, family_of, guard_of, lock_of
from codemods.mutex_counter.struct_sites import fields, number_fields, shown_text, struct_site
from codemods.mutex_counter.type_names import GenericAlias, generic_alias, number_of, struct_of
from engine.base.model import Site, Span
from engine.detect.facts import Facts
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.atomic_methods import FoundFirst, found_first
from engine.rust.debug_shown import Shown, all_debug_shown
from engine.rust.definitions import holder_of, owner_of
from engine.rust.influence import Influence
from engine.rust.lock_free import mentions_lock_free
from engine.rust.memory_order import mentions_accesses
from engine.rust.scopes import Binding, pattern_names
from engine.rust.syntax import Source, span_of

_LOCKED = re.compile(
    rb"\s*\.\s*(?:(?:try_|blocking_)?(?:lock|read|write)|get_mut|into_inner)\s*\(\s*\)"
)
_TUPLE = "ordered_field_declaration_list"
# What a declaration is, by its node.
_KINDS = {
    "field_declaration": "field", _TUPLE: "field", "parameter": "parameter",
    "static_item": "static", "const_item": "const", "let_declaration": "local",
    "function_item": "function_item", "function_signature_item": "function_signature_item",
    "type_item": "alias", "type_parameter": "bound", "where_predicate": "bound",
}  # fmt: skip
_KEYS = {"parameter": "local", "function_item": "result", "function_signature_item": "result"}
Key = tuple[str, str, int]  # what it is, path, offset: one place that can hold a lock


@dataclass(frozen=True, slots=True)
class Declaration:
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
class Constructor:
    """A constructor; ``path`` is the text to change (``Mutex`` of ``Mutex::new(0)``)."""

    key: Key
    file: str
    path: Span
    whole: Span
    named: Span
    lock: Lock | None  # as rustc told
    turbofish: bool


@dataclass(frozen=True, slots=True)
class LockCall:
    """A lock call. ``lock`` is None when rustc did not tell."""

    key: Key
    path: str
    span: Span
    receiver: Span
    base: Span | None
    method: bytes
    lock: Lock | None


@dataclass(frozen=True, slots=True)
class StructLock:
    """A lock around a struct of counters, which ``path`` defines at ``struct``."""

    site: Site
    path: str
    struct: Span


@dataclass
class Located:
    """Everything located, with look-ups."""

    facts: Facts
    declarations: list[Declaration] = field(default_factory=list)
    constructors: list[Constructor] = field(default_factory=list)
    lock_calls: list[LockCall] = field(default_factory=list)
    structs: list[StructLock] = field(default_factory=list)  # locks around a struct of counters
    replaced: list[LockCall] = field(default_factory=list)  # of the fixes that are planned so far
    generic_aliases: list[GenericAlias] = field(
        default_factory=list
    )  # aliases of locks with a parameter
    fields: dict[bytes, list[Declaration]] = field(default_factory=dict)
    statics: dict[bytes, list[Declaration]] = field(default_factory=dict)
    functions: dict[bytes, list[Declaration]] = field(
        default_factory=dict
    )  # parameters and results

    @cached_property
    def _found_first(self) -> tuple[FoundFirst, ...]:
        return tuple(found_first(self.facts.sources, self.facts.items))

    def require_own_methods(self, paths: Iterable[str]) -> None:
        """Raises Refused where a call of an atomic's method in one of the files may find another's."""
        for path in dict.fromkeys(paths):
            for other in self._found_first:
                if self.facts.own_traits.may_answer(self.source(path), other.trait):
                    shown = other.trait.name.decode()
                    raise Refused(
                        f"{other.path}:{other.line}: `{shown}` gives what may be a handle to it "
                        f"a method `{other.method}`, which a call would find before the atomic's"
                    )

    def source(self, path: str) -> Source:
        """The file's text and syntax tree; ``path`` is one of a site's."""
        return self.facts.source(path)

    def place(self, path: str, offset: int) -> str:
        """``src/lib.rs:12``, for messages."""
        return f"{path}:{self.source(path).position(offset)[0]}"

    def mentions(self, word: bytes, near: Declaration) -> Iterator[tuple[Source, Node]]:
        """Identifier nodes spelled ``word``, in the files that can see ``near``.

        Receivers of lock calls are left out: the calls are looked at for themselves.
        """
        package = self.facts.package_of(near.path)
        declared = self.source(near.path).node_at(near.node)
        public = declared is not None and item_nodes.is_pub(self.source(near.path), declared)
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
        """What hangs on values of this workspace."""
        facts = self.facts
        return Influence(facts.sources, facts.items, facts.calls, facts.package_of, self.everywhere)

    @cached_property
    def debug_shown(self) -> tuple[Shown, ...]:
        """What the workspace shows by its ``Debug``."""
        return tuple(all_debug_shown(self.facts.sources, self.facts.sources.paths))

    @cached_property
    def other_memory(self) -> bool:
        """May the workspace hold an access to memory that a lock keeps in order?"""
        texts = map(self.facts.sources.data, self.facts.sources.paths)
        return any(mentions_accesses(text) or mentions_lock_free(text) for text in texts)

    def binding(self, source: Source, node: Node) -> Binding | None:
        """The local that the identifier ``node`` means."""
        function = source.fn_item_of(node)
        if function is None:
            return None
        return self.facts.sources.scopes(source, function).binding_at(node)


def build(sites: Iterable[Site], facts: Facts) -> Located:
    """Everything that was located at ``sites``, each kind of it where the plan looks for it."""
    located = Located(facts)
    for site in sites:
        if site.kind.startswith("call "):
            located.lock_calls.append(_call(site, facts))
        elif site.kind == "struct":
            located.structs.append(StructLock(site, site.path, site.captures["struct"][0]))
        elif site.kind.startswith("named "):
            _named(located, site)
        elif site.kind == "made":
            _made(located, site)
        elif site.kind in ("new", "turbofish"):
            located.constructors.append(_new(site, facts))
        elif site.role == "maybe":
            _local(located, site)
        else:
            _add_site(located, site)
    return located


def add(located: Located, decl: Declaration) -> None:
    """Register a declaration under its name."""
    located.declarations.append(decl)
    if decl.kind == "field":
        located.fields.setdefault(decl.name, []).append(decl)
    elif decl.kind in ("static", "const"):
        located.statics.setdefault(decl.name, []).append(decl)
    elif decl.kind in ("parameter", "bound", "function_item", "function_signature_item"):
        located.functions.setdefault(decl.name, []).append(decl)


def _call(site: Site, facts: Facts) -> LockCall:
    receiver, base = site.captures["receiver"][0], site.captures.get("base")
    method = site.kind.removeprefix("call ").encode()
    told = facts.type_of(site.path, receiver)
    lock = lock_of(told) if told is not None else None
    if lock is None:
        result = facts.type_of(site.path, site.captures["result"][0])
        if result is not None and method not in (b"get_mut", b"into_inner"):
            lock = guard_of(result)
        if lock is None and (told is not None or result is not None):
            lock = Lock("std", "?")  # rustc knows it as something else
    key = ("call", site.path, site.span.start)
    return LockCall(key, site.path, site.span, receiver, base[0] if base else None, method, lock)


def _new(site: Site, facts: Facts) -> Constructor:
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
    return Constructor(
        ("new", site.path, whole.start), site.path, path, whole, named, lock, turbofish
    )


def _named(located: Located, site: Site) -> None:
    """A lock around a name: register it when the name means numbers, or a lock's parameter."""
    source = located.source(site.path)
    inner, owner, lock = (source.node_at(site.captures[n][0]) for n in ("inner", "owner", "types"))
    if inner is None or owner is None or lock is None:
        return
    found = as_site(site, site.kind.removeprefix("named "))
    if number_of(located.facts.items, source, inner):
        _add_site(located, found)
    elif (struct := struct_of(located.facts.items, source, inner)) and number_fields(*struct):
        held = struct_site(source, owner, span_of(lock), fields(*struct))
        located.structs.append(StructLock(held, struct[0].path, span_of(struct[1])))
    elif owner.type == "type_item":
        alias = generic_alias(source, owner, lock, inner, family_at(source, lock))
        if alias is not None:
            located.generic_aliases.append(alias)


def _made(located: Located, site: Site) -> None:
    """A lock is made around what may be a struct of another file."""
    source = located.source(site.path)
    inner = source.node_at(site.captures["inner"][0])
    struct = struct_of(located.facts.items, source, inner) if inner is not None else None
    if struct is not None and number_fields(*struct):
        found = replace(site, kind="struct")
        located.structs.append(StructLock(found, struct[0].path, span_of(struct[1])))


def _local(located: Located, site: Site) -> None:
    """A local's lock is made of something that only rustc can tell to be a number."""
    told = located.facts.type_of(site.path, site.captures["made"][0])
    lock = lock_of(told) if told is not None else None
    if lock is not None and lock.has_atomic:
        shown = f"{shown_text(located.source(site.path), site.span)}.."
        message = message_for(shown, lock.inner == "bool")
        _add_site(located, replace(site, role="site", message=message))


def as_site(site: Site, kind: str) -> Site:
    """A declaration that turned out to hold a counter, as one that is shown (where such are)."""
    shown = kind in ("field", "static", "const", "alias", "let")
    return replace(site, kind=kind, role="site" if shown else "use")


def family_at(source: Source, lock: Node) -> Family | None:
    """The family of the lock type that is written at ``lock``."""
    return family_of(source, lock, source.text(nodes.generic_head(lock)))[0]


def _add_site(located: Located, site: Site) -> None:
    source = located.source(site.path)
    owner = source.node_at(site.captures["owner"][0])
    types = site.captures["types"]
    lock = source.node_at(types[0]) if types else None
    decl = declared(source, site, owner) if owner is not None else None
    if decl is not None:
        inners = tuple(_inner(located, source, span) for span in types)
        family = family_at(source, lock) if lock is not None else None
        add(located, replace(decl, types=types, inners=inners, family=family))


def declaration_around(source: Source, node: Node) -> Node | None:
    """What is declared with a type that mentions ``node``."""
    for ancestor in source.ancestors(node):
        if ancestor.type in ("block", "impl_item", "trait_item", "arguments"):
            return None
        if ancestor.type in _KINDS:
            return ancestor
    return None


def declared(source: Source, site: Site, owner: Node) -> Declaration | None:
    """The declaration ``owner`` as a place that holds locks."""
    kind, index, at = _KINDS.get(owner.type, site.kind), 0, owner.start_byte
    named: Node | None = item_nodes.name_of(owner)
    if kind == "parameter":
        function = owner.parent.parent if owner.parent is not None else None
        pattern = statement_nodes.pattern_of(owner)
        if owner.parent is None or function is None or pattern is None:
            return None
        while pattern.type in ("mut_pattern", "reference_pattern", "ref_pattern"):
            pattern = pattern.named_children[-1]
        named, at = item_nodes.name_of(function), pattern.start_byte
        index = owner.parent.named_children.index(owner)
    elif kind == "bound":
        function = bounded_function(owner)
        named = item_nodes.name_of(function) if function is not None else None
    elif kind == "local":
        named = statement_nodes.pattern_of(owner)
        if named is None:
            return None
        at = next(pattern_names(named), named).start_byte
    name = source.text(named) if named is not None else b""
    if owner.type == _TUPLE:
        types, at = site.captures["types"], site.span.start
        index = _tuple_index(owner, types[0].start if types else at)
        name = str(index).encode()
    belongs = holder_of(source, owner) if kind == "field" else owner_of(source, owner)
    key = (_KEYS.get(kind, kind), source.path, at)
    return Declaration(
        key, kind, source.path, name, belongs, index, (), (), None, span_of(owner), site
    )


def _tuple_index(fields_: Node, at: int) -> int:
    """The position of the tuple struct's field that ``at`` lies in."""
    types = [n for n in fields_.named_children if "type" in n.type or "tuple" in n.type]
    return next((i for i, n in enumerate(types) if n.start_byte <= at < n.end_byte), 0)


def _inner(located: Located, source: Source, span: Span) -> str:
    """The type behind the lock type at ``span``, or what it is an alias of."""
    text = b"".join(source.slice(span).split())
    inner = text.rpartition(b"<")[2].rstrip(b">")
    node = source.node_at(span)
    given = item_nodes.type_arguments(node) if node is not None else []
    if inner in NUMBERS or not given:
        return inner.decode("utf-8", "replace")
    return number_of(located.facts.items, source, given[-1]) or inner.decode("utf-8", "replace")
