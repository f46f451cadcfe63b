"""The types that places are declared with, as they are written: fields, parameters, locals, statics.

Answered by the text alone, where the compiler was not asked. A place may have several declarations (of
``cfg``'d structs); none where a type is inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tree_sitter import Node, Query

from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.calls import Calls
from engine.rust.definitions import Item
from engine.rust.files import Files
from engine.rust.items import TYPES, VALUES, Items
from engine.rust.queries import captures, compile_query, walk
from engine.rust.syntax import Source, span_of

Written = tuple[Source, Node]  # a type, and the file that it is written in


class DeclaredTypes:
    """Looks declarations up over a workspace."""

    def __init__(self, files: Files, items: Items, calls: Calls) -> None:
        self._files = files
        self._items = items
        self._calls = calls

    def of_field(self, source: Source, initializer: Node) -> Iterator[Written]:
        """Of the field that ``name: value`` or ``name`` fills in a struct's literal."""
        found = nodes.initialized(initializer)
        name = source.text(found[0] if found is not None else initializer)
        literal = source.enclosing(initializer, ["struct_expression"])
        named = item_nodes.name_of(literal) if literal is not None else None
        if named is not None:
            for item in self._items.resolve(source, named, source.text(named), *TYPES):
                yield from self._fields(item, name)

    def of_place(self, source: Source, place: Node) -> Iterator[Written]:
        """Of a local, a parameter, a static, a constant or a field ``x.name``."""
        access = nodes.access_of(place)
        if access is not None:
            for item in self._calls.types_of(source, access.base) or ():
                yield from self._fields(item, source.text(access.name))
            return
        function = source.fn_item_of(place)
        if function is None or place.type not in ("identifier", "scoped_identifier"):
            return
        binding = self._files.scopes(source, function).binding_at(place)
        holder = source.node_at(binding.statement) if binding is not None else None
        if holder is None:
            for item in self._items.resolve(source, place, source.text(place), *VALUES):
                here, node = self._items.open(item)
                type_ = item_nodes.type_of(node)
                if type_ is not None:
                    yield here, type_
            return
        let = statement_nodes.let_of(holder)
        type_ = let.type if let is not None else item_nodes.type_of(holder)
        if type_ is not None:
            yield source, type_

    def _fields(self, item: Item, name: bytes) -> Iterator[Written]:
        source, node = self._items.open(item)
        for field in walk(node):
            named = item_nodes.name_of(field) if field.type == "field_declaration" else None
            type_ = item_nodes.type_of(field)
            if named is not None and type_ is not None and source.text(named) == name:
                yield source, type_

    def impls(self, place: Source, struct: Node) -> Iterator[Written]:
        """The ``impl`` blocks of the workspace for the type that ``struct`` defines in the file ``place``,
        and those for types of its name that are not found."""
        named = item_nodes.name_of(struct)
        name = place.text(named) if named is not None else b""
        here = (place.path, span_of(struct))
        for source in self._files.containing(b"impl", name) if name else ():
            for root in source.roots():
                for impl in captures(_impls(), root, "impl"):
                    type_ = item_nodes.type_of(impl)
                    if type_ is None or nodes.last_name(source, type_) != name:
                        continue
                    head = nodes.generic_head(type_)
                    meant = self._items.resolve(source, head, source.text(head), *TYPES)
                    if not meant or any((i.path, i.span) == here for i in meant):
                        yield source, impl


@cache
def _impls() -> Query:
    return compile_query("(impl_item) @impl")
