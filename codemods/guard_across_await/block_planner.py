"""A named guard: which statements go into its block, and what comes out of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tree_sitter import Node

from codemods.guard_across_await import messages
from codemods.guard_across_await.extraction import Extraction
from codemods.guard_across_await.extraction_candidates import candidates
from codemods.guard_across_await.named_guard import (
    Carried,
    Context,
    GuardBlock,
    Local,
    Refused,
    no_extraction,
)
from codemods.guard_across_await.passing_values import is_released_late
from codemods.guard_across_await.readings import read_out
from engine.base.model import Span
from engine.rust.codegen import identifiers, is_annotated
from engine.rust.effects import outward_effects
from engine.rust.evaluation_order import is_evaluated_first
from engine.rust.guard_scopes import GuardScope
from engine.rust.item_nodes import type_of
from engine.rust.lending import lends
from engine.rust.locks import guarded, guards_in
from engine.rust.moves import moved
from engine.rust.nodes import access_of, borrowed, indexed, macro_name
from engine.rust.owned_copies import OwnedCopy, copy_behind, owned_copy, referred
from engine.rust.pattern_types import type_of_part
from engine.rust.scopes import Binding
from engine.rust.statement_nodes import let_of, pattern_of, statements_of
from engine.rust.syntax import ITEMS, span_of
from engine.rust.type_facts import is_whole, shared_target
from engine.rust.types import Type

_PINS = frozenset({b"pin", b"pin_mut"})
# What ``&`` in front of it lends is a value in passing.
_MADE = frozenset({"call_expression", "macro_invocation", "await_expression", "try_expression"})


def block_for(ctx: Context, scope: GuardScope, others: Mapping[GuardScope, str]) -> GuardBlock:
    """The block for ``scope``, a guard bound by a ``let``. ``others`` are further guards that are
    held across an await, each with the reason why it must stay ("" when it need not). What borrows
    from the guard stays in the block with all its uses where it can, else it is cloned out. Raises
    Refused."""
    lean = BlockPlanner(ctx, scope, others, cloning_out=False)
    try:
        return lean.plan()
    except Refused:
        if not lean.clonable:
            raise
    return BlockPlanner(ctx, scope, others, cloning_out=True).plan()


class BlockPlanner:
    """Finds the block of one guard. ``cloning_out``: what borrows from the guard and is needed behind
    the block may be cloned."""

    def __init__(
        self,
        ctx: Context,
        scope: GuardScope,
        others: Mapping[GuardScope, str],
        cloning_out: bool,
    ) -> None:
        self.cloning_out = cloning_out
        self.clonable = False  # would something have been cloned out?
        self.widened = False  # does the block go on behind the guard's last use?
        self.declared: list[Node] = []  # `let name;` for what the block gives a value
        self.referred: dict[Binding, Type] = {}  # what a name that borrows refers to
        self.read: dict[
            Binding, tuple[Extraction, ...]
        ] = {}  # what is read of one behind the block
        self.ctx = ctx
        self.source = ctx.source
        self.scope = scope
        self.statements = statements_of(scope.region)
        self.first = self.index_of(scope.holder)
        self.stop = min(self.index_of(node) for node in scope.trace.ordered())
        self.others = {
            other: reason
            for other, reason in others.items()
            if other.region == scope.region and other.kind in ("let", "extended")
        }
        self.inside: list[GuardScope] = []

    def index_of(self, node: Node) -> int:
        """Index of the statement that holds ``node``."""
        return self.index_at(span_of(node))

    def index_at(self, span: Span) -> int:
        """Index of the statement in which ``span`` ends."""
        for index, statement in enumerate(self.statements):
            if statement.end_byte >= span.end:
                return index
        return len(self.statements) - 1

    def plan(self) -> GuardBlock:
        """The block. Raises Refused."""
        try:
            return self._block()
        except Refused as refused:
            if not self.widened:
                raise
            raise Refused(refused.reason, True, refused.open) from None

    def _block(self) -> GuardBlock:
        uses = set(self.scope.uses)
        last = max((self.index_at(use) for use in uses), default=self.first)
        derived: dict[Binding, OwnedCopy | None] = {}
        while True:
            before = last
            for other, reason in self.others.items():
                at = self.index_of(other.holder)
                if self.first < at <= last and other not in self.inside:
                    if reason:
                        raise self._stays(other)
                    self.inside.append(other)
                    uses |= other.uses
                    last = max([last, *(self.index_at(use) for use in other.uses)])
            for binding, copied in self.derived(min(last, self.stop - 1)).items():
                later = [u.span for u in self.ctx.scopes.uses(binding)]
                ends = max((self.index_at(use) for use in later), default=0)
                if ends >= self.stop and self._is_read_out(binding, copied, ends):
                    copied = None
                    later = [use for use in later if self.index_at(use) < self.stop]
                    ends = max((self.index_at(use) for use in later), default=0)
                elif copied is not None and ends >= self.stop:
                    self.clonable = True
                    if not self.cloning_out and ends == self.stop:
                        copied = None
                elif ends < self.stop:
                    copied = None
                derived[binding] = copied
                if copied is None:
                    uses.update(later)
                    last = max([last, ends])
            seen = self._last_effect(last)
            self.widened = self.widened or seen > last
            last = max(last, seen)
            if last == before:
                break
        if last > self.stop:
            raise self._beyond(uses, derived)
        outside = self.statements[last] if last == self.stop else None
        extractions: tuple[tuple[Extraction, ...], ...] = ()
        if outside is not None:
            inner = [use for use in sorted(uses) if use in span_of(outside)]
            extractions = self._extractions(outside, inner)
            last -= 1
            if self.clonable and not self.cloning_out and any(o[0].cost for o in extractions):
                raise Refused("a clone of what borrows from the guard costs no more")
        if self.read:
            outside = self.statements[last + 1]
            places = [options[0].place for options in extractions]
            ways = (way.beside(places) for ways in self.read.values() for way in ways)
            extractions += tuple((way,) for way in ways if way is not None)
        self.check(last, outside)
        gone = [span for options in extractions for span in options[0].places]
        carried, kept = self.carried(last, gone, derived)
        return GuardBlock(
            self.scope.region,
            self.statements,
            self.first,
            last,
            carried,
            outside,
            extractions,
            tuple(self.inside),
            kept,
            declared=tuple(self.declared),
        )

    def _is_read_out(self, binding: Binding, copied: OwnedCopy | None, ends: int) -> bool:
        """Is all that is needed of ``binding``, which borrows from the guard, from the await on what can
        be read of it in the block?"""
        if ends == self.stop and not self.cloning_out:
            self.clonable = True  # if nothing comes of the statement that awaits
            return False
        inner, facts = self.referred.get(binding), self.ctx.types.facts
        if inner is None or (copied is not None and facts.is_cheap(inner)):
            return False
        if binding not in self.read:
            uses = [u for u in self.ctx.scopes.uses(binding) if self.index_at(u.span) >= self.stop]
            ways = read_out(self.ctx, uses, inner)
            if not ways:
                return False
            self.read[binding] = ways
        return True

    def _last_effect(self, last: int) -> int:
        """The last statement before the awaiting one that does something which others may see: it is
        done under the lock, and stays there."""
        for index in range(self.stop - 1, last, -1):
            statement = self.statements[index]
            if next(outward_effects(self.source, statement), None) is not None:
                return index
        return last

    def _stays(self, other: GuardScope) -> Refused:
        """Another guard is taken inside and must live on."""
        if other.names and other.names[0].startswith("_"):
            return Refused(messages.dropped_earlier(self.scope, other.names[0]))
        return Refused(messages.other_guard(self.source, self.scope, other), False)

    # -- what borrows from the guard -----------------------------------------------------------

    def derived(self, last: int) -> dict[Binding, OwnedCopy | None]:
        """Names bound to something borrowed from the guard, with what copies it cheaply (None: nothing
        does, so the guard must live as long as they are used)."""
        sources = {u for o in (self.scope, *self.inside) for u in o.uses}
        found: dict[Binding, OwnedCopy | None] = {}
        guards = {b for o in (self.scope, *self.inside) for b in o.bindings}
        for statement in self.statements[self.first + 1 : last + 1]:
            let = let_of(statement)
            if let is None or (value := let.value) is None:
                continue
            inside = [use for use in sources if use in span_of(value)]
            if not any(self._lends(use, value) for use in inside):
                continue
            type_ = self.ctx.type_of(value)
            if type_ is None or is_whole(type_) or self._is_written_whole(statement, type_):
                continue
            for binding in self._bound_by(statement):
                if binding in guards:
                    continue
                inner = self._refers_to(binding, let.pattern, type_)
                found[binding] = None
                if inner is not None:
                    self.referred[binding] = guarded(inner) or inner
                    found[binding] = self._copied(binding, statement, type_)
                sources |= {use.span for use in self.ctx.scopes.uses(binding)}
        return found

    def _lends(self, use: Span, value: Node) -> bool:
        """May ``value`` borrow from what is used at ``use``? Not where a value of its own is made of it
        on the way (an index, a key), nor where it is a reference that lies in what is guarded, which
        outlives the guard."""
        of_guard = any(use in guard.uses for guard in (self.scope, *self.inside))
        place = access_of(value) is not None or indexed(value) is not None
        type_ = self.ctx.type_of(value)
        if of_guard and place and type_ is not None and type_.is_shared_ref:
            return False
        return lends(self.source, self.source.innermost(use), value, self.ctx.type_of)

    def _is_written_whole(self, let: Node, type_: Type) -> bool:
        """Does the ``let``'s own type say that nothing is borrowed, or is nothing known?"""
        written = type_of(let)
        open_ = any(part.kind == "infer" and part.name == "_" for part in type_.walk())
        return open_ and (written is None or not re.search(rb"[&']", self.source.text(written)))

    def _bound_by(self, let: Node) -> list[Binding]:
        return [
            b for b in self.ctx.scopes.bindings if b.kind == "let" and b.statement == span_of(let)
        ]

    def _refers_to(self, binding: Binding, pattern: Node, type_: Type) -> Type | None:
        if binding.plain:
            return shared_target(type_)
        return referred(pattern, binding.decl, type_)

    def _copied(self, binding: Binding, let: Node, type_: Type) -> OwnedCopy | None:
        inner, facts = self.referred[binding], self.ctx.types.facts
        if binding.by_ref or binding.mutable:
            return None
        if not (facts.is_cheap(inner) or facts.is_small(inner)):
            return None
        if not binding.plain:
            return copy_behind(facts, inner)
        written = type_of(let)
        said = self.source.text(written) if written is not None else b""
        return owned_copy(facts, type_, said)

    # -- what comes out ------------------------------------------------------------------------

    def _extractions(
        self, outside: Node, uses: Sequence[Span]
    ) -> tuple[tuple[Extraction, ...], ...]:
        """Expressions of the awaiting statement to compute inside the block."""
        awaits = [a for a in self.scope.trace.ordered() if span_of(a) in span_of(outside)]
        found: list[tuple[Extraction, ...]] = []
        for use in uses:
            if any(use in options[0].place for options in found):
                continue
            node = outside.descendant_for_byte_range(use.start, use.end) or outside
            options = candidates(self.ctx.source, self.ctx.types, node, outside, awaits)
            if not options:
                raise no_extraction(self.ctx, self.scope, node, awaits)
            found = [o for o in found if o[0].place not in options[0].place]
            found.append(options)
        for way, *_ in found:
            if is_released_late(self.ctx, way):
                raise Refused(messages.released_late(self.source, self.scope, way.node))
        tops = [options[0].node for options in found]
        for options in found:
            if not is_evaluated_first(self.source, options[0].node, outside, tops):
                raise Refused(messages.not_first(self.source, self.scope, options[0].node))
        return tuple(found)

    def carried(
        self, last: int, gone: Sequence[Span], derived: dict[Binding, OwnedCopy | None]
    ) -> tuple[tuple[Carried, ...], tuple[Local, ...]]:
        """Names to hand out, and those whose drop is to be told of; what would be dropped earlier where
        that is seen for sure is refused."""
        end = self.statements[last].end_byte
        carried: list[Carried] = []
        kept: list[Local] = []
        guards = {b for o in (self.scope, *self.inside) for b in o.bindings}
        for statement in self.statements[self.first : last + 1]:
            let = let_of(statement)
            if let is None:
                continue
            value = let.value
            for binding in self._bound_by(statement):
                name = binding.name.decode("utf-8", "replace")
                uses = [u.span for u in self.ctx.scopes.uses(binding)]
                after = [u for u in uses if u.start >= end and not any(u in g for g in gone)]
                if binding in guards:
                    continue
                if after and value is None:
                    if not self._goes_in_front(statement, binding):
                        raise Refused(messages.declared_without_value(self.scope, name))
                    self.declared.append(statement)
                    continue
                type_ = self.ctx.type_of(value) if value is not None else None
                if after and type_ is not None and next(guards_in(type_), None) is not None:
                    raise Refused(messages.dropped_earlier(self.scope, name, type_), False)
                held = self._held_by(statement, binding, type_)
                if held is not None and self.ctx.types.facts.drop_is_seen(held) is not False:
                    kept.append(Local(binding, held, moved(self.source, uses, self.scope.region)))
                if after:
                    referred_ = self.referred.get(binding)
                    carried.append(Carried(binding, derived.get(binding), referred_))
                    continue
                if name.startswith("_"):
                    raise Refused(messages.dropped_earlier(self.scope, name))
                if self.ctx.types.facts.drop_is_seen(type_):
                    raise Refused(messages.dropped_earlier(self.scope, name, type_))
        return tuple(carried), tuple(kept)

    def _held_by(self, let: Node, binding: Binding, type_: Type | None) -> Type | None:
        """The type of the value that goes with the name; of ``&made()`` that is what is made."""
        found = let_of(let)
        made = borrowed(found.value) if found is not None and found.value is not None else None
        if binding.plain and made is not None and made.type in _MADE:
            return self.ctx.type_of(made)
        return type_of_part(self.source, pattern_of(let), binding, type_)

    def _goes_in_front(self, let: Node, binding: Binding) -> bool:
        """May ``let name;`` stand in front of the guard: is no other of that name meant in between?"""
        between = Span(self.scope.holder.start_byte, let.start_byte)
        named = identifiers(self.source.data[between.start : between.end])
        return binding.plain and binding.name not in named and not is_annotated(self.source, let)

    # -- what cannot go into a block -----------------------------------------------------------

    def check(self, last: int, outside: Node | None) -> None:
        """Raises Refused for what cannot go into a block that ends with the statement ``last``."""
        inside = self.statements[self.first : last + 1]
        before = self.scope.holder.prev_named_sibling
        if before is not None and before.type == "attribute_item":
            raise Refused(messages.attribute(self.scope, self.source.text(before)))
        for statement in [*inside, *([outside] if outside is not None else [])]:
            if statement.has_error:
                raise Refused(messages.not_understood(self.scope))
        for statement in inside:
            if statement.type in ("attribute_item", "inner_attribute_item"):
                raise Refused(messages.attribute(self.scope, self.source.text(statement)))
            if statement.type in ITEMS or statement.type == "use_declaration":
                raise Refused(messages.item_inside(self.scope, statement.type))
            call = statement.named_children[0] if statement.named_children else statement
            for node in (statement, call):
                if node.type == "macro_invocation" and macro_name(self.source, node) in _PINS:
                    raise Refused(messages.item_inside(self.scope, "pinned value"))
        if outside is not None and last + 1 < len(self.statements):
            between = outside.prev_named_sibling
            if between is not None and between.type == "attribute_item":
                raise Refused(messages.attribute(self.scope, self.source.text(between)))

    def _beyond(self, uses: set[Span], derived: dict[Binding, OwnedCopy | None]) -> Refused:
        """Something that needs the guard is used after the await: what, and where."""
        for other in self.inside:
            if any(self.index_at(use) > self.stop for use in other.uses):
                return self._stays(other)
        for binding, copied in derived.items():
            for found in self.ctx.scopes.uses(binding):
                if copied is None and self.index_at(found.span) > self.stop:
                    reason = messages.borrowed_beyond(self.source, self.scope, binding, found.span)
                    return Refused(reason, False)
        later = next((use for use in sorted(uses) if self.index_at(use) > self.stop), None)
        return Refused(messages.used_after(self.source, self.scope, later))
