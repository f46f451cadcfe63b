"""GitHub's Markdown, made of text that nobody may trust.

Prose from a repository can hold no link, mention, reference, tag or comment here: what is not a code
span is escaped character by character. Code goes into spans and fences longer than any run of
backticks in it; nothing in them is interpreted.
"""

from __future__ import annotations

import re

from engine.base.plain import harmless, printable

_ESCAPED = frozenset("\\`*_[]#|~$")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BREAK = "&#8203;"  # zero width space: nothing is seen, and no name, number or address is known
_MENTION = re.compile(r"@(?=\w)")
# GitHub knows an address behind anything but a letter of ASCII: behind `_`, a digit, an accent.
_ADDRESS = re.compile(r"(?i)(?<![a-z])(https?:|ftp:|mailto:|xmpp:|www\.|gh-(?=\d))")
_SPECIAL = re.compile(r"@(?=\w)|#(?=\d)|<(?=[\w/!?])|~~(?=~)")
_LINK = re.compile(r"\](?=\()")
_AFTER = "\\g<0>\u200b"
_TICKS = re.compile(r"`+")


def prose(text: str, cell: bool = False) -> str:
    """One line of text; what it has between backticks stays code. ``cell``: within a table."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:  # one of them has no partner
        return _plain("`".join(parts))
    return "".join(
        code(part, cell) if number % 2 and part.strip() else _plain(part)
        for number, part in enumerate(parts)
    )


def code(text: str, cell: bool = False) -> str:
    """``text`` as a code span."""
    shown = printable(text) or " "
    ticks = "`" * (_longest(shown) + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    span = f"{ticks}{pad}{shown}{pad}{ticks}"
    return span.replace("|", "\\|") if cell else span


def fence(text: str, info: str) -> str:
    """``text`` as a fenced block, byte for byte; ``info`` is its kind."""
    ticks = "`" * max(3, _longest(text) + 1)
    end = "" if not text or text.endswith("\n") else "\n"
    return f"{ticks}{info}\n{text}{end}{ticks}"


def diff(patch: str) -> str:
    """A patch as a block; characters that would not be seen are shown as escapes, and it is said."""
    if harmless(patch):
        return fence(patch, "diff")
    shown = printable(patch, keep_newlines=True, keep_tabs=True)
    return (
        fence(shown, "diff")
        + "\n\nCharacters that are not seen stand as `\\u{..}` here: take the patch from the job's files."
    )


def details(summary: str, body: str) -> str:
    """``body`` folded under ``summary`` (both already Markdown that is whole)."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def tame(text: str) -> str:
    """One line of text for readers that may or may not render Markdown: printed it looks as it is,
    rendered it holds no mention, reference, tag, link or fence. What it has between backticks is
    left as it is, but for SARIF's links."""
    parts = printable(text).split("`")
    odd = len(parts) % 2 == 0  # one of them has no partner
    if odd or any(number % 2 and not part for number, part in enumerate(parts)):
        return _tamed("`\u200b".join(parts))
    return "`".join(
        _LINK.sub(_AFTER, part) if number % 2 else _tamed(part) for number, part in enumerate(parts)
    )


def _tamed(text: str) -> str:
    text = _LINK.sub(_AFTER, _SPECIAL.sub(_AFTER, text))
    return _ADDRESS.sub(lambda match: _parted(match[0], "\u200b"), text)


def clipped(text: str, most: int, cell: bool = False) -> str:
    """``text`` as prose, cut after ``most`` characters, and then it is said."""
    return prose(text, cell) if len(text) <= most else prose(text[:most], cell) + " … (cut)"


def size(text: str) -> int:
    """Bytes of ``text`` in UTF-8: never fewer than the characters that the sites count."""
    return len(text.encode("utf-8", "replace"))


def _plain(text: str) -> str:
    text = _ADDRESS.sub(lambda match: _parted(match[0], "\x00"), _MENTION.sub("@\x00", text))
    text = "".join(
        _ENTITIES.get(char) or (f"\\{char}" if char in _ESCAPED else char) for char in text
    )
    return text.replace("\\#", f"\\#{_BREAK}").replace("\x00", _BREAK)


def _parted(text: str, by: str) -> str:
    return text[:-1] + by + text[-1]


def _longest(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
