"""Figures that a workload hands over: read as hostile data, judged as times are."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.bench_report import BenchReport, Machine, Row
from engine.base.ui import Ui
from engine.measure import figures, stats, workload
from engine.measure.attribution import better, worse
from engine.measure.build import Builds
from engine.measure.figures import Figure, FiguresError, compared, parse
from engine.measure.settings import CompareSettings
from engine.measure.text import report_json, report_text, row_words

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


# -- a scripted workload -----------------------------------------------------------------------


class Sides:
    """Stands in for the tree of both sides: the script in ``place`` finds the name of its side in ``side``."""

    def __init__(self, place: Path, script: str) -> None:
        self.place = place
        place.mkdir()
        (place / "run.sh").write_text(script)

    def load(self, side: str, mode: str) -> frozenset[str]:
        assert mode == "time"
        (self.place / "side").write_text(side)
        return frozenset()


def measured(
    tmp_path: Path, script: str, pairs: int = 10, counters: bool = False
) -> workload.WorkloadMeasurement:
    """What comes of a shell script, run in ``pairs`` pairs."""
    measuring = workload.WorkloadMeasurement(
        Sides(tmp_path / "place", script),  # type: ignore[arg-type]
        Builds(wrapper=tmp_path / "wrapper" if counters else None),
        tmp_path,
        {"PATH": os.environ["PATH"]},
        CompareSettings(seconds=60, pairs=pairs, counters=counters, seed=1),
        Ui(quiet=True),
    )
    measuring.all((workload.Workload("workload", ("sh", "run.sh"), ""),))
    return measuring


def handing(old: str, new: str) -> str:
    return f"""
case "$(cat side)" in
  old) printf '%s' '{old}' ;;
  *) printf '%s' '{new}' ;;
esac > "$SPIKEPROOF_FIGURES"
"""


def named(rows: Iterable[Row]) -> dict[str, Row]:
    return {row.metric: row for row in rows if row.metric not in ("time", "cpu", "memory")}


def test_figures_get_verdicts(tmp_path: Path) -> None:
    old = (
        '[{"name":"p99","unit":"ms","value":4},{"name":"waits","value":9},{"name":"p50","value":1}]'
    )
    new = (
        '[{"name":"p99","unit":"ms","value":5},{"name":"waits","value":3},{"name":"p50","value":1}]'
    )
    found = measured(tmp_path, handing(old, new))
    rows = named(found.rows)
    assert {name: row.verdict for name, row in rows.items()} == {
        "p99": "slower",
        "waits": "fewer",
        "p50": "no-difference",
    }
    p99 = rows["p99"]
    assert (p99.unit, p99.before, p99.after, p99.harness) == ("ns", 4e6, 5e6, "workload")
    assert p99.ratio == pytest.approx(1.25)
    assert worse(found.rows)[-1] == p99
    assert rows["waits"] not in better(found.rows)  # told, and decides nothing
    assert "workload p99 4 ms -> 5 ms (+25.0 %," in row_words(p99)
    samples = {s.metric: s for s in found.samples}
    assert samples["p99"].after == (5e6,) * 10
    assert not found.missing


def test_a_latency_that_is_faster_speaks_for_a_fix(tmp_path: Path) -> None:
    old, new = (f'[{{"name":"p50","unit":"us","value":{value}}}]' for value in (50, 40))
    found = measured(tmp_path, handing(old, new))
    assert [row.metric for row in better(found.rows)] == ["p50"]


@pytest.mark.parametrize(
    ("old", "new", "metric", "words"),
    [
        ("hello", "hello", "figures", "before: what it wrote is no JSON"),
        ('[{"name":"a","value":1}]', "NaN", "figures", "after: what it wrote is no JSON: NaN is"),
        ('[{"name":"a","value":1}]', "[]", "a", "only there before"),
        ('[{"name":"a","value":1}]', '[{"name":"a","value":-1}]', "a", "it is negative in a run"),
        ('[{"name":"a","value":0}]', '[{"name":"a","value":0}]', "a", "it is 0 in a run"),
        ('[{"name":"a","value":null}]', '[{"name":"a","value":3}]', "a", "every pair has a run"),
        (
            json.dumps([{"name": f"f{n}", "value": 1} for n in range(5000)]),
            "[]",
            "figures",
            "before: it wrote 5000 figures",
        ),
    ],
)
def test_what_cannot_be_compared_is_missing_in_words(
    tmp_path: Path, old: str, new: str, metric: str, words: str
) -> None:
    found = measured(tmp_path, handing(old, new))
    assert not named(found.rows)
    assert {row.metric for row in found.rows} == {"time", "cpu", "memory"}
    (missing,) = found.missing
    assert (missing.name, missing.metric) == ("workload", metric)
    assert words in missing.reason
    text = report_text(report(found), color=False)
    assert words in text


def report(found: workload.WorkloadMeasurement) -> BenchReport:
    machine = Machine("Linux", "cpu", 2, 0.1, "rustc")
    return BenchReport(machine, tuple(found.rows), tuple(found.missing))


def test_what_a_run_leaves_is_not_the_next_ones(tmp_path: Path) -> None:
    """The side after writes nothing: what the one before wrote must not be taken for its own."""
    script = (
        'test "$(cat side)" = new || printf \'[{"name":"a","value":1}]\' > "$SPIKEPROOF_FIGURES"'
    )
    found = measured(tmp_path, script)
    (missing,) = found.missing
    assert (missing.metric, missing.reason) == ("a", "only there before")


@pytest.mark.parametrize(
    "made",
    [
        'mkdir "$SPIKEPROOF_FIGURES"',
        'mkfifo "$SPIKEPROOF_FIGURES"',
        'ln -s side "$SPIKEPROOF_FIGURES"',
    ],
)
def test_what_is_no_file_is_told(tmp_path: Path, made: str) -> None:
    found = measured(tmp_path, made)
    (missing,) = found.missing
    assert missing.metric == "figures"
    assert "before: the file of figures cannot be read" in missing.reason
    assert len(found.rows) == 3


def test_void_runs_are_told_with_the_row(tmp_path: Path) -> None:
    """Every third run says nothing of it."""
    script = """
n=$(cat ../runs 2>/dev/null || echo 0); n=$((n + 1)); echo $n > ../runs
v=4; test "$(cat side)" = old || v=5; test $((n % 12)) -ne 0 || v=null
printf '[{"name":"p99","unit":"ms","value":%s}]' $v > "$SPIKEPROOF_FIGURES"
"""
    found = measured(tmp_path, script, pairs=12)
    row = named(found.rows)["p99"]
    assert row.pairs == 12
    assert row.note == "3 of 12 pairs void"
    assert row.verdict == "no-difference"  # 9 of 12 are too few, beside three more questions
    assert "3 of 12 pairs void" in row_words(row)
    assert json.loads(report_json(report(found)))["benches"][-1]["unit"] == "ns"


def test_a_command_without_figures_is_as_before(tmp_path: Path) -> None:
    found = measured(tmp_path, "exit 0")
    assert {row.metric for row in found.rows} == {"time", "cpu", "memory"}
    assert not found.missing
    text = report_text(report(found), color=False)
    assert [line.split()[1] for line in text.split("\n")[1:4]] == ["time", "cpu", "memory"]
    assert "test" not in text  # it is none, whatever stays the same in it


def test_pairs_are_as_many_as_the_figures_need(tmp_path: Path) -> None:
    """With 7 pairs asked for, three metrics could be told apart, and eight could not."""
    rows = json.dumps([{"name": f"f{n}", "value": 2} for n in range(5)])
    slow = json.dumps([{"name": f"f{n}", "value": 3} for n in range(5)])
    found = measured(tmp_path, handing(rows, slow), pairs=7)
    assert {row.pairs for row in found.rows} == {stats.fewest_pairs(8)}
    assert {row.verdict for row in named(found.rows).values()} == {"more"}


# -- allocations -------------------------------------------------------------------------------


def counting(old: str, new: str) -> str:
    """Stands in for a program with the counter: ``n`` counts the runs."""
    byte = '"\\\\$(printf %03o $c)\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0"'
    return f"""
test -n "$SPIKEPROOF_COUNTS" || exit 0
n=$(cat ../runs 2>/dev/null || echo 0); n=$((n + 1)); echo $n > ../runs
case "$(cat side)" in old) c=$(({old})) ;; *) c=$(({new})) ;; esac
printf {byte} > "$SPIKEPROOF_COUNTS"; printf {byte} >> "$SPIKEPROOF_COUNTS"
"""


def allocations(found: workload.WorkloadMeasurement) -> dict[str, Row]:
    return {row.metric: row for row in found.rows if row.metric in ("allocations", "bytes")}


def test_equal_counts_are_compared_as_counts(tmp_path: Path) -> None:
    rows = allocations(measured(tmp_path, counting("100", "101"), counters=True))
    assert {row.verdict for row in rows.values()} == {"more"}
    assert (rows["allocations"].after, rows["allocations"].interval) == (101, None)


def test_counts_that_scatter_are_judged_in_pairs(tmp_path: Path) -> None:
    found = measured(tmp_path, counting("200 + n * 7 % 5", "100 + n * 7 % 5"), counters=True)
    rows = allocations(found)
    assert {row.verdict for row in rows.values()} == {"fewer"}
    row = rows["allocations"]
    assert row.interval is not None
    assert row.pairs == stats.fewest_pairs(2)
    assert 0 < row.noise_floor < 0.05
    assert len({s.again for s in found.samples if s.metric == "allocations"}) == 1
    assert not found.missing


def test_a_difference_within_their_scatter_is_none(tmp_path: Path) -> None:
    found = measured(tmp_path, counting("200 + n * 7 % 23", "201 + n * 7 % 23"), counters=True)
    assert {row.verdict for row in allocations(found).values()} == {"no-difference"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0", "0", "starts no program that cargo built"),
        ("200 + n", "n > 12 ? 0 : 100 + n", "a run of it counted nothing"),
    ],
)
def test_counts_of_nothing_have_no_verdict(tmp_path: Path, old: str, new: str, words: str) -> None:
    found = measured(tmp_path, counting(old, new), counters=True)
    assert not allocations(found)
    assert {row.metric for row in found.rows} == {"time", "cpu", "memory"}
    (missing,) = found.missing
    assert (missing.name, missing.metric) == ("workload", "allocations")
    assert words in missing.reason


def test_counts_that_scatter_are_left_out_when_pairs_take_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workload, "_FOR_COUNTS", 0.0)
    found = measured(tmp_path, counting("200 + n", "100 + n"), counters=True)
    assert not allocations(found)
    (missing,) = found.missing
    assert "not the same in every run" in missing.reason
    assert "--bench-time" in missing.reason
