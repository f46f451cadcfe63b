"""``spikeproof apply`` as a program, on a small crate in git, with the real cargo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from engine.app.pipeline import proving
from engine.app.request import ProofSettings, RunRequest
from engine.app.review.items import items_of
from engine.app.review.proof import ReviewProver
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from tests.gitrepo import git, start
from tests.trees import build, content, package

# What its tests share is made once.
pytestmark = pytest.mark.xdist_group("review_apply")

HITS = """\
use std::sync::Mutex;

static HITS: Mutex<u64> = Mutex::new(0);

pub fn hit() -> u64 {
    let mut hits = HITS.lock().unwrap();
    *hits += 1;
    *hits
}

/// What was asked of it so far.
///
/// It is far enough from `hit` that the two
/// stand in hunks of their own.
///
/// Nothing else is said about it here.
pub fn hits() -> u64 {
    *HITS.lock().unwrap()
}

#[test]
fn counts() {
    let before = hits();
    assert!(hit() > before);
}
"""
NAMES = """\
pub fn total(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        let copy = name.clone();
        sum += copy.len();
    }
    sum
}

pub fn longest(names: &[String]) -> usize {
    let mut most = 0;
    for name in names {
        let copy = name.clone();
        most = most.max(copy.len());
    }
    most
}

#[test]
fn adds() {
    assert_eq!(total(&["a".into(), "bc".into()]), 3);
    assert_eq!(longest(&["a".into(), "bc".into()]), 2);
}
"""
FILES = {
    ".gitignore": "/target\n",
    "Cargo.toml": package("app", "[workspace]\n"),
    "src/lib.rs": "pub mod hits;\npub mod names;\n",
    "src/hits.rs": HITS,
    "src/names.rs": NAMES,
}
_ENV = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "VISUAL", "EDITOR")}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = start(build(tmp_path_factory.mktemp("apply") / "app", FILES))
    subprocess.run(["cargo", "generate-lockfile", "--offline"], cwd=root, check=True)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "lock")
    return root


@pytest.fixture
def root(built: Path) -> Path:
    """The crate as it was; the scratch copy is kept over the tests."""
    git(built, "reset", "-q", "--hard")
    git(built, "clean", "-qfd")
    return built


def apply(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine.app.cli", "apply", "--exit-code", str(root), *options],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=_ENV,
        check=False,
    )


def at_terminal(
    root: Path,
    keys: str,
    *options: str,
    before_last: Callable[[], object] = lambda: None,
    **env: str,
) -> tuple[int, str]:
    """Exit code and all that was shown, when ``keys`` are pressed, one at each question."""
    process = pexpect.spawn(
        sys.executable,
        ["-m", "engine.app.cli", "apply", "--exit-code", str(root), "--no-bench", *options],
        cwd=str(Path(__file__).parents[2]),
        env={**_ENV, "TERM": "xterm-256color", **env},
        encoding="utf-8",
        dimensions=(50, 80),
        timeout=300,
    )
    shown = ""
    for number, key in enumerate(keys, 1):
        process.expect("\x1b\\[\\?2004h")
        shown += process.before
        process.expect(r"\]\?")
        shown += process.before
        if number == len(keys):
            before_last()
        process.send(key)
    process.expect(pexpect.EOF)
    shown += process.before
    process.close()
    return process.exitstatus, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "")


def assert_compiles(root: Path) -> None:
    run = subprocess.run(
        ["cargo", "check", "--offline", "--all-targets", "--quiet"],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        env={**_ENV, "CARGO_TARGET_DIR": str(root / "target/user")},
        check=False,
    )
    assert run.returncode == 0, run.stderr


# -- refused before anything is run ----------------------------------------------------------------


def test_a_pipe_is_no_terminal(root: Path) -> None:
    run = apply(root)
    assert run.returncode == 2
    assert "`spikeproof apply --all`" in run.stderr
    assert "`spikeproof diff`" in run.stderr
    assert run.stdout == ""


def test_a_dirty_tree_is_refused_by_name(root: Path) -> None:
    (root / "src/names.rs").write_text(NAMES + "// mine\n", "utf-8")
    (root / "notes.txt").write_text("x", "utf-8")
    run = apply(root, "--all")
    assert run.returncode == 2
    assert "  notes.txt\n  src/names.rs\n" in run.stderr
    assert "--allow-dirty" in run.stderr


def test_without_git_it_is_refused(tmp_path: Path) -> None:
    run = apply(build(tmp_path / "app", FILES), "--all")
    assert run.returncode == 2
    assert "--allow-no-vcs" in run.stderr


@pytest.mark.parametrize(
    "options", [("--all", "--undo"), ("--all", "--resume"), ("--undo", "--remember"), ("--undo",)]
)
def test_what_makes_no_sense_is_refused(root: Path, options: tuple[str, ...]) -> None:
    if options == ("--undo",):
        subprocess.run(["rm", "-rf", str(root / "target/spikeproof/review")], check=True)
    run = apply(root, *options)
    assert run.returncode == 2
    assert run.stderr.startswith("error: ")
    assert "Traceback" not in run.stderr


def test_remember_needs_a_baseline(root: Path) -> None:
    status, shown = at_terminal(root, "", "--remember")
    assert status == 2
    assert "--baseline FILE" in shown


# -- with cargo ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_all_is_written_and_taken_back(root: Path) -> None:
    before = content(root)
    run = apply(root, "--all", "--no-bench")
    assert run.returncode == 1, run.stderr
    assert run.stdout == ""
    assert "next:" not in run.stderr
    assert "Fixed src/hits.rs (1 fix)" in run.stderr
    assert "Fixed src/names.rs (2 fixes)" in run.stderr
    after = content(root)
    assert {p for p in before if before[p] != after[p]} == {"src/hits.rs", "src/names.rs"}
    assert "AtomicU64" in (root / "src/hits.rs").read_text("utf-8")
    assert_compiles(root)
    git(root, "commit", "-qam", "fixed")
    again = apply(root, "--all", "--no-bench")
    assert again.returncode == 0, again.stderr
    assert "nothing to do" in again.stderr
    undone = apply(root, "--undo")
    assert undone.returncode == 1
    assert "Restored src/hits.rs" in undone.stderr
    assert content(root) == before
    git(root, "reset", "-q", "--hard", "HEAD~1")


@pytest.mark.slow
def test_a_session_of_answers(root: Path, tmp_path: Path) -> None:
    """Hottest first: the two loops of names.rs, then the counter, whose hunks are linked."""
    held = tmp_path / "held.json"
    status, shown = at_terminal(root, "ynsq", "--remember", "--baseline", str(held))
    assert status == 1, shown
    assert "[1/3] clone-per-frame" in shown
    assert "[3/3] mutex-counter" in shown
    assert "its hunks are linked: none compiles without the others" in shown
    assert "Proven what you chose: check passed; tests passed: 2 tests of package app" in shown
    assert "Fixed src/names.rs (1 fix)" in shown
    assert "Remembered 1 site in held.json" in shown
    assert git(root, "diff", "--name-only") == "src/names.rs"
    assert_compiles(root)
    # What was skipped is not asked again: by --resume, nor with the baseline.
    git(root, "commit", "-qam", "one")
    status, shown = at_terminal(root, "yy", "--resume")
    assert "Resuming with 1 answer" in shown
    assert "[2/2] mutex-counter" in shown
    assert "1 to apply, 1 skipped" in shown
    assert_compiles(root)
    git(root, "commit", "-qam", "two")
    status, shown = at_terminal(root, "", "--baseline", str(held))
    assert status == 0, shown
    git(root, "reset", "-q", "--hard", "HEAD~2")


@pytest.mark.slow
def test_resume_asks_as_the_session_before_was_asked(root: Path) -> None:
    _, shown = at_terminal(root, "nQ", "--codemod", "clone-per-frame", "--review")
    assert "[1/2] clone-per-frame" in shown
    _, shown = at_terminal(root, "q", "--resume")
    assert "Resuming as it was asked: --codemod clone-per-frame --review --no-bench" in shown
    assert "[2/2] clone-per-frame" in shown
    _, shown = at_terminal(root, "q", "--resume", "--codemod", "mutex-counter")
    assert "[1/1] mutex-counter" in shown, "what is given now is newer"


@pytest.mark.slow
def test_edited_text_is_checked_by_rustc(root: Path) -> None:
    edit = r"sed -i s/copy\.len()/copy.as_str().len()/"
    status, shown = at_terminal(root, "eyq", VISUAL=edit)
    assert status == 1, shown
    assert "your text compiles" in shown
    assert "+        sum += copy.as_str().len();" in git(root, "diff")
    assert "-        let copy = name.clone();" in git(root, "diff")
    assert_compiles(root)
    git(root, "reset", "-q", "--hard")
    status, shown = at_terminal(root, "enq", VISUAL=r"sed -i s/copy\.len()/some.len()/")
    assert "it does not hold" in shown
    assert "cannot find value `some`" in shown
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.slow
def test_what_changed_meanwhile_is_part_of_the_proof(root: Path) -> None:
    """names.rs is edited while the questions stand: its fix is left, and the counter's is proven
    with the tree as it is now."""

    def work_on() -> None:
        (root / "src/names.rs").write_text(NAMES + "// mine\n", "utf-8")
        (root / "src/lib.rs").write_text("pub mod hits;\npub mod names;\npub mod new;\n", "utf-8")
        (root / "src/new.rs").write_text("pub use crate::hits::hits as so_far;\n", "utf-8")

    status, shown = at_terminal(root, "ynyy", before_last=work_on)
    assert status == 3, shown
    assert "src/names.rs changed since the scan: it is not overwritten" in shown
    assert "Proven what you chose: check passed; tests passed: 2 tests of package app" in shown
    assert "Fixed src/hits.rs (1 fix)" in shown
    assert (root / "src/names.rs").read_text("utf-8") == NAMES + "// mine\n"
    assert "AtomicU64" in (root / "src/hits.rs").read_text("utf-8")
    assert_compiles(root)


@pytest.mark.slow
def test_what_no_longer_holds_in_the_tree_is_not_written(root: Path) -> None:
    open_ = HITS.replace("static HITS", "#[allow(dead_code)]\npub(crate) static HITS")
    (root / "src/hits.rs").write_text(open_, "utf-8")
    git(root, "commit", "-qam", "open")

    def rely_on_the_lock() -> None:
        body = "pub fn poisoned() -> bool {\n    hits::HITS.is_poisoned()\n}\n"
        text = f"pub mod hits;\npub mod names;\n{body}"
        (root / "src/lib.rs").write_text(text, "utf-8")

    status, shown = at_terminal(root, "nnyy", before_last=rely_on_the_lock)
    assert status == 3, shown
    assert "no method named `is_poisoned`" in shown
    assert "nothing was written; `spikeproof apply --resume` goes on" in shown
    assert (root / "src/hits.rs").read_text("utf-8") == open_
    assert_compiles(root)
    git(root, "reset", "-q", "--hard", "HEAD~1")


TWO = """\
use std::sync::Mutex;

static HITS: Mutex<u64> = Mutex::new(0);
static MISSES: Mutex<u64> = Mutex::new(0);

pub fn hit() -> u64 {
    let mut hits = HITS.lock().unwrap();
    *hits += 1;
    *hits
}

pub fn miss() {
    *MISSES.lock().unwrap() += 1;
}

pub fn misses() -> u64 {
    *MISSES.lock().unwrap()
}
"""


@pytest.mark.slow
def test_any_choice_of_fixes_compiles(root: Path) -> None:
    """Two of the fixes share their ``use`` lines: each set of fixes has those that it needs."""
    (root / "src/hits.rs").write_text(TWO, "utf-8")
    workspace = discover(root, Selection())
    names = ("clone-per-frame", "mutex-counter")
    request = RunRequest(workspace, names, ProofSettings(tests=False))
    with proving(request, Ui(quiet=True)) as (result, session):
        assert session is not None
        prover = ReviewProver.of(session, result, tests=False)
        items = items_of(result.verdicts, (each.ids for each in result.passes))
        assert len(items) == 4
        for number in range(2 ** len(items)):
            chosen = [item for n, item in enumerate(items) if number >> n & 1]
            found = prover.texts.of(chosen)
            assert not found.left_out
            session.cargo.write(found.files)
            run = session.cargo.check()
            assert run.ok, run.output
            assert not run.diagnostics, run.output  # no line is left over either
        assert found.files == result.files


@pytest.mark.slow
def test_the_fix_that_another_one_displaced_is_offered_when_that_is_skipped(tmp_path: Path) -> None:
    """The story's second program: without its counter's fix, the guard still ends before the await."""
    meta = tmp_path / "meta"
    shutil.copytree(Path(__file__).parents[1] / "data/story-meta", meta)
    (meta / ".gitignore").write_text("/target\n", "utf-8")
    start(meta)
    status, shown = at_terminal(meta, "nyy", "--review")
    assert status == 1, shown
    assert "[1/1] mutex-counter" in shown
    assert "[2/2] guard-across-await" in shown
    assert "instead: of a fix that you skip, which overlaps this one" in shown
    assert "Fixed src/lib.rs (1 fix)" in shown
    assert "    meta.lock().unwrap().counter += 1;\n" in (meta / "src/lib.rs").read_text("utf-8")
