"""Functions of the workspace that only make a value of what they are given.

What is asked: may a call run at another time, as far as anybody but its caller can see? Values that are
dropped in it, and impls of conversions (``into``, ``to_string``), are taken to be as harmless as everywhere.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust import item_nodes, nodes
from engine.rust.effects import effects, looks_at_clock
from engine.rust.items import Items
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, attributes

_IDLE = re.compile(
    rb"#\[\s*(?:inline|must_use|doc|allow|expect|cold|track_caller)\b.*\]", re.DOTALL
)


def only_makes(items: Items, source: Source, call: Node) -> bool:
    """Is ``call`` one of a function of the workspace, by its path, that neither waits, locks, logs, looks at
    the clock, writes what others see, nor calls what may do so? Each that the path may mean."""
    callee = nodes.callee_of(call)
    return callee is not None and names_maker(items, source, callee)


def names_maker(items: Items, source: Source, path: Node) -> bool:
    """As ``only_makes``, of calls of the function that ``path`` names."""
    if path.type not in ("identifier", "scoped_identifier"):
        return False
    found = items.resolve(source, path, source.text(path), "fn")
    return bool(found) and all(_only_makes(*items.open(each)) for each in found)


def _only_makes(source: Source, function: Node) -> bool:
    body = body_of(function)
    if body is None or item_nodes.return_type(function) is None:
        return False
    if any(_IDLE.fullmatch(source.text(each)) is None for each in attributes(function)):
        return False
    quiet = not any(True for _ in effects(source, body))
    return quiet and looks_at_clock(source, body) is None
