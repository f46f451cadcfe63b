"""What cargo said of a tree, kept for later runs on the same tree.

A check or a test run is told again only to a later run of this program, and as often as it was made: what an
earlier one did once with a tree is evidence once. Where it ran more often, what it ran then is told in the
order in which it was run; whatever is asked beyond that is run.

Never kept is what may come out otherwise the next time: what ran into a time limit, what changed the tree
that it ran on, all test runs of a session in which one test both failed and passed on one tree, and all of a
session that was broken off.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.base.fsio import read_regular
from engine.base.user_cache import UserCache, digest, folder
from engine.cargo.cargo_results import Checked, TestRun
from engine.cargo.tree_key import TreeKey, TreeState

_BESIDE = 2**20  # bytes of what tests write beside the tree
Call = tuple[str, ...]  # what was asked of cargo


@dataclass(frozen=True, slots=True)
class _Run:
    """One run: a check or tests. ``beside`` is what the tests wrote, ``at`` when it ended (seconds since
    1970)."""

    at: float
    check: Checked | None = None
    tests: TestRun | None = None
    beside: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Runs:
    """Those of one call on one tree, in their order; none: it is not to be told."""

    runs: tuple[_Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of earlier runs: how many of them, and the time of the first."""

    checks: int = 0
    tests: int = 0
    since: float = 0.0


class KeptRuns:
    """Those on the copy of ``tree``. Tests tell more in the file ``beside``, as long as it is there."""

    def __init__(self, tree: TreeKey, beside: Path) -> None:
        self.told = Told()
        self._tree = tree
        self._beside = beside
        self._cache = UserCache(folder() if tree.is_possible else None, "runs", _Runs)
        self._known: dict[bytes, tuple[_Run, ...]] = {}  # of earlier sessions
        self._made: dict[bytes, list[_Run]] = defaultdict(list)  # in this one, told or run
        self._tested: set[bytes] = set()
        self._void: set[bytes] = set()
        self._outcomes: dict[tuple[bytes, str], bool] = {}  # of a test on a tree: did it pass?
        self._flaky = False

    @property
    def is_possible(self) -> bool:
        """Is anything kept?"""
        return self._cache.is_possible

    @property
    def is_sound(self) -> bool:
        """Would all that was run in this session be kept?"""
        return self.is_possible and not self._flaky and not self._void

    def give_up(self) -> None:
        """From now on nothing is kept: a build reads what no key holds."""
        self._cache = UserCache(None, "runs", _Runs)

    def state(self) -> TreeState | None:
        """The tree before a run; None where nothing is kept."""
        return self._tree.now() if self.is_possible else None

    def check(self, before: TreeState | None, call: Call) -> Checked | None:
        """What the check ``call`` told of the tree in an earlier run."""
        run = self._next(before, call)
        if run is None or run.check is None:
            return None
        self._tell(run, checks=1)
        return run.check

    def tests(self, before: TreeState | None, call: Call) -> TestRun | None:
        """What the tests ``call`` told, in the file beside the tree as well."""
        if not self._tree.tests_possible:
            return None
        run = self._next(before, call)
        if run is None or run.tests is None or before is None:
            return None
        if run.beside is not None:
            self._beside.write_bytes(run.beside)
        self._tell(run, tests=1)
        self._note(before.key, run.tests)
        return run.tests

    def ran(self, before: TreeState | None, call: Call, run: Checked | TestRun) -> None:
        """``call`` was run just now."""
        after = self.state()
        if before is None or after is None:
            return
        key = digest(after.key, *call)
        timed_out = run.run.timed_out if isinstance(run, Checked) else run.timed_out
        if timed_out or not before.became(after):
            self._void.add(key)
        elif isinstance(run, Checked):
            self._made[key].append(_Run(time.time(), check=_lean(run)))
            self._flush([key])
        elif self._tree.tests_possible:
            self._note(after.key, run)
            self._tested.add(key)
            try:
                beside = self._written()
            except OSError:
                self._void.add(key)
            else:
                self._made[key].append(_Run(time.time(), tests=_lean_tests(run), beside=beside))

    def close(self) -> None:
        """The session has ended well: what its tests said is kept."""
        if self._flaky:
            self._void |= self._tested
        self._flush(self._tested | self._void)

    def _next(self, before: TreeState | None, call: Call) -> _Run | None:
        if before is None:
            return None
        key = digest(before.key, *call)
        if key not in self._known:
            found = self._cache.get([key]).get(key)
            self._known[key] = found.runs if found is not None else ()
        known, made = self._known[key], self._made[key]
        if key in self._void or len(made) >= len(known):
            return None
        made.append(known[len(made)])
        return made[-1]

    def _tell(self, run: _Run, checks: int = 0, tests: int = 0) -> None:
        since = min(self.told.since or run.at, run.at)
        self.told = Told(self.told.checks + checks, self.told.tests + tests, since)

    def _note(self, tree: bytes, run: TestRun) -> None:
        for names, passed in ((run.passed, True), (run.failed | run.broken, False)):
            for name in names:
                self._flaky |= self._outcomes.setdefault((tree, name), passed) is not passed

    def _flush(self, keys: Iterable[bytes]) -> None:
        self._cache.put(
            {key: _Runs(() if key in self._void else tuple(self._made[key])) for key in keys}
        )

    def _written(self) -> bytes | None:
        """What the tests wrote, each line once. Raises OSError where that is too much."""
        if not self._beside.exists():
            return None
        lines = set(read_regular(self._beside, _BESIDE, follow=False).split(b"\n"))
        return b"\n".join(sorted(lines))


def _lean(checked: Checked) -> Checked:
    """Without what nobody is shown."""
    return replace(checked, run=replace(checked.run, output="")) if checked.run.ok else checked


def _lean_tests(run: TestRun) -> TestRun:
    return replace(run, output="") if run.ok else run
