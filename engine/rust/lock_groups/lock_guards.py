"""From a lock call to its guard.

``guard_from`` climbs from ``x.lock()`` over ``.unwrap()``, ``?``, ``.await`` or a poison handler to
the expression that is the guard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from tree_sitter import Node

from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.lock_groups.lock_types import Family
from engine.rust.syntax import Source

# Methods that reach the value without locking.
DIRECT = frozenset({b"get_mut", b"into_inner"})
TRIES = frozenset({b"try_lock", b"try_read", b"try_write"})
LOCKS = frozenset(
    {b"lock", b"read", b"write", b"blocking_lock", b"blocking_read", b"blocking_write"}
)
_RECOVERS = re.compile(
    rb"\|(?:mut )?(\w+)\|(?:\1\.into_inner\(\)|\{\1\.into_inner\(\)\})"
    rb"|(?:\w+::)*PoisonError::into_inner"
)


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """Why one use of a lock stands in the way of what it was to become. ``locks``: it uses the lock
    as a lock, so that a codemod which looks for values behind locks has nothing to say of it."""

    def __init__(self, reason: str, locks: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.locks = locks


@dataclass(frozen=True, slots=True)
class Guard:
    """The expression that is the guard. ``handler``: code for a poisoned lock that goes away.

    ``form`` says what ``node`` is: "value" the guard itself; "if-let" and "let-else" the statement
    that binds it to ``binding``; "match" the match whose arm with value ``body`` binds it; "map" the
    whole ``.map(|g| ..).unwrap_or(..)`` chain, ``body`` the closure's.
    """

    node: Node
    form: Literal["value", "let-else", "if-let", "match", "map"] = "value"
    binding: Node | None = None
    body: Node | None = None
    handler: bool = False


def guard_from(source: Source, call: Node, family: Family, method: bytes) -> Guard:
    """The guard that ``call`` (``x.lock()``) leads to. Raises Refused."""
    if family == "std" or method.startswith(b"try_"):
        return _unwrapped(source, call)
    if family == "parking_lot" or method.startswith(b"blocking_"):
        return Guard(call)
    up = call.parent
    if up is not None and up.type == "await_expression":
        return Guard(up)
    raise Refused("the lock's future is kept and not awaited on the spot")


def _unwrapped(source: Source, call: Node) -> Guard:
    node, mapped = call, False
    for _ in range(4):
        node, up = nodes.unwrapped(node)
        if up is None:
            break
        if up.type == "try_expression":
            return Guard(up, handler=mapped)
        let = statement_nodes.let_of(up)
        if let is not None and up.type == "let_condition" and not mapped:
            return _if_let(source, up, let)
        if let is not None and let.alternative is not None and not mapped:
            binding = _ok_binding(source, let.pattern)
            if binding is not None:
                return Guard(up, "let-else", binding, handler=True)
        if up.type == "match_expression" and statement_nodes.scrutinee_of(up) == node:
            return _match(source, up)
        named = nodes.method_on(source, node)
        if named is None:
            break
        name, outer = named
        given = nodes.arguments_of(outer)
        if name in (b"unwrap", b"expect", b"unwrap_unchecked"):
            return Guard(outer, handler=mapped)
        if name == b"unwrap_or_else" and len(given) == 1:
            recovers = _RECOVERS.fullmatch(b"".join(source.text(given[0]).split()))
            return Guard(outer, handler=mapped or recovers is None)
        if name == b"map" and len(given) == 1:
            return _mapped(source, outer, given[0])
        if name in (b"map_or", b"map_or_else", b"is_ok_and", b"is_some_and") and given:
            return _closed(outer, given[-1])
        if name not in (b"map_err", b"ok", b"ok_or", b"ok_or_else"):
            break
        mapped, node = True, outer
    raise Refused("what becomes of the lock's result is not understood")


def _if_let(source: Source, condition: Node, let: statement_nodes.Let) -> Guard:
    holder, binding = condition.parent, _ok_binding(source, let.pattern)
    branches = statement_nodes.branches_of(holder) if holder is not None else None
    if holder is None or branches is None or binding is None:
        raise Refused("the guard comes out of a pattern that is not understood")
    handler = branches.alternative is not None
    return Guard(holder, "if-let", binding, branches.consequence, handler)


def _ok_binding(source: Source, pattern: Node) -> Node | None:
    """``g`` of ``Ok(g)`` or ``Ok(mut g)`` (``Some`` for what parking_lot tries)."""
    named = pattern.named_children if pattern.type == "tuple_struct_pattern" else []
    if len(named) != 2 or source.text(named[0]) not in (b"Ok", b"Some"):
        return None
    return _name_in(named[1])


def _name_in(pattern: Node) -> Node | None:
    """``g`` of ``g`` and ``mut g``."""
    inner = pattern.named_children[-1] if pattern.type == "mut_pattern" else pattern
    return inner if inner.type == "identifier" else None


def _match(source: Source, match: Node) -> Guard:
    arms = list(statement_nodes.arms_of(match))
    if any(arm.guard is not None for arm in arms):
        raise Refused("the match on the lock's result has a guard of its own")
    good: tuple[Node, Node] | None = None
    recovers = False
    for arm in arms:
        binding = _ok_binding(source, arm.pattern)
        if binding is not None:
            good = (binding, arm.value)
        else:
            text = b"".join(source.text(arm.value).split())
            recovers = re.fullmatch(rb"\w+\.into_inner\(\)", text) is not None
    if good is None or len(arms) != 2:
        raise Refused("the match on the lock's result is not understood")
    binding, value = good
    if source.text(value) == source.text(binding):
        return Guard(match, handler=not recovers)
    return Guard(match, "match", binding, value, handler=True)


def _mapped(source: Source, call: Node, closure: Node) -> Guard:
    """``.map(|g| ..)`` with the ``unwrap_or``-like call behind it."""
    named = nodes.method_on(source, nodes.outward(call))
    name, outer = named if named is not None else (b"", call)
    if name in (b"unwrap", b"expect"):
        return replace(_closed(outer, closure), handler=False)
    if name in (b"unwrap_or", b"unwrap_or_default", b"unwrap_or_else"):
        return _closed(outer, closure)
    raise Refused("the closure on the lock's result is not understood")


def _closed(whole: Node, closure: Node) -> Guard:
    """``whole`` has the value of ``|g| ..``, or a default when there is no guard."""
    parameters, body = item_nodes.parameters_of(closure), statement_nodes.body_of(closure)
    binding = _name_in(parameters[0].pattern) if len(parameters) == 1 else None
    if binding is None or body is None or parameters[0].type is not None:
        raise Refused("the closure on the lock's result is not understood")
    return Guard(whole, "map", binding, body, handler=True)
