"""Where a value goes: one step, and from place to place."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.queries import walk
from engine.rust.syntax import Source
from engine.rust.value_flow import ValueFlow, function_name, value_of
from engine.rust.value_steps import next_step, values_in
from tests.rust.workspace import Workspace


def source_of(body: str) -> Source:
    return Source("src/lib.rs", f"fn f() {{ {body} }}\n".encode())


def node_of(source: Source, text: str, last: bool = False) -> Node:
    """The outermost node with exactly this text (macro arguments included)."""
    find = source.data.rfind if last else source.data.find
    start = find(text.encode())
    node = source.node_at(Span(start, start + len(text.encode())))
    assert node is not None, text
    return node


# -- one step ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "way", "to"),
    [
        ("let a = -VV;", "value", "-VV"),
        ("let a = (VV, 1);", "value", "(VV, 1)"),
        ("let a = VV as u8;", "value", "VV as u8"),
        ("let a = VV + 1;", "operand", "VV + 1"),
        ("let a = VV;", "let", "let a = VV;"),
        ("let a = b else { VV };", "value", "{ VV }"),
        ("a.b = VV;", "assigned", "a.b"),
        ("a.b += VV;", "assigned", "a.b"),
        ("VV = 1;", "dropped", "VV = 1"),
        ("VV;", "dropped", "VV;"),
        ("let a = { 1; VV };", "value", "{ 1; VV }"),
        ("let a = { VV; 1 };", "dropped", "VV;"),
        ("if VV { }", "condition", "if VV { }"),
        ("while VV { }", "condition", "while VV { }"),
        ("while a { VV }", "value", "{ VV }"),
        ("match VV { _ => () }", "scrutinee", "match VV { _ => () }"),
        ("let a = match b { _ => VV };", "value", "_ => VV"),
        ("match a { b if VV => () }", "condition", "b if VV"),
        ("if let Some(a) = VV { }", "scrutinee", "let Some(a) = VV"),
        ("if a && VV { }", "operand", "a && VV"),
        ("for a in VV { }", "scrutinee", "for a in VV { }"),
        ("g(1, VV);", "argument", "g(1, VV)"),
        ("VV.g::<u8>(1);", "receiver", "VV.g::<u8>(1)"),
        ("VV(1);", "callee", "VV(1)"),
        ("let a = VV.b;", "member", "VV.b"),
        ("let a = VV[0];", "element", "VV[0]"),
        ("let a = b[VV];", "index", "b[VV]"),
        ("let a = [b; VV];", "length", "[b; VV]"),
        ("let a = [VV; b];", "value", "[VV; b]"),
        ("let a = S { b: VV };", "initializes", "b: VV"),
        ("let a = VV?;", "tried", "VV?"),
        ("let a = || VV;", "value", "|| VV"),
        ("let a = || return VV;", "value", "|| return VV"),
        ("let a = async { VV };", "value", "{ VV }"),
        ("let a = loop { break VV; };", "value", "loop { break VV; }"),
        ("static A: u8 = VV;", "item", "static A: u8 = VV;"),
    ],
)
def test_one_step(code: str, way: str, to: str) -> None:
    source = source_of(code)
    step = next_step(source, node_of(source, "VV"))
    assert step is not None
    assert (step.way, source.text(step.node).decode()) == (way, to)


@pytest.mark.parametrize("call", ["g!(VV)", "g!(1, VV)", "a::g![VV, 1]"])
def test_macros_take_what_stands_in_them(call: str) -> None:
    source = source_of(f"{call};")
    step = next_step(source, node_of(source, "VV"))
    while step is not None and step.way == "value":
        step = next_step(source, step.node)
    assert step is not None
    assert (step.way, source.text(step.node).decode()) == ("macro", call)


@pytest.mark.parametrize("body", ["return VV;", "VV"])
def test_results_are_returned(body: str) -> None:
    source = source_of(body)
    step = next_step(source, node_of(source, "VV"))
    if step is not None and step.way == "value":
        step = next_step(source, step.node)
    assert step is not None
    assert (step.way, step.node.type) == ("returned", "function_item")


@pytest.mark.parametrize(
    ("expression", "inside"),
    [
        ("(a, &b)", ["a", "&b"]),
        ("a as u8", ["a"]),
        ("a[b]", ["a"]),
        ("if a { b } else { c }", ["{ b }", "{ c }"]),
        ("if a { b } else if c { d }", ["{ b }", "if c { d }"]),
        ("match a { b => c, _ => d }", ["c", "d"]),
        ("{ a; b }", ["b"]),
        ("async { a }", ["{ a }"]),
        ("|a| b", ["b"]),
        ("a.b", None),
        ("a()", None),
        ("a", None),
    ],
)
def test_what_a_value_is_made_of(expression: str, inside: list[str] | None) -> None:
    source = source_of(f"let _x = {expression};")
    node = next(n for n in walk(source.root) if n.type == "let_declaration")
    let = statement_nodes.let_of(node)
    assert let is not None and let.value is not None
    found = values_in(source, let.value)
    texts = [source.text(n).decode() for n in found] if found is not None else None
    assert texts == inside


# -- from place to place -----------------------------------------------------------------------


class Named(ValueFlow[str]):
    """Places by their names: fields, statics and functions that are written in capitals or end so."""

    def local(self, source: Source, at: int) -> str:
        return source.text(source.innermost(Span(at, at + 1))).decode()

    def items_of(self, source: Source, path: Node) -> Iterable[str]:
        text = source.text(path).decode()
        return (text,) if text.isupper() else ()

    def item_at(self, source: Source, item: Node) -> Iterable[str]:
        name = item_nodes.name_of(item)
        return (source.text(name).decode(),) if name is not None else ()

    def fields_of(self, source: Source, base: Node, name: bytes) -> Iterable[str]:
        return () if name.isdigit() else (f".{name.decode()}",)

    def initialized(self, source: Source, initializer: Node) -> Iterable[str]:
        found = nodes.initialized(initializer)
        name = found[0] if found is not None else initializer
        return (f".{source.text(name).decode()}",)

    def tuple_fields(self, source: Source, path: Node, index: int) -> Iterable[str]:
        name = function_name(source, path)[0].decode()
        return (f"{name}.{index}",) if name.startswith("Own") else ()

    def results_of(self, source: Source, call: Node) -> Iterable[str]:
        name = nodes.callee_name(call)
        text = source.text(name).decode() if name is not None else ""
        return (f"{text}()",) if text.startswith("give") else ()

    def parameters_of(self, source: Source, call: Node, index: int) -> Iterable[str] | None:
        name = nodes.callee_name(call)
        text = source.text(name).decode() if name is not None else ""
        return (f"{text}({index})",) if text.startswith("take") else None

    def result_of(self, source: Source, function: Node) -> Iterable[str]:
        name = item_nodes.name_of(function)
        return (f"{source.text(name).decode()}()",) if name is not None else ()

    def is_left(self, source: Source, use: Node) -> bool:
        called = nodes.method_on(source, use)
        return called is not None and called[0] == b"lock"


def flow_of(body: str, through: frozenset[bytes] = frozenset()) -> tuple[Named, Source]:
    workspace = Workspace({"src/lib.rs": f"fn f(p: T) -> T {{ {body} }}\n"})
    return Named(workspace.sources, through), workspace.sources.get("src/lib.rs")


@pytest.mark.parametrize(
    ("expression", "places"),
    [
        ("p", ["p"]),
        ("COUNT", ["COUNT"]),
        ("&self.hits", [".hits"]),
        ("Arc::clone(&p)", ["p"]),
        ("p.clone()", ["p"]),
        ("p.lock().unwrap()", ["p"]),  # `lock` is asked for
        ("p.spin()", []),
        ("spin(p)", []),
        ("Some(Arc::new(p))", ["p"]),
        ("std::sync::Arc::<u8>::new(p)", ["p"]),
        ("give().clone()", ["give()"]),
        ("(p, self.a).0", ["p", ".a"]),
        ("if x { p } else { self.a }", ["p", ".a"]),
        ("match x { 1 => p, _ => { spin(); self.a } }", ["p", ".a"]),
        ("vec![p]", ["p"]),
        ("self.all.iter().map(|x| x.one).next()", [".all", ".one"]),
        ("p as u8", ["p"]),
    ],
)
def test_roots(expression: str, places: list[str]) -> None:
    flow, source = flow_of(f"let r = {expression};", frozenset({b"lock"}))
    let = statement_nodes.let_of(next(n for n in walk(source.root) if n.type == "let_declaration"))
    assert let is not None and let.value is not None
    assert list(flow.roots(source, let.value)) == places


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("let a = p;", ["a"]),
        ("let (a, b) = (1, p.clone());", ["b"]),
        ("let (a, b) = p;", ["a", "b"]),
        ("if let Some(a) = p { }", ["a"]),
        ("match p { Some(a) => 1, Other(b) => 2 }", ["a", "b"]),
        ("for a in &p { }", ["a"]),
        ("self.hits = p;", [".hits"]),
        ("S { hits: Arc::new(p) };", [".hits"]),
        ("static A: T = p;", ["A"]),
        ("return p;", ["f()"]),
        ("{ p }", ["f()"]),
        ("take(1, p);", ["take(1)"]),
        ("self.take(p);", ["take(0)"]),
        ("let a = OwnS(p);", ["OwnS.0"]),
        ("let a = Some(p);", ["a"]),
        ("let a = spin(p);", []),
        ("LIST.push(p);", ["LIST"]),
        ("let a = LIST.or_insert(p);", ["LIST", "a"]),
        ("let a = p.spin();", []),
        ("let a = if x { p } else { y };", ["a"]),
        ("if p { 1 } else { 2 }", []),
        ("let a = move || p;", ["a"]),
        ("let a = p + 1;", []),
    ],
)
def test_sinks(body: str, places: list[str]) -> None:
    flow, source = flow_of(body)
    node = next(
        n
        for n in walk(source.root)
        if n.type == "identifier" and source.text(n) == b"p" and n.start_byte > 8
    )
    assert list(flow.sinks(source, node)) == places


@pytest.mark.parametrize(
    ("body", "name", "places"),
    [
        ("let a = p; let b = a.clone(); take(a);", "a", ["p", "b", "take(0)"]),
        ("let (a, b) = (self.x, self.y);", "b", [".y"]),
        ("let OwnS(a) = p;", "a", ["OwnS.0"]),
        ("let Some(a) = p else { return };", "a", ["p"]),
        ("for a in self.all { self.one = a; }", "a", [".all", ".one"]),
        ("if let Some(a) = p { take(a); }", "a", ["p", "take(0)"]),
        ("match p { Some(a) => take(a), _ => 1 }", "a", ["p", "take(0)"]),
        ("self.all.iter().map(|a| take(a));", "a", [".all", "take(0)"]),
        ('let a = p; println!("{a}"); a.lock();', "a", ["p"]),
    ],
)
def test_links_of_a_local(body: str, name: str, places: list[str]) -> None:
    flow, source = flow_of(body)
    at = next(
        n.start_byte
        for n in walk(source.root)
        if n.type == "identifier" and source.text(n) == name.encode()
    )
    assert list(flow.local_links(source, at)) == places


def test_a_parameter_comes_from_outside() -> None:
    flow, source = flow_of("p")
    binding = flow.binding(source, node_of(source, "p", last=True))
    assert binding is not None
    assert value_of(source, binding) is None
