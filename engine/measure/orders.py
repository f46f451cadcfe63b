"""Which program each run of a pair takes: each pair has programs whose code is linked in orders of
their own, so that what one order of the code does to time is not taken for a change."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.base.bench_report import NEW, OLD, RUNS
from engine.measure.layouts import LayoutError, Layouts
from engine.measure.runner import FailedError

_SEEDS = range(1, 2**31)
_TICK = 1e-3  # seconds; no link is shorter

TryProgram = Callable[[str, Path], object]  # of a side's program: raises FailedError


class Orders:
    """Programs in many orders, made for one target after the other: the last one's are kept.

    ``problems`` has, by ``package::target``, why one runs in the order of its build alone.
    """

    def __init__(self, layouts: Layouts, chance: random.Random) -> None:
        self.problems: dict[str, str] = {}
        self._layouts = layouts
        self._random = chance
        self._of = ("", "")
        self._pool: dict[str, list[Path]] = {}

    def prepare(
        self,
        package: str,
        target: str,
        wanted: range,
        limit: float,
        trial: TryProgram,
        told: Callable[[int, int], None],
    ) -> int:
        """Link both sides' ``target`` in as many orders of ``wanted`` as take at most ``limit``
        seconds; ``trial`` runs one of each side, ``told`` hears how many of how many programs are
        done. Returns in how many there are: 1 where there is only that of the build, said in
        ``problems``."""
        if self._of != (package, target):
            self._of = package, target
            self._layouts.drop()
            self._pool = {}
            try:
                self._pool = self._linked(wanted, limit, trial, told)
            except LayoutError as error:
                self.problems[f"{package}::{target}"] = str(error)
                self._layouts.drop()
        return len(self._pool[OLD]) if self._pool else 1

    def _linked(
        self, wanted: range, limit: float, trial: TryProgram, told: Callable[[int, int], None]
    ) -> dict[str, list[Path]]:
        seeds = self._random.sample(_SEEDS, 2 * wanted[-1])
        done, count = 0, wanted[-1]

        def each() -> None:
            nonlocal done
            done += 1
            told(done, 2 * count)

        pool = {}
        longest = 0.0
        for side in (OLD, NEW):
            began = time.monotonic()
            pool[side] = self._layouts.link(side, *self._of, (seeds.pop(),), each)
            longest = max(longest, time.monotonic() - began)
            try:
                trial(side, pool[side][0])
            except FailedError as error:
                raise LayoutError(f"so linked it {error}") from None
        count = min(count, int(limit * (os.cpu_count() or 1) / (2 * max(longest, _TICK))))
        if count not in wanted:
            raise LayoutError(f"linking it takes {longest:.1f} s each time")
        for side in (OLD, NEW):
            own = [seeds.pop() for _ in range(count - 1)]
            pool[side] += self._layouts.link(side, *self._of, own, each)
        return pool

    def deal(self, pairs: int) -> list[Mapping[str, Path | None]]:
        """The programs of ``pairs`` pairs, by run; None for the one of the build. Within a pair all
        orders differ: also the side before and itself once more."""
        if not self._pool:
            return [dict.fromkeys(RUNS)] * pairs
        old, new = (self._random.sample(self._pool[side], pairs) for side in (OLD, NEW))
        again = old[1:] + old[:1]
        return [
            dict(zip(RUNS, programs, strict=True)) for programs in zip(old, new, again, strict=True)
        ]
