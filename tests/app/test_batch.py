"""``spikeproof diff`` and ``scan`` as programs with the real cargo: several workspaces, what is new,
what a baseline holds, the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.detect import baseline
from tests.gate import gated
from tests.gitrepo import commit, git, start
from tests.trees import build, content, package

HITS = """\
use std::sync::Mutex;

pub struct Hits {
    hits: Mutex<u64>,
}

impl Hits {
    pub fn add(&self, n: u64) {
        *self.hits.lock().unwrap() += n;
    }

    pub fn all(&self) -> u64 {
        *self.hits.lock().unwrap()
    }
}
"""
BYTES = HITS.replace("Hits", "Bytes").replace("hits", "bytes")
LIB = "pub mod hits;\n"
# Only its type tells that `held` gives a guard.
MAYBE = """\
use std::future::Future;
use std::sync::{Mutex, MutexGuard};

pub struct State(Mutex<Vec<u8>>);

impl State {
    fn held(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap()
    }

    pub async fn push(&self, n: u8, work: impl Future<Output = ()>) {
        let mut list = self.held();
        list.push(n);
        work.await;
    }
}
"""

pytestmark = pytest.mark.slow


def crate(root: Path, name: str) -> Path:
    build(root, {"Cargo.toml": package(name), "src/lib.rs": LIB, "src/hits.rs": HITS})
    return root


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with two workspaces, neither of which is its top."""
    top = tmp_path / "repo"
    crate(top / "one", "one")
    crate(top / "deep/two", "two")
    build(top, {".gitignore": "target/\nCargo.lock\n"})
    return start(top)


def run(cwd: Path, *arguments: str, code: int) -> tuple[bytes, str]:
    """stdout and stderr of the program, which must end with ``code``."""
    command = [sys.executable, "-m", "engine.app.cli", *gated(arguments), "--offline"]
    keep = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "SPIKEPROOF_CACHE")
        if name in os.environ
    }
    home = Path(__file__).resolve().parents[2]
    found = subprocess.run(
        command, cwd=cwd, capture_output=True, env={**keep, "PYTHONPATH": str(home)}
    )
    words = found.stderr.decode()
    assert found.returncode == code, words
    assert "Traceback" not in words
    return found.stdout, words


def diff(cwd: Path, *arguments: str, code: int = 1) -> tuple[bytes, str]:
    return run(cwd, "diff", "--no-bench", "--no-tests", *arguments, code=code)


COLD = "pub fn size(name: &String) -> usize {\n    name.clone().len()\n}\n"


def test_code_that_is_not_hot_is_looked_at_on_request(top: Path) -> None:
    build(top / "one", {"src/lib.rs": COLD, "src/hits.rs": ""})
    found, told = run(top, "scan", "one", "--format", "json", code=0)
    assert json.loads(found)["sites"] == []
    found, told = run(top, "scan", "one", "--cold", "--format", "json", code=1)
    assert [site["heat"] for site in json.loads(found)["sites"]] == [[]]
    patch, told = diff(top, "one", "--cold")
    assert b"+    name.len()" in patch
    assert "clone-per-frame: 1 found" in told
    diff(top, "one", code=0)
    manifest = top / "one/Cargo.toml"
    manifest.write_text(manifest.read_text() + "[package.metadata.spikeproof]\ncold = true\n")
    assert diff(top, "one")[0] == patch


def test_two_workspaces_give_one_patch_that_git_takes_anywhere(top: Path) -> None:
    before = content(top)
    patch, told = diff(top, "one", "deep/two")
    assert content(top) == before
    assert told.count("mutex-counter: 1 found") == 2
    assert b"deep/two/src/hits.rs:4" in patch.partition(b"diff --git")[0]
    again, _ = diff(top / "deep", "two/src/hits.rs", "../one", "two/Cargo.toml")
    assert again.count(b"diff --git") == 2
    git(top / "deep/two/src", "apply", "-", given=patch)
    assert b"AtomicU64" in (top / "deep/two/src/hits.rs").read_bytes()
    assert b"AtomicU64" not in (top / "one/src/hits.rs").read_bytes()  # is not below that folder
    git(top, "checkout", "-q", ".")
    git(top, "apply", "-", given=patch)
    for name in ("one", "deep/two"):
        assert b"AtomicU64" in (top / name / "src/hits.rs").read_bytes()
        subprocess.run(["cargo", "check", "-q", "--offline"], cwd=top / name, check=True)
    nothing, told = diff(top, "one", "deep/two", code=0)
    assert nothing == b""
    assert told.count("nothing to do: no site found") == 2


@pytest.mark.parametrize("form", ["patch", "mbox", "json", "summary", "stat"])
def test_the_same_tree_gives_the_same_bytes(top: Path, form: str) -> None:
    one, _ = diff(top, "one", "--format", form)
    other, _ = diff(top / "one", "--format", form)
    into = top.parent / "out"
    nothing, _ = diff(top / "one/src", ".", "-o", str(into), "--format", form)
    assert one == other == into.read_bytes()
    assert nothing == b""
    assert one


def test_what_fails_for_one_workspace_costs_the_other_nothing(top: Path) -> None:
    (top / "one/src/lib.rs").write_text("pub mod hits;\nthis is no Rust\n")
    text, told = diff(top, "one", "deep/two", "--format", "json", code=2)
    found = json.loads(text)
    assert [Path(one["root"]).name for one in found["workspaces"]] == ["two"]
    assert [Path(one["root"]).name for one in found["failed"]] == ["one"]
    assert "does not compile" in found["failed"][0]["reason"]
    assert "does not compile" in told
    _, told = diff(top, "one", code=2)
    assert "does not compile" in told


def test_only_what_is_new_is_proven_and_a_baseline_holds_the_rest(top: Path) -> None:
    one = top / "one"
    nothing, told = diff(one, "--since", "main", code=0)
    assert nothing == b""
    assert "1 site that the change since main" in told
    assert "Checking" not in told  # nothing of the change can be a site: rustc is not asked
    git(top, "checkout", "-q", "-b", "work")
    build(one, {"src/bytes.rs": BYTES, "src/lib.rs": LIB + "pub mod bytes;\n"})
    patch, told = diff(one, "--since", "main")
    assert b"a/one/src/bytes.rs" in patch
    assert b"hits.rs" not in patch
    assert "mutex-counter: 1 found" in told
    found = json.loads(diff(one, "--since", "main", "--format", "json")[0])
    assert [fix["sites"][0]["path"] for fix in found["fixes"]] == ["src/bytes.rs"]
    assert found["left_alone"]["old"] == 1
    commit(top)
    run(one, "baseline", "-o", "b.json", code=0)
    assert {entry.path for entry in baseline.read(one / "b.json").entries} == {
        "src/bytes.rs",
        "src/hits.rs",
    }
    nothing, told = diff(one, "--baseline", "b.json", code=0)
    assert nothing == b""
    assert "2 sites of the baseline b.json" in told
    git(top, "apply", "-", given=patch)
    _, told = diff(one, "--baseline", "b.json", code=0)
    assert "1 entry of the baseline matches nothing any more" in told


def test_a_baseline_is_of_one_workspace(top: Path) -> None:
    build(top, {"b.json": baseline.dump([])})
    _, told = diff(top, "one", "deep/two", "--baseline", "b.json", code=2)
    assert "--baseline is of one workspace" in told


def test_a_patch_a_fix_in_a_folder(top: Path) -> None:
    build(top / "one", {"src/bytes.rs": BYTES, "src/lib.rs": LIB + "pub mod bytes;\n"})
    commit(top)
    nothing, told = diff(top, "one", "-o", "out/", "--format", "mbox")
    assert nothing == b""
    assert "Wrote 2 patches to out" in told
    names = [str(top / "out" / name) for name in (top / "out/series").read_text().split()]
    git(top, "am", "-q", *names)
    assert git(top, "rev-list", "--count", "HEAD") == "4"
    for late in (["-o", "out/", "--format", "json"], ["-o", "one/"], ["-o", "no/such/file"]):
        _, told = diff(top, "one", *late, code=2)
        assert "Checking" not in told  # said before the work, not after it


def test_a_site_that_only_its_type_shows_is_found_alone(top: Path) -> None:
    """Nothing else in the workspace is a candidate: rustc is asked all the same."""
    build(top / "one", {"src/lib.rs": MAYBE, "src/hits.rs": ""})
    found = json.loads(diff(top, "one", "--review", "--format", "json")[0])
    assert [fix["codemod"] for fix in found["fixes"]] == ["guard-across-await"]
    shown = json.loads(run(top, "scan", "one", "--types", "--format", "json", code=1)[0])
    assert [site["codemod"] for site in shown["sites"]] == ["guard-across-await"]
    allowed = MAYBE.replace(
        "        let mut", "        // spikeproof: allow(guard-across-await)\n        let mut"
    )
    build(top / "one", {"src/lib.rs": allowed})
    nothing, told = diff(top, "one", code=0)
    assert nothing == b""
    assert "silences nothing" not in told
    build(
        top / "one",
        {"src/lib.rs": allowed.replace("self.held()", "Vec::from([self.0.lock().is_ok() as u8])")},
    )
    nothing, told = diff(top, "one", code=0)
    assert "src/lib.rs:12: this `allow` silences nothing" in told


def test_the_config_lowers_what_is_taken(top: Path) -> None:
    rule = '[package.metadata.spikeproof.codemods.mutex-counter]\nlevel = "{}"\n'
    for level, patched, said in (
        ("review", False, "review: 1 needs --review"),
        ("report", False, "report: 1 reported"),
        ("safe", True, "safe: 1 verified"),
    ):
        build(top / "one", {"Cargo.toml": package("one", rule.format(level))})
        patch, told = diff(top, "one")
        assert bool(patch) == patched
        assert said in told


def test_an_entry_of_a_site_that_only_syntax_shows_is_not_stale(top: Path) -> None:
    text = """\
pub struct Door;

impl Door {
    pub fn lock(&self) -> Result<u8, ()> {
        Ok(1)
    }
}

pub async fn through(door: &Door, work: impl std::future::Future<Output = ()>) -> u8 {
    let key = door.lock().unwrap();
    work.await;
    key
}
"""
    build(top / "one", {"src/hits.rs": text})
    run(top, "baseline", "one", "-o", "b.json", code=0)
    assert [entry.codemod for entry in baseline.read(top / "b.json").entries] == [
        "guard-across-await"
    ]
    for command in (("diff", "--no-bench"), ("scan", "--types")):
        _, told = run(top, *command, "one", "--baseline", "b.json", code=0)
        assert "matches nothing" not in told
    build(
        top / "one", {"src/hits.rs": text.replace("door.lock()", "door.lock().or(Ok::<u8, ()>(2))")}
    )
    _, told = run(top, "diff", "--no-bench", "one", "--baseline", "b.json", "-v", code=0)
    assert "1 entry of the baseline matches nothing any more" in told
    assert "src/hits.rs: `key`" in told
