"""A workload: any command that the user names in the config, run on both sides in turns.

It is measured as a whole: wall time, CPU time, peak memory (of the processes that it waits for). Each
side's copy stands in the same place when it runs and has a target directory of its own, so that a
``cargo run`` in the command builds once a side and starts at once afterwards. A workload that fails
on either side has no verdict.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine import process
from engine.bench import budget, stats
from engine.bench.build import TIME, Side, Watch
from engine.bench.model import NEW, OLD, WORDS, WORKLOAD, Missing, Row
from engine.bench.runner import FailedError
from engine.bench.settings import Settings
from engine.bench.stage import Stage
from engine.reach import VARIABLE, Probes

_METRICS = ("time", "cpu", "memory")
_WORDS = {"slower": "more", "faster": "fewer"}  # of what is no time on the clock
_KEPT = 1 << 20
_FACTOR = 20.0  # a run may take so many times what the first timed one took
_LEAST = 10.0  # seconds
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
class Measuring:
    """Measures workloads on a stage that holds both built sides."""

    stage: Stage
    base: Path
    env: Mapping[str, str]
    settings: Settings
    watch: Watch
    probes: Probes | None = None
    rows: list[Row] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    reached: dict[str, frozenset[str]] = field(default_factory=dict)

    def all(self, found: tuple[Workload, ...]) -> None:
        for workload in found:
            if not self.settings.wants(workload.name):
                continue
            try:
                self._one(workload)
            except FailedError as error:
                self.missing.append(Missing(workload.name, "", str(error)))

    def _one(self, workload: Workload) -> None:
        limits = self.settings.limits
        self.watch.say("Measuring", workload.name)
        for side in (OLD, NEW):
            self._run(side, workload, limits.check + limits.test)  # builds what it needs
        if self.probes is not None:
            self._reach(workload, self.probes, limits.check + limits.test)
        tried = max(self._run(side, workload, limits.test)["time"] / 1e9 for side in (OLD, NEW))
        (share,) = budget.shares([tried], self.settings.seconds, self.settings.pairs)
        if not share.pairs:
            raise FailedError(
                f"one run takes {tried:.1f} s, so that the fewest pairs that could show anything "
                f"take about {share.cost:.0f} s: give it more with --bench-time"
            )
        values = self._pairs(workload, share.pairs, max(_LEAST, _FACTOR * tried))
        self.rows += list(_rows(workload.name, values))

    def _pairs(
        self, workload: Workload, pairs: int, timeout: float
    ) -> dict[str, list[dict[str, float]]]:
        shuffled = random.Random(self.settings.seed)
        values: dict[str, list[dict[str, float]]] = {"before": [], "after": [], "again": []}
        for pair in range(pairs):
            order = list(values)
            shuffled.shuffle(order)
            self.watch.progress(f"{workload.name}: pair {pair + 1} of {pairs}")
            for run in order:
                values[run].append(self._run(NEW if run == "after" else OLD, workload, timeout))
        return values

    def _run(
        self,
        side: str,
        workload: Workload,
        timeout: float,
        target: str = "",
        more: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> dict[str, float]:
        """What one run took, by metric. Raises FailedError when it does not end with success."""
        self.stage.load(side, TIME)
        for path, data in (files or {}).items():
            (self.stage.place / path).write_bytes(data)
        usage = self.base / "workload-usage.json"
        usage.unlink(missing_ok=True)
        folder = self.base / f"workload-{target or side}"
        result = process.run(
            process.Command(
                argv=(sys.executable, "-I", "-c", _WRAPPER, str(usage), *workload.argv),
                cwd=self.stage.place / workload.folder,
                env={**self.env, "CARGO_TARGET_DIR": str(folder), **(more or {})},
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
        return {metric: float(found[metric]) for metric in _METRICS}

    def _reach(self, workload: Workload, probes: Probes, timeout: float) -> None:
        """Which fixes it runs: the side before with probes, in a target directory of its own."""
        file = self.base / "workload-reach"
        file.unlink(missing_ok=True)
        try:
            self._run(OLD, workload, timeout, "reach", {VARIABLE: str(file)}, probes.files)
        except FailedError:
            return  # not known: it may run all of them
        self.reached[workload.name] = probes.read(file.read_bytes() if file.exists() else b"")


def _rows(name: str, values: Mapping[str, list[dict[str, float]]]) -> Iterator[Row]:
    def of(run: str, metric: str) -> tuple[float, ...]:
        return tuple(each[metric] for each in values[run])

    samples = [
        stats.Pairs(of("before", metric), of("after", metric), of("again", metric))
        for metric in _METRICS
    ]
    for metric, pairs, found in zip(_METRICS, samples, stats.judge(samples), strict=True):
        verdict = found.verdict if metric == "time" else _WORDS.get(found.verdict, found.verdict)
        yield Row(
            name=name,
            harness=WORKLOAD,
            metric=metric,
            before=stats.median(pairs.before),
            after=stats.median(pairs.after),
            ratio=found.ratio,
            interval=(found.low, found.high),
            noise_floor=found.floor,
            pairs=len(pairs.before),
            verdict=verdict,
            smallest=found.smallest,
        )
