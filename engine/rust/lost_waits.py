"""What no longer waits when some of the code's awaits go: loops, and functions that are run again and
again, in which nothing is left that lets other tasks run.

A loop in a future gives way to others only where it awaits. One that looks at a value and waits for
another task to change it never ends when its last await goes, on a runtime with one thread and on the
thread that it occupies. The same holds for a future that runs itself again, for a closure or a
stream that somebody polls again and again, and one function further up: an ``async fn`` without any
await left is ready at once, so that awaiting it is no wait either.

Answered by the syntax and the call graph: whether an await that is left really waits is not known,
but for those of functions of the workspace in which nothing waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls, is_spawn
from engine.rust.control_flow import exits, suspensions
from engine.rust.effects import effects
from engine.rust.nodes import arguments_of, awaited, bare, call_around, callee_name, unwrapped
from engine.rust.queries import walk
from engine.rust.statement_nodes import body_of, condition_of, scrutinee_of
from engine.rust.suspension import is_stream
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, is_async, span_of

Await = tuple[Source, Node]
Key = tuple[str, Span]

_DEPTH = 8  # functions in functions that are looked into; beyond, they are taken to wait
# What hands on the future that it is given, and is ready when that is.
_PASSING = frozenset(
    {"arguments", "call_expression", "field_expression", "generic_function"}
    | {"parenthesized_expression", "try_expression", "reference_expression"}
)


@dataclass(frozen=True, slots=True)
class LostWait:
    """``repeated`` (a loop, a ``fn`` that runs itself, or a closure, block or stream that is polled
    again and again) no longer waits anywhere once ``wait`` goes.

    ``how`` tells which. A "bounded" loop is a ``for`` over something that ends, which nothing but its
    end can stop: it does not wait for anybody, and only keeps its thread longer.
    """

    source: Source
    repeated: Node
    wait: Node
    how: Literal["loop", "bounded", "recursion", "polled"]


def lost_waits(gone: Iterable[Await], calls: Calls) -> Iterator[LostWait]:
    """What stops waiting when the awaits ``gone`` are no longer there, each once.

    Nothing is told of a bounded ``for`` whose body does nothing of weight. Raises RecursionError on
    absurdly nested code.
    """
    yield from _Search(list(gone), calls).run()


class _Search:
    def __init__(self, gone: list[Await], calls: Calls) -> None:
        self._calls = calls
        self._pending = gone
        self._gone = {_key(source, node) for source, node in gone}
        self._told: set[Key] = set()

    def run(self) -> Iterator[LostWait]:
        handled: set[Key] = set()
        while self._pending:
            source, wait = self._pending.pop(0)
            if _key(source, wait) in handled:
                continue
            handled.add(_key(source, wait))
            for found in self._around(source, wait):
                key = _key(found.source, found.repeated)
                if key not in self._told:
                    self._told.add(key)
                    yield found

    def _around(self, source: Source, wait: Node) -> Iterator[LostWait]:
        """Loops around ``wait`` up to the body that it is part of, and that body."""
        child = wait
        for ancestor in source.ancestors(wait):
            if ancestor.type in LOOPS and scrutinee_of(ancestor) != child:
                if not self._repeats_with_wait(source, ancestor):
                    how = _kind_of(source, ancestor, self._gone)
                    if how is not None:
                        yield LostWait(source, ancestor, wait, how)
            elif ancestor.type in FUNCTIONS or is_stream(source, ancestor):
                yield from self._of_body(source, ancestor, wait)
                return
            child = ancestor

    def _repeats_with_wait(self, source: Source, loop: Node) -> bool:
        parts = (condition_of(loop), body_of(loop))
        return any(self._waits(source, part) for part in parts if part is not None)

    def _of_body(self, source: Source, body: Node, wait: Node) -> Iterator[LostWait]:
        if self._waits(source, body):
            return
        if is_stream(source, body):
            yield LostWait(source, body, wait, "polled")
            return
        function = body if body.type == "function_item" else None
        if function is None:
            if _is_run_again(source, body):
                yield LostWait(source, body, wait, "polled")
                return
            function = _boxing(source, body)  # `fn f() -> BoxFuture { Box::pin(async { .. }) }`
        if function is None:
            return
        if self._reaches(source, function, _key(source, function), _DEPTH):
            yield LostWait(source, function, wait, "recursion")
        for place, call in self._calls.callers(source, function):
            outer = _await_of(call)
            if outer is not None:
                self._gone.add(_key(place, outer))
                self._pending.append((place, outer))

    def _reaches(self, source: Source, function: Node, target: Key, depth: int) -> bool:
        """Does ``function``, in which nothing waits, await the function ``target``, or one that does?"""
        for future in _futures(source, function):
            for point in suspensions(source, future):
                for place, callee in self._awaited(source, point):
                    if _key(place, callee) == target:
                        return True
                    if depth > 0 and self._reaches(place, callee, target, depth - 1):
                        return True
        return False

    def _awaited(self, source: Source, point: Node) -> list[Await]:
        """The functions of the workspace whose futures the ``.await`` at ``point`` may wait for."""
        operand = awaited(point)
        call = _called(source, operand) if operand is not None else None
        name = callee_name(call) if call is not None else None
        return list(self._calls.callees(source, name, sure=True)) if name is not None else []

    def _waits(
        self, source: Source, part: Node, inside: frozenset[Key] = frozenset(), depth: int = 0
    ) -> bool:
        """Is there an await left in ``part``? ``inside`` are functions that are being looked into: that
        they await each other is no wait."""
        for point in suspensions(source, part):
            if _key(source, point) in self._gone or point.type == "yield_expression":
                continue
            if self._may_wait(source, point, inside, depth):
                return True
        return False

    def _may_wait(self, source: Source, point: Node, inside: frozenset[Key], depth: int) -> bool:
        found = self._awaited(source, point)
        if not found or depth >= _DEPTH:
            return True
        for place, function in found:
            key = _key(place, function)
            futures = _futures(place, function)
            if not futures:
                return True  # it gives a future that is made elsewhere
            if key in inside:
                continue
            deeper = inside | {key}
            if any(self._waits(place, future, deeper, depth + 1) for future in futures):
                return True
        return False


def _key(source: Source, node: Node) -> Key:
    return source.path, span_of(node)


def _called(source: Source, operand: Node) -> Node | None:
    """The call whose future is awaited, through ``Box::pin(..)``."""
    node = bare(operand)
    given, name = arguments_of(node), callee_name(node)
    if name is not None and source.text(name) == b"pin" and len(given) == 1:
        return _called(source, given[0])
    return node if name is not None else None


def _await_of(call: Node) -> Node | None:
    """The ``.await`` that waits for what ``call`` gives, also through ``Box::pin``, ``timeout`` and the
    like, which are ready when that is."""
    child, parent = unwrapped(call)
    while parent is not None and parent.type in _PASSING:
        child, parent = unwrapped(parent)
    return parent if parent is not None and awaited(parent) == child else None


def _futures(source: Source, function: Node) -> list[Node]:
    """The bodies that run when what ``function`` gives is awaited: its own, or the async blocks in it."""
    body = body_of(function)
    if body is None:
        return []
    if is_async(function):
        return [function]
    return [node for node in walk(body) if node.type == "async_block"]


def _boxing(source: Source, body: Node) -> Node | None:
    """The plain ``fn`` whose result the async block ``body`` is part of."""
    function = source.function_of(body)
    if body.type != "async_block" or function is None or function.type != "function_item":
        return None
    call = call_around(body)
    return None if is_async(function) or (call is not None and is_spawn(source, call)) else function


def _is_run_again(source: Source, body: Node) -> bool:
    """Is the future made by a closure that somebody calls as often as they like (``for_each(|x| async {
    .. })``, ``unfold``, ``poll_fn``)?"""
    closure = body if body.type == "closure_expression" else source.function_of(body)
    if closure is None or closure.type != "closure_expression":
        return False
    call = call_around(closure)
    return call is not None and not is_spawn(source, call)


def _kind_of(source: Source, loop: Node, gone: set[Key]) -> Literal["loop", "bounded"] | None:
    """None: a ``for`` over something that ends, which does nothing that takes long."""
    body, items = body_of(loop), scrutinee_of(loop)
    if loop.type != "for_expression" or body is None or items is None:
        return "loop"
    if not _ends(source, items) or next(exits(source, body), None) is not None:
        return "loop"
    taken = [span for path, span in gone if path == source.path]
    for effect in effects(source, body):
        of_lock = effect.what in ("lock", "await") and any(effect.span in span for span in taken)
        if effect.what not in ("convention", "write") and not of_lock:
            return "bounded"
    return None


_ENDLESS = (b"cycle", b"repeat", b"repeat_with", b"from_fn", b"successors", b"incoming")


def _ends(source: Source, items: Node) -> bool:
    """Does what the ``for`` goes over end by itself? (A channel's receiver, ``0..`` and what repeats do
    not, or only when others let them.)"""
    for node in walk(items):
        if node.type == "range_expression" and source.text(node).endswith((b"..", b"..=")):
            return False
        name = callee_name(node)
        if name is not None and source.text(name) in _ENDLESS:
            return False
    return True
