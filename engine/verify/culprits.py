"""Which fix brought this error? Proof where the language gives one, suspicion where it does not.

Proof: under the rule of ``innermost_items`` only one of the fixes on trial can have caused it.
Suspicion, strongest first: the error points at text the fix wrote; into the same function; it
speaks of names that the fix touches; it is in the same file. Suspicion decides what is set aside
first, never what is dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from engine.base.model import Diagnostic, Edit, Span
from engine.rewrite import unused_uses, use_declarations
from engine.rewrite.edits import Applied
from engine.verify.innermost_items import InnermostItem, InnermostItems
from engine.verify.values import Attempt, Reader

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r"`([^`]+)`")
# Words that say nothing about where an error comes from.
_COMMON = frozenset(
    b"as async await break const continue crate dyn else enum extern false fn for if impl in let "
    b"loop match mod move mut pub ref return self Self static struct super trait true type unsafe "
    b"use where while _ T str u8 u32 u64 usize bool Ok Err Some None Result Option".split()
)
# A place this long holds whole statements: it does not point at the edit that it happens to hold.
_TIGHT = 200
# Errors about names: a ``use`` line that a fix brings or drops can cause them anywhere in its file.
_NAME_ERRORS = frozenset(
    [
        "E0034",
        "E0252",
        "E0254",
        "E0255",
        "E0259",
        "E0260",
        "E0404",
        "E0405",
        "E0411",
        "E0412",
        "E0422",
        "E0423",
        "E0425",
        "E0428",
        "E0432",
        "E0433",
        "E0531",
        "E0532",
        "E0574",
        "E0599",
        "E0603",
        "E0659",
    ]
)
# What leaks out of a body: auto traits of its future or opaque type, the value of a constant.
_LEAKS = re.compile(r"cannot be (sent|shared) between threads|is not `?(Send|Sync|Unpin)\b")
_LEAK_CODES = frozenset({"E0080", "E0391"})


class Clue(IntEnum):
    """How strong a suspicion is; the smallest is the strongest."""

    PRIMARY = 0  # the error's own place is in text that the fix wrote, or next to it
    TOUCHED = 1  # one of the places it tells of is
    ITEM = 2
    NAMED = 3
    FILE = 4


@dataclass(frozen=True, slots=True)
class ErrorPlace:
    """A span of a message, in the coordinates of the text before the fixes."""

    path: str
    span: Span
    primary: bool
    label: str
    authors: frozenset[Attempt]  # who wrote the text there


@dataclass(frozen=True, slots=True)
class Error:
    """A message with its places mapped back. ``items`` are those of its primary places."""

    diagnostic: Diagnostic
    places: tuple[ErrorPlace, ...]
    items: frozenset[InnermostItem]
    names: frozenset[bytes]

    @property
    def key(self) -> tuple[str, str, frozenset[InnermostItem]]:
        """Equal for the same complaint about the same item in another tree."""
        return self.diagnostic.code, self.diagnostic.message, self.items

    @property
    def leaks(self) -> bool:
        """May it come from another function's body?"""
        code, message = self.diagnostic.code, self.diagnostic.message
        return not self.items or code in _LEAK_CODES or bool(_LEAKS.search(message))


@dataclass(frozen=True, slots=True)
class Footprint:
    """What an attempt touches. ``local``: it stays inside one function's body; ``imports``: files
    whose ``use`` lines it may change."""

    items: frozenset[InnermostItem]
    edits: Mapping[str, tuple[Edit, ...]]
    local: bool
    imports: frozenset[str]
    names: frozenset[bytes]


class CulpritFinder:
    """Maps errors back and weighs who may have caused them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._items = InnermostItems(reader.known)
        self._footprints: dict[Attempt, Footprint] = {}
        self._unreliable: set[str] = set()  # codes of errors that did not keep to the rules

    # -- facts ---------------------------------------------------------------------------------

    def footprint(self, attempt: Attempt) -> Footprint:
        """What ``attempt`` touches."""
        found = self._footprints.get(attempt)
        if found is None:
            found = self._footprints[attempt] = self._measure(attempt)
        return found

    def _measure(self, attempt: Attempt) -> Footprint:
        fix = attempt.fix
        by_path: dict[str, tuple[Edit, ...]] = {}
        items: set[InnermostItem] = set()
        names: set[bytes] = set()
        local = True
        for edit in fix.edits:
            by_path[edit.path] = (*by_path.get(edit.path, ()), edit)
            items |= self._items.at(edit.path, edit.span)
            inside = self._items.inside_body(edit.path, edit.span)
            local = local and inside
            before = self._reader.text(edit.path)
            changed = words(before[edit.start : edit.end]) ^ words(edit.replacement)
            names |= changed if inside else changed | words(_line(before, edit.span))
        imports = {
            edit.path
            for edit in fix.edits
            if use_declarations.has_markers(edit.replacement)
            or unused_uses.lost_names(self._reader.text(edit.path), edit)
        }
        names -= _COMMON
        return Footprint(
            frozenset(items),
            by_path,
            local and len(items) == 1,
            frozenset(imports),
            frozenset(names),
        )

    def error(self, diagnostic: Diagnostic, applied: Applied, order: Sequence[Attempt]) -> Error:
        """``diagnostic`` about the tree that ``applied`` made of the attempts in ``order``."""
        places: list[ErrorPlace] = []
        for span in diagnostic.spans:
            origin = applied.origin(span.path, span.span)
            authors = frozenset(order[owner] for owner in origin.owners)
            places.append(ErrorPlace(span.path, origin.span, span.primary, span.label, authors))
        primary = [place for place in places if place.primary] or places
        items = (self._items.at(place.path, place.span) for place in primary)
        quoted = " ".join(
            part
            for text in (diagnostic.message, *(place.label for place in places))
            for part in _QUOTED.findall(text)
        )
        names = words(quoted.encode())
        for place in primary:
            text = self._reader.known(place.path)
            if text is not None:
                names |= words(_line(text, place.span))
        return Error(
            diagnostic,
            tuple(places),
            frozenset[InnermostItem]().union(*items),
            frozenset(names - _COMMON),
        )

    # -- judgement -----------------------------------------------------------------------------

    def possible(self, error: Error, group: Iterable[Attempt]) -> frozenset[Attempt]:
        """Those of ``group`` that can have caused ``error``, by the rules of the language."""
        if error.leaks or self.unreliable(error):
            return frozenset(group)
        files = {place.path for place in error.places}
        about_names = error.diagnostic.code in _NAME_ERRORS
        found = set()
        for attempt in group:
            footprint = self.footprint(attempt)
            if (
                not footprint.local
                or footprint.items & error.items
                or (about_names and footprint.imports & files)
            ):
                found.add(attempt)
        return frozenset(found)

    def note(self, errors: Iterable[Error], group: Sequence[Attempt]) -> None:
        """Learn which errors do not keep to the rules: they show while nobody on trial can have
        caused them. From now on those of their code prove nothing."""
        self._unreliable |= {e.diagnostic.code for e in errors if not self.possible(e, group)}

    def unreliable(self, error: Error) -> bool:
        """Has an error of this code shown while nobody could have caused it?"""
        return error.diagnostic.code in self._unreliable

    def suspects(self, error: Error, group: Sequence[Attempt]) -> dict[Attempt, Clue]:
        """Those of ``group`` that something speaks against, each with the strongest of it."""
        found: dict[Attempt, Clue] = {}
        files = {place.path for place in error.places}
        for attempt in group:
            footprint = self.footprint(attempt)
            touched = [place for place in error.places if _touches(place, attempt, footprint)]
            if any(place.primary for place in touched):
                found[attempt] = Clue.PRIMARY
            elif touched:
                found[attempt] = Clue.TOUCHED
            elif footprint.items & error.items:
                found[attempt] = Clue.ITEM
            elif files & footprint.edits.keys():
                found[attempt] = Clue.FILE
        for attempt in self._named(error, group):
            found[attempt] = min(found.get(attempt, Clue.NAMED), Clue.NAMED)
        return found

    def _named(self, error: Error, group: Sequence[Attempt]) -> list[Attempt]:
        """Those that share the telling names: one that few fixes touch weighs more."""
        shared = {a: self.footprint(a).names & error.names for a in group}
        spread = Counter(name for names in shared.values() for name in names)
        scores = {a: sum(1 / spread[n] for n in names) for a, names in shared.items()}
        best = max(scores.values(), default=0.0)
        return [a for a, score in scores.items() if score > 0 and score >= best / 2]

    def to_set_aside(self, error: Error, group: Sequence[Attempt]) -> frozenset[Attempt]:
        """Whom to set aside for ``error``: the strongest suspects among those who can have done
        it; all who can where nothing speaks against one; nobody where nobody can."""
        possible = self.possible(error, group)
        for pool in (possible, frozenset(group)):
            suspects = self.suspects(error, [a for a in group if a in pool])
            if suspects:
                best = min(suspects.values())
                return frozenset(a for a, strength in suspects.items() if strength is best)
            if pool and len(pool) < len(group):
                return pool
        return frozenset()

    def disjoint(self, group: Sequence[Attempt]) -> list[list[Attempt]]:
        """``group`` in parts that share no item, in order."""
        found: list[tuple[set[InnermostItem], list[Attempt]]] = []
        for attempt in group:
            items = set(self.footprint(attempt).items)
            members = [attempt]
            apart = []
            for other, others in found:
                if other & items:
                    items |= other
                    members = others + members
                else:
                    apart.append((other, others))
            found = [*apart, (items, members)]
        return [members for _, members in found]


def words(text: bytes) -> set[bytes]:
    """Identifiers (and keywords) in ``text``."""
    return set(_WORD.findall(text))


def _line(data: bytes, span: Span) -> bytes:
    """The line that ``span`` starts on."""
    end = data.find(b"\n", span.start)
    return data[data.rfind(b"\n", 0, span.start) + 1 : end if end >= 0 else len(data)]


def _touches(place: ErrorPlace, attempt: Attempt, footprint: Footprint) -> bool:
    """Is the place in text that the attempt wrote, or at the seam (all there is of a deletion)?"""
    if attempt in place.authors:
        return True
    span = place.span
    return span.end - span.start <= _TIGHT and any(
        edit.start <= span.end and span.start <= edit.end
        for edit in footprint.edits.get(place.path, ())
    )


def describe(diagnostic: Diagnostic) -> str:
    """rustc's message in one line: code, message and the label at its place."""
    code = f"{diagnostic.code}: " if diagnostic.code else ""
    label = next((s.label for s in diagnostic.spans if s.primary and s.label), "")
    return f"{code}{diagnostic.message}" + (f" ({label})" if label else "")
