"""Types of the workspace that give frames: its own streams, and codecs that others read with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.rust import item_nodes, nodes, statement_nodes, streams
from engine.rust.configurations import is_conditional
from engine.rust.definitions import Item, owner_of
from engine.rust.frame_flow import FrameFlow, NotOwnedError
from engine.rust.items import TYPES
from engine.rust.syntax import FUNCTIONS, Source, span_of, walk_all

from .frame_edits import FrameEdits, place

if TYPE_CHECKING:
    from engine.detect.facts import Facts

STREAM, DECODER = b"Stream", b"Decoder"
# They read frames with a codec: (type, function), and which argument that is.
_READERS = {(b"FramedRead", b"new"): 1, (b"Framed", b"new"): 1}


class FrameTypes:
    """Rewrites the impl of a type that gives frames. ``produced`` is asked for each value that one of
    its functions gives. Raises NotOwnedError for a type that is used elsewhere, too."""

    def __init__(
        self,
        facts: Facts,
        flow: FrameFlow,
        edits: FrameEdits,
        produced: Callable[[Source, Node], None],
    ) -> None:
        self._facts = facts
        self._flow = flow
        self._edits = edits
        self._produced = produced
        self._impls: list[tuple[str, Node]] = []

    def gives(self, source: Source, node: Node) -> bool:
        """Is ``node`` a stream of such a type, or does it read with such a codec? Then what the type
        gives becomes `BytesMut`."""
        made, trait = node, STREAM
        call = nodes.call_of(node)
        path = b"".join(source.text(call.callee).split()).split(b"::") if call is not None else []
        index = _READERS.get((path[-2].partition(b"<")[0], path[-1])) if len(path) > 1 else None
        if call is not None and index is not None and index < len(call.arguments):
            made, trait = nodes.bare(call.arguments[index]), DECODER
        types = self._types(source, made)
        impl = next(self._impls_of(types[0], trait), None) if len(types) == 1 else None
        if impl is None:
            return False
        self._used_here_alone(types[0], source, made)
        self._rewrite(types[0], *impl)
        return True

    def holds(self, source: Source, function: Node) -> bool:
        """Is the function one of an impl that was rewritten?"""
        holder = source.enclosing(function, ("impl_item",))
        return holder is not None and (source.path, holder) in self._impls

    def _types(self, source: Source, made: Node) -> list[Item]:
        if made.type in ("identifier", "scoped_identifier"):  # a unit struct
            return list(self._facts.items.resolve(source, made, source.text(made), *TYPES))
        return list(self._facts.calls.made_by(source, made))

    def _impls_of(self, item: Item, trait: bytes) -> Iterator[tuple[Source, Node]]:
        for source, node in self._facts.calls.mentions(trait):
            impl = source.enclosing(node, ("impl_item",))
            named = item_nodes.trait_of(impl) if impl is not None else None
            owner = item_nodes.type_of(impl) if impl is not None else None
            if (
                impl is None
                or named is None
                or owner is None
                or span_of(node) not in span_of(named)
            ):
                continue
            head = nodes.generic_head(owner)
            if item in self._facts.items.resolve(source, head, source.text(head), *TYPES):
                yield source, impl

    def _used_here_alone(self, item: Item, source: Source, made: Node) -> None:
        for other, node in self._facts.calls.mentions(item.name):
            mine = other.path == source.path and span_of(node) in span_of(made)
            up = node.parent
            defines = (
                up is not None and item_nodes.name_of(up) == node and up.type.endswith("_item")
            )
            inside = owner_of(other, node) == item.name
            if mine or defines or inside or other.enclosing(node, ("use_declaration",)):
                continue
            name = item.name.decode("utf-8", "replace")
            raise NotOwnedError(f"`{name}` is used at {place(other, node)}, too")

    def _rewrite(self, item: Item, source: Source, impl: Node) -> None:
        name = item.name.decode("utf-8", "replace")
        associated = streams.associated(source, impl, b"Item")
        if associated is None or not self._edits.payload(source, associated):
            raise NotOwnedError(f"the items of `{name}` are written in another way")
        if is_conditional(source, impl):
            raise NotOwnedError(f"what `{name}` gives stands under `cfg`")
        self._flow.note_public(item)
        self._impls.append((source.path, impl))
        body = statement_nodes.body_of(impl)
        for function in body.named_children if body is not None else ():
            declared = item_nodes.return_type(function)
            if function.type != "function_item" or declared is None:
                continue
            of_frames = self._edits.payload(source, declared)
            if not of_frames and b"Self::Item" not in source.text(declared):
                continue
            for value in values_of(source, function):
                self._produced(source, value)


def values_of(source: Source, function: Node) -> list[Node]:
    """The body of the function, and what its ``return``s give (not those of closures in it)."""
    body = statement_nodes.body_of(function)
    returned = [
        value
        for node in walk_all(source, function)
        if node.type == "return_expression" and source.enclosing(node, FUNCTIONS) == function
        for value in nodes.named_children(node)[:1]
    ]
    return [*([body] if body is not None else []), *returned]
