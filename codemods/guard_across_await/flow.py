"""What happens to one guard between its taking and the end of its scope.

A walk over the code in evaluation order, with both sides of every branch and two rounds of every
loop, that notes which points of suspension find the guard held and what is done with it after each
of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tree_sitter import Node

from codemods.guard_across_await.lifetimes import is_callee, unwrapped
from codemods.guard_across_await.suspend import (
    awaits_arguments,
    is_stream,
    is_suspension,
    macro_name,
)
from engine.base.model import Span
from engine.rust.syntax import COMMENTS, FUNCTIONS, ITEMS, LOOPS, Source, span_of

_DROPS = frozenset({b"drop", b"mem::drop", b"std::mem::drop", b"core::mem::drop"})
_DIVERGING = frozenset({b"panic", b"unreachable", b"todo", b"unimplemented", b"bail"})
_LEAVES = frozenset({"return_expression", "break_expression", "continue_expression"})


@dataclass(frozen=True, slots=True)
class State:
    """``held``: may the guard be held here? ``pending``: points of suspension passed with it."""

    held: bool
    pending: frozenset[Span] = frozenset()


@dataclass
class Trace:
    """Points of suspension that find the guard held, and what can follow each of them."""

    awaits: dict[Span, Node] = field(default_factory=dict)
    later: dict[Span, list[Node]] = field(default_factory=dict)  # uses
    drops_later: dict[Span, list[Node]] = field(default_factory=dict)  # `drop(guard)`
    drops: list[Node] = field(default_factory=list)
    moves: list[Node] = field(default_factory=list)  # identifiers by which it is given away
    reassigned: list[Node] = field(default_factory=list)

    def ordered(self) -> list[Node]:
        """The held points of suspension in the order of the text."""
        return sorted(self.awaits.values(), key=lambda n: (n.end_byte, n.start_byte))


@dataclass
class _Frame:
    """A loop or labelled block: states that leave it early, or go round again."""

    breaks: list[State | None] = field(default_factory=list)
    continues: list[State | None] = field(default_factory=list)


def _join(states: Iterable[State | None]) -> State | None:
    live = [state for state in states if state is not None]
    if not live:
        return None
    return State(any(s.held for s in live), frozenset().union(*(s.pending for s in live)))


@dataclass(frozen=True, slots=True)
class Names:
    """The identifiers by which a guard is used. ``consumers`` are methods that take it by value;
    ``borrowed`` names refer to the guard and cannot give it away or drop it."""

    uses: frozenset[Span] = frozenset()
    consumers: frozenset[bytes] = frozenset()
    borrowed: bool = False


class Walk:
    """One walk for one guard. ``taken`` is the node after which the guard is held (None: from the
    start), ``within`` is where it lives."""

    def __init__(self, source: Source, taken: Node | None, names: Names, within: Span) -> None:
        self.trace = Trace()
        self._source = source
        self._taken = taken
        self._uses = names.uses
        self._names = names
        self._within = within
        self._frames: list[_Frame] = []
        self._seen: set[Span] = set()

    def run(self, nodes: Sequence[Node]) -> Trace:
        """Walk ``nodes`` one after the other. Raises RecursionError on absurdly nested code."""
        state: State | None = State(self._taken is None)
        for node in nodes:
            state = self._visit(node, state)
        return self.trace

    # -- events --------------------------------------------------------------------------------

    def _suspend(self, node: Node, state: State | None) -> State | None:
        key = span_of(node)
        if state is None or not state.held or key not in self._within:
            return state
        self.trace.awaits[key] = node
        return State(True, state.pending | {key})

    def _use(self, node: Node, state: State | None) -> None:
        if state is None:
            return
        for key in state.pending:
            found = self.trace.later.setdefault(key, [])
            if node not in found:
                found.append(node)

    def _drop(self, node: Node, state: State | None) -> State | None:
        if state is None:
            return None
        self.trace.drops.append(node)
        for key in state.pending:
            self.trace.drops_later.setdefault(key, []).append(node)
        return State(False)

    def _move(self, node: Node, state: State | None) -> State | None:
        self._use(node, state)
        if node not in self.trace.moves:
            self.trace.moves.append(node)
        return State(False) if state is not None else None

    # -- the walk ------------------------------------------------------------------------------

    def _visit(self, node: Node, state: State | None) -> State | None:
        if state is None or node.type in COMMENTS or node.type in ITEMS:
            return state
        after = self._inside(node, state)
        if node == self._taken and after is not None:
            return State(True)
        return after

    def _all(self, nodes: Iterable[Node | None], state: State | None) -> State | None:
        for node in nodes:
            if node is not None:
                state = self._visit(node, state)
        return state

    def _inside(self, node: Node, state: State) -> State | None:
        kind = node.type
        if kind == "identifier":
            return self._identifier(node, state)
        if kind in FUNCTIONS or is_stream(self._source, node):
            return self._captured(node, state)
        if kind == "macro_invocation":
            return self._macro(node, state)
        if kind == "if_expression":
            before = self._visit_field(node, "condition", state)
            then = self._visit_field(node, "consequence", before)
            return _join((then, self._visit_field(node, "alternative", before)))
        if kind == "match_expression":
            return self._match(node, state)
        if kind in LOOPS:
            return self._loop(node, state)
        if kind in _LEAVES:
            return self._leave(node, state)
        if kind == "block" and any(child.type == "label" for child in node.children):
            frame = _Frame()
            self._frames.append(frame)
            after = self._all(node.named_children, state)
            self._frames.pop()
            return _join((after, *frame.breaks))
        if kind == "let_declaration":
            after = self._visit_field(node, "value", state)
            self._visit_field(node, "alternative", after)
            return after
        if kind == "binary_expression" and node.children[1].type in ("&&", "||"):
            left = self._visit_field(node, "left", state)
            return _join((left, self._visit_field(node, "right", left)))
        if kind in ("assignment_expression", "compound_assignment_expr"):
            return self._assign(node, state)
        if kind == "call_expression" and (dropped := self._dropped(node)) is not None:
            self._seen.add(span_of(dropped))
            return self._drop(node, state)
        after = self._all(node.named_children, state)
        return self._suspend(node, after) if is_suspension(self._source, node) else after

    def _visit_field(self, node: Node, name: str, state: State | None) -> State | None:
        child = node.child_by_field_name(name)
        return self._visit(child, state) if child is not None else state

    def _identifier(self, node: Node, state: State) -> State | None:
        if span_of(node) not in self._uses:
            return state
        self._seen.add(span_of(node))
        if not self._names.borrowed and self._given_away(node):
            return self._move(node, state)
        self._use(node, state)
        return state

    def _captured(self, node: Node, state: State) -> State | None:
        """A closure, async block or stream is not run here; by ``move`` it takes the guard along."""
        inside = [use for use in self._uses if use in span_of(node)]
        if not inside:
            return state
        self._seen.update(inside)
        moved = is_stream(self._source, node) or any(c.type == "move" for c in node.children)
        if moved and not self._names.borrowed:
            return self._move(node, state)
        self._use(node, state)
        return state

    def _match(self, node: Node, state: State) -> State | None:
        before = self._visit_field(node, "value", state)
        body = node.child_by_field_name("body")
        arms = [c for c in body.named_children if c.type == "match_arm"] if body else []
        after: list[State | None] = []
        for arm in arms:
            pattern = arm.child_by_field_name("pattern")
            condition = pattern.child_by_field_name("condition") if pattern is not None else None
            entered = self._visit(condition, before) if condition is not None else before
            after.append(self._visit_field(arm, "value", entered))
        return _join(after) if arms else before

    def _loop(self, node: Node, state: State) -> State | None:
        entry = self._visit_field(node, "value", state) if node.type == "for_expression" else state
        frame = _Frame()
        self._frames.append(frame)
        ended = entry
        for _ in range(2):
            ended = self._visit_field(node, "condition", entry)
            after = self._visit_field(node, "body", ended)
            entry = _join((entry, after, *frame.continues))
        self._frames.pop()
        if node.type == "loop_expression":
            return _join(frame.breaks)
        return _join((entry, ended, *frame.breaks))

    def _leave(self, node: Node, state: State) -> State | None:
        after = self._all((c for c in node.named_children if c.type != "label"), state)
        if node.type != "return_expression" and self._frames:
            named = any(child.type == "label" for child in node.children)
            for frame in self._frames if named else self._frames[-1:]:
                (frame.breaks if node.type == "break_expression" else frame.continues).append(after)
        return None

    def _assign(self, node: Node, state: State) -> State | None:
        """The right side comes first (for ``+=`` too, between primitive types)."""
        left = node.child_by_field_name("left")
        after = self._visit_field(node, "right", state)
        if left is not None and left.type == "identifier" and span_of(left) in self._uses:
            self._seen.add(span_of(left))
            self.trace.reassigned.append(left)
            return State(True) if after is not None else None
        return self._visit(left, after) if left is not None else after

    def _dropped(self, call: Node) -> Node | None:
        """The guard's identifier in ``drop(guard)``."""
        if self._names.borrowed:
            return None
        function = call.child_by_field_name("function")
        arguments = call.child_by_field_name("arguments")
        if function is None or arguments is None or self._source.text(function) not in _DROPS:
            return None
        given = arguments.named_children
        alone = len(given) == 1 and span_of(given[0]) in self._uses
        return given[0] if alone else None

    def _given_away(self, node: Node) -> bool:
        """Is the guard moved here (not borrowed, looked into or called on)?"""
        child, parent = unwrapped(node)
        if parent is not None and parent.type == "field_expression" and is_callee(parent):
            name = parent.child_by_field_name("field")
            consumed = name is not None and self._source.text(name) in self._names.consumers
            return consumed and parent.child_by_field_name("value") == child
        return takes_value(self._source, node)

    def _macro(self, call: Node, state: State) -> State | None:
        roots = _arguments(self._source).get(span_of(call), [])
        after: State | None = state
        suspends = awaits_arguments(self._source, call)
        known = len(self.trace.awaits)
        if len(roots) == 1:
            after = self._all(roots, after)
        if suspends:
            after = self._suspend(call, after)
        if len(roots) > 1:  # arms: one of them is run
            after = _join([after, *(self._visit(root, after) for root in roots)])
        span = span_of(call)
        for use in sorted(self._uses):
            if use in span and use not in self._seen:  # lost to a syntax error: counts all the same
                self._seen.add(use)
                self._use(call, after)
        torn = any(root.has_error for root in roots) and not suspends
        if torn and known == len(self.trace.awaits) and b".await" in self._source.text(call):
            after = self._suspend(call, after)
        return None if macro_name(self._source, call) in _DIVERGING else after


@lru_cache(maxsize=4)
def _arguments(source: Source) -> dict[Span, list[Node]]:
    """The trees of macro arguments, by the call they belong to (its span: the scan may look at
    another parse of the same call)."""
    found: dict[Span, list[Node]] = {}
    for tree in source.embedded():
        root = tree.root_node
        call = source.parent(root)
        if call is not None:
            found.setdefault(span_of(call), []).append(root)
    return found


_GIVES = frozenset(
    {"arguments", "field_initializer", "shorthand_field_initializer", "array_expression"}
    | {"return_expression", "break_expression", "expression_statement", "tuple_expression"}
)


def takes_value(source: Source, node: Node) -> bool:
    """Does the place where the identifier stands take its value?"""
    child, parent = unwrapped(node)
    if parent is None:
        return False
    # The arguments of `println!` look like a tuple of their own, but are borrowed.
    holder = parent.parent if parent.type in ("tuple_expression", "array_expression") else parent
    if holder is not None and holder.type == "expression_statement":
        holder = holder.parent
    if holder is None or (holder.parent is None and source.parent(holder) is not None):
        return False
    if parent.type in _GIVES:
        return True
    if parent.type in ("let_declaration", "assignment_expression", "match_arm"):
        value = parent.child_by_field_name("value") or parent.child_by_field_name("right")
        return value == child
    if parent.type == "block":
        last = [c for c in parent.named_children if c.type not in COMMENTS][-1]
        return last == child
    return False
