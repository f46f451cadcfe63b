"""Why a clone that syntax showed is none, or none that a person needs to look at: in words."""

from __future__ import annotations

from engine.base.model import Proposal
from engine.rust.known_types import Cost
from engine.rust.last_use import Blocked, Movable
from engine.rust.type_facts import Ownership

from .clone_cost import SHOWN
from .clone_syntax import TO_TEXT
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


def needed(
    located: LocatedClone, types: CloneTypes, ownership: Ownership, verdict: Movable | Blocked
) -> str:
    """The clone, for which there is no rewrite, is made because it has to be."""
    name, cloned = located.clone.name, types.cloned.short(SHOWN)
    if not (types.same or types.behind or types.view or types.receiver.is_ref):
        place = types.receiver.short(SHOWN)
        if located.clone.word in TO_TEXT:
            return f"`{name}` is a `{place}`, of which a text is made, and no copy"
        return f"`{name}` is a `{place}`, and what is made of it a `{cloned}`"
    if isinstance(verdict, Blocked):
        if ownership.cost is Cost.COUNT:
            return f"one more reference is counted to a `{cloned}`: {verdict.reason}"
        return f"{verdict.reason}, and what takes the copy needs a `{cloned}` of its own"
    return f"what takes the copy needs a `{cloned}` of its own"
