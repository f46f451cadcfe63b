"""May a macro of the workspace be expanded with a value that leads to places of a type?

``$x.lock().unwrap().hits`` in a macro's text may mean the field of any struct that has one. Which structs it
is expanded with is told by the declared types of what it is given; what is computed where it is given may be
anything, and an exported macro may be given anything by other crates.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from tree_sitter import Node

from engine.rust import item_nodes, nodes
from engine.rust.calls import Calls
from engine.rust.declared_types import DeclaredTypes
from engine.rust.definitions import owner_of
from engine.rust.files import Files
from engine.rust.items import TYPES, Items
from engine.rust.macro_texts import expansions, is_exported, macro_named
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of

_DECLARING = frozenset(
    {"field_declaration", "static_item", "const_item", "type_item", "function_item"}
    | {"function_signature_item"}
)
# What the grammar puts around the arguments of a macro call.
_AROUND = frozenset(
    {"ERROR", "expression_statement", "parenthesized_expression", "tuple_expression"}
    | {"array_expression", "block"}
)
_LITERALS = re.compile(r"\w*_literal")


class MacroReach:
    """Looks over a workspace."""

    def __init__(self, files: Files, items: Items, calls: Calls) -> None:
        self._files = files
        self._items = items
        self._calls = calls
        self._declared = DeclaredTypes(files, items, calls)

    def holders(self, name: bytes) -> frozenset[bytes]:
        """Names of the fields, statics, functions and aliases that are declared with a type of this
        name."""
        found: set[bytes] = set()
        for source, node in self._calls.mentions(name):
            owner = source.enclosing(node, _DECLARING)
            type_ = item_nodes.type_of(owner) or item_nodes.return_type(owner) if owner else None
            named = item_nodes.name_of(owner) if owner is not None else None
            inside = type_ is not None and type_.start_byte <= node.start_byte < type_.end_byte
            if named is not None and inside:
                found.add(source.text(named))
        return frozenset(found)

    def reaches(self, source: Source, macro: Node, place: Source, struct: Node) -> bool:
        """May an expansion of ``macro`` get to a value of the type that ``struct`` defines in the file
        ``place``, or its text name what holds one?"""
        if is_exported(source, macro):
            return True  # with what others expand it is not seen
        named = item_nodes.name_of(struct)
        name = place.text(named) if named is not None else b""
        known = {name, *self.holders(name)}
        if known & set(re.findall(rb"(?<![\w$])\w+", source.text(macro))):
            return True
        return any(
            self._may_be(where, given, known)
            for where, call in expansions(self._files, macro_named(source, macro).encode())
            for given in _given(where, call)
            if not self._is_namesake(where, given, place, struct, known)
        )

    def _is_namesake(
        self,
        source: Source,
        given: Node | None,
        place: Source,
        struct: Node,
        known: Collection[bytes],
    ) -> bool:
        """Is ``given`` declared with another type of the same name, and with nothing else that is known?"""
        named = item_nodes.name_of(struct)
        if given is None or named is None:
            return False
        here, name = (place.path, span_of(struct)), place.text(named)
        types = list(self._declared.of_place(source, nodes.bare(given)))
        parts = [(w, part) for w, type_ in types for part in walk(type_)]
        if any(w.text(part) in known and w.text(part) != name for w, part in parts):
            return False
        alike = [(w, part) for w, part in parts if w.text(part) == name]
        meant = [self._items.resolve(w, part, name, *TYPES) for w, part in alike]
        return bool(meant) and all(
            found and all((i.path, i.span) != here for i in found) for found in meant
        )

    def _may_be(self, source: Source, given: Node | None, known: Collection[bytes]) -> bool:
        """May ``given`` be, or lead to, what one of the names is or holds?"""
        if given is None:
            return True
        node = nodes.bare(given)
        inner = nodes.borrowed(node) or nodes.dereferenced(node)
        if inner is not None:
            return self._may_be(source, inner, known)
        if _LITERALS.fullmatch(node.type):
            return False
        if node.type == "self":
            return owner_of(source, node) in known
        access = nodes.access_of(node)
        if access is not None and source.text(access.name) in known:
            return True
        types = list(self._declared.of_place(source, node))
        return not types or any(
            where.text(part) in known for where, type_ in types for part in walk(type_)
        )


def _given(source: Source, call: Node) -> Iterator[Node | None]:
    """The arguments of a macro call; None for what is not understood."""
    if call.type != "macro_invocation":
        yield None
        return
    for tree in source.arguments(call):
        parts = nodes.named_children(tree.root_node)
        while len(parts) == 1 and parts[0].type in _AROUND:
            parts = nodes.named_children(parts[0])
        for part in parts:
            yield None if part.has_error or part.type == "token_tree" else part
