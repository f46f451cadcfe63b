"""A fix in hunks: where it can be cut, which hunks only work together, and text edited by hand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from engine.base.errors import SpikeproofError
from engine.base.model import Edit, Fix, Span
from engine.rewrite.patch import CONTEXT, changed_blocks, hunks, make_patch, split_lines

# Which hunks the errors point at when only these are applied; None when they compile.
Ask = Callable[[frozenset[int]], frozenset[int] | None]

_MARK = b"//~ spikeproof "


def cut(fix: Fix, text: Callable[[str], bytes]) -> tuple[Fix, ...]:
    """``fix`` as fixes of one hunk each: edits whose context lines would meet stay together.

    ``use`` lines are no hunks of their own: each hunk brings those that it needs, and an old one
    goes when nothing uses it any more.
    """
    groups: list[list[Edit]] = []
    for path in fix.paths:
        data = text(path)
        breaks = [index for index, byte in enumerate(data) if byte == 0x0A]
        last = -1
        mine = sorted((e for e in fix.edits if e.path == path), key=lambda e: (e.start, e.end))
        for edit in mine:
            first = bisect_left(breaks, edit.start)
            if last < 0 or first - last - 1 > 2 * CONTEXT:
                groups.append([])
            groups[-1].append(edit)
            last = max(last, bisect_left(breaks, max(edit.start, edit.end - 1)))
    return tuple(replace(fix, edits=tuple(group)) for group in groups)


def joined(fix: Fix, parts: Sequence[Fix]) -> Fix:
    """``fix`` with the edits of ``parts`` alone, in its own order (it may insert twice at a place)."""
    wanted = {edit for part in parts for edit in part.edits}
    return replace(fix, edits=tuple(edit for edit in fix.edits if edit in wanted))


def hit(parts: Sequence[Fix], text: Callable[[str], bytes], path: str, span: Span) -> set[int]:
    """The hunks whose lines ``span`` touches; offsets count in the text before the fix."""
    found: set[int] = set()
    for index, part in enumerate(parts):
        mine = [edit for edit in part.edits if edit.path == path]
        if not mine:
            continue
        data = text(path)
        start = data.rfind(b"\n", 0, min(edit.start for edit in mine)) + 1
        end = data.find(b"\n", max(edit.end for edit in mine))
        if span.start <= (end if end >= 0 else len(data)) and start <= span.end:
            found.add(index)
    return found


def linked(count: int, ask: Ask) -> tuple[tuple[int, ...], ...]:
    """``count`` hunks in groups each of which compiles without the others.

    A hunk's group grows by the hunks that the errors point at. Where they point at none, nothing
    tells the hunks apart: all are one group (which was proven). As many questions as there are
    hunks, at most.
    """
    whole = frozenset(range(count))
    groups: list[frozenset[int]] = []
    left = set(whole)
    while left:
        group = frozenset({min(left)})
        while group != whole:
            pointed = ask(group)
            if pointed is None:
                break
            more = pointed - group
            # What was found to hold only together comes together.
            more |= {n for g in groups if g & more for n in g}
            group = group | more if more else whole
        groups = [g for g in groups if not g & group] + [group]
        left -= group
    return tuple(sorted(tuple(sorted(group)) for group in groups))


# -- text edited by hand ---------------------------------------------------------------------------


def to_edit(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bytes:
    """The new text of all hunks, for an editor: a mark in front of each says where it stands."""
    out: list[bytes] = []
    for hunk in hunks(_patch(before, after)):
        place = repr(hunk.path).encode("ascii", "backslashreplace")
        out.append(_MARK + b"%b line %d: keep this line\n" % (place, hunk.old_start))
        out.append(_ended(_side(hunk.text, b"+")))
    return b"".join(out)


def from_edit(
    before: Mapping[str, bytes], after: Mapping[str, bytes], edited: bytes
) -> tuple[Edit, ...]:
    """The edits that make of ``before`` what a person made of ``to_edit``'s text.

    Raises SpikeproofError in words for the person when a mark is missing, or the text is no UTF-8.
    """
    pieces = _pieces(edited)
    found = hunks(_patch(before, after))
    if len(pieces) != len(found):
        raise SpikeproofError("a line that begins with `//~ spikeproof` is missing or too many")
    if b"\0" in edited:
        raise SpikeproofError("the text holds a NUL byte")
    try:
        edited.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SpikeproofError("the text is not UTF-8") from error
    new: dict[str, list[bytes]] = {}
    at: dict[str, int] = {}
    for hunk, piece in zip(found, pieces, strict=True):
        lines = split_lines(before[hunk.path])
        # The range of a hunk without old lines names the line before it.
        first = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        if not _side(hunk.text, b"+").endswith(b"\n"):
            piece = piece.removesuffix(b"\n").removesuffix(b"\r")
        new.setdefault(hunk.path, []).extend([*lines[at.get(hunk.path, 0) : first], piece])
        at[hunk.path] = first + hunk.old_lines
    edits: list[Edit] = []
    for path, parts in new.items():
        rest = split_lines(before[path])[at[path] :]
        edits += _line_edits(path, before[path], b"".join([*parts, *rest]))
    return tuple(edits)


def _patch(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bytes:
    return make_patch((path, before[path], after[path]) for path in after)


def _pieces(edited: bytes) -> list[bytes]:
    pieces: list[list[bytes]] = []
    for line in split_lines(edited):
        if line.startswith(_MARK):
            pieces.append([])
        elif pieces:
            pieces[-1].append(line)
        elif line.strip():
            raise SpikeproofError("there is text above the first `//~ spikeproof` line")
    return [b"".join(lines) for lines in pieces]


def _side(hunk: bytes, sign: bytes) -> bytes:
    """The lines of one side of a hunk (``+`` the new one) with its context."""
    out: list[bytes] = []
    last = b""
    for line in split_lines(hunk)[1:]:
        if line.startswith(b"\\"):
            if last in (b" ", sign):
                out[-1] = out[-1].removesuffix(b"\n")
            continue
        last = line[:1]
        if last in (b" ", sign):
            out.append(line[1:])
    return b"".join(out)


def _line_edits(path: str, before: bytes, after: bytes) -> list[Edit]:
    """Edits of whole lines that make ``after`` of ``before``."""
    old, new = split_lines(before), split_lines(after)
    starts = [0, *accumulate(map(len, old))]
    return [
        Edit(path, starts[a0], starts[a1], b"".join(new[b0:b1]))
        for a0, a1, b0, b1 in changed_blocks(old, new)
    ]


def _ended(text: bytes) -> bytes:
    return text if text.endswith(b"\n") or not text else text + b"\n"
