"""A copied ``Option`` that is opened at once, ``x.clone().unwrap()``, as a copy of what is inside of it: what
``x.as_ref().unwrap()`` lends may do as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.rust.opened_copies import Lent, Opened, opened
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_named, view_of
from engine.rust.types import Type
from engine.rust.usages import UsageKind, usage_of

from .clone_types import CloneTypes
from .located_clone import LocatedClone, taker_of
from .parameter_groups import Decision

if TYPE_CHECKING:
    from engine.detect.facts import Facts


def inside(decision: Decision, facts: Facts) -> Decision | None:
    """The same site as a copy of what is inside, about which nothing is decided yet; None where it is not
    opened, or what is inside cannot be lent."""
    located, types = decision.located, decision.types
    found = opened(located.source, located.clone)
    mutable = types.receiver.is_mut_ref and types.receiver.args[0] == types.cloned
    if found is None or not (types.same or types.behind or mutable):
        return None
    if types.same and located.place.is_temporary:
        return None  # it can be taken as it is
    if not is_named(types.cloned, *(("Option",) if found.option_only else ("Option", "Result"))):
        return None
    made = facts.type_of(located.site.path, found.clone.span)
    lent = _lent(made, found) if made is not None else None
    usage = usage_of(located.source, found.clone.node)
    if made is None or lent is None or made.is_ref:
        return None
    if usage.kind is UsageKind.LET and ends_with_the_statement(located, facts):
        return None
    holder = taker_of(usage)
    taker = facts.type_of(located.site.path, span_of(holder)) if holder is not None else None
    return Decision(
        replace(located, clone=found.clone, usage=usage),
        CloneTypes(made, Type("&", (lent,), "ref"), taker),
        facts.type_facts.ownership(made),
    )


def _lent(made: Type, found: Opened) -> Type | None:
    """What the reference is to: the value inside, or its view, where that has a default."""
    if found.lent is Lent.REFERENCE:
        return made
    return view_of(made) if is_named(made, "String", "Vec") else None


def ends_with_the_statement(located: LocatedClone, facts: Facts) -> bool:
    """May what the place is a part of be gone behind the ``let``?"""
    calls = (node for node in located.place.prefixes if node.type == "call_expression")
    return any(facts.typed_places.is_owned(located.source, node) for node in calls)
