"""Who makes the frames: expressions that give a `Bytes` and can give a `BytesMut` without a copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit
from engine.rewrite.use_declarations import name as named
from engine.rust import nodes, streams
from engine.rust.context import in_test_code
from engine.rust.frame_flow import NotOwnedError, line_of
from engine.rust.frame_uses import FrameUseKind, frame_use
from engine.rust.syntax import Source, span_of
from engine.rust.value_flow import value_of
from engine.rust.value_steps import values_in

from .frame_edits import FULL, FrameEdits, place

if TYPE_CHECKING:
    from engine.detect.facts import Facts

_WRAPS = frozenset({b"Some", b"Ok", b"Ready"})
_EMPTY = frozenset({b"Err", b"None", b"Pending"})
# What makes memory that nobody else has: of such a `Bytes::from(..)` gives it back without a copy.
_FRESH = frozenset(b"to_vec into_bytes to_string into_vec".split())
_FRESH_MACROS = frozenset({b"vec", b"format"})
_BOUND = frozenset({"let", "if-let", "match"})
LEAVING = frozenset({"return_expression", "break_expression", "continue_expression"})


class FrameMakers:
    """Rewrites what makes frames. ``called`` follows a call into its function, False where that is none
    of the workspace. Raises NotOwnedError for a frame that cannot be given without a copy."""

    def __init__(
        self, facts: Facts, edits: FrameEdits, called: Callable[[Source, Node], bool]
    ) -> None:
        self._facts = facts
        self._edits = edits
        self._called = called

    def produced(self, source: Source, value: Node) -> None:
        """The expression ``value``, a `Bytes` (in ``Some``, ``Ok`` ..), becomes a `BytesMut`."""
        node = nodes.bare(value)
        if node.type in LEAVING or source.text(node) == b"None":
            return
        if node.type == "identifier":
            self._produced_name(source, node)
            return
        call, method = nodes.call_of(node), nodes.method_call(source, node)
        inside = values_in(source, node) if node.type != "macro_invocation" else None
        if inside is not None:
            for inner in inside:
                self.produced(source, inner)
        elif method is not None:
            self._produced_by_method(source, node, method)
        elif call is not None:
            self._produced_by_call(source, node, call)
        elif node.type != "macro_invocation":
            raise self._shared(source, node)

    def _produced_by_method(self, source: Source, node: Node, method: nodes.MethodCall) -> None:
        maps = method.method in (b"map", b"map_ok") and len(method.arguments) == 1
        if (method.method == b"freeze" and not method.arguments) or (
            maps and self._edits.freezes(source, method.arguments[0])
        ):
            self._edits.without(source, method.receiver, node)
        elif streams.unwrapped(source, node) != node:
            self.produced(source, streams.unwrapped(source, node))
        elif not self._called(source, node):
            raise self._shared(source, node)

    def _produced_by_call(self, source: Source, node: Node, call: nodes.Call) -> None:
        path = b"".join(source.text(call.callee).split()).removeprefix(b"bytes::")
        last = nodes.last_segment(path)
        if last in _EMPTY:
            return
        if len(call.arguments) == 1 and last in _WRAPS:
            self.produced(source, call.arguments[0])
        elif path == b"Bytes::new" and not call.arguments:
            whole = span_of(call.callee)
            text = named(FULL) + b"::new"
            self._edits.make(source, node, Edit(source.path, whole.start, whole.end, text))
        elif path == b"BytesMut::freeze" and len(call.arguments) == 1:
            inner = source.text(call.arguments[0])
            self._edits.make(source, node, Edit(source.path, node.start_byte, node.end_byte, inner))
        elif path == b"Bytes::copy_from_slice":
            whole = span_of(call.callee)
            text = named(FULL) + b"::from"
            self._edits.make(source, node, Edit(source.path, whole.start, whole.end, text))
        elif _is_fresh(source, call, path) or in_test_code(source, node):
            start, end = node.start_byte, node.end_byte
            head = Edit(source.path, start, start, named(FULL) + b"::from(")
            self._edits.make(source, node, head, Edit(source.path, end, end, b")"))
        elif not self._called(source, node):
            raise self._shared(source, node)

    def _produced_name(self, source: Source, node: Node) -> None:
        """``let f = buf.split().freeze(); f.len(); tx.send(f)``: the local is a `BytesMut`."""
        function = source.fn_item_of(node)
        scopes = self._facts.sources.scopes(source, function) if function is not None else None
        binding = scopes.binding_at(node) if scopes is not None else None
        value = value_of(source, binding) if binding is not None else None
        if scopes is None or binding is None or value is None or binding.kind not in _BOUND:
            raise self._shared(source, node)
        if not streams.is_item(source, binding) or not self._edits.first(source, binding.decl):
            raise self._shared(source, node)
        for use in scopes.uses(binding):
            told = frame_use(source, binding, use)
            if use.span != span_of(node) and told.kind is not FrameUseKind.READS:
                name, line = binding.name.decode(), line_of(source, use.span.start)
                raise NotOwnedError(f"`{name}` is also used at line {line}: what is sent is shared")
        self._edits.annotation(source, binding)
        self.produced(source, value)

    def _shared(self, source: Source, node: Node) -> NotOwnedError:
        text = source.quoted(span_of(node))
        return NotOwnedError(
            f"`{text}` at {place(source, node)} cannot be given as a `BytesMut` without a copy"
        )


def _is_fresh(source: Source, call: nodes.Call, path: bytes) -> bool:
    """``Bytes::from(v)`` of memory that was made for it alone."""
    if path != b"Bytes::from" or len(call.arguments) != 1:
        return False
    given = nodes.bare(call.arguments[0])
    if given.type == "macro_invocation":
        return nodes.macro_name(source, given) in _FRESH_MACROS
    method = nodes.method_call(source, given)
    return method is not None and method.method in _FRESH
