"""Tests before and after with a scripted cargo: blame, flaky tests, races, and the final proof."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest

from engine.base.model import Fix, Outcome, Proposal
from engine.cargo import cargo_results
from engine.detect.codemod import Problem
from engine.verify import VerifyResult, VerifySettings, verify
from engine.verify.hints import Hints
from engine.verify.values import Attempt
from tests.fakecargo import Breaks, FailsTest, FakeCargo, World, tools_of

WORLD = World(((4, 4), (4, 4)))
T1, T2, T3 = "app::lib::m0::tests::one", "app::lib::m1::tests::two", "user::test/api::three"
TESTS = frozenset({T1, T2, T3})


def packages(paths: Iterable[str]) -> Sequence[str]:
    """m0 and m1 are of ``app``; ``user`` depends on it. m2 is of ``other``."""
    owners = {"other" if path == "src/m2.rs" else "app" for path in paths}
    return sorted(owners | ({"user"} if "app" in owners else set()))


def run(
    cargo: FakeCargo, proposals: Sequence[Proposal], tests: bool = True, **more: object
) -> VerifyResult:
    def nobody(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> None:
        return None

    named = {name: more.pop(name) for name in ("prove", "format_files") if name in more}
    tools = replace(tools_of(cargo), **named)  # type: ignore[arg-type]
    return verify(proposals, tools, VerifySettings(packages, tests), nobody, **more)  # type: ignore[arg-type]


def sites(
    world: World, bad: Iterable[int] = (), spare: Mapping[int, str] | None = None
) -> list[Proposal]:
    bad, spare = set(bad), spare or {}
    return [
        world.proposal(n, f"bad_{n}" if n in bad else f"good_{n}", *spare.get(n, "").split())
        for n in range(len(world.homes))
    ]


def kept(result: VerifyResult) -> set[int]:
    return {n for n, v in enumerate(result.verdicts) if v.outcome is Outcome.VERIFIED}


def cargo(*rules: Breaks | FailsTest, world: World = WORLD, **more: object) -> FakeCargo:
    return FakeCargo(world.files, rules, TESTS, **more)  # type: ignore[arg-type]


EVERYONE = set(range(16))


# -- before ----------------------------------------------------------------------------------------


def test_failures_before_are_set_aside_by_name() -> None:
    result = run(cargo(FailsTest((), T2)), sites(WORLD))
    assert kept(result) == EVERYONE
    assert result.notes == (f"failed before any change, set aside: {T2}",)
    assert result.verdicts[0].evidence.tests == (
        "passed: 2 tests of packages app, user; 1 failed before too"
    )
    assert result.verdicts[0].evidence.check == "passed"
    assert result.verdicts[0].evidence.bench == "not measured"


def test_a_test_that_failed_before_may_pass_now() -> None:
    result = run(cargo(FailsTest((r"site_0\b",), T2)), sites(WORLD))
    assert kept(result) == EVERYONE


def test_tests_that_do_not_build_are_told_and_the_others_run() -> None:
    fake = cargo(unbuilt_tests=frozenset({"user"}))
    result = run(fake, sites(WORLD))
    assert kept(result) == EVERYONE
    assert result.notes == ("tests of user are off: they do not build as they are",)
    assert result.verdicts[0].evidence.tests == "passed: 2 tests of package app"
    assert fake.log == [
        *("check: 0 errors", "test: app,user", "test: app", "check: 0 errors"),
        *("prove", "test: app", "prove", "check: 0 errors"),
    ]


def test_when_no_tests_build_the_check_alone_decides() -> None:
    fake = cargo(FailsTest(("bad_1",), T1), unbuilt_tests=frozenset({"app", "user"}))
    result = run(fake, sites(WORLD, {1}))
    assert kept(result) == EVERYONE
    assert result.notes == ("tests of app, user are off: they do not build as they are",)
    assert result.verdicts[0].evidence.tests == (
        "not run: the tests of app, user do not build without any change"
    )


def test_tests_that_do_not_build_for_a_reason_outside_are_off() -> None:
    class Unlinked(FakeCargo):
        def test(
            self, packages: Sequence[str] = (), only: Sequence[str] = ()
        ) -> cargo_results.TestRun:
            none = frozenset[str]()
            return cargo_results.TestRun(
                False, none, none, none, none, (), "error: linking failed", 0.0
            )

    result = run(Unlinked(WORLD.files, (), TESTS), sites(WORLD))
    assert kept(result) == EVERYONE
    assert result.notes == ("tests are off: they do not build as they are",)
    assert result.verdicts[0].evidence.tests == (
        "not run: the tests do not build without any change"
    )


def test_no_tests_on_request() -> None:
    fake = cargo(FailsTest(("bad_1",), T1))
    result = run(fake, sites(WORLD, {1}), tests=False)
    assert kept(result) == EVERYONE
    assert fake.seen["test"] == 0
    assert result.verdicts[0].evidence.tests == "not run: tests are off"


def test_only_packages_concerned_are_tested() -> None:
    world = World(((1,), (1,), (2,)))
    fake = FakeCargo(world.files, (), TESTS | {"other::lib::four"})
    result = run(fake, [world.proposal(2, "good_2")])
    assert fake.log == [
        *("check: 0 errors", "test: other", "check: 0 errors"),
        *("prove", "test: other", "prove", "check: 0 errors"),
    ]
    assert result.verdicts[0].evidence.tests == "passed: 1 test of package other"


def test_that_no_test_reaches_it_is_said() -> None:
    world = World(((1,), (1,), (1,)))
    result = run(FakeCargo(world.files, (), TESTS), [world.proposal(2, "good_2")])
    assert result.verdicts[0].evidence.tests == "none: no test of package other ran"


# -- after -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["fail", "missing", "abort", "hang"])
@pytest.mark.parametrize("bad", [0, 5, 13])
def test_the_culprit_of_a_failed_test_is_found(bad: int, how: str) -> None:
    fake = cargo(FailsTest((rf"bad_{bad}\b",), T2, how=how))
    result = run(fake, sites(WORLD, {bad}))
    assert kept(result) == EVERYONE - {bad}
    verdict = result.verdicts[bad]
    assert verdict.outcome is Outcome.TESTS_FAILED
    assert T2 in verdict.evidence.failed_tests
    assert verdict.reason.startswith("fails with this fix: app::lib::m")
    assert verdict.evidence.check == "passed"
    assert f"bad_{bad}".encode() not in result.patch
    # 13 is among the eight that the test's name points at
    assert sum(result.runs.values()) <= (10 + 3 if bad == 13 else 12 + 2 * 5)


def test_a_suspect_by_name_is_left_out_first() -> None:
    fake = cargo(FailsTest((r"bad_9\b",), T2))  # m1::tests::two, and site 9 is in src/m1.rs
    alone = [*sites(WORLD, {9})[:8], WORLD.proposal(9, "bad_9")]
    result = run(fake, alone)
    assert [n for n, v in enumerate(result.verdicts) if v.outcome is not Outcome.VERIFIED] == [8]
    alone_again = f"test: app {T2}"
    assert fake.log == [
        *("check: 0 errors", "test: app,user", "check: 0 errors"),
        *("prove", "test: app,user"),  # it fails,
        *(alone_again, alone_again),  # each time
        *("prove", "test: app,user"),  # without the suspect all is well
        alone_again,  # and it fails once more with it,
        alone_again,  # and passes without
        *("prove", "check: 0 errors"),
    ]
    assert sum(result.runs.values()) == 10


def test_suspects_of_a_failed_test() -> None:
    world = World(((1,), (1,), (2,)))
    proposals = sites(world)
    group = [Attempt(n, 0, 0, p.fixes[0], p) for n, p in enumerate(proposals)]

    def suspects(test: str, output: str = "") -> list[int]:
        hints = Hints(output, packages)
        pool = hints.pools(group, {test}).get(test) or hints.reached(group, {test})
        assert hints.telling(group, {test}) == bool(pool)
        return sorted(a.index for a in pool)

    # by the module's name, by the file that the panic names, else whoever the package can see
    assert suspects("app::lib::m1::tests::two") == [1]
    assert suspects("app::lib::net", "panicked at src/m0.rs:3:5:") == [0]
    assert suspects("user::test/api::three") == [0, 1]
    assert suspects("other::lib::four") == [2, 3]
    assert suspects("elsewhere::lib::five") == []


@dataclasses.dataclass
class Unforeseen(FakeCargo):
    """With ``bad_`` there is a new test that fails, or a program that dies untold."""

    fails: frozenset[str] = frozenset()
    dies: frozenset[str] = frozenset()

    def test(self, packages: Sequence[str] = (), only: Sequence[str] = ()) -> cargo_results.TestRun:
        run = super().test(packages, only)
        if not self._there(["bad_"]):
            return run
        return dataclasses.replace(run, failed=run.failed | self.fails, broken=self.dies)


@pytest.mark.parametrize(
    ("fails", "dies"),
    [("app::lib::new", ""), ("", "app::bin/tool")],
)
def test_a_failure_that_no_known_test_tells_of_counts(fails: str, dies: str) -> None:
    fake = Unforeseen(WORLD.files, (), TESTS)
    fake.fails, fake.dies = frozenset({fails} - {""}), frozenset({dies} - {""})
    result = run(fake, sites(WORLD, {11}))
    assert kept(result) == EVERYONE - {11}
    assert result.verdicts[11].outcome is Outcome.TESTS_FAILED
    assert result.verdicts[11].evidence.failed_tests == (fails or dies,)


def test_several_culprits() -> None:
    fake = cargo(
        FailsTest((r"bad_2\b",), T1), FailsTest((r"bad_7\b",), T1), FailsTest((r"bad_12\b",), T3)
    )
    result = run(fake, sites(WORLD, {2, 7, 12}))
    assert kept(result) == EVERYONE - {2, 7, 12}
    assert result.verdicts[2].evidence.failed_tests == (T1,)
    assert result.verdicts[12].evidence.failed_tests == (T3,)


def test_two_that_only_fail_together_cost_one() -> None:
    fake = cargo(FailsTest((r"good_2\b", r"good_12\b"), T3))
    result = run(fake, sites(WORLD))
    assert len(kept(result)) == 15
    assert not {2, 12} <= kept(result)


def test_one_more_alternative_is_tried_and_no_third() -> None:
    spare = {3: "alt_3"}
    fake = cargo(FailsTest((r"bad_3\b",), T1))
    result = run(fake, sites(WORLD, {3}, spare))
    assert kept(result) == EVERYONE
    assert b"alt_3" in result.patch

    fake = cargo(FailsTest((r"bad_3\b",), T1), FailsTest((r"alt_3\b",), T1))
    result = run(fake, sites(WORLD, {3}, {3: "alt_3 big_3"}))
    assert kept(result) == EVERYONE - {3}
    assert result.verdicts[3].fix is not None
    assert result.verdicts[3].fix.label == "alt_3"

    fake = cargo(FailsTest((r"bad_3\b",), T1), Breaks((r"alt_3\b",), (WORLD.anywhere(3),)))
    result = run(fake, sites(WORLD, {3}, spare))
    assert kept(result) == EVERYONE - {3}
    assert result.verdicts[3].outcome is Outcome.CHECK_FAILED


def test_what_a_failing_fix_kept_out_comes_in() -> None:
    fake = cargo(FailsTest((r"bad_0\b",), T1))
    proposals = [WORLD.proposal(0, "bad_0"), WORLD.proposal(0, "good_0")]
    result = run(fake, proposals)
    assert [v.outcome for v in result.verdicts] == [Outcome.TESTS_FAILED, Outcome.VERIFIED]
    assert result.deferred == ()


def test_when_nothing_is_left_there_is_no_patch() -> None:
    result = run(cargo(FailsTest((r"bad_0\b",), T1)), [WORLD.proposal(0, "bad_0")])
    assert (result.patch, result.files) == (b"", {})
    assert result.verdicts[0].outcome is Outcome.TESTS_FAILED
    # baseline, all; it fails 4 times in all and passes 3 times, then there is nothing to prove
    assert sum(result.runs.values()) == 2 + 4 + 3


# -- flaky tests and races -------------------------------------------------------------------------


def test_a_flaky_test_is_named_and_blames_nobody() -> None:
    fake = cargo(FailsTest((), T2, when=lambda count: count in (1, 6)))
    result = run(fake, sites(WORLD))
    assert kept(result) == EVERYONE
    assert result.notes == (f"{T2} is flaky: it now fails without any change as well",)
    assert result.runs["prove"] == 2


def test_an_outage_between_the_runs_blames_nobody() -> None:
    fake = cargo(FailsTest((), T3, when=lambda count: count > 0))
    result = run(fake, sites(WORLD))
    assert kept(result) == EVERYONE
    assert result.notes == (f"{T3} is flaky: it now fails without any change as well",)


def test_what_a_flaky_hang_kept_from_starting_is_run() -> None:
    hang = FailsTest((), T1, when=lambda count: count in (1, 3), how="hang")
    result = run(cargo(hang), sites(WORLD))
    assert kept(result) == EVERYONE
    # T1 and T2 share a target, T3 comes after it and broke with a fix
    fake = cargo(hang, FailsTest((r"bad_4\b",), T3))
    result = run(fake, sites(WORLD, {4}))
    assert kept(result) == EVERYONE - {4}
    assert result.verdicts[4].evidence.failed_tests == (T3,)


def test_a_race_that_a_fix_made_is_its_failure() -> None:
    # Fails every second time with the fix, never without it.
    fake = cargo(FailsTest((r"bad_6\b",), T1, when=lambda count: count % 2 == 0))
    result = run(fake, sites(WORLD, {6}))
    assert kept(result) == EVERYONE - {6}
    assert result.verdicts[6].reason == (
        f"fails with this fix: {T1}; not in every run, as a race does"
    )


def test_a_test_that_only_a_clean_copy_breaks_blames_nobody() -> None:
    fake = cargo()

    def prove(patch: bytes, paths: Sequence[str]) -> FakeCargo:
        asked.append(patch)
        return cargo(FailsTest((), T3))

    asked: list[bytes] = []
    result = run(fake, sites(WORLD), prove=prove)
    assert kept(result) == EVERYONE
    assert result.notes == (f"{T3} fails in a clean copy of the tree without any change",)
    assert asked == [result.patch, b"", result.patch]  # tests, the control, the check


# -- the proof -------------------------------------------------------------------------------------


def test_a_patch_that_does_not_hold_in_a_clean_copy_is_not_emitted() -> None:
    fake = cargo()

    def prove(patch: bytes, paths: Sequence[str]) -> FakeCargo:
        return cargo(Breaks((), (WORLD.anywhere(0),), "E0583", "file not found"))

    result = run(fake, sites(WORLD), prove=prove)
    words = "the patch does not hold in a clean copy of the tree: E0583: file not found"
    assert {v.outcome for v in result.verdicts} == {Outcome.UNVERIFIED}
    assert {v.reason for v in result.verdicts} == {words}
    assert (result.patch, result.files) == (b"", {})
    assert result.notes == (words,)


def test_what_is_emitted_is_what_is_proven() -> None:
    fake = cargo()
    proven: list[bytes] = []

    def prove(patch: bytes, paths: Sequence[str]) -> FakeCargo:
        proven.append(patch)
        return fake.prove(patch, paths)

    def format_files(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        return {path: text.replace(b"good_0()", b"good_0( )") for path, text in files.items()}

    result = run(fake, sites(WORLD), prove=prove, format_files=format_files)
    assert proven == [result.patch] * 2  # its tests, its check
    assert b"+    good_0( );\n" in result.patch
    assert b"good_0( )" in result.files["src/m0.rs"]


def test_a_later_pass_reaches_from_the_users_tree() -> None:
    first = run(cargo(), sites(WORLD)[:8])
    data = first.files["src/m0.rs"]
    start = data.index(b"good_3")
    base = run(cargo(), sites(WORLD)[8:], base=first.files)
    assert base.files["src/m0.rs"] == data
    assert base.files["src/m1.rs"] == WORLD.files["src/m1.rs"].replace(b"site_", b"good_")
    assert base.patch.startswith(first.patch)
    assert data[start : start + 6] == b"good_3"
