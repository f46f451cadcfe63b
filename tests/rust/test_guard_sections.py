"""What a lock call's guard is used for, whether its section is long, what is locked again meanwhile."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.rust.calls import Calls
from engine.rust.lock_groups.guard_sections import GuardSection, reads_by_name, section_of
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.section_length import SectionLength, loops_by_syntax
from engine.rust.nodes import method_call
from engine.rust.syntax import Source, walk_all
from engine.rust.type_facts import TypeFacts
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace


def source_of(body: str, edition: int = 2021) -> Source:
    return Source("src/lib.rs", f"async fn f(x: T) {{\n{body}\n}}\n".encode(), edition)


def lock_in(source: Source) -> Node:
    calls = (n for n in walk_all(source, source.root) if n.type == "call_expression")
    for node in calls:
        called = method_call(source, node)
        if called is not None and called.method in (b"lock", b"read", b"write"):
            return node
    raise AssertionError(source.data)


def section(body: str) -> tuple[Source, GuardSection]:
    source = source_of(body)
    node = lock_in(source)
    called = method_call(source, node)
    assert called is not None
    return source, section_of(source, node, "std", called.method, reads_by_name)


@pytest.mark.parametrize(
    ("body", "fields", "looks", "sets_all"),
    [
        ("x.m.lock().unwrap().a.push(1);", {b"a"}, False, False),
        ("let n = x.m.lock().unwrap().a.len();", {b"a"}, True, False),
        ("let g = x.m.lock().unwrap(); g.a.len() + g.b.len()", {b"a", b"b"}, True, False),
        ("let mut g = x.m.lock().unwrap(); (*g).a = 3;", {b"a"}, False, False),
        ("let mut g = x.m.lock().unwrap(); g.a.b += 3;", {b"a"}, False, False),
        ("*x.m.lock().unwrap() = y;", {b""}, False, True),
        ("let mut g = x.m.lock().unwrap(); if g.a.is_empty() { *g = y; }", {b"a", b""}, False, True),
        ("let mut g = x.m.lock().unwrap(); g.a.push(1); *g = y;", {b"a", b""}, False, False),
        ("let o = std::mem::replace(&mut *x.m.lock().unwrap(), y);", {b""}, False, True),
        ("let o = std::mem::replace(&mut x.m.lock().unwrap().a, y);", {b"a"}, False, False),
        ("let g = x.m.lock().unwrap(); f(&g.a);", {b"a"}, True, False),
        ("let mut g = x.m.lock().unwrap(); f(&mut g.a);", {b"a"}, False, False),
        ("let g = x.m.lock().unwrap(); println!(\"{:?} {g:?}\", g.a);", {b"a", b""}, True, False),
        ("let g = x.m.lock().unwrap(); g[0].a", {b""}, True, False),
        ("let a = &x.m.lock().unwrap().a; a.len()", {b"a"}, True, False),
        ("if let Ok(g) = x.m.lock() { g.a.len(); }", {b"a"}, True, False),
        ("match x.m.lock() { Ok(mut g) => g.a.clear(), Err(_) => {} }", {b"a"}, False, False),
        ("let g = x.m.lock().unwrap(); let n = g.a.len(); drop(g); n", {b"a"}, True, False),
        ("let g = x.m.lock().unwrap(); g.unknown();", {b""}, False, False),
    ],
)  # fmt: skip
def test_uses_of_a_guard(body: str, fields: set[bytes], looks: bool, sets_all: bool) -> None:
    _, found = section(body)
    assert found.fields == fields
    assert (found.looks, found.sets_all) == (looks, sets_all)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("let g = x.m.lock().unwrap(); f(g);", "given away"),
        ("let g = x.m.lock().unwrap(); let h = c.wait(g);", "given away"),
        ("let mut g = x.m.lock().unwrap(); g = x.m.lock().unwrap(); g.len();", "assigned"),
        ("let g: G = x.m.lock().unwrap(); g.len();", "written out"),
        ("let _g = x.m.lock().unwrap(); f();", "gate"),
        ("x.m.lock().unwrap()", "not followed"),
        ("x.m.lock().map(|g| g.len()).unwrap_or(0)", "closure"),
    ],
)
def test_guards_that_are_not_followed(body: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        section(body)


@pytest.mark.parametrize(
    ("body", "long"),
    [
        ("let g = x.m.lock().unwrap(); g.len()", False),
        ("let g = x.m.lock().unwrap(); for a in g.iter() { f(a); }", True),
        ("for a in x.m.lock().unwrap().iter() { f(a); }", True),
        ("for a in y { x.m.lock().unwrap().get(a); }", False),
        ("let g = x.m.lock().unwrap(); let n = g.len(); drop(g); for a in 0..n { f(a); }", False),
        ("x.m.lock().unwrap().values().map(|v| v + 1).sum::<u64>();", True),
        ("x.m.lock().unwrap().iter().next();", False),
        ("y.iter().map(|y| x.m.lock().unwrap().get(y)).count();", False),
        ("let g = x.m.lock().unwrap(); f(g.len()).await; g.len();", True),
        ("let g = x.m.lock().unwrap(); spawn(async move { for a in y {} }); g.len();", False),
    ],
)
def test_sections_that_loop_by_their_text(body: str, long: bool) -> None:
    assert loops_by_syntax(*section(body)) is long


_FUNCTIONS = """
fn walks(v: &[u8]) -> u64 { let mut n = 0; for x in v { n += 1; } n }
fn sums(v: &[u64]) -> u64 { v.iter().sum() }
fn looks(v: &[u8]) -> bool { v.is_empty() }
"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("let g = m.lock().unwrap(); walks(&g)", ["`walks(..)` (the loop in line 2 of src/lib.rs)"]),
        ("let g = m.lock().unwrap(); sums(&g)", ["`sums(..)` (`iter()..sum(..)` in line 3 of src/lib.rs)"]),
        ("let g = m.lock().unwrap(); looks(&g)", []),
        ("let c = m.lock().unwrap().clone();", ["the copy `m.lock().unwrap().clone()`"]),
        ("let c = m.lock().unwrap().name.clone();", []),
    ],
)  # fmt: skip
def test_why_a_section_is_long(body: str, words: list[str]) -> None:
    text = f"{_FUNCTIONS}fn f(m: &M) {{\n{body}\n}}\n"
    workspace = Workspace({"src/lib.rs": text})
    source = workspace.sources.get("src/lib.rs")
    node = lock_in(source)
    types = {
        b"m.lock().unwrap().clone()": "std::vec::Vec<u8>",
        b"m.lock().unwrap().name.clone()": "std::string::String",
    }
    length = SectionLength(
        Calls(workspace.sources, workspace.items, lambda *_: None),
        TypeFacts(),
        lambda path, span: parse(told) if (told := types.get(source.slice(span))) else None,
    )
    found = section_of(source, node, "std", b"lock", reads_by_name)
    assert [each.words for each in length.reasons(source, found)] == words
