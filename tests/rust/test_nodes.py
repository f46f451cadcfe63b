"""The parts of Rust syntax by their meaning."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.queries import walk
from engine.rust.syntax import Source


def source_of(text: str) -> Source:
    return Source("src/lib.rs", text.encode())


def first(source: Source, kind: str, text: str = "") -> Node:
    """The first node of this kind, and of this text where one is given."""
    for node in walk(source.root):
        if node.type == kind and (not text or source.text(node) == text.encode()):
            return node
    raise AssertionError(f"no {kind} {text}")


def words(source: Source, node: Node | None) -> str:
    return source.text(node).decode() if node is not None else "-"


def inside(expression: str) -> Source:
    return source_of(f"fn f() {{ {expression}; }}")


@pytest.mark.parametrize(
    ("text", "callee", "turbofish", "arguments"),
    [
        ("f()", "f", "-", []),
        ("a::b(x, /* two */ y)", "a::b", "-", ["x", "y"]),
        ("f::<u8>(1)", "f", "<u8>", ["1"]),
        ("x.parse::<u8>()", "x.parse", "<u8>", []),
        ("(self.f)(1)", "(self.f)", "-", ["1"]),
    ],
)
def test_calls(text: str, callee: str, turbofish: str, arguments: list[str]) -> None:
    source = inside(text)
    node = first(source, "call_expression")
    call = nodes.call_of(node)
    assert call is not None
    assert words(source, call.callee) == callee
    assert words(source, call.turbofish) == turbofish
    assert [words(source, a) for a in call.arguments] == arguments
    assert words(source, call.whole_callee) == (
        callee if turbofish == "-" else f"{callee}::{turbofish}"
    )
    assert nodes.callee_of(node) == call.callee
    assert nodes.call_through(call.callee) == node
    assert nodes.is_callee(call.callee)
    for argument in call.arguments:
        assert nodes.call_around(argument) == node
        assert not nodes.is_callee(argument)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m.lock()", ("m", b"lock", [])),
        ("a.b().c::<T>(d)", ("a.b()", b"c", ["d"])),
        ("T::lock(m)", None),
        ("(m.f)()", None),
    ],
)
def test_method_calls(text: str, expected: tuple[str, bytes, list[str]] | None) -> None:
    source = inside(text)
    found = nodes.method_call(source, first(source, "call_expression"))
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert words(source, found.receiver) == expected[0]
    assert found.method == expected[1]
    assert [words(source, a) for a in found.arguments] == expected[2]
    on = nodes.method_on(source, found.receiver)
    assert on == (expected[1], first(source, "call_expression"))


def test_a_field_that_is_not_called_is_no_method() -> None:
    source = inside("x.field")
    access = nodes.access_of(first(source, "field_expression"))
    assert access is not None
    assert (words(source, access.base), words(source, access.name)) == ("x", "field")
    assert nodes.method_on(source, access.base) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("vec![1]", b"vec"), ("tracing::debug!(x)", b"debug"), ("::a::b! { c }", b"b"), ("f()", b"")],
)
def test_macro_names(text: str, name: bytes) -> None:
    source = inside(text)
    statement = first(source, "block").named_children[0]
    node = statement.named_children[0] if statement.type == "expression_statement" else statement
    assert nodes.macro_name(source, node) == name
    written = text.partition("!")[0]
    assert words(source, nodes.macro_path(node)) == (written if name else "-")


def test_parentheses() -> None:
    source = inside("((/* why */ (a)))")
    outer = first(source, "parenthesized_expression")
    a = first(source, "identifier", "a")
    assert nodes.bare(outer) == a
    assert nodes.outward(a) == outer
    assert nodes.bare(a) == a


@pytest.mark.parametrize(
    ("call", "outer", "brackets"),
    [
        ("m!(a)", "a", "(a)"),
        ("m!((a))", "(a)", "((a))"),
        ("m!((a), 1)", "(a)", "((a), 1)"),
        ("m![(a)]", "(a)", "[(a)]"),
        ("m! { (a) }", "(a)", "{ (a) }"),
        ("m!((a) + 1)", "(a)", "((a) + 1)"),
        ("m!(n!((a)))", "(a)", "((a))"),
    ],
)
def test_parentheses_of_a_macro_call_are_no_part_of_its_argument(
    call: str, outer: str, brackets: str
) -> None:
    source = inside(f"{call};")
    at = source.data.index(b"a", source.data.index(b"!"))
    a = source.innermost(Span(at, at + 1))
    assert source.text(a) == b"a"
    assert words(source, nodes.outward(a)) == outer
    around = [n for n in (a, *source.ancestors(a)) if nodes.is_macro_brackets(n)]
    assert words(source, around[0]) == brackets


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("let a = b", "let_declaration", ("a", "-", "b", "-")),
        ("let (a, b): T", "let_declaration", ("(a, b)", "T", "-", "-")),
        (
            "let Some(a) = b else { return }",
            "let_declaration",
            ("Some(a)", "-", "b", "{ return }"),
        ),
        ("if let Some(a) = b {}", "let_condition", ("Some(a)", "-", "b", "-")),
        ("a = b", "assignment_expression", None),
    ],
)
def test_lets(text: str, kind: str, expected: tuple[str, str, str, str] | None) -> None:
    source = inside(text)
    found = statement_nodes.let_of(first(source, kind))
    assert (None if found is None else tuple(words(source, part) for part in found)) == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("a = b", "assignment_expression", ("a", b"=", "b")),
        ("a += b", "compound_assignment_expr", ("a", b"+=", "b")),
        ("a && b", "binary_expression", ("a", b"&&", "b")),
        ("a << 1", "binary_expression", ("a", b"<<", "1")),
    ],
)
def test_operations(text: str, kind: str, expected: tuple[str, bytes, str]) -> None:
    source = inside(text)
    found = nodes.operation_of(source, first(source, kind))
    assert found is not None
    assert (words(source, found.left), found.operator, words(source, found.right)) == expected


@pytest.mark.parametrize(
    ("part", "text", "kind", "expected"),
    [
        (nodes.borrowed, "&x", "reference_expression", "x"),
        (nodes.borrowed, "&mut x.y", "reference_expression", "x.y"),
        (nodes.dereferenced, "*x", "unary_expression", "x"),
        (nodes.dereferenced, "-x", "unary_expression", "-"),
        (nodes.dereferenced, "!x", "unary_expression", "-"),
        (nodes.dereferenced, "0..*x", "unary_expression", "x"),
        (nodes.dereferenced, "y[..=*x.y]", "unary_expression", "x.y"),
        (nodes.dereferenced, "O { a: 1, ..*x }", "unary_expression", "x"),
        (nodes.negated, "!x", "unary_expression", "x"),
        (nodes.negated, "*x", "unary_expression", "-"),
        (nodes.negated, "(0.. *x)", "unary_expression", "-"),
        (nodes.awaited, "x.await", "await_expression", "x"),
        (nodes.tried, "x?", "try_expression", "x"),
        (statement_nodes.scrutinee_of, "match x {}", "match_expression", "x"),
        (statement_nodes.scrutinee_of, "for a in x {}", "for_expression", "x"),
        (statement_nodes.value_matched, "if let a = x {}", "let_condition", "x"),
        (statement_nodes.value_matched, "match x {}", "match_expression", "x"),
        (statement_nodes.value_matched, "while x {}", "while_expression", "-"),
        (statement_nodes.pattern_against, "let a = &x", "reference_expression", "a"),
        (statement_nodes.pattern_against, "if let a = &x {}", "reference_expression", "a"),
        (statement_nodes.pattern_against, "for a in &x {}", "reference_expression", "a"),
        (statement_nodes.pattern_against, "for a in y { &x; }", "reference_expression", "-"),
        (statement_nodes.pattern_against, "match &x { a => b }", "reference_expression", "-"),
        (statement_nodes.loop_pattern, "for a in x {}", "for_expression", "a"),
        (statement_nodes.condition_of, "while x {}", "while_expression", "x"),
        (statement_nodes.body_of, "loop { x }", "loop_expression", "{ x }"),
        (statement_nodes.body_of, "|a| x", "closure_expression", "x"),
        (statement_nodes.body_of, "async move { x }", "async_block", "{ x }"),
        (statement_nodes.body_of, "unsafe { x }", "unsafe_block", "{ x }"),
        (statement_nodes.else_of, "if a {} else { x }", "if_expression", "{ x }"),
        (statement_nodes.else_of, "if a {} else if b { x }", "if_expression", "if b { x }"),
        (statement_nodes.else_of, "if a {}", "if_expression", "-"),
    ],
)
def test_parts(part: Callable[[Node], Node | None], text: str, kind: str, expected: str) -> None:
    source = inside(text)
    assert words(source, part(first(source, kind))) == expected


def test_an_index_has_two_parts() -> None:
    source = inside("a[b + 1]")
    found = nodes.indexed(first(source, "index_expression"))
    assert found is not None
    assert [words(source, part) for part in found] == ["a", "b + 1"]


def test_arms() -> None:
    source = inside("match x { A(b) if b > 1 => c, /* no */ D | E => { f }, _ => g }")
    arms = list(statement_nodes.arms_of(first(source, "match_expression")))
    found = [tuple(words(source, n) for n in (a.pattern, a.guard, a.value)) for a in arms]
    assert found[0] == ("A(b)", "b > 1", "c")
    assert found[1] == ("D | E", "-", "{ f }")
    assert found[2] == ("_", "-", "g")


def test_functions() -> None:
    source = source_of(
        "impl A for B { fn f<T>(&mut self, (a, b): (u8, T), mut c: C) -> D where T: E { 1 } }"
    )
    function = first(source, "function_item")
    assert words(source, item_nodes.name_of(function)) == "f"
    assert words(source, item_nodes.self_parameter(function)) == "&mut self"
    parameters = item_nodes.parameters_of(function)
    assert [words(source, p.pattern) for p in parameters] == ["(a, b)", "c"]
    assert [words(source, p.type) for p in parameters] == ["(u8, T)", "C"]
    assert [nodes.is_mut(p.node) for p in parameters] == [False, True]
    assert words(source, item_nodes.return_type(function)) == "D"
    assert words(source, item_nodes.type_parameters(function)) == "<T>"
    impl = first(source, "impl_item")
    assert words(source, item_nodes.trait_of(impl)) == "A"
    assert words(source, item_nodes.type_of(impl)) == "B"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [("self: &Arc<Self>", "self: &Arc<Self>"), ("self", "self"), ("a: u8", "-"), ("", "-")],
)
def test_self_parameters(parameters: str, expected: str) -> None:
    source = source_of(f"impl A {{ fn f({parameters}) {{}} }}")
    function = first(source, "function_item")
    assert words(source, item_nodes.self_parameter(function)) == expected
    named = [words(source, p.pattern) for p in item_nodes.parameters_of(function)]
    assert named == (["a"] if parameters.startswith("a") else [])


def test_closure_parameters() -> None:
    source = inside("|a, (b, c), d: u8| a")
    found = item_nodes.parameters_of(first(source, "closure_expression"))
    assert [words(source, p.pattern) for p in found] == ["a", "(b, c)", "d"]
    assert [words(source, p.type) for p in found] == ["-", "-", "u8"]


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("crate::Stats<'a, T>", b"Stats"),
        ("Vec<a::B>", b"Vec"),
        ("a :: b", b"b"),
        ("u8", b"u8"),
    ],
)
def test_last_names(written: str, last: bytes) -> None:
    source = source_of(f"static S: {written} = X;")
    declared = item_nodes.type_of(first(source, "static_item"))
    assert declared is not None
    assert nodes.last_name(source, declared) == last


def test_paths() -> None:
    source = inside("a::b::c(1)")
    found = nodes.path_of(first(source, "scoped_identifier"))
    assert found is not None
    assert [words(source, part) for part in found] == ["a::b", "c"]
    assert nodes.path_of(first(source, "identifier", "a")) is None


@pytest.mark.parametrize(
    ("expression", "whole"),
    [
        ("f(HERE)", "HERE"),
        ("f(&HERE)", "&HERE"),
        ("f(&(HERE))", "&(HERE)"),
        ("f((&HERE).as_str())", "(&HERE).as_str()"),
        ("f(HERE.as_str().len())", "HERE.as_str()"),
        ("f(&mut HERE)", "HERE"),
        ("f(HERE.trim())", "HERE"),
    ],
)
def test_a_value_through_its_views(expression: str, whole: str) -> None:
    source = inside(expression)
    node, up = nodes.through_views(source, first(source, "identifier", "HERE"), (b"as_str",))
    assert words(source, node) == whole
    assert up == node.parent


def test_the_only_argument_of_a_call() -> None:
    source = inside("f(a, g(b))")
    assert nodes.only_argument_of(first(source, "identifier", "a")) is None
    call = nodes.only_argument_of(first(source, "identifier", "b"))
    assert words(source, call) == "g(b)"
