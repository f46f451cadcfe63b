"""What other crates can see, as far as syntax shows."""

from __future__ import annotations

from tree_sitter import Node

from engine.detect.facts import Facts
from engine.rust.syntax import Source

_ITEMS = frozenset(
    {"field_declaration", "struct_item", "static_item", "const_item", "type_item", "enum_item"}
    | {"function_item", "mod_item"}
)


def exposure(facts: Facts, source: Source, node: Node, name: str) -> str:
    """Words when ``node`` is ``pub`` at every step that syntax shows, in a library. (A private
    module in another file may still hide it: that is not looked at.)"""
    package = facts.package_of(source.path)
    if package is not None and not package.has_lib:
        return ""
    inside = source.path.removeprefix(package.root if package is not None else "").lstrip("/")
    if inside == "src/main.rs":
        return ""
    if inside.startswith(("src/bin/", "tests/", "benches/", "examples/")):
        return ""
    current: Node | None = node
    while current is not None:
        if current.type in _ITEMS and not any(
            c.type == "visibility_modifier" and source.text(c) == b"pub" for c in current.children
        ):
            return ""
        current = source.parent(current)
    return f"`{name}` is public, so its type is part of the library's API"
