"""From a ``format!`` and types to a fix, how far it may be trusted, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from engine.base.model import NO_UNIT, NOT_COMPILED, Edit, Fix, Level, Outcome, Proposal, Site
from engine.rewrite.use_declarations import trait
from engine.rust import trait_scope
from engine.rust.append_ways import STRING
from engine.rust.byte_writers import instead_of_bytes
from engine.rust.codegen import one_line, operand, write_instead
from engine.rust.drop_scopes import held_longer
from engine.rust.formatted_texts import Formatted, formatted_at
from engine.rust.known_types import key_of
from engine.rust.nodes import bare
from engine.rust.places import Reach
from engine.rust.questions import NOTHING, Question
from engine.rust.syntax import span_of

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers
    from engine.rust.types import Type

_FAILED = b"a formatting trait implementation returned an error"  # std's words in `format!`
_TO_STRING = b".to_string()" + trait(b"std::string::ToString")
_BY_ITSELF = "The text of `{}` is made without the machinery of `format!`."


def questions(
    sites: Sequence[Site], sources: Sources, answers: Answers | None
) -> Iterator[Question]:
    """The types of what is shown, of where it goes, and of all that the file writes to: it may change
    its meaning with a ``use`` of ``fmt::Write``."""
    for site in sites:
        made = formatted_at(sources.get(site.path), site.captures["format"][0])
        if made is not None:
            ways = made.ways(partial((answers or NOTHING).type_of, site.path))
            yield from (Question(site.path, *asked) for asked in ways.questions())
    for path in sorted({site.path for site in sites if site.role == "site"}):
        yield from trait_scope.questions(sources.get(path), trait_scope.FMT_WRITE, answers)


def plan(sites: Iterable[Site], facts: Facts) -> Iterator[Proposal]:
    """The fixes of all sites, each by itself."""
    for site in sites:
        made = formatted_at(facts.source(site.path), site.captures["format"][0])
        found = _Plan(site, made, facts).decided() if made is not None else None
        if isinstance(found, _Nothing):
            yield Proposal((site,), (), found, dismissed=True)
        elif isinstance(found, str):
            unknown = found.endswith((NO_UNIT, NOT_COMPILED))
            yield Proposal((site,), (), found, Outcome.NOT_COMPILED if unknown else None)
        elif found is not None:
            yield Proposal((site,), (found,))


class _Nothing(str):
    """Why there is nothing to change, and nothing to be told of."""


class _Plan:
    """One site: a fix, or in words why there is none, or None when there is nothing to say."""

    def __init__(self, site: Site, made: Formatted, facts: Facts) -> None:
        self.site, self.made, self.facts, self.source = site, made, facts, made.source
        self.ways = made.ways(partial(facts.type_of, site.path))

    def decided(self) -> Fix | str | None:
        made, source, facts = self.made, self.source, self.facts
        span, name = span_of(made.target), source.slice(made.call.path)
        means = facts.meaning_of_macro(source, made.whole, name)
        if means.is_std is False:
            return _Nothing(means.in_words(b"format")) if made.kind != "value" else None
        type_ = self.ways.type_of(span)
        found: Fix | str | None
        if made.kind == "value":
            text = self._to_string()
            found = self._replaced("to_string", *text) if text is not None else None
        elif type_ is None:
            why = facts.unknown(self.site.path, span)
            return f"the type of `{source.quoted(span)}` is not known: {why}"
        else:
            kinds = {"write": self._written, "sum": self._added, "append": self._appended}
            found = kinds[made.kind](type_)
        if not isinstance(found, Fix):
            return found
        if why := facts.other_method(source, self.ways.methods()):
            return why
        plain = facts.drops_nothing_in(self.site.path)
        if held_longer(source, made.call.macro, made.whole, plain):
            return "what its arguments make in passing (a lock's guard, say) would be dropped later"
        if why := facts.read_otherwise(source, made.whole):
            return why
        if any(source.comments_in(edit.span) for edit in found.edits):
            return "a comment stands inside what would be replaced"
        return means.in_words(b"format") or self._weighed(found)

    def _weighed(self, fix: Fix) -> Fix:
        """For review where a panic leaves text that others see, a writer sees the text in pieces, or
        another build has other types."""
        why, drops = "", self.facts.type_facts.drop_runs_others
        if self.made.kind == "append":
            why = self.ways.left_by_a_panic(fix.label == "write", drops)
            pieces = self.ways.comes_in_pieces if fix.label == "write" else ""
            why = "; ".join(filter(None, (pieces, why)))
        spans = (span_of(self.made.target), *self.made.call.shown)
        why = why or self.facts.other_build(self.source, spans, self.ways.methods())
        why = why or self.facts.unknown_attribute(self.source, self.made.whole)
        note = f"{fix.note} Look at this: {why}."
        return replace(fix, level=Level.REVIEW, note=note) if why else fix

    # -- fixes ---------------------------------------------------------------------------------

    def _appended(self, type_: Type) -> Fix | str | None:
        """What is appended to a ``String``."""
        span, source = span_of(self.made.target), self.source
        if not self.ways.leads(self.made.target):
            if self.ways.writes:
                why = "each piece of a `write!` into it would be a call of its own"
                return f"`{source.quoted(span)}` may be any writer: {why}"
            own, target = (self.site.path, span, self.ways.own_string), source.quoted(span)
            leads = self.facts.implements(*own)
            if leads is None:
                unknown = self.facts.trait_unknown(*own)
                return f"whether `{target}` leads to a `String` is not known: {unknown}"
            why = f"`{target}` may have a `push_str` of its own before its `String`'s"
            return why if leads else _Nothing(f"`{target}` is no `String`")
        reach, span = self.ways.reach()
        if reach is Reach.NAMES:
            # E0502
            return _Nothing(f"the text is made of `{source.quoted(span)}`, which it is appended to")
        if reach is Reach.BORROWS:
            return f"`{source.quoted(span)}` borrows from what it is appended to"
        template = self.made.call.template
        if template is not None and not template.pieces:
            return "its template is empty: nothing is appended here"
        way, number = self.ways.pushed, self._to_string()
        if way is not None:
            return self._put(way[1], "It is copied straight to where it goes.", way[0])
        return self._put(b"&" + number[0], number[1]) if number is not None else self._formatted()

    def _formatted(self) -> Fix | str:
        """``write!`` into the target. An error panics, as it does in ``format!``."""
        made, source, own = self.made, self.source, self.ways.failing
        writes, up = self.ways.writes, made.whole.parent
        taken = None if writes else self.facts.unwrapping(source, made.whole, _FAILED)
        head, tail = taken or (b"", b"")
        if (
            not writes
            and not tail
            and (own or not head or up is None or up.type != "expression_statement")
        ):
            why = "it is no statement of its own" if head else "so is a lint against `let _ =`"
            why = "what is shown may fail" if own else why
            return f"`unwrap_used` and `expect_used` are on, and {why}"
        target = one_line(source.text(bare(self.ways.receiver)))
        macro, edits = write_instead(source, made.span, made.call, head, target, tail)
        means = self.facts.meaning_of_macro(source, made.whole, macro)
        if not means.is_std:
            return means.in_words(macro)
        brought: tuple[Edit, ...] | str = tuple(edits)
        if not writes:  # who calls `write_str` has the trait in scope, or needs none
            brought = self.facts.with_trait(trait_scope.FMT_WRITE, source, made.whole, edits)
        if isinstance(brought, str):
            return brought
        note = "The text is written where it goes: no `String` is made between."
        return Fix("write", Level.SAFE, brought, note)

    def _added(self, type_: Type) -> str | None:
        """Why a sum is left to a person."""
        to = self.source.text(self.made.target).decode()
        why = (
            f"`{to}` comes and goes by value: `mut {to}`, `write!` into it, then `{to}` do the same"
        )
        return why if key_of(type_.name) == STRING else None

    def _written(self, type_: Type) -> str:
        """Why the bytes that go to a writer are left to a person."""
        return instead_of_bytes(self.source, self.made.whole, self.made.target, type_)

    # -- parts ---------------------------------------------------------------------------------

    def _to_string(self) -> tuple[bytes, str] | None:
        """``x.to_string()`` of what is shown alone, and what to say of it."""
        found, alone = self.ways.shown, self.made.call.alone
        if found is None or alone is None:
            return None
        if self.made.shown_by is not None:
            shown = self.source.slice(alone), f"`{found.value.short()}` is shown as it is."
            return None if self.made.may_change else shown
        if found.value.name == "str" and self._denies("str_to_string"):
            made = found.text + b".to_owned()" + trait(b"std::borrow::ToOwned")
            return None if found.asked else (made, _BY_ITSELF.format(found.value.short()))
        return found.text + _TO_STRING, _BY_ITSELF.format(found.value.short())

    def _denies(self, lint: str) -> bool:
        return self.facts.lints_against(self.source, self.made.whole, lint)

    def _put(self, value: bytes, note: str, method: bytes = b"push_str") -> Fix:
        target = one_line(operand(self.source, self.ways.receiver))
        return self._replaced("push", target + b"." + method + b"(" + value + b")", note)

    def _replaced(self, label: str, text: bytes, note: str) -> Fix:
        span = self.made.span
        return Fix(label, Level.SAFE, (Edit(self.site.path, span.start, span.end, text),), note)
