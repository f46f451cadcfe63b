"""Types of the workspace that keep a guard in a field, found by their definitions' syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from codemods.guard_across_await.written import HINT, guard_flavour
from engine.detect.facts import Facts
from engine.rust.locks import Flavour, guards_in
from engine.rust.queries import walk
from engine.rust.syntax import Source
from engine.rust.types import Type

_DEFINED = re.compile(rb"\b(?:struct|enum)\s+(\w+)")
_DEFINITIONS = frozenset({"struct_item", "enum_item"})


class Holders:
    """Which types hold a guard: those of the lock crates, and the workspace's own around them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def guard(self, type_: Type, path: str) -> Type | None:
        """The guard that a value of this type owns, or the workspace's type around one; ``path`` is
        the file in which it was asked for."""
        found = next(guards_in(type_), None)
        if found is not None or not self._own:
            return found
        package = self._facts.package_of(path)
        foreign = {"std", "core", "alloc"}
        if package is not None:
            foreign |= {name.replace("-", "_") for name in package.external}
        return next(self._owned(type_, foreign), None)

    def flavour(self, type_: Type) -> Flavour:
        """The flavour of the guard inside one of the workspace's own types."""
        return self._own.get(type_.last, Flavour.STD)

    def _owned(self, type_: Type, foreign: set[str]) -> Iterator[Type]:
        if type_.kind not in ("path", "tuple", "array"):
            return
        ours = type_.name.partition("::")[0] not in foreign
        if type_.kind == "path" and ours and type_.last in self._own:
            yield type_
            return
        for arg in type_.args:
            yield from self._owned(arg, foreign)

    @cached_property
    def _own(self) -> dict[str, Flavour]:
        """Names of structs and enums with a guard in a field. A name that the workspace also gives
        to a type without one is left out."""
        found: dict[str, Flavour] = {}
        without: set[str] = set()
        candidates: set[bytes] = set()
        for path in self._facts.sources.paths:
            if HINT.search(self._facts.sources.data(path)):
                for name, flavour in _defined(self._facts.source(path)):
                    if flavour is not None:
                        found[name] = flavour
                        candidates.add(name.encode())
                    else:
                        without.add(name)
        for path in self._facts.sources.paths if candidates else ():
            data = self._facts.sources.data(path)
            if not HINT.search(data):
                hits = {hit.group(1) for hit in _DEFINED.finditer(data)}
                without |= {name.decode("utf-8", "replace") for name in hits & candidates}
        return {name: flavour for name, flavour in found.items() if name not in without}


def _defined(source: Source) -> Iterator[tuple[str, Flavour | None]]:
    for node in walk(source.root):
        name = node.child_by_field_name("name") if node.type in _DEFINITIONS else None
        if name is not None:
            body = node.child_by_field_name("body")
            flavour = guard_flavour(source, body) if body is not None else None
            yield source.text(name).decode("utf-8", "replace"), flavour
