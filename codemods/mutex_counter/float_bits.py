"""A float behind a lock: what stands for it is an atomic of its bits, with words for what goes in and
what comes out. For other numbers and flags nothing is done here.

``f64::to_bits(v)``, not ``v.to_bits()``: the type of ``v`` may be told by nothing but where it goes.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import FLOATS
from engine.base.rust_version import may_use
from engine.rust import item_nodes, nodes
from engine.rust.codegen import first_free
from engine.rust.definitions import derived_by
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import Source, attributes, span_of

# Positive zero, whose bits are 0. (Those of -0.0 are not.)
_ZERO = re.compile(rb"(?:0[0_]*\.[0_]*|0[0_]*)(?:f32|f64)?")
# What may be evaluated again and again in a closure: nobody else changes it meanwhile.
_STEADY = frozenset(
    {"identifier", "self", "scoped_identifier", "crate", "super", "field_expression"}
    | {"field_identifier", "integer_literal", "float_literal", "parenthesized_expression"}
    | {"binary_expression", "type_cast_expression", "primitive_type"}
)
# Attributes that do nothing with the fields.
_HARMLESS = (
    b"#[allow",
    b"#[expect",
    b"#[doc",
    b"#[must_use",
    b"#[non_exhaustive",
    b"#[repr",
    b"#[cfg(",
)
CONST_TO_BITS = (1, 83)  # `f64::to_bits` is a `const fn` from here on


def is_float(inner: str) -> bool:
    """Is it the name of a float's type?"""
    return inner in FLOATS


def encoded(inner: str, text: bytes) -> bytes:
    """The value ``text`` as the atomic keeps it."""
    return b"%s::to_bits(%s)" % (inner.encode(), text) if is_float(inner) else text


def decoded(inner: str, text: bytes) -> bytes:
    """What the atomic keeps, ``text``, as a value."""
    return b"%s::from_bits(%s)" % (inner.encode(), text) if is_float(inner) else text


def bits_name(taken: Collection[bytes]) -> bytes:
    """A name for the bits in a closure, which is not ``taken``."""
    return first_free((b"bits", b"old_bits", b"bits_before"), lambda name: name not in taken)


def is_steady(source: Source, node: Node) -> bool:
    """Is it the same however often it is evaluated: names, their fields and numbers, computed with?"""
    if node.type == "unary_expression":
        negative = source.text(node).startswith(b"-")
        return negative and all(is_steady(source, n) for n in nodes.named_children(node))
    return node.type in _STEADY and all(is_steady(source, n) for n in nodes.named_children(node))


def first_bits(source: Source, inner: str, value: Node, version: str, place: str) -> bytes:
    """What the atomic is made of where the lock was made of ``value``; ``version`` is the oldest Rust
    that the package is for, "" where it does not say. Raises Refused."""
    text = source.text(value)
    if not _is_constant(source, value):
        return encoded(inner, text)
    if _ZERO.fullmatch(text):
        return b"0"
    if not may_use(version, CONST_TO_BITS):
        raise Refused(
            f"{place}: `to_bits` of a constant needs Rust 1.83, and this is for {version}"
        )
    return encoded(inner, text)


def _is_constant(source: Source, node: Node) -> bool:
    """Is it evaluated by the compiler, or by a function that it may run?"""
    for up in source.ancestors(node):
        if up.type in ("static_item", "const_item", "const_block"):
            return True
        if up.type == "closure_expression":
            return False
        if up.type == "function_item":
            return item_nodes.is_const(up)
    return True


def require_same_traits(source: Source, item: Node, place: str) -> None:
    """Raises Refused where a derive or an attribute of the type ``item``, a field of which the lock is, may
    do something with the number: with an atomic, it would do so with the bits."""
    for attribute in attributes(item):
        text = source.text(attribute)
        listed = derived_by(text)
        other = [path for path in listed if path.rpartition(b"::")[2] not in (b"Default", b"Debug")]
        if other or not (listed or text.startswith(_HARMLESS)):
            word = (
                other[0].decode("utf-8", "replace") if other else source.quoted(span_of(attribute))
            )
            raise Refused(f"{place}: `{word}` may take the number's bits for the number")
