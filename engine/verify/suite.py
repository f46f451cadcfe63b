"""Tests before and after: what counts as a failure, and what is flaky."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.runs import Driver, TestRun
from engine.verify.values import Progress, Reader, Settings

# Runs the tests of some packages in a clean copy of the unchanged tree.
Control = Callable[[Sequence[str]], TestRun | None]

# Runs of a failed test alone, on each tree.
_RETRIES = 3
# A test that fails at times is run so often per tree that a miss is below one in twenty.
_MISS = 0.05
_MAX_REPEATS = 10


def package_of(test: str) -> str:
    """Of a test or a whole target (``package::target``)."""
    return test.partition("::")[0]


def target_of(test: str) -> str:
    return "::".join(test.split("::")[:2])


@dataclass(frozen=True)
class Guilt:
    """Tests that fail with the fixes and not without; ``rate`` of the runs on the changed tree
    in which the rarest of them failed."""

    tests: frozenset[str]
    rate: float
    output: str


class Suite:
    """Results of the tree without the fixes, and the comparison of others with them."""

    def __init__(
        self, driver: Driver, settings: Settings, reader: Reader, progress: Progress
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
        self._driver = driver
        self._settings = settings
        self._reader = reader
        self._progress = progress

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
            self._driver.write(self._reader.base)
            run = self._test(missing, ())
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

    def _record(self, run: TestRun) -> None:
        failed = run.failed | run.broken
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
        what is new and fails, and targets that died although none of their tests tells of it.

        What a time limit kept from starting is run now.
        """
        found = self.expected(packages) - run.passed
        unseen = _unseen(run, found)
        if unseen:
            self._driver.write({**self._reader.base, **files})
            found = found - unseen | self._still(unseen)
        found |= run.failed - self._known
        dead = {t for t in run.broken if not any(f.startswith(f"{t}::") for f in found)}
        return frozenset((found | dead) - self.set_aside)

    def confirm(
        self, files: Mapping[str, bytes], run: TestRun, failing: frozenset[str], control: Control
    ) -> Guilt | None:
        """Try the failures again on the changed tree, then on the original: once (the surroundings
        may have changed), and those that passed at times more often.

        A test that is seen to fail without the fixes is set aside with a note. None: all were.
        """
        self._driver.write({**self._reader.base, **files})
        retries = 1 if run.timed_out else _RETRIES  # each hang costs the whole time limit
        failures = dict.fromkeys(failing, 1)
        for _ in range(retries):
            for test in self._still(failing):
                failures[test] += 1
        self._driver.write(self._reader.base)
        self._excuse(self._still(failing), "is flaky: it now fails without any change as well")
        doubtful = frozenset(t for t in failing - self.set_aside if failures[t] <= retries)
        if doubtful:
            flaky: set[str] = set()
            rarest = min(failures[t] for t in doubtful) / (retries + 1)
            for _ in range(max(_RETRIES, _enough(rarest)) - 1):
                if doubtful - flaky:
                    flaky |= self._still(doubtful - flaky)
            self._excuse(flaky, "is flaky: it now fails without any change as well")
            once = frozenset(t for t in doubtful - flaky if failures[t] == 1)
            if once:  # seen in the clean copy alone: is it the copy?
                unchanged = control(sorted({package_of(t) for t in once}))
                if unchanged is not None:
                    excused = self._fallen(unchanged, once)
                    self._excuse(excused, "fails in a clean copy of the tree without any change")
        guilty = failing - self.set_aside
        if not guilty:
            return None
        rate = min(failures[t] for t in guilty) / (retries + 1)
        return Guilt(frozenset(guilty), rate, run.output)

    def _excuse(self, tests: Iterable[str], why: str) -> None:
        new = set(tests) - self.set_aside
        self.set_aside |= new
        self.notes += [f"{test} {why}" for test in sorted(new)]

    def _still(self, tests: frozenset[str]) -> frozenset[str]:
        """Those of ``tests`` that do not pass when run once more on the tree as written."""
        packages = sorted({package_of(test) for test in tests})
        run = self._test(packages, sorted(tests))
        found = self._fallen(run, tests)
        unseen = _unseen(run, found)
        return found - unseen | self._still(unseen) if unseen and unseen < tests else found

    def _fallen(self, run: TestRun, tests: frozenset[str]) -> frozenset[str]:
        """Those of ``tests`` that ``run`` does not show to pass; of what never passed before (new
        tests, targets that die) those that it shows to fail."""
        if not run.built:
            return tests
        fell = run.failed | run.broken
        return frozenset(t for t in tests - run.passed if t in self.passed or t in fell)

    def _test(self, packages: Sequence[str], only: Sequence[str]) -> TestRun:
        self.runs += 1
        return self._driver.test(tuple(packages), tuple(only))

    # -- for the judge -------------------------------------------------------------------------

    def fails_with(self, files: Mapping[str, bytes], guilt: Guilt) -> frozenset[str]:
        """Which of the guilty tests fail with ``files``; rare failures are given more chances."""
        self._driver.write({**self._reader.base, **files})
        for _ in range(_enough(guilt.rate)):
            failed = self._still(guilt.tests)
            if failed:
                return failed
        return frozenset()

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
