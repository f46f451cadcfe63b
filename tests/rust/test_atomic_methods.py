"""Traits of the workspace whose methods would be found before those of an atomic."""

from __future__ import annotations

import pytest

from engine.rust.atomic_methods import found_first
from tests.rust.workspace import Workspace

LOAD = "pub trait Load { fn load(&self) -> u32; }\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LOAD + "impl Load for Arc<AtomicU32> { fn load(&self) -> u32 { 8 } }", ("load", "Load", 2)),
        (LOAD + "impl<T> Load for T { fn load(&self) -> u32 { 8 } }", ("load", "Load", 2)),
        (LOAD + "impl<'a> crate::Load for &'a AtomicU32 { fn load(&self) -> u32 { 8 } }", ("load", "Load", 2)),
        ("trait More { fn swap(&self) {} }\nmod m { impl super::More for std::rc::Rc<u8> {} }", ("swap", "More", 2)),
        (LOAD + "pub struct File;\nimpl Load for File { fn load(&self) -> u32 { 8 } }", None),
        ("pub trait Size { fn size(&self) -> u32; }\nimpl<T> Size for T { fn size(&self) -> u32 { 8 } }", None),
        ("pub struct S;\nimpl S { fn load(&self) {} }", None),
    ],
)  # fmt: skip
def test_what_would_be_found_first(text: str, found: tuple[str, str, int] | None) -> None:
    workspace = Workspace({"src/lib.rs": text})
    told = next(found_first(workspace.sources, workspace.items), None)
    assert (told and (told.method, told.trait.name.decode(), told.line)) == found
