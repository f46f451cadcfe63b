"""Which functions a call may run, which calls may run a function, and where they run."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes
from engine.rust.calls import (
    Calls,
    Receiver,
    is_given_away,
    is_spawn,
    may_give_future,
    parameter_of,
    spawned_around,
)
from engine.rust.definitions import owner_of
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of
from engine.rust.type_parser import parse
from engine.rust.types import Type
from tests.rust.workspace import Workspace


def _graph(files: dict[str, str], told: dict[str, str] | None = None) -> tuple[Workspace, Calls]:
    """``told``: the types that rustc tells, by the expression's text."""
    workspace = Workspace(files)

    def type_of(path: str, span: Span) -> Type | None:
        text = workspace.sources.get(path).slice(span).decode()
        return parse(told[text]) if told is not None and text in told else None

    return workspace, Calls(workspace.sources, workspace.items, type_of)


def _named(source: Source, call: str) -> Node:
    """The name in the first call with this text."""
    start = source.data.index(call.encode())
    node = source.node_at(Span(start, start + len(call)))
    assert node is not None, call
    found = next(n for n in walk(node) if n.type == "call_expression")
    name = nodes.callee_name(found)
    assert name is not None
    return name


_LIB = """
mod a; mod b; mod sure;
pub struct One; pub struct Two;
impl One { fn go(&self, n: u8) { self.step(n); Self::make(); crate::a::free(1); } fn step(&self, n: u8) {} fn make() {} }
impl Two { fn step(&self, n: u8) {} fn make() {} }
trait Run { fn start(&self) { self.run() } fn run(&self); }
impl Run for One { fn run(&self) {} }
impl Run for Two { fn run(&self) {} }
fn top(o: &One, t: &Two) { o.step(1); a::free(2); a::free::<u8>(3); Two::make(); local(); b::glob(); t.only(); Vec::new(); free(9); }
fn local() {}
fn free(n: u8) {}
"""
_FILES = {
    "src/lib.rs": _LIB,
    "src/a.rs": "pub fn free(n: u8) {} fn here() { free(4); super::free(5); }",
    "src/b.rs": "pub use self::inner::*; mod inner { pub fn glob() {} } fn there() { use crate::a::free; free(6); }",
    "src/sure.rs": "impl crate::Two { fn only(&self) {} fn len(&self) {} } fn f(x: X) { x.len(); x.only(); x.step(1); } fn g(n: u8) { use std::mem; mem::local(n); }",
}

_CALLEES = [
    ("src/lib.rs", "self.step(n)", ["One.step"]),
    ("src/lib.rs", "Self::make()", ["One.make"]),
    ("src/lib.rs", "crate::a::free(1)", ["src/a.rs free"]),
    ("src/lib.rs", "self.run()", ["One.run", "Two.run"]),
    ("src/lib.rs", "o.step(1)", ["One.step"]),
    ("src/sure.rs", "x.step(1)", ["One.step", "Two.step"]),
    ("src/lib.rs", "a::free(2)", ["src/a.rs free"]),
    ("src/lib.rs", "a::free::<u8>(3)", ["src/a.rs free"]),
    ("src/lib.rs", "Two::make()", ["Two.make"]),
    ("src/lib.rs", "local()", ["src/lib.rs local"]),
    ("src/lib.rs", "b::glob()", ["src/b.rs glob"]),
    ("src/lib.rs", "t.only()", ["Two.only"]),
    ("src/lib.rs", "Vec::new()", []),
    ("src/sure.rs", "mem::local(n)", []),
    ("src/lib.rs", "free(9)", ["src/lib.rs free"]),
    ("src/a.rs", "free(4)", ["src/a.rs free"]),
    ("src/a.rs", "super::free(5)", ["src/lib.rs free"]),
    ("src/b.rs", "free(6)", ["src/a.rs free"]),
]


def _shown(source: Source, function: Node) -> str:

    name, owner = item_nodes.name_of(function), owner_of(source, function).decode()
    assert name is not None
    text = source.text(name).decode()
    return f"{owner}.{text}" if owner else f"{source.path} {text}"


@pytest.mark.parametrize(("path", "call", "run"), _CALLEES)
def test_what_a_call_may_run(path: str, call: str, run: list[str]) -> None:
    workspace, calls = _graph(_FILES)
    source = workspace.sources.get(path)
    found = calls.callees(source, _named(source, call))
    assert sorted(_shown(s, f) for s, f in found) == run


_SURE = [
    ("x.only()", ["Two.only"]),  # one function of that name
    ("x.len()", []),  # std has such a method
    ("x.step(1)", []),  # two have the name
]


@pytest.mark.parametrize(("call", "run"), _SURE)
def test_what_a_call_surely_runs(call: str, run: list[str]) -> None:
    workspace, calls = _graph(_FILES)
    source = workspace.sources.get("src/sure.rs")
    found = calls.callees(source, _named(source, call), sure=True)
    assert [_shown(s, f) for s, f in found] == run


def test_the_type_of_the_receiver_decides() -> None:
    workspace, calls = _graph(_FILES, {"o": "&One", "x": "std::sync::Arc<Two>"})
    for path, call, run in (
        ("src/lib.rs", "o.step(1)", ["One.step"]),
        ("src/sure.rs", "x.step(1)", ["Two.step"]),
    ):
        source = workspace.sources.get(path)
        found = calls.callees(source, _named(source, call), sure=True)
        assert [_shown(s, f) for s, f in found] == run


@pytest.mark.parametrize(
    ("told", "run"),
    [
        (None, ["Lock", "One"]),
        ("std::sync::RwLock<u8>", ["Lock"]),
        ("One", ["One"]),
    ],
)
def test_a_foreign_receiver_has_the_traits_of_the_workspace_alone(
    told: str | None, run: list[str]
) -> None:
    text = (
        "struct One; impl One { fn read(&self) {} } trait Look { fn read(&self); } "
        "impl Look for Lock { fn read(&self) {} } fn f() { x.read(); }"
    )
    workspace, calls = _graph({"src/lib.rs": text}, {"x": told} if told else None)
    source = workspace.sources.get("src/lib.rs")
    found = calls.callees(source, _named(source, "x.read()"))
    assert sorted(owner_of(place, node).decode() for place, node in found) == run


_TYPES = [
    ("self.go()", {"S"}),
    ("(&self).go()", {"S"}),
    ("a.go()", {"S", "R"}),
    ("b.go()", {"m::S"}),
    ("c.go()", None),  # a type parameter
    ("d.go()", None),
    ("e.go()", None),
    ("told.go()", {"m::S"}),
    ("foreign.go()", set()),
    ("g.go()", {"m::S"}),
    ("i.go()", {"m::S"}),
    ("j.go()", {"m::S"}),
    ("k.go()", None),
    ("l.go()", None),
]


@pytest.mark.parametrize(("call", "types"), _TYPES)
def test_the_types_of_a_receiver(call: str, types: set[str] | None) -> None:
    text = (
        "struct S; struct R<T>(T); mod m { pub struct S; }"
        " impl S { fn f<T>(&self, a: &R<Self>, b: Arc<m::S>, c: T, d: &dyn Run) {"
        " self.go(); (&self).go(); a.go(); b.go(); c.go(); d.go(); let e = S; e.go();"
        " told.go(); foreign.go(); let g: Box<m::S> = h(); g.go(); let i = m::S { }; i.go();"
        " let j = m::S::new(1); j.go(); let k = m::S::other(); k.go(); let (l, m) = S::new(1);"
        " l.go(); }"
        " fn new(n: u8) -> Self { S } fn other() -> u8 { 0 } }"
    )
    told = {"told": "&std::sync::Arc<m::S>", "foreign": "serde::S"}
    workspace, calls = _graph({"src/lib.rs": text}, told)
    source = workspace.sources.get("src/lib.rs")
    name = _named(source, call).parent
    access = nodes.access_of(name) if name is not None else None
    assert access is not None
    found = calls.types_of(source, access.base)
    shown = found and {b"::".join((*t.module, t.name)).decode() for t in found}
    assert (set() if found == frozenset() else shown) == types


def test_a_call_with_another_number_of_arguments_runs_something_else() -> None:
    workspace, calls = _graph({"src/lib.rs": "fn f(a: u8) {} fn g() { f(); }"})
    source = workspace.sources.get("src/lib.rs")
    assert not list(calls.callees(source, _named(source, "f()")))


_CALLERS = [
    ("src/a.rs", "pub fn free(n: u8) {}", 5),
    ("src/lib.rs", "fn free(n: u8) {}", 2),
    ("src/lib.rs", "fn local() {}", 1),
    ("src/b.rs", "pub fn glob() {}", 1),
]


@pytest.mark.parametrize(("path", "function", "count"), _CALLERS)
def test_who_calls(path: str, function: str, count: int) -> None:
    workspace, calls = _graph(_FILES)
    source, node = workspace.find(path, function)
    assert len(list(calls.callers(source, node))) == count


def test_calls_in_macro_arguments_count() -> None:
    files = {"src/lib.rs": "fn f(a: u8) {} fn g() { say!(f(1)); select! { _ = x => { f(2); } } }"}
    workspace, calls = _graph(files)
    source, node = workspace.find("src/lib.rs", "fn f(a: u8) {}")
    assert [source.text(call) for _, call in calls.callers(source, node)] == [b"f(1)", b"f(2)"]


_RECEIVERS = [
    ("S", "get", Receiver.REFERENCE),
    ("S", "set", Receiver.VALUE),
    ("S", "take", Receiver.VALUE),
    ("S", "pinned", Receiver.VALUE),
    ("S", "missing", Receiver.UNKNOWN),
    ("Other", "get", Receiver.UNKNOWN),
    ("dyn Look", "look", Receiver.REFERENCE),
    ("Other", "look", Receiver.UNKNOWN),
]
_METHODS = {
    "src/lib.rs": "struct S; impl S { fn get(&self) {} fn set(&mut self) {} fn take(self) {}"
    " fn pinned(self: Pin<&mut Self>) {} fn both(&self) {} } impl T { fn both(&mut self) {} }"
    " trait Look { fn look(&self); }"
}


@pytest.mark.parametrize(("type_", "method", "receiver"), _RECEIVERS)
def test_how_a_method_takes_its_receiver(type_: str, method: str, receiver: Receiver) -> None:
    _, calls = _graph(_METHODS)
    assert calls.receiver(parse(type_), method.encode()) is receiver


@pytest.mark.parametrize(
    ("method", "may"),
    [("get", False), ("look", False), ("set", True), ("take", True), ("both", True), ("no", True)],
)
def test_which_methods_may_change_their_receiver(method: str, may: bool) -> None:
    _, calls = _graph(_METHODS)
    assert calls.may_mutate(method.encode()) is may


@pytest.mark.parametrize(
    ("method", "must"),
    [("get", False), ("set", True), ("take", True), ("both", False), ("no", False)],
)
def test_which_methods_change_their_receiver_whichever_is_meant(method: str, must: bool) -> None:
    _, calls = _graph(_METHODS)
    assert calls.must_mutate(method.encode()) is must


def test_functions_that_rustc_prints() -> None:
    _, calls = _graph(_FILES)
    for told, path in (("a::free", "src/a.rs"), ("free", "src/lib.rs"), ("One::go", "src/lib.rs")):
        found = calls.printed(told)
        assert found is not None and found.path == path
    assert calls.printed("serde::free") is None
    method = calls.method(parse("&mut Two"), b"only")
    assert method is not None and method.owner == b"Two"
    assert calls.method(parse("Two"), b"run") is None  # the trait fixes it


@pytest.mark.parametrize(
    ("call", "spawns"),
    [
        ("tokio::spawn(f())", True),
        ("thread::spawn(|| x)", True),
        ("scope.spawn(|_| x)", True),
        ("spawn_blocking(move || x)", True),
        ("task::spawn_local::<F>(f())", True),
        ("try_spawn(f())", True),
        ("spawner(f())", False),
        ("respawn(f())", False),
        ("f(spawn)", False),
    ],
)
def test_what_spawns(call: str, spawns: bool) -> None:
    source = Source("a.rs", f"fn g() {{ {call}; }}".encode())
    node = next(n for n in walk(source.root) if n.type == "call_expression")
    assert is_spawn(source, node) is spawns


@pytest.mark.parametrize(
    ("statement", "given"),
    [
        ("tokio::spawn(a(x));", True),
        ("futures.push(a(x));", True),
        ("handle.block_on(a(x));", True),
        ("a(x).await;", False),
        ("let f = a(x);", False),
        ("run(a(x));", False),
        ("spawn(async move { a(x).await });", False),
    ],
)
def test_futures_that_are_given_away(statement: str, given: bool) -> None:
    source = Source("src/lib.rs", f"fn g() {{ {statement} }}".encode())
    node = next(n for n in walk(source.root) if source.text(n) == b"a(x)")
    assert is_given_away(source, node) is given


@pytest.mark.parametrize(
    ("function", "future"),
    [
        ("async fn f() -> u8 { 1 }", True),
        ("fn f() -> impl Future<Output = u8> { g() }", True),
        ("fn f() -> BoxFuture<'static, u8> { g() }", True),
        ("fn f() -> Pin<Box<dyn std::future::Future<Output = u8>>> { g() }", True),
        ("fn f() -> usize { 1 }", False),
        ("fn f() {}", False),
    ],
)
def test_functions_that_may_give_a_future(function: str, future: bool) -> None:
    source = Source("a.rs", function.encode())
    assert may_give_future(source, source.root.named_children[0]) is future


def test_what_is_spawned_around() -> None:
    text = b"fn g() { a(); tokio::spawn(async move { b(); run(|| c()); fn h() { d(); } }); run(|| e()); }"
    source = Source("a.rs", text)
    around = {}
    for node in walk(source.root):
        if node.type == "call_expression" and len(source.text(node)) == 3:
            found = spawned_around(source, node)
            around[source.text(node)] = found and found.type
    spawned = "async_block"
    assert around == {b"a()": None, b"b()": spawned, b"c()": spawned, b"d()": None, b"e()": None}


def test_the_parameter_of_an_argument() -> None:
    source = Source("a.rs", b"impl S { fn f(&self, #[x] a: u8, b: u8) {} }")
    function = next(n for n in walk(source.root) if n.type == "function_item")
    shown = [
        source.text(p) if (p := parameter_of(function, method, at)) is not None else None
        for method, at in ((True, 0), (True, 1), (True, 2), (False, 0), (False, 2))
    ]
    assert shown == [b"a: u8", b"b: u8", None, b"&self", b"b: u8"]


def test_mentions_are_found_again_when_their_tree_was_let_go() -> None:
    workspace, calls = _graph(_FILES)
    once = [(s.path, span_of(n)) for s, n in calls.mentions(b"free")]
    assert once == [(s.path, span_of(n)) for s, n in calls.mentions(b"free")]
    assert len(once) == 10
    assert workspace.sources.get("src/a.rs").slice(once[0][1]) == b"free"
