"""Gitignore patterns as regular expressions that match one entry and never take long.

Written here because a pattern has to be asked about an entry on its own: libraries also let it
match through a folder above, and then ``a`` + ``!b`` gives another answer for ``b/a`` than git's.
Semantics: gitignore(5) and git's ``wildmatch.c`` with ``WM_PATHNAME``; a test compares with git.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "\\x21-\\x7e",
    "lower": "a-z",
    "print": "\\x20-\\x7e",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
_STAR = None


@dataclass(frozen=True, slots=True)
class Glob:
    """``regex`` is to match the whole path of an entry, without a slash at its end."""

    regex: str
    include: bool  # False for a line that begins with `!`
    folders: bool  # holds for folders only


def parse_glob(line: str) -> Glob | None:
    """One line of a ``.gitignore``; None when it is empty, a comment or can match nothing."""
    if line.startswith("#"):
        return None
    line = _without_trailing_spaces(line)
    include = not line.startswith("!")
    line = line if include else line[1:]
    folders = line.endswith("/")
    line = line.removesuffix("/")
    segments = _segments(line)
    if not segments or not any(segments):
        return None
    if "/" not in line:  # a name, at any depth (a slash counts even inside brackets)
        return Glob(rf"(?s:(?:.*/)?{_segment(segments[0])})\Z", include, folders)
    if not segments[0]:  # a leading slash only anchors
        del segments[0]
    return Glob(rf"(?s:{_path(segments)})\Z", include, folders)


def _without_trailing_spaces(line: str) -> str:
    bare = line.rstrip(" ")
    escaped = (len(bare) - len(bare.rstrip("\\"))) % 2 == 1 and len(bare) < len(line)
    return bare + " " if escaped else bare


def _segments(line: str) -> list[list[str | None]] | None:
    """The pattern's parts between slashes, each a list of regexes for single characters and stars;
    None when it is malformed, which git lets match nothing."""
    segments: list[list[str | None]] = [[]]
    index = 0
    while index < len(line):
        char = line[index]
        index += 1
        if char == "/" or line.startswith("\\/", index - 1):
            segments.append([])
            index += char == "\\"
        elif char == "*":
            segments[-1].append(_STAR)
        elif char == "?":
            segments[-1].append("[^/]")
        elif char == "[":
            parsed = _bracket(line, index)
            if parsed is None:
                return None
            regex, index = parsed
            segments[-1].append(regex)
        else:
            if char == "\\":
                if index == len(line):
                    return None
                char = line[index]
                index += 1
            segments[-1].append(re.escape(char))
    return segments


def _bracket(line: str, index: int) -> tuple[str, int] | None:
    """The class that begins at ``index``, after its bracket, as a regex, and where it ends."""
    negated = line[index : index + 1] in ("!", "^")
    index += negated
    first, items = index, ""
    while index < len(line):
        char = line[index]
        if char == "]" and index > first:
            body = f"[^/{items}]" if negated else f"(?!/)[{items}]" if items else "(?!)"
            return body, index + 1
        if line.startswith("[:", index) and (end := line.find(":]", index)) > 0:
            name = line[index + 2 : end]
            if name not in _CLASSES:
                return None
            items += _CLASSES[name]
            index = end + 2
            continue
        low, index = _member(line, index)
        items += re.escape(low)  # also where it begins a range that is empty
        if line[index : index + 1] == "-" and line[index + 1 : index + 2] not in ("]", ""):
            high, index = _member(line, index + 1)
            if low <= high:
                items += f"{re.escape(low)}-{re.escape(high)}"
    return None


def _member(line: str, index: int) -> tuple[str, int]:
    if line[index] == "\\" and index + 1 < len(line):
        index += 1
    return line[index], index + 1


def _path(segments: list[list[str | None]]) -> str:
    """An anchored pattern with slashes; a segment ``**`` stands for any number of folders."""
    groups: list[list[str]] = [[]]
    for segment in segments:
        if segment == [_STAR, _STAR]:
            if groups[-1] or len(groups) == 1:
                groups.append([])
        else:
            groups[-1].append(_segment(segment))
    first, *rest = ("/".join(group) for group in groups)
    if not rest:
        return first
    regex = first + "/" if first else ""
    # The leftmost match of what stands between two `**` is as good as any: no need to come back.
    for group in rest[:-1]:
        regex += f"(?>(?:[^/]+/)*?{group}/)"
    return regex + (f"(?:[^/]+/)*{rest[-1]}" if rest[-1] else ".+")


def _segment(parts: list[str | None]) -> str:
    """Stars as in ``fnmatch.translate``: what stands between two is found once, leftmost."""
    runs = [""]
    for part in parts:
        if part is not _STAR:
            runs[-1] += part
        elif runs[-1] or len(runs) == 1:
            runs.append("")
    first, *rest = runs
    if not rest:
        return first
    return first + "".join(f"(?>[^/]*?{run})" for run in rest[:-1]) + "[^/]*" + rest[-1]
