"""Unified diffs on bytes: written here, applied by real ``git apply``.

Lines end at ``\\n`` alone, so that CR, form feeds and U+2028 travel untouched; a missing final
newline gets git's marker; odd paths get git's C-quoting; three lines of context.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.base.errors import SpikeproofError

CONTEXT = 3
_NO_NEWLINE = b"\\ No newline at end of file\n"
# A stretch without any line that is unique on both sides goes to difflib, which is quadratic
# there; above this product of line counts (seconds of work) it is one block instead.
_MAX_AREA = 4_000_000

Block = tuple[int, int, int, int]  # lines a0..a1 of the old text become b0..b1 of the new


def make_patch(changes: Iterable[tuple[str, bytes, bytes]]) -> bytes:
    """One patch of (path, before, after), sorted by path; files that did not change are left out.

    Paths are POSIX and relative. Both texts are of existing files: nothing is created or deleted.
    """
    ordered = sorted(changes, key=lambda change: os.fsencode(change[0]))
    return b"".join(_file_diff(*change) for change in ordered if change[1] != change[2])


def _file_diff(path: str, before: bytes, after: bytes) -> bytes:
    old, new = split_lines(before), split_lines(after)
    groups = _groups(changed_blocks(old, new))
    return _head(path) + b"".join(_hunk(group, old, new) for group in groups)


def _head(path: str) -> bytes:
    return b"diff --git %b %b\n--- %b\n+++ %b\n" % (
        _header_name("a/", path),
        _header_name("b/", path),
        _header_name("a/", path, alone=True),
        _header_name("b/", path, alone=True),
    )


def split_lines(data: bytes) -> list[bytes]:
    """Lines with their ends; a line ends at ``\\n`` alone, as git has it."""
    lines = data.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


_ESCAPES = {7: b"\\a", 8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r"}
_ESCAPES |= {34: b'\\"', 92: b"\\\\"}


def _header_name(prefix: str, path: str, *, alone: bool = False) -> bytes:
    """The path as git writes it; ``alone`` on its line, one with a space gets a tab after it
    (GNU patch would otherwise end the name at the space)."""
    raw = os.fsencode(prefix + path)
    tab = b"\t" if alone and b" " in raw else b""
    if any(byte < 0x20 or byte >= 0x7F or byte in _ESCAPES for byte in raw):
        plain = range(0x20, 0x7F)
        quoted = (
            _ESCAPES.get(byte) or (bytes([byte]) if byte in plain else b"\\%03o" % byte)
            for byte in raw
        )
        return b'"' + b"".join(quoted) + b'"' + tab
    return raw + tab


# -- which lines changed ---------------------------------------------------------------------------


def changed_blocks(old: Sequence[bytes], new: Sequence[bytes]) -> list[Block]:
    """Changed blocks in order: patience first (lines unique on both sides are anchors, so that
    large files with few changes stay cheap), difflib in what is left between the anchors."""
    found: list[Block] = []
    pending = [(0, len(old), 0, len(new))]
    while pending:
        a0, a1, b0, b1 = pending.pop()
        while a0 < a1 and b0 < b1 and old[a0] == new[b0]:
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and old[a1 - 1] == new[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
        if a0 == a1 or b0 == b1:
            if a0 < a1 or b0 < b1:
                found.append((a0, a1, b0, b1))
            continue
        anchors = _anchors(old[a0:a1], new[b0:b1])
        if anchors:
            left_a, left_b = a0, b0
            for a, b in anchors:
                pending.append((left_a, a0 + a, left_b, b0 + b))
                left_a, left_b = a0 + a + 1, b0 + b + 1
            pending.append((left_a, a1, left_b, b1))
        elif (a1 - a0) * (b1 - b0) > _MAX_AREA:
            found.append((a0, a1, b0, b1))
        else:
            matcher = difflib.SequenceMatcher(None, old[a0:a1], new[b0:b1], autojunk=False)
            found += [
                (a0 + i0, a0 + i1, b0 + j0, b0 + j1)
                for tag, i0, i1, j0, j1 in matcher.get_opcodes()
                if tag != "equal"
            ]
    return sorted(found)


def _anchors(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int]]:
    """The longest ascending run of line pairs that occur exactly once on each side."""
    in_old, in_new = Counter(old), Counter(new)
    position = {line: index for index, line in enumerate(new) if in_new[line] == 1}
    pairs = [
        (index, position[line])
        for index, line in enumerate(old)
        if in_old[line] == 1 and line in position
    ]
    tops: list[int] = []  # smallest end of an ascending run, by its length
    ends: list[int] = []  # the pair at that end
    previous: list[int] = []
    for index, (_, b) in enumerate(pairs):
        length = bisect_left(tops, b)
        previous.append(ends[length - 1] if length else -1)
        if length == len(tops):
            tops.append(b)
            ends.append(index)
        else:
            tops[length], ends[length] = b, index
    run: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        run.append(pairs[at])
        at = previous[at]
    return run[::-1]


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks whose context would meet share a hunk."""
    group: list[Block] = []
    for block in blocks:
        if group and block[0] - group[-1][1] > 2 * CONTEXT:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _hunk(group: Sequence[Block], old: Sequence[bytes], new: Sequence[bytes]) -> bytes:
    before = min(CONTEXT, group[0][0])
    after = min(CONTEXT, len(old) - group[-1][1])
    a0, a1 = group[0][0] - before, group[-1][1] + after
    b0, b1 = group[0][2] - before, group[-1][3] + after
    out = [b"@@ -%b +%b @@\n" % (_range(a0, a1), _range(b0, b1))]
    at = a0
    for i0, i1, j0, j1 in group:
        out += [_line(b" ", line) for line in old[at:i0]]
        out += [_line(b"-", line) for line in old[i0:i1]]
        out += [_line(b"+", line) for line in new[j0:j1]]
        at = i1
    out += [_line(b" ", line) for line in old[at:a1]]
    return b"".join(out)


def _range(start: int, end: int) -> bytes:
    count = end - start
    if count == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + 1 if count else start, count)  # an empty range names the line before


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n" + _NO_NEWLINE


# -- using a patch ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk of a patch. Starts are lines from 1, as written (the line before, for an empty
    range); ``text`` is the hunk with its ``@@`` line, byte for byte."""

    path: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    text: bytes


_RANGES = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def hunks(patch: bytes) -> tuple[Hunk, ...]:
    """The hunks of a unified diff, in its order; other lines, as ``diff --git``, are passed over.

    Read here and not by unidiff: that one gives up on names as ``b/ b/x`` and writes hunks back
    with other ranges (``+1,1``). Raises SpikeproofError when a hunk is cut short or has no file.
    """
    lines = split_lines(patch)
    found: list[Hunk] = []
    path = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        ranges = _RANGES.match(line)
        if line.startswith(b"+++ ") and at and lines[at - 1].startswith(b"--- "):
            path = _path_of(line[4:].rstrip(b"\n"))
        if ranges is None:
            at += 1
            continue
        old, new = (int(ranges[n]) if ranges[n] else 1 for n in (2, 4))
        end = _hunk_end(lines, at + 1, old, new)
        if not path or end < 0:
            raise SpikeproofError(f"not a whole unified diff: see its line {at + 1}")
        starts = int(ranges[1]), int(ranges[3])
        found.append(Hunk(path, starts[0], old, starts[1], new, b"".join(lines[at:end])))
        at = end
    return tuple(found)


def placed(patch: bytes, folder: str) -> bytes:
    """``patch`` with its paths below ``folder`` (POSIX; ``""``: as they are).

    Git takes paths as they are seen from the repository's top: with others, ``git apply`` in a
    folder below it leaves out every file without a word and exits 0 (seen with git 2.47).
    """
    if not folder:
        return patch
    out: list[bytes] = []
    last = ""
    for hunk in hunks(patch):
        if hunk.path != last:
            out.append(_head(f"{folder}/{hunk.path}"))
            last = hunk.path
        out.append(hunk.text)
    return b"".join(out)


def _hunk_end(lines: Sequence[bytes], at: int, old: int, new: int) -> int:
    """The line behind a hunk's body, -1 when the body is not as long as its head says."""
    while old > 0 or new > 0:
        sign = lines[at][:1] if at < len(lines) else b""
        if sign not in (b" ", b"-", b"+", b"\\"):
            return -1
        old -= sign in (b" ", b"-")
        new -= sign in (b" ", b"+")
        at += 1
    if at < len(lines) and lines[at] == _NO_NEWLINE:
        at += 1
    return at if old == new == 0 else -1


_NAMED = {value: bytes([key]) for key, value in _ESCAPES.items()}


def _path_of(name: bytes) -> str:
    name = name.partition(b"\t")[0]  # behind a tab: nothing, or a time stamp
    return os.fsdecode(unquoted(name).removeprefix(b"b/"))


def unquoted(name: bytes) -> bytes:
    """A path as it is, of one that git may have put between quotes."""
    if not (name.startswith(b'"') and name.endswith(b'"') and len(name) > 1):
        return name
    return re.sub(rb"\\(?:[0-7]{3}|.)", _plain, name[1:-1], flags=re.DOTALL)


def _plain(escape: re.Match[bytes]) -> bytes:
    text = escape[0]
    octal = bytes([int(text[1:], 8) & 0xFF]) if len(text) == 4 else text[1:]
    return _NAMED.get(text, octal)


def git_apply(
    patch: bytes, directory: Path, *, check_only: bool = False, folder: str = ""
) -> tuple[str, ...]:
    """Apply ``patch`` below ``directory`` with git; the paths that git saw in it. ``folder`` is what
    its paths begin with and ``directory`` stands for (see :func:`placed`).

    Git is kept from looking for a repository: inside one, in a directory that is not its top,
    ``git apply`` leaves out every path of the patch without a word and exits 0 (seen with git
    2.47). Neither the user's configuration nor the tree's attributes take part. An empty patch
    changes nothing. Raises SpikeproofError with git's message when it does not apply whole.
    """
    if not patch:
        return ()
    command = ["git", "apply", "--whitespace=nowarn", "--numstat", "-z"]
    command.append("--check" if check_only else "--apply")
    command.append(f"-p{1 + len(folder.split('/')) if folder else 1}")
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "GIT_DIR": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    try:
        run = subprocess.run(
            [*command, "-"], cwd=directory, env=environment, input=patch, capture_output=True
        )
    except FileNotFoundError as error:
        raise SpikeproofError(
            "git was not found: patches are proven with it, install it"
        ) from error
    if run.returncode:
        detail = run.stderr.decode("utf-8", "replace").strip()
        raise SpikeproofError(
            "the patch does not apply: the tree has changed since the scan", detail
        )
    entries = [entry.split(b"\t", 2) for entry in run.stdout.split(b"\0") if entry]
    if not entries:
        raise SpikeproofError("git applied nothing of the patch and gave no reason: report this")
    return tuple(os.fsdecode(entry[2]) for entry in entries)
