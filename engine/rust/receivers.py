"""Receivers of method calls that are written anew: how much of a value is dereferenced, and whether the
name may find another method than the one that is meant.

Rust reference, "Method-call expressions": step by step of auto-deref, at each first what takes the
receiver as it is, then ``&``, then ``&mut``; at each of these inherent methods first. Of two traits at
one place rustc complains (E0034); one that stands before wins silently. Known are the traits of the
workspace: of another crate's trait with a method of std's name nothing is known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from engine.base.model import Span
from engine.rust.codegen import operand_at
from engine.rust.definitions import Item
from engine.rust.item_nodes import self_parameter
from engine.rust.items import Items
from engine.rust.syntax import Source
from engine.rust.trait_scope import TraitScopes
from engine.rust.types import Type

_ORDER = ("self", "&self", "&mut self")
_TAKES = re.compile(rb"&\s*(?:'\w+\s+)?(mut\s)?\s*self\Z")

Takes = Literal["self", "&self", "&mut self"]


def dereferenced_to(
    source: Source, span: Span, type_: Type, wanted: Callable[[Type], bool]
) -> tuple[bytes, Type] | None:
    """What stands at ``span`` (an expression, or a name in a format string) with as many ``*`` as it
    takes until a ``&self`` method of the first ``wanted`` type behind it is found before any other, and
    that type: ``(**x, u8)`` of a ``x: &&&u8``. None where auto-deref leads to no such type."""
    chain = type_.deref_chain()
    at = next((count for count, step in enumerate(chain) if wanted(step)), None)
    if at is None:
        return None
    stars = at - 1 if at and chain[at - 1].is_ref else at
    text = operand_at(source, span)
    return (b"(" + b"*" * stars + text + b")" if stars else text), chain[at]


def rival(
    scopes: TraitScopes, source: Source, at: int, type_: Type, name: bytes, takes: Takes
) -> Item | None:
    """A trait's method of the workspace that ``x.name(..)``, written at the offset ``at`` of an ``x`` of
    this type, may silently mean instead of the one that ``takes`` self so. A type with arguments (a
    ``Box``, a guard) is taken to be looked through, so that any method of its own comes before."""
    further = bool(type_.behind_refs()[1].args)
    for method in scopes.items.named(name, "fn", "signature"):
        before = _ORDER.index(_taken(scopes.items, method)) < _ORDER.index(takes)
        if method.in_trait and (further or before):
            traits = [i for i in scopes.items.named(method.owner, "trait") if i.path == method.path]
            if any(scopes.may_see(source, at, trait) for trait in traits):
                return method
    return None


def _taken(items: Items, method: Item) -> Takes:
    """How the method takes self. ``self: T`` may be any type: it counts as first."""
    source, node = items.open(method)
    parameter = self_parameter(node)
    hit = _TAKES.search(source.text(parameter)) if parameter is not None else None
    if parameter is None:
        return "&mut self"  # not called by a receiver
    if hit is None:
        return "self"
    return "&mut self" if hit[1] else "&self"
