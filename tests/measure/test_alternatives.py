"""Which of a fix's alternatives is emitted: scripted measurements, no machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from engine.base.bench_report import WORKLOAD, BenchReport, Machine, Row
from engine.base.measured import Measured
from engine.base.model import Edit, Evidence, Fix, Level, Outcome, Proposal, Site, Span, Verdict
from engine.measure.alternatives import compare_alternatives, next_alternatives
from engine.measure.attribution import Measurements, better, worse

BENCHES = {"p::bench/b::x": frozenset({"a", "b"}), "p::bench/b::y": frozenset({"b", "c"})}
MACHINE = Machine("Linux", "a cpu", 2, 0.1, "rustc 1.95.0")
SAFE, REVIEW = Level.SAFE, Level.REVIEW


def fix(label: str, level: Level = SAFE) -> Fix:
    return Fix(label, level, (Edit("a.rs", 0, 0, label.encode()),), "")


def row(name: str, metric: str, verdict: str) -> Row:
    ratio = {"faster": 0.5, "slower": 1.5, "fewer": 0.5, "more": 2.0}.get(verdict, 1.0)
    return Row(name, "criterion", metric, 1.0, ratio, ratio, (ratio, ratio), 0.01, 20, verdict, 0.1)


def verdict(name: str, fixes: tuple[Fix, ...], chosen: Fix) -> Verdict:
    site = Site("seed", "a.rs", Span(0, 1), {}, id=name)
    return Verdict(Proposal((site,), fixes), chosen, Outcome.VERIFIED, "", Evidence())


def found(*names: str, test: str = "") -> Measurements:
    reached = {**BENCHES, "p::lib::t": frozenset({test})}
    rows = {
        name: tuple(row(bench, "time", "faster") for bench, by in reached.items() if name in by)
        for name in (*names, *filter(None, (test,)))
    }
    if test:
        rows[test] = (row("p::lib::t", "allocations", "fewer"),)
    report = BenchReport(MACHINE, reached=reached)
    return Measurements(report, {name: Measured(own) for name, own in rows.items()})


class Script:
    """A comparison in which ``effects`` say what the alternative of a fix does to a bench."""

    def __init__(self, effects: dict[tuple[str, str, str], str]) -> None:
        self.effects = effects
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, names: Sequence[str], only: frozenset[str], counted: bool) -> BenchReport:
        self.asked.append(tuple(names))
        rows = {(bench, metric): "no-difference" for _, bench, metric in self.effects}
        for (name, bench, metric), word in self.effects.items():
            if name in names:
                rows[bench, metric] = word
        return BenchReport(
            MACHINE,
            tuple(row(*key, word) for key, word in rows.items() if key[0] in only),
        )


def held(script: Script, *names: str) -> tuple[set[str], dict[str, str]]:
    chosen = {name: fix("first") for name in names}
    others = {name: fix("second") for name in names}
    result = compare_alternatives(chosen, others, found(*names), script)
    return set(result.winners), dict(result.words)


def test_the_faster_one_of_many_wins_and_the_others_stay() -> None:
    script = Script({("b", "p::bench/b::x", "time"): "faster"})
    winners, words = held(script, "a", "b", "c")
    assert winners == {"b"}
    assert words["b"].startswith("`second` was measured better than `first`: p::bench/b::x time")
    for other in "ac":
        told = "`second`, measured in its place (with 2 others), showed no difference"
        assert words[other] == told
    assert all("c" not in asked for asked in script.asked[1:]), "no bench of x runs it"


@pytest.mark.parametrize(
    ("effects", "wins"),
    [
        ({("b", "p::bench/b::x", "allocations"): "fewer"}, True),
        ({("b", "p::bench/b::x", "time"): "slower"}, False),
        ({("b", "p::bench/b::x", "allocations"): "more"}, False),
        (
            {
                ("b", "p::bench/b::x", "time"): "slower",
                ("b", "p::bench/b::x", "allocations"): "fewer",
            },
            False,
        ),
        (
            {
                ("b", "p::bench/b::x", "time"): "faster",
                ("b", "p::bench/b::x", "allocations"): "more",
            },
            True,
        ),
        ({("b", "p::bench/b::x", "instructions"): "fewer"}, False),
    ],
)
def test_what_decides(effects: dict[tuple[str, str, str], str], wins: bool) -> None:
    winners, words = held(Script(effects), "b")
    assert winners == ({"b"} if wins else set())
    assert words["b"]


def test_a_loss_is_traced_only_beside_a_gain() -> None:
    script = Script({("b", "p::bench/b::x", "time"): "slower"})
    winners, words = held(script, "a", "b", "c")
    assert winners == set()
    assert len(script.asked) == 1
    told = "`second`, measured in its place (with 2 others), was worse: p::bench/b::x time"
    assert words["a"].startswith(told)
    assert words["b"].startswith(told)
    assert words["c"].endswith("showed no difference"), "the bench does not run it"


def test_one_that_helps_here_and_hurts_there_does_not_win() -> None:
    script = Script(
        {("b", "p::bench/b::x", "time"): "faster", ("b", "p::bench/b::y", "time"): "slower"}
    )
    winners, words = held(script, "a", "b", "c")
    assert winners == set()
    assert words["b"].startswith("`first` was measured better than `second`: p::bench/b::y time")


def test_a_workload_is_asked_only_where_no_bench_is() -> None:
    load = replace(row("load", "p99", "faster"), harness=WORKLOAD, unit="ns")
    measurements = found("a", "b")
    both = Measured((*measurements.fixes["a"].rows, load))
    measurements = replace(measurements, fixes={"a": both, "b": Measured((load,))})
    asked: list[frozenset[str]] = []

    def swap(names: Sequence[str], only: frozenset[str], counted: bool) -> BenchReport:
        asked.append(only)
        return BenchReport(MACHINE, ())

    for name in "ab":
        compare_alternatives({name: fix("first")}, {name: fix("second")}, measurements, swap)
    assert asked == [frozenset({"p::bench/b::x"}), frozenset({"load"})]


def test_a_latency_decides_as_time_does() -> None:
    load = replace(row("load", "p99", "slower"), harness=WORKLOAD, unit="ns")
    other = replace(load, metric="waits", unit="", verdict="more")
    assert worse((load, other)) == (load,)
    assert better((replace(load, verdict="faster"), replace(other, verdict="fewer"))) == (
        replace(load, verdict="faster"),
    )
    more = replace(row("load", "allocations", "more"), harness=WORKLOAD)
    assert worse((more, replace(load, verdict="faster"))) == ()
    assert worse((more, other)) == (more,)


def test_which_fixes_have_an_alternative_to_measure() -> None:
    two, three = (fix("one"), fix("two")), (fix("one"), fix("two"), fix("three", REVIEW))
    verdicts = [
        verdict("a", two, two[0]),
        verdict("b", two, two[1]),  # the first did not hold
        verdict("c", three, three[1]),
        verdict("d", two, fix("grown")),
        verdict("t", two, two[0]),
        verdict("e", two, two[0]),  # nothing reaches it
    ]
    measurements = found("a", "b", "c", "d", test="t")
    assert next_alternatives(verdicts, measurements, frozenset({SAFE}), 1) == {"a": two[1]}
    both = frozenset({SAFE, REVIEW})
    assert next_alternatives(verdicts, measurements, both, 1) == {"a": two[1], "c": three[2]}
    assert next_alternatives(verdicts, measurements, both, 2) == {}
