"""From groups to proposals: refusals, orderings, level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from codemods.mutex_counter import structs, told_locks
from codemods.mutex_counter.float_bits import is_float
from codemods.mutex_counter.group_rewrite import Rewritten, is_number, orders_for, rewritten
from codemods.mutex_counter.groups import counters, inners_of
from codemods.mutex_counter.located import Located, build
from codemods.mutex_counter.notes import STATISTIC, exposed_by, note, strict, with_memory
from codemods.mutex_counter.orderings import RELAXED
from codemods.mutex_counter.other_memory import other_memory
from codemods.mutex_counter.other_uses import require_seen
from engine.base.model import Fix, Level, Outcome, Proposal, Site
from engine.detect.facts import Facts, Sources
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import Declaration, LocatedCall
from engine.rust.lock_groups.lock_printed import seen_printed
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.lock_uses import require_one_meaning

# The latest survey of a run's sources: ``follow`` goes on from it.
_SURVEYS: WeakKeyDictionary[Sources, tuple[Located, list[Group]]] = WeakKeyDictionary()


def surveyed(facts: Facts) -> tuple[Located, list[Group]]:
    """What was located and grouped when ``plan`` was asked."""
    return _SURVEYS.get(facts.sources) or (Located(facts), [])


def plan(sites: Sequence[Site], facts: Facts) -> Iterator[Proposal]:
    """One proposal per group that is a counter; locks that are meant as locks are left out."""
    located = build(sites, facts)
    found = counters(located)
    _SURVEYS[facts.sources] = (located, found)
    for group in found:
        proposal = proposal_of(located, group, found)
        if proposal is None:
            continue
        if proposal.fixes:
            located.replaced += group.lock_calls
        yield proposal
    yield from structs.proposals(located)
    yield from told_locks.proposals(located)


def proposal_of(located: Located, group: Group, every: Sequence[Group]) -> Proposal | None:
    """What is proposed for a group, one of ``every`` there is; it is dismissed where the lock is meant as
    one. None where rustc knows no counter there."""
    shown = [d.site for d in group.declarations if d.site.role == "site" and _is_counter(group, d)]
    shown = shown or _handed_on(group)
    if not shown:
        return None
    sites = tuple(sorted(shown, key=lambda s: (s.kind in ("let", "local"), s.path, s.span)))
    blind = [c for c in group.lock_calls if c.lock is None]
    if blind and len(blind) == len(group.lock_calls):
        first = blind[0]
        reason = f"{_at(located, first)}: {located.facts.unknown(first.path, first.receiver)}"
        return Proposal(sites, reason=reason, outcome=Outcome.NOT_COMPILED)
    if not group.lock_calls and all(d.family is None for d in group.declarations if d.types):
        return None
    try:
        _require_known(located, group, blind, every)
        made = rewritten(located, group, RELAXED)
        seen = require_seen(located, group, every)
        memory = other_memory(located, dict(made.uses))
        memory.require_kept()
        exposed = exposed_by(located, group)  # then others may do with it what they like
        orders = orders_for(inners_of(group), made.ops, memory.matters or bool(exposed))
        if orders is not RELAXED:
            made = rewritten(located, group, orders)
        made = with_memory(made, memory)
        if printed := seen_printed(located, group):
            if any(map(is_float, inners_of(group))):
                raise Refused(f"{printed}: the number's bits")
            seen = (*seen, printed)
        made = replace(made, notes=(*made.notes, *seen))
        statistic = orders_for(inners_of(group), made.ops, bool(exposed)) is RELAXED
        why = (
            STATISTIC.format("it is") if orders is RELAXED else strict(statistic, memory.published)
        )
    except Refused as refused:
        return Proposal(sites, reason=refused.reason, dismissed=refused.locks)
    return Proposal(sites, (_fix(located, group, made, why, exposed),))


def _handed_on(group: Group) -> list[Site]:
    """The first parameter or result of a group that no field, static, alias or local keeps here."""
    handed = ("parameter", "function_item", "function_signature_item")
    found = [d.site for d in group.declarations if d.types and d.kind in handed]
    first = sorted(found, key=lambda s: (s.path, s.span))[: 1 if group.lock_calls else 0]
    return [replace(site, role="site") for site in first]


def _is_counter(group: Group, decl: Declaration) -> bool:
    """A local's constructor is one only if rustc says that it makes a lock around a number."""
    if decl.site.kind != "local":
        return True
    return any(new.lock is not None and new.whole in decl.node for new in group.constructors)


def _at(located: Located, call: LocatedCall) -> str:
    return located.place(call.path, call.span.start)


def _require_known(
    located: Located, group: Group, blind: Sequence[LocatedCall], every: Sequence[Group]
) -> None:
    """Raises Refused with what stands in the way before any use is looked at."""
    for decl in group.declarations:
        if decl.doubt:
            raise Refused(decl.doubt)
        require_one_meaning(located, decl)
    located.require_own_methods(call.path for call in group.lock_calls)
    if not group.lock_calls:
        require_seen(located, group, every)
        raise Refused("nothing that was compiled here locks it")
    for call in blind:
        told = located.facts.unknown(call.path, call.receiver)
        raise Refused(f"{_at(located, call)} may lock it, but {told}")


def _fix(located: Located, group: Group, made: Rewritten, why: str, exposed: str) -> Fix:
    plain = is_number(inners_of(group), made.ops) and not made.notes and not exposed
    level = Level.SAFE if plain else Level.REVIEW
    told = note(located, group, made, why, exposed)
    return Fix("atomic", level, made.edits, told)
