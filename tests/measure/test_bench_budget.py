"""How the budget of ``spikeproof bench`` is dealt out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.measure.budget import LONGEST, PAIRS, RUNS, SHORTEST, shares
from engine.measure.stats import fewest_pairs

tries = st.lists(st.floats(0.001, 100), min_size=1, max_size=80)


@given(tries, st.floats(0, 1000))
def test_the_budget_is_kept_and_pairs_are_of_use(took: list[float], seconds: float) -> None:
    dealt = shares(took, seconds)
    spent = sum(share.cost for share in dealt if share.pairs)
    assert spent <= seconds * 1.000001
    for share, one in zip(dealt, took, strict=True):
        assert share.pairs == 0 or share.pairs >= fewest_pairs(len(took))
        assert share.pairs <= max(PAIRS, fewest_pairs(len(took)))
        assert SHORTEST <= share.seconds <= LONGEST
        assert share.cost >= RUNS * share.pairs * one * 0.999999


@given(tries, st.floats(0, 1000))
def test_nobody_is_left_out_for_a_longer_one(took: list[float], seconds: float) -> None:
    dealt = shares(took, seconds)
    measured = [one for share, one in zip(dealt, took, strict=True) if share.pairs]
    left_out = [one for share, one in zip(dealt, took, strict=True) if not share.pairs]
    assert not measured or not left_out or max(measured) <= min(left_out)


def test_a_usual_package_gets_all_pairs_and_long_runs() -> None:
    dealt = shares([0.04] * 4, 100.0)
    assert all(share.pairs == PAIRS and share.seconds > 0.2 for share in dealt)


def test_a_bench_of_half_a_minute_does_not_fit_and_costs_the_others_nothing() -> None:
    short, long = shares([0.04, 300.0], 100.0)
    assert (short.pairs, long.pairs) == (PAIRS, 0)
    assert long.cost == pytest.approx(300.0 * RUNS * fewest_pairs(2))


def test_many_benches_are_all_measured_rather_than_some_of_them_well() -> None:
    dealt = shares([0.04] * 70, 120.0)
    assert all(share.pairs >= 12 for share in dealt)


def test_nothing_to_deal() -> None:
    assert shares([], 10.0) == ()
    assert shares([1.0], 0.0)[0].pairs == 0
