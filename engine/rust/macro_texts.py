"""Macros of the workspace's own whose text names something: what they do with it is seen only where they
are expanded, and that may be in another configuration or another crate.

By the words of the text (Rust reference, "Macros By Example"): hygiene does not hold for items and
fields, so that a name means what it means where the macro is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tree_sitter import Node, Query

from engine.rust import item_nodes, nodes
from engine.rust.files import Files
from engine.rust.per_source import per_source
from engine.rust.queries import captures, compile_query, macro_calls
from engine.rust.syntax import Source, attributes, span_of


def macros_naming(files: Files, name: bytes, field: bool) -> Iterator[tuple[Source, Node]]:
    """The ``macro_rules!`` definitions whose text names the item ``name``; as a ``field``, only ``.name``
    that is no method's."""
    word = re.escape(name)
    if field:
        pattern = re.compile(rb"\.\s*" + word + rb"(?!\w)(?!\s*[(!])")
    else:
        pattern = re.compile(rb"(?<![\w.$])" + word + rb"(?!\w)(?!\s*[!:])")
    return macros_with(files, pattern, name)


def macros_with(
    files: Files, pattern: re.Pattern[bytes], *words: bytes
) -> Iterator[tuple[Source, Node]]:
    """The definitions whose text, comments and strings aside, the pattern is found in, of the files that
    hold all of the ``words``."""
    for source in files.containing(b"macro_rules", *words):
        for macro in macros_in(source):
            if pattern.search(code_of(source, macro)):
                yield source, macro


def is_own_macro(files: Files, name: bytes) -> bool:
    """Does the workspace define a macro of this name?"""
    return any(
        macro_named(source, macro).encode() == name
        for source in files.containing(b"macro_rules", name)
        for macro in macros_in(source)
    )


def macro_named(source: Source, macro: Node) -> str:
    """The name that a definition gives to its macro."""
    named = item_nodes.name_of(macro)
    return source.quoted(span_of(named)) if named is not None else "?"


def is_exported(source: Source, macro: Node) -> bool:
    """May other crates expand the macro that is defined at ``macro``?"""
    return any(b"macro_export" in source.text(each) for each in attributes(macro))


def expansions(files: Files, name: bytes) -> Iterator[tuple[Source, Node]]:
    """Where the workspace expands a macro of this name: the calls, and the definitions of other macros
    whose text has such a call (what that is given is not seen)."""
    called = re.compile(rb"(?<![\w$])" + re.escape(name) + rb"\s*!")
    for source in files.containing(name):
        for root in source.roots():
            for call in macro_calls(root):
                if nodes.macro_name(source, call) == name:
                    yield source, call
        for macro in macros_in(source) if b"macro_rules" in source.data else ():
            if called.search(code_of(source, macro)):
                yield source, macro


@per_source
def macros_in(source: Source) -> tuple[Node, ...]:
    """The ``macro_rules!`` definitions of a file."""
    return tuple(node for root in source.roots() for node in captures(_query(), root, "macro"))


@per_source
def code_of(source: Source, macro: Node) -> bytes:
    """The definition's text without comments and strings."""
    return re.sub(rb'//[^\n]*|"(?:[^"\\]|\\.)*"', b"", source.text(macro))


@cache
def _query() -> Query:
    return compile_query("(macro_definition) @macro")
