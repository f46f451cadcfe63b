"""Which fixes a workload runs, asked of a program that cargo builds in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.base.model import Edit, Fix, Level
from engine.rust.syntax import Source
from engine.verify.coverage_probes import probes
from tests.benchcrate import crate, measure
from tests.trees import content

pytestmark = pytest.mark.slow

LIB = """
pub fn run(steps: u64) -> u64 { (0..steps).sum() }
pub fn idle(steps: u64) -> u64 { (1..steps).product() }
"""


def test_a_workload_reaches_what_its_program_runs(tmp_path: Path) -> None:
    root = crate(
        tmp_path / "kit",
        {},
        {"src/lib.rs": LIB, "src/main.rs": 'fn main() { println!("{}", kit::run(1_000)); }'},
    )
    manifest = root / "Cargo.toml"
    workload = '[package.metadata.spikeproof]\nworkload = "cargo run --offline --quiet --release"\n'
    manifest.write_text(manifest.read_text().replace("[workspace]", workload + "[workspace]", 1))
    held = content(root)
    source = Source("src/lib.rs", LIB.encode())
    fixes = {name: _fix(name, LIB.index(word)) for name, word in (("run", "0.."), ("idle", "1.."))}
    asked = probes(fixes, lambda _: source)
    report = measure(
        root, root, tmp_path / "target", seconds=5, pairs=6, counters=False, probes=asked
    )
    assert content(root) == held
    assert [(m.name, m.reason) for m in report.missing if m.name == "workload"] == []
    assert report.reached["workload"] == {"run"}
    assert {row.metric for row in report.rows} == {"time", "cpu", "memory"}
    # The copy's directories are there again for the next run.
    again = measure(
        root, root, tmp_path / "target", seconds=5, pairs=6, counters=False, probes=asked
    )
    assert again.reached == report.reached


def _fix(name: str, at: int) -> Fix:
    edit = Edit("src/lib.rs", at, at + 1, b"2")
    return Fix(name, Level.SAFE, (edit,), "")
