"""Levels of clippy's lints by attributes, where they hold (Rust reference, "Lint check attributes"): the
innermost that names a lint decides. Groups of lints are not known, nor is whether a ``cfg`` holds: under
a ``cfg_attr`` a lint is on where it may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node

from engine.rust import item_nodes
from engine.rust.configurations import attributes_of
from engine.rust.files import Files
from engine.rust.imports import module_at
from engine.rust.modules import Modules, Place
from engine.rust.queries import walk
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source

_LEVEL = re.compile(rb"(?<!\w)(warn|deny|forbid|allow|expect)\s*\(([^()]*)\)")
_CLIPPYS = re.compile(rb"(?<!\w)clippy\s*::\s*(\w+)")


def is_on_at(
    files: Files, modules: Modules, source: Source, node: Node, lint: bytes
) -> bool | None:
    """Is clippy's ``lint`` at ``warn`` or higher at ``node``, by the attributes around it: in its file, at
    the ``mod`` items that lead to it, in the files of these? None where none of them names it. Of the
    crates that a file is of, the strictest counts."""
    here = _in_file(source, node, lint)
    if here is not None:
        return here
    told = [_above(files, modules, place, lint) for place in modules.places(source.path)]
    return None if all(level is None for level in told) else any(told)


def allowed_at(
    files: Files, modules: Modules, source: Source, node: Node, lints: Iterable[bytes]
) -> bytes:
    """Which of clippy's ``lints`` an attribute around ``node`` allows or expects, so that somebody has
    looked at it and means what stands there; b"" for none."""
    for lint in lints:
        mentioned = any(True for _ in files.containing(lint))
        if mentioned and is_on_at(files, modules, source, node, lint) is False:
            return lint
    return b""


def _above(files: Files, modules: Modules, place: Place, lint: bytes) -> bool | None:
    """What the modules around the one at ``place`` say."""
    if not place.module:
        return None
    parent = Place(place.crate, place.module[:-1])
    items = _items(files, modules, parent, place.module[-1])
    told = [_in_file(source, item, lint) for source, item in items]
    if any(level is not None for level in told):
        return any(told)
    return _above(files, modules, parent, lint)


def _items(files: Files, modules: Modules, parent: Place, name: bytes) -> list[tuple[Source, Node]]:
    """The items ``mod name;`` of the module ``parent``; the nearest file where a macro makes it."""
    around = [(files.get(path), inline) for path, inline in modules.files(parent)]
    found = [
        (source, item)
        for source, inline in around
        for root in source.roots()
        for item in walk(root)
        if item.type == "mod_item"
        and body_of(item) is None
        and (named := item_nodes.name_of(item)) is not None
        and source.text(named) == name
        and module_at(source, item.start_byte) == inline
    ]
    return found or [(source, source.root) for source, _ in around[:1]]


def _in_file(source: Source, node: Node, lint: bytes) -> bool | None:
    for part in (node, *source.ancestors(node)):
        texts = [source.text(attribute) for attribute in attributes_of(part)]
        levels = {
            (level, b"cfg_attr" in text)
            for text in texts
            for level, lints in _LEVEL.findall(text)
            if lint in _CLIPPYS.findall(lints)
        }
        if any(level in (b"warn", b"deny", b"forbid") for level, _ in levels):
            return True
        if any(not conditional for _, conditional in levels):
            return False
    return None
