"""Figures of scripted workloads that run in pairs, a second or two each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from engine.base.bench_report import BenchReport, Machine, Row
from engine.base.ui import Ui
from engine.measure import stats, workload
from engine.measure.attribution import better, worse
from engine.measure.build import Builds
from engine.measure.settings import CompareSettings
from engine.measure.text import report_json, report_text, row_words

pytestmark = pytest.mark.slow


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
