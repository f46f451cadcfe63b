"""What another configuration of a crate leaves out (Rust reference, "Conditional compilation").

Answered: does a ``cfg`` stand around some code, below its module. Not answered: whether it holds, and
what ``cfg``s stand around the module itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from engine.rust.nodes import macro_name
from engine.rust.syntax import Source, attributes

_LISTS = frozenset({"source_file", "block", "match_block", "parameters", "arguments"})
_CFG = re.compile(rb"(?<!\w)cfg\s*\(")  # in a `cfg_attr` too


def is_conditional(source: Source, item: Node) -> bool:
    """Does an attribute of the item itself make it depend on a ``cfg``?"""
    return any(_CFG.search(source.text(attribute)) for attribute in attributes_of(item))


def only_cfgs(source: Source, item: Node) -> bool:
    """Are the attributes of the item itself ``#[cfg(..)]`` alone, with no comment among them?"""
    before, plain = item.prev_named_sibling, re.compile(rb"#\[\s*cfg\s*\(.*\)\s*\]", re.DOTALL)
    count = 0
    while before is not None and before.type == "attribute_item":
        if plain.fullmatch(source.text(before)) is None:
            return False
        before, count = before.prev_named_sibling, count + 1
    return count == len(list(attributes(item)))


def conditional_part(source: Source, node: Node) -> Node | None:
    """The innermost code around ``node``, below its module, that a ``cfg`` may leave out: an item, a
    statement, an arm, a branch of ``cfg_if!``."""
    for part in (node, *source.ancestors(node)):
        if part.type == "mod_item":
            return None
        if macro_name(source, part) == b"cfg_if":
            return part
        if part.type != "source_file" and is_conditional(source, part):
            return part
    return None


def attributes_of(part: Node) -> Iterator[Node]:
    """Those of ``part`` itself; of a list (of items, fields, statements ..) that is ``#![..]`` alone: the
    others in it are its members'."""
    yield from attributes(part)
    lists = part.type in _LISTS or part.type.endswith("_list")
    kind = "inner_attribute_item" if lists else "attribute_item"
    yield from (child for child in part.children if child.type == kind)
