"""Builds of the same text in which a type is another one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.rust.other_builds import signs_of_other_builds, switched_at
from tests.rust.workspace import Workspace

_LOOM = "#[cfg(loom)]\npub use loom::sync::Mutex;\n#[cfg(not(loom))]\npub use std::sync::Mutex;\n"


@pytest.mark.parametrize(
    ("files", "full", "where"),
    [
        ({"src/sync.rs": _LOOM}, "crate::sync::Mutex", "src/sync.rs:2"),
        ({"src/sync.rs": "mod a { pub use super::b::Mutex; } mod b { pub use std::sync::Mutex; }"},
         "crate::sync::a::Mutex", ""),
        ({"src/sync.rs": "pub mod a { pub use super::b::*; } mod b {\n" + _LOOM + "}"},
         "self::sync::a::Mutex", "src/sync.rs:3"),
        ({"src/sync/mod.rs": "mod imp;\npub use self::imp::*;", "src/sync/imp.rs": _LOOM},
         "crate::sync::Mutex", "src/sync/imp.rs:2"),
        ({"src/sync.rs": "pub use crate::imp::Mutex;", "src/imp.rs": _LOOM},
         "crate::sync::Mutex", "src/imp.rs:2"),
        ({"src/sync.rs": "cfg_if! { if #[cfg(loom)] { pub use loom::sync::Mutex; } "
          "else { pub use std::sync::Mutex; } }"}, "crate::sync::Mutex", "src/sync.rs:1"),
        ({"src/sync.rs": "pub use std::sync::Mutex;"}, "crate::sync::Mutex", ""),
        ({"src/sync.rs": "#[cfg(loom)]\npub use loom::sync::Arc;\npub use std::sync::Mutex;"},
         "crate::sync::Mutex", ""),
        ({"src/sync.rs": ""}, "std::sync::Mutex", ""),
    ],
)  # fmt: skip
def test_a_module_that_brings_in_one_type_or_another(
    files: Mapping[str, str], full: str, where: str
) -> None:
    roots = "mod sync; mod imp; mod user;"
    workspace = Workspace({"src/lib.rs": roots, "src/user.rs": "fn f() {}", **files})
    source = workspace.sources.get("src/lib.rs")
    found = switched_at(workspace.items, workspace.sources, source, source.root, full.encode())
    told = f"{found[0].path}:{found[0].position(found[1].start_byte)[0]}" if found else ""
    assert told == where


def test_one_file_or_another() -> None:
    text = (
        '#[cfg(loom)]\n#[path = "a.rs"]\nmod sync;\n#[cfg(not(loom))]\n#[path = "b.rs"]\nmod sync;'
    )
    files = {
        "src/lib.rs": text,
        "src/a.rs": "pub use loom::sync::Mutex;",
        "src/b.rs": "pub use x::Mutex;",
    }
    workspace = Workspace(files)
    source = workspace.sources.get("src/lib.rs")
    sync = b"crate::sync::Mutex"
    assert switched_at(workspace.items, workspace.sources, source, source.root, sync) is not None


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("use loom::sync::Mutex;", ("src/lib.rs", 2, "loom")),
        ("fn f() { shuttle::check(g); }", ("src/lib.rs", 2, "shuttle")),
        ("type A = portable_atomic :: AtomicU64;", ("src/lib.rs", 2, "portable_atomic")),
        ('#[cfg(target_has_atomic = "64")]', ("src/lib.rs", 2, "target_has_atomic")),
        ("// use loom::sync::Mutex;", None),
        ("use mine::loom::Mutex;", None),
        ("let loom = 1;", None),
    ],
)
def test_signs_of_other_builds(text: str, sign: tuple[str, int, str] | None) -> None:
    workspace = Workspace({"src/lib.rs": f"\n{text}\n"})
    found = list(signs_of_other_builds(workspace.sources, ["src/lib.rs"]))
    assert found == ([sign] if sign is not None else [])
