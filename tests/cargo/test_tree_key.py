"""What makes a tree another one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.cargo.messages import ScriptOutput
from engine.cargo.script_reads import reads_elsewhere
from engine.cargo.tree_key import TreeKey
from engine.cargo.workspace import Selection, discover
from tests.smallcrate import manifest


@dataclass
class _Copy:
    tree: Path
    links: dict[str, str] = field(default_factory=dict)

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(
            str(path.relative_to(self.tree))
            for path in sorted(self.tree.rglob("*"))
            if path.is_file() and ".git" not in path.parts
        )


@dataclass
class _Toolchain:
    environment: dict[str, str] = field(default_factory=dict)

    def version(self) -> str:
        return "rustc 1.95.0"


def _git(root: Path, *words: str) -> None:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c"}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    env = {**os.environ, **who}
    subprocess.run(["git", *words], cwd=root, check=True, env=env, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "above" / "crate"
    (root / "src").mkdir(parents=True)
    (root / "Cargo.toml").write_text(manifest("app"))
    (root / "src/lib.rs").write_text("pub fn f() {}\n")
    (root / "data.txt").write_text("x")
    (root / "wrap.sh").write_text("#!/bin/sh\n")
    (root / ".cargo").mkdir()
    (root / ".cargo/config.toml").write_text('[build]\nrustc-wrapper = "../tool.sh"\n')
    (root.parent / "tool.sh").write_text("one")
    return root


def _key(root: Path) -> bytes:
    made = TreeKey(_Copy(root), discover(root, Selection()), _Toolchain(), ())  # type: ignore[arg-type]
    return made.now().key


def _speaks_of_git(root: Path) -> None:
    (root / "src/lib.rs").write_text('pub fn f() { std::process::Command::new("git"); }\n')


CHANGES: list[tuple[str, Callable[[Path], object]]] = [
    ("a text", lambda root: (root / "data.txt").write_text("y")),
    ("what may be done with a file", lambda root: (root / "data.txt").chmod(0o444)),
    ("an empty folder", lambda root: (root / "fixtures").mkdir()),
    ("a program of the config", lambda root: (root.parent / "tool.sh").write_text("other")),
    ("rustfmt's settings above", lambda root: (root.parent / "rustfmt.toml").write_text("a = 1")),
]


@pytest.mark.parametrize("change", [c for _, c in CHANGES], ids=[name for name, _ in CHANGES])
def test_it_makes_another_tree(root: Path, change: Callable[[Path], object]) -> None:
    before = _key(root)
    assert _key(root) == before
    change(root)
    assert _key(root) != before


@pytest.mark.parametrize("asks", [False, True])
def test_a_commit_counts_for_who_asks_git(root: Path, asks: bool) -> None:
    if asks:
        _speaks_of_git(root)
    _git(root, "init", "-q")
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "one")
    before = _key(root)
    _git(root, "commit", "-q", "--allow-empty", "-m", "two")
    assert (_key(root) != before) is asks


@pytest.mark.parametrize(
    ("said", "elsewhere"),
    [
        ("cargo:rerun-if-changed=build.rs\n", False),
        ("cargo::rerun-if-changed=src\ncargo:rustc-cfg=x\n", False),
        ("cargo:rerun-if-changed=../beside\n", True),
        ("cargo::rerun-if-changed=/etc/hosts\n", True),
        ("cargo:rerun-if-env-changed=HOME\n", False),
    ],
)
def test_what_build_scripts_read(tmp_path: Path, said: str, elsewhere: bool) -> None:
    tree, built = tmp_path / "tree", tmp_path / "build" / "app-1"
    (built / "out").mkdir(parents=True)
    (tree / "app").mkdir(parents=True)
    (built / "output").write_text(said)
    script = ScriptOutput(str(built / "out"), (), ())
    assert reads_elsewhere({f"path+file://{tree}/app#0.1.0": script}, tree / "app") is elsewhere
    foreign = {"registry+https://example.org/index#cc@1.0.0": script}
    assert reads_elsewhere(foreign, tree / "app") is False
