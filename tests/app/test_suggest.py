"""Suggestions: whole lines that make exactly the fix, and the lines of a diff where they may stand."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app.session import Session
from engine.app.suggest import StandaloneFix, gathered, standalone_fixes, suggestion, with_block
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site, Span, Verdict
from engine.base.ui import Ui
from engine.cargo.cargo_results import CheckRun
from engine.report.finding import Suggestion
from engine.report.result import Result
from engine.rewrite.patch import hunks, split_lines
from engine.rewrite.pulldiff import around, of_patch

LINES = st.lists(st.sampled_from(["a", "b", "", "    c", "`"]), min_size=1, max_size=60)


def applied(before: bytes, made: Sequence[Suggestion]) -> bytes:
    """What GitHub makes of the suggestions: lines in the place of lines."""
    lines = before.decode().split("\n")
    for each in sorted(made, key=lambda s: -s.first):
        lines[each.first - 1 : each.last] = each.lines
    return "\n".join(lines).encode()


@given(LINES, LINES)
def test_the_suggestions_of_a_fix_make_the_fix(old: list[str], new: list[str]) -> None:
    before, after = ("\n".join(lines).encode() + b"\n" for lines in (old, new))
    blocks = gathered(before, after)
    made = [suggestion("x.rs", block, before, after) for block in blocks]
    assert None not in made
    whole = [each for each in made if each is not None]
    assert applied(before, whole) == after
    for each in whole:
        assert 1 <= each.first <= each.last <= len(old)
        assert each.lines != tuple(old[each.first - 1 : each.last])  # GitHub refuses a no-op
    for one, other in itertools.pairwise(whole):
        assert one.last < other.first
    for block, each in zip(blocks, whole, strict=True):
        assert with_block(before, after, block) == applied(before, [each])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\r\nb\r\n", b"a\r\nc\r\n"),  # which line end GitHub would write, nobody says
        (b"a\nb", b"a\nc"),
        (b"a\nb\n", b"a\nc"),
        (b"a\n", b"\xff\n"),
        (b"a\n", "\u202ea\n".encode()),
        (b"a\n", b"\x0c\n"),
        (b"a\n", b"b\n" * 101),
        (b"a\n", b"b" * 10_001 + b"\n"),
    ],
    ids=["crlf", "no newline", "newline lost", "not utf-8", "bidi", "form feed", "long", "wide"],
)
def test_what_would_not_come_back_byte_for_byte_is_no_suggestion(
    before: bytes, after: bytes
) -> None:
    (block,) = gathered(before, after)
    assert suggestion("x.rs", block, before, after) is None


def test_changes_that_lie_close_are_one_suggestion() -> None:
    before = b"".join(b"%d\n" % n for n in range(60))
    near = before.replace(b"\n10\n", b"\nx\n").replace(b"\n25\n", b"\ny\n")
    assert [(a0, a1) for a0, a1, _, _ in gathered(before, near)] == [(10, 26)]
    far = near.replace(b"\n55\n", b"\nz\n")
    assert [(a0, a1) for a0, a1, _, _ in gathered(before, far)] == [(10, 26), (55, 56)]


# -- alone -----------------------------------------------------------------------------------------

FILE = b"".join(b"line %d\n" % n for n in range(100))


@dataclass
class Cargo:
    """``bad``: what must not stand in a tree that compiles, unless ``needs`` does too."""

    files: Mapping[str, bytes]
    bad: Mapping[bytes, bytes] = field(default_factory=dict)
    runs: int = 0
    written: Mapping[str, bytes] = field(default_factory=dict)

    def write(self, files: Mapping[str, bytes]) -> None:
        self.written = {**self.files, **files}

    def check(self) -> CheckRun:
        self.runs += 1
        text = b"".join(self.written.values())
        ok = all(needs in text for bad, needs in self.bad.items() if bad in text)
        return CheckRun(ok, (), "", 0.0)

    def rustfmt(self, text: bytes, edition: str, folder: str) -> None:
        return None


@dataclass
class Copy:
    """As much of ``Session`` as is asked for."""

    cargo: Cargo
    sources: object = None
    workspace: object = None

    def __post_init__(self) -> None:
        self.sources = self
        self.workspace = self

    def data(self, path: str) -> bytes:
        return self.cargo.files[path]

    def edition_of(self, path: str) -> int:
        return 2021


def edit(path: str, line: int, text: bytes) -> Edit:
    start = FILE.index(b"line %d\n" % line)
    return Edit(path, start, start + len(b"line %d" % line), text)


def site(name: str, path: str, line: int) -> Site:
    start = FILE.index(b"line %d\n" % line)
    return Site("c", path, Span(start, start + 4), id=name)


def verdict(name: str, edits: Sequence[Edit], sites: Sequence[Site]) -> Verdict:
    fix = Fix("x", Level.SAFE, tuple(edits), "")
    return Verdict(Proposal(tuple(sites), (fix,)), fix, Outcome.VERIFIED, "")


def tried(
    *verdicts: Verdict,
    bad: Mapping[bytes, bytes] | None = None,
    files: Mapping[str, bytes] | None = None,
    later: frozenset[str] = frozenset(),
) -> tuple[Mapping[str, StandaloneFix], Cargo]:
    cargo = Cargo({"a.rs": FILE, "b.rs": FILE}, bad or {})
    result = Result(Path(), None, verdicts, files=files or {}, later=later)  # type: ignore[arg-type]
    return standalone_fixes(cast(Session, Copy(cargo)), result, Ui(quiet=True), "top/"), cargo


def test_a_fix_that_compiles_alone_is_suggested() -> None:
    one = verdict("a", [edit("a.rs", 3, b"new")], [site("a", "a.rs", 3)])
    found, cargo = tried(one)
    assert found["a"].suggestions == (Suggestion("top/a.rs", 4, 4, ("new",)),)
    assert found["a"].patch.startswith(b"diff --git a/top/a.rs b/top/a.rs")
    assert cargo.runs == 1


def test_what_was_proven_in_just_this_form_is_not_checked_again() -> None:
    one = verdict("a", [edit("a.rs", 3, b"new")], [site("a", "a.rs", 3)])
    found, cargo = tried(one, files={"a.rs": FILE.replace(b"line 3\n", b"new\n")})
    assert found["a"].suggestions
    assert cargo.runs == 0


def test_a_fix_that_needs_another_is_not_suggested() -> None:
    one = verdict("a", [edit("a.rs", 3, b"uses")], [site("a", "a.rs", 3)])
    found, _ = tried(one, bad={b"uses": b"defines"})
    assert found["a"] == StandaloneFix(why="It does not compile alone, only with the other fixes")
    late, _ = tried(one, later=frozenset({"a"}))
    assert late["a"] == StandaloneFix(
        why="It was planned on the result of other fixes, so it needs them"
    )


def test_places_that_change_together_are_not_taken_apart() -> None:
    edits = [edit("a.rs", 3, b"uses"), edit("b.rs", 3, b"defines")]
    both = [site("a", "a.rs", 3), site("b", "b.rs", 3)]
    found, _ = tried(verdict("a", edits, both), bad={b"uses": b"defines"})
    assert found["a"].suggestions == ()
    assert found["a"].why == "2 places change together"
    assert found["a"].patch.count(b"diff --git") == 2


def test_places_that_compile_alone_are_several_suggestions() -> None:
    edits = [edit("a.rs", 3, b"x"), edit("a.rs", 80, b"y")]
    both = [site("a", "a.rs", 3), site("b", "a.rs", 80)]
    found, cargo = tried(verdict("a", edits, both))
    assert [s.first for s in found["a"].suggestions] == [4, 81]
    assert cargo.runs == 4  # the fix, the tree as it is, each place


def test_half_a_rewrite_is_not_suggested_though_it_compiles() -> None:
    """One place has no site of its own: what it does without the other, no check tells."""
    edits = [edit("a.rs", 3, b"x"), edit("a.rs", 80, b"y")]
    found, cargo = tried(verdict("a", edits, [site("a", "a.rs", 3)]))
    assert found["a"].suggestions == ()
    assert cargo.runs == 1


def test_the_checks_for_suggestions_are_bounded() -> None:
    many = [
        verdict(f"a{n}", [edit("a.rs", n, b"x")], [site(f"a{n}", "a.rs", n)]) for n in range(35)
    ]
    found, cargo = tried(*many)
    assert cargo.runs == 30
    assert sum(bool(each.suggestions) for each in found.values()) == 30
    left = [each for each in found.values() if not each.suggestions]
    assert {each.why for each in left} == {
        "It was not compiled alone, for a run spends 30 checks on that"
    }
    assert all(each.patch for each in left)


def test_checks_are_spent_on_what_can_be_one_suggestion() -> None:
    wide = [
        verdict(f"w{n}", [edit("a.rs", n, b"x"), edit("b.rs", n, b"y")], [site(f"w{n}", "a.rs", n)])
        for n in range(30)
    ]
    one = verdict("a", [edit("a.rs", 3, b"new")], [site("a", "a.rs", 3)])
    found, cargo = tried(*wide, one)
    assert cargo.runs == 30
    assert found["a"].suggestions


# -- where a comment may stand ---------------------------------------------------------------------


def git(root: Path, *arguments: str) -> bytes:
    names = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    run = subprocess.run(["git", *names, *arguments], cwd=root, capture_output=True, check=True)
    return run.stdout


@pytest.mark.parametrize(
    "changed",
    [[1], [2, 9], [2, 10], [2, 11], [30, 31, 32], [100], [50, 57, 64, 99]],
)
def test_hunks_are_those_of_git(tmp_path: Path, changed: list[int]) -> None:
    before = [f"line {n}\n" for n in range(1, 101)]
    after = [f"new {n}\n" if n in changed else line for n, line in enumerate(before, 1)]
    git(tmp_path, "init", "-q")
    (tmp_path / "x").write_text("".join(before))
    git(tmp_path, "add", "x")
    git(tmp_path, "commit", "-qm", "x")
    (tmp_path / "x").write_text("".join(after))
    patch = git(tmp_path, "diff", "--no-ext-diff", "--no-color")
    of_git = tuple((h.new_start, h.new_start + h.new_lines - 1) for h in hunks(patch))
    assert around([(n, n) for n in changed], 100) == of_git
    body = patch[patch.index(b"@@") :].decode()
    assert of_patch(body) == of_git
    assert of_patch(body.removesuffix("\n")) == of_git  # as the API has it


@given(st.text(), st.binary())
def test_any_text_is_a_diff_or_none(text: str, data: bytes) -> None:
    for patch in (text, data.decode("utf-8", "surrogateescape"), f"@@ -1 +1,5 @@\n{text}"):
        for first, last in of_patch(patch):
            assert first <= last


def test_a_file_that_only_lost_lines_has_no_place() -> None:
    assert of_patch("@@ -1,2 +0,0 @@\n-a\n-b") == ()
    assert split_lines(b"a\nb") == [b"a\n", b"b"]
