"""May a reference stand where a value stood: tables of (source, question, answer)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.base.model import Edit, Span
from engine.rust.borrows import (
    Borrowable,
    Needed,
    Target,
    borrowable,
    closures_borrow,
    parts_taken,
)
from engine.rust.codegen import replaced
from engine.rust.definitions import functions_named
from engine.rust.format_macros import is_shown
from engine.rust.lent_changes import changed_during
from engine.rust.places import origins_of, place_of
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source, span_of, walk_all


def with_y(body: str) -> tuple[Source, Scopes]:
    source = Source("src/lib.rs", f"async fn f() {{ let y = x.clone(); {body} }}".encode())
    return source, Scopes(source, source.root.named_children[0])


def edited(source: Source, edits: Sequence[Edit]) -> str:
    text = source.data
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text.decode()


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("y.len(); y[0]; y.iter();", "y.len(); y[0]; y.iter();"),
        ("y.parse::<u8>();", "y.parse::<u8>();"),
        ("g(&y); g(&y[1..]);", "g(y); g(&y[1..]);"),
        ("g((&(y)));", "g(((y)));"),
        ("(&y).len();", "(y).len();"),
        ("if y == z { }", "if *y == z { }"),
        ("if z < y { }", "if z < *y { }"),
        ('info!("{y} {}", y);', 'info!("{y} {}", y);'),
        ("info!(%y, other = ?y);", "info!(%y, other = ?y);"),
        ("let f = |a| a == y.len();", "let f = |a| a == y.len();"),
        ("for i in 0..y.len() { g(&y[i]); }", "for i in 0..y.len() { g(&y[i]); }"),
        ("g(y.a.b);", "g(y.a.b);"),
        ("match c { 0 if y.is_empty() => 1, _ => y.len() };", None),
        ("let Some(z) = y.first() else { return };", None),
        ("y.find(c)?;", None),
        ("for z in y { z.len(); }", None),
        ("for z in y { if z == w {} }", "for z in y { if *z == w {} }"),
        ("match y { Some(z) if z.is_empty() => 1, _ => 0 };", None),
        ("if let E::A { b, .. } = y { g(&b); }", "if let E::A { b, .. } = y { g(b); }"),
        ("let (a, b) = y; a.len(); b.len();", None),
    ],
)
def test_uses_that_work_on_a_reference(body: str, after: str | None) -> None:
    source, scopes = with_y(body)
    found = borrowable(source, scopes, scopes.bindings[:1])
    assert isinstance(found, Borrowable) and found.uses
    assert edited(source, found.edits) == with_y(after or body)[0].data.decode()
    assert found.end >= max(use.span.end for use in scopes.uses(scopes.bindings[0]))


@pytest.mark.parametrize(
    "body",
    [
        "g(y);",
        "g(&mut y);",
        "y.push(1);",
        "y.clone();",
        "y.run();",  # whatever that takes
        "let z = y;",
        "S { y };",
        "for z in y { g(z); }",
        "match y { Some(z) => g(z), None => {} }",
        "match y { Some(z) => z + 1, None => 0 };",
        "match y { all => all.len() };",
        "if let all @ Some(_) = y { all.len() }",
        "if let Some(ref z) = y { z.len() }",
        "let Some(z): Option<T> = y else { return };",
        "while let Some(z) = y { z.push(1); }",
        "spawn(async move { y.len() });",
        "g(async { y.len() });",
        "let f = move || y.len();",
        'spawn(async move { info!("{y}") });',
        "y.a = 1;",
        "y[0] += 1;",
        "g(&mut y.a);",
        "vec![y];",
        "assert_eq!(y, z);",
        "g(&/* why */y);",
        "m!(y);",
        "return y;",
        "y",
    ],
)
def test_uses_that_need_the_value(body: str) -> None:
    source, scopes = with_y(body)
    found = borrowable(source, scopes, scopes.bindings[:1])
    assert isinstance(found, Needed) and found.line == 1


def test_the_reason_names_the_use() -> None:
    source, scopes = with_y("\ng(async { y });")
    found = borrowable(source, scopes, scopes.bindings[:1])
    assert found == Needed(2, "`y` is captured at line 2 by an async block")
    source, scopes = with_y("\ng(y);")
    found = borrowable(source, scopes, scopes.bindings[:1])
    assert found == Needed(2, "`y` is needed as a value of its own at line 2")


@pytest.mark.parametrize(
    ("body", "target", "after"),
    [
        ("if y == z { }", "view", "if y == z { }"),
        ("g(y.as_str());", "view", "g(y);"),
        ("g(y.as_str());", "reference", "g(y.as_str());"),
        ("g(y.capacity());", "view", None),
        ("g(y.as_ref());", "view", None),
        ("g(y.as_slice(/* all */));", "view", None),
    ],
)
def test_a_view_lacks_what_only_its_owner_has(body: str, target: Target, after: str | None) -> None:
    source, scopes = with_y(body)
    found = borrowable(source, scopes, scopes.bindings[:1], target=target)
    if after is None:
        assert isinstance(found, Needed)
    else:
        assert isinstance(found, Borrowable)
        assert edited(source, found.edits) == with_y(after)[0].data.decode()


def test_behind_a_shared_pointer_every_method_borrows() -> None:
    source, scopes = with_y("y.run(); y.len();")
    assert isinstance(borrowable(source, scopes, scopes.bindings[:1], shared=True), Borrowable)
    source, scopes = with_y("y.clone();")
    assert isinstance(borrowable(source, scopes, scopes.bindings[:1], shared=True), Needed)


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("(a, b)", True),
        ("(a, _)", True),
        ("(mut a, b)", False),
        ("(ref a, b)", False),
        ("S { a, b: c }", True),
    ],
)
def test_all_names_of_a_pattern_are_asked(pattern: str, answer: bool) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let {pattern} = x; a.len(); }}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    bound = scopes.bound_by(Span(0, len(source.data)))
    assert isinstance(borrowable(source, scopes, bound), Borrowable) is answer


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("o.map(|a| a.len())", True),
        ("o.map_or(0, |(a, b)| a.len())", True),
        ("o.map(|a| g(a))", False),
        ("o.map(|a: &str| a.len())", None),
        ("o.map(|&a| a.len())", None),
        ("o.map(|_| 1)", None),  # nothing tells
        ("o.map(g)", None),
    ],
)
def test_closures_that_work_on_references(call: str, answer: bool | None) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {call}; }}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    node = next(n for n in walk(source.root) if source.text(n) == call.encode())
    found = closures_borrow(source, scopes, node)
    assert (None if found is None else isinstance(found, Borrowable)) is answer


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("g(x.a.len());", 0),
        ("x.a.push(1);", 1),
        ("x.b.push(1);", 0),  # another field
        ("x.push(1);", 1),
        ("x.run();", 0),  # the workspace's, which take `&self`
        ("x.into_iter();", 1),
        ("x.a = 1;", 1),
        ("x.a += 1;", 1),
        ("x.b = 1;", 0),
        ("x = z;", 1),
        ("x[0] = 1;", 1),
        ("*x = 1;", 1),
        ("g(&x);", 0),
        ("g(&mut x);", 1),
        ("g(&mut x.b);", 0),
        ("g(x);", 1),
        ("let z = x;", 1),
        ("S { x };", 1),
        ("(x, 1);", 1),
        ('info!("{}", x);', 0),
        ('info!("{x}");', 0),
        ("assert_eq!(x, z);", 0),
        ("vec![x];", 1),
        ("if x.a == z {}", 0),
        ("\n\nx.a.push(1);", 3),
        ("from.push(1);", 1),  # what it borrows from
        ("spawn(async move { x.b.len() });", 1),
        ("spawn(move || x.b.len());", 1),
        ("join(async { x.b.len() });", 0),
        ("if c { return x.run(); }", 0),
        ("if c { return g(|| x.run()); }", 0),
        ("if c { x = z; return; }", 1),
        ("let x = &x; spawn(async move { x.b.len() });", 0),
    ],
)
def test_changes_while_it_is_lent(body: str, line: int) -> None:
    text = f"fn f(mut from: S) {{ let mut x = from.get(); g(&x.a); {body} }}"
    source = Source("src/lib.rs", text.encode())
    function = source.root.named_children[0]
    scopes = Scopes(source, function)
    lent = next(n for n in walk(source.root) if source.text(n) == b"x.a")
    place, block = place_of(source, lent), body_of(function)
    assert place is not None and block is not None
    found = changed_during(
        source,
        scopes,
        place,
        origins_of(source, scopes, place),
        Span(lent.end_byte, block.end_byte),
        lambda method: method != b"run",
    )
    assert found == line


@pytest.mark.parametrize(
    ("body", "line"),
    [("x.finish();", 1), ("x.into_body();", 1), ("x.len();", 0), ("x.look();", 0)],
)
def test_a_value_that_cannot_be_changed_may_be_consumed(body: str, line: int) -> None:
    source = Source("src/lib.rs", f"fn f(x: S) {{ g(&x.a); {body} }}".encode())
    function = source.root.named_children[0]
    scopes = Scopes(source, function)
    lent = next(n for n in walk(source.root) if source.text(n) == b"x.a")
    place = place_of(source, lent)
    assert place is not None
    during = Span(lent.end_byte, len(source.data))
    origins = origins_of(source, scopes, place)

    def consumes(method: bytes) -> bool:
        return method == b"finish"

    found = changed_during(source, scopes, place, origins, during, lambda _: True, consumes)
    assert found == line


@pytest.mark.parametrize(
    ("head", "body", "line"),
    [
        ("&mut self", "self.a.push(1);", 1),
        ("&mut self", "self.b.push(1);", 0),
        ("&mut self", "self.a.len();", 0),
        ("&self", "self.a.push(1);", 0),  # it cannot be changed through this
        ("&self", "self.a.unwrap();", 1),
        ("self: Pin<&mut Self>", "self.a.push(1);", 1),
    ],
)
def test_changes_of_self(head: str, body: str, line: int) -> None:
    source = Source("src/lib.rs", f"fn f({head}) {{ g(&self.a); {body} }}".encode())
    function = source.root.named_children[0]
    scopes = Scopes(source, function)
    lent = next(n for n in walk(source.root) if source.text(n) == b"self.a")
    place = place_of(source, lent)
    assert place is not None
    during = Span(lent.end_byte, len(source.data))
    origins = origins_of(source, scopes, place)
    assert changed_during(source, scopes, place, origins, during, lambda _: True) == line


def test_what_a_macro_shows_it_borrows() -> None:
    source = Source("src/lib.rs", b'fn f() { println!("{}", y); assert_eq!(y, z); vec![y]; }')
    names = {n.start_byte: n for n in walk_all(source, source.root) if source.text(n) == b"y"}
    nodes = [names[start] for start in sorted(names)]
    assert [is_shown(source, n) for n in nodes] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        ("keep(x.a.b);", ["x.a.b"]),
        ("let y = x.a;", ["x.a"]),
        ("x.a", ["x.a"]),
        ("Some(x[0].b)", ["x[0].b"]),
        ("S { a: x.a }", ["x.a"]),
        ("x.a.len(); &x.a; x.a == 1; g(x);", []),
        ('log!("{}", x.a);', []),
    ],
)
def test_parts_taken(body: str, taken: list[str]) -> None:
    source = Source("a.rs", f"fn f(x: T) -> R {{ {body} }}".encode())
    scopes = Scopes(source, next(functions_named(source, b"f")))
    found = parts_taken(source, scopes, [b for b in scopes.bindings if b.name == b"x"])
    assert [source.text(node).decode() for node in found] == taken


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("for (k, n) in x { s += n; k.len(); }", "for (k, n) in x { s += *n; k.len(); }"),
        ("if let Some(n) = x { g(n as u8, -n); }", "if let Some(n) = x { g(*n as u8, -*n); }"),
        ("match x { A(n) => n.pow(2), B { n } => S { n } }", "match x { A(n) => (*n).pow(2), B { n } => S { n: *n } }"),
        ('for (k, n) in x { v[n] = format!("{n}"); n.clone(); }', 'for (k, n) in x { v[*n] = format!("{n}"); n.clone(); }'),
        ("for (k, n) in x { v.push(k); }", None),
        ("for (k, n) in x { h(move || n + 1); }", None),
    ],
)  # fmt: skip
def test_what_is_copied_is_read_through_its_reference(body: str, after: str | None) -> None:
    source = Source("src/lib.rs", f"fn f(x: T) {{ {body} }}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    bound = [b for b in scopes.bindings if b.name == b"x"]
    found = borrowable(source, scopes, bound, copied=lambda name: source.text(name) == b"n")
    if not isinstance(found, Borrowable):
        assert after is None
        return
    changes = {edit.span: edit.replacement for edit in found.edits}
    whole = span_of(source.root.named_children[0].named_children[-1])
    assert replaced(source, whole, changes).decode() == f"{{ {after} }}"
