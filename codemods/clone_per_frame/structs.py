"""What a struct or enum of the workspace holds, read from its definition."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.rust.queries import walk
from engine.rust.syntax import Source, attributes
from engine.rust.type_parser import parse
from engine.rust.types import Type

from .kinds import Cost, Kind, Nature, join, kind_of, last

if TYPE_CHECKING:
    from engine.detect.facts import Facts

_DERIVED = re.compile(rb"\bderive\s*\(([^)]*)\)")
_WORD = re.compile(rb"\A(?:r#)?[A-Za-z_][A-Za-z0-9_]*\Z")
_DEPTH = 8  # structs inside structs; deeper is left unknown


class Structs:
    """Finds definitions by name and judges them. One per plan; answers are kept."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._sources = facts.sources
        self._kinds: dict[str, Kind | None] = {}
        self._found: dict[str, tuple[tuple[Source, Node], ...]] = {}
        self._open: list[str] = []

    def kind(self, type_: Type) -> Kind:
        """``kinds.kind_of`` with the workspace's own types known."""
        return kind_of(type_, self.lookup)

    def lookup(self, type_: Type) -> Kind | None:
        """The kind of a type that the workspace defines; None for a foreign one."""
        if type_.kind != "path":
            return None
        key = str(type_)
        if key in self._kinds:
            return self._kinds[key]
        if key in self._open:
            # A type that holds itself says nothing new about itself.
            return Kind(Cost.DEEP, Nature.PLAIN)
        self._open.append(key)
        try:
            found = self._judge(type_)
        finally:
            self._open.pop()
        if not self._open:  # what was found below another type may rest on that one's being open
            self._kinds[key] = found
        return found

    def definitions(self, name: str) -> tuple[tuple[Source, Node], ...]:
        """Structs, enums and aliases of this name, wherever they stand in the workspace."""
        if name not in self._found:
            word = name.encode()
            found: list[tuple[Source, Node]] = []
            if _WORD.match(word):
                for source in self._sources.containing(word):
                    if not re.search(rb"\b(?:struct|enum|type|union)\s+" + word, source.data):
                        continue
                    for node in walk(source.root):
                        if node.type not in ("struct_item", "enum_item", "type_item", "union_item"):
                            continue
                        label = node.child_by_field_name("name")
                        if label is None or source.text(label) != word or _associated(node):
                            continue
                        found.append((source, node))
            self._found[name] = tuple(found)
        return self._found[name]

    def _judge(self, type_: Type) -> Kind | None:
        name = last(type_.name)
        module, qualified, _ = type_.name.rpartition("::")
        found = self.definitions(name)
        if qualified:
            found = self._meant(module, found)
        if not found:
            return None
        if len(found) > 1:
            return _unknown(f"several types of the workspace are called `{name}`")
        source, node = found[0]
        if node.type in ("type_item", "union_item") or len(self._open) > _DEPTH:
            return _unknown(f"`{name}` could not be read from its definition")
        derived = _derives(source, node)
        if b"Clone" not in derived:
            return _unknown(f"`{name}` has a `Clone` of its own")
        if self._drops(name):
            return _unknown(f"`{name}` has a `Drop` of its own, which would run at another time")
        inner = join(self._fields(source, node, type_), wraps=True)
        if b"Copy" in derived:
            return replace(inner, copy=True, cost=Cost.NONE)
        return replace(inner, copy=False, why=f"in `{name}`, {inner.why}" if inner.why else "")

    def _meant(
        self, printed: str, found: tuple[tuple[Source, Node], ...]
    ) -> tuple[tuple[Source, Node], ...]:
        """Those that stand in the module that rustc prints, or are re-exported by their crate."""
        exact = tuple(f for f in found if stands_in(printed, *f, self._facts))
        if exact:
            return exact
        head = printed.partition("::")[0]
        mine = [self._facts.crate_of(source.path) == head for source, _ in found]
        return found if mine and all(mine) else ()

    def _drops(self, name: str) -> bool:
        pattern = re.compile(rb"\bDrop\s+for\s+(?:\w+::)*" + name.encode() + rb"\b")
        return any(
            pattern.search(source.data)
            for source in self._sources.containing(b"Drop", name.encode())
        )

    def _fields(self, source: Source, node: Node, type_: Type) -> list[Kind]:
        parameters = _parameters(source, node)
        given = dict(zip(parameters, type_.args, strict=False))
        kinds: list[Kind] = []
        for field in walk(node):
            if field.type == "field_declaration":
                declared = [field.child_by_field_name("type")]
            elif field.type == "ordered_field_declaration_list":
                declared = [
                    c
                    for c in field.named_children
                    if c.type.endswith("type") or c.type.endswith("type_identifier")
                ]
            else:
                continue
            for child in declared:
                if child is not None:
                    kinds.append(self._field(source, child, given, parameters))
        return kinds

    def _field(
        self, source: Source, node: Node, given: dict[str, Type], parameters: list[str]
    ) -> Kind:
        parsed = parse(source.text(node).decode("utf-8", "replace"))
        return kind_of(_filled(parsed, given, parameters), self.lookup)


def module_of(source: Source, node: Node) -> str:
    """The module that an item stands in, as rustc prints it without the crate: "storage::sink"."""
    parts = source.path.removesuffix(".rs").split("/")
    if "src" in parts:
        parts = parts[len(parts) - parts[::-1].index("src") :]
        if parts[:1] == ["bin"]:
            parts = parts[2:]
    else:
        parts = parts[-1:] if parts[-1] == "mod" else []
    if parts and parts[-1] in ("mod", "lib", "main"):
        parts = parts[:-1]
    inner = [
        source.text(name).decode("utf-8", "replace")
        for a in source.ancestors(node)
        if a.type == "mod_item" and (name := a.child_by_field_name("name")) is not None
    ]
    return "::".join([*parts, *reversed(inner)])


def stands_in(printed: str, source: Source, node: Node, facts: Facts) -> bool:
    """Does an item stand in the module that rustc prints as ``printed``: without a crate in front
    when it is seen from its own crate, else with the name of its package?"""
    module = module_of(source, node)
    if printed == module:
        return True
    head, _, rest = printed.partition("::")
    return rest == module and head == facts.crate_of(source.path)


def _filled(type_: Type, given: dict[str, Type], parameters: list[str]) -> Type:
    """The type with the generic parameters replaced by what is given for them."""
    if type_.name in given and not type_.args:
        return given[type_.name]
    if type_.name in parameters:
        return Type(type_.name, (), "opaque")
    return replace(type_, args=tuple(_filled(a, given, parameters) for a in type_.args))


def _parameters(source: Source, node: Node) -> list[str]:
    listed = node.child_by_field_name("type_parameters")
    if listed is None:
        return []
    names: list[str] = []
    for child in listed.named_children:
        named = child.child_by_field_name("name") or child
        if named.type == "type_identifier":
            names.append(source.text(named).decode("utf-8", "replace"))
    return names


def _associated(node: Node) -> bool:
    """``type Item = ..`` of an impl is no definition."""
    holder = node.parent.parent if node.parent is not None else None
    return node.type == "type_item" and holder is not None and holder.type == "impl_item"


def _derives(source: Source, node: Node) -> frozenset[bytes]:
    found: set[bytes] = set()
    for attribute in attributes(node):
        for hit in _DERIVED.finditer(source.text(attribute)):
            found.update(part.strip().rpartition(b"::")[2] for part in hit.group(1).split(b","))
    return frozenset(found)


def _unknown(why: str) -> Kind:
    return Kind(Cost.UNKNOWN, Nature.UNKNOWN, why=why)
