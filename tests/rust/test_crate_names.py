"""How a crate is named where something else may have its name."""

from __future__ import annotations

import pytest

from engine.rust.crate_names import crate_path
from tests.rust.workspace import Workspace

_OTHER = "pub mod tokio { pub mod fs {} }"


@pytest.mark.parametrize(
    ("text", "other", "path"),
    [
        ("fn f() {}", "", b"tokio"),
        ("use tokio::fs; fn f() {}", "", b"tokio"),
        ("use tokio; fn f() {}", "", b"tokio"),
        ("mod tokio {} fn f() {}", "", b"::tokio"),
        ("use crate::mine as tokio; fn f() {}", "", b"::tokio"),
        ("use crate::other::tokio; fn f() {}", _OTHER, b"::tokio"),
        ("fn f() { use crate::other::tokio; }", _OTHER, b"::tokio"),
        ("use crate::other::*; fn f() {}", _OTHER, b"::tokio"),
        ("use crate::other::*; fn f() {}", "pub fn tokio_like() {}", b"tokio"),
        ("fn f() {}", _OTHER, b"tokio"),
    ],
)
def test_crate_path(text: str, other: str, path: bytes) -> None:
    work = Workspace({"src/lib.rs": text, "src/other.rs": other})
    assert crate_path(work.sources, work.sources.get("src/lib.rs"), b"tokio") == path
