"""Questions about an instance, asked by the names that a copy and its parts get: tables of (code, names)."""

from __future__ import annotations

import pytest

from engine.rust.copies import clone_of
from engine.rust.followed_questions import asked_about, asked_of_names
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, walk_all


def asked(code: str) -> list[str]:
    source = Source("src/lib.rs", f"fn f(x: T) {{ {code} }}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    calls = (n for n in walk_all(source, source.root) if n.type == "call_expression")
    copied = (n for n in calls if clone_of(source, n) or source.text(n).endswith(b".cloned()"))
    return [found.name for found in asked_about(source, scopes, next(copied))]


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
    source = Source("src/lib.rs", b"fn f(x: Vec<String>) { for y in x { y.capacity(); } }")
    scopes = Scopes(source, source.root.named_children[0])
    bound = [b for b in scopes.bindings if b.name == b"x"]
    assert [a.name for a in asked_of_names(source, scopes, bound)] == ["capacity"]
