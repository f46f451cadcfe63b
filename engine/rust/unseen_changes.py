"""May a place change, or go, while it is borrowed, without rustc seeing it: a ``static mut``, what a raw
pointer leads to, what an ``UnsafeCell`` hands out?

A reference to such a place is no snapshot of it. By definitions of the workspace, the types on the way
and ``unsafe`` code; cells and locks that a type shows are ``type_facts``' question. Not answered: what
functions of other crates hand out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.files import Files, TypeOf
from engine.rust.item_nodes import all_parameters, return_type
from engine.rust.items import TYPES, Items
from engine.rust.known_calls import is_std_method
from engine.rust.nodes import access_of, bare, callee_name, path_of
from engine.rust.places import Place, initializers
from engine.rust.raw_pointers import is_unsafe, looks_raw
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of, walk_all
from engine.rust.types import Type

# The functions that the call by an identifier may run; with True, only such as surely are meant.
Callees = Callable[[Source, Node, bool], Iterable[tuple[Source, Node]]]
_HOPS = 4  # names followed back to what they were made from


class UnseenChanges:
    """Judges the places of a workspace."""

    def __init__(self, files: Files, items: Items, callees: Callees, type_of: TypeOf) -> None:
        self._files = files
        self._items = items
        self._callees = callees
        self._type_of = type_of
        self._raw: dict[tuple[str, int], bool] = {}
        self._derefs: dict[bytes, str] = {}

    def of(
        self,
        source: Source,
        scopes: Scopes,
        place: Place,
        owned: Callable[[Node], bool] = lambda node: False,
    ) -> str:
        """Why ``place`` may change unseen, in words for the user; "" when rustc sees to it. What is
        ``owned`` by its name borrows from nothing."""
        if place.simple and _is_local(scopes, place.root) and owned(place.root):
            return ""
        for node in place.prefixes:
            if said := self._by_type(source, node):
                return said
        return next(self._reasons(source, scopes, place.whole, owned, 0), "")

    def _by_type(self, source: Source, node: Node) -> str:
        type_ = self._type_of(source.path, span_of(node))
        if type_ is None:
            return ""
        _, behind = type_.behind_refs()
        if behind.kind == "ptr":
            return f"`{source.quoted(span_of(node))}` is a raw pointer"
        if behind.kind == "path" and (named := self._deref(behind)):
            return f"`{named}` hands out what is in it by unsafe code"
        return ""

    def _reasons(
        self,
        source: Source,
        scopes: Scopes,
        expression: Node,
        owned: Callable[[Node], bool],
        hops: int,
    ) -> Iterator[str]:
        for node in walk_all(source, expression):
            if node.type in ("identifier", "scoped_identifier"):
                yield from self._static(source, node)
        shown = f"`{source.quoted(span_of(expression))}`"
        if is_unsafe(source, expression) and not _is_local(scopes, bare(expression)):
            yield f"{shown} is reached by unsafe code"
        for node in walk_all(source, expression):
            if node.type == "unsafe_block":
                yield f"{shown} is reached by unsafe code"
            elif node.type == "call_expression":
                yield from self._handed_out(source, node)
        for node in walk_all(source, expression) if hops < _HOPS else ():
            if node.type != "identifier" or owned(node):
                continue
            binding = scopes.resolve(source.text(node), node.start_byte)
            for value in initializers(source, binding) if binding is not None else ():
                if not span_of(value).overlaps(span_of(expression)):
                    yield from self._reasons(source, scopes, value, owned, hops + 1)

    def _static(self, source: Source, node: Node) -> Iterator[str]:
        """A ``static mut`` that the path ``node`` means."""
        path = path_of(node.parent) if node.parent is not None else None
        if path is not None and node.type == "identifier":
            return  # a segment: the whole path is asked about
        for item in self._items.resolve(source, node, source.text(node), "static"):
            _, found = self._items.open(item)
            if any(child.type == "mutable_specifier" for child in found.children):
                yield f"`{item.name.decode('utf-8', 'replace')}` is a `static mut`"

    def _handed_out(self, source: Source, call: Node) -> Iterator[str]:
        name = callee_name(call)
        if name is None:
            return
        sure = is_std_method(source.text(name))
        for where, function in self._callees(source, name, sure):
            if self._is_raw(where, function, frozenset()):
                yield f"`{source.quoted(span_of(name))}` hands it out by unsafe code"

    def _is_raw(self, source: Source, function: Node, above: frozenset[tuple[str, int]]) -> bool:
        """May what ``function`` gives come out of unsafe code: its own, that of a function that it calls and
        that gives more than a number, or of the ``Deref`` of a type that it takes?"""
        key = (source.path, function.start_byte)
        if key in self._raw:
            return self._raw[key]
        if key in above:
            return False
        found = looks_raw(source, function) or self._takes_deref(source, function)
        for call in () if found else walk_all(source, function):
            name = callee_name(call) if call.type == "call_expression" else None
            if name is None:
                continue
            sure = is_std_method(source.text(name))
            found = any(
                _gives(where, called) and self._is_raw(where, called, above | {key})
                for where, called in self._callees(source, name, sure)
            )
            if found:
                break
        if found or not above:  # below another one it may rest on that one's being asked about
            self._raw[key] = found
        return found

    def _takes_deref(self, source: Source, function: Node) -> bool:
        """Is a parameter of a type of the workspace whose ``Deref`` has unsafe code?"""
        for parameter in all_parameters(function):
            for node in walk_all(source, parameter):
                if node.type != "type_identifier":
                    continue
                for item in self._items.resolve(source, node, source.text(node), *TYPES):
                    if self._deref_of(item.name):
                        return True
        return False

    def _deref(self, type_: Type) -> str:
        """The name of the workspace's type, if its ``Deref`` has unsafe code."""
        items = self._items.printed(type_.name, *TYPES)
        return next((said for item in items if (said := self._deref_of(item.name))), "")

    def _deref_of(self, type_name: bytes) -> str:
        if type_name not in self._derefs:
            self._derefs[type_name] = self._read_deref(type_name)
        return self._derefs[type_name]

    def _read_deref(self, name: bytes) -> str:
        head = re.compile(rb"\bDeref\b[^{;]*\bfor\s+(?:\w+::)*" + re.escape(name) + rb"\b")
        for source in self._files.containing(b"Deref", name):
            for hit in head.finditer(source.data):
                impl = source.enclosing(source.innermost(Span(*hit.span())), ["impl_item"])
                if impl is None:
                    impl = source.innermost(Span(*hit.span()))
                if any(self._is_raw(source, f, frozenset()) for f in _functions_in(source, impl)):
                    return name.decode("utf-8", "replace")
        return ""


def _functions_in(source: Source, impl: Node) -> Iterator[Node]:
    return (node for node in walk_all(source, impl) if node.type == "function_item")


def _gives(source: Source, function: Node) -> bool:
    """Does the function give what may refer to something: more than nothing, a number or a text?"""
    type_ = return_type(function)
    if type_ is None or type_.type in ("primitive_type", "unit_type"):
        return False
    return source.text(type_) != b"String"


def _is_local(scopes: Scopes, node: Node) -> bool:
    """A local name, ``self``, or a field of one: no call, no ``*``, no static."""
    while (access := access_of(node)) is not None:
        node = bare(access.base)
    return node.type == "self" or (
        node.type == "identifier" and scopes.binding_at(node) is not None
    )
