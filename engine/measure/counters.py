"""Counts that do not depend on how busy the machine is: allocations, bytes, instructions.

Where a harness tells its iterations, a count is the slope between a run of few and a run of many of
them: what the program does besides iterating is in both and falls out. Where it does not, a count is
that of one iteration with its set-up: the run with it less a run without any. Each side is counted
thrice; what differs on one and the same program gives no verdict.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.base.bench_report import NEW, OLD, Row, Samples
from engine.base.process import ProcessResult
from engine.measure import counts_file
from engine.measure.harness import Call, Counted, Harness, UnreadableError
from engine.measure.runner import FailedError, ProgramKey, Runner
from engine.measure.stats import median

REPEATS = 3
NO_TIME = "no time is left in the budget: give it more with --bench-time"
_TOLD = 0.02  # a mean count so near to a whole number is told as that
_FEW = 11  # iterations of a run of few, in a harness that takes ten samples at least
TURNS = (OLD, NEW) * REPEATS  # so that what drifts shows as a difference on one side too
_SPREAD = 4.0  # times what runs of few iterations differ by: how far off a run may be taken to be
_MANY = 2.0  # times the iterations of a run of few: what a run of many has to have at least
_ITERATIONS = 10_000  # of a counting run, when they take no longer than _LONGEST seconds
_SHORTEST, _LONGEST = 0.1, 0.5
_VALGRIND_SHORTEST = 0.3
_VALGRIND_SLOWER = 50.0
_ANALYSIS = (
    32.0  # times a metric's slack: what a harness does more when it measures than for a test
)
_TOTALS = re.compile(rb"^totals: (\d+)", re.MULTILINE)
# In a profile: a function that was called while the iterations were counted.
_THREADS = re.compile(rb"^c?fn=\(\d+\) (?:__)?pthread_create", re.MULTILINE)
_OTHER_CALLS = (
    20  # of a bench's function for a warm-up that a group has set, at most 2**20 iterations
)


@dataclass(frozen=True, slots=True)
class Metric:
    """``slack`` is what two runs of the harness itself may differ by even when none did (numbers
    that it writes have other lengths); ``relative`` below which nothing is told apart; a value is
    of use when its error is below ``useful`` or 2 % of it."""

    name: str
    slack: float
    relative: float
    useful: float


# Seen in criterion with rayon in its analysis: 13 allocations, 14 KiB; without it 5 and 200 bytes.
ALLOCATIONS = Metric("allocations", 32, 0.0, 0.5)
BYTES = Metric("bytes", 16384, 0.0, 64)
INSTRUCTIONS = Metric("instructions", 4000, 0.001, 64)
# Within the function that iterates nothing else is counted.
ITERATING = Metric("instructions", 100, 0.001, 64)


@dataclass(frozen=True, slots=True)
class Value:
    """A count an iteration, and how far off it may be at most."""

    count: float
    error: float  # absolute, as `count` an iteration
    first: bool = False  # of the first iteration with its set-up


class UnstableError(Exception):
    """The counts of one program differ from run to run; the message has them."""


def compare(old: Sequence[Value], new: Sequence[Value], metric: Metric) -> tuple[str, float]:
    """The verdict on a metric, and the difference (absolute) up to which it says "same".

    Raises UnstableError when either side's own counts differ by more than they may be off.
    """
    middles = [median([value.count for value in side]) for side in (old, new)]
    errors = [
        max(max(value.error for value in side), metric.relative * middle)
        for side, middle in zip((old, new), middles, strict=True)
    ]
    for side, error, word in zip((old, new), errors, ("before", "after"), strict=True):
        counts = sorted(value.count for value in side)
        if counts[-1] - counts[0] > 2 * error:
            raise UnstableError(
                f"not the same in every run of one program ({word}: {counts[0]:.6g} to "
                f"{counts[-1]:.6g}): no verdict"
            )
    step = sum(errors)
    change = middles[1] - middles[0]
    if abs(change) <= step:
        return "same", step
    return ("more" if change > 0 else "fewer"), step


def row(name: str, harness: str, metric: Metric, old: Sequence[Value], new: Sequence[Value]) -> Row:
    """The row of a metric with its verdict. Raises UnstableError."""
    verdict, step = compare(old, new, metric)
    before, after = (_told(side) for side in (old, new))
    if verdict == "same":
        after = before
    spread = max(v.count for v in old) - min(v.count for v in old)
    return Row(
        name=name,
        harness=harness,
        metric=metric.name,
        before=before,
        after=after,
        ratio=after / before if before else (1.0 if not after else float("inf")),
        interval=None,
        noise_floor=spread / before if before else 0.0,
        pairs=min(len(old), len(new)),
        verdict=verdict,
        smallest=step / before if before else step,
        note=_note(old[0], verdict, step),
    )


def samples(name: str, metric: Metric, old: Sequence[Value], new: Sequence[Value]) -> Samples:
    """The counts as they were, an iteration."""
    before, after = (tuple(value.count for value in side) for side in (old, new))
    return Samples(name, metric.name, before, after)


def _note(value: Value, verdict: str, step: float) -> str:
    if value.first:
        return "set-up and first iteration"
    return f"to within {step:.2g}" if verdict == "same" and step >= 1 else ""


def _told(values: Sequence[Value]) -> float:
    """The count without digits that its error does not bear out."""
    middle = median([value.count for value in values])
    error = max(value.error for value in values)
    if abs(middle - round(middle)) <= max(error, _TOLD):
        return float(round(middle))
    return float(f"{middle:.6g}")


def _sharp(values: Mapping[str, Sequence[Value]], metric: Metric) -> bool:
    """Are the counts exact enough to show a change of a size that matters?"""
    step = sum(max(value.error for value in side) for side in values.values())
    return step <= max(metric.useful, 0.02 * max(value.count for value in values[OLD]))


_Measured = tuple[tuple[float, ...], ProcessResult]
_Found = dict[Metric, dict[str, list[Value]]]


@dataclass(frozen=True, slots=True)
class _Task:
    """What is counted: a bench, by ``measure``, which gives a number for each of ``metrics``."""

    key: ProgramKey
    harness: Harness
    name: str
    shortest: float  # seconds of a run of many iterations, as the harness is asked
    iteration: float  # ns
    allowance: float  # seconds, for all runs, by which it is chosen what they count
    measure: Callable[[str, ProgramKey, Call], _Measured]
    metrics: Sequence[Metric]
    end: float = math.inf  # by the monotonic clock: no run starts later

    def run(self, side: str, call: Call) -> _Measured:
        """Raises FailedError, also when the time is over."""
        if time.monotonic() > self.end:
            raise FailedError(NO_TIME)
        return self.measure(side, self.key, call)


@dataclass(frozen=True, slots=True)
class _Line:
    """Two runs: what they counted, and by how many iterations they differ. ``rest`` is what else
    they may differ by; ``fixed``: the run of few made a number of iterations that is always so."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    gap: int
    rest: tuple[float, ...]
    fixed: bool

    def value(self, index: int, slack: float) -> Value:
        slope = max(0.0, (self.high[index] - self.low[index]) / self.gap)
        return Value(slope, max(slack, self.rest[index]) / self.gap)


class Counter:
    """Counts on ``runner``. ``timeout`` tells how many seconds a run may take now.

    Values come by metric and side, ``REPEATS`` of each; ``iteration`` is about how many nanoseconds
    one takes, ``allowance`` how many seconds may be spent: no more on instructions (a start under
    valgrind can take any time), about as many on allocations. All methods raise FailedError when a
    run fails or tells nothing, or when there is too little time.
    """

    def __init__(self, runner: Runner, timeout: Callable[[], float]) -> None:
        self._runner = runner
        self._timeout = timeout

    def allocations(
        self, key: ProgramKey, harness: Harness, name: str, iteration: float, allowance: float
    ) -> _Found:
        """Allocations and their bytes, of the program that was built with the counting allocator."""
        metrics = (ALLOCATIONS, BYTES)
        return self._count(
            _Task(key, harness, name, _SHORTEST, iteration, allowance, self._allocated, metrics)
        )

    def instructions(
        self,
        key: ProgramKey,
        harness: Harness,
        name: str,
        iteration: float,
        allowance: float,
        valgrind: str,
    ) -> _Found:
        """Instructions: with callgrind, or as the harness counts them itself."""
        if not harness.timed:
            own: dict[str, list[Value]] = {OLD: [], NEW: []}
            for side in TURNS:
                own[side].append(self._own_count(side, key, harness, name))
            return {INSTRUCTIONS: own}

        def executed(side: str, key: ProgramKey, call: Call) -> _Measured:
            return self._executed(side, key, call, valgrind, harness.iterates)

        end = time.monotonic() + allowance
        slow = iteration * _VALGRIND_SLOWER
        metrics = (ITERATING if harness.iterates else INSTRUCTIONS,)
        return self._count(
            _Task(key, harness, name, _VALGRIND_SHORTEST, slow, allowance, executed, metrics, end)
        )

    def _count(self, task: _Task) -> _Found:
        """Slopes; where these take too long, or are not sharp enough, first iterations."""
        began = time.monotonic()
        runs = 2 * len(TURNS)
        few = _FEW * task.iteration / 1e9
        wanted = min(max(_ITERATIONS * task.iteration / 1e9, task.shortest), _LONGEST)
        seconds = min(wanted, task.allowance / runs - few)
        affordable = seconds >= min(wanted, max(task.shortest, _MANY * few))
        if affordable and task.harness.few(task.name, self._runner.home) is not None:
            slopes = self._slopes(task, seconds)
            if all(_sharp(values, metric) for metric, values in slopes.items()):
                return _seen(slopes)
        if runs * task.iteration / 1e9 > task.allowance - (time.monotonic() - began):
            raise FailedError(NO_TIME)
        firsts: _Found = {metric: {OLD: [], NEW: []} for metric in task.metrics}
        for side in TURNS:
            one, none = self._once(side, task)
            for metric, a, b in zip(task.metrics, one, none, strict=True):
                firsts[metric][side].append(Value(max(a - b, 0.0), 0.0, first=True))
        return _seen(firsts)

    def _slopes(self, task: _Task, seconds: float) -> _Found:
        lines: dict[str, list[_Line]] = {OLD: [], NEW: []}
        for side in TURNS:
            lines[side].append(self._line(side, task, seconds))
        found: _Found = {}
        for index, metric in enumerate(task.metrics):
            # Runs of few iterations make equally many: what they differ by is the harness' own.
            lows = [[line.low[index] for line in side if line.fixed] for side in lines.values()]
            spread = max((max(low) - min(low) for low in lows if low), default=0.0)
            slack = max(metric.slack, _SPREAD * spread)
            found[metric] = {
                side: [line.value(index, slack) for line in own] for side, own in lines.items()
            }
        return found

    def _line(self, side: str, task: _Task, seconds: float) -> _Line:
        home = self._runner.home
        few = task.harness.few(task.name, home)
        many = task.harness.many(task.name, seconds, task.iteration, home)
        if few is None or many is None:
            raise FailedError("its harness does not say how many iterations it makes")
        low, start = self._counted(side, task, few)
        high, end = self._counted(side, task, many)
        gap = end.iterations - start.iterations
        if start.calls == end.calls and gap >= max(4, start.iterations / 2):
            return _Line(low, high, gap, (0.0,) * len(low), fixed=True)
        # The bench sets its times itself: what is no iteration is bounded by what one run shows.
        one, none = self._once(side, task)
        gap = max(end.iterations - 1, 1)
        calls = end.calls + _OTHER_CALLS
        rest = tuple(
            _ANALYSIS * metric.slack + calls * max(0.0, first - empty - (total - first) / gap)
            for total, first, empty, metric in zip(high, one, none, task.metrics, strict=True)
        )
        return _Line(one, high, gap, rest, fixed=False)

    def _once(self, side: str, task: _Task) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Counts of a run with one iteration, and of one with none."""
        home = self._runner.home
        one, _ = task.run(side, task.harness.once(task.name, home))
        none, _ = task.run(side, task.harness.once(_nobody(task.name), home))
        return one, none

    def _counted(self, side: str, task: _Task, call: Call) -> tuple[tuple[float, ...], Counted]:
        counts, result = task.run(side, call)
        try:
            return counts, task.harness.counted(task.name, result, self._runner.home)
        except UnreadableError as error:
            raise FailedError(str(error)) from None

    def _own_count(self, side: str, key: ProgramKey, harness: Harness, name: str) -> Value:
        home = self._runner.home
        result = self._runner.run(side, key, harness.timing(name, 0.0, home), self._timeout())
        try:
            return Value(harness.read(name, result, home).value, 0.0)
        except UnreadableError as error:
            raise FailedError(str(error)) from None

    def _allocated(self, side: str, key: ProgramKey, call: Call) -> _Measured:
        file = self._runner.counts_file()
        more = {counts_file.VARIABLE: str(file)}
        result = self._runner.run(side, key, call, self._timeout(), more=more)
        counts = counts_file.read(file)
        if not any(counts):
            raise FailedError("its program does not use the counting allocator")
        return counts, result

    def _executed(
        self, side: str, key: ProgramKey, call: Call, valgrind: str, function: str
    ) -> _Measured:
        out = self._runner.home / "callgrind"
        wrap: tuple[str, ...] = (valgrind, "--tool=callgrind", f"--callgrind-out-file={out}.%p")
        if function:
            wrap += (f"--toggle-collect={function}",)
        result = self._runner.run(side, key, call, self._timeout(), wrap=wrap)
        written = [path.read_bytes() for path in self._runner.home.glob("callgrind.*")]
        found = [int(total) for text in written for total in _TOTALS.findall(text)]
        if not found:
            raise FailedError("valgrind wrote no counts")
        if function and any(map(_THREADS.search, written)):
            raise FailedError("its iterations start threads, whose instructions are not counted")
        return (float(sum(found)),), result


def _seen(found: _Found) -> _Found:
    """Raises FailedError when a program is said to have executed nothing."""
    for side in found.get(ITERATING, {}).values():
        if not all(value.count for value in side):
            raise FailedError("callgrind saw nothing of what iterates: symbols may be stripped")
    return found


def _nobody(name: str) -> str:
    """A name that no bench has, as long as ``name`` and with the same special characters: programs
    keep their arguments in memory."""
    other = "".join("q" if char.isalnum() else char for char in name)
    return other if other != name else other.replace("q", "z")
