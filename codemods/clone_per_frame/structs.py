"""The module that an item stands in, as rustc prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.rust.syntax import Source

if TYPE_CHECKING:
    from engine.detect.facts import Facts


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
