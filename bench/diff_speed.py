"""How long a diff takes: on the three largest pins as multiples of one ``cargo check`` (dependencies built,
members touched), the first time and of the unchanged tree; on a generated package of 50 sites of which 5
must fail, how often cargo runs.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.crates import Crate, fetch, pinned
from bench.scan_speed import BIN, WORK
from bench.seeded import write_seeded
from engine.base.user_cache import VARIABLE as CACHE

_PINS = 3
_CHECKS = 3  # of which the median counts
_FIRST, _AGAIN = 8.0, 1.2  # times a check, at most


def diff_figures() -> bool:
    """Print them; do all targets hold?"""
    held = [*[_pin(*pin) for pin in _largest()], _seeded()]
    return all(held)


def _largest() -> list[tuple[Crate, Path]]:
    """The pins with the most lines."""
    found = [(crate, fetch(crate, WORK / "crates")) for crate in pinned()]
    found.sort(key=lambda pin: -_lines(pin[1]))
    return found[:_PINS]


def _lines(root: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in root.rglob("*.rs"))


def _pin(crate: Crate, root: Path) -> bool:
    target = WORK / "pins" / crate.label
    plain = {**os.environ, "CARGO_TARGET_DIR": str(target / "plain")}
    check = ["check", "--all-targets", "--offline", *crate.flags]
    cargo(check, root, plain)
    checks = []
    for _ in range(_CHECKS):
        for path in root.rglob("*.rs"):
            path.touch()
        checks.append(cargo(check, root, plain))
    once = statistics.median(checks)
    cache = target / "cache"
    ours = {**os.environ, "CARGO_TARGET_DIR": str(target / "ours"), CACHE: str(cache)}
    tool = ["diff", str(root), "--review", "--no-bench", "--no-tests", "--offline", *crate.flags]
    _spikeproof(tool, ours)  # builds the dependencies in the copy
    shutil.rmtree(cache, ignore_errors=True)
    for tree in target.glob("ours/spikeproof/*/tree"):  # made anew, so that the members are built
        shutil.rmtree(tree)
    first, said = _spikeproof(tool, ours)
    again, _ = _spikeproof(tool, ours)
    outcome = re.search(r"^(\d+ verified.*|nothing to do.*)$", said, re.MULTILINE)
    refused = " and ".join(re.findall(r"(\d+ check-failed)", said)) or "none refused"
    print(
        f"diff of {crate.label} ({_lines(root)} lines; {outcome[1] if outcome else 'nothing verified'}; "
        f"{refused}): {first / once:.1f} times a check, then {again / once:.2f} "
        f"({once:.1f} s; {first:.1f}, {again:.1f} s)",
        flush=True,
    )
    return first <= _FIRST * once and again <= _AGAIN * once


def _seeded() -> bool:
    root = WORK / "seeded"
    bad = write_seeded(root)
    plain = {**os.environ, "CARGO_TARGET_DIR": str(root / "plain"), CACHE: "off"}
    cargo(["test", "--no-run"], root, plain)
    cargo(["check", "--all-targets"], root, plain)
    for path in (root / "src").rglob("*.rs"):
        path.touch()
    check = cargo(["check", "--all-targets"], root, plain)
    tests = cargo(["test"], root, plain)
    tool = ["diff", str(root), "--review", "--no-bench", "--offline"]
    ours = {**os.environ, CACHE: "off"}
    _spikeproof(tool, ours)  # dependencies into the scratch build
    shutil.rmtree(root / "target" / "spikeproof" / "tree", ignore_errors=True)
    took, said = _spikeproof(tool, ours)
    runs = re.search(r"cargo ran (\d+) times", said)
    limit = 3 + 2 * bad
    made = int(runs[1]) if runs else -1
    print(
        f"diff of 50 seeded sites, {bad} of which must fail: {made} cargo runs (limit {limit}), "
        f"{took / (check + tests):.1f} times one check plus one test run "
        f"({took:.1f} s; {check:.1f} + {tests:.1f} s)"
    )
    return 0 <= made <= limit


def _spikeproof(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[float, str]:
    """Seconds, and what it said."""
    began = time.monotonic()
    run = subprocess.run(
        [str(BIN / "spikeproof"), *arguments, "-o", os.devnull],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.monotonic() - began
    if run.returncode not in (0, 1, 3):
        raise SystemExit(f"diff failed (exit {run.returncode}): {run.stderr[-800:]}")
    return took, run.stderr


def cargo(arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> float:
    """Seconds of a run of cargo. Raises SystemExit where it fails."""
    began = time.monotonic()
    run = subprocess.run(
        ["cargo", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise SystemExit(f"cargo {' '.join(arguments)}: {run.stderr[-800:]}")
    return time.monotonic() - began
