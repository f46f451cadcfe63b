"""From the shared locks of a workspace to proposals: which form serves each, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from codemods.shared_lock import field_locks, maps, readers, snapshots
from codemods.shared_lock.group import LockGroup
from codemods.shared_lock.kinds import is_ours, kind_of
from codemods.shared_lock.locate import NAME, message
from codemods.shared_lock.sections import Sections
from engine.base.model import Proposal, Site
from engine.detect.facts import Facts
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_likeness import alike
from engine.rust.lock_groups.lock_places import LockPlaces
from engine.rust.lock_groups.lock_sets import Group, expand_aliases, groups, joined_by_type
from engine.rust.lock_groups.lock_types import Lock

_KEEPING = ("field", "static", "const", "alias", "let", "local")
_MAKERS = {
    "snapshot": snapshots.fixes,
    "fields": field_locks.fixes,
    "readers": readers.fixes,
    "map": maps.fixes,
}


def _wanted(lock: Lock | None) -> bool:
    return lock is None or is_ours(lock.inner)


def plan(sites: Sequence[Site], facts: Facts) -> Iterator[Proposal]:
    """One proposal per group of locks that another form would serve better."""
    places = LockPlaces(
        NAME, facts.sources, facts.items, facts.calls, facts.type_of, facts.package_of
    )
    for site in sites:
        places.add_site(site)
    expand_aliases(places)
    sections = Sections(facts, places.place)
    found = joined_by_type(groups(places, _wanted), alike)
    for group in found:
        proposal = _proposal(places, sections, group, found)
        if proposal is not None:
            yield proposal


def _proposal(
    places: LockPlaces, sections: Sections, group: Group, every: Sequence[Group]
) -> Proposal | None:
    """What is proposed for the group; None where its locks are fine as they are."""
    opened = LockGroup.of(places, sections, group, every)
    kept = _sites(group)
    if opened is None or not kept or opened.numbers == "all":
        return None
    production = [used for used, call in opened.known if not opened.in_test(call)]
    kind = kind_of(production, opened.kind, opened.behind, opened.family)
    if kind == "fields" and (opened.struct is None or opened.numbers != "none"):
        kind = None
    if kind is None and maps.serves(opened, production):
        kind = "map"
    if kind is None:
        return None
    shown = tuple(
        replace(s, role="site", message=message(places.source(s.path), s, kind)) for s in kept
    )
    try:
        fixes, lacking = _MAKERS[kind](opened)
        return Proposal(shown, fixes, lacking=lacking)
    except Refused as refused:
        return Proposal(shown, reason=refused.reason, dismissed=refused.locks)


def _sites(group: Group) -> tuple[Site, ...]:
    """The places that keep the lock; where none does, the first that is given it."""
    every = group.declarations
    kept = [d for d in every if d.site.kind in _KEEPING and (d.types or d.site.kind == "local")]
    kept = kept or [d for d in every if d.types][:1]
    sites = (decl.site for decl in kept)
    return tuple(sorted(sites, key=lambda s: (s.kind in ("let", "local"), s.path, s.span)))
