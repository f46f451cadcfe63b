"""``// spikeproof: allow(NAME)``: silences a codemod on a line or an item.

On a line of its own the comment covers the statement or item that follows; at the end of a line,
that line. ``//! spikeproof: allow(NAME)`` covers the file. Several names are separated by commas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.model import Span
from engine.syntax import COMMENTS, ITEMS, Source

_ALLOW = re.compile(rb"(//!?|/\*)[ \t]*spikeproof:[ \t]*allow\(([a-z0-9_, \t-]+)\)")


@dataclass(frozen=True, slots=True)
class Allowances:
    """Spans of a file in which codemods are silent."""

    spans: tuple[tuple[str, Span], ...]

    def covers(self, codemod: str, span: Span) -> bool:
        return any(name == codemod and span.start in _Half(at) for name, at in self.spans)


class _Half:
    """A span as a container of offsets."""

    def __init__(self, span: Span) -> None:
        self.span = span

    def __contains__(self, offset: int) -> bool:
        return self.span.start <= offset < self.span.end


def allowances(source: Source) -> Allowances:
    """All allowances of a file. A comment inside a string is none: it must be a comment node."""
    found: list[tuple[str, Span]] = []
    for hit in _ALLOW.finditer(source.data):
        node = source.root.descendant_for_byte_range(hit.start(), hit.start() + 2)
        while node is not None and node.type not in COMMENTS:
            node = node.parent
        if node is None or node.start_byte != hit.start():
            continue
        at = _covered(source, hit.start(), hit.end(), hit.group(1) == b"//!")
        for name in hit.group(2).decode().split(","):
            found.append((name.strip().replace("_", "-"), at))
    return Allowances(tuple(found))


def _covered(source: Source, start: int, end: int, whole: bool) -> Span:
    if whole:
        return Span(0, len(source.data) + 1)
    line = source.line_start(start)
    if source.data[line:start].strip():
        return Span(line, source.line_end(start))
    following = re.compile(rb"(?:\s|//[^\n]*\n|#\[[^\n]*\]\s*\n)*").match(
        source.data, source.line_end(end)
    )
    at = following.end() if following is not None else end
    node = source.root.descendant_for_byte_range(at, at + 1)
    best = Span(source.line_start(at), source.line_end(at))
    while node is not None and node.start_byte >= line:
        if node.start_byte <= at and (
            node.type in ITEMS
            or node.type in ("let_declaration", "expression_statement", "field_declaration")
            or (node.parent is not None and node.parent.type == "block")
        ):
            best = Span(best.start, max(best.end, node.end_byte))
        node = node.parent
    return best
