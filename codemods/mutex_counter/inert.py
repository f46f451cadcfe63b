"""What else happens while a lock is held: the part of a critical section that is not the counter.

Rust evaluates what stands in a lock's scope under the lock. Arithmetic, constructors and formatting
do not mind losing it. Everything else may: it is listed here, with the words for the user.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from codemods.mutex_counter.names import ATOMICS
from engine.base.model import Span
from engine.rust.syntax import Source, span_of

What = Literal["await", "call", "lock", "macro", "write", "log", "quiet"]

_INTEGER = re.compile(
    rb"(?:(?:checked|wrapping|saturating|overflowing|strict|unchecked|carrying)_[a-z_]+"
    rb"|abs|abs_diff|pow|isqrt|ilog2|ilog10|signum|is_positive|is_negative|is_power_of_two"
    rb"|next_power_of_two|count_ones|count_zeros|leading_zeros|trailing_zeros|rotate_left"
    rb"|rotate_right|swap_bytes|reverse_bits|div_euclid|rem_euclid|div_ceil|next_multiple_of"
    rb"|to_[bln]e_bytes|to_be|to_le|min|max|clamp|cmp|partial_cmp|eq|ne|lt|le|gt|ge"
    rb"|then|then_some|not|clone|to_string|to_owned|into|try_into)"
)
# Accessors: they read from what they are called on, in std and by convention elsewhere.
_ACCESS = re.compile(
    rb"(?:len|is_empty|as_[a-z0-9_]+|copied|cloned|unwrap|expect|unwrap_or|unwrap_or_default"
    rb"|is_some|is_none|is_ok|is_err|ok|err|ok_or|elapsed|duration_since|subsec_[a-z]+)"
)
# As harmless, but they may run a closure or walk a collection: somebody should look.
_QUIET = re.compile(
    rb"(?:iter|is_some_and|is_none_or|sum|count|first|last|map|and_then|filter|unwrap_or_else"
    rb"|map_err|to_vec|trim|get|contains|contains_key|load|enumerate|zip|rev|any|all|collect|join)"
)
# As harmless on a local collection.
_FILLING = re.compile(rb"push|push_str|push_back|extend|append")
# Functions that only make a value: (type, function); None is any type.
_MAKERS = frozenset(
    {(b"String", b"new"), (b"Vec", b"new"), (b"Box", b"new"), (b"Arc", b"new"), (b"Rc", b"new")}
    | {(b"Arc", b"clone"), (b"Rc", b"clone"), (b"Instant", b"now"), (b"SystemTime", b"now")}
    | {(b"mem", b"size_of"), (b"cmp", b"max"), (b"cmp", b"min"), (b"", b"max"), (b"", b"min")}
    | {(b"NonZero", b"new"), (b"Wrapping", b"new")}
)
_MAKING = re.compile(rb"(?:from|try_from|default|from_(?:secs|millis|micros|nanos|str)[a-z0-9_]*)")
_FORMATTING = frozenset(
    {b"format", b"vec", b"matches", b"assert", b"assert_eq", b"assert_ne", b"panic", b"concat"}
    | {b"debug_assert", b"debug_assert_eq", b"debug_assert_ne", b"unreachable", b"stringify"}
    | {b"format_args", b"json", b"anyhow", b"bail", b"ensure", b"todo", b"unimplemented"}
)
_PRINTING = frozenset(
    {b"println", b"print", b"eprintln", b"eprint", b"trace", b"debug", b"info", b"warn", b"error"}
    | {b"dbg", b"log", b"event", b"write", b"writeln"}
)
_BLOCKS = frozenset(
    {b"select", b"join", b"try_join", b"stream", b"try_stream", b"cfg_if", b"lazy_static", b"ready"}
    | {b"thread_local", b"pin", b"block_on", b"proptest", b"quote"}
)
_TAKING = frozenset({b"vec", b"matches", b"json", b"dbg", b"concat", b"stringify"})
LOCKING = frozenset({b"lock", b"read", b"write", b"blocking_lock", b"try_lock", b"borrow_mut"})


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that happens beside the counter. ``quiet`` ones are harmless by convention only."""

    what: What
    node: Node
    words: str  # `flush(..)`

    @property
    def span(self) -> Span:
        return span_of(self.node)


def is_integer_method(name: bytes) -> bool:
    """A method that reads a number or flag and cannot change it."""
    return _INTEGER.fullmatch(name) is not None


def is_common(name: bytes) -> bool:
    """A method name that std's types have too: without a type it tells nothing."""
    known = (_INTEGER, _ACCESS, _QUIET, _FILLING)
    return any(names.fullmatch(name) for names in known) or name in LOCKING


def is_formatting(source: Source, macro: Node) -> bool:
    """A macro whose arguments are plain expressions that it only reads."""
    return macro_name(source, macro) in _FORMATTING | _PRINTING


def is_transparent(source: Source, macro: Node) -> bool:
    """A macro that is known to evaluate what it is given as it stands there."""
    return is_formatting(source, macro) or macro_name(source, macro) in _BLOCKS


def shows(source: Source, macro: Node) -> bool:
    """A macro that takes a value by reference to format it: a guard is shown as its value."""
    return macro_name(source, macro) in (_FORMATTING | _PRINTING) - _TAKING


def macro_name(source: Source, macro: Node) -> bytes:
    named = macro.child_by_field_name("macro")
    return source.text(named).rpartition(b"::")[2] if named is not None else b""


def effects(source: Source, node: Node, leave: Collection[Span] = ()) -> Iterator[Effect]:
    """Effects of evaluating ``node``, in document order; what lies in a span of ``leave`` is not
    looked at, nor are the bodies of async blocks, which run later."""
    pending = [node]
    while pending:
        current = pending.pop()
        if span_of(current) in leave or current.type == "async_block":
            continue
        found = _effect(source, current)
        if found is not None:
            yield found
        children = list(current.named_children)
        if current.type == "macro_invocation":
            children = [root for root in source.roots() if source.parent(root) == current]
        pending.extend(reversed(children))


def is_maker(source: Source, call: Node) -> bool:
    """Does ``call`` only make a value: a constructor, a conversion, ``max`` and the like?"""
    function = call.child_by_field_name("function")
    if function is not None and function.type == "generic_function":
        function = function.child_by_field_name("function")
    if function is None or function.type == "field_expression":
        return False
    path = b"".join(source.text(function).split())
    head, _, last = path.rpartition(b"::")
    if last[:1].isupper() or _MAKING.fullmatch(last):
        return True
    if head.decode("utf-8", "replace") in ATOMICS and is_integer_method(last):
        return True  # u64::max(a, b)
    return (head.rpartition(b"::")[2].partition(b"<")[0], last) in _MAKERS


def _effect(source: Source, node: Node) -> Effect | None:
    match node.type:
        case "await_expression":
            return Effect("await", node, f"`{_short(source, node)}`")
        case "call_expression":
            return _call(source, node)
        case "macro_invocation":
            name = macro_name(source, node)
            if name in _FORMATTING:
                return None
            shown = f"`{name.decode('utf-8', 'replace')}!(..)`"
            return Effect("log" if name in _PRINTING else "macro", node, shown)
        case "assignment_expression" | "compound_assignment_expr":
            left = node.child_by_field_name("left")
            if left is None or left.type == "identifier":
                return None
            return Effect("write", node, f"the write to `{_short(source, left)}`")
        case "unsafe_block":
            return Effect("call", node, "an unsafe block")
        case _:
            return None


def _call(source: Source, node: Node) -> Effect | None:
    function = node.child_by_field_name("function")
    if function is not None and function.type == "generic_function":
        function = function.child_by_field_name("function")
    if function is None:
        return Effect("call", node, f"`{_short(source, node)}`")
    if function.type == "field_expression":
        field = function.child_by_field_name("field")
        name = source.text(field) if field is not None else b""
        arguments = node.child_by_field_name("arguments")
        empty = arguments is not None and not arguments.named_children
        if is_integer_method(name) or _ACCESS.fullmatch(name):
            return None
        shown = f"`{_short(source, function)}(..)`"
        if empty and name in LOCKING:
            return Effect("lock", node, f"another lock, `{_short(source, node)}`,")
        value = function.child_by_field_name("value")
        local = value is not None and value.type == "identifier" and _FILLING.fullmatch(name)
        quiet = local or _QUIET.fullmatch(name)
        return Effect("quiet" if quiet else "call", node, shown)
    path = b"".join(source.text(function).split())
    if path.rpartition(b"::")[0].endswith(b"Error"):
        return Effect("quiet", node, f"`{_short(source, function)}(..)`")  # makes an error
    if is_maker(source, node):
        return None
    return Effect("call", node, f"`{_short(source, function)}(..)`")


def _short(source: Source, node: Node) -> str:
    text = b"".join(source.text(node).split()).decode("utf-8", "replace")
    return text if len(text) <= 40 else text[:18] + ".." + text[-18:]
