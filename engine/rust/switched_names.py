"""Names that mean another thing in another build of the same text, and expressions whose type hangs on one.

Such a name stands in one module twice, under a ``cfg``, with another type each time (or once, in the place
of what std's prelude has); or it is declared by one: a field, a function's result, an alias. Told by
names alone, over the whole workspace: to the careful side. A function of a type counts for what is called
of a type of that name, or as a method. Not seen: what globs, build scripts and macros bring in, and
features of other crates.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property

from tree_sitter import Node, Query

from engine.base.model import Span
from engine.rust import item_nodes
from engine.rust.configurations import is_conditional
from engine.rust.definitions import holder_of, is_type_parameter
from engine.rust.files import Files
from engine.rust.imports import declared, module_at
from engine.rust.items import Items
from engine.rust.nodes import last_segment
from engine.rust.other_builds import is_under_cfg
from engine.rust.per_source import per_source
from engine.rust.places import initializers
from engine.rust.queries import captures, compile_query, walk
from engine.rust.scopes import Binding, Scopes, scopes_of
from engine.rust.statement_nodes import pattern_of
from engine.rust.syntax import Source, walk_all

_WORD = re.compile(rb"(?<![\w'])[^\W\d]\w*")
_PRELUDE = frozenset({b"String", b"Vec", b"Box", b"Option", b"Result"})
_NAMES = frozenset({"identifier", "type_identifier", "field_identifier", "self"})
_TYPED = frozenset({"let_declaration", "parameter"})
_OPAQUE = frozenset({"struct_item", "enum_item", "union_item", "trait_item", "mod_item"})


@dataclass(frozen=True, slots=True)
class Declared:
    """A name and what its type is written with; ``home`` is what it belongs to."""

    name: bytes
    type: bytes
    home: tuple[object, ...]
    conditional: bool
    brought: bool  # by a ``use``
    path: str
    line: int
    owner: tuple[bytes, ...]  # of a function: the type of its ``impl``, and its trait, by name
    kind: str  # of the node that declares it

    def __str__(self) -> str:
        return f"`{self.name.decode('utf-8', 'replace')}` ({self.path}, line {self.line})"


class SwitchedNames:
    """Those of a workspace."""

    def __init__(self, files: Files, items: Items) -> None:
        self._files = files
        self._items = items

    def in_type_of(self, source: Source, span: Span) -> Declared | None:
        """A name on which the type of what stands at ``span`` (an expression, or a name that a format
        string captures) may hang: one in it, or in what declares a local that it is made from."""
        function = source.fn_item_of(source.innermost(span))
        if function is None:
            return None
        scopes = scopes_of(source, function)
        pending: list[Node | Binding | None] = [
            source.node_at(span) or scopes.resolve(source.slice(span), span.start)
        ]
        seen: set[Binding] = set()
        while pending:
            part = pending.pop()
            if isinstance(part, Binding):
                if part in seen:
                    continue
                seen.add(part)
                holder = source.node_at(part.statement)
                if holder is not None and is_conditional(source, holder):
                    return _declare(source, holder, part.name, b"", ())
                if (
                    not part.plain
                    and (named := self._switched(source, part.name, None)) is not None
                ):
                    return named  # `Page { out, .. }`
                typed = item_nodes.type_of(holder) if holder and holder.type in _TYPED else None
                pattern = pattern_of(holder) if holder and not part.plain else None
                pending += [typed, pattern, *initializers(source, part)]
            elif part is not None:
                names = (inner for inner in walk_all(source, part) if inner.type in _NAMES)
                for name in names:
                    if (local := _local(source, scopes, name)) is not None:
                        pending.append(local)
                    elif (named := self._switched(source, source.text(name), name)) is not None:
                        return named
        return None

    def trait_with(self, source: Source, method: bytes) -> Declared | None:
        """A trait of the workspace that has the method, and that a ``use`` of the file brings in under a
        ``cfg``."""
        owners = {i.owner for i in self._items.named(method, "fn", "signature") if i.in_trait}
        brought = (e for e in _declarations(source) if e.brought and e.conditional)
        return next((e for e in brought if e.type.rpartition(b"::")[2] in owners), None)

    def _switched(self, source: Source, name: bytes, at: Node | None) -> Declared | None:
        """The switched name that ``name``, which stands at ``at``, may be in a file: what the file declares
        itself comes first."""
        every = [e for e in self._names.get(name, ()) if at is None or self._may_be(source, at, e)]
        own = next((each for each in every if each.path == source.path), None)
        return own or (every[0] if every and not self._is_own(source, name) else None)

    def _may_be(self, source: Source, name: Node, declared: Declared) -> bool:
        """May a name, by where it stands, be the function ``declared``? True for what is none."""
        up = name.parent
        if declared.kind not in ("function_item", "function_signature_item") or up is None:
            return True
        if up.type == "field_expression":
            return bool(declared.owner)
        if up.type != "scoped_identifier":
            return name.type == "identifier" and not declared.owner
        path = b"".join(source.text(up).split()).rpartition(b"::")[0]
        of = last_segment(path.partition(b"<")[0].removesuffix(b"::"))
        if not declared.owner:
            return not of[:1].isupper()
        if not of or of == b"Self" or of in declared.owner or self._items.named(of, "type"):
            return True
        if is_type_parameter(source, name, of):
            return True
        brought = (e.type for e in _declarations(source) if e.brought and e.name == of)
        return any(last_segment(full) in declared.owner for full in brought)

    def _is_own(self, source: Source, name: bytes) -> bool:
        """Does the file declare the name, or bring it in from outside of the workspace?"""
        every = [each for each in _declarations(source) if each.name == name]
        heads = {each.type.partition(b"::")[0] for each in every if each.brought}
        modules = {each.name for each in _declarations(source) if not each.brought}
        inside = heads & {b"crate", b"self", b"super", *modules, *self._items.modules.libraries}
        return bool(every) and not inside

    @cached_property
    def _names(self) -> dict[bytes, list[Declared]]:
        """All switched names, with the places that show it."""
        groups: dict[tuple[object, ...], list[Declared]] = defaultdict(list)
        for source in self._files.containing(b"cfg"):
            for each in _declarations(source):
                groups[each.name, *each.home].append(each)
        pending = [group[0] for group in groups.values() if _differs(group)]
        found: dict[bytes, list[Declared]] = defaultdict(list)
        while pending:
            switched = pending.pop()
            name, seen = switched.name, found[switched.name]
            if switched in seen:
                continue
            seen.append(switched)
            for source in self._files.containing(name):
                if source.path == switched.path or not self._is_own(source, name):
                    every = _declarations(source)
                    pending += (each for each in every if name in _WORD.findall(each.type))
        return found


def _differs(group: list[Declared]) -> bool:
    if not any(each.conditional for each in group):
        return False
    meant = {
        b"std::" + each.type.partition(b"::")[2] if _is_std(each) else each.type for each in group
    }
    over_std = group[0].name in _PRELUDE and not all(map(_is_std, group))
    return over_std or len(meant) > 1


def _is_std(each: Declared) -> bool:
    """Does a ``use`` bring it in from ``std``, ``core`` or ``alloc``, which have the same under one path?"""
    return each.brought and each.type.partition(b"::")[0] in (b"std", b"core", b"alloc")


def _local(source: Source, scopes: Scopes, name: Node) -> Binding | Node | None:
    """What tells the type of a local name: its binding; for ``self`` the type of the ``impl``."""
    if name.type == "self":
        impl = source.enclosing(name, ("impl_item",))
        return item_nodes.type_of(impl) if impl is not None else None
    if name.type != "identifier" or (name.parent and name.parent.type == "scoped_identifier"):
        return None
    return scopes.resolve(source.text(name), name.start_byte)


# -- declarations ----------------------------------------------------------------------------------


@cache
def _query() -> Query:
    kinds = [
        "struct",
        "enum",
        "union",
        "type",
        "trait",
        "static",
        "const",
        "function",
        "function_signature",
        "mod",
    ]
    listed = " ".join(f"({kind}_item)" for kind in kinds)
    return compile_query(f"[{listed} (field_declaration) (use_declaration)] @item")


@per_source
def _declarations(source: Source) -> tuple[Declared, ...]:
    """What a file declares, what macro calls hold among it."""
    found: list[Declared] = []
    for root in source.roots():
        for node in captures(_query(), root, "item"):
            module = module_at(source, node.start_byte)
            if node.type == "use_declaration":
                found += (
                    _declare(source, node, local, full, (source.path, module))
                    for local, full in declared(source, node)
                    if local != b"*"
                )
            elif (named := item_nodes.name_of(node)) is not None:
                home = source.path, module, *_home(source, node)
                found.append(_declare(source, node, source.text(named), _type(source, node), home))
    return tuple(found)


def _declare(
    source: Source, node: Node, name: bytes, type_: bytes, home: tuple[object, ...]
) -> Declared:
    line = source.position(node.start_byte)[0]
    brought = node.type == "use_declaration"
    impl = source.enclosing(node, ("impl_item", "trait_item"))
    parts = [item_nodes.type_of(impl), item_nodes.trait_of(impl)] if impl is not None else []
    parts += [item_nodes.name_of(impl)] if impl is not None and impl.type == "trait_item" else []
    owner = tuple(_head(source, part) for part in parts if part is not None)
    conditional = is_under_cfg(source, node)
    return Declared(name, type_, home, conditional, brought, source.path, line, owner, node.type)


def _head(source: Source, type_: Node) -> bytes:
    """The last name of a type's path, without its arguments."""
    return last_segment(b"".join(source.text(type_).split()).partition(b"<")[0])


def _type(source: Source, node: Node) -> bytes:
    """What tells the type of what ``node`` declares; of a type, a trait or a module its place."""
    if node.type in ("function_item", "function_signature_item"):
        typed = item_nodes.return_type(node)
        return source.text(typed) if typed is not None else b"()"
    if node.type in _OPAQUE:
        # Of what has no name, the types count as its own.
        inside = walk(node) if node.type in ("struct_item", "enum_item") else ()
        parts = (n for n in inside if n.type == "ordered_field_declaration_list")
        return b"@%d " % node.start_byte + b" ".join(source.text(part) for part in parts)
    typed = item_nodes.type_of(node)
    return source.text(typed) if typed is not None else b""


def _home(source: Source, node: Node) -> tuple[object, ...]:
    """The type or ``impl`` that a member belongs to, by its head, and the function around it."""
    impl = source.enclosing(node, ("impl_item", "trait_item"))
    function = source.enclosing(node, ("function_item",))
    parts = (item_nodes.trait_of(impl), item_nodes.type_of(impl)) if impl is not None else ()
    head = tuple(source.text(part) for part in parts if part is not None)
    return head, holder_of(source, node), function.start_byte if function is not None else -1
