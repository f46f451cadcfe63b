"""Where the frames come from: streams, adapters, functions and channels, up to who makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.rust import item_nodes, nodes, statement_nodes, streams
from engine.rust.copies import clone_of
from engine.rust.definitions import Item
from engine.rust.frame_flow import Frame, FrameFlow, NotOwnedError, line_of
from engine.rust.queries import walk
from engine.rust.signatures import Obstacle
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.value_flow import value_of
from engine.rust.value_steps import values_in

from .frame_edits import FrameEdits, place
from .frame_fields import FrameFields
from .frame_makers import LEAVING, FrameMakers
from .frame_senders import FrameSenders
from .frame_types import FrameTypes, values_of

if TYPE_CHECKING:
    from engine.detect.facts import Facts


class FrameSources:
    """Collects the edits for the origins of ``flow``'s frames. Raises NotOwnedError for frames that
    cannot be given as `BytesMut` without a copy, or that somebody else takes as well."""

    def __init__(self, facts: Facts, flow: FrameFlow) -> None:
        self._facts = facts
        self._flow = flow
        self.edits = FrameEdits(facts, flow)
        self.makers = FrameMakers(facts, self.edits, self._called)
        self._senders = FrameSenders(facts, flow, self.edits, self.makers)
        self._fields = FrameFields(facts, flow, self.edits, self.stream)
        self._types = FrameTypes(facts, flow, self.edits, self.makers.produced)

    def origin(self, frame: Frame) -> None:
        """Where the name ``frame``, no parameter and no copy, gets its frames from."""
        source, binding = frame.source, frame.binding
        line = line_of(source, binding.decl.start)
        self.edits.annotation(source, binding)
        if binding.kind == "closure-param":
            closure = source.enclosing(source.innermost(binding.decl), ("closure_expression",))
            stream = streams.looped_over(source, closure) if closure is not None else None
            if stream is None:
                raise NotOwnedError(f"what gives `{frame.name}` at line {line} is not understood")
            self.stream(source, stream)
            return
        value = value_of(source, binding)
        if value is None or not streams.is_item(source, binding) or binding.kind == "for":
            raise NotOwnedError(f"how `{frame.name}` comes to line {line} is not understood")
        self._taken(frame, value)

    def _taken(self, frame: Frame, value: Node) -> None:
        source = frame.source
        stream = streams.taken_from(source, value)
        if stream is not None:
            self.stream(source, stream)
            return
        inner = streams.unwrapped(source, value)
        if inner.type != "identifier":
            self.makers.produced(source, value)
            return
        binding = frame.scopes.binding_at(inner)
        before = value_of(source, binding) if binding is not None else None
        if binding is None or before is None or not streams.is_item(source, binding):
            raise NotOwnedError(f"`{source.text(inner).decode()}` is not understood")
        others = [use.span for use in frame.scopes.uses(binding) if use.span != span_of(inner)]
        if others:
            where = line_of(source, others[0].start)
            raise NotOwnedError(f"`{binding.name.decode()}` is also used at line {where}")
        self.edits.annotation(source, binding)
        self._taken(frame, before)

    # -- streams -------------------------------------------------------------------------------

    def stream(self, source: Source, expression: Node) -> None:
        """The items of ``expression``, a stream or the receiving end of a channel."""
        node = streams.handed_on(source, expression)
        if (inner := streams.kept(source, node)) is not None:
            self._looked_at(source, node)
            self.stream(source, inner)
        elif (mapped := streams.mapped(source, node)) is not None:
            self._mapped(source, mapped)
        elif node.type == "identifier" and self._is_local(source, node):
            self._stream_name(source, node)
        elif node.type == "macro_invocation" and nodes.macro_name(source, node).endswith(b"stream"):
            self._yielded(source, node)
        elif (
            self._fields.gives(source, node)
            or self._types.gives(source, node)
            or (node.type == "call_expression" and self._called(source, node))
        ):
            pass
        elif (listed := _listed(source, node)) is not None:
            for element in listed:
                self.makers.produced(source, element)
        else:
            raise NotOwnedError(
                f"what gives the frames at {place(source, node)} is not of this workspace, or not "
                f"understood: `{source.quoted(span_of(node))}`"
            )

    def _is_local(self, source: Source, node: Node) -> bool:
        function = source.fn_item_of(node)
        scopes = self._facts.sources.scopes(source, function) if function is not None else None
        return scopes is not None and scopes.binding_at(node) is not None

    def _looked_at(self, source: Source, call: Node) -> None:
        """Closures of adapters on the way see references to frames."""
        for node in walk(call):
            copy = clone_of(source, node)
            if copy is not None and copy.word == b"clone" and _in_closure(source, node, call):
                raise NotOwnedError(f"`{copy.text}` at {place(source, node)} may clone a frame")
        function = source.fn_item_of(call)
        scopes = self._facts.sources.scopes(source, function) if function is not None else None
        for closure in nodes.arguments_of(call):
            for parameter in item_nodes.parameters_of(closure):
                bound = scopes.bound_by(span_of(parameter.node)) if scopes else ()
                if why := self._facts.agreeing_impls.among(source, scopes, bound) if scopes else "":
                    raise NotOwnedError(why)
                if parameter.type is not None:
                    self.edits.payload(source, _behind(parameter.type))

    def _mapped(self, source: Source, mapped: streams.Mapped) -> None:
        """``s.map(f)``: without ``f`` where that only freezes, else what it makes."""
        if self.edits.freezes(source, mapped.function):
            self.edits.without(source, mapped.stream, mapped.call)
            return
        if mapped.function.type != "closure_expression":
            raise NotOwnedError(f"`{source.quoted(span_of(mapped.function))}` makes the frames")
        body = statement_nodes.body_of(mapped.function)
        if body is not None:
            self.makers.produced(source, body)

    def _stream_name(self, source: Source, node: Node) -> None:
        function = source.fn_item_of(node)
        scopes = self._facts.sources.scopes(source, function) if function is not None else None
        binding = scopes.binding_at(node) if scopes is not None else None
        if function is None or scopes is None or binding is None:
            raise NotOwnedError(f"`{source.text(node).decode()}` is no local stream")
        name = binding.name.decode("utf-8", "replace")
        for use in scopes.uses(binding):
            other = source.innermost(use.span)
            if use.span != span_of(node) and not (
                streams.is_looked_at(source, other) or streams.is_pinned(source, other)
            ):
                line = line_of(source, use.span.start)
                raise NotOwnedError(f"`{name}` has a second consumer, at line {line}")
        if not self.edits.first(source, binding.decl):
            raise NotOwnedError(f"`{name}` has a second consumer")
        if binding.kind == "param":
            self._senders.parameter_type(source, function, binding)
            self._senders.given(source, function, binding, self.stream)
            return
        self.edits.annotation(source, binding, of_stream=True)
        channel = streams.channel_of(source, binding)
        if channel is not None and span_of(channel.receiver) == binding.decl:
            self._senders.turbofish(source, channel.call)
            sender = scopes.binding_at(channel.sender)
            if sender is not None:
                self._senders.sender(source, sender)
            return
        value = value_of(source, binding) if binding.kind == "let" else None
        if value is None or not binding.plain:
            raise NotOwnedError(f"what `{name}` is made from is not understood")
        self.stream(source, value)

    # -- functions -----------------------------------------------------------------------------

    def _called(self, source: Source, call: Node) -> bool:
        """The result of a function of the workspace."""
        name = nodes.callee_name(call)
        found = list(self._facts.calls.callees(source, name, sure=True)) if name else []
        item = self._facts.items.at(*found[0]) if len(found) == 1 else None
        if item is None:
            return False
        if not self._types.holds(*found[0]):
            self._result(item, source, call)
        return True

    def _result(self, item: Item, source: Source, call: Node) -> None:
        home, function = self._facts.items.open(item)
        declared = item_nodes.return_type(function)
        name = item.name.decode("utf-8", "replace")
        if declared is None:
            raise NotOwnedError(f"`{name}` returns no frames")
        self._flow.may_change(item)
        for called in self._facts.signatures.calls_of(item, everywhere=True):
            if isinstance(called, Obstacle):
                raise NotOwnedError(called.reason)
            if not (called.certain or self._flow.is_only(called, item)):
                continue
            if (called.source.path, span_of(called.call)) != (source.path, span_of(call)):
                at = place(called.source, called.call)
                raise NotOwnedError(f"what `{name}` gives has a second consumer, at {at}")
        of_frames = self.edits.payload(home, declared)
        if not of_frames:
            self.edits.items_type(home, declared, function)
        each = self.makers.produced if of_frames else self._streamed
        for value in values_of(home, function):
            each(home, value)

    def _streamed(self, source: Source, value: Node) -> None:
        """The streams that a function's body, or a ``return``, gives."""
        inside = values_in(source, value)
        if value.type in LEAVING or inside is None or value.type == "macro_invocation":
            if value.type not in LEAVING:
                self.stream(source, value)
            return
        for inner in inside:
            self._streamed(source, inner)

    def _yielded(self, source: Source, macro: Node) -> None:
        """What ``stream! { .. yield x; .. }`` gives."""
        found = [n for n in walk_all(source, macro) if n.type == "yield_expression"]
        if not found:
            raise NotOwnedError(f"what {place(source, macro)} yields is not understood")
        for node in found:
            for value in nodes.named_children(node)[:1]:
                self.makers.produced(source, value)


def _behind(declared: Node) -> Node:
    while declared.type == "reference_type":
        inner = item_nodes.type_of(declared)
        if inner is None:
            break
        declared = inner
    return declared


def _in_closure(source: Source, node: Node, call: Node) -> bool:
    closure = source.enclosing(node, ("closure_expression",))
    return closure is not None and span_of(closure) in span_of(call)


def _listed(source: Source, node: Node) -> Sequence[Node] | None:
    """The elements of ``stream::iter([a, b])`` and ``iter(vec![a, b])``."""
    call = nodes.call_of(node)
    if call is None or nodes.last_name(source, call.callee) != b"iter" or len(call.arguments) != 1:
        return None
    given = call.arguments[0]
    if given.type not in ("array_expression", "macro_invocation"):
        return None
    if given.type == "macro_invocation" and nodes.macro_name(source, given) != b"vec":
        return None
    inside = values_in(source, given)
    found = list(inside) if inside is not None else []
    if given.type == "macro_invocation" and len(found) == 1 and found[0].type == "tuple_expression":
        return nodes.named_children(found[0])
    return found
