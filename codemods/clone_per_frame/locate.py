"""Which clones are worth a look, from syntax alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from tree_sitter import Node

from engine.base.model import Level, Site, Span
from engine.detect.codemod import Match
from engine.rust.borrows import Borrowable, borrowable, is_number_use
from engine.rust.checked_texts import checked_text
from engine.rust.cloned_items import copied_by, copying_call
from engine.rust.context import (
    heat_through_closures,
    in_test_code,
    is_per_item,
    is_per_item_method,
    runs_often,
)
from engine.rust.copies import FROM, OWNING, TO_TEXT, Clone, clone_of
from engine.rust.item_nodes import self_parameter
from engine.rust.known_calls import (
    COPYING,
    is_into_iter,
    is_mapping_method,
    is_reading_method,
    is_taking_method,
)
from engine.rust.known_parameters import may_take_as_ref, method_may_take_as_ref
from engine.rust.last_use import Blocked, Movable, movable
from engine.rust.lengths import lengths_after
from engine.rust.listed_copies import listed_copies
from engine.rust.nodes import callee_of, method_call
from engine.rust.opened_copies import opened
from engine.rust.owned_cows import owned_cow
from engine.rust.places import Place, is_own_field, local_of, place_of
from engine.rust.scopes import Scopes, scopes_of
from engine.rust.statement_nodes import patterns_of
from engine.rust.syntax import Source, span_of
from engine.rust.usages import NAMING, Usage, UsageKind, usage_of

from .item_sites import KIND, may_be_lent
from .located_clone import defines

_LITERALS = frozenset(
    {"string_literal", "raw_string_literal", "char_literal", "integer_literal", "float_literal"}
)
# What holds an Arc or a channel, by its declared type or the way it was made, or by its name.
_HANDLE_TYPE = re.compile(
    rb"\b(?:Arc|Rc|Weak|(?:Unbounded|Sync)?Sender|CancellationToken)\b|\bchannel\s*(?:::\s*<[^;]*>)?\("
)
_HANDLE_NAME = re.compile(rb"(?:\A|_)(?:tx|rx|sender|receiver|token|handles?|pool)\Z")
_ELSEWHERE = "elsewhere"
_ERRORS = frozenset(b"e err error why cause".split())
_IN_PLACE = frozenset(
    {
        UsageKind.METHOD,
        UsageKind.FIELD,
        UsageKind.INDEX,
        UsageKind.DEREF,
        UsageKind.REF,
        UsageKind.FORMAT,
        UsageKind.COMPARE,
    }
)


@dataclass
class CloneLocator:
    """Locates the sites of one file; with ``cold``, also where nothing shows that the code runs often."""

    source: Source
    cold: bool = False

    def sites(self, matches: Sequence[Match]) -> Iterator[Site]:
        """Of the query's matches, those worth a look, each once, in the order of ``matches``."""
        seen: set[Span] = set()
        for match in matches:
            node = match.one("clone")
            span = span_of(node)
            if span in seen or not self.source.sound(node):
                continue
            seen.add(span)
            copy = copying_call(self.source, node) or node
            site = self._items(copy) if copied_by(self.source, copy) is not None else None
            clone = clone_of(self.source, node) if site is None else None
            site = self._site(clone) if clone is not None else site
            if site is not None:
                yield site

    def _items(self, copy: Node) -> Site | None:
        """Of items that are copied as an iterator or an Option gives them."""
        function = self.source.fn_item_of(copy)
        if function is None or not (self.cold or runs_often(self.source, copy)):
            return None
        if not may_be_lent(self.source, copy, scopes_of(self.source, function)):
            return None
        return Site(
            codemod="clone-per-frame",
            path=self.source.path,
            span=span_of(copy),
            kind=KIND,
            level=Level.REVIEW,
            message=f"`{self.source.quoted(span_of(copy))}` copies what is only read",
            heat=heat_through_closures(self.source, copy),
            in_tests=in_test_code(self.source, copy),
            role="maybe",  # numbers cost nothing to copy: types tell
        )

    def _site(self, clone: Clone) -> Site | None:
        usage = usage_of(self.source, clone.node)
        if clone.receiver.type in _LITERALS and not _is_lent_text(clone, usage):
            return None
        place = place_of(self.source, clone.receiver)
        function = self.source.fn_item_of(clone.node)
        if place is None or function is None or _converts(self.source, clone, place):
            return None
        if not self.cold and not runs_often(self.source, clone.node):
            return None
        scopes = scopes_of(self.source, function)
        verdict = movable(self.source, scopes, clone.node, place)
        kind = self._kind(clone, usage, place, scopes, verdict)
        untold = kind in ("", _ELSEWHERE)
        typed = place.is_temporary and (untold or clone.word in TO_TEXT)
        if clone.word == OWNING:  # who takes the value takes it as it is
            typed, kind = True, kind if kind in ("borrow", "read") else ""
        elif clone.converts and kind not in ("borrow", "read"):
            return None
        elif typed:  # if what is copied is a value, and no reference
            kind = "move" if untold else kind
        level, reason = Level.REVIEW, ""
        heat, in_tests = (
            heat_through_closures(self.source, clone.node),
            in_test_code(self.source, clone.node),
        )
        if kind == "needed":
            hot = is_per_item(heat) and not in_tests
            hot = hot or is_per_item_method(self.source, function)
            if hot and _is_told(verdict, place):
                level, reason = Level.REPORT, verdict.reason
            else:
                kind = _ELSEWHERE
        if kind == _ELSEWHERE:
            typed, kind = True, "argument" if _may_be_own(usage) else ""
        if not kind:
            return None
        typed = typed or clone.word == FROM or (kind == "needed" and self._undeclared(place))
        return Site(
            codemod="clone-per-frame",
            path=self.source.path,
            span=clone.span,
            captures={"receiver": (span_of(clone.receiver),)},
            kind=kind,
            level=level,
            message=message_of(clone, kind),
            reason=reason,
            heat=heat,
            in_tests=in_tests,
            # Only of a frame, a deep copy or a value that a call made it is a site: types tell.
            role="maybe" if typed else "site",
        )

    # -- kinds ---------------------------------------------------------------------------------

    def _kind(
        self,
        clone: Clone,
        usage: Usage,
        place: Place,
        scopes: Scopes,
        verdict: Movable | Blocked,
    ) -> str:
        """ "borrow", "read", "move", "argument", "needed", "elsewhere" for one that may be an argument of a
        function in another file, or "" for one that is none of this."""
        last = isinstance(verdict, Movable)
        used_as = usage.kind
        if (inside := opened(self.source, clone)) is not None:
            kind = self._kind_inside(usage_of(self.source, inside.clone.node), scopes)
            if kind:
                return kind
        held = used_as is UsageKind.VALUE
        if held and listed_copies(self.source, scopes, clone.node, lambda _: True) is not None:
            return "borrow"
        if held and owned_cow(self.source, scopes, clone.node) is not None:
            return "borrow"
        if (text := checked_text(self.source, scopes, clone.node)) is not None:
            if not text.opened:
                return "borrow"
            if kind := self._kind_inside(usage_of(self.source, text.end), scopes):
                return kind
        if used_as in _IN_PLACE and (
            used_as is not UsageKind.METHOD or _may_read(clone, usage.name)
        ):
            return "borrow"
        if used_as is UsageKind.METHOD and usage.name in (
            b"into_iter",
            b"into_keys",
            b"into_values",
        ):
            return "borrow" if clone.word in (b"clone", b"to_vec", b"to_owned") else ""
        if used_as is UsageKind.ARGUMENT and is_into_iter(self._callee(usage)):
            return "borrow"
        if used_as is UsageKind.REF_MUT:
            return "borrow" if b"append" in self._outer(clone) else ""
        if used_as in NAMING and self._read(usage, scopes):
            return "read"
        if last and not _lent(self.source, place) and not self._item(clone, place, scopes):
            return "move"
        if clone.word == b"clone" and self._counted_after(clone, place, scopes, verdict):
            return "move"
        taken = usage.name == b"extend" or method_may_take_as_ref(usage.name)
        if used_as is UsageKind.METHOD_ARGUMENT and taken and clone.word not in TO_TEXT:
            return "borrow"
        if used_as is UsageKind.ARGUMENT and may_take_as_ref(self._callee(usage)):
            return "borrow"
        if clone.word == b"copy_from_slice":
            return "borrow"
        if self._shared(clone, place, scopes):
            return ""  # most likely: without a type nothing of this is said
        if used_as in (UsageKind.ARGUMENT, UsageKind.METHOD_ARGUMENT) and self._own_function(usage):
            return "argument"
        return "needed" if self._worth_telling(clone, place, scopes) else _ELSEWHERE

    def _kind_inside(self, usage: Usage, scopes: Scopes) -> str:
        """The same of what is inside an ``Option`` that is copied and opened at once."""
        if usage.kind is UsageKind.METHOD:
            return "borrow" if is_reading_method(usage.name) or usage.name in COPYING else ""
        if usage.kind in _IN_PLACE:
            return "borrow"
        return "read" if usage.kind in NAMING and self._read(usage, scopes) else ""

    def _callee(self, usage: Usage) -> bytes:
        callee = callee_of(usage.holder)
        return self.source.text(callee) if callee is not None else b""

    def _outer(self, clone: Clone) -> bytes:
        statement = self.source.statement_of(clone.node)
        return self.source.text(statement) if statement is not None else b""

    def _read(self, usage: Usage, scopes: Scopes) -> bool:
        """Are the names that the value is bound to only read?"""
        patterns = map(span_of, patterns_of(usage.holder))
        bound = [b for p in patterns for b in scopes.bound_by(p)]
        # Any method may do: which ones read is decided when the type is known.
        numbers = usage.kind is not UsageKind.LET
        found = borrowable(
            self.source,
            scopes,
            bound,
            shared=True,
            copied=lambda name: numbers and is_number_use(self.source, name),
        )
        return bool(bound) and isinstance(found, Borrowable)

    def _counted_after(
        self, clone: Clone, place: Place, scopes: Scopes, verdict: Movable | Blocked
    ) -> bool:
        """Is only the length of the value asked after it was copied?"""
        if not isinstance(verdict, Blocked) or verdict.kind != "used" or place.fields:
            return False
        binding = scopes.resolve(self.source.text(place.root), place.root.start_byte)
        if binding is None:
            return False
        return lengths_after(self.source, scopes, clone.node, binding) is not None

    def _own_function(self, usage: Usage) -> bool:
        """Is a function of this name defined in the file?"""
        return defines(self.source.data, usage.name)

    def _item(self, clone: Clone, place: Place, scopes: Scopes) -> bool:
        """``.map(|x| x.to_string())``: a closure's parameter made into text is hardly text yet."""
        binding = scopes.resolve(self.source.text(place.root), place.root.start_byte)
        return (
            clone.word in TO_TEXT
            and binding is not None
            and binding.kind == "closure-param"
            and not place.fields
        )

    def _shared(self, clone: Clone, place: Place, scopes: Scopes) -> bool:
        """Is the value declared as a shared pointer or a channel's end, or called like one?"""
        if clone.path in (b"Arc", b"Rc"):
            return True
        declared = self_parameter(scopes.function) if place.root.type == "self" else None
        if declared is not None and not place.fields:  # `self: Arc<Self>`
            return bool(_HANDLE_TYPE.search(self.source.text(declared)))
        name = place.fields[-1] if place.fields else self.source.text(place.root)
        if _HANDLE_NAME.search(name):
            return True
        if is_own_field(place):
            return bool(_HANDLE_TYPE.search(self._declared(name)))
        binding = scopes.resolve(self.source.text(place.root), place.root.start_byte)
        if binding is None or place.fields:
            return False
        return bool(_HANDLE_TYPE.search(self.source.slice(binding.statement)))

    def _declared(self, field: bytes) -> bytes:
        """The types that fields of this name are declared with in the file; b"" for none."""
        # With the name first it is looked for as a literal.
        written = rb"%b(?<![\w.]%b)\s*:(?!:)([^,;{}]+)" % (re.escape(field), re.escape(field))
        return b" ".join(hit.group(1) for hit in re.finditer(written, self.source.data))

    def _undeclared(self, place: Place) -> bool:
        """Is it a field of ``self`` whose type stands in another file?"""
        return is_own_field(place) and not self._declared(place.fields[-1])

    def _worth_telling(self, clone: Clone, place: Place, scopes: Scopes) -> bool:
        """A copy of a local that stays: not a shared pointer's, not one made for a task."""
        if clone.word in TO_TEXT:
            return False
        local = local_of(self.source, scopes, place)
        if (local is None and not is_own_field(place)) or place.has_calls:
            return False
        statement = self.source.statement_of(clone.node)
        if statement is not None and statement.type == "let_declaration":
            following = statement.next_named_sibling
            while following is not None and following.type == "let_declaration":
                following = following.next_named_sibling
            if following is not None and b"move" in self.source.text(following):
                return False
        return True


def _is_told(verdict: Movable | Blocked, place: Place) -> TypeGuard[Blocked]:
    """Is it said of a copy in a hot loop why it stays, where nothing takes it away?"""
    own = is_own_field(place)
    return isinstance(verdict, Blocked) and (verdict.kind != "place" or own)


def _may_be_own(usage: Usage) -> bool:
    """May the workspace define the function that takes the copy? (No `Some`, no struct like a tuple.)"""
    taken = usage.kind in (UsageKind.ARGUMENT, UsageKind.METHOD_ARGUMENT)
    return taken and not usage.name[:1].isupper()


def _may_read(clone: Clone, method: bytes) -> bool:
    """May a method only read? Of a clone of an unknown type, any that is not known to consume."""
    if is_mapping_method(method):
        return clone.word == b"clone"
    return not is_taking_method(method) and (is_reading_method(method) or clone.word == b"clone")


def _converts(source: Source, clone: Clone, place: Place) -> bool:
    """Is it most likely a conversion: of a number, of an error, of a part of what a call gave?"""
    if clone.word not in TO_TEXT:
        return False
    behind = place.has_calls and not place.is_temporary
    return behind or source.text(place.root) in _ERRORS


def _is_lent_text(clone: Clone, usage: Usage) -> bool:
    """``&"x".to_owned()``: the key of a look-up, most likely."""
    text = clone.receiver.type in ("string_literal", "raw_string_literal")
    return text and usage.kind is UsageKind.REF and clone.word in TO_TEXT


def _lent(source: Source, place: Place) -> bool:
    """What a method gives and is then cloned is most likely a reference into its receiver."""
    call = method_call(source, place.whole)
    makes = call is not None and call.method.startswith((b"into_", b"to_"))
    return place.is_temporary and place.root.type != "call_expression" and not makes


def message_of(clone: Clone, kind: str) -> str:
    """The site's message. ``kind`` is the site's, or the label of the fix that was found for it."""
    match kind:
        case "borrow" | "read" if clone.word == b"to_string":
            return f"`{clone.text}` makes a `String` that is only read"
        case "borrow" | "read":
            return f"`{clone.text}` makes a copy that is only read"
        case "move":
            return f"`{clone.text}` copies a value that is not used again"
        case "argument":
            return f"`{clone.text}` copies a value for a function that may only read it"
        case _:
            return f"`{clone.text}` copies in a hot loop"
