"""Calls on values of types that are shared without a lock."""

from __future__ import annotations

import pytest

from engine.rust.calls import Calls
from engine.rust.declared_types import DeclaredTypes
from engine.rust.lock_free import lock_free_access, mentions_lock_free
from engine.rust.queries import walk
from tests.rust.workspace import Workspace

_CODE = """\
use arc_swap::ArcSwap;
use crossbeam::atomic::AtomicCell as Cell;
use std::sync::{{mpsc, Arc, OnceLock}};
static CONFIG: once_cell::sync::OnceCell<u8> = once_cell::sync::OnceCell::new();
struct S {{
    config: Arc<ArcSwap<Config>>,
    cell: Cell<u64>,
    queue: crossbeam_queue::SegQueue<u8>,
    once: OnceLock<u8>,
    out: mpsc::Sender<u8>,
    own: crate::ArcSwap<u8>,
}}
impl S {{
    fn f(&self, from: &mpsc::Receiver<u8>) {{
        {statement}
    }}
}}
"""


@pytest.mark.parametrize(
    ("statement", "does"),
    [
        ("let c = self.config.load();", "reads looked"),
        ("self.config.store(new);", "reads writes"),
        ("let old = self.config.swap(new);", "reads writes looked"),
        ("self.config.swap(new);", "reads writes"),
        ("self.cell.store(1);", "writes"),
        ("self.queue.push(1);", "reads writes"),
        ("if let Some(x) = self.queue.pop() { }", "reads writes looked"),
        ("if self.once.get().is_none() { }", "reads looked"),
        ("let c = CONFIG.get();", "reads looked"),
        ("self.once.get_or_init(|| 1);", ""),
        ("self.out.send(1).unwrap();", ""),
        ("self.own.store(1);", ""),
        ("self.config.clone();", ""),
        ("self.other.load();", ""),
    ],
)
def test_accesses(statement: str, does: str) -> None:
    text = _CODE.format(statement=statement)
    work = Workspace({"src/lib.rs": text})
    calls = Calls(work.sources, work.items, lambda _path, _span: None)
    declared = DeclaredTypes(work.sources, work.items, calls)
    source = work.sources.get("src/lib.rs")
    found = [a for n in walk(source.root) if (a := lock_free_access(source, n, declared))]
    flags = ("reads", "writes", "looked")
    assert [" ".join(f for f in flags if getattr(a, f)) for a in found] == ([does] if does else [])
    assert mentions_lock_free(text.encode())


def test_files_without_such_types() -> None:
    assert not mentions_lock_free(b"use std::sync::Mutex; fn f() { a.load(1); }")
