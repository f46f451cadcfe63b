"""Edits on bytes: which fixes can stand together, the text they make, and the way back.

Rules: a fix is all or nothing. Edits of two fixes conflict when their ranges overlap, when one
inserts strictly inside the other's range, or when both insert at the same offset; the later fix
waits. The very same edit from two fixes is tolerated and applied once (rustfix's rule). Features that
fixes need of a dependency never conflict: they are united (``manifest_features``).
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.base.model import Edit, Fix, Span
from engine.rewrite import manifest_features, unused_uses, use_declarations


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the new text: copied from the original (``owners`` empty) or written by fixes."""

    start: int
    end: int
    origin: Span  # in the original text: what was copied, or what was replaced
    owners: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a place of the new text comes from: the fixes that wrote it, if any, and the original
    bytes that stood there."""

    owners: frozenset[int]
    span: Span


@dataclass(frozen=True, slots=True)
class Owned:
    """An edit together with the indices of the fixes that ask for it."""

    edit: Edit
    owners: frozenset[int]


class Text:
    """Bytes that remember which original bytes each of them comes from."""

    __slots__ = ("_starts", "data", "pieces")

    def __init__(self, data: bytes, pieces: Sequence[Piece] | None = None) -> None:
        self.data = data
        self.pieces = (
            tuple(pieces) if pieces is not None else (Piece(0, len(data), Span(0, len(data))),)
        )
        self._starts = [piece.start for piece in self.pieces]

    def apply(self, edits: Iterable[Owned]) -> Text:
        """The text after ``edits`` (in this text's coordinates; they must not overlap)."""
        out: list[bytes] = []
        pieces: list[Piece] = []
        position = length = 0
        for owned in sorted(edits, key=_order):
            edit = owned.edit
            if edit.start < position:
                raise ValueError(f"overlapping edits at byte {edit.start} of {edit.path}")
            length = self._copy(position, edit.start, out, pieces, length)
            covered = self._covered(edit.start, edit.end)
            origin, owners = covered
            end = length + len(edit.replacement)
            pieces.append(Piece(length, end, origin, owners | owned.owners))
            out.append(edit.replacement)
            length, position = end, edit.end
        self._copy(position, len(self.data), out, pieces, length)
        return Text(b"".join(out), pieces)

    def _copy(
        self, start: int, end: int, out: list[bytes], pieces: list[Piece], length: int
    ) -> int:
        if start >= end:
            return length
        out.append(self.data[start:end])
        for piece in self._between(start, end):
            low, high = max(piece.start, start), min(piece.end, end)
            if low >= high:
                continue
            origin = piece.origin
            if not piece.owners:  # copied text keeps exact offsets, written text its whole range
                origin = Span(origin.start + low - piece.start, origin.start + high - piece.start)
            pieces.append(Piece(length + low - start, length + high - start, origin, piece.owners))
        return length + end - start

    def _between(self, start: int, end: int) -> Sequence[Piece]:
        first = max(bisect.bisect_right(self._starts, start) - 1, 0)
        last = bisect.bisect_left(self._starts, max(end, start + 1))
        return self.pieces[first : max(last, first + 1)]

    def _covered(self, start: int, end: int) -> tuple[Span, frozenset[int]]:
        low: int | None = None
        high = 0
        owners: frozenset[int] = frozenset()
        for piece in self._between(start, end):
            inside = piece.start < end and start < piece.end
            touches = start == end and piece.start <= start <= piece.end
            if not (inside or touches):
                continue
            if piece.owners:
                span = piece.origin
                if inside:
                    owners |= piece.owners
            else:
                shift = piece.origin.start - piece.start
                span = Span(max(start, piece.start) + shift, min(end, piece.end) + shift)
            low = span.start if low is None else min(low, span.start)
            high = max(high, span.end)
        return Span(low if low is not None else 0, max(high, low or 0)), owners

    def origin(self, span: Span) -> Origin:
        """Where ``span`` of this text comes from. Exact for copied text."""
        origin, owners = self._covered(span.start, span.end)
        return Origin(owners, origin)


def _order(owned: Owned) -> tuple[int, int]:
    # An insertion at the head of a replaced range comes before it.
    return owned.edit.start, owned.edit.end


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcome of ``apply``: changed files, what had to wait, and the way back."""

    fixes: tuple[Fix, ...]
    texts: Mapping[str, Text]
    accepted: frozenset[int]
    conflicts: tuple[Fix, ...]

    @property
    def files(self) -> dict[str, bytes]:
        """New text of each changed file."""
        return {path: text.data for path, text in self.texts.items()}

    def origin(self, path: str, span: Span) -> Origin:
        """Where a place of the new tree comes from (itself, in a file that no fix changed)."""
        text = self.texts.get(path)
        return text.origin(span) if text is not None else Origin(frozenset(), span)


def compatible(left: Edit, right: Edit) -> bool:
    """May both stand in one text (see the module's rules)?"""
    if left.path != right.path or left == right:
        return True
    if manifest_features.feature_of(left) and manifest_features.feature_of(right):
        return True
    if left.start == left.end and right.start == right.end:
        return left.start != right.start
    if left.start == left.end:
        return not right.start < left.start < right.end
    if right.start == right.end:
        return not left.start < right.start < left.end
    return not left.span.overlaps(right.span)


def _sound(fix: Fix) -> bool:
    """A fix's own edits may insert twice at one place (in the given order) but never overlap."""
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.path, []).append(edit)
    for edits in by_path.values():
        ordered = sorted(edits, key=lambda e: (e.start, e.end))
        for left, right in itertools.pairwise(ordered):
            if right.start < left.end:
                return False
    return True


class _Taken:
    """Edits already accepted in one file, kept sorted so that a look-up costs log n."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self.edits: dict[tuple[int, int], dict[bytes, set[int]]] = {}
        self.longest = 0

    def fits(self, edit: Edit) -> bool:
        low = bisect.bisect_left(self.spans, (edit.start - self.longest, 0))
        for index in range(low, len(self.spans)):
            start, end = self.spans[index]
            if start > edit.end:
                break
            for replacement in self.edits[start, end]:
                if not compatible(edit, Edit(edit.path, start, end, replacement)):
                    return False
        return True

    def add(self, edit: Edit, owner: int) -> None:
        key = (edit.start, edit.end)
        if key not in self.edits:
            bisect.insort(self.spans, key)
            self.edits[key] = {}
            self.longest = max(self.longest, edit.end - edit.start)
        self.edits[key].setdefault(edit.replacement, set()).add(owner)


def apply(sources: Mapping[str, bytes], fixes: Sequence[Fix]) -> Applied:
    """Apply as many of ``fixes`` as fit together, earlier ones first; settle their ``use`` lines.

    ``sources`` gives the original bytes of every path that is edited. Raises ValueError when a
    fix's own edits overlap or lie outside the file: that is a codemod's bug, not a conflict.
    """
    taken: dict[str, _Taken] = {}
    accepted: list[int] = []
    conflicts: list[Fix] = []
    for index, fix in enumerate(fixes):
        if not _sound(fix):
            raise ValueError(f"fix {fix.label!r}: its own edits overlap")
        for edit in fix.edits:
            if not 0 <= edit.start <= edit.end <= len(sources[edit.path]):
                raise ValueError(f"fix {fix.label!r}: edit outside {edit.path}")
        if all(taken.setdefault(e.path, _Taken()).fits(e) for e in fix.edits):
            for edit in fix.edits:
                taken[edit.path].add(edit, index)
            accepted.append(index)
        else:
            conflicts.append(fix)
    texts: dict[str, Text] = {}
    for path, edits in taken.items():
        owned = _owned(path, edits, fixes, accepted)
        if owned:
            exact = frozenset(index for index in accepted if fixes[index].exact)
            texts[path] = _settle(path, sources[path], owned, exact)
    return Applied(tuple(fixes), texts, frozenset(accepted), tuple(conflicts))


def _owned(path: str, taken: _Taken, fixes: Sequence[Fix], accepted: list[int]) -> list[Owned]:
    """One ``Owned`` per distinct edit; several insertions of one fix at one place keep its order."""
    found: list[Owned] = []
    for key in taken.spans:
        replacements = taken.edits[key]
        owners = frozenset().union(*replacements.values())
        if len(replacements) == 1:
            joined = next(iter(replacements))
        else:  # one fix that inserts several times here
            order = [
                e.replacement
                for index in accepted
                if index in owners
                for e in fixes[index].edits
                if e.path == path and (e.start, e.end) == key
            ]
            joined = b"".join(order)
        found.append(Owned(Edit(path, *key, joined), owners))
    return found


def _settle(path: str, data: bytes, owned: Sequence[Owned], exact: frozenset[int]) -> Text:
    """Replace name markers, then add and remove ``use`` lines, keeping the way back. Nothing is
    removed for the fixes ``exact``."""
    if all(manifest_features.feature_of(each.edit) for each in owned):
        written = manifest_features.settle(path, data, (each.edit.replacement for each in owned))
        return Text(data).apply([Owned(written, frozenset().union(*(o.owners for o in owned)))])
    plan = use_declarations.plan_names(path, data, [o.edit for o in owned], not exact)
    named = [
        Owned(Edit(path, o.edit.start, o.edit.end, plan.settle(o.edit)), o.owners) for o in owned
    ]
    text = Text(data).apply(named)
    everyone = frozenset().union(*(o.owners for o in owned))
    for module, full in sorted(plan.displaced):
        gone = unused_uses.removal(path, text.data, module, full)
        if gone is not None:
            text = text.apply([Owned(gone, everyone)])
    while (step := use_declarations.next_addition(path, text.data, plan)) is not None:
        text = text.apply([Owned(step, everyone)])
    droppers: dict[bytes, frozenset[int]] = {}
    for one in named:
        for lost in unused_uses.lost_names(data, one.edit) if one.owners - exact else ():
            droppers[lost] = droppers.get(lost, frozenset()) | (one.owners - exact)
    for local, full in sorted(unused_uses.may_drop(path, data, droppers)):
        while (step := unused_uses.next_removal(path, text.data, full)) is not None:
            text = text.apply([Owned(step, droppers[local])])
    return text
