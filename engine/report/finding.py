"""What a run found, as one value that every output format is made of.

Paths are POSIX and relative to the top of the repository (GitHub, GitLab and reviewdog want them so);
lines count from 1. Texts are as the codemods and the repository have them: a format escapes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.base.model import Level, Outcome, Proof, Skip

# Outcomes that say that a rewrite was tried and did not hold.
FAILED = frozenset(
    {
        Outcome.CHECK_FAILED,
        Outcome.TESTS_FAILED,
        Outcome.REGRESSED,
        Outcome.CONFLICT,
        Outcome.NO_GAIN,
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file. The columns, each from 1, count characters, UTF-16 code units and bytes."""

    line: int
    column: int
    utf16: int
    byte: int


@dataclass(frozen=True, slots=True)
class Region:
    """``start`` (inclusive) to ``end`` (exclusive) of one file."""

    path: str
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The lines ``first`` to ``last`` (inclusive) of ``path`` become ``lines``, none of which holds
    a line end; () deletes them. Applied alone, it leaves a tree that compiles."""

    path: str
    first: int
    last: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The new lines in one text, without a line feed at its end."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Finding:
    """A site (or several that only change together) with what became of it.

    ``suggestions`` make the whole fix: one, or several of which each alone was checked. ``patch`` is
    the unified diff of the fix alone, "" where there is none (``apart`` then says why in words).
    """

    id: str  # stable over unrelated edits, [a-z0-9-]
    codemod: str
    level: Level
    outcome: Outcome
    word: str  # the outcome for people: "verified", "reported", "needs --review" ...
    new: bool  # against the base
    message: str  # what stands there
    regions: tuple[Region, ...]  # the first is where it is shown
    note: str = ""  # what the fix does
    reason: str = ""
    proof: Proof | None = None  # how far a verified fix was proven
    reach: str = ""  # which tests reach it, in words
    check: str = ""
    tests: str = ""
    bench: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    patch: str = ""
    apart: str = ""  # why there is no suggestion, or no patch, of a verified fix

    @property
    def path(self) -> str:
        """The file of the first region, where it is shown."""
        return self.regions[0].path

    @property
    def line(self) -> int:
        """The line of the first region's start, from 1."""
        return self.regions[0].start.line

    @property
    def verified(self) -> bool:
        """Is there a fix that was proven?"""
        return self.outcome is Outcome.VERIFIED

    @property
    def failed(self) -> bool:
        """Was a fix tried that did not hold?"""
        return self.outcome in FAILED

    @property
    def evidence(self) -> tuple[tuple[str, str], ...]:
        """What was run and what came out, by kind; empty where nothing was tried."""
        proof = f"{self.proof}: {self.reach}" if self.proof is not None else ""
        pairs = (
            ("proof", proof),
            ("check", self.check),
            ("tests", self.tests),
            ("bench", self.bench),
        )
        return tuple((name, text) for name, text in pairs if text) if self.tried else ()

    @property
    def tried(self) -> bool:
        """Was a fix tried, with either end?"""
        return self.verified or self.failed


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of a run, the new ones first and the hottest of them first."""

    findings: tuple[Finding, ...]
    commit: str  # of the tree that was looked at; "" when nobody knows
    base: str  # what "new" is measured against, in words
    toolchain: str = ""
    skipped: tuple[Skip, ...] = ()
    notes: tuple[str, ...] = ()
    suppressed: int = 0  # sites that a comment silenced
    in_tests: int = 0  # sites left alone because no traffic reaches them
    rules: Mapping[str, str] = field(default_factory=dict)  # codemod -> its docs
    summaries: Mapping[str, str] = field(default_factory=dict)  # codemod -> one line

    @property
    def new(self) -> tuple[Finding, ...]:
        """The findings that the change brought."""
        return tuple(finding for finding in self.findings if finding.new)
