"""A walk over code in the order in which it is evaluated, on all paths: both sides of a branch,
every arm, each loop as often as it takes.

What is tracked on the way is the subclass's: a state is any value that it can join where paths
meet; None means that control does not get there (behind a ``return``, a ``panic!``). Order and
paths after the Rust reference, "Expressions": operands from left to right, the right side of an
assignment first, ``&&`` and ``||`` lazily, a loop's ``break`` and ``continue`` by their labels.

Not followed: what a call does. The body of a closure, an async block or a ``stream!`` is not run
where it stands, unless a subclass says so (:meth:`Walk.inline`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tree_sitter import Node

from engine.rust.nodes import macro_name, named_children, operation_of
from engine.rust.statement_nodes import (
    arm_of,
    arms_of,
    body_of,
    branches_of,
    condition_of,
    label_of,
    let_of,
    loop_pattern,
    scrutinee_of,
)
from engine.rust.suspension import awaits_arguments, is_stream, is_suspension
from engine.rust.syntax import COMMENTS, FUNCTIONS, ITEMS, LOOPS, Source

S = TypeVar("S")

EXITS = frozenset({"return_expression", "break_expression", "continue_expression"})
# Macros that never return: std's, and `anyhow::bail!`, which returns from the function.
DIVERGING = frozenset({b"panic", b"unreachable", b"todo", b"unimplemented", b"bail"})
# What a macro's arguments look like as one tree.
_HOLDERS = frozenset(
    {"source_file", "ERROR", "expression_statement", "parenthesized_expression"}
    | {"tuple_expression", "array_expression"}
)


@dataclass
class _Frame(Generic[S]):
    """What can be left early: a loop, a labelled block, a function's body. States that leave it,
    or go round again."""

    label: bytes
    kind: str
    breaks: list[S | None] = field(default_factory=list)
    continues: list[S | None] = field(default_factory=list)


class Walk(Generic[S]):
    """One walk. Subclasses say how states are joined and what happens at the nodes they care for.

    Every hook gets the state before and gives the state after. A loop is gone through until its
    entry no longer changes, so that hooks see a node more than once and what they note must not
    depend on how often.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._frames: list[_Frame[S]] = []

    def run(self, nodes: Iterable[Node], state: S | None) -> S | None:
        """Walk ``nodes`` one after the other. Raises RecursionError on absurdly nested code."""
        for node in nodes:
            state = self.visit(node, state)
        return state

    # -- for subclasses ------------------------------------------------------------------------

    def joined(self, states: Sequence[S]) -> S:
        """The state where paths meet; ``states`` is never empty."""
        raise NotImplementedError

    def named(self, node: Node, state: S) -> S | None:
        """A name is read, borrowed or moved: ``node`` is an ``identifier`` or ``self``."""
        return state

    def nested(self, node: Node, state: S) -> S | None:
        """A closure, async block or ``stream!`` is made: its captures are taken."""
        return state

    def bound(self, pattern: Node, state: S) -> S | None:
        """The names of a ``let``, ``for``, ``match`` arm or condition get their values."""
        return state

    def assigned(self, left: Node, state: S) -> S | None:
        """The place ``left`` gets a new value."""
        return self.visit(left, state)

    def called(self, call: Node, state: S) -> S | None:
        """A call, with what is evaluated for it."""
        return self.parts(call, state)

    def suspended(self, node: Node, state: S) -> S | None:
        """The future may be suspended here."""
        return state

    def expanded(self, call: Node, state: S) -> S | None:
        """A macro call whose arguments have been walked, as far as they could be read."""
        return state

    def passed(self, node: Node, state: S) -> S | None:
        """``node`` has been evaluated."""
        return state

    # -- the walk ------------------------------------------------------------------------------

    def visit(self, node: Node | None, state: S | None) -> S | None:
        """The state behind ``node``. None (control does not get there) stays None; items and comments run
        nothing."""
        if node is None or state is None or node.type in COMMENTS or node.type in ITEMS:
            return state
        after = self._inside(node, state)
        return self.passed(node, after) if after is not None else None

    def parts(self, node: Node, state: S | None) -> S | None:
        """The children of ``node``, in their order."""
        return self.run(node.named_children, state)

    def inline(self, function: Node, state: S) -> S | None:
        """The body of a closure, async block or ``stream!`` as if it were run here, perhaps."""
        frame: _Frame[S] = _Frame(b"", "function")
        kept, self._frames = self._frames, [frame]
        if function.type == "macro_invocation":
            after = self._macro(function, state)
        else:
            after = self.visit(body_of(function), state)
        self._frames = kept
        return self.meet(state, after, *frame.breaks)

    def meet(self, *states: S | None) -> S | None:
        """The state where paths meet: those that control does not come along are left out."""
        live = [state for state in states if state is not None]
        if not live:
            return None
        return live[0] if all(state == live[0] for state in live) else self.joined(live)

    def _inside(self, node: Node, state: S) -> S | None:
        match node.type:
            case "identifier" | "self":
                return self.named(node, state)
            case "macro_invocation":
                if is_stream(self.source, node):
                    return self.nested(node, state)
                return self._macro(node, state)
            case "if_expression" if (branches := branches_of(node)) is not None:
                before = self.visit(branches.condition, state)
                then = self.visit(branches.consequence, before)
                return self.meet(then, self.visit(branches.alternative, before))
            case "match_expression":
                return self._match(node, state)
            case "match_arm":
                return self._arm(node, state)[1]
            case "block" if label := label_of(self.source, node):
                frame: _Frame[S] = _Frame(label, node.type)
                after = self._framed(frame, node, state)
                return self.meet(after, *frame.breaks)
            case "let_declaration" | "let_condition" if (let := let_of(node)) is not None:
                after = self.visit(let.value, state)
                self.visit(let.alternative, after)  # it never comes out of there
                return self.bound(let.pattern, after) if after is not None else None
            case "binary_expression" if (operation := operation_of(self.source, node)) is not None:
                left = self.visit(operation.left, state)
                right = self.visit(operation.right, left)
                return self.meet(left, right) if operation.operator in (b"&&", b"||") else right
            case "assignment_expression" | "compound_assignment_expr":
                return self._assign(node, state)
            case "call_expression":
                return self.called(node, state)
            case "try_expression":
                after = self.parts(node, state)
                self._return(after)
                return after
            case kind if kind in FUNCTIONS:
                return self.nested(node, state)
            case kind if kind in LOOPS:
                return self._loop(node, state)
            case kind if kind in EXITS:
                return self._leave(node, state)
            case _:
                after = self.parts(node, state)
                if after is not None and is_suspension(self.source, node):
                    return self.suspended(node, after)
                return after

    def _framed(self, frame: _Frame[S], node: Node, state: S | None) -> S | None:
        self._frames.append(frame)
        after = self.parts(node, state)
        self._frames.pop()
        return after

    def _match(self, node: Node, state: S) -> S | None:
        before = self.visit(scrutinee_of(node), state)
        ends: list[S | None] = []
        for arm in arms_of(node):
            if before is None:
                return None
            refused, after = self._arm(arm.node, before)
            before = self.meet(before, refused)
            ends.append(after)
        return self.meet(*ends) if ends else before

    def _arm(self, node: Node, state: S) -> tuple[S | None, S | None]:
        """The states where the guard says no, and behind the arm's value."""
        arm = arm_of(node)
        if arm is None:
            return state, self.parts(node, state)
        entered = self.bound(arm.pattern, state)
        asked = self.visit(arm.guard, entered)
        return (asked if arm.guard is not None else state), self.visit(arm.value, asked)

    def _loop(self, node: Node, state: S) -> S | None:
        """Rounds until the entry does not change: at most as many as there are states."""
        entry = self.visit(scrutinee_of(node), state)
        pattern = loop_pattern(node)
        while True:
            frame: _Frame[S] = _Frame(label_of(self.source, node), node.type)
            self._frames.append(frame)
            ended = self.visit(condition_of(node), entry)
            begun = ended
            if pattern is not None and ended is not None:
                begun = self.bound(pattern, ended)
            after = self.visit(body_of(node), begun)
            self._frames.pop()
            again = self.meet(after, *frame.continues)
            if again is not None:
                again = self.repeated(node, again)
            following = self.meet(entry, again)
            if following == entry:
                break
            entry = following
        if node.type == "loop_expression":
            return self.meet(*frame.breaks)
        return self.meet(ended, *frame.breaks)

    def repeated(self, loop: Node, state: S) -> S:
        """Control goes back to the head of ``loop``."""
        return state

    def _leave(self, node: Node, state: S) -> S | None:
        label = label_of(self.source, node)
        after = self.run((c for c in named_children(node) if c.type != "label"), state)
        if node.type == "return_expression":
            self._return(after)
            return None
        for frame in reversed(self._frames):
            if frame.label == label if label else frame.kind in LOOPS:
                again = node.type == "continue_expression"
                (frame.continues if again else frame.breaks).append(after)
                break
        return None

    def _return(self, state: S | None) -> None:
        """Control leaves the function; where that is walked inline, it goes on behind it."""
        for frame in reversed(self._frames):
            if frame.kind == "function":
                frame.breaks.append(state)
                break

    def _assign(self, node: Node, state: S) -> S | None:
        """The right side comes first (for ``+=`` too, between primitive types)."""
        operation = operation_of(self.source, node)
        if operation is None:
            return self.parts(node, state)
        after = self.visit(operation.right, state)
        if after is None:
            return None
        if operation.operator != b"=":
            return self.visit(operation.left, after)
        return self.assigned(operation.left, after)

    def _macro(self, call: Node, state: S) -> S | None:
        """The arguments as they are written."""
        roots = [tree.root_node for tree in self.source.arguments(call)]
        waits = awaits_arguments(self.source, call)
        after: S | None = state
        if waits and len(roots) > 1:
            after = self.run((root for root in roots if not self._is_handler(root)), state)
        else:
            after = self.visit(roots[0], state) if len(roots) == 1 else None
            if (
                after is None
            ):  # `or!(x, return)`, `m! { a => b }`: parts of it are run, in their order
                after = state
                for part in _parts(roots):
                    after = self.meet(after, self.visit(part, after))
        if after is not None and waits:
            after = self.suspended(call, after)
        handlers = [root for root in roots if waits and self._is_handler(root)]
        if handlers:
            after = self.meet(*(self.visit(root, after) for root in handlers))
        if after is not None:
            after = self.expanded(call, after)
        if macro_name(self.source, call) not in DIVERGING:
            return after
        self._return(after)
        return None

    def _is_handler(self, root: Node) -> bool:
        """Is this the value of one of ``select!``'s arms, of which one is run?"""
        return self.source.data[: root.start_byte].rstrip().endswith(b"=>")


def _parts(roots: Sequence[Node]) -> Sequence[Node]:
    """The arguments that a macro is given, one by one."""
    while len(roots) == 1 and roots[0].type in _HOLDERS:
        roots = named_children(roots[0])
    return roots
