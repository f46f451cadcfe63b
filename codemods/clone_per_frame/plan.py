"""From sites and types to proposals: which rewrite, how much it may be trusted, or why none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Outcome, Proposal, Site, Span
from engine.rust import item_nodes
from engine.rust.calls import Receiver
from engine.rust.context import is_per_item, is_per_item_method
from engine.rust.copies import FROM, OWNING, TO_TEXT
from engine.rust.known_calls import grows_receiver, is_reading_method, is_taking_method
from engine.rust.known_types import Cost
from engine.rust.last_use import Blocked, Movable
from engine.rust.lent_changes import changed_during
from engine.rust.places import is_own_field
from engine.rust.scopes import Scopes
from engine.rust.signatures import Parameter, ReferenceBound, reference_bound
from engine.rust.syntax import span_of
from engine.rust.type_facts import (
    is_bytes,
    is_data,
    is_named,
    may_guard,
)
from engine.rust.usages import UsageKind

from .alternatives import Alternatives
from .around import Around
from .borrower import Borrower
from .clone_cost import SHOWN
from .clone_types import CloneTypes, Rewrite
from .dismissals import behind_guard, changed_meanwhile, dismissed, needed, no_copy
from .item_copies import ItemCopies
from .item_sites import KIND
from .located_clone import LocatedClone, located_clone, taker_of
from .obstacles import Obstacles
from .parameter_groups import Decision, proposals

if TYPE_CHECKING:
    from engine.detect.facts import Facts
    from engine.rust.types import Type


# Clippy's of such clones: who allows one has looked at them.
_LINTS = ("redundant_clone", "unnecessary_to_owned")
_OF_ITEMS = "iter_overeager_cloned"
_SEEN = "somebody has looked at it"


class Planner:
    """Plans all sites of a workspace. Used once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._obstacles = Obstacles(facts)
        self._alternatives = Alternatives(facts, self._obstacles)

    def plan(self, sites: Sequence[Site]) -> Iterator[Proposal]:
        """One proposal for each site; sites that pass their clone to one parameter may share theirs. A
        clone that costs nothing, or that nobody needs to see, is dismissed with the reason."""
        decisions: list[Decision] = []
        for site in sites:
            found = self._decide_items(site) if site.kind == KIND else self._decide(site)
            if isinstance(found, Proposal):
                yield found
            elif found is not None:
                decisions.append(found)
        yield from proposals(decisions, self._facts)

    def _decide_items(self, site: Site) -> Decision | Proposal | None:
        """Of items that are copied as an iterator or an Option gives them."""

        def borrower(decision: Decision, scopes: Scopes) -> Borrower:
            parameter = self._parameter(decision.located, decision.types)
            return self._borrower(decision, parameter, Blocked("items", ""), scopes)

        def add(decision: Decision, made: Rewrite, scopes: Scopes) -> None:
            self._alternatives.lend(decision, made, scopes)
            if decision.fixes:
                self._refuse_for_obstacles(decision, scopes)

        copies = ItemCopies(self._facts, self._reads, borrower, add)
        decision = copies.decide(replace(site, role="site"))
        if decision is None:
            return None
        located = decision.located
        allowed = self._facts.lint_allowed(located.source, located.clone.node, *_LINTS, _OF_ITEMS)
        return dismissed(located, f"{allowed}: {_SEEN}") if allowed else decision

    # -- one site ------------------------------------------------------------------------------

    def _decide(self, site: Site) -> Decision | Proposal | None:
        located = located_clone(site, self._facts.source(site.path))
        if located is None:
            return Proposal((site,), reason="its syntax is not understood", dismissed=True)
        types = self._types(located)
        if site.role == "maybe":
            if types is None or not (_is_site(located, types) or self._is_given(located, types)):
                return None
            located = replace(located, site=replace(site, role="site"))
        if allowed := self._facts.lint_allowed(located.source, located.clone.node, *_LINTS):
            return dismissed(located, f"{allowed}: {_SEEN}")
        if types is None:
            return self._unknown(located)
        made = (site.path, located.clone.span)
        ownership = self._facts.type_facts.ownership(types.cloned, made)
        costs_nothing = ownership.cost is Cost.NONE and is_data(types.cloned)  # a `Range`
        if ownership.copy or costs_nothing or types.cloned.is_ref:
            return dismissed(located, no_copy(types))
        places, place = self._facts.typed_places, located.place
        if not self._is_let_go(located, types) and any(
            t is None or may_guard(t) for t in places.types_of(located.source, place)
        ):
            return dismissed(located, behind_guard(located))
        scopes = self._facts.sources.scopes(located.source, located.function)
        node, receiver = located.clone.node, types.receiver
        verdict = places.movable(located.source, scopes, node, place, receiver)
        decision = Decision(located, types, ownership)
        if places.is_guarded(located.source, scopes, place):
            # It may come out of a lock: once it is owned it can be moved, never borrowed.
            decision.quiet = behind_guard(located)
            if isinstance(verdict, Movable):
                self._alternatives.move(decision, verdict, scopes)
        else:
            self._lend_or_move(decision, verdict, scopes)
            self._around(verdict, scopes).listed(decision)
        found = bool(decision.fixes or decision.in_list or decision.own is not None)
        if found or decision.parameter is not None:
            self._refuse_for_obstacles(decision, scopes)
        return decision

    def _lend_or_move(self, decision: Decision, verdict: Movable | Blocked, scopes: Scopes) -> None:
        """All ways to do without the clone, or why there is none."""
        located, types = decision.located, decision.types
        decision.parameter = self._parameter(located, types)
        borrower = self._borrower(decision, decision.parameter, verdict, scopes)
        if decision.parameter is not None and borrower.lent_to_its_changer(located.clone.node):
            decision.parameter = None
        if decision.parameter is not None:
            parameter = decision.parameter
            lent = self._obstacles.changed_while_lent(located, types, scopes, parameter)
            if lent:
                decision.parameter = None
                decision.refuse(lent)
                decision.quiet = lent
        decision.reference_text = borrower.reference()
        ways = self._alternatives
        ways.borrow(decision, borrower, scopes)
        around = self._around(verdict, scopes)
        around.inside(decision)
        ways.move(decision, verdict, scopes)
        around.text(decision)
        around.cow(decision)
        if not decision.fixes:
            ways.move_counted(decision, scopes, verdict)
        if not decision.fixes:
            ways.reuse(decision, scopes, verdict)
        if isinstance(verdict, Movable):
            ways.into_mut(decision, scopes)
        ways.own(decision, scopes)
        if not decision.fixes and not decision.reason:
            decision.reason = self._why(decision, verdict)
            decision.quiet = needed(
                located, types, decision.ownership, verdict, decision.changed_at
            )

    def _around(self, verdict: Movable | Blocked, scopes: Scopes) -> Around:
        """The ways by what is around the copy."""

        def borrower(decision: Decision, given: bool) -> Borrower:
            located, types = decision.located, decision.types
            parameter = self._parameter(located, types) if given else None
            return self._borrower(decision, parameter, verdict, scopes)

        return Around(
            self._facts,
            self._alternatives,
            scopes,
            borrower,
            lambda decision: self._refuse_for_obstacles(decision, scopes),
            self._reads,
        )

    def _borrower(
        self,
        decision: Decision,
        parameter: Parameter | None,
        verdict: Movable | Blocked,
        scopes: Scopes,
    ) -> Borrower:
        located = decision.located
        calls, places = self._facts.calls, self._facts.typed_places
        source, place = located.source, located.place

        def changed(
            during: Span, mutates: Callable[[bytes], bool], must: Callable[[bytes], bool]
        ) -> int:
            origins = places.origins(source, scopes, place)
            root = self._facts.type_of(source.path, span_of(place.root))
            mutably = root is not None and root.is_mut_ref
            refers = places.is_reference(source, place.root)

            def changes(method: bytes) -> bool:
                return mutates(method) or (mutably and grows_receiver(method))

            return changed_during(
                source, scopes, place, origins, during, changes, must, refers, mutably
            )

        def may_change(during: Span) -> int:
            decision.changed_at = changed(during, calls.may_mutate, calls.must_mutate)
            return decision.changed_at

        def surely(method: bytes) -> bool:
            return calls.must_mutate(method) or grows_receiver(method)

        return Borrower(
            located.clone,
            located.usage,
            decision.types,
            scopes,
            self._facts.type_facts,
            self._receiver,
            may_change,
            lambda during: changed(during, surely, surely),
            isinstance(verdict, Movable),
            located.place.is_temporary,
            lambda node: self._facts.type_of(source.path, span_of(node)),
            reference_bound(parameter, self._facts.items)
            if parameter is not None
            else ReferenceBound.NONE,
            self._reads,
            lambda name: self._facts.agreeing_impls.may_be_of_trait(
                source, located.clone.node.start_byte, name
            ),
        )

    def _reads(self, method: bytes) -> bool:
        """Does a method of this name take a reference, std's or all that the workspace has?"""
        if is_reading_method(method):
            return True
        mine = not self._facts.calls.may_mutate(method)
        return mine and not (is_taking_method(method) or grows_receiver(method))

    def _refuse_for_obstacles(self, decision: Decision, scopes: Scopes) -> None:
        """No fix, whichever it is, where rustc would not see what it breaks."""
        located, types, parameter = decision.located, decision.types, decision.parameter
        said = self._obstacles.of(located, types, scopes)
        if not said and parameter is not None:
            said = self._obstacles.of_parameter(parameter, types.cloned)
            said = said or self._obstacles.snapshot(located, types, scopes)
        if said:
            decision.fixes.clear()
            decision.in_list.clear()
            decision.parameter = decision.own = None
            decision.quiet = decision.reason = ""
            decision.refuse(said)
            decision.quiet = said

    def _types(self, located: LocatedClone) -> CloneTypes | None:
        def asked(node: Node) -> Type | None:
            return self._facts.type_of(located.site.path, span_of(node))

        cloned, place = asked(located.clone.node), asked(located.clone.receiver)
        if cloned is None or place is None or any(asked(n) is None for n in located.place.prefixes):
            return None
        wrapped = located.clone.wrapped
        if wrapped is not None and not ((cow := asked(wrapped)) and is_named(cow, "Cow")):
            return None
        holder = taker_of(located.usage)
        return CloneTypes(cloned, place, asked(holder) if holder is not None else None)

    def _is_let_go(self, located: LocatedClone, types: CloneTypes) -> bool:
        """Is what is copied a value that a call made and that borrows from nothing, whatever it was
        called on?"""
        owned = self._facts.typed_places.is_owned(located.source, located.clone.receiver)
        return types.same and located.place.is_temporary and owned

    def _unknown(self, located: LocatedClone) -> Proposal:
        """rustc did not tell the type: nothing is claimed, and only likely sites are findings."""
        from engine.base.model import NO_UNIT, NOT_COMPILED

        spans = (located.clone.span, *map(span_of, located.place.prefixes))
        reasons = (self._facts.unknown(located.site.path, span) for span in spans)
        reason = next((reason for reason in reasons if reason), "rustc did not tell")
        said = f"its type is not known: {reason}"
        if located.site.kind not in ("borrow", "move") or located.clone.word in TO_TEXT:
            return dismissed(located, said)
        outcome = Outcome.NOT_COMPILED if reason in (NO_UNIT, NOT_COMPILED) else None
        return Proposal((located.site,), (), said, outcome)

    def _receiver(self, type_: Type, method: bytes) -> Receiver:
        """How a method takes its receiver, where the workspace defines the type."""
        own = type_.kind == "path" and bool(self._facts.items.printed(type_.name))
        if type_.kind not in ("dyn", "impl") and not own:
            return Receiver.UNKNOWN
        return self._facts.calls.receiver(type_, method)

    # -- reasons -------------------------------------------------------------------------------

    def _why(self, decision: Decision, verdict: Movable | Blocked) -> str:
        """Why a deep copy on a per-frame path stays; "" for a clone that nobody needs to see."""
        located, ownership = decision.located, decision.ownership
        hot = not located.site.in_tests and (
            is_per_item(located.site.heat) or is_per_item_method(located.source, located.function)
        )
        if not hot or not ownership.cost.allocates or not isinstance(verdict, Blocked):
            return ""
        if verdict.kind == "place" and not is_own_field(located.place):
            return ""  # a map's key, a part of something shared: it has to be made
        because = verdict.reason
        if decision.changed_at:
            because = changed_meanwhile(located, decision.changed_at)
        cloned = decision.types.cloned.short(SHOWN)
        said = f"{because}; each round makes a new `{cloned}`"
        hint = decision.hint
        if not hint and not decision.changed_at and is_own_field(located.place):
            hint = (
                f"an `Arc<{cloned}>` in the field, and where the copy goes, makes of it one count of a "
                "reference"
            )
        return f"{said}; {hint}" if hint else said

    # -- parameters ----------------------------------------------------------------------------

    def _is_given(self, located: LocatedClone, types: CloneTypes) -> bool:
        """Is it given to a function of the workspace, perhaps to one in another file?"""
        given = located.site.kind == "argument"
        return given and self._parameter(located, types) is not None

    def _parameter(self, located: LocatedClone, types: CloneTypes) -> Parameter | None:
        """The parameter of the workspace's function that takes the clone."""
        if types.taker is None or not (types.same or types.behind or types.view):
            return None
        index = located.usage.index
        if located.usage.kind is UsageKind.ARGUMENT:
            if types.taker.kind != "fndef":
                return None
            function = self._facts.calls.printed(types.taker.name)
            if function is None:
                return None
            if item_nodes.self_parameter(self._facts.items.open(function)[1]) is not None:
                index -= 1
        elif located.usage.kind is UsageKind.METHOD_ARGUMENT:
            function = self._facts.calls.method(types.taker, located.usage.name)
            if function is None:
                return None
        else:
            return None
        return self._facts.signatures.parameter(function, index)


def _is_site(located: LocatedClone, types: CloneTypes) -> bool:
    """Of what only types tell: is it a frame, a ``Cow``, or what a call made (a value, or a text that is
    only looked at)?"""
    if located.clone.of_reference and not types.receiver.is_ref:
        return False
    if is_bytes(types.receiver):
        return True
    if located.clone.word == FROM and located.site.kind in ("borrow", "read"):
        return types.same or types.behind or types.view
    if located.clone.word == OWNING:
        return located.clone.wrapped is not None or is_named(types.receiver, "Cow")
    if not located.place.is_temporary:
        return False
    return types.same or (located.site.kind != "move" and (types.behind or types.view))


def plan(sites: Iterable[Site], facts: Facts) -> Iterator[Proposal]:
    """See :meth:`engine.detect.codemod.Codemod.plan`."""
    return Planner(facts).plan([site for site in sites if site.role != "use"])
