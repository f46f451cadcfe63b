"""Streams and channels, as the code around them shows: where an item is taken and from what, which calls
hand the items on as they are, and where a written type says what the items are.

By the names that ``futures``, ``tokio-stream``, ``tokio`` and std give to them; of channels those with
one consumer alone (``mpsc``), since only there what is taken is nobody else's. Not answered: whether
a method is that of the trait (the types tell), and what a foreign function gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from engine.rust.effects import parts_of
from engine.rust.imports import full_paths
from engine.rust.item_nodes import bounds_on, name_of, type_arguments, type_of
from engine.rust.nodes import (
    awaited,
    bare,
    borrowed,
    call_of,
    dereferenced,
    generic_head,
    last_name,
    macro_name,
    method_call,
    named_children,
    tried,
)
from engine.rust.queries import walk
from engine.rust.scopes import Binding
from engine.rust.select_arms import arm_that_binds
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source

# They take the next item; what they give may be wrapped (`Option`, `Result`) or a future of it.
_TAKING = frozenset(b"next try_next recv blocking_recv try_recv".split())
# They unwrap what was taken, or change what is around it.
_UNWRAPPING = frozenset(
    b"unwrap expect transpose map_err context with_context ok_or ok_or_else ok".split()
)
_VIEWING = frozenset({b"as_mut", b"by_ref"})
# They give the same items, or some of them.
_KEEPING = frozenset(
    b"""fuse boxed boxed_local take skip take_until filter take_while skip_while inspect inspect_ok
    inspect_err map_err err_into by_ref as_mut throttle into_stream try_filter try_take_while
    try_skip_while""".split()
)
_KEEPING_FUNCTIONS = frozenset(
    {(b"Box", b"pin"), (b"Box", b"new"), (b"Pin", b"new")}
    | {(b"ReceiverStream", b"new"), (b"UnboundedReceiverStream", b"new")}
)
_PINNING = frozenset({b"pin", b"pin_mut"})
_AROUND_ARGUMENT = ("source_file", "expression_statement", "parenthesized_expression")
_MAPPING = frozenset({b"map", b"map_ok", b"then", b"and_then"})
_LOOPING = frozenset({b"for_each", b"try_for_each"})
_STREAMS = frozenset({b"Stream", b"FusedStream"})
_BOXED = frozenset({b"BoxStream", b"LocalBoxStream"})
_WRAPPERS = frozenset({b"ReceiverStream", b"UnboundedReceiverStream"})
RECEIVERS = frozenset({b"Receiver", b"UnboundedReceiver"})
SENDERS = frozenset({b"Sender", b"UnboundedSender", b"SyncSender"})
_CHANNELS = frozenset({b"channel", b"unbounded_channel", b"unbounded", b"sync_channel"})
_SENDING = frozenset(b"send try_send blocking_send unbounded_send send_timeout feed".split())
# They look at an end of a channel, or let it go.
_LOOKING = frozenset(
    b"""close close_channel len is_empty is_closed closed capacity max_capacity size_hint
    same_channel flush""".split()
)
_ITEM = re.compile(rb"\s*(?:(?:Some|Ok|Ready)\s*\(\s*)*(?:mut\s+)?\w+[\s),]*")
_CONTAINERS = frozenset({b"Result", b"Option"})


class Mapped(NamedTuple):
    """``stream.method(function)``, whose items are what ``function`` makes of those of ``stream``."""

    call: Node
    stream: Node
    method: bytes
    function: Node


class Channel(NamedTuple):
    """``let (sender, receiver) = path(..)``: the patterns of the two ends, and the call."""

    sender: Node
    receiver: Node
    call: Node


# -- taking ----------------------------------------------------------------------------------------


def unwrapped(source: Source, value: Node) -> Node:
    """``value`` without awaits, ``?``, ``unwrap`` and the like around it."""
    return _peeled(source, value, lambda node: awaited(node) or tried(node), _UNWRAPPING)


def taken_from(source: Source, value: Node) -> Node | None:
    """The stream or receiver of which ``value`` is the next item, however wrapped: ``s`` of
    ``s.next().await``, ``StreamExt::next(&mut s).await?``; None for anything else."""
    node = unwrapped(source, value)
    method = method_call(source, node)
    if method is not None:
        taking = method.method in _TAKING and not method.arguments
        return handed_on(source, method.receiver) if taking else None
    call = call_of(node)
    if call is None or len(call.arguments) != 1 or last_name(source, call.callee) not in _TAKING:
        return None
    return handed_on(source, call.arguments[0])


def handed_on(source: Source, stream: Node) -> Node:
    """The stream that ``stream`` refers to: without ``&mut``, ``as_mut()``, ``by_ref()``."""
    return _peeled(source, stream, lambda node: borrowed(node) or dereferenced(node), _VIEWING)


def _peeled(
    source: Source, whole: Node, inside: Callable[[Node], Node | None], methods: frozenset[bytes]
) -> Node:
    """``whole`` without what ``inside`` looks into, and without calls of ``methods``."""
    node = bare(whole)
    while True:
        inner = inside(node)
        if inner is None:
            call = method_call(source, node)
            inner = call.receiver if call is not None and call.method in methods else None
        if inner is None:
            return node
        node = bare(inner)


def is_item(source: Source, binding: Binding) -> bool:
    """Is the name all that its pattern takes out of ``Some``, ``Ok`` and the like?"""
    node = source.innermost(binding.decl)
    if binding.kind == "select":
        arm = arm_that_binds(source, node)
        return arm is not None and _ITEM.fullmatch(source.slice(arm.pattern)) is not None
    if node.type != "identifier":
        return False
    up = source.parent(node)
    while up is not None and up.type in ("mut_pattern", "tuple_struct_pattern"):
        if up.type == "tuple_struct_pattern":
            path, *inside = named_children(up)
            if last_name(source, path) not in (b"Some", b"Ok", b"Ready") or len(inside) != 1:
                return False
        up = source.parent(up)
    return up is not None and up.type not in ("tuple_pattern", "struct_pattern", "field_pattern")


def looped_over(source: Source, closure: Node) -> Node | None:
    """The stream whose items are given to ``closure``, one after the other: ``s.for_each(closure)``."""
    listed = closure.parent
    call = listed.parent if listed is not None and listed.type == "arguments" else None
    method = method_call(source, call) if call is not None else None
    if method is None or method.method not in _LOOPING or method.arguments != (closure,):
        return None
    return method.receiver


# -- handing on ------------------------------------------------------------------------------------


def kept(source: Source, node: Node) -> Node | None:
    """The stream whose items ``node``, a call, gives as they are: ``s`` of ``s.fuse()``,
    ``Box::pin(s)``, ``ReceiverStream::new(s)``, ``pin!(s)``."""
    method = method_call(source, node)
    if method is not None:
        return method.receiver if method.method in _KEEPING else None
    if node.type == "macro_invocation" and macro_name(source, node) in _PINNING:
        given = list(parts_of(source, node))
        while len(given) == 1 and (given[0].is_error or given[0].type in _AROUND_ARGUMENT):
            given = named_children(given[0])
        return bare(given[0]) if len(given) == 1 else None
    call = call_of(node)
    if call is None or len(call.arguments) != 1:
        return None
    path = b"".join(source.text(call.callee).split()).split(b"::")
    owner = path[-2].partition(b"<")[0] if len(path) > 1 else b""
    return call.arguments[0] if (owner, path[-1]) in _KEEPING_FUNCTIONS else None


def mapped(source: Source, node: Node) -> Mapped | None:
    """The parts of ``stream.map(f)`` and its kin."""
    method = method_call(source, node)
    if method is None or method.method not in _MAPPING or len(method.arguments) != 1:
        return None
    return Mapped(node, method.receiver, method.method, method.arguments[0])


def is_pinned(source: Source, use: Node) -> bool:
    """Is ``use`` the argument of ``pin_mut!(x)``, which pins the name in its place?"""
    up = source.parent(use)
    while up is not None and (up.is_error or up.type in _AROUND_ARGUMENT):
        up = source.parent(up)
    return up is not None and macro_name(source, up) in _PINNING


def sent(source: Source, sender: Node) -> Node | None:
    """What is sent through the end ``sender`` of a channel, where it stands: ``x`` of
    ``sender.send(x)``."""
    call = _method_of(source, sender)
    given = method_call(source, call) if call is not None else None
    if given is None or given.method not in _SENDING or not given.arguments:
        return None
    return given.arguments[0]


def is_looked_at(source: Source, end: Node) -> bool:
    """Is the stream, or end of a channel, only looked at, closed or dropped where it stands?"""
    call = _method_of(source, end)
    method = method_call(source, call) if call is not None else None
    if method is not None:
        return method.method in _LOOKING
    up = end.parent
    dropped = call_of(up.parent) if up is not None and up.parent is not None else None
    return (
        up is not None
        and up.type == "arguments"
        and dropped is not None
        and last_name(source, dropped.callee) == b"drop"
    )


def cloned_end(source: Source, sender: Node) -> Node | None:
    """The call ``sender.clone()`` where ``sender`` stands."""
    call = _method_of(source, sender)
    method = method_call(source, call) if call is not None else None
    return call if method is not None and method.method == b"clone" else None


def _method_of(source: Source, receiver: Node) -> Node | None:
    up = receiver.parent
    call = up.parent if up is not None and up.type == "field_expression" else None
    if call is not None and call.type == "generic_function":
        call = call.parent
    method = method_call(source, call) if call is not None else None
    return call if method is not None and method.receiver == receiver else None


def channel_of(source: Source, binding: Binding) -> Channel | None:
    """The channel that ``binding``, a ``let``'s, is an end of."""
    statement = source.node_at(binding.statement)
    let = let_of(statement) if statement is not None else None
    value = let.value if let is not None else None
    call = call_of(value) if value is not None else None
    if let is None or value is None or call is None or let.pattern.type != "tuple_pattern":
        return None
    ends = named_children(let.pattern)
    if last_name(source, call.callee) not in _CHANNELS or len(ends) != 2:
        return None
    path = full_paths(source, value, b"".join(source.text(call.callee).split()))
    path = path or (source.text(call.callee),)
    if not all(b"mpsc" in p.split(b"::") for p in path):
        return None
    return Channel(_name_in(ends[0]), _name_in(ends[1]), value)


def _name_in(pattern: Node) -> Node:
    inside = [child for child in pattern.named_children if child.type == "identifier"]
    return inside[0] if pattern.type == "mut_pattern" and inside else pattern


# -- written types ---------------------------------------------------------------------------------


def item_types(source: Source, declared: Node, generic: Node | None = None) -> list[Node]:
    """Where the type ``declared`` (of a stream, or an end of an ``mpsc`` channel) says what the items
    are: ``T`` of ``impl Stream<Item = T>``, ``Pin<Box<dyn Stream<Item = T> + Send>>``,
    ``BoxStream<'_, T>``, ``mpsc::Receiver<T>``. For a generic parameter of ``generic`` (a function, an
    ``impl``), where its bounds say so. [] where nothing does."""
    if declared.type == "type_identifier" and generic is not None:
        bounds = bounds_on(source, generic, source.text(declared))
        return [found for bound in bounds for found in _items_in(source, bound)]
    return list(_items_in(source, declared))


def _items_in(source: Source, declared: Node) -> Iterator[Node]:
    for node in walk(declared):
        if node.type == "type_binding":
            named, type_ = name_of(node), type_of(node)
            listed = node.parent
            trait = listed.parent if listed is not None else None
            if named is None or type_ is None or trait is None:
                continue
            if source.text(named) == b"Item" and last_name(source, trait) in _STREAMS:
                yield type_
        elif node.type == "generic_type" and _holds_items(source, node):
            inside = [n for n in type_arguments(node) if n.type != "lifetime"]
            if len(inside) == 1:
                yield inside[0]


def _holds_items(source: Source, node: Node) -> bool:
    name = last_name(source, node)
    if name in _BOXED or name in _WRAPPERS:
        return True
    if name not in RECEIVERS and name not in SENDERS:
        return False
    head = generic_head(node)
    written = b"".join(source.text(head).split())
    found = full_paths(source, head, written) or (written,)
    return all(b"mpsc" in path.split(b"::") for path in found)


def payload_of(source: Source, declared: Node, name: bytes) -> Node | None:
    """Where the type ``declared`` says ``name``: itself, or inside of ``Result`` and ``Option`` (the
    last segment counts: ``io::Result<T>``); None where something else stands."""
    node = declared
    while node.type == "generic_type" and last_name(source, node) in (*_CONTAINERS, b"Poll"):
        inside = type_arguments(node)
        if not inside:
            return None
        node = inside[0]
    named = node.type in ("type_identifier", "scoped_type_identifier")
    return node if named and last_name(source, node) == name else None


def associated(source: Source, impl: Node, name: bytes) -> Node | None:
    """The type that an ``impl`` gives to its associated type ``name``."""
    for node in walk(impl):
        if node.type == "type_item" and source.enclosing(node, ("impl_item",)) == impl:
            label, type_ = name_of(node), type_of(node)
            if label is not None and source.text(label) == name:
                return type_
    return None
