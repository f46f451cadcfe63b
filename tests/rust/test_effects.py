"""What evaluating an expression does: effects, purity, order, names that stay."""

from __future__ import annotations

import re

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust import known_calls
from engine.rust.effects import (
    effects,
    hinders_repeating,
    is_pure,
    looks_at_clock,
    outward_effects,
    panics_on_purpose,
)
from engine.rust.evaluation_order import (
    chain_around,
    expressions_around,
    is_evaluated_first,
    lengthens_temporaries,
    means_the_same,
    names_declared,
)
from engine.rust.nodes import macro_name
from engine.rust.queries import walk
from engine.rust.statement_nodes import body_of, statements_of
from engine.rust.syntax import Source, span_of


def source_of(body: str) -> Source:
    return Source("src/lib.rs", f"async fn f() {{\n{body}\n}}\n".encode())


def node_of(source: Source, text: str) -> Node:
    """The outermost node with exactly this text (macro arguments included)."""
    start = source.data.index(text.encode())
    node = source.node_at(Span(start, start + len(text.encode())))
    assert node is not None, text
    return node


def value_of(expression: str) -> tuple[Source, Node]:
    source = source_of(f"let _x = {expression};")
    return source, node_of(source, expression)


def statements(source: Source) -> list[Node]:
    function = next(n for n in walk(source.root) if n.type == "function_item")
    body = body_of(function)
    assert body is not None
    return statements_of(body)


# -- effects -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a.b.c + 1", []),
        ("x.wrapping_add(y).min(3)", []),
        ("a[i].len().pow(2)", []),
        ("x.to_owned() + y.to_vec()", []),  # one and the same copy, by std
        ("start.elapsed().as_secs()", []),
        ("Some(S { a: 1 })", []),
        ("String::from(a) + u64::max(a, b)", []),
        ("Arc::clone(&a)", []),
        ("Vec::<u8>::new()", []),
        ('format!("{}", a.b)', []),
        ("flush()", ["call `flush(..)`"]),
        ("self.flush::<u8>(a)", ["call `self.flush(..)`"]),
        ("self.id()", ["call `self.id(..)`"]),
        ("u64::spin(a)", ["call `u64::spin(..)`"]),
        ("a.lock().unwrap()", ["lock another lock, `a.lock()`,"]),
        ("file.read(buf)", ["call `file.read(..)`"]),
        ("a.await", ["await `a.await`"]),
        ("{ self.a = 1; }", ["write the write to `self.a`"]),
        ("{ *a += 1; }", ["write the write to `*a`"]),
        ("{ a = 1; a += 1; }", []),
        ('info!("{}", f())', ["log `info!(..)`", "call `f(..)`"]),
        ("tokio::select! { x = f() => x }", ["macro `select!(..)`", "call `f(..)`"]),
        ("a.map(|x| f(x))", ["convention `a.map(..)`", "call `f(..)`"]),
        ("v.push(1)", ["convention `v.push(..)`"]),
        ("self.v.push(1)", ["call `self.v.push(..)`"]),
        ("MyError::of(a)", ["convention `MyError::of(..)`"]),
        ("async { f() }", []),
        ("unsafe { a }", ["call an unsafe block"]),
        ("a(b()).d(c())", ["call `a(b()).d(..)`", "call `a(..)`", "call `b(..)`", "call `c(..)`"]),
    ],
)  # fmt: skip
def test_effects(expression: str, expected: list[str]) -> None:
    source, node = value_of(expression)
    assert [f"{e.what} {e.words}" for e in effects(source, node)] == expected


def test_places_that_are_left_out_have_no_effects() -> None:
    source, node = value_of("a(b(), c())")
    found = effects(source, node, {span_of(node_of(source, "b()"))})
    assert [e.words for e in found] == ["`a(..)`", "`c(..)`"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a.map(|x| x + 1).sum()", []),
        ("a.map(|x| look(x))", ["`look(..)`"]),
        ("a.map(look)", ["`a.map(..)`"]),
        ("a.map(Self::look)", ["`a.map(..)`"]),
        ("a.get(k)", []),
        ("self.seen.load(Relaxed)", ["`self.seen.load(..)`"]),
        ("handle.join()", ["`handle.join(..)`"]),
        ("text.lines().count()", []),
        ("a.text.trim_start().find(c)", []),
        ("self.find(c)", ["`self.find(..)`"]),
        ("LIST.find(c)", ["`LIST.find(..)`"]),
        ("path.exists()", ["`path.exists(..)`"]),
        ("tx.send(1)", ["`tx.send(..)`"]),
        ("tx.subscribe()", ["`tx.subscribe(..)`"]),
        ("std::fs::write(path, text)", ["`std::fs::write(..)`"]),
        ("{ n += 1; }", []),
        ("{ *n += 1; }", ["the write to `*n`"]),
        ('debug!("{}", n)', ["`debug!(..)`"]),
    ],
)
def test_effects_that_others_may_see(expression: str, expected: list[str]) -> None:
    source, node = value_of(expression)
    assert [effect.words for effect in outward_effects(source, node)] == expected


# -- again -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "hindered"),
    [
        ("a * 2 + b.min(c)", ""),
        ("if a > b { a } else { b }", ""),
        ("a.checked_div(b).unwrap_or(0)", ""),
        ("next()", "call"),
        ("a?", "unseen"),
        ("if a { return } else { b }", "unseen"),
        ("a.then(|| b)", "unseen"),
        ("matches!(a, 1)", "unseen"),
        ("async { a }", "unseen"),
        ("a + log(b?)", "call"),  # an effect is told before what leaves
    ],
)
def test_what_may_be_evaluated_again(expression: str, hindered: str) -> None:
    source, node = value_of(expression)
    found = hinders_repeating(source, node)
    assert (found.what if found is not None else "") == hindered


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("Request { id, at: Instant::now() }", "Instant::now()"),
        ("(id, std::time::SystemTime::now())", "std::time::SystemTime::now()"),
        ("id + start.elapsed().as_secs()", "start.elapsed()"),
        ("Utc::now().timestamp()", "Utc::now()"),
        ('format!("{} {:?}", id, start.elapsed())', "start.elapsed()"),
        ("id + now", ""),
        ("elapsed(id)", ""),
        ("u64::from(id).max(other.len())", ""),
    ],
)
def test_looks_at_the_clock(expression: str, found: str) -> None:
    source, node = value_of(expression)
    call = looks_at_clock(source, node)
    assert (source.text(call).decode() if call is not None else "") == found
    assert looks_at_clock(source, node, (span_of(node),)) is None


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ('if id == 2 { panic!("{id}") } else { id }', "panic"),
        ("id.then(|| { assert!(id > 2); id })", "assert"),
        ("{ std::todo!() }", "todo"),
        ("{ debug_assert!(id > 2); id.checked_sub(1).unwrap() }", ""),
        ('format!("{}", { panic!() })', "panic"),
    ],
)
def test_panics_on_purpose(expression: str, found: str) -> None:
    source, node = value_of(expression)
    macro = panics_on_purpose(source, node)
    assert (macro_name(source, macro).decode() if macro is not None else "") == found


def test_ones_own_writes_do_not_hinder() -> None:
    source = source_of("if a { *g = 1; }")
    write = span_of(node_of(source, "*g = 1"))
    node = node_of(source, "if a { *g = 1; }")
    assert hinders_repeating(source, node) is not None
    assert hinders_repeating(source, node, {write}) is None


# -- later, or not at all ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "pure"),
    [
        ("count", True),
        ("&mut a.b.c", True),
        ('("x", -1, [a, *b])', True),
        ("S { a: 1, b }", True),
        ("x as u64", True),
        ("a.clone()", True),
        ("a.as_str().len()", True),
        ("a.b.to_vec()", True),
        ("a.min(b.len())", True),
        ("Some(a.clone())", True),
        ("Duration::from_secs(1)", True),
        ("Arc::clone(&a)", True),
        ("|| f()", True),
        ('format!("{a} {}", b)', True),
        ('format!("{}", b.len())', True),
        ('format!("{}", f())', False),
        ("a + b", False),  # may overflow
        ("a[0]", False),  # may be out of bounds
        ("a.pow(2)", False),
        ("a.unwrap()", False),
        ("a.then(|| f())", False),
        ("a.elapsed()", False),
        ("Instant::now()", False),
        ("a.id()", False),
        ("a.iter()", False),
        ("a.min(f())", False),
        ("f().clone()", False),
        ("Some(f())", False),
        ("f(a)", False),
        ("a?", False),
        ("{ a }", False),
        ("panic!()", False),
        ("vec![a]", False),
    ],
)
def test_purity(expression: str, pure: bool) -> None:
    source, node = value_of(expression)
    assert is_pure(source, node) is pure


def test_methods_that_are_known_to_read() -> None:
    source, node = value_of("a.key().clone()")
    assert not is_pure(source, node)
    assert is_pure(source, node, {b"key"})


# -- names of calls ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pure", "inert", "number", "std"),
    [
        (b"clone", True, True, True, True),
        (b"saturating_sub", True, True, True, True),
        (b"len", True, True, False, True),
        (b"as_mut_slice", True, True, False, True),
        (b"unwrap", False, True, False, True),
        (b"pow", False, True, True, True),
        (b"collect", False, False, False, True),
        (b"push", False, False, False, True),
        (b"lock", False, False, False, True),
        (b"flush", False, False, False, False),
        (b"id", False, False, False, False),
    ],
)
def test_methods_by_name(name: bytes, pure: bool, inert: bool, number: bool, std: bool) -> None:
    assert known_calls.is_pure_method(name) is pure
    assert known_calls.is_inert_method(name) is inert
    assert known_calls.is_number_method(name) is number
    assert known_calls.is_std_method(name) is std


@pytest.mark.parametrize(
    ("name", "taking", "mapping"),
    [
        (b"unwrap", True, False),
        (b"into_iter", True, False),
        (b"freeze", True, False),
        (b"map", True, True),
        (b"is_some_and", False, True),
        (b"join", False, False),
        (b"take", True, False),
        (b"len", False, False),
        (b"as_ref", False, False),
    ],
)
def test_methods_that_need_a_receiver_of_their_own(
    name: bytes, taking: bool, mapping: bool
) -> None:
    assert known_calls.is_taking_method(name) is taking
    assert known_calls.is_mapping_method(name) is mapping


@pytest.mark.parametrize(
    ("name", "consumes"),
    [
        (b"into", True),
        (b"into_boxed_str", True),
        (b"unwrap_or_default", True),
        (b"join", True),
        (b"collect", True),
        (b"freeze", True),
        (b"take", False),
        (b"insert", False),
        (b"interval", False),
        (b"len", False),
    ],
)
def test_methods_that_take_self(name: bytes, consumes: bool) -> None:
    assert known_calls.consumes_receiver(name) is consumes


@pytest.mark.parametrize(
    ("macro", "plain", "in_place"),
    [
        ("println", True, True),
        ("tracing::info", True, True),
        ("assert_eq", True, True),
        ("vec", True, True),
        ("dbg", True, True),
        ("tokio::select", False, True),
        ("mine", False, False),
    ],
)
def test_macros_by_name(macro: str, plain: bool, in_place: bool) -> None:
    source, node = value_of(f"{macro}!(a)")
    assert known_calls.takes_expressions(source, node) is plain
    assert known_calls.evaluates_in_place(source, node) is in_place


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("stringify!(a)", True),
        ("dbg!(a)", True),
        ("quote! { a }", True),
        ("assert!(a)", True),
        ("debug_assert!(a,)", True),
        ("ensure!(a)", True),
        ('assert!(a, "no a")', False),
        ('anyhow::ensure!(a, "no {}", a)', False),
        ("assert_eq!(a, b)", False),
        ("vec![a]", False),
        ('println!("{}", a)', False),
    ],
)
def test_macros_that_show_what_is_written(call: str, shown: bool) -> None:
    assert known_calls.prints_its_arguments(*value_of(call)) is shown


# -- order -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("foo(G.x).await;", True),
        ('foo(a, &b.c, "d", G.x).await;', True),
        ("foo(a.clone(), G.x).await;", True),
        ("foo(b as u8, G.x).await;", True),
        ("foo(Some(b), G.x).await;", True),
        ("foo(b(), G.x).await;", False),
        ("foo(b, G.x, c()).await;", True),
        ("foo(b?, G.x).await;", False),
        ("let a = foo(G.x).await?;", True),
        ("return foo(G.x).await;", True),
        ("if G.x { a().await; }", True),
        ("if a { b } else if G.x { c().await; }", False),
        ("match G.x { _ => a().await }", True),
        ("for x in G.x { a(x).await; }", True),
        ("while G.x { a().await; }", False),
        ("a && foo(G.x).await;", False),
        ("a + foo(G.x).await;", True),
        ("b() + foo(G.x).await;", False),
        ("self.a.b = foo(G.x).await;", True),
        ("b()[0] = foo(G.x).await;", True),
        ("b()[0] += foo(G.x).await;", False),
        ("S { a: b, c: foo(G.x).await };", True),
        ("foo(|| G.x).await;", False),
        ("foo(if a { G.x } else { 0 }).await;", False),
        ('foo(format!("{a}"), G.x).await;', True),
        ('foo(format!("{}", a()), G.x).await;', False),
        ('println!("{}", G.x);', False),
    ],
)
def test_only_what_comes_first_may_go_in_front(statement: str, first: bool) -> None:
    source = source_of(statement)
    node = node_of(source, "G.x")
    assert is_evaluated_first(source, node, statements(source)[0], (node,)) is first


@pytest.mark.parametrize(
    ("taken", "first"),
    [
        ("G.pop(a)", True),
        ("G.pop(&v)", True),
        ("G.pop(&mut w)", True),
        ("G.pop(&mut v)", False),
        ("G.pop({ v = w; 1 })", False),
    ],
)
def test_what_changes_a_name_stays_behind_those_that_read_it(taken: str, first: bool) -> None:
    source = source_of(f"foo(v.len(), {taken});")
    node = node_of(source, taken)
    assert is_evaluated_first(source, node, statements(source)[0]) is first


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("foo(G.x).await;", ["G", "G.x", "foo(G.x)"]),
        ("foo(G.get(k).len(), a().await);", ["G", "G.get(k)", "G.get(k).len()"]),
        ("foo(|| G.x);", ["foo(|| G.x)"]),
        ("(*G + 1).abs();", ["G", "*G", "*G + 1", "(*G + 1)", "(*G + 1).abs()"]),
    ],
)
def test_expressions_around_another(statement: str, found: list[str]) -> None:
    source = source_of(statement)
    start, stop = node_of(source, "G"), statements(source)[0]
    awaits = [n for n in walk(stop) if n.type == "await_expression"]
    around = expressions_around(start, stop, awaits)
    assert [source.text(n).decode() for n in around] == found


@pytest.mark.parametrize(
    ("expression", "top"),
    [
        ("a + G.x.y().z[0]? * 2", "G.x.y().z[0]?"),
        ("foo(*G)", "*G"),
        ("!G.x", "G.x"),
        ("G.x::<u8>().y", "G.x::<u8>().y"),
        ("a.b(G)", "G"),
    ],
)
def test_chains(expression: str, top: str) -> None:
    source, node = value_of(expression)
    start = node_of(source, "G")
    around = expressions_around(start, node, ())
    assert source.text(chain_around(start, around)).decode() == top


@pytest.mark.parametrize(
    ("expression", "lengthens"),
    [
        ("&a().b", True),
        ("Some(&a())", True),
        ("Some::<&u8>(&a())", True),
        ("Some(a())", False),
        ("f(&a())", False),
        ("a().b", False),
        ("(a(), 1)", True),
    ],
)
def test_lets_that_lengthen_temporaries(expression: str, lengthens: bool) -> None:
    source, node = value_of(expression)
    assert lengthens_temporaries(source, node) is lengthens


# -- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "text", "own", "same"),
    [
        ("f();", "a.b", [], True),
        ("let a = 1;", "a.b", [], False),
        ("let (c, a) = d;", "a.b", [], False),
        ("a = 1;", "a.b", [], False),
        ("a = 1;", "a.b", [b"a"], True),
        ("let a = 1;", "a.b", [b"a"], False),
        ("if c { b.x[i] += 1; }", "i", [], False),
        ("{ let a = 1; }", "a", [], True),  # gone at the brace
    ],
)
def test_names_that_statements_give_another_meaning(
    before: str, text: str, own: list[bytes], same: bool
) -> None:
    source = source_of(before)
    assert means_the_same(source, text.encode(), statements(source), own) is same


def test_declared_names() -> None:
    source = source_of("let a = 1; let S { b, c: D(e) } = f; { let g = 1; }")
    declared = names_declared(source, statements(source))
    assert {n for n in declared if re.match(rb"[a-z]", n)} == {b"a", b"b", b"c", b"e"}
