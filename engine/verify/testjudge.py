"""The judge that runs the tests which fail: which of the fixes are to blame for them?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.base.counts import listed
from engine.base.model import Outcome
from engine.cargo.cargo_results import TestRun
from engine.verify.hints import Hints
from engine.verify.search import Blame, Judge, Split, halves
from engine.verify.suite import ConfirmedFailures, Suite
from engine.verify.values import Attempt, Failure

# Runs without a fix in which the tests that it is blamed for pass, before it is dropped. With four
# failures (``ConfirmedFailures.wanted``), a test that fails by chance looks like this in under 1 of 100 cases,
# whatever its rate: (4/7)^4 * (3/7)^3.
_PASSES = 3

Tree = frozenset[Attempt]


@dataclass(frozen=True)
class TestTrial:
    """One set of fixes, with those of the guilty tests that failed under it."""

    tree: Tree
    found: frozenset[str]
    judge: TestJudge
    left_out: frozenset[Attempt] = frozenset()

    @property
    def failed(self) -> frozenset[str]:
        """The tests that failed, without those that were found to be flaky meanwhile."""
        return self.judge.held(self.found)

    @property
    def ok(self) -> bool:
        """Did none of the tests fail that this is about?"""
        return not self.failed

    def blame(self, group: Sequence[Attempt], mended: Iterable[Attempt]) -> Blame:
        """Nobody is proven guilty; those are suspected whom the failed tests point at."""
        return Blame(suspects=self.judge.suspects(self.tree, group, self.failed))

    def narrow(self, part: Sequence[Attempt], whole: Sequence[Attempt]) -> None:
        """None: any fix can break any test."""
        return  # any fix can break any test

    def mend(self, group: Sequence[Attempt]) -> Mapping[Attempt, Attempt]:
        """Nothing: a codemod follows errors, not tests."""
        return {}  # a codemod follows errors, not tests

    def split(self, group: Sequence[Attempt]) -> Split:
        """A failed group in parts, by the tests that point at them."""
        return self.judge.split(group, self.failed)

    def rejoin(self) -> bool:
        """Are the other parts likely to be good: because all failures are explained, or because the
        hints that made the parts mislead?"""
        return self.judge.rejoin(self.failed)

    def failure(self, attempt: Attempt) -> Failure:
        """Why ``attempt`` fails: the tests, which count as explained from now on."""
        names = sorted(self.failed)
        shown = listed(names, 3)
        rare = "" if self.judge.confirmed.rate == 1 else "; not in every run, as a race does"
        self.judge.explained |= self.failed
        return Failure(
            Outcome.TESTS_FAILED, f"fails with this fix: {shown}{rare}", (), tuple(names)
        )

    def still_shows(self, attempt: Attempt) -> bool:
        """False: by tests nobody is dropped without a trial of its own, so nobody appeals."""
        return False  # nothing is proven without a trial of its own here


class TestJudge(Judge):
    """Judges sets of attempts by the guilty tests alone. ``everyone`` is known to fail.

    ``emit`` gives the texts of a set in the form in which they are emitted, ``prove`` runs all
    tests on that in a clean copy. A set that all suspects were taken from is judged so: most of the
    time it is what is emitted in the end.
    """

    def __init__(
        self,
        suite: Suite,
        confirmed: ConfirmedFailures,
        everyone: Sequence[Attempt],
        hints: Hints,
        emit: Callable[[Sequence[Attempt]], Mapping[str, bytes]],
        prove: Callable[[Sequence[Attempt]], TestRun],
    ) -> None:
        self.confirmed = confirmed
        self.hints = hints
        self.explained: frozenset[str] = frozenset()  # the tests that somebody was dropped for
        self._suite = suite
        self._emit = emit
        self._prove = prove
        self._everyone = frozenset(everyone)
        self._rest: Tree = frozenset()  # what is left when the suspects are set aside
        self._suspected: set[Attempt] = set()
        self._asked: Counter[str] = Counter()
        self._misled = False
        self._proven: set[Tree] = set()
        # Tests that have passed since they failed first.
        self._cleared = confirmed.tests if confirmed.passes > 1 else frozenset[str]()
        # Each run: its fixes, and the guilty tests that failed.
        self._runs: list[tuple[Tree, frozenset[str]]] = [
            *[(self._everyone, confirmed.tests)] * confirmed.failures,
            *[(frozenset[Attempt](), frozenset[str]())] * confirmed.passes,
        ]
        self._known = {tree: TestTrial(tree, failed, self) for tree, failed in self._runs}

    # -- judging -------------------------------------------------------------------------------

    def try_with(self, kept: Sequence[Attempt], group: Sequence[Attempt]) -> TestTrial:
        tree = frozenset((*kept, *group))
        if tree not in self._known:
            failed = self._run(tree, whole=tree == self._rest)
            # They have done nothing but fail: is it the fixes, or an outage?
            self._suite.excuse_flaky(failed - self._cleared)
            self._cleared |= failed
            self._known[tree] = TestTrial(tree, failed, self)
        return self._known[tree]

    def _run(self, tree: Tree, *, whole: bool) -> frozenset[str]:
        """Those of the guilty tests that fail with ``tree``; ``whole``: among all tests, in a clean
        copy, as it has to be done for what is emitted in the end."""
        wanted = sorted(tree, key=lambda attempt: attempt.index)
        first = self._prove(wanted) if whole and tree not in self._proven else None
        if first is not None:
            self._proven.add(tree)
        failed = self._suite.fails_with(self._emit(wanted), self.confirmed, first)
        self._cleared |= self.confirmed.tests - failed
        self._runs.append((tree, failed))
        return failed

    def after(self, attempt: Attempt) -> Attempt | None:
        return None  # an alternative has to be checked first

    def held(self, tests: Iterable[str]) -> frozenset[str]:
        """Those of ``tests`` that have not been found to be flaky meanwhile."""
        return frozenset(tests) - self._suite.set_aside

    # -- the order of the search ---------------------------------------------------------------

    def suspects(
        self, tree: Tree, group: Sequence[Attempt], failed: frozenset[str]
    ) -> frozenset[Attempt]:
        """Whom to set aside of ``group``, which failed as part of ``tree``. A test points at first
        at one fix, then at all that its name and output speak of, then at nobody."""
        if self._misled or self._suspected.issuperset(group):
            return frozenset()
        pools = self.hints.pools(group, [test for test in failed if self._asked[test] < 2])
        new = {test: pool for test, pool in pools.items() if not self._asked[test]}
        if len(_all(pools.values())) < len(group) or any(len(pool) > 1 for pool in new.values()):
            self._asked.update(pools.keys())
            pools |= self._narrowed(tree - _all(pools.values()), new)
        found = _all(pools.values())
        if not 0 < len(found) < len(group):
            found = self.hints.reached(group, failed)
        self._suspected |= found
        self._rest = tree - found
        return found

    def _narrowed(
        self, rest: Tree, pools: Mapping[str, frozenset[Attempt]]
    ) -> dict[str, frozenset[Attempt]]:
        """Halve the suspects of all tests in the same runs: each test tells for its own. That is
        right when one of them is bad, and the search finds out when it is not."""
        pools = dict(pools)
        longest = max((len(pool) for pool in pools.values()), default=1)
        for _ in range((longest - 1).bit_length()):
            tried: set[Attempt] = set()
            for pool in pools.values():
                free = sorted(pool - tried, key=lambda attempt: attempt.index)
                tried.update(free[: max(len(pool) // 2 - len(pool & tried), 0)])
            failed = self._run(rest | tried, whole=False)
            for test, pool in pools.items():
                pools[test] = (pool & tried if test in failed else pool - tried) or pool
        return pools

    def split(self, group: Sequence[Attempt], failed: frozenset[str]) -> Split:
        """By the tests that point at them, else halves. One by one where about as many tests fail:
        halves would mostly fail, both of them."""
        spent = not self._suspected.issuperset(group)
        parts = self.hints.apart(group, [t for t in failed if self._asked[t] < 2 or not spent])
        if len(parts) == 1 and len(failed) > 1 and len(group) <= 2 * len(failed):
            parts = [[attempt] for attempt in group]
        if self._misled or len(parts) == 1:
            return halves(group)
        return Split(parts, bet=True)

    def rejoin(self, failed: frozenset[str]) -> bool:
        """A part that was thought bad and holds: the hints mislead. Or all is explained."""
        self._misled = self._misled or not failed
        return not failed or not self.held(self.confirmed.tests - self.explained)

    # -- what the blame rests on ---------------------------------------------------------------

    def doubts(
        self, dropped: Mapping[Attempt, Failure], kept: Iterable[Attempt], *, final: bool
    ) -> frozenset[str]:
        """Run the guilty tests until all blame rests on enough runs. Tests that passed with more
        fixes than they failed with are the answer: they do not always fail, so nothing is known.

        ``final``: ``kept`` is what is emitted if all is well, so it is tested whole in any case.
        """
        if self.confirmed.rate < 1:  # what is rare was run often enough in each trial
            return frozenset()
        blamed = [(a, test) for a, why in dropped.items() for test in self.held(why.tests)]
        lacking = [self.confirmed.wanted - self._failures(*each) for each in blamed]
        odd = self._repeat(self._everyone, max(lacking, default=0), whole=False)
        culprits: dict[str, set[Attempt]] = defaultdict(set)
        for attempt, test in blamed:
            culprits[test].add(attempt)
        tree = frozenset(kept)
        lacking = [_PASSES - self._passes(test, them) for test, them in culprits.items()]
        lacking.append(1 if final and tree and tree not in self._proven else 0)
        return odd or self._repeat(tree, max(lacking), whole=final and bool(tree))

    def _repeat(self, tree: Tree, times: int, *, whole: bool) -> frozenset[str]:
        """Run ``tree`` so often, or until tests contradict themselves: these."""
        odd = self._odd()
        for _ in range(times):
            if not odd:
                self._run(tree, whole=whole)
                odd = self._odd()
        return odd

    def _failures(self, attempt: Attempt, test: str) -> int:
        return sum(attempt in tree and test in failed for tree, failed in self._runs)

    def _passes(self, test: str, without: Iterable[Attempt]) -> int:
        """Runs in which ``test`` passed and none of these fixes was there."""
        return sum(tree.isdisjoint(without) and test not in failed for tree, failed in self._runs)

    def _odd(self) -> frozenset[str]:
        return frozenset(
            test
            for test in self.held(self.confirmed.tests)
            if any(
                test in failed and test not in told and tree <= larger
                for tree, failed in self._runs
                for larger, told in self._runs
            )
        )


def _all(sets: Iterable[frozenset[Attempt]]) -> frozenset[Attempt]:
    return frozenset[Attempt]().union(*sets)
