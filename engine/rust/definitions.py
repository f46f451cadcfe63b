"""The definitions of one file: what they are called, where they stand, what they belong to.

Reads syntax alone. What stands in the arguments of a macro call is read as if it were no macro's, and
marked. Which definition a name means is :mod:`engine.rust.items`' question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tree_sitter import Node, Query

from engine.base.model import Span
from engine.rust import imports, item_nodes, nodes
from engine.rust.imports import Import, Module
from engine.rust.queries import captures, compile_query, macro_calls
from engine.rust.syntax import MACRO_DEPTH, Source, attributes, span_of

# What the grammar calls definitions -> what Rust does; "signature" is a `fn` without a body.
KINDS = {
    "struct_item": "struct",
    "enum_item": "enum",
    "union_item": "union",
    "type_item": "type",
    "trait_item": "trait",
    "static_item": "static",
    "const_item": "const",
    "function_item": "fn",
    "function_signature_item": "signature",
    "mod_item": "mod",
}
_SERVED = re.compile(
    rb'(?:skip_serializing_if|serialize_with|deserialize_with|\bwith|\bdefault|getter)\s*=\s*"([^"]*)"'
)
_DERIVE = re.compile(rb"\bderive\s*\(([^)]*)\)")
_DEFINES = re.compile(
    rb"(?<![\w#])(?:struct|enum|union|type|trait|static|const|mut|fn|mod)\s+(?:r#)?[A-Za-z_]"
)


@dataclass(frozen=True, slots=True)
class Item:
    """A definition. ``span`` is that of the item without its attributes, ``module`` the inline
    modules of its file around it, ``within`` these and the functions and types. ``owner`` is the last name of the type whose ``impl`` it stands
    in, or of its trait; ``of_trait`` tells that it is in a trait or in an ``impl`` of one,
    ``in_trait`` the former.
    ``block`` holds an item that stands inside a function: it is seen there alone."""

    kind: str  # a value of the table above
    name: bytes
    path: str
    span: Span
    module: Module = ()
    within: Module = ()
    owner: bytes = b""
    of_trait: bool = False
    in_trait: bool = False
    public: bool = False  # with any visibility, `pub(crate)` too
    block: Span | None = None
    in_macro: bool = False  # in the arguments of a macro call


@dataclass(frozen=True, slots=True)
class Definitions:
    """What one file defines and imports; it holds no tree, so that this one can be let go."""

    named: dict[bytes, list[Item]] = field(default_factory=dict)
    inside: dict[tuple[Module, bytes], list[Item]] = field(default_factory=dict)
    modules: dict[Module, tuple[Import, ...]] = field(default_factory=dict)
    blocks: tuple[tuple[Span, tuple[Import, ...]], ...] = ()

    def add(self, item: Item) -> None:
        """One more definition of the file, found by its name, and inside its module where it is of
        that."""
        self.named.setdefault(item.name, []).append(item)
        if not item.owner and item.block is None:
            self.inside.setdefault((item.module, item.name), []).append(item)


def owner_of(source: Source, node: Node) -> bytes:
    """The last name of the type whose ``impl`` holds ``node``; the trait's in a trait; b"" outside
    of both."""
    holder = source.enclosing(node, ("impl_item", "trait_item"))
    if holder is None:
        return b""
    named = item_nodes.type_of(holder) if holder.type == "impl_item" else item_nodes.name_of(holder)
    return nodes.last_name(source, named) if named is not None else b""


def holder_of(source: Source, node: Node) -> bytes:
    """The name of the struct, enum variant or union that the field ``node`` belongs to."""
    holder = source.enclosing(node, ("struct_item", "enum_item", "union_item", "enum_variant"))
    named = item_nodes.name_of(holder) if holder is not None else None
    return source.text(named) if named is not None else b""


def functions_named(source: Source, name: bytes) -> Iterator[Node]:
    """The functions and methods of this name that the file defines."""
    for hit in re.finditer(rb"fn(?<!\wfn)\s+(%b)\b" % re.escape(name), source.data):
        function = source.innermost(Span(*hit.span(1))).parent
        if function is not None and function.type == "function_item":
            yield function


def derives(source: Source, item: Node) -> frozenset[bytes]:
    """Last names of the traits that the item derives, those under ``cfg_attr`` too."""
    every = (derived_by(source.text(attribute)) for attribute in attributes(item))
    return frozenset(nodes.last_segment(path) for found in every for path in found)


def derived_by(attribute: bytes) -> tuple[bytes, ...]:
    """The traits that an attribute's text derives, as they are written; () for another attribute."""
    listed = (hit.group(1).split(b",") for hit in _DERIVE.finditer(attribute))
    return tuple(path.strip() for paths in listed for path in paths if path.strip())


def served_by(attribute: bytes) -> tuple[bytes, ...]:
    """The functions that a ``serde`` attribute of a field gives the field to, or has make it, as they are
    written; () for another attribute. (``with`` names a module of two.)"""
    return tuple(_SERVED.findall(attribute)) if b"serde" in attribute else ()


def type_parameter_names(source: Source, item: Node) -> list[str]:
    """Names of the types among an item's generic parameters, in order."""
    listed = item_nodes.type_parameters(item)
    found: list[str] = []
    for child in listed.named_children if listed is not None else ():
        named = item_nodes.name_of(child) or child
        if named.type == "type_identifier":
            found.append(source.text(named).decode("utf-8", "replace"))
    return found


def is_type_parameter(source: Source, node: Node, name: bytes) -> bool:
    """Is the name that of a generic type of an item around ``node``?"""
    return any(
        name.decode("utf-8", "replace") in type_parameter_names(source, above)
        for above in source.ancestors(node)
        if item_nodes.type_parameters(above) is not None
    )


# -- reading ---------------------------------------------------------------------------------------


@cache
def _definitions() -> Query:
    kinds = (*KINDS, "impl_item")
    return compile_query(f"[{' '.join(f'({kind})' for kind in kinds)}] @item")


def read(source: Source) -> Definitions:
    """All definitions and imports of a file."""
    found = Definitions(blocks=tuple(imports.in_blocks(source)))
    scopes = imports.scopes(source)
    for scope in scopes:
        brought = imports.imports(source, scope)
        found.modules[scope.module] = (*found.modules.get(scope.module, ()), *brought)
    around: list[Node] = []  # definitions and impls that hold the present one, outer first
    for node in captures(_definitions(), source.root, "item"):
        while around and around[-1].end_byte <= node.start_byte:
            around.pop()
        if node.type in KINDS and (item := _item(source, node, around)) is not None:
            found.add(item)
        around.append(node)
    for node in _in_macros(source, source.root, 0):
        holders = [a for a in source.ancestors(node) if a.type in (*KINDS, "impl_item")]
        if node.type in KINDS and (item := _item(source, node, holders[::-1], True)) is not None:
            found.add(item)
    return found


def _in_macros(source: Source, root: Node, depth: int) -> Iterator[Node]:
    """Definitions in the arguments of macro calls, of those calls that can hold any."""
    for call in macro_calls(root) if depth < MACRO_DEPTH else ():
        if _DEFINES.search(source.text(call)):
            for tree in source.arguments(call):
                yield from captures(_definitions(), tree.root_node, "item")
                yield from _in_macros(source, tree.root_node, depth + 1)


def _item(source: Source, node: Node, around: list[Node], in_macro: bool = False) -> Item | None:
    named = item_nodes.name_of(node)
    if named is None:
        return None
    modules: list[bytes] = []
    within: list[bytes] = []
    block: Span | None = None
    for above in around:
        label = (
            item_nodes.type_of(above) if above.type == "impl_item" else item_nodes.name_of(above)
        )
        within.append(nodes.last_name(source, label) if label is not None else b"")
        if above.type == "mod_item":
            modules.append(within[-1])
        elif above.type not in ("impl_item", "trait_item"):
            inner = source.enclosing(node, ("block",))
            block = span_of(inner) if inner is not None else span_of(above)
    holder = around[-1].type if around else ""
    return Item(
        KINDS[node.type],
        source.text(named).removeprefix(b"r#"),
        source.path,
        span_of(node),
        tuple(modules),
        tuple(within),
        owner=within[-1] if holder in ("impl_item", "trait_item") else b"",
        of_trait=holder == "trait_item" or bool(around and item_nodes.trait_of(around[-1])),
        in_trait=holder == "trait_item",
        public=item_nodes.visibility_of(node) is not None,
        block=block,
        in_macro=in_macro,
    )
