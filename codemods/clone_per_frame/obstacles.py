"""What compiles without the clone and means something else: pointers that rustc does not see, places that
change unseen, code that asks about the instance or chooses its impl by the type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.agreeing_impls import is_byte_pair
from engine.rust.calls import parameter_of
from engine.rust.checked_texts import checked_text
from engine.rust.copies import OWNING, clone_of
from engine.rust.followed_questions import FollowedQuestions
from engine.rust.holders import has_room, is_held
from engine.rust.instance_questions import (
    Asked,
    asked_at,
    asked_by,
    asked_of,
)
from engine.rust.item_nodes import type_of
from engine.rust.known_calls import is_std_method
from engine.rust.known_types import Nature
from engine.rust.last_use import is_apart, pointed_into
from engine.rust.lent_changes import changed_during
from engine.rust.nodes import arguments_of, bare, call_around, call_by_name
from engine.rust.places import local_of
from engine.rust.raw_pointers import is_pointer_type, looks_raw, raw_look
from engine.rust.scopes import Binding, Scopes
from engine.rust.signatures import Parameter
from engine.rust.snapshots import behind, may_change, run_during
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.type_facts import Ownership, is_bytes, is_named
from engine.rust.usages import NAMING, UsageKind

from .clone_types import CloneTypes
from .located_clone import LocatedClone, bound_by

if TYPE_CHECKING:
    from engine.detect.facts import Facts
    from engine.rust.types import Type

# Of std's traits: what a value is equal to, before, hashed as and shown as.
_OF_VALUES = (b"eq", b"ne", b"partial_cmp", b"cmp", b"hash", b"fmt")


class Obstacles:
    """Judges the clones of a workspace."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._asking = FollowedQuestions(facts.sources, facts.calls.callees)

    # -- whatever takes the clone's place ------------------------------------------------------

    def of(self, located: LocatedClone, types: CloneTypes, scopes: Scopes) -> str:
        """Why the clone must stay, whichever way it would go; "" when nothing is seen."""
        pointer = self._pointed_into(located, scopes)
        if pointer:
            return pointer
        asked = self._questions(located, types, scopes)
        made = types.cloned
        question = next((a for a in asked if a.about != "room" or has_room(made)), None)
        if question is None:
            return self._asks_itself(made)
        return question.words(located.source, located.clone.name) + (
            ", and the answer would be another one without the clone"
        )

    def _asks_itself(self, type_: Type) -> str:
        """Does what compares, hashes or shows such a value go by where it lies?"""
        items = self._facts.items
        owners = {
            t.last.encode() for t in type_.walk() if t.kind == "path" and items.printed(t.name)
        }
        for name in _OF_VALUES if owners else ():
            for impl in items.named(name, "fn"):
                if impl.owner not in owners or not impl.of_trait or impl.in_macro:
                    continue
                if self._asking.of_parameter(*items.open(impl), 0) == "address":
                    shown = f"{impl.owner.decode()}::{name.decode()}"
                    return f"`{shown}` asks where the value lies in memory, which a clone changes"
        return ""

    def _pointed_into(self, located: LocatedClone, scopes: Scopes) -> str:
        source, place = located.source, located.place
        local = local_of(source, scopes, place)
        if local is not None:
            node = located.clone.node
            found = pointed_into(source, scopes, node, place, local, self._may_keep)
        elif place.root.type == "self":
            body = (n for n in walk_all(source, located.function) if n.type == "self")
            uses = [span_of(n) for n in body if not is_apart(source, n, place.fields)]
            at = located.clone.node.start_byte
            found = raw_look(source, scopes, b"self", uses, at, self._may_keep)
        else:
            return ""
        return found.what if found is not None else ""

    def _may_keep(self, source: Source, name: Node, index: int) -> bool:
        """May the workspace's function that is called keep a raw pointer to what it is lent?"""
        if self._is_given_a_copy(source, name, index):
            return False
        sure = is_std_method(source.text(name))
        for where, function in self._facts.calls.callees(source, name, sure):
            method = name.type == "field_identifier"
            parameter = parameter_of(function, method, index) if index >= 0 else None
            declared = type_of(parameter) if parameter is not None else None
            if declared is not None and is_pointer_type(where.text(declared)):
                return True
            if looks_raw(where, function):
                return True
        return False

    def _is_given_a_copy(self, source: Source, name: Node, index: int) -> bool:
        """Is the argument a copy with memory of its own, so that who keeps a pointer to it has none to
        what it was made of?"""
        call = call_by_name(name)
        given = arguments_of(call) if call is not None else ()
        copy = clone_of(source, bare(given[index])) if 0 <= index < len(given) else None
        if copy is None or copy.word == OWNING:
            return False
        made = self._facts.type_of(source.path, copy.span)
        return made is not None and not made.is_ref and not is_held(made)

    def _questions(
        self, located: LocatedClone, types: CloneTypes, scopes: Scopes
    ) -> Iterator[Asked]:
        source, usage = located.source, located.usage
        direct = asked_at(source, located.clone.node)
        if direct is not None:
            yield direct
        if usage.kind is UsageKind.METHOD and (about := asked_by(usage.name)) is not None:
            yield Asked(about, usage.name.decode("utf-8", "replace"), span_of(usage.holder))
        # Of items that are copied, the chain has its end elsewhere.
        begun = source.node_at(located.site.span)
        text = checked_text(source, scopes, located.clone.node)
        for value in (located.clone.node, begun, text.call if text is not None else None):
            if value is not None:
                yield from self._asking.about(source, scopes, value)
        yield from self._asking.of_names(source, scopes, bound_by(located.clone, usage))
        local = local_of(source, scopes, located.place)
        if local is not None and is_held(types.cloned):
            uses = (use.span for use in local.uses if use.span != span_of(located.place.root))
            for asked in asked_of(source, uses):
                if asked.about == "holders":
                    yield asked

    def of_parameter(self, parameter: Parameter, type_: Type) -> str:
        """Does the function that takes the clone ask about the instance that it is given?"""
        source = parameter.source
        scopes = self._facts.sources.scopes(source, parameter.function)
        for binding in scopes.bound_by(span_of(parameter.pattern)):
            for asked in self._asking.of_names(source, scopes, (binding,)):
                if asked.about != "holders" or is_held(type_):
                    said = asked.words(source, binding.name.decode("utf-8", "replace"))
                    return f"in `{parameter.name}`, {said}"
        return ""

    # -- a reference in its place --------------------------------------------------------------

    def of_borrow(
        self, located: LocatedClone, types: CloneTypes, scopes: Scopes, generic: bool
    ) -> str:
        """Why no reference may stand in the clone's place."""
        source = located.source
        if snapshot := self.snapshot(located, types, scopes):
            return snapshot
        bound = bound_by(located.clone, located.usage)
        for binding in bound:
            spans = [use.span for use in scopes.uses(binding) if not use.capture]
            found = raw_look(source, scopes, binding.name, spans, None, self._may_keep)
            if found is not None:
                return f"{found.what}, and the clone is what it points to"
        if types.same or types.behind or types.receiver.is_mut_ref:
            return ""
        why = self._other_impl(located, types, scopes, bound, generic)
        shown = types.cloned.short(60)
        return f"the copy makes a `{shown}` of it, and {why}" if why else ""

    def of_maker(self, located: LocatedClone, types: CloneTypes) -> str:
        """Why no reference may be kept to a part of what a call has just made."""
        places, usage, source = self._facts.typed_places, located.usage, located.source
        let = usage.holder.type == "let_declaration" and usage.kind in NAMING
        opened = (
            located.clone.seen_as != b""
        )  # by methods, which do not lengthen a temporary's life
        if let and (gone := places.ends_first(source, located.place, opened)):
            return gone
        if opened or types.receiver.is_shared_ref:
            return ""
        return places.held_on(source, located.place, located.clone.node, let)

    def changeable(self, types: CloneTypes) -> str:
        """Why what is copied may change through a shared reference, so that the copy is a snapshot."""
        return may_change(types.cloned, self._facts.type_facts, self._facts.held_types)

    def changed_while_lent(
        self, located: LocatedClone, types: CloneTypes, scopes: Scopes, parameter: Parameter | None
    ) -> str:
        """That something is run while a reference to what may change so stands in the clone's place, there or
        in the function whose ``parameter`` takes it."""
        why, source, usage = self.changeable(types), located.source, located.usage
        if not why:
            return ""
        holder, bound = usage.holder, bound_by(located.clone, usage)
        if usage.kind is UsageKind.REF:
            holder = call_around(holder) or holder
        during = behind(located.clone.node, holder)
        found = run_during(source, scopes, during, bound)
        if found is None and parameter is not None:
            source = parameter.source
            scopes = self._facts.sources.scopes(source, parameter.function)
            bound = tuple(scopes.bound_by(span_of(parameter.pattern)))
            during = Span(parameter.function.start_byte, parameter.function.start_byte)
            found = run_during(source, scopes, during, bound)
        if found is None:
            return ""
        line = source.position(found.span.start)[0]
        return (
            f"`{located.clone.name}` may change while it is borrowed ({why}), by {found.words} at line "
            f"{line}: the clone is a snapshot of what may change"
        )

    def snapshot(self, located: LocatedClone, types: CloneTypes, scopes: Scopes) -> str:
        """Why the place may change while a reference to it lives, though rustc does not see it."""
        borrows = types.receiver.is_ref or is_named(types.receiver, "Cow")
        if located.place.is_temporary and not borrows:
            return ""

        def owned(node: Node) -> bool:
            return self._facts.typed_places.is_owned(located.source, node)

        said = self._facts.unseen_changes.of(located.source, scopes, located.place, owned)
        if not said:
            return ""
        return f"{said}, so that it may change while it is borrowed: the clone is a snapshot"

    def _other_impl(
        self,
        located: LocatedClone,
        types: CloneTypes,
        scopes: Scopes,
        bound: Iterable[Binding],
        generic: bool,
    ) -> str:
        """May another impl answer to the type that the place has?"""
        source, usage, agreeing = located.source, located.usage, self._facts.agreeing_impls
        bytes_ = is_byte_pair(types.receiver, types.cloned)
        match usage.kind:
            case UsageKind.METHOD:
                return agreeing.of_method(source, located.clone.node.start_byte, usage.name)
            case UsageKind.REF:
                return agreeing.at(source, usage.holder, bytes_)
            case UsageKind.COMPARE:
                return agreeing.of_comparison()
            case UsageKind.FORMAT if bytes_:
                return agreeing.at(source, located.clone.node, bytes_)
            case UsageKind.LET:
                return agreeing.among(source, scopes, bound, bytes_)
            case UsageKind.ARGUMENT | UsageKind.METHOD_ARGUMENT if generic and bytes_:
                return f"`{usage.name.decode('utf-8', 'replace')}` is generic"
            case _:
                return ""

    def goes_first(self, located: LocatedClone, scopes: Scopes) -> bool:
        """May the value go, or be changed, while the name that holds its clone can still be seen? What
        only reads borrows to its last use, but the clone lived to the end of its scope."""
        bound = bound_by(located.clone, located.usage)
        if not bound:
            return False
        source, place = located.source, located.place
        origins = self._facts.typed_places.origins(source, scopes, place)
        during = Span(located.clone.node.end_byte, max(b.scope.end for b in bound))
        calls = self._facts.calls
        found = changed_during(
            source, scopes, place, origins, during, calls.may_mutate, calls.must_mutate
        )
        return found > 0

    def asked_elsewhere(self, path: str, types: CloneTypes, ownership: Ownership) -> str:
        """Where in the package of ``path`` it is asked who holds a value like this, so that one holder
        less may be seen; "" where nobody asks."""
        if not is_bytes(types.cloned) and ownership.nature is not Nature.SHARED:
            return ""
        return self._facts.holders.asked_of(path, types.cloned)
