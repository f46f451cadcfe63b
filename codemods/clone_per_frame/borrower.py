"""What a borrowing rewrite is made from, and the text that stands in the clone's place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.borrows import parts_taken
from engine.rust.calls import Receiver
from engine.rust.codegen import has_comment_around
from engine.rust.copies import Clone
from engine.rust.known_calls import COPYING, is_reading_method, is_taking_method
from engine.rust.nodes import arguments_of, borrowed, call_around, is_mut, method_call
from engine.rust.read_places import is_only_read
from engine.rust.scopes import Binding, Scopes
from engine.rust.signatures import ReferenceBound
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts, is_data, is_view, view_of
from engine.rust.usages import Usage

from .clone_types import CloneTypes, Rewrite

if TYPE_CHECKING:
    from engine.rust.types import Type


@dataclass(frozen=True)
class Borrower:
    """What the borrowing rewrite of one clone is made from.

    ``by_reference`` tells how the workspace's method of a name takes its receiver, ``changed`` at
    which line the place may change within a span (0: nowhere), ``last_use`` whether it could be moved instead.
    """

    clone: Clone
    usage: Usage
    types: CloneTypes
    scopes: Scopes
    type_facts: TypeFacts
    by_reference: Callable[[Type, bytes], Receiver]
    changed: Callable[[Span], int]
    surely_changed: Callable[[Span], int]
    last_use: bool
    temporary: bool  # the place is what a call returned
    told: Callable[[Node], Type | None]  # what rustc says of an expression
    bound: ReferenceBound  # of the parameter that takes it as an argument
    reads: Callable[[bytes], bool]  # may a method of this name be called on a reference?
    own: Callable[[bytes], bool]  # does a trait of the workspace have one of this name?

    @property
    def source(self) -> Source:
        """The clone's file."""
        return self.clone.source

    @property
    def mutable(self) -> bool:
        """Is the place a ``&mut`` to what the clone makes?"""
        place = self.types.receiver
        return place.is_mut_ref and place.args[0] == self.types.cloned

    def gives_parts(self, bindings: Iterable[Binding]) -> bool:
        """Is a field of ``bindings``, which is not ``Copy``, moved out of?"""
        for part in parts_taken(self.source, self.scopes, bindings):
            type_ = self.told(part)
            if type_ is not None and not self.type_facts.may_be_copy(type_):
                return True
        return False

    def copied(self, name: Node) -> bool:
        """Is what a name holds known to be ``Copy``?"""
        type_ = self.told(name)
        return type_ is not None and self.type_facts.is_copy(type_)

    def lent_to_its_changer(self, argument: Node) -> bool:
        """Is ``argument`` given to a method that changes what the place belongs to, ``self.send(&self.x)``
        with ``&mut self`` or ``s.push_str(&s)``, or to a function beside a ``&mut`` to it: E0502?"""
        call = call_around(argument)
        if call is None:
            return False
        lent = (other for other in arguments_of(call) if borrowed(other) is not None)
        spans = [span_of(other) for other in lent if is_mut(other)]
        if method_call(self.source, call) is not None:
            spans.append(Span(call.start_byte, argument.start_byte))
        return any(self.surely_changed(span) > 0 for span in spans)

    def compared_with_elements(self) -> bool:
        """Is the reference given to `contains` or `binary_search` of a list, which take one to an element's
        very type?"""
        call = call_around(self.usage.holder)
        method = method_call(self.source, call) if call is not None else None
        if method is None or method.method not in (b"contains", b"binary_search"):
            return False
        owner = self.told(method.receiver)
        viewed = view_of(owner) if owner is not None else None
        return self.types.view and viewed is not None and viewed.kind == "slice"

    def only_reads(self) -> bool:
        """Does what is done with the parts of the copy, ``x.clone()[i].name``, only read them, so that it
        may be done with those of the place?"""
        return is_only_read(self.source, self.clone.node, self._reads_part)

    def _reads_part(self, part: Node, method: bytes) -> bool:
        type_ = self.told(part)
        if type_ is None:
            return False
        for step in type_.deref_chain():
            found = self.by_reference(step, method)
            if found is not Receiver.UNKNOWN:
                return found is Receiver.REFERENCE
        if method in COPYING:
            return True
        reads = is_reading_method(method) and not is_taking_method(method)
        return reads and any(is_data(t) or is_view(t) for t in type_.deref_chain())

    def dereferenced(self, how: str) -> Rewrite | None:
        """The place in ``*x.clone()``, behind so many references that the same is seen."""
        types, place = self.types, self.clone.receiver_text
        if types.same:
            return self.bare(how)
        seen, chain = types.cloned.deref_chain()[1:2], types.receiver.deref_chain()
        if not seen:  # another `Deref`
            stars = 1 if types.behind or self.mutable else -1
        else:
            stars = chain.index(seen[0]) - 1 if seen[0] in chain else -1
        if stars < 0:
            return None
        told = f"`{self.clone.name}` is used where it is: {how}."
        return self.made(self.clone.node, b"*" * stars + place, told)

    def reference(self) -> bytes:
        """The place as a reference, as short as it can be."""
        place = self.clone.receiver_text
        if self.types.receiver.is_mut_ref:
            return b"&*" + place
        if self.types.receiver.is_ref:
            return place
        return b"&" + place

    def given(self) -> bytes:
        """The place as an argument of a generic parameter."""
        place, type_ = self.clone.receiver_text, self.types.receiver
        if self.bound is not ReferenceBound.DEREF:
            return self.reference()
        if not type_.is_ref:
            return b"&*" + place
        viewed = type_.args[0]
        return self.reference() if view_of(viewed) == viewed else b"&**" + place

    def _over(self, node: Node, text: bytes) -> tuple[Edit, ...] | None:
        """Replace ``node`` by ``text``, which holds the place; None when a comment would be lost."""
        if has_comment_around(self.source, span_of(node), span_of(self.clone.receiver)):
            return None
        return (Edit(self.source.path, node.start_byte, node.end_byte, text),)

    def made(
        self, node: Node, text: bytes, how: str, more: Iterable[Edit] = (), doubt: str = ""
    ) -> Rewrite | None:
        """``node`` becomes ``text``; None when a comment would be lost."""
        edits = self._over(node, text)
        return Rewrite("borrow", (*edits, *more), how, doubt) if edits is not None else None

    def bare(self, how: str) -> Rewrite | None:
        """The place itself, without the clone."""
        text = self.clone.receiver_text
        operation = self.clone.receiver.type in ("unary_expression", "reference_expression")
        if operation and not self.clone.seen_as:
            text = b"(" + text + b")"
        return self.made(self.clone.node, text, f"`{self.clone.name}` is used where it is: {how}.")
