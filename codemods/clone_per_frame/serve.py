"""Where a reference serves: may every use of a value that was owned work on a borrowed one?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.format_macros import shown_by
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import Source, span_of

from .shapes import COPYING
from .tables import reading


@dataclass(frozen=True, slots=True)
class Serves:
    """Every use works on a reference once ``edits`` are made."""

    edits: tuple[Edit, ...]
    uses: int
    end: int = 0  # where the last use ends


@dataclass(frozen=True, slots=True)
class Fails:
    """A use that needs the value itself. ``line`` counts from 1."""

    line: int
    reason: str


def serves(
    source: Source,
    scopes: Scopes,
    binding: Binding,
    *,
    target: str = "reference",
    methods: frozenset[bytes] = frozenset(),
    shared: bool = False,
) -> Serves | Fails:
    """May ``binding``, which holds a value, hold a reference to one instead?

    ``target`` is "reference" (``&T``) or "view" (``&str``, ``&[T]``, ``&Path``: comparisons stay as
    they are, conversions to the view fall away). ``methods`` are names that are known to take
    ``&self`` besides the standard ones; behind an Arc (``shared``) every method that compiles does.
    """
    edits: list[Edit] = []
    name = binding.name.decode("utf-8", "replace")
    uses = scopes.uses(binding)
    for use in uses:
        line = source.position(use.span.start)[0]
        if use.capture:
            continue
        node = source.innermost(use.span)
        if span_of(node) != use.span or node.type not in ("identifier",):
            return Fails(line, f"`{name}` stands at line {line} in a form that is not understood")
        crossing = _crosses(source, node, binding)
        if crossing:
            return Fails(line, f"`{name}` is captured at line {line} by {crossing}")
        found = _use(source, node, target, None if shared else methods)
        if found is None:
            return Fails(line, f"`{name}` is needed as a value of its own at line {line}")
        edits.extend(found)
    return Serves(tuple(edits), len(uses), max((use.span.end for use in uses), default=0))


def _crosses(source: Source, node: Node, binding: Binding) -> str:
    """A ``move`` closure or a future between the declaration and the use would take the reference
    with it, perhaps to where it cannot live."""
    for ancestor in source.ancestors(node):
        if binding.decl in span_of(ancestor):
            return ""
        if ancestor.type == "async_block":
            return "an async block"
        if ancestor.type == "closure_expression":
            if source.data[ancestor.start_byte : ancestor.start_byte + 5] in (b"move ", b"move|"):
                return "a `move` closure"
            if any(child.type == "move" for child in ancestor.children):
                return "a `move` closure"
    return ""


def _use(
    source: Source, node: Node, target: str, methods: frozenset[bytes] | None
) -> tuple[Edit, ...] | None:
    """The edits that one use needs on a reference; None when a reference does not do."""
    up = source.parent(node)
    if up is None:
        return None
    while up.type == "parenthesized_expression":
        node, up = up, source.parent(up) or up
    if formatted(source, node):
        return ()
    match up.type:
        case "field_expression" if up.child_by_field_name("value") == node:
            return _member(source, node, up, target, methods)
        case "reference_expression":
            if any(child.type == "mutable_specifier" for child in up.children):
                return None
            return _unreferenced(source, node, up)
        case "index_expression" if up.named_children[0] == node:
            outer = source.parent(up)
            if outer is not None and _written(outer, up):
                return None
            return ()
        case "binary_expression":
            operator = up.child_by_field_name("operator")
            if operator is None or operator.type not in ("==", "!=", "<", ">", "<=", ">="):
                return None
            if target == "view":
                return ()
            return (Edit(source.path, node.start_byte, node.start_byte, b"*"),)
        case "unary_expression" if formatted(source, up):
            return ()
        case _:
            return None


def _member(
    source: Source, node: Node, up: Node, target: str, methods: frozenset[bytes] | None
) -> tuple[Edit, ...] | None:
    field = up.child_by_field_name("field")
    name = source.text(field) if field is not None else b""
    outer = source.parent(up)
    if outer is None:
        return None
    if outer.type == "call_expression" and outer.child_by_field_name("function") == up:
        if name in COPYING or (methods is not None and not (reading(name) or name in methods)):
            return None  # a copy of the copy: one of the two is needed anyway
        if target == "view":
            return _on_view(source, node, outer, name)
        return ()
    # A field: read in place, or of a type that is copied; a move out of it is rustc's to refuse.
    return None if _written(outer, up) else ()


def _on_view(source: Source, node: Node, call: Node, name: bytes) -> tuple[Edit, ...] | None:
    """A method of the owned type on its view: some convert to the view itself, some are missing."""
    if name in (b"as_str", b"as_slice", b"as_path"):
        if source.comments_in(Span(node.end_byte, call.end_byte)):
            return None
        return (Edit(source.path, node.end_byte, call.end_byte, b""),)
    # `capacity` and `as_ref` are the owner's.
    return None if name in (b"capacity", b"as_ref") else ()


def _unreferenced(source: Source, node: Node, up: Node) -> tuple[Edit, ...] | None:
    """``&y`` -> ``y``."""
    if source.comments_in(Span(up.start_byte, node.start_byte)):
        return None
    outer = source.parent(up)
    if outer is not None and outer.type == "field_expression":
        return None  # (&y).something: leave such code alone
    return (Edit(source.path, up.start_byte, node.start_byte, b""),)


def _written(outer: Node, node: Node) -> bool:
    """Is the place assigned to, or borrowed mutably?"""
    if outer.type in ("assignment_expression", "compound_assignment_expr"):
        return outer.child_by_field_name("left") == node
    if outer.type == "reference_expression":
        return any(child.type == "mutable_specifier" for child in outer.children)
    return False


def formatted(source: Source, node: Node) -> bool:
    """Is ``node`` as it stands an argument of ``format!`` or one of its kin?"""
    call = shown_by(source, node)
    return call is not None and not call.compares(span_of(node))


def pattern_bindings(scopes: Scopes, pattern: Span) -> tuple[Binding, ...]:
    """All names that a pattern binds."""
    return tuple(b for b in scopes.bindings if b.decl in pattern)


def serves_all(
    source: Source,
    scopes: Scopes,
    bindings: Sequence[Binding],
    shared: bool = False,
) -> Serves | Fails:
    """``serves`` for every name of a pattern."""
    edits: list[Edit] = []
    count = end = 0
    for binding in bindings:
        if binding.mutable or binding.by_ref:
            return Fails(source.position(binding.decl.start)[0], "the pattern says `mut` or `ref`")
        found = serves(source, scopes, binding, shared=shared)
        if isinstance(found, Fails):
            return found
        edits.extend(found.edits)
        count += found.uses
        end = max(end, found.end)
    return Serves(tuple(edits), count, end)
