"""The statistics of ``spikeproof bench`` against exact calculation."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.measure import stats
from tests.examples import examples

finite = st.floats(-5, 5, allow_nan=False)
samples = st.lists(finite, min_size=1, max_size=40)


def exact_tail(count: int, trials: int) -> Fraction:
    """By Pascal's triangle, in fractions: not the formula under test."""
    row = [Fraction(1)]
    for _ in range(trials):
        row = [(a + b) / 2 for a, b in zip([Fraction(0), *row], [*row, Fraction(0)], strict=True)]
    return sum(row[max(count, 0) :], Fraction(0))


@given(st.integers(-1, 62), st.integers(0, 60))
def test_tail_is_exact(count: int, trials: int) -> None:
    assert math.isclose(stats.tail(count, trials), float(exact_tail(count, trials)), rel_tol=1e-12)


@given(st.integers(0, 30), st.integers(0, 30), st.fractions(0, 1, max_denominator=50))
def test_binomial_tail_is_exact(count: int, trials: int, chance: Fraction) -> None:
    exact = sum(
        math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k)
        for k in range(count, trials + 1)
    )
    found = stats.binomial_tail(count, trials, float(chance))
    assert math.isclose(found, float(exact), rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("trials", range(1, 13))
def test_sign_test_never_errs_more_than_it_says(trials: int) -> None:
    """Every outcome of fair signs, counted: P(p <= x) <= x for each p-value that can occur."""
    outcomes = [stats.sign_test(signs) for signs in itertools.product((-1.0, 1.0), repeat=trials)]
    for level in set(outcomes):
        assert sum(p <= level for p in outcomes) / len(outcomes) <= level + 1e-12


@given(samples, st.floats(0, 1))
def test_sign_test_knows_no_side_and_a_margin_only_weakens(d: list[float], margin: float) -> None:
    assert stats.sign_test(d, margin) == stats.sign_test([-x for x in d], margin)
    assert stats.sign_test(d, margin) >= stats.sign_test(d)
    assert 0 < stats.sign_test(d, margin) <= 1


@given(samples)
def test_interval_covers_the_median_as_often_as_it_says(values: list[float]) -> None:
    low, high = stats.interval(values)
    trials = len(values)
    ordered = sorted(values)
    if trials < 6:
        assert (low, high) == (-math.inf, math.inf)
        return
    assert low <= stats.median(values) <= high
    rank = max(k for k in range(trials // 2 + 1) if 2 * exact_tail(trials - k + 1, trials) <= 0.05)
    assert (low, high) == (ordered[rank - 1], ordered[trials - rank])


@given(samples, finite)
def test_interval_and_test_agree(values: list[float], at: float) -> None:
    """The interval holds exactly the medians that the sign test does not refuse."""
    low, high = stats.interval(values)
    refused = stats.sign_test([v - at for v in values]) <= stats.ALPHA
    if refused:
        assert not low < at < high
    elif at not in values:
        assert low <= at <= high


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.integers(0, 20))
def test_holm_by_its_definition(p_values: list[float], family: int) -> None:
    total = max(family, len(p_values))
    adjusted = stats.holm(p_values, family)
    for index, p in enumerate(p_values):
        smaller = sorted(q for q in p_values if q <= p)
        expected = max(min(1.0, q * (total - rank)) for rank, q in enumerate(smaller))
        assert adjusted[index] == pytest.approx(expected)
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True))


@pytest.mark.parametrize("family", [1, 2, 9, 100])
def test_fewest_pairs_can_declare_and_one_less_cannot(family: int) -> None:
    pairs = stats.fewest_pairs(family)
    assert stats.holm([stats.sign_test([1.0] * pairs)], family)[0] <= stats.ALPHA
    assert stats.holm([stats.sign_test([1.0] * (pairs - 1))], family)[0] > stats.ALPHA


@given(st.lists(finite, min_size=6, max_size=30), st.floats(0, 0.5), st.integers(1, 4))
def test_smallest_effect_has_the_power_it_names(d: list[float], margin: float, family: int) -> None:
    found = stats.smallest_effect(d, margin, 0.0, family)
    if math.isinf(found):
        assert stats.holm([stats.sign_test([9.0] * len(d))], family)[0] > stats.ALPHA or len(d) < 12
        return
    middle = stats.median(d)
    shift = found + 1e-9
    needed = next(k for k in range(len(d) + 1) if 2 * exact_tail(k, len(d)) * family <= stats.ALPHA)
    for sign in (1, -1):
        beyond = sum(sign * (x - middle) + shift > margin for x in d)
        assert stats.binomial_tail(needed, len(d), beyond / len(d)) >= stats.POWER
    assert found >= margin


def pairs(change: float, noise: float, count: int = 20, seed: int = 1) -> stats.Pairs:
    rng = random.Random(seed)

    def run(value: float) -> tuple[float, ...]:
        return tuple(value * math.exp(rng.gauss(0, noise)) for _ in range(count))

    return stats.Pairs(run(100), run(100 * (1 + change)), run(100))


@pytest.mark.parametrize(
    ("change", "verdict"), [(0.05, "slower"), (-0.05, "faster"), (0.02, "slower")]
)
def test_a_clear_change_is_declared(change: float, verdict: str) -> None:
    (found,) = stats.judge([pairs(change, 0.004)])
    assert found.verdict == verdict
    assert found.low <= found.ratio <= found.high
    assert abs(found.ratio - 1 - change) < 0.01
    assert found.floor < 0.01


def test_noise_drowns_a_change_and_the_smallest_effect_says_so() -> None:
    (found,) = stats.judge([pairs(0.02, 0.3)])
    assert found.verdict == "no-difference"
    assert found.smallest > 0.1


def test_equal_samples_are_no_difference() -> None:
    (found,) = stats.judge([pairs(0.0, 0.0)])
    assert (found.verdict, found.ratio, found.floor) == ("no-difference", 1.0, 0.0)
    assert found.smallest == pytest.approx(0.005)


def test_a_change_below_the_least_is_not_declared() -> None:
    assert stats.judge([pairs(0.003, 0.0001)])[0].verdict == "no-difference"


def test_whole_nanoseconds_are_not_taken_for_a_change() -> None:
    """10.4 ns and 10.6 ns told as 10 and 11."""
    told = stats.Pairs((10.0,) * 20, (11.0,) * 20, (10.0,) * 20, resolution=0.1)
    assert stats.judge([told])[0].verdict == "no-difference"


def test_few_pairs_declare_nothing() -> None:
    found = stats.judge([pairs(0.5, 0.001, count=5)])[0]
    assert (found.verdict, found.smallest) == ("no-difference", math.inf)


def test_a_machine_whose_equal_runs_differ_declares_nothing_below_that() -> None:
    drifting = stats.Pairs((100.0,) * 20, (104.0,) * 20, (105.0,) * 20)
    assert stats.judge([drifting])[0].verdict == "no-difference"


@examples(20)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_equal_programs_are_rarely_declared_different(seed: int, benches: int) -> None:
    """Heavy tails, drift, and a rank that both sides share: 60 runs a seed, at most 5 % + chance."""
    rng = random.Random(seed)
    alarms = 0
    for _ in range(60):
        family = []
        for _ in range(benches):
            drift = [1 + 0.02 * i for i in range(20)]
            before, after, again = (
                tuple(level * (1 + rng.paretovariate(1.5) * 0.01) for level in drift)
                for _ in range(3)
            )
            family.append(stats.Pairs(before, after, again))
        alarms += any(f.verdict != "no-difference" for f in stats.judge(family))
    assert alarms <= 10  # of 60 at 5 %: more than 10 has a chance below 0.1 %
