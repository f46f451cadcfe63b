"""Where the way of a value ends that types no longer follow: its type is erased, or chooses what runs.

For who wants to change the type of a value: the compiler sees a change through wherever types are
told. It does not where the value *leaves the typed world* (``dyn Any``, a raw pointer, ``transmute``),
where a trait has another impl for the new type, and where a macro or a function is given the value
that is not seen. A value is followed from one expression outwards, into parameters of the workspace's
own generic functions too; other places that it flows into (:mod:`engine.rust.value_flow`) are asked
about for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.calls import Calls, parameter_of
from engine.rust.declared_types import DeclaredTypes
from engine.rust.definitions import type_parameter_names
from engine.rust.files import Files
from engine.rust.format_macros import format_call
from engine.rust.items import FUNCTIONS, TYPES, Items
from engine.rust.known_calls import evaluates_in_place, takes_expressions
from engine.rust.open_types import (
    abstract_types,
    erased_as,
    opened_type,
    parameters_in,
    traits_in,
    tuple_part,
)
from engine.rust.syntax import Source, span_of
from engine.rust.value_flow import THROUGH, holds
from engine.rust.value_steps import next_step

Kind = Literal[
    "erased",  # it is no longer told which type it has
    "trait",  # a trait's method is called on it, or a function takes any type that has a trait
    "given",  # somebody who is not seen gives it by its type (told by who knows of declarations)
    "inside",  # a function takes it with whatever is inside: `fn lock<T>(m: &Mutex<T>)`
    "macro",  # a macro that is not known is given it
    "foreign",  # a function that is not of the workspace, or not known, is given it
    "shown",  # `{:?}` shows it
]

_ERASING = frozenset(
    {b"into_raw", b"as_ptr", b"as_mut_ptr", b"from_ref", b"from_mut", b"transmute", b"addr_of"}
    | {b"transmute_copy", b"addr_of_mut", b"size_of_val", b"align_of_val", b"type_name_of_val"}
    | {b"type_id", b"cast", b"as_any", b"into_any", b"as_any_mut", b"into_any_arc", b"downcast"}
    | {b"downcast_ref", b"downcast_mut", b"downcast_arc", b"from_raw", b"increment_strong_count"}
)
# In the body of a function that takes any type: it may ask which one it got.
_LOOKS = re.compile(
    rb"\b(?:Any|TypeId|type_name\w*|(?:size|align)_of\w*|transmute\w*|into_raw|from_ref)\b"
    rb"|\bas\s+(?:\*|_\b)|\bdyn\b"
)
# They end a handle, count its owners or compare two, whatever is behind.
_PLAIN = frozenset(
    {b"drop", b"forget", b"ptr_eq", b"strong_count", b"weak_count", b"swap", b"replace", b"take"}
    | {b"black_box", b"needs_drop"}
)
# Collections, channels and cells take what they are given as it is.
_TAKING = frozenset(
    b"""push push_back push_front insert extend append send try_send blocking_send set get_or_insert
    or_insert get_or_init or_insert_with get_or_insert_with store swap replace fill resize chain zip
    unwrap_or unwrap_or_else map map_or and_then ok_or then then_some fold try_insert put add
    """.split()
)
_KEEPING = frozenset({b"insert", b"set", b"put", b"add", b"try_insert"})
_SHOWING = frozenset({b"field", b"entry", b"entries", b"key", b"value"})
_STEPS, _DEPTH = 60, 4


@dataclass(frozen=True, slots=True)
class End:
    """Where a way ends: at ``node`` of ``source``; ``words`` say what is done there with the value."""

    kind: Kind
    source: Source
    node: Node
    words: str


class ValueEnds:
    """Follows values over the workspace. ``own`` are the methods that are of the value's own type, or
    of what holds it, and known to the caller."""

    def __init__(self, files: Files, items: Items, calls: Calls, own: frozenset[bytes]) -> None:
        self._files = files
        self._items = items
        self._calls = calls
        self._own = own
        self._declared = DeclaredTypes(files, items, calls)

    def of(self, source: Source, node: Node, depth: int = _DEPTH) -> Iterator[End]:
        """Where the ways of the value of ``node`` end that types do not follow."""
        part = -1  # the position in a tuple that it has
        for _ in range(_STEPS):
            step = next_step(source, node)
            if step is None:
                return
            up = step.node
            if up.type == "tuple_expression":
                part = nodes.named_children(up).index(node)
            match step.way:
                case "value":
                    if _is_raw(source, up):
                        yield End("erased", source, up, "its address is taken")
                        return
                    type_ = item_nodes.type_of(up) if up.type == "type_cast_expression" else None
                    if type_ is not None and (words := erased_as(source, type_, cast=True)):
                        yield End("erased", source, up, f"it is cast to {words}")
                        return
                    node = up
                case "tried" | "element":
                    node = up
                case "let":
                    let = statement_nodes.let_of(up)
                    type_ = let.type if let is not None else None
                    yield from self._typed(source, up, tuple_part(type_, part))
                    return
                case "initializes":
                    for place, type_ in self._declared.of_field(source, up):
                        yield from self._field(source, up, place, type_)
                    return
                case "assigned":
                    for place, type_ in self._declared.of_place(source, up):
                        yield from self._field(source, up, place, type_)
                    return
                case "item":
                    yield from self._typed(source, up, item_nodes.type_of(up))
                    return
                case "returned":
                    result = tuple_part(item_nodes.return_type(up), part)
                    yield from self._typed(source, up, result)
                    if result is not None:
                        yield from self._generic(source, node, source, up, result)
                    return
                case "argument":
                    yield from self._passed(source, node, up, depth)
                    if not holds(source, up):
                        return
                    node = up
                case "receiver":
                    found = self._received(source, up)
                    if found is not None:
                        yield found
                    method = nodes.method_call(source, up)
                    if found is not None or method is None or method.method not in THROUGH:
                        return
                    node = up
                case "macro":
                    name = nodes.macro_name(source, up)
                    yield from _in_macro(source, node, up)
                    if name not in (b"vec", b"dbg"):
                        return
                    node = up
                case "unknown":
                    macro = source.enclosing(node, ("macro_invocation",))
                    yield from _in_macro(source, node, macro) if macro is not None else ()
                    return
                case _:
                    return

    # -- types that are written --------------------------------------------------------------------

    def _typed(self, source: Source, at: Node, type_: Node | None) -> Iterator[End]:
        words = erased_as(source, type_) if type_ is not None else ""
        if words:
            yield End("erased", source, at, f"it becomes {words}")

    def _field(self, source: Source, at: Node, place: Source, type_: Node) -> Iterator[End]:
        """Into a field that is declared with ``type_`` in ``place``."""
        if words := erased_as(place, type_):
            yield End("erased", source, at, f"it becomes {words}")
            return
        struct = place.enclosing(type_, ("struct_item", "enum_item"))
        if struct is not None:
            yield from self.of_holder(
                source, at, place, struct, parameters_in(place, struct, type_)
            )

    def of_holder(
        self, source: Source, at: Node, place: Source, struct: Node, names: frozenset[bytes]
    ) -> Iterator[End]:
        """What depends on the type that the workspace's own ``struct`` holds as one of its
        parameters ``names``."""
        named = item_nodes.name_of(struct)
        if named is None or not names:
            return
        for where, holder in [(place, struct), *self._declared.impls(place, struct)]:
            own = {n.encode() for n in type_parameter_names(where, holder)}
            bounds = [
                trait
                for name in own
                for bound in item_nodes.bounds_on(where, holder, name)
                for trait in traits_in(where, bound)
            ]
            type_ = item_nodes.type_of(holder) if holder.type == "impl_item" else None
            special = type_ is not None and not parameters_in(where, holder, type_)
            if bounds or special:
                line = where.position(holder.start_byte)[0]
                told = f"by `{_text(bounds[0])}`" if bounds else "by its content"
                words = f"`{_text(place.text(named))}` holds it, which has an impl chosen {told}"
                yield End("trait", source, at, f"{words} ({where.path}:{line})")
                return

    # -- calls -------------------------------------------------------------------------------------

    def _received(self, source: Source, call: Node) -> End | None:
        """A method is called on the value."""
        method = nodes.method_call(source, call)
        if method is None:
            return None
        name = method.method
        trait = self._trait_of_method(name)
        if trait:
            words = f"`.{_text(name)}()` of the trait `{_text(trait)}` is called on it"
            return End("trait", source, call, words)
        if name in _ERASING and name not in self._own:
            return End("erased", source, call, f"`.{_text(name)}()` is called on it")
        return None

    def _trait_of_method(self, name: bytes) -> bytes:
        """The trait of the workspace's own that has a method of this name and that a type which is
        not of the workspace may have; b"" where one impl for any type answers."""
        traits: list[bytes] = []
        chosen = False
        for item in self._items.named(name, *FUNCTIONS):
            source, function = self._items.open(item)
            if not item.of_trait or item_nodes.self_parameter(function) is None:
                continue
            holder = source.enclosing(function, ("impl_item", "trait_item"))
            trait = item_nodes.trait_of(holder) if holder is not None else None
            type_ = item_nodes.type_of(holder) if holder is not None else None
            if holder is None or trait is None or type_ is None:
                continue
            if not self._is_known_trait(source, trait) and not self._is_own_type(source, type_):
                traits.append(nodes.last_name(source, trait))
                chosen = chosen or _chooses(source, holder, type_, function)
        return traits[0] if chosen or len(traits) > 1 else b""

    def _is_known_trait(self, source: Source, trait: Node) -> bool:
        """``Deref`` and its like of std, not one of the workspace's own or of another crate."""
        return nodes.last_name(source, trait) in (b"Drop", b"Deref", b"DerefMut", b"Clone")

    def _is_own_type(self, source: Source, type_: Node) -> bool:
        """Is it a type that the workspace defines?"""
        if parameters_in(source, type_, type_):
            return False
        return bool(self._items.resolve(source, type_, nodes.last_name(source, type_), *TYPES))

    def _passed(self, source: Source, node: Node, call: Node, depth: int) -> Iterator[End]:
        """The value is an argument of ``call``."""
        found = nodes.call_of(call)
        named = nodes.callee_name(call)
        if found is None:
            return
        name = source.text(named) if named is not None else b""
        path = _text(b"".join(source.text(found.callee).split()))
        method = nodes.method_call(source, call)
        given = nodes.arguments_of(call)
        at = given.index(node) if node in given else 0
        own = list(self._calls.callees(source, named)) if named is not None else []
        for place, callee in own:
            parameter = parameter_of(callee, method is not None, at)
            if parameter is not None:
                yield from self._parameter(source, call, place, callee, parameter, depth)
        if own:
            return
        if method is None and self._is_trait_path(source, found.callee):
            yield End("trait", source, call, f"`{path}(..)`, a trait's function, is given it")
        elif name in _ERASING:
            yield End("erased", source, call, f"`{path}(..)` is given it")
        elif name in _PLAIN or holds(source, call) or name[:1].isupper():
            yield from self._constructed(source, found.callee, call, at)
        elif method is not None and name in _SHOWING:
            yield End("shown", source, call, f"`.{_text(name)}(..)` shows it")
        elif method is not None and name in _TAKING:
            receiver = list(self._declared.of_place(source, nodes.bare(method.receiver)))
            for place, type_ in receiver:
                yield from self._field(source, call, place, type_)
            if name in _KEEPING and not receiver:  # perhaps a map by type
                yield End("foreign", source, call, f"`{path}(..)`, which is not seen, is given it")
        elif not self._is_typed_local(source, found.callee):
            words = self._pointer(source, found.callee)
            kind: Kind = "erased" if words else "foreign"
            yield End(kind, source, call, words or f"`{path}(..)`, which is not seen, is given it")

    def _constructed(self, source: Source, callee: Node, call: Node, at: int) -> Iterator[End]:
        """A tuple struct's field, or a variant's."""
        for item in self._items.resolve(source, callee, source.text(callee), "struct"):
            place, struct = self._items.open(item)
            types = item_nodes.tuple_types(struct)
            if at < len(types):
                yield from self._field(source, call, place, types[at])

    def _is_trait_path(self, source: Source, callee: Node) -> bool:
        """``Trait::method`` or ``<T as Trait>::method``."""
        text = source.text(callee).lstrip()
        if text.startswith(b"<"):
            return b" as " in text
        found = self._items.resolve(source, callee, source.text(callee), *FUNCTIONS)
        return any(item.in_trait for item in found)

    def _is_typed_local(self, source: Source, callee: Node) -> bool:
        """A closure that a ``let`` names: its parameter's type is inferred from what it is given."""
        function = source.fn_item_of(callee)
        if function is None or callee.type != "identifier":
            return False
        binding = self._files.scopes(source, function).binding_at(callee)
        return binding is not None and binding.kind == "let"

    def _pointer(self, source: Source, callee: Node) -> str:
        """A parameter that is a function, whose own parameter's type tells nothing."""
        for place, type_ in self._declared.of_place(source, callee):
            function = source.fn_item_of(callee)
            bounds = (
                item_nodes.bounds_on(place, function, place.text(type_))
                if function is not None
                else []
            )
            for each in (type_, *bounds):
                if words := erased_as(place, each):
                    return f"`{_text(source.text(callee))}(..)` takes it as {words}"
        return ""

    def _parameter(
        self,
        source: Source,
        call: Node,
        place: Source,
        callee: Node,
        parameter: Node,
        depth: int,
    ) -> Iterator[End]:
        """The value goes into a parameter of one of the workspace's own functions."""
        named, type_ = item_nodes.name_of(callee), item_nodes.type_of(parameter)
        name = _text(place.text(named)) if named is not None else "?"
        holder = place.enclosing(callee, ("impl_item", "trait_item"))
        if type_ is None:  # `self` of a function that is called by its path
            if holder is not None and item_nodes.trait_of(holder) is not None:
                yield End("trait", source, call, f"`{name}(..)`, a trait's function, is given it")
            return
        if words := erased_as(place, type_):
            yield End("erased", source, call, f"`{name}(..)` takes it as {words}")
            return
        ends = list(self._generic(source, call, place, callee, type_))
        yield from ends
        body, pattern = statement_nodes.body_of(callee), statement_nodes.pattern_of(parameter)
        generic = parameters_in(place, callee, type_) or abstract_types(type_)
        if ends or not generic or body is None or pattern is None:
            return
        if _LOOKS.search(place.text(body)):
            yield End("erased", source, call, f"`{name}(..)` takes any type and may ask which")
        elif depth > 0:
            scopes = self._files.scopes(place, callee)
            for binding in scopes.bindings:
                if binding.decl in span_of(pattern):
                    for use in scopes.uses(binding):
                        if not use.capture:
                            yield from self.of(place, place.innermost(use.span), depth - 1)

    def _generic(
        self, source: Source, at: Node, place: Source, callee: Node, type_: Node
    ) -> Iterator[End]:
        """What a type that is written with the parameters of ``callee`` asks of the value's type."""
        named = item_nodes.name_of(callee)
        name = _text(place.text(named)) if named is not None else "?"
        inside = opened_type(place, callee, type_)
        if inside:
            yield End("inside", source, at, f"`{name}(..)` takes any `{_text(inside)}`")
            return
        holder = place.enclosing(callee, ("impl_item", "trait_item"))
        for parameter in parameters_in(place, callee, type_):
            for item in (callee, holder):
                bounds = item_nodes.bounds_on(place, item, parameter) if item is not None else []
                for trait in (t for bound in bounds for t in traits_in(place, bound)):
                    kind: Kind = "erased" if trait == b"Any" else "trait"
                    words = f"`{name}(..)` takes any type with `{_text(trait)}`"
                    yield End(kind, source, at, words)
                    return
        for abstract in abstract_types(type_):
            for trait in traits_in(place, abstract):
                kind = "erased" if trait == b"Any" else "trait"
                yield End(kind, source, at, f"`{name}(..)` has `impl {_text(trait)}` for it")
                return


def _chooses(source: Source, impl: Node, type_: Node, function: Node) -> bool:
    """Does the ``impl`` for ``type_`` ask something of what it is for: a type, a trait, which one it is?"""
    names = parameters_in(source, impl, type_)
    bounds = (b for name in names for b in item_nodes.bounds_on(source, impl, name))
    asked = any(True for bound in bounds for _ in traits_in(source, bound))
    opened = opened_type(source, impl, type_) != b""
    return not names or asked or opened or _LOOKS.search(source.text(function)) is not None


def _in_macro(source: Source, node: Node, macro: Node) -> Iterator[End]:
    """The value is an argument of a macro call."""
    name = nodes.macro_name(source, macro)
    call = format_call(source, macro)
    if name in _ERASING or (call is not None and call.shows_addresses):
        yield End("erased", source, macro, f"`{_text(name)}!(..)` takes its address")
    elif call is not None:
        yield End("shown", source, macro, f"`{_text(name)}!(..)` shows it")
    elif not takes_expressions(source, macro) and not evaluates_in_place(source, macro):
        yield End("macro", source, macro, f"the macro `{_text(name)}!` is given it")


def _is_raw(source: Source, node: Node) -> bool:
    """``&raw const x`` (to the grammar a plain reference with other words)."""
    if node.type != "reference_expression":
        return False
    return re.match(rb"&\s*raw\s+(?:const|mut)\b", source.text(node)) is not None


def _text(data: bytes) -> str:
    return " ".join(data.decode("utf-8", "replace").split())
