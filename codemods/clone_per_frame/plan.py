"""From sites and types to proposals: which rewrite, how much it may be trusted, or why none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Fix, Level, Outcome, Proposal, Site, Span
from engine.rust import item_nodes
from engine.rust.borrows import changed_during
from engine.rust.calls import Receiver
from engine.rust.context import is_per_item, is_per_item_method
from engine.rust.known_types import Cost, Nature
from engine.rust.last_use import Blocked, Movable, movable
from engine.rust.places import origins_of
from engine.rust.scopes import Scopes
from engine.rust.signatures import Parameter, takes_reference
from engine.rust.syntax import span_of
from engine.rust.type_facts import (
    is_bytes,
    is_counted,
    is_data,
    is_named,
    may_guard,
)

from .borrow import borrow
from .borrower import Borrower
from .buffer_reuse import reuse_buffer
from .clone_cost import SHOWN, cost_sentence
from .clone_syntax import TO_TEXT, UsageKind
from .clone_types import CloneTypes, Rewrite
from .dismissals import behind_guard, dismissed, needed, no_copy
from .into_mut import INTO, into_mut
from .located_clone import LocatedClone, located_clone, taker_of
from .move import move, share_buffer, without_shadow
from .obstacles import Obstacles
from .own_upstream import LABEL, Owned, own_upstream
from .parameter_groups import Decision, proposals

if TYPE_CHECKING:
    from engine.detect.facts import Facts
    from engine.rust.types import Type

# Words that show that somebody counts the references of an Arc.
_COUNTING = (b"strong_count", b"try_unwrap", b"into_inner", b"get_mut", b"make_mut", b"downgrade")


class Planner:
    """Plans all sites of a workspace. Used once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._obstacles = Obstacles(facts, self._owned)

    def plan(self, sites: Sequence[Site]) -> Iterator[Proposal]:
        """One proposal for each site; sites that pass their clone to one parameter may share theirs. A
        clone that costs nothing, or that nobody needs to see, is dismissed with the reason."""
        decisions: list[Decision] = []
        for site in sites:
            found = self._decide(site)
            if isinstance(found, Proposal):
                yield found
            elif found is not None:
                decisions.append(found)
        yield from proposals(decisions, self._facts)

    # -- one site ------------------------------------------------------------------------------

    def _decide(self, site: Site) -> Decision | Proposal | None:
        located = located_clone(site, self._facts.source(site.path))
        if located is None:
            return Proposal((site,), reason="its syntax is not understood", dismissed=True)
        types = self._types(located)
        if site.role == "maybe":
            if types is None or not is_bytes(types.receiver):
                return None
            located = replace(located, site=replace(site, role="site"))
        if types is None:
            return self._unknown(located)
        made = (site.path, located.clone.span)
        ownership = self._facts.type_facts.ownership(types.cloned, made)
        costs_nothing = ownership.cost is Cost.NONE and is_data(types.cloned)  # a `Range`
        if ownership.copy or costs_nothing or types.cloned.is_ref:
            return dismissed(located, no_copy(types))
        if any(t is None or may_guard(t) for t in self._way(located)):
            return dismissed(located, behind_guard(located))
        scopes = self._facts.sources.scopes(located.source, located.function)
        verdict = self._movable(located, types, scopes)
        decision = Decision(located, types, ownership)
        if self._guarded(located, scopes):
            # It may come out of a lock: once it is owned it can be moved, never borrowed.
            decision.quiet = behind_guard(located)
            if isinstance(verdict, Movable):
                self._move(decision, verdict, scopes)
        else:
            self._lend_or_move(decision, verdict, scopes)
        if decision.fixes or decision.own is not None or decision.parameter is not None:
            self._refuse_for_obstacles(decision, scopes)
        return decision

    def _lend_or_move(self, decision: Decision, verdict: Movable | Blocked, scopes: Scopes) -> None:
        """All ways to do without the clone, or why there is none."""
        located, types = decision.located, decision.types
        decision.parameter = parameter = self._parameter(located, types)
        calls = self._facts.calls

        def changed(during: Span, mutates: Callable[[bytes], bool]) -> int:
            source, place = located.source, located.place
            origins = origins_of(source, scopes, place, lambda node: self._owned(located, node))
            must = calls.must_mutate
            return changed_during(source, scopes, place, origins, during, mutates, must)

        borrower = Borrower(
            located.clone,
            located.usage,
            types,
            scopes,
            self._facts.type_facts,
            self._receiver,
            lambda during: changed(during, calls.may_mutate),
            lambda during: changed(during, calls.must_mutate),
            isinstance(verdict, Movable),
            located.place.is_temporary,
            parameter is not None and takes_reference(parameter, self._facts.items),
        )
        if parameter is not None and borrower.lent_to_its_changer(located.clone.node):
            decision.parameter = None
        decision.reference_text = borrower.reference()
        self._borrow(decision, borrower, scopes)
        self._move(decision, verdict, scopes)
        if not decision.fixes:
            self._reuse(decision, scopes, verdict)
        if isinstance(verdict, Movable):
            self._into_mut(decision, scopes)
        self._own(decision, scopes)
        if not decision.fixes and not decision.reason:
            decision.reason = self._why(decision, verdict)
            decision.quiet = needed(located, types, decision.ownership, verdict)

    def _refuse_for_obstacles(self, decision: Decision, scopes: Scopes) -> None:
        """No fix, whichever it is, where rustc would not see what it breaks."""
        located, types, parameter = decision.located, decision.types, decision.parameter
        said = self._obstacles.of(located, types, scopes)
        if not said and parameter is not None:
            said = self._obstacles.of_parameter(parameter, types.cloned)
            said = said or self._obstacles.snapshot(located, types, scopes)
        if said:
            decision.fixes.clear()
            decision.parameter = decision.own = None
            decision.quiet = decision.reason = ""
            decision.refuse(said)
            decision.quiet = said

    def _into_mut(self, decision: Decision, scopes: Scopes) -> None:
        """The frame is taken back, where this version of bytes can do that."""
        located, types = decision.located, decision.types
        frame = located.site.path, span_of(located.clone.receiver), INTO
        made = into_mut(located.clone, located.usage, types, scopes, self._facts)
        if made is not None and self._facts.implements(*frame):
            decision.fixes.insert(0, self._fix(decision, made, not made.doubt))

    def _own(self, decision: Decision, scopes: Scopes) -> None:
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

    def _types(self, located: LocatedClone) -> CloneTypes | None:
        def asked(node: Node) -> Type | None:
            return self._facts.type_of(located.site.path, span_of(node))

        cloned, place = asked(located.clone.node), asked(located.clone.receiver)
        if cloned is None or place is None or any(asked(n) is None for n in located.place.prefixes):
            return None
        holder = taker_of(located.usage)
        return CloneTypes(cloned, place, asked(holder) if holder is not None else None)

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

    def _way(self, located: LocatedClone) -> Iterator[Type | None]:
        """Types of the place and of all that lies on the way to it."""
        return (self._facts.type_of(located.site.path, span_of(n)) for n in located.place.prefixes)

    def _guarded(self, located: LocatedClone, scopes: Scopes) -> bool:
        """Does a lock, a RefCell, a map's shard or a snapshot stand between here and the value?

        Without the clone it would be held for longer, so such clones are left alone.
        """
        if not located.place.has_calls and self._owned(located, located.place.root):
            return False
        origins = origins_of(
            located.source, scopes, located.place, lambda node: self._owned(located, node)
        )
        if origins.guarding:
            return True
        found = (self._facts.type_of(located.site.path, span_of(node)) for node in origins.nodes)
        return any(type_ is not None and may_guard(type_) for type_ in found)

    def _receiver(self, type_: Type, method: bytes) -> Receiver:
        """How a method takes its receiver, where the workspace defines the type."""
        own = type_.kind == "path" and bool(self._facts.items.printed(type_.name))
        if type_.kind not in ("dyn", "impl") and not own:
            return Receiver.UNKNOWN
        return self._facts.calls.receiver(type_, method)

    def _owned(self, located: LocatedClone, node: Node) -> bool:
        """Is the expression a value that borrows from nothing?"""
        type_ = self._facts.type_of(located.site.path, span_of(node))
        if type_ is None or type_.kind not in ("path", "tuple", "array"):
            return False
        if is_counted(type_):
            return True
        nature = self._facts.type_facts.ownership(type_).nature
        return nature in (Nature.PLAIN, Nature.SHARED) and not any(t.is_ref for t in type_.walk())

    def _movable(
        self, located: LocatedClone, types: CloneTypes, scopes: Scopes
    ) -> Movable | Blocked:
        verdict = movable(located.source, scopes, located.clone.node, located.place)
        if located.place.is_temporary and not types.receiver.is_ref:
            return Movable()
        if isinstance(verdict, Blocked):
            return verdict
        if types.receiver.is_ref:
            return Blocked("place", f"`{located.clone.name}` is only a reference here")
        for node in located.place.prefixes[:-1]:
            type_ = self._facts.type_of(located.site.path, span_of(node))
            if type_ is None or type_.is_ref or is_counted(type_) or type_.last == "Pin":
                shown = located.source.text(node).decode("utf-8", "replace")
                return Blocked("place", f"`{shown}` is only borrowed or shared here")
        if verdict.option is not None:
            option = self._facts.type_of(located.site.path, span_of(verdict.option))
            if option is None or not is_named(option, "Option", "Result", "bool"):
                return Blocked(
                    "closure", f"the closure around `{located.clone.name}` may run again"
                )
        return verdict

    # -- fixes ---------------------------------------------------------------------------------

    def _borrow(self, decision: Decision, borrower: Borrower, scopes: Scopes) -> None:
        located, types, ownership = decision.located, decision.types, decision.ownership
        made = without_shadow(located.clone, located.usage, types, scopes) or borrow(borrower)
        if made is None:
            return
        said = self._obstacles.of_borrow(located, types, scopes, borrower.generic)
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
        trusted = ownership.nature is Nature.PLAIN or (
            ownership.nature is Nature.SHARED and not self._counted(located)
        )
        self._add(decision, made, trusted and not made.doubt)

    def _counted(self, located: LocatedClone) -> bool:
        """Does the function look at reference counts, so that one less may be seen?"""
        text = located.source.text(located.function)
        return any(word in text for word in _COUNTING)

    def _move(self, decision: Decision, verdict: Movable | Blocked, scopes: Scopes) -> None:
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
            if made is not None:
                trusted = ownership.nature is Nature.PLAIN and not made.doubt
                self._add(decision, made, trusted)
                return
        shared = share_buffer(located.clone, types)
        if shared is not None:
            self._add(decision, shared, False)

    def _reuse(self, decision: Decision, scopes: Scopes, verdict: Movable | Blocked) -> None:
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
        parts = [made.how, cost_sentence(decision.types.cloned, ownership.cost, located.clone.word)]
        if doubt:
            parts.append(f"Look at this: {doubt}.")
        level = Level.SAFE if safe else Level.REVIEW
        return Fix(made.label, level, made.edits, " ".join(parts))

    # -- reasons -------------------------------------------------------------------------------

    def _why(self, decision: Decision, verdict: Movable | Blocked) -> str:
        """Why a deep copy on a per-frame path stays; "" for a clone that nobody needs to see."""
        located, ownership = decision.located, decision.ownership
        hot = not located.site.in_tests and (
            is_per_item(located.site.heat) or is_per_item_method(located.source, located.function)
        )
        if not hot or not ownership.cost.allocates or not isinstance(verdict, Blocked):
            return ""
        if verdict.kind == "place":
            return ""  # a map's key, a part of something shared: it has to be made
        said = f"{verdict.reason}; each round makes a new `{decision.types.cloned.short(SHOWN)}`"
        return f"{said}; {decision.hint}" if decision.hint else said

    # -- parameters ----------------------------------------------------------------------------

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


def plan(sites: Iterable[Site], facts: Facts) -> Iterator[Proposal]:
    """See :meth:`engine.detect.codemod.Codemod.plan`."""
    return Planner(facts).plan([site for site in sites if site.role != "use"])
