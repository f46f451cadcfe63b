"""Whether a macro's call awaits something in the code around it, which the text of the call does not show.

Of the workspace's own macros the definitions are read (every one of that name counts, and the macros that their
texts call); of other crates' those that are known by their names. Not seen: what else expands, and what
procedural macros make.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust.files import Files
from engine.rust.known_calls import LITERAL_MACROS, is_known_macro, is_stds_macro
from engine.rust.macro_texts import code_of, macros_with
from engine.rust.nodes import macro_name
from engine.rust.suspension import awaits_arguments, is_stream
from engine.rust.syntax import Source, walk_all

_AWAIT = re.compile(rb"\bawait\b")
_CALLED = re.compile(rb"(?<![\w$])(\w+)\s*!\s*[(\[{]")
# Of the futures crates: they await, whatever they are given.
_AWAITING = frozenset({b"pending", b"poll"} | {b"select", b"select_biased", b"join", b"try_join"})


def may_await(files: Files, source: Source, call: Node) -> bool | None:
    """Does the macro's call await beside what can be read in it? None: it is not seen."""
    name = macro_name(source, call)
    if is_stream(source, call):
        return False  # a future of its own
    if awaits_arguments(source, call):
        return True
    given = sum(node.type == "await_expression" for node in walk_all(source, call))
    if len(_AWAIT.findall(source.text(call))) > given:
        return True  # `step!(other(), await)`
    return _of_macro(files, name, frozenset())


def _of_macro(files: Files, name: bytes, inside: frozenset[bytes]) -> bool | None:
    word = re.compile(rb"macro_rules!\s*" + re.escape(name) + rb"(?!\w)")
    own = [code_of(place, macro) for place, macro in macros_with(files, word, name)]
    if not own:
        if name in _AWAITING:
            return True
        known = is_known_macro(name) or is_stds_macro(name) or name in LITERAL_MACROS
        return False if known else None
    if any(map(_AWAIT.search, own)):
        return True
    called = {each for text in own for each in _CALLED.findall(text)} - inside
    called -= {name, b"macro_rules"}
    found = {_of_macro(files, each, inside | called | {name}) for each in called}
    return True if True in found else None if None in found else False
