"""One guard: where it is taken, what decides how long it is held, and what happens until then.

A guard may be bound by a ``let`` or a pattern, come in as a parameter, be gone over by a ``for``, be
a temporary of any expression, or be given to a call. Whether an expression's value is a guard is
asked elsewhere (:mod:`engine.rust.locks` by its looks, :mod:`engine.rust.guard_types` by its type):
here it is taken for one. Where a temporary is dropped is :mod:`engine.rust.drop_scopes`' answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.drop_scopes import (
    DropScope,
    binds_by_reference,
    extending_let,
    is_place,
    temporary_scope,
)
from engine.rust.item_nodes import Parameter, parameters_of
from engine.rust.locks import lock_call
from engine.rust.nodes import unwrapped
from engine.rust.per_source import per_source
from engine.rust.scopes import Binding, Scopes, pattern_names, scopes_of
from engine.rust.statement_nodes import (
    Let,
    arms_of,
    body_of,
    branches_of,
    condition_of,
    let_of,
    loop_pattern,
    scrutinee_of,
)
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
Points = frozenset[Span]


@dataclass(frozen=True, eq=False)
class GuardScope:
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
    consumers: frozenset[bytes] | None = None  # what :func:`guard_scope` was given

    @property
    def names(self) -> tuple[str, ...]:
        """What the guard is bound to, in the order of the patterns; () for a temporary."""
        return tuple(b.name.decode("utf-8", "replace") for b in self.bindings)


# Methods that take what they are called on: a guard, or what a guard is hidden in.
OF_GUARDS = frozenset({b"downgrade", b"upgrade", b"try_upgrade", b"into_mapped"})
# Methods, and the number of their arguments, that take an entry of a map: what they give back holds no
# lock, or one of its own, which is looked at by itself.
_OF_ENTRIES = {
    b"Occupied": frozenset({(b"remove", 0), (b"remove_entry", 0), (b"into_ref", 0)}),
    b"Vacant": frozenset({(b"into_key", 0), (b"insert", 1), (b"insert_entry", 1)}),
}
_ENTRY = re.compile(rb"(?:\w+\s*::\s*)*(Occupied|Vacant)\s*\(")
OF_WRAPPERS = OF_GUARDS | {
    b"unwrap", b"expect", b"unwrap_or", b"unwrap_or_else", b"unwrap_or_default", b"ok", b"err",
    b"map", b"map_err", b"and_then", b"or_else", b"ok_or", b"ok_or_else", b"into_inner", b"flatten",
    b"zip", b"filter", b"commit", b"finish", b"into_iter",
}  # fmt: skip


@per_source
def guard_scope(
    source: Source,
    node: Node,
    consumers: frozenset[bytes] | None = None,
    points: Points = frozenset(),
) -> GuardScope | None:
    """What becomes of the guard that is the value of ``node``; None when it goes where this does not
    look.

    ``consumers`` are the methods that take the value; by default read off the lock call: what has
    no ``.unwrap()`` yet may be a ``Result``. Expressions at ``points`` count as points of suspension.
    Raises RecursionError on absurdly nested code.
    """
    taking = consumers
    if taking is None:
        locked = lock_call(source, node)
        taking = OF_WRAPPERS if locked is None or not locked.tails else OF_GUARDS
    found = _Scoping(source, points).of(node, taking)
    return replace(found, consumers=consumers) if found is not None else None


@per_source
def parameter_scope(source: Source, node: Node, points: Points = frozenset()) -> GuardScope | None:
    """The guard that comes in as the parameter ``node`` of a ``fn``; ``points`` as above."""
    function = source.enclosing(node, ("function_item",))
    found = (p for p in parameters_of(function) if p.node == node) if function is not None else ()
    parameter: Parameter | None = next(iter(found), None)
    body = body_of(function) if function is not None else None
    if function is None or body is None or parameter is None:
        return None
    scoping = _Scoping(source, points)
    bindings, uses = bound(scopes_of(source, function), [parameter.pattern])
    traced = scoping.trace([body], Names(uses, OF_GUARDS), span_of(body))
    return GuardScope("parameter", parameter.pattern, node, body, bindings, uses, traced)


def alive_at(source: Source, scope: GuardScope, nodes: Iterable[Node]) -> frozenset[Span]:
    """The spans of those of ``nodes`` that, once evaluated, may find the guard of ``scope`` alive.
    Raises RecursionError on absurdly nested code."""
    points = frozenset(map(span_of, nodes))
    if scope.kind == "parameter":
        again = parameter_scope(source, scope.holder, points)
    else:
        again = guard_scope(source, scope.node, scope.consumers, points)
    return points & again.trace.awaits.keys() if again is not None else frozenset()


def bound(scopes: Scopes, patterns: Iterable[Node]) -> tuple[tuple[Binding, ...], frozenset[Span]]:
    """The names that the patterns bind, and where these are used."""
    found: list[Binding] = []
    for pattern in patterns:
        for name in pattern_names(pattern):
            binding = scopes.binding_at(name)
            if binding is not None and binding.decl == span_of(name):
                found.append(binding)
    uses = frozenset(use.span for binding in found for use in scopes.uses(binding))
    return tuple(found), uses


class _Scoping:
    """The cases of :func:`guard_scope`."""

    def __init__(self, source: Source, points: Points) -> None:
        self.source = source
        self.points = points

    def trace(
        self, nodes: Iterable[Node], names: Names, within: Span, made: Node | None = None
    ) -> Trace:
        return trace(self.source, nodes, names, within, made, self.points)

    def scopes(self, node: Node) -> Scopes | None:
        function = self.source.enclosing(node, FUNCTIONS)
        return scopes_of(self.source, function) if function is not None else None

    def of(self, node: Node, consumers: frozenset[bytes]) -> GuardScope | None:
        child, parent = unwrapped(node)
        if parent is None:
            return None
        let = let_of(parent)
        if parent.type == "let_declaration":
            return self.bound(node, parent, "let", consumers) if _is_value(let, child) else None
        if let is not None:
            return self.condition(node, parent, let) if let.value == child else None
        if scrutinee_of(parent) == child:
            if parent.type == "match_expression":
                return self.arms(node, parent)
            return self.items(node, parent)
        if is_place(node):
            extended = extending_let(self.source, node)
            if extended is not None:
                return self.bound(node, extended, "extended", consumers)
            return self.temporary(node)
        return self.passed(node) if parent.type == "arguments" else None

    def bound(
        self, node: Node, declaration: Node, kind: Kind, consumers: frozenset[bytes]
    ) -> GuardScope | None:
        """``let``: to the end of the block."""
        block, scopes, let = declaration.parent, self.scopes(declaration), let_of(declaration)
        if block is None or scopes is None or let is None:
            return None
        bindings, uses = bound(scopes, [let.pattern])
        if not bindings or self.source.text(let.pattern) == b"_":
            return None
        after = [c for c in block.named_children if c.start_byte >= declaration.end_byte]
        if not all(binding.plain for binding in bindings):
            consumers = OF_GUARDS  # the pattern has taken it out of its wrapper
        names = Names(uses, consumers, kind == "extended", self.enders(let.pattern))
        traced = self.trace(after, names, span_of(block))
        for move in traced.moves:
            awaited = _await_around(move)
            if awaited is not None:
                traced.awaits.setdefault(span_of(awaited), awaited)
        return GuardScope(kind, node, declaration, block, bindings, uses, traced)

    def condition(self, node: Node, parent: Node, let: Let) -> GuardScope | None:
        """``if let`` and ``while let``: what the pattern has taken over, to the end of the body."""
        scopes = self.scopes(node)
        holder: Node | None = parent
        before: list[Node] = []
        while holder is not None and holder.type in ("let_condition", "let_chain"):
            if holder.type == "let_chain":
                before = [c for c in holder.named_children if c.start_byte >= parent.end_byte]
            holder = holder.parent
        if holder is None or scopes is None:
            return None
        branches = branches_of(holder)
        body = branches.consequence if branches is not None else body_of(holder)
        if body is None or self.of_an_error(let.pattern):
            return None
        bindings, uses = bound(scopes, [let.pattern])
        if not bindings or binds_by_reference(let.pattern):
            return self.temporary(node)
        # What the pattern has taken out of its wrapper is the guard itself.
        within = Span(parent.end_byte, body.end_byte)
        traced = self.trace(
            [*before, body], Names(uses, OF_GUARDS, enders=self.enders(let.pattern)), within
        )
        return GuardScope("pattern", node, holder, body, bindings, uses, traced)

    def arms(self, node: Node, match: Node) -> GuardScope | None:
        """Arms that bind something take the value over; in the others (``None =>``) there is none."""
        body, scopes = body_of(match), self.scopes(node)
        if body is None or scopes is None:
            return None
        bindings: list[Binding] = []
        uses: set[Span] = set()
        whole = Trace()
        for arm in arms_of(match):
            if binds_by_reference(arm.pattern):
                return self.temporary(node)
            names, used = bound(scopes, [arm.pattern])
            if names and not self.of_an_error(arm.pattern):
                bindings.extend(names)
                uses |= used
                nodes = [arm.guard, arm.value] if arm.guard is not None else [arm.value]
                value = Names(used, OF_GUARDS, enders=self.enders(arm.pattern))
                whole.add(self.trace(nodes, value, span_of(arm.node)))
        if not bindings:
            return self.temporary(node)
        return GuardScope("pattern", node, match, body, tuple(bindings), frozenset(uses), whole)

    def items(self, node: Node, loop: Node) -> GuardScope | None:
        """``for``: what is gone over may hold the guard, or each item one."""
        pattern, body, scopes = loop_pattern(loop), body_of(loop), self.scopes(node)
        if pattern is None or body is None or scopes is None:
            return None
        bindings, uses = bound(scopes, [pattern])
        traced = self.trace([body], Names(uses, borrowed=True), span_of(body))
        return GuardScope("for", node, loop, body, bindings, uses, traced)

    def enders(self, pattern: Node) -> frozenset[tuple[bytes, int]]:
        """What ends the value that the pattern binds, where that is an entry of a map."""
        entry = _ENTRY.match(self.source.text(pattern))
        return _OF_ENTRIES[entry[1]] if entry is not None else frozenset()

    def of_an_error(self, pattern: Node) -> bool:
        """``Err(..)`` of a ``try_lock`` holds no guard (that of a poisoned lock does, and is rare)."""
        return self.source.text(pattern).startswith(b"Err(")

    def temporary(self, node: Node) -> GuardScope | None:
        scope = temporary_scope(self.source, node) or _in_macro(node)
        if scope is None:
            return None
        nodes: list[Node | None] = [scope.node]
        if scope.node.type == "while_expression":  # taken anew, and let go, in each round
            nodes = [condition_of(scope.node), body_of(scope.node)]
        walked = [n for n in nodes if n is not None]
        traced = self.trace(walked, Names(), scope.span, node)
        return GuardScope("temporary", node, scope.node, scope.node, (), frozenset(), traced)

    def passed(self, node: Node) -> GuardScope | None:
        """A guard given to a call that is awaited lives as long as the callee likes."""
        awaited = _await_around(node)
        if awaited is None:
            return None
        traced = Trace({span_of(awaited): awaited})
        return GuardScope("passed", node, awaited, awaited, (), frozenset(), traced)


def _is_value(let: Let | None, child: Node) -> bool:
    return let is not None and let.value == child


def _in_macro(node: Node) -> DropScope | None:
    """In a macro's arguments only what is awaited on the temporary itself is sure to find it."""
    outermost: Node | None = None
    awaited = _await_around(node)
    while awaited is not None:
        outermost, awaited = awaited, _await_around(awaited)
    return DropScope(outermost, span_of(outermost)) if outermost is not None else None


_BORDERS = FUNCTIONS | LOOPS | {"block", "match_arm", "expression_statement", "let_declaration"}


def _await_around(node: Node) -> Node | None:
    """The innermost ``.await`` around ``node`` in its statement."""
    current = node.parent
    while current is not None and current.type not in _BORDERS:
        if current.type == "await_expression":
            return current
        current = current.parent
    return None
