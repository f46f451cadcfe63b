"""Code that asks about the instance, not the value: who else holds it, where it lies, how much room it
has. A value and its clone are equal and answer differently.

By the names that std and ``bytes`` give to such questions (``Arc::strong_count``, ``Bytes::is_unique``,
``Vec::capacity``, ``as_ptr`` in a comparison). Only a call that names the value itself counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.files import Files, mentions
from engine.rust.format_macros import shown_by
from engine.rust.imports import full_paths
from engine.rust.nodes import (
    access_of,
    bare,
    borrowed,
    call_by_name,
    call_of,
    dereferenced,
    indexed,
    is_callee,
    is_macro_brackets,
    last_segment,
    macro_name,
    method_on,
)
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source, span_of

# Who holds it (a number, or whether it can be had alone), where it lies, how much room it has.
About = Literal["holders", "address", "room"]

_HOLDERS_OF_BYTES = (b"is_unique", b"try_into_mut")
# Functions of `Arc` and `Rc`, called by their paths, and `Weak`'s methods.
_HOLDERS_OF_COUNTED = (
    b"strong_count",
    b"weak_count",
    b"try_unwrap",
    b"into_inner",
    b"unwrap_or_clone",
    b"get_mut",
    b"make_mut",
    b"downgrade",
)
_ADDRESS = frozenset(b"as_ptr as_mut_ptr as_ptr_range ptr_eq addr_eq same_channel".split())
_OF_POINTERS = frozenset(b"eq addr_eq hash from_ref from_mut".split())  # of the module `ptr`
_ROOM = frozenset({b"capacity", b"spare_capacity_mut"})
_METHODS: dict[bytes, About] = {
    **dict.fromkeys(_HOLDERS_OF_BYTES, "holders"),
    **dict.fromkeys((b"strong_count", b"weak_count"), "holders"),
    **dict.fromkeys(_ADDRESS, "address"),
    **dict.fromkeys(_ROOM, "room"),
}
_FUNCTIONS: dict[bytes, About] = {
    **dict.fromkeys(_HOLDERS_OF_BYTES, "holders"),
    **dict.fromkeys(_HOLDERS_OF_COUNTED, "holders"),
    **dict.fromkeys(_ADDRESS, "address"),
    **dict.fromkeys(_ROOM, "room"),
}
# They show the same memory.
_VIEWS = frozenset(
    b"as_slice as_str as_bytes as_ref as_path as_os_str as_mut_slice deref borrow".split()
)
# What a value is reached through, to the question.
_WAY = frozenset({"parenthesized_expression", "try_expression", "await_expression"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about an instance. ``name`` is the function's that asks."""

    about: About
    name: str
    span: Span

    def words(self, source: Source, value: str) -> str:
        """What is asked, for the user."""
        what = {
            "holders": f"who else holds `{value}`",
            "address": f"where `{value}` lies in memory",
            "room": f"how much room `{value}` has",
        }[self.about]
        return f"`{self.name}` at line {source.position(self.span.start)[0]} asks {what}"


def asked_by(method: bytes) -> About | None:
    """What a method of this name asks about its receiver."""
    return _METHODS.get(method)


def asked_at(source: Source, value: Node) -> Asked | None:
    """The question that is asked about the expression ``value``: ``x.capacity()``, ``Arc::get_mut(&mut
    x)``, ``ptr::eq(&*x, y)``."""
    node = value
    while (up := source.parent(node)) is not None:
        if (address := _address_taken(source, node, up)) is not None:
            return address
        access = access_of(up)
        if access is not None and access.base == node and not is_callee(up):
            node = up  # a field: part of the value is asked about
            continue
        called = method_on(source, node)
        if called is not None and called[0] in _VIEWS:
            node = called[1]
            continue
        if called is not None:
            about = _METHODS.get(called[0])
            if about is None:
                return None
            return Asked(about, called[0].decode("utf-8", "replace"), span_of(called[1]))
        if up.type == "arguments" and up.parent is not None:
            return _by_function(source, up.parent)
        index = indexed(up)
        through = up.type in _WAY or borrowed(up) is not None or dereferenced(up) is not None
        through = through or (index is not None and index[0] == node)
        if not through:
            return None
        node = up
    return None


def _address_taken(source: Source, node: Node, up: Node) -> Asked | None:
    """``&x as *const T``, ``let p: *const T = &x``, ``&raw const x``, ``addr_of!(x)``, ``{:p}``"""
    let, typed = let_of(up), next((c for c in up.named_children if c.type == "pointer_type"), None)
    if typed is not None and (up.type == "type_cast_expression" or (let and let.value == node)):
        return Asked("address", source.text(typed).decode("utf-8", "replace"), span_of(up))
    if borrowed(up) == node and source.text(up)[1:].lstrip().startswith(b"raw "):
        return Asked("address", "&raw", span_of(up))
    macro = source.enclosing(node, ("macro_invocation",)) if is_macro_brackets(up) else up
    name = macro_name(source, macro) if macro is not None else b""
    if name in (b"addr_of", b"addr_of_mut"):
        return Asked("address", name.decode() + "!", span_of(macro or up))
    shown = shown_by(source, node)
    if shown is not None and shown.shows_addresses:
        return Asked("address", "{:p}", span_of(shown.macro))
    return None


def asked_of(source: Source, uses: Iterable[Span]) -> Iterator[Asked]:
    """The questions that are asked about the names at ``uses``."""
    for use in uses:
        node = source.innermost(use)
        if span_of(node) == use and (found := asked_at(source, node)) is not None:
            yield found


def holders_asked(files: Files, counted: bool) -> Iterator[tuple[Source, Node, str]]:
    """Every place of the workspace that asks who holds a ``Bytes`` (with ``counted``: an ``Arc`` or an
    ``Rc``): the file, the expression that is asked about, and the name of the function."""
    for name in _HOLDERS_OF_COUNTED if counted else _HOLDERS_OF_BYTES:
        for source, node in mentions(files, name):
            call = call_by_name(node)
            found = call_of(call) if call is not None else None
            if found is None:
                continue
            if found.callee.type == "field_expression":
                receiver = found.callee.named_children[0]
                if counted and name not in (b"strong_count", b"weak_count"):
                    continue  # `map.get_mut(k)`, `mutex.into_inner()`
                yield source, receiver, name.decode()
            elif found.arguments and (not counted or _is_counted_path(source, found.callee)):
                yield source, _value_in(found.arguments[0]), name.decode()


def _value_in(argument: Node) -> Node:
    node = bare(argument)
    while (inner := borrowed(node)) is not None:
        node = bare(inner)
    return node


def _is_counted_path(source: Source, callee: Node) -> bool:
    owner = b"".join(source.text(callee).split()).rpartition(b"::")[0]
    head = owner.partition(b"<")[0].removesuffix(b"::")
    return last_segment(head) in (b"Arc", b"Rc", b"Self")


def _by_function(source: Source, call: Node) -> Asked | None:
    found = call_of(call)
    if found is None or found.callee.type == "field_expression":
        return None
    path = b"".join(source.text(found.callee).split())
    name = last_segment(path)
    for meant in (path, *full_paths(source, found.callee, path)):
        module, _, function = meant.rpartition(b"::")
        if function in _OF_POINTERS and last_segment(module) == b"ptr":
            return Asked("address", "ptr::" + function.decode(), span_of(call))
    about = _FUNCTIONS.get(name)
    if about is None or (b"::" not in path and name not in _ADDRESS):
        return None
    return Asked(about, name.decode("utf-8", "replace"), span_of(call))
