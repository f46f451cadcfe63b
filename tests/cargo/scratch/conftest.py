"""A user's tree, and its copy, away from the machine's own configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cargo import sync
from engine.cargo.scratch import Scratch
from engine.cargo.workspace import Selection, discover
from tests.trees import CODE, build, package


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the machine's, and no time in which a signature is not yet trusted."""
    for name in ("CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo-home"))
    monkeypatch.setattr(sync, "_RACY", -1)


@pytest.fixture
def user(tmp_path: Path) -> Path:
    root = build(
        tmp_path / "repo",
        {
            "Cargo.toml": "[workspace]\nmembers = ['a', 'b']\n",
            "a/Cargo.toml": package("a"),
            "a/src/lib.rs": CODE,
            "a/data/x.bin": b"\0\xff",
            "b/Cargo.toml": package("b", "[dependencies]\na = { path = '../a' }\n"),
            "b/src/lib.rs": "pub use a::f;\n",
        },
    )
    (root / ".git").mkdir()
    return root


def open_scratch(root: Path, target: Path | None = None) -> Scratch:
    return Scratch.open(discover(root, Selection()), target)
