"""What is lost when a future is dropped at a new await: values that were taken out of what others have (a message
of a channel, the last of a queue, ``Option::take``, an iterator's next item, a signal that is told once) and that
the future still carries, for what stands behind.

By the names of methods, as std, tokio and the common channels, queues and pools call them, and for the
workspace's functions by what they do, some calls deep. What is taken out of the future's own is nobody's loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.between_awaits import Between
from engine.rust.calls import Calls
from engine.rust.known_calls import computes_on_its_way, is_number_method, is_reading_method
from engine.rust.nodes import (
    MethodCall,
    arguments_of,
    awaited,
    borrowed,
    call_of,
    callee_name,
    is_mut,
    method_call,
    operation_of,
    unwrapped,
)
from engine.rust.own_places import OwnPlaces
from engine.rust.places import place_of
from engine.rust.scopes import Binding, Scopes, scopes_of
from engine.rust.select_arms import arms_of_select
from engine.rust.statement_nodes import arms_of, body_of, let_of, loop_pattern, scrutinee_of
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of, walk_all

_DEPTH = 3  # calls of the workspace's functions that are followed
# A word of the method's name.
_TAKING = re.compile(
    rb"(?:\w+_)?(?:pop|recv|receive|drain|dequeue|remove|steal|take|next)(?:_\w+)?"
    rb"|(?:\w+_)?(?:claim|pull|consume|swap|replace|lease|chunk|split_off|accept)|accept_(?:bi|uni|async|raw)"
    rb"|fetch_(?:add|sub|and|or|xor|nand|max|min|update)|compare_exchange(?:_weak)?"
)
# They read on, into what they are lent or give.
_READING_ON = re.compile(
    rb"read_(?:exact|to_end|to_string|line|until|buf|buf_exact|[uif](?:8|16|32|64|128)(?:_le)?)"
    rb"|fill_buf|next_line|next_segment|next_field|frame"
)
# Told once, and forgotten with who was told: there need be no value.
_SIGNALS = frozenset({b"changed", b"notified", b"tick", b"borrow_and_update"})
# With arguments these are another method: of an iterator, a text, a cell.
_WITHOUT = frozenset({b"take", b"next"})
# Of texts and paths, or of what is copied.
_OTHERS = frozenset(b"replace replacen replace_range take_while remove_dir remove_file".split())
_SWAPPING = re.compile(rb"(?:(?:std|core)::)?mem::(?:take|replace)")
_BY_PATH = re.compile(rb"(?:\w+::)*Iterator::next|(?:\w+::)*Option::take")


@dataclass(frozen=True)
class TakenValues:
    """Of one future, whose places ``own`` knows."""

    own: OwnPlaces
    calls: Calls

    def lost_at(self, point: Span, between: Between) -> Iterator[Node]:
        """The calls, done before ``point`` in its segment, that took something from others which the future still
        carries there."""
        source = self.own.source
        done = [call for each in between.begun for call in _awaited_in(source, each)]
        done += [each.node for each in between.before if each.node.type == "call_expression"]
        for call in done:
            if self._takes(call) and self._is_carried(call, point):
                yield call

    def _takes(self, call: Node) -> bool:
        return takes(self.own, call, self.calls)

    def _is_carried(self, call: Node, point: Span) -> bool:
        method = method_call(self.own.source, call)
        if method is not None and method.method in _SIGNALS:
            return True
        return _is_carried(self.own, call, point)


def _awaited_in(source: Source, suspension: Node) -> Iterator[Node]:
    """The calls whose results a point of suspension gave."""
    call = awaited(suspension)
    if call is not None:
        if call_of(call) is not None:
            yield call
        return
    for arm in arms_of_select(source, suspension):
        if call_of(arm.future) is not None:
            yield arm.future


def takes(own: OwnPlaces, call: Node, calls: Calls, depth: int = _DEPTH) -> bool:
    """Does the call take a value out of what others have?"""
    source = own.source
    method, called, name = method_call(source, call), call_of(call), callee_name(call)
    if name is not None and any(True for _ in calls.callees(source, name, sure=True)):
        return depth > 0 and _takes_inside(source, name, calls, depth - 1)
    if method is not None:
        if _is_of_its_own(source, method):
            return False
        if _is_taking_name(method.method, bool(method.arguments)):
            if not own.owns(method.receiver):
                return True
            return any(not own.owns(each) for each in _lent(method.arguments))
    elif called is not None:
        path = b"".join(source.text(called.callee).split())
        if _SWAPPING.fullmatch(path) or _BY_PATH.fullmatch(path):
            return any(not own.owns(each) for each in _lent(called.arguments))
    return False


def _is_of_its_own(source: Source, method: MethodCall) -> bool:
    """The next item of an iterator that the expression makes itself: ``name.split('.').next()``."""
    made = method_call(source, method.receiver)
    if made is None or not method.method.startswith(b"next") or made.method in _THROUGH:
        return False
    return is_reading_method(made.method) or computes_on_its_way(made.method)


_THROUGH = frozenset(b"by_ref as_mut as_deref_mut iter_mut get into_inner first last".split())


def _is_taking_name(name: bytes, has_arguments: bool) -> bool:
    if name in _OTHERS or is_number_method(name) or (name in _WITHOUT and has_arguments):
        return False
    return name in _SIGNALS or bool(_TAKING.fullmatch(name) or _READING_ON.fullmatch(name))


def _lent(arguments: Iterable[Node]) -> Iterator[Node]:
    """What is lent as ``&mut``."""
    for given in arguments:
        inner = borrowed(given)
        if inner is None:
            yield given
        elif is_mut(given):
            yield inner


def _takes_inside(source: Source, name: Node, calls: Calls, depth: int) -> bool:
    """Does a function of the workspace that the call means take something out of what it was given, or of what all
    have?"""
    for place, function in calls.callees(source, name, sure=True):
        body = body_of(function)
        own = OwnPlaces(place, function, _no_type)
        for node in walk_all(place, body) if body is not None else ():
            if node.type == "call_expression" and takes(own, node, calls, depth):
                return True
    return False


def _no_type(_: Span) -> None:
    return None


# -- where the value goes --------------------------------------------------------------------------


def _is_carried(own: OwnPlaces, call: Node, point: Span) -> bool:
    """Is the value that ``call`` gave, or what was made of it, used at the point, behind it, or in the expression
    around both?"""
    source = own.source
    holder, value = _holder(source, call)
    if point in span_of(value):
        return True  # an operand that is evaluated before the point, or the point's own argument
    function = source.enclosing(own.body, ("function_item",))
    scopes = scopes_of(source, function if function is not None else own.body)
    names = set(_bound_by(source, scopes, holder, value))
    names |= {name for each in _lent(arguments_of(call)) for name in _names(source, scopes, each)}
    return _used_at(source, scopes, names, point, call)


def _holder(source: Source, call: Node) -> tuple[Node | None, Node]:
    """What binds, looks at or throws away the value that the call is a part of, and that value as a whole."""
    child, parent = unwrapped(call)
    while parent is not None:
        if let_of(parent) is not None or scrutinee_of(parent) is not None:
            return parent, child
        if parent.type in _ENDS or parent.type in FUNCTIONS:
            return parent, child
        operation = operation_of(source, parent)
        if operation is not None and parent.type != "binary_expression":
            return parent, child
        child, parent = unwrapped(parent)
    return None, child


_ENDS = LOOPS | {"block", "expression_statement", "if_expression", "match_arm", "source_file"}


def _bound_by(
    source: Source, scopes: Scopes, holder: Node | None, value: Node
) -> Iterator[Binding]:
    """The names that the value, or parts of it, are given."""
    if holder is None:
        return
    let = let_of(holder)
    if let is not None:
        yield from scopes.bound_by(span_of(let.pattern))
    elif holder.type == "match_expression":
        for each in arms_of(holder):
            yield from scopes.bound_by(span_of(each.pattern))
    elif (pattern := loop_pattern(holder)) is not None:
        yield from scopes.bound_by(span_of(pattern))
    elif (operation := operation_of(source, holder)) is not None and operation.right == value:
        yield from _names(source, scopes, operation.left)
    select = source.enclosing(value, ("macro_invocation",))
    for arm in arms_of_select(source, select) if select is not None else ():
        if span_of(value) in span_of(arm.future):
            yield from (b for b in scopes.bindings if b.decl in arm.pattern)


def _names(source: Source, scopes: Scopes, expression: Node) -> Iterator[Binding]:
    """The local name that a place begins with."""
    place = place_of(source, expression)
    if place is not None and place.root.type == "identifier":
        binding = scopes.binding_at(place.root)
        if binding is not None:
            yield binding


def _used_at(source: Source, scopes: Scopes, names: set[Binding], point: Span, call: Node) -> bool:
    """Is one of the names, or one that got its value from them, used at the point or behind it? (Of a call
    that stands behind the point, in a loop around both, all uses count.)"""
    pending = list(names)
    while pending:
        name = pending.pop()
        for use in scopes.uses(name):
            if use.span in point or use.span.start >= point.end or call.start_byte > point.start:
                return True
            holder, value = _holder(source, source.innermost(use.span))
            if point in span_of(value):
                return True
            for derived in _bound_by(source, scopes, holder, value):
                if derived not in names:
                    names.add(derived)
                    pending.append(derived)
    return False
