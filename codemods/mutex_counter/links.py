"""The links of one declared place: all its mentions, and where they come from or go."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.mutex_counter.flow import Flow, is_lock_call, path_of
from codemods.mutex_counter.resolve import same_file
from codemods.mutex_counter.world import Decl, Key
from engine.rust.definitions import owner_of
from engine.rust.nodes import arguments_of, last_name
from engine.rust.scopes import Binding, pattern_names
from engine.rust.syntax import Source, span_of


class Links(Flow):
    """Links that start from a declaration."""

    def links(self, decl: Decl) -> Iterator[Key]:
        """Places that ``decl`` is linked to by its mentions."""
        match decl.kind:
            case "field":
                yield from self._field_links(decl)
            case "static" | "const":
                yield from self._static_links(decl)
            case "parameter" | "function_item" | "function_signature_item":
                yield from self._function_links(decl)
            case _:
                pass
        if decl.key[0] == "local":
            yield from self.local_links(decl.key)

    def _field_links(self, decl: Decl) -> Iterator[Key]:
        if decl.name.isdigit():
            return
        for source, node in self.world.mentions(decl.name, decl):
            up = node.parent
            if up is None:
                continue
            if node.type == "field_identifier" and up.type == "field_expression":
                value = up.child_by_field_name("value")
                if value is None or is_lock_call(source, up):
                    continue
                if decl in self.fields_of(source, value, decl.name):
                    yield from self.sinks(source, up)
            elif up.type == "field_pattern":
                yield from self._pattern_link(source, up, decl)

    def _pattern_link(self, source: Source, pattern: Node, decl: Decl) -> Iterator[Key]:
        whole = pattern.parent
        named = whole.child_by_field_name("type") if whole is not None else None
        if named is None:
            return
        owner = last_name(source, named)
        if (owner_of(source, pattern) if owner == b"Self" else owner) != decl.owner:
            return
        alike = [d for d in self.world.fields.get(decl.name, []) if d.owner == decl.owner]
        if decl not in same_file(alike, source):
            return
        inner = pattern.child_by_field_name("pattern")
        for identifier in pattern_names(inner if inner is not None else pattern):
            yield ("local", source.path, identifier.start_byte)

    def _static_links(self, decl: Decl) -> Iterator[Key]:
        for source, node in self.world.mentions(decl.name, decl):
            whole = node
            while whole.parent is not None and whole.parent.type == "scoped_identifier":
                whole = whole.parent
            if whole.type not in ("identifier", "scoped_identifier") or is_lock_call(source, whole):
                continue
            if node.parent is not None and decl.stands_at(source, node.parent):
                continue
            if self.world.binding(source, node) is None and decl in self.statics_of(source, whole):
                yield from self.sinks(source, whole)

    def _function_links(self, decl: Decl) -> Iterator[Key]:
        for source, node in self.world.mentions(decl.name, decl):
            whole = node
            if node.type == "field_identifier" and node.parent is not None:
                whole = node.parent
            while whole.parent is not None and whole.parent.type in (
                "scoped_identifier", "generic_function",
            ):  # fmt: skip
                whole = whole.parent
            call = whole.parent
            if call is None or call.type != "call_expression":
                continue
            if call.child_by_field_name("function") != whole:
                continue
            method = node.type == "field_identifier"
            if not method:
                name, owner = path_of(source, whole)
                if decl not in self.functions(name, owner, source, call):
                    continue
            if decl.kind != "parameter":
                if not is_lock_call(source, call):
                    yield from self.sinks(source, call)
                continue
            given = arguments_of(call)
            at = decl.index - 1 if method else decl.index
            if 0 <= at < len(given):
                yield from self.roots(source, given[at])

    def local_links(self, key: Key) -> Iterator[Key]:
        """Where a local comes from and where its uses go."""
        found = self.world.binding_of(key)
        if found is None:
            return
        source, binding, function = found
        yield from self._origin(source, binding)
        for use in self.world.facts.sources.scopes(source, function).uses(binding):
            if use.capture:
                continue
            node = source.innermost(use.span)
            if span_of(node) == use.span and not is_lock_call(source, node):
                yield from self.sinks(source, node)

    def _origin(self, source: Source, binding: Binding) -> Iterator[Key]:
        node = source.node_at(binding.statement)
        declared = source.innermost(binding.decl)
        if node is None:
            return
        pattern = declared.parent
        while pattern is not None and pattern.type in ("mut_pattern", "ref_pattern"):
            pattern = pattern.parent
        if pattern is not None and pattern.type == "tuple_struct_pattern":
            named = pattern.child_by_field_name("type")
            owner = last_name(source, named) if named is not None else b""
            at = next(
                (i for i, n in enumerate(pattern.named_children[1:])
                 if n.start_byte <= declared.start_byte < n.end_byte), 0,
            )  # fmt: skip
            exact = [d for d in self.world.fields.get(str(at).encode(), ()) if d.owner == owner]
            if exact:
                yield from (d.key for d in exact)
                return
        value: Node | None = None
        match binding.kind:
            case "let" | "for":
                value = _part(node, declared)
            case "if-let" | "while-let":
                condition = source.enclosing(declared, ["let_condition"])
                value = condition.child_by_field_name("value") if condition is not None else None
            case "match":
                whole = source.enclosing(node, ["match_expression"])
                value = whole.child_by_field_name("value") if whole is not None else None
            case "closure-param":
                closure = source.enclosing(declared, ["closure_expression"])
                call = source.parent(closure.parent) if closure and closure.parent else None
                function = call.child_by_field_name("function") if call is not None else None
                if function is not None and function.type == "field_expression":
                    value = function.child_by_field_name("value")
            case _:
                pass
        if value is not None:
            yield from self.roots(source, value)


def _part(let: Node, declared: Node) -> Node | None:
    """The value of a ``let``, or its part for a name in a tuple pattern."""
    value, pattern = let.child_by_field_name("value"), let.child_by_field_name("pattern")
    if value is None or pattern is None or pattern.type != "tuple_pattern":
        return value
    inside = pattern.named_children
    at = next((i for i, n in enumerate(inside) if span_of(declared) in span_of(n)), 0)
    if value.type != "tuple_expression" or len(value.named_children) != len(inside):
        return value
    return value.named_children[at]
