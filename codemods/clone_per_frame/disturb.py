"""Would a reference to the place live across a change of it? What rustc would refuse, told before.

rustc has the last word (E0499, E0502, E0505, E0506); each wrong guess costs a run of cargo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.places import Origins, Place
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import Source, span_of, walk_all

from .shapes import COPYING
from .tables import reading


def disturbed(
    source: Source,
    scopes: Scopes,
    place: Place,
    origins: Origins,
    during: Span,
    mutates: Callable[[bytes], bool],
) -> int:
    """The line (from 1) within ``during`` at which something the place belongs to may change, be
    moved or be borrowed mutably; 0 when there is none.

    ``mutates`` tells whether a method of a name takes ``&mut self`` or ``self`` somewhere.
    """
    for use, fields, fixed in _uses(source, scopes, place, origins, during):
        if _changes(source, use, fields, _moves if fixed else mutates):
            return source.position(use.start_byte)[0]
    return 0


def _moves(method: bytes) -> bool:
    """Does a method of this name consume a receiver that cannot be changed?"""
    return method.startswith((b"into", b"unwrap", b"expect"))


def _uses(
    source: Source, scopes: Scopes, place: Place, origins: Origins, during: Span
) -> Iterable[tuple[Node, tuple[bytes, ...], bool]]:
    """Uses of the place's root and of the names that it came from, with the fields that matter and
    whether the root cannot be changed where it stands."""
    roots: dict[Span, tuple[Binding, tuple[bytes, ...]]] = {}
    for node in (place.root, *origins.nodes):
        binding = scopes.resolve(source.text(node), node.start_byte)
        if binding is not None:
            fields = place.fields if node == place.root else ()
            roots.setdefault(binding.decl, (binding, fields))
    for binding, fields in roots.values():
        fixed = not binding.mutable and b"mut" not in source.slice(binding.statement)
        for use in scopes.uses(binding):
            if use.span in during and not use.capture:
                yield source.innermost(use.span), fields, fixed
    if place.root.type == "self" or origins.of_self:
        fields = place.fields if place.root.type == "self" else ()
        parameters = scopes.function.child_by_field_name("parameters")
        fixed = parameters is not None and b"mut self" not in source.text(parameters)
        for node in walk_all(source, scopes.function):
            if node.type == "self" and span_of(node) in during:
                yield node, fields, fixed


def _changes(
    source: Source, node: Node, fields: tuple[bytes, ...], mutates: Callable[[bytes], bool]
) -> bool:
    """Does this use of a root change, move or mutably borrow what lies at ``fields``?"""
    depth = 0
    up = source.parent(node)
    while up is not None:
        if up.type == "field_expression" and up.child_by_field_name("value") == node:
            call = source.parent(up)
            named = up.child_by_field_name("field")
            name = source.text(named) if named is not None else b""
            if (
                call is not None
                and call.type == "call_expression"
                and (call.child_by_field_name("function") == up)
            ):
                return not (reading(name) or name in COPYING) and mutates(name)
            if depth < len(fields) and fields[depth] != name:
                return False  # another field
            depth += 1
            node, up = up, source.parent(up)
        elif up.type in ("index_expression", "parenthesized_expression", "unary_expression") or (
            up.type == "try_expression"
        ):
            node, up = up, source.parent(up)
        else:
            break
    if up is None:
        return False
    match up.type:
        case "reference_expression":
            return any(child.type == "mutable_specifier" for child in up.children)
        case "assignment_expression" | "compound_assignment_expr":
            return up.child_by_field_name("left") == node
        case "arguments" | "field_initializer" | "return_expression" | "let_declaration":
            return True  # perhaps only copied, but then nothing is lost by asking for no borrow
        case "shorthand_field_initializer" | "tuple_expression" | "array_expression":
            return _owner(source, up) is None
        case _:
            return False


def _owner(source: Source, node: Node) -> Node | None:
    """The macro call whose arguments a tuple stands for."""
    up = source.parent(node)
    while up is not None and up.type in ("expression_statement", "source_file"):
        up = source.parent(up)
    return up if up is not None and up.type == "macro_invocation" else None
