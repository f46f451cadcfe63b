"""How many runs of cargo it takes when fixes fail tests: the bounds that ``engine.verify`` states."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.model import Outcome
from engine.verify import VerifyResult, verify
from tests.examples import examples
from tests.fakecargo import (
    Breaks,
    FailsTest,
    FakeCargo,
    World,
    breaks,
    everything,
    kept,
    nobody,
    plain,
    tools_of,
)

ALONE = World(((1,),) * 50)  # 50 files with one site each
CROWDED = World(((2, 2),) * 12)  # 12 files with four each
OVER_ALL = "app::test/api::all"
SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5)))


def own(file: int, number: int = 0) -> str:
    return f"app::lib::m{file}::tests::t{number}"


def fails(site: int, *tests: str) -> list[Breaks | FailsTest]:
    return [FailsTest((rf"bad_{site}\b",), test) for test in tests]


def judged(world: World, rules: Iterable[Breaks | FailsTest], bad: set[int]) -> VerifyResult:
    """Verified with two tests a file and three over all; exactly ``bad`` must fall."""
    tests = {own(file, number) for file in range(len(world.layout)) for number in range(2)}
    tests |= {OVER_ALL, "app::test/api::more", "app::test/api::else"}
    cargo = FakeCargo(world.files, tuple(rules), frozenset(tests))
    result = verify(
        plain(world, bad),
        tools_of(cargo),
        everything(),
        nobody,
    )
    assert kept(result) == set(range(len(world.homes))) - bad
    assert not any(f"bad_{n}".encode() in result.patch for n in range(len(world.homes)))
    assert sum(result.runs.values()) == sum(entry != "prove" for entry in cargo.log)
    assert cargo.log[-2:] == ["prove", "check: 0 errors"] or not result.patch
    return result


def cost(result: VerifyResult) -> int:
    return sum(result.runs.values())


def some(world: World, count: int, seed: int) -> list[int]:
    return random.Random(seed).sample(range(len(world.homes)), count)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("bad", [0, 1, 2, 3, 5, 10, 50])
def test_a_test_of_its_own_for_each(bad: int, seed: int) -> None:
    sites = some(ALONE, bad, seed)
    result = judged(ALONE, [rule for n in sites for rule in fails(n, own(n))], set(sites))
    assert cost(result) <= (max(8 + bad, 10) if bad else 5)
    for n in sites:
        assert result.verdicts[n].outcome is Outcome.TESTS_FAILED
        assert result.verdicts[n].reason == f"fails with this fix: {own(n)}"


@pytest.mark.parametrize("by_check", range(6))
def test_five_bad_ones_of_fifty_take_thirteen_runs(by_check: int) -> None:
    """Three runs and two for each bad one, whether rustc or a test tells of it."""
    sites = some(ALONE, 5, seed=7)
    rules = [rule for n in sites[by_check:] for rule in fails(n, own(n))]
    rules += [breaks(n, ALONE.anywhere(n)) for n in sites[:by_check]]
    result = judged(ALONE, rules, set(sites))
    assert cost(result) <= 3 + 2 * 5
    told = [result.verdicts[n].outcome for n in sites]
    assert told == [Outcome.CHECK_FAILED] * by_check + [Outcome.TESTS_FAILED] * (5 - by_check)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("bad", [1, 2, 3, 5, 10])
def test_one_over_all_that_fails_too_costs_one_more(bad: int, seed: int) -> None:
    sites = some(ALONE, bad, seed)
    rules = [rule for n in sites for rule in fails(n, own(n), OVER_ALL)]
    assert cost(judged(ALONE, rules, set(sites))) <= max(8 + bad, 10) + 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("bad", [1, 2, 3, 5, 10])
def test_four_fixes_that_one_test_tells_of(bad: int, seed: int) -> None:
    """They are halved in the same runs for all tests."""
    rng = random.Random(seed)
    sites = [4 * file + rng.randrange(4) for file in rng.sample(range(12), bad)]
    rules = [rule for n in sites for rule in fails(n, own(n // 4))]
    assert cost(judged(CROWDED, rules, set(sites))) <= max(8 + bad, 10) + math.log2(4)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("bad", [1, 2, 3, 5, 10])
def test_one_test_over_all_says_nothing(bad: int, seed: int) -> None:
    sites = some(ALONE, bad, seed)
    rules = [rule for n in sites for rule in fails(n, OVER_ALL)]
    result = judged(ALONE, rules, set(sites))
    assert cost(result) <= 10 + bad * (math.ceil(math.log2(50)) + 1)
    for n in sites:
        assert result.verdicts[n].reason == f"fails with this fix: {OVER_ALL}"


def test_one_bad_fix_that_many_tests_tell_of_elsewhere() -> None:
    """Each points at an innocent fix in its own file: half of all."""
    result = judged(ALONE, fails(7, *(own(file) for file in range(0, 50, 2))), {7})
    assert cost(result) <= 12 + 2 * (math.ceil(math.log2(50)) + 1)
    assert len(result.verdicts[7].evidence.failed_tests) == 25


LAYOUTS = st.lists(
    st.lists(st.integers(-2, 3).filter(bool), min_size=1, max_size=3).map(tuple),
    min_size=1,
    max_size=10,
).map(tuple)


def blame(data: st.DataObject, world: World) -> dict[int, list[str]]:
    """Bad sites with the tests that fail for each: mostly of its own file, else any."""
    count = len(world.homes)
    tests = [own(file, number) for file in range(len(world.layout)) for number in range(2)]
    tests += [OVER_ALL, "app::test/api::more", "app::test/api::else"]
    found: dict[int, list[str]] = {}
    for n in sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=6))):
        mine = [own(world.homes[n][0], number) for number in range(2)]
        any_of_them = st.lists(st.sampled_from(tests), min_size=1, max_size=8, unique=True)
        found[n] = data.draw(st.sampled_from(mine).map(lambda test: [test]) | any_of_them)
    return found


@examples(150)
@given(st.data())
def test_whatever_the_tests_point_at_each_bad_fix_falls_by_its_own(data: st.DataObject) -> None:
    world = World(data.draw(LAYOUTS))
    bad = blame(data, world)
    result = judged(world, [r for n, tests in bad.items() for r in fails(n, *tests)], set(bad))
    for n, tests in bad.items():
        failed = result.verdicts[n].evidence.failed_tests
        assert failed
        assert set(failed) <= set(tests)
    assert result.notes == ()
    each = math.ceil(math.log2(max(len(world.homes), 2))) + 1
    assert cost(result) <= 12 + (len(bad) + 1) * each


@examples(150)
@given(st.data())
def test_of_fixes_that_fail_only_together_as_many_are_kept_as_hold(data: st.DataObject) -> None:
    world = World(data.draw(LAYOUTS))
    count = len(world.homes)
    rules: dict[FailsTest, set[int]] = {}
    for _ in range(data.draw(st.integers(1, 5))):
        together = data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=3))
        test = data.draw(st.sampled_from([OVER_ALL, own(0), own(len(world.layout) - 1)]))
        rules[FailsTest(tuple(rf"good_{n}\b" for n in sorted(together)), test)] = together
    tests = frozenset(rule.test for rule in rules) | {own(0, 1)}
    cargo = FakeCargo(world.files, tuple(rules), tests)
    result = verify(
        plain(world, set()),
        tools_of(cargo),
        everything(),
        nobody,
    )
    good = kept(result)
    assert not any(together <= good for together in rules.values())
    for n in set(range(count)) - good:
        assert any(together <= good | {n} for together in rules.values()), n


# -- tests that do not always fail -----------------------------------------------------------------


@examples(150)
@given(st.data())
def test_what_is_set_aside_blames_nobody(data: st.DataObject) -> None:
    """A test that fails without any change, in some of its runs, beside bad fixes: nobody is
    dropped for it alone once it was seen to, and no bad fix is emitted."""
    world = World(data.draw(LAYOUTS))
    bad = {n: [test for test in tests if test != own(0)] for n, tests in blame(data, world).items()}
    bad = {n: tests for n, tests in bad.items() if tests}
    pattern = data.draw(st.lists(st.booleans(), min_size=2, max_size=12))
    flaky = FailsTest((), own(0), when=lambda run: run > 0 and pattern[run % len(pattern)])
    rules = [flaky, *(rule for n, tests in bad.items() for rule in fails(n, *tests))]
    tests = {own(file, k) for file in range(len(world.layout)) for k in range(2)}
    tests |= {OVER_ALL, "app::test/api::more", "app::test/api::else"}
    cargo = FakeCargo(world.files, tuple(rules), frozenset(tests))
    result = verify(
        plain(world, set(bad)),
        tools_of(cargo),
        everything(),
        nobody,
    )
    assert not kept(result) & bad.keys()
    named = any(note.startswith(f"{own(0)} is flaky") for note in result.notes)
    for n, verdict in enumerate(result.verdicts):
        if n not in bad and verdict.outcome is Outcome.TESTS_FAILED:
            assert verdict.evidence.failed_tests == (own(0),)
            assert not named


def test_who_was_dropped_for_a_test_that_proves_flaky_later_comes_back() -> None:
    """For long its test fails with the fix and passes without, as if by the fix. Then, when another
    has to go, it fails without the fix too."""
    world = World(((1,), (1,), (1,)))
    flaky = FailsTest((), own(0), when=lambda run: run in (1, 2, 3, 5) or run > 6)
    late = FailsTest((r"bad_2\b",), OVER_ALL, when=lambda run: run > 0)
    cargo = FakeCargo(world.files, (flaky, late), frozenset({own(0), own(1), OVER_ALL}))
    result = verify(
        plain(world, {2}),
        tools_of(cargo),
        everything(),
        nobody,
    )
    assert kept(result) == {0, 1}
    assert result.verdicts[2].evidence.failed_tests == (OVER_ALL,)
    assert result.notes == (f"{own(0)} is flaky: it now fails without any change as well",)


def test_a_pass_where_it_had_failed_starts_the_search_again() -> None:
    """Three failures in a row, and a pass when the culprit is tried: by that alone another one,
    tried last, would be held guilty."""
    race = FailsTest((r"bad_1\b",), OVER_ALL, when=lambda run: run not in (4, 9))
    world = World(((1,), (1,), (1,), (1,)))
    cargo = FakeCargo(world.files, (race,), frozenset({own(0), OVER_ALL}))
    result = verify(
        plain(world, {1}),
        tools_of(cargo),
        everything(),
        nobody,
    )
    assert kept(result) == {0, 2, 3}
    assert result.verdicts[1].reason == (
        f"fails with this fix: {OVER_ALL}; not in every run, as a race does"
    )
