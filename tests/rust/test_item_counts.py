"""How many items a loop goes over: set down, or what comes in."""

from __future__ import annotations

import pytest

from engine.rust.item_counts import given_items, is_set_down
from engine.rust.queries import walk
from engine.rust.statement_nodes import scrutinee_of
from engine.rust.syntax import Source

_SET_DOWN = [
    "for x in [a, b] { go(x); }",
    "for x in &[a, b] { go(x); }",
    "for x in vec![a, b] { go(x); }",
    "for n in 0..4 { go(n); }",
    "for n in 0..workers { go(n); }",
    "for n in 0..self.workers { go(n); }",
    "for x in NAMES { go(x); }",
    "for x in crate::NAMES.iter() { go(x); }",
    "for x in items.iter().take(8) { go(x); }",
    "for x in config.servers { go(x); }",
    "for x in self.config.servers.iter() { go(x); }",
    "for (_, x) in v4_config.clone() { go(x); }",
    "for x in cfg.all() { go(x); }",
    "for x in std::env::args().skip(1) { go(x); }",
    "for c in items.chunks(items.len() / workers) { go(c); }",
    "let size = items.len().div_ceil(4); for c in items.chunks(size) { go(c); }",
    "for chunk in items.chunks(8) { let n = 1; for x in chunk { go(x); } }",
    "let few = [a, b]; for x in few { go(x); }",
    "let few = [a, b]; for x in few.iter().map(|x| x + 1) { go(x); }",
    "let mut few = Vec::new(); few.push(a); few.push(b); for x in few { go(x); }",
    "let mut few = vec![]; for n in 0..workers { few.push(n); } for x in few { go(x); }",
    "let mut few = Vec::new(); few.extend([a, b]); for x in few { go(x); }",
]
_COMING_IN = [
    "for x in items { go(x); }",
    "for x in &items { go(x); }",
    "for x in self.items.iter() { go(x); }",
    "for x in items.iter().map(|x| x + 1).filter(even) { go(x); }",
    "for n in 0..items.len() { go(n); }",
    "let n = items.len(); for n in 0..n { go(n); }",
    "for c in items.chunks(8) { go(c); }",
    "for x in load(path) { go(x); }",
    "for x in map.values() { go(x); }",
    "let all = load(); for x in all { go(x); }",
    "let all: Vec<_> = items.iter().collect(); for x in all { go(x); }",
    "let mut all = Vec::new(); for x in items { all.push(x); } for x in all { go(x); }",
    "let mut all = Vec::new(); all.extend(items); for x in all { go(x); }",
    "let all = Vec::new(); for x in all { go(x); }",
]


def _last_loop(text: str) -> bool:
    source = Source("src/lib.rs", f"fn f(items: Vec<u8>) {{ {text} }}".encode())
    loop = [node for node in walk(source.root) if node.type == "for_expression"][-1]
    items = scrutinee_of(loop)
    assert items is not None
    return is_set_down(source, items)


@pytest.mark.parametrize("text", _SET_DOWN)
def test_what_the_code_or_a_config_sets_down(text: str) -> None:
    assert _last_loop(text)


@pytest.mark.parametrize("text", _COMING_IN)
def test_what_comes_in_at_run_time(text: str) -> None:
    assert not _last_loop(text)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("xs.iter().map(|x| go(x))", b"xs.iter()"),
        ("xs.into_iter().for_each(|x| go(x))", b"xs.into_iter()"),
        ("xs.fold(0, |x, y| go(x))", None),
        ("call(|x| go(x))", None),
    ],
)
def test_what_an_iterators_closure_is_given(text: str, items: bytes | None) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {text}; }}".encode())
    closure = next(node for node in walk(source.root) if node.type == "closure_expression")
    found = given_items(source, closure)
    assert (source.text(found) if found is not None else None) == items
