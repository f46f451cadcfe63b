"""From groups to proposals: refusals, orderings, level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from codemods.mutex_counter import structs
from codemods.mutex_counter.coupled import coupled
from codemods.mutex_counter.groups import Group, groups
from codemods.mutex_counter.guards import Refused
from codemods.mutex_counter.names import full_names
from codemods.mutex_counter.orderings import RELAXED, Orders
from codemods.mutex_counter.rewriting import (
    Rewritten,
    changing,
    counts_only,
    orders_for,
    rewritten,
)
from codemods.mutex_counter.wording import exposed_by, note
from codemods.mutex_counter.world import Call, Decl, World, build
from engine.base.model import Fix, Level, Outcome, Proposal, Site
from engine.detect.facts import Facts, Sources

# The latest survey of a run's sources: ``follow`` goes on from it.
_SURVEYS: WeakKeyDictionary[Sources, tuple[World, list[Group]]] = WeakKeyDictionary()


def surveyed(facts: Facts) -> tuple[World, list[Group]]:
    """The world and groups that ``plan`` saw."""
    return _SURVEYS.get(facts.sources) or (World(facts), [])


def plan(sites: Sequence[Site], facts: Facts) -> Iterator[Proposal]:
    """One proposal per group that is a counter; locks that are meant as locks are left out."""
    world = build(sites, facts)
    found = groups(world)
    _SURVEYS[facts.sources] = (world, found)
    for group in found:
        proposal = proposal_of(world, group)
        if isinstance(proposal, Proposal):
            yield proposal
    yield from structs.proposals(world)


def proposal_of(world: World, group: Group) -> Proposal | Refused:
    """What is proposed for a group; ``Refused`` when it is no counter behind a lock."""
    shown = tuple(d.site for d in group.decls if d.site.role == "site" and _is_counter(group, d))
    if not shown:
        return Refused("rustc knows no counter here", locks=True)
    shown = tuple(sorted(shown, key=lambda s: (s.kind in ("let", "local"), s.path, s.span)))
    blind = [c for c in group.calls if c.lock is None]
    if blind and len(blind) == len(group.calls):
        first = blind[0]
        reason = f"{_at(world, first)}: {world.facts.unknown(first.path, first.receiver)}"
        return Proposal(shown, reason=reason, outcome=Outcome.NOT_COMPILED)
    if not group.calls and all(d.family is None for d in group.decls if d.types):
        return Refused("what looks like a lock is another type", locks=True)
    refused = _refused(world, group, blind)
    if isinstance(refused, Refused):
        return Proposal(shown, reason=refused.reason)
    made = rewritten(world, group, RELAXED)
    if isinstance(made, Refused):
        return made if made.locks else Proposal(shown, reason=made.reason)
    orders = orders_for(group.inners, made.ops)
    if orders is not RELAXED:
        made = rewritten(world, group, orders)
        if isinstance(made, Refused):
            return Proposal(shown, reason=made.reason)
        bound = coupled(world, changing(world, group.calls))
        if bound is not None:
            return Proposal(shown, reason=bound.reason)
    return Proposal(shown, (_fix(world, group, made, orders),))


def _is_counter(group: Group, decl: Decl) -> bool:
    """A local's constructor is one only if rustc says that it makes a lock around a number."""
    if decl.site.kind != "local":
        return True
    return any(new.lock is not None and new.whole in decl.node for new in group.news)


def _at(world: World, call: Call) -> str:
    return world.place(call.path, call.span.start)


def _refused(world: World, group: Group, blind: Sequence[Call]) -> Refused | None:
    """What stands in the way before any use is looked at."""
    for decl in group.decls:
        source = world.source(decl.path)
        if decl.doubt:
            return Refused(decl.doubt)
        for span in decl.types:
            node = source.node_at(span)
            named = node.child_by_field_name("type") if node is not None else None
            if node is None or named is None:
                return Refused(f"{world.place(decl.path, span.start)}: the type is not understood")
            if len(full_names(source, node, source.text(named))) > 1:
                return Refused(
                    f"{world.place(decl.path, span.start)}: "
                    f"`{source.text(named).decode()}` is imported differently under `cfg`"
                )
    if not group.calls:
        return Refused("nothing that was compiled here locks it")
    for call in blind:
        told = world.facts.unknown(call.path, call.receiver)
        return Refused(f"{_at(world, call)} may lock it, but {told}")
    return None


def _fix(world: World, group: Group, made: Rewritten, orders: Orders) -> Fix:
    exposed = exposed_by(world, group)
    plain = counts_only(group.inners, made.ops) and not made.notes and not exposed
    level = Level.SAFE if plain else Level.REVIEW
    told = note(world, group, made, orders, exposed)
    return Fix("atomic", level, made.edits, told, made.drops)
