"""What a run on a tree said is told to a later session, once for each time it was run, and never where it
may be otherwise the next time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.base.user_cache import VARIABLE
from engine.cargo import cargo_results
from engine.cargo.cargo_results import Checked, CheckRun
from engine.cargo.kept_runs import KeptRuns, Told
from engine.cargo.left_out import UnitKey
from engine.cargo.tree_key import TreeState

CALL = ("test", "--workspace")
CHECKED = Checked(
    CheckRun(True, (), "", 1.5, compiled=frozenset({"src/lib.rs"})),
    frozenset({UnitKey("app", "lib", True)}),
    frozenset({"src/lib.rs"}),
)
PASSED = cargo_results.TestRun(
    True, frozenset({"a::lib::t"}), frozenset(), frozenset(), frozenset(), (), "", 0.5
)
FAILED = replace(PASSED, passed=frozenset(), failed=frozenset({"a::lib::t"}), output="panicked")


@dataclass
class Key:
    """A tree that a test changes by hand."""

    state: TreeState = field(default_factory=lambda: TreeState(b"tree", b"lock"))
    is_possible: bool = True
    tests_possible: bool = True

    def now(self) -> TreeState:
        return self.state


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))


def session(key: Key, tmp_path: Path) -> KeptRuns:
    return KeptRuns(key, tmp_path / "beside")  # type: ignore[arg-type]


def ran(kept: KeptRuns, run: Checked | cargo_results.TestRun, call: tuple[str, ...] = CALL) -> None:
    kept.ran(kept.state(), call, run)


def told(kept: KeptRuns, call: tuple[str, ...] = CALL) -> cargo_results.TestRun | None:
    return kept.tests(kept.state(), call)


def test_a_later_session_knows_it_and_this_one_runs_it(tmp_path: Path) -> None:
    key = Key()
    kept = session(key, tmp_path)
    assert kept.check(kept.state(), CALL) is None
    ran(kept, CHECKED)
    assert kept.check(kept.state(), CALL) is None, "what this session saw is no second look"
    later = session(key, tmp_path)
    assert later.check(later.state(), ("check", "--release")) is None
    assert later.check(later.state(), CALL) == CHECKED
    assert later.told.checks == 1
    key.state = TreeState(b"another tree", b"lock")
    assert later.check(later.state(), CALL) is None


def test_tests_tell_what_they_wrote_beside_the_tree(tmp_path: Path) -> None:
    key = Key()
    kept = session(key, tmp_path)
    (tmp_path / "beside").write_bytes(b"1 x\n2 y\n1 x\n")
    ran(kept, PASSED)
    kept.close()
    (tmp_path / "beside").write_bytes(b"old")
    later = session(key, tmp_path)
    assert told(later) == PASSED
    assert set((tmp_path / "beside").read_bytes().split(b"\n")) == {b"", b"1 x", b"2 y"}
    assert later.told.tests == 1
    assert later.told.since > 0
    assert session(key, tmp_path).told == Told()


def test_it_is_told_as_often_as_it_was_run(tmp_path: Path) -> None:
    key = Key()
    kept = session(key, tmp_path)
    for _ in range(2):
        ran(kept, FAILED)
    kept.close()
    later = session(key, tmp_path)
    assert [told(later) for _ in range(3)] == [FAILED, FAILED, None]
    ran(later, FAILED)
    later.close()
    last = session(key, tmp_path)
    assert [told(last) for _ in range(4)] == [FAILED, FAILED, FAILED, None]


def test_what_is_flaky_takes_all_test_runs_with_it(tmp_path: Path) -> None:
    key = Key()
    kept = session(key, tmp_path)
    ran(kept, CHECKED, ("check",))
    ran(kept, FAILED)
    ran(kept, PASSED, (*CALL, "t"))
    kept.close()
    later = session(key, tmp_path)
    assert told(later) is None
    assert told(later, (*CALL, "t")) is None
    assert later.check(later.state(), ("check",)) is not None


def test_a_test_that_a_fix_breaks_is_not_flaky(tmp_path: Path) -> None:
    key = Key()
    kept = session(key, tmp_path)
    ran(kept, PASSED)
    key.state = TreeState(b"with a fix", b"lock")
    ran(kept, FAILED)
    kept.close()
    later = session(key, tmp_path)
    assert told(later) == FAILED


@pytest.mark.parametrize("run", [replace(PASSED, timed_out=True), PASSED])
def test_what_hangs_or_changes_its_tree_is_not_kept(
    tmp_path: Path, run: cargo_results.TestRun
) -> None:
    key = Key()
    kept = session(key, tmp_path)
    before = kept.state()
    if not run.timed_out:
        key.state = TreeState(b"a snapshot was written", b"lock")
    kept.ran(before, CALL, run)
    kept.close()
    for state in (before, key.state):
        later = session(key, tmp_path)
        assert later.tests(state, CALL) is None


def test_a_lock_file_that_cargo_makes_is_no_change(tmp_path: Path) -> None:
    key = Key(TreeState(b"tree", b""))
    kept = session(key, tmp_path)
    before = kept.state()
    key.state = TreeState(b"tree", b"lock")
    kept.ran(before, CALL, CHECKED)
    later = session(key, tmp_path)
    assert later.check(later.state(), CALL) == CHECKED


def test_a_session_that_is_broken_off_keeps_no_tests(tmp_path: Path) -> None:
    key = Key()
    ran(session(key, tmp_path), PASSED)
    assert told(session(key, tmp_path)) is None


def test_what_no_key_holds_keeps_nothing(tmp_path: Path) -> None:
    inner = Key(tests_possible=False)
    kept = session(inner, tmp_path)
    ran(kept, PASSED)
    ran(kept, CHECKED, ("check",))
    kept.close()
    later = session(inner, tmp_path)
    assert told(later) is None
    assert later.check(later.state(), ("check",)) == CHECKED
    later.give_up()
    assert later.state() is None
    blind = session(Key(is_possible=False), tmp_path)
    assert blind.state() is None
    ran(blind, PASSED)
    blind.close()
