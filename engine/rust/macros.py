"""Whether a macro's name means std's macro, where it is called or could be.

Textual scope and imports, as far as the files of the workspace show (Rust reference, "Macros By
Example", "Scoping, exporting, and importing"). To the careful side: a ``macro_rules!`` of that name in
the file, in one that its module stands in, in one that a ``#[macro_use]`` opens, or with
``#[macro_export]``, is taken to be what is meant, wherever it stands there. Not answered: macros that
``#[macro_use] extern crate`` brings.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust.files import Files
from engine.rust.imports import imports, in_blocks, scope_at, scopes
from engine.rust.modules import Modules
from engine.rust.std_paths import same_item
from engine.rust.syntax import Source

_OPENED = re.compile(rb"#\[\s*macro_use\b[^;{}]*?\bmod\s+(\w+)")


def is_std_macro(files: Files, modules: Modules, source: Source, node: Node, path: bytes) -> bool:
    """Does ``path!`` at ``node`` mean std's macro: ``format``, ``std::format``, ``alloc::format``?"""
    head, _, name = b"".join(path.split()).removeprefix(b"::").rpartition(b"::")
    if head:
        return head in (b"std", b"core", b"alloc")
    brought = _brought(source, node, name)
    if brought:
        return any(same_item(full, b"std::" + name) for full in brought)
    return not _defined(files, modules, source, name)


def _brought(source: Source, node: Node, name: bytes) -> list[bytes]:
    """Full paths of what ``use`` lines around ``node`` bring in by this name. A glob of a crate that is
    known for macros of std's names counts."""
    found = scopes(source)
    around = [*imports(source, scope_at(found, node.start_byte), found)]
    for block, brought in in_blocks(source):
        if block.start <= node.start_byte < block.end:
            around += brought
    globs = (i.full for i in around if i.local == b"*" and i.full.partition(b"::")[0] == b"defmt")
    return [*(i.full for i in around if i.local == name), *globs]


def _defined(files: Files, modules: Modules, source: Source, name: bytes) -> bool:
    """Is a macro of this name defined where ``source`` may see it?"""
    pattern = re.compile(rb"(?<!\w)macro_rules!\s*" + re.escape(name) + rb"(?!\w)")
    mine = modules.places(source.path)
    for other in files.containing(b"macro_rules", name):
        if pattern.search(other.data) is None:
            continue
        if other.path == source.path:
            return True
        exported = b"macro_export" in other.data
        for theirs in modules.places(other.path):
            opened = exported or (theirs.module and theirs.module[-1] in _opened(files))
            for place in mine:
                inside = place.module[: len(theirs.module)] == theirs.module
                if place.crate == theirs.crate and (opened or inside):
                    return True
    return False


def _opened(files: Files) -> set[bytes]:
    """Names of modules whose macros a ``#[macro_use]`` lets out."""
    sources = files.containing(b"macro_use", b"mod")
    return {name for source in sources for name in _OPENED.findall(source.data)}
