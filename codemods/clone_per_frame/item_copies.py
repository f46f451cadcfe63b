"""Items that are copied as an iterator or an Option gives them, and that may be references instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Site, Span
from engine.rust.borrows import parts_taken
from engine.rust.cloned_items import Gives, LentItems, copied_by, lent_items
from engine.rust.codegen import replaced
from engine.rust.copies import Clone
from engine.rust.iteration import items_of_iterator
from engine.rust.nodes import method_on, outward
from engine.rust.places import place_of
from engine.rust.scopes import Scopes
from engine.rust.statement_nodes import let_of, patterns_of, value_matched
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_counted, is_named, may_guard, view_of
from engine.rust.types import Type
from engine.rust.uncopied_items import without_copy
from engine.rust.usages import NAMING, Usage, UsageKind, usage_of

from .borrow import borrow
from .borrower import Borrower
from .clone_types import CloneTypes, Rewrite
from .item_sites import ways
from .located_clone import LocatedClone, bound_by, taker_of
from .parameter_groups import Decision

if TYPE_CHECKING:
    from engine.detect.facts import Facts

_ASKING = (b"is_some", b"is_none")
# A reference to one gives references to the same items, in the same order.
_OPENED = ("Option", "Result", "Vec", "VecDeque", "HashSet", "BTreeSet", "LinkedList")
_HOW = "The items are only looked at, so they need not be copied."


@dataclass(frozen=True)
class ItemCopies:
    """Plans such sites. ``reads`` tells whether a method of a name works on a reference; ``borrower`` makes
    what a borrowing rewrite is made from, ``add`` the fix of a rewrite."""

    facts: Facts
    reads: Callable[[bytes], bool]
    borrower: Callable[[Decision, Scopes], Borrower]
    add: Callable[[Decision, Rewrite, Scopes], None]

    def decide(self, site: Site) -> Decision | None:
        """What is to become of the site; None where it is none after all."""
        source = self.facts.source(site.path)
        copy = source.node_at(site.span)
        receiver = copied_by(source, copy) if copy is not None else None
        function = source.fn_item_of(copy) if copy is not None else None
        place = place_of(source, receiver) if receiver is not None else None
        if copy is None or receiver is None or function is None or place is None:
            return None
        told = self._copied(source, copy, receiver, site.span)
        if told is None:
            return None
        item, of_option = told
        ownership = self.facts.type_facts.ownership(item)
        if item.is_ref or ownership.copy or (not ownership.cost.allocates and not is_counted(item)):
            return None
        scopes = self.facts.sources.scopes(source, function)
        reads = (lambda _: True) if is_counted(item) else self.reads
        lent = lent_items(
            source,
            scopes,
            copy,
            of_option,
            reads,
            lambda name: self._is_copy(source, name),
            own=lambda name: self.facts.agreeing_impls.may_be_of_trait(
                source, copy.start_byte, name
            ),
        )
        if lent is not None and lent.opened and not is_named(item, *_OPENED):
            return None
        view = view_of(item) if is_named(item, "String", "Vec") else None
        texts = b"String::as_str" if is_named(item, "String") else b"Vec::as_slice"
        edits = without_copy(source, copy, lent, texts) if lent is not None else None
        if lent is None or edits is None or self._takes_parts(source, scopes, lent):
            return None
        clone = Clone(source, copy, receiver, b"clone", b"")
        shown = LocatedClone(site, clone, usage_of(source, lent.end), place, function)
        types = CloneTypes(item, Type("&", (item,), "ref"), None)
        decision = Decision(shown, types, ownership)
        if lent.gives is Gives.TEXTS and not is_named(item, "String"):
            return None
        if lent.until and not self._stays(decision, lent, scopes):
            return None
        if lent.gives in (Gives.SAME, Gives.TEXTS):
            self.add(decision, Rewrite("borrow", edits, _HOW), scopes)
            return decision if decision.fixes or decision.reason else None
        if lent.gives is Gives.VIEW and view is None:
            return None
        made = self._used(decision, lent, edits, scopes)
        if made is not None:
            self.add(decision, made, scopes)
        decision.located = shown
        return decision if decision.fixes or decision.reason else None

    def _copied(
        self, source: Source, copy: Node, receiver: Node, span: Span
    ) -> tuple[Type, bool] | None:
        """The type of what is copied, and whether an Option is what holds it."""
        made, held = (self.facts.type_of(source.path, span_of(node)) for node in (copy, receiver))
        if made is None or held is None:
            return None
        if is_named(made, "Option") and is_named(held, "Option"):
            item, given = made.args[0], held.args[0]
            return (item, True) if given.is_shared_ref and given.args[0] == item else None
        stds = ("std::", "core::", "alloc::")
        if not (made.name.startswith(stds) and made.last in ("Cloned", "Map")):
            return None
        if held.kind == "path" and not held.name.startswith((*stds, "hashbrown::", "indexmap::")):
            return None
        items = items_of_iterator(held)
        if items is not None and len(items) == 1:
            return items[0], False
        for lent in ways(source, span):
            if lent.shown is None:
                continue
            type_ = self.facts.type_of(source.path, span_of(lent.shown))
            if type_ is not None:
                return (type_.args[0] if type_.is_shared_ref else type_), False
        return None

    def _stays(self, decision: Decision, lent: LentItems, scopes: Scopes) -> bool:
        """May what the items are of be lent for as long as the list of them is read?"""
        located, places = decision.located, self.facts.typed_places
        told = places.types_of(located.source, located.place)
        if places.is_guarded(located.source, scopes, located.place) or any(
            t is not None and may_guard(t) for t in told
        ):
            return False
        on = self.borrower(decision, scopes)
        return not on.changed(Span(lent.end.end_byte, lent.until))

    def _is_copy(self, source: Source, name: Node) -> bool:
        type_ = self.facts.type_of(source.path, span_of(name))
        return type_ is not None and self.facts.type_facts.is_copy(type_)

    def _takes_parts(self, source: Source, scopes: Scopes, lent: LentItems) -> bool:
        """Is a field moved out of an item?"""
        for part in parts_taken(source, scopes, lent.bound):
            type_ = self.facts.type_of(source.path, span_of(part))
            if type_ is None or not self.facts.type_facts.may_be_copy(type_):
                return True
        return False

    def _used(
        self, decision: Decision, lent: LentItems, edits: tuple[Edit, ...], scopes: Scopes
    ) -> Rewrite | None:
        """The rewrite where the chain ends in one item, or in an Option of one."""
        located, item = decision.located, decision.types.cloned
        source, usage = located.source, usage_of(located.source, lent.end)
        places = self.facts.typed_places
        guarded = places.is_guarded(source, scopes, located.place)
        told = places.types_of(source, located.place)
        if usage.kind in NAMING and (guarded or any(t is not None and may_guard(t) for t in told)):
            return None  # the copy is what lets the lock go
        changes = {edit.span: edit.replacement for edit in edits}
        text = replaced(source, span_of(lent.end), changes)
        clone = Clone(source, lent.end, located.clone.receiver, b"clone", b"", seen_as=text)
        holder = taker_of(usage)
        taker = self.facts.type_of(source.path, span_of(holder)) if holder is not None else None
        cloned, seen = item, item
        if lent.gives is Gives.VIEW:
            seen = view_of(item) or item
        if lent.gives is Gives.OPTION:
            if not _only_takes_apart(usage, scopes):
                return None
            cloned = seen = Type("std::option::Option", (item,))
        decision.located = LocatedClone(located.site, clone, usage, located.place, located.function)
        decision.types = CloneTypes(cloned, Type("&", (seen,), "ref"), taker)
        on = self.borrower(decision, scopes)
        if lent.gives is Gives.OPTION and usage.kind is UsageKind.LET and not _as_it_is(on):
            return None
        return borrow(on)


def _only_takes_apart(usage: Usage, scopes: Scopes) -> bool:
    """Is the Option taken apart by patterns, none of which names all of it, there or where it is named?"""
    if usage.kind is UsageKind.LET:
        let = let_of(usage.holder)
        return let is not None and let.type is None and let.pattern.type == "identifier"
    if usage.kind not in (UsageKind.MATCH, UsageKind.IF_LET):
        return False
    patterns = patterns_of(usage.holder)
    named = {b.decl for p in patterns for b in scopes.bound_by(span_of(p))}
    return not any(span_of(p) in named or p.type == "captured_pattern" for p in patterns)


def _as_it_is(on: Borrower) -> bool:
    """Do all uses of the name work on an Option of a reference as they stand?"""
    for use in (use for b in bound_by(on.clone, on.usage) for use in on.scopes.uses(b)):
        node = outward(on.source.innermost(use.span))
        up, called = on.source.parent(node), method_on(on.source, node)
        apart = up is not None and value_matched(up) == node
        if not (use.capture or apart or (called is not None and called[0] in _ASKING)):
            return False
    return True
