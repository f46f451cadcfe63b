"""Loops whose turns each await something and hang on nothing that another turn did: they could run together.

By syntax: a ``for`` over what comes in at run time, in which each turn awaits one call, given references, copies
and the item's own; nothing is carried on but what is pushed or inserted; it is not left early but by ``?``, and
nothing paces it. Not answered: whether the call needs its receiver for itself (types tell), and whether an order is
meant.
"""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from engine.rust.control_flow import exits, suspensions
from engine.rust.item_counts import is_set_down
from engine.rust.nodes import (
    access_of,
    arguments_of,
    awaited,
    bare,
    borrowed,
    call_of,
    is_mut,
    method_call,
    operation_of,
    tried,
)
from engine.rust.scopes import Scopes, scopes_of
from engine.rust.statement_nodes import body_of, loop_pattern, scrutinee_of, statements_of
from engine.rust.syntax import LOOPS, Source, span_of, walk_all

_GATHERING = frozenset(b"push insert extend push_back push_str append entry".split())
_PACING = frozenset(
    b"sleep sleep_until tick yield_now acquire recv accept changed notified".split()
)
# Waiting for these is no work that could be done meanwhile, or has an order.
_NEVER = frozenset(
    b"""lock read write lock_owned send feed flush send_all write_all read_exact read_line next recv join
    close shutdown acquire acquire_owned wait sleep tick""".split()
)
_CHANGING = _GATHERING | frozenset(
    b"remove clear pop retain drain truncate set take replace".split()
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One loop: ``call`` is what each turn awaits, ``gathers`` the calls that keep what came out, ``fails`` that
    an error ends it by ``?``."""

    loop: Node
    call: Node
    gathers: tuple[Node, ...]
    fails: bool


def turn_of(source: Source, waiting: Node) -> Turn | None:
    """The loop whose turns await nothing but ``waiting`` (an await), and could run together as far as syntax
    tells; None for another await."""
    loops = source.loops_around(waiting)
    call = awaited(waiting)
    if not loops or call is None:
        return None
    loop, call = loops[0], bare(call)
    items, body, pattern = scrutinee_of(loop), body_of(loop), loop_pattern(loop)
    called = call_of(call)
    if items is None or body is None or pattern is None or called is None:
        return None
    if is_set_down(source, items) or _paces(source, call):
        return None
    if [node for node in suspensions(source, body) if node != waiting]:
        return None
    function = source.fn_item_of(loop)
    if function is None or any(n.type in LOOPS for n in walk_all(source, body)):
        return None
    scopes = scopes_of(source, function)
    left = list(exits(source, body))
    if any(each.type != "try_expression" for each in left):
        return None
    if not all(_is_lent(source, each, scopes, loop) for each in arguments_of(call)):
        return None
    gathers = _carried(source, body, scopes, loop)
    if gathers is None:
        return None
    up = waiting.parent
    fails = up is not None and tried(up) == waiting
    return Turn(loop, call, gathers, fails)


def _paces(source: Source, call: Node) -> bool:
    method = method_call(source, call)
    return method is not None and (method.method in _NEVER or method.method in _PACING)


def _is_lent(source: Source, argument: Node, scopes: Scopes, loop: Node) -> bool:
    """Can each turn have it by itself: no ``&mut`` of something that is made outside of the loop."""
    for node in walk_all(source, argument):
        inner = borrowed(node)
        if inner is not None and is_mut(node) and _is_outside(source, inner, scopes, loop):
            return False
    return True


def _is_outside(source: Source, place: Node, scopes: Scopes, loop: Node) -> bool:
    node = bare(place)
    while True:
        access, method = access_of(node), method_call(source, node)
        inner = (
            access.base if access is not None else method.receiver if method is not None else None
        )
        if inner is None:
            break
        node = bare(inner)
    if node.type == "self":
        return True
    if node.type != "identifier":
        return False
    binding = scopes.resolve(source.text(node), node.start_byte)
    return binding is None or binding.decl not in span_of(loop)


def _carried(source: Source, body: Node, scopes: Scopes, loop: Node) -> tuple[Node, ...] | None:
    """The calls that gather what comes out; None where a turn leaves something else for the next one."""
    found: list[Node] = []
    for node in walk_all(source, body):
        operation = operation_of(source, node)
        writes = operation is not None and node.type != "binary_expression"
        if operation is not None and writes and _is_outside(source, operation.left, scopes, loop):
            return None
        method = method_call(source, node)
        if method is None or method.method not in _CHANGING:
            continue
        if not _is_outside(source, method.receiver, scopes, loop):
            continue
        if method.method not in _GATHERING:
            return None
        found.append(node)
    return tuple(found)


def only_gathers(source: Source, turn: Turn) -> bool:
    """Does a turn do nothing but push what came out, in order, so that a list of all results is the same?"""
    body = body_of(turn.loop)
    inside = statements_of(body) if body is not None else []
    return len(turn.gathers) == 1 and len(inside) <= 2 and _is_push(source, turn.gathers[0])


def _is_push(source: Source, call: Node) -> bool:
    method = method_call(source, call)
    return method is not None and method.method == b"push"
