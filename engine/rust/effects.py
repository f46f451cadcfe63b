"""What evaluating an expression does beside giving its value: the effects, in the order of the text.

An expression is *inert* when it has none: it may panic, allocate, look at the clock. It is *pure* when
it may besides be evaluated a little later, or not at all, without anybody noticing (its operands
unchanged). It may be evaluated *again* when only its last value counts. Calls are judged by their names
(:mod:`engine.rust.known_calls`), so that what a workspace's own function does is an effect; whether
evaluation can leave early is :mod:`engine.rust.control_flow`'s answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import known_calls
from engine.rust.nodes import (
    access_of,
    call_of,
    macro_name,
    method_call,
    named_children,
    operation_of,
)
from engine.rust.queries import walk
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, span_of, walk_all

What = Literal["await", "call", "lock", "macro", "write", "log", "convention", "unseen", "read"]

_WRITES = frozenset({"assignment_expression", "compound_assignment_expr"})
# What they run is not seen here, is run another time, or leaves.
_UNSEEN = frozenset(
    {"try_expression", "return_expression", "break_expression", "continue_expression"}
    | {"macro_invocation", "async_block", "closure_expression"}
)


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect. ``what``: a suspension, a call of a function that is not known, a lock taken, an
    unknown macro, a write to a place that others may see, a text that is logged, a call that is
    harmless by convention only; "unseen" is for :func:`hinders_repeating` alone, "read", a look at what
    others may change, for :mod:`engine.rust.shared_effects`."""

    what: What
    node: Node
    words: str  # `flush(..)`

    @property
    def span(self) -> Span:
        """Of the expression that has the effect."""
        return span_of(self.node)


def effects(source: Source, node: Node, leave: Collection[Span] = ()) -> Iterator[Effect]:
    """Effects of evaluating ``node``, in document order, those of closures in it included; what lies
    in a span of ``leave`` is not looked at, nor are async blocks, which run later."""
    pending = [node]
    while pending:
        current = pending.pop()
        if span_of(current) in leave or current.type == "async_block":
            continue
        found = effect_of(source, current)
        if found is not None:
            yield found
        pending.extend(reversed(parts_of(source, current)))


def parts_of(source: Source, node: Node) -> list[Node]:
    """The nodes directly below ``node``; of a macro call, the trees of its arguments."""
    if node.type == "macro_invocation":
        return [tree.root_node for tree in source.arguments(node)]
    return node.named_children


def looks_at_clock(source: Source, node: Node, leave: Collection[Span] = ()) -> Node | None:
    """The first call in ``node``, closures and macro arguments included, that tells the time; what lies in a
    span of ``leave`` is not looked at."""
    pending = [node]
    while pending:
        current = pending.pop()
        if span_of(current) in leave:
            continue
        if current.type == "call_expression" and known_calls.reads_clock(source, current):
            return current
        pending.extend(reversed(parts_of(source, current)))
    return None


_PANICKING = frozenset(
    {b"panic", b"todo", b"unimplemented", b"unreachable", b"assert", b"assert_eq", b"assert_ne"}
)


def panics_on_purpose(source: Source, node: Node) -> Node | None:
    """The first macro in ``node``, closures included, that is written to panic: ``panic!``, ``assert!`` and the
    like (what ends debug builds alone, and what an ``unwrap`` or a sum does, is not)."""
    return next((n for n in walk_all(source, node) if macro_name(source, n) in _PANICKING), None)


def _arguments_of(source: Source, macro: Node) -> list[Node]:
    """Of a macro whose arguments are plain expressions. ``("a")`` alone is no statement to the
    grammar, but read all the same."""
    parts = parts_of(source, macro)
    inner = [child for part in parts for child in named_children(part)]
    return [n for child in inner for n in (child.children if child.is_error else (child,))]


def effect_of(source: Source, node: Node) -> Effect | None:
    """The effect of ``node`` itself, without those of its parts."""
    match node.type:
        case "await_expression":
            return Effect("await", node, f"`{_short(source, node)}`")
        case "call_expression":
            return _of_call(source, node)
        case "macro_invocation":
            name = macro_name(source, node)
            if known_calls.is_inert_macro(name):
                return None
            shown = f"`{name.decode('utf-8', 'replace')}!(..)`"
            return Effect("log" if known_calls.is_printing(name) else "macro", node, shown)
        case kind if kind in _WRITES:
            write = operation_of(source, node)
            if write is None or write.left.type == "identifier":
                return None
            return Effect("write", node, f"the write to `{_short(source, write.left)}`")
        case "unsafe_block":
            return Effect("call", node, "an unsafe block")
        case _:
            return None


def _of_call(source: Source, node: Node) -> Effect | None:
    call = call_of(node)
    if call is None:
        return Effect("call", node, f"`{_short(source, node)}`")
    shown = f"`{_short(source, call.callee)}(..)`"
    method = method_call(source, node)
    if method is not None:
        if known_calls.is_inert_method(method.method):
            return None
        if not method.arguments and method.method in known_calls.LOCKING:
            return Effect("lock", node, f"another lock, `{_short(source, node)}`,")
        local = method.receiver.type == "identifier"
        harmless = known_calls.is_conventional_method(method.method, local)
        return Effect("convention" if harmless else "call", node, shown)
    path = b"".join(source.text(call.callee).split())
    if path.rpartition(b"::")[0].endswith(b"Error"):
        return Effect("convention", node, shown)  # makes an error
    return None if known_calls.is_maker(source, node) else Effect("call", node, shown)


def _short(source: Source, node: Node) -> str:
    text = b"".join(source.text(node).split()).decode("utf-8", "replace")
    return text if len(text) <= 40 else text[:18] + ".." + text[-18:]


# By convention they compute from what they are called on; but these look at, or wait for, others.
_OUTWARD = frozenset({b"load", b"join"})
# They run what they are given: harmless only if that can be seen.
_RUNNING = frozenset(
    {b"map", b"and_then", b"filter", b"unwrap_or_else", b"map_err", b"is_some_and", b"is_none_or"}
    | {b"any", b"all"}
)


def outward_effects(source: Source, node: Node, leave: Collection[Span] = ()) -> Iterator[Effect]:
    """As :func:`effects`, without those that nobody else can see, and that see nothing of what others
    do: calls that are harmless by convention, unless they read an atomic, wait for a thread or run a
    function that they are given by its name; and std's methods that only read, on a local."""
    for effect in effects(source, node, leave):
        called = method_call(source, effect.node)
        if effect.what == "call" and called is not None:
            known = known_calls.is_reading_method(called.method) and not known_calls.looks_at_disk(
                called.method
            )
            if known and _starts_local(source, called.receiver):
                continue
        if effect.what != "convention":
            yield effect
            continue
        if called is None:
            continue
        named = (given.type in _FUNCTIONS for given in called.arguments)
        if called.method in _OUTWARD or (called.method in _RUNNING and any(named)):
            yield effect


def _starts_local(source: Source, receiver: Node) -> bool:
    """Is it a local, or a part of one, or what is called on it?"""
    node: Node | None = receiver
    while node is not None:
        access, called = access_of(node), method_call(source, node)
        if node.type == "identifier":
            return source.text(node)[:1].islower()
        node = access.base if access is not None else called.receiver if called else None
    return False


_FUNCTIONS = frozenset({"identifier", "scoped_identifier", "field_expression", "generic_function"})


# -- again, later, not at all ----------------------------------------------------------------------


def hinders_repeating(source: Source, node: Node, own: Collection[Span] = ()) -> Effect | None:
    """Why ``node`` may not be evaluated several times with only the last value used: an effect, or
    something that leaves or runs what is not seen. Writes at ``own`` do not count."""
    for effect in effects(source, node):
        if effect.span not in own:
            return effect
    unseen = next((part for part in walk(node) if part.type in _UNSEEN), None)
    return Effect("unseen", unseen, f"`{_short(source, unseen)}`") if unseen is not None else None


_LEAVES = frozenset(
    {"identifier", "self", "scoped_identifier", "integer_literal", "float_literal"}
    | {"string_literal", "raw_string_literal", "char_literal", "boolean_literal", "unit_expression"}
    | {"closure_expression", "generic_function", "crate", "super", "field_identifier"}
    | {"metavariable", "mutable_specifier", "negative_literal", "type_identifier"}
    | {"scoped_type_identifier", "generic_type_with_turbofish", "generic_type", "primitive_type"}
)
# Made of their parts: a place, a reference, a value with the parts in it.
COMPOSED = frozenset(
    {"field_expression", "reference_expression", "parenthesized_expression", "tuple_expression"}
    | {"array_expression", "type_cast_expression", "field_initializer", "arguments"}
    | {"shorthand_field_initializer", "field_initializer_list", "unary_expression"}
    | {"expression_statement"}
)


def is_pure(source: Source, node: Node, readers: Collection[bytes] = ()) -> bool:
    """May ``node`` be evaluated a little later, or not at all, without anybody noticing?

    ``readers`` are methods that are known here to look at what they are called on, and no more.
    """
    if node.type in _LEAVES:
        return True
    if node.type in COMPOSED:
        return all(is_pure(source, part, readers) for part in named_children(node))
    if node.type == "struct_expression":
        body = body_of(node)
        return body is not None and is_pure(source, body, readers)
    if node.type == "macro_invocation":
        pure = known_calls.is_pure_macro(macro_name(source, node))
        return pure and all(is_pure(source, part, readers) for part in _arguments_of(source, node))
    call = call_of(node)
    if call is None or not all(is_pure(source, given, readers) for given in call.arguments):
        return False
    method = method_call(source, node)
    if method is None:
        return known_calls.is_pure_maker(source, node)
    known = known_calls.is_pure_method(method.method) or method.method in readers
    return known and is_pure(source, method.receiver, readers)
