"""Copies of what may change through a shared reference: cells, what is not known, what a type with a
``Clone`` of its own shares with others. Such a copy is a snapshot, of which a reference is none.

Answered: may a type change so, and is anything run while the copy is looked at? What is called by a name
that std gives to methods that only look at something counts as nothing (``effects``).
"""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.effects import Effect, effects
from engine.rust.known_calls import is_conventional_method
from engine.rust.known_types import Nature
from engine.rust.nodes import method_call
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type


def may_change(type_: Type, facts: TypeFacts, held: TypeFacts) -> str:
    """Why a value of ``type_`` may change behind a shared reference while a clone of it does not; "" where it
    does not, or where that is what ``facts`` tell of it as a cell. ``held`` tells what it holds, whatever
    its own ``Clone`` and ``Drop`` are."""
    if facts.ownership(type_).nature is not Nature.UNKNOWN:
        return ""
    inside = held.ownership(type_)
    if inside.nature is Nature.PLAIN:
        return ""
    if inside.nature is Nature.SHARED:
        return f"a clone of a `{type_.short()}` may be a deep one of what others share"
    return inside.why or facts.ownership(type_).why


def run_during(
    source: Source, scopes: Scopes, during: Span, bound: Iterable[Binding] = ()
) -> Effect | None:
    """The first thing within ``during``, or before the last use of the names ``bound``, that may run code
    which changes something; None where nothing does."""
    until = max([during.end, *(_last(source, scopes, binding) for binding in bound)])
    for effect in effects(source, scopes.function):
        inside = during.start <= effect.span.start and effect.span.end <= until
        if inside and not _is_harmless(source, effect):
            return effect
    return None


def _is_harmless(source: Source, effect: Effect) -> bool:
    if effect.what != "convention":
        return False
    called = method_call(source, effect.node)
    return called is None or is_conventional_method(called.method, local=False)


def _last(source: Source, scopes: Scopes, binding: Binding) -> int:
    """Where the name is used for the last time: at the end of a loop around that, and perhaps at any time
    where a closure has it."""
    end = binding.decl.end
    for use in scopes.uses(binding):
        end = max(end, use.span.end)
        for around in source.ancestors(source.innermost(use.span)):
            if span_of(around) not in binding.scope or binding.decl in span_of(around):
                break
            if around.type in FUNCTIONS:
                end = max(end, binding.scope.end)
            elif around.type in LOOPS:
                end = max(end, around.end_byte)
    return end


def behind(node: Node, holder: Node) -> Span:
    """What is evaluated in ``holder`` after ``node``."""
    return Span(node.end_byte, holder.end_byte)
