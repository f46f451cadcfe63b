"""The type of a part of a value that a pattern takes apart: tuples, ``Some(..)`` and ``Ok(..)``.

Not answered: patterns of other enums and structs, slices, and what a reference is matched against.
"""

from __future__ import annotations

from tree_sitter import Node

from engine.rust.scopes import Binding
from engine.rust.statement_nodes import parts_of_pattern
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_named
from engine.rust.types import Type

_OPENED = {b"Some": "Option", b"Ok": "Result"}
_DEPTH = 4  # patterns in patterns


def type_of_part(
    source: Source, pattern: Node | None, binding: Binding, type_: Type | None
) -> Type | None:
    """The type of the part of a value of ``type_`` that ``pattern`` binds as ``binding``; None: not
    known."""
    for _ in range(_DEPTH):
        if binding.plain or type_ is None or pattern is None:
            break
        if binding.decl == span_of(pattern):
            return type_
        opened = _OPENED.get(source.text(pattern).split(b"(")[0])
        if pattern.type == "mut_pattern":
            pattern = pattern.named_children[-1]
        elif pattern.type == "tuple_pattern" and type_.kind == "tuple":
            inside = parts_of_pattern(pattern)
            at = next((i for i, n in enumerate(inside) if binding.decl in span_of(n)), None)
            if at is None or len(inside) != len(type_.args):
                return None
            pattern, type_ = inside[at], type_.args[at]
        elif opened is not None and is_named(type_, opened) and type_.args:
            pattern, type_ = parts_of_pattern(pattern)[0], type_.args[0]
        else:
            return None
    return type_
