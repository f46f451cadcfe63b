"""Small crates with benches, and a stand-in for criterion that compiles in a second.

The stand-in lists, filters and writes ``sample.json`` as criterion does, for real times of short
runs; what is tested is all that stands around a harness. The real criterion has a test of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.base.bench_report import Missing, Row
from engine.base.ui import Ui
from engine.cargo.scratch import Scratch
from engine.cargo.workspace import Selection, discover
from engine.measure import BenchReport, CompareSettings, Side, compare
from engine.verify.coverage_probes import Probes
from tests.trees import build, package

STAND_IN = r"""
use std::time::Instant;
pub struct Criterion;
pub mod bencher {
    pub struct Bencher;
    impl Bencher {
        #[inline(never)]
        pub fn iter(&mut self, count: u64, bench: &mut dyn FnMut()) -> u128 {
            let start = std::time::Instant::now();
            for _ in 0..count { bench(); }
            start.elapsed().as_nanos().max(1)
        }
    }
}
#[macro_export] macro_rules! criterion_main {
    ($($name:literal => $bench:expr),* $(,)?) => {
        fn main() { $crate::run(&mut [$(($name, &mut || { $bench; })),*]) }
    };
}
fn option(args: &[String], name: &str) -> Option<String> {
    args.iter().position(|a| a == name).map(|at| args[at + 1].clone())
}
pub fn run(benches: &mut [(&str, &mut dyn FnMut())]) {
    let args: Vec<String> = std::env::args().collect();
    if args.iter().any(|a| a == "--list") {
        for (name, _) in benches.iter() { println!("{name}: benchmark"); }
        return;
    }
    let filter = args.last().unwrap().replace('\\', "");
    let filter = filter.trim_start_matches('^').trim_end_matches('$');
    for (index, (name, bench)) in benches.iter_mut().enumerate() {
        if *name != filter { continue; }
        if args.iter().any(|a| a == "--test") { bencher::Bencher.iter(1, *bench); continue; }
        let seconds: f64 = option(&args, "--measurement-time").unwrap().parse().unwrap();
        let start = Instant::now();
        bench();
        let once = start.elapsed().as_secs_f64().max(1e-9);
        let seconds = if seconds < 0.3 { seconds.min(0.01) } else { 0.1 }; // short: there are many
        let count = ((seconds / 10.0 / once).ceil() as u64).max(1);
        let times: Vec<String> = (0..10)
            .map(|_| format!("{}.0", bencher::Bencher.iter(count, *bench)))
            .collect();
        let iters = vec![format!("{count}.0"); 10];
        let home = std::env::var("CRITERION_HOME").unwrap();
        let dir = format!("{home}/b{index}/new");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(format!("{dir}/benchmark.json"), format!("{{\"full_id\":\"{name}\"}}")).unwrap();
        std::fs::write(format!("{dir}/sample.json"),
            format!("{{\"iters\":[{}],\"times\":[{}]}}", iters.join(","), times.join(","))).unwrap();
    }
}
"""

# A chain of dependent steps: twice as many take twice as long.
LIB = """
pub fn work(steps: u64) -> u64 {
    (0..std::hint::black_box(steps)).fold(7u64, |x, i| (x ^ i).rotate_left(9).wrapping_mul(0x9E37_79B9))
}
pub fn rows(count: usize) -> Vec<Box<u64>> {
    (0..count).map(|n| Box::new(std::hint::black_box(n as u64))).collect()
}
"""


def crate(root: Path, benches: Mapping[str, str], more: Mapping[str, str] | None = None) -> Path:
    """A package ``kit`` at ``root`` with the stand-in and bench targets (name -> source)."""
    tables = "".join(f'[[bench]]\nname = "{name}"\nharness = false\n' for name in benches)
    manifest = package(
        "kit", f'[workspace]\n[dev-dependencies]\ncriterion = {{ path = "criterion" }}\n{tables}'
    )
    return build(
        root,
        {
            "Cargo.toml": manifest,
            "src/lib.rs": LIB,
            "criterion/Cargo.toml": package("criterion"),
            "criterion/src/lib.rs": STAND_IN,
            **{f"benches/{name}.rs": source for name, source in benches.items()},
            **(more or {}),
        },
    )


def measure(
    before: Path,
    after: Path,
    target: Path,
    *,
    seconds: float = 40.0,
    pairs: int = 20,
    counters: bool = True,
    instructions: bool = False,
    features: tuple[str, ...] = (),
    probes: Probes | None = None,
) -> BenchReport:
    """Compare two folders; builds go below ``target``."""
    old, new = (
        discover(path, Selection(offline=True, features=features)) for path in (before, after)
    )
    settings = CompareSettings(
        seconds=seconds, pairs=pairs, counters=counters, instructions=instructions, seed=1
    )
    with Scratch.open(new, target) as scratch:
        return compare(scratch, Side(old), Side(new), settings, Ui(quiet=True), probes)


def row(report: BenchReport, name: str, metric: str) -> Row:
    """The row whose name ends in ``name``."""
    found = [r for r in report.rows if r.name.endswith(name) and r.metric == metric]
    assert len(found) == 1, [*report.rows, *report.missing]
    return found[0]


def reason(report: BenchReport, name: str, metric: str = "") -> str:
    """Why ``name`` was not measured; that it has no verdict is seen to."""
    found: list[Missing] = [
        m for m in report.missing if m.name.endswith(name) and m.metric == metric
    ]
    assert len(found) == 1, [*report.rows, *report.missing]
    rows = [r for r in report.rows if r.name.startswith(found[0].name)]
    assert not [r for r in rows if metric in ("", r.metric)], rows
    return found[0].reason
