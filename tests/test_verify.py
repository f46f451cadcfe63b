"""The search for culprits with a scripted cargo: what is kept, and how many runs it takes."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codemod import Problem, Refusal
from engine.errors import SpikeproofError
from engine.model import Edit, Fix, Level, Outcome, Proposal, Site, Span
from engine.runs import CheckRun
from engine.verify import Follow, VerifyResult, verify
from tests.fakecargo import Breaks, FakeCargo, World, everything

FIFTY = World(((1,) * 10,) * 5)  # 50 functions with one site each
CROWDED = World(((10,),) * 5)  # 5 functions with ten sites each
FIELDS = World(((-1,) * 10,) * 5)  # 50 declarations
MIXED = World(((-2, 4, 4),) * 5)  # 10 declarations, 10 functions with four sites each


def nobody(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> None:
    return None


def run(
    cargo: FakeCargo,
    proposals: Sequence[Proposal],
    follow: Follow = nobody,
    base: Mapping[str, bytes] | None = None,
    take: frozenset[Level] = frozenset({Level.SAFE}),
    baseline: CheckRun | None = None,
) -> VerifyResult:
    result = verify(
        proposals,
        cargo.originals.__getitem__,
        cargo,
        follow,
        everything(tests=False, take=take),
        cargo.prove,
        base=base,
        baseline=baseline,
    )
    assert len(result.verdicts) == len(proposals)
    assert result.runs["check"] == cargo.seen["check"]
    return result


def outcomes(result: VerifyResult) -> list[Outcome]:
    return [verdict.outcome for verdict in result.verdicts]


def kept(result: VerifyResult) -> set[int]:
    return {n for n, v in enumerate(result.verdicts) if v.outcome is Outcome.VERIFIED}


def plain(world: World, bad: set[int]) -> list[Proposal]:
    count = len(world.homes)
    return [world.proposal(n, f"bad_{n}" if n in bad else f"good_{n}") for n in range(count)]


def breaks(site: int, *at: tuple[str, str], **more: object) -> Breaks:
    return Breaks((rf"bad_{site}\b",), at, **more)  # type: ignore[arg-type]


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


@pytest.mark.parametrize("size", [8, 64, 512])
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
        cargo.originals.__getitem__,
        cargo,
        nobody,
        everything(),
        cargo.prove,
        lambda verb, text: said.append(f"{verb} {text}"),
    )
    assert kept(result) == set(range(50))
    assert cargo.log == ["check: 0 errors", "test: app", "check: 0 errors", "prove"]
    assert said == [
        "Checking the tree as it is",
        "Testing the tree as it is",
        "Checking 50 fixes",
        "Proving the patch on a clean copy",
    ]
    assert result.runs == {"check": 2, "test": 1, "prove": 1}


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
    assert cargo.log == ["check: 0 errors", "prove"]


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
    result = verify(plain(FIFTY, {7}), read, cargo, nobody, off, cargo.prove)
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


# -- following errors ------------------------------------------------------------------------------


class Declaration:
    """A field's type changes; every ``.lock()`` on it has to go, in whatever file."""

    def __init__(self, uses: int) -> None:
        self.files = {"src/s.rs": b"pub struct S { hits: Mutex<u64> }\n"}
        for n in range(uses):
            self.files[f"src/u{n}.rs"] = b"fn u(s: &S) {\n    s.hits.lock();\n}\n"
        span = self._span("src/s.rs", b"Mutex<u64>")
        edit = Edit("src/s.rs", span.start, span.end, b"AtomicU64")
        fix = Fix("atomic", Level.SAFE, (edit,), "a note")
        self.proposal = Proposal((Site("m", "src/s.rs", span, id="m"),), (fix,))
        self.asked: list[Problem] = []

    def _span(self, path: str, text: bytes) -> Span:
        start = self.files[path].index(text)
        return Span(start, start + len(text))

    def cargo(self) -> FakeCargo:
        class Each(FakeCargo):
            """An error for each ``lock()`` that is left once the type has changed."""

            def check(self) -> CheckRun:
                left = [p for p, data in sorted(self._files.items()) if b"lock()" in data]
                self.rules = [
                    Breaks(("AtomicU64",), ((p, r"lock\(\)"),), "E0599", "no method `lock`")
                    for p in left[:1]  # one a run: rustc stops early
                ]
                return super().check()

        return Each(self.files)

    def follow(self, proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> Fix | Refusal:
        self.asked += problems
        more = []
        for problem in problems:
            text = self.files[problem.path][problem.span.start : problem.span.end]
            assert text == b"lock()", "in coordinates of the text before the fix"
            assert not problem.inside
            assert (problem.code, problem.primary) == ("E0599", True)
            more.append(Edit(problem.path, problem.span.start, problem.span.end, b"load()"))
        return Fix(fix.label, fix.level, (*fix.edits, *more), fix.note)


def test_a_fix_grows_after_its_errors() -> None:
    world = Declaration(3)
    result = run(world.cargo(), [world.proposal], world.follow)
    assert outcomes(result) == [Outcome.VERIFIED]
    assert len(result.files) == 4
    assert all(b"lock" not in text for text in result.files.values())
    assert result.runs["check"] == 2 + 3
    fix = result.verdicts[0].fix
    assert fix is not None
    assert len(fix.edits) == 4


def test_a_fix_grows_among_others() -> None:
    world = Declaration(2)
    others = World(((2, 1),))
    world.files |= others.files
    cargo = world.cargo()
    result = run(cargo, [*plain(others, set()), world.proposal], world.follow)
    assert outcomes(result) == [Outcome.VERIFIED] * 4
    assert result.runs["check"] == 2 + 2


def test_following_is_bounded() -> None:
    world = Declaration(9)
    result = run(world.cargo(), [world.proposal], world.follow)
    assert outcomes(result) == [Outcome.CHECK_FAILED]
    assert len(world.asked) == 6
    assert result.verdicts[0].reason == "E0599: no method `lock`"


def test_a_refusal_is_the_reason() -> None:
    world = Declaration(1)
    result = run(world.cargo(), [world.proposal], lambda *_: Refusal("the guard is stored"))
    assert outcomes(result) == [Outcome.CHECK_FAILED]
    assert result.verdicts[0].reason == "the guard is stored"
    assert result.verdicts[0].evidence.check == "failed: E0599: no method `lock`"


def test_a_refusal_about_another_error_is_not_the_reason() -> None:
    # Both stand in one function, so both are asked about the error of 0; then 1 fails by itself.
    world = World(((2,),))
    rules = [
        breaks(0, world.anywhere(0), stage=1, message="first"),
        breaks(1, world.anywhere(1), stage=2, message="second"),
    ]

    def follow(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> Refusal | None:
        return Refusal("about the first") if problems[0].message == "first" else None

    result = run(FakeCargo(world.files, rules), plain(world, {0, 1}), follow)
    assert [v.reason for v in result.verdicts] == ["about the first", "E0308: second"]


def test_a_fix_does_not_grow_into_what_was_not_compiled() -> None:
    world = Declaration(1)
    cargo = world.cargo()
    cargo.originals["src/win.rs"] = b"fn w() {}\n"
    cargo.uncompiled = frozenset({"src/win.rs"})

    def follow(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> Fix:
        more = Edit("src/win.rs", 0, 2, b"pub fn")
        return Fix(fix.label, fix.level, (*fix.edits, more), fix.note)

    result = run(cargo, [world.proposal], follow)
    assert result.verdicts[0].reason == (
        "it would have to change more: rustc did not compile src/win.rs"
    )


def test_a_codemods_faulty_edits_cost_that_fix_alone() -> None:
    world = World(((2,),))
    edit = world.proposal(0, "bad_0").fixes[0].edits[0]
    twice = Fix("twice", Level.SAFE, (edit, Edit(edit.path, edit.start, edit.end + 1, b"")), "")
    proposals = [Proposal(world.proposal(0, "x").sites, (twice,)), world.proposal(1, "good_1")]
    result = run(FakeCargo(world.files), proposals)
    assert outcomes(result) == [Outcome.UNVERIFIED, Outcome.VERIFIED]
    assert "please report" in result.verdicts[0].reason


# -- overlap ---------------------------------------------------------------------------------------


def test_an_overlapping_fix_is_deferred_and_verified_on_top() -> None:
    world = World(((2,),))
    first = world.proposal(0, "good_0")
    edit = first.fixes[0].edits[0]
    wide = Fix("wide", Level.SAFE, (Edit(edit.path, edit.start, edit.end + 4, b"wide_0();\n"),), "")
    second = Proposal((Site("other", edit.path, edit.span, id="w"),), (wide,))
    result = run(FakeCargo(world.files), [first, second])
    assert outcomes(result) == [Outcome.VERIFIED, Outcome.CONFLICT]
    assert result.deferred == (second,)
    assert result.verdicts[1].reason == (
        "overlaps the fix of fake in fn f0_0: it has to be planned anew over the result"
    )

    start = result.files[edit.path].index(b"good_0")
    again = Fix("again", Level.SAFE, (Edit(edit.path, start, start + 6, b"wide_0"),), "")
    cargo = FakeCargo(world.files)
    over = run(cargo, [Proposal(second.sites, (again,))], base=result.files)
    assert outcomes(over) == [Outcome.VERIFIED]
    assert over.files == {"src/m0.rs": world.files["src/m0.rs"].replace(b"site_0", b"wide_0")}
    assert b"-    site_0();\n+    wide_0();\n" in over.patch  # from the user's tree, not the base
    assert cargo.log == ["check: 0 errors", "check: 0 errors", "prove"]

    cargo = FakeCargo(world.files, [Breaks(("wide_0",), (world.anywhere(1),))])
    failed = run(cargo, [Proposal(second.sites, (again,))], base=result.files)
    assert outcomes(failed) == [Outcome.CHECK_FAILED]
    assert (failed.files, failed.patch) == (result.files, result.patch)


def test_what_a_dropped_fix_kept_out_comes_in() -> None:
    world = World(((2,),))
    cargo = FakeCargo(world.files, [breaks(0, world.anywhere(0))])
    proposals = [
        world.proposal(0, "bad_0"),
        world.proposal(0, "good_0"),
        world.proposal(1, "good_1"),
    ]
    result = run(cargo, proposals)
    assert outcomes(result) == [Outcome.CHECK_FAILED, Outcome.VERIFIED, Outcome.VERIFIED]
    assert result.deferred == ()


# -- warnings --------------------------------------------------------------------------------------


def test_new_warnings_are_told_by_the_fix_that_brings_them() -> None:
    world = World(((1, 1), (1,)))
    text = "unused variable: `x`"
    rules = [
        Breaks(("good_0",), (world.anywhere(0),), "unused_variables", text, level="warning"),
        Breaks((r"end_1_0",), (world.end(1, 0),), "dead_code", "old", level="warning"),
    ]
    result = run(FakeCargo(world.files, rules), plain(world, set()))
    assert outcomes(result) == [Outcome.VERIFIED] * 3
    reasons = [verdict.reason for verdict in result.verdicts]
    assert reasons == [f"brings a warning: unused_variables: {text}", "", ""]
    assert [d.message for d in result.verdicts[0].evidence.diagnostics] == [text]


# -- properties ------------------------------------------------------------------------------------

LAYOUTS = st.lists(
    st.lists(st.integers(-3, 5).filter(bool), min_size=1, max_size=4).map(tuple),
    min_size=1,
    max_size=4,
).map(tuple)


def places(world: World) -> list[tuple[str, str]]:
    ends = [
        world.end(file, function)
        for file, functions in enumerate(world.layout)
        for function, count in enumerate(functions)
        if count > 0
    ]
    return [world.anywhere(n) for n in range(len(world.homes))] + ends


def check_exact(
    world: World, bad: Mapping[int, Sequence[Breaks]], spare: set[int], cost: int
) -> None:
    """All good fixes, each with its best good alternative, and nothing else."""
    count = len(world.homes)
    proposals = [
        world.proposal(n, f"bad_{n}" if n in bad else f"good_{n}", *[f"alt_{n}"][: n in spare])
        for n in range(count)
    ]
    cargo = FakeCargo(world.files, [rule for rules in bad.values() for rule in rules])
    result = run(cargo, proposals)
    wanted = [
        f"good_{n}" if n not in bad else f"alt_{n}" if n in spare else None for n in range(count)
    ]
    labels = [
        v.fix.label if v.fix is not None and v.outcome is Outcome.VERIFIED else None
        for v in result.verdicts
    ]
    assert labels == wanted
    assert result.runs["check"] <= 3 + cost * len(bad)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_wherever_its_error_points_a_bad_fix_costs_no_good_one(data: st.DataObject) -> None:
    """One error a bad fix, at itself, at any other place, or without one; any kind hides others."""
    world = World(data.draw(LAYOUTS))
    count = len(world.homes)
    bad: dict[int, list[Breaks]] = {}
    for n in sorted(data.draw(st.sets(st.integers(0, count - 1), max_size=8))):
        at = data.draw(st.none() | st.just(world.anywhere(n)) | st.sampled_from(places(world)))
        bad[n] = [breaks(n, *([at] if at else []), stage=data.draw(st.integers(0, 2)))]
    spare = data.draw(st.sets(st.integers(0, count - 1)))
    check_exact(world, bad, spare, 2 * math.ceil(math.log2(max(count, 2))) + 6)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_under_rusts_rules_any_number_of_errors_is_read_right(data: st.DataObject) -> None:
    """Changes in a body bring errors in that body (or ``Send`` errors anywhere), changes of a
    declaration bring them anywhere; as many as they like."""
    world = World(data.draw(LAYOUTS))
    count = len(world.homes)
    everywhere = places(world)
    bad: dict[int, list[Breaks]] = {}
    for n in sorted(data.draw(st.sets(st.integers(0, count - 1), max_size=6))):
        file, function = world.homes[n]
        body = world.layout[file][function] > 0
        mates = [world.anywhere(m) for m in range(count) if world.homes[m] == (file, function)]
        near = [*mates, world.end(file, function)] if body else everywhere
        rules: list[Breaks] = []
        for at in data.draw(st.lists(st.sampled_from(near), min_size=1, max_size=3)):
            rules.append(breaks(n, at, stage=data.draw(st.integers(1, 2))))
        if data.draw(st.booleans()):
            message = "`Rc<u8>` cannot be sent between threads safely"
            spawn = data.draw(st.sampled_from(everywhere))
            rules.append(breaks(n, spawn, code="E0277", message=message))
        bad[n] = rules
    spare = data.draw(st.sets(st.integers(0, count - 1)))
    check_exact(world, bad, spare, 2 * math.ceil(math.log2(max(count, 2))) + 6)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_of_two_for_one_place_one_that_holds_is_kept(data: st.DataObject) -> None:
    world = World(data.draw(LAYOUTS))
    count = len(world.homes)
    numbers = st.sets(st.integers(0, count - 1))
    bad, rivals, bad_rivals = data.draw(numbers), data.draw(numbers), data.draw(numbers)
    rules = []
    proposals = []
    for n in range(count):
        proposals.append(world.proposal(n, f"bad_{n}" if n in bad else f"good_{n}"))
        if n in rivals:
            proposals.append(world.proposal(n, f"big_{n}"))
    for word, members in (("bad", bad), ("big", bad_rivals & rivals)):
        for n in sorted(members):
            at = data.draw(st.none() | st.sampled_from(places(world)))
            rules.append(Breaks((rf"{word}_{n}\b",), (at,) if at else ()))
    result = run(FakeCargo(world.files, rules), proposals)
    won: dict[int, list[str]] = {n: [] for n in range(count)}
    for proposal, verdict in zip(proposals, result.verdicts, strict=True):
        word, number = proposal.fixes[0].label.split("_")
        if verdict.outcome is Outcome.VERIFIED:
            won[int(number)].append(word)
        elif verdict.outcome is Outcome.CONFLICT:
            assert proposal in result.deferred
    for n in range(count):
        holds = ["good"] if n not in bad else []
        holds += ["big"] if n in rivals - bad_rivals else []
        assert len(won[n]) == min(len(holds), 1)
        assert set(won[n]) <= set(holds)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_pointed_at_bad_fixes_cost_two_runs_each_at_most(data: st.DataObject) -> None:
    world = World(data.draw(LAYOUTS))
    numbers = st.sets(st.integers(0, len(world.homes) - 1), max_size=10)
    bad = {n: [breaks(n, world.anywhere(n))] for n in data.draw(numbers)}
    check_exact(world, bad, set(), 2)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_whatever_fails_together_the_result_holds_and_nothing_more_fits(
    data: st.DataObject,
) -> None:
    """Sets of fixes that fail only together, with errors anywhere."""
    declarations = data.draw(st.booleans())
    layout = data.draw(LAYOUTS)
    if declarations:
        layout = tuple(tuple(-abs(n) for n in functions) for functions in layout)
    world = World(layout)
    count = len(world.homes)
    rules = []
    for _ in range(data.draw(st.integers(0, 5))):
        together = data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=3))
        at = data.draw(st.none() | st.sampled_from(places(world)))
        needles = tuple(rf"good_{n}\b" for n in sorted(together))
        rules.append(Breaks(needles, (at,) if at else (), stage=data.draw(st.integers(0, 2))))
    cargo = FakeCargo(world.files, rules)
    result = run(cargo, plain(world, set()))
    sets = [{int(n.split("_")[1].removesuffix(r"\b")) for n in rule.needles} for rule in rules]
    good = kept(result)
    assert not any(together <= good for together in sets)
    if declarations:  # a change in a body is taken to reach no other body
        for n in set(range(count)) - good:
            assert any(together <= good | {n} for together in sets), n
