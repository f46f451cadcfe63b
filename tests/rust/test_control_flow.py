"""What leaves, repeats, excludes and suspends: tables of (source, question, answer)."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.control_flow import (
    always_evaluated,
    always_reached,
    barriers,
    diverges,
    ends_loop,
    exclusive,
    exits,
    repeated,
    segments,
    suspensions,
)
from engine.rust.queries import walk
from engine.rust.suspension import in_future, may_suspend
from engine.rust.syntax import Source, span_of, walk_all


def inside(body: str, head: str = "async fn f()") -> tuple[Source, Node]:
    """A function with this body, and the body's block."""
    source = Source("src/lib.rs", f"{head} {{ {body} }}".encode())
    assert not source.root.has_error, body
    return source, next(node for node in walk(source.root) if node.type == "block")


def at(source: Source, text: str, nth: int = 0) -> Node:
    """The node of this text, in macros too."""
    found: dict[Span, Node] = {}
    for node in walk_all(source, source.root):
        if source.text(node) == text.encode() and node.type != "token_tree":
            found[span_of(node)] = node
    return found[sorted(found)[nth]]


def texts(source: Source, nodes: list[Node]) -> list[str]:
    return [source.text(node).decode() for node in nodes]


@pytest.mark.parametrize(
    ("body", "leaving"),
    [
        ("a(); b.c = 1;", []),
        ("a()?;", ["a()?"]),
        ("if a { return; }", ["return"]),
        ("let Some(x) = y else { return };", ["return"]),
        ("match a { 0 => return 1, _ => 2 };", ["return 1"]),
        ("loop { break; }", []),  # the loop's own
        ("while a() { if b { continue; } }", []),
        ("'a: for x in y { loop { break 'a; } }", []),
        ("'a: { break 'a; }", []),
        ("let f = || return 1;", []),
        ("let f = async { a()?; };", []),
        ("fn g() { return; }", []),
        ('bail!("no");', ['bail!("no")']),
        ('ensure!(a, "no");', ['ensure!(a, "no")']),
        ('println!("{}", a()?);', ["a()?"]),
        ("select! { _ = a() => return, }", ["select! { _ = a() => return, }"]),  # read as words
        ("select! { _ = a() => { f() } }", []),
        ("info!(?x, %y);", []),
        ("let s = try_stream! { a()?; yield 1; };", []),
        ("a[0]; b.unwrap();", []),  # a panic may come from anywhere
    ],
)
def test_exits(body: str, leaving: list[str]) -> None:
    source, block = inside(body)
    assert texts(source, list(exits(source, block))) == leaving


def test_a_break_leaves_what_does_not_hold_its_loop() -> None:
    source, _ = inside("'a: loop { loop { if x { break; } if y { continue 'a; } } }")
    inner = at(source, "loop { if x { break; } if y { continue 'a; } }")
    assert texts(source, list(exits(source, inner))) == ["continue 'a"]
    body = at(source, "{ if x { break; } if y { continue 'a; } }")
    assert texts(source, list(exits(source, body))) == ["break", "continue 'a"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("return;", True),
        ("if a { return } else { panic!() }", True),
        ("if a { return }", False),
        ("match a { 0 => return, _ => todo!() }", True),
        ("match a { 0 => return, n if n > 1 => {} _ => todo!() }", False),
        ("loop { a(); }", True),
        ("loop { if a { break; } }", False),
        ("loop { if a { return; } }", True),
        ("while a { return; }", False),
        ("for x in y { return; }", False),
        ("'a: { break 'a; }", False),
        ("'a: { loop { break 'a; } }", False),
        ("'a: loop { loop { break; } }", True),
        ("let f = || return;", False),
        ("a || return;", False),
        ("let x = a?;", False),
        ("let Some(x) = y else { return };", False),
        ('anyhow::bail!("no");', True),
        ("f(return);", True),
    ],
)
def test_diverges(body: str, answer: bool) -> None:
    source, block = inside(body, "fn f()")
    assert diverges(source, block) is answer


@pytest.mark.parametrize(
    ("loop", "answer"),
    [
        ("loop { HERE }", False),
        ("loop { { HERE; break; } }", True),
        ("loop { { HERE; return; } }", True),
        ("loop { { HERE; continue; } }", False),
        ("loop { { if HERE { break; } else { return; } } }", True),
        ("loop { { if HERE { break; } } }", False),
        ("while !done { { HERE; done = true; } }", True),
        ("while !done { { HERE; other = true; } }", False),
        ("while let Some(x) = next() { { HERE; x = 1; } }", False),
    ],
)
def test_ends_loop(loop: str, answer: bool) -> None:
    source, block = inside(loop, "fn f()")
    kinds = ("loop_expression", "while_expression")
    whole = next(node for node in walk(block) if node.type in kinds)
    body = whole.child_by_field_name("body")
    assert body is not None
    assert ends_loop(source, body.named_children[0], whole) is answer


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("let d = 1; at;", []),
        ("let d = 1; for x in y { at; }", ["for_expression"]),
        ("let d = 1; for x in at {}", []),  # what it goes over is evaluated once
        ("let d = 1; while at {}", ["while_expression"]),
        ("for x in y { let d = 1; at; }", []),
        ("for d in y { at; }", []),
        ("let d = 1; loop { f(|| at); }", ["closure_expression", "loop_expression"]),
        ("let d = 1; spawn(async move { at });", ["async_block"]),
        ("f(|d| at);", []),
        ("let d = 1; tokio::select! { _ = a() => { loop { at; } } }", ["loop_expression"]),
    ],
)
def test_barriers(body: str, kinds: list[str]) -> None:
    source, _ = inside(body)
    found = barriers(source, at(source, "at"), span_of(at(source, "d")))
    assert [node.type for node in found] == kinds


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("at;", False),
        ("if a { at; }", False),
        ("for x in y { at; }", True),
        ("for x in at { }", False),
        ("while at { }", True),
        ("f(|| at);", True),
        ("f(async { at });", False),
    ],
)
def test_repeated(statement: str, answer: bool) -> None:
    source, _ = inside(f"loop {{ {statement} }}")
    within = at(source, statement)
    assert repeated(source, at(source, "at"), within) is answer


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("if c { one } else { two }", True),
        ("if c { one } else if d { two }", True),
        ("if c { one } else if two { }", True),
        ("if one { two }", False),
        ("if c { one } two", False),
        ("match c { 0 => one, _ => two }", True),
        ("match c { 0 => { f(one) } _ => g(two) }", True),
        (
            "match c { 0 if one => {} _ => two }",
            False,
        ),  # a guard that says no is followed by others
        ("match one { _ => two }", False),
        ("let Some(x) = one else { two };", False),
        ("one || two;", False),
        ("select! { _ = a() => one, _ = b() => two }", False),
    ],
)
def test_exclusive(body: str, answer: bool) -> None:
    source, _ = inside(body)
    first, second = at(source, "one"), at(source, "two")
    assert exclusive(source, first, second) is answer
    assert exclusive(source, second, first) is answer
    assert not exclusive(source, first, first)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("f(at);", True),
        ("if at {}", True),
        ("if c { at }", False),
        ("if c {} else { at }", False),
        ("match at { _ => {} }", True),
        ("match c { _ => at }", False),
        ("for x in at {}", True),
        ("for x in y { at }", False),
        ("while at {}", True),
        ("at && b;", True),
        ("b && at;", False),
        ("b || at;", False),
        ("loop { at; break; }", True),
        ("f(|| at);", False),
        ("let Some(x) = a else { return at };", False),
        ("let Some(x) = at else { return a };", True),
    ],
)
def test_always_evaluated(body: str, answer: bool) -> None:
    source, block = inside(body)
    assert always_evaluated(source, at(source, "at"), block) is answer


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("a?; b(); at;", True),  # before the start
        ("b(); at;", True),
        ("b(); let c = f().await + g(at)?;", True),
        ("b(); join!(f(), g(at));", True),
        ("b(); if c { d(); } at;", True),
        ("b(); loop { if c { break; } } at;", False),  # it is left there, and who knows from where
        ("b(); f()?; at;", False),
        ("b(); g(f()?, at);", False),
        ("b(); if c { return; } at;", False),
        ("b(); let Some(x) = c else { return }; at;", False),
        ("b(); if c { at; }", False),
        ("b(); c && at;", False),
        ("b(); loop { if c { break; } at; }", False),
        ("b(); while c { at; }", False),
        ("b(); 'a: { if c { break 'a; } at; }", False),
        ("b(); let f = async { at };", False),
        ('b(); debug!("{}", at);', False),
        ('b(); ensure!(c, "no"); at;', False),
    ],
)
def test_always_reached(body: str, answer: bool) -> None:
    source, block = inside(body)
    start = source.data.index(b"b()")
    assert always_reached(source, at(source, "at"), block, start) is answer


@pytest.mark.parametrize(
    ("body", "points"),
    [
        ("a().await; b();", ["a().await"]),
        ("a(b().await).await;", ["a(b().await).await", "b().await"]),
        ("let f = async { a().await };", []),
        ("select! { _ = a() => {} }", ["select! { _ = a() => {} }"]),
        ("crossbeam::select! { recv(r) -> m => {} }", []),
        ('println!("{}", a().await);', ["a().await"]),
        ("let s = stream! { yield a().await; };", []),
    ],
)
def test_suspensions(body: str, points: list[str]) -> None:
    source, block = inside(body)
    assert texts(source, list(suspensions(source, block))) == points


def test_segments_end_where_the_future_may_wait() -> None:
    source, block = inside(
        "a(); b(); c().await; let f = async { d().await }; if e { f.await; } g()"
    )
    found = [
        (texts(source, list(s.statements)), source.text(s.wait).decode() if s.wait else "")
        for s in segments(source, block)
    ]
    assert found == [
        (["a();", "b();"], "c().await;"),
        (["let f = async { d().await };"], "if e { f.await; }"),
        (["g()"], ""),
    ]


@pytest.mark.parametrize(
    ("head", "body", "answer"),
    [
        ("async fn f()", "at", True),
        ("fn f()", "at", False),
        ("fn f()", "async { at };", True),
        ("async fn f()", "g(|| at);", False),
        ("fn f()", "g(async || at);", True),
        ("fn f()", "stream! { at }", True),
    ],
)
def test_in_future(head: str, body: str, answer: bool) -> None:
    source, _ = inside(body, head)
    assert in_future(source, at(source, "at")) is answer


def test_may_suspend_is_a_quick_look() -> None:
    source, block = inside("a(); b().await;")
    assert may_suspend(source, span_of(block))
    assert not may_suspend(source, span_of(at(source, "a()")))
