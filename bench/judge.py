"""How good the judge of ``spikeproof bench`` is: how often it errs, and what it finds.

Crates that differ in one number are built once and measured again and again, on the machine as it
is and with a noisy neighbour (a process that works and sleeps by turns):

- equal crates: runs of which any bench is declared different (at most 5 % may be),
- crates seeded to take 2 % and 5 % more and 5 % less time: benches for which that was found, benches for
  which the run said that it would find as much (80 % of these must be), and benches for which the
  opposite was said (none may be).

A share of so few runs scatters itself: a limit counts as missed where as bad a count, or a worse one, would
come of a judge that keeps it with a chance below 1 %.

Options: ``--runs N`` of equal crates (40), ``--seeded N`` of each change (12), ``--where`` for only
one of the two places. Exit 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.base import process
from engine.base.bench_report import NEW, OLD
from engine.base.ui import Ui
from engine.cargo.scratch import Scratch
from engine.cargo.toolchain import Limits
from engine.cargo.workspace import Selection, discover
from engine.measure import CompareSettings, Row, Side
from engine.measure.build import Builder
from engine.measure.measuring import BenchMeasurement
from engine.measure.runner import Runner
from engine.measure.stats import ALPHA, POWER, binomial_tail, median

HOME = Path(__file__).resolve().parent.parent
WORK = HOME / "target" / "bench" / "judge"
SECONDS = 12.0  # the budget of one run of three benches
DOUBT = 0.01  # chance that a judge as good as it claims to be is said to fall short, claim by claim
CHANGES = (1.02, 1.05, 0.95)

_MANIFEST = """[package]
name = "judge"
version = "0.1.0"
edition = "2021"
publish = false
[workspace]
[dev-dependencies]
criterion = { version = "0.8", default-features = false, features = ["cargo_bench_support"] }
[[bench]]
name = "judge"
harness = false
"""
# Three kinds of work, each in proportion to a number: a chain of dependent steps, steps through
# memory beyond the first cache, small tables that allocate (one large table would not be in
# proportion: what the allocator does for it has a fixed part).
_LIB = """
use std::hint::black_box;
const PER_MILLE: u64 = @;
pub fn steps() -> u64 {
    (0..black_box(20 * PER_MILLE)).fold(7, |x: u64, i| (x ^ i).rotate_left(9).wrapping_mul(0x9E37_79B9))
}
pub fn memory(next: &[u32]) -> u32 {
    (0..black_box(5 * PER_MILLE)).fold(0, |at, _| next[at as usize])
}
pub fn rows() -> usize {
    (0..black_box(PER_MILLE / 10)).map(|_| table().len()).sum()
}
#[inline(never)]
fn table() -> Vec<Box<u64>> {
    (0..black_box(10)).map(|n| Box::new(black_box(n))).collect()
}
"""
_BENCH = """
use criterion::{criterion_group, criterion_main, Criterion};
fn benches(c: &mut Criterion) {
    let size = 1u32 << 16;
    let next: Vec<u32> = (0..size).map(|at| at.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % size).collect();
    c.bench_function("steps", |b| b.iter(judge::steps));
    c.bench_function("memory", |b| b.iter(|| judge::memory(&next)));
    c.bench_function("rows", |b| b.iter(judge::rows));
}
criterion_group!(group, benches);
criterion_main!(group);
"""
_NEIGHBOUR = """
import os, random, time
parent = os.getppid()
while os.getppid() == parent:  # it must not outlive a judge that is killed
    end = time.monotonic() + random.uniform(0.002, 0.08)
    while time.monotonic() < end:
        pass
    time.sleep(random.uniform(0.002, 0.08))
"""


@dataclass(frozen=True)
class Outcome:
    """Runs of one kind. ``alarms`` are runs, the rest counts benches."""

    change: float
    runs: int
    alarms: int
    found: int
    able: int  # of which the run said that it would find such a change
    found_there: int  # of these
    opposite: int
    benches: int
    floor: float  # median of the noise floors
    smallest: float  # median of the smallest effects
    by_bench: tuple[str, ...]  # how often each was found, and what scatter that was in


def crate(change: float, copy: str = "") -> Path:
    """A crate whose work is ``change`` times the usual."""
    root = WORK / f"crate-{change}{copy}"
    files = {
        "Cargo.toml": _MANIFEST,
        "src/lib.rs": _LIB.replace("@", str(round(1000 * change))),
        "benches/judge.rs": _BENCH,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
    return root


@contextmanager
def neighbour(noisy: bool) -> Iterator[None]:
    """A noisy one, if asked for."""
    if not noisy:
        yield
        return
    other = subprocess.Popen([sys.executable, "-c", _NEIGHBOUR])
    try:
        yield
    finally:
        other.kill()
        other.wait()


def runs(change: float, count: int, noisy: bool) -> Outcome:
    """Measure the usual crate against a changed one, ``count`` times."""
    old = discover(crate(1.0), Selection())
    new = discover(crate(change, copy="-new"), Selection())
    rows: list[list[Row]] = []
    with Scratch.open(new, WORK / "target") as scratch, neighbour(noisy):
        builder = Builder(scratch, {OLD: Side(old), NEW: Side(new)}, Limits(), counters=False)
        with builder.bench_tree as bench_tree, closing(builder.layouts):
            builds = builder.build(Ui(quiet=True))
            runner = Runner(bench_tree, process.environment(), scratch.build.parent / "bench-home")
            for number in range(count):
                settings = CompareSettings(
                    seconds=SECONDS, counters=False, seed=random.getrandbits(32)
                )
                measuring = BenchMeasurement(
                    runner, builds, settings, Ui(quiet=True), builder.layouts
                )
                measuring.all()
                rows.append(measuring.rows())
                _tell(f"{change:g} {'noisy' if noisy else 'quiet'}: {number + 1} of {count}")
            runner.close()
    everything = [row for run in rows for row in run]
    expected = "slower" if change > 1 else "faster"
    able = [row for row in everything if row.smallest <= abs(change - 1)]
    return Outcome(
        change=change,
        runs=count,
        alarms=sum(any(row.changed for row in run) for run in rows),
        found=sum(row.verdict == expected for row in everything),
        able=len(able),
        found_there=sum(row.verdict == expected for row in able),
        opposite=sum(row.changed and row.verdict != expected for row in everything),
        benches=len(everything),
        floor=median([row.noise_floor for row in everything]),
        smallest=median([row.smallest for row in everything]),
        by_bench=tuple(
            _of_bench(name, [row for row in everything if row.name == name], expected)
            for name in dict.fromkeys(row.name for row in everything)
        ),
    )


def shortfalls(outcome: Outcome) -> list[str]:
    """What of the judge's claims ``outcome`` speaks against, in words."""
    if outcome.change == 1.0:
        by_chance = binomial_tail(outcome.alarms, outcome.runs, ALPHA)
        return (
            [
                f"{outcome.alarms} of {outcome.runs} equal runs declared different, {ALPHA:.0%} may be"
            ]
            if by_chance < DOUBT
            else []
        )
    what, found = f"{outcome.change - 1:+.0%}", []
    if outcome.opposite:
        found.append(f"{what} taken for the opposite in {outcome.opposite} benches")
    missed = outcome.able - outcome.found_there
    if binomial_tail(missed, outcome.able, 1 - POWER) < DOUBT:
        found.append(
            f"{what} found in {outcome.found_there} of {outcome.able} benches that said they would "
            f"find it with a chance of {POWER:.0%}"
        )
    return found


def _of_bench(name: str, rows: list[Row], expected: str) -> str:
    found = sum(row.verdict == expected for row in rows)
    return (
        f"  {name}: found in {found} of {len(rows)}, median ratio "
        f"{median([row.ratio for row in rows]):.3f}, noise floor "
        f"{median([row.noise_floor for row in rows]):.1%}, would see "
        f"{median([row.smallest for row in rows]):.1%}, {rows[0].pairs} pairs"
    )


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seeded", type=int, default=12)
    parser.add_argument("--where", choices=["quiet", "noisy", "both"], default="both")
    options = parser.parse_args()
    if shutil.which("cargo") is None:
        print("judge: cargo was not found", file=sys.stderr)
        return 2
    began = time.monotonic()
    missed = []
    places = {"quiet": (False,), "noisy": (True,), "both": (False, True)}
    for noisy in places[options.where]:
        place = "noisy neighbour" if noisy else "machine as it is"
        equal = runs(1.0, options.runs, noisy)
        _tell("")
        print(
            f"{place}: equal crates declared different in {equal.alarms} of {equal.runs} runs "
            f"(noise floor {equal.floor:.1%}, would see {equal.smallest:.1%})",
            flush=True,
        )
        missed += [f"{place}: {words}" for words in shortfalls(equal)]
        for change in CHANGES:
            outcome = runs(change, options.seeded, noisy)
            _tell("")
            print(
                f"{place}: {change - 1:+.0%} found in {outcome.found} of {outcome.benches} benches, in "
                f"{outcome.found_there} of {outcome.able} that said they would; the opposite in "
                f"{outcome.opposite}",
                *outcome.by_bench,
                sep="\n",
                flush=True,
            )
            missed += [f"{place}: {words}" for words in shortfalls(outcome)]
    print(f"{time.monotonic() - began:.0f} s")
    for line in missed:
        print(f"FALLS SHORT: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
