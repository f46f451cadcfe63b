"""Which lines of a text are new to it, and where the others stood before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.base.model import Span
from engine.rewrite.patch import Block, changed_blocks, split_lines

_WORD = re.compile(rb"\w+")


@dataclass(frozen=True)
class LineMap:
    """The way from a text (``new``) back to one that it was made of (``old``), line by line.

    Lines are equal when they differ in nothing but a CR at their end: a checkout may have written
    it. Lines count from 0 here, offsets in bytes.
    """

    blocks: tuple[Block, ...]
    _lines: tuple[Sequence[bytes], Sequence[bytes]] = field(repr=False)
    _old: tuple[int, ...]  # offsets of line starts
    _new: tuple[int, ...]

    @classmethod
    def between(cls, old: bytes, new: bytes) -> LineMap:
        """From ``new`` back to ``old``, by their common lines; line ends are not compared."""
        lines = split_lines(old), split_lines(new)
        plain = [[line.rstrip(b"\r\n") for line in side] for side in lines]
        blocks = tuple(changed_blocks(*plain))
        return cls(blocks, lines, _starts(lines[0]), _starts(lines[1]))

    def touched(self, span: Span) -> bool:
        """Was a line that ``span`` (of the new text) stands on added or altered, or one between
        two of its lines taken away?"""
        first, last = self._line(span.start), self._line(max(span.start, span.end - 1))
        return any(
            (b0 <= last and b1 > first) if b0 < b1 else first < b0 <= last
            for _, _, b0, b1 in self.blocks
        )

    def before(self, offset: int) -> int | None:
        """Where ``offset`` of the new text was in the old one; None on a line that is new."""
        line = self._line(offset)
        shift = 0
        for _, a1, b0, b1 in self.blocks:
            if b0 <= line < b1:
                return None
            if b1 > line:
                break
            shift = a1 - b1
        old = line + shift
        # Within its line, the end of which may be shorter by a CR.
        return min(self._old[old] + offset - self._new[line], self._old[min(old + 1, self._last)])

    def origin(self, span: Span) -> Span:
        """``span`` of the new text in the old one; where a line of it is new, the line that is most
        like it of those that it took the place of, the first of several."""
        start, last = self.before(span.start), self.before(max(span.start, span.end - 1))
        if start is not None and last is not None:
            end = min(last + 1, self._old[-1]) if span.end > span.start else start
            return Span(start, max(start, end))
        new = next(
            line
            for line in range(self._line(span.start), len(self._new))
            if self.before(self._new[line]) is None
        )
        old = self._alike(new)
        end = self._old[min(old + 1, self._last)]
        return Span(self._old[old], max(self._old[old], end - 1))

    def _alike(self, line: int) -> int:
        """The old line, of those that a new one stands for, with most of its words."""
        a0, a1 = next((a0, a1) for a0, a1, b0, b1 in self.blocks if b0 <= line < b1)
        old, new = self._lines
        words = Counter(_WORD.findall(new[line])) if line < len(new) else Counter()

        def shared(at: int) -> int:
            return (words & Counter(_WORD.findall(old[at]))).total()

        return max(range(a0, min(a1, len(old))), key=shared, default=a0)

    def ranges(self) -> tuple[tuple[int, int], ...]:
        """First and last line (from 1) of each stretch of new or altered lines."""
        return tuple((b0 + 1, b1) for _, _, b0, b1 in self.blocks if b0 < b1)

    @property
    def _last(self) -> int:
        return len(self._old) - 1

    def _line(self, offset: int) -> int:
        return max(0, bisect_left(self._new, offset + 1) - 1)


def _starts(lines: Sequence[bytes]) -> tuple[int, ...]:
    """Where each line begins, and where the text ends."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return tuple(starts)
