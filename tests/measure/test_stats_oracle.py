"""The statistics of ``spikeproof bench`` against SciPy's, which others wrote and many use."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, quantile_test

from engine.measure import stats

counts = st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
distinct = st.lists(st.floats(-5, 5, allow_nan=False), min_size=6, max_size=60, unique=True)


@given(counts)
def test_tails_of_a_fair_coin(drawn: tuple[int, int]) -> None:
    count, trials = drawn
    assert math.isclose(stats.tail(count, trials), binom.sf(count - 1, trials, 0.5), rel_tol=1e-9)


@given(counts, st.floats(0, 1))
def test_tails_of_any_coin(drawn: tuple[int, int], chance: float) -> None:
    count, trials = drawn
    expected = binom.sf(count - 1, trials, chance)
    assert math.isclose(
        stats.binomial_tail(count, trials, chance), expected, rel_tol=1e-6, abs_tol=1e-12
    )


@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 40))
def test_the_sign_test_without_ties_is_the_binomial_one(up: int, down: int, void: int) -> None:
    found = stats.sign_test([1.0] * up + [-1.0] * down)
    if up + down:
        assert math.isclose(found, binomtest(up, up + down, 0.5).pvalue, rel_tol=1e-9)
    # Pairs that say nothing count for neither side: they only weaken.
    assert stats.sign_test([1.0] * up + [-1.0] * down, void=void) >= found


@given(distinct)
def test_the_interval_of_the_median_is_the_quantile_tests(values: list[float]) -> None:
    expected = quantile_test(values, q=0, p=0.5).confidence_interval(0.95)
    low, high = stats.interval(values)
    assert (low, high) == (expected.low, expected.high)
