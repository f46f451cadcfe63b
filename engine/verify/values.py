"""What verification is given and what it answers, and the attempts that it moves about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from engine.base.errors import SpikeproofError
from engine.base.model import Diagnostic, Fix, Level, Outcome, Proposal, Verdict
from engine.base.reach import Reach
from engine.cargo.cargo_results import CheckRun, Driver, TestRun
from engine.detect.codemod import Problem, Refusal
from engine.rewrite.rustfmt import FormatFiles

# Asked before a fix is dropped: the codemod of the proposal may answer with a larger fix.
Follow = Callable[[Proposal, Fix, Sequence[Problem]], Fix | Refusal | None]
# A verb and what it is about, as cargo's status lines have it.
StatusLine = Callable[[str, str], None]


class Prove(Protocol):
    """Gives a clean copy of the user's tree with a patch on it."""

    def __call__(self, patch: bytes, paths: Sequence[str]) -> Driver:
        """Apply ``patch``, which changes ``paths``, with ``git apply``; the cargo to run there.

        An empty patch is a control: the tree as it is. The copy holds until the next call or the
        next ``write`` of any driver. Raises SpikeproofError when the patch does not apply.
        """
        ...


def _unformatted(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return files


def _silent(verb: str, text: str) -> None:
    pass


@dataclass(frozen=True)
class VerifyTools:
    """What verification works with. ``read`` gives the user's bytes of a path, ``driver`` runs cargo
    on the scratch tree, ``prove`` on a clean copy with a patch on it. ``format_files`` makes the
    texts that are emitted of those that were verified; ``progress`` hears what is being done. With a
    file ``reach``, probes tell there which tests reach a fix; where a ``runner`` starts the tests, they
    may not be able to."""

    read: Callable[[str], bytes]
    driver: Driver
    prove: Prove
    format_files: FormatFiles = _unformatted
    progress: StatusLine = _silent
    reach: Path | None = None
    runner: bool = False


@dataclass(frozen=True)
class VerifySettings:
    """What the user allows. ``packages_of`` gives the packages that hold these paths and all that
    depend on them. With ``tested``, a fix that no test is known to reach is left out."""

    packages_of: Callable[[Iterable[str]], Sequence[str]]
    tests: bool = True
    take: frozenset[Level] = frozenset({Level.SAFE})
    tested: bool = False


@dataclass(frozen=True)
class VerifyResult:
    """``verdicts`` in the order of the proposals; ``files`` the changed files' text as emitted
    (those of ``base`` included), ``patch`` the way to it from the original tree.

    ``deferred`` are the proposals with outcome ``conflict``: scan the result and verify again on
    top of it (``base=result.files``; ``check`` is its baseline, where something new was proven).
    ``runs`` counts cargo runs by kind: check, test, and prove for all that ran in a clean copy.
    """

    verdicts: tuple[Verdict, ...]
    files: Mapping[str, bytes]
    patch: bytes
    runs: Mapping[str, int]
    notes: tuple[str, ...] = ()
    deferred: tuple[Proposal, ...] = ()
    check: CheckRun | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One alternative of one proposal, as its codemod planned it or as ``follow`` enlarged it."""

    index: int  # of the proposal
    rank: int  # of the alternative, from 0
    grown: int  # how often ``follow`` has enlarged it
    fix: Fix = field(compare=False)
    proposal: Proposal = field(compare=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt was dropped: ``reason`` in words, and what it rests on."""

    outcome: Outcome
    reason: str
    diagnostics: tuple[Diagnostic, ...] = ()
    tests: tuple[str, ...] = ()
    reach: Reach | None = None  # of a fix that holds, and is left out for want of tests


@dataclass(frozen=True, slots=True)
class Emitted:
    """Texts in the form in which they are emitted (those of earlier passes included), and the patch
    that makes them of the user's tree."""

    files: Mapping[str, bytes]
    patch: bytes


@dataclass(frozen=True)
class ProvenPatch:
    """What is emitted, with what a clean copy said of it. ``broken`` says why it does not hold
    there, "" when it does. No ``check``: nothing new is emitted."""

    emitted: Emitted
    check: CheckRun | None = None
    tests: TestRun | None = None
    broken: str = ""


class Reader:
    """Texts that the fixes' offsets count in: those of ``base``, else the original ones."""

    def __init__(self, read: Callable[[str], bytes], base: Mapping[str, bytes]) -> None:
        self._read = read
        self.base = dict(base)
        self._originals: dict[str, bytes] = {}

    def original(self, path: str) -> bytes:
        """The user's own text. Raises what the caller's reader raises."""
        if path not in self._originals:
            self._originals[path] = self._read(path)
        return self._originals[path]

    def text(self, path: str) -> bytes:
        """The text that offsets in ``path`` count in. Raises what the caller's reader raises."""
        return self.base[path] if path in self.base else self.original(path)

    def known(self, path: str) -> bytes | None:
        """As ``text``; None for a file that rustc read and the user's sources do not have
        (generated, unreadable)."""
        try:
            return self.text(path)
        except (OSError, LookupError, SpikeproofError):
            return None

    def texts(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The texts of ``paths``, by path. Raises what ``text`` raises."""
        return {path: self.text(path) for path in paths}
