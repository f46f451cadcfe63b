"""How far a fix is proven is said wherever it is told: by no test, by tests that do not reach it, by
some that do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.app.cli import cli
from tests.gitrepo import commit, start
from tests.trees import build, package

HITS = """\
use std::sync::Mutex;

pub struct Hits {
    hits: Mutex<u64>,
}

impl Hits {
    pub fn new() -> Self {
        Hits { hits: Mutex::new(0) }
    }

    pub fn add(&self, n: u64) {
        let mut hits = self.hits.lock().unwrap();
        *hits += n;
    }

    pub fn all(&self) -> u64 {
        *self.hits.lock().unwrap()
    }
}
"""
ELSEWHERE = """
#[cfg(test)]
mod tests {
    #[test]
    fn sums() {
        assert_eq!(1 + 1, 2);
    }
}
"""
REACHING = """
#[cfg(test)]
mod tests {
    use super::Hits;

    #[test]
    fn adds() {
        let hits = Hits::new();
        hits.add(2);
        assert_eq!(hits.all(), 2);
    }

    #[test]
    fn begins_at_nothing() {
        assert_eq!(Hits::new().all(), 0);
    }

    #[test]
    fn sums() {
        assert_eq!(1 + 1, 2);
    }
}
"""
PROOFS = {
    "none": ("", "compiled", "no test ran", "1 compiled only"),
    "elsewhere": (ELSEWHERE, "compiled", "none of 1 test reaches it", "1 compiled only"),
    "reached": (
        REACHING,
        "tested",
        "2 of 3 tests reach it: `tests::adds`, `tests::begins_at_nothing`",
        "1 tested",
    ),
}


@pytest.fixture
def crate(tmp_path: Path) -> Callable[[str], Path]:
    def make(tests: str) -> Path:
        manifest = package("app", "[workspace]\n")
        root = build(tmp_path / "app", {".gitignore": "target\nCargo.lock\n"})
        start(root)
        build(root, {"Cargo.toml": manifest, "src/lib.rs": HITS + tests})
        commit(root)
        return root

    return make


def tool(*arguments: str | Path) -> tuple[int, str, str]:
    run = CliRunner().invoke(cli, [*map(str, arguments)])
    return run.exit_code, run.stdout, run.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", PROOFS)
def test_the_proof_is_told_in_every_form(crate: Callable[[str], Path], name: str) -> None:
    tests, proof, words, column = PROOFS[name]
    root = crate(tests)
    common = ("--offline", "--no-bench", "--review")

    code, patch, text = tool("diff", root, *common)
    assert code == 0
    assert f"1 verified fix: {column}\n" in patch
    assert f"#     {proof}: {words}\n" in patch
    assert f"\n    {proof}: {words}\n" in text
    assert f"\n1 verified: {column}\n" in text
    assert "cargo ran 5 times (check 2, test 1, prove 2)" in text  # the probes cost no run

    _, shown, _ = tool("diff", root, *common, "--format", "json")
    found: dict[str, Any] = json.loads(shown)["fixes"][0]
    assert (found["outcome"], found["proof"]) == ("verified", proof)
    assert found["evidence"]["reach"]["words"] == words
    assert len(found["evidence"]["reach"]["tests"]) == (2 if proof == "tested" else 0)

    files = [root.parent / file for file in ("review.json", "a.sarif")]
    code, _, said = tool(
        "ci", root, *common, "--base", "HEAD~1", "--github-review", files[0], "--sarif", files[1]
    )
    assert code == 1, said
    review = json.loads(files[0].read_text("utf-8"))
    assert [row["proof"] for row in review["findings"]] == [proof]
    assert [row["reach"] for row in review["findings"]] == [words]
    (result,) = json.loads(files[1].read_text("utf-8"))["runs"][0]["results"]
    assert result["properties"]["proof"] == proof
    assert f"proof: {proof}: {words}" in result["message"]["text"]


@pytest.mark.slow
@pytest.mark.parametrize("name", PROOFS)
def test_tests_may_be_asked_for(crate: Callable[[str], Path], name: str) -> None:
    tests, proof, _, _ = PROOFS[name]
    options = ("--offline", "--no-bench", "--review", "--require", "tests", "--exit-code")
    code, patch, text = tool("diff", crate(tests), *options)
    if proof == "tested":
        assert code == 1
        assert "AtomicU64" in patch
    else:
        assert (code, patch) == (3, "")
        assert "1 not tested" in text
        assert "next: without `--require tests`, 1 fix more" in text
        assert "and `--require tests` asks for one that does" in text


# With a probe in it the file is longer than its own code allows.
LIMIT = f'include_bytes!("lib.rs").len() < {len(HITS + REACHING) + 400}'
BREAKS = {
    "test": (
        REACHING.replace("assert_eq!(1 + 1, 2);", f"assert!({LIMIT});"),
        "tested: 2 of 3 tests reach it: `tests::adds`, `tests::begins_at_nothing`",
    ),
    "build": (
        f"{REACHING}\nconst _: () = assert!({LIMIT});\n",
        "compiled: the tests pass; which reach it is not known: the code with a probe in it does not "
        "compile",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BREAKS)
def test_a_probe_that_breaks_something_is_left_out(crate: Callable[[str], Path], name: str) -> None:
    tests, words = BREAKS[name]
    code, patch, text = tool("diff", crate(tests), "--offline", "--no-bench", "--review")
    assert code == 0
    assert "AtomicU64" in patch
    assert f"\n    {words}\n" in text
    assert "cargo ran 6 times (check 2, test 2, prove 2)" in text
    assert "set aside" not in text


def test_what_only_tests_can_tell_needs_tests(tmp_path: Path) -> None:
    code, _, said = tool("diff", tmp_path, "--no-bench", "--no-tests", "--require", "tests")
    assert code == 2
    assert "--require tests cannot be had with --no-tests" in said
