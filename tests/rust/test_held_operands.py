"""Which operands are evaluated while a temporary's guard is held."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.held_operands import apart_from, held_operands, parts_in_order
from engine.rust.syntax import Source, span_of


def _at(source: Source, text: str) -> Node:
    start = source.data.index(text.encode())
    node = source.node_at(Span(start, start + len(text)))
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("L.lock().push(a(), b);", ["a()", "b"]), ("L.lock().x.y.push(a());", ["a()"]),
        ("L.lock().entry(k()).or_insert(v());", ["k()", "v()"]), ("L.lock()[i()];", ["i()"]),
        ("*L.lock() = a();", []), ("*L.lock() += a();", ["a()"]), ("let x = L.lock().n + a();", ["a()"]),
        ("g(a(), L.lock().n, b());", ["b()"]), ("g((L.lock().n, b()), c());", ["b()", "c()"]),
        ("E { a: L.lock().n, b: b() };", ["b: b()"]), ("L.lock().n > 1 && b();", ["1"]),
        ("if L.lock().has(a()) { b() }", ["a()"]), ("if let Some(x) = L.lock().get(a()) { b() }", ["a()"]),
        ("match L.lock().get(a()) { _ => b() }", ["a()"]), ("L.lock().map(|x| b());", ["|x| b()"]),
        ("replace(&mut *L.lock(), a());", ["a()"]), ("let x = { L.lock().get(a()) };", ["a()"]),
        ("L.lock().push(a())", ["a()"]), ("let x = &L.lock().get(a()).n;", ["a()"]),
    ],
)  # fmt: skip
def test_operands_behind_the_lock(body: str, held: list[str]) -> None:
    source = Source("src/lib.rs", f"fn f() {{ {body} }}".encode())
    found = held_operands(source, _at(source, "L.lock()"))
    assert [source.text(node).decode() for node in found] == held


def test_a_number_is_added_to_after_its_right_side() -> None:
    source = Source("src/lib.rs", b"fn f() { *L.lock() += a(); }")
    assert list(held_operands(source, _at(source, "L.lock()"), lambda place: True)) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a.f(b, c)", ["a", "b", "c"]), ("f(b, c)", ["b", "c"]), ("E { a: x, b }", ["a: x", "b"]),
        ("(x, y)", ["x", "y"]), ("E { a: x, ..y.z() }", ["a: x", "..y.z()"]), ("&x.y", ["x.y"]), ("&mut x", []), ("x[y]", ["x", "y"]),
        ("x as u8", ["x"]), ("x?", ["x"]), ("a && b", []), ("|x| y", []), ("if a { b }", []),
    ],
)  # fmt: skip
def test_parts_of_an_operand(text: str, parts: list[str]) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let _z = {text}; }}".encode())
    found = parts_in_order(_at(source, text))
    assert [source.text(node).decode() for node in found] == parts


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("g.push(a())", ["a()"]), ("g.x = a()", ["a()"]), ("f(a, g, h(b, &g), c)", ["a", "b", "c"]),
        ("g.n + a()", ["a()"]), ("a() && g.has(b())", []), ("g.map(|x| g.y)", []),
        ("E { a: a(), b: g.n }", ["a: a()"]),
    ],
)  # fmt: skip
def test_parts_without_a_name(text: str, apart: list[str]) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let _z = {text}; }}".encode())
    node = _at(source, text)
    named = [n for n in _names(node) if source.text(n) == b"g"]
    found = apart_from(source, node, frozenset(map(span_of, named)))
    assert [source.text(node).decode() for node in found] == apart


def _names(node: Node) -> list[Node]:
    inside = [inner for child in node.named_children for inner in _names(child)]
    return [node] if node.type == "identifier" else inside
