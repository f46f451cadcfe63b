"""A verified fix by itself: its patch, and the suggestions that somebody can click one by one.

Fixes are proven together, and a suggestion is applied alone: so each is compiled alone here. A fix
whose changes lie close together in one file is one suggestion, with the lines between them. One that
is spread over places or files becomes several only when each place holds a site of its own (half a
rewrite may well compile and mean something else) and each alone compiles without a new warning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import edits
from engine.model import Outcome, Site, Verdict
from engine.patch import Block, changed_blocks, make_patch, split_lines
from engine.pipeline import Result, Stages, layout_of
from engine.report.counts import count
from engine.report.finding import Suggestion
from engine.report.plain import harmless
from engine.report.ui import Ui
from engine.runs import CheckRun
from engine.series import Polish

_GAP = 20  # lines that stay as they are, between two changes of one suggestion
_LONGEST = 100  # lines that a suggestion replaces or puts in their place
_CHECKS = 30  # runs of cargo check in all: beyond them, nothing is suggested
_PARTS = 6  # suggestions that one fix may become


@dataclass(frozen=True, slots=True)
class Alone:
    """``patch`` is of this fix alone (b"" when it cannot stand alone). Without suggestions, ``why``
    says why."""

    patch: bytes = b""
    suggestions: tuple[Suggestion, ...] = ()
    why: str = ""


def alone(stages: Stages, result: Result, ui: Ui, prefix: str = "") -> Mapping[str, Alone]:
    """The verified fixes of ``result``, by proposal. Runs cargo check in the copy.

    ``prefix`` comes before the paths of the patches and suggestions ("" or ``folder/``)."""
    verified = [v for v in result.verdicts if v.outcome is Outcome.VERIFIED and v.fix is not None]
    found: dict[str, Alone] = {}
    session = _Session(stages, result, prefix)
    for number, verdict in enumerate(verified, 1):
        ui.progress(f"Checking suggestion {number}/{len(verified)} alone")
        found[verdict.proposal.id] = session.one(verdict)
    if session.runs:
        fixes = count(len(verified), "fix", "fixes")
        ui.say("Checked", f"{fixes} alone, for suggestions (cargo ran {session.runs} times more)")
    return found


class _Session:
    def __init__(self, stages: Stages, result: Result, prefix: str) -> None:
        self._prefix = prefix
        self._stages = stages
        self._result = result
        self._polish: Polish = layout_of(stages).polish
        self._warnings: frozenset[tuple[str, str, str]] | None = None
        self.runs = 0

    def one(self, verdict: Verdict) -> Alone:
        assert verdict.fix is not None
        if verdict.proposal.id in self._result.later:
            return Alone(why="It was planned on the result of other fixes, so it needs them")
        before = {path: self._stages.sources.data(path) for path in verdict.fix.paths}
        applied = edits.apply(before, [verdict.fix]).files
        after = self._polish({path: applied.get(path, text) for path, text in before.items()})
        changed = {path: text for path, text in after.items() if text != before[path]}
        if not changed:
            return Alone(why="Alone it changes nothing")
        patch = make_patch((self._prefix + p, before[p], t) for p, t in changed.items())
        proven = len(changed) == len(self._result.files) and all(
            self._result.files.get(path) == text for path, text in changed.items()
        )
        if not proven:
            if self.runs >= _CHECKS:
                return Alone(why=f"Only {_CHECKS} checks are spent on suggestions")
            if not self._check(changed).ok:
                return Alone(why="It does not compile alone, only with the other fixes")
        places = [(p, b) for p in sorted(changed) for b in gathered(before[p], changed[p])]
        made = [suggestion(self._prefix + p, b, before[p], changed[p]) for p, b in places]
        if None in made:
            return Alone(patch, why="Its text is too long, or has characters that are not seen")
        parts = tuple(part for part in made if part is not None)
        if len(parts) > 1:
            texts = [
                (path, with_block(before[path], changed[path], block)) for path, block in places
            ]
            if not self._split(verdict.proposal.sites, before, places, texts):
                return Alone(patch, why=f"{len(parts)} places change together")
        return Alone(patch, parts)

    def _split(
        self,
        sites: Sequence[Site],
        before: Mapping[str, bytes],
        places: Sequence[tuple[str, Block]],
        texts: Sequence[tuple[str, bytes]],
    ) -> bool:
        """Can each place be taken without the others?"""
        if len(places) > _PARTS or self.runs + len(places) + 1 > _CHECKS:
            return False
        if not all(_holds_site(path, block, before[path], sites) for path, block in places):
            return False
        if self._warnings is None:
            self._warnings = _warnings(self._check({}))
        for path, text in texts:
            run = self._check({path: text})
            if not run.ok or not _warnings(run) <= self._warnings:
                return False
        return True

    def _check(self, files: Mapping[str, bytes]) -> CheckRun:
        self.runs += 1
        self._stages.cargo.write(files)
        return self._stages.cargo.check()


def gathered(before: bytes, after: bytes) -> tuple[Block, ...]:
    """The changed lines, those that are near to each other as one stretch. None is empty on its
    old side: what is only put in takes a line next to it along."""
    found: list[Block] = []
    old, new = split_lines(before), split_lines(after)
    for a0, a1, b0, b1 in changed_blocks(old, new):
        if found and a0 - found[-1][1] <= _GAP:
            found[-1] = (found[-1][0], a1, found[-1][2], b1)
        else:
            found.append((a0, a1, b0, b1))
    return tuple(_grown(block, len(old)) for block in found)


def _grown(block: Block, lines: int) -> Block:
    a0, a1, b0, b1 = block
    if a0 < a1:
        return block
    if a1 < lines:
        return a0, a1 + 1, b0, b1 + 1
    return a0 - 1, a1, b0 - 1, b1  # at the end; an empty file has no sites


def with_block(before: bytes, after: bytes, block: Block) -> bytes:
    """``before`` with this one stretch as it is in ``after``."""
    old, new = split_lines(before), split_lines(after)
    a0, a1, b0, b1 = block
    return b"".join([*old[:a0], *new[b0:b1], *old[a1:]])


def suggestion(path: str, block: Block, before: bytes, after: bytes) -> Suggestion | None:
    """The stretch as a suggestion; None when the sites would not keep its bytes: other line ends
    than ``\\n``, a last line without one, characters that are not seen, no UTF-8, too long."""
    a0, a1, b0, b1 = block
    old, new = split_lines(before)[a0:a1], split_lines(after)[b0:b1]
    if max(len(old), len(new)) > _LONGEST or not all(
        line.endswith(b"\n") and b"\r" not in line for line in (*old, *new)
    ):
        return None
    try:
        lines = tuple(line[:-1].decode("utf-8") for line in new)
    except UnicodeDecodeError:
        return None
    if not all(map(harmless, lines)):
        return None
    return Suggestion(path, a0 + 1, a1, lines)


def _holds_site(path: str, block: Block, before: bytes, sites: Sequence[Site]) -> bool:
    lines = split_lines(before)
    start = sum(map(len, lines[: block[0]]))
    end = start + sum(map(len, lines[block[0] : block[1]]))
    return any(s.path == path and start <= s.span.start and s.span.end <= end for s in sites)


def _warnings(run: CheckRun) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (d.code, d.message, d.spans[0].path if d.spans else "")
        for d in run.diagnostics
        if d.level == "warning"
    )
