"""What a patch changes, file by file, in the form of git's diffstat; with the codemods that do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.counts import count
from engine.base.model import Outcome
from engine.base.plain import printable, width
from engine.rewrite.patch import hunks

if TYPE_CHECKING:
    from engine.report.result import Result

# Columns at most, whatever the terminal has: the same tree gives the same bytes.
_GRAPH = 20
_NAME = 44  # of a longer path the end is shown, as git does


@dataclass(frozen=True)
class _Row:
    path: str
    added: int
    removed: int
    codemods: str


def stat(results: Sequence[Result]) -> str:
    """A line for each changed file and one for all; "" when nothing is changed."""
    rows = [row for result in results for row in _rows(result)]
    if not rows:
        return ""
    names = [_shortened(row.path) for row in rows]
    longest = max(map(width, names))
    digits = len(str(max(row.added + row.removed for row in rows)))
    most = max(row.added + row.removed for row in rows)
    lines = [
        f" {name}{' ' * (longest - width(name))} | {row.added + row.removed:>{digits}} "
        f"{_graph(row, most).ljust(min(most, _GRAPH))} {row.codemods}"
        for name, row in zip(names, rows, strict=True)
    ]
    added, removed = sum(row.added for row in rows), sum(row.removed for row in rows)
    lines.append(
        f" {count(len(rows), 'file')} changed, {count(added, 'insertion')}(+), "
        f"{count(removed, 'deletion')}(-)"
    )
    return "\n".join(lines) + "\n"


def _rows(result: Result) -> list[_Row]:
    codemods: dict[str, Counter[str]] = {}
    for verdict in result.verdicts:
        if verdict.outcome is Outcome.VERIFIED and verdict.fix is not None:
            for path in verdict.fix.paths:
                codemods.setdefault(path, Counter())[verdict.proposal.codemod] += 1
    changed: dict[str, list[int]] = {}
    for hunk in hunks(result.patch):
        counts = changed.setdefault(hunk.path, [0, 0])
        body = hunk.text.split(b"\n")[1:]
        counts[0] += sum(line.startswith(b"+") for line in body)
        counts[1] += sum(line.startswith(b"-") for line in body)
    prefix = f"{result.folder}/" if result.folder else ""
    return [
        _Row(
            printable(prefix + path),
            added,
            removed,
            ", ".join(f"{name} {n}" for name, n in sorted(codemods.get(path, Counter()).items())),
        )
        for path, (added, removed) in changed.items()
    ]


def _graph(row: _Row, most: int) -> str:
    """``+`` and ``-`` in proportion; at least one of what is there."""
    if most <= _GRAPH:
        return "+" * row.added + "-" * row.removed
    scaled = [-(-n * (_GRAPH - 1) // most) for n in (row.added, row.removed)]
    return "+" * scaled[0] + "-" * scaled[1]


def _shortened(path: str) -> str:
    if width(path) <= _NAME:
        return path
    while width(path) > _NAME - 3:
        path = path[1:]
    return "..." + path
