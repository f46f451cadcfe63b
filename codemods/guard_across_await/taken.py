"""A place where a guard is taken (or may be: types tell), and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from codemods.guard_across_await.lifetimes import (
    Life,
    binds_by_reference,
    extending_let,
    is_place,
    temporary_life,
    unwrapped,
)
from engine.base.model import Span
from engine.rust.locks import lock_call
from engine.rust.scopes import Binding, Scopes, pattern_names
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of
from engine.rust.value_trace import Names, Trace, trace

Kind = Literal[
    "let",  # let guard = m.lock().unwrap();
    "extended",  # let x = &m.lock().unwrap().field;
    "pattern",  # if let Some(guard) = map.get(&key) { .. }
    "for",  # for guard in map.iter() { .. }
    "temporary",  # m.lock().unwrap().x, anywhere in a statement
    "passed",  # f(m.lock().await).await
    "parameter",  # async fn f(guard: MutexGuard<'_, T>)
]
ScopesOf = Callable[[Source, Node], Scopes]


@dataclass(frozen=True, eq=False)
class Taken:
    """``node`` is the expression whose value holds the guard (a parameter's pattern for
    "parameter"), ``holder`` the ``let``, ``if``, ``while``, ``match``, ``for`` or statement that
    decides how long, ``region`` the code that is looked through."""

    kind: Kind
    node: Node
    holder: Node
    region: Node
    bindings: tuple[Binding, ...]
    uses: frozenset[Span]
    trace: Trace
    life: Life | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(b.name.decode("utf-8", "replace") for b in self.bindings)


# Methods that take what they are called on: a guard, or what a guard is hidden in.
OF_GUARDS = frozenset({b"downgrade", b"upgrade", b"try_upgrade", b"into_mapped"})
OF_WRAPPERS = OF_GUARDS | {
    b"unwrap", b"expect", b"unwrap_or", b"unwrap_or_else", b"unwrap_or_default", b"ok", b"err",
    b"map", b"map_err", b"and_then", b"or_else", b"ok_or", b"ok_or_else", b"into_inner", b"flatten",
    b"zip", b"filter", b"commit", b"finish", b"into_iter",
}  # fmt: skip


def take(
    source: Source,
    scopes_of: ScopesOf,
    node: Node,
    edition: int,
    consumers: frozenset[bytes] | None = None,
) -> Taken | None:
    """What becomes of the value of ``node``; None when it goes where this does not look.

    ``consumers`` are the methods that take the value; by default read off the lock call: what has
    no ``.unwrap()`` yet may be a ``Result``.
    """
    if consumers is None:
        locked = lock_call(source, node)
        consumers = OF_WRAPPERS if locked is None or not locked.tails else OF_GUARDS
    child, parent = unwrapped(node)
    if parent is None:
        return None
    if parent.type == "let_declaration" and parent.child_by_field_name("value") == child:
        return _bound(source, scopes_of, "let", node, parent, consumers)
    if parent.type in ("let_condition", "match_expression", "for_expression"):
        if parent.child_by_field_name("value") == child:
            return _matched(source, scopes_of, node, parent, edition)
        return None
    if is_place(node):
        let = extending_let(node)
        if let is not None:
            return _bound(source, scopes_of, "extended", node, let, consumers)
        return _temporary(source, node, edition)
    if parent.type == "arguments":
        return _passed(source, node)
    return None


def parameter(source: Source, scopes_of: ScopesOf, node: Node) -> Taken | None:
    """The guard that comes in as the parameter ``node``."""
    function = source.enclosing(node, ("function_item",))
    body = function.child_by_field_name("body") if function is not None else None
    pattern = node.child_by_field_name("pattern")
    if function is None or body is None or pattern is None:
        return None
    bindings, uses = _names(scopes_of(source, function), (pattern,))
    found = trace(source, [body], Names(uses, OF_GUARDS), span_of(body))
    return Taken("parameter", pattern, node, body, bindings, uses, found)


def _names(
    scopes: Scopes, patterns: tuple[Node, ...]
) -> tuple[tuple[Binding, ...], frozenset[Span]]:
    found: list[Binding] = []
    for pattern in patterns:
        for name in pattern_names(pattern):
            binding = scopes.binding_at(name)
            if binding is not None and binding.decl == span_of(name):
                found.append(binding)
    uses = frozenset(use.span for binding in found for use in scopes.uses(binding))
    return tuple(found), uses


def _scopes(source: Source, scopes_of: ScopesOf, node: Node) -> Scopes | None:
    function = source.enclosing(node, FUNCTIONS)
    return scopes_of(source, function) if function is not None else None


def _bound(
    source: Source,
    scopes_of: ScopesOf,
    kind: Kind,
    node: Node,
    let: Node,
    consumers: frozenset[bytes],
) -> Taken | None:
    block, scopes = let.parent, _scopes(source, scopes_of, let)
    pattern = let.child_by_field_name("pattern")
    if block is None or scopes is None or pattern is None or source.text(pattern) == b"_":
        return None
    bindings, uses = _names(scopes, (pattern,))
    if not bindings:
        return None
    after = [c for c in block.named_children if c.start_byte >= let.end_byte]
    if not all(binding.plain for binding in bindings):
        consumers = OF_GUARDS  # the pattern has taken it out of its wrapper
    names = Names(uses, consumers, borrowed=kind == "extended")
    found = trace(source, after, names, span_of(block))
    for move in found.moves:
        awaited = _awaited_call(move)
        if awaited is not None:
            found.awaits.setdefault(span_of(awaited), awaited)
    return Taken(kind, node, let, block, bindings, uses, found)


def _matched(
    source: Source, scopes_of: ScopesOf, node: Node, parent: Node, edition: int
) -> Taken | None:
    scopes = _scopes(source, scopes_of, node)
    if scopes is None:
        return None
    if parent.type == "match_expression":
        return _arms(source, scopes, node, parent, edition)
    pattern = parent.child_by_field_name("pattern")
    if pattern is None:
        return None
    holder: Node | None = parent
    before: list[Node] = []
    while holder is not None and holder.type in ("let_condition", "let_chain"):
        if holder.type == "let_chain":
            before = [c for c in holder.named_children if c.start_byte >= parent.end_byte]
        holder = holder.parent
    if holder is None:
        return None
    body = holder.child_by_field_name("consequence") or holder.child_by_field_name("body")
    if body is None:
        return None
    bindings, uses = _names(scopes, (pattern,))
    if holder.type == "for_expression":
        found = trace(source, [body], Names(uses, borrowed=True), span_of(body))
        return Taken("for", node, holder, body, bindings, uses, found)
    if _of_an_error(source, pattern):
        return None
    if not bindings or binds_by_reference(pattern):
        return _temporary(source, node, edition)
    within = Span(parent.end_byte, body.end_byte)
    # What the pattern has taken out of its wrapper is the guard itself.
    found = trace(source, [*before, body], Names(uses, OF_GUARDS), within)
    return Taken("pattern", node, holder, body, bindings, uses, found)


def _arms(source: Source, scopes: Scopes, node: Node, match: Node, edition: int) -> Taken | None:
    """Arms that bind something take the value over; in the others (``None =>``) there is none."""
    body = match.child_by_field_name("body")
    arms = [c for c in body.named_children if c.type == "match_arm"] if body is not None else []
    bindings: list[Binding] = []
    uses: set[Span] = set()
    whole = Trace()
    for arm in arms:
        pattern, value = arm.child_by_field_name("pattern"), arm.child_by_field_name("value")
        if pattern is None or value is None:
            continue
        if binds_by_reference(pattern):
            return _temporary(source, node, edition)
        names, used = _names(scopes, (pattern,))
        if names and not _of_an_error(source, pattern):
            bindings.extend(names)
            uses |= used
            whole.add(trace(source, [value], Names(used, OF_GUARDS), span_of(value)))
    if not bindings:
        return _temporary(source, node, edition)
    assert body is not None
    return Taken("pattern", node, match, body, tuple(bindings), frozenset(uses), whole)


def _of_an_error(source: Source, pattern: Node) -> bool:
    """``Err(..)`` of a ``try_lock`` holds no guard (that of a poisoned lock does, and is rare)."""
    return source.text(pattern).startswith(b"Err(")


def _temporary(source: Source, node: Node, edition: int) -> Taken | None:
    life = temporary_life(source, node, edition)
    if life is None:
        life = _in_macro(node)
    if life is None:
        return None
    nodes = [life.node]
    if life.node.type == "while_expression":  # taken anew, and let go, in each round
        nodes = [c for name in ("condition", "body") if (c := life.node.child_by_field_name(name))]
    found = trace(source, nodes, Names(), life.span, node)
    return Taken("temporary", node, life.node, life.node, (), frozenset(), found, life)


def _in_macro(node: Node) -> Life | None:
    """In a macro's arguments only what is awaited on the temporary itself is sure to find it."""
    best: Node | None = None
    current = node.parent
    while current is not None and current.type not in _BORDERS:
        if current.type == "await_expression":
            best = current
        current = current.parent
    return Life(best, span_of(best)) if best is not None else None


def _passed(source: Source, node: Node) -> Taken | None:
    """A guard given to a call that is awaited lives as long as the callee likes."""
    awaited = _awaited_call(node)
    if awaited is None:
        return None
    found = Trace({span_of(awaited): awaited})
    return Taken("passed", node, awaited, awaited, (), frozenset(), found)


_BORDERS = FUNCTIONS | LOOPS | {"block", "match_arm", "expression_statement", "let_declaration"}


def _awaited_call(node: Node) -> Node | None:
    """The await of the future to whose arguments ``node`` belongs."""
    current = node.parent
    while current is not None and current.type not in _BORDERS:
        if current.type == "await_expression":
            return current
        current = current.parent
    return None
