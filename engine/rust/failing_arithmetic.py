"""Arithmetic on integers that may panic by one of its operands: ``a - b`` below zero, ``a / b`` and
``a << b`` by the right side. (Sums and products overflow only beyond what the operands' types hold.)
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.scopes import Binding
from engine.rust.syntax import Source

_BY_BOTH = frozenset({b"-", b"-="})
_BY_RIGHT = frozenset({b"/", b"%", b"<<", b">>", b"/=", b"%=", b"<<=", b">>="})
_METHODS = frozenset({b"div_euclid", b"rem_euclid", b"div_ceil", b"next_multiple_of", b"clamp"})
_STRICT = re.compile(rb"strict_\w+|ilog\w*")
_FLOATS = frozenset({b"f32", b"f64"})
FLOAT_METHODS = frozenset(
    b"round floor ceil trunc fract sqrt cbrt powi powf exp ln log log2 log10 recip mul_add".split()
)

BindingOf = Callable[[Source, Node], Binding | None]  # the local that an expression names


def may_fail(source: Source, operation: nodes.Operation, node: Node, binding_of: BindingOf) -> bool:
    """May ``operation`` panic by the value of ``node``, one of its sides? Not where a float is seen."""
    by_right = operation.operator in _BY_RIGHT and node == operation.right
    if not by_right and operation.operator not in _BY_BOTH:
        return False
    sides = (operation.left, operation.right)
    return not any(_is_float(source, side, binding_of) for side in sides)


def fails_on(method: bytes) -> bool:
    """May an integer's ``method`` of this name panic by what it is called on?"""
    return _STRICT.fullmatch(method) is not None


def fails_by(method: bytes) -> bool:
    """May an integer's ``method`` of this name panic by what it is given?"""
    return method in _METHODS or fails_on(method)


def _is_float(source: Source, node: Node, binding_of: BindingOf) -> bool:
    """Is it seen right there, or at the ``let`` that names it, to be a float?"""
    node = nodes.bare(node)
    called, operation = nodes.method_call(source, node), nodes.operation_of(source, node)
    if called is not None:
        return called.method in FLOAT_METHODS or _is_float(source, called.receiver, binding_of)
    if operation is not None:
        return any(
            _is_float(source, side, binding_of) for side in (operation.left, operation.right)
        )
    binding = binding_of(source, node)
    statement = source.node_at(binding.statement) if binding is not None else None
    let = statement_nodes.let_of(statement) if statement is not None else None
    if let is not None:
        if let.type is not None:
            return source.text(let.type) in _FLOATS
        return (
            let.pattern.type == "identifier"
            and let.value is not None
            and _is_float(source, let.value, binding_of)
        )
    cast = item_nodes.type_of(node) if node.type == "type_cast_expression" else None
    callee = nodes.callee_of(node)
    return (
        node.type == "float_literal"
        or (cast is not None and source.text(cast) in _FLOATS)
        or (callee is not None and source.text(callee).startswith((b"f64::", b"f32::")))
    )
