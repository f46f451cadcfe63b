"""Places that may change while they are borrowed: tables of (source, answer). The place is the receiver
of the first ``.clone()``."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.calls import Calls
from engine.rust.nodes import method_call
from engine.rust.places import place_of
from engine.rust.syntax import walk_all
from engine.rust.type_parser import parse
from engine.rust.types import Type
from engine.rust.unseen_changes import UnseenChanges
from tests.rust.workspace import Workspace

CELLS = """
pub static mut LIST: Vec<u32> = Vec::new();
pub static NAMES: Vec<u32> = Vec::new();
pub struct Shared(UnsafeCell<Vec<u32>>);
impl Shared {
    pub fn list(&self) -> &Vec<u32> { unsafe { &*self.0.get() } }
    pub fn name(&self) -> &str { "shared" }
    pub fn first(&self) -> &u32 { unsafe { &(*self.0.get())[0] } }
    pub fn last(&self) -> &u32 { unsafe { &(*self.0.get())[0] } }
}
impl std::ops::Deref for Shared {
    type Target = Lists;
    fn deref(&self) -> &Lists { unsafe { &*self.1 } }
}
pub fn view(s: &Shared) -> &Vec<u32> { s.list() }
impl Shared { pub fn whole(&self) -> &Vec<u32> { view(self) } }
pub struct Holds<'a>(&'a Shared);
impl<'a> Holds<'a> { pub fn it(&self) -> &'a Vec<u32> { self.0.whole() } }
pub fn names(s: &Shared) -> &Vec<u32> { &s.names }
pub fn count() -> usize { unsafe { COUNT } }
pub fn plain(s: &Lists) -> &Vec<u32> { count(); &s.lists }
pub fn odd(s: &Lists, n: u32) -> &Vec<u32> { if n == 0 { &s.lists } else { even(s, n - 1) } }
pub fn even(s: &Lists, n: u32) -> &Vec<u32> { odd(s, n) }
pub struct Plain { lists: Lists }
impl std::ops::Deref for Plain {
    type Target = Lists;
    fn deref(&self) -> &Lists { &self.lists }
}
"""
HEAD = "use crate::cells::*;\n"


def why(text: str, types: dict[str, str] | None = None, owned: tuple[bytes, ...] = ()) -> str:
    files = {"src/lib.rs": f"mod cells;\n{HEAD}{text}", "src/cells.rs": CELLS}
    workspace = Workspace(files)

    def type_of(path: str, span: Span) -> Type | None:
        told = (types or {}).get(workspace.sources.get(path).slice(span).decode())
        return parse(told) if told is not None else None

    calls = Calls(workspace.sources, workspace.items, type_of)
    changes = UnseenChanges(workspace.sources, workspace.items, calls.callees, type_of)
    source = workspace.sources.get("src/lib.rs")
    found = (method_call(source, node) for node in walk_all(source, source.root))
    receiver = next(call.receiver for call in found if call is not None and call.method == b"clone")
    place, function = place_of(source, receiver), source.fn_item_of(receiver)
    assert place is not None and function is not None
    scopes = workspace.sources.scopes(source, function)
    return changes.of(source, scopes, place, lambda node: source.text(node) in owned)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fn f() { unsafe { let y = LIST.clone(); } }", "`LIST` is a `static mut`"),
        ("unsafe fn f() { let y = LIST.clone(); }", "`LIST` is a `static mut`"),
        ("unsafe fn f() { let y = crate::cells::LIST.clone(); }", "`LIST` is a `static mut`"),
        (
            "fn f() { let list = unsafe { &LIST }; let y = list.clone(); }",
            "`LIST` is a `static mut`",
        ),
        ("fn f() { unsafe { let y = OTHER.clone(); } }", "`OTHER` is reached by unsafe code"),
        ("fn f() { let list = &LIST; let y = list.clone(); }", "`LIST` is a `static mut`"),
        ("fn f(p: *const Vec<u32>) { let l = unsafe { &*p }; let y = l.clone(); }", "unsafe"),
        ("fn f(p: *const V) { if let Some(l) = unsafe { p.as_ref() } { l.clone(); } }", "unsafe"),
        ("fn f(s: &Shared) { let y = s.list().clone(); }", "`list` hands it out by unsafe code"),
        ("fn f(s: &Shared) { let y = s.first().clone(); }", "`first` hands it out"),
        ("fn f(s: &Shared) { let l = s.list(); let y = l.clone(); }", "`list` hands it out"),
        ("fn f(s: &Shared) { for x in s.list() { x.clone(); } }", "`list` hands it out"),
        ("fn f(s: &Shared) { view(s).clone(); }", "`view` hands it out by unsafe code"),
        ("fn f(s: &Shared) { s.whole().clone(); }", "`whole` hands it out by unsafe code"),
        ("fn f(s: &Holds) { s.it().clone(); }", "`it` hands it out by unsafe code"),
        ("fn f(s: &Shared) { names(s).clone(); }", "`names` hands it out by unsafe code"),
        ("fn f(s: &Shared) { s.list().first().map(|x| x.clone()); }", "`list` hands it out"),
    ],
)
def test_what_rustc_does_not_see(text: str, said: str) -> None:
    assert said in why(text)


@pytest.mark.parametrize(
    "text",
    [
        "fn f(x: &Vec<u32>) { let y = x.clone(); }",
        "fn f() { let y = NAMES.clone(); }",
        "fn f(s: &Shared) { let y = s.name().clone(); }",
        "fn f(s: &Lists) { plain(s).clone(); }",
        "fn f(s: &Lists) { odd(s, 3).clone(); }",
        "fn f(v: L) { let y = v.last().clone(); }",  # std's, as far as is known
        "fn f(x: Vec<u32>) { unsafe { h(); let y = x.clone(); } }",
        "fn f(s: &S) { unsafe { h(s.list.clone()) } }",
    ],
)
def test_what_rustc_sees(text: str) -> None:
    assert why(text) == ""


def test_types_on_the_way() -> None:
    text = "fn f(s: &S) { s.list.items.clone(); }"
    assert why(text, {"s.list": "*mut Lists"}) == "`s.list` is a raw pointer"
    assert "`Shared` hands out" in why(text, {"s.list": "cells::Shared"})
    assert "`Shared` hands out" in why(text, {"s": "&cells::Shared"})
    assert why(text, {"s": "&cells::Plain"}) == ""


def test_a_value_that_is_owned_is_none_of_where_it_came_from() -> None:
    text = "fn f() { let data = unsafe { read() }; let y = data.clone(); }"
    assert "unsafe" in why(text)
    assert why(text, owned=(b"data",)) == ""
    assert "a `static mut`" in why("fn f() { unsafe { LIST.clone(); } }", owned=(b"LIST",))
