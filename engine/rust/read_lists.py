"""Lists that have a name and are only read: may their elements be references to what they are now?

``list.iter().copied()`` of references gives what ``list.iter()`` gave, so that what follows sees no other
type; ``join`` and ``concat`` want views of texts and lists. By syntax and the names of std's methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.borrows import Borrowable, borrowable
from engine.rust.format_macros import is_shown
from engine.rust.nodes import (
    arguments_of,
    borrowed,
    callee_name,
    indexed,
    is_mut,
    method_on,
    outward,
)
from engine.rust.scopes import Binding, Scopes, Use
from engine.rust.statement_nodes import loop_pattern, scrutinee_of
from engine.rust.syntax import Source, span_of

_JOINING = frozenset({b"join", b"concat"})
_COUNTING = frozenset({b"len", b"is_empty"})
# They give references to elements, or none.
_GIVING = frozenset(b"iter first last get".split())
# Behind a `&` these need no parentheses.
_PLAIN = frozenset({"identifier", "reference_expression", "field_expression", "call_expression"})


@dataclass(frozen=True, slots=True)
class ReadList:
    """The elements may be references (``views``: views) once ``edits`` are made; the list is read until
    ``end``. ``looks``: at its elements, not only at how many it has."""

    edits: tuple[Edit, ...]
    end: int
    views: bool = False
    looks: bool = True


def read_by_name(
    source: Source,
    scopes: Scopes,
    bindings: Iterable[Binding],
    reads: Callable[[bytes], bool],
) -> ReadList | None:
    """Of a list that ``bindings`` name; None where an element, or the list, is needed as what it is, and
    where it is not used. ``reads`` as in ``borrowable``."""
    edits: list[Edit] = []
    ways: set[bool] = set()
    end = 0
    for binding in bindings:
        for use in scopes.uses(binding):
            found = _use(source, scopes, use, reads) if not binding.mutable else None
            if found is None:
                return None
            edits += found.edits
            end = max(end, found.end)
            if found.looks:
                ways.add(found.views)
    return ReadList(tuple(edits), end, any(ways)) if end and len(ways) < 2 else None


def _use(
    source: Source, scopes: Scopes, use: Use, reads: Callable[[bytes], bool]
) -> ReadList | None:
    if use.capture:
        return ReadList((), use.span.end)  # `{list:?}` shows references as it shows values
    node = source.innermost(use.span)
    if span_of(node) != use.span:
        return None
    if method_on(source, node) is not None:
        return list_called(source, node)
    up = source.parent(node)
    index = indexed(up) if up is not None else None
    if up is not None and index is not None and index[0] == node:
        called = method_on(source, up)
        part = index[1].type == "range_expression"  # a list again
        looks = is_shown(source, up) or (called is not None and reads(called[0]))
        return ReadList((), up.end_byte) if looks and not part else None
    lent = up if up is not None and borrowed(up) == node and not is_mut(up) else None
    value = lent or node
    loop = source.parent(value)
    pattern = loop_pattern(loop) if loop is not None and scrutinee_of(loop) == value else None
    if loop is None or pattern is None:
        return None
    if lent is not None:
        text = source.text(node) + b".iter().copied()"
        return ReadList((Edit(source.path, lent.start_byte, lent.end_byte, text),), loop.end_byte)
    if pattern.type != "identifier":
        return None
    bound = scopes.bound_by(span_of(pattern))
    found = borrowable(source, scopes, bound, reads=reads)
    return ReadList(found.edits, loop.end_byte) if isinstance(found, Borrowable) else None


def list_called(source: Source, value: Node) -> ReadList | None:
    """Of a method that is called on the list ``value`` by reference."""
    called = method_on(source, outward(value))
    name = callee_name(called[1]) if called is not None else None
    if called is None or name is None:
        return None
    method, call = called
    statement = source.statement_of(call)
    end = max(call.end_byte, statement.end_byte if statement is not None else 0)
    if method in _JOINING:
        return ReadList((), end, views=True)
    if method in _COUNTING:
        return ReadList((), end, looks=False)
    if method in _GIVING:
        return ReadList((Edit(source.path, call.end_byte, call.end_byte, b".copied()"),), end)
    if method == b"contains" and (given := arguments_of(call)) and given[0].type in _PLAIN:
        at = given[0].start_byte
        return ReadList((Edit(source.path, at, at, b"&"),), end)
    return None
