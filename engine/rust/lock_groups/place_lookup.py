"""What a name in an expression may mean: the declared places that can be reached by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from tree_sitter import Node, Query

from engine.rust.definitions import owner_of
from engine.rust.items import TYPES, VALUES
from engine.rust.lock_groups.lock_places import Declaration, LockPlaces
from engine.rust.nodes import bare, last_name
from engine.rust.queries import captures, compile_query
from engine.rust.syntax import Source, span_of


class PlaceLookup:
    """Look-ups of one workspace: by name, and by rustc's types where they were asked."""

    def __init__(self, places: LockPlaces) -> None:
        self.places = places

    def nearest(
        self, found: Iterable[Declaration], source: Source, node: Node
    ) -> list[Declaration]:
        """Those of the same file and function, else of the file, else all."""
        every = list(found)
        here = [d for d in every if d.path == source.path]
        function = source.fn_item_of(node)
        if function is not None:
            inner = [d for d in here if d.node in span_of(function)]
            if inner:
                return inner
        return here or every

    def statics_of(self, source: Source, node: Node) -> list[Declaration]:
        """The statics and constants with a lock that the name or path ``node`` may mean."""
        every = self.places.statics.get(last_name(source, node), [])
        if not every:
            return []
        meant = self.places.items.resolve(source, node, source.text(node), *VALUES)
        if not meant:  # what a macro defines or brings is only known by its name
            return self.nearest(every, source, node)
        return [d for d in every if any((i.path, i.span) == (d.path, d.node) for i in meant)]

    def fields_of(self, source: Source, base: Node, name: bytes) -> list[Declaration]:
        """The lock fields that ``base.name`` may be."""
        every = self.places.fields.get(name, [])
        if not every:
            return []
        types = self.places.calls.types_of(source, base)
        exact = [d for t in types or () for d in every if d.path == t.path and d.node in t.span]
        if exact:
            return exact
        # What a macro defines or brings is only known by its name.
        told = self.places.type_of(source.path, span_of(base))
        if told is not None:
            names = {step.last.encode() for step in told.deref_chain()}
        elif bare(base).type == "self":
            names = {owner_of(source, base)}
        else:
            return every
        return [d for d in every if d.owner in names]

    def sure_fields_of(self, source: Source, base: Node, name: bytes) -> list[Declaration]:
        """As ``fields_of``; where no type tells, none if the name is another field's, too."""
        found = self.fields_of(source, base, name)
        told = self.places.type_of(source.path, span_of(base)) is not None
        known = told or bare(base).type == "self"
        if known or self.places.calls.types_of(source, base):
            return found
        fields = (n.parent for _, n in self.places.calls.mentions(name))
        other = (f for f in fields if f is not None and f.type == "field_declaration")
        spans = {d.node for d in self.places.fields.get(name, [])}
        return found if all(span_of(field) in spans for field in other) else []

    def tuple_accesses(self, decl: Declaration) -> Iterator[tuple[Source, Node]]:
        """The ``0`` of every ``x.0``, in the files that name the tuple struct."""
        for source in self.places.files.containing(decl.owner):
            for root in source.roots():
                for node in captures(_numbered(), root, "name"):
                    if source.text(node) == decl.name:
                        yield source, node

    def fields_in(self, source: Source, named: Node, name: bytes) -> list[Declaration]:
        """The lock fields called ``name`` (tuple fields: by their number) of the type or variant that
        is written as ``named``."""
        every = self.places.fields.get(name, [])
        types = self.places.items.resolve(source, named, source.text(named), *TYPES)
        exact = [d for t in types for d in every if d.path == t.path and d.node in t.span]
        last = last_name(source, named)
        owner = owner_of(source, named) if last == b"Self" else last
        alike = [d for d in every if d.owner == owner]
        return exact or [d for d in alike if d.path == source.path] or alike

    def functions(self, name: bytes, owner: bytes, source: Source, node: Node) -> list[Declaration]:
        """Declared parameters and results of the function that a path may mean."""
        every = self.places.functions.get(name, [])
        if owner == b"Self":
            owner = owner_of(source, node)
        if owner[:1].isupper():
            return [d for d in every if d.owner == owner]
        return [d for d in every if not d.owner]


@cache
def _numbered() -> Query:
    return compile_query("(field_expression field: (integer_literal) @name)")
