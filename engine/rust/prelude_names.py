"""Does a name of the prelude mean at a place what it means elsewhere, or is it covered by something of the user's?

Covered: by a local name, by a function, constant or type of the same name in the block or module around, by what a ``use``
brings in. Not seen: what a glob brings, and macros of another file.
"""

from __future__ import annotations

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.imports import declared, imports, scope_at, scope_body, scopes
from engine.rust.item_nodes import name_of
from engine.rust.scopes import scopes_of
from engine.rust.syntax import FUNCTIONS, ITEMS, Source


def is_covered(source: Source, node: Node, name: bytes) -> bool:
    """Does ``name``, written at ``node``, mean something else than the prelude's?"""
    function = source.enclosing(node, FUNCTIONS)
    if function is not None:
        here = Span(node.start_byte, node.start_byte)
        bound = scopes_of(source, function).bindings
        if any(each.name == name and each.decl.start < here.start for each in bound):
            return True
    bodies = [n for n in source.ancestors(node) if n.type == "block"]
    scope = scope_at(scopes(source), node.start_byte)
    if any(brought.local == name for brought in imports(source, scope)):
        return True
    for body in (*bodies, scope_body(source, scope)):
        for child in body.named_children:
            named = name_of(child) if child.type in ITEMS else None
            if named is not None and source.text(named) == name:
                return True
            if child.type == "use_declaration" and any(
                n == name for n, _ in declared(source, child)
            ):
                return True
    return False
