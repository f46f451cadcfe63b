"""Fixes that grow after their errors, that overlap, that bring warnings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site, Span
from engine.cargo.cargo_results import CheckRun
from engine.detect.codemod import Problem, Refusal
from tests.fakecargo import Breaks, FakeCargo, World, breaks, outcomes, plain, run

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
    assert cargo.log == ["check: 0 errors", "check: 0 errors", "prove", "check: 0 errors"]

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


def test_a_fix_that_brings_a_warning_is_not_emitted() -> None:
    world = World(((1, 1), (1,)))
    text = "unused variable: `x`"
    rules = [
        Breaks(("good_0",), (world.anywhere(0),), "unused_variables", text, level="warning"),
        Breaks((r"end_1_0",), (world.end(1, 0),), "dead_code", "old", level="warning"),
    ]
    result = run(FakeCargo(world.files, rules), plain(world, set()))
    assert outcomes(result) == [Outcome.CHECK_FAILED, Outcome.VERIFIED, Outcome.VERIFIED]
    reasons = [verdict.reason for verdict in result.verdicts]
    assert reasons == [f"it brings a new warning: unused_variables: {text}", "", ""]
    assert [d.message for d in result.verdicts[0].evidence.diagnostics] == [text]


def test_a_warning_makes_room_for_the_next_alternative() -> None:
    world = World(((1, 1),))
    rules = [
        Breaks(("bad_0",), (world.anywhere(0),), "unused_mut", "`mut`", level="warning"),
    ]
    proposals = [world.proposal(0, "bad_0", "good_0"), world.proposal(1, "good_1")]
    result = run(FakeCargo(world.files, rules), proposals)
    assert outcomes(result) == [Outcome.VERIFIED] * 2
    assert b"good_0" in result.patch
    assert b"bad_0" not in result.patch


def test_a_warning_that_shows_elsewhere_finds_who_brought_it() -> None:
    world = World(((1, 1, 1),))
    far = Breaks(("good_1",), (world.end(0, 2),), "dead_code", "never used", level="warning")
    result = run(FakeCargo(world.files, [far]), plain(world, set()))
    assert outcomes(result) == [Outcome.VERIFIED, Outcome.CHECK_FAILED, Outcome.VERIFIED]


def test_errors_are_seen_to_before_warnings() -> None:
    world = World(((1, 1),))
    rules = [
        breaks(0, world.anywhere(0)),
        Breaks(("good_1",), (world.anywhere(1),), "unused_mut", "`mut`", level="warning"),
    ]
    result = run(FakeCargo(world.files, rules), plain(world, {0}))
    assert outcomes(result) == [Outcome.CHECK_FAILED] * 2
    assert result.patch == b""


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        # A `use` that was unused before is called otherwise when another name joins or leaves it.
        ("unused import: `std::sync::Arc`", "unused import: `Arc`", True),
        ("unused imports: `Mutex` and `RwLock`", "unused import: `tokio::sync::RwLock`", True),
        ("unused import: `std::sync::Arc`", "unused imports: `Arc` and `Mutex`", False),
        ("unused import: `std::sync::Arc`", "unused import: `std::sync::Mutex`", False),
    ],
)
def test_an_import_that_was_unused_before_is_no_new_warning(
    before: str, after: str, held: bool
) -> None:
    world = World(((1,),))
    rules = [
        Breaks(("site_0",), (world.end(0, 0),), "unused_imports", before, level="warning"),
        Breaks(("good_0",), (world.end(0, 0),), "unused_imports", after, level="warning"),
    ]
    result = run(FakeCargo(world.files, rules), plain(world, set()))
    assert outcomes(result) == [Outcome.VERIFIED if held else Outcome.CHECK_FAILED]
