"""The edits with which frames are `BytesMut` upstream: written types, and the code that freezes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import name as named
from engine.rust import item_nodes, nodes, statement_nodes, streams
from engine.rust.frame_flow import FrameFlow, NotOwnedError, line_of
from engine.rust.scopes import Binding
from engine.rust.syntax import Source, span_of

if TYPE_CHECKING:
    from engine.detect.facts import Facts

FULL = b"bytes::BytesMut"
# They make a `Bytes` of a `BytesMut` without a copy; as a function's name, also by `map`.
_FREEZING = frozenset({b"BytesMut::freeze", b"Bytes::from", b"Into::into"})


class FrameEdits:
    """Collects the edits. ``makers`` are the places where frames are made ("src/lib.rs:7")."""

    def __init__(self, facts: Facts, flow: FrameFlow) -> None:
        self._facts = facts
        self._flow = flow
        self._seen: set[tuple[str, Span]] = set()
        self.edits: list[Edit] = []
        self.makers: list[str] = []

    def first(self, source: Source, decl: Span) -> bool:
        """Is the name declared at ``decl`` come by for the first time?"""
        fresh = not self.knows(source, decl)
        self._seen.add((source.path, decl))
        return fresh

    def knows(self, source: Source, decl: Span) -> bool:
        """Was the name come by?"""
        return (source.path, decl) in self._seen

    # -- what is written -----------------------------------------------------------------------

    def make(self, source: Source, node: Node, *edits: Edit) -> None:
        """The frame that ``node`` makes is a `BytesMut` with these edits."""
        self.edits += edits
        self.makers.append(place(source, node))

    def made_by(self, source: Source, node: Node, path: Node, name: bytes) -> None:
        """``node`` calls `BytesMut`'s ``name`` in the place of ``path``."""
        whole, text = span_of(path), named(FULL) + b"::" + name
        self.make(source, node, Edit(source.path, whole.start, whole.end, text))

    def without(self, source: Source, receiver: Node, call: Node) -> None:
        """``receiver`` alone, without the method that ``call`` calls on it."""
        gone = Span(receiver.end_byte, call.end_byte)
        if source.comments_in(gone):
            raise NotOwnedError(f"a comment stands in the way at {place(source, call)}")
        self.make(source, call, Edit(source.path, gone.start, gone.end, b""))

    def freezes(self, source: Source, function: Node) -> bool:
        """Does the function, a closure or a path, give the frame it gets as a `Bytes`, and no more?"""
        if function.type != "closure_expression":
            return b"".join(source.text(function).split()).removeprefix(b"bytes::") in _FREEZING
        parameters, body = item_nodes.parameters_of(function), statement_nodes.body_of(function)
        if len(parameters) != 1 or body is None or source.comments_in(span_of(function)):
            return False
        method = nodes.method_call(source, _only(body))
        if method is None or source.text(method.receiver) != source.text(parameters[0].pattern):
            return False
        if method.method == b"freeze":
            return True
        inner = method.arguments[0] if len(method.arguments) == 1 else None
        return method.method == b"map" and inner is not None and self.freezes(source, inner)

    # -- types ---------------------------------------------------------------------------------

    def payload(self, source: Source, declared: Node) -> bool:
        """`Bytes` becomes `BytesMut` in a written type; was it there?"""
        found = streams.payload_of(source, declared, b"Bytes")
        if found is None:
            return False
        edit = Edit(source.path, found.start_byte, found.end_byte, named(FULL))
        if edit not in self.edits:
            self.edits.append(edit)
        return True

    def annotation(self, source: Source, binding: Binding, of_stream: bool = False) -> None:
        """The type that is written at a ``let`` or at a closure's parameter."""
        holder = source.node_at(binding.statement)
        declared = item_nodes.type_of(holder) if holder is not None else None
        if declared is None or binding.kind not in ("let", "closure-param"):
            return
        if not of_stream:
            self.payload(source, declared)
            return
        for part in [declared] if declared.type != "tuple_type" else declared.named_children:
            self.items_type(source, part, None)

    def items_type(self, source: Source, declared: Node, generic: Node | None) -> None:
        """The item type that is written in the type of a stream."""
        found = streams.item_types(source, declared, generic)
        if not found:
            place, target = self._facts.items.aliased(source, declared)
            found = streams.item_types(place, target) if target != declared else []
            if found and self._uses_of_alias(source, declared) > 1:
                text = source.text(declared).decode("utf-8", "replace")
                raise NotOwnedError(f"others use the type `{text}`, too")
            if found and (alias := self._facts.items.type_at(source, declared)) is not None:
                self._flow.note_public(alias)
            source = place
        if not found:
            text = source.quoted(span_of(declared))
            raise NotOwnedError(f"`{text}` does not say what its items are")
        for type_ in found:
            if not self.payload(source, type_):
                text = source.quoted(span_of(type_))
                raise NotOwnedError(f"the items are written as `{text}`")

    def _uses_of_alias(self, source: Source, declared: Node) -> int:
        """How often the alias is named as a type, beside its definition."""
        found = self._facts.calls.mentions(nodes.last_name(source, declared))
        return sum(
            node.type == "type_identifier"
            and node.parent is not None
            and item_nodes.name_of(node.parent) != node
            for _, node in found
        )


def _only(body: Node) -> Node:
    """The expression that a closure's body is."""
    inside = statement_nodes.statements_of(body) if body.type == "block" else [body]
    return inside[0] if len(inside) == 1 else body


def place(source: Source, node: Node) -> str:
    """ "src/lib.rs:7"."""
    return f"{source.path}:{line_of(source, node.start_byte)}"
