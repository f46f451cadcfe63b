"""A workload: any command that the user names in the config, run on both sides in turns.

It is measured as a whole: wall time, CPU time, peak memory (of the processes that it waits for), the
figures that it hands over (``figures``), and the allocations of the workspace's programs that cargo
builds in it. Each side's copy stands in the same place when it runs and has target directories of its
own, so that a ``cargo run`` in the command builds once a side and starts at once afterwards. A
workload that fails on either side has no verdict.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from engine.base import process
from engine.base.bench_report import NEW, OLD, RUNS, WORDS, WORKLOAD, Missing, Row, Samples
from engine.measure import budget, counters, counts_file, figures, stats
from engine.measure.bench_tree import BenchTree
from engine.measure.build import TIME, Builds, Side, StatusWriter
from engine.measure.runner import FailedError
from engine.measure.seed import seed
from engine.measure.settings import CompareSettings
from engine.verify.coverage_probes import VARIABLE, Probes

_METRICS = ("time", "cpu", "memory")
_WORDS = {"slower": "more", "faster": "fewer"}  # of what is no time on the clock
_KEPT = 1 << 20
_FACTOR = 20.0  # a run may take so many times what the first timed one took
_LEAST = 10.0  # seconds
_FOR_COUNTS = 0.5  # of the budget, for counts that have to be taken in pairs
# Runs the command and writes what the kernel counted of it: `wait4` has the processes it waited for.
_WRAPPER = """
import json, os, subprocess, sys, time
began = time.monotonic_ns()
try:
    child = subprocess.Popen(sys.argv[2:])
except OSError as error:
    sys.exit(f"cannot start {sys.argv[2]}: {error.strerror}")
_, status, usage = os.wait4(child.pid, 0)
took = time.monotonic_ns() - began
cpu = int((usage.ru_utime + usage.ru_stime) * 1e9)
scale = 1 if sys.platform == "darwin" else 1024
with open(sys.argv[1], "w") as file:
    json.dump({"time": took, "cpu": max(cpu, 1), "memory": max(usage.ru_maxrss * scale, 1)}, file)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
"""


@dataclass(frozen=True, slots=True)
class Workload:
    """``folder`` is where it runs, relative to the workspace's root."""

    name: str
    argv: tuple[str, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class _Ran:
    """What one run took, by metric, and the figures that it handed over, or what was wrong with
    them."""

    usage: Mapping[str, float]
    figures: figures.RunFigures
    problem: str = ""

    @property
    def seconds(self) -> float:
        return self.usage["time"] / 1e9


_T = TypeVar("_T")
_Pairs = Mapping[str, list[_Ran]]  # by run of a pair


def workloads(side: Side) -> tuple[Workload, ...]:
    """Those of the config of the selected packages, and the workspace's own once."""
    workspace = side.workspace
    found: dict[Workload, None] = {}
    for package in workspace.selected:
        argv = package.config.workload
        if argv and argv == workspace.config.workload:
            found[Workload("workload", argv, "")] = None
        elif argv:
            found[Workload(f"{package.name}::workload", argv, package.root)] = None
    return tuple(found)


@dataclass
class WorkloadMeasurement:
    """Measures workloads in a tree that holds both built sides."""

    bench_tree: BenchTree
    builds: Builds
    base: Path
    env: Mapping[str, str]
    settings: CompareSettings
    status: StatusWriter
    probes: Probes | None = None
    rows: list[Row] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    samples: list[Samples] = field(default_factory=list)
    reached: dict[str, frozenset[str]] = field(default_factory=dict)

    def all(self, found: tuple[Workload, ...]) -> None:
        """Measure each of ``found`` that is wanted. One that fails is among ``missing``, with
        its reason."""
        for workload in found:
            if not self.settings.wants(workload.name):
                continue
            try:
                self._one(workload)
            except FailedError as error:
                self.missing.append(Missing(workload.name, "", str(error)))

    def _one(self, workload: Workload) -> None:
        limits = self.settings.limits
        self.status.say("Measuring", workload.name)
        for side in (OLD, NEW):
            self._run(side, workload, limits.check + limits.test)  # builds what it needs
        if self.probes is not None:
            self._reach(workload, self.probes, limits.check + limits.test)
        tries = [self._run(side, workload, limits.test) for side in (OLD, NEW)]
        tried = max(run.seconds for run in tries)
        family = len(_METRICS) + len({name for run in tries for name in run.figures})
        seconds = self.settings.seconds
        (share,) = budget.shares([tried], seconds, self.settings.pairs, family)
        if not share.pairs:
            raise FailedError(
                f"one run takes {tried:.1f} s, so that the fewest pairs that could show anything "
                f"take about {share.cost:.0f} s: give it more with --bench-time"
            )
        patience = max(_LEAST, _FACTOR * tried)
        values = self._pairs(
            workload, share.pairs, lambda side: self._run(side, workload, patience)
        )
        self._judge(workload, values, family)
        if self.settings.counters:
            try:
                self._count(workload, limits.check + limits.test, tried)
            except FailedError as error:
                self._miss(workload, "allocations", str(error))

    def _judge(self, workload: Workload, values: _Pairs, family: int) -> None:
        """Its rows: what was measured of all runs, and the figures that can be compared."""
        usage = {run: [ran.usage for ran in values[run]] for run in RUNS}
        found = _compared(_METRICS, usage)
        problem = next((ran.problem for run in RUNS for ran in values[run] if ran.problem), "")
        if problem:
            self._miss(workload, "figures", problem)
        else:
            handed = {run: [ran.figures for ran in values[run]] for run in RUNS}
            for figure in figures.compared(handed):
                if figure.pairs is None:
                    self._miss(workload, figure.name, figure.problem)
                else:
                    found.append(figure)
        self._tell(workload, found, family)

    def _tell(
        self, workload: Workload, found: Sequence[figures.ComparedFigure], family: int
    ) -> None:
        pairs = [each.pairs for each in found if each.pairs is not None]
        judged = stats.judge(pairs, family)
        for each, own, finding in zip(found, pairs, judged, strict=True):
            self.rows.append(_row(workload.name, each.name, each.unit, own, finding))
            self.samples.append(Samples(workload.name, each.name, own.before, own.after, own.again))

    def _count(self, workload: Workload, timeout: float, tried: float) -> None:
        """Its allocations: run with programs that have the counter, after a run that builds them.
        ``tried`` is how long a run takes, in seconds."""
        if self.builds.wrapper is None or self.builds.uncounted:
            self._miss(workload, "allocations", self.builds.uncounted or "there is no counter")
            return
        found: dict[counters.Metric, dict[str, list[counters.Value]]] = {
            metric: {OLD: [], NEW: []} for metric in (counters.ALLOCATIONS, counters.BYTES)
        }
        for number, side in enumerate((OLD, NEW, *counters.TURNS)):
            self.status.progress(f"counting allocations of {workload.name}")
            counted = self._counted(side, workload, timeout, self.builds.wrapper)
            if not any(counted):
                words = "the command starts no program that cargo built of this workspace"
                self._miss(workload, "allocations", words)
                return
            for metric, value in zip(found, counted, strict=True) if number > 1 else ():
                found[metric][side].append(counters.Value(value, 0.0))
        rows, samples = [], []
        for metric, values in found.items():
            old, new = values[OLD], values[NEW]
            try:
                rows.append(counters.row(workload.name, WORKLOAD, metric, old, new))
            except counters.UnstableError as error:
                pairs = stats.fewest_pairs(len(found))
                if pairs * budget.RUNS * tried > self.settings.seconds * _FOR_COUNTS:
                    raise FailedError(f"{error}; {counters.NO_TIME}") from None
                self._count_pairs(workload, timeout, self.builds.wrapper, pairs)
                return
            samples.append(counters.samples(workload.name, metric, old, new))
        self.rows += rows
        self.samples += samples

    def _count_pairs(self, workload: Workload, timeout: float, wrapper: Path, pairs: int) -> None:
        """Counts that differ from run to run of one program (threads, packets) are judged as times
        are."""
        metrics = (counters.ALLOCATIONS.name, counters.BYTES.name)

        def count(side: str) -> Mapping[str, float]:
            counted = self._counted(side, workload, timeout, wrapper)
            return dict(zip(metrics, counted, strict=True))

        values = self._pairs(workload, pairs, count)
        if not all(min(each.values()) for counted in values.values() for each in counted):
            raise FailedError("a run of it counted nothing")
        self._tell(workload, _compared(metrics, values), len(metrics))

    def _counted(
        self, side: str, workload: Workload, timeout: float, wrapper: Path
    ) -> tuple[float, float]:
        file = counts_file.fresh(self.base / "workload-counts")
        more = {"RUSTC_WORKSPACE_WRAPPER": str(wrapper), counts_file.VARIABLE: str(file)}
        masked = self.builds.masked.get(side, {})
        self._run(side, workload, timeout, f"count-{side}", more, masked)
        return counts_file.read(file)

    def _miss(self, workload: Workload, metric: str, reason: str) -> None:
        self.missing.append(Missing(workload.name, metric, reason))

    def _pairs(
        self, workload: Workload, pairs: int, measure: Callable[[str], _T]
    ) -> dict[str, list[_T]]:
        shuffled = random.Random(self.settings.seed)
        values: dict[str, list[_T]] = {run: [] for run in RUNS}
        for pair in range(pairs):
            order = list(values)
            shuffled.shuffle(order)
            self.status.progress(f"{workload.name}: pair {pair + 1} of {pairs}")
            for run in order:
                values[run].append(measure(NEW if run == "after" else OLD))
        return values

    def _run(
        self,
        side: str,
        workload: Workload,
        timeout: float,
        target: str = "",
        more: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> _Ran:
        """One run. Raises FailedError when it does not end with success."""
        self.bench_tree.load(side, TIME)
        for path, data in (files or {}).items():
            (self.bench_tree.place / path).write_bytes(data)
        usage = self.base / "workload-usage.json"
        usage.unlink(missing_ok=True)
        handed = self.base / "workload-figures.json"
        _remove(handed)
        folder = self.base / f"workload-{target or side}"
        seed(self.base / "build", folder, self.bench_tree.place / "Cargo.lock")
        places = {
            "CARGO_TARGET_DIR": str(folder),
            "CARGO_BUILD_BUILD_DIR": str(folder),  # one of the user's would be both sides'
            figures.VARIABLE: str(handed),
        }
        result = process.run(
            process.Command(
                argv=(sys.executable, "-I", "-c", _WRAPPER, str(usage), *workload.argv),
                cwd=self.bench_tree.place / workload.folder,
                env={**self.env, **places, **(more or {})},
                timeout=timeout,
                kept=_KEPT,
            )
        )
        if result.timed_out:
            raise FailedError(f"did not end within {timeout:.0f} s {WORDS[side]}")
        if result.code or not usage.exists():
            words = result.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:200]
            raise FailedError(f"ended with code {result.code} {WORDS[side]}: {words}")
        found: dict[str, float] = json.loads(usage.read_bytes())
        took = {metric: float(found[metric]) for metric in _METRICS}
        try:
            return _Ran(took, figures.read(handed))
        except figures.FiguresError as error:
            return _Ran(took, {}, f"{WORDS[side]}: {error}")

    def _reach(self, workload: Workload, probes: Probes, timeout: float) -> None:
        """Which fixes it runs: the side before with probes, in a target directory of its own."""
        file = self.base / "workload-probes"  # beside the target directory of this run
        _remove(file)
        try:
            self._run(OLD, workload, timeout, "reach", {VARIABLE: str(file)}, probes.files)
        except FailedError:
            return  # not known: it may run all of them
        self.reached[workload.name] = probes.read(file.read_bytes() if file.exists() else b"")


def _compared(
    metrics: Sequence[str], values: Mapping[str, Sequence[Mapping[str, float]]]
) -> list[figures.ComparedFigure]:
    """``values`` has what each run took by metric, by run of a pair."""
    found = []
    for metric in metrics:
        before, after, again = (tuple(each[metric] for each in values[run]) for run in RUNS)
        found.append(figures.ComparedFigure(metric, "", stats.Pairs(before, after, again)))
    return found


def _row(name: str, metric: str, unit: str, pairs: stats.Pairs, found: stats.Estimate) -> Row:
    whole = len(pairs.before) + pairs.void
    row = Row(
        name=name,
        harness=WORKLOAD,
        metric=metric,
        before=stats.median(pairs.before),
        after=stats.median(pairs.after),
        ratio=found.ratio,
        interval=(found.low, found.high),
        noise_floor=found.floor,
        pairs=whole,
        verdict=found.verdict,
        smallest=found.smallest,
        note=f"{pairs.void} of {whole} pairs void" if pairs.void else "",
        unit=unit,
    )
    return row if row.timed else replace(row, verdict=_WORDS.get(row.verdict, row.verdict))


def _remove(path: Path) -> None:
    """Whatever a run has made of it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
