"""The places of a workspace that hold locks, and the calls that take them, as a codemod located them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from tree_sitter import Node

from engine.base.model import Site, Span
from engine.rust import item_nodes, statement_nodes
from engine.rust.calls import Calls
from engine.rust.debug_shown import Shown, all_debug_shown
from engine.rust.definitions import holder_of, owner_of
from engine.rust.files import Files, PackageOf, TypeOf
from engine.rust.items import Items
from engine.rust.lock_groups.lock_sites import bounded_function
from engine.rust.lock_groups.lock_types import Family, Lock, family_at, guard_of, lock_of
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
    field or a parameter (``self`` included). ``types`` are the lock types in it, ``inners`` what stands
    behind each; ``around`` is what is to stand around what takes their places; ``doubt`` says why nothing
    can be done here.
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

    @property
    def shown(self) -> str:
        """``Stats.hits``, ``TOTAL``."""
        name = self.name.decode("utf-8", "replace")
        owner = self.owner.decode("utf-8", "replace")
        return f"{owner}.{name}" if owner and self.kind == "field" else name

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
class LocatedCall:
    """A lock call. ``lock`` is None when rustc did not tell."""

    key: Key
    path: str
    span: Span
    receiver: Span
    base: Span | None
    method: bytes
    lock: Lock | None


class LockPlaces:
    """Everything that ``codemod`` located, with look-ups."""

    def __init__(
        self,
        codemod: str,
        files: Files,
        items: Items,
        calls: Calls,
        type_of: TypeOf,
        package_of: PackageOf,
    ) -> None:
        self.codemod, self.files, self.items, self.calls = codemod, files, items, calls
        self.type_of, self.package_of = type_of, package_of
        self.declarations: list[Declaration] = []
        self.constructors: list[Constructor] = []
        self.lock_calls: list[LocatedCall] = []
        self.replaced: list[LocatedCall] = []  # of the fixes that are planned so far
        # By name: fields; statics and constants; parameters and results of functions.
        self.fields: dict[bytes, list[Declaration]] = {}
        self.statics: dict[bytes, list[Declaration]] = {}
        self.functions: dict[bytes, list[Declaration]] = {}

    def add_site(self, site: Site) -> None:
        """Register what is located at ``site`` (of ``lock_sites.located``)."""
        if site.kind.startswith("call "):
            self.add_call(site)
        elif site.kind in ("new", "turbofish"):
            self.add_constructor(site)
        else:
            self.add_declaration(site)

    def add_declaration(
        self, site: Site, inner: Callable[[Source, Node], str] | None = None
    ) -> None:
        """Register a declared place; ``inner`` gives the type behind one of its locks (by default, as it is
        written)."""
        source = self.source(site.path)
        owner = source.node_at(site.captures["owner"][0])
        decl = declared(source, site, owner) if owner is not None else None
        if decl is None:
            return
        types = site.captures["types"]
        locks = [lock for span in types if (lock := source.node_at(span)) is not None]
        inners = tuple((inner or _written_inner)(source, lock) for lock in locks)
        family = family_at(source, locks[0]) if locks else None
        self.add(replace(decl, types=types, inners=inners, family=family))

    def add(self, decl: Declaration) -> None:
        """Register a declaration under its name."""
        self.declarations.append(decl)
        if decl.kind == "field":
            self.fields.setdefault(decl.name, []).append(decl)
        elif decl.kind in ("static", "const"):
            self.statics.setdefault(decl.name, []).append(decl)
        elif decl.kind in ("parameter", "bound", "function_item", "function_signature_item"):
            self.functions.setdefault(decl.name, []).append(decl)

    def add_call(self, site: Site) -> None:
        """Register a lock call, with what rustc told of it."""
        receiver, base = site.captures["receiver"][0], site.captures.get("base")
        method = site.kind.removeprefix("call ").encode()
        told = self.type_of(site.path, receiver)
        lock = lock_of(told) if told is not None else None
        if lock is None:
            result = self.type_of(site.path, site.captures["result"][0])
            if result is not None and method not in (b"get_mut", b"into_inner"):
                lock = guard_of(result)
            if lock is None and (told is not None or result is not None):
                lock = Lock("std", "?")  # rustc knows it as something else
        key = ("call", site.path, site.span.start)
        at = base[0] if base else None
        self.lock_calls.append(LocatedCall(key, site.path, site.span, receiver, at, method, lock))

    def add_constructor(self, site: Site) -> None:
        """Register a constructor, with what rustc told of it."""
        whole = site.captures["whole"][0]
        told = self.type_of(site.path, whole)
        turbofish = site.kind == "turbofish"
        path = site.captures["types" if turbofish else "path"][0]
        named = site.captures.get("named", (path,))[0]
        lock = lock_of(told) if told is not None else None
        if told is not None and lock is None and told.kind == "fndef":
            lock = next((found for t in told.walk() if (found := lock_of(t)) is not None), None)
        if told is not None and lock is None and not turbofish:
            lock = Lock("std", "?")
        key = ("new", site.path, whole.start)
        self.constructors.append(Constructor(key, site.path, path, whole, named, lock, turbofish))

    def source(self, path: str) -> Source:
        """The file's text and syntax tree; ``path`` is one of a site's."""
        return self.files.get(path)

    def place(self, path: str, offset: int) -> str:
        """``src/lib.rs:12``, for messages."""
        return f"{path}:{self.source(path).position(offset)[0]}"

    def mentions(self, word: bytes, near: Declaration) -> Iterator[tuple[Source, Node]]:
        """Identifier nodes spelled ``word``, in the files that can see ``near``.

        Receivers of lock calls are left out: the calls are looked at for themselves.
        """
        package = self.package_of(near.path)
        declared = self.source(near.path).node_at(near.node)
        public = declared is not None and item_nodes.is_pub(self.source(near.path), declared)
        for source, node in self.everywhere(word):
            if public or self.package_of(source.path) == package:
                yield source, node

    def everywhere(self, word: bytes) -> Iterator[tuple[Source, Node]]:
        """As ``mentions``, in all files."""
        for source, node in self.calls.mentions(word):
            if not _LOCKED.match(source.data, node.end_byte):
                yield source, node

    @cached_property
    def debug_shown(self) -> tuple[Shown, ...]:
        """What the workspace shows by its ``Debug``."""
        return tuple(all_debug_shown(self.files, self.files.paths))

    def binding(self, source: Source, node: Node) -> Binding | None:
        """The local that the identifier ``node`` means."""
        function = source.fn_item_of(node)
        if function is None:
            return None
        return self.files.scopes(source, function).binding_at(node)


def _written_inner(source: Source, lock: Node) -> str:
    given = item_nodes.type_arguments(lock)
    return " ".join(source.text(given[-1]).decode("utf-8", "replace").split()) if given else ""


def as_site(site: Site, kind: str) -> Site:
    """A declaration that turned out to hold a counter, as one that is shown (where such are)."""
    shown = kind in ("field", "static", "const", "alias", "let")
    return replace(site, kind=kind, role="site" if shown else "use")


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
        bound = list(pattern_names(pattern))  # `State(hits): State<Arc<Mutex<u64>>>`
        pattern = bound[0] if len(bound) == 1 else pattern
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
