"""A loop over something locked: the items are collected first, where cloning them is cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.guard_across_await.extraction import BY_REFERENCE, Extraction, Types, priced
from engine.base.model import Span
from engine.rust.iteration import items_of_collection, items_of_iterator
from engine.rust.nodes import borrowed, method_call
from engine.rust.statement_nodes import loop_pattern, scrutinee_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts
from engine.rust.types import Type

_COLLECT = b".collect::<Vec<_>>()"


def collected(source: Source, types: Types, found: Sequence[Node]) -> list[Extraction]:
    """Ways to collect what a ``for`` runs over, when one of ``found`` is that."""
    value = next((n for n in found if _loop_over(n) is not None), None)
    loop = _loop_over(value) if value is not None else None
    type_ = types.of(value) if value is not None else None
    if value is None or loop is None or type_ is None:
        return []
    node, head = value, b""
    if type_.is_shared_ref:
        operand = borrowed(value)
        if operand is not None:
            deref = operand.type == "unary_expression"
            node = operand.named_children[0] if deref else operand
        head = b".iter()"
        items = items_of_collection(type_.args[0])
    elif type_.last == "Drain" and type_.name.startswith(("std::", "alloc::")):
        return [Extraction(node, _COLLECT, "a `Vec` of the items", whole=value)]
    else:
        items = items_of_iterator(type_)
    if items is None:
        return []
    if len(items) == 1:
        way = Extraction(
            node, head + _each(types.facts, items[0]) + _COLLECT, whole=value, lend=BY_REFERENCE
        )
        return _priced(types.facts, way, items)
    one = _one_of_a_pair(source, loop, node, head)
    if one is not None:
        index, node, head, extra = one
        suffix = head + _each(types.facts, items[index]) + _COLLECT
        way = Extraction(node, suffix, whole=value, lend=BY_REFERENCE, extra=extra)
        return _priced(types.facts, way, items[index : index + 1])
    way = Extraction(
        node,
        head + _pairs(source, types.facts, loop, items) + _COLLECT,
        whole=value,
        lend=BY_REFERENCE,
    )
    return _priced(types.facts, way, items)


def _priced(facts: TypeFacts, way: Extraction, items: Sequence[Type]) -> list[Extraction]:
    """Every part must be cheap; each item is cloned."""
    if not all(priced(facts, way, item) for item in items):
        return []
    parts = " and ".join(f"`{item.short()}`" for item in items)
    return [replace(way, cost=f"a `Vec` and a clone of {parts} for each item")]


def _each(facts: TypeFacts, item: Type) -> bytes:
    return b".copied()" if facts.is_copy(item) else b".cloned()"


def _pairs(source: Source, facts: TypeFacts, loop: Node, items: Sequence[Type]) -> bytes:
    """``.map(|(key, value)| (*key, value.clone()))``, with the loop's own names."""
    pattern = loop_pattern(loop)
    parts = pattern.named_children if pattern is not None else []
    own = len(parts) == 2 and all(p.type == "identifier" for p in parts)
    names = [source.text(p) for p in parts] if own else [b"key", b"value"]
    taken = [
        b"*" + name if facts.is_copy(item) else name + b".clone()"
        for name, item in zip(names, items, strict=True)
    ]
    return b".map(|(" + b", ".join(names) + b")| (" + b", ".join(taken) + b"))"


def _loop_over(node: Node) -> Node | None:
    parent = node.parent
    if parent is None or parent.type != "for_expression":
        return None
    return parent if scrutinee_of(parent) == node else None


def _one_of_a_pair(
    source: Source, loop: Node, node: Node, head: bytes
) -> tuple[int, Node, bytes, tuple[tuple[Span, bytes], ...]] | None:
    """``for (_, v) in map.iter()`` needs the values alone: which one, what to call on what, and
    the pattern that is left."""
    pattern = loop_pattern(loop)
    if pattern is None or pattern.type != "tuple_pattern" or len(pattern.children) != 5:
        return None
    left, right = pattern.children[1], pattern.children[3]
    if (source.text(left) == b"_") == (source.text(right) == b"_"):
        return None
    index, kept = (1, right) if source.text(left) == b"_" else (0, left)
    if not head:
        called = method_call(source, node)
        if called is None or called.method != b"iter" or called.arguments:
            return None
        node = called.receiver
    method = b".values()" if index else b".keys()"
    extra: tuple[tuple[Span, bytes], ...] = ((span_of(pattern), source.text(kept)),)
    return index, node, method, extra
