"""The parts of items (functions, impls, structs) by their meaning: names, types, parameters, bounds.

As :mod:`engine.rust.nodes`, which has those of expressions and statements.
"""

from __future__ import annotations

from typing import NamedTuple

from tree_sitter import Node

from engine.rust.nodes import named_children
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import Source


class Parameter(NamedTuple):
    """``pattern: type`` of a ``fn``; a closure's has a type where it is written."""

    node: Node
    pattern: Node
    type: Node | None


def name_of(node: Node) -> Node | None:
    """The name that an item, field, variant or generic parameter is given."""
    return node.child_by_field_name("name")


def type_of(node: Node) -> Node | None:
    """The type that is written for a parameter, field, ``let``, ``const``, alias or cast; of an
    ``impl``, the type that it is for."""
    return node.child_by_field_name("type")


def named_fields(struct: Node) -> list[tuple[Node, Node]]:
    """(name, type) of the fields of a struct or variant with named ones."""
    body = body_of(struct)
    listed = body.named_children if body is not None else []
    found = ((name_of(n), type_of(n)) for n in listed if n.type == "field_declaration")
    return [(name, type_) for name, type_ in found if name is not None and type_ is not None]


def tuple_types(struct: Node) -> list[Node]:
    """The types of a tuple struct's or variant's fields, in order."""
    body = body_of(struct)
    if body is None or body.type != "ordered_field_declaration_list":
        return []
    return body.children_by_field_name("type")


def element_of(type_: Node) -> Node | None:
    """``T`` of ``[T; n]`` and ``[T]``."""
    return type_.child_by_field_name("element") if type_.type == "array_type" else None


def trait_of(impl: Node) -> Node | None:
    """The trait of ``impl Trait for Type``."""
    return impl.child_by_field_name("trait")


def return_type(function: Node) -> Node | None:
    """The type behind ``->``; None where none is written."""
    return function.child_by_field_name("return_type")


def type_parameters(item: Node) -> Node | None:
    """The ``<..>`` of a generic item."""
    return item.child_by_field_name("type_parameters")


def type_arguments(node: Node) -> list[Node]:
    """What stands in the ``<..>`` of a generic type."""
    listed = node.child_by_field_name("type_arguments")
    return named_children(listed) if listed is not None else []


def bounds_of(node: Node) -> Node | None:
    """The ``: A + B`` of a generic parameter or of a ``where`` clause's line."""
    return node.child_by_field_name("bounds")


def bounds_on(source: Source, item: Node, name: bytes) -> list[Node]:
    """Where the traits of the generic parameter ``name`` are written: in its declaration and in the
    ``where`` clause; [] when the item has no such parameter."""
    listed = type_parameters(item)
    declared = listed.named_children if listed is not None else []
    mine = [c for c in declared if (named := name_of(c)) is not None and source.text(named) == name]
    clause = next((c for c in item.children if c.type == "where_clause"), None)
    lines = clause.named_children if clause is not None and mine else []
    for line in lines:
        left = line.child_by_field_name("left")
        if left is not None and source.text(left) == name:
            mine.append(line)
    return [bounds for each in mine if (bounds := bounds_of(each)) is not None]


def visibility_of(item: Node) -> Node | None:
    """The ``pub``, ``pub(crate)`` .. of an item or field."""
    return next((c for c in item.children if c.type == "visibility_modifier"), None)


def parameters_of(function: Node) -> list[Parameter]:
    """Of a ``fn`` without ``self``, or of a closure."""
    listed = function.child_by_field_name("parameters")
    found: list[Parameter] = []
    for child in named_children(listed) if listed is not None else ():
        if child.type == "parameter":
            pattern = child.child_by_field_name("pattern")
            if pattern is not None and pattern.type != "self":
                found.append(Parameter(child, pattern, child.child_by_field_name("type")))
        elif listed is not None and listed.type == "closure_parameters":
            found.append(Parameter(child, child, None))
    return found


def is_const(function: Node) -> bool:
    """Is it a ``const fn``?"""
    modifiers = (child for child in function.children if child.type == "function_modifiers")
    return any(child.type == "const" for each in modifiers for child in each.children)


def is_pub(source: Source, item: Node) -> bool:
    """Plain ``pub``. (Enum variants and trait's members are as public as what holds them.)"""
    modifier = visibility_of(item)
    return modifier is not None and source.text(modifier) == b"pub"


def all_parameters(function: Node) -> list[Node]:
    """The parameters of a ``fn`` as declared, ``self`` first where there is one."""
    listed = function.child_by_field_name("parameters")
    inside = named_children(listed) if listed is not None else []
    return [child for child in inside if child.type != "attribute_item"]


def self_parameter(function: Node) -> Node | None:
    """``self``, ``&self``, ``&mut self`` or ``self: T`` of a method."""
    listed = function.child_by_field_name("parameters")
    for child in listed.named_children if listed is not None else ():
        if child.type == "self_parameter":
            return child
        pattern = child.child_by_field_name("pattern")
        if pattern is not None and pattern.type == "self":
            return child
    return None
