"""What the harnesses' programs write, as it was recorded from them, and what is read out of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.process import ProcessResult
from engine.measure.harness import Harness, Target, UnreadableError, harness_of, harnesses


def result(stdout: str = "", stderr: str = "") -> ProcessResult:
    return ProcessResult(0, stdout.encode(), stderr.encode(), 0, False, 0.1)


def harness(name: str) -> Harness:
    return harnesses()[name]


def test_modules_are_found_without_a_list() -> None:
    assert list(harnesses()) == ["criterion", "divan", "gungraun", "libtest"]


@pytest.mark.parametrize(
    ("crates", "source", "libtest", "found"),
    [
        ({"criterion"}, "criterion_main!(a);", False, "criterion"),
        ({"codspeed-criterion-compat"}, "criterion_main!(a);", False, "criterion"),
        ({"criterion"}, "fn main() { Criterion::default().final_summary(); }", False, "criterion"),
        ({"criterion", "divan"}, "fn main() { divan::main(); }", False, "divan"),
        ({"codspeed-divan-compat"}, "fn main() { divan::main(); }", False, "divan"),
        ({"gungraun"}, "main!(library_benchmark_groups = g);", False, "gungraun"),
        (set(), "#[bench] fn a(b: &mut Bencher) {}", True, "libtest"),
        ({"criterion"}, 'fn main() { println!("mine"); }', False, None),
        (set(), "criterion_main!(a);", False, None),
    ],
)
def test_a_harness_is_known_by_manifest_and_source(
    crates: set[str], source: str, libtest: bool, found: str | None
) -> None:
    target = Target("p", "bench/b", libtest, frozenset(crates), source.encode())
    claimed = harness_of(target)
    assert (claimed.name if claimed else None) == found


def test_names_are_read_past_anything_else() -> None:
    out = b"Gnuplot not found\nvec 100: benchmark\n\x1b[2Jg/1: benchmark\n: benchmark\nx: test\nvec 100: benchmark\n"
    assert harness("criterion").names(out) == ("vec 100", "\x1b[2Jg/1")
    assert harness("criterion").names(b"\xff: benchmark\n") == ("\ufffd",)


# -- criterion -------------------------------------------------------------------------------------


def sample(home: Path, name: str, iters: object, times: object, folder: str = "a") -> None:
    place = home / folder / "new"
    place.mkdir(parents=True)
    (place / "benchmark.json").write_text(json.dumps({"full_id": name, "group_id": "g"}))
    (place / "sample.json").write_text(
        json.dumps({"sampling_mode": "Linear", "iters": iters, "times": times})
    )


def test_criterion_is_read_from_its_samples(tmp_path: Path) -> None:
    sample(tmp_path, "other", [1.0] * 5, [1.0] * 5, "other/b")
    sample(tmp_path, "g/1/f", [1.0, 2.0, 4.0, 5.0, 10.0], [50.0, 60.0, 80.0, 50.0, 1000.0])
    criterion = harness("criterion")
    assert criterion.read("g/1/f", result(), tmp_path).value == 20.0  # of 10, 20, 30, 50, 100
    assert criterion.counted("g/1/f", result(), tmp_path).iterations == 23
    with pytest.raises(UnreadableError, match=r"wrote no sample\.json"):
        criterion.read("g/1", result(), tmp_path)


@pytest.mark.parametrize(
    ("iters", "times"),
    [
        ([], []),
        ([1.0], [1.0, 2.0]),
        ([0.0], [1.0]),
        ([1.0], [float("nan")]),
        ([1.0], [float("inf")]),
        ([1.0], ["1"]),
        ([True], [1.0]),
        ([1.0], [-1.0]),
        ([1.0], [0.0]),
        ({"a": 1}, [1.0]),
        (None, None),
        ([1e400], [1.0]),
    ],
)
def test_criterion_files_that_say_nothing_are_refused(
    tmp_path: Path, iters: object, times: object
) -> None:
    sample(tmp_path, "a", iters, times)
    with pytest.raises(UnreadableError):
        harness("criterion").read("a", result(), tmp_path)


@pytest.mark.parametrize(
    ("seconds", "iteration", "samples"),
    [(0.02, 0.0, 10), (0.2, 100.0, 400), (0.25, 1.0, 500), (0.2, 10e6, 20), (0.2, 30e9, 10)],
)
def test_criterion_takes_many_short_samples_but_none_below_an_iteration(
    tmp_path: Path, seconds: float, iteration: float, samples: int
) -> None:
    args = harness("criterion").timing("a", seconds, tmp_path, iteration).args
    assert args[args.index("--sample-size") + 1] == str(samples)


def test_criterion_before_0_4_takes_whole_seconds(tmp_path: Path) -> None:
    criterion = harness("criterion")
    assert criterion.fitting(b"vec 100: benchmark\n") is criterion
    old = criterion.fitting(b"hex_encode: bench\n")
    assert old.names(b"hex_encode: bench\n") == ("hex_encode",)
    args = old.timing("a", 0.02, tmp_path).args
    assert args[args.index("--measurement-time") + 1] == "1"
    assert old.few("a", tmp_path) is None


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_criterion_filters_are_exact(name: str) -> None:
    """By Python's own regular expressions, whose escapes are a superset of the crate's."""
    import re

    pattern = harness("criterion").once(name, Path("h")).args[-1]
    assert re.search(pattern.removesuffix("$") + r"\Z", name)
    assert not re.search(pattern, name + "x")
    assert not re.search(pattern, "x" + name)


# -- libtest ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "value", "resolution"),
    [
        ('{ "type": "bench", "name": "a", "median": 1.4946325, "deviation": 4.6 }', 1.4946325, 0),
        ('{ "type": "bench", "name": "a", "median": 40, "deviation": 4 }', 40.0, 1 / 40),
        ('{ "type": "bench", "name": "a", "median": 0, "deviation": 0 }', 1.0, 1.0),
    ],
)
def test_libtest_json(line: str, value: float, resolution: float) -> None:
    text = f'{{ "type": "suite", "event": "started" }}\nnoise\n{line}\n'
    found = harness("libtest").read("a", result(text), Path())
    assert (found.value, found.resolution) == (value, resolution)


@pytest.mark.parametrize(
    "line",
    [
        "",
        '{ "type": "bench", "name": "b", "median": 1.5 }',
        '{ "type": "bench", "name": "a", "median": "1.5" }',
        '{ "type": "bench", "name": "a", "median": -1.5 }',
        '{ "type": "bench", "name": "a", "median": 0.0 }',
        '{ "type": "bench", "name": "a", "median": NaN }',
        '{ "type": "bench", "name": "a", "median": true }',
        '{ "type": "test", "name": "a", "event": "failed" }',
    ],
)
def test_libtest_without_a_number(line: str) -> None:
    with pytest.raises(UnreadableError):
        harness("libtest").read("a", result(line), Path())


# -- divan -----------------------------------------------------------------------------------------

DIVAN = """\
d                fastest       │ slowest       │ median        │ mean          │ samples │ iters
├─ fixed         6.394 ns      │ 13.06 ns      │ 9.728 ns      │ 9.251 ns      │ 7       │ 21
├─ many                        │               │               │               │         │
│  ├─ 1          14.5 ns       │ 42.44 ns      │ 14.98 ns      │ 16.69 ns      │ 100     │ 12800
│  ╰─ 1000       147.2 ns      │ 5.332 µs      │ 1.549 µs      │ 236.1 ns      │ 100     │ 400
├─ threads                     │               │               │               │         │
│  ├─ t=1        6.87 ns       │ 6.87 ns       │ 6.87 ns       │ 6.87 ns       │ 1       │ 7
│  ╰─ t=2        5.442 ns      │ 11.15 ns      │ 8.299 ns      │ 8.299 ns      │ 2       │ 14
╰─ inner                       │               │               │               │         │
   ╰─ ty                       │               │               │               │         │
      ├─ String  0.319 ns      │ 1.449 ns      │ 0.329 ns      │ 0.359 ns      │ 100     │ 204800
      ╰─ u8      0 ns          │ 0.5 ns        │ 0 ns          │ 0.046 ns      │ 100     │ 819200
"""


@pytest.mark.parametrize(
    ("name", "value", "iterations"),
    [
        ("d::fixed", 9.728, 21),
        ("d::many::1", 14.98, 12800),
        ("d::many::1000", 1549.0, 400),
        ("d::threads", 6.87, 7),
        ("d::inner::ty::String", 0.329, 204800),
    ],
)
def test_divan_is_read_from_its_tree(name: str, value: float, iterations: int) -> None:
    divan = harness("divan")
    said = result(DIVAN, "Timer precision: 20 ns\n")
    assert divan.read(name, said, Path()).value == pytest.approx(value)
    assert divan.counted(name, said, Path()).iterations == iterations


def test_divan_tells_times_in_steps_of_its_timer() -> None:
    """21 iterations in 7 samples, by a timer of 20 ns: steps of 6.7 ns, most of the value."""
    found = harness("divan").read("d::fixed", result(DIVAN, "Timer precision: 20 ns\n"), Path())
    assert found.resolution == pytest.approx(20 / 3 / 9.728)
    fine = harness("divan").read("d::fixed", result(DIVAN, "Timer precision: 1 ps\n"), Path())
    assert fine.resolution == pytest.approx(0.001 / 9.728)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("d::many", DIVAN),
        ("d::inner::ty::u8", DIVAN),
        ("d::nowhere", DIVAN),
        ("d::fixed", ""),
        ("d::fixed", DIVAN.replace("9.728 ns", "soon    ")),
        ("d::fixed", DIVAN.replace(" │ ", " | ")),
    ],
)
def test_divan_without_a_number(name: str, text: str) -> None:
    with pytest.raises(UnreadableError):
        harness("divan").read(name, result(text), Path())


def test_divan_counts_few_enough_that_their_inputs_fit_into_memory() -> None:
    args = harness("divan").many("d::x", 0.5, 0.001, Path()) or pytest.fail("no call")
    assert int(args.args[args.args.index("--sample-size") + 1]) <= 10_000


# -- gungraun --------------------------------------------------------------------------------------

GUNGRAUN = json.dumps(
    {
        "function_name": "collect",
        "id": "short",
        "module_path": "g::group::collect",
        "kind": "LibraryBenchmark",
        "profiles": [
            {
                "data": {
                    "parts": [],
                    "total": {
                        "metrics": {
                            "EstimatedCycles": {"values": {"new": 626}},
                            "Ir": {"values": {"new": 268}},
                        }
                    },
                },
                "tool": "Callgrind",
            }
        ],
        "version": "7",
    }
)


def test_gungraun_is_read_from_its_json() -> None:
    found = harness("gungraun").read("g::group::collect::short", result(GUNGRAUN), Path())
    assert found.value == 268
    assert not harness("gungraun").timed


@pytest.mark.parametrize(
    "text",
    ["", "g::group::collect::short", GUNGRAUN.replace("268", '"268"'), GUNGRAUN.replace("Ir", "Dr"),
     GUNGRAUN.replace('"profiles"', '"other"'), GUNGRAUN.replace("short", "long")],
)  # fmt: skip
def test_gungraun_without_a_number(text: str) -> None:
    with pytest.raises(UnreadableError):
        harness("gungraun").read("g::group::collect::short", result(text), Path())
