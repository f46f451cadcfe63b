"""Values that a statement throws away while a temporary's guard is held: what ``*m.write().unwrap() = new;``
replaces, what ``m.lock().unwrap().insert(k, v);`` gives back, ``drop(mem::take(..))``, ``let _ = ..``.

A statement's own value is dropped before the temporaries that were made earlier (Rust reference, "Destructors":
in reverse order of their making), an assignment drops the old value where the place is evaluated already: both
under the lock. By syntax; what the value is, and whether dropping it costs anything, types tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.rust.nodes import (
    access_of,
    bare,
    borrowed,
    call_of,
    dereferenced,
    indexed,
    is_mut,
    method_call,
    named_children,
    operation_of,
)
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source

_DROP = re.compile(rb"(?:(?:std|core)::)?(?:mem::)?drop")
_SWAP = re.compile(rb"(?:(?:std|core)::)?(?:mem::)?(?:replace|take)")
# Of std's collections: what they give is nothing, or a number.
_GIVING_NOTHING = frozenset(
    b"""push push_str push_back push_front extend extend_from_slice append clear truncate retain reserve
    sort sort_by sort_by_key sort_unstable reverse swap len is_empty contains contains_key""".split()
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """``statement`` throws a value away. "assigned": what was at ``place`` before ``value`` was; "result":
    that of the expression ``value`` (``place`` is the guard's own)."""

    kind: Literal["assigned", "result"]
    statement: Node
    value: Node
    place: Node


def dropped_under(source: Source, guard: Node) -> Dropped | None:
    """What the statement around the temporary ``guard`` throws away while that is held; None where it keeps
    all, or where the value is not a part of what is guarded, or given by a call on it."""
    top = guard
    while (up := top.parent) is not None:
        inner = bare(up) if up.type == "parenthesized_expression" else None
        access, parts, call = access_of(up), indexed(up), method_call(source, up)
        through = inner == top or dereferenced(up) == top
        through = through or (access is not None and access.base == top)
        through = through or (parts is not None and parts[0] == top)
        through = through or (call is not None and access_of(top) is not None and _calls(up, top))
        through = through or (up.type == "try_expression")
        if not through:
            break
        top = up
    if up is None:
        return None
    operation = operation_of(source, up)
    if up.type == "assignment_expression" and operation is not None and operation.left == top:
        statement = up.parent
        if statement is None or not _is_statement(statement):
            return None
        return Dropped("assigned", statement, operation.right, top)
    if (swapped := _swapped(source, top)) is not None:
        top = swapped
    elif (
        top == guard
        or call_of(bare(top)) is None
        or ((last := method_call(source, bare(top))) is not None and last.method in _GIVING_NOTHING)
    ):
        return None
    value, holder = top, top.parent
    dropped = _given(source, top, _DROP)
    if dropped is not None:
        holder = dropped.parent
    if holder is None:
        return None
    let = let_of(holder) if holder.type == "let_declaration" else None
    if let is not None and source.text(let.pattern) == b"_" and let.alternative is None:
        if dropped is None and let.type is None:
            return Dropped("result", holder, value, guard)
        return None
    return Dropped("result", holder, value, guard) if _is_statement(holder) else None


def _is_statement(node: Node) -> bool:
    """``x;`` in a block."""
    ended = bool(node.children) and node.children[-1].type == ";"
    in_block = node.parent is not None and node.parent.type == "block"
    return node.type == "expression_statement" and ended and in_block


def _calls(call: Node, callee: Node) -> bool:
    found = call_of(call)
    return found is not None and found.whole_callee == callee


def _swapped(source: Source, place: Node) -> Node | None:
    """``mem::replace(&mut place, ..)``."""
    lent = place.parent
    if lent is None or borrowed(lent) != place or not is_mut(lent):
        return None
    return _given(source, lent, _SWAP)


def _given(source: Source, argument: Node, callee: re.Pattern[bytes]) -> Node | None:
    """The call of ``callee`` whose first argument it is."""
    listed = argument.parent
    call = listed.parent if listed is not None and listed.type == "arguments" else None
    found = call_of(call) if call is not None else None
    if listed is None or found is None or named_children(listed)[0] != argument:
        return None
    path = b"".join(source.text(found.callee).split())
    return call if callee.fullmatch(path) is not None else None
