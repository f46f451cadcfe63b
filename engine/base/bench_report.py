"""The values of a comparison: what was compared, what came out, what could not be measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OLD, NEW = "old", "new"  # the sides: before and after; names of equal length, they are in paths
WORKLOAD = "workload"  # a row's harness, when it is of a command and not of a bench
WORDS = {OLD: "before", NEW: "after"}
RUNS = ("before", "after", "again")  # of a pair; the last is the side before once more


@dataclass(frozen=True, slots=True)
class Row:
    """One metric of one bench, with its verdict.

    ``name`` is ``package::target::bench`` (the target as ``engine.cargo.messages.target_name`` has
    it). ``metric`` is ``time`` (nanoseconds an iteration), ``allocations``, ``bytes`` or
    ``instructions``; of a workload also ``cpu`` (nanoseconds), ``memory`` (bytes) and the names of
    the figures that it hands over, which alone have a ``unit`` (``ns`` for times). ``before`` and
    ``after`` are medians of the sides, ``ratio`` is after / before (for time the median over the
    pairs; infinite for counts that were 0). ``interval`` holds the ratio's median with 95 %, None
    for counters. ``noise_floor`` and ``smallest`` are relative changes: what equal programs showed
    in this run, and the smallest change that this run would have found (for counters: what their
    resolution is). ``orders`` is in how many orders of its code each side was linked for it.
    """

    name: str
    harness: str
    metric: str
    before: float
    after: float
    ratio: float
    interval: tuple[float, float] | None
    noise_floor: float
    pairs: int
    verdict: str
    smallest: float
    note: str = ""
    unit: str = ""
    orders: int = 1

    @property
    def timed(self) -> bool:
        """Does it tell how long something takes: a run, a bench, a request?"""
        return self.metric == "time" or self.unit == "ns"

    @property
    def rung(self) -> str:
        """What kind of program it was measured with: "workload", "benches" or "tests", which say the
        less of real traffic the later they stand here. Of tests only counts are taken; what has a
        time, or is of a bench target, is a bench."""
        if self.harness == WORKLOAD:
            return "workload"
        return "benches" if self.metric == "time" or "::bench/" in self.name else "tests"

    @property
    def changed(self) -> bool:
        """Was a difference declared, for better or for worse?"""
        return self.verdict not in ("no-difference", "same")


@dataclass(frozen=True, slots=True)
class Samples:
    """All values behind a row, in the order in which they were measured: pair by pair, and (for
    ``time`` and what is measured with it) the side before once more in ``again``."""

    name: str
    metric: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    again: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """What was not measured: a bench, or a metric of one (``metric`` is "" for all), and why."""

    name: str
    metric: str
    reason: str


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured. ``load`` is the one-minute load average at the start."""

    system: str
    cpu: str
    cores: int  # logical ones
    load: float
    rustc: str


@dataclass(frozen=True, slots=True)
class BenchReport:
    """One comparison. ``interrupted`` tells that Ctrl-C ended it: the rows are those finished.

    ``reached`` has, for each bench or test that was asked, the fixes whose functions it runs.
    """

    machine: Machine
    rows: tuple[Row, ...] = ()
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
    reached: Mapping[str, frozenset[str]] = field(default_factory=dict)
    interrupted: bool = False
    samples: tuple[Samples, ...] = ()
    seconds: float = field(default=0.0, compare=False)  # that all of it took, building too
