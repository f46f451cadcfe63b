"""The search for culprits with a scripted cargo: what is kept, and how many runs it takes."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.base.errors import SpikeproofError
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site
from engine.cargo.cargo_results import CheckRun
from engine.rewrite.manifest_features import Entry
from engine.verify import verify
from tests.fakecargo import (
    Breaks,
    FakeCargo,
    World,
    breaks,
    everything,
    kept,
    nobody,
    outcomes,
    plain,
    run,
    tools_of,
)

FIFTY = World(((1,) * 10,) * 5)  # 50 functions with one site each
CROWDED = World(((10,),) * 5)  # 5 functions with ten sites each
FIELDS = World(((-1,) * 10,) * 5)  # 50 declarations
MIXED = World(((-2, 4, 4),) * 5)  # 10 declarations, 10 functions with four sites each


# -- what it costs ---------------------------------------------------------------------------------

BAD = random.Random(1).sample(range(50), 5)


def here(world: World, site: int) -> tuple[tuple[str, str], ...]:
    return (world.anywhere(site),)


def same_function(world: World, site: int) -> tuple[tuple[str, str], ...]:
    return (world.end(*world.homes[site]),)


def other_file(world: World, site: int) -> tuple[tuple[str, str], ...]:
    return (world.end((world.homes[site][0] + 1) % len(world.layout), 0),)


def other_fix(world: World, site: int) -> tuple[tuple[str, str], ...]:
    return (world.anywhere((site + 25) % 50),)


def nowhere(world: World, site: int) -> tuple[tuple[str, str], ...]:
    return ()


Where = Callable[[World, int], tuple[tuple[str, str], ...]]


@pytest.mark.parametrize(
    ("world", "where", "limit"),
    [
        # baseline, all at once, the rest: the language proves who did it
        (FIFTY, here, 3),
        (FIFTY, same_function, 3),
        # a trial each where several could have done it
        (CROWDED, here, 3 + 5),
        (FIELDS, here, 3 + 5),
        (MIXED, here, 3 + 1),  # those in functions share a run
        # halves of each function, in the same runs
        (CROWDED, same_function, 3 + 2 * 2 * 4),
        # nothing, or the wrong thing, points at them: halves of what is left, per bad one
        (FIFTY, other_file, 3 + 5 * 7),
        (FIFTY, other_fix, 3 + 5 * 7),
        (FIFTY, nowhere, 3 + 5 * 7),
        (FIELDS, nowhere, 3 + 5 * 7),
    ],
)
def test_five_bad_of_fifty(world: World, where: Where, limit: int) -> None:
    cargo = FakeCargo(world.files, [breaks(n, *where(world, n)) for n in BAD])
    result = run(cargo, plain(world, set(BAD)))
    assert kept(result) == set(range(50)) - set(BAD)
    assert result.runs["check"] <= limit
    for n in BAD:
        verdict = result.verdicts[n]
        assert verdict.outcome is Outcome.CHECK_FAILED
        assert verdict.reason == "E0308: mismatched types"
        assert verdict.evidence.diagnostics[0].code == "E0308"


@pytest.mark.parametrize("count", [1, 10, 50])
@pytest.mark.parametrize("where", [here, same_function])
def test_runs_do_not_grow_with_proven_bad_fixes(where: Where, count: int) -> None:
    cargo = FakeCargo(FIFTY.files, [breaks(n, *where(FIFTY, n)) for n in range(count)])
    result = run(cargo, plain(FIFTY, set(range(count))))
    assert kept(result) == set(range(count, 50))
    assert result.runs["check"] <= 3


def test_functions_are_searched_in_the_same_runs() -> None:
    cargo = FakeCargo(CROWDED.files, [breaks(n, CROWDED.anywhere(n)) for n in range(50)])
    result = run(cargo, plain(CROWDED, set(range(50))))
    assert kept(result) == set()
    assert result.runs["check"] <= 3 + 10


@pytest.mark.parametrize("size", [8, 64, pytest.param(512, marks=pytest.mark.slow)])
def test_a_hidden_culprit_costs_the_logarithm(size: int) -> None:
    world = World(((1,) * size,))
    cargo = FakeCargo(world.files, [breaks(size // 3)])
    result = run(cargo, plain(world, {size // 3}))
    assert kept(result) == set(range(size)) - {size // 3}
    assert result.runs["check"] <= 3 + math.log2(size)


def test_without_bad_fixes_each_thing_runs_once() -> None:
    cargo = FakeCargo(FIFTY.files, tests=frozenset({"app::lib::t"}))
    said: list[str] = []
    result = verify(
        plain(FIFTY, set()),
        replace(tools_of(cargo), progress=lambda verb, text: said.append(f"{verb} {text}")),
        everything(),
        nobody,
    )
    assert kept(result) == set(range(50))
    assert cargo.log == [
        *("check: 0 errors", "test: app", "check: 0 errors"),
        *("prove", "test: app", "prove", "check: 0 errors"),
    ]
    assert said == [
        "Checking the tree as it is",
        "Testing the tree as it is",
        "Checking 50 fixes",
        "Testing the patch on a clean copy",
        "Checking the patch on a clean copy",
    ]
    assert result.runs == {"check": 2, "test": 1, "prove": 2}


def test_with_nothing_to_try_nothing_runs() -> None:
    cargo = FakeCargo(FIFTY.files)
    site = FIFTY.proposal(0, "good_0").sites
    refused = Proposal(site, (), "the guard is returned")
    elsewhere = Proposal(site, (), "rustc did not see it", Outcome.NOT_COMPILED)
    judged = FIFTY.proposal(1, "good_1", level=Level.REVIEW)
    result = run(cargo, [refused, elsewhere, judged])
    assert cargo.log == []
    assert (result.patch, result.files) == (b"", {})
    assert [(v.outcome, v.reason) for v in result.verdicts] == [
        (Outcome.UNVERIFIED, "the guard is returned"),
        (Outcome.NOT_COMPILED, "rustc did not see it"),
        (Outcome.UNVERIFIED, "not tried: its level is review, and safe is taken"),
    ]
    assert result.verdicts[2].fix is judged.fixes[0]
    assert result.verdicts[2].evidence.check == "not run"


def test_only_alternatives_of_a_taken_level_are_tried() -> None:
    world = World(((1,),))
    proposal = world.proposal(0, "good_0", "alt_0")
    fixes = (Fix("good", Level.REVIEW, proposal.fixes[0].edits, ""), proposal.fixes[1])
    mixed = Proposal(proposal.sites, fixes)
    assert b"alt_0" in run(FakeCargo(world.files), [mixed]).patch
    both = frozenset({Level.SAFE, Level.REVIEW})
    assert b"good_0" in run(FakeCargo(world.files), [mixed], take=both).patch


# -- before any change -----------------------------------------------------------------------------


def test_a_workspace_that_does_not_compile_is_refused() -> None:
    cargo = FakeCargo(
        FIFTY.files, [Breaks(("site_3",), (FIFTY.anywhere(3),), message="no such fn")]
    )
    with pytest.raises(SpikeproofError, match="does not compile as it is") as caught:
        run(cargo, plain(FIFTY, set()))
    assert caught.value.detail == "error[E0308]: no such fn"
    assert cargo.log == ["check: 1 errors"]


def test_cargos_own_words_are_shown_when_rustc_has_none() -> None:
    cargo = FakeCargo(FIFTY.files, [Breaks(("site_3",), message="no manifest", silent=True)])
    with pytest.raises(SpikeproofError) as caught:
        run(cargo, plain(FIFTY, set()))
    assert caught.value.detail == "error: no manifest\n"


def test_a_baseline_that_the_caller_has_is_not_run_again() -> None:
    cargo = FakeCargo(FIFTY.files)
    baseline = FakeCargo(FIFTY.files).check()
    run(cargo, plain(FIFTY, set()), baseline=baseline)
    assert cargo.log == ["check: 0 errors", "prove", "check: 0 errors"]


def test_a_time_limit_ends_it_with_advice() -> None:
    class Slow(FakeCargo):
        slow_from = 1

        def check(self) -> CheckRun:
            found = super().check()
            late = self.seen["check"] >= self.slow_from
            return CheckRun(not late, (), "", 0.0, late, found.compiled)

    with pytest.raises(SpikeproofError, match="without any change"):
        run(Slow(FIFTY.files), plain(FIFTY, set()))
    cargo = Slow(FIFTY.files)
    cargo.slow_from = 2
    with pytest.raises(SpikeproofError, match="which it had kept without the fixes"):
        run(cargo, plain(FIFTY, set()))


def test_ctrl_c_passes_through() -> None:
    class Interrupted(FakeCargo):
        def check(self) -> CheckRun:
            if self.seen["check"]:
                raise KeyboardInterrupt
            return super().check()

    with pytest.raises(KeyboardInterrupt):
        run(Interrupted(FIFTY.files), plain(FIFTY, set()))


def test_a_fix_in_a_file_that_was_not_compiled_is_not_applied() -> None:
    world = World(((1,), (1,)))
    cargo = FakeCargo(world.files, uncompiled=frozenset({"src/m1.rs"}))
    result = run(cargo, plain(world, set()))
    assert outcomes(result) == [Outcome.VERIFIED, Outcome.NOT_COMPILED]
    assert result.verdicts[1].reason == (
        "not part of this configuration: rustc did not compile src/m1.rs"
    )
    assert list(result.files) == ["src/m0.rs"]


def test_a_manifest_needs_no_compiling() -> None:
    world = World(((1,),))
    files = {**world.files, "Cargo.toml": b"[package]\n"}
    cargo = FakeCargo(files, uncompiled=frozenset({"Cargo.toml"}))
    fix = world.proposal(0, "good_0").fixes[0]
    edits = (*fix.edits, Edit("Cargo.toml", 10, 10, b"x = 1\n"))
    proposal = Proposal(world.proposal(0, "x").sites, (Fix("f", Level.SAFE, edits, ""),))
    result = run(cargo, [proposal])
    assert outcomes(result) == [Outcome.VERIFIED]
    assert result.files["Cargo.toml"] == b"[package]\nx = 1\n"


# -- culprits --------------------------------------------------------------------------------------


def test_later_kinds_of_errors_are_hidden_by_earlier_ones() -> None:
    rules = [
        breaks(0, FIFTY.anywhere(0), stage=0, code="E0433"),
        breaks(11, FIFTY.anywhere(11), stage=1),
        breaks(22, FIFTY.anywhere(22), stage=2, code="E0382"),
        breaks(33, FIFTY.anywhere(33), package="user"),
    ]
    cargo = FakeCargo(FIFTY.files, rules, dependants={"app": ("user",)})
    bad = {0, 11, 22, 33}
    result = run(cargo, plain(FIFTY, bad))
    assert kept(result) == set(range(50)) - bad
    assert result.runs["check"] == 2 + 4  # baseline, one for each kind, the clean one
    assert result.verdicts[22].reason.startswith("E0382")


def test_two_that_only_fail_together_cost_one_of_them() -> None:
    rule = Breaks((r"good_3\b", r"good_30\b"), (FIFTY.anywhere(30),))
    result = run(FakeCargo(FIFTY.files, [rule]), plain(FIFTY, set()))
    assert kept(result) == set(range(50)) - {30}
    unplaced = Breaks((r"good_3\b", r"good_30\b"))
    result = run(FakeCargo(FIFTY.files, [unplaced]), plain(FIFTY, set()))
    assert len(kept(result)) == 49
    assert not {3, 30} <= kept(result)


def test_the_next_alternative_takes_the_place() -> None:
    world = World(((2,),))
    rules = [breaks(0, world.anywhere(0)), Breaks((r"alt_0\b",), (world.anywhere(0),))]
    proposals = [world.proposal(0, "bad_0", "alt_0", "big_0"), world.proposal(1, "good_1")]
    result = run(FakeCargo(world.files, rules), proposals)
    assert outcomes(result) == [Outcome.VERIFIED] * 2
    assert result.verdicts[0].fix == proposals[0].fixes[2]
    assert b"big_0" in result.files["src/m0.rs"]


def test_exhausted_alternatives_tell_of_the_last() -> None:
    world = World(((1,),))
    rules = [
        breaks(0, world.anywhere(0), message="first"),
        Breaks(
            (r"alt_0\b",), (world.anywhere(0),), "E0382", "use of moved value: `x`", "used here"
        ),
    ]
    result = run(FakeCargo(world.files, rules), [world.proposal(0, "bad_0", "alt_0")])
    verdict = result.verdicts[0]
    assert verdict.outcome is Outcome.CHECK_FAILED
    assert verdict.reason == "E0382: use of moved value: `x` (used here)"
    assert verdict.fix is not None
    assert verdict.fix.label == "alt_0"
    assert verdict.evidence.check == f"failed: {verdict.reason}"
    assert (result.patch, result.files, result.runs["prove"]) == (b"", {}, 0)


def test_a_misleading_error_does_not_cost_the_better_alternative() -> None:
    # The error of 0 points at the text that 1 wrote, and at that of its alternative.
    world = World(((1, 1),))
    cargo = FakeCargo(world.files, [breaks(0, world.anywhere(1))])
    result = run(cargo, [world.proposal(0, "bad_0"), world.proposal(1, "good_1", "alt_1")])
    assert outcomes(result) == [Outcome.CHECK_FAILED, Outcome.VERIFIED]
    assert b"good_1" in result.patch


def test_cargo_itself_may_fail() -> None:
    cargo = FakeCargo(FIFTY.files, [breaks(7, message="feature `x` not found", silent=True)])
    result = run(cargo, plain(FIFTY, {7}))
    assert kept(result) == set(range(50)) - {7}
    assert result.verdicts[7].reason == "feature `x` not found"


def test_rustc_may_point_at_a_file_that_the_sources_do_not_have() -> None:
    files = {**FIFTY.files, "src/generated.rs": b"fn g() {}\n"}
    cargo = FakeCargo(files, [breaks(7, ("src/generated.rs", "g"))])

    def read(path: str) -> bytes:
        if path == "src/generated.rs":
            raise SpikeproofError("generated code")
        return files[path]

    off = everything(tests=False)
    result = verify(plain(FIFTY, {7}), replace(tools_of(cargo), read=read), off, nobody)
    assert kept(result) == set(range(50)) - {7}


def test_names_in_the_message_lead_to_a_declaration() -> None:
    # Two declarations change; an error in a third file speaks of what one of them wrote.
    files = {
        "src/a.rs": b"pub struct A { hits: Mutex<u64> }\n",
        "src/b.rs": b"pub struct B { name: Mutex<u8> }\n",
        "src/c.rs": b"fn c(a: A) {\n    a.hits.lock();\n}\n",
    }
    wanted = {"src/a.rs": (b"Mutex<u64>", b"AtomicU64"), "src/b.rs": (b"Mutex<u8>", b"Cell")}
    proposals = []
    for path, (old, new) in wanted.items():
        start = files[path].index(old)
        edit = Edit(path, start, start + len(old), new)
        fix = Fix("atomic", Level.SAFE, (edit,), "")
        proposals.append(Proposal((Site("m", path, edit.span, id=path),), (fix,)))
    message = "no method named `lock` found for struct `AtomicU64`"
    rule = Breaks(("AtomicU64",), (("src/c.rs", r"lock"),), "E0599", message)
    result = run(FakeCargo(files, [rule]), proposals)
    assert outcomes(result) == [Outcome.CHECK_FAILED, Outcome.VERIFIED]
    assert result.runs["check"] == 3  # the name told, and the clean rest proved it


# -- what a manifest switches on -------------------------------------------------------------------


def _with_feature(world: World) -> list[Proposal]:
    """Fixes of which the first switches on a feature that it needs."""
    first, *others = plain(world, set())
    needs = Entry("Cargo.toml", "tokio").feature("fs")
    fix = replace(first.fixes[0], edits=(*first.fixes[0].edits, needs))
    return [replace(first, fixes=(fix,)), *others]


@pytest.mark.parametrize(
    ("needles", "held"),
    [
        ((), True),
        (("features",), False),  # the package alone lacks what its tests bring in
        (("tokio",), True),  # it never compiled alone
    ],
)
def test_a_package_whose_manifest_changes_is_checked_alone(
    needles: tuple[str, ...], held: bool
) -> None:
    files = {**FIFTY.files, "Cargo.toml": b'[dependencies]\ntokio = "1"\n'}
    rules = [Breaks(needles, message="error[E0433]: no `fs`", alone=True)] if needles else []
    result = run(FakeCargo(files, rules), _with_feature(FIFTY))
    assert (b"features" in result.patch) is held
    assert any("checked without its tests: error[E0433]" in n for n in result.notes) is not held
