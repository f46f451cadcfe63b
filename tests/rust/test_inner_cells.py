"""What changes behind a shared reference in a value of a type, and which traits pointers have as well."""

from __future__ import annotations

import pytest

from engine.rust.broad_impls import broad_trait
from engine.rust.inner_cells import inside
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

_LIB = """
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
pub struct Plain { a: Vec<String>, b: Option<Box<Plain>> }
pub struct Counts { hits: Arc<AtomicU64>, plain: Plain }
pub enum Either { Left(Counts), Right(u8) }
pub struct Boxed { run: Box<dyn Fn() -> u8> }
pub struct Raw(*mut u8);
pub struct Of<T>(Vec<T>);
pub struct Foreign { client: other::Client }
"""


@pytest.mark.parametrize(
    ("told", "cell", "unseen"),
    [
        ("u64", "", ""),
        ("Plain", "", ""),
        ("std::collections::HashMap<u64, std::string::String>", "", ""),
        ("Counts", "std::sync::atomic::AtomicU64", ""),
        ("std::vec::Vec<Either>", "std::sync::atomic::AtomicU64", ""),
        ("Of<std::cell::Cell<u8>>", "std::cell::Cell<u8>", ""),
        ("Of<u8>", "", ""),
        ("Raw", "*mut u8", ""),
        ("Boxed", "", "dyn"),
        ("Foreign", "", "other::Client"),
        ("std::fs::File", "std::fs::File", ""),
        ("std::sync::mpsc::Sender<u8>", "std::sync::mpsc::Sender<u8>", ""),
        ("std::sync::Arc<std::sync::Mutex<u8>>", "std::sync::Mutex<u8>", ""),
        ("dashmap::DashMap<u8, u8>", "dashmap::DashMap<u8, u8>", ""),
        ("std::net::SocketAddr", "", ""),
    ],
)
def test_cells_in_types(told: str, cell: str, unseen: str) -> None:
    found = inside(Workspace({"src/lib.rs": _LIB}).items, parse(told))
    assert str(found.cell or "") == cell
    assert str(found.unseen or "").startswith(unseen) and bool(found.unseen) is bool(unseen)


@pytest.mark.parametrize(
    ("impls", "broad"),
    [
        ("impl Told for Vec<u8> { fn told(&self) {} }", False),
        ("impl<T> Told for T { fn told(&self) {} }", True),
        ("impl<T: Told> Told for std::sync::Arc<T> { fn told(&self) {} }", True),
        ("impl<T: Told> Told for &T { fn told(&self) {} }", True),
        ("impl<T> Told for Vec<T> { fn told(&self) {} }", False),
        ("impl<T> Other for T { fn other(&self) {} }", False),
    ],
)
def test_traits_that_pointers_have(impls: str, broad: bool) -> None:
    text = f"trait Told {{ fn told(&self); }}\ntrait Other {{ fn other(&self); }}\n{impls}\n"
    workspace = Workspace({"src/lib.rs": text})
    assert bool(broad_trait(workspace.sources, workspace.items, b"told")) is broad
