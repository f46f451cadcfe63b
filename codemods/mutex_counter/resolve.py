"""What a name in an expression may mean: the declared places that can be reached by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from codemods.mutex_counter.world import Decl, World
from engine.rust.definitions import owner_of
from engine.rust.items import VALUES
from engine.rust.nodes import last_name
from engine.rust.scopes import Binding
from engine.rust.syntax import Source, span_of


class Names:
    """Look-ups of one world: by name, and by rustc's types where they were asked."""

    def __init__(self, world: World) -> None:
        self.world = world

    def nearest(self, found: Iterable[Decl], source: Source, node: Node) -> list[Decl]:
        """Those of the same file and function, else of the file, else all."""
        every = list(found)
        here = [d for d in every if d.path == source.path]
        function = source.fn_item_of(node)
        if function is not None:
            inner = [d for d in here if d.node in span_of(function)]
            if inner:
                return inner
        return here or every

    def statics_of(self, source: Source, node: Node) -> list[Decl]:
        """The statics and constants with a lock that the name or path ``node`` may mean."""
        every = self.world.statics.get(last_name(source, node), [])
        if not every:
            return []
        meant = self.world.facts.items.resolve(source, node, source.text(node), *VALUES)
        if not meant:  # what a macro defines or brings is only known by its name
            return self.nearest(every, source, node)
        return [d for d in every if any((i.path, i.span) == (d.path, d.node) for i in meant)]

    def fields_of(self, source: Source, base: Node, name: bytes) -> list[Decl]:
        """The lock fields that ``base.name`` may be."""
        every = self.world.fields.get(name, [])
        if not every:
            return []
        owners = self._owners(source, base)
        if owners is None:
            return every
        found = [d for d in every if d.owner in owners]
        told = self.world.facts.type_of(source.path, span_of(base))
        if told is None:
            return same_file(found, source)
        items = self.world.facts.items
        meant = [i for t in told.deref_chain() for i in items.printed(t.name, near=source.path)]
        exact = [d for d in found if any(i.path == d.path and d.node in i.span for i in meant)]
        return exact or found

    def _owners(self, source: Source, base: Node) -> frozenset[bytes] | None:
        """Names of the types that ``base`` is or derefs to; None when that is not known."""
        node = base
        while node.type in ("parenthesized_expression", "reference_expression") and (
            node.named_children
        ):
            node = node.named_children[-1]
        if node.type == "self":
            owner = owner_of(source, node)
            return frozenset({owner}) if owner else None
        told = self.world.facts.type_of(source.path, span_of(base))
        if told is not None:
            chain = told.deref_chain()
            return frozenset(t.last.encode() for t in chain)
        if node.type == "identifier":
            binding = self.world.binding(source, node)
            if binding is not None and binding.kind == "param":
                names = _type_names(source, binding)
                known = {d.owner for found in self.world.fields.values() for d in found}
                if names & known:
                    return names & known
        return None

    def functions(self, name: bytes, owner: bytes, source: Source, node: Node) -> list[Decl]:
        """Declared parameters and results of the function that a path may mean."""
        every = self.world.functions.get(name, [])
        if owner == b"Self":
            owner = owner_of(source, node)
        if owner[:1].isupper():
            return [d for d in every if d.owner == owner]
        return [d for d in every if not d.owner]


def same_file(found: Sequence[Decl], source: Source) -> list[Decl]:
    """Of fields of types that share a name: those declared in this file, if any are."""
    return [d for d in found if d.path == source.path] or list(found)


def _type_names(source: Source, binding: Binding) -> frozenset[bytes]:
    parameter = source.node_at(binding.statement)
    declared = parameter.child_by_field_name("type") if parameter is not None else None
    if declared is None:
        return frozenset()
    found: set[bytes] = set()
    pending = [declared]
    while pending:
        node = pending.pop()
        if node.type == "type_identifier":
            word = source.text(node)
            found.add(owner_of(source, node) if word == b"Self" else word)
        pending.extend(node.named_children)
    return frozenset(found)
