"""What the story claims of each pattern, and what this machine measures of it.

The fixes of one codemod at a time, on the upload service: each row is a bench that runs something
they change, with all of that codemod's fixes and none of the others'; and, where the claim is about those
who wait, the latency of uploads over loopback at 70 % of what the service as it is can answer
(``bench.load``). A claim that the figures do not bear out is shown as it came out. All of it takes half
an hour; ``--only NAME`` (may be repeated) is for some.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.demo import SERVICE
from bench.load import build, capacity, differences, pairs
from engine.base.ignore import below_top
from engine.measure.stats import ALPHA, holm, interval, median, sign_test
from engine.rewrite.patch import placed


@dataclass(frozen=True)
class Claim:
    """What is said of a codemod's pattern. With ``waits``, uploads are measured too, with the load test's options
    ``beside``."""

    codemod: str
    words: str
    waits: bool = False
    beside: tuple[str, ...] = ()


CLAIMS = (
    Claim("clone-per-frame", "a clone per frame allocates and copies for each chunk", True),
    Claim("mutex-counter", "a mutex around a counter costs a lock per request"),
    Claim(
        "guard-across-await",
        "with a guard held across an await everybody queues behind one task's I/O",
        True,
    ),
    Claim(
        "blocking-in-async",
        "a blocking call in one handler makes the requests of others late, and costs itself less than"
        " its async twin",
        True,
        ("--digests", "20"),
    ),
    Claim("async-lock", "an async lock that nobody holds over an await costs more than std's"),
    Claim("work-under-lock", "what is made and freed under a lock is waited for by all", True),
    Claim(
        "shared-lock",
        "readers that hold a lock long wait for each other, and the writer for them",
        True,
    ),
    Claim("init-once", "a lock around what is built once is taken by every reader for nothing"),
)

METRICS = ("time", "allocations", "instructions")
LATENCIES = ("p50", "p99")
SHARE = 0.7
BUDGET = "90s"
PAIRS, SECONDS = 12, 2.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [claim.codemod for claim in CLAIMS]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME")
    only = parser.parse_args().only or names
    failed = False
    for claim in CLAIMS:
        if claim.codemod in only:
            failed = not _told(claim) or failed
    return 1 if failed else 0


def _told(claim: Claim) -> bool:
    """Print its table; was a patch made?"""
    print(f"{claim.codemod}: {claim.words}\n")
    print("| bench | metric | before | after | change | verdict |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        result = _result(claim.codemod, Path(folder) / "result.json")
        for row in _rows(result) if result else []:
            print(_line(row), flush=True)
        if result and claim.waits:
            patch = Path(folder) / "patch"
            patch.write_bytes(placed(result["diff"].encode(), below_top(SERVICE)))
            for line in _latencies(patch, claim.beside):
                print(line, flush=True)
    print()
    return result is not None


def _result(codemod: str, out: Path) -> dict[str, Any] | None:
    """What the tool makes of the service with this codemod alone; None when it makes no patch."""
    tool = [str(Path(sys.executable).with_name("spikeproof")), "diff", str(SERVICE)]
    options = ["--review", "--exit-code", "--codemod", codemod, "--bench-time", BUDGET]
    options += ["--format", "json", "-o", str(out)]
    code = subprocess.run([*tool, *options], check=False).returncode
    if code not in (1, 3) or not out.exists():
        return None
    found: dict[str, Any] = json.loads(out.read_bytes())
    return found if found["diff"] else None


def _rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The measured rows of benches; one that says so when there is none."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for fix in result["fixes"]:
        for row in (fix["evidence"]["measured"] or {"rows": []})["rows"]:
            if row["metric"] in METRICS and "bench/" in row["name"]:
                found[row["name"], METRICS.index(row["metric"])] = row
    return [found[key] for key in sorted(found)] or [{}]


def _latencies(patch: Path, beside: Sequence[str]) -> list[str]:
    """Lines for the latency of requests, before and after, judged by their pairs."""
    sides = build(patch)
    rate = capacity(sides, beside) * SHARE
    found, void = pairs(sides, rate, PAIRS, SECONDS, beside)
    load = f"uploads at {SHARE:.0%} load ({rate:,.0f} a second)"
    if not found:
        return [f"| {load} | void: the generator lagged in {void} | | | | |"]
    changes = {metric: differences(metric, found) for metric in LATENCIES}
    tests = holm([sign_test(changes[metric], void=void) for metric in LATENCIES])
    lines = []
    for metric, p_value in zip(LATENCIES, tests, strict=True):
        key = f"{metric}_us"
        before, after = (median([pair[side][key] for pair in found]) for side in (0, 1))
        middle = median(changes[metric])
        low, high = (f"{math.expm1(end) * 100:+.0f}" for end in interval(changes[metric]))
        verdict = "no-difference" if p_value > ALPHA else "faster" if middle < 0 else "slower"
        told = f"{math.expm1(middle) * 100:+.0f} % (95 % {low} .. {high})"
        cells = (load, metric, f"{before:,.0f} µs", f"{after:,.0f} µs")
        lines.append(f"| {' | '.join(cells)} | {told} | {verdict} |")
    return lines


def _line(row: dict[str, Any]) -> str:
    if not row:
        return "| no bench runs what it changes | | | | | |"
    timed = row["metric"] == "time"
    before, after = (
        f"{row[side] / 1e3:,.4g} µs" if timed else f"{row[side]:,.9g}"
        for side in ("before", "after")
    )
    change = "" if row["ratio"] is None else f"{(row['ratio'] - 1) * 100:+.1f} %"
    name = row["name"].partition("bench/")[2]
    cells = (name, row["metric"], before, after, change, row["verdict"])
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
