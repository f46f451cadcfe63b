"""Places: their roots, fields and ways, and where their values came from."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.places import (
    Place,
    Reach,
    is_of_body,
    is_written,
    local_of,
    origins_of,
    place_of,
    reaches,
)
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, walk_all


def given(body: str, head: str = "async fn f(m: M, list: L)") -> tuple[Source, Scopes, Node]:
    """The argument of the call of ``at`` in ``body``."""
    source = Source("src/lib.rs", f"{head} {{ {body} }}".encode())
    call = next(
        node
        for node in walk_all(source, source.root)
        if node.type == "call_expression" and source.text(node).startswith(b"at(")
    )
    scopes = Scopes(source, next(n for n in walk(source.root) if n.type == "function_item"))
    return source, scopes, call.named_children[1].named_children[0]


def place_in(source: Source, node: Node) -> Place:
    place = place_of(source, node)
    assert place is not None
    return place


@pytest.mark.parametrize(
    ("expression", "root", "fields", "simple"),
    [
        ("x", "x", "", True),
        ("(x)", "x", "", True),
        ("x.a.b", "x", "a b", True),
        ("(x.a).b", "x", "a b", True),
        ("x.0", "x", "0", True),
        ("self.a", "self", "a", True),
        ("x[0].a", "x", "", False),
        ("x.a[0].b", "x", "a", False),
        ("*x", "x", "", False),
        ("(*x).a", "x", "", False),
        ("x.a.get().b", "x", "a", False),
        ("x.get::<T>().a", "x", "", False),
        ("x.a.get().await?.b", "x", "a", False),
        ("make(x).a", "make(x)", "", False),
        ("m::LIMIT", "m::LIMIT", "", False),
        ('"text"', '"text"', "", False),
        ('["a", "b"].join(x)', '["a", "b"]', "", False),
        ('format!("{x}")', 'format!("{x}")', "", False),
    ],
)
def test_places(expression: str, root: str, fields: str, simple: bool) -> None:
    source, _, node = given(f"at({expression});")
    place = place_in(source, node)
    found = source.text(place.root).decode(), b" ".join(place.fields).decode(), place.simple
    assert found == (root, fields, simple)
    assert place.prefixes[0] == place.root


@pytest.mark.parametrize(
    "expression", ["1", "a + b", "S { a }", "place!(x)", '["a"]', "|| x", "&x"]
)
def test_new_values_are_no_places(expression: str) -> None:
    source, _, node = given(f"at({expression});")
    assert place_of(source, node) is None


@pytest.mark.parametrize(
    ("expression", "temporary", "calls"),
    [
        ("x.a", False, False),
        ("x.get()", True, True),
        ("x.get().a", False, True),
        ("x?", True, False),
        ("x.a.await", True, True),
        ("x[0]", False, False),
    ],
)
def test_what_a_call_returned_is_a_temporary(expression: str, temporary: bool, calls: bool) -> None:
    source, _, node = given(f"at({expression});")
    place = place_in(source, node)
    assert (place.is_temporary, place.has_calls) == (temporary, calls)


@pytest.mark.parametrize(
    ("body", "borrowed"),
    [
        ("at(m);", False),
        ("let x = make(); at(x);", False),
        ("let x = &m; at(x);", True),
        ("let x: &T = make(); at(x);", True),
        ("let mut x = &m; at(x);", True),
        ("let (x, y) = &m; at(x);", False),  # not seen
        ("for x in list { at(x); }", False),
        ("for x in &list { at(x); }", True),
        ("for x in list.iter() { at(x); }", True),
        ("for x in list.into_iter() { at(x); }", False),
        ("at(LIMIT);", None),
        ("at(self);", None),
    ],
)
def test_locals(body: str, borrowed: bool | None) -> None:
    source, scopes, node = given(body)
    local = local_of(source, scopes, place_in(source, node))
    assert (local.borrowed if local is not None else None) is borrowed


def test_self_by_value_is_a_local_with_all_its_uses() -> None:
    source, scopes, node = given('at(self.a); g(|| self.b); log!("{}", self.c);', "fn f(self)")
    local = local_of(source, scopes, place_in(source, node))
    assert local is not None and local.name == b"self" and len(local.uses) == 3


@pytest.mark.parametrize(
    ("body", "origins"),
    [
        ("let x = list.get(0); at(x);", ["list"]),
        ("let y = &list; let x = y.get(0); at(x);", ["y", "list"]),
        ("let x = g(m); at(x);", ["m"]),
        ("for x in list.iter() { at(x); }", ["list"]),
        ("if let Some(x) = m.get() { at(x); }", ["m"]),
        ("match m { Some(x) => at(x), _ => {} }", ["m"]),
        ("list.iter().for_each(|x| at(x));", ["list"]),
        ("spawn(|x| at(x));", []),
        ("at(m);", []),
    ],
)
def test_origins(body: str, origins: list[str]) -> None:
    source, scopes, node = given(body)
    found = origins_of(source, scopes, place_in(source, node))
    assert [source.text(n).decode() for n in found.nodes] == origins
    assert not found.guarding and not found.of_self


def test_the_way_ends_at_what_is_owned() -> None:
    source, scopes, node = given("let y = list.get(0); let x = y.a; at(x);")
    place = place_in(source, node)
    found = origins_of(source, scopes, place, lambda n: source.text(n) == b"y")
    assert [source.text(n) for n in found.nodes] == [b"y"]


def test_self_is_an_origin() -> None:
    source, scopes, node = given("let x = self.list.get(0); at(x);", "fn f(&self)")
    assert origins_of(source, scopes, place_in(source, node)).of_self


@pytest.mark.parametrize(
    ("body", "guarding"),
    [
        ("let v = list.get(0); at(v);", False),
        ("let g1 = m.lock().unwrap(); let v = g1.get(0); at(v);", True),
        ("if let Some(v) = m.read().await.get(0) { at(v); }", True),
        ("let c = rx.borrow(); for v in c.iter() { at(v); }", True),
        ("c.load().iter().for_each(|v| at(v));", True),
        ("at(m.lock().unwrap().name);", True),
        ("let a = m; let b = a; let c = b; let d = c; let e = d; at(e);", False),
        # too far to be sure
        ("let a = m; let b = a; let c = b; let d = c; let e = d; let g = e; at(g);", True),
    ],
)
def test_locks_are_seen_behind_names(body: str, guarding: bool) -> None:
    source, scopes, node = given(body)
    assert origins_of(source, scopes, place_in(source, node)).guarding is guarding


@pytest.mark.parametrize(
    ("place", "shown", "reach"),
    [
        ("x", "x", Reach.NAMES),
        ("x", "x.a", Reach.NAMES),
        ("x.a", "x", Reach.NAMES),
        ("x.a", "x.a.b", Reach.NAMES),
        ("x.a", "x.b", Reach.NOTHING),
        ("x.a", "y.a", Reach.NOTHING),
        ("x.a", "x.a.len()", Reach.BORROWS),
        ("x.a", "x.name()", Reach.BORROWS),
        ("x.a", "x.b.len()", Reach.NOTHING),
        ("x.a", "&x.b", Reach.BORROWS),  # it is mentioned: more is not asked
        ("x", "1 + x", Reach.BORROWS),
        ("x", "f(x)", Reach.BORROWS),
        ("x", "m!(x)", Reach.BORROWS),
        ("x", "f(y.x)", Reach.NOTHING),
        ("x", '"x"', Reach.NOTHING),
        ("x.buf()", "x.len()", Reach.BORROWS),
        ("x", "{ let x = 1; x }", Reach.NOTHING),  # another one of that name
        ("x", "{ g(x); let x = 1; x }", Reach.BORROWS),
        ("x", "list.map(|x| x.len())", Reach.NOTHING),
    ],
)
def test_how_far_one_expression_reaches_into_anothers_place(
    place: str, shown: str, reach: Reach
) -> None:
    source, _, target = given(f"at({place}); use_it({shown})")
    start = source.data.rindex(shown.encode())
    span = Span(start, start + len(shown))
    assert reaches(source, place_in(source, target), span) is reach


def test_a_name_in_a_format_string_reaches_its_local() -> None:
    source, _, target = given('at(x); m!("{x} {y}")')
    named = {
        name: Span(source.data.index(name), source.data.index(name) + 1) for name in (b"x}", b"y}")
    }
    assert [reaches(source, place_in(source, target), span) for span in named.values()] == [
        Reach.NAMES,
        Reach.NOTHING,
    ]


@pytest.mark.parametrize(
    ("body", "own"),
    [
        ("let mut x = S; at(x);", True),
        ("let mut x = S; for a in b { if c { at(x); } }", True),
        ("let mut x = S; let go = || at(x);", False),
        ("let mut x = S; let go = async { at(x) };", False),
        ("let mut x = S; m! { at(x) }", False),
        ("let go = || { let mut x = S; at(x) };", True),
        ("let go = |mut x: S| at(x);", True),
        ("m! { let mut x = S; at(x); }", True),
        ("at(m);", True),
        ("at(X);", False),  # a static
        ("fn g() { at(x); } let x = S;", False),
        ("at(m.text);", False),
    ],
)
def test_a_local_of_the_same_body(body: str, own: bool) -> None:
    source, _, node = given(body)
    assert is_of_body(source, node) is own


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("self.a = 1", True),
        ("self.a += 1", True),
        ("g(&mut self.a)", True),
        ("g(&self.a)", False),
        ("g(self.a)", False),
        ("b = self.a", False),
        ("b == self.a", False),
    ],
)
def test_is_written(body: str, written: bool) -> None:
    source = Source("a.rs", f"fn f(&mut self) {{ {body}; }}".encode())
    at = source.data.index(b"self.a")
    node = source.node_at(Span(at, at + len(b"self.a")))
    assert node is not None
    assert is_written(source, node) is written
