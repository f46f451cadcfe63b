"""Questions about an instance, asked by the names that a copy and its parts get: tables of (code, names)."""

from __future__ import annotations

import pytest

from engine.rust.calls import Calls
from engine.rust.copies import clone_of
from engine.rust.followed_questions import FollowedQuestions
from engine.rust.scopes import Scopes, scopes_of
from engine.rust.syntax import Source, walk_all
from tests.rust.workspace import Workspace

_ASKING = """
struct Item;
impl Item {
    fn is(&self, other: &Item) -> bool { std::ptr::eq(self, other) }
    fn name(&self) -> usize { 1 }
}
fn same(a: &Item, b: &Item) -> bool { std::ptr::eq(a, b) }
fn through(a: &Item) -> bool { if a.name() > 1 { through(a) } else { a.is(a) } }
fn first(a: &Item) -> bool { second(a) || std::ptr::eq(a, a) }
fn second(a: &Item) -> bool { first(a) }
fn room(list: &[String]) -> usize { list.iter().map(|s| s.capacity()).sum() }
fn pointer(a: *const Item) {}
fn looks(a: &Item) -> usize { a.name() }
fn brought(a: &Item, b: &Item) -> bool { use std::ptr as p; p::eq(a, b) }
fn alone(a: &Item, b: &Item) -> bool { use std::ptr::eq; eq(a, b) }
"""


def _read(code: str) -> tuple[FollowedQuestions, Source, Scopes]:
    workspace = Workspace({"src/lib.rs": f"fn f(x: T) {{ {code} }}{_ASKING}"})
    calls = Calls(workspace.sources, workspace.items, lambda *_: None)
    source = workspace.sources.get("src/lib.rs")
    scopes = scopes_of(source, source.root.named_children[0])
    return FollowedQuestions(workspace.sources, calls.callees), source, scopes


def asked(code: str) -> list[str]:
    asking, source, scopes = _read(code)
    calls = (n for n in walk_all(source, scopes.function) if n.type == "call_expression")
    copied = (n for n in calls if clone_of(source, n) or source.text(n).endswith(b".cloned()"))
    return [found.name for found in asking.about(source, scopes, next(copied))]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("x.iter().cloned().map(|y| y.capacity()).sum::<usize>()", ["capacity"]),
        ("x.iter().cloned().find(|y| y.capacity() > 1).unwrap().len()", ["capacity"]),
        ("x.iter().cloned().max_by_key(|y| y.capacity())", ["capacity"]),
        ("x.iter().cloned().next().unwrap().capacity()", ["capacity"]),
        ("for y in x.iter().cloned() { f(Arc::strong_count(&y)) }", ["strong_count"]),
        ("for (i, y) in x.iter().cloned().enumerate() { y.capacity(); }", ["capacity"]),
        ("x.clone().map(|y| y.capacity())", ["capacity"]),
        ("if let Some(y) = x.clone() { y.capacity(); }", ["capacity"]),
        ("let y = x.clone(); let z = &y.name; z.capacity();", ["capacity"]),
        ("let y = x.clone(); y.iter().any(|z| std::ptr::eq(z, a))", ["ptr::eq"]),
        ('x.iter().cloned().for_each(|y| println!("{:p}", y))', ["{:p}"]),
        ('x.iter().cloned().for_each(|y| println!("{y:p}"))', ["{:p}"]),
        ("x.iter().cloned().all(|y| Arc::as_ptr(&y) == p)", ["as_ptr"]),
        ("x.iter().cloned().all(|y| Arc::ptr_eq(&y, p))", ["ptr_eq"]),
        ("for y in x.iter().cloned() { f(&y as *const _) }", ["*const _"]),
        # of functions that it is given to
        ("same(&x.clone(), p)", ["same"]),
        ("let y = x.clone(); same(p, &y)", ["same"]),
        ("x.iter().cloned().filter(|y| same(y, p)).count()", ["same"]),
        ("for y in x.iter().cloned() { y.is(p); }", ["is"]),
        ("p.is(&x.clone())", ["is"]),
        ("through(&x.clone())", ["through"]),
        ("first(&x.clone()) || second(&x.clone())", ["first"]),
        ("second(&x.clone())", ["second"]),
        ("room(&x.clone())", ["room"]),
        ("room(&x.list.clone()[1..])", ["room"]),
        ("pointer(&x.clone())", ["pointer"]),
        ("brought(&x.clone(), p)", ["brought"]),
        ("alone(p, &x.clone())", ["alone"]),
        ("let at = |y: &Item| std::ptr::eq(y, p); at(&x.clone())", ["ptr::eq"]),
        ("[x.clone(), y.clone()].iter().any(|z| same(z, p))", ["same"]),
        ("vec![x.clone()].iter().any(|z| std::ptr::eq(z, p))", ["ptr::eq"]),
        ("let l = vec![x.clone()]; for z in &l { z.is(p); }", ["is"]),
        ("x.iter().cloned().flatten().any(|z| same(&z, p))", ["same"]),
        ("x.clone().into_values().any(|z| same(&z, p))", ["same"]),
        ("let l: Vec<_> = x.iter().cloned().collect(); same(&l[0], p)", ["same"]),
        ("let (l, m) = x.iter().cloned().partition(|z| z.ok); same(&m[0], p)", ["same"]),
        (
            "let mut i = x.iter().cloned().peekable(); while let Some(z) = i.next() { same(&z, p); }",
            ["same"],
        ),
        ("looks(&x.clone())", []),
        ("looks(&x.clone()); same(&x, p)", []),
        # of others
        ("x.iter().cloned().map(|y| y.len()).sum::<usize>()", []),
        ("x.iter().cloned().map(|y| z.capacity()).sum::<usize>()", []),
        ("let y = x.clone(); let z = y.to_string(); z.capacity();", []),
        ('x.iter().cloned().for_each(|y| println!("{y:?}"))', []),
    ],
)
def test_what_is_asked_behind_a_copy(code: str, names: list[str]) -> None:
    assert asked(code) == names


def test_of_a_parameter() -> None:
    asking, source, scopes = _read("for y in x { y.capacity(); }")
    bound = [b for b in scopes.bindings if b.name == b"x"]
    assert [a.name for a in asking.of_names(source, scopes, bound)] == ["capacity"]
    assert asking.of_parameter(source, scopes.function, 0) == "room"


def test_functions_that_call_each_other() -> None:
    asking, source, _ = _read("first(&x); second(&x);")
    named = {source.text(f.named_children[0]): f for f in source.root.named_children}
    assert [asking.of_parameter(source, named[n], 0) for n in (b"first", b"second")] == [
        "address"
    ] * 2
    assert asking.of_parameter(source, named[b"looks"], 0) is None
