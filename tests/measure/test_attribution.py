"""What is measured of fixes: who is reached, who is to blame for a regression, what is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.bench_report import BenchReport, Machine, Missing, Row, Samples
from engine.base.measured import Measured
from engine.base.model import Edit, Fix, Level
from engine.measure.attribution import Measurements, attribute, worse
from engine.measure.evidence_cache import Cache, tree_digest
from engine.measure.settings import CompareSettings
from engine.report.measurements import Table
from engine.verify.coverage_probes import Probes
from tests.examples import examples

MACHINE = Machine("Linux", "a cpu", 2, 0.1, "rustc 1.95.0")
NOTHING: frozenset[str] = frozenset()


def row(name: str, metric: str, verdict: str, ratio: float = 1.0) -> Row:
    interval = (ratio, ratio) if metric == "time" else None
    return Row(
        name, "criterion", metric, 100.0, 100.0 * ratio, ratio, interval, 0.01, 20, verdict, 0.01
    )


def fix(name: str) -> Fix:
    return Fix("same", Level.SAFE, (Edit(f"{name}.rs", 0, 0, b""),), "")


class Machinery:
    """A scripted comparison: ``slow`` are the sets of fixes that make bench ``b`` slow when all of
    one are there."""

    def __init__(self, reached: dict[str, frozenset[str]], slow: Sequence[set[str]]) -> None:
        self.reached = reached
        self.slow = [frozenset(group) for group in slow]
        self.runs: list[frozenset[str] | None] = []
        self.everyone: frozenset[str] = NOTHING

    def __call__(
        self,
        names: Sequence[str] | None,
        with_probes: Probes | None,
        only: frozenset[str],
        counted: bool = True,
    ) -> BenchReport:
        assert counted or only, "what is not traced is counted"
        self.slow = self.slow_for(names)
        self.runs.append(None if names is None else frozenset(names))
        there = self.everyone if names is None else frozenset(names)
        bad = any(group <= there for group in self.slow)
        rows = [
            row("p::bench/b::b", "time", "slower" if bad else "no-difference", 1.3 if bad else 1)
        ]
        rows += [row("p::lib::t", "allocations", "same")]
        return BenchReport(
            MACHINE,
            tuple(r for r in rows if not only or r.name in only),
            reached=self.reached if with_probes is not None else {},
        )

    def slow_for(self, names: Sequence[str] | None) -> list[frozenset[str]]:
        """What is slow in this comparison."""
        return self.slow

    def attribute(
        self,
        names: Sequence[str],
        per_fix: bool = False,
        costs: frozenset[str] = NOTHING,
        for_others: frozenset[str] = NOTHING,
    ) -> Measurements:
        self.everyone = frozenset(names)
        return attribute(
            {name: fix(name) for name in names},
            lambda _: costs,
            lambda name: name in for_others,
            Probes({}, {}),
            self,
            lambda verb, text: None,
            lambda own: per_fix,
        )


def test_one_culprit_of_many_is_found_by_halves() -> None:
    names = [f"f{n}" for n in range(16)]
    machinery = Machinery({"p::bench/b::b": frozenset(names), "p::lib::t": NOTHING}, [{"f11"}])
    found = machinery.attribute(names)
    assert set(found.regressed) == {"f11"}
    assert found.regressed["f11"][0].ratio == 1.3
    assert len(machinery.runs) <= 2 + 2 * 4


def test_those_that_the_bench_does_not_run_are_not_asked() -> None:
    machinery = Machinery(
        {"p::bench/b::b": frozenset({"a"}), "p::lib::t": frozenset({"b"})}, [{"a"}]
    )
    found = machinery.attribute(["a", "b", "c"])
    assert set(found.regressed) == {"a"}
    assert all(run is None or run == {"a"} for run in machinery.runs)
    assert found.fixes["b"].rung == "tests"
    assert found.fixes["c"].rung == ""
    assert Table({}, ()).of(found.fixes["b"]).startswith("reached by 1 test, by no bench: ")


def test_what_reaches_a_fix_is_told_by_kind() -> None:
    rows = [row("p::bench/b::one", "time", "faster"), row("p::bench/b::two", "time", "faster")]
    load = replace(row("workload", "p99", "no-difference"), harness="workload")
    told = Table({}, ()).of(Measured((*rows, load)))
    assert told.startswith("reached by 2 benches and 1 workload: ")
    assert Table({}, ()).of(Measured((load,))).startswith("reached by 1 workload: ")


def test_what_a_row_shows_of_several_fixes_is_no_fixs_own() -> None:
    names = ["a", "b", "c"]
    reached = {"p::bench/b::b": frozenset({"a"}), "p::lib::t": frozenset({"b", "c"})}
    found = Machinery(reached, []).attribute(names)
    assert {name: own.sharing for name, own in found.fixes.items()} == {
        "a": (0,),
        "b": (1,),
        "c": (1,),
    }
    assert found.fixes["a"].own == found.fixes["a"].rows
    assert found.fixes["b"].own == ()
    alone = Machinery(reached, []).attribute(names, per_fix=True)
    assert {own.sharing for own in alone.fixes.values()} == {()}, "nobody else was on that tree"


def test_a_pair_that_is_slow_together_goes_together() -> None:
    names = ["a", "b", "c", "d"]
    machinery = Machinery({"p::bench/b::b": frozenset(names), "p::lib::t": NOTHING}, [{"a", "d"}])
    assert {"a", "d"} <= set(machinery.attribute(names).regressed)


def test_what_does_not_show_again_blames_nobody() -> None:
    class Once(Machinery):
        def slow_for(self, names: Sequence[str] | None) -> list[frozenset[str]]:
            return [NOTHING] if names is None else []

    machinery = Once({"p::bench/b::b": frozenset({"a", "b"}), "p::lib::t": NOTHING}, [])
    assert machinery.attribute(["a", "b"]).regressed == {}


@given(
    st.integers(1, 12),
    st.sets(st.integers(0, 11), max_size=4),
)
@examples(200)
def test_single_culprits_are_found_and_nobody_else(size: int, bad: set[int]) -> None:
    names = [f"f{n}" for n in range(size)]
    culprits = {f"f{n}" for n in bad if n < size}
    machinery = Machinery(
        {"p::bench/b::b": frozenset(names), "p::lib::t": NOTHING}, [{name} for name in culprits]
    )
    assert set(machinery.attribute(names).regressed) == culprits


def test_what_is_for_others_is_judged_by_a_workload_alone() -> None:
    reached = {"p::bench/b::b": frozenset({"a", "b"}), "p::lib::t": NOTHING}
    machinery = Machinery(reached, [{"a"}])
    found = machinery.attribute(["a", "b"], for_others=frozenset({"a"}))
    assert found.regressed == {}
    own = found.fixes["a"]
    assert [row.verdict for row in own.rows] == ["slower"], "it is told"
    assert own.judging == ()
    assert found.fixes["b"].judging == found.fixes["b"].rows
    load = replace(row("workload", "p99", "faster"), harness="workload")
    told = Measured((*own.rows, load), for_others=True)
    assert told.judging == (load,)
    assert told.better
    assert not Measured((row("p::bench/b::b", "time", "faster"),), for_others=True).better


def test_alone_each_fix_is_measured_on_what_reaches_it() -> None:
    machinery = Machinery({"p::bench/b::b": frozenset({"a"}), "p::lib::t": NOTHING}, [])
    found = machinery.attribute(["a", "b"], per_fix=True)
    assert found.fixes["a"].others == 0
    assert found.fixes["b"].others == 1
    assert machinery.runs == [None, {"a"}]


@pytest.mark.parametrize(
    ("rows", "bad"),
    [
        ([("t", "time", "slower")], 1),
        ([("t", "time", "faster"), ("t", "allocations", "more")], 0),
        ([("t", "time", "no-difference"), ("t", "allocations", "more")], 1),
        ([("t", "allocations", "more")], 1),
        ([("t", "bytes", "more"), ("t", "instructions", "more")], 0),
        ([("t", "time", "faster"), ("t", "allocations", "fewer")], 0),
    ],
)
def test_what_refuses_a_fix(rows: list[tuple[str, str, str]], bad: int) -> None:
    assert len(worse([row(*each) for each in rows])) == bad


def test_a_cost_that_the_codemod_takes_knowingly_refuses_nobody() -> None:
    class More(Machinery):
        def __call__(
            self,
            names: Sequence[str] | None,
            with_probes: Probes | None,
            only: frozenset[str],
            counted: bool = True,
        ) -> BenchReport:
            report = super().__call__(names, with_probes, only)
            return BenchReport(
                MACHINE, (row("p::bench/b::b", "allocations", "more"),), reached=report.reached
            )

    reached = {"p::bench/b::b": frozenset({"a"})}
    assert More(reached, []).attribute(["a"], costs=frozenset({"allocations"})).regressed == {}
    assert set(More(reached, []).attribute(["a"]).regressed) == {"a"}


# -- kept between runs ---------------------------------------------------------------------------


def report() -> BenchReport:
    rows = (
        row("p::bench/b::b", "time", "faster", 0.5),
        Row("p::lib::t", "libtest", "allocations", 0.0, 3.0, math.inf, None, 0.0, 2, "more", 1.0),
    )
    missing = (Missing("p::bench/x", "", "hangs"),)
    samples = (
        Samples("p::bench/b::b", "time", (100.0, 101.5), (50.0, 50.5), (100.0, 99.0)),
        Samples("p::lib::t", "allocations", (0.0,) * 3, (3.0,) * 3),
    )
    reached = {"p::bench/b::b": frozenset({"a", "b"})}
    return BenchReport(MACHINE, rows, missing, ("a note",), reached, samples=samples)


def test_what_was_measured_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "cache", {"tree": "1"})
    key = cache.key({}, {"src/lib.rs": b"fn f() {}"}, {}, (), CompareSettings(60.0))
    assert cache.get(key) is None
    cache.put(key, report())
    assert cache.get(key) == report()


def test_another_tree_text_or_setting_is_another_measurement(tmp_path: Path) -> None:
    keys = {
        Cache(tmp_path, {"tree": tree}).key(
            {"a.rs": base},
            {"a.rs": text},
            {"b.rs": probe},
            only,
            CompareSettings(seconds, counters=counters),
        )
        for tree in "12"
        for base in (b"x", b"y")
        for text in (b"x", b"y")
        for probe in (b"x", b"y")
        for only in ((), ("p::b",))
        for seconds in (60.0, 120.0)
        for counters in (True, False)
    }
    assert len(keys) == 128


def test_an_interrupted_measurement_and_a_broken_file_are_not_taken(tmp_path: Path) -> None:
    cache = Cache(tmp_path, {})
    cache.put("a", BenchReport(MACHINE, interrupted=True))
    assert cache.get("a") is None
    for text in ("", "{", "[]", '{"machine": {}}', '{"rows": 1}'):
        (tmp_path / "b.json").write_text(text)
        assert cache.get("b") is None


def test_the_oldest_measurements_go(tmp_path: Path) -> None:
    cache = Cache(tmp_path, {})
    for number in range(70):
        cache.put(f"k{number:02}", report())
    assert len(list(tmp_path.glob("*.json"))) == 64


def test_a_tree_is_known_by_names_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    first = tree_digest(tmp_path, ["a", "b"])
    assert first == tree_digest(tmp_path, ["b", "a"])
    (tmp_path / "b").write_bytes(b"3")
    assert first != tree_digest(tmp_path, ["a", "b"])
    assert tree_digest(tmp_path, ["a"]) != tree_digest(tmp_path, ["a", "b"])
