"""A lock that is taken first, and then waits for an argument of what is called on the locked:
``m.lock().await.push(fetch().await)``. The argument is awaited in front, and the lock taken behind it."""

from __future__ import annotations

from tree_sitter import Node

from codemods.guard_across_await.block_edits import Draft
from codemods.guard_across_await.named_guard import Context
from engine.base.model import Edit
from engine.rust.codegen import in_front, reindented
from engine.rust.effects import is_pure
from engine.rust.evaluation_order import is_evaluated_first
from engine.rust.guard_scopes import GuardScope
from engine.rust.locks import lock_call
from engine.rust.nodes import (
    access_of,
    awaited,
    bare,
    borrowed,
    is_callee,
    is_mut,
    method_call,
    method_on,
    outward,
    tried,
)
from engine.rust.syntax import Source, span_of
from engine.rust.temporaries import living_on

LABEL = "argument"


def awaited_argument(ctx: Context, scope: GuardScope, statement: Node) -> Node | None:
    """The one argument that is awaited while the temporary guard of ``scope`` lives, where it may as well
    be awaited before the lock is taken. Of what is lent to the call (``push_str(&fetch().await)``) that is
    what is fetched, if nobody sees that it then lives on behind the statement."""
    found = waited_for(ctx, scope, statement)
    if found is None or borrowed(outward(found).parent or found) is None:
        return found
    return found if ctx.types.facts.drop_is_seen(ctx.type_of(found)) is False else None


def waited_for(ctx: Context, scope: GuardScope, statement: Node) -> Node | None:
    """As ``awaited_argument``, whatever its type."""
    source, locked = ctx.source, lock_call(ctx.source, scope.node)
    whole = _called(source, scope.node)
    call = method_call(source, whole) if whole is not None else None
    if locked is None or whole is None or call is None or locked.method.startswith(b"try_"):
        return None  # without the lock the argument may not be asked for at all
    if "?" in locked.tails or not is_pure(source, locked.receiver):
        return None
    waiting = [
        given
        for given in call.arguments
        if any(span_of(node) in span_of(given) for node in scope.trace.ordered())
    ]
    others = [given for given in call.arguments if given not in waiting]
    if len(waiting) != 1 or not all(is_pure(source, other) for other in others):
        return None
    (argument,) = waiting
    lent = borrowed(bare(argument))
    if lent is not None and not is_mut(bare(argument)):
        argument = lent
    inner = bare(argument)
    beside = (node for node in living_on(source, argument) if node not in (argument, inner))
    if awaited(tried(inner) or inner) is None or next(beside, None) is not None:
        return None
    if not all(span_of(node) in span_of(argument) for node in scope.trace.ordered()):
        return None
    first = is_evaluated_first(source, whole, statement, (whole,))
    return argument if first else None


def draft(ctx: Context, argument: Node, statement: Node, name: bytes) -> Draft:
    """``let name = argument;`` in front of the ``statement``."""
    source = ctx.source
    base, indent = source.indent_of(argument.start_byte), source.indent_of(statement.start_byte)
    value = reindented(source, span_of(argument), base, indent)
    at = span_of(argument)
    edits = (
        in_front(source, statement, b"let " + name + b" = " + value + b";"),
        Edit(source.path, at.start, at.end, name),
    )
    return Draft(LABEL, edits, released=(at,))


def _called(source: Source, guard: Node) -> Node | None:
    """The call of a method on the guard, or on a field of what it guards."""
    node = outward(guard)
    while node.parent is not None:
        access = access_of(node.parent)
        if access is None or access.base != node or is_callee(node.parent):
            break
        node = outward(node.parent)
    called = method_on(source, node)
    return called[1] if called is not None else None
