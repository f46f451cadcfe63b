"""Why a clone that syntax showed is none, or none that a person needs to look at: in words."""

from __future__ import annotations

from engine.base.model import Proposal
from engine.rust.copies import TO_TEXT
from engine.rust.known_types import Cost
from engine.rust.last_use import Blocked, Movable
from engine.rust.type_facts import Ownership

from .clone_cost import SHOWN
from .clone_types import CloneTypes
from .located_clone import LocatedClone


def dismissed(located: LocatedClone, reason: str) -> Proposal:
    """The site is none, for ``reason``."""
    return Proposal((located.site,), reason=reason, dismissed=True)


def no_copy(types: CloneTypes) -> str:
    """The clone of something that is copied as it stands, or of a reference."""
    return f"the types show no copy: `{types.cloned.short(SHOWN)}`"


def behind_guard(located: LocatedClone) -> str:
    """The clone is what lets a lock go."""
    return (
        f"`{located.clone.name}` is reached through a lock, a cell or a snapshot, which is let go once "
        "it is copied"
    )


def changed_meanwhile(located: LocatedClone, line: int) -> str:
    """The copy is a snapshot: what it is of changes before the copy is read for the last time."""
    return (
        f"`{located.clone.name}` may change, or go, at line {line}, and the copy is read after that"
    )


def needed(
    located: LocatedClone,
    types: CloneTypes,
    ownership: Ownership,
    verdict: Movable | Blocked,
    changed_at: int,
) -> str:
    """The clone, for which there is no rewrite, is made because it has to be. ``changed_at`` is the line
    at which what is copied may change while the copy is read, 0 for none."""
    name, cloned = located.clone.name, types.cloned.short(SHOWN)
    if not (types.same or types.behind or types.view or types.receiver.is_ref):
        place = types.receiver.short(SHOWN)
        if located.clone.word in TO_TEXT:
            return f"`{name}` is a `{place}`, of which a text is made, and no copy"
        return f"`{name}` is a `{place}`, and what is made of it a `{cloned}`"
    because = verdict.reason if isinstance(verdict, Blocked) else ""
    if changed_at:
        because = changed_meanwhile(located, changed_at)
    if because and ownership.cost is Cost.COUNT:
        return f"one more reference is counted to a `{cloned}`: {because}"
    if changed_at:
        return because
    because = f"{because}, and " if because else ""
    return f"{because}what takes the copy needs a `{cloned}` of its own"
