"""A verified fix by itself: its patch, and the suggestions that somebody can click one by one.

Fixes are proven together, and a suggestion is applied alone: so each is compiled alone here. A fix
whose changes lie close together in one file is one suggestion, with the lines between them. One that
is spread over places or files becomes several only when each place holds a site of its own (half a
rewrite may well compile and mean something else) and each alone compiles without a new warning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.app.session import Session, formatter_of
from engine.base.counts import count
from engine.base.model import Outcome, Site, Verdict
from engine.base.plain import harmless
from engine.base.ui import Ui
from engine.cargo.cargo_results import CheckRun
from engine.report.finding import Suggestion
from engine.report.result import Result
from engine.rewrite import edits
from engine.rewrite.patch import Block, changed_blocks, make_patch, split_lines
from engine.rewrite.rustfmt import FormatFiles

_GAP = 20  # lines that stay as they are, between two changes of one suggestion
_LONGEST = 100  # lines that a suggestion replaces or puts in their place
_WIDEST = 10_000  # bytes of a line of it
_CHECKS = 30  # runs of cargo check in all: beyond them, nothing is suggested
_PARTS = 6  # suggestions that one fix may become


@dataclass(frozen=True, slots=True)
class StandaloneFix:
    """``patch`` is of this fix alone (b"" when it cannot stand alone). Without suggestions, ``why``
    says why."""

    patch: bytes = b""
    suggestions: tuple[Suggestion, ...] = ()
    why: str = ""


def standalone_fixes(
    session: Session, result: Result, ui: Ui, prefix: str = ""
) -> Mapping[str, StandaloneFix]:
    """The verified fixes of ``result``, by proposal. Runs cargo check in the copy.

    ``prefix`` comes before the paths of the patches and suggestions ("" or ``folder/``)."""
    verified = [v for v in result.verdicts if v.outcome is Outcome.VERIFIED and v.fix is not None]
    trial = _StandaloneChecks(session, result, prefix)
    drafts = {verdict.proposal.id: trial.draft(verdict) for verdict in verified}
    found: dict[str, StandaloneFix] = {}
    # Those that can become a single suggestion first: there a check is worth most.
    for name in sorted(drafts, key=lambda name: len(drafts[name].parts) != 1):
        ui.progress(f"Checking fix {len(found) + 1}/{len(drafts)} alone")
        found[name] = trial.one(drafts[name])
    if trial.runs:
        fixes = count(trial.alone, "fix", "fixes")
        ui.say("Checked", f"{fixes} alone, for suggestions (cargo ran {trial.runs} times more)")
    return found


@dataclass(frozen=True)
class _Draft:
    """A fix by itself, not compiled yet: texts before and after of what it changes, the stretches,
    and the suggestions that they make. ``why`` says what keeps it from being tried."""

    sites: Sequence[Site]
    before: Mapping[str, bytes] = field(default_factory=dict)
    after: Mapping[str, bytes] = field(default_factory=dict)
    places: Sequence[tuple[str, Block]] = ()
    parts: Sequence[Suggestion] = ()
    patch: bytes = b""
    why: str = ""


class _StandaloneChecks:
    def __init__(self, session: Session, result: Result, prefix: str) -> None:
        self._prefix = prefix
        self._session = session
        self._result = result
        self._format_files: FormatFiles = formatter_of(session).format
        self._warnings: frozenset[tuple[str, str, str]] | None = None
        self.runs = 0
        self.alone = 0  # fixes that were compiled alone

    def draft(self, verdict: Verdict) -> _Draft:
        assert verdict.fix is not None
        sites = verdict.proposal.sites
        if verdict.proposal.id in self._result.later:
            return _Draft(
                sites, why="It was planned on the result of other fixes, so it needs them"
            )
        read = self._session.sources.data
        before = {path: read(path) for path in verdict.fix.paths}
        applied = edits.apply(before, [verdict.fix]).files
        formatted = self._format_files(
            {path: applied.get(path, text) for path, text in before.items()}
        )
        after = {path: text for path, text in formatted.items() if text != before[path]}
        if not after:
            return _Draft(sites, why="Alone it changes nothing")
        patch = make_patch((self._prefix + p, before[p], text) for p, text in after.items())
        places = [(p, block) for p in sorted(after) for block in gathered(before[p], after[p])]
        made = [suggestion(self._prefix + p, b, before[p], after[p]) for p, b in places]
        parts = tuple(part for part in made if part is not None)
        if len(parts) < len(made):
            parts = ()
        return _Draft(sites, before, after, places, parts, patch)

    def one(self, draft: _Draft) -> StandaloneFix:
        """The draft compiled, and what may be suggested of it."""
        if draft.why:
            return StandaloneFix(why=draft.why)
        if not self._proven(draft.after):
            if self.runs >= _CHECKS:
                why = f"It was not compiled alone, for a run spends {_CHECKS} checks on that"
                return StandaloneFix(draft.patch, why=why)
            self.alone += 1
            if not self._check(draft.after).ok:
                return StandaloneFix(why="It does not compile alone, only with the other fixes")
        if not draft.parts:
            return StandaloneFix(
                draft.patch, why="Its text is too long, or has characters that are not seen"
            )
        if len(draft.parts) > 1 and not self._split(draft):
            return StandaloneFix(draft.patch, why=f"{len(draft.parts)} places change together")
        return StandaloneFix(draft.patch, tuple(draft.parts))

    def _proven(self, after: Mapping[str, bytes]) -> bool:
        """Is it, byte for byte, what the whole run proved?"""
        return dict(after) == dict(self._result.files)

    def _split(self, draft: _Draft) -> bool:
        """Can each place be taken without the others?"""
        places, before = draft.places, draft.before
        if len(places) > _PARTS or self.runs + len(places) + 1 > _CHECKS:
            return False
        if not all(_holds_site(path, block, before[path], draft.sites) for path, block in places):
            return False
        if self._warnings is None:
            self._warnings = _warnings(self._check({}))
        for path, block in places:
            run = self._check({path: with_block(before[path], draft.after[path], block)})
            if not run.ok or not _warnings(run) <= self._warnings:
                return False
        return True

    def _check(self, files: Mapping[str, bytes]) -> CheckRun:
        self.runs += 1
        self._session.cargo.write(files)
        return self._session.cargo.check()


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
        line.endswith(b"\n") and b"\r" not in line and len(line) <= _WIDEST for line in (*old, *new)
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
