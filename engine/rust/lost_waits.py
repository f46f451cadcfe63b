"""What no longer waits when some of the code's awaits go: loops, and functions that are run again and
again, in which nothing is left that lets other tasks run.

A loop in a future gives way to others only where it awaits. One that looks at a value and waits for
another task to change it never ends when its last await goes, on a runtime with one thread and on the
thread that it occupies. The same holds for a future that runs itself again, for a closure or a
stream that somebody polls again and again, and one function further up: an ``async fn`` without any
await left is ready at once, so that awaiting it is no wait either.

Which awaits wait is :mod:`engine.rust.real_waits`' answer. Where that is not known, or where a future in which
nothing waits is used as a value (a function that is handed on, what a closure gives), it is told as "unsure"
or "value": which loop awaits it in the end is not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls, is_spawn
from engine.rust.control_flow import exits, suspensions
from engine.rust.effects import effects
from engine.rust.files import Files
from engine.rust.item_nodes import name_of, trait_of
from engine.rust.known_calls import is_known_macro
from engine.rust.macro_texts import is_own_macro, macros_with
from engine.rust.nodes import (
    arguments_of,
    awaited,
    bare,
    call_around,
    callee_name,
    last_name,
    macro_name,
    unwrapped,
)
from engine.rust.queries import walk
from engine.rust.real_waits import RealWaits, Wait, futures_of
from engine.rust.statement_nodes import body_of, condition_of, scrutinee_of
from engine.rust.suspension import awaits_arguments, is_stream
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, is_async, span_of

Await = tuple[Source, Node]
Key = tuple[str, Span]

_DEPTH = 8  # functions in functions that are looked into
# What hands on the future that it is given, and is ready when that is.
_PASSING = frozenset(
    {"arguments", "call_expression", "field_expression", "generic_function"}
    | {"parenthesized_expression", "try_expression", "reference_expression"}
)
_LOOPING = re.compile(rb"\b(?:loop|while|for)\b")
# They run the future to its end, or are given a function that is run for each request.
_ENDING = re.compile(
    rb"(?:\w*_)?spawn(?:_\w+)?|block_on|block_in_place|run_until|push|get|post|put|delete|patch|head|options"
    rb"|trace|any|on|to|route|route_service|service|service_fn|from_fn|from_fn_with_state|handler|handler_fn"
    rb"|fallback|layer|with_graceful_shutdown|on_\w+|register\w*|subscribe\w*|add_\w+"
)
_ROUTING = frozenset(
    {b"routes", b"catchers", b"generate_handler", b"paths", b"join", b"try_join", b"select"}
)


@dataclass(frozen=True, slots=True)
class LostWait:
    """``repeated`` (a loop, a ``fn`` that runs itself, or a closure, block or stream that is polled
    again and again) no longer waits anywhere once ``wait`` goes.

    ``how`` tells which. A "bounded" loop is a ``for`` over something that ends, which nothing but its
    end can stop: it does not wait for anybody, and only keeps its thread longer. "unsure": whether it
    waits is not known; "value": ``repeated`` is a future in which nothing waits, or a function that
    gives one, that is handed on; "macro": a macro's call whose text may be a loop around ``wait``.
    """

    source: Source
    repeated: Node
    wait: Node
    how: Literal["loop", "bounded", "recursion", "polled", "unsure", "value", "macro"]


def lost_waits(
    gone: Iterable[Await], calls: Calls, files: Files, before: Iterable[Await] = ()
) -> Iterator[LostWait]:
    """What stops waiting when the awaits ``gone`` are no longer there, each once. Those of ``before`` are gone
    already: what stopped with them is not told again.

    Nothing is told of a bounded ``for`` whose body does nothing of weight. Raises RecursionError on
    absurdly nested code.
    """
    yield from _Search(list(gone), calls, files, before).run()


class _Search:
    def __init__(
        self, gone: list[Await], calls: Calls, files: Files, before: Iterable[Await]
    ) -> None:
        self._calls, self._files = calls, files
        self._pending = gone
        self._gone = {_key(source, node) for source, node in (*gone, *before)}
        self._waits = RealWaits(files, calls, self._gone)
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
        """Loops around ``wait`` up to the body that it is part of, and that body. (``wait`` may be a future
        that is made there and awaited through a name.)"""
        child = wait
        for ancestor in source.ancestors(wait):
            if ancestor.type in LOOPS and scrutinee_of(ancestor) != child:
                yield from self._of_loop(source, ancestor, wait)
            elif ancestor.type == "macro_invocation" and self._may_loop(source, ancestor):
                yield LostWait(source, ancestor, wait, "macro")
            if ancestor.type in FUNCTIONS or is_stream(source, ancestor):
                yield from self._of_body(source, ancestor, wait)
                return
            child = ancestor

    def _of_loop(self, source: Source, loop: Node, wait: Node) -> Iterator[LostWait]:
        left = self._waits.of(source, condition_of(loop), body_of(loop))
        how = _kind_of(source, loop, self._gone) if left is not Wait.SURE else None
        if how is not None and left is Wait.NEVER:
            yield LostWait(source, loop, wait, how)
        elif how == "loop":
            yield LostWait(source, loop, wait, "unsure")

    def _may_loop(self, source: Source, macro: Node) -> bool:
        """Is it a macro that may evaluate what it is given again and again, with nothing else that waits?"""
        name = macro_name(source, macro)
        if awaits_arguments(source, macro) or is_stream(source, macro):
            return False
        if self._waits.of(source, *(t.root_node for t in source.arguments(macro))) is Wait.SURE:
            return False
        if not is_own_macro(self._files, name):
            return not is_known_macro(name)
        word = re.compile(rb"macro_rules!\s*" + re.escape(name) + rb"\b")
        found = macros_with(self._files, word, name)
        return any(_LOOPING.search(place.text(each)) for place, each in found)

    def _of_body(self, source: Source, body: Node, wait: Node) -> Iterator[LostWait]:
        future = is_async(body) or is_stream(source, body)
        left = self._waits.of(source, body) if future else Wait.NEVER
        if left is Wait.SURE:
            return
        if is_stream(source, body):
            yield LostWait(source, body, wait, "unsure" if left else "polled")
            return
        function = body if body.type == "function_item" else None
        if function is None and future and _is_run_again(source, body):
            if left <= Wait.EITHER:
                yield LostWait(source, body, wait, "unsure" if left else "polled")
            return
        if function is None and body.type == "async_block":
            function = _boxing(source, body)  # `fn f() -> BoxFuture { Box::pin(async { .. }) }`
        if function is None:
            yield from self._of_value(source, body, wait, left)
            return
        if self._reaches(source, function, _key(source, function), _DEPTH):
            yield LostWait(source, function, wait, "unsure" if left else "recursion")
        for place, call in self._calls.callers(source, function):
            self._made_at(place, call)
        if left <= Wait.EITHER:
            yield from self._handed_on(source, function, wait)

    def _made_at(self, source: Source, future: Node) -> None:
        """A future that is made at ``future`` and waits no longer, or perhaps: what is around it?"""
        call = call_around(future)
        name = callee_name(call) if call is not None else None
        if name is None or not _ENDING.fullmatch(source.text(name)):
            outer = await_of(future)
            self._pending.append((source, outer if outer is not None else future))

    def _of_value(self, source: Source, body: Node, wait: Node, left: Wait) -> Iterator[LostWait]:
        """A closure, or an ``async`` block: awaited where it stands, kept in a name, or handed on."""
        if body.type == "async_block" and source.function_of(body) is not None:
            self._made_at(source, body)
            return
        if left > Wait.EITHER:
            return
        call = call_around(body)
        name = callee_name(call) if call is not None else None
        if name is None or not _ENDING.fullmatch(source.text(name)):
            yield LostWait(source, body, wait, "value")

    def _handed_on(self, source: Source, function: Node, wait: Node) -> Iterator[LostWait]:
        """Where ``function``, in whose future nothing waits, is used as a value, or called where it is not
        seen."""
        holder = source.enclosing(function, ("impl_item",))
        trait = trait_of(holder) if holder is not None else None
        if trait is not None and last_name(source, trait) == b"IntoFuture":
            yield LostWait(source, function, wait, "value")
        named = name_of(function)
        name = source.text(named) if named is not None else b""
        for place, node in self._calls.values(source, function):
            call = call_around(node)
            taker = callee_name(call) if call is not None else None
            macro = place.enclosing(node, ("macro_invocation",))
            if taker is not None and _ENDING.fullmatch(place.text(taker)):
                continue
            if macro is None or macro_name(place, macro) not in _ROUTING:
                yield LostWait(place, node, wait, "value")
        called = re.compile(rb"(?<![\w$])" + re.escape(name) + rb"\s*\(")
        for place, macro in macros_with(self._files, called, name) if name else ():
            if _LOOPING.search(place.text(macro)):
                yield LostWait(place, macro, wait, "value")

    def _reaches(self, source: Source, function: Node, target: Key, depth: int) -> bool:
        """Does ``function``, in which nothing waits, await the function ``target``, or one that does?"""
        for future in futures_of(source, function):
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


def _key(source: Source, node: Node) -> Key:
    return source.path, span_of(node)


def _called(source: Source, operand: Node) -> Node | None:
    """The call whose future is awaited, through ``Box::pin(..)``."""
    node = bare(operand)
    given, name = arguments_of(node), callee_name(node)
    if name is not None and source.text(name) == b"pin" and len(given) == 1:
        return _called(source, given[0])
    return node if name is not None else None


def await_of(call: Node) -> Node | None:
    """The ``.await`` that waits for what ``call`` gives, also through ``Box::pin``, ``timeout`` and the
    like, which are ready when that is."""
    child, parent = unwrapped(call)
    while parent is not None and parent.type in _PASSING:
        child, parent = unwrapped(parent)
    return parent if parent is not None and awaited(parent) == child else None


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
