"""What a run of cargo is asked and answers: the values between ``cargo``, ``verify`` and ``oracle``.

``Driver`` is the seam where the tests put a scripted cargo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from engine.base.model import Diagnostic
from engine.cargo.left_out import LeftOut, UnitKey
from engine.cargo.messages import Program, ScriptOutput


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One ``cargo check --all-targets``. ``compiled`` are the workspace files that rustc read; with
    ``left_out``, those of what compiles."""

    ok: bool
    diagnostics: tuple[Diagnostic, ...]
    output: str  # cargo's stderr, capped, for the user when it failed
    seconds: float  # of wall time
    timed_out: bool = False
    compiled: frozenset[str] = frozenset()
    left_out: LeftOut | None = None  # what does not compile before any change


@dataclass(frozen=True, slots=True)
class Checked:
    """A check as cargo told it, without regard to what is left out: ``run.compiled`` is what every unit
    read, ``whole`` what those read that were ``made``."""

    run: CheckRun
    made: frozenset[UnitKey]
    whole: frozenset[str]


@dataclass(frozen=True, slots=True)
class TestRun:
    """One run of tests, by cargo or nextest. A test is named ``package::target::path::to::test``.

    ``built`` is False when the tests did not compile (then ``diagnostics`` say why). ``broken`` are
    targets that died without telling their tests' results (abort, time-out), as ``package::target``.
    ``programs`` has the target of each test program, by its file name and by nextest's name of it.
    ``cut`` are those of the ``failed`` tests that the time limit ended.
    """

    built: bool
    passed: frozenset[str]
    failed: frozenset[str]
    ignored: frozenset[str]
    broken: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    output: str
    seconds: float  # of wall time
    timed_out: bool = False
    programs: Mapping[str, str] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()

    @property
    def ok(self) -> bool:
        """Did it build, and did every test that was run pass in time?"""
        return self.built and not self.failed and not self.broken and not self.timed_out


@dataclass(frozen=True, slots=True)
class BuildRun:
    """One build of programs to be measured. ``scripts`` is what build scripts said, by package id;
    ``shared`` are the tree's dynamic libraries; ``seen`` tells whether cargo came as far as to say
    anything of its units."""

    ok: bool
    seen: bool
    programs: tuple[Program, ...]
    shared: tuple[str, ...]
    scripts: Mapping[str, ScriptOutput]
    diagnostics: tuple[Diagnostic, ...]
    output: str


class Driver(Protocol):
    """A scratch tree on which cargo can be run. Counts its runs."""

    @property
    def runs(self) -> int:
        """Cargo processes started so far (check and test alike)."""
        ...

    def write(self, files: Mapping[str, bytes]) -> None:
        """Make the scratch tree the user's tree with ``files`` in place of theirs (all others are
        put back to the original). Touches only what differs, so that builds stay incremental."""
        ...

    def check(self) -> CheckRun:
        """``cargo check --all-targets --keep-going`` with the user's selection."""
        ...

    def check_alone(self, manifest: str) -> str:
        """What cargo says first against the package of ``manifest`` when it is checked without its tests, benches
        and examples, and so without what these bring in; "" when it compiles."""
        ...

    def test(self, packages: Sequence[str] = (), only: Sequence[str] = ()) -> TestRun:
        """The tests of ``packages`` (none: of the selection), whatever fails.

        ``only`` restricts to these test names (as in ``TestRun``): for trying a failure again.
        """
        ...
