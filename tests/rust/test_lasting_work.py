"""How long what is done may keep others waiting."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.effects import outward_effects
from engine.rust.lasting_work import LastingWork
from engine.rust.statement_nodes import body_of
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.rust.workspace import Workspace


def lasting(body: str, types: dict[str, str], more: str = "") -> list[tuple[bool, str]]:
    """What may last of the ``body`` of a method, with the ``types`` that rustc told of its expressions."""
    text = f"impl S {{ fn f(&self) {{ {body} }} {more} }}"
    workspace = Workspace({"src/lib.rs": text})
    source = workspace.sources.get("src/lib.rs")

    def type_of(path: str, span: Span) -> Type | None:
        told = types.get(source.slice(span).decode())
        return parse(told) if told is not None else None

    calls = Calls(workspace.sources, workspace.items, type_of)
    work = LastingWork(calls, type_of)
    function = next(n for n in source.root.named_children[0].named_children[-1].named_children)
    inner = body_of(function)
    assert inner is not None
    found = [work.of(source, effect) for effect in outward_effects(source, inner)]
    return [(f.waits, f.words) for f in (*work.loops(source, inner), *found) if f is not None]


MAP = "tokio::sync::MutexGuard<'_, std::collections::HashMap<std::string::String, u64>>"


@pytest.mark.parametrize(
    ("body", "types", "more", "expected"),
    [
        ("g.insert(k, v);", {"g": MAP}, "", []),
        ("g.insert(k, v);", {}, "", [(False, "`g.insert(..)`")]),
        ("g.entry(k).or_insert(v);", {"g": MAP, "g.entry(k)": "std::collections::hash_map::Entry<'_, A, B>"}, "", []),
        ("g.insert(k, v);", {"g": "tokio::sync::MutexGuard<'_, mine::Table>"}, "", [(False, "`g.insert(..)`")]),
        ("g.insert(k, v);", {"g": "T"}, "", [(False, "`g.insert(..)`")]),
        # what takes a lock of its own, or waits
        ("d.insert(k, v);", {"d": "dashmap::DashMap<A, B>"}, "", [(True, "`d.insert(..)` takes the lock of a `DashMap`")]),
        ("m.lock();", {}, "", [(True, "another lock, `m.lock()`")]),
        ("file.sync_all();", {"file": "std::fs::File"}, "", [(True, "`file.sync_all(..)` waits for the disk")]),
        ("std::fs::write(p, b);", {}, "", [(True, "`std::fs::write(..)` waits for the disk")]),
        ("std::mem::forget(p);", {}, "", []),
        ("tx.send(x);", {"tx": "tokio::sync::mpsc::UnboundedSender<A>"}, "", []),
        ("call(x);", {}, "", [(False, "`call(..)`")]),
        # threads
        ("let _ = h.join();", {"h": "std::thread::JoinHandle<()>"}, "", [(True, "`h.join(..)` waits for another thread")]),
        ("let _ = h.join();", {}, "", [(False, "`h.join(..)`")]),
        ("let s = v.join(x);", {}, "", []),
        ("let p = v.join();", {"v": "std::vec::Vec<A>"}, "", []),
        ("c.wait(g);", {"c": "std::sync::Condvar"}, "", [(True, "`c.wait(..)` waits for another thread")]),
        ("b.wait();", {"b": "std::sync::Barrier"}, "", [(True, "`b.wait(..)` waits for another thread")]),
        ("std::thread::park();", {}, "", [(True, "`std::thread::park(..)` waits for another thread")]),
        ("std::thread::scope(|s| s.spawn(f));", {}, "", [(True, "`std::thread::scope(..)` waits for another thread"), (False, "`s.spawn(..)`")]),
        ("m.peek();", {"m": "std::sync::Mutex<u8>"}, "", []),
        # what the caller gave
        ("self.put_all(x);", {"v": "std::vec::Vec<u8>"}, "fn put_all(&self, it: impl Iterator<Item = u8>) { v.extend(it); }", [(False, "`self.put_all(..)`")]),
        ("self.put_all(x);", {"v": "std::vec::Vec<u8>"}, "fn put_all<F>(&self, f: F) where F: Fn(&u8) -> bool { v.retain(f); }", [(False, "`self.put_all(..)`")]),
        ("self.put_all(x);", {"v": "std::vec::Vec<u8>"}, "fn put_all<T>(&self, x: T) { v.push(x); }", []),
        # the workspace's own
        ("self.add(x);", {}, "fn add(&self, x: u64) { self.total.set(x + 1); }", [(False, "`self.add(..)`")]),
        ("self.add(x);", {"self.total": "std::cell::Cell<u64>"}, "fn add(&self, x: u64) { self.total.set(x + 1); }", []),
        ("self.save();", {}, "fn save(&self) { std::fs::write(p, b); }", [(True, "`self.save(..)` (src/lib.rs:1: `std::fs::write(..)` waits for the disk)")]),
        ("self.again();", {}, "fn again(&self) { self.again() }", [(False, "`self.again(..)`")]),
        ("self.later();", {}, "async fn later(&self) { std::fs::write(p, b); }", []),
        # loops
        ("for x in g.iter() { n += x; }", {}, "", [(False, "the loop in line 1")]),
        ("while let Some(x) = g.pop() { n += x; }", {"g": MAP}, "", [(False, "the loop in line 1")]),
        ("while !done { n += 1; }", {}, "", [(True, "the loop in line 1")]),
        ("loop { n += 1; }", {}, "", [(True, "the loop in line 1")]),
        ("let n = (0..n).fold(0, |a, b| a ^ b);", {}, "", [(False, "the iteration in line 1"), (False, "`(0..n).fold(..)`")]),
        ("let n = (0..9).map(|x| x + 1).sum();", {}, "", []),
        ("let n = g.iter().filter(|x| **x > 1).count();", {}, "", []),
        ("self.heavy(x);", {}, "fn heavy(&self, n: u64) -> u64 { (0..n).fold(0, |a, b| a ^ b) }", [(False, "`self.heavy(..)`")]),
    ],
)  # fmt: skip
def test_what_may_last(
    body: str, types: dict[str, str], more: str, expected: list[tuple[bool, str]]
) -> None:
    assert lasting(body, types, more) == expected
