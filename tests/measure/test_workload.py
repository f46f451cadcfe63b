"""Workloads of the config: measured as a whole on both sides, failures in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.base.errors import SpikeproofError
from engine.measure import BenchReport
from tests.benchcrate import crate, measure
from tests.trees import content

pytestmark = [pytest.mark.slow, pytest.mark.measured, pytest.mark.xdist_group("workload")]

MAIN = """
fn main() {
    let mut rows = Vec::new();
    for n in 0..ROUNDS { rows.push(kit::work(200_000 + n)); }
    if std::env::args().any(|a| a == "write") { std::fs::write("left-over", "x").unwrap(); }
    if std::env::args().any(|a| a == "hand-over") {
        let path = std::env::var_os("SPIKEPROOF_FIGURES").unwrap();
        let told = format!(r#"[{{"name":"rounds","unit":"rounds","value":{0}}},
            {{"name":"worst","unit":"ms","value":{0}}}]"#, rows.len());
        std::fs::write(path, told).unwrap();
    }
    println!("{}", rows.len());
}
"""


def kit(root: Path, rounds: int, workload: str) -> Path:
    made = crate(root, {}, {"src/main.rs": MAIN.replace("ROUNDS", str(rounds))})
    manifest = made / "Cargo.toml"
    key = f"[package.metadata.spikeproof]\nworkload = {workload}\n"
    manifest.write_text(manifest.read_text().replace("[workspace]", key + "[workspace]", 1))
    return made


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("target")


def compared(
    tmp_path: Path, target: Path, before: int, after: int, workload: str, counters: bool = False
) -> BenchReport:
    old, new = kit(tmp_path / "old", before, workload), kit(tmp_path / "new", after, workload)
    held = content(old), content(new)
    report = measure(old, new, target, counters=counters, pairs=20)
    assert (content(old), content(new)) == held
    return report


RUN = '"cargo run --offline --quiet --release -- write"'


def test_more_work_is_slower_and_equal_work_is_not(tmp_path: Path, target: Path) -> None:
    report = compared(tmp_path, target, 60, 180, RUN)
    rows = {row.metric: row for row in report.rows if row.harness == "workload"}
    assert set(rows) == {"time", "cpu", "memory"}
    assert rows["time"].name == "workload"
    assert rows["time"].verdict == "slower"
    assert rows["cpu"].verdict == "more"
    assert rows["memory"].verdict in ("no-difference", "more", "fewer")
    assert rows["memory"].before > 100_000
    assert rows["time"].before > rows["cpu"].before * 0.2


def test_its_figures_are_compared(tmp_path: Path, target: Path) -> None:
    """Each side's own program writes them: twice the rounds, twice the figure."""
    report = compared(tmp_path, target, 60, 120, RUN.replace("write", "hand-over"))
    rows = {row.metric: row for row in report.rows if row.harness == "workload"}
    assert (rows["rounds"].before, rows["rounds"].after) == (60, 120)
    assert (rows["rounds"].verdict, rows["rounds"].unit) == ("more", "rounds")
    assert rows["worst"].verdict == "slower"
    assert rows["worst"].ratio == pytest.approx(2)


def test_its_allocations_are_counted(tmp_path: Path, target: Path) -> None:
    """One row more makes the vector grow once more: the fifth time, at 33."""
    report = compared(tmp_path, target, 32, 33, RUN, counters=True)
    rows = {row.metric: row for row in report.rows if row.harness == "workload"}
    assert rows["allocations"].verdict == "more"
    assert rows["allocations"].after == rows["allocations"].before + 1
    assert rows["bytes"].verdict == "more"
    assert rows["bytes"].after - rows["bytes"].before == 32 * 8
    (samples,) = [s for s in report.samples if s.metric == "allocations"]
    assert samples.after == (rows["allocations"].after,) * 3


def test_a_command_that_runs_nothing_of_the_workspace_has_no_count(
    tmp_path: Path, target: Path
) -> None:
    report = compared(tmp_path, target, 1, 1, '["true"]', counters=True)
    rows = {row.metric for row in report.rows if row.harness == "workload"}
    assert rows == {"time", "cpu", "memory"}
    (missing,) = [m for m in report.missing if m.name == "workload"]
    assert missing.metric == "allocations"
    assert missing.reason == "the command starts no program that cargo built of this workspace"


@pytest.mark.parametrize(
    ("workload", "words"),
    [
        ('["sh", "-c", "echo it broke >&2; exit 3"]', "ended with code 3 before: it broke"),
        ('["no-such-program"]', "cannot start no-such-program"),
        ('["sh", "-c", "grep -q 60 src/main.rs"]', "ended with code 1 after"),
    ],
)
def test_a_workload_that_fails_has_no_verdict(
    tmp_path: Path, target: Path, workload: str, words: str
) -> None:
    report = compared(tmp_path, target, 60, 61, workload)
    assert not [row for row in report.rows if row.harness == "workload"]
    (missing,) = [m for m in report.missing if m.name == "workload"]
    assert words in missing.reason


def test_a_command_that_is_none_is_refused(tmp_path: Path, target: Path) -> None:
    with pytest.raises(SpikeproofError, match="`workload`"):
        compared(tmp_path, target, 1, 1, '"unclosed \'quote"')
