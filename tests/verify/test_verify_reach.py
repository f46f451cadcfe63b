"""The run of the tests before any change carries probes: what it costs, and what gives way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.base.model import Diagnostic, DiagnosticSpan, Outcome, Proof, Span
from engine.base.reach import Reach
from engine.cargo import cargo_results
from engine.cargo.cargoconfig import has_runner
from engine.verify import VerifyResult, verify
from tests.fakecargo import (
    FailsTest,
    FakeCargo,
    World,
    everything,
    kept,
    nobody,
    outcomes,
    plain,
    tools_of,
)

WORLD = World(((1, 1, 1),))
ONE, TWO, SUM = "app::lib::one", "app::lib::two", "app::lib::sum"
PROBE = b"spikeproof_std"


@dataclass
class ProbedCargo(FakeCargo):
    """Tests that run functions: ``reaches`` has the numbers of these, by test. rustc refuses probes
    in the functions ``refused``, or (0) says something of the whole crate."""

    file: Path = Path()
    reaches: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    refused: tuple[int, ...] = ()

    def test(self, packages: Sequence[str] = (), only: Sequence[str] = ()) -> cargo_results.TestRun:
        run = super().test(packages, only)
        text = self._files["src/m0.rs"]
        if PROBE not in text:
            return run
        errors = [self._error(text, number) for number in self.refused]
        if any(errors):
            return replace(
                run, built=False, passed=frozenset(), diagnostics=tuple(filter(None, errors))
            )
        for test in sorted(self.tests):
            for number in self.reaches.get(test, ()):
                with self.file.open("a") as file:
                    file.write(f'{number} "app-1" "app" "{test.split("::", 2)[2]}"\n')
        return replace(run, programs={"app-1": "app::lib"})

    def _error(self, text: bytes, number: int) -> Diagnostic | None:
        spans = []
        if number:
            at = text.index(b"fn f0_%d" % (number - 1))
            at = text.find(PROBE, at, text.find(b"\n", at))
            if at < 0:
                return None
            spans.append(DiagnosticSpan("src/m0.rs", Span(at, at + 4), 1, 1, True))
        return Diagnostic("error", "E0000", "no", tuple(spans), "", "app", "lib")


def run(cargo: ProbedCargo, bad: frozenset[int] = frozenset(), **settings: object) -> VerifyResult:
    return verify(
        plain(WORLD, set(bad)),
        replace(tools_of(cargo), reach=cargo.file),
        everything(**settings),  # type: ignore[arg-type]
        nobody,
    )


def made(tmp_path: Path, rules: Sequence[FailsTest] = (), **more: object) -> ProbedCargo:
    return ProbedCargo(
        WORLD.files,
        rules,
        frozenset({ONE, TWO, SUM}),
        file=tmp_path / "reach",
        reaches={ONE: (1,), TWO: (1, 2)},
        **more,  # type: ignore[arg-type]
    )


def reaches(result: VerifyResult) -> list[Reach]:
    found = [verdict.evidence.reach for verdict in result.verdicts]
    return [reach for reach in found if reach is not None]


def test_it_costs_no_run(tmp_path: Path) -> None:
    (tmp_path / "reach").write_text('3 "app-1" "app" "sum"\n')  # of an earlier run
    result = run(made(tmp_path))
    assert [v.proof for v in result.verdicts] == [Proof.TESTED, Proof.TESTED, Proof.COMPILED]
    assert reaches(result) == [Reach(3, (ONE, TWO)), Reach(3, (TWO,)), Reach(3)]
    assert result.runs == {"check": 2, "test": 1, "prove": 2}


def test_a_fix_that_no_test_reaches_may_be_left_out(tmp_path: Path) -> None:
    result = run(made(tmp_path), tested=True)
    assert kept(result) == {0, 1}
    assert outcomes(result)[2] is Outcome.UNVERIFIED
    assert result.verdicts[2].untested
    assert "none of 3 tests reaches it, and `--require tests`" in result.verdicts[2].reason


@pytest.mark.parametrize("refused", [(3,), (1, 2, 3)])
def test_a_probe_that_does_not_compile_is_left_out(
    tmp_path: Path, refused: tuple[int, ...]
) -> None:
    result = run(made(tmp_path, refused=refused))
    assert kept(result) == {0, 1, 2}
    for number, reach in enumerate(reaches(result), 1):
        assert reach.known is (number not in refused)
        assert bool(reach.unknown) is (number in refused)
    assert result.runs["test"] == 2
    told = (
        "the tests pass; which reach it is not known: the code with a probe in it does not compile"
    )
    assert reaches(result)[2].words() == told


def test_an_error_elsewhere_takes_all_probes_out(tmp_path: Path) -> None:
    result = run(made(tmp_path, refused=(0,)))
    assert kept(result) == {0, 1, 2}
    assert not any(reach.known for reach in reaches(result))
    assert all(reach.unknown for reach in reaches(result))
    assert result.runs["test"] == 2


def test_a_test_that_fails_with_probes_alone_still_counts(tmp_path: Path) -> None:
    fails = FailsTest((PROBE.decode(),), TWO)
    cargo = made(tmp_path, [fails])
    result = run(cargo)
    assert kept(result) == {0, 1, 2}
    assert reaches(result)[1].tests == (TWO,)
    assert "failed with probes" in reaches(result)[2].unknown
    assert f"test: app {TWO}" in cargo.log
    assert result.runs["test"] == 2
    assert not result.notes
    # It is no less a judge for it.
    breaks = FailsTest((r"bad_1\b",), TWO)
    assert kept(run(made(tmp_path, [fails, breaks]), frozenset({1}))) == {0, 2}


def test_a_test_that_failed_before_reaches_nothing(tmp_path: Path) -> None:
    result = run(made(tmp_path, [FailsTest((), TWO)]))
    assert reaches(result) == [Reach(2, (ONE,)), Reach(2), Reach(2)]
    assert result.notes == (f"failed before any change, set aside: {TWO}",)
    assert result.runs["test"] == 2


@pytest.mark.parametrize("how", ["hang", "cut"])
@pytest.mark.parametrize(("reached", "runs"), [((), 1), ((1,), 2)])
def test_what_hangs_is_run_again_only_where_a_probe_ran(
    tmp_path: Path, reached: tuple[int, ...], runs: int, how: str
) -> None:
    hangs = FailsTest((), TWO, how=how)
    cargo = made(tmp_path, [hangs])
    cargo.reaches = dict.fromkeys((ONE, TWO, SUM), reached)
    cargo.tests |= {"app::a::quick"}
    result = run(cargo)
    assert kept(result) == {0, 1, 2}
    assert result.runs["test"] == runs
    assert all("ran into the time limit" in reach.unknown for reach in reaches(result))


def test_a_runner_may_keep_probes_from_telling(tmp_path: Path) -> None:
    cargo = made(tmp_path)
    cargo.reaches = {}
    found = verify(
        plain(WORLD, set()),
        replace(tools_of(cargo), reach=cargo.file, runner=True),
        everything(),
        nobody,
    )
    assert all("a runner starts the tests" in reach.words() for reach in reaches(found))


@pytest.mark.parametrize(
    ("config", "there"),
    [
        ("", False),
        ("[target.x86_64-unknown-linux-gnu]\nlinker = 'cc'\n", False),
        ("[target.x86_64-unknown-linux-gnu]\nrunner = ['podman', 'run']\n", True),
        ("[target.'cfg(unix)']\nrunner = 'qemu'\n", True),
    ],
)
def test_a_runner_is_seen_in_the_config(tmp_path: Path, config: str, there: bool) -> None:
    (tmp_path / ".cargo").mkdir()
    (tmp_path / ".cargo/config.toml").write_text(config)
    assert has_runner(tmp_path, tmp_path / "home") is there
