"""Programs linked anew in other orders: what is noted, how pairs share them, when there are none."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from engine.base.bench_report import NEW, OLD
from engine.measure import BenchReport, Machine, Row
from engine.measure.layouts import LayoutError, Layouts
from engine.measure.orders import Orders
from engine.measure.record_link import codegen, links_program
from engine.measure.runner import FailedError
from engine.measure.text import report_text
from engine.report.measurements import lines, table
from tests.benchcrate import crate, measure, row

# -- what is noted ---------------------------------------------------------------------------------

_RUSTC = "rustc --crate-name b benches/b.rs --emit=dep-info,link -C opt-level=3"


@pytest.mark.parametrize(
    ("command", "noted"),
    [
        (_RUSTC, True),  # a bench without libtest: cargo names no crate type
        (f"{_RUSTC} --test", True),
        (f"{_RUSTC} --crate-type bin", True),
        (f"{_RUSTC} --crate-type bin --target x86_64-unknown-linux-gnu", True),
        (f"{_RUSTC} --crate-type lib", False),
        (f"{_RUSTC} --crate-type proc-macro", False),
        (f"{_RUSTC} --crate-type proc-macro --test", True),
        (_RUSTC.replace("-name b", "-name build_script_build"), False),
        (_RUSTC.replace(",link", ",metadata"), False),
        (f"{_RUSTC} --target x86_64-unknown-linux-musl", False),
        (f"{_RUSTC} -Clinker-flavor=ld", False),
        (f"{_RUSTC} @more", False),
        ("rustc -vV", False),
    ],
)
def test_programs_are_noted_and_nothing_else(command: str, noted: bool) -> None:
    assert links_program(command.split()) is noted


@pytest.mark.parametrize(
    ("command", "linker"),
    [
        ("rustc -C linker=a -C linker=b", "b"),
        ("rustc -Clinker=/x/clang -C opt-level=3", "/x/clang"),
        ("rustc --codegen=linker=mold", "mold"),
        ("rustc --codegen linker=mold", "mold"),
        ("rustc -C linker-flavor=gcc -C link-arg=-linker=x", ""),
    ],
)
def test_the_linker_that_the_user_chose_is_found(command: str, linker: str) -> None:
    assert codegen(command.split(), "linker") == linker


# -- how pairs share them --------------------------------------------------------------------------


class _Linking(Layouts):
    """Links nothing: names programs by their seeds."""

    def __init__(self, fails: str = "", seconds: float = 0.01) -> None:
        self.fails = fails
        self.seconds = seconds
        self.clock = 0.0
        self.dropped = 0

    def link(
        self, side: str, package: str, target: str, seeds: Sequence[int], told: Callable[[], None]
    ) -> list[Path]:
        if self.fails:
            raise LayoutError(self.fails)
        for _ in seeds:
            self.clock += self.seconds
            told()
        return [Path(side, package, target, str(seed)) for seed in seeds]

    def drop(self) -> None:
        self.dropped += 1


_WANTED = range(6, 7)


def _quiet(done: int, programs: int) -> None:
    assert 0 < done <= programs


def _fine(side: str, program: Path) -> None:
    assert program.parts[0] == side


def test_every_pair_has_orders_of_its_own() -> None:
    orders = Orders(_Linking(), random.Random(1))
    told: list[tuple[int, int]] = []

    def tell(done: int, programs: int) -> None:
        told.append((done, programs))

    assert orders.prepare("p", "bench/b", range(6, 21), 1.0, _fine, tell) == 20
    assert told == [(done, 40) for done in range(1, 41)]
    pairs = orders.deal(20)
    for run, side in (("before", OLD), ("after", NEW), ("again", OLD)):
        programs = [pair[run] for pair in pairs]
        assert len(set(programs)) == 20
        assert {program.parts[0] for program in programs if program} == {side}
    for pair in pairs:
        assert len({program.name for program in pair.values() if program}) == 3
    assert len(orders.deal(7)) == 7
    assert orders.problems == {}


def test_programs_of_a_target_are_linked_once_and_dropped_for_the_next() -> None:
    linking = _Linking()
    orders = Orders(linking, random.Random(1))
    orders.prepare("p", "bench/b", _WANTED, 1.0, _fine, _quiet)
    first = orders.deal(6)
    orders.prepare("p", "bench/b", _WANTED, 1.0, _fine, _quiet)
    assert {pair["after"] for pair in orders.deal(6)} == {pair["after"] for pair in first}
    assert linking.dropped == 1
    orders.prepare("p", "bench/c", _WANTED, 1.0, _fine, _quiet)
    assert linking.dropped == 2


def test_without_other_orders_the_program_is_that_of_the_build() -> None:
    orders = Orders(_Linking("no linker"), random.Random(1))
    assert orders.prepare("p", "bench/b", _WANTED, 1.0, _fine, _quiet) == 1
    assert orders.deal(2) == [{"before": None, "after": None, "again": None}] * 2
    assert orders.problems == {"p::bench/b": "no linker"}


def test_programs_that_do_not_run_are_not_measured() -> None:
    def fails(side: str, program: Path) -> None:
        raise FailedError("was ended by SIGSEGV")

    orders = Orders(_Linking(), random.Random(1))
    assert orders.prepare("p", "bench/b", _WANTED, 1.0, fails, _quiet) == 1
    assert orders.problems == {"p::bench/b": "so linked it was ended by SIGSEGV"}


@pytest.mark.parametrize(("link", "orders"), [(0.01, 20), (0.1, 20), (1.0, 10), (1.5, 6), (2.0, 1)])
def test_slow_links_make_fewer_orders_and_too_few_none(
    link: float, orders: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In 10 seconds, on two cores."""
    linking = _Linking(seconds=link)
    monkeypatch.setattr("engine.measure.orders.time.monotonic", lambda: linking.clock)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    found = Orders(linking, random.Random(1))
    assert found.prepare("p", "bench/b", range(6, 21), 10.0, _fine, _quiet) == orders
    assert found.problems == (
        {} if orders > 1 else {"p::bench/b": f"linking it takes {link:.1f} s each time"}
    )
    assert len(found.deal(6)) == 6


def test_reports_tell_how_many_orders_there_were() -> None:
    one = Row("k::bench/a::b", "criterion", "time", 10.0, 12.0, 1.2, (1.1, 1.3), 0.1, 20, "slower", 0.1)  # fmt: skip
    many = Row("k::bench/a::b", "criterion", "time", 10.0, 12.0, 1.2, (1.1, 1.3), 0.1, 20, "slower", 0.1, orders=20)  # fmt: skip
    machine = Machine("Linux", "cpu", 2, 0.0, "rustc")
    assert "orders" not in report_text(BenchReport(machine, (one,)), color=False)
    assert "linked in 20 orders a side" in report_text(BenchReport(machine, (many,)), color=False)
    assert "orders" not in lines(table(()), BenchReport(machine, (one,)), 1)[0]


# -- with real cargo -------------------------------------------------------------------------------

_BENCH = """
use criterion::criterion_main;
criterion_main!("work" => kit::work(20_000));
"""


@pytest.mark.slow
def test_a_program_is_linked_in_other_orders(tmp_path: Path) -> None:
    old = crate(tmp_path / "old", {"usual": _BENCH})
    new = crate(
        tmp_path / "new", {"usual": _BENCH}, {"src/more.rs": "", "README.md": "another side"}
    )
    for _ in range(2):  # the second time cargo finds one side built, and links nothing
        report = measure(old, new, tmp_path / "target", seconds=6, pairs=6, counters=False)
        assert row(report, "usual::work", "time").orders >= 6, report.notes
        assert report.notes == ()
    assert not list((tmp_path / "target/spikeproof").glob("bench-*"))


@pytest.mark.slow
def test_orders_differ_and_the_work_does_not(tmp_path: Path) -> None:
    """As the engine does it, but the programs are kept to be looked at."""
    from engine.base import process
    from engine.base.ui import Ui
    from engine.cargo.scratch import Scratch
    from engine.cargo.toolchain import Limits
    from engine.cargo.workspace import Selection, discover
    from engine.measure.build import Builder, Side

    root = crate(
        tmp_path / "crate",
        {"usual": 'fn main() { println!("{}", kit::work(9) + kit::rows(5).len() as u64); }'},
    )
    workspace = discover(root, Selection(offline=True))
    with Scratch.open(workspace, tmp_path / "target") as scratch:
        sides = {OLD: Side(workspace), NEW: Side(workspace)}
        builder = Builder(scratch, sides, Limits(), counters=False)
        with builder.bench_tree:
            builder.build(Ui(quiet=True))
            seeds = (5, 6, 7)
            programs = builder.layouts.link(NEW, "kit", "bench/usual", seeds, lambda: None)
            texts = {program.read_bytes() for program in programs}
            (again,) = builder.layouts.link(NEW, "kit", "bench/usual", (5,), lambda: None)
            assert len(texts) == 3
            assert again.read_bytes() in texts
            said = {
                subprocess.run(
                    [p], capture_output=True, check=True, env=process.environment()
                ).stdout
                for p in programs
            }
            assert len(said) == 1
            assert said != {b""}
            with pytest.raises(LayoutError, match="too little disk"):
                builder.layouts.link(NEW, "kit", "bench/usual", range(10**9), lambda: None)
            builder.layouts.close()
            with pytest.raises(LayoutError, match="has changed since"):
                builder.layouts.link(NEW, "kit", "bench/usual", seeds, lambda: None)


@pytest.mark.slow
def test_a_linker_that_cannot_do_it_is_told_and_time_is_measured(tmp_path: Path) -> None:
    linker = tmp_path / "plain-cc"
    linker.write_text(
        '#!/bin/sh\ncase "$*" in *shuffle*) echo "error: no such option" >&2; exit 1;; esac\n'
        'exec cc "$@"\n'
    )
    linker.chmod(0o755)
    config = f'[build]\nrustflags = ["-Clinker={linker}"]\n'
    root = crate(tmp_path / "crate", {"usual": _BENCH}, {".cargo/config.toml": config})
    report = measure(root, root, tmp_path / "target", seconds=6, pairs=6, counters=False)
    found = row(report, "usual::work", "time")
    assert found.orders == 1
    (note,) = report.notes
    assert "kit::bench/usual was timed as it was built" in note
    assert "error: no such option" in note


@pytest.mark.slow
def test_a_program_that_only_runs_as_built_is_told_and_measured(tmp_path: Path) -> None:
    bench = """
        use criterion::criterion_main;
        fn here() -> String { std::env::current_exe().unwrap().display().to_string() }
        criterion_main!("work" => {
            assert!(!here().contains("bench-layouts"), "moved");
            kit::work(20_000);
        });
    """
    root = crate(tmp_path / "crate", {"usual": bench})
    report = measure(root, root, tmp_path / "target", seconds=6, pairs=6, counters=False)
    assert row(report, "usual::work", "time").orders == 1
    (note,) = report.notes
    assert "so linked it ended with code 101" in note
    assert "moved" in note
