"""Parameters that hold values and may hold references: tables of (body, what becomes of it)."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.rust.borrows import Needed, Target
from engine.rust.lendable import Told, lendable, parts
from engine.rust.nodes import arguments_of, callee_name
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of
from tests.rust.test_borrows import edited

# Names of parts that are `Copy`, of parts that are not, and of methods that take `&self`.
_COPIED = frozenset({b"n", b"k", b"x.id"})
_OWNED = frozenset({b"s", b"t", b"y", b"x.name"})


def _of(
    body: str, target: Target = "reference", clone: bytes = b"clone"
) -> tuple[Source, str, frozenset[str]]:
    source = Source("src/lib.rs", f"fn f(x: V) {{ {body} }}".encode())
    scopes = Scopes(source, source.root.named_children[0])
    binding = next(b for b in scopes.bindings if b.name == b"x")

    def copied(node: Node) -> bool | None:
        text = source.text(node)
        return True if text in _COPIED else False if text in _OWNED else None

    lent = set()
    for call in (n for n in walk(source.root) if n.type == "call_expression"):
        name = callee_name(call)
        if name is not None and source.text(name) == b"f":
            lent.add(span_of(arguments_of(call)[0]))
    told = Told(
        lambda node, name: name == b"own_len",
        copied,
        lambda node: node.text == b"x",
        lambda node: node.text in (b"x", b"s"),
        lent,
    )
    found = lendable(source, scopes, binding, target, clone, told)
    if isinstance(found, Needed):
        return source, f"! {found.reason}", frozenset()
    named = frozenset(source.slice(span).decode() for span in found.named)
    return source, edited(source, found.edits)[13:-2], named


_BODIES = [
    # read only
    ("x.len()", "x.len()"),
    ("g(&x)", "g(x)"),
    ("x.own_len()", "x.own_len()"),
    ("x.other()", "! `x` is needed"),
    # kept on some paths
    ("if c { keep(x); }", "if c { keep(x.clone()); }"),
    ("if c { return 0; } keep(x); 1", "if c { return 0; } keep(x.clone()); 1"),
    ("match k { A => keep(x), B => x.len() }", "match k { A => keep(x.clone()), B => x.len() }"),
    ("if c { Some(S { x, a }) } else { None }", "if c { Some(S { x: x.clone(), a }) } else { None }"),
    ("if c { x } else { d }", "if c { x.clone() } else { d }"),
    ("if c { g(x.into_iter()) }", "if c { g(x.clone().into_iter()) }"),
    ("if c { return keep(x); } log(&x);", "if c { return keep(x.clone()); } log(x);"),
    ("if c { let mut y = x; y.push(1); }", "if c { let mut y = x.clone(); y.push(1); }"),
    ("let y = x; y.len()", "let y = x; y.len()"),
    ("let y = x; if c { keep(y); }", "let y = x; if c { keep(y.clone()); }"),
    # ... and on all
    ("keep(x);", "! `x` is needed as a value of its own at line 1"),
    ("if c { keep(x) } else { hold(x) }", "! `x` is needed"),
    ("a()?; keep(x);", "! `x` is needed"),
    ("if c { panic!() } keep(x);", "! `x` is needed"),
    ("if x.is_empty() { return Err(S { x }) } Ok(S { x })", "! `x` is needed"),
    # taken along
    ("if c { spawn(move || keep(x)); }", "! `x` is captured"),
    ("if c { or_else(|| keep(x)); }", "! `x` is needed"),
    ("if c { run(async { keep(x) }); }", "! `x` is captured"),
    ("if c { say!(keep x); }", "! `x` "),
    ("if c { x.push(1); }", "! `x` is needed"),
    ("if c { keep(x.clone()); }", "! `x` is needed"),  # one of the two is needed anyway
    # taken apart
    ("match x { A(s) => s.len(), B => 0 }", "match x { A(s) => s.len(), B => 0 }"),
    ("match x { A(s) => keep(s), B => {} }", "match x { A(s) => keep(s.clone()), B => {} }"),
    ("match x { A(s) => keep(s), B(s) => keep(s) }", "! `x` is needed"),
    ("match x { A(n) => keep(n), B(s) => log(&s) }", "match x { A(n) => keep(*n), B(s) => log(s) }"),
    ("match x { A(n) => n.pow(2), _ => n }", "match x { A(n) => (*n).pow(2), _ => n }"),
    ("match x { A(n) => n + 1, B { k } => S { k } }", "match x { A(n) => *n + 1, B { k } => S { k: *k } }"),
    ("match x { A(n) if n > 1 => 0, _ => 1 }", "match x { A(n) if *n > 1 => 0, _ => 1 }"),
    ("match x { A(z) => keep(z), B => 0 }", "! `z` is needed"),  # its type is not told
    ("match x { A(mut s) => s.push(1), B => {} }", "! the pattern says"),
    ("match x { A(ref s) => log(s), B => {} }", "! the pattern says"),
    ("match x { A(&s) => log(s), B => {} }", "! `x` is needed"),
    ("if let A(s) = x { log(&s) }", "if let A(s) = x { log(s) }"),
    ("let S { s, n } = x; log(&s); h(n);", "let S { s, n } = x; log(s); h(*n);"),
    ("let S { s, n }: S = x; log(&s);", "! `x` is needed"),
    ("match x { A(s) => match s { B(n) => h(n), C => {} }, D => {} }",
     "match x { A(s) => match s { B(n) => h(*n), C => {} }, D => {} }"),
    ("for y in x { log(&y); }", "for y in x { log(y); }"),
    ("for y in x { keep(y); }", "! `x` is needed"),
    # an `IntoIterator` of its own, or none for the reference
    ("let y = x; for n in y { h(n); }", "! `x` is needed"),
    ("let y = x; if c { for n in y { h(n); } }", "! `x` is needed"),
    ("match x { A(s) => for n in s { h(n); }, B => {} }", "! `for` goes over `s` at line 1"),
    ("if let Some(s) = x { for n in s { h(n); } }", "! `for` goes over `s`"),
    ("let (s, n) = x; for k in s { h(k + n); }", "! `for` goes over `s`"),
    ("for s in x { for n in s { h(n); } }", "! `for` goes over `s`"),
    ("if c { for s in x { for n in s { h(n); } } }", "! `for` goes over `s`"),
    ("x.into_iter().map(|s| { for n in s { h(n); } })", "! `x` is needed"),
    ("x.map_or(0, |s| { for n in s { h(n); } 1 })", "! `x` is needed"),
    ("for y in x { if c { keep(y); } }", "for y in x { if c { keep(y.clone()); } }"),
    ("for y in x { if c { continue; } keep(y); }", "for y in x { if c { continue; } keep(y.clone()); }"),
    ("if c { for y in x { keep(y); } }", "if c { for y in x { keep(y.clone()); } }"),
    ("for (s, n) in x { h(n); log(&s); }", "for (s, n) in x { h(*n); log(s); }"),
    ("x.into_iter().map(|y| y.len())", "x.iter().map(|y| y.len())"),
    ("x.into_iter().map(|(n, s)| h(n, &s))", "x.iter().map(|(n, s)| h(*n, s))"),
    ("x.into_iter().map(|v| f(v)).sum()", "x.iter().map(|v| f(v)).sum()"),
    ("x.into_iter().map(|y: Y| y.len())", "! `x` is needed"),
    ("x.into_iter().map(|y| keep(y))", "! `x` is needed"),
    ("x.into_iter().filter(|y| y.len())", "! `x` is needed"),
    ("if c { x.into_iter().map(|y| keep(y)).sum() }", "if c { x.clone().into_iter().map(|y| keep(y)).sum() }"),
    ("match x { A(s) => s.into_iter().map(|y| y.len()), B => 0 }",
     "match x { A(s) => s.clone().into_iter().map(|y| y.len()), B => 0 }"),
    ("match x { A(n) => n.to_string(), B => 0 }", "match x { A(n) => n.to_string(), B => 0 }"),
    ("x.map(|y| y.len())", "x.as_ref().map(|y| y.len())"),
    ("x.map_or(0, |n| n + 1)", "x.as_ref().map_or(0, |n| *n + 1)"),
    ("x.map_or_else(|| 0, |y| y.len())", "x.as_ref().map_or_else(|| 0, |y| y.len())"),
    ("x.is_some_and(|y| y == z)", "x.as_ref().is_some_and(|y| *y == z)"),
    ("x.and_then(|y| y)", "! `x` is needed"),
    ("x.map(String::into_bytes)", "! `x` is needed"),
    ("if c { x.map(|y| keep(y)); }", "if c { x.clone().map(|y| keep(y)); }"),
    ("match x { A(s) => s.map(|y| y.len()), B => 0 }",
     "match x { A(s) => s.as_ref().map(|y| y.len()), B => 0 }"),
    ("x.is_some()", "x.is_some()"),
    ("x.unwrap_or_default()", "! `x` is needed"),
    # fields
    ("x.id", "x.id"),
    ("if c { keep(x.name); }", "if c { keep(x.name.clone()); }"),
    ("S { name: x.name }", "! `x` is needed"),
    ("x.name.len() + x.name.join(z)", "x.name.len() + x.name.join(z)"),
    ("if c { g(x.name.into_bytes()) }", "if c { g(x.name.clone().into_bytes()) }"),
    ("x.name.into_bytes()", "! `x` is needed"),
    ("x.id.unwrap_or(0)", "x.id.unwrap_or(0)"),
    ("if c { or_else(|| keep(x.name)); }", "! a part"),
    # what others lend
    ("f(x)", "f(x)"),
    ("match x { A(s) => f(s), B(s) => f(*s), C(l) => l.iter().map(|v| f(v.clone())).sum() }",
     "match x { A(s) => f(s), B(s) => f(*s), C(l) => l.iter().map(|v| f(v.clone())).sum() }"),
    ("match x { A(s) => f(g(s)), B => 0 }", "match x { A(s) => f(g(s.clone())), B => 0 }"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "after"), _BODIES)
def test_what_becomes_of_a_body(body: str, after: str) -> None:
    found = _of(body)[1]
    assert found.startswith(after) if after.startswith("!") else found == after


_VIEWS = [
    ("if c { keep(x); }", "if c { keep(x.to_vec()); }"),
    ("for y in x { log(&y); }", "for y in x { log(y); }"),
    ("let y = x; if c { keep(y); }", "! `x` is needed"),
    ("if c { let y = x; keep(y); }", "if c { let y = x.to_vec(); keep(y); }"),
    ("match x { y => y.len() }", "! `x` is needed"),
    ("if x == z { keep(x); }", "if x == z { keep(x.to_vec()); }"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "after"), _VIEWS)
def test_views_are_copied_by_methods_of_their_own(body: str, after: str) -> None:
    found = _of(body, "view", b"to_vec")[1]
    assert found.startswith(after) if after.startswith("!") else found == after


def test_names_that_are_references_then_are_given_as_they_are() -> None:
    assert _of("match x { A(s) => f(s), B(s) => f(*s), C => f(x) }")[2] == {"s", "*s", "x"}


def test_what_types_are_asked_for() -> None:
    source = Source("src/lib.rs", b"fn f(x: V) { match x { A(s) => g(s, x.id), B(n) => n + 1 } }")
    scopes = Scopes(source, source.root.named_children[0])
    binding = next(b for b in scopes.bindings if b.name == b"x")
    assert [source.text(n) for n in parts(source, scopes, binding)] == [b"x.id", b"s", b"n"]
