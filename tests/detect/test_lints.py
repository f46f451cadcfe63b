"""Lints that a package has turned on; where attributes hold is told in tests/rust."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cargo.workspace import Selection, discover
from engine.detect.facts import Facts, sources_of
from tests.trees import build, package


@pytest.mark.parametrize(
    ("root", "own", "manifest", "warns"),
    [
        ("", "", "", False),
        ("#![deny(clippy::unwrap_used)]\n", "", "", True),
        ("#![warn(missing_docs, clippy::unwrap_used)]\n", "", "", True),
        ("#![cfg_attr(not(test), forbid(clippy::unwrap_used))]\n", "", "", True),
        ("", "#![warn(clippy::unwrap_used)]\n", "", True),
        ("#![allow(clippy::unwrap_used)]\n", "", "", False),
        ("#![deny(clippy::unwrap_used_here)]\n", "", "", False),
        ("", "", '[lints.clippy]\nunwrap_used = "deny"\n', True),
        ("", "", '[lints.clippy]\nunwrap_used = { level = "warn", priority = 1 }\n', True),
        ("", "", '[lints]\nclippy.unwrap_used = "warn"\n', True),
        ("", "", '[lints.clippy]\nunwrap_used = "allow"\n', False),
    ],
)
def test_a_lint_is_on_by_attribute_or_manifest(
    tmp_path: Path, root: str, own: str, manifest: str, warns: bool
) -> None:
    files = {
        "Cargo.toml": package("small", manifest),
        "src/lib.rs": root + "mod deep;\n",
        "src/deep.rs": own,
    }
    build(tmp_path, files)
    workspace = discover(tmp_path, Selection())
    facts = Facts(sources_of(workspace), lambda *_: None, lambda *_: "", workspace.package_of)
    source = facts.source("src/deep.rs")
    assert facts.lints_against(source, source.root, "unwrap_used") is warns


@pytest.mark.parametrize(
    ("root", "taken"),
    [
        ("", (b"", b".unwrap()")),
        ("#![warn(clippy::expect_used)]\n", (b"", b".unwrap()")),
        ("#![warn(clippy::unwrap_used)]\n", (b"", b'.expect("it fits")')),
        ("#![warn(clippy::unwrap_used, clippy::expect_used)]\n", (b"let _ = ", b"")),
        (
            "#![warn(clippy::unwrap_used, clippy::expect_used, clippy::let_underscore_must_use)]\n",
            None,
        ),
    ],
)
def test_how_a_result_that_is_no_error_is_taken(
    tmp_path: Path, root: str, taken: tuple[bytes, bytes] | None
) -> None:
    build(tmp_path, {"Cargo.toml": package("small"), "src/lib.rs": root})
    workspace = discover(tmp_path, Selection())
    facts = Facts(sources_of(workspace), lambda *_: None, lambda *_: "", workspace.package_of)
    source = facts.source("src/lib.rs")
    assert facts.unwrapping(source, source.root, b"it fits") == taken
