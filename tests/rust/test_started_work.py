"""What is started for each item: what limits it, and whether it goes on by itself."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.rust.calls import Calls
from engine.rust.nodes import callee_name
from engine.rust.queries import walk
from engine.rust.started_work import goes_on, limit_on, only_ends, starts
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

_FUNCTIONS = """
async fn plain(x: u8) { get(x).await; }
async fn careful(x: u8, s: Arc<Semaphore>) { let p = s.acquire().await; get(x).await; }
async fn outer(x: u8, s: Arc<Semaphore>) { careful(x, s).await; }
async fn serve(x: u8) { loop { get(x).await; } }
async fn empty(mut q: Queue) { while let Some(x) = q.recv().await { get(x).await; } }
async fn load(x: u8) { while let Some(part) = body.next().await { keep(part); } }
async fn count(x: u8) { while x > 0 { x -= 1; } }
"""


def _spawn(text: str) -> tuple[Source, Node, Node, Calls]:
    workspace = Workspace({"src/lib.rs": f"{_FUNCTIONS} async fn f() {{ {text} }}"})
    source = workspace.sources.get("src/lib.rs")
    loop = next(n for n in walk(source.root) if n.type == "for_expression")
    names = ((n, callee_name(n)) for n in walk(loop))
    call = next(n for n, name in names if name is not None and source.text(name) == b"spawn")
    return source, loop, call, Calls(workspace.sources, workspace.items, lambda path, span: None)


@pytest.mark.parametrize(
    ("text", "limited"),
    [
        ("for x in xs { spawn(plain(x)); }", False),
        ("for x in xs { spawn(async move { get(x).await }); }", False),
        ("for x in xs { let p = s.acquire_owned().await; spawn(plain(x)); }", True),
        ("for x in xs { spawn(careful(x, s)); }", True),
        ("for x in xs { spawn(outer(x, s)); }", True),
        (
            "for x in xs { spawn(async move { let _permit = s.get().await; plain(x).await }); }",
            True,
        ),
        ("for x in xs { if set.len() >= 8 { set.join_next().await; } set.spawn(plain(x)); }", True),
        ("for x in xs { while set.len() > most { wait().await; } set.spawn(plain(x)); }", True),
        ("for x in xs { spawn(plain(x)).await; }", True),
        ("for x in xs { spawn(plain(x)).await?; }", True),
        ("for x in xs { let h = spawn(plain(x)); h.await; }", True),
        ("for x in xs { let h = spawn(plain(x)); all.push(h); } for h in all { h.await; }", False),
        ("for x in xs { spawn(plain(x)); sleep(PAUSE).await; }", True),
        ("for x in xs { spawn(async move { sleep(PAUSE).await }); }", False),
    ],
)
def test_what_limits_how_many_run(text: str, limited: bool) -> None:
    source, loop, call, calls = _spawn(text)
    assert bool(limit_on(source, loop, call, calls)) is limited


@pytest.mark.parametrize(
    ("started", "on"),
    [
        ("plain(x)", False),
        ("serve(x)", True),
        ("empty(x)", True),
        ("load(x)", False),
        ("count(x)", False),
        ("async move { loop { tick().await; } }", True),
        ("async move { serve(x).await }", True),
        ("async move { for y in x { plain(y).await } }", False),
    ],
)
def test_what_goes_on_by_itself(started: str, on: bool) -> None:
    source, _, call, calls = _spawn(f"for x in xs {{ spawn({started}); }}")
    assert goes_on(source, call, calls) is on


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("fn(u8) -> u8 {tokio::spawn::<u8>}", True),
        ("fn(u8) -> u8 {tokio::task::spawn::spawn::<u8>}", True),
        ("fn(u8) -> u8 {async_std::task::spawn::<u8>}", True),
        ("fn(u8) -> u8 {std::thread::spawn::<u8, u8>}", True),
        ("fn(u8) -> u8 {tokio::task::spawn_blocking::<u8, u8>}", False),
        ("fn(u8) -> u8 {app::spawn::<u8>}", False),
    ],
)
def test_functions_that_start_something(printed: str, found: bool) -> None:
    assert starts(parse(printed), None, b"spawn") is found


@pytest.mark.parametrize(
    ("printed", "method", "found"),
    [
        ("tokio::task::JoinSet<u8>", b"spawn", True),
        ("&mut tokio::task::join_set::JoinSet<u8>", b"spawn", True),
        ("tokio::runtime::Handle", b"spawn", True),
        ("tokio_util::task::TaskTracker", b"spawn", True),
        ("futures_util::stream::FuturesUnordered<u8>", b"push", True),
        ("std::vec::Vec<u8>", b"push", False),
        ("threadpool::ThreadPool", b"spawn", False),
        ("tokio::process::Command", b"spawn", False),
    ],
)
def test_methods_that_start_something(printed: str, method: bytes, found: bool) -> None:
    assert starts(None, parse(printed), method) is found


@pytest.mark.parametrize(
    ("text", "limited"),
    [
        ("iter(xs).map(|x| spawn(plain(x))).buffer_unordered(8).collect()", True),
        ("iter(xs).map(|x| (spawn(plain(x)), y)).filter(even).for_each_concurrent(8, wait)", True),
        ("xs.iter().map(|x| spawn(plain(x))).collect()", False),
    ],
)
def test_what_limits_a_chain(text: str, limited: bool) -> None:
    workspace = Workspace({"src/lib.rs": f"{_FUNCTIONS} async fn f() {{ {text}; }}"})
    source = workspace.sources.get("src/lib.rs")
    closure = next(node for node in walk(source.root) if node.type == "closure_expression")
    call = next(n for n in walk(closure) if n.type == "call_expression")
    calls = Calls(workspace.sources, workspace.items, lambda path, span: None)
    assert bool(limit_on(source, closure, call, calls)) is limited


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("xs.iter().map(|x| async move { x.close().await })", True),
        ("xs.iter().map(|x| async move { if x.stop().await.is_err() { log(x); } })", True),
        ("xs.iter().map(|x| async move { x.stop().await; get(x).await })", False),
        ("xs.iter().map(|x| get(x))", False),
        ("xs.iter().map(|x| async move { log(x) })", False),
    ],
)
def test_what_only_ends_what_is_there(text: str, ends: bool) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {text}; }}".encode())
    closure = next(node for node in walk(source.root) if node.type == "closure_expression")
    assert only_ends(source, closure) is ends
