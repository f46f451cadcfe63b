"""Tests before and after: what counts as a failure, and what is flaky."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.base.model import Fix
from engine.base.reach import Reach
from engine.cargo.cargo_args import target_of
from engine.cargo.cargo_results import Driver, TestRun
from engine.verify.reach import TestReach
from engine.verify.values import Reader, StatusLine, VerifySettings

# Runs the tests of some packages in a clean copy of the unchanged tree.
Control = Callable[[Sequence[str]], TestRun]

# Runs in which a test fails with a fix, and never passes, before the fix is dropped for it.
_FAILURES = 4
# So many in a row do where the search tries suspects by themselves: these trials are the others.
_STEADY = 3
# Runs without the fixes of a test that fails with them at times, at least.
_RETRIES = 3
# A test that fails at times is run so often per tree that a miss is below one in twenty.
_MISS = 0.05
_MAX_REPEATS = 10
_FLAKY = "is flaky: it now fails without any change as well"


def package_of(test: str) -> str:
    """The package of a test, or of a whole target (``package::target``)."""
    return test.partition("::")[0]


@dataclass(frozen=True)
class ConfirmedFailures:
    """Tests that fail with the fixes and not without; ``rate`` of the runs on the changed tree
    in which the rarest of them failed.

    ``failures`` and ``passes``: runs so far with all fixes and with none; ``wanted``: runs with a
    fix in which a test must fail before the fix is dropped for it.
    """

    tests: frozenset[str]
    rate: float
    failures: int
    passes: int
    wanted: int


class Suite:
    """Results of the tree without the fixes, and the comparison of others with them."""

    def __init__(
        self, driver: Driver, settings: VerifySettings, reader: Reader, progress: StatusLine
    ) -> None:
        self.on = settings.tests
        self.why_off = "" if settings.tests else "not run: tests are off"
        self.notes: list[str] = []
        self.runs = 0
        self.passed: set[str] = set()
        self.failed_before: set[str] = set()
        self.set_aside: set[str] = set()  # failed before, flaky, or fails in any clean copy
        self.unbuilt: set[str] = set()  # packages whose tests do not build as they are
        self._covered: set[str] | None = set()  # packages run before; None: the selection
        self._known: set[str] = set()
        self._ran: set[str] = set()  # before any change, however it ended
        self._reach: TestReach | None = None
        self._driver = driver
        self._settings = settings
        self._reader = reader
        self._progress = progress

    def probe(self, fixes: Iterable[Fix], file: Path | None, runner: bool) -> None:
        """From now on the runs of the tree as it is tell in ``file`` which tests reach ``fixes``;
        ``runner``: if what starts the tests lets them."""
        if self.on:
            self._reach = TestReach(fixes, self._reader, file, runner)

    # -- before --------------------------------------------------------------------------------

    def packages_for(self, paths: Iterable[str]) -> tuple[str, ...] | None:
        """Whose tests have a say about changes in ``paths`` (empty: the whole selection's); None
        when there is nobody's to run."""
        concerned = self._settings.packages_of(paths)
        built = tuple(p for p in concerned if p not in self.unbuilt)
        return built if self.on and (built or not concerned) else None

    def cover(self, paths: Iterable[str]) -> None:
        """Know the results before any change of all tests that ``paths`` concern."""
        wanted = self._settings.packages_of(paths)
        while self.on and self._covered is not None:
            missing = [p for p in wanted if p not in self._covered and p not in self.unbuilt]
            if wanted and not missing:
                return
            self._progress("Testing", "the tree as it is")
            run = self._before(missing)
            if run.built:
                self._record(run)
                self._covered = {*self._covered, *missing} if wanted else None
                return
            broken = {d.package for d in run.diagnostics if d.level.startswith("error")}
            broken &= set(missing)
            if not broken:
                self.on = False
                self.why_off = "not run: the tests do not build without any change"
                self.notes.append("tests are off: they do not build as they are")
                return
            self.unbuilt |= broken
            self.notes.append(f"tests of {_list(broken)} are off: they do not build as they are")

    def _before(self, packages: Sequence[str]) -> TestRun:
        """The tests of the tree as it is; with probes, where these neither break the build nor a
        test: what fails with them is run once more without."""
        reach = self._reach
        while reach is not None and reach.files:
            self._driver.write({**self._reader.base, **reach.files})
            reach.begin()
            run = self._test(packages, ())
            if not run.built:
                reach.refuse(run.diagnostics)
                continue
            reach.end(run)
            failed = run.failed | run.broken
            if run.timed_out:  # what hangs without a probe having run hangs without it, too
                failed -= {test for test in run.broken | run.cut if not reach.touches(test)}
            if failed:
                self._driver.write(self._reader.base)
                again = self._test(sorted({package_of(test) for test in failed}), sorted(failed))
                run = _mended(run, again)
                reach.disturbed(failed - run.failed - run.broken)
            return run
        self._driver.write(self._reader.base)
        return self._test(packages, ())

    def _record(self, run: TestRun) -> None:
        failed = run.failed | run.broken
        self._ran |= run.passed | failed
        self.passed |= run.passed - failed
        self._known |= run.passed | failed | run.ignored
        new = failed - self.set_aside
        self.failed_before |= new
        self.set_aside |= new
        if new:
            self.notes.append(f"failed before any change, set aside: {_list(new)}")
        if run.timed_out:
            self.notes.append(
                "the tests ran into the time limit before any change: "
                "only those that had finished are compared"
            )

    # -- after ---------------------------------------------------------------------------------

    def expected(self, packages: Sequence[str]) -> frozenset[str]:
        """Tests of ``packages`` (empty: all) that must pass."""
        return frozenset(
            t for t in self.passed - self.set_aside if not packages or package_of(t) in packages
        )

    def failures(
        self, files: Mapping[str, bytes], run: TestRun, packages: Sequence[str]
    ) -> frozenset[str]:
        """What passed before and does not in this ``run`` of ``files`` (failed, missing, ignored),
        what is new and fails, and targets that died although none of their tests tells of it."""
        found = self._fallen_in(files, run, self.expected(packages))
        found |= run.failed - self._known
        dead = {t for t in run.broken if not any(f.startswith(f"{t}::") for f in found)}
        return frozenset((found | dead) - self.set_aside)

    def confirm(
        self,
        files: Mapping[str, bytes],
        run: TestRun,
        failing: frozenset[str],
        control: Control,
        hurried: bool,
        passed: frozenset[str] = frozenset(),
    ) -> ConfirmedFailures | None:
        """Try the failures again on the changed tree, then on the original: once (the surroundings
        may have changed), and those that passed at times more often. ``passed`` did so before.

        ``hurried``: when all failed each time, the original waits; the caller is about to try most
        of the fixes without the suspects, which tells as much. A test that is seen to fail without
        the fixes is set aside with a note. None: all were.
        """
        self._driver.write(files)
        wanted = 2 if run.timed_out else _FAILURES  # each hang costs the whole time limit
        failures = dict.fromkeys(failing, 1)
        runs = 1
        while runs < wanted and not (hurried and runs == _STEADY == min(failures.values())):
            runs += 1
            for test in self._still(failing):
                failures[test] += 1
        rates = {test: failures[test] / (runs + (test in passed)) for test in failing}
        if hurried and min(rates.values()) == 1:
            return ConfirmedFailures(failing, 1.0, runs, 1, wanted)
        self.excuse_flaky(failing)
        rare = {t: rate for t, rate in rates.items() if rate < 1 and t not in self.set_aside}
        if rare:
            self._excuse_rare(rare, frozenset(t for t in rare if failures[t] == 1), control)
        guilty = failing - self.set_aside
        if not guilty:
            return None
        return ConfirmedFailures(guilty, min(rates[test] for test in guilty), runs, 2, wanted)

    def _excuse_rare(
        self, rates: Mapping[str, float], once: frozenset[str], control: Control
    ) -> None:
        """Run tests that fail at these rates with the fixes without them, so often that they had
        most likely failed. ``once``: seen in the clean copy alone."""
        flaky: set[str] = set()
        for _ in range(max(_RETRIES, _enough(min(rates.values()))) - 1):
            flaky |= self._still(frozenset(rates) - flaky)
        self._excuse(flaky, _FLAKY)
        once -= flaky
        if once:  # is it the copy?
            unchanged = control(sorted({package_of(t) for t in once}))
            excused = self._fallen(unchanged, once) if unchanged.built else frozenset()
            self._excuse(excused, "fails in a clean copy of the tree without any change")

    def excuse_flaky(self, tests: frozenset[str]) -> None:
        """Set those of ``tests`` aside that fail on the tree without any change."""
        if tests:
            self._driver.write(self._reader.base)
            self._excuse(self._still(tests), _FLAKY)

    def _excuse(self, tests: Iterable[str], why: str) -> None:
        new = set(tests) - self.set_aside
        self.set_aside |= new
        self.notes += [f"{test} {why}" for test in sorted(new)]

    def _still(self, tests: frozenset[str]) -> frozenset[str]:
        """Those of ``tests`` that do not pass when run once more on the tree as written."""
        if not tests:
            return tests
        run = self._test(sorted({package_of(test) for test in tests}), sorted(tests))
        found = self._fallen(run, tests)
        unseen = _unseen(run, found)
        return found - unseen | self._still(unseen) if unseen < tests else found

    def _fallen_in(
        self, files: Mapping[str, bytes], run: TestRun, tests: frozenset[str]
    ) -> frozenset[str]:
        """As ``_fallen`` says of a ``run`` of ``files``. What a time limit kept from starting is
        run now."""
        found = self._fallen(run, tests)
        unseen = _unseen(run, found)
        if unseen:
            self._driver.write(files)
        return found - unseen | self._still(unseen)

    def _fallen(self, run: TestRun, tests: frozenset[str]) -> frozenset[str]:
        """Those of ``tests`` that ``run`` does not show to pass; of what never passed before (new
        tests, targets that die) those that it shows to fail."""
        if not run.built:
            return tests
        fell = run.failed | run.broken
        return frozenset(t for t in tests - run.passed if t in self.passed or t in fell)

    def _test(self, packages: Sequence[str], only: Sequence[str]) -> TestRun:
        before = self._driver.runs
        run = self._driver.test(tuple(packages), tuple(only))
        self.runs += self._driver.runs - before
        return run

    # -- for the judge -------------------------------------------------------------------------

    def fails_with(
        self, files: Mapping[str, bytes], confirmed: ConfirmedFailures, first: TestRun | None = None
    ) -> frozenset[str]:
        """Which of the guilty tests fail with ``files``; rare failures are given more chances.
        ``first``: a run of them that has been made."""
        tests = confirmed.tests - self.set_aside
        chances = _enough(confirmed.rate)
        if first is not None:
            failed = self._fallen_in(files, first, tests)
            chances -= 1
            if failed:
                return failed
        if chances:
            self._driver.write(files)
        for _ in range(chances):
            failed = self._still(tests)
            if failed:
                return failed
        return frozenset()

    def reach_of(self, fix: Fix, run: TestRun | None = None) -> Reach | None:
        """Which tests reach ``fix``, of those that passed before and, where there is one, in the
        ``run`` with it. None where no tests are run for it."""
        packages = self.packages_for(fix.paths)
        if self._reach is None or packages is None:
            return None
        passed = self.expected(packages)
        passed = passed & run.passed if run is not None else passed
        return self._reach.of(fix, passed, frozenset(self._ran))

    def evidence(self, paths: Iterable[str], run: TestRun | None) -> str:
        """What the final run says about changes in ``paths``, in words."""
        packages = self.packages_for(paths)
        if not self.on:
            return self.why_off
        if packages is None:
            return f"not run: the tests of {_list(self.unbuilt)} do not build without any change"
        if run is None:
            return "not run"
        mine = frozenset(t for t in run.passed if not packages or package_of(t) in packages)
        before = {t for t in self.failed_before if not packages or package_of(t) in packages}
        where = f"package{'s' * (len(packages) > 1)} {', '.join(packages)}"
        where = where if packages else "the selected packages"
        if not mine:
            text = f"none: no test of {where} ran"
        else:
            text = f"passed: {len(mine)} test{'s' * (len(mine) > 1)} of {where}"
        return text + (f"; {len(before)} failed before too" if before else "")


def _mended(run: TestRun, again: TestRun) -> TestRun:
    """``run`` with what its failures came to when they were run ``again``."""
    if not again.built:
        return run
    failed = (run.failed - again.passed) | again.failed
    passed = (run.passed | again.passed) - failed
    told = {target_of(test) for test in again.passed | again.failed}
    return replace(run, passed=passed, failed=failed, broken=again.broken | (run.broken - told))


def _unseen(run: TestRun, tests: frozenset[str]) -> frozenset[str]:
    """Those of ``tests`` that the time limit kept from starting."""
    if not run.timed_out:
        return frozenset()
    return frozenset(t for t in tests - run.failed if target_of(t) not in run.broken)


def _enough(rate: float) -> int:
    """Runs after which a test that fails at this rate has most likely failed once."""
    if rate >= 1:
        return 1
    return min(math.ceil(math.log(_MISS) / math.log(1 - rate)), _MAX_REPEATS)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
