"""May a reference stand where a value stood: do all uses of a name work on a borrowed value?

What rustc would refuse (E0507, E0596), told beforehand from syntax; each wrong guess costs a run of cargo.
Types are the caller's: a method is known by its name, and a field that is copied looks like one that is
moved. Whether what is borrowed changes meanwhile is :mod:`engine.rust.lent_changes`' to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.control_flow import barriers
from engine.rust.format_macros import is_shown
from engine.rust.item_nodes import parameters_of
from engine.rust.known_calls import (
    COPYING,
    is_reading_method,
    is_taking_method,
)
from engine.rust.moves import takes_value
from engine.rust.nodes import (
    COMPARISONS,
    access_of,
    arguments_of,
    borrowed,
    has_token,
    indexed,
    is_callee,
    is_mut,
    method_on,
    operation_of,
    unwrapped,
)
from engine.rust.places import is_written
from engine.rust.scopes import Binding, Scopes, Use
from engine.rust.statement_nodes import let_of, patterns_of, value_matched
from engine.rust.syntax import Source, span_of

# ``&T``, or ``&str``, ``&[T]``, ``&Path``: comparisons stay as they are, conversions fall away.
Target = Literal["reference", "view"]

_CONVERSIONS = frozenset({b"as_str", b"as_slice", b"as_path"})
# A closure's parameter with a type, or taken apart further.
_UNCLEAR = frozenset({"parameter", "reference_pattern", "mut_pattern"})
_OF_OWNERS = frozenset({b"capacity", b"as_ref"})
_OF_NUMBERS = frozenset(
    {"binary_expression", "compound_assignment_expr", "type_cast_expression", "range_expression"}
    | {"unary_expression", "if_expression", "while_expression"}
)


@dataclass(frozen=True, slots=True)
class Borrowable:
    """Every use works on a reference once ``edits`` are made."""

    edits: tuple[Edit, ...]
    uses: int
    end: int = 0  # where the last use ends


@dataclass(frozen=True, slots=True)
class Needed:
    """A use that needs the value itself, or a change while it is lent. ``line`` counts from 1."""

    line: int
    reason: str


def borrowable(
    source: Source,
    scopes: Scopes,
    bindings: Iterable[Binding],
    *,
    target: Target = "reference",
    shared: bool = False,
    reads: Callable[[bytes], bool] = is_reading_method,
    copied: Callable[[Node], bool] = lambda node: False,
) -> Borrowable | Needed:
    """May ``bindings``, which hold values, hold references to such instead?

    ``reads`` tells whether a method of a name works on a reference, ``copied`` whether what a name holds is
    ``Copy``, so that it may be read through one. Behind an ``Arc`` (``shared``) every method that compiles does.
    """
    by_reference: Callable[[bytes], bool] = (lambda _: True) if shared else reads
    edits: list[Edit] = []
    count = end = 0
    for binding in bindings:
        if binding.mutable or binding.by_ref:
            line = source.position(binding.decl.start)[0]
            return Needed(line, "the pattern says `mut` or `ref`")
        for use in scopes.uses(binding):
            found = use_on_reference(source, binding, use, target, by_reference)
            within = _parts_of(source, scopes, use) if isinstance(found, Needed) else None
            if within is not None:
                parts = borrowable(source, scopes, within, reads=by_reference, copied=copied)
                if isinstance(parts, Needed):
                    return parts
                found, end = parts.edits, max(end, parts.end)
            elif isinstance(found, Needed):
                name = _copied_name(source, binding, use)
                read = read_copied(source, name) if name is not None and copied(name) else None
                if read is None:
                    return found
                found = read
            edits.extend(found)
            count += 1
            end = max(end, use.span.end)
    return Borrowable(tuple(edits), count, end)


def parts_taken(source: Source, scopes: Scopes, bindings: Iterable[Binding]) -> Iterator[Node]:
    """The fields and elements of ``bindings``, and of what they are taken apart into, whose value is taken
    where they stand: moved, unless their types are ``Copy``."""
    for binding in bindings:
        for use in scopes.uses(binding):
            yield from parts_taken(source, scopes, _parts_of(source, scopes, use) or ())
            part = part_taken(source, use)
            if part is not None:
                yield part


def names_needed(source: Source, scopes: Scopes, bindings: Iterable[Binding]) -> Iterator[Node]:
    """The uses of ``bindings``, and of what they are taken apart into, that need a value, so that it matters
    whether that is ``Copy``."""
    for binding in bindings:
        for use in scopes.uses(binding):
            found = use_on_reference(source, binding, use, "reference", lambda _: True)
            if not isinstance(found, Needed):
                continue
            yield from names_needed(source, scopes, _parts_of(source, scopes, use) or ())
            name = _copied_name(source, binding, use)
            if name is not None:
                yield name


def _copied_name(source: Source, binding: Binding, use: Use) -> Node | None:
    """The name where it may be read through a reference instead."""
    node = source.innermost(use.span)
    plain = not use.capture and span_of(node) == use.span and node.type == "identifier"
    return node if plain and not _captor(source, node, binding) else None


def read_copied(source: Source, node: Node) -> tuple[Edit, ...] | None:
    """The edits with which the name of a ``Copy`` value is that of a reference to it: ``*n`` for ``n``; None
    where that cannot be written."""
    up = source.parent(node)
    if up is None or up.type == "macro_invocation" or node.parent is None:
        return None
    start, end = node.start_byte, node.end_byte
    called = method_on(source, node)
    if called is not None and called[0] in COPYING:
        return ()  # of `&n` it makes the same
    if up.type == "shorthand_field_initializer":
        return (Edit(source.path, end, end, b": *" + source.text(node)),)
    if access_of(up) is not None:
        return (Edit(source.path, start, end, b"(*" + source.text(node) + b")"),)
    return (Edit(source.path, start, start, b"*"),)


def is_number_use(source: Source, node: Node) -> bool:
    """Does what stands at ``node`` look like a number or a ``bool``: calculated with, cast, an index, a
    condition?"""
    up = source.parent(node)
    if up is None:
        return False
    index = indexed(up)
    return up.type in _OF_NUMBERS or (index is not None and index[1] == node)


def part_taken(source: Source, use: Use) -> Node | None:
    """The field or element, starting from what is used, whose value is taken where it stands, by a method
    that consumes it, too."""
    node = source.innermost(use.span)
    up = source.parent(node) if not use.capture else None
    while up is not None and _is_part(up, node) and not is_callee(up):
        node, up = up, source.parent(up)
    if span_of(node) == use.span:
        return None
    called = method_on(source, node)
    consumed = called is not None and is_taking_method(called[0]) and called[0] not in COPYING
    return node if consumed or takes_value(source, node) else None


def closures_borrow(source: Source, scopes: Scopes, call: Node) -> Borrowable | Needed | None:
    """Do all closures among the call's arguments work on references to what they are given?

    None when there is none, or one whose parameter is written in a way that is not understood.
    """
    found: list[Borrowable] = []
    for closure in arguments_of(call):
        if closure.type != "closure_expression":
            continue
        parameters = [parameter.node for parameter in parameters_of(closure)]
        if any(node.type in _UNCLEAR for node in parameters):
            return None
        bound = (b for node in parameters for b in scopes.bound_by(span_of(node)))
        lent = borrowable(source, scopes, bound)
        if isinstance(lent, Needed):
            return lent
        if lent.uses:
            found.append(lent)
    if not found:
        return None
    edits = tuple(edit for lent in found for edit in lent.edits)
    return Borrowable(edits, sum(lent.uses for lent in found), max(lent.end for lent in found))


def use_on_reference(
    source: Source,
    binding: Binding,
    use: Use,
    target: Target,
    reads: Callable[[bytes], bool] = is_reading_method,
) -> tuple[Edit, ...] | Needed:
    """The edits that one use needs on a reference, as in :func:`borrowable`."""
    name = binding.name.decode("utf-8", "replace")
    line = source.position(use.span.start)[0]
    node = source.innermost(use.span)
    captor = _captor(source, node, binding)
    if captor:
        return Needed(line, f"`{name}` is captured at line {line} by {captor}")
    if use.capture:
        return ()  # a format string only reads
    if span_of(node) != use.span or node.type != "identifier":
        return Needed(line, f"`{name}` stands at line {line} in a form that is not understood")
    found = _on_reference(source, node, target, reads)
    if found is None:
        return Needed(line, f"`{name}` is needed as a value of its own at line {line}")
    return found


def taker_apart(node: Node) -> Node | None:
    """The ``match``, ``let``, condition or ``for`` that takes apart, or renames, what ``node`` names."""
    whole, up = unwrapped(node)
    return up if up is not None and value_matched(up) == whole else None


def parts_bound(source: Source, scopes: Scopes, holder: Node) -> tuple[Binding, ...] | None:
    """The names that the patterns of ``holder`` (as of ``taker_apart``) bind, which would be references if what
    it takes apart were one (Rust reference, "Binding modes"); None where they would not, or where nothing is
    bound by patterns."""
    let, patterns = let_of(holder), patterns_of(holder)
    if not patterns or (let is not None and let.type is not None):
        return None
    if any(b"&" in source.text(pattern) for pattern in patterns):
        return None
    return tuple(b for pattern in patterns for b in scopes.bound_by(span_of(pattern)))


def _parts_of(source: Source, scopes: Scopes, use: Use) -> tuple[Binding, ...] | None:
    """What the use is taken apart into, by patterns or by a loop over it; None where it is not, where these
    names would be no references, or where a pattern names all of it."""
    holder = taker_apart(source.innermost(use.span)) if not use.capture else None
    bound = parts_bound(source, scopes, holder) if holder is not None else None
    if holder is None or bound is None or holder.type == "for_expression":
        return bound
    names = {binding.decl for binding in bound}
    patterns = patterns_of(holder)
    whole = any(span_of(p) in names or p.type == "captured_pattern" for p in patterns)
    return None if whole else bound


def _captor(source: Source, node: Node, binding: Binding) -> str:
    """A ``move`` closure or a future between the declaration and the use would take the reference
    with it, perhaps to where it cannot live."""
    for barrier in barriers(source, node, binding.decl):
        if barrier.type == "async_block":
            return "an async block"
        if barrier.type == "closure_expression" and has_token(barrier, "move"):
            return "a `move` closure"
    return ""


def _on_reference(
    source: Source, node: Node, target: Target, reads: Callable[[bytes], bool]
) -> tuple[Edit, ...] | None:
    """The edits with which the use at ``node`` works on a reference; None when it does not."""
    up = source.parent(node)
    if up is None:
        return None
    while up.type == "parenthesized_expression":
        node, up = up, source.parent(up) or up
    if is_shown(source, node):
        return ()
    if (called := method_on(source, node)) is not None:
        name, call = called
        if name in COPYING or not reads(name):
            return None  # a copy of the copy: one of the two is needed anyway
        return _on_view(source, node, call, name) if target == "view" else ()
    if _is_part(up, node):
        # A field or an element: read in place, or of a type that is copied; a move is rustc's to refuse.
        outer = source.parent(up)
        return None if outer is None or is_written(source, up) else ()
    if borrowed(up) is not None:
        return None if is_mut(up) else _without_borrow(source, node, up)
    operation = operation_of(source, up)
    if operation is not None and operation.operator in COMPARISONS:
        star = Edit(source.path, node.start_byte, node.start_byte, b"*")
        return (star,) if target == "reference" else ()
    return () if up.type == "unary_expression" and is_shown(source, up) else None


def _is_part(up: Node, node: Node) -> bool:
    """Is ``up`` a field or an element of ``node``?"""
    access, index = access_of(up), indexed(up)
    return node in ((access and access.base), (index and index[0]))


def _on_view(source: Source, node: Node, call: Node, name: bytes) -> tuple[Edit, ...] | None:
    """A method of the owned type on its view: some convert to the view itself, some are missing."""
    if name in _CONVERSIONS:
        if source.comments_in(Span(node.end_byte, call.end_byte)):
            return None
        return (Edit(source.path, node.end_byte, call.end_byte, b""),)
    return None if name in _OF_OWNERS else ()


def _without_borrow(source: Source, node: Node, up: Node) -> tuple[Edit, ...] | None:
    """``&y`` -> ``y``."""
    if source.comments_in(Span(up.start_byte, node.start_byte)):
        return None
    return (Edit(source.path, up.start_byte, node.start_byte, b""),)
