"""Drop scopes: what drop_scopes answers, in words; and that it is what rustc does, by running it.

The slow test compiles one program a edition from ``SNIPPETS``. There ``t(n)`` makes a value that
prints ``+n`` when it is made and ``-n`` when it is dropped, ``at(n)`` prints ``@n``. At each line
that a run prints, the values that are alive must be those that drop_scopes says.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.drop_scopes import (
    DropScope,
    extending_let,
    held_longer,
    held_through,
    let_scope,
    temporaries_held_longer,
    temporary_scope,
)
from engine.rust.nodes import arguments_of, callee_of
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source, span_of, walk_all

EDITIONS = (2021, 2024)


def source_of(body: str, edition: int = 2021) -> Source:
    return Source("src/lib.rs", f"async fn f() {{\n{body}\n}}\n".encode(), edition)


def node_of(source: Source, text: str) -> Node:
    """The outermost node with exactly this text (macro arguments included)."""
    start = source.data.find(text.encode())
    node = source.node_at(Span(start, start + len(text.encode())))
    assert node is not None, text
    return node


# -- in words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "until", "until_2024"),
    [
        ("foo(m.lock().x).await;", "foo(m.lock().x).await;", None),
        ("let a = m.lock().x.clone();", "let a = m.lock().x.clone();", None),
        ("let Some(a) = m.lock().get() else { return };", "m.lock().get()", None),
        ("if m.lock().x { a } else { b };", "m.lock().x", None),
        ("while m.lock().x { a }", "m.lock().x", None),
        ("a && m.lock().x && c;", "m.lock().x", None),
        ("m.lock().x && c;", "m.lock().x", None),
        ("if m.lock().x && let A = b { c }", "m.lock().x", None),
        (
            "if let A = m.lock().x { a } else { b }\nc;",
            "if let A = m.lock().x { a } else { b }",
            "if let A = m.lock().x { a }",
        ),
        (
            "foo(if let A = m.lock().x { a } else { b }).await;",
            "foo(if let A = m.lock().x { a } else { b }).await;",
            "if let A = m.lock().x { a }",
        ),
        (
            "if x { y } else if let A = m.lock().x { a } else { b }\nc;",
            "if let A = m.lock().x { a } else { b }",
            "if let A = m.lock().x { a }",
        ),
        ("while let A = m.lock().x { a }\nb;", "while let A = m.lock().x { a }", None),
        (
            "match m.lock().x { A => a, _ => b }\nc;",
            "match m.lock().x { A => a, _ => b }",
            None,
        ),
        ("match a { A => m.lock().x, _ => b };", "m.lock().x", None),
        ("match a { A if m.lock().x => b, _ => c };", "m.lock().x", None),
        (
            "match a { A if let B = m.lock().x => b, _ => c };",
            "A if let B = m.lock().x => b,",
            None,
        ),
        ("for a in m.lock().iter() { b }\nc;", "for a in m.lock().iter() { b }", None),
        ("foo({ m.lock().x }).await;", "foo({ m.lock().x }).await;", "m.lock().x"),
        ("foo(unsafe { m.lock().x }).await;", "foo(unsafe { m.lock().x }).await;", "m.lock().x"),
        ("foo(if a { m.lock().x } else { b }).await;", "{ m.lock().x }", "m.lock().x"),
        ("foo(|| m.lock().x).await;", "m.lock().x", None),
        ("foo(async { m.lock().x }).await;", "{ m.lock().x }", "m.lock().x"),
        ("loop { m.lock().x }", "{ m.lock().x }", "m.lock().x"),
        (
            "let a = { match m.lock().x { _ => b } } + c;",
            "let a = { match m.lock().x { _ => b } } + c;",
            "match m.lock().x { _ => b }",
        ),
        ('foo(println!("{}", m.lock().x), a);', 'println!("{}", m.lock().x)', None),
        ("foo(vec![m.lock().x], a);", "foo(vec![m.lock().x], a);", None),
        ("select! { _ = a => { m.lock().x; b } }", "m.lock().x;", None),
        ("select! { _ = a => { m.lock().x } }", "", "m.lock().x"),
        ("mine!(m.lock().x);", "", None),
        ("static A: B = m.lock().x;", "", None),
    ],
)
def test_where_a_temporary_ends(body: str, until: str, until_2024: str | None) -> None:
    wanted = {2021: until, 2024: until if until_2024 is None else until_2024}
    for edition, text in wanted.items():
        source = source_of(body, edition)
        scope = temporary_scope(source, node_of(source, "m.lock()"))
        assert (source.slice(scope.span).decode() if scope is not None else "") == text, edition


@pytest.mark.parametrize(
    ("body", "macro", "whole", "longer"),
    [
        ('let a = format!("{}", m.lock().x);', "format!", "format!", False),
        ('foo(format!("{}", m.lock().x), m.lock().y);', "format!", "format!", True),
        ('foo(format!("{}", *m.x[1]), m.lock().y);', "format!", "format!", False),
        ('foo(format!("{}{}", &m.x, 1), m.lock().y);', "format!", "format!", False),
        ('foo(format!("{}{}", line!(), concat!("a", "b")), a);', "format!", "format!", False),
        ('match format!("{}", m.lock().x).as_str() { _ => a }', "format!", "format!", True),
        ('match a { _ => format!("{}", m.lock().x), }', "format!", "format!", False),
        ('foo(|| format!("{}", m.lock().x));', "format!", "format!", False),
        ('foo(format!("{}", a.await)).await;', "format!", "format!", True),
        ('s.push_str(&format!("{}", m.lock().x));', "format!", "s.push_str", False),
        ('(s.push_str(&format!("{}", m.lock().x)), m.lock().y);', "format!", "s.push_str", True),
        ('mine!(format!("{}", m.lock().x));', "format!", "format!", True),
    ],
)
def test_temporaries_that_would_be_held_longer(
    body: str, macro: str, whole: str, longer: bool
) -> None:
    source = source_of(body)
    nodes = [
        n
        for n in walk_all(source, source.root)
        if n.type.endswith(("_invocation", "call_expression", "await_expression"))
    ]

    def called(head: str) -> Node:
        return next(n for n in nodes if source.text(n).startswith(head.encode()))

    assert held_longer(source, called(macro), called(whole)) is longer
    inside = [span_of(n) for n in nodes if n != called(macro)]
    assert not held_longer(source, called(macro), called(whole), lambda span: span in inside)


@pytest.mark.parametrize(
    ("shown", "made"),
    [
        ("n", []),
        ("*n.a[i].0", []),
        ("&mut n", []),
        ("file!()", []),
        ("*l?", ["l?"]),
        ("*l.await", ["l.await"]),
        ("go(l).await.0", ["go(l).await"]),
        ("(H).await.0", ["(H).await"]),
        ("go(&make()).await.0", ["go(&make()).await", "make()"]),
        ("std::sync::Arc::<str>::from(n)", ["std::sync::Arc::<str>::from(n)"]),
        ("stringify!(H { g })", []),
        ("concat!(stringify!(f()), 1)", []),
        ("(k + k).1", ["k + k"]),
        ("-k", ["-k"]),
        ("!l", ["!l"]),
        ("H.0", ["H"]),
        ("Self::H.0", ["Self::H"]),
        ("a::H.0", ["a::H"]),
        ("*{ g }", ["{ g }"]),
        ("*unsafe { g }", ["unsafe { g }", "{ g }"]),
        ("*loop { break g }", ["loop { break g }", "{ break g }"]),
        ("(g, 1).1", ["(g, 1)"]),
        ("*[g][0]", ["[g]"]),
        ("S { g, n: 1 }.n", ["S { g, n: 1 }"]),
        ("*match 1 { _ => g }", ["match 1 { _ => g }"]),
        ("Some(g).len()", ["Some(g).len()", "Some(g)"]),
        ("count!(m)", ["count!(m)"]),
        ("vec![m]", ["vec![m]"]),
        ("n as u8", []),
    ],
)
def test_what_may_be_a_temporary(shown: str, made: list[str]) -> None:
    source = source_of(f'foo(format!("{{}}", {shown}), a);')
    macro = node_of(source, f'format!("{{}}", {shown})')
    found = [source.text(n).decode() for n in temporaries_held_longer(source, macro, macro)]
    assert found == made


@pytest.mark.parametrize(
    ("before", "shown", "longer"),  # None: by its type
    [
        ("", "count!(m)", True),  # whatever its type
        ("", 'format!("{n}")', False),
        ("", "vec![n]", False),
        ("macro_rules! vec { ($m:expr) => { $m.lock().len() } }", "vec![n]", True),
        ("macro_rules! line { () => { lock().0 } }", "line!()", True),
        ("static H: S = S(1);", "H.0", False),
        ("const H: S = S(1);", "H", False),  # of a plain type
        ("const h: S = S(1);", "h", None),
        ("use m::h;", "h", None),
        ("use m::{g, h};", "h.0", None),
        ("", "m::h", None),
        ("", "h", False),
        ("static h: S = S(1); use m::h;", "h", False),
    ],
)
def test_macros_and_constants_by_what_the_file_tells(
    before: str, shown: str, longer: bool | None
) -> None:
    source = Source(
        "src/lib.rs", f'{before} fn f() {{ foo(format!("{{}}", {shown}), a); }}'.encode()
    )
    macro = node_of(source, f'format!("{{}}", {shown})')
    assert held_longer(source, macro, macro, lambda _: True) is bool(longer)
    if longer is not False:
        assert held_longer(source, macro, macro)


def test_the_tail_of_a_function() -> None:
    text = "let a = b;\nmatch m.lock().x { _ => a.await }"
    sources = [source_of(text, edition) for edition in EDITIONS]
    older, newer = (temporary_scope(s, node_of(s, "m.lock()")) for s in sources)
    assert older is not None and older.node.type == "block"  # behind the locals
    assert newer is not None and newer.node.type == "expression_statement"


@pytest.mark.parametrize(
    ("body", "holder"),
    [
        ("match m.lock().x { A => a, _ => b }", "match m.lock().x { A => a, _ => b }"),
        ("let c = f(match m.lock().x { _ => b });", "match m.lock().x { _ => b }"),
        ("match g(match m.lock().x { _ => b }) { _ => c }", None),
        ("if let A = m.lock().x { a }", "if let A = m.lock().x { a }"),
        ("while let A = m.lock().x { a }", "while let A = m.lock().x { a }"),
        ("for a in m.lock().iter() { b }", "for a in m.lock().iter() { b }"),
        ("if m.lock().x { a }", ""),
        ("match a { _ => m.lock().x }", ""),
        ("f(m.lock().x, match a { _ => b });", ""),
    ],
)
def test_through_whose_arms_a_temporary_lives(body: str, holder: str | None) -> None:
    source = source_of(body)
    node = node_of(source, "m.lock()")
    scope = temporary_scope(source, node)
    assert scope is not None
    found = held_through(source, node, scope)
    wanted = body if holder is None else holder
    assert (source.text(found).decode() if found is not None else "") == wanted


@pytest.mark.parametrize(
    ("body", "extended"),
    [
        ("let a = &m.lock().x;", True),
        ("let a = &mut *m.lock();", True),
        ("let a = (&m.lock()[0], 1);", True),
        ("let Foo { ref a } = *m.lock();", True),
        ("let a = Some(&m.lock().x);", True),
        ("let a = if b { &m.lock().x } else { c };", True),
        ("let a = if m.lock().x { b } else { c };", False),
        ("let a = match &m.lock().x { _ => c };", False),
        ("let a = &m.lock().get();", False),
        ("let a = f(&m.lock().x);", False),
        ("let a = m.lock().x;", False),
        ("a = &m.lock().x;", False),
    ],
)
def test_a_borrow_in_a_let_extends_the_temporary(body: str, extended: bool) -> None:
    source = source_of(body)
    found = extending_let(source, node_of(source, "m.lock()"))
    assert (found is not None) is extended


# -- what rustc does -------------------------------------------------------------------------------

PRELUDE = """\
#![allow(warnings)]
use std::future::Future;
use std::pin::{pin, Pin};
use std::task::{Context, Poll, Waker};

struct D(u32, u32);
impl Drop for D { fn drop(&mut self) { println!("-{}", self.0) } }
impl D {
    fn n(&self) -> u32 { self.0 }
    fn me(&self) -> &D { self }
    fn yes(&self) -> bool { true }
    fn no(&self) -> bool { false }
    fn some(&self) -> Option<u32> { Some(self.0) }
    fn none(&self) -> Option<u32> { None }
    fn list(&self) -> std::ops::Range<u32> { 0..2 }
    fn set(&mut self, _: u32) {}
    async fn wait(&self) -> u32 { self.0 }
}
impl std::ops::Index<u32> for D { type Output = u32; fn index(&self, _: u32) -> &u32 { &self.0 } }
impl std::ops::Deref for D { type Target = u32; fn deref(&self) -> &u32 { &self.1 } }
impl std::ops::DerefMut for D { fn deref_mut(&mut self) -> &mut u32 { &mut self.1 } }
fn t(n: u32) -> D { println!("+{n}"); D(n, n) }
fn at(n: u32) -> bool { println!("@{n}"); true }
fn id<T>(x: T) -> T { x }
fn two<A, B>(_: A, _: B) -> u32 { 0 }
struct Pair<A, B> { a: A, b: B }
struct Wrap<T>(T);
struct Yield(bool);
impl Future for Yield {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        if self.0 { return Poll::Ready(0) }
        self.0 = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
fn pause() -> Yield { Yield(false) }
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(found) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return found;
        }
    }
}
"""

# Bodies of functions. A function's result, where it has one, is written in front: `u32:`.
SNIPPETS = (
    # statements
    "t(1).n(); at(2);",
    "let x = t(1).n(); at(2);",
    "let _ = t(1); at(2);",
    "_ = t(1); at(2);",
    "t(1); at(2);",
    "two(t(1).n(), at(2)); at(3);",
    "two(t(1).n(), t(2).n()); at(3);",
    "let x = t(1).n() + { at(2); 1 }; at(3);",
    "let mut x = 1; x += t(1).n() + { at(2); 1 }; at(3);",
    "let mut x = [1, 2]; x[t(1).n() as usize] = { 3 }; at(3);",
    "*t(1) += { 1 }; at(2);",
    "id(t(1).me()).me().n(); at(2);",
    "let x = t(1)[0]; at(2);",
    "let x = (t(1).n(), at(2)); at(3);",
    "let x = [t(1).n(), t(2).n()]; at(3);",
    "let x = Pair { a: t(1).n(), b: at(2) }; at(3);",
    "let x = t(1).n() as u64 + at(2) as u64; at(3);",
    "let x = (t(1).n()); at(2);",
    "let x = t(1).n()..t(2).n(); at(3);",
    # locals
    "let a = t(1); let b = t(2); at(3);",
    "let a = t(1); { let b = t(2); at(3); } at(4);",
    "let a = t(1); t(2).n(); at(3);",
    "let (a, b) = (t(1), t(2)); at(3);",
    "let a = (t(1)); let a = t(2); at(3);",
    # let else
    "let Some(x) = t(1).some() else { at(9); return }; at(2);",
    "let Some(x) = t(1).none() else { at(2); return }; at(3);",
    "let (x, true) = (t(1).n(), at(2)) else { return }; at(3);",
    # conditions
    "if t(1).yes() { at(2); } else { at(3); } at(4);",
    "if t(1).no() { at(2); } else { at(3); } at(4);",
    "if !t(1).no() { at(2); } at(4);",
    "if t(1).yes() && at(2) { at(3); } at(4);",
    "if t(1).no() || at(2) { at(3); } at(4);",
    "if at(1) && t(2).yes() && at(3) { at(4); } at(5);",
    "if { t(1).yes() } { at(2); } at(3);",
    "if t(1).no() {} else if t(2).yes() { at(3); } else { at(4); } at(5);",
    "let mut n = 0; while t(1).yes() && n < 1 { n += 1; at(2); } at(3);",
    "let mut n = 0; while { n += 1; t(1).n() + n < 3 } { at(2); } at(3);",
    "let x = t(1).yes() && at(2); at(3);",
    "let x = at(1) && t(2).yes() | at(3); at(4);",
    "let x = t(1).no() || t(2).no() || at(3); at(4);",
    "let x = t(1).yes() & at(2); at(3);",
    "let x = two(t(1).yes() && at(2), at(3)); at(4);",
    "let x = !(t(1).yes() && at(2)); at(3);",
    # if let
    "if let Some(x) = t(1).some() { at(2); } at(3);",
    "if let Some(x) = t(1).some() { at(2); } else { at(3); } at(4);",
    "if let Some(x) = t(1).none() { at(2); } else { at(3); } at(4);",
    "if let Some(x) = t(1).none() { at(2); } else if at(3) { at(4); } at(5);",
    "if let Some(x) = t(1).none() {} else if let Some(y) = t(2).some() { at(3); } at(4);",
    "if t(1).no() {} else if let Some(y) = t(2).none() { at(3); } else { at(4); } at(5);",
    "two(if let Some(x) = t(1).some() { at(2) } else { at(3) }, at(4)); at(5);",
    "two(if let Some(x) = t(1).none() { at(2) } else { at(3) }, at(4)); at(5);",
    "let x = if let Some(x) = t(1).some() { at(2) } else { at(3) }; at(4);",
    "bool: if let Some(x) = t(1).some() { at(2) } else { at(3) }",
    "bool: let l = t(1); if let Some(x) = t(2).none() { at(3) } else { at(4) }",
    "u32: let l = t(1); { let m = t(2); if let Some(x) = t(3).some() { at(4); } }; 1",
    "2024: if at(1) && let Some(x) = t(2).some() && t(3).yes() && at(4) { at(5); } at(6);",
    "2024: if let Some(x) = t(1).some() && let Some(y) = t(2).none() { at(3); } else { at(4); }",
    "2024: if t(1).yes() && let Some(y) = t(2).some() && at(3) { at(4); } at(5);",
    "2024: let mut n = 0; while at(1) && n < 2 && let Some(x) = t(2).some() { n += 1; at(3); }",
    # match
    "match t(1).n() { _ => { at(2); } } at(3);",
    "match t(1).n() { 1 => at(2), _ => at(3) }; at(4);",
    "match t(1).some() { Some(x) if t(2).yes() && at(3) => { at(4); } _ => {} } at(5);",
    "match 1 { 1 => t(1).n(), _ => 0 }; at(2);",
    "two(match 1 { 1 => t(1).n(), _ => 0 }, at(2)); at(3);",
    "two(match t(1).n() { 1 => { at(2); 1 } _ => 0 }, at(3)); at(4);",
    "let x = match t(1).n() { 1 => { let l = t(2); at(3); 1 } _ => 0 }; at(4);",
    "u32: match t(1).n() { 1 => { let l = t(2); 1 } _ => 0 }",
    "u32: let l = t(1); match t(2).n() { _ => { at(3); 1 } }",
    "u32: let l = t(1); (match t(2).n() { _ => { at(3); 1 } })",
    "let l = t(1); match t(2).n() { _ => { at(3); } }",
    "let x = { match t(1).n() { _ => 1 } } + at(2) as u32; at(3);",
    "let x = { (match t(1).n() { _ => 1 }) } + at(2) as u32; at(3);",
    "match t(1) { _ => { at(2); } } at(3);",
    "match (t(1).n(), at(2)) { _ => { at(3); } } at(4);",
    "match { t(1).n() } { _ => { at(2); } } at(3);",
    "match 1 { x if let Some(y) = t(1).some() => { at(2); } _ => { at(3); } } at(4);",
    "match 1 { x if let Some(y) = t(1).none() => { at(2); } _ => { at(3); } } at(4);",
    # loops
    "for x in t(1).list() { at(2); } at(3);",
    "for x in { t(1).list() } { at(2); } at(3);",
    "two(for x in t(1).list() { at(2); }, at(3)); at(4);",
    "for x in 0..2 { t(1).n(); at(2); } at(3);",
    "for x in 0..2 { let a = t(1); at(2); t(3).n() + 1; } at(4);",
    "let l = t(1); for x in t(2).list() { at(3); }",
    "let mut n = 0; while let Some(x) = t(1).some() { n += 1; at(2); if n > 1 { break } at(3); } at(4);",
    "let mut n = 0; while let (0, x) = (n, t(1).n()) { n += 1; at(2); } at(3);",
    "let x = loop { at(1); break t(2).n() }; at(3);",
    "let x = 'a: { if at(1) { break 'a t(2).n() } 1 }; at(3);",
    "let mut n = 0; loop { n += 1; let l = t(1); if n > 1 { break } t(2).n(); } at(3);",
    "let mut n = 0; let x = two(loop { n += 1; if n > 1 { break t(1).n() } t(2); }, at(3)); at(4);",
    "let mut n = 0; while n < 2 { n += 1; { t(1).n(); } at(2); } at(3);",
    "let mut n = 0; two(while let 0 = t(1).n() * 0 + n { n += 1; at(2); }, at(3)); at(4);",
    "let mut n = 0; while let 0 = { t(1).n() * 0 + n } { n += 1; at(2); } at(3);",
    "if let 1 = { t(1).n() } { at(2); } at(3);",
    "if let 2 = { t(1).n() } { at(2); } else { at(3); } at(4);",
    # blocks and their tails
    "two({ t(1).n() }, at(2)); at(3);",
    "two(unsafe { t(1).n() }, at(2)); at(3);",
    "two({ let l = t(1); t(2).n() }, at(3)); at(4);",
    "two(({ t(1).n() }), at(2)); at(3);",
    "two({ { t(1).n() } }, at(2)); at(3);",
    "two('a: { t(1).n() }, at(2)); at(3);",
    "two(if at(1) { t(2).n() } else { 0 }, at(3)); at(4);",
    "two(if false { 0 } else { t(2).n() }, at(3)); at(4);",
    "two(match 1 { _ => { t(2).n() } }, at(3)); at(4);",
    "two(if at(1) { let l = t(2); t(3).n() } else { 0 }, at(4)); at(5);",
    "let x = { let l = t(1); t(2).n() }; at(3);",
    "let x = { t(1).n(); at(2) }; at(3);",
    "u32: t(1).n()",
    "u32: let l = t(1); t(2).n()",
    "u32: let l = t(1); return t(2).n()",
    "u32: let l = t(1); return t(2).n();",
    "u32: let l = t(1); { let m = t(2); t(3).n() }",
    "u32: let l = t(1); unsafe { let m = t(2); t(3).n() }",
    "u32: let l = t(1); if at(2) { let m = t(3); t(4).n() } else { 0 }",
    "u32: let l = t(1); two(t(2).n(), { let m = t(3); t(4).n() })",
    "u32: let l = t(1); t(2).n() // why\n",
    "let l = t(1); { let m = t(2); t(3).n() }; at(4);",
    "let l = t(1); { let m = t(2); { t(3).n(); } } at(4);",
    # closures and futures
    "let f = || t(1).n(); f(); at(2);",
    "let f = |x: u32| { let l = t(1); t(2).n() }; two(f(1), at(3)); at(4);",
    "two((|| t(1).n())(), at(2)); at(3);",
    "let x = [1].map(|_| t(1).n() + at(2) as u32); at(3);",
    "run(async { t(1).n() }); at(2);",
    "two(run(async { let l = t(1); t(2).n() }), at(3)); at(4);",
    "run(async { two(t(1).n(), { pause().await; at(2) }); at(3); });",
    "run(async { t(1).wait().await; at(2); });",
    "run(async { let x = t(1).wait().await + { at(2); 1 }; at(3); });",
    "run(async { match t(1).n() { _ => { pause().await; at(2); } } });",
    "run(async { let l = t(1); if let Some(x) = t(2).none() { at(3); } else { pause().await; at(4); } });",
    # extended lives
    "let x = &t(1); at(2);",
    "let x = &mut t(1); at(2);",
    "let x = &t(1).0; at(2);",
    "let x = &*t(1); at(2);",
    "let x = &t(1)[0]; at(2);",
    "let x = (&t(1), at(2)); at(3);",
    "let x = [&t(1)]; at(3);",
    "let x = &&t(1); at(2);",
    "let x = Pair { a: &t(1), b: at(2) }; at(3);",
    "let x = &Pair { a: &t(1), b: at(2) }; at(3);",
    "let x = Some(&t(1)); at(2);",
    "let x = Some(Wrap(&t(1))); at(2);",
    "let x = Option::Some(&t(1).0); at(2);",
    "let x = &t(1) as &D; at(2);",
    "let x = { &t(1) }; at(2);",
    "let x = { let l = t(1); &t(2) }; at(3);",
    "let x = unsafe { &t(1) }; at(2);",
    "let x = if at(1) { &t(2) } else { &t(3) }; at(4);",
    "let x = match 1 { 1 => &t(2), _ => &t(3) }; at(4);",
    "let x = match 1 { 1 => { at(1); &t(2) } _ => &t(3) }; at(4);",
    "let x = (&t(1)); at(2);",
    "let ref x = t(1); at(2);",
    "let ref x = t(1).0; at(2);",
    "let _ = &t(1); at(2);",
    "let x: &D = &t(1); at(2);",
    "let (x, true) = (&t(1), at(2)) else { return }; at(3);",
    "let Some(x) = Some(&t(1)) else { return }; at(3);",
    "let l = t(1); let x = &t(2); let m = t(3); at(4);",
    "let x = id(&t(1)).n(); at(2);",
    "let x = t(1).me().n(); at(2);",
    "let x = &t(1).n(); at(2);",
    "let x = &t(1).me().n(); at(2);",
    "let x = (&t(1)).n(); at(2);",
    "let x = *&t(1).0; at(2);",
    "let x = &id(&t(1)).n(); at(2);",
    "let x; x = &t(1).n(); at(2);",
    "match &t(1) { x => { at(2); } } at(3);",
    "if let x = &t(1) { at(2); } at(3);",
    "{ let x = &t(1); at(2); } at(3);",
    # macros
    'two(println!("{}", t(1).n()), at(2)); at(3);',
    'println!("{} {}", t(1).n(), at(2)); at(3);',
    'two(format!("{}", t(1).n()), at(2)); at(3);',
    'two(format!("{} {x}", t(1).n(), x = at(2)), at(3)); at(4);',
    'two(format!("{}", { let l = t(1); t(2).n() }), at(3)); at(4);',
    "two(assert!(t(1).yes()), at(2)); at(3);",
    "two(debug_assert!(t(1).yes()), at(2)); at(3);",
    "two(debug_assert_eq!(t(1).n(), 1), at(2)); at(3);",
    "two(debug_assert_ne!(t(1).n(), 2), at(2)); at(3);",
    "two(assert_eq!(t(1).n(), 1), at(2)); at(3);",
    "two(assert_ne!(t(1).n(), 2), at(2)); at(3);",
    "two(matches!(t(1).some(), Some(_)), at(2)); at(3);",
    "two(vec![t(1).n()], at(2)); at(3);",
    "two(vec![t(1).n(); 2], at(2)); at(3);",
    "two(dbg!(t(1).n()), at(2)); at(3);",
    'two(format_args!("{}", t(1).n()).to_string(), at(2)); at(3);',
    'use std::fmt::Write; let mut s = String::new(); two(write!(s, "{}", t(1).n()), at(2)); at(3);',
    'use std::fmt::Write; let mut s = String::new(); two(writeln!(s, "{}", t(1).n()), at(2)); at(3);',
    'if matches!(t(1).n(), 1) { at(2); } at(3);',
    'let x = vec![{ let l = t(1); t(2).n() }, at(3) as u32]; at(4);',
)  # fmt: skip


@dataclass(frozen=True)
class Snippet:
    """``body`` in a function of its own; ``offset`` is where that stands in the program."""

    index: int
    text: str
    code: str

    @classmethod
    def of(cls, index: int, text: str) -> Snippet:
        hit = re.match(r"(?:(\w+): )?(.*)", text.removeprefix("2024: "), re.DOTALL)
        assert hit is not None
        result = f" -> {hit[1]}" if hit[1] else ""
        return cls(index, text, f"fn case_{index}(){result} {{ {hit[2]} }}\n")

    @property
    def editions(self) -> tuple[int, ...]:
        return (2024,) if self.text.startswith("2024: ") else EDITIONS


def numbered(source: Source) -> dict[tuple[bytes, int], Node]:
    """The calls ``t(1)`` and ``at(2)`` of a snippet."""
    found: dict[tuple[bytes, int], Node] = {}
    for node in walk_all(source, source.root):
        callee, given = callee_of(node), arguments_of(node)
        name = source.text(callee) if callee is not None else b""
        if name in (b"t", b"at") and len(given) == 1:
            node = source.node_at(span_of(node)) or node
            key = (name, int(source.text(given[0])))
            assert span_of(found.setdefault(key, node)) == span_of(node), key
    return found


@dataclass(frozen=True)
class Value:
    """What ``t(n)`` makes. ``rank`` orders what ends at one place: locals first."""

    start: int
    scope: Span
    rank: int


def value(source: Source, node: Node) -> Value:
    """By drop_scopes: where the value of ``node`` (``t(n)``) is dropped."""
    let = bound_by(source, node) or extending_let(source, node)
    scope: DropScope | None
    if let is not None:
        scope = let_scope(let)
    else:
        scope = temporary_scope(source, node)
    assert scope is not None, source.text(node)
    return Value(node.start_byte, scope.span, 0 if let is not None else 1)


def bound_by(source: Source, node: Node) -> Node | None:
    """The ``let`` of ``let x = t(1);`` and ``let (x, y) = (t(1), t(2));``."""
    up = node
    for parent in source.ancestors(node):
        let = let_of(parent)
        if let is not None and let.value is not None and parent.type == "let_declaration":
            if source.text(let.pattern) == b"_" or b"ref " in source.text(let.pattern):
                return None
            return parent
        if parent.type not in ("parenthesized_expression", "tuple_expression"):
            return None
        if parent.type == "tuple_expression" and up.type != "call_expression":
            return None
        up = parent
    return None


def disagreements(snippet: Snippet, lines: Sequence[str], edition: int) -> Iterator[str]:
    """Lines at which another set of values is alive than drop_scopes says."""
    source = Source("a.rs", snippet.code.encode(), edition)
    calls = numbered(source)
    values = {n: value(source, node) for (name, n), node in calls.items() if name == b"t"}
    made: list[int] = []
    alive: set[int] = set()
    for line in lines:
        sign, n = line[0], int(line[1:])
        if sign == "-":
            alive.remove(n)
        said = {
            m
            for m in made
            if m != n or sign == "@"
            if _lives(values[m], values[n] if sign != "@" else None, sign, calls, n)
        }
        if said != alive:
            yield f"{edition}: {snippet.text!r} at {line}: {sorted(alive)}, said {sorted(said)}"
        if sign == "+":
            alive.add(n)
            made.append(n)
    if alive:
        yield f"{edition}: {snippet.text!r}: {sorted(alive)} never dropped"


def _lives(
    one: Value, other: Value | None, sign: str, calls: dict[tuple[bytes, int], Node], n: int
) -> bool:
    """Does ``one`` live while ``at(n)`` or ``t(n)`` runs, or when ``other`` is dropped?"""
    if other is None or sign == "+":
        place = calls[(b"at" if sign == "@" else b"t", n)].start_byte
        return one.start < place < one.scope.end
    end = (one.scope.end, one.rank, -one.start)
    return one.start < other.scope.end and end > (other.scope.end, other.rank, -other.start)


@pytest.mark.slow
@pytest.mark.parametrize("edition", EDITIONS)
def test_values_are_dropped_when_rustc_drops_them(edition: int, tmp_path: Path) -> None:
    snippets = [Snippet.of(index, text) for index, text in enumerate(SNIPPETS)]
    snippets = [snippet for snippet in snippets if edition in snippet.editions]
    calls = "".join(f'println!("={s.index}"); case_{s.index}();\n' for s in snippets)
    program = PRELUDE + "".join(s.code for s in snippets) + f"fn main() {{\n{calls}}}\n"
    (tmp_path / "main.rs").write_text(program)
    command = ["rustc", f"--edition={edition}", "-o", "main", "main.rs"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    run = subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=True)
    printed: dict[int, list[str]] = {}
    for line in run.stdout.splitlines():
        if line.startswith("="):
            printed[int(line[1:])] = []
        elif re.fullmatch(r"[-+@]\d+", line):
            printed[max(printed)].append(line)
    assert sorted(printed) == [snippet.index for snippet in snippets]
    wrong = [w for s in snippets for w in disagreements(s, printed[s.index], edition)]
    assert not wrong, "\n".join(wrong)
    other = 2024 if edition == 2021 else 2021
    unlike = [s for s in snippets if any(disagreements(s, printed[s.index], other))]
    assert len(unlike) > 10  # the comparison tells the editions apart
