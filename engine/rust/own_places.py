"""Is a place a future's own: declared in its body (or given to it by value), and led to by no pointer, so that
nobody else sees what is done with it, and it goes when the future goes?

By the types that rustc told of the names, fields and calls on the way; where it told none, by how the name
is declared. Fields of the workspace's types are looked into for references and counted pointers. What a
foreign type holds inside is not seen: a value of one is taken for what it looks like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.inner_cells import held_types, inside
from engine.rust.item_nodes import self_parameter, type_of
from engine.rust.items import Items
from engine.rust.known_types import key_of
from engine.rust.locks import guards_in
from engine.rust.nodes import has_token, method_call
from engine.rust.places import is_declared_reference, place_of
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_data
from engine.rust.types import Type

TypeAt = Callable[[Span], Type | None]

_POINTERS = frozenset(
    {"std::sync::Arc", "std::sync::Weak", "std::rc::Rc", "std::rc::Weak", "std::ptr::NonNull"}
)
_SHARING = frozenset({"flume", "async_channel", "crossbeam_channel", "kanal"})  # many receivers
_DEPTH = 4  # structs in structs


@dataclass
class OwnPlaces:
    """The places of one future: ``body`` is its ``fn``, block, closure or ``stream!``. Answers are kept."""

    source: Source
    body: Node
    type_at: TypeAt
    items: Items | None = None
    _told: dict[Span, bool] = field(default_factory=dict)

    def owns(self, expression: Node) -> bool:
        """Is the place that ``expression`` names, or the value that it makes, the future's own?"""
        span = span_of(expression)
        if span not in self._told:
            self._told[span] = self._owns(expression)
        return self._told[span]

    def _owns(self, expression: Node) -> bool:
        place = place_of(self.source, expression)
        if place is None:
            return True  # a number, what an operator makes
        if not self._is_declared_here(place.root):
            return False
        return not any(self._leads_out(step) for step in place.prefixes)

    def _leads_out(self, step: Node) -> bool:
        type_ = self.type_at(span_of(step))
        if type_ is None:
            return False
        called = method_call(self.source, step)
        if type_.is_ref and called is not None:
            given = self.type_at(span_of(called.receiver))
            if given is not None and is_data(given):  # `map.entry(k).or_default()`
                type_ = type_.args[0]
        return self.is_pointer(type_)

    def is_pointer(self, type_: Type, depth: int = _DEPTH) -> bool:
        """Does a value of the type lead to what others may change, or see changed: is it, or does it hold, a
        mutable reference or a raw pointer, a shared or counted one of what changes behind it, a guard, a
        channel's end that several may have?"""
        if type_.is_mut_ref or type_.kind == "ptr":
            return True
        if type_.is_ref or key_of(type_.name) in _POINTERS:
            return any(map(self._changes, type_.args))
        if type_.kind in ("tuple", "array", "slice"):
            return any(self.is_pointer(part, depth) for part in type_.args)
        if type_.kind != "path":
            return type_.kind in ("dyn", "impl", "opaque")
        if type_.name.partition("::")[0] in _SHARING:
            return True
        if next(guards_in(type_), None) is not None:
            return True
        if is_data(type_):
            return any(self.is_pointer(part, depth) for part in type_.args)
        found = self.items.printed(type_.name, "struct", "enum") if self.items and depth else ()
        return any(
            self.is_pointer(held, depth - 1)
            for item in found
            if self.items is not None
            for held in held_types(self.items, item, type_.args)
            if held.kind != "opaque"  # a parameter, a name that was not found
        )

    def _changes(self, type_: Type) -> bool:
        """May a value of the type change while it is shared?"""
        found = inside(self.items, type_) if self.items is not None else None
        return found is None or found.cell is not None or found.unseen is not None

    def _is_declared_here(self, root: Node) -> bool:
        source = self.source
        if root.type == "self":
            function = source.fn_item_of(root)
            declared = self_parameter(function) if function is not None else None
            if declared is None or declared.type != "self_parameter":
                return False
            return not has_token(declared, "&") and self._is_taken_along()
        if root.type == "scoped_identifier":
            return False
        if root.type != "identifier":
            return True  # made here: what leads out of it is told by its type
        function = source.enclosing(self.body, ("function_item",))
        scopes = scopes_of(source, function if function is not None else self.body)
        binding = scopes.binding_at(root)
        if binding is None or binding.by_ref:
            return False
        if binding.decl not in span_of(self.body) and not self._is_taken_along():
            return False
        if self.type_at(span_of(root)) is not None:
            return True
        holder = source.node_at(binding.statement)
        declared = type_of(holder) if holder is not None else None
        if declared is not None:
            return declared.type not in ("reference_type", "pointer_type")
        return binding.kind == "let" and not is_declared_reference(source, binding)

    def _is_taken_along(self) -> bool:
        """Does the body own what it uses of the code around it?"""
        return self.body.type == "function_item" or has_token(self.body, "move")
