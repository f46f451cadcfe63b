"""Packages of the repository that are no members of the workspace, and name one of its packages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.cargo.outside_packages import OutsidePackages
from engine.cargo.workspace import Selection, discover

_MEMBER = '[package]\nname = "my-core"\nversion = "0.1.0"\nedition = "2021"\n'
_FUZZ = '[package]\nname = "f"\nversion = "0.1.0"\n[workspace]\n[dependencies]\nmy-core = { path = ".." }\n'
_USE = "fn main() {\n    my_core::S.hits.lock();\n}\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a/fuzz/Cargo.toml": _FUZZ, "a/fuzz/src/main.rs": _USE}, [("fuzz/src/main.rs", 2)]),
        ({"xtask/Cargo.toml": _FUZZ, "xtask/src/main.rs": _USE}, [("../xtask/src/main.rs", 2)]),
        # Another package's dependency; no use; another word.
        ({"a/fuzz/Cargo.toml": _FUZZ.replace("my-core", "x"), "a/fuzz/src/main.rs": _USE}, []),
        ({"a/fuzz/Cargo.toml": _FUZZ, "a/fuzz/src/main.rs": "fn hits() {}"}, []),
        ({"a/fuzz/Cargo.toml": _FUZZ, "a/fuzz/src/main.rs": "use my_core::hitsy;"}, []),
        ({"a/fuzz/Cargo.toml": _FUZZ, "a/fuzz/target/debug/x.rs": _USE,
          "a/fuzz/target/.rustc_info.json": "{}"}, []),
        ({"a/src/own.rs": _USE}, []),
    ],
)  # fmt: skip
def test_what_they_mention(
    tmp_path: Path, files: Mapping[str, str], found: list[tuple[str, int]]
) -> None:
    (tmp_path / ".git").mkdir()
    every = {"a/Cargo.toml": _MEMBER, "a/src/lib.rs": "pub struct S;", **files}
    for path, text in every.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    workspace = discover(tmp_path / "a", Selection())
    assert list(OutsidePackages(workspace).mentions(b"hits", "my_core")) == found
