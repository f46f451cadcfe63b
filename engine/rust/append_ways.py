"""How the text of one ``format!`` may be made, or appended to a ``String``, without it: which methods of
std do that, what must be asked so that they are std's, and what may go wrong on the way.

A panic is what matters on the way: ``format!`` has its text whole before it is appended, ``write!`` leaves
in the ``String`` what it has written until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.drop_scopes import temporaries_in
from engine.rust.format_macros import FormatCall
from engine.rust.known_types import INTEGERS, is_shown_whole, key_of, leads_to, shows_itself
from engine.rust.nodes import dereferenced, method_call
from engine.rust.places import Place, Reach, is_of_body, names, place_of, reaches
from engine.rust.receivers import Receiver, appending, shown_by
from engine.rust.string_appends import pushed
from engine.rust.syntax import Source, span_of
from engine.rust.trait_scope import behind
from engine.rust.types import Type

STRING = "std::string::String"
FORMATTER = "std::fmt::Formatter"
_PLAIN = frozenset({*INTEGERS, "bool", "char", "f32", "f64", STRING})
# Shown by `{}`, these are written at once (of what has a sign, that comes first).
_IN_ONE = frozenset({"u8", "u16", "u32", "u64", "u128", "usize", "bool", "char", "str", STRING})


@dataclass(frozen=True, slots=True)
class AppendWays:
    """Of ``call``, which ``whole`` appends to ``target``; all three are one where its text is a value."""

    source: Source
    call: FormatCall
    whole: Node
    target: Node
    type_of: Callable[[Span], Type | None]

    @property
    def place(self) -> Node:
        """The target without a ``*`` in front."""
        return dereferenced(self.target) or self.target

    @property
    def writes(self) -> bool:
        """Is it ``f.write_str(..)``, which has a result, and takes what is written piece by piece?"""
        now = method_call(self.source, self.whole)
        return now is not None and now.method == b"write_str"

    def leads(self, node: Node) -> bool:
        """Does auto-deref lead from ``node`` to the text (or ``Formatter``) that is appended to?"""
        paths = (STRING, FORMATTER) if self.writes else (STRING,)
        return any(leads_to(self.type_of(span_of(node)), path) for path in paths)

    @property
    def receiver(self) -> Node:
        """What a method of the ``String`` is called on: the place, or the target with all its stars where
        another type stands before, which may have such a method."""
        return self.place if self.leads(self.place) else self.target

    @property
    def pushed(self) -> tuple[bytes, bytes] | None:
        """The method, and its argument, that append the text without a formatter."""
        span = self.call.alone
        shown = self.type_of(span) if span is not None else None
        return pushed(self.source, self.call, shown, self.writes)

    @property
    def shown(self) -> Receiver | None:
        """What is shown alone, where its ``to_string`` is faster: of other types it is not known to be,
        and what is pushed is a number (of text, ``pushed`` tells)."""
        span, is_value = self.call.alone, self.whole == self.call.macro
        type_ = self.type_of(span) if span is not None else None
        wanted = shows_itself if is_value else lambda step: step.name in INTEGERS
        if span is None or type_ is None or self.writes:
            return None
        return shown_by(self.source, span, type_, wanted)

    @property
    def own_string(self) -> str:
        """What is to be asked of the target to tell whether its type, of which auto-deref is not known,
        derefs to a ``String``; "" where nothing needs to be."""
        type_ = self.type_of(span_of(self.target))
        if type_ is None or self.whole == self.call.macro or self.writes or self.leads(self.target):
            return ""
        return behind(type_, f"core::ops::Deref<Target = ::{STRING}>")

    def questions(self) -> Iterator[tuple[Span, str]]:
        """(expression, trait) of all that must be known of types, and, when these are, of traits."""
        passing = map(span_of, self._passing())
        place = place_of(self.source, self.place)
        root = span_of(place.root if place is not None else self.place)
        for span in (*self.call.shown, span_of(self.target), span_of(self.place), root, *passing):
            yield span, ""
        yield from self.methods()
        if self.own_string:
            yield span_of(self.target), self.own_string

    def methods(self) -> Iterator[tuple[Span, str]]:
        """The expressions on which a method of std is called, now or then, and what is to be asked of each
        (``questions.nobody_elses``)."""
        way, shown, type_ = self.pushed, self.shown, self.type_of(span_of(self.receiver))
        if shown is not None and shown.asked and way is None and self.call.alone is not None:
            yield self.call.alone, shown.asked
        if self.whole == self.call.macro or type_ is None:
            return
        now = method_call(self.source, self.whole)
        name = way[0] if way is not None else b"push_str" if shown is not None else b"write_fmt"
        for each in sorted({name} | ({now.method} if now is not None else set())):
            if asked := appending(type_, each.decode()):
                yield span_of(self.receiver), asked

    def reach(self) -> tuple[Reach, Span]:
        """How far what is shown reaches into the target, and what does. What is plain borrows from nothing."""
        place, worst = place_of(self.source, self.place), (Reach.NOTHING, span_of(self.target))
        if place is None:
            return worst
        for span in self.call.shown:
            reach, told = reaches(self.source, place, span), self.type_of(span)
            if reach is Reach.NAMES:
                return reach, span
            if reach is Reach.NOTHING and self._by_deref(place) and names(self.source, place, span):
                return Reach.BORROWS, span
            if reach is Reach.BORROWS and (told is None or told.name not in _PLAIN):
                worst = reach, span
        return worst

    def _by_deref(self, place: Place) -> bool:
        """Is the text a field of what a call of ``deref_mut`` gives (of a lock's guard)? All of that is
        lent then, not the one field."""
        type_ = self.type_of(span_of(place.root)) if place.fields else None
        base = type_.behind_refs()[1] if type_ is not None else None
        return base is not None and len(base.deref_chain()) > 1 and base.last != "Box"

    @property
    def failing(self) -> list[Span]:
        """What is shown and may fail, or panic, on the way."""
        told = ((span, self.type_of(span)) for span in self.call.shown)
        return [span for span, type_ in told if type_ is None or not is_shown_whole(type_)]

    @property
    def comes_in_pieces(self) -> str:
        """Where the writer behind a ``Formatter`` got the text as one and would get it piece by piece, in
        words; "" where it is one piece still, or a ``String`` takes it."""
        if not self.writes or leads_to(self.type_of(span_of(self.target)), STRING):
            return ""
        shown = self.type_of(self.call.alone) if self.call.alone is not None else None
        if shown is not None and key_of(shown.behind_refs()[1].name) in _IN_ONE:
            return ""
        to = self.source.quoted(span_of(self.place))
        return f"what is behind `{to}` got the text as one piece, and now gets each part by itself"

    def left_by_a_panic(self, writes: bool, drop_runs: Callable[[Type], bool]) -> str:
        """When a panic leaves text where others see it and ``format!`` leaves none, in words; "" for never.
        ``writes``: the text is written piece by piece. ``drop_runs``: may the drop of what is made in
        passing panic?"""
        type_, own = self.type_of(span_of(self.target)), self.failing
        if writes and own and self.writes:
            shown = self.source.quoted(own[0])
            why = f"should the formatting of `{shown}` panic or fail, half of the text stands there"
            return f"{why}, and what fails is the result, where `format!` panicked"
        if type_ and key_of(type_.name) == STRING and is_of_body(self.source, self.target):
            return ""  # nobody sees it then
        if writes and own:
            shown = self.source.quoted(own[0])
            why = f"should the formatting of `{shown}` panic or fail, half of the text"
            return f"{why} stands where others see it"
        for node in self._passing():
            dropped = self.type_of(span_of(node))
            if dropped is None or drop_runs(dropped):
                why = f"should `{self.source.quoted(span_of(node))}` panic when it is dropped, the text"
                return f"{why} stands where others see it"
        return ""

    def _passing(self) -> Iterator[Node]:
        """What the arguments make in passing; no closures: these go with the call that they are given to,
        without which rustc cannot tell their types."""
        for node in temporaries_in(self.source, self.call.macro):
            if node.type != "closure_expression":
                yield node
