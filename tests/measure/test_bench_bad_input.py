"""Benches that misbehave: each gets words and no verdict, and costs the others nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.app.bench_command import exit_code
from engine.base.bench_report import Machine, Row
from engine.base.errors import SpikeproofError
from engine.measure import BenchReport
from engine.measure.counters import NO_TIME
from engine.measure.text import report_text
from tests.benchcrate import crate, measure, reason, row
from tests.trees import content

pytestmark = [pytest.mark.slow, pytest.mark.measured, pytest.mark.xdist_group("bench_bad_input")]

needs_valgrind = pytest.mark.skipif(
    shutil.which("valgrind") is None, reason="valgrind is not installed"
)

GOOD = 'use criterion::criterion_main;\ncriterion_main!("work" => kit::work(20_000));\n'
HEAD = "use criterion::criterion_main;\n"
LISTED = 'if std::env::args().any(|a| a == "--list") { println!("one: benchmark"); return; }'

ZOO = {
    "good": GOOD,
    "panics": HEAD + 'criterion_main!("one" => panic!("no such file: data.bin"));',
    "hangs": HEAD + 'criterion_main!("one" => std::thread::sleep(std::time::Duration::from_secs(999)));',
    "garbage": "// criterion_main!\nfn main() { for n in 0..9999u32 { println!(\"\\u{1b}[2J{n}\\0\"); } }",
    "liar": f"// criterion_main!\nfn main() {{ {LISTED} println!(\"time: [1 ns 1 ns 1 ns]\"); }}",
    "wrong": f"""// criterion_main!
        fn main() {{ {LISTED}
            let dir = format!("{{}}/x/new", std::env::var("CRITERION_HOME").unwrap());
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(format!("{{dir}}/benchmark.json"), "{{\\"full_id\\":\\"one\\"}}").unwrap();
            std::fs::write(format!("{{dir}}/sample.json"), "{{\\"iters\\":[1,null],\\"times\\":[\\"x\\"]}}").unwrap();
        }}""",
    "arguments": '// criterion_main!\nfn main() { eprintln!("usage: arguments FILE"); std::process::exit(64) }',
    "aborts": HEAD + 'criterion_main!("one" => std::process::abort());',
    "empty": HEAD + "criterion_main!();",
    "broken": "fn main() { let x: u32 = \"\"; }",
    "feature": GOOD,
    "own": "fn main() { println!(\"my own harness: 12 ns\"); }",
    "forks": HEAD + """criterion_main!("one" => {
        std::process::Command::new("sleep").arg("300").spawn().unwrap();
    });""",
    "writes": HEAD + """criterion_main!("one" => {
        let seen = std::fs::read_to_string("log.txt").unwrap_or_default();
        std::fs::write("log.txt", seen[..seen.len().min(9)].to_owned() + "x").unwrap();
        std::fs::write("src/lib.rs", "").unwrap();
        let _ = std::fs::remove_file("README.md");
        kit::work(20_000);
    });""",
    "tiny": HEAD + 'criterion_main!("one" => { std::hint::black_box(1); });',
    "long": HEAD + 'criterion_main!("one" => std::thread::sleep(std::time::Duration::from_millis(400)));',
    "sides": HEAD + 'criterion_main!("stays" => (), "goes" => ());',
    "old_only": GOOD,
}  # fmt: skip


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> tuple[BenchReport, float]:
    root = tmp_path_factory.mktemp("zoo")
    sides = []
    for name in ("old", "new"):
        benches = dict(ZOO)
        if name == "new":
            benches["sides"] = HEAD + 'criterion_main!("stays" => (), "comes" => ());'
            del benches["old_only"]
        made = crate(root / name, benches, {"README.md": "mine\n"})
        manifest = made / "Cargo.toml"
        text = manifest.read_text().replace(
            'name = "feature"\n', 'name = "feature"\nrequired-features = ["fast"]\n'
        )
        manifest.write_text(text + "[features]\nfast = []\n")
        sides.append(made)
    before = [content(side) for side in sides]
    report = measure(sides[0], sides[1], root / "target", seconds=40)
    assert [content(side) for side in sides] == before
    return report, time.time()


def test_the_good_one_is_measured_all_the_same(zoo: tuple[BenchReport, float]) -> None:
    found = row(zoo[0], "good::work", "time")
    assert found.verdict == "no-difference"
    assert row(zoo[0], "good::work", "allocations").verdict == "same"


@pytest.mark.parametrize(
    ("name", "metric", "words"),
    [
        ("panics::one", "", "before: ended with code 101: thread 'main'"),
        ("panics::one", "", "no such file: data.bin"),
        ("hangs::one", "", "it hangs, or a run of it takes longer"),
        ("bench/garbage", "", "lists no bench"),
        ("liar::one", "", "wrote no sample.json"),
        ("wrong::one", "", "sample.json is not of criterion's form"),
        ("bench/arguments", "", "ended with code 64: usage: arguments FILE"),
        ("aborts::one", "", "was ended by SIGABRT"),
        ("bench/empty", "", "lists no bench"),
        ("bench/broken", "", "does not compile before: mismatched types"),
        ("bench/feature", "", "needs --features fast"),
        ("bench/own", "", "its harness is not known (known are criterion, divan,"),
        ("long::one", "time", "do not fit into the budget; give it more with --bench-time"),
        ("sides::goes", "", "only there before"),
        ("sides::comes", "", "only there after"),
        ("bench/old_only", "", "only there before"),
    ],
)
def test_words_and_no_verdict(
    zoo: tuple[BenchReport, float], name: str, metric: str, words: str
) -> None:
    found = [m.reason for m in zoo[0].missing if m.name.endswith(name) and m.metric == metric]
    assert any(words in text for text in found), found
    measured = [r for r in zoo[0].rows if r.name.endswith(name) and metric in ("", r.metric)]
    assert not measured


def test_what_a_bench_writes_into_its_tree_is_undone(zoo: tuple[BenchReport, float]) -> None:
    assert row(zoo[0], "writes::one", "time").verdict == "no-difference"
    note = next(n for n in zoo[0].notes if n.startswith("kit::bench/writes writes into its tree"))
    assert "README.md" in note
    assert "log.txt" in note


def test_what_a_bench_leaves_running_is_ended(zoo: tuple[BenchReport, float]) -> None:
    assert row(zoo[0], "forks::one", "allocations").verdict in ("same", "more", "fewer")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            folder = os.readlink(process / "cwd")
        except OSError:
            continue
        assert not (words[:2] == [b"sleep", b"300"] and "spikeproof" in folder)


def test_a_bench_of_a_nanosecond_is_measured(zoo: tuple[BenchReport, float]) -> None:
    found = row(zoo[0], "tiny::one", "time")
    assert 0 < found.before < 1000
    assert found.verdict == "no-difference"


def test_a_bench_on_one_side_alone_does_not_hide_its_neighbour(
    zoo: tuple[BenchReport, float],
) -> None:
    assert row(zoo[0], "sides::stays", "allocations").verdict == "same"


def test_a_feature_that_is_given_builds_the_bench(tmp_path: Path) -> None:
    root = crate(tmp_path / "crate", {"feature": GOOD})
    manifest = root / "Cargo.toml"
    manifest.write_text(
        manifest.read_text().replace(
            'name = "feature"\n', 'name = "feature"\nrequired-features = ["fast"]\n'
        )
        + "[features]\nfast = []\n"
    )
    target = tmp_path / "target"
    nothing = measure(root, root, target, pairs=6, counters=False)
    assert reason(nothing, "bench/feature") == "needs --features fast"
    assert exit_code(nothing) == 3
    found = measure(root, root, target, pairs=6, counters=False, features=("fast",))
    assert row(found, "feature::work", "time").pairs == 6


def test_a_crate_without_benches_measures_its_tests(tmp_path: Path) -> None:
    root = crate(tmp_path / "crate", {}, {"tests/t.rs": "#[test] fn a() { kit::rows(9); }\n"})
    report = measure(root, root, tmp_path / "target")
    assert row(report, "kit::test/t::a", "allocations").verdict == "same"
    assert exit_code(report) == 0


def test_a_crate_with_nothing_to_measure_exits_3(tmp_path: Path) -> None:
    root = crate(tmp_path / "crate", {})
    report = measure(root, root, tmp_path / "target")
    assert not report.rows
    assert exit_code(report) == 3


@pytest.mark.parametrize("side", ["old", "new"])
def test_a_side_that_does_not_compile_is_refused(tmp_path: Path, side: str) -> None:
    sides = {name: crate(tmp_path / name, {"good": GOOD}) for name in ("old", "new")}
    (sides[side] / "src/lib.rs").write_text("pub fn work( {\n")
    with pytest.raises(SpikeproofError, match="cannot be built") as caught:
        measure(sides["old"], sides["new"], tmp_path / "target")
    assert {"old": "before", "new": "after"}[side] in str(caught.value)
    assert "src/lib.rs:1" in caught.value.detail


def test_a_bench_that_panics_on_one_side_has_no_verdict(tmp_path: Path) -> None:
    old = crate(tmp_path / "old", {"good": GOOD})
    new = crate(tmp_path / "new", {"good": GOOD.replace("kit::work(20_000)", 'panic!("gone")')})
    report = measure(old, new, tmp_path / "target")
    assert reason(report, "good::work").startswith("after: ended with code 101")
    assert exit_code(report) == 3


def test_counts_that_differ_from_run_to_run_have_no_verdict(tmp_path: Path) -> None:
    bench = (
        HEAD
        + """
        fn random() -> usize {
            use std::hash::{BuildHasher, Hasher};
            std::collections::hash_map::RandomState::new().build_hasher().finish() as usize % 64
        }
        thread_local!(static COUNT: usize = random());
        criterion_main!("rows" => { kit::rows(COUNT.with(|n| *n)); });
    """
    )
    root = crate(tmp_path / "crate", {"random": bench})
    report = measure(root, root, tmp_path / "target", pairs=6)
    assert "not the same in every run of one program" in reason(
        report, "random::rows", "allocations"
    )
    assert row(report, "random::rows", "time").verdict == "no-difference"


def test_without_valgrind_a_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.which
    monkeypatch.setattr(
        "shutil.which",
        lambda name, **how: None if name == "valgrind" else real(name, **how),
    )
    root = crate(tmp_path / "crate", {"good": GOOD})
    report = measure(root, root, tmp_path / "target", pairs=6, instructions=True)
    assert "instructions were not counted: valgrind is not installed" in report.notes
    assert not [r for r in report.rows if r.metric == "instructions"]
    assert row(report, "good::work", "allocations").verdict == "same"


@needs_valgrind
def test_what_other_threads_execute_is_not_called_a_count(tmp_path: Path) -> None:
    """callgrind counts within the function that iterates, so on its thread alone."""
    bench = HEAD + (
        'criterion_main!("work" => kit::work(20_000), "one" => std::thread::scope(|scope| {'
        " scope.spawn(|| kit::work(20_000)); }));"
    )
    root = crate(tmp_path / "crate", {"threads": bench})
    report = measure(root, root, tmp_path / "target", pairs=6, instructions=True)
    assert "start threads" in reason(report, "threads::one", "instructions")
    assert row(report, "threads::work", "instructions").verdict == "same"


@needs_valgrind
def test_counting_keeps_to_its_part_of_the_budget(tmp_path: Path) -> None:
    """A program that starts slowly: a dozen runs of it are more than there is time for."""
    bench = """use criterion::Criterion;
        fn main() {
            std::thread::sleep(std::time::Duration::from_millis(300));
            criterion::run(&mut [("one", &mut || { kit::work(20_000); })]);
            let _: Option<Criterion> = None;
        }
    """
    root = crate(tmp_path / "crate", {"late": bench})
    report = measure(root, root, tmp_path / "target", seconds=30, pairs=6, instructions=True)
    assert reason(report, "late::one", "instructions") == NO_TIME
    assert row(report, "late::one", "time").verdict == "no-difference"


def test_a_machine_whose_noise_drowns_everything_is_called_that() -> None:
    loud = Row("k::bench/a::b", "criterion", "time", 10.0, 14.0, 1.4, (0.5, 3.0), 1.9, 20, "no-difference", 2.5)  # fmt: skip
    text = report_text(BenchReport(Machine("Linux", "cpu", 2, 9.0, "rustc"), (loud,)), color=False)
    assert "no-difference (would see 250.0 %) too noisy to say" in text
    assert "the machine was too noisy for 1 of the benches" in text


def command(*arguments: str | Path) -> list[str]:
    return [str(Path(sys.executable).with_name("spikeproof")), "bench", *map(str, arguments)]


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    benches = {f"bench{n}": GOOD for n in range(12)}
    root = crate(tmp_path / "crate", benches)
    run = subprocess.Popen(
        command(root, "--against", root, "--offline"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    for line in run.stderr:
        if "Timing" in line and "(3 of 12)" in line:
            break
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    times = [line for line in out.splitlines() if " time " in line and "no-difference" in line]
    assert len(times) >= 2
    assert "time: interrupted" in out
    assert "note: interrupted: only what was finished is told" in out
    assert not list((root / "target/spikeproof").glob("bench-*"))
    again = subprocess.run(
        command(root, "--against", root, "--offline", "--bench-time", "5"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode in (0, 1), again.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--against"),
        (("--against", "nowhere"), "is in no git repository"),
        (("--against", "."  , "--bench-time", "soon"), "is no time"),
    ],
)  # fmt: skip
def test_usage_is_explained(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    root = crate(tmp_path / "crate", {"good": GOOD})
    run = subprocess.run(
        command(root, *arguments), capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert run.returncode == 2
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_a_run_that_was_killed_leaves_nothing_that_is_taken_for_the_next(tmp_path: Path) -> None:
    """SIGKILL in the middle of a run: programs of the wrong side lie about."""
    bench = """
        use criterion::criterion_main;
        criterion_main!("rows" => {
            let own = std::process::Command::new(env!("CARGO_BIN_EXE_app")).output().unwrap().stdout;
            kit::rows(std::str::from_utf8(&own).unwrap().trim().parse::<usize>().unwrap());
        });
    """
    old, new = (
        crate(
            tmp_path / name,
            {"app": bench},
            {"src/bin/app.rs": f'fn main() {{ println!("{n}"); }}\n'},
        )
        for name, n in (("old", 300), ("new", 400))
    )
    run = subprocess.Popen(
        command(new, "--against", old, "--offline"), stderr=subprocess.PIPE, text=True
    )
    assert run.stderr is not None
    for line in run.stderr:
        if "Timing" in line:
            break
    time.sleep(0.5)
    run.kill()
    run.wait()
    run.stderr.close()
    assert (new / "target/spikeproof/bench-open").exists()
    report = measure(old, new, new / "target", pairs=6)
    found = row(report, "app::rows", "allocations")
    assert found.after - found.before == pytest.approx(100, abs=1)
    same = measure(new, new, new / "target", pairs=6)
    assert row(same, "app::rows", "allocations").verdict == "same"
