"""``spikeproof bench`` on small crates, with real cargo."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine.app.bench_command import exit_code
from engine.base.bench_report import Row
from engine.measure import BenchReport
from engine.measure.text import report_json, report_text, samples_json
from tests.benchcrate import LIB, crate, measure, reason, row
from tests.trees import build, content, package

pytestmark = [pytest.mark.slow, pytest.mark.measured, pytest.mark.xdist_group("bench")]

USUAL = """
use criterion::criterion_main;
criterion_main!("work" => kit::work(20_000), "rows" => { kit::rows(40); });
"""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("target")


@pytest.fixture(scope="module")
def equal(tmp_path_factory: pytest.TempPathFactory, target: Path) -> tuple[BenchReport, Path]:
    root = tmp_path_factory.mktemp("equal")
    tests = {"tests/rows.rs": "#[test] fn three() { assert_eq!(kit::rows(3).len(), 3); }\n"}
    old, new = (
        crate(root / "old", {"usual": USUAL}, tests),
        crate(root / "new", {"usual": USUAL}, tests),
    )
    history = new / "target/criterion/rows/new/sample.json"
    history.parent.mkdir(parents=True)
    history.write_text("mine")
    before = content(old), content(new)
    report = measure(old, new, target, instructions=True)
    assert (content(old), content(new)) == before
    assert history.read_text() == "mine"
    assert [p.name for p in (new / "target").rglob("*") if p.is_file()] == ["sample.json"]
    return report, root


def test_equal_trees_do_not_differ(equal: tuple[BenchReport, Path]) -> None:
    report, _ = equal
    assert not report.missing
    assert exit_code(report) == 0
    for name in ("work", "rows"):
        found = row(report, f"bench/usual::{name}", "time")
        assert found.verdict == "no-difference"
        assert found.pairs == found.orders == 20
        assert found.interval is not None
        assert found.interval[0] <= found.ratio <= found.interval[1]
        assert 0 <= found.noise_floor < 1
        assert found.smallest >= 0.005
    assert row(report, "bench/usual::rows", "allocations").before == 41
    assert row(report, "bench/usual::work", "allocations").before == 0
    assert row(report, "bench/usual::rows", "bytes").before == 40 * 16
    if shutil.which("valgrind"):
        assert row(report, "bench/usual::work", "instructions").before > 20_000
        assert row(report, "bench/usual::work", "instructions").verdict == "same"


def test_every_row_has_its_samples(equal: tuple[BenchReport, Path]) -> None:
    report, _ = equal
    data = json.loads(samples_json({"HEAD": report}))
    assert data["schema"] == "spikeproof/samples/1"
    (comparison,) = data["comparisons"]
    assert comparison["compared"] == "HEAD"
    samples = {(s["name"], s["metric"]): s for s in comparison["samples"]}
    for found in report.rows:
        own = samples[found.name, found.metric]
        assert len(own["before"]) == len(own["after"]) == found.pairs
        if found.metric == "time":
            ratios = sorted(b / a for a, b in zip(own["before"], own["after"], strict=True))
            assert ratios[0] <= found.ratio <= ratios[-1]
            assert len(own["again"]) == found.pairs


def test_tests_are_counted_too(equal: tuple[BenchReport, Path]) -> None:
    report, _ = equal
    found = row(report, "kit::test/rows::three", "allocations")
    assert found.verdict == "same"
    assert found.before >= 4


def test_json_has_the_fixed_fields(equal: tuple[BenchReport, Path]) -> None:
    report, _ = equal
    data = json.loads(report_json(report))
    assert data["schema"] == "spikeproof/bench/1"
    assert data["machine"]["cores"] >= 1
    for bench in data["benches"]:
        assert {
            *("name", "harness", "metric", "before", "after", "ratio", "interval"),
            *("noise_floor", "pairs", "verdict"),
        } <= bench.keys()
        assert bench["harness"] in ("criterion", "libtest")
    times = [bench for bench in data["benches"] if bench["metric"] == "time"]
    assert all(len(bench["interval"]) == 2 for bench in times)


def test_text_prints_the_noise_floor_and_what_would_have_been_seen(
    equal: tuple[BenchReport, Path],
) -> None:
    text = report_text(equal[0], color=False)
    line = next(line for line in text.splitlines() if "usual::work" in line and " time " in line)
    assert "±" in line
    assert "no-difference (would see" in line
    assert "allocations and bytes are the same in 1 test" in text
    assert "bytes are the same in 2 benches" in text


def test_more_work_and_one_more_allocation_are_found(
    equal: tuple[BenchReport, Path], target: Path, tmp_path: Path
) -> None:
    changed = {
        "src/lib.rs": LIB.replace("black_box(steps)", "black_box(steps * 2)").replace(
            "pub fn rows(count: usize) -> Vec<Box<u64>> {",
            "pub fn rows(count: usize) -> Vec<Box<u64>> {\n    std::hint::black_box(Box::new([1u64; 8]));",
        )
    }
    slow = crate(tmp_path / "slow", {"usual": USUAL}, changed)
    usual = equal[1] / "old"
    report = measure(usual, slow, target)
    assert row(report, "usual::work", "time").verdict == "slower"
    assert row(report, "usual::work", "time").ratio == pytest.approx(2, rel=0.2)
    more = row(report, "usual::rows", "allocations")
    assert (more.before, more.after, more.verdict) == (41, 42, "more")
    assert row(report, "usual::rows", "bytes").verdict == "more"
    assert exit_code(report) == 1
    back = measure(slow, usual, target)
    assert row(back, "usual::work", "time").verdict == "faster"
    fewer = row(back, "usual::rows", "allocations")
    assert (fewer.before, fewer.after, fewer.verdict) == (42, 41, "fewer")


def test_an_allocation_hoisted_out_of_the_iterations_is_seen(target: Path, tmp_path: Path) -> None:
    """One in the first iteration on both sides: a count of that one alone would say "same"."""
    bench = """
    use criterion::criterion_main;
    criterion_main!("fill" => {
        thread_local!(static KEPT: std::cell::RefCell<Vec<u64>> = const {{ std::cell::RefCell::new(Vec::new()) }});
        KEPT.with_borrow_mut(|kept| {{ {reset} kept.extend(0..std::hint::black_box(50u64)); kept.len() }})
    });
    """.replace("{{", "{").replace("}}", "}")
    old = crate(tmp_path / "old", {"fill": bench.replace("{reset}", "*kept = Vec::new();")})
    new = crate(tmp_path / "new", {"fill": bench.replace("{reset}", "kept.clear();")})
    report = measure(old, new, target, pairs=8)
    found = row(report, "fill::fill", "allocations")
    assert (found.before, found.after, found.verdict) == (1, 0, "fewer")


def test_each_side_runs_on_its_own_files_and_programs(target: Path, tmp_path: Path) -> None:
    """Data beside the bench, by both ways to name it, and a program of the package's."""
    bench = """
    use criterion::criterion_main;
    use std::process::Command;
    fn number(text: &str) -> usize { text.trim().parse().unwrap() }
    fn rows() {
        let near = number(&std::fs::read_to_string("data/n").unwrap());
        let far = number(&std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/n")).unwrap());
        assert_eq!(near, far);
        let own = Command::new(env!("CARGO_BIN_EXE_app")).output().unwrap().stdout;
        assert_eq!(near, number(std::str::from_utf8(&own).unwrap()));
        kit::rows(near * 100);
    }
    criterion_main!("rows" => rows());
    """
    sides = [
        crate(
            tmp_path / name,
            {"data": bench},
            {"data/n": f"{n}\n", "src/bin/app.rs": f'fn main() {{ println!("{n}"); }}\n'},
        )
        for name, n in (("old", 3), ("new", 4))
    ]
    report = measure(sides[0], sides[1], target, pairs=8)
    assert not report.missing
    found = row(report, "data::rows", "allocations")
    assert found.verdict == "more"
    assert found.after - found.before == pytest.approx(100, abs=1)


ALLOCATOR = """
use std::alloc::{GlobalAlloc, Layout, System};
pub struct Own;
unsafe impl GlobalAlloc for Own {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 { unsafe { System.alloc(layout) } }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) { unsafe { System.dealloc(place, layout) } }
}
"""


@pytest.mark.parametrize(
    "attribute", ["#[global_allocator]", "#[cfg_attr(all(), global_allocator)]"]
)
def test_a_program_with_its_own_allocator_is_counted_and_said_so(
    target: Path, tmp_path: Path, attribute: str
) -> None:
    lib = {"src/lib.rs": f"{LIB}{ALLOCATOR}{attribute}\nstatic OWN: Own = Own;\n"}
    root = crate(tmp_path / "own", {"usual": USUAL}, lib)
    report = measure(root, root, target, pairs=6)
    assert row(report, "usual::rows", "allocations").before == 41
    assert any("src/lib.rs before has a global allocator of its own" in n for n in report.notes)
    assert attribute in (root / "src/lib.rs").read_text()


def test_an_allocator_that_cannot_be_swapped_is_said_so(target: Path, tmp_path: Path) -> None:
    """Made by a macro from parts: no text to take it from."""
    lib = (
        f"{LIB}{ALLOCATOR}"
        "macro_rules! put { ($a:ident) => { #[$a] static OWN: Own = Own; } }\nput!(global_allocator);\n"
    )
    root = crate(tmp_path / "macro", {"usual": USUAL}, {"src/lib.rs": lib})
    report = measure(root, root, target, pairs=6)
    assert "conflicts with global allocator" in reason(report, "kit", "allocations")
    assert row(report, "usual::work", "time").verdict == "no-difference"


def test_sides_with_a_lock_file_on_one_are_built_alike(target: Path, tmp_path: Path) -> None:
    old = crate(tmp_path / "old", {"usual": USUAL})
    new = crate(tmp_path / "new", {"usual": USUAL})
    lock = "version = 4\n\n" + "\n".join(
        f'[[package]]\nname = "{name}"\nversion = "0.1.0"\n{more}'
        for name, more in (("criterion", ""), ("kit", 'dependencies = [\n "criterion",\n]\n'))
    )
    (new / "Cargo.lock").write_text(lock)
    report = measure(old, new, target, pairs=6, counters=False)
    assert "the side before has no Cargo.lock: it is built with the other's" in report.notes
    assert not (old / "Cargo.lock").exists()


def test_libtest_benches_run_on_a_stable_toolchain(target: Path, tmp_path: Path) -> None:
    bench = """
    #![feature(test)]
    extern crate test;
    #[bench] fn work(b: &mut test::Bencher) { b.iter(|| (kit::work(2_000), kit::rows(40))); }
    """
    more = {"benches/lib_test.rs": bench}
    old = crate(tmp_path / "old", {}, more)
    new = crate(
        tmp_path / "new",
        {},
        {**more, "src/lib.rs": LIB.replace("black_box(steps)", "black_box(steps * 2)")},
    )
    # libtest measures up to three seconds a run, when the machine is busy, whatever it is asked.
    report = measure(old, new, target, seconds=300, pairs=6)
    work = row(report, "bench/lib_test::work", "time")
    assert (work.harness, work.verdict) == ("libtest", "slower")
    assert work.ratio > 1.3
    rows = row(report, "bench/lib_test::work", "allocations")
    assert (rows.verdict, rows.note) == ("same", "set-up and first iteration")
    assert 41 <= rows.before <= 60


REAL = """
use criterion::{criterion_group, criterion_main, BatchSize, BenchmarkId, Criterion};
fn benches(c: &mut Criterion) {
    c.bench_function("work", |b| b.iter(|| kit::work(20_000)));
    c.bench_function("fill (kept)", |b| {
        let mut kept = Vec::new();
        b.iter(|| { RESET; kept.extend(0..std::hint::black_box(50u64)); kept.len() })
    });
    let mut group = c.benchmark_group("group/1");
    group.measurement_time(std::time::Duration::from_millis(150)).sample_size(20);
    group.bench_with_input(BenchmarkId::new("rows", 40), &40, |b, n| b.iter(|| kit::rows(*n)));
    group.bench_function("batched", |b| {
        b.iter_batched(|| kit::rows(10), |rows| rows.len(), BatchSize::SmallInput)
    });
}
criterion_group!(all, benches);
criterion_main!(all);
"""


def _first(found: Row) -> bool:
    return found.note == "set-up and first iteration"


def test_the_real_criterion(tmp_path: Path) -> None:
    """Its own build directory is kept in the repository's target: criterion takes a minute."""
    home = Path(__file__).resolve().parents[2] / "target/cases/bench"
    sides = []
    for name, reset, lib in (
        ("old", "kept = Vec::new()", LIB),
        ("new", "kept.clear()", LIB.replace("black_box(steps)", "black_box(steps * 2)")),
    ):
        manifest = package(
            "kit",
            '[workspace]\n[dev-dependencies]\ncriterion = { version = "0.8", '
            'default-features = false, features = ["cargo_bench_support"] }\n'
            '[[bench]]\nname = "real"\nharness = false\n',
        )
        files = {
            "Cargo.toml": manifest,
            "src/lib.rs": lib,
            "benches/real.rs": REAL.replace("RESET", reset),
        }
        sides.append(build(home / name, files))
    report = measure(sides[0], sides[1], home / "target", seconds=180)
    work = row(report, "real::work", "time")
    assert work.verdict == "slower"
    assert work.ratio == pytest.approx(2, rel=0.2)
    kept = row(report, "real::fill (kept)", "allocations")
    assert (kept.after, kept.verdict) == (0, "fewer")
    assert kept.before == pytest.approx(1, abs=0.1)
    # Of a group that sets its times itself, slopes are sharp only where the first iteration is not
    # slow by chance; set-up (as the vector of a batch's inputs) counts otherwise.
    rows, batched = (
        row(report, f"real::group/1/{name}", "allocations") for name in ("rows/40", "batched")
    )
    assert (rows.before, rows.verdict) == (42 if _first(rows) else 41, "same")
    assert batched.verdict == "same"
    assert batched.before == pytest.approx(12 if _first(batched) else 11, abs=0.5)
    assert not (home / "new/target").exists()
