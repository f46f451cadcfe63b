"""Questions about an instance: tables of (source, answer)."""

from __future__ import annotations

import pytest

from engine.rust.instance_questions import asked_of, holders_asked
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source
from tests.rust.workspace import Workspace


def asked(body: str) -> list[tuple[str, str]]:
    source = Source("src/lib.rs", f"fn f(x: T, y: T) {{ {body} }}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    binding = next(b for b in scopes.bindings if b.name == b"x")
    found = asked_of(source, (use.span for use in scopes.uses(binding)))
    return [(question.about, question.name) for question in found]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("x.try_into_mut()", [("holders", "try_into_mut")]),
        ("if x.is_unique() {}", [("holders", "is_unique")]),
        ("(&x).is_unique()", [("holders", "is_unique")]),
        ("Bytes::is_unique(&x)", [("holders", "is_unique")]),
        ("Arc::get_mut(&mut x)", [("holders", "get_mut")]),
        ("Rc::make_mut(&mut x).push(1)", [("holders", "make_mut")]),
        ("Arc::try_unwrap(x)", [("holders", "try_unwrap")]),
        ("Arc::<T>::into_inner(x)", [("holders", "into_inner")]),
        ("Arc::unwrap_or_clone(x)", [("holders", "unwrap_or_clone")]),
        ("std::sync::Arc::strong_count(&x)", [("holders", "strong_count")]),
        ("Arc::weak_count(&x)", [("holders", "weak_count")]),
        ("Arc::downgrade(&x)", [("holders", "downgrade")]),
        ("Arc::ptr_eq(&x, &y)", [("address", "ptr_eq")]),
        ("std::ptr::eq(&*x, &*y)", [("address", "ptr::eq")]),
        ("x.as_ptr() == y.as_ptr()", [("address", "as_ptr")]),
        ("x.capacity()", [("room", "capacity")]),
        ("x.as_slice().as_ptr() == y.as_ptr()", [("address", "as_ptr")]),
        ("std::ptr::eq(&x[..], &y[..])", [("address", "ptr::eq")]),
        ("x.body.is_unique()", [("holders", "is_unique")]),
        ("Arc::get_mut(&mut x.a.b)", [("holders", "get_mut")]),
        ("String::capacity(&x)", [("room", "capacity")]),
        ('println!("{}", x.capacity())', [("room", "capacity")]),
        ('format!("{:p}", x)', [("address", "{:p}")]),
        ("&x as *const T as usize", [("address", "*const T")]),
        ("let p: *const T = &x;", [("address", "*const T")]),
        ("f(&raw const x)", [("address", "&raw")]),
        ("std::ptr::addr_of!(x)", [("address", "addr_of!")]),
        ("ptr::from_ref(&x)", [("address", "ptr::from_ref")]),
        ("ptr::addr_eq(&x, &y)", [("address", "ptr::addr_eq")]),
        # others
        ('format!("{:?}", x)', []),
        ("x as usize", []),
        ("x.len()", []),
        ("x.get_mut(1)", []),
        ("x.into_inner()", []),
        ("y.is_unique(); h(x)", []),
        ("Arc::clone(&x)", []),
        ("h(&x).capacity()", []),
        ("get_mut(&mut x)", []),
        ("x == y", []),
    ],
)
def test_what_is_asked_about_a_name(body: str, answer: list[tuple[str, str]]) -> None:
    assert asked(body) == answer


def test_where_the_workspace_asks_who_holds_something() -> None:
    text = """
    fn a(x: &Arc<S>) -> usize { Arc::strong_count(x) + Rc::weak_count(&self.list) }
    fn b(x: &mut Arc<S>) { std::sync::Arc::get_mut(x); map.get_mut(x); lock.into_inner(); }
    fn c(x: Bytes) { x.is_unique(); Bytes::try_into_mut(x); }
    fn is_unique() {}
    """
    files = Workspace({"src/lib.rs": text}).sources

    def found(counted: bool) -> set[tuple[str, str]]:
        return {(s.text(n).decode(), name) for s, n, name in holders_asked(files, counted)}

    assert found(True) == {("x", "strong_count"), ("self.list", "weak_count"), ("x", "get_mut")}
    assert found(False) == {("x", "is_unique"), ("x", "try_into_mut")}
