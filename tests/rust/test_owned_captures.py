"""How a closure that outlives its function could own what it uses."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.owned_captures import owned, places_used, results_of, used_behind
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts
from engine.rust.type_parser import parse

_STRING, _PATHBUF = "std::string::String", "std::path::PathBuf"

_PLACES = [
    ("fn f(a: u8) { [go(a)] }", ["a"]),
    ("fn f(&self) { [go(&self.root.dir, self.n)] }", ["self.root.dir", "self.n"]),
    ("fn f(&self) { [self.load(1)] }", ["self"]),
    ("fn f(c: &C) { [c.dir.join(c.name); c.x] }", ["c.dir", "c.name", "c.x"]),
    ("fn f(c: &C) { [go(c); go(c.name)] }", ["c"]),
    ("fn f(a: u8) { [let b = a; go(b, |a| a)] }", ["a"]),
    ('fn f(a: u8) { [format!("{a} {}", 1)] }', ["a"]),
    ("fn f() { let g = 1; [{ let g = 2; go(g) }] }", []),
    ("fn f(p: P) { [go(p.0.len())] }", ["p.0"]),
]


def _parsed(text: str) -> tuple[Source, Span]:
    start, end = text.index("["), text.rindex("]") - 1
    return Source("src/lib.rs", text.replace("[", "").replace("]", "").encode()), Span(start, end)


@pytest.mark.parametrize(("text", "places"), _PLACES)
def test_places_are_as_large_as_each_use_needs(text: str, places: list[str]) -> None:
    source, region = _parsed(text)
    function = source.root.named_children[0]
    found = places_used(source, scopes_of(source, function), region)
    assert [place.text.decode() for place in found] == places


_OWNED = [
    # function, type of the first place, before, head, or a word of the reason
    ("fn f(p: &Path) { [go(p)] }", "&std::path::Path", "let p = p.to_owned();", "let p = p.as_path();"),
    ("fn f(p: &str) { [go(p)] }", "&str", "let p = p.to_owned();", "let p = p.as_str();"),
    ("fn f(p: &S) { [go(p)] }", f"&{_STRING}", "let p = p.clone();", "let p = &p;"),
    ("fn f(p: &[u8]) { [go(p)] }", "&[u8]", "let p = p.to_vec();", "let p = p.as_slice();"),
    ("fn f(p: &u8) { [go(p)] }", "&u8", "let p = *p;", "let p = &p;"),
    ("fn f(p: &A) { [go(p)] }", "&std::sync::Arc<u8>", "let p = p.clone();", "let p = &p;"),
    ("fn f(p: S) { [go(p)] }", _STRING, "", ""),
    ("fn f(p: S) { [go(&p)]; p.len() }", _STRING, "let p = p.clone();", ""),
    ("fn f(p: S) { loop { [go(&p)] } }", _STRING, "let p = p.clone();", ""),
    ("fn f(mut p: S) { [p.push(1)]; p.len() }", _STRING, None, "nothing that another thread"),
    ("fn f(n: u8) { [go(n)]; n }", "u8", "", ""),
    ("fn f(mut n: u8) { [n += 1]; n }", "u8", None, "nothing that another thread"),
    ("fn f(&self) { [go(&self.root)] }", _PATHBUF, "let root = self.root.clone();", ""),
    ("fn f(&self) { [go(self.n)] }", "u64", "let n = self.n;", ""),
    ("fn f(&self, root: u8) { [go(&self.root)] }", _PATHBUF, "let own_root = self.root.clone();", ""),
    ("fn f(&self) { [self.load()] }", "&std::sync::Arc<u8>", "let this = self.clone();", "let this = &this;"),
    ("fn f(p: &mut V) { [p.push(1)] }", "&mut std::vec::Vec<u8>", None, "mutable reference"),
    ("fn f(g: G) { [go(g)] }", "std::sync::MutexGuard<'_, u8>", None, "nothing that another thread"),
    ("fn f(t: T) { [go(&t)] }", "tempfile::TempDir", None, "nothing that another thread"),
    ("fn f(t: T) { [go(t)] }", "std::fs::File", "", ""),
    ("fn f(c: &C) { [go(c)] }", "&std::cell::Cell<u8>", None, "nothing that another thread"),
    ("fn f(v: V) { [go(v)] }", "std::vec::Vec<&u8>", None, "nothing that another thread"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "type_", "before", "head"), _OWNED)
def test_a_place_is_moved_copied_or_cloned_or_the_reason_is_told(
    text: str, type_: str, before: str | None, head: str
) -> None:
    source, region = _parsed(text)
    function = source.root.named_children[0]
    scopes = scopes_of(source, function)
    place = places_used(source, scopes, region)[0]
    behind = used_behind(scopes, place, region, span_of(function))
    found = owned(scopes, place, parse(type_), TypeFacts(), behind)
    if before is None:
        assert isinstance(found, str)
        assert head in found
    else:
        assert not isinstance(found, str)
        assert (found.before.decode(), found.head.decode()) == (before, head)


def test_what_is_declared_and_used_behind_is_a_result() -> None:
    text = "fn f() { let a = 1; let mut b = 2; let c = 3; a + b; go(c) }"
    source = Source("src/lib.rs", text.encode())
    function = source.root.named_children[0]
    block = function.named_children[-1]
    found = results_of(scopes_of(source, function), block.named_children[:4])
    assert [(each.name, each.mutable) for each in found] == [(b"c", False)]
    found = results_of(scopes_of(source, function), block.named_children[:2])
    assert [(each.name, each.mutable) for each in found] == [(b"a", False), (b"b", False)]
