"""The tests of the tree by nextest, each in a process of its own, and by cargo those that nextest does
not run: doc tests, targets with a harness that does not speak its protocol, programs that die when they
are to list their tests.

What a test is called, what counts as failed, and how a time limit ends a run is as with cargo. Retries
that the workspace has nextest make are off: whether a failure is one is for ``engine.verify`` to find
out, by more runs with and without a change.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.base.errors import SpikeproofError
from engine.cargo import libtest, nextest
from engine.cargo.cargo_args import batches, names_targets, target_of, without_packages
from engine.cargo.cargo_program import CargoProgram
from engine.cargo.cargo_results import TestRun
from engine.cargo.cargo_tests import BuiltTests, CargoTests
from engine.cargo.nextest_program import Asked, Ended, NextestProgram, refused
from engine.cargo.toolchain import shown

_LISTING = 60.0  # seconds for one program to list its tests
_RAN = frozenset({0, nextest.NO_TESTS, nextest.FAILED})  # exit codes
_NO_LIBRARY = "no library targets found in package"
_NONE = frozenset[str]()
_NOTHING = TestRun(True, _NONE, _NONE, _NONE, _NONE, (), "", 0.0)
_Targets = frozenset[str]


class NextestTests:
    """Tests on the copy of ``program``, by nextest and, where it takes none, by ``cargo``."""

    def __init__(self, program: CargoProgram, cargo: CargoTests) -> None:
        self.program = program
        self.cargo = cargo
        self.nextest = NextestProgram(program)
        self.speaks: dict[str, bool] = {}  # targets without libtest: nextest's protocol?
        self.works = False  # did a run come to results in this session?

    def run(self, chosen: Sequence[str], rest: Sequence[str], only: Sequence[str] = ()) -> TestRun:
        """The tests of the packages and targets ``chosen``, with the arguments ``rest`` besides: all, or
        those of ``only`` (and seldom others). Raises SpikeproofError where nextest cannot run them."""
        end = time.monotonic() + self.program.limits.test
        built = self.cargo.build((*chosen, *rest))
        if not built.run.ok:
            return built.run
        return libtest.joined(_Run(self, chosen, rest, built, end).tests(only))


class _Run:
    """One run, of what is ``built``, up to ``end``."""

    def __init__(
        self,
        host: NextestTests,
        chosen: Sequence[str],
        rest: Sequence[str],
        built: BuiltTests,
        end: float,
    ) -> None:
        self._host = host
        self._chosen = tuple(chosen)
        self._rest = tuple(rest)
        self._built = built
        self._every: _Targets = frozenset(built.run.programs.values())
        self._end = end

    def tests(self, only: Sequence[str]) -> Iterator[TestRun]:
        """What came out, part by part, up to one that the limit has ended."""
        targets = self._every & {target_of(test) for test in only} if only else self._every
        yield replace(self._built.run, programs={**self._built.run.programs, **_ids(targets)})
        mute = targets & self._without_protocol()
        if targets > mute:
            run, unlisted = self._by_nextest(targets - mute, only)
            yield run
            if run.timed_out:
                return
            mute |= unlisted
        for flags, filters in batches(mute):
            selection = (*flags, *without_packages(self._rest))
            run = self._host.cargo.run(selection, filters, self._left())
            yield run
            if run.timed_out:
                return
        if self._built.libraries and not only and not names_targets(self._chosen):
            selection = ("--doc", *self._chosen, *self._rest)
            run = self._host.cargo.run(selection, seconds=self._left())
            if run.built or _NO_LIBRARY not in run.output:  # it is of another package
                yield run

    def _left(self) -> float:
        return max(self._end - time.monotonic(), 1.0)

    def _ask(self, filters: Sequence[str], seconds: float) -> Asked:
        return Asked((*self._chosen, *self._rest), tuple(filters), min(seconds, self._left()))

    # -- which programs it takes ---------------------------------------------------------------

    def _without_protocol(self) -> _Targets:
        """Targets without libtest that do not tell nextest a single test."""
        found: set[str] = set()
        speaks = self._host.speaks
        for program in self._built.programs:
            target = f"{program.package}::{program.target}"
            if self._host.program.harness(program):
                continue
            if target not in speaks:
                listed = self._listed_alone(target, "--ignore-default-filter")
                speaks[target] = listed is not None and bool(listed.wanted | listed.passed_over)
            if not speaks[target]:
                found.add(target)
        return frozenset(found)

    def _listed_alone(self, target: str, *more: str) -> nextest.Listed | None:
        """The tests of the program of ``target``; None where nextest does not understand it."""
        filters = (*nextest.only_program(target), *more)
        return self._listed(filters, _LISTING).listed

    def _listed(self, filters: Sequence[str], seconds: float) -> Ended:
        asked = self._ask(filters, seconds)
        return self._host.nextest.list(asked, self._built.run.programs)

    def _list(self, targets: _Targets) -> Ended:
        """The tests of ``targets``, but for those that nextest cannot list."""
        while True:
            ended = self._listed(nextest.but_for(self._every - targets), self._left())
            if ended.code != nextest.NOT_LISTED or ended.timed_out:
                return ended
            able = frozenset(t for t in targets if self._listed_alone(t) is not None)
            if able == targets:
                return ended
            targets = able

    # -- the run -------------------------------------------------------------------------------

    def _by_nextest(self, targets: _Targets, only: Sequence[str]) -> tuple[TestRun, _Targets]:
        """The run of ``targets``, and those of them that it could not list. To run some tests ``only``,
        no list is needed, unless some program is in the way."""
        if only:
            ended = self._run(targets, only, len(only))
            if ended.code != nextest.NOT_LISTED or ended.timed_out:
                return self._came_to(ended, targets), _NONE
        ended = self._list(targets)
        if ended.listed is None:
            return self._came_to(ended, targets), _NONE
        able = targets & ended.listed.targets
        passed_over = replace(_NOTHING, ignored=ended.listed.passed_over)
        some = [test for test in only if target_of(test) in able]
        if not (some if only else ended.listed.wanted):
            return passed_over, targets - able
        run = self._came_to(self._run(able, some, len(ended.listed.wanted)), able)
        return libtest.joined((passed_over, run)), targets - able

    def _run(self, targets: _Targets, only: Sequence[str], expected: int) -> Ended:
        tests = tuple(nextest.only_tests(t for t in only if target_of(t) in targets))
        asked = self._ask(tests or nextest.but_for(self._every - targets), self._left())
        return self._host.nextest.run(asked, _ids(targets), expected)

    def _came_to(self, ended: Ended, targets: _Targets) -> TestRun:
        """The run that ``ended``. Where nextest came to no test of ``targets`` they are broken, if it did
        so before in this session."""
        output, told = ended.output, ended.told or ()
        if ended.code not in _RAN and not ended.timed_out:
            if not self._host.works:
                raise refused(ended)
            return replace(_NOTHING, broken=targets, output=output, seconds=ended.seconds)
        if ended.code == nextest.FAILED and not told and not ended.timed_out:
            raise SpikeproofError(
                "cargo nextest wrote no report of the tests: leave `junit.path` of the profile "
                f"`{nextest.PROFILE}` to spikeproof",
                output,
            )
        self._host.works = True
        said = [f"\n---- {test.name} stdout ----\n{test.output}" for test in told if test.output]
        return replace(
            _NOTHING,
            passed=frozenset(test.name for test in told if test.status == "passed"),
            failed=frozenset(test.name for test in told if test.status == "failed"),
            ignored=frozenset(test.name for test in told if test.status == "ignored"),
            broken=targets if ended.timed_out and ended.told is None else _NONE,
            output=shown("".join((output, *said)).encode()),
            seconds=ended.seconds,
            timed_out=ended.timed_out,
            cut=frozenset(test.name for test in told if test.cut and ended.timed_out),
        )


def _ids(targets: _Targets) -> dict[str, str]:
    """``targets`` by nextest's names of their programs."""
    return {nextest.binary_id(target): target for target in targets}
