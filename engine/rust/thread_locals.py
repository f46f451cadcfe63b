"""Statics of which each thread, or each task, has one of its own: ``thread_local!``, ``task_local!`` and
``#[thread_local]``. No other thread sees what is done with them. Known by their names."""

from __future__ import annotations

import re
from functools import cache

from tree_sitter import Node, Query

from engine.rust import item_nodes, nodes
from engine.rust.files import Files
from engine.rust.per_source import per_source
from engine.rust.queries import captures, compile_query
from engine.rust.syntax import Source, attributes

_MACROS = frozenset({b"thread_local", b"task_local"})
_STATIC = re.compile(rb"\bstatic\s+(\w+)\s*:")


@cache
def _places() -> Query:
    return compile_query("(macro_invocation) @macro (static_item) @static")


@per_source
def thread_locals_in(source: Source) -> frozenset[bytes]:
    """The names of those that the file defines."""
    if b"_local" not in source.data:
        return frozenset()
    found: set[bytes] = set()
    for macro in captures(_places(), source.root, "macro"):
        if nodes.macro_name(source, macro) in _MACROS:
            found.update(_STATIC.findall(source.text(macro)))
    for static in captures(_places(), source.root, "static"):
        named = item_nodes.name_of(static)
        if named is not None and is_own_to_threads(source, static):
            found.add(source.text(named))
    return frozenset(found)


def is_own_to_threads(source: Source, static: Node) -> bool:
    """Is the ``static`` item one of them?"""
    marked = any(b"thread_local" in source.text(attribute) for attribute in attributes(static))
    macro = source.enclosing(static, ("macro_invocation",))
    return marked or (macro is not None and nodes.macro_name(source, macro) in _MACROS)


def thread_locals(files: Files) -> frozenset[bytes]:
    """The names of those that files of the workspace define."""
    found = (source for word in sorted(_MACROS) for source in files.containing(word))
    return frozenset[bytes]().union(*map(thread_locals_in, found))


def is_thread_local(files: Files, name: bytes) -> bool:
    """Does a file of the workspace define a static of this name that is each thread's own?"""
    return any(name in thread_locals_in(source) for source in files.containing(name))
