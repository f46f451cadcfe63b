"""The stages on a real workspace: the proof in the copy, and what a run costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.app.passes import rescan
from engine.app.pipeline import proving, run
from engine.app.request import ProofSettings, RunRequest
from engine.app.session import Session, open_session, prover_of
from engine.base.model import Outcome
from engine.base.ui import Ui
from engine.base.user_cache import VARIABLE
from engine.cargo.workspace import Selection, Workspace, discover
from engine.rewrite.patch import make_patch
from tests.trees import build, package

LIB = "pub mod hits;\npub mod slots;\n"
HITS = """\
use std::sync::Mutex;

pub struct Hits {
    hits: Mutex<u64>,
}

impl Hits {
    pub fn add(&self, n: u64) {
        let mut hits = self.hits.lock().unwrap();
        *hits += n;
    }
}

#[test]
fn adds() {
    let hits = Hits { hits: Mutex::new(1) };
    hits.add(2);
    assert_eq!(*hits.hits.lock().unwrap(), 3);
}
"""
# Relies on the overflow panic of debug builds, which an atomic has not.
SLOTS = """\
use std::sync::Mutex;

pub struct Slots {
    used: Mutex<u8>,
}

impl Slots {
    pub fn take(&self) {
        *self.used.lock().unwrap() += 1;
    }
}

#[test]
#[should_panic]
fn more_than_a_byte_is_a_bug() {
    let slots = Slots { used: Mutex::new(u8::MAX) };
    slots.take();
}
"""
FILES = {
    "Cargo.toml": package("app", "[workspace]\n"),
    "src/lib.rs": LIB,
    "src/hits.rs": HITS,
    "src/slots.rs": SLOTS,
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return discover(build(tmp_path / "app", FILES), Selection())


@pytest.fixture
def session(workspace: Workspace) -> Iterator[Session]:
    with open_session(workspace, Ui(quiet=True)) as found:
        yield found


def test_each_proof_starts_from_the_users_tree(session: Session) -> None:
    """git changes files behind the copy's back; they are put back all the same."""
    tree = session.scratch.tree
    prove = prover_of(session)
    patches = {
        path: make_patch([(path, text.encode(), f"// new\n{text}".encode())])
        for path, text in FILES.items()
        if path.startswith("src/")
    }

    def changed() -> set[str]:
        return {path for path in patches if (tree / path).read_text("utf-8") != FILES[path]}

    for path in ("src/hits.rs", "src/hits.rs", "src/slots.rs"):
        assert prove(patches[path], [path]) is session.cargo
        assert changed() == {path}
    prove(b"", [])
    assert changed() == set()
    prove(patches["src/hits.rs"], ["src/hits.rs"])
    session.cargo.write({})
    assert changed() == set()


def test_a_later_pass_takes_the_proofs_check_for_its_baseline(session: Session) -> None:
    first = session.check_baseline()
    runs = session.cargo.runs
    files = {"src/hits.rs": f"// new\n{HITS}".encode()}
    sites, check = rescan(session, ("mutex-counter",), files, first)
    assert check is first
    assert session.cargo.runs == runs
    assert {site.path for site in sites} == {"src/hits.rs", "src/slots.rs"}
    assert (session.scratch.tree / "src/hits.rs").read_bytes() == files["src/hits.rs"]
    _, check = rescan(session, ("mutex-counter",), files, None)
    assert check.ok
    assert session.cargo.runs == runs + 1


@pytest.mark.slow
def test_a_fix_that_fails_its_test_is_dropped_in_ten_runs(workspace: Workspace) -> None:
    result = run(
        RunRequest(workspace, ("mutex-counter",), ProofSettings(review=True)), Ui(quiet=True)
    )
    told = {v.proposal.sites[0].path: v for v in result.verdicts}
    assert told["src/hits.rs"].outcome is Outcome.VERIFIED
    assert told["src/hits.rs"].evidence.tests == "passed: 2 tests of package app"
    assert told["src/slots.rs"].outcome is Outcome.TESTS_FAILED
    assert told["src/slots.rs"].reason == (
        "fails with this fix: app::lib::slots::more_than_a_byte_is_a_bug"
    )
    assert list(result.files) == ["src/hits.rs"]
    assert result.cargo_runs == sum(result.runs.values()) == 10


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))


@pytest.mark.usefixtures("cache")
def test_a_run_that_is_known_costs_nothing_and_says_so(workspace: Workspace) -> None:
    request = RunRequest(workspace, ("mutex-counter",), ProofSettings())
    first, again = (run(request, Ui(quiet=True)) for _ in range(2))
    assert first.patch
    made = first.cargo_runs
    assert (again.cargo_runs, sum(again.runs.values())) == (0, 0)
    *notes, words = again.notes
    assert tuple(notes) == first.notes
    assert words.startswith("not run again, since this tree is known from 20")
    assert words.endswith(f": all of it, {made} runs of cargo (--fresh runs all)")
    passes = [replace(each, facts=first.passes[0].facts) for each in again.passes]
    same = replace(again, cargo_runs=made, runs=first.runs, notes=first.notes, passes=tuple(passes))
    assert replace(same, sources=first.sources) == first
    assert [again.alone(v) for v in again.verdicts] == [first.alone(v) for v in first.verdicts]
    other = run(replace(request, proof=ProofSettings(tests=False)), Ui(quiet=True))
    assert "known from" in other.notes[-1]
    assert "all of it" not in other.notes[-1], "what was asked is another thing, the tree is not"
    (workspace.root / "src/lib.rs").write_text("//! Changed.\n" + LIB)
    changed = run(replace(request, workspace=discover(workspace.root, Selection())), Ui(quiet=True))
    assert (changed.cargo_runs, changed.notes) == (made, first.notes)


@pytest.mark.usefixtures("cache")
def test_who_goes_on_in_the_copy_makes_no_run_of_a_known_tree_again(workspace: Workspace) -> None:
    request = RunRequest(workspace, ("mutex-counter",), ProofSettings())
    first = run(request, Ui(quiet=True))
    with proving(request, Ui(quiet=True)) as (again, session):
        assert session is not None
        assert (again.patch, again.verdicts) == (first.patch, first.verdicts), "reach, too"
        assert (again.cargo_runs, sum(again.runs.values())) == (0, 0)
        told = re.findall(r"(\d+) (?:checks|test runs?)", again.notes[-1])
        assert sum(map(int, told)) == first.cargo_runs


@pytest.mark.usefixtures("cache")
def test_what_reads_outside_of_the_tree_is_run_each_time(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    lib = f'pub mod hits;\npub const WORDS: &str = include_str!("{words}");\n'
    root = build(tmp_path / "app", {**FILES, "src/lib.rs": lib})
    words.write_text("here")
    request = RunRequest(discover(root, Selection()), ("mutex-counter",), ProofSettings())
    first, again = (run(request, Ui(quiet=True)) for _ in range(2))
    assert again.cargo_runs == first.cargo_runs > 0
