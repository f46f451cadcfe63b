"""All measurements on two built sides: which benches run, their pairs, their counts."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from engine.base.bench_report import NEW, OLD, RUNS, WORDS, Missing, Row, Samples
from engine.base.counts import count
from engine.measure import budget, counters, stats
from engine.measure.build import COUNT, REACH, TIME, Builds, Built, StatusWriter
from engine.measure.harness import Call, Harness, Reading, UnreadableError
from engine.measure.layouts import Layouts
from engine.measure.orders import Orders
from engine.measure.progress import ProgressBar
from engine.measure.runner import FailedError, ProgramKey, Runner
from engine.measure.settings import CompareSettings
from engine.verify.coverage_probes import VARIABLE, Probes

_PATIENCE = 20.0  # a run may take so many times what the first one took, before it counts as hung
_FOR_ALLOCATIONS = 1 / 3  # of what is left then
_FOR_INSTRUCTIONS = 0.2  # of what is left then
_LONGER = 1.5  # times what a bench took to count: what the next one is taken to need
_FOR_TESTS = 0.25  # of the budget, where fixes are measured: tests may be all that reaches them
_LEAST_PATIENCE = 10.0  # seconds
_FOR_LINKING = 0.25  # of the budget, beside it and for each program: linking is building
_LEAST_LINKING = 10.0  # seconds
NOT_REACHED = "runs none of the changed functions"

_Counts = Mapping[counters.Metric, Mapping[str, Sequence[counters.Value]]]


@dataclass(slots=True)
class Bench:
    """One bench on its way: ``tried`` is how long its first runs took, in seconds."""

    name: str  # the harness' own
    built: Built
    value: float = 0.0  # ns an iteration, or what the harness counts
    tried: float = 0.0
    before: list[float] = field(default_factory=list)  # of each pair so far, as `value`
    after: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    resolution: float = 0.0  # the step of the values, as a part of them
    orders: int = 1  # of its code, for each side
    done: bool = False

    @property
    def full(self) -> str:
        """``package::target::bench``, as ``Row.name`` has it."""
        return f"{self.built.package}::{self.built.target}::{self.name}"

    def key(self, mode: str) -> ProgramKey:
        """Its program of the build ``mode`` (``TIME``, ``COUNT`` or ``REACH``)."""
        return ProgramKey(mode, self.built.package, self.built.target)


class BenchMeasurement:
    """All measurements on built sides, package by package, each with its own budget."""

    def __init__(
        self,
        runner: Runner,
        builds: Builds,
        settings: CompareSettings,
        status: StatusWriter,
        layouts: Layouts,
        probes: Probes | None = None,
    ) -> None:
        """``interrupted`` may be set by the caller; what is finished by then counts. With
        ``probes``, what runs none of the changed functions is not measured."""
        self.missing: list[Missing] = []
        self.samples: list[Samples] = []
        self.reached: dict[str, frozenset[str]] = {}
        self._probes = probes
        self.interrupted = False
        self._runner = runner
        self._builds = builds
        self._settings = settings
        self._by_valgrind = settings.counters and settings.instructions
        self._status = status
        self._random = random.Random(settings.seed)
        self._orders = Orders(layouts, self._random)
        self._timed: list[Bench] = []
        self._counts: list[Row] = []
        self._deadline = 0.0
        self._progress = ProgressBar(status)
        self._counter = counters.Counter(runner, self._patience)
        self._valgrind = shutil.which("valgrind", path=runner.env.get("PATH", os.defpath))

    def all(self) -> None:
        """Measure every package. Ctrl-C goes through: what is finished stays."""
        packages = dict.fromkeys(b.package for b in (*self._builds.benches, *self._builds.tests))
        for package in packages:
            self._package(package)

    def _package(self, package: str) -> None:
        whole = time.monotonic() + self._settings.seconds
        if self._probes is not None:  # for the fixes that no bench reaches
            self._deadline = time.monotonic() + self._settings.seconds * _FOR_TESTS
            self._count_tests(package)
        self._deadline = whole
        benches = list(self._tried(package))
        timed = [bench for bench in benches if bench.built.harness.timed]
        if benches:
            self._status.say("Measuring", f"{package}: {count(len(benches), 'bench', 'benches')}")
        self._count_allocations(timed)
        self._count_instructions(timed)
        self._time(timed)
        self._count_own([bench for bench in benches if not bench.built.harness.timed])
        if self._probes is None:
            self._count_tests(package)

    # -- which benches there are ---------------------------------------------------------------

    def _tried(self, package: str) -> Iterator[Bench]:
        """The benches that run on both sides, each tried once on both."""
        for built in self._builds.benches:
            if built.package == package:
                whole = f"{built.package}::{built.target}"
                harness, listed = self._listed(built)
                names = [name for name in listed if self._settings.wants(f"{whole}::{name}")]
                for number, name in enumerate(names, 1):
                    bench = Bench(name, replace(built, harness=harness))
                    self._status.progress(f"trying {bench.full} ({number} of {len(names)})")
                    if self._try(bench) and self._reaches(bench):
                        yield bench

    def _reaches(self, bench: Bench) -> bool:
        """May it say something about a fix? Looked up once, where probes were built."""
        if self._probes is None or not self._runner.has(OLD, bench.key(REACH)):
            return True
        home = self._runner.home
        file = self._runner.counts_file()
        more = {VARIABLE: str(file)}
        call = bench.built.harness.once(bench.name, home)
        try:
            self._runner.run(OLD, bench.key(REACH), call, self._patience(), more=more)
        except FailedError:
            return True  # what it reaches is not known
        self.reached[bench.full] = self._probes.read(file.read_bytes())
        if self.reached[bench.full] or self._probes.without:
            return True
        self._miss(bench.full, "", NOT_REACHED)
        return False

    def _listed(self, built: Built) -> tuple[Harness, list[str]]:
        """The adapter for the harness' version, and the names that both sides have."""
        harness = built.harness
        whole = f"{built.package}::{built.target}"
        found: dict[str, tuple[str, ...]] = {}
        for side in (OLD, NEW):
            with self._reported(whole, "", WORDS[side]):
                result = self._runner.run(
                    side,
                    ProgramKey(TIME, built.package, built.target),
                    built.harness.listing(),
                    self._patience(),
                )
                found[side] = built.harness.names(result.stdout)
                harness = built.harness.fitting(result.stdout)
            if side not in found:
                return harness, []
        if not found[OLD] and not found[NEW] and built.target.startswith("bench/"):
            self._miss(whole, "", "lists no bench")
        for name in found[OLD] + found[NEW]:
            for side, other in ((OLD, NEW), (NEW, OLD)):
                if name in found[side] and name not in found[other]:
                    self._miss(f"{whole}::{name}", "", f"only there {WORDS[side]}")
        return harness, [name for name in found[NEW] if name in found[OLD]]

    def _try(self, bench: Bench) -> bool:
        """A first run on both sides: does it work, how long does it take, what does it say?"""
        worked = 0
        for side in (OLD, NEW):
            with self._reported(bench.full, "", WORDS[side]):
                reading, seconds = self._read(side, bench, budget.SHORTEST)
                bench.tried = max(bench.tried, seconds)
                bench.value = max(bench.value, reading.value)
                worked += 1
            if not worked:
                return False
        return worked == 2

    def _read(
        self, side: str, bench: Bench, seconds: float, program: Path | None = None
    ) -> tuple[Reading, float]:
        harness, home = bench.built.harness, self._runner.home
        call = harness.timing(bench.name, seconds, home, bench.value)
        patience = self._patience()
        if bench.tried:
            patience = max(_LEAST_PATIENCE, _PATIENCE * (bench.tried + seconds))
        result = self._runner.run(side, bench.key(TIME), call, patience, program=program)
        try:
            return harness.read(bench.name, result, home), result.seconds
        except UnreadableError as error:
            raise FailedError(str(error)) from None

    # -- time ----------------------------------------------------------------------------------

    def _time(self, benches: list[Bench]) -> None:
        self._timed += benches
        left = self._deadline - time.monotonic()
        plan = budget.shares([bench.tried for bench in benches], left, self._settings.pairs)
        least = stats.fewest_pairs(len(benches))
        self._progress.start(sum(share.cost for share in plan if share.pairs))
        for number, (bench, share) in enumerate(zip(benches, plan, strict=True), 1):
            if not share.pairs:
                self._miss(
                    bench.full,
                    "time",
                    f"a run takes {bench.tried:.1g} s: the fewest pairs that could show anything "
                    "do not fit into the budget; give it more with --bench-time",
                )
                continue
            if time.monotonic() > self._deadline + self._settings.seconds / 2:
                self._miss(bench.full, "time", counters.NO_TIME)  # others took longer than planned
                continue
            self._progress.item(f"{bench.full} ({number} of {len(benches)})")
            bench.orders = self._link(bench, range(least, max(s.pairs for s in plan) + 1))
            pairs = min(share.pairs, bench.orders) if bench.orders > 1 else share.pairs
            with self._reported(bench.full, "time"):
                self._pairs(bench, replace(share, pairs=pairs))

    def _link(self, bench: Bench, wanted: range) -> int:
        """Its program in as many orders of its code; returns in how many. That takes nothing from
        the budget."""
        began = time.monotonic()
        limit = max(self._settings.seconds * _FOR_LINKING, _LEAST_LINKING)
        orders = self._orders.prepare(
            bench.built.package,
            bench.built.target,
            wanted,
            limit,
            lambda side, program: self._read(side, bench, budget.SHORTEST, program),
            lambda done, programs: self._status.progress(
                f"linking {bench.built.target} in other orders ({done} of {programs})"
            ),
        )
        took = time.monotonic() - began
        self._deadline += took
        self._progress.paused(took)
        return orders

    def _pairs(self, bench: Bench, share: budget.Share) -> None:
        values = dict(zip(RUNS, (bench.before, bench.after, bench.again), strict=True))
        for pair, programs in enumerate(self._orders.deal(share.pairs)):
            runs = list(values)
            self._random.shuffle(runs)
            for run in runs:
                side = NEW if run == "after" else OLD
                self._progress.show(f"{WORDS[side]}, pair {pair + 1} of {share.pairs}")
                reading, _ = self._read(side, bench, share.seconds, programs[run])
                bench.resolution = max(bench.resolution, reading.resolution)
                values[run].append(reading.value)
                self._progress.done(share.cost / (share.pairs * budget.RUNS))
        bench.done = True
        of_pairs = tuple(tuple(values[run]) for run in RUNS)
        self.samples.append(Samples(bench.full, "time", *of_pairs))

    # -- counters ------------------------------------------------------------------------------

    def _count_allocations(self, benches: Sequence[Bench]) -> None:
        """In at most a part of what is left of the budget, of which each bench has as much."""
        if not self._settings.counters or not benches:
            return
        if self._builds.uncounted:
            self._miss(benches[0].built.package, "allocations", self._builds.uncounted)
            return
        now = time.monotonic()
        end = now + (self._deadline - now) * _FOR_ALLOCATIONS
        for place, bench in enumerate(sorted(benches, key=lambda bench: bench.tried)):
            allowance = (end - time.monotonic()) / (len(benches) - place)
            if allowance <= 0:
                self._miss(bench.full, "allocations", counters.NO_TIME)
                continue
            self._status.progress(f"counting allocations of {bench.full}")
            ask = self._allocations(bench, allowance)
            self._count(bench.full, bench.built, "allocations", ask)

    def _allocations(self, bench: Bench, allowance: float) -> Callable[[], _Counts]:
        key, harness = bench.key(COUNT), bench.built.harness
        return partial(self._counter.allocations, key, harness, bench.name, bench.value, allowance)

    def _count_instructions(self, benches: Sequence[Bench]) -> None:
        """In at most a part of what is left of the budget: of as many benches as fit, for a count
        cannot be made shorter."""
        if not self._by_valgrind or self._valgrind is None:
            return  # said once, in the notes
        now = time.monotonic()
        end = now + (self._deadline - now) * _FOR_INSTRUCTIONS
        took = 0.0  # by those before, which are shorter than the next
        for bench in sorted(benches, key=lambda bench: bench.tried):
            began = time.monotonic()
            self._instructions(bench, end - began, needed=took * _LONGER)
            took = max(took, time.monotonic() - began)

    def _count_own(self, benches: Sequence[Bench]) -> None:
        """Of harnesses that count instructions themselves, while there is time."""
        for bench in benches if self._by_valgrind else ():
            self._instructions(bench, self._deadline - time.monotonic())

    def _instructions(self, bench: Bench, left: float, needed: float = 0.0) -> None:
        """Not when fewer seconds are ``left`` than are ``needed``."""
        if left <= needed:
            self._miss(bench.full, "instructions", counters.NO_TIME)
            return
        self._status.progress(f"counting instructions of {bench.full}")
        key, harness, valgrind = bench.key(TIME), bench.built.harness, self._valgrind or ""
        ask = partial(
            self._counter.instructions, key, harness, bench.name, bench.value, left, valgrind
        )
        self._count(bench.full, bench.built, "instructions", ask)

    def _count_tests(self, package: str) -> None:
        """Allocations of each test, while there is time."""
        if not self._settings.counters or self._builds.uncounted:
            return
        for built in self._builds.tests:
            if built.package != package:
                continue
            names = self._tests_of(built)
            for number, name in enumerate(names):
                bench = Bench(name, built)
                if not self._settings.wants(bench.full):
                    continue
                if time.monotonic() > self._deadline:
                    rest = count(len(names) - number, "test")
                    self._miss(
                        f"{package}::{built.target}", "allocations", f"{rest}: {counters.NO_TIME}"
                    )
                    break
                self._status.progress(f"counting allocations of {bench.full}")
                if not self._reaches(bench):
                    continue
                ask = self._allocations(bench, self._deadline - time.monotonic())
                self._count(bench.full, built, "allocations", ask)

    def _tests_of(self, built: Built) -> list[str]:
        found: list[set[str]] = []
        whole = f"{built.package}::{built.target}"
        for side in (OLD, NEW):
            with self._reported(whole, "allocations", WORDS[side]):
                key = ProgramKey(COUNT, built.package, built.target)
                result = self._runner.run(side, key, Call(("--list",)), self._patience())
                lines = result.stdout.decode("utf-8", "replace").split("\n")
                found.append({x.removesuffix(": test") for x in lines if x.endswith(": test")})
        return sorted(found[0] & found[1]) if len(found) == 2 else []

    def _count(self, name: str, built: Built, metric: str, ask: Callable[[], _Counts]) -> None:
        with self._reported(name, metric):
            for kind, values in ask().items():
                old, new = values[OLD], values[NEW]
                self.samples.append(counters.samples(name, kind, old, new))
                with self._reported(name, kind.name):
                    self._counts.append(counters.row(name, built.harness.name, kind, old, new))

    # -- results -------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """What is finished, bench by bench: time with its verdict, then the counts."""
        found = [*self._times(), *self._counts]
        order = {name: place for place, name in enumerate(dict.fromkeys(r.name for r in found))}
        return sorted(found, key=lambda row: order[row.name])

    def _times(self) -> Iterator[Row]:
        finished = [bench for bench in self._timed if bench.done]
        samples = [
            stats.Pairs(tuple(b.before), tuple(b.after), tuple(b.again), b.resolution)
            for b in finished
        ]
        findings = stats.judge(samples, len(self._timed))
        for bench, found in zip(finished, findings, strict=True):
            yield Row(
                name=bench.full,
                harness=bench.built.harness.name,
                metric="time",
                before=stats.median(bench.before),
                after=stats.median(bench.after),
                ratio=found.ratio,
                interval=(found.low, found.high),
                noise_floor=found.floor,
                pairs=len(bench.before),
                verdict=found.verdict,
                smallest=found.smallest,
                orders=bench.orders,
            )

    def unfinished(self) -> Iterator[Missing]:
        """After Ctrl-C: benches whose pairs were not, or not all, measured."""
        named = {(m.name, m.metric) for m in self.missing}
        for bench in self._timed if self.interrupted else ():
            if not bench.done and (bench.full, "time") not in named:
                yield Missing(bench.full, "time", "interrupted")

    def notes(self) -> Iterator[str]:
        """What a reader of the rows has to know beside them, in sentences."""
        for target, paths in sorted(self._runner.written.items()):
            shown = ", ".join(sorted(paths)[:3]) + (", ..." if len(paths) > 3 else "")
            yield f"{target} writes into its tree ({shown}): in the copy, undone before each run"
        for target, problem in self._orders.problems.items():
            yield (
                f"{target} was timed as it was built, its code in one order alone, which can make a "
                f"few percent: {problem}"
            )
        timed = any(bench.built.harness.timed for bench in self._timed)
        if self._by_valgrind and timed and self._valgrind is None:
            yield "instructions were not counted: valgrind is not installed"

    # -- common --------------------------------------------------------------------------------

    def _patience(self) -> float:
        """Seconds that a run may take of which nothing is known yet: a quarter of the budget, and
        no more than is left of it (but enough for a program to start)."""
        left = self._deadline - time.monotonic()
        return max(
            min(self._settings.seconds / 4, left), min(_LEAST_PATIENCE, self._settings.seconds)
        )

    def _miss(self, name: str, metric: str, reason: str) -> None:
        self.missing.append(Missing(name, metric, reason))

    @contextmanager
    def _reported(self, name: str, metric: str, when: str = "") -> Iterator[None]:
        """What fails within is missing from the result, with its reason, and ends nothing else."""
        try:
            yield
        except (FailedError, UnreadableError, counters.UnstableError) as error:
            self._miss(name, metric, f"{when}: {error}" if when else str(error))
