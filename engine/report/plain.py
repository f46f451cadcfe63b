"""Text from a repository made safe to print: no control character, escape or bidi mark survives."""

from __future__ import annotations

import unicodedata

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def printable(text: str, keep_newlines: bool = False) -> str:
    """``text`` with every control, surrogate, private and bidi character shown as an escape.

    Tabs become four spaces, so that columns under a snippet are right.
    """
    out: list[str] = []
    for char in text:
        if char == "\t":
            out.append("    ")
        elif char == "\n" and keep_newlines:
            out.append(char)
        elif char in _BIDI or unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp"):
            out.append(f"\\u{{{ord(char):x}}}")
        else:
            out.append(char)
    return "".join(out)


def width(text: str) -> int:
    """Columns that ``text`` takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
