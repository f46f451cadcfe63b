"""Which expression around a use of the guard is computed under the lock, best first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from codemods.guard_across_await.extraction import BY_REFERENCE, Extraction, Types, priced
from codemods.guard_across_await.loop_items import collected
from codemods.guard_across_await.tested_patterns import tested
from engine.rust.evaluation_order import chain_around, expressions_around, lengthens_temporaries
from engine.rust.known_calls import grows_receiver
from engine.rust.known_types import key_of
from engine.rust.locks import guarded, guards_in
from engine.rust.nodes import (
    dereferenced,
    indexed,
    is_mut,
    method_call,
    method_on,
    operation_of,
    unwrapped,
)
from engine.rust.owned_copies import instead_of_reference, owned_copy
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts, has_buffer, is_whole, shared_target
from engine.rust.types import Type

# Methods whose result is a value of its own whatever they are called on: for code whose types are
# not known yet.
_OWNING = frozenset(
    {b"clone", b"cloned", b"copied", b"to_owned", b"to_string", b"to_vec", b"len", b"is_empty"}
    | {b"contains", b"contains_key", b"is_some", b"is_none", b"collect", b"count", b"pop"}
    | {b"pop_front", b"pop_back", b"take", b"remove", b"unwrap_or_default", b"upgrade"}
)
# Futures that borrow from nothing; what else is awaited mostly borrows from what it is called on.
_OWN_FUTURES = frozenset(
    {"tokio::JoinHandle", "tokio::Receiver", "tokio::Sleep", "tokio::OwnedNotified"}
    | {"futures::Receiver", "futures_channel::Receiver", "async_std::JoinHandle"}
)
_PLACES = frozenset({"identifier", "field_expression", "index_expression", "unary_expression"})
_BY_REF = re.compile(rb"\bref\b")


def candidates(
    source: Source, types: Types, start: Node, stop: Node, awaits: Sequence[Node]
) -> tuple[Extraction, ...]:
    """Ranked: the whole chain that hangs on the guard, larger expressions, a cheap clone, shorter
    chains. Only what rustc may accept; types decide where they are known."""
    found = expressions_around(start, stop, awaits)
    if not found:
        return ()
    top = chain_around(start, found)
    at = found.index(top) if top in found else 0
    chain, larger = found[: at + 1], found[at + 1 :]
    ranked: list[Extraction] = []
    for node in [chain[-1], *larger]:
        if _is_value(source, types, node, start):
            ranked.append(Extraction(node))
    if ranked and ranked[0].node == chain[-1]:
        return tuple(ranked[:2])
    ranked.extend(tested(source, types, chain[-1]))
    ranked.extend(collected(source, types, found))
    clones = [way for node in reversed(chain) for way in _cloned(source, types, node, start)]
    ranked.extend(sorted(clones, key=lambda way: way.small))
    for node in reversed(chain[:-1]):
        if node != start and _is_value(source, types, node, start):
            ranked.append(Extraction(node))
    return tuple(dict.fromkeys(ranked))


def _is_value(source: Source, types: Types, node: Node, start: Node) -> bool:
    """Is ``node`` a value of its own that may be computed before its statement?"""
    if lengthens_temporaries(source, node):
        return False
    type_ = types.of(node)
    if node.type in _PLACES:
        return node != start and _is_read(source, types.facts, node, type_)
    if type_ is None:
        called = method_call(source, node)
        return (called is not None and called.method in _OWNING) or node.type == "binary_expression"
    _, parent = unwrapped(node)
    if parent is not None and parent.type == "await_expression":
        return key_of(type_.name) in _OWN_FUTURES
    return is_whole(type_)


# What takes the value of a place; that it compiles shows it to be `Copy`.
_TAKES = frozenset(
    {"arguments", "field_initializer", "tuple_expression", "array_expression", "let_declaration"}
    | {"return_expression", "type_cast_expression", "range_expression"}
)


def _is_read(source: Source, facts: TypeFacts, place: Node, type_: Type | None) -> bool:
    """Is the place's value copied out (not borrowed mutably, assigned to or called on)?"""
    child, parent = unwrapped(place)
    if parent is None:
        return False
    if parent.type in _TAKES:
        return True
    if type_ is None or not facts.may_be_copy(type_) or not is_whole(type_):
        return False
    if parent.type == "reference_expression":
        return not is_mut(parent)
    if parent.type in ("assignment_expression", "compound_assignment_expr"):
        operation = operation_of(source, parent)
        return operation is not None and operation.right == child
    if parent.type in ("match_expression", "let_condition"):
        return not _BY_REF.search(source.text(parent))  # `ref mut` would write to the copy
    if parent.type == "unary_expression":
        return dereferenced(parent) is None
    index = indexed(parent)
    if index is not None:
        return index[1] == child
    return parent.type in ("binary_expression", "if_expression", "for_expression")


def _cloned(source: Source, types: Types, node: Node, start: Node) -> list[Extraction]:
    """A clone out of the lock, where that is cheap: of a place, or of a reference into it."""
    type_ = types.of(node)
    _, parent = unwrapped(node)
    if type_ is None or parent is None or type_.is_mut_ref:
        return []
    borrowed = parent.type == "reference_expression"
    if borrowed and is_mut(parent):
        return []
    called = method_on(source, node)
    if called is not None and grows_receiver(called[0]) and has_buffer(type_):
        return []  # what it appends would go into the copy
    made, inner = owned_copy(types.facts, type_), shared_target(type_)
    if made is None or inner is None:
        place = node.type in _PLACES or node == start
        looked_into = borrowed or parent.type == "field_expression"
        return _of_place(types.facts, node, start, type_) if place and looked_into else []
    matched = parent.type in ("let_condition", "match_expression")
    as_ref = method_call(source, node)
    if as_ref is not None and as_ref.method == b"as_ref" and made.optional:
        lend = BY_REFERENCE if matched else made.lend
        way = Extraction(as_ref.receiver, b".clone()", whole=node, lend=lend)
        return priced(types.facts, way, inner)
    ways = [Extraction(node, made.copy)]
    if matched:  # a pattern may look through either
        ways.append(Extraction(node, made.copy, lend=BY_REFERENCE))
    elif not borrowed and (change := instead_of_reference(source, node, b"", made)) is not None:
        lend = made.lend if change[0] == span_of(node) else (b"", b"")
        ways = [Extraction(node, made.copy, lend=lend)]
    return [extraction for way in ways for extraction in priced(types.facts, way, inner)]


def _of_place(facts: TypeFacts, node: Node, start: Node, type_: Type) -> list[Extraction]:
    """``tx.clone()`` for a field that is called on or borrowed; of the guard itself, of what it
    guards (guards are not ``Clone``, so the call goes through)."""
    held: Type | None = type_
    if node.type == "unary_expression":
        operand = node.named_children[0]
        if operand != start:
            return []
        way = Extraction(operand, b".clone()", whole=node)
    else:
        way = Extraction(node, b".clone()")
    if node == start:
        guard = next(guards_in(type_), None)
        held = guarded(type_) if guard == type_ else None
    return priced(facts, way, held) if held is not None and not facts.is_copy(held) else []
