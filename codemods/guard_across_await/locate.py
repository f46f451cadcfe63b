"""Expressions that take a guard, from syntax alone: those that do by their looks, and those of which
only the type can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from engine.base.model import Span
from engine.detect.codemod import Match
from engine.rust.drop_scopes import is_place, temporary_scope
from engine.rust.guard_types import written_flavour
from engine.rust.held_guards import owner
from engine.rust.item_nodes import all_parameters, type_of
from engine.rust.locks import is_evident, lock_call, with_tails
from engine.rust.nodes import call_of, macro_name, method_call
from engine.rust.statement_nodes import body_of
from engine.rust.suspension import in_future, may_suspend
from engine.rust.syntax import COMMENTS, Source, span_of

# Their values hold no guard, whatever stands inside.
_NO_GUARD = frozenset(
    {"integer_literal", "float_literal", "string_literal", "raw_string_literal", "char_literal"}
    | {"boolean_literal", "closure_expression", "async_block", "reference_expression"}
    | {"unary_expression", "index_expression", "type_cast_expression", "range_expression"}
    | {"binary_expression", "unit_expression", "scoped_identifier", "field_expression"}
)
_PLAIN_MACROS = frozenset(
    {b"format", b"vec", b"json", b"concat", b"matches", b"env", b"include_str"}
)
# Methods of std whose result holds no guard.
_PLAIN_METHODS = frozenset(
    {b"clone", b"cloned", b"copied", b"to_string", b"to_owned", b"to_vec", b"len", b"is_empty"}
    | {b"as_str", b"as_bytes", b"is_some", b"is_none", b"is_ok", b"is_err", b"contains", b"trim"}
    | {b"contains_key", b"starts_with", b"ends_with", b"into_bytes", b"to_lowercase", b"elapsed"}
    | {b"to_uppercase", b"count", b"sum", b"parse", b"as_secs", b"as_millis", b"load", b"sqrt"}
)
_PLAIN_CALLS = re.compile(
    rb"(?:\w+::)*(?:String|Vec|VecDeque|HashMap|HashSet|BTreeMap|BTreeSet|Duration|Instant"
    rb"|SystemTime|Bytes|BytesMut|PathBuf|Uuid)(?:::<[^()]*>)?::\w+"
    rb"|(?:\w+::)*(?:Arc|Rc|Box|Mutex|RwLock|RefCell|DashMap|Notify|Semaphore)(?:::<[^()]*>)?"
    rb"::(?:new|default|clone|from|with_capacity|downgrade)"
)


def guard_expressions(source: Source, matches: Sequence[Match]) -> Iterator[tuple[Node, bool]]:
    """Expressions to look at, with whether their looks alone show that they take a guard; each
    once, in the order of the text."""
    nodes: dict[Span, tuple[Node, bool]] = {}
    for match in matches:
        for node in _of_match(source, match):
            key = span_of(node)
            if key in nodes or not _may_be_held(source, node):
                continue
            locked = lock_call(source, node)
            if locked is not None and is_evident(source, locked):
                nodes[key] = (node, True)
            elif could_hold_guard(source, node):
                nodes[key] = (node, False)
    for _, entry in sorted(nodes.items(), key=lambda item: item[0]):
        yield entry


def guard_parameters(source: Source, matches: Sequence[Match]) -> Iterator[Node]:
    """Parameters whose type is written as a guard's."""
    for match in matches:
        node = match.get("parameter")
        function = source.enclosing(node, ("function_item",)) if node is not None else None
        if node is None or function is None or node not in all_parameters(function):
            continue
        written = type_of(node)
        if written is None or written_flavour(source, written) is None:
            continue
        body = body_of(function)
        if body is not None and may_suspend(source, span_of(body)) and in_future(source, body):
            yield node


def _of_match(source: Source, match: Match) -> Iterator[Node]:
    for name in ("let", "matched"):
        node = match.get(name)
        if node is not None:
            yield node
    call = match.get("call")
    if call is not None:
        taken = with_tails(source, call)
        holder = owner(source, taken)  # `match c { _ => m.lock() }.len()`
        yield holder if is_place(holder) else taken
    looked_into = match.get("looked_into")
    if looked_into is not None and _awaits_meanwhile(source, looked_into):
        yield with_tails(source, looked_into)


def _awaits_meanwhile(source: Source, node: Node) -> bool:
    """May a value in passing, made by a call or a block, be held while its own statement awaits?"""
    if node.type not in ("call_expression", "await_expression", "try_expression"):
        return False
    scope = temporary_scope(source, node) if could_hold_guard(source, node) else None
    return scope is not None and may_suspend(source, Span(node.end_byte, scope.span.end))


def _may_be_held(source: Source, node: Node) -> bool:
    """May a future be suspended between this expression and the end of what could hold it?"""
    parent = node.parent
    bound = parent is not None and parent.type == "let_declaration"
    holder = parent.parent if bound and parent is not None else source.function_of(node)
    end = holder.end_byte if holder is not None else len(source.data)
    return may_suspend(source, Span(node.start_byte, end)) and in_future(source, node)


_LIKELY_NAME = re.compile(rb"(?:^|_)(?:lock|locked|guard|read|write|borrow|get|entry)(?:_|$)")


def is_likely_guard(source: Source, node: Node) -> bool:
    """Is a guard likely enough that everything around it is worth asking about at once?"""
    while node.type in ("await_expression", "try_expression") and node.named_children:
        node = node.named_children[0]
    call, called = call_of(node), method_call(source, node)
    if call is None:
        return False
    if called is not None and called.method in (b"unwrap", b"expect", b"unwrap_or_else"):
        return is_likely_guard(source, called.receiver)
    path = source.text(call.whole_callee)
    name = called.method if called is not None else path.rpartition(b"::")[2]
    return _LIKELY_NAME.search(name) is not None


def could_hold_guard(source: Source, node: Node) -> bool:
    """Could the value of ``node`` be, or hold, a guard? (Only what surely does not is left out.)"""
    if node.type in _NO_GUARD:
        return False
    if node.type == "macro_invocation":
        return macro_name(source, node) not in _PLAIN_MACROS
    if node.type in ("await_expression", "try_expression", "parenthesized_expression"):
        inner = [c for c in node.named_children if c.type not in COMMENTS]
        return bool(inner) and could_hold_guard(source, inner[0])
    called = method_call(source, node)
    if called is not None:
        return called.method not in _PLAIN_METHODS
    call = call_of(node)
    return call is None or _PLAIN_CALLS.fullmatch(source.text(call.whole_callee)) is None
