"""Guard types as they are written in the source: resolved by the file's ``use`` lines."""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust import imports
from engine.rust.locks import Flavour, flavour_of_name
from engine.rust.syntax import Source

HINT = re.compile(rb"Guard(?:Arc)?\b|\bRef(?:Mut)?(?:Multi)?\s*<")
# A guard behind one of these is somebody else's, or not there yet.
_ELSEWHERE = frozenset({"reference_type", "pointer_type", "function_type", "dynamic_type"})


def guard_flavour(source: Source, node: Node) -> Flavour | None:
    """The flavour of the first guard that a value of the written type (or a definition's fields)
    owns; None when there is none."""
    if not HINT.search(source.text(node)):
        return None
    scopes = imports.scopes(source)
    here = imports.scope_at(scopes, node.start_byte)
    imported = {i.local: i.full for i in imports.imports(source, here, scopes)}
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in _ELSEWHERE:
            continue
        if current.type in ("type_identifier", "scoped_type_identifier"):
            head, colons, rest = b"".join(source.text(current).split()).partition(b"::")
            full = imported.get(head, head) + colons + rest
            flavour = flavour_of_name(full.decode("utf-8", "replace"))
            if flavour is not None:
                return flavour
            continue
        pending.extend(reversed(current.named_children))
    return None
