"""The ways to do without a clone, each as a fix of its level, added to what is decided about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.base.model import Fix, Level
from engine.rust.known_types import Nature
from engine.rust.last_use import Blocked, Movable
from engine.rust.scopes import Scopes
from engine.rust.signatures import ReferenceBound
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_bytes

from .borrow import borrow
from .borrower import Borrower
from .buffer_reuse import reuse_buffer
from .clone_cost import cost_sentence
from .clone_types import Rewrite
from .into_mut import INTO, into_mut
from .located_clone import LocatedClone
from .move import move, share_buffer, without_shadow
from .number_before import number_before
from .obstacles import Obstacles
from .own_upstream import LABEL, Owned, own_upstream
from .parameter_groups import IF_IT_CHANGES, Decision

if TYPE_CHECKING:
    from engine.detect.facts import Facts

# Words that show that somebody counts the references of an Arc.
_COUNTING = (b"strong_count", b"try_unwrap", b"into_inner", b"get_mut", b"make_mut", b"downgrade")


class Alternatives:
    """Adds fixes to decisions, or the reasons why there is none."""

    def __init__(self, facts: Facts, obstacles: Obstacles) -> None:
        self._facts = facts
        self._obstacles = obstacles

    def borrow(self, decision: Decision, borrower: Borrower, scopes: Scopes) -> None:
        """The value stays where it is, and a reference is handed out."""
        located, types = decision.located, decision.types
        made = without_shadow(located.clone, located.usage, types, scopes) or borrow(borrower)
        if made is not None:
            self.lend(decision, made, scopes, borrower.bound is not ReferenceBound.NONE)

    def lend(
        self, decision: Decision, made: Rewrite, scopes: Scopes, generic: bool = False
    ) -> None:
        """``made`` puts a reference in the clone's place; ``generic``: a parameter of a bounded type takes
        it."""
        located, types, ownership = decision.located, decision.types, decision.ownership
        said = self._obstacles.of_borrow(located, types, scopes, generic)
        said = said or self._obstacles.of_maker(located, types)
        said = said or self._obstacles.changed_while_lent(located, types, scopes, None)
        if said:
            decision.refuse(said)
            decision.quiet = said
            decision.parameter = None
            return
        if ownership.nature is Nature.CELL:
            decision.refuse(
                f"`{located.clone.name}` may change while it is borrowed ({ownership.why}): the "
                "clone is a snapshot; borrow it by hand if that is not meant"
            )
            return
        if ownership.nature is Nature.HANDLE and not made.doubt:
            if ownership.apart or self._obstacles.goes_first(located, scopes):
                return
            made = replace(made, doubt="one sender less keeps the channel open meanwhile")
        if not made.doubt and self._obstacles.changeable(types):
            made = replace(made, doubt=f"{ownership.why}; {IF_IT_CHANGES}")
        trusted = ownership.nature is Nature.PLAIN or (
            ownership.nature is Nature.SHARED and not self._counted(located)
        )
        self._add(decision, made, trusted and not made.doubt)

    def _counted(self, located: LocatedClone) -> bool:
        """Does the function look at reference counts, so that one less may be seen?"""
        text = located.source.text(located.function)
        return any(word in text for word in _COUNTING)

    def move(self, decision: Decision, verdict: Movable | Blocked, scopes: Scopes) -> None:
        """The value itself is handed over, or its buffer shared."""
        located, types, ownership = decision.located, decision.types, decision.ownership
        if isinstance(verdict, Movable):
            made = move(located.clone, located.usage, types, scopes)
            if made is not None and ownership.nature is Nature.HANDLE:
                if not decision.fixes:
                    decision.refuse(
                        f"`{located.clone.name}` is not used again, but without the clone it is "
                        f"dropped at another time: {ownership.why}"
                    )
                return
            if made is not None and ownership.nature is Nature.SHARED and not made.doubt:
                made = replace(made, doubt=_goes_earlier(located, ownership.why))
            if made is not None:
                trusted = ownership.nature is Nature.PLAIN and not made.doubt
                self._add(decision, made, trusted)
                return
        shared = share_buffer(located.clone, types)
        if shared is not None:
            self._add(decision, shared, False)

    def move_counted(self, decision: Decision, scopes: Scopes, verdict: Movable | Blocked) -> None:
        """The value is handed over, once it was asked for its length."""
        made = number_before(decision, verdict, scopes)
        if made is not None:
            self._add(decision, made, True)

    def reuse(self, decision: Decision, scopes: Scopes, verdict: Movable | Blocked) -> None:
        """The option ``reuse``: the buffer that is copied owns the frames that it gives out."""
        located = decision.located
        if not isinstance(verdict, Blocked) or decision.ownership.nature is not Nature.PLAIN:
            return
        found = reuse_buffer(located.clone, located.usage, decision.types, located.place, scopes)
        wanted = self._facts.options.get(located.site.codemod, "reuse", False, located.site.path)
        if isinstance(found, Rewrite) and wanted:
            self._add(decision, found, False)
        elif isinstance(found, Rewrite):
            decision.hint = "`reuse = true` lets the buffer own its frames"
        elif wanted:
            decision.hint = f"it cannot be owned upstream: {found}"

    def _add(self, decision: Decision, made: Rewrite, safe: bool) -> None:
        decision.fixes.append(self._fix(decision, made, safe))

    def _fix(self, decision: Decision, made: Rewrite, safe: bool) -> Fix:
        located, ownership = decision.located, decision.ownership
        doubt = made.doubt or ("" if safe else ownership.why)
        if not doubt:
            types = decision.types
            if is_bytes(types.receiver):  # whoever has a part of its buffer
                types = replace(types, cloned=types.receiver)
            doubt = self._obstacles.asked_elsewhere(located.site.path, types, ownership)
            safe = safe and not doubt
        if not doubt:
            doubt = self._facts.read_otherwise(located.source, located.clone.node)
            safe = safe and not doubt
        parts = [made.how, cost_sentence(decision.types.cloned, ownership.cost, located.clone.word)]
        if doubt:
            parts.append(f"Look at this: {doubt}.")
        level = Level.SAFE if safe else Level.REVIEW
        return Fix(made.label, level, made.edits, " ".join(parts))

    def into_mut(self, decision: Decision, scopes: Scopes) -> None:
        """The frame is taken back, where this version of bytes can do that."""
        located, types = decision.located, decision.types
        frame = located.site.path, span_of(located.clone.receiver), INTO
        made = into_mut(located.clone, located.usage, types, scopes, self._facts)
        if made is not None and self._facts.implements(*frame):
            decision.fixes.insert(0, self._fix(decision, made, not made.doubt))

    def own(self, decision: Decision, scopes: Scopes) -> None:
        """The frames are owned upstream."""
        located = decision.located
        found = own_upstream(located.clone, decision.types, scopes, self._facts)
        if isinstance(found, Owned):
            decision.own = self._fix(decision, found.rewrite, not found.rewrite.doubt)
            decision.copied_to_change = found.changes and not is_bytes(decision.types.cloned)
        elif found:
            decision.lacking = {LABEL: found}
            if not decision.fixes and not decision.hint:
                decision.hint = f"the frames cannot be owned upstream: {found}"


def _goes_earlier(located: LocatedClone, why: str) -> str:
    """Of a shared pointer that is given away."""
    return (
        f"`{located.clone.name}` goes to who takes it: if it is the last one, what is behind it is "
        f"dropped there; {why}"
    )
