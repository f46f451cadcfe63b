"""What no longer waits when awaits go. In the snippets the awaits of ``LOCK()`` go."""

from __future__ import annotations

import pytest

from engine.rust.calls import Calls
from engine.rust.lost_waits import lost_waits
from engine.rust.syntax import walk_all
from tests.rust.workspace import Workspace


def lost(body: str, more: str = "") -> list[str]:
    """``how: first line`` of all that no longer waits."""
    text = f"impl W {{ {body} }}\n{more}\n".replace("LOCK()", "n.lock()")
    workspace = Workspace({"src/lib.rs": text})
    source = workspace.sources.get("src/lib.rs")
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)
    gone = [
        (source, node)
        for node in walk_all(source, source.root)
        if node.type == "await_expression" and source.text(node).endswith(b".lock().await")
    ]
    assert gone, body
    return [
        f"{found.how}: {source.text(found.repeated).decode().partition('{')[0].strip()}"
        for found in lost_waits(gone, calls, workspace.sources)
    ]


LOOPS = [
    ("async fn f(&self) { LOCK().await; }", []),
    ("async fn f(&self) { while !*self.LOCK().await { self.step(); } }", ["while"]),
    ("async fn f(&self) { loop { let n = *self.LOCK().await; if n > 3 { return; } } }", ["loop"]),
    ("async fn f(&self) { while let Some(x) = self.LOCK().await.pop() { g(x); } }", ["while"]),
    ("async fn f(&self) { while !*self.LOCK().await { sleep(D).await; } }", []),
    ("async fn f(&self) { loop { if *self.LOCK().await { return; } sleep(D).await } }", []),
    ("async fn f(&self) { while rx.recv().await { *self.LOCK().await += 1; } }", []),
    # the inner loop has none, the outer one has
    ("async fn f(&self) { loop { while *self.LOCK().await {} sleep(D).await } }", ["while"]),
    # an await of the inner loop is one of the outer loop, too
    ("async fn f(&self) { loop { LOCK().await; while x { sleep(D).await } } }", []),
    # what a nested body awaits is not awaited here
    ("async fn f(&self) { loop { LOCK().await; let f = async { sleep(D).await }; } }", ["loop"]),
    ("async fn f(&self) { loop { LOCK().await; spawn(async { sleep(D).await }); } }", ["loop"]),
    (
        "async fn f(&self) { loop { spawn(async { *self.LOCK().await += 1; }); sleep(D).await } }",
        [],
    ),
    ("fn f(&self) { for _ in 0..3 { spawn(async move { *n.LOCK().await += 1; }); } }", []),
    (
        "async fn f(&self) { loop { select! { _ = a() => {}, _ = rx.recv() => {} } LOCK().await; } }",
        [],
    ),
    ("async fn f(&self) { loop { join!(a(), sleep(D)); LOCK().await; } }", []),
    ("async fn f(&self) { for x in LOCK().await.drain(..) { g(x); } }", []),
    (
        "async fn f(&self) { 'a: loop { loop { if *LOCK().await { break 'a; } } } }",
        ["loop", "loop"],
    ),
    ('async fn f(&self) { loop { println!("{}", *LOCK().await); } }', ["loop"]),
    # a `for` that ends by itself, with nothing but the counting in it
    ("async fn f(&self) { for _ in 0..1000 { *c.LOCK().await += 1; } }", []),
    ("async fn f(&self) { for _ in 0..9 { let mut g = c.LOCK().await; *g += 1; } }", []),
    ("async fn f(&self) { for x in xs { self.step(x); *c.LOCK().await += 1; } }", ["bounded:"]),
    # a `for` that waits for somebody
    ("async fn f(&self) { for _ in 0.. { *c.LOCK().await += 1; } }", ["for"]),
    ("async fn f(&self) { for _ in 0..n { if *c.LOCK().await > 3 { break; } } }", ["for"]),
    ("async fn f(&self) { for _ in iter::repeat(()) { c.LOCK().await; } }", ["for"]),
]


@pytest.mark.parametrize(("body", "expected"), LOOPS)
def test_loops(body: str, expected: list[str]) -> None:
    found = [said.removeprefix("loop: ").removeprefix("'a: ").split()[0] for said in lost(body)]
    assert found == expected


GET = "async fn get(&self) -> u64 { *self.n.LOCK().await }\n"
FUNCTIONS = [
    # the function is ready at once, so awaiting it is no wait
    (GET + "async fn f(&self) { while self.get().await < 3 {} }", ["loop: while self.get().await < 3"]),
    (GET + "async fn f(&self) { loop { if self.get().await > 3 { sleep(D).await } } }", []),
    (GET + "async fn g(&self) -> u64 { self.get().await + 1 }"
     "async fn f(&self) { loop { if self.g().await > 3 { break; } } }", ["loop: loop"]),
    (GET + "async fn f(&self) { while timeout(D, self.get()).await.is_ok() {} }",
     ["loop: while timeout(D, self.get()).await.is_ok()"]),
    (GET + "async fn f(&self) { loop { select! { n = self.get() => {}, _ = stop.recv() => {} } } }", ["loop: loop"]),
    # it waits for something else as well
    ("async fn get(&self) -> u64 { sleep(D).await; *self.n.LOCK().await }\n"
     "async fn f(&self) { while self.get().await < 3 {} }", []),
    # what is left is a function in which nothing waits anyway
    ("async fn no(&self) {} async fn f(&self) { loop { LOCK().await; self.no().await } }", ["loop: loop"]),
    ("async fn no(&self) { sleep(D).await } async fn f(&self) { loop { LOCK().await; self.no().await } }", []),
    # recursion is a loop
    ("async fn f(&self) { if *self.LOCK().await { return; } Box::pin(self.f()).await }",
     ["recursion: async fn f(&self)"]),
    ("async fn f(&self) { LOCK().await; Box::pin(self.g()).await } async fn g(&self) { self.f().await }",
     ["recursion: async fn f(&self)", "recursion: async fn g(&self)"]),
    ("async fn f(&self) { LOCK().await; Box::pin(self.g()).await }"
     "async fn g(&self) { sleep(D).await; self.f().await }", []),
    ("fn f(&self) -> BoxFuture<()> { Box::pin(async move { LOCK().await; self.f().await }) }",
     ["recursion: fn f(&self) -> BoxFuture<()>"]),
    # polled again and again
    ("fn f(&self) { xs.for_each(|x| async move { *self.LOCK().await += x; }); }",
     ["polled: async move"]),
    ("fn f(&self) { unfold(0, move |s| async move { LOCK().await; Some((s, s)) }) }",
     ["polled: async move"]),
    ("fn f(&self) { xs.for_each(|x| async move { *self.LOCK().await += x; sleep(D).await; }); }", []),
    ("fn f(&self) { stream! { loop { let n = *self.LOCK().await; yield n; } } }",
     ["loop: loop", "polled: stream!"]),
    ("fn f(&self) { stream! { loop { let n = *self.LOCK().await; yield n; tick().await; } } }", []),
    ("fn f(&self) { tokio::spawn(async move { *self.LOCK().await += 1; }); }", []),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), FUNCTIONS)
def test_functions(body: str, expected: list[str]) -> None:
    assert lost(body) == expected


UNSURE = [
    # what is awaited may never wait
    ("async fn f(&self) { loop { LOCK().await; other::work().await; } }", ["unsure: loop"]),
    ("async fn f(&self, g: G) { loop { LOCK().await; g().await; } }", ["unsure: loop"]),
    ("async fn f(&self) { loop { LOCK().await; std::future::ready(1).await; } }", ["loop: loop"]),
    ("async fn f(&self) { loop { LOCK().await; async { 3 }.await; } }", ["loop: loop"]),
    ("async fn f(&self) { loop { LOCK().await; join!(async { 1 }, async { 2 }); } }", ["loop: loop"]),
    ("async fn f(&self) { loop { LOCK().await; tokio::spawn(async { 2 }).await; } }", []),
    ("async fn f(&self) { loop { LOCK().await; select! { _ = other::work() => {}, } } }", ["unsure: loop"]),
    ("async fn f(&self) { loop { LOCK().await; select! { _ = rx.recv() => {}, _ = ready() => {} } } }", []),
    ("async fn f(&self) { loop { LOCK().await; self.step().await } } fn step(&self) -> BoxFuture<()> { later() }",
     ["unsure: loop"]),
    # one of the workspace that is called like one that waits
    ("async fn recv(&self) {} async fn f(&self) { loop { LOCK().await; x.recv().await } }", ["unsure: loop"]),
    (GET + "async fn g(&self) { self.get().await; other::work().await } async fn f(&self) { loop { self.g().await } }",
     ["unsure: loop"]),
    # a future that is kept under a name
    (GET + "async fn f(&self) { loop { let n = self.get(); if n.await > 3 { break; } } }", ["loop: loop"]),
    (GET + "async fn f(&self) { let n = self.get(); n.await; }", []),
    (GET + "async fn f(&self) { join!(self.get(), self.get()); }", []),
    # a closure, a function value, what is made for `await`
    ("async fn f(&self) { let g = || async { *self.LOCK().await }; while !g().await {} }",
     ["value: || async"]),
    ("async fn f(&self) { let g = async || *self.LOCK().await; while !g().await {} }",
     ["value: async || *self.n.lock().await"]),
    ("fn f(a: A) -> impl Fn() -> B { move || Box::pin(async move { *a.LOCK().await }) }",
     ["value: move || Box::pin(async move"]),
    ("async fn f(&self) { until(|| self.get()).await } async fn get(&self) { LOCK().await; }",
     ["value: || self.get()"]),
    # polled to its end by others
    (GET + "async fn f(&self) { tokio::spawn(self.get()); rt.block_on(self.get()); }", []),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), UNSURE)
def test_what_may_not_wait(body: str, expected: list[str]) -> None:
    assert lost(body) == expected


CHECK = "async fn f() {} }\nasync fn check(a: A) -> bool { *a.LOCK().await }\nimpl V {"
VALUES = [
    ("async fn run(a: A) { until(a, check).await }", ["value: check"]),
    ("async fn run(a: A) { let f = check; while !f(a).await {} }", ["value: check"]),
    ("fn app() -> Router { Router::new().route(get(check)) }", []),
    ("fn app() { rocket.mount(routes![check]); }", []),
    ("async fn run(a: A, check: F) { until(a, check).await }", []),
    ("use crate::check;", []),
    ("macro_rules! until { ($a:expr) => { while !check($a).await {} } }", ["value: macro_rules! until"]),
    ("macro_rules! once { ($a:expr) => { check($a).await } }", []),
    # a macro around the await
    ("macro_rules! until { ($e:expr) => { loop { if $e { break } } } } async fn w(a: A) { until!(check(a).await) }",
     ["macro: until!(check(a).await)"]),
    ("macro_rules! once { ($e:expr) => { $e } } async fn w(a: A) { once!(check(a).await) }", []),
    ("async fn w(a: A) { assert!(check(a).await); info!(\"{}\", check(a).await); }", []),
    ("async fn w(a: A) { elsewhere!(check(a).await) }", ["macro: elsewhere!(check(a).await)"]),
    ("struct R(A); impl IntoFuture for R { fn into_future(self) -> B { Box::pin(async move { self.0.LOCK().await }) } }",
     ["value: fn into_future(self) -> B"]),
]  # fmt: skip


@pytest.mark.parametrize(("more", "expected"), VALUES)
def test_functions_as_values(more: str, expected: list[str]) -> None:
    assert lost(CHECK, f"struct S;\n{more}") == expected
