"""A comparison of two sides, from building to verdicts. See the package for the contract."""

from __future__ import annotations

import os
import platform
import time
from contextlib import closing
from pathlib import Path

from engine.base import process
from engine.base.bench_report import NEW, OLD, BenchReport, Machine, Missing
from engine.cargo.scratch import Scratch
from engine.measure import workload
from engine.measure.build import Builder, Side, StatusWriter
from engine.measure.measuring import BenchMeasurement
from engine.measure.runner import Runner
from engine.measure.settings import CompareSettings
from engine.verify.coverage_probes import Probes


def compare(
    scratch: Scratch,
    before: Side,
    after: Side,
    settings: CompareSettings,
    status: StatusWriter,
    probes: Probes | None = None,
) -> BenchReport:
    """Build and measure ``before`` and ``after`` in ``scratch``; neither side is written to.

    With ``probes`` (made for the texts of ``before``), also which runs reach which fix.

    Raises SpikeproofError when a side does not build. A KeyboardInterrupt while it measures ends
    it with what is finished; while it builds it goes through.
    """
    began = time.monotonic()
    sides = {OLD: before, NEW: after}
    load = _load()
    builder = Builder(scratch, sides, settings.limits, settings.counters, probes)
    with builder.bench_tree as bench_tree, closing(builder.layouts):
        builds = builder.build(status)
        runner = Runner(
            bench_tree,
            process.environment(settings.limits.env),
            scratch.build.parent / "bench-home",
        )
        measuring = BenchMeasurement(runner, builds, settings, status, builder.layouts, probes)
        commands = workload.WorkloadMeasurement(
            bench_tree, builds, scratch.build.parent, runner.env, settings, status, probes
        )
        try:
            measuring.all()
            commands.all(workload.workloads(after))
        except KeyboardInterrupt:
            measuring.interrupted = True
        finally:
            runner.close()
    return BenchReport(
        machine=_machine(builds.rustc, load),
        rows=(*measuring.rows(), *commands.rows),
        missing=tuple(
            sorted(
                {
                    *builds.missing,
                    *measuring.missing,
                    *measuring.unfinished(),
                    *commands.missing,
                },
                key=_order,
            )
        ),
        notes=(*builds.notes, *measuring.notes()),
        reached={**measuring.reached, **commands.reached},
        interrupted=measuring.interrupted,
        samples=(*measuring.samples, *commands.samples),
        seconds=time.monotonic() - began,
    )


def _order(missing: Missing) -> tuple[str, str, str]:
    return missing.name, missing.metric, missing.reason


def _load() -> float:
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return 0.0


def _machine(rustc: str, load: float) -> Machine:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return Machine(system, _cpu(), os.cpu_count() or 1, load, rustc)


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in text.split("\n") if "model name" in line]
    return names[0] if names else platform.processor() or "unknown"
