"""Whom failing tests point at: a guess that orders the search and is never proof."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from engine.verify.suite import package_of
from engine.verify.values import Attempt

_TOKEN = re.compile(r"[a-z0-9]+")
# Parts of paths and items that every test and file has.
_COMMON = frozenset(
    ["src", "lib", "main", "mod", "rs", "test", "tests", "fn", "impl", "trait", "for"]
)
# libtest's head over what one failed test printed.
_SECTION = re.compile(r"^---- (.+) stdout ----$", re.MULTILINE)
# A place in a file, as a panic tells it.
_PLACE = re.compile(r"([^\s'\"`(]+\.rs):\d")
# A test's output that names a fix's file says more than any shared word.
_LOCATED = 2.0


class Hints:
    """``output`` is what the run printed in which the tests failed; ``packages_of`` gives the
    packages whose tests see a change in these paths."""

    def __init__(self, output: str, packages_of: Callable[[Iterable[str]], Sequence[str]]) -> None:
        self._packages_of = packages_of
        self._traits: dict[Attempt, tuple[frozenset[str], frozenset[str]]] = {}
        self._anywhere = _files(output)
        self._files: dict[str, set[str]] = defaultdict(set)  # told of, by the test's name
        _, *sections = _SECTION.split(output)
        for name, text in zip(sections[::2], sections[1::2], strict=True):
            self._files[name] |= _files(text)

    def telling(self, group: Sequence[Attempt], failed: Iterable[str]) -> bool:
        """Can the ``failed`` tests tell the fixes of ``group`` apart: if each failed for one of those
        that it points at, was somebody of ``group`` not to blame?"""
        pools = self.pools(group, failed).values()
        pointed = frozenset[Attempt]().union(*pools)
        if any(len(pool) > 1 for pool in pools) or 0 < len(pointed) < len(group):
            return True
        return bool(self.reached(group, failed))

    def pools(
        self, group: Sequence[Attempt], failed: Iterable[str]
    ) -> dict[str, frozenset[Attempt]]:
        """Whom each of the ``failed`` tests points at; those that point at nobody are left out."""
        pools = {test: self._pointed(group, test) for test in sorted(failed)}
        return {test: pool for test, pool in pools.items() if pool}

    def reached(self, group: Sequence[Attempt], failed: Iterable[str]) -> frozenset[Attempt]:
        """Those that change something which the packages of the ``failed`` tests depend on; nobody
        when that is everybody, for it then tells nothing."""
        found = self._seen(group, {package_of(test) for test in failed})
        return found if len(found) < len(group) else frozenset()

    def apart(self, group: Sequence[Attempt], failed: Iterable[str]) -> list[list[Attempt]]:
        """``group`` in parts that different tests point at, those that nothing points at last."""
        parts: list[set[Attempt]] = []
        for pool in self.pools(group, failed).values():
            joined = [part for part in parts if part & pool]
            parts = [part for part in parts if not part & pool]
            parts.append(set(pool).union(*joined))
        parts.append(set(group).difference(*parts))
        return [[a for a in group if a in part] for part in parts if part]

    def _pointed(self, group: Sequence[Attempt], test: str) -> frozenset[Attempt]:
        """Fixes in files that the test's output tells of, or that share words with its name (a word
        of few fixes weighs more). Nobody when that is everybody."""
        pool = self._seen(group, {package_of(test)})
        said = _tokens(test.partition("::")[2])
        shared = {a: said & self._of(a)[0] for a in pool}
        spread = Counter(token for tokens in shared.values() for token in tokens)
        scores = {a: sum(1 / spread[t] for t in tokens) for a, tokens in shared.items()}
        # libtest leaves the package and the target out
        files = self._files.get(test, self._files.get(test.split("::", 2)[-1], self._anywhere))
        for attempt in pool:
            if files.intersection(attempt.fix.paths):
                scores[attempt] += _LOCATED
        best = max(scores.values(), default=0.0)
        likely = frozenset(a for a, score in scores.items() if score > 0 and score >= best / 2)
        return likely if len(likely) < len(group) else frozenset()

    def _seen(self, group: Iterable[Attempt], packages: set[str]) -> frozenset[Attempt]:
        return frozenset(a for a in group if not packages.isdisjoint(self._of(a)[1]))

    def _of(self, attempt: Attempt) -> tuple[frozenset[str], frozenset[str]]:
        """Its words, and the packages that see it."""
        if attempt not in self._traits:
            paths = attempt.fix.paths
            items = (site.item for site in attempt.proposal.sites)
            tokens = frozenset[str]().union(*map(_tokens, (*paths, *items)))
            self._traits[attempt] = tokens, frozenset(self._packages_of(paths))
        return self._traits[attempt]


def _files(output: str) -> set[str]:
    """Files that it tells places of, under each name that they may have here (a panic may tell
    the whole path)."""
    found: set[str] = set()
    for place in _PLACE.findall(output):
        parts = place.replace("\\", "/").split("/")
        found |= {"/".join(parts[n:]) for n in range(len(parts))}
    return found


def _tokens(text: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(text.lower())) - _COMMON
