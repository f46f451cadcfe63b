"""Expressions that take a guard, from syntax alone: those that do by their looks, and those of which
only the type can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from codemods.guard_across_await.suspend import in_future, macro_name, may_suspend
from engine.codemod import Match
from engine.locks import LockCall, lock_call, method_call, with_tails
from engine.model import Span
from engine.syntax import COMMENTS, Source, span_of

# Their values hold no guard, whatever stands inside.
_NO_GUARD = frozenset(
    {"integer_literal", "float_literal", "string_literal", "raw_string_literal", "char_literal"}
    | {"boolean_literal", "closure_expression", "async_block", "reference_expression"}
    | {"unary_expression", "index_expression", "type_cast_expression", "range_expression"}
    | {"binary_expression", "unit_expression", "scoped_identifier", "field_expression"}
)
_PLAIN_MACROS = frozenset({b"format", b"vec", b"json", b"concat", b"matches", b"env", b"include_str"})
# Methods of std whose result holds no guard.
_PLAIN_METHODS = frozenset(
    {b"clone", b"cloned", b"copied", b"to_string", b"to_owned", b"to_vec", b"len", b"is_empty"}
    | {b"as_str", b"as_bytes", b"is_some", b"is_none", b"is_ok", b"is_err", b"contains", b"trim"}
    | {b"contains_key", b"starts_with", b"ends_with", b"into_bytes", b"to_lowercase", b"elapsed"}
    | {b"to_uppercase", b"count", b"sum", b"parse", b"as_secs", b"as_millis", b"load", b"sqrt"}
)
_PLAIN_CALLS = re.compile(
    rb"(?:\w+::)*(?:String|Vec|VecDeque|HashMap|HashSet|BTreeMap|BTreeSet|Arc|Rc|Duration|Instant"
    rb"|SystemTime|Bytes|BytesMut|PathBuf|Uuid|Mutex|RwLock|RefCell|DashMap|Notify|Semaphore)"
    rb"(?:::<[^()]*>)?::\w+"
)
_UNWRAPPED = frozenset({"unwrap", "expect", "unwrap_or_else"})


def found(source: Source, matches: Sequence[Match]) -> Iterator[tuple[Node, bool]]:
    """Expressions to look at, with whether their looks alone show that they take a guard; each
    once, in the order of the text."""
    nodes: dict[Span, tuple[Node, bool]] = {}
    for match in matches:
        for node, maybe in _of_match(source, match):
            key = span_of(node)
            if key in nodes or not _worth(source, node):
                continue
            locked = lock_call(source, node)
            if locked is not None and evident(source, locked):
                nodes[key] = (node, True)
            elif maybe and could_hold(source, node):
                nodes[key] = (node, False)
    for _, entry in sorted(nodes.items(), key=lambda item: item[0]):
        yield entry


def parameters(source: Source, matches: Sequence[Match]) -> Iterator[Node]:
    """Parameters whose type is written as a guard's."""
    for match in matches:
        node = match.get("parameter")
        function = source.enclosing(node, ("function_item",)) if node is not None else None
        if node is None or function is None or node.parent != function.child_by_field_name(
            "parameters"
        ):
            continue
        body = function.child_by_field_name("body")
        if body is not None and may_suspend(source, span_of(body)) and in_future(source, body):
            yield node


def _of_match(source: Source, match: Match) -> Iterator[tuple[Node, bool]]:
    for name in ("let", "matched"):
        node = match.get(name)
        if node is not None:
            yield node, True
    call = match.get("call")
    if call is not None:
        yield with_tails(source, call), True


def _worth(source: Source, node: Node) -> bool:
    """May a future be suspended between this expression and the end of what could hold it?"""
    current: Node | None = node
    while current is not None and current.type not in ("block", "match_block"):
        current = current.parent
    end = current.end_byte if current is not None else len(source.data)
    return may_suspend(source, Span(node.start_byte, end)) and in_future(source, node)


def evident(source: Source, locked: LockCall) -> bool:
    """Do name, tails and what else the file speaks of leave little doubt that this is a lock?

    ``read()`` and ``write()`` are also what streams do, ``borrow()`` what collections do.
    """
    method, tails = locked.method, locked.tails
    if locked.borrows:
        return b"RefCell" in source.data and (not tails or method.startswith(b"try_"))
    if method.strip(b"try_") in (b"ead", b"ead_owned", b"write") or method in (b"read", b"write"):
        if tails == ("await",) or (len(tails) == 1 and tails[0] in _UNWRAPPED):
            return _is_scalar_place(locked.node) or b"RwLock" in source.data
        return not tails and b"RwLock" in source.data
    return True
