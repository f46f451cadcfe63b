"""Calls that copy a value: ``x.clone()``, ``Arc::clone(&x)``, ``x.to_vec()``, ``Bytes::copy_from_slice(&x)``,
``BytesMut::from(&x[..])``, ``cow.into_owned()``.

By syntax and the names of std and ``bytes`` alone: whether a copy is made at all, types tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.known_calls import COPYING
from engine.rust.nodes import (
    bare,
    borrowed,
    call_of,
    indexed,
    is_mut,
    last_name,
    last_segment,
    method_call,
    path_of,
)
from engine.rust.syntax import Source, span_of

OWNING = b"into_owned"  # of a Cow, which copies what was borrowed
COPYING_FUNCTIONS = frozenset({b"clone", b"copy_from_slice"})
FROM = b"from"  # BytesMut::from(&x[..]), Vec::from(&x[..]), String::from(x)
_MADE_FROM = frozenset({b"BytesMut", b"Vec", b"String"})
_OF_COW = re.compile(rb"(?:\w+::)*Cow(?:::<[^()]*>)?::(?:from|Borrowed|Owned)")
# Of the copying methods, the ones that make text of whatever they are called on.
TO_TEXT = frozenset({b"to_owned", b"to_string"})


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
    wrapped: Node | None = None  # `Cow::from(x)` of Cow::from(x).into_owned()
    seen_as: bytes = (
        b""  # what gives a reference to what is copied, where that is a part of the receiver
    )

    @property
    def span(self) -> Span:
        """Of the whole call."""
        return span_of(self.node)

    @property
    def of_reference(self) -> bool:
        """Is it a copy only if the receiver is a reference: ``String::from(x)``? (Of a value it makes
        another one without a copy.)"""
        call = call_of(self.node)
        return self.word == FROM and call is not None and bare(call.arguments[0]) == self.receiver

    @property
    def converts(self) -> bool:
        """Is it ``String::from`` or ``Vec::from``, of something else than a slice that is written there?"""
        call = call_of(self.node)
        if self.word != FROM or call is None:
            return False
        return (
            last_segment(self.path) == b"String"
            or _viewed(self.source, bare(call.arguments[0])) is None
        )

    @property
    def text(self) -> str:
        """The whole call on one line, for messages."""
        return self.source.quoted(self.span)

    @property
    def name(self) -> str:
        """The receiver on one line, for messages."""
        return self.source.quoted(span_of(self.receiver))

    @property
    def receiver_text(self) -> bytes:
        """The text of what is copied, for a replacement."""
        return self.seen_as or self.source.text(self.receiver)


def clone_of(source: Source, node: Node) -> Clone | None:
    """The clone that a call expression is, or None."""
    call, method = call_of(node), method_call(source, node)
    if call is None or node.has_error or call.turbofish is not None:
        return None
    if method is not None:
        if method.arguments:
            return None
        if method.method == OWNING:
            return _owning(source, node, bare(method.receiver))
        if method.method not in COPYING:
            return None
        return Clone(source, node, bare(method.receiver), method.method, b"")
    path = path_of(call.callee)
    if path is None or path[0] is None or len(call.arguments) != 1:
        return None
    word, operand = source.text(path[1]), bare(call.arguments[0])
    if word == FROM and last_name(source, path[0]) in _MADE_FROM:
        viewed = _viewed(source, operand)
        if viewed is None and last_name(source, path[0]) == b"BytesMut":
            return None
        receiver = viewed or _lent(operand) or operand
        return Clone(source, node, receiver, FROM, source.text(path[0]))
    if word not in COPYING_FUNCTIONS:
        return None
    return Clone(source, node, _lent(operand) or operand, word, source.text(path[0]))


def _owning(source: Source, node: Node, cow: Node) -> Clone:
    """``cow.into_owned()``, or ``Cow::from(x).into_owned()``: a copy of ``x``."""
    call = call_of(cow)
    if call is None or len(call.arguments) != 1 or not _OF_COW.fullmatch(source.text(call.callee)):
        return Clone(source, node, cow, OWNING, b"")
    operand = bare(call.arguments[0])
    return Clone(source, node, _lent(operand) or operand, OWNING, b"", cow)


def _lent(operand: Node) -> Node | None:
    """``x`` of ``&x``."""
    inner = borrowed(operand) if not is_mut(operand) else None
    return bare(inner) if inner is not None else None


def _viewed(source: Source, operand: Node) -> Node | None:
    """``x`` of ``&x[..]`` and ``x.as_ref()``: all of its bytes."""
    method = method_call(source, operand)
    if method is not None:
        viewing = method.method in (b"as_ref", b"as_slice") and not method.arguments
        return bare(method.receiver) if viewing else None
    inner = _lent(operand)
    index = indexed(inner) if inner is not None else None
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
