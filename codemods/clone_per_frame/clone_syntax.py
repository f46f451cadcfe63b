"""What a clone looks like, and what is done with its result: syntax alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.format_macros import shown_by
from engine.rust.known_calls import COPYING
from engine.rust.nodes import (
    COMPARISONS,
    access_of,
    arguments_of,
    bare,
    borrowed,
    call_around,
    call_of,
    callee_name,
    callee_of,
    dereferenced,
    indexed,
    is_callee,
    is_mut,
    last_name,
    method_call,
    method_on,
    operation_of,
    path_of,
)
from engine.rust.statement_nodes import let_of, scrutinee_of
from engine.rust.syntax import Source, span_of

COPYING_FUNCTIONS = frozenset({b"clone", b"copy_from_slice"})
FROM = b"from"  # BytesMut::from(&x[..]), Vec::from(&x[..])
_MADE_FROM = frozenset({b"BytesMut", b"Vec"})
# Of the copying methods, the ones that make text of whatever they are called on.
TO_TEXT = frozenset({b"to_owned", b"to_string"})


class UsageKind(StrEnum):
    """What is done with the value that the clone makes."""

    METHOD = "method"  # x.clone().len()
    FIELD = "field"  # x.clone().name
    INDEX = "index"  # x.clone()[0]
    DEREF = "deref"  # *x.clone()
    REF = "ref"  # &x.clone()
    REF_MUT = "ref-mut"  # &mut x.clone()
    FORMAT = "format"  # format!("{}", x.clone())
    COMPARE = "compare"  # x.clone() == y
    ARGUMENT = "argument"  # f(x.clone())
    METHOD_ARGUMENT = "method-argument"  # y.f(x.clone())
    LET = "let"  # let y = x.clone();
    FOR = "for"  # for y in x.clone()
    MATCH = "match"  # match x.clone() {..}
    IF_LET = "if-let"  # if let P = x.clone(), while let P = x.clone()
    VALUE = "value"  # whatever else takes the value: a struct's field, a return, a macro ...


# These give the value names.
NAMING = frozenset({UsageKind.LET, UsageKind.FOR, UsageKind.MATCH, UsageKind.IF_LET})


@dataclass(frozen=True, slots=True)
class Clone:
    """One clone. ``receiver`` is the place that is copied: ``x`` in ``x.clone()``, in
    ``Arc::clone(&x)`` and in ``BytesMut::from(&x[..])``.
    """

    source: Source
    node: Node
    receiver: Node
    word: bytes  # what copies: b"clone", b"to_vec" ..
    path: bytes  # b"Arc" of Arc::clone, b"" of a method call

    @property
    def span(self) -> Span:
        """Of the whole call."""
        return span_of(self.node)

    @property
    def text(self) -> str:
        """The whole call on one line, for messages."""
        return " ".join(self.source.text(self.node).decode("utf-8", "replace").split())

    @property
    def name(self) -> str:
        """The receiver on one line, for messages."""
        return " ".join(self.source.text(self.receiver).decode("utf-8", "replace").split())

    @property
    def receiver_text(self) -> bytes:
        """The receiver's text, for a replacement."""
        return self.source.text(self.receiver)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the clone's value is used for. ``holder`` is the node that takes it: the call, the ``let``,
    the fields read as a whole."""

    kind: UsageKind
    holder: Node
    name: bytes = b""  # the method called on it, the fields read, the function or macro it goes to
    index: int = 0  # which argument, from 0


def clone_of(source: Source, node: Node) -> Clone | None:
    """The clone that a call expression is, or None."""
    call, method = call_of(node), method_call(source, node)
    if call is None or node.has_error or call.turbofish is not None:
        return None
    if method is not None:
        if method.method not in COPYING or method.arguments:
            return None
        return Clone(source, node, bare(method.receiver), method.method, b"")
    path = path_of(call.callee)
    if path is None or path[0] is None or len(call.arguments) != 1:
        return None
    word, operand = source.text(path[1]), bare(call.arguments[0])
    if word == FROM and last_name(source, path[0]) in _MADE_FROM:
        viewed = _viewed(source, operand)
        return Clone(source, node, viewed, FROM, source.text(path[0])) if viewed else None
    if word not in COPYING_FUNCTIONS:
        return None
    inner = borrowed(operand) if not is_mut(operand) else None
    place = bare(inner) if inner is not None else operand
    return Clone(source, node, place, word, source.text(path[0]))


def _viewed(source: Source, operand: Node) -> Node | None:
    """``x`` of ``&x[..]`` and ``x.as_ref()``: all of its bytes."""
    method = method_call(source, operand)
    if method is not None:
        viewing = method.method in (b"as_ref", b"as_slice") and not method.arguments
        return bare(method.receiver) if viewing else None
    inner = borrowed(operand) if not is_mut(operand) else None
    index = indexed(bare(inner)) if inner is not None else None
    if index is None or source.text(index[1]) != b"..":
        return None
    return bare(index[0])


def clone_at(source: Source, span: Span) -> Clone | None:
    """The clone that covers exactly ``span``."""
    node = source.node_at(span)
    while node is not None and span_of(node) == span:
        found = clone_of(source, node)
        if found is not None:
            return found
        node = next((c for c in node.named_children if span_of(c) == span), None)
    return None


def usage_of(clone: Clone) -> Usage:
    """What is done with the clone's value."""
    source = clone.source
    child, holder = clone.node, source.parent(clone.node)
    while holder is not None and holder.type == "parenthesized_expression":
        child, holder = holder, source.parent(holder)
    if holder is None:
        return Usage(UsageKind.VALUE, clone.node)
    found = _direct(source, child, holder)
    if found is not None:
        return found
    shown = shown_by(source, clone.node)
    if shown is not None:
        return Usage(UsageKind.FORMAT, shown.macro, shown.name)
    return Usage(UsageKind.VALUE, holder)


def _direct(source: Source, child: Node, holder: Node) -> Usage | None:
    called = method_on(source, child)
    if called is not None:
        return Usage(UsageKind.METHOD, called[1], called[0])
    if access_of(holder) is not None:
        return _fields(source, child, holder)
    if (index := indexed(holder)) is not None and index[0] == child:
        return Usage(UsageKind.INDEX, holder)
    if dereferenced(holder) is not None:
        return Usage(UsageKind.DEREF, holder)
    if borrowed(holder) is not None:
        return Usage(UsageKind.REF_MUT if is_mut(holder) else UsageKind.REF, holder)
    if (operation := operation_of(source, holder)) is not None:
        compared = operation.operator in COMPARISONS
        return Usage(UsageKind.COMPARE, holder, operation.operator) if compared else None
    if (call := call_around(child)) is not None:
        return _argument(source, child, call)
    if (let := let_of(holder)) is not None and let.value == child:
        plain = holder.type == "let_declaration" and let.alternative is None
        return Usage(UsageKind.LET if plain else UsageKind.IF_LET, holder)
    if scrutinee_of(holder) == child:
        return Usage(UsageKind.FOR if holder.type == "for_expression" else UsageKind.MATCH, holder)
    return None


def _fields(source: Source, child: Node, holder: Node) -> Usage:
    """Fields of the clone (``.user.name`` as a whole), up to a method of theirs."""
    while (up := source.parent(holder)) is not None and access_of(up) is not None:
        if is_callee(up):
            break
        holder = up
    return Usage(UsageKind.FIELD, holder, source.data[child.end_byte : holder.end_byte])


def _argument(source: Source, child: Node, call: Node) -> Usage | None:
    name, callee = callee_name(call), callee_of(call)
    if name is None or callee is None:
        return None
    index, text = arguments_of(call).index(child), source.text(name)
    if access_of(callee) is not None:
        return Usage(UsageKind.METHOD_ARGUMENT, call, text, index)
    if text[:1].isupper():
        return None  # a constructor: Some(x), Frame(x)
    return Usage(UsageKind.ARGUMENT, call, text, index)
