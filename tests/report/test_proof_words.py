"""How far a fix was proven, in words and in numbers."""

from __future__ import annotations

import pytest

from engine.base.bench_report import Row
from engine.base.measured import Measured
from engine.base.model import Evidence, Fix, Level, Outcome, Proof, Proposal, Site, Span, Verdict
from engine.base.reach import Reach
from engine.report.proof_words import proof_counts, proof_words

ROW = Row("k::bench/b::x", "divan", "time", 2.0, 1.0, 0.5, None, 0.1, 20, "faster", 0.1)
RUN = "passed: 9 tests of package app"


def verdict(
    reach: Reach | None, tests: str = RUN, measured: Measured | None = None, good: bool = True
) -> Verdict:
    fix = Fix("other", Level.SAFE, (), "note")
    proposal = Proposal((Site("seed", "src/a.rs", Span(0, 1), id="seed-1"),), (fix,))
    outcome = Outcome.VERIFIED if good else Outcome.TESTS_FAILED
    evidence = Evidence("passed", tests, measured=measured, reach=reach)
    return Verdict(proposal, fix, outcome, "", evidence)


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        (Reach(0), "compiled: no test ran"),
        (Reach(0, unknown="it is constant"), "compiled: no test ran"),
        (Reach(1), "compiled: none of 1 test reaches it"),
        (Reach(9), "compiled: none of 9 tests reaches it"),
        (
            Reach(9, unknown="it is constant"),
            "compiled: the tests pass; which reach it is not known: it is constant",
        ),
        (Reach(9, ("app::lib::routes::ok",)), "tested: 1 of 9 tests reaches it: `routes::ok`"),
        (
            Reach(9, ("app::lib::a", "app::test/b", "app::doc::src/lib.rs - c #1", "app::lib::d")),
            "tested: 4 of 9 tests reach it: `a`, `test/b`, `src/lib.rs - c #1` and 1 more",
        ),
        (
            Reach(9, ("app::lib::a",), ("app::test/b",), "it is constant"),
            "tested: 1 of 9 tests reaches it: `a`, and some of `app::test/b`",
        ),
        (
            Reach(9, (), ("app::test/b",)),
            "tested: tests of `app::test/b` reach it, which of the 9 tests is not known",
        ),
    ],
)
def test_the_reach_in_words(reach: Reach, words: str) -> None:
    assert proof_words(verdict(reach)) == words


def test_what_no_test_was_run_for() -> None:
    off = verdict(None, "not run: tests are off")
    assert proof_words(off) == "compiled: no test was run (tests are off)"
    assert proof_words(verdict(None, "")) == "compiled: no test was run"
    assert proof_words(verdict(Reach(1), good=False)) == ""
    assert verdict(Reach(1), good=False).proof is None


def test_measured_is_the_highest_rung() -> None:
    measured = verdict(Reach(9), measured=Measured((ROW,)))
    assert measured.proof is Proof.MEASURED
    assert proof_words(measured) == "measured: none of 9 tests reaches it"
    assert verdict(Reach(9), measured=Measured()).proof is Proof.COMPILED


def test_the_rungs_are_counted() -> None:
    found = [
        verdict(Reach(9), measured=Measured((ROW,))),
        verdict(Reach(9, ("a::lib::t",))),
        verdict(Reach(9, (), ("a::lib",))),
        verdict(Reach(9)),
        verdict(Reach(0, unknown="it is constant")),
        verdict(Reach(9, unknown="it is constant")),
        verdict(Reach(9), good=False),
    ]
    told = "1 measured, 2 tested, 2 compiled only, 1 compiled with unknown reach"
    assert proof_counts(found) == told
    assert proof_counts(found[-1:]) == ""
