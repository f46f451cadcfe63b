"""Which tests run what a fix changes, known from the run of the tests before any change.

That run is made with probes (``coverage_probes``) at the heads of the functions that fixes change, so
that it costs no run more. A probe tells its program and its thread: libtest gives each test a thread
of the test's name. What a test runs on other threads, in other processes or in a program that names
its threads otherwise is known by target; of what runs while tests are built no test is known. With
nextest, which starts a process for each test and tells its name there, all of that is known by test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from engine.base.fsio import read_regular
from engine.base.model import Diagnostic, Fix, Span
from engine.base.reach import Reach
from engine.cargo.cargo_args import target_of
from engine.cargo.cargo_results import TestRun
from engine.rust.syntax import Source
from engine.verify.coverage_probes import Hit, Place, Probes, heads_of, hits, probes
from engine.verify.values import Reader

_LIMIT = 64 * 2**20  # bytes of what probes write
_NONE = Probes({}, {})
_BUILDING = ("rustc", "rustdoc", "clippy-driver", "build-script-")
_DOC_PROGRAMS = ("rust_out", "rustdoctest")

_AT_BUILD = "it runs while the tests are built"
_NAMELESS = "it runs where no name tells the test, and not all that may have run it pass"
_NO_PLACE = "it changes code in which no probe can stand"
_RUNNER = "a runner starts the tests, and no probe told anything from there"
_REFUSED = "the code with a probe in it does not compile"


class _Who(NamedTuple):
    """Who ran a probe: a test, or tests of a target; or why that is not known."""

    test: str = ""
    target: str = ""
    unknown: str = ""


class TestReach:
    """The probes for ``fixes``, and what they told. They write to ``file``; None: there are none.
    A ``runner`` may start the tests where there is no such file."""

    __test__ = False  # no class of pytest's

    def __init__(
        self, fixes: Iterable[Fix], reader: Reader, file: Path | None, runner: bool = False
    ) -> None:
        self._fixes = {str(number): fix for number, fix in enumerate(fixes)}
        self._reader = reader
        self._file = file
        self._runner = runner
        self._why = "" if file is not None else "no probes were asked for"
        self._sources: dict[str, Source] = {}
        self._refused: frozenset[Place] = frozenset()
        self._hits: set[Hit] = set()
        self._programs: dict[str, str] = {}  # as ``TestRun.programs`` has them
        self._disturbed: set[str] = set()  # tests that failed with probes alone
        self._probes = self._made()

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files with probes, in place of the texts that the fixes' offsets count in."""
        return self._probes.files

    # -- around the run of the tests -----------------------------------------------------------

    def begin(self) -> None:
        """A run begins: what was written before is of others."""
        if self._file is not None:
            try:
                self._file.unlink(missing_ok=True)
            except OSError as error:
                self._off(f"what probes write cannot be kept ({error.strerror})")

    def end(self, run: TestRun) -> None:
        """Take what the probes wrote in ``run``."""
        self._programs |= run.programs
        if run.timed_out and not self._why:
            self._why = "the tests ran into the time limit"
        if self._file is not None and self._file.exists():
            try:
                self._hits |= hits(read_regular(self._file, _LIMIT, follow=False))
            except OSError as error:
                self._off(f"what probes wrote cannot be read ({error.strerror or error})")

    def refuse(self, diagnostics: Iterable[Diagnostic]) -> None:
        """The tests do not build with the probes: go on without those that the errors point at; the
        second time, and where they point elsewhere, without any."""
        blamed = frozenset[Place]()
        if not self._refused:
            blamed = frozenset(
                place
                for diagnostic in diagnostics
                if diagnostic.level.startswith("error")
                for spot in diagnostic.spans
                for place, span in self._standing(spot.path)
                if span.overlaps(Span(spot.span.start, max(spot.span.end, spot.span.start + 1)))
            )
        self._refused |= blamed or frozenset(self._probes.places)
        self._probes = self._made()

    def disturbed(self, tests: Iterable[str]) -> None:
        """These tests (or whole targets) failed with the probes, and do not without."""
        self._disturbed.update(tests)

    def touches(self, test: str) -> bool:
        """Did a probe run in the target of ``test``, which may be a whole target?"""
        target = target_of(test)
        return any(self._programs.get(hit.program) == target for hit in self._hits)

    # -- what came out -------------------------------------------------------------------------

    def of(self, fix: Fix, passed: frozenset[str], ran: frozenset[str]) -> Reach:
        """Which of the tests that ``passed`` reach ``fix``; ``ran`` are all that ran before any
        change, however they ended."""
        heads = heads_of(fix, self._source)
        numbers = {n for place in heads.places if (n := self._probes.places.get(place)) is not None}
        who = [self._who(hit, passed, ran) for hit in self._hits if hit.number in numbers]
        tests = {each.test for each in who if each.test}
        targets = {each.target for each in who if each.target}
        targets -= {name for name in targets if any(_is_of(test, name) for test in tests)}
        unknown = {each.unknown for each in who if each.unknown}
        if self._why:
            unknown.add(self._why)
        elif heads.places & self._refused:
            unknown.add(_REFUSED)
        elif heads.blind or len(numbers) < max(len(heads.places), 1):
            unknown.add(_NO_PLACE)
        if self._runner and not self._hits:
            unknown.add(_RUNNER)
        if self._disturbed:
            unknown.add(f"{', '.join(sorted(self._disturbed)[:3])} failed with probes in the code")
        said = "; ".join(sorted(unknown))
        return Reach(len(passed), tuple(sorted(tests)), tuple(sorted(targets)), said)

    def _who(self, hit: Hit, passed: frozenset[str], ran: frozenset[str]) -> _Who:
        target = self._programs.get(hit.program)
        if target is None:
            if hit.program.startswith(_BUILDING):
                return _Who(unknown=_AT_BUILD)
            doc = hit.program.startswith(_DOC_PROGRAMS)
            target = f"{hit.package}::doc" if doc else hit.package
        named = f"{target}::{hit.thread}"
        if named in ran:
            return _Who(test=named if named in passed else "")
        able = {test for test in ran if _is_of(test, target)}
        if not able or not able <= passed:  # it may be one that fails
            return _Who(unknown=_NAMELESS)
        return _Who(test=able.pop()) if len(able) == 1 else _Who(target=target)

    # -- the probes ----------------------------------------------------------------------------

    def _made(self) -> Probes:
        if self._file is None:
            return _NONE
        try:
            return probes(self._fixes, self._source, str(self._file), self._refused)
        except UnicodeError:
            self._file, self._why = None, "the path of the copy is no UTF-8"
            return _NONE

    def _off(self, why: str) -> None:
        self._file, self._why, self._probes = None, why, _NONE

    def _standing(self, path: str) -> Iterator[tuple[Place, Span]]:
        places = sorted(place for place in self._probes.places if place[0] == path)
        return zip(places, self._probes.spans.get(path, ()), strict=True)

    def _source(self, path: str) -> Source:
        if path not in self._sources:
            self._sources[path] = Source(path, self._reader.text(path))
        return self._sources[path]


def _is_of(test: str, target: str) -> bool:
    """Is ``test`` the target (or package) itself, or one of its tests?"""
    return test == target or test.startswith(f"{target}::")
