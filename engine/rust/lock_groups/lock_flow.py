"""Where a lock comes from and where it goes: which declarations only change together.

A link too many makes a larger group, one too few a compile error that ``follow`` mends: neither makes
a wrong rewrite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.definitions import served_by
from engine.rust.lock_groups.lock_guards import DIRECT, LOCKS
from engine.rust.lock_groups.lock_places import Declaration, Key, LockPlaces
from engine.rust.lock_groups.place_lookup import PlaceLookup
from engine.rust.scopes import pattern_names
from engine.rust.syntax import Source, attributes, span_of
from engine.rust.value_flow import ValueFlow, function_name

_GIVEN = ("parameter", "bound")  # what a function, or a closure of it, is given


class LockFlow(ValueFlow[Key]):
    """Links between the places of a workspace that hold locks."""

    def __init__(self, places: LockPlaces) -> None:
        super().__init__(places.files, LOCKS)
        self.places = places
        self.names = PlaceLookup(places)

    # -- places --------------------------------------------------------------------------------

    def local(self, source: Source, at: int) -> Key:
        return ("local", source.path, at)

    def items_of(self, source: Source, path: Node) -> Iterable[Key]:
        return (decl.key for decl in self.names.statics_of(source, path))

    def item_at(self, source: Source, item: Node) -> Iterable[Key]:
        named = item_nodes.name_of(item)
        every = self.places.statics.get(source.text(named), ()) if named is not None else ()
        return (decl.key for decl in every if decl.stands_at(source, item))

    def fields_of(self, source: Source, base: Node, name: bytes) -> Iterable[Key]:
        return (decl.key for decl in self.names.fields_of(source, base, name))

    def initialized(self, source: Source, initializer: Node) -> Iterable[Key]:
        found = nodes.initialized(initializer)
        literal = source.enclosing(initializer, ["struct_expression"])
        named = item_nodes.name_of(literal) if literal is not None else None
        if named is None:
            return ()
        name = source.text(found[0] if found is not None else initializer)
        return (decl.key for decl in self.names.fields_in(source, named, name))

    def tuple_fields(self, source: Source, path: Node, index: int) -> Iterable[Key]:
        return (d.key for d in self.names.fields_in(source, path, str(index).encode()))

    def results_of(self, source: Source, call: Node) -> Iterable[Key]:
        results = [d for d in self._functions(source, call) if d.kind not in _GIVEN]
        if results or nodes.method_call(source, call) is not None:
            return (decl.key for decl in results)
        here = (source.path, span_of(call))
        return (new.key for new in self.places.constructors if (new.file, new.whole) == here)

    def parameters_of(self, source: Source, call: Node, index: int) -> Iterable[Key] | None:
        method = nodes.method_call(source, call) is not None
        own = [d for d in self._functions(source, call) if d.kind == "parameter"]
        own = [d for d in own if d.owner or not method]
        if own:
            return [d.key for d in own if d.index == index + method]
        return tuple(self._by_bound(source, call)) or None

    def _by_bound(self, source: Source, call: Node) -> Iterator[Key]:
        """Where ``call``, of a closure that the function around it is given, has its type: ``F: Fn(&Lock)``
        of the function, or ``f: impl Fn(&Lock)``."""
        callee, function = nodes.callee_of(call), source.fn_item_of(call)
        callee = callee if callee is not None and callee.type == "identifier" else None
        binding = self.binding(source, callee) if callee is not None else None
        if function is None or binding is None or binding.kind != "param":
            return
        places = [d for every in self.places.functions.values() for d in every]
        for decl in places:
            here = decl.path == source.path and decl.node in span_of(function)
            if (decl.kind == "bound" and here) or decl.key == self.local(
                source, binding.decl.start
            ):
                yield decl.key

    def local_links(self, source: Source, at: int) -> Iterator[Key]:
        """As of any value; and what a closure is given has the type of the bound that takes the closure."""
        yield from super().local_links(source, at)
        name = source.innermost(Span(at, at + 1))
        binding = self.binding(source, name)
        closure = source.enclosing(name, ["closure_expression"])
        call = nodes.call_around(closure) if closure is not None else None
        if closure is None or call is None or binding is None or binding.kind != "closure-param":
            return
        given = nodes.arguments_of(call)
        yield from self.parameters_of(source, call, given.index(closure)) or ()
        for decl in self._functions(source, call):
            if decl.kind == "bound":
                yield decl.key

    def result_of(self, source: Source, function: Node) -> Iterable[Key]:
        named = item_nodes.name_of(function)
        every = self.places.functions.get(source.text(named), ()) if named is not None else ()
        return (d.key for d in every if d.kind == "function_item" and d.stands_at(source, function))

    def _functions(self, source: Source, call: Node) -> list[Declaration]:
        """Parameters and results of the functions that ``call`` may mean: by name, and without those of
        functions that it is known not to mean."""
        method, callee = nodes.method_call(source, call), nodes.callee_of(call)
        if method is not None:
            every = self.places.functions.get(method.method, [])
        elif callee is not None:
            every = self.names.functions(*function_name(source, callee), source, call)
        else:
            return []
        named = nodes.callee_name(call) if len(every) > 1 else None
        meant = self.places.calls.callees(source, named) if named is not None else ()
        known = {(place.path, span_of(function)) for place, function in meant}
        return [d for d in every if not known or self._function_of(d) in (None, *known)]

    def _function_of(self, decl: Declaration) -> tuple[str, Span] | None:
        """The function with a body that the declaration is a parameter or the result of."""
        source = self.places.source(decl.path)
        node = source.node_at(decl.node)
        if node is not None and node.type != "function_item":
            node = source.enclosing(node, ("function_item", "function_signature_item"))
        known = node is not None and node.type == "function_item"
        return (decl.path, span_of(node)) if node is not None and known else None

    def is_left(self, source: Source, use: Node) -> bool:
        """Is it the receiver of a lock call (which is looked at for itself)?"""
        named = nodes.method_on(source, nodes.outward(use))
        return named is not None and named[0] in LOCKS | DIRECT and not nodes.arguments_of(named[1])

    # -- links of one declaration --------------------------------------------------------------

    def links(self, decl: Declaration) -> Iterator[Key]:
        """Places that ``decl`` is linked to by its mentions."""
        for source, node in self.uses(decl):
            yield from self.sinks(source, node)
        if decl.kind == "field" and not decl.name.isdigit():
            for source, node in self.places.mentions(decl.name, decl):
                if node.parent is not None and node.parent.type == "field_pattern":
                    yield from self._pattern_link(source, node.parent, decl)
            yield from self._served(decl)
        elif decl.kind == "parameter":
            yield from self._given(decl)
        if decl.key[0] == "local":
            yield from self.local_links(self.places.source(decl.path), decl.key[2])

    def _served(self, decl: Declaration) -> Iterator[Key]:
        """Parameters of the functions that an attribute of the field gives it to."""
        source = self.places.source(decl.path)
        node = source.node_at(decl.node)
        for attribute in attributes(node) if node is not None else ():
            for path in served_by(source.text(attribute)):
                every = self.places.functions.get(path.rpartition(b"::")[2], ())
                yield from (d.key for d in every if d.kind == "parameter")

    def uses(self, decl: Declaration, sure: bool = False) -> Iterator[tuple[Source, Node]]:
        """Expressions that are the declared place, receivers of lock calls left out; of a local, see
        ``local_uses``. ``sure``: a field of that name counts only if it can be no other's."""
        match decl.kind:
            case "field":
                yield from self._field_uses(decl, sure)
            case "static" | "const":
                yield from self._static_uses(decl)
            case "function_item" | "function_signature_item":
                for source, node in self.places.mentions(decl.name, decl):
                    call = nodes.call_by_name(node)
                    if call is None or self.is_left(source, call):
                        continue
                    if decl in self._functions(source, call):
                        yield source, call
            case _:
                pass

    def local_uses(self, key: Key) -> Iterator[tuple[Source, Node | Span]]:
        """Uses of the local that is declared at ``key``, as ``uses``; places in format strings."""
        source = self.places.source(key[1])
        node = source.innermost(Span(key[2], key[2] + 1))
        function = source.fn_item_of(node)
        scopes = self.places.files.scopes(source, function) if function else None
        found = (
            next((b for b in scopes.bindings if b.decl.start == key[2]), None) if scopes else None
        )
        for use in scopes.uses(found) if scopes is not None and found is not None else ():
            node = source.innermost(use.span)
            if use.capture:
                yield source, use.span
            elif span_of(node) == use.span and not self.is_left(source, node):
                yield source, node

    def _field_uses(self, decl: Declaration, sure: bool) -> Iterator[tuple[Source, Node]]:
        if decl.name.isdigit():
            found = self.names.tuple_accesses(decl) if sure else ()
        else:
            found = self.places.mentions(decl.name, decl)
        fields_of = self.names.sure_fields_of if sure else self.names.fields_of
        for source, node in found:
            up = node.parent
            access = nodes.access_of(up) if up is not None else None
            if up is None or access is None or access.name != node or self.is_left(source, up):
                continue
            if decl in fields_of(source, access.base, decl.name):
                yield source, up

    def _pattern_link(self, source: Source, pattern: Node, decl: Declaration) -> Iterator[Key]:
        named = item_nodes.type_of(pattern.parent) if pattern.parent is not None else None
        if named is None:
            return
        if decl in self.names.fields_in(source, named, decl.name):
            for identifier in pattern_names(statement_nodes.pattern_of(pattern) or pattern):
                yield self.local(source, identifier.start_byte)

    def _static_uses(self, decl: Declaration) -> Iterator[tuple[Source, Node]]:
        for source, node in self.places.mentions(decl.name, decl):
            whole = node
            while whole.parent is not None and whole.parent.type == "scoped_identifier":
                whole = whole.parent
            if whole.type not in ("identifier", "scoped_identifier") or self.is_left(source, whole):
                continue
            if node.parent is not None and decl.stands_at(source, node.parent):
                continue
            local = self.binding(source, node) is not None
            if not local and decl in self.names.statics_of(source, whole):
                yield source, whole

    def _given(self, decl: Declaration) -> Iterator[Key]:
        """Where the arguments for a parameter come from."""
        for source, node in self.places.mentions(decl.name, decl):
            call = nodes.call_by_name(node)
            if call is None or decl not in self._functions(source, call):
                continue
            given = nodes.arguments_of(call)
            at = decl.index - (node.type == "field_identifier")
            if 0 <= at < len(given):
                yield from self.roots(source, given[at])
