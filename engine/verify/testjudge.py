"""The judge that runs the tests which fail: which of the fixes are to blame for them?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.model import Outcome
from engine.verify.search import Blame, Split, halves
from engine.verify.suite import Guilt, Suite, package_of
from engine.verify.values import Attempt, Failure

_TOKEN = re.compile(r"[a-z0-9]+")
# Parts of paths and items that every test and file has.
_COMMON = frozenset(
    ["src", "lib", "main", "mod", "rs", "test", "tests", "fn", "impl", "trait", "for"]
)
# A test's output that names a fix's file says more than any shared word.
_LOCATED = 2.0


@dataclass(frozen=True)
class TestTrial:
    """One set of fixes, with those of the guilty tests that fail under it."""

    failed: frozenset[str]
    judge: TestJudge
    left_out: frozenset[Attempt] = frozenset()

    @property
    def ok(self) -> bool:
        return not self.failed

    def blame(self, group: Sequence[Attempt], mended: Iterable[Attempt]) -> Blame:
        return Blame(suspects=self.judge.suspects(group, self.failed))

    def narrow(self, part: Sequence[Attempt], whole: Sequence[Attempt]) -> None:
        return None  # any fix can break any test

    def mend(self, group: Sequence[Attempt]) -> Mapping[Attempt, Attempt]:
        return {}  # a codemod follows errors, not tests

    def split(self, group: Sequence[Attempt]) -> Split:
        if len(self.failed) > 1 and len(group) <= 2 * len(self.failed):
            # About as many failing tests as fixes: halves would mostly fail, both of them.
            return Split(tuple((attempt,) for attempt in group))
        return halves(group)

    def failure(self, attempt: Attempt) -> Failure:
        names = sorted(self.failed)
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        rare = "" if self.judge.guilt.rate == 1 else "; not in every run, as a race does"
        return Failure(
            Outcome.TESTS_FAILED, f"fails with this fix: {shown}{rare}", (), tuple(names)
        )

    def haunts(self, attempt: Attempt) -> bool:
        return False  # nothing is proven without a trial of its own here


class TestJudge:
    """Judges sets of attempts by the guilty tests alone. ``everyone`` is known to fail."""

    def __init__(
        self,
        suite: Suite,
        guilt: Guilt,
        everyone: Iterable[Attempt],
        texts: Callable[[Sequence[Attempt]], Mapping[str, bytes]],
        packages_of: Callable[[Iterable[str]], Sequence[str]],
    ) -> None:
        self.guilt = guilt
        self._suite = suite
        self._texts = texts
        self._packages_of = packages_of
        self._known = {
            frozenset[Attempt](): TestTrial(frozenset(), self),
            frozenset(everyone): TestTrial(guilt.tests, self),
        }

    def try_with(self, kept: Sequence[Attempt], group: Sequence[Attempt]) -> TestTrial:
        wanted = (*kept, *group)
        key = frozenset(wanted)
        if key not in self._known:
            failed = self._suite.fails_with(self._texts(wanted), self.guilt)
            self._known[key] = TestTrial(failed, self)
        return self._known[key]

    def after(self, attempt: Attempt) -> Attempt | None:
        return None  # an alternative has to be checked first

    def suspects(self, group: Sequence[Attempt], failed: frozenset[str]) -> frozenset[Attempt]:
        """Fixes in files that the output names, or that share words with the tests' names; else
        those that the tests' packages can see at all. Nobody when that is everybody."""
        packages = {package_of(test) for test in failed}
        pool = [a for a in group if packages.intersection(self._packages_of(a.fix.paths))]
        said = {token for test in failed for token in _tokens(test.partition("::")[2])}
        shared = {a: said & _own_tokens(a) for a in pool}
        spread = Counter(token for tokens in shared.values() for token in tokens)
        scores = {a: sum(1 / spread[t] for t in tokens) for a, tokens in shared.items()}
        for attempt in pool:
            if any(f"{path}:" in self.guilt.output for path in attempt.fix.paths):
                scores[attempt] += _LOCATED
        best = max(scores.values(), default=0.0)
        likely = frozenset(a for a, score in scores.items() if score > 0 and score >= best / 2)
        for found in (likely, frozenset(pool)):
            if found and len(found) < len(group):
                return found
        return frozenset()


def _tokens(text: str) -> set[str]:
    return set(_TOKEN.findall(text.lower())) - _COMMON


def _own_tokens(attempt: Attempt) -> set[str]:
    texts = (*attempt.fix.paths, *(site.item for site in attempt.proposal.sites))
    return {token for text in texts for token in _tokens(text)}
