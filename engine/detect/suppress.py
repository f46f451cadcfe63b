"""``// spikeproof: allow(NAME)``: silences a codemod on a line or an item.

On a line of its own the comment covers the statement or item that follows; at the end of a line,
that line. ``//! spikeproof: allow(NAME)`` covers the file. Several names are separated by commas.
A comment that silences nothing is told: what it was for is gone, or it never worked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.base.fsio import show
from engine.base.model import Site, Span
from engine.cargo.config import closest
from engine.rust.syntax import COMMENTS, ITEMS, Source

MARK = b"spikeproof:"  # a file without it holds no allowance
_ALLOW = re.compile(
    rb"(//!?|/\*)[ \t]*spikeproof:(?:[ \t]*allow\(([a-z0-9_, \t-]+)\)|[^\n]{0,200})"
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """One name of one comment. ``line`` counts from 1; ``span`` is where ``codemod`` is silent.
    Without a codemod the comment is not understood."""

    path: str
    line: int
    codemod: str
    span: Span

    def covers(self, codemod: str, span: Span) -> bool:
        """Does it silence a site of ``codemod`` at ``span``? Where the site begins decides."""
        return codemod == self.codemod and self.span.start <= span.start < self.span.end


@dataclass(frozen=True, slots=True)
class UnusedAllowance:
    """An allowance that silences nothing, and why in words."""

    path: str
    line: int  # from 1
    codemod: str
    reason: str


@dataclass(frozen=True, slots=True)
class Allowances:
    """The allowances of one file."""

    entries: tuple[Allowance, ...]

    def covers(self, codemod: str, span: Span) -> bool:
        """Does any of them silence a site of ``codemod`` at ``span``?"""
        return any(entry.covers(codemod, span) for entry in self.entries)

    def idle(self, sites: Iterable[Site]) -> tuple[Allowance, ...]:
        """Those that cover none of ``sites``; a site of role ``use`` is not one to be silenced."""
        found = [site for site in sites if site.role != "use"]
        return tuple(
            entry
            for entry in self.entries
            if not any(entry.covers(site.codemod, site.span) for site in found)
        )


def unused(
    idle: Iterable[Allowance], names: Collection[str], known: Mapping[str, object]
) -> tuple[UnusedAllowance, ...]:
    """What to say of ``idle`` allowances when the codemods ``names`` ran, of all that are
    ``known``. Nothing can be said of one that did not run."""
    found: list[UnusedAllowance] = []
    for entry in sorted(idle, key=lambda entry: (entry.path, entry.line, entry.codemod)):
        if not entry.codemod:
            reason = "is not understood: write `spikeproof: allow(NAME)`"
        elif entry.codemod not in known:
            reason = f"names no codemod: `{show(entry.codemod)}`{closest(entry.codemod, known)}"
        elif entry.codemod in names:
            reason = f"silences nothing: no {entry.codemod} site is there"
        else:
            continue
        found.append(UnusedAllowance(entry.path, entry.line, entry.codemod, reason))
    return tuple(found)


def allowances(source: Source) -> Allowances:
    """All allowances of a file. A comment inside a string is none: it must be a comment node."""
    found: list[Allowance] = []
    if MARK not in source.data:
        return Allowances(())
    for hit in _ALLOW.finditer(source.data):
        node = source.root.descendant_for_byte_range(hit.start(), hit.start() + 2)
        while node is not None and node.type not in COMMENTS:
            node = node.parent
        if node is None or node.start_byte != hit.start():
            continue
        line = source.position(hit.start())[0]
        at = _covered(source, hit.start(), hit.end(), hit.group(1) == b"//!")
        names = [name.strip().replace("_", "-") for name in (hit[2] or b"").decode().split(",")]
        found += [Allowance(source.path, line, n, at) for n in names if n or len(names) == 1]
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
