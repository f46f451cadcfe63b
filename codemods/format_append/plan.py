"""From a ``format!`` and types to a fix, how far it may be trusted, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.base.model import NO_UNIT, NOT_COMPILED, Edit, Fix, Level, Outcome, Proposal, Site
from engine.rewrite.use_declarations import trait
from engine.rust import trait_scope
from engine.rust.codegen import one_line, operand, write_instead
from engine.rust.drop_scopes import held_longer, temporaries_held_longer
from engine.rust.known_types import INTEGERS, key_of, leads_to, of_std_alone, shows_itself
from engine.rust.nodes import awaited
from engine.rust.places import Reach, is_of_body, place_of, reaches
from engine.rust.questions import Question
from engine.rust.receivers import Takes, dereferenced_to, rival
from engine.rust.string_appends import pushed
from engine.rust.syntax import span_of

from .appends import Formatted, formatted_at

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers
    from engine.rust.types import Type

_STRING = "std::string::String"
_TO_A_STRING = "core::ops::Deref<Target = ::std::string::String>"
_BUFFERS = frozenset({"std::vec::Vec", "std::io::BufWriter", "std::io::LineWriter"})
_PLAIN = frozenset({*INTEGERS, "bool", "char", "f32", "f64", _STRING})
_TO_STRING = b".to_string()" + trait(b"std::string::ToString")
_BY_ITSELF = "The text of `{}` is made without the machinery of `format!`."


def questions(
    sites: Sequence[Site], sources: Sources, answers: Answers | None
) -> Iterator[Question]:
    """The types of what is shown, of where it goes, and of all that the file writes to: it may change
    its meaning with a ``use`` of ``fmt::Write``."""
    for site in sites:
        made = formatted_at(sources.get(site.path), site.captures["format"][0])
        if made is None:
            continue
        target = span_of(made.target)
        held = map(span_of, temporaries_held_longer(made.source, made.call.macro, made.whole))
        for span in (*made.call.shown, target, span_of(made.place), *held):
            yield Question(site.path, span)
        type_ = answers.type_of(site.path, target) if answers is not None else None
        if made.kind == "append" and type_ is not None and not leads_to(type_, _STRING):
            yield Question(site.path, target, trait_scope.behind(type_, _TO_A_STRING))
    for path in sorted({site.path for site in sites if site.role == "site"}):
        yield from trait_scope.questions(sources.get(path), trait_scope.FMT_WRITE, answers)


def plan(sites: Iterable[Site], facts: Facts) -> Iterator[Proposal]:
    """The fixes of all sites, each by itself."""
    for site in sites:
        made = formatted_at(facts.source(site.path), site.captures["format"][0])
        found = _Plan(site, made, facts).decided() if made is not None else None
        if isinstance(found, str):
            unknown = found.endswith((NO_UNIT, NOT_COMPILED))
            yield Proposal((site,), (), found, Outcome.NOT_COMPILED if unknown else None)
        elif found is not None:
            yield Proposal((site,), (found,))


class _Plan:
    """One site: a fix, or in words why there is none, or None when there is nothing to say."""

    def __init__(self, site: Site, made: Formatted, facts: Facts) -> None:
        self.site, self.made, self.facts, self.source = site, made, facts, made.source
        self.shown = {span: facts.type_of(site.path, span) for span in made.call.shown}
        span = made.call.alone
        type_ = self.shown[span] if span is not None else None
        self.alone = (span, type_) if span is not None and type_ is not None else None
        self.calls: list[tuple[Type, bytes, Takes]] = []  # methods that the fix calls anew

    def decided(self) -> Fix | str | None:
        made, source = self.made, self.source
        span, name = span_of(made.target), source.slice(made.call.path)
        means = self.facts.meaning_of_macro(source, made.whole, name)
        if means.is_std is False:
            return None
        type_ = self.facts.type_of(self.site.path, span)
        found: Fix | str | None
        if made.kind == "value":
            text = self._to_string(shows_itself)  # of others it is not known to be faster
            found = self._replaced("to_string", *text) if text is not None else None
        elif type_ is None:
            why = self.facts.unknown(self.site.path, span)
            return f"the type of `{source.quoted(span)}` is not known: {why}"
        else:
            found = self._written(type_) if made.kind == "write" else self._appended(type_)
        if not isinstance(found, Fix):
            return found
        for type_, name, takes in self.calls:
            scopes, at = self.facts.trait_scopes, made.whole.start_byte
            if (other := rival(scopes, source, at, type_, name, takes)) is not None:
                return f"`{name.decode()}` may be that of the trait `{other.owner.decode()}` here"
        plain = self.facts.drops_nothing_in(self.site.path)
        if held_longer(source, made.call.macro, made.whole, plain):
            return "what its arguments make in passing (a lock's guard, say) would be dropped later"
        if why := self.facts.read_otherwise(source, made.whole):
            return why
        if any(source.comments_in(edit.span) for edit in found.edits):
            return "a comment stands inside what would be replaced"
        return means.in_words(b"format") or found

    # -- fixes ---------------------------------------------------------------------------------

    def _appended(self, type_: Type) -> Fix | str | None:
        """What is appended to a ``String``."""
        span, source = span_of(self.made.target), self.source
        if not leads_to(type_, _STRING):
            asked = trait_scope.behind(type_, _TO_A_STRING)
            own = self.facts.implements(self.site.path, span, asked)
            why = f"`{source.quoted(span)}` may have a `push_str` of its own before its `String`'s"
            return why if own else None
        place = place_of(source, self.made.place)
        for span, told in self.shown.items():
            reach = reaches(source, place, span) if place is not None else Reach.NOTHING
            if reach is Reach.NAMES:
                return None  # E0502: the text is made of what it is appended to
            if reach is Reach.BORROWS and (told is None or told.name not in _PLAIN):
                return f"`{source.quoted(span)}` borrows from what it is appended to"
        return self._pushed() or self._formatted(type_)

    def _pushed(self) -> Fix | None:
        """A text, a character or a number alone needs no ``write!``."""
        way = pushed(self.source, self.made.call, self.alone[1] if self.alone else None)
        if way is not None:
            return self._put(way[1], "It is copied straight to where it goes.", way[0])
        number = self._to_string(lambda step: step.name in INTEGERS)
        return self._put(b"&" + number[0], number[1], b"push_str") if number is not None else None

    def _formatted(self, type_: Type) -> Fix | str:
        """``write!`` into the target. An error panics, as it does in ``format!``."""
        made, source, path = self.made, self.source, self.site.path
        own = [span for span, t in self.shown.items() if t is None or not of_std_alone(t)]
        head, tail = b"", self.facts.unwrapping(path, b"a String takes any text")
        if tail is None:
            up = made.whole.parent
            if own or up is None or up.type != "expression_statement":
                why = "what is shown may fail" if own else "it is no statement of its own"
                return f"`unwrap_used` and `expect_used` are on, and {why}"
            head, tail = b"let _ = ", b""
        target = self._target(b"write_fmt")
        macro, edits = write_instead(source, made.whole, made.call, head, target, tail)
        means = self.facts.meaning_of_macro(source, made.whole, macro)
        if not means.is_std:
            return means.in_words(macro)
        brought = self.facts.with_trait(trait_scope.FMT_WRITE, source, made.whole, edits)
        if isinstance(brought, str):
            return brought
        note = "The text is written where it goes: no `String` is made between."
        halves = own and not (key_of(type_.name) == _STRING and is_of_body(source, made.target))
        if halves:
            note += (
                f" Look at this: should the formatting of `{source.quoted(own[0])}` panic or fail, half "
                "of the text stands where others see it."
            )
        return Fix("write", Level.REVIEW if halves else Level.SAFE, brought, note)

    def _written(self, type_: Type) -> str:
        """Why the bytes that go to a writer are left to a person."""
        up, said = self.made.whole.parent, self.source.quoted(span_of(self.made.target))
        if up is not None and awaited(up) is not None:
            return (
                f"`{said}` takes bytes, in one write for each text: `write!` all into one `String`"
            )
        if any(key_of(step.name) in _BUFFERS for step in type_.deref_chain()):
            return f"`{said}` is a buffer: `write!` into it makes no `String` between"
        return (
            f"`{said}` may not be buffered: each piece of a `write!` would be a write of its own; put "
            "a `BufWriter` around it first"
        )

    # -- parts ---------------------------------------------------------------------------------

    def _to_string(self, wanted: Callable[[Type], bool]) -> tuple[bytes, str] | None:
        """``x.to_string()`` of the ``wanted`` thing that is shown alone, and what to say of it."""
        found = dereferenced_to(self.source, *self.alone, wanted) if self.alone else None
        if found is None:
            return None
        self.calls.append((found[1], b"to_string", "&self"))
        return found[0] + _TO_STRING, _BY_ITSELF.format(found[1].short())

    def _target(self, method: bytes) -> bytes:
        """Where the text goes; ``s`` of ``*s``, where a method call sees through that."""
        # Behind another type a method of its own may be meant: then all stars stay.
        sees = leads_to(self.facts.type_of(self.site.path, span_of(self.made.place)), _STRING)
        node = self.made.place if sees else self.made.target
        type_ = self.facts.type_of(self.site.path, span_of(node))
        self.calls += [(type_, method, "&mut self")] if type_ is not None else []
        text = self.source.text(node) if method == b"write_fmt" else operand(self.source, node)
        return one_line(text)

    def _put(self, value: bytes, note: str, method: bytes) -> Fix:
        call = self._target(method) + b"." + method + b"(" + value + b")"
        return self._replaced("push", call, note)

    def _replaced(self, label: str, text: bytes, note: str) -> Fix:
        span = span_of(self.made.whole)
        return Fix(label, Level.SAFE, (Edit(self.site.path, span.start, span.end, text),), note)
