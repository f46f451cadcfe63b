"""Text from a repository made safe to print: no control character, escape or bidi mark survives."""

from __future__ import annotations

import re
import unicodedata

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


# What the runner of GitHub Actions takes for a command, in any step's output: this one anywhere in
# a line, the other one at the head of a line.
_COMMAND = "##["
_COMMAND_HEAD = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def printable(text: str, keep_newlines: bool = False, keep_tabs: bool = False) -> str:
    """``text`` with every control, surrogate, private and bidi character shown as an escape, and so
    that no line of it is a workflow command.

    Tabs become four spaces where they are not kept, so that columns under a snippet are right.
    """
    out: list[str] = []
    for char in text:
        if char == "\t":
            out.append(char if keep_tabs else "    ")
        elif (char == "\n" and keep_newlines) or not _hidden(char):
            out.append(char)
        else:
            out.append(f"\\u{{{ord(char):x}}}")
    shown = "".join(out).replace(_COMMAND, "##\\u{5b}")
    return _COMMAND_HEAD.sub(r"\1\\u{3a}", shown) if keep_newlines else shown


def harmless(text: str) -> bool:
    """Can ``text`` be shown byte for byte? Tabs and newlines are the only controls in it."""
    return not any(_hidden(char) for char in text if char not in "\t\n")


def _hidden(char: str) -> bool:
    return char in _BIDI or unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp")


def width(text: str) -> int:
    """Columns that ``text`` takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
