"""The upload service under open-loop load, as it is and as the tool's patch leaves it.

Requests start on a fixed schedule at 50, 70 and 90 % of what the service as it is can answer;
latency counts from the planned start (the service's ``examples/load``, which is also its workload in
``spikeproof bench``). Both sides take turns in random order, one short run each, with a server
started for it; the runs are judged in pairs. A run in which the generator itself lagged is void and
said so. What is uploaded is kept in memory where the system has a place for that: a disk that is
written to for minutes answers ever slower, whatever the service does. Options: ``--pairs N`` (20),
``--seconds N`` (3), ``--patch FILE`` (the tool is run when none is given).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.crates import HOME
from bench.demo import SERVICE
from engine.base.ignore import below_top
from engine.measure.stats import holm, interval, median, sign_test
from engine.rewrite.patch import git_apply

WORK = HOME / "target" / "bench" / "load"
SHARES = (0.5, 0.7, 0.9)
PAIRS, SECONDS = 20, 3.0
METRICS = ("mean", "p50", "p99", "p999")
# So many requests have to be behind a p99.9.
_ENOUGH = 100_000
# Linux's file system in memory that every process may write to.
_MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Sides:
    """The load test, with the service before and after in it."""

    before: Path
    after: Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--patch", type=Path)
    options = parser.parse_args()
    sides = build(options.patch)
    most = capacity(sides)
    kept = "memory" if _storage() else "files of the temporary folder"
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}, loopback; "
        f"uploads of 64 KiB, kept in {kept}"
    )
    print(f"capacity of the service as it is: {most:.0f} requests a second (closed loop)")
    print("| load | requests/s | metric | before ms | after ms | ratio | 95 % interval | p |")
    print("|---|---|---|---|---|---|---|---|")
    rows = []
    for share in SHARES:
        found, void = pairs(sides, most * share, options.pairs, options.seconds)
        for metric in METRICS:
            rows.append((share, most * share, metric, found, void))
    tests = holm([_test(metric, found, void) for _, _, metric, found, void in rows])
    for (share, rate, metric, found, void), p_value in zip(rows, tests, strict=True):
        print(_row(share, rate, metric, found, p_value, void))
    return 0


def capacity(sides: Sides, beside: Sequence[str] = ()) -> float:
    """Requests a second that the service as it is answers when all clients wait for their answer. ``beside``
    are options of the load test for what else goes on."""
    rates = (_run(sides.before, 3.0, None, beside)["rate"] for _ in range(3))
    return float(statistics.median(rates))


def build(patch: Path | None = None) -> Sides:
    """Both sides, in release."""
    WORK.mkdir(parents=True, exist_ok=True)
    if patch is None:
        patch = WORK / "service.patch"
        tool = [str(Path(sys.executable).with_name("spikeproof")), "diff", str(SERVICE)]
        run = subprocess.run(
            [*tool, "--review", "--exit-code", "--no-bench", "-o", str(patch)], check=False
        )
        if run.returncode != 1:
            raise SystemExit(f"no patch was made (exit {run.returncode})")
    return Sides(_built("before", b""), _built("after", patch.read_bytes()))


def _built(side: str, change: bytes) -> Path:
    """At one path, as the other side is, with ``change`` made. In a target directory of its own, and
    all files are new: cargo takes what the other side, or the last patch, left there for this one's
    when it is younger than the sources."""
    tree = WORK / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    leave = shutil.ignore_patterns("target")
    shutil.copytree(SERVICE, tree, ignore=leave, copy_function=shutil.copy)
    if change:
        git_apply(change, tree, folder=below_top(SERVICE))
    target = WORK / f"target-{side}"
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    command = ["cargo", "build", "--release", "--quiet", "--example", "load"]
    subprocess.run(command, cwd=tree, env=environment, check=True)
    program = WORK / f"load-{side}"
    shutil.copy2(target / "release" / "examples" / "load", program)
    return program


def _run(
    program: Path, seconds: float, rate: float | None, beside: Sequence[str] = ()
) -> dict[str, Any]:
    command = [str(program), "--seconds", str(seconds), "--warmup", "1", *beside]
    command += ["--closed"] if rate is None else ["--rate", str(rate)]
    with tempfile.TemporaryDirectory(prefix="upload-load-", dir=_storage()) as folder:
        run = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "TMPDIR": folder},
        )
    if run.returncode:
        raise SystemExit(f"{' '.join(command)}: {run.stderr.strip()[-400:]}")
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def _storage() -> Path | None:
    """Where a run's files are kept; None: where the system keeps temporary ones."""
    return _MEMORY if os.access(_MEMORY, os.W_OK) else None


Pair = tuple[dict[str, Any], dict[str, Any]]


def pairs(
    sides: Sides, rate: float, wanted: int, seconds: float, beside: Sequence[str] = ()
) -> tuple[list[Pair], int]:
    """Pairs of runs (before, after) in which the generator kept up, and how many were void."""
    found: list[Pair] = []
    void = 0
    while len(found) < wanted and void < wanted:
        order = [sides.before, sides.after]
        random.shuffle(order)
        runs = {program: _run(program, seconds, rate, beside) for program in order}
        if any(run["lagged"] for run in runs.values()):
            void += 1
        else:
            found.append((runs[sides.before], runs[sides.after]))
    return found, void


def differences(metric: str, pairs: list[Pair]) -> list[float]:
    key = f"{metric}_us"
    return [math.log(after[key] / before[key]) for before, after in pairs]


def _test(metric: str, pairs: list[Pair], void: int) -> float:
    """Void pairs count for neither side: without them one could show its best runs alone."""
    return sign_test(differences(metric, pairs), void=void)


def _row(
    share: float, rate: float, metric: str, pairs: list[Pair], p_value: float, void: int
) -> str:
    head = f"| {share:.0%} | {rate:.0f} | {metric} |"
    if not pairs:
        return f"{head} void: the generator lagged in all {void} pairs | | | | |"
    requests = min(sum(pair[side]["requests"] for pair in pairs) for side in (0, 1))
    if metric == "p999" and requests < _ENOUGH:
        return f"{head} {requests} requests are too few for a p99.9 | | | | |"
    key = f"{metric}_us"
    before, after = (median([pair[side][key] for pair in pairs]) / 1000 for side in (0, 1))
    changes = differences(metric, pairs)
    low, high = (math.exp(end) if math.isfinite(end) else end for end in interval(changes))
    ratio = math.exp(median(changes))
    return (
        f"{head} {before:.2f} | {after:.2f} | {ratio:.2f} | {low:.2f}-{high:.2f} | {p_value:.3f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
