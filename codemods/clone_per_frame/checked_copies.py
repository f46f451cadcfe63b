"""Bytes that are copied for ``String::from_utf8`` alone, whose text is only looked at: ``std::str::from_utf8``
borrows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import in_full
from engine.rust.checked_texts import CheckedText, checked_text, opened_text
from engine.rust.codegen import has_comment_around
from engine.rust.known_types import key_of
from engine.rust.scopes import Scopes
from engine.rust.syntax import span_of
from engine.rust.types import Type
from engine.rust.usages import UsageKind, usage_of

from .borrow import borrow
from .borrower import Borrower
from .clone_types import CloneTypes, Rewrite
from .inside_options import ends_with_the_statement
from .located_clone import taker_of
from .parameter_groups import Decision

if TYPE_CHECKING:
    from engine.detect.facts import Facts

_FUNCTION = "std::string::String::from_utf8"
_HOW = "The bytes are checked where they are, and the text is only looked at."
_STRING, _STR = Type("std::string::String"), Type("str")


@dataclass(frozen=True)
class CheckedCopies:
    """Plans such copies. ``borrower`` makes what a borrowing rewrite is made from."""

    facts: Facts
    borrower: Callable[[Decision], Borrower]

    def lent(self, decision: Decision, scopes: Scopes) -> tuple[Decision, Rewrite] | None:
        """The rewrite, and the same site as a copy of the text; None where there is none."""
        located, types = decision.located, decision.types
        source = located.source
        found = checked_text(source, scopes, located.clone.node)
        taker = types.taker
        if found is None or taker is None or key_of(taker.name) != _FUNCTION:
            return None
        if has_comment_around(source, span_of(found.call), span_of(located.clone.receiver)):
            return None
        on = self.borrower(decision)
        if not (types.same or types.behind or types.view or on.mutable):
            return None
        checked = in_full(b"std::str::from_utf8") + b"(" + on.reference() + b")"
        if found.opened:
            return self._opened(decision, found, checked)
        if found.bound and any(on.changed(during) for during in _read(found, scopes)):
            return None
        if why := self.facts.agreeing_impls.among(source, scopes, found.bound):
            decision.refuse(f"the copy makes a `String` of it, and {why}")
            return None
        call = found.call
        edit = Edit(source.path, call.start_byte, call.end_byte, checked)
        return decision, Rewrite("borrow", (edit, *found.edits), _HOW)

    def _opened(
        self, decision: Decision, found: CheckedText, checked: bytes
    ) -> tuple[Decision, Rewrite] | None:
        located = decision.located
        source = located.source
        usage = usage_of(source, found.end)
        if usage.kind is UsageKind.LET and ends_with_the_statement(located, self.facts):
            return None
        text = opened_text(source, found, checked)
        holder = taker_of(usage)
        taker = self.facts.type_of(source.path, span_of(holder)) if holder is not None else None
        within = Decision(
            replace(
                located,
                clone=replace(located.clone, node=found.end, seen_as=text),
                usage=usage,
            ),
            CloneTypes(_STRING, Type("&", (_STR,), "ref"), taker),
            self.facts.type_facts.ownership(_STRING),
        )
        made = borrow(self.borrower(within))
        if made is None:
            return None
        made = replace(made, how=_HOW)
        if found.panics:
            doubt = f"where it fails, `{found.panics}` shows the error without the bytes then"
            made = replace(made, doubt=doubt)
        return within, made


def _read(found: CheckedText, scopes: Scopes) -> list[Span]:
    """From the check to the last look at a name of the text."""
    ends = [use.span.end for binding in found.bound for use in scopes.uses(binding)]
    return [Span(found.call.end_byte, max(ends))] if ends else []
