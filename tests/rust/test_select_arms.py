"""The arms of `select!`: their names, where these are seen, and what they come from."""

from __future__ import annotations

import pytest

from engine.rust.last_use import Movable, movable
from engine.rust.nodes import method_call
from engine.rust.places import initializers, place_of
from engine.rust.scopes import Scopes, scopes_of
from engine.rust.select_arms import select_arms
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.value_flow import value_of


def given(arms: str, before: str = "", after: str = "") -> tuple[Source, Scopes]:
    text = f"async fn f(mut rx: R, q: Q) {{ {before} tokio::select! {{ {arms} }} {after} }}"
    source = Source("a.rs", text.encode())
    function = next(n for n in walk_all(source, source.root) if n.type == "function_item")
    return source, scopes_of(source, function)


@pytest.mark.parametrize(
    ("arms", "names"),
    [
        ("Some(f) = rx.recv() => g(f)", ["f"]),
        ("biased; Some(f) = rx.recv() => g(f), else => h()", ["f"]),
        ("f = rx.recv(), if q.is_open() => { g(f) } _ = q.tick() => {}", ["f"]),
        ("Ok(Some((a, mut b))) = rx.next() => g(a, b)", ["a", "b"]),
        ("Msg::Put { key, value: v, .. } = rx.recv() => g(key, v)", ["key", "v"]),
        ("(a, ref b) = x.y() => {}, Some(crate::m::Kind::A(c)) = y() => {}", ["a", "b", "c"]),
        ("r#in = rx.recv() => {}", ["r#in"]),
        ("None = rx.recv() => {}, true = q.go() => {}", []),
        ('Some("a b" | "c") = rx.recv() => {}, n @ Some(_) = q.go() => {}', ["n"]),
        ("recv(r) -> msg => g(msg)", []),
    ],
)
def test_names(arms: str, names: list[str]) -> None:
    _, scopes = given(arms)
    assert [b.name.decode() for b in scopes.bindings if b.kind == "select"] == names


def test_where_a_name_is_seen_and_what_it_comes_from() -> None:
    source, scopes = given(
        "Some(f) = rx.recv(), if f.is_empty() => { g(&f); } f = q.tick() => h(f)",
        "let f = 1;",
        "f;",
    )
    outer, first, second = (b for b in scopes.bindings if b.name == b"f")
    texts = {b: [source.position(u.span.start)[1] for u in scopes.uses(b)] for b in (first, second)}
    assert [len(found) for found in texts.values()] == [1, 1]
    assert len(scopes.uses(outer)) == 2  # the guard sees the outer one
    for binding, text in ((first, b"rx.recv()"), (second, b"q.tick()")):
        (value,) = initializers(source, binding)
        assert source.text(value) == text
        known = value_of(source, binding)
        assert known is not None and source.text(known) == text
    assert not first.plain and second.plain


def test_flags() -> None:
    _, scopes = given("(mut a, ref b) = x() => {}, mut c = y() => {}")
    found = {b.name: (b.mutable, b.by_ref, b.plain) for b in scopes.bindings if b.kind == "select"}
    assert found == {
        b"a": (True, False, False),
        b"b": (False, True, False),
        b"c": (True, False, True),
    }


def test_arms_of_nested_calls() -> None:
    source, _ = given("Some(f) = rx.recv() => { select! { Some(g) = f.next() => g.len(), } }")
    roots = source.roots()
    found = [source.slice(arm.pattern) for root in roots for arm in select_arms(source, root)]
    assert found == [b"Some(f)", b"Some(g)"]


@pytest.mark.parametrize(
    ("arms", "moved"),
    [
        ("Some(f) = rx.recv() => { last = f.clone(); }", True),
        ("Some(f) = rx.recv() => last = f.clone(),", True),
        ("Some(f) = rx.recv() => { g(f.clone()); h(&f); }", False),
        ("Some(f) = rx.recv() => g(f.clone()), Some(f) = q.recv() => h(f)", True),
        ("Some(f) = rx.recv() => { for _ in 0..2 { g(f.clone()); } }", False),
        ("Some(_) = rx.recv() => g(q.clone())", False),
    ],
)
def test_a_handlers_name_may_be_moved(arms: str, moved: bool) -> None:
    source, scopes = given(arms, "loop {", "}")
    calls = ((n, method_call(source, n)) for n in walk_all(source, source.root))
    node, call = next((n, c) for n, c in calls if c is not None and c.method == b"clone")
    place = place_of(source, call.receiver) if call is not None else None
    assert place is not None and span_of(place.root)
    assert isinstance(movable(source, scopes, node, place), Movable) is moved
