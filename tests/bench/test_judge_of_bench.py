"""What counts as falling short: not chance, and not what the runs did not claim to see."""

from __future__ import annotations

import random

import pytest

from bench.judge import DOUBT, Outcome, shortfalls
from engine.measure.stats import ALPHA, POWER


def outcome(change: float, **counts: int) -> Outcome:
    """One of 36 benches in 12 runs, nothing found."""
    zero = dict.fromkeys(("alarms", "found", "able", "found_there", "opposite"), 0)
    given = {"runs": 12, "benches": 36, **zero, **counts}
    return Outcome(change=change, floor=0.01, smallest=0.02, by_bench=(), **given)


@pytest.mark.parametrize(("alarms", "wrong"), [(0, False), (2, False), (6, False), (7, True)])
def test_equal_runs_may_differ_as_often_as_chance_lets_them(alarms: int, wrong: bool) -> None:
    assert bool(shortfalls(outcome(1.0, runs=40, alarms=alarms))) == wrong


@pytest.mark.parametrize(
    ("able", "found", "wrong"),
    [
        (0, 0, False),
        (36, 36, False),
        (36, 29, False),
        (36, 24, False),
        (36, 21, True),
        (3, 0, True),
    ],
)
def test_what_a_run_said_it_would_see_it_must_see(able: int, found: int, wrong: bool) -> None:
    said = shortfalls(outcome(1.02, able=able, found_there=found))
    assert bool(said) == wrong
    if wrong:
        assert said[0].startswith(f"+2% found in {found} of {able}")


def test_the_opposite_is_wrong_once() -> None:
    said = shortfalls(outcome(0.95, able=36, found_there=36, opposite=1))
    assert said == ["-5% taken for the opposite in 1 benches"]


def test_a_judge_as_good_as_it_claims_rarely_falls_short() -> None:
    drawn = random.Random(7)

    def count(trials: int, chance: float) -> int:
        return sum(drawn.random() < chance for _ in range(trials))

    equal = [shortfalls(outcome(1.0, runs=40, alarms=count(40, ALPHA))) for _ in range(2000)]
    seeded = [shortfalls(outcome(1.02, able=36, found_there=count(36, POWER))) for _ in range(2000)]
    for told in (equal, seeded):
        assert sum(map(bool, told)) / len(told) <= 1.5 * DOUBT
