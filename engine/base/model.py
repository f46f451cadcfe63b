"""The values that pass between stages: all frozen, all picklable, bytes for source text.

Paths are POSIX strings relative to the workspace root; offsets are bytes from 0, ends exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from engine.base.measured import Measured
from engine.base.reach import Reach

# Why rustc told nothing of an expression: the code is not part of what was checked.
NOT_COMPILED = "this configuration does not compile this code"
NO_UNIT = (
    "no target that compiles here has this file: it is of another configuration, or what it is a part of does "
    "not compile as it is"
)


class Level(StrEnum):
    """How much trust a rewrite may claim by rule (before any proof)."""

    SAFE = "safe"  # keeps the meaning
    REVIEW = "review"  # may change timing, atomicity or an API: a person decides
    REPORT = "report"  # found, not rewritten, with the reason


class Outcome(StrEnum):
    """What became of a fix."""

    VERIFIED = "verified"
    CHECK_FAILED = "check-failed"
    TESTS_FAILED = "tests-failed"
    REGRESSED = "regressed"
    NO_GAIN = "no-gain"
    CONFLICT = "conflict"
    NOT_COMPILED = "not-compiled"
    UNVERIFIED = "unverified"


class Proof(StrEnum):
    """How far a verified fix was proven: the lowest rung that is known to hold."""

    COMPILED = "compiled"  # no test that ran is known to reach it
    TESTED = "tested"  # tests that reach what it changes passed before and after
    MEASURED = "measured"  # a bench, a workload or counted tests ran it


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes ``start`` (inclusive) to ``end`` (exclusive) of one file."""

    start: int
    end: int

    def __contains__(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Do both have a byte in common? Spans that only meet do not; nor does an empty one at
        an end."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace ``start..end`` of ``path`` by ``replacement``; ``start == end`` inserts.

    The replacement may hold name markers made by ``engine.rewrite.use_declarations.name``: each is
    settled to a short name (with its ``use`` line) or to a full path once per module, after all
    edits are known.
    """

    path: str
    start: int
    end: int
    replacement: bytes

    @property
    def span(self) -> Span:
        """The bytes that are replaced; empty for what inserts."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Skip:
    """A file, or a part of one, that was left out, and why (in words). ``line`` is where it begins,
    from 1; 0 for a file as a whole. A ``detail`` cost no site that is known: it is for who asks."""

    path: str
    reason: str
    line: int = 0
    detail: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Heat:
    """How much a site matters when traffic comes; orders the findings.

    ``score`` is the sum of the weights of ``reasons`` (no unit; above 0 the hotter the larger, below
    0 in code that no traffic reaches). ``reasons`` are words, the weightiest first: ``stream`` (a
    loop that awaits its next item), ``handler`` (runs for each request), ``loop``, ``under-lock``,
    ``async``. ``engine.rust.context`` makes it, and has the weights.
    """

    score: int = 0
    reasons: tuple[str, ...] = ()


Role = Literal["site", "use", "maybe"]


@dataclass(frozen=True, slots=True)
class Site:
    """One place where an anti-pattern stands (or, ``role='use'``, one that a plan must know of).

    A ``use`` is never shown or counted: it is what a codemod located to decide about its sites
    (every ``.lock()`` call of a counter, say). Nor is a ``maybe``, of which syntax alone does not
    tell whether it is a site, unless the plan makes one of it.
    """

    codemod: str
    path: str
    span: Span  # what is shown to the user
    captures: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    kind: str = ""  # the codemod's own word for the shape that matched
    role: Role = "site"
    level: Level = Level.REVIEW  # best guess from syntax alone; the plan has the last word
    message: str = ""  # one sentence: what stands here
    reason: str = ""  # why it is of this level, when there is something to say
    heat: Heat = Heat()
    in_tests: bool = False  # in code that no traffic reaches: a test, a bench, an example
    item: str = ""  # enclosing item path, as "impl Stats::record"
    id: str = ""  # stable over unrelated edits: codemod + path + item + normalised text + ordinal

    @property
    def heat_words(self) -> tuple[str, ...]:
        """Where it stands, as all output has it: the reasons of its heat, and ``test``."""
        return (*self.heat.reasons, "test") if self.in_tests else self.heat.reasons


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits over any number of files that are applied whole or not at all.

    A ``use`` line that they leave unused goes with them, unless they are ``exact``: then they are all
    that changes (a person's own version).
    """

    label: str  # which alternative: "borrow", "move", "block" ...
    level: Level
    edits: tuple[Edit, ...]
    note: str  # what it does, what it cost before, what changes; for the user
    exact: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it changes, sorted."""
        return tuple(sorted({edit.path for edit in self.edits}))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a codemod proposes for sites that only change together.

    ``fixes`` are ranked alternatives, best first. Without one, ``reason`` says why in words.
    ``outcome`` is set by a codemod only for sites that rustc did not compile (``NOT_COMPILED``).
    ``dismissed``: what syntax took for sites are none after all, or nothing that a person needs to
    look at; they are told with their reason in the text and JSON of ``diff``, and are no findings.
    ``lacking`` are alternatives that are not there, by label, with the reason in words: told to who
    asks for one of them.
    """

    sites: tuple[Site, ...]
    fixes: tuple[Fix, ...] = ()
    reason: str = ""
    outcome: Outcome | None = None
    dismissed: bool = False
    lacking: Mapping[str, str] = field(default_factory=dict)

    @property
    def codemod(self) -> str:
        """The name of the codemod that made it: all its sites are of that one."""
        return self.sites[0].codemod

    @property
    def id(self) -> str:
        """What it is known by in output and in a baseline: the id of its first site."""
        return self.sites[0].id


@dataclass(frozen=True, slots=True)
class DiagnosticSpan:
    """One place a compiler message points at (macro expansions are unrolled to their call sites)."""

    path: str
    span: Span
    line: int  # from 1
    column: int  # from 1, in characters
    primary: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message of rustc. ``spans`` holds those of its children too; primaries come first."""

    level: str  # "error", "warning", "note" ...
    code: str  # "E0308", "" when rustc gives none
    message: str
    spans: tuple[DiagnosticSpan, ...]
    rendered: str
    package: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was run for a fix and what came out."""

    check: str = ""  # "passed", "failed: ...", "not run"
    tests: str = ""  # "passed: 41 tests of 2 packages", "none: ...", "not run: --no-tests"
    bench: str = "not measured"
    reach: Reach | None = None  # which of the tests run what it changes; None: they were not run
    measured: Measured | None = None
    diagnostics: tuple[Diagnostic, ...] = ()  # why it failed, when it failed
    failed_tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A proposal with what became of it. ``fix`` is the alternative that was emitted or tried last."""

    proposal: Proposal
    fix: Fix | None
    outcome: Outcome
    reason: str
    evidence: Evidence = Evidence()

    @property
    def proof(self) -> Proof | None:
        """How far the fix was proven; None for one that is not verified."""
        if self.outcome is not Outcome.VERIFIED:
            return None
        evidence = self.evidence
        if evidence.measured is not None and evidence.measured.judging:
            return Proof.MEASURED
        known = evidence.reach is not None and evidence.reach.known
        return Proof.TESTED if known else Proof.COMPILED

    @property
    def untested(self) -> bool:
        """Does the fix hold, and was left out because no test is known to reach it?"""
        return self.outcome is Outcome.UNVERIFIED and self.evidence.reach is not None
