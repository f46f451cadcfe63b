"""From a test run that failed to the fixes to blame: retries, search, and what the blame rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from engine.cargo.cargo_results import TestRun
from engine.verify.hints import Hints
from engine.verify.proof import Prover
from engine.verify.search import Search
from engine.verify.suite import Suite
from engine.verify.testjudge import TestJudge
from engine.verify.values import Attempt, Emitted, StatusLine, VerifySettings


class Retrial:
    """``apply`` gives the texts of some attempts. ``final`` tells of those dropped by a search
    whether what it kept is emitted next; else others take their place first."""

    def __init__(
        self,
        suite: Suite,
        prover: Prover,
        settings: VerifySettings,
        apply: Callable[[Sequence[Attempt]], Mapping[str, bytes]],
        final: Callable[[Iterable[Attempt]], bool],
        progress: StatusLine,
    ) -> None:
        self._suite = suite
        self._prover = prover
        self._settings = settings
        self._apply = apply
        self._final = final
        self._progress = progress

    def search(
        self, everyone: Sequence[Attempt], run: TestRun, packages: Sequence[str]
    ) -> Search | None:
        """Which of ``everyone`` make tests fail? ``run`` is of all of them and of the tests of
        ``packages``. None when it shows nothing that they are to blame for."""
        files = self._emit(everyone).files
        failing = self._suite.failures(files, run, packages)
        if not failing:
            return None
        hints = Hints(run.output, self._settings.packages_of)
        hurried = hints.telling(everyone, failing)
        odd: frozenset[str] = frozenset()
        while True:
            confirmed = self._suite.confirm(files, run, failing, self._prover.control, hurried, odd)
            if confirmed is None:
                return None
            self._progress("Searching", f"what breaks {', '.join(sorted(confirmed.tests)[:3])}")
            judge = TestJudge(
                self._suite,
                confirmed,
                everyone,
                hints,
                lambda order: self._emit(order).files,
                lambda order: self._prover.test(self._emit(order), packages),
            )
            search = Search(judge)
            search.run(everyone)
            if odd:  # now their rate is known, and each trial has minded it
                return search
            odd = judge.doubts(search.dropped, search.kept, final=self._final(search.dropped))
            failing -= self._suite.set_aside
            if not failing:
                return None
            if not odd:
                return search
            hurried = False

    def _emit(self, order: Sequence[Attempt]) -> Emitted:
        return self._prover.emitted(self._apply(order))
