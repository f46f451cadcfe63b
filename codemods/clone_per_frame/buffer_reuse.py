"""Owning the frames upstream (option ``reuse = true``): a read buffer hands out its bytes.

``tx.send(buf.clone().freeze()); buf.clear();`` copies every frame. ``split`` gives away what was
read and ``reserve`` gets the room back: the same allocation, as soon as no frame of it is alive.
"""

from __future__ import annotations

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.control_flow import exits
from engine.rust.copies import Clone
from engine.rust.nodes import call_of, method_call
from engine.rust.places import Place
from engine.rust.scopes import Binding, Scopes
from engine.rust.statement_nodes import expression_in
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_bytes, is_named
from engine.rust.usages import Usage, UsageKind
from engine.rust.value_flow import value_of

from .clone_types import CloneTypes, Rewrite

_ROUNDS = ("break_expression", "continue_expression")
_COUNTS = ("integer_literal", "identifier", "scoped_identifier", "binary_expression")


def reuse_buffer(
    clone: Clone, usage: Usage, types: CloneTypes, place: Place, scopes: Scopes
) -> Rewrite | str:
    """The rewrite, or in words why the buffer cannot own its frames."""
    source = clone.source
    node = _frame(clone, usage, types)
    buffer = types.receiver.args[0] if types.receiver.is_mut_ref else types.receiver
    if node is None or not is_named(buffer, "BytesMut"):
        return "only a frame copied whole out of a `BytesMut` can be handed out by it"
    binding = scopes.resolve(source.text(place.root), place.root.start_byte)
    if place.fields or not place.simple or binding is None:
        return f"`{clone.name}` is no local buffer"
    name = clone.name
    clear = _cleared(source, node, binding, scopes)
    if clear is None:
        return f"`{name}.clear()` does not follow on the copy in the same block"
    room = _room(source, binding, scopes)
    if room is None:
        return (
            f"how much room `{name}` is to keep is not written here (`with_capacity` of a constant)"
        )
    if source.comments_in(span_of(node)) or source.comments_in(span_of(clear)):
        return "a comment stands in the way"
    taken = clone.receiver_text + (b".split()" if is_named(types.cloned, "BytesMut") else b"")
    if is_bytes(types.cloned) or node != clone.node:
        taken = clone.receiver_text + b".split().freeze()"
    again = clone.receiver_text + b".reserve(" + room + b")"
    edits = (
        Edit(source.path, node.start_byte, node.end_byte, taken),
        Edit(source.path, clear.start_byte, clear.end_byte, again),
    )
    how = (
        f"`{name}` hands out what it has read; `reserve` takes the room back once no frame of it is "
        "alive, and allocates anew otherwise."
    )
    doubt = (
        "a frame that is kept for long keeps its whole buffer, and whether the room comes back "
        "depends on the consumers"
    )
    return Rewrite("reuse", edits, how, doubt)


def _frame(clone: Clone, usage: Usage, types: CloneTypes) -> Node | None:
    """The expression that makes the frame: the clone, or ``clone().freeze()``."""
    if usage.kind is UsageKind.METHOD:
        return usage.holder if usage.name == b"freeze" else None
    if is_bytes(types.cloned) and clone.word == b"copy_from_slice":
        return clone.node
    return clone.node if is_named(types.cloned, "BytesMut") else None


def _cleared(source: Source, node: Node, binding: Binding, scopes: Scopes) -> Node | None:
    """The call ``buffer.clear()`` that is the next use of the buffer, in the same block."""
    statement = source.statement_of(node)
    if statement is None:
        return None
    later = [u.span for u in scopes.uses(binding) if u.span.start >= node.end_byte]
    following = statement.next_named_sibling
    while following is not None and not any(use in span_of(following) for use in later):
        if any(leaving.type in _ROUNDS for leaving in exits(source, following)):
            return None
        following = following.next_named_sibling
    if following is None or any(use.start < following.start_byte for use in later):
        return None
    call = expression_in(following)
    method = method_call(source, call)
    cleared = method is not None and method.method == b"clear" and span_of(method.receiver) in later
    return call if cleared else None


def _room(source: Source, binding: Binding, scopes: Scopes) -> bytes | None:
    """The argument of the ``BytesMut::with_capacity(..)`` that made the buffer: a constant."""
    value = value_of(source, binding)
    call = call_of(value) if value is not None else None
    if call is None or not source.text(call.callee).endswith(b"with_capacity"):
        return None
    if len(call.arguments) != 1 or call.arguments[0].type not in _COUNTS:
        return None
    count = call.arguments[0]
    names = [n for n in (count, *count.named_children) if n.type == "identifier"]
    local = any(scopes.resolve(source.text(n), n.start_byte) is not None for n in names)
    return None if local or source.comments_in(span_of(count)) else source.text(count)
