"""Locals of a group that hold no lock, but a guard of one, or what is behind it.

Values are followed through lock calls, for there may be locks behind locks. Where there are none, what becomes
of a guard is the section's matter, and what is behind the lock may go where it likes.
"""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import nodes
from engine.rust.lock_groups.lock_places import Key, LockPlaces
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.scopes import Binding, scopes_of
from engine.rust.syntax import Source, span_of
from engine.rust.value_flow import value_of


def without_guarded(places: LockPlaces, group: Group) -> Group:
    """The group without the locals that come out of one of its lock calls, directly or by another one's name."""
    taken = {(call.path, call.span) for call in group.lock_calls}
    left = list(group.locals)
    gone: set[Key] = set()
    while True:
        more = {key for key in left if key not in gone and _is_guarded(places, key, taken, gone)}
        if not more:
            return replace(group, locals=[key for key in left if key not in gone])
        gone |= more


def _is_guarded(places: LockPlaces, key: Key, taken: set[tuple[str, Span]], gone: set[Key]) -> bool:
    source = places.source(key[1])
    node = source.innermost(Span(key[2], key[2] + 1))
    binding = _binding(source, node)
    value = value_of(source, binding) if binding is not None else None
    while value is not None:
        if (source.path, span_of(value)) in taken:
            return True
        if value.type == "identifier":
            meant = _binding(source, value)
            return meant is not None and ("local", source.path, meant.decl.start) in gone
        value = _inner(source, value)
    return False


def _binding(source: Source, name: Node) -> Binding | None:
    function = source.fn_item_of(name)
    return scopes_of(source, function).binding_at(name) if function is not None else None


def _inner(source: Source, node: Node) -> Node | None:
    """What the expression begins with: ``x`` of ``&x``, ``x.f()``, ``x?``, ``x[i]``, ``x.a``."""
    bare = nodes.bare(node)
    if bare != node:
        return bare
    called, access, index = (
        nodes.method_call(source, node), nodes.access_of(node), nodes.indexed(node)
    )  # fmt: skip
    inside = (
        called.receiver if called is not None else None,
        access.base if access is not None else None,
        index[0] if index is not None else None,
        nodes.borrowed(node), nodes.dereferenced(node), nodes.tried(node), nodes.awaited(node),
    )  # fmt: skip
    return next((each for each in inside if each is not None), None)
