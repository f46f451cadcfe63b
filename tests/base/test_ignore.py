"""What is ignored is what git says."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.ignore import Ignore, Patterns
from tests.examples import examples
from tests.trees import CODE, build

# What its tests share is made once.
pytestmark = pytest.mark.xdist_group("ignore")

PIECES = [
    *("a", "b", "*", "?", "**", "a*", "*.rs", "*.*", "x.rs", "!", "\\!", "#", " ", "\\ ", "b "),
    *(
        "[ab]",
        "[!a]*",
        "[^b]",
        "[]a]",
        "[a-",
        "[[:alpha:]]",
        "[b-a]",
        "\\a",
        "a\\",
        "x[.]rs",
    ),
]
LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "!", "/"]),
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("/".join),
        st.sampled_from(["", "/", "/*", "/**"]),
    ).map("".join),
    max_size=6,
)
PATHS = ["a/b/x.rs", "b/a/x.rs", "a/x.rs", "x.rs", "b/b.rs", "a/b/a/b.rs", "ab/x.rs"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", root], check=True)
    build(root, dict.fromkeys(PATHS, CODE))
    yield root


def by_git(root: Path) -> set[str]:
    command = ["git", "-C", str(root), "status", "--porcelain", "-z", "-uall", "--ignored=no"]
    clean = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": os.environ["PATH"],
    }
    out = subprocess.run(command, check=True, capture_output=True, env=clean).stdout
    return {entry[3:] for entry in out.decode().split("\0") if entry.endswith(".rs")}


@examples(60)
@given(top=LINES, below=LINES)
def test_ignores_what_git_ignores(repository: Path, top: list[str], below: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join(top))
    (repository / "a/.gitignore").write_text("\n".join(below))
    ignore = Ignore(repository)

    def kept(path: str) -> bool:
        parts = path.split("/")
        folders = ("/".join(parts[:count]) for count in range(1, len(parts)))
        return not any(ignore.ignores(folder, folder=True) for folder in folders) and (
            not ignore.ignores(path, folder=False)
        )

    assert {path for path in PATHS if kept(path)} == by_git(repository)


def test_a_hostile_pattern_takes_no_time() -> None:
    start = time.perf_counter()
    patterns = Patterns(["*a" * 60 + "b", "**/*a/" * 60 + "b", "[!b]*" * 60 + "b"])
    assert patterns.decides("a" * 200 + "/" + "a/" * 100 + "c", folder=False) is None
    assert time.perf_counter() - start < 1
