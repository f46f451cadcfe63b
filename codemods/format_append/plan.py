"""From a ``format!`` and types to a fix, how far it may be trusted, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.base.model import NO_UNIT, NOT_COMPILED, Edit, Fix, Level, Outcome, Proposal, Site
from engine.rewrite.use_declarations import in_functions, trait
from engine.rust.codegen import call_instead, one_line, operand, operand_at
from engine.rust.drop_scopes import held_longer
from engine.rust.known_types import INTEGERS, key_of, leads_to, of_std_alone
from engine.rust.nodes import awaited, macro_path
from engine.rust.places import Reach, place_of, reaches
from engine.rust.questions import Question
from engine.rust.syntax import span_of

from .appends import Formatted, formatted_at

if TYPE_CHECKING:
    from engine.detect.codemod import Problem, Refusal
    from engine.detect.facts import Facts, Sources
    from engine.rust.types import Type

_STRING = "std::string::String"
_BUFFERS = frozenset({"std::vec::Vec", "std::io::BufWriter", "std::io::LineWriter"})
_PLAIN = frozenset({*INTEGERS, "bool", "char", "f32", "f64", _STRING})
_TO_STRING = b".to_string()" + trait(b"std::string::ToString")
_BY_ITSELF = "A `{}` makes its text without the machinery of `format!`."


def questions(sites: Sequence[Site], sources: Sources) -> Iterator[Question]:
    """The types of what is shown, and of where it goes."""
    for site in sites:
        made = formatted_at(sources.get(site.path), site.captures["format"][0])
        if made is not None:
            for span in (*made.call.shown, span_of(made.target), span_of(made.place)):
                yield Question(site.path, span)


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


def follow(fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
    """Where a call has two candidates now (E0034), only the function itself is to see the trait."""
    if all(problem.code != "E0034" for problem in problems):
        return None
    edits = in_functions(fix.edits, facts.source)
    return Fix(fix.label, fix.level, edits, fix.note) if edits is not None else None


class _Plan:
    """One site: a fix, or in words why there is none, or None when there is nothing to say."""

    def __init__(self, site: Site, made: Formatted, facts: Facts) -> None:
        self.site, self.made, self.facts, self.source = site, made, facts, made.source
        self.shown = {span: facts.type_of(site.path, span) for span in made.call.shown}

    def decided(self) -> Fix | str | None:
        made, source = self.made, self.source
        macro = macro_path(made.call.macro)
        is_std = self.facts.is_std_macro
        if macro is None or not is_std(source, made.whole, source.text(macro)):
            return None
        plain = [s for s, t in self.shown.items() if t and (t.is_ref or t.name in _PLAIN)]
        if made.kind != "write" and held_longer(source, made.call.macro, made.whole, plain):
            return "what its arguments make in passing (a lock's guard, say) would be dropped later"
        if made.kind == "value":
            return self._value()
        span = span_of(made.target)
        type_ = self.facts.type_of(self.site.path, span)
        if type_ is None:
            why = self.facts.unknown(self.site.path, span)
            return f"the type of `{source.quoted(span)}` is not known: {why}"
        if made.kind == "write":
            return self._written(type_)
        place = place_of(source, made.place)
        if not leads_to(type_, _STRING):
            return None
        for span, told in self.shown.items():
            reach = reaches(source, place, span) if place is not None else Reach.NOTHING
            if reach is Reach.NAMES:
                return None  # E0502: the text is made of what it is appended to
            if reach is Reach.BORROWS and (told is None or told.name not in _PLAIN):
                return f"`{source.quoted(span)}` borrows from what it is appended to"
        return self._pushed() or self._formatted(type_)

    # -- fixes ---------------------------------------------------------------------------------

    def _value(self) -> Fix | str | None:
        """``format!("{}", x)``: of these types alone ``x.to_string()`` is known to be faster."""
        span = self.made.call.alone
        type_ = self.shown[span] if span is not None else None
        if span is None or type_ is None:
            return None
        depth, base = type_.behind_refs()
        if depth > 1 or key_of(base.name) not in {*INTEGERS, "str", "char", "bool", _STRING}:
            return None
        text = operand_at(self.source, span) + _TO_STRING
        return self._replaced("to_string", text, _BY_ITSELF.format(base.short()))

    def _pushed(self) -> Fix | str | None:
        """A text, a character or a number alone needs no ``write!``."""
        template, span = self.made.call.template, self.made.call.alone
        if template is not None and not template.placeholders and not self.shown:
            note = "The text stands in the program and is copied from there."
            return self._put(template.literal(self.source), note)
        type_ = self.shown[span] if span is not None else None
        if span is None or type_ is None:
            return None
        depth, base = type_.behind_refs()
        value = operand_at(self.source, span)
        if base.name == "char":
            text = b"*" * depth + value if depth else self.source.slice(span)
            return self._put(text, "The character is put at the end as it is.", b".push(")
        if base.name in INTEGERS:
            return self._put(b"&" + value + _TO_STRING, _BY_ITSELF.format(base.short()))
        if all(step.name != "str" for step in type_.deref_chain()):
            return None
        text = self.source.slice(span) if depth else b"&" + value
        return self._put(text, "The text is copied straight to where it goes.")

    def _formatted(self, type_: Type) -> Fix | str | None:
        """``write!`` into the target. An error panics, as it does in ``format!``."""
        call, whole, target = self.made.call, self.made.whole, self.made.target
        own = [span for span, t in self.shown.items() if t is None or not of_std_alone(t)]
        head, tail = b"", self.facts.unwrapping(self.site.path, b"a String takes any text")
        if tail is None:
            if own or whole.parent is None or whole.parent.type != "expression_statement":
                return "`unwrap_used` and `expect_used` are on, and what is shown may fail"
            head, tail = b"let _ = ", b""
        end = call.template.line_end(self.source) if call.template is not None else None
        macro = b"write" if end is None else b"writeln"
        if not self.facts.is_std_macro(self.source, whole, macro):
            return None
        head = trait(b"std::fmt::Write") + head + macro + b"!"
        edits = call_instead(self.source, whole, call.inside, head, self._target(), tail)
        if end is not None:
            edits.append(Edit(self.site.path, end.start, end.end, b""))
        note = "The text is written where it goes: no `String` is made between."
        local = target.type == "identifier" and key_of(type_.name) == _STRING
        if not own or (local and not self.source.text(target).isupper()):
            return self._sound(Fix("write", Level.SAFE, tuple(edits), note))
        note += (
            f" Look at this: should the formatting of `{self.source.quoted(own[0])}` panic or fail, "
            "half of the text stands where others see it."
        )
        return self._sound(Fix("write", Level.REVIEW, tuple(edits), note))

    def _written(self, type_: Type) -> str:
        """Why the bytes that go to a writer are left to a person."""
        up, said = self.made.whole.parent, self.source.quoted(span_of(self.made.target))
        if up is not None and awaited(up) is not None:
            return (
                f"`{said}` takes bytes, in one write for each text: keep one `String` for all, clear "
                "it, `write!` into it, and write that"
            )
        if any(key_of(step.name) in _BUFFERS for step in type_.deref_chain()):
            return f"`{said}` is a buffer: `write!` into it makes no `String` between"
        return (
            f"`{said}` may not be buffered: each piece of a `write!` would be a write of its own; put "
            "a `BufWriter` around it first"
        )

    # -- parts ---------------------------------------------------------------------------------

    def _target(self, called: bool = False) -> bytes:
        """Where the text goes; ``s`` of ``*s``, where a method call sees through that."""
        place, source = self.made.place, self.source
        # Behind another type a method of its own may be meant: then all stars stay.
        seen = self.facts.type_of(self.site.path, span_of(place))
        node = place if leads_to(seen, _STRING) else self.made.target
        return one_line(operand(source, node) if called else source.text(node))

    def _put(self, value: bytes, note: str, method: bytes = b".push_str(") -> Fix | str:
        return self._replaced("push", self._target(called=True) + method + value + b")", note)

    def _replaced(self, label: str, text: bytes, note: str) -> Fix | str:
        whole = self.made.whole
        edit = Edit(self.site.path, whole.start_byte, whole.end_byte, text)
        return self._sound(Fix(label, Level.SAFE, (edit,), note))

    def _sound(self, fix: Fix) -> Fix | str:
        if any(self.source.comments_in(edit.span) for edit in fix.edits):
            return "a comment stands inside what would be replaced"
        return fix
