"""What runs the tests, as the command line has it: chosen, told, and missed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.app.cli import cli
from tests.trees import build, package

COUNTER = """\
use std::sync::Mutex;
pub struct Hits(Mutex<u64>);
impl Hits {
    pub fn new() -> Hits { Hits(Mutex::new(0)) }
    pub fn add(&self) { *self.0.lock().unwrap() += 1; }
    pub fn get(&self) -> u64 { *self.0.lock().unwrap() }
}
/// ```
/// assert_eq!(counted::twice(2), 4);
/// ```
pub fn twice(n: u64) -> u64 { n * 2 }
#[test]
fn counts() {
    let hits = Hits::new();
    std::thread::scope(|scope| { scope.spawn(|| hits.add()); });
    assert_eq!(hits.get(), 1);
}
"""
CONFIG = ".config/nextest.toml"
needs_nextest = pytest.mark.skipif(
    shutil.which("cargo-nextest") is None, reason="cargo-nextest is missing"
)


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    root = tmp_path / "crate"
    build(
        root,
        {"Cargo.toml": package("counted", "[workspace]\n"), "src/lib.rs": COUNTER, CONFIG: ""},
    )
    return root


def diff(crate: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["diff", str(crate), "--no-bench", "--review", *words])


def without_nextest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cargo that knows no such command."""
    real = shutil.which("cargo")
    script = f'#!/bin/sh\n[ "$1" = nextest ] && exit 101\nexec {real} "$@"\n'
    (folder / "cargo").write_text(script)
    (folder / "cargo").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@needs_nextest
@pytest.mark.slow
def test_a_workspace_that_has_nextest_is_proven_with_it(crate: Path) -> None:
    done = diff(crate)
    assert done.exit_code == 0, done.stderr
    assert "Testing by nextest " in done.stderr
    assert f": there is a {CONFIG}" in done.stderr
    assert ", tests by nextest " in done.stderr
    assert "# tests: passed: 2 tests of package counted (nextest " in done.stdout
    assert "AtomicU64" in done.stdout
    told = json.loads(diff(crate, "--format", "json").stdout)
    assert told["test_runner"].startswith("nextest ")
    tests = told["fixes"][0]["evidence"]["reach"]["tests"]
    assert tests == ["counted::lib::counts"], "also on another thread"
    asked = diff(crate, "--test-runner", "cargo", "--format", "json")
    assert "Testing by cargo test: as asked" in asked.stderr
    assert json.loads(asked.stdout)["test_runner"] == "cargo test"
    assert "tests by" not in asked.stderr
    manifest = crate / "Cargo.toml"
    manifest.write_text(
        manifest.read_text() + '[workspace.metadata.spikeproof]\ntest-runner = "cargo"\n'
    )
    assert "Testing by cargo test: as asked" in diff(crate).stderr
    assert "Testing by nextest" in diff(crate, "--test-runner", "auto").stderr


@pytest.mark.slow
def test_where_it_is_missing_cargo_does_it_or_says_so(
    crate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_nextest(tmp_path, monkeypatch)
    missed = diff(crate, "--test-runner", "nextest")
    assert missed.exit_code == 2
    assert "`cargo nextest` is not installed: install it (`cargo install" in missed.stderr
    assert "Checking" not in missed.stderr, "it is said before anything is built"
    done = diff(crate)
    assert done.exit_code == 0, done.stderr
    why = f"there is a {CONFIG}, but `cargo nextest` is not installed"
    assert f"Testing by cargo test: {why}" in done.stderr
    assert "# tests: passed: 2 tests of package counted\n" in done.stdout
