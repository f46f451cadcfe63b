"""Figures that a workload hands over: read as hostile data, judged as times are."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.measure import figures, stats
from engine.measure.figures import Figure, FiguresError, compared, parse

# -- what is read ------------------------------------------------------------------------------


def test_times_are_told_in_nanoseconds_and_other_units_stay() -> None:
    found = parse(
        b'[{"name":"p99","unit":"ms","value":1.5},{"name":"mean","unit":"us","value":3},'
        b'{"name":"lock waits","value":7,"range":"2","extra":"x"},'
        b'{"name":"queue (most)","unit":"requests","value":12}]'
    )
    assert found == {
        "p99": Figure("ns", 1.5e6),
        "mean": Figure("ns", 3000.0),
        "lock waits": Figure("", 7.0),
        "queue (most)": Figure("requests", 12.0),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("p99 12 ms", "no JSON"),
        ('[{"name":"a","value":1}][{"name":"a","value":1}]', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('[{"name":"a","value":NaN}]', "NaN is no number"),
        ('[{"name":"a","value":-Infinity}]', "-Infinity is no number"),
        ('{"name":"a","value":1}', "no JSON array"),
        ('["a"]', "figure 1 is no object"),
        ('[{"name":"a"}]', "figure 1 is no object"),
        ('[{"name":"a","value":1},{"name":"a","value":2}]', "figure 2 has the name of another"),
        ('[{"name":"","value":1}]', "figure 1: a name has"),
        ('[{"name":"a\\u001b[31m","value":1}]', "figure 1: a name has"),
        ('[{"name":"`a`","value":1}]', "figure 1: a name has"),
        ('[{"name":"' + "a" * 49 + '","value":1}]', "figure 1: a name has"),
        ('[{"name":3,"value":1}]', "figure 1: a name has"),
        ('[{"name":"allocations","value":1}]', "spikeproof measures itself"),
        ('[{"name":"a","value":"12"}]', "its value is no number"),
        ('[{"name":"a","value":true}]', "its value is no number"),
        ('[{"name":"a","value":1,"unit":"<b>"}]', "its unit is none"),
        ('[{"name":"a","value":1,"unit":5}]', "its unit is none"),
        ('[{"name":"a","value":' + "9" * 9999 + "}]", "no JSON"),
    ],
)
def test_garbage_is_told_in_words(text: str, words: str) -> None:
    with pytest.raises(FiguresError) as caught:
        parse(text.encode())
    assert words in str(caught.value)
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


def test_more_than_the_most_are_refused_and_the_most_are_not() -> None:
    rows = [{"name": f"f{n}", "value": 1} for n in range(figures.MOST)]
    assert len(parse(json.dumps(rows).encode())) == figures.MOST
    with pytest.raises(FiguresError, match="17 figures: 16 are the most"):
        parse(json.dumps([*rows, {"name": "g", "value": 1}]).encode())


@pytest.mark.parametrize(
    ("value", "word"), [("0", "0"), ("-1", "negative"), ("1e300", "too"), ("1e-300", "too")]
)
def test_a_value_without_a_ratio_spoils_its_own_figure_alone(value: str, word: str) -> None:
    found = parse(f'[{{"name":"a","value":{value}}},{{"name":"b","value":2}}]'.encode())
    assert found["a"].value is None
    assert f"it is {word}" in found["a"].problem
    assert found["b"] == Figure("", 2.0)


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        assert isinstance(parse(data), dict)
    except FiguresError as error:
        assert str(error)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "value", "unit"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_json_raises_anything_else_and_values_can_be_divided(value: object) -> None:
    try:
        found = parse(json.dumps([value]).encode())
    except FiguresError:
        return
    for figure in found.values():
        assert figure.value is None or 0 < math.log(figure.value / 1e-10) < 80


# -- what is compared --------------------------------------------------------------------------

Runs = Sequence[dict[str, Figure]]


def all_pairs(before: Runs, after: Runs, again: Runs) -> dict[str, figures.ComparedFigure]:
    return {f.name: f for f in compared({"before": before, "after": after, "again": again})}


def told(*values: float | None, unit: str = "ns", name: str = "p99") -> list[dict[str, Figure]]:
    return [{name: Figure(unit, value)} for value in values]


def test_a_figure_of_one_side_has_no_verdict() -> None:
    nothing: Runs = [{}, {}]
    found = all_pairs(told(1, 2), nothing, told(1, 2))
    assert found["p99"].pairs is None
    assert found["p99"].problem == "only there before"
    found = all_pairs(nothing, told(1, 2), nothing)
    assert found["p99"].problem == "only there after"


def test_other_names_on_the_sides_are_both_told() -> None:
    found = all_pairs(told(1, 2), told(1, 2, name="p95"), told(1, 2))
    assert {name: f.problem for name, f in found.items()} == {
        "p99": "only there before",
        "p95": "only there after",
    }


def test_a_figure_that_one_run_left_out_has_no_verdict() -> None:
    found = all_pairs(told(1, 2), [*told(1), {}], told(1, 2))
    assert found["p99"].problem == "not told in every run after"


def test_a_unit_that_changes_has_no_verdict() -> None:
    found = all_pairs(told(1, 2), told(1, 2, unit="requests"), told(1, 2))
    assert found["p99"].problem == "its unit is not the same in every run"


def test_a_value_without_a_ratio_in_one_run_has_no_verdict() -> None:
    bad = [*told(1), {"p99": Figure("ns", None, "it is 0 in a run")}]
    assert all_pairs(told(1, 2), bad, told(1, 2))["p99"].problem == "it is 0 in a run"


def test_void_runs_take_their_pair_along_and_it_is_counted() -> None:
    found = all_pairs(told(1, 2, 3, 4), told(5, None, 7, 8), told(1, 2, 3, None))["p99"]
    assert found.pairs == stats.Pairs((1, 3), (5, 7), (1, 3), void=2)
    found = all_pairs(told(1, None), told(None, 2), told(1, 2))["p99"]
    assert found.pairs is None
    assert found.problem == "every pair has a run that says nothing of it"


# -- how it is judged --------------------------------------------------------------------------


def judged(slower: int, void: int, family: int = 1) -> stats.Estimate:
    pairs = stats.Pairs((10.0,) * slower, (12.0,) * slower, (10.0,) * slower, void=void)
    return stats.judge([pairs], family)[0]


def test_void_pairs_count_for_neither_side() -> None:
    """Left out, 12 of 12 would be a change; of 20 they are none."""
    assert judged(12, 0).verdict == "slower"
    assert judged(12, 8).verdict == "no-difference"
    assert judged(17, 3).verdict == "slower"
    assert judged(16, 4, family=5).verdict == "no-difference"


def test_what_would_be_seen_shrinks_with_the_void_pairs() -> None:
    assert judged(20, 0).smallest < math.inf
    assert judged(12, 8).smallest == math.inf


@given(st.integers(0, 20), st.integers(0, 2**20))
def test_void_pairs_never_make_a_verdict(void: int, signs: int) -> None:
    """What is declared with void pairs is declared with the same ones as ties, too."""
    after = tuple(12.0 if signs >> n & 1 else 8.0 for n in range(20 - void))
    same = (10.0,) * len(after)
    some = stats.judge([stats.Pairs(same, after, same, void=void)])[0] if after else None
    ties = (10.0,) * 20
    whole = stats.judge([stats.Pairs(ties, (*after, *(10.0,) * void), ties)])[0]
    if some is not None and some.verdict != "no-difference":
        assert (some.verdict, some.ratio) == (whole.verdict, whole.ratio)
