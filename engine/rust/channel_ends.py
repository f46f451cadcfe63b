"""Which names hold an end of a channel: those that it is given on its way from the call that makes the channel, as
locals, parameters and fields.

Followed: ``let`` patterns, clones and wrappers (``Arc::new(tx)``, ``Some(tx)``), arguments of the workspace's own
functions, fields of what is made with it. A field counts by its name, in whatever type. Not answered: ends that are
returned, sent on, or put into a collection; of these it is told that they went somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import Calls, parameter_of
from engine.rust.nodes import (
    access_of,
    arguments_of,
    bare,
    borrowed,
    call_around,
    callee_name,
    initialized,
    last_segment,
    method_call,
    named_children,
    outward,
)
from engine.rust.scopes import Binding, pattern_names, scopes_of
from engine.rust.statement_nodes import let_of, pattern_of
from engine.rust.syntax import Source

_WRAPPERS = frozenset({b"Some", b"Ok", b"new", b"pin", b"clone", b"from", b"into"})
_KEEPING = frozenset({b"clone", b"fuse", b"into", b"to_owned"})


@dataclass
class HeldBy:
    """The names of one end: locals by (file, declaration), and ``fields``. ``lost``: it went where it is not
    followed."""

    locals: set[tuple[str, Span]] = field(default_factory=set)
    fields: set[bytes] = field(default_factory=set)
    lost: bool = False

    def holds(self, source: Source, end: Node) -> bool:
        """Does the expression name that end, as far as names tell?"""
        node = _inner(source, end)
        access = access_of(node)
        if access is not None:
            return source.text(access.name) in self.fields
        function = source.fn_item_of(node) if node.type == "identifier" else None
        if function is None:
            return False
        binding = scopes_of(source, function).resolve(source.text(node), node.start_byte)
        return binding is not None and (source.path, binding.decl) in self.locals


def ends_of(source: Source, making: Node) -> tuple[Node, Node] | None:
    """The patterns of sender and receiver of the channel that the call ``making`` makes, where a ``let`` takes
    both apart."""
    up = outward(making).parent
    let = let_of(up) if up is not None else None
    if let is None or let.pattern.type != "tuple_pattern":
        return None
    ends = named_children(let.pattern)
    return (ends[0], ends[1]) if len(ends) == 2 else None


def held_by(source: Source, pattern: Node, calls: Calls) -> HeldBy:
    """All names of the end that ``pattern`` binds."""
    found = HeldBy()
    pending = [(source, name) for name in pattern_names(pattern)]
    while pending:
        place, name = pending.pop()
        function = place.fn_item_of(name)
        binding = scopes_of(place, function).binding_at(name) if function is not None else None
        if function is None or binding is None or (place.path, binding.decl) in found.locals:
            continue
        found.locals.add((place.path, binding.decl))
        for use in scopes_of(place, function).uses(binding):
            pending += _followed(place, place.innermost(use.span), calls, found, binding)
    return found


def _inner(source: Source, end: Node) -> Node:
    """The name in ``&tx``, ``tx.clone()``, ``(tx)``."""
    node = bare(end)
    while True:
        method = method_call(source, node)
        inner = borrowed(node)
        if (
            inner is None
            and method is not None
            and method.method in _KEEPING | {b"as_ref", b"as_mut"}
        ):
            inner = method.receiver
        if inner is None:
            return node
        node = bare(inner)


def _followed(
    source: Source, use: Node, calls: Calls, found: HeldBy, binding: Binding
) -> list[tuple[Source, Node]]:
    """The names that get the end where it is used; fields are added to ``found``."""
    node = use
    while True:
        whole = outward(node)
        up = whole.parent
        if up is None:
            return []
        if up.type == "shorthand_field_initializer":
            found.fields.add(source.text(use))
            return []
        made = initialized(up)
        if made is not None:
            found.fields.add(source.text(made[0]))
            return []
        if borrowed(up) == whole:
            node = up
            continue
        let = let_of(up)
        if let is not None:
            pattern = pattern_of(up)
            return (
                [(source, name) for name in pattern_names(pattern)] if pattern is not None else []
            )
        method = method_call(source, up.parent) if up.parent is not None else None
        if method is not None and method.receiver == whole:
            if method.method in _KEEPING and up.parent is not None:
                node = up.parent
                continue
            return []
        call = call_around(whole)
        if call is not None:
            name = callee_name(call)
            given = arguments_of(call).index(whole) if whole in arguments_of(call) else 0
            targets = list(calls.callees(source, name)) if name is not None else []
            if not targets:
                if name is not None and last_segment(source.text(name)) in _WRAPPERS:
                    node = call
                    continue
                found.lost = True
                return []
            return _parameters(source, call, given, targets)
        if up.type not in ("expression_statement", "macro_invocation", "token_tree"):
            found.lost = True
        return []


def _parameters(
    source: Source, call: Node, given: int, targets: list[tuple[Source, Node]]
) -> list[tuple[Source, Node]]:
    by_method = method_call(source, call) is not None
    found: list[tuple[Source, Node]] = []
    for place, function in targets:
        parameter = parameter_of(function, by_method, given)
        pattern = pattern_of(parameter) if parameter is not None else None
        if pattern is not None:
            found += [(place, name) for name in pattern_names(pattern)]
    return found
