"""Places, by what rustc told of them: does a value own what it is, does a lock stand before a place, may the
place be moved out of?

``places`` and ``last_use`` answer from syntax; here the types on the way have the last word. What rustc
did not tell counts to the careful side: as borrowed, and as no ``Option``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tree_sitter import Node

from engine.rust.drop_scopes import extending_let
from engine.rust.files import TypeOf
from engine.rust.known_types import Nature
from engine.rust.last_use import Blocked, Movable, movable
from engine.rust.nodes import method_call
from engine.rust.places import Origins, Place, made_at_end, origins_of
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts, is_counted, is_named, is_whole, may_guard
from engine.rust.types import Type


class TypedPlaces:
    """Judges places of a workspace, about whose prefixes and origins rustc was asked."""

    def __init__(
        self,
        type_of: TypeOf,
        type_facts: TypeFacts,
        drops: Callable[[Type], bool] = lambda type_: False,
        dropped: TypeFacts | None = None,
    ) -> None:
        self._type_of = type_of
        self._facts = type_facts
        self._drops = drops
        self._dropped = dropped or type_facts  # what dropping a value does, whatever its clone is

    def types_of(self, source: Source, place: Place) -> Iterator[Type | None]:
        """Types of the place and of all that lies on the way to it, the root's first."""
        return (self._type_of(source.path, span_of(node)) for node in place.prefixes)

    def is_owned(self, source: Source, node: Node) -> bool:
        """Is the expression a value that borrows from nothing? (What is behind an ``Arc`` is.)"""
        type_ = self._type_of(source.path, span_of(node))
        if type_ is None or type_.kind not in ("path", "tuple", "array"):
            return False
        if is_counted(type_):
            return True
        nature = self._facts.ownership(type_).nature
        return nature in (Nature.PLAIN, Nature.SHARED) and not any(t.is_ref for t in type_.walk())

    def is_reference(self, source: Source, node: Node) -> bool:
        """Is the expression known to be a ``&T``, through which nothing is changed or moved?"""
        type_ = self._type_of(source.path, span_of(node))
        return type_ is not None and type_.is_shared_ref

    def origins(self, source: Source, scopes: Scopes, place: Place) -> Origins:
        """What the place's value may borrow from."""
        return origins_of(source, scopes, place, lambda node: self.is_owned(source, node))

    def is_guarded(self, source: Source, scopes: Scopes, place: Place) -> bool:
        """Does a lock, a ``RefCell``, a map's shard or a snapshot stand between here and the value, so that
        who borrows it holds that for longer?"""
        if not place.has_calls and self.is_owned(source, place.root):
            return False
        origins = self.origins(source, scopes, place)
        if origins.guarding:
            return True
        told = (self._type_of(source.path, span_of(node)) for node in origins.nodes)
        return any(type_ is not None and may_guard(type_) for type_ in told)

    def held_on(self, source: Source, place: Place, at: Node, named: bool) -> str:
        """Why a reference to ``place`` that stands in the place of ``at`` (a name of a ``let`` holds it, where
        ``named``) would hold on to what a call has just made, to the end of the block, so that others may
        see it; "" where nothing is held, or only memory."""
        made = made_at_end(place)
        if made is None or not (named or extending_let(source, at) is not None):
            return ""
        type_ = self._type_of(source.path, span_of(made))
        if type_ is not None and self._dropped.is_plain(type_):
            return ""
        shown = source.quoted(span_of(made))
        why = self._dropped.ownership(type_).why if type_ is not None else "its type is not known"
        return f"what `{shown}` makes would live on to the end of the block{why and f': {why}'}"

    def ends_first(self, source: Source, place: Place, lent: bool) -> str:
        """Why a reference into ``place`` has no life behind the statement: it is lent by a method of a value
        that a call has just made. ``lent``: by one that is called on the place, too. "" where none is seen."""
        steps = zip(place.prefixes, place.prefixes[1:], strict=False)
        calls = [(holder, step) for holder, step in steps if step.type == "call_expression"]
        for holder, step in calls:
            type_ = self._type_of(source.path, span_of(step))
            call = method_call(source, step)
            if (
                type_ is not None
                and not is_whole(type_)
                and call is not None
                and not call.arguments
            ):
                made = self._made_inside(source, place, holder)
                if made is not None:
                    return _ended(source, made)
        made = self._made_inside(source, place, place.whole) if lent else None
        return _ended(source, made) if made is not None else ""

    def _made_inside(self, source: Source, place: Place, node: Node) -> Node | None:
        """What a call has just made, of which the prefix ``node`` is a part that borrows from nothing."""
        at = place.prefixes.index(node)
        part = replace(place, prefixes=place.prefixes[: at + 1])
        made = made_at_end(part)
        if made is None or not self.is_owned(source, node):
            return None
        between = part.prefixes[part.prefixes.index(made) :]
        told = [self._type_of(source.path, span_of(step)) for step in between]
        return made if all(t is not None and not t.is_ref for t in told) else None

    def movable(
        self, source: Source, scopes: Scopes, node: Node, place: Place, type_: Type
    ) -> Movable | Blocked:
        """As :func:`engine.rust.last_use.movable`, of a place that is a ``type_``."""
        verdict = movable(source, scopes, node, place)
        if place.is_temporary and not type_.is_ref:
            return Movable()
        if isinstance(verdict, Blocked):
            return verdict
        name = source.quoted(span_of(place.whole))
        if type_.is_ref:
            return Blocked("place", f"`{name}` is only a reference here")
        for step, told in zip(place.prefixes[:-1], self.types_of(source, place), strict=False):
            if told is None or told.is_ref or is_counted(told) or told.last == "Pin":
                shown = source.quoted(span_of(step))
                return Blocked("place", f"`{shown}` is only borrowed or shared here")
            if self._drops(told):
                said = f"`{told.last}` has a `Drop` of its own: nothing can be taken out of it"
                return Blocked("place", said)
        if verdict.option is not None:
            option = self._type_of(source.path, span_of(verdict.option))
            if option is None or not is_named(option, "Option", "Result", "bool"):
                return Blocked("closure", f"the closure around `{name}` may run again")
        return verdict


def _ended(source: Source, made: Node) -> str:
    return f"what `{source.quoted(span_of(made))}` makes is gone at the end of the statement"
