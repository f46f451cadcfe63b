"""Who sends the frames: all that goes through the sending ends of a channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.rust import item_nodes, nodes, statement_nodes, streams
from engine.rust.copies import clone_of
from engine.rust.frame_flow import FrameFlow, NotOwnedError
from engine.rust.scopes import Binding
from engine.rust.signatures import Obstacle, argument_of
from engine.rust.syntax import Source, span_of

from .frame_edits import FrameEdits, place
from .frame_makers import FrameMakers

if TYPE_CHECKING:
    from engine.detect.facts import Facts

Each = Callable[[Source, Node], None]


class FrameSenders:
    """Follows the senders of channels. Raises NotOwnedError where one goes out of sight."""

    def __init__(
        self, facts: Facts, flow: FrameFlow, edits: FrameEdits, makers: FrameMakers
    ) -> None:
        self._facts = facts
        self._flow = flow
        self._edits = edits
        self._makers = makers

    def sender(self, source: Source, binding: Binding) -> None:
        """All that is sent through the end ``binding`` of a channel."""
        function = source.fn_item_of(source.innermost(binding.decl))
        if function is None or not self._edits.first(source, binding.decl):
            return
        scopes = self._facts.sources.scopes(source, function)
        for use in scopes.uses(binding):
            self._send(source, source.innermost(use.span))

    def _send(self, source: Source, node: Node) -> None:
        """One use of a sender: what it sends, or where it goes."""
        sent, whole = streams.sent(source, node), streams.cloned_end(source, node) or node
        if sent is not None:
            self._makers.produced(source, sent)
            return
        if whole == node and streams.is_looked_at(source, node):
            return
        up = source.parent(nodes.outward(whole))
        while up is not None and nodes.borrowed(up) is not None:
            whole, up = up, source.parent(up)
        let = statement_nodes.let_of(up) if up is not None else None
        if let is not None and let.pattern.type in ("identifier", "mut_pattern"):
            function = source.fn_item_of(whole)
            assert function is not None and up is not None
            scopes = self._facts.sources.scopes(source, function)
            bound = [b for b in scopes.bindings if b.decl in span_of(let.pattern)]
            for binding in bound:
                self._edits.annotation(source, binding, of_stream=True)
                self.sender(source, binding)
            return
        call = nodes.call_around(whole)
        name = nodes.callee_name(call) if call is not None else None
        found = list(self._facts.calls.callees(source, name, sure=True)) if name else []
        if call is None or name is None or len(found) != 1:
            raise NotOwnedError(f"where the sender goes at {place(source, node)} is not understood")
        self._sender_parameter(*found[0], nodes.arguments_of(call).index(whole), name)

    def _sender_parameter(self, source: Source, function: Node, index: int, name: Node) -> None:
        listed = item_nodes.parameters_of(function)
        has_self = item_nodes.self_parameter(function) is not None
        at = index - 1 if has_self and name.type == "identifier" else index
        scopes = self._facts.sources.scopes(source, function)
        bound = [
            b
            for b in scopes.bindings
            if 0 <= at < len(listed) and b.decl in span_of(listed[at].node)
        ]
        if len(bound) != 1:
            raise NotOwnedError(
                f"where the sender goes at {place(source, function)} is not understood"
            )
        if self._edits.knows(source, bound[0].decl):
            return
        self.parameter_type(source, function, bound[0])
        self.sender(source, bound[0])
        self.given(source, function, bound[0], self._sender_given)

    def _sender_given(self, source: Source, given: Node) -> None:
        """Other calls of a function that sends frames: they must send to the same channel."""
        node = nodes.bare(given)
        while (inner := nodes.borrowed(node)) is not None:
            node = nodes.bare(inner)
        copy = clone_of(source, node)
        node = copy.receiver if copy is not None else node
        function = source.fn_item_of(node)
        scopes = self._facts.sources.scopes(source, function) if function is not None else None
        binding = scopes.binding_at(node) if scopes is not None else None
        if binding is None or not self._edits.knows(source, binding.decl):
            raise NotOwnedError(f"another channel is given to it at {place(source, given)}")

    def turbofish(self, source: Source, call: Node) -> None:
        """The item type in ``channel::<T>(..)``."""
        found = nodes.call_of(call)
        if found is not None and found.turbofish is not None:
            for type_ in nodes.named_children(found.turbofish):
                self._edits.payload(source, type_)

    def parameter_type(self, source: Source, function: Node, binding: Binding) -> None:
        """The item type that is written in the type of the parameter ``binding``, a stream or an end."""
        holder = source.node_at(binding.statement)
        declared = item_nodes.type_of(holder) if holder is not None else None
        item = self._facts.items.at(source, function)
        if declared is None or item is None:
            raise NotOwnedError(f"the type of `{binding.name.decode()}` is not understood")
        self._flow.may_change(item)
        self._edits.items_type(source, declared, function)

    def given(self, source: Source, function: Node, binding: Binding, each: Each) -> None:
        """``each`` for what every call of ``function`` gives to the parameter ``binding``."""
        item = self._facts.items.at(source, function)
        listed = item_nodes.parameters_of(function)
        at = next((i for i, p in enumerate(listed) if binding.decl in span_of(p.node)), -1)
        parameter = self._facts.signatures.parameter(item, at) if item is not None else None
        if item is None or parameter is None:
            raise NotOwnedError(f"`{binding.name.decode()}` is not understood")
        for called in self._facts.signatures.calls_of(item, everywhere=True):
            if isinstance(called, Obstacle):
                raise NotOwnedError(called.reason)
            if not (called.certain or self._flow.is_only(called, item)):
                continue
            given = argument_of(called.call, parameter, called.name)
            if given is not None:
                each(called.source, given)
