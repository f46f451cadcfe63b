"""From sites and types to proposals: which rewrite, how much it may be trusted, or why none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Fix, Level, Outcome, Proposal, Site
from engine.rust import nodes
from engine.rust.borrows import changed_during
from engine.rust.calls import Receiver
from engine.rust.known_types import Cost, Nature
from engine.rust.last_use import Blocked, Movable, movable
from engine.rust.places import origins_of
from engine.rust.scopes import Scopes
from engine.rust.signatures import Parameter, takes_reference
from engine.rust.syntax import span_of
from engine.rust.type_facts import (
    Ownership,
    is_counted,
    is_data,
    is_named,
    may_guard,
)

from .asking import Case, case_of, holder_of
from .borrow import borrow
from .borrower import Borrower
from .cost_words import SHOWN, cost_words
from .decided import Decision, grouped
from .finding import in_per_frame_trait, per_frame
from .known import Rewrite, Types
from .moves import move, shadow, shared_frame
from .reuse import handed_out
from .shapes import CONVERTING, Role

if TYPE_CHECKING:
    from engine.detect.facts import Facts
    from engine.rust.types import Type

# Words that show that somebody counts the references of an Arc.
_COUNTING = (b"strong_count", b"try_unwrap", b"into_inner", b"get_mut", b"make_mut", b"downgrade")


class Planner:
    """Plans all sites of a workspace. Used once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def plan(self, sites: Sequence[Site]) -> Iterator[Proposal]:
        """One proposal for each site that has a fix or a reason; sites that pass their clone to one
        parameter may share theirs. None for a clone that costs nothing or that nobody needs to see."""
        decisions: list[Decision] = []
        for site in sites:
            found = self._decide(site)
            if isinstance(found, Proposal):
                yield found
            elif found is not None:
                decisions.append(found)
        yield from grouped(decisions, self._facts)

    # -- one site ------------------------------------------------------------------------------

    def _decide(self, site: Site) -> Decision | Proposal | None:
        case = case_of(site, self._facts.source(site.path))
        if case is None:
            return None
        types = self._types(case)
        if types is None:
            return self._unknown(case)
        made = (site.path, case.clone.span)
        owned = self._facts.type_facts.ownership(types.cloned, made)
        free = owned.copy or (owned.cost is Cost.NONE and is_data(types.cloned))  # or a `Range`
        if free or types.cloned.is_ref:
            return None
        if any(t is None or may_guard(t) for t in self._way(case)):
            return None
        scopes = self._facts.sources.scopes(case.source, case.function)
        verdict = self._movable(case, types, scopes)
        if self._guarded(case, scopes):
            return self._only_moved(case, types, owned, verdict, scopes)
        decision = Decision(case, types, owned, parameter=self._parameter(case, types))
        parameter = decision.parameter
        borrower = Borrower(
            case.clone,
            case.context,
            types,
            scopes,
            self._facts.type_facts,
            self._receiver,
            lambda during: changed_during(
                case.source,
                scopes,
                case.place,
                origins_of(case.source, scopes, case.place, lambda node: self._owned(case, node)),
                during,
                self._facts.calls.may_mutate,
            ),
            isinstance(verdict, Movable),
            case.place.is_temporary,
            parameter is not None and takes_reference(parameter),
        )
        decision.text = borrower.reference()
        self._borrow(decision, borrower, scopes)
        self._move(decision, verdict, scopes)
        if not decision.fixes:
            self._reuse(decision, scopes, verdict)
        if not decision.fixes and not decision.reason:
            decision.reason = self._why(decision, verdict)
        return decision

    def _types(self, case: Case) -> Types | None:
        def asked(node: Node) -> Type | None:
            return self._facts.type_of(case.site.path, span_of(node))

        cloned, place = asked(case.clone.node), asked(case.clone.receiver)
        if cloned is None or place is None or any(asked(n) is None for n in case.place.prefixes):
            return None
        holder = holder_of(case.context)
        return Types(cloned, place, asked(holder) if holder is not None else None)

    def _unknown(self, case: Case) -> Proposal | None:
        """rustc did not tell the type: nothing is claimed, and only likely sites are mentioned."""
        if case.site.kind not in ("borrow", "move") or case.clone.word in CONVERTING:
            return None
        from engine.base.model import NO_UNIT, NOT_COMPILED

        spans = (case.clone.span, *map(span_of, case.place.prefixes))
        reasons = (self._facts.unknown(case.site.path, span) for span in spans)
        reason = next((reason for reason in reasons if reason), "rustc did not tell")
        outcome = Outcome.NOT_COMPILED if reason in (NO_UNIT, NOT_COMPILED) else None
        return Proposal((case.site,), (), f"its type is not known: {reason}", outcome)

    def _way(self, case: Case) -> Iterator[Type | None]:
        """Types of the place and of all that lies on the way to it."""
        return (self._facts.type_of(case.site.path, span_of(n)) for n in case.place.prefixes)

    def _only_moved(
        self, case: Case, types: Types, owned: Ownership, verdict: Movable | Blocked, scopes: Scopes
    ) -> Decision | None:
        """A value that may come out of a lock: once it is owned it can be moved, never borrowed."""
        decision = Decision(case, types, owned)
        if isinstance(verdict, Movable):
            self._move(decision, verdict, scopes)
        return decision

    def _guarded(self, case: Case, scopes: Scopes) -> bool:
        """Does a lock, a RefCell, a map's shard or a snapshot stand between here and the value?

        Without the clone it would be held for longer, so such clones are left alone.
        """
        if not case.place.has_calls and self._owned(case, case.place.root):
            return False
        origins = origins_of(case.source, scopes, case.place, lambda node: self._owned(case, node))
        if origins.guarding:
            return True
        found = (self._facts.type_of(case.site.path, span_of(node)) for node in origins.nodes)
        return any(type_ is not None and may_guard(type_) for type_ in found)

    def _receiver(self, type_: Type, method: bytes) -> Receiver:
        """How a method takes its receiver, where the workspace defines the type."""
        own = type_.kind == "path" and bool(self._facts.items.printed(type_.name))
        if type_.kind not in ("dyn", "impl") and not own:
            return Receiver.UNKNOWN
        return self._facts.calls.receiver(type_, method)

    def _owned(self, case: Case, node: Node) -> bool:
        """Is the expression a value that borrows from nothing?"""
        type_ = self._facts.type_of(case.site.path, span_of(node))
        if type_ is None or type_.kind not in ("path", "tuple", "array"):
            return False
        if is_counted(type_):
            return True
        nature = self._facts.type_facts.ownership(type_).nature
        return nature in (Nature.PLAIN, Nature.SHARED) and not any(t.is_ref for t in type_.walk())

    def _movable(self, case: Case, types: Types, scopes: Scopes) -> Movable | Blocked:
        verdict = movable(case.source, scopes, case.clone.node, case.place)
        if case.place.is_temporary and not types.place.is_ref:
            return Movable()
        if isinstance(verdict, Blocked):
            return verdict
        if types.place.is_ref:
            return Blocked("place", f"`{case.clone.name}` is only a reference here")
        for node in case.place.prefixes[:-1]:
            type_ = self._facts.type_of(case.site.path, span_of(node))
            if type_ is None or type_.is_ref or is_counted(type_) or type_.last == "Pin":
                shown = case.source.text(node).decode("utf-8", "replace")
                return Blocked("place", f"`{shown}` is only borrowed or shared here")
        if verdict.option is not None:
            option = self._facts.type_of(case.site.path, span_of(verdict.option))
            if option is None or not is_named(option, "Option", "Result", "bool"):
                return Blocked("closure", f"the closure around `{case.clone.name}` may run again")
        return verdict

    # -- fixes ---------------------------------------------------------------------------------

    def _borrow(self, decision: Decision, borrower: Borrower, scopes: Scopes) -> None:
        case, types, owned = decision.case, decision.types, decision.owned
        made = shadow(case.clone, case.context, types, scopes) or borrow(borrower)
        if made is None:
            return
        if owned.nature is Nature.CELL:
            decision.refuse(
                f"`{case.clone.name}` may change while it is borrowed ({owned.why}): the clone is a "
                "snapshot; borrow it by hand if that is not meant"
            )
            return
        if owned.nature is Nature.HANDLE and not made.doubt:
            return
        trusted = owned.nature is Nature.PLAIN or (
            owned.nature is Nature.SHARED and not self._counted(case)
        )
        self._add(decision, made, trusted and not made.doubt)

    def _counted(self, case: Case) -> bool:
        """Does the function look at reference counts, so that one less may be seen?"""
        text = case.source.text(case.function)
        return any(word in text for word in _COUNTING)

    def _move(self, decision: Decision, verdict: Movable | Blocked, scopes: Scopes) -> None:
        case, types, owned = decision.case, decision.types, decision.owned
        if isinstance(verdict, Movable):
            made = move(case.clone, case.context, types, scopes)
            if made is not None and owned.nature is Nature.HANDLE:
                if not decision.fixes:
                    decision.refuse(
                        f"`{case.clone.name}` is not used again, but without the clone it is "
                        f"dropped at another time: {owned.why}"
                    )
                return
            if made is not None:
                trusted = owned.nature is Nature.PLAIN and not made.doubt
                self._add(decision, made, trusted)
                return
        shared = shared_frame(case.clone, types)
        if shared is not None:
            self._add(decision, shared, False)

    def _reuse(self, decision: Decision, scopes: Scopes, verdict: Movable | Blocked) -> None:
        """The option ``reuse``: the buffer that is copied owns the frames that it gives out."""
        case = decision.case
        if not isinstance(verdict, Blocked) or decision.owned.nature is not Nature.PLAIN:
            return
        found = handed_out(case.clone, case.context, decision.types, case.place, scopes)
        wanted = self._facts.options.get(case.site.codemod, "reuse", False, case.site.path)
        if isinstance(found, Rewrite) and wanted:
            self._add(decision, found, False)
        elif isinstance(found, Rewrite):
            decision.hint = "`reuse = true` lets the buffer own its frames"
        elif wanted:
            decision.hint = f"it cannot be owned upstream: {found}"

    def _add(self, decision: Decision, made: Rewrite, safe: bool) -> None:
        case, owned = decision.case, decision.owned
        doubt = made.doubt or ("" if safe else owned.why)
        parts = [made.how, cost_words(decision.types.cloned, owned.cost, case.clone.word)]
        if doubt:
            parts.append(f"Look at this: {doubt}.")
        decision.fixes.append(
            Fix(
                made.label,
                Level.SAFE if safe else Level.REVIEW,
                made.edits,
                " ".join(parts),
            )
        )

    # -- reasons -------------------------------------------------------------------------------

    def _why(self, decision: Decision, verdict: Movable | Blocked) -> str:
        """Why a deep copy on a per-frame path stays; "" for a clone that nobody needs to see."""
        case, owned = decision.case, decision.owned
        hot = not case.site.in_tests and (
            per_frame(case.site.heat) or in_per_frame_trait(case.source, case.function)
        )
        if not hot or not owned.cost.allocates or not isinstance(verdict, Blocked):
            return ""
        if verdict.kind == "place":
            return ""  # a map's key, a part of something shared: it has to be made
        said = f"{verdict.reason}; each round makes a new `{decision.types.cloned.short(SHOWN)}`"
        return f"{said}; {decision.hint}" if decision.hint else said

    # -- parameters ----------------------------------------------------------------------------

    def _parameter(self, case: Case, types: Types) -> Parameter | None:
        """The parameter of the workspace's function that takes the clone."""
        if types.holder is None or not (types.same or types.behind or types.view):
            return None
        index = case.context.index
        if case.context.role is Role.ARGUMENT:
            if types.holder.kind != "fndef":
                return None
            function = self._facts.calls.printed(types.holder.name)
            if function is None:
                return None
            if nodes.self_parameter(self._facts.items.open(function)[1]) is not None:
                index -= 1
        elif case.context.role is Role.METHOD_ARGUMENT:
            function = self._facts.calls.method(types.holder, case.context.name)
            if function is None:
                return None
        else:
            return None
        return self._facts.signatures.parameter(function, index)


def plan(sites: Iterable[Site], facts: Facts) -> Iterator[Proposal]:
    """See :meth:`engine.detect.codemod.Codemod.plan`."""
    return Planner(facts).plan([site for site in sites if site.role == "site"])
