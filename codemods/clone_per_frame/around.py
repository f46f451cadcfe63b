"""Ways to do without a copy by what stands around it: the ``Option`` that is opened, the list or the ``Cow`` that
holds it, the check of its bytes as a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.rust.listed_copies import listed_copies
from engine.rust.owned_cows import owned_cow
from engine.rust.scopes import Scopes
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_named

from .alternatives import Alternatives
from .borrower import Borrower
from .checked_copies import CheckedCopies
from .held_copies import lent_cow, lent_element
from .inside_options import inside
from .parameter_groups import Decision

if TYPE_CHECKING:
    from engine.detect.facts import Facts


@dataclass(frozen=True)
class Around:
    """Adds such ways to decisions. ``borrower`` makes what a borrowing rewrite is made from, for a function's
    parameter too where it is told so; ``refuse`` takes the fixes of a decision away where rustc would not see
    what they break."""

    facts: Facts
    ways: Alternatives
    scopes: Scopes
    borrower: Callable[[Decision, bool], Borrower]
    refuse: Callable[[Decision], None]
    reads: Callable[[bytes], bool]

    def inside(self, decision: Decision) -> None:
        """Of an ``Option`` that is copied and opened: what is inside is lent."""
        within = inside(decision, self.facts) if not decision.fixes else None
        if within is None:
            return
        self.ways.borrow(within, self.borrower(within, True), self.scopes)
        self._take(decision, within)
        decision.changed_at = decision.changed_at or within.changed_at

    def text(self, decision: Decision) -> None:
        """Of bytes that are copied to be checked as a text: the text is lent."""
        copies = CheckedCopies(self.facts, lambda each: self.borrower(each, True))
        found = copies.lent(decision, self.scopes) if not decision.fixes else None
        if found is None:
            return
        within, made = found
        self.ways.lend(within, made, self.scopes)
        if within is not decision:
            self._take(decision, within)

    def cow(self, decision: Decision) -> None:
        """Of what a ``Cow`` owns: it borrows."""
        located = decision.located
        cow = owned_cow(located.source, self.scopes, located.clone.node)
        if cow is None or decision.fixes:
            return
        type_ = self.facts.type_of(located.site.path, span_of(cow.call))
        made = lent_cow(self.borrower(decision, False), cow)
        if made is not None and type_ is not None and is_named(type_, "Cow"):
            self.ways.lend(decision, made, self.scopes)

    def listed(self, decision: Decision) -> None:
        """Of an element of a list that is only read: a reference to what it is a copy of."""
        source, copy = decision.located.source, decision.located.clone.node
        listed = listed_copies(source, self.scopes, copy, self.reads)
        if listed is None:
            return
        made = lent_element(self.borrower(decision, False), listed)
        if made is None:
            return
        element = replace(decision, fixes=[], reason="", quiet="", own=None, parameter=None)
        self.ways.lend(element, made, self.scopes)
        decision.listed, decision.in_list = listed, element.fixes
        decision.reason = decision.reason or element.reason

    def _take(self, decision: Decision, within: Decision) -> None:
        """What was decided about the same site as another copy."""
        if within.fixes:
            self.refuse(within)
        decision.fixes += within.fixes
        decision.reason = decision.reason or within.reason
        decision.quiet = decision.quiet or within.quiet
