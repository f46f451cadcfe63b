"""May arithmetic panic by one of its operands?"""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.rust.failing_arithmetic import fails_by, fails_on, may_fail
from engine.rust.nodes import operation_of
from engine.rust.queries import walk
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import Source


@pytest.mark.parametrize(
    ("body", "left", "right"),
    [
        ("a - b;", True, True),
        ("a -= b;", True, True),
        ("a / b;", False, True),
        ("a %= b;", False, True),
        ("a << b;", False, True),
        ("a + b;", False, False),
        ("a * b;", False, False),
        ("a < b;", False, False),
        ("a as f64 - b as f64;", False, False),
        ("a / 2.0;", False, False),
        ("let a = n as f64; a / b;", False, False),
        ("let a: f32 = n.into(); a / b;", False, False),
        ("let a: u32 = n as f64 as u32; a / b;", False, True),
        ("f64::from(a) / b;", False, False),
        ("a.sqrt() - b;", False, False),
        ("(a * 1.5) - b;", False, False),
        ("let (a, x) = (1, 2.0); a - b;", True, True),
    ],
)
def test_operators(body: str, left: bool, right: bool) -> None:
    source = Source("src/lib.rs", f"fn f(b: u64) {{ {body} }}".encode())
    function = source.root.named_children[0]
    scopes = Scopes(source, function)
    operations = [found for n in walk(source.root) if (found := operation_of(source, n))]

    def binding_of(_source: Source, node: Node) -> Binding | None:
        return scopes.binding_at(node) if node.type == "identifier" else None

    operation = operations[0]
    assert may_fail(source, operation, operation.left, binding_of) is left
    assert may_fail(source, operation, operation.right, binding_of) is right


@pytest.mark.parametrize(
    ("method", "on", "by"),
    [
        (b"div_ceil", False, True), (b"rem_euclid", False, True), (b"ilog2", True, True),
        (b"strict_sub", True, True), (b"saturating_sub", False, False), (b"max", False, False),
    ],
)  # fmt: skip
def test_methods(method: bytes, on: bool, by: bool) -> None:
    assert (fails_on(method), fails_by(method)) == (on, by)
