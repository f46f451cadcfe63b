"""A feature of tokio that a fix needs goes into the manifest with it, and comes out again with ``--undo``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_TARGET = Path(__file__).resolve().parents[2] / "target" / "cases" / "target"
_ROOT = """
[package]
name = "features-root"
version = "0.1.0"
edition = "2021"

[dependencies]
beside = { path = "../beside" }
tokio = { version = "1", features = ["rt-multi-thread", "macros"] } # threads

[dev-dependencies]
tokio = { version = "1", features = ["full"] }
"""
_MAIN = """
async fn size(name: &str) -> usize {
    std::fs::read(name).map_or(beside::NONE, |found| found.len())
}

async fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(20));
}

#[tokio::main]
async fn main() {
    let found = tokio::spawn(async { size("Cargo.toml").await }).await.unwrap();
    tokio::spawn(async { pause().await }).await.unwrap();
    println!("{}", found > 10);
}

#[tokio::test]
async fn nothing_there() {
    assert_eq!(size("nowhere").await, 0);
}
"""


def _cargo(root: Path, *words: str) -> str:
    env = {**os.environ, "CARGO_TARGET_DIR": str(_TARGET)}
    done = subprocess.run(
        ["cargo", *words, "-q"], cwd=root, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout


def _spikeproof(root: Path, *words: str) -> str:
    env = {**os.environ, "CARGO_TARGET_DIR": str(_TARGET), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "spikeproof", *words],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_features_go_with_the_fixes_that_need_them(tmp_path: Path) -> None:
    root, beside = tmp_path / "root", tmp_path / "beside"
    for folder, manifest, source, text in (
        (root, _ROOT, "src/main.rs", _MAIN),
        (
            beside,
            '[package]\nname = "beside"\nversion = "0.1.0"\nedition = "2021"\n',
            "src/lib.rs",
            "pub const NONE: usize = 0;\n",
        ),
    ):
        (folder / "src").mkdir(parents=True)
        (folder / "Cargo.toml").write_text(manifest)
        (folder / source).write_text(text)
    before = _cargo(root, "run")
    options = ("--codemod", "blocking-in-async", "--review", "--no-bench", "--allow-no-vcs")
    said = _spikeproof(root, "apply", "--all", *options)
    assert "2 verified: 2 tested" not in said  # only one of them has a test
    assert "Cargo.toml switches on tokio's feature `fs`, which brings in no package" in said
    assert (root / "Cargo.toml").read_text() == _ROOT.replace(
        '["rt-multi-thread", "macros"] }', '["rt-multi-thread", "macros", "fs", "time"] }'
    )
    assert "tokio::fs::read(name).await" in (root / "src/main.rs").read_text()
    assert "tokio::time::sleep(" in (root / "src/main.rs").read_text()
    _cargo(root, "check")  # without what the tests bring in
    assert _cargo(root, "run") == before == "true\n"
    _spikeproof(root, "apply", "--undo")
    assert (root / "Cargo.toml").read_text() == _ROOT
    assert (root / "src/main.rs").read_text() == _MAIN
