"""A struct behind a lock: which one it is, and what makes a value of it that goes behind the lock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node

from codemods.mutex_counter.located import Located
from codemods.mutex_counter.struct_sites import made_by, number_fields
from codemods.mutex_counter.type_names import is_other
from engine.base.model import Edit
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.items import TYPES
from engine.rust.lock_groups.lock_places import Constructor, LocatedCall
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of

NAMES = frozenset({"identifier", "type_identifier"})
DEFAULT = re.compile(rb"(?:\w+::)*default\(\)")


class StructMakers:
    """One struct, and the literals and functions that make it."""

    def __init__(self, located: Located, source: Source, struct: Node) -> None:
        self.located, self.source, self.struct = located, source, struct
        named = item_nodes.name_of(struct)
        self.name = source.text(named) if named is not None else b""
        self.numbers = number_fields(source, struct)
        self.derives: tuple[Edit, ...] = ()  # what becomes of its derives
        self.inners = {n: source.text(t).decode() for n, t in self.numbers.items()}

    # -- which it is ---------------------------------------------------------------------------

    def locks_it(self, call: LocatedCall) -> bool:
        """Is the struct behind the lock that ``call`` takes?"""
        return call.lock is not None and self._is(call.lock.inner)

    def _is(self, told: str) -> bool:
        """Is this the struct that rustc names? Modules tell namesakes apart."""
        here = (self.source.path, span_of(self.struct))
        told = told.partition("<")[0]  # a generic one
        if told.rpartition("::")[2].encode() != self.name:
            return False
        return any((i.path, i.span) == here for i in self.located.facts.items.printed(told))

    def _names_it(self, source: Source, named: Node) -> bool:
        """Does the type that is written there mean this struct?"""
        here = (self.source.path, span_of(self.struct))
        found = self.located.facts.items.resolve(source, named, source.text(named), *TYPES)
        return any((i.path, i.span) == here for i in found)

    def mentions(self) -> Iterator[tuple[Source, Node, Node]]:
        """All places that name it, but its definition and imports: the name, and the path around."""
        here = (self.source.path, span_of(self.struct))
        for source, node in self.located.facts.calls.mentions(self.name):
            own = source.path == here[0] and node == item_nodes.name_of(self.struct)
            if own or "identifier" not in node.type or _imported(source, node):
                continue
            outer = node
            while outer.parent is not None and outer.parent.type == "scoped_type_identifier":
                outer = outer.parent
            if not is_other(self.located.facts.items, source, outer, *here):
                yield source, node, outer

    def impls(self) -> Iterator[tuple[Source, Node]]:
        """Its ``impl``s, those of traits too."""
        for source, _, outer in self.mentions():
            impl = outer.parent
            if impl is not None and impl.type == "impl_item" and item_nodes.type_of(impl) == outer:
                yield source, impl

    # -- what makes it ----------------------------------------------------------------------------

    def is_making(self, source: Source, node: Node) -> bool:
        """Does the name stand in what makes a value that goes behind the lock, or says that a function
        gives one?"""
        for new in self.located.constructors:
            if new.file == source.path and span_of(node) in new.whole and self.makes_it(new):
                call = source.node_at(new.whole)
                given = nodes.arguments_of(call) if call is not None else ()
                made = made_by(given[0]) if len(given) == 1 else None
                if made is not None and span_of(node) in span_of(made):
                    return True
        value = source.enclosing(node, ["struct_expression"])
        named = item_nodes.name_of(value) if value is not None else None
        if value is not None and named is not None and span_of(node) in span_of(named):
            return self.goes_behind(source, value)
        call = nodes.call_through(node)
        if call is not None and self.makes(source, call):
            return self.goes_behind(source, call)
        function = source.fn_item_of(node)
        if function is None or self.maker(source, function) is None:
            return False
        result = item_nodes.return_type(function)
        return result is not None and span_of(node) in span_of(result)

    def makes_it(self, new: Constructor) -> bool:
        """Does the constructor put the struct behind a lock? (In a static or a constant, rustc does not
        tell.)"""
        if new.lock is not None:
            return self._is(new.lock.inner)
        source, given = self.located.source(new.file), self.given(new)
        made = made_by(given[0]) if len(given) == 1 else None
        return made is not None and self._names_it(source, made)

    def goes_behind(self, source: Source, value: Node) -> bool:
        """Is the literal ``value`` what a maker gives, or a local that only a lock is made of?"""
        function = source.fn_item_of(value)
        if function is not None and self.maker(source, function) == value:
            return True
        news = (n for n in self.located.constructors if n.file == source.path and self.makes_it(n))
        return any(
            self.local_literal(source, given) == value for n in news for given in self.given(n)
        )

    def given(self, new: Constructor) -> tuple[Node, ...]:
        """What the constructor is called with."""
        call = self.located.source(new.file).node_at(new.whole)
        return nodes.arguments_of(call) if call is not None else ()

    def local_literal(self, source: Source, given: Node) -> Node | None:
        """The literal of ``let stats = Stats { .. };``, for the one use ``given`` of that name."""
        function = source.fn_item_of(given) if given.type == "identifier" else None
        if function is None:
            return None
        scopes = self.located.facts.sources.scopes(source, function)
        binding = scopes.binding_at(given)
        if binding is None or binding.kind != "let" or len(scopes.uses(binding)) != 1:
            return None
        holder = source.node_at(binding.statement)
        let = statement_nodes.let_of(holder) if holder is not None else None
        if let is None or let.value is None or let.type is not None or let.alternative is not None:
            return None
        plain = let.pattern.type == "identifier" and self.makes(source, let.value)
        return let.value if plain else None

    def makes(self, source: Source, value: Node) -> bool:
        """Is it a literal of the struct: ``Stats { hits: 0 }``, ``Self(0, 0)``?"""
        callee = nodes.callee_of(value)
        named = callee if callee is not None else nodes.constructed(value)
        own = (b"Self", self.name)
        return named is not None and nodes.last_segment(source.text(named)) in own

    def leads_past(self, source: Source, named: Node) -> bool:
        """Is it the head of ``Self::LIMIT`` or ``Stats::limit()``, which have nothing to do with a value?"""
        path = nodes.path_of(named.parent) if named.parent is not None else None
        return path is not None and path[0] == named and source.text(path[1]) in self._apart

    @cached_property
    def _apart(self) -> frozenset[bytes]:
        """The struct's constants and functions that neither take nor give one."""
        found: dict[bytes, bool] = {}
        for source, impl in self.impls():
            body = statement_nodes.body_of(impl)
            for item in body.named_children if body is not None else ():
                name = item_nodes.name_of(item)
                if name is not None:
                    result = item_nodes.return_type(item)
                    words = re.findall(rb"\w+", source.text(result)) if result is not None else []
                    gives = not {b"Self", self.name}.isdisjoint(words)
                    takes = (
                        item.type == "function_item" and item_nodes.self_parameter(item) is not None
                    )
                    apart = not gives and not takes and found.get(source.text(name), True)
                    found[source.text(name)] = apart
        return frozenset(name for name, apart in found.items() if apart)

    def maker(self, source: Source, function: Node) -> Node | None:
        """What ``fn new() -> Self { .. Self { hits: 0 } }`` gives: a literal or the default; None for
        a function of another kind, or one that does more with the struct."""
        result, body = item_nodes.return_type(function), statement_nodes.body_of(function)
        if result is None or body is None or not self.is_own(source, function):
            return None
        if item_nodes.self_parameter(function) is not None:
            return None
        own, statements = (b"Self", self.name), statement_nodes.statements_of(body)
        tail = statements[-1] if statements else None
        if tail is None or source.text(result) not in own:
            return None
        if self.makes(source, tail):
            named = nodes.callee_of(tail) or nodes.constructed(tail) or tail
            apart = span_of(named)
        elif DEFAULT.fullmatch(source.text(tail)):
            apart = span_of(tail)
        else:
            return None
        parts = (body, *item_nodes.all_parameters(function))
        words = (n for part in parts for n in walk(part) if n.type in NAMES)
        others = (n for n in words if source.text(n) in own and span_of(n) not in apart)
        return tail if all(self.leads_past(source, n) for n in others) else None

    def is_maker(self, source: Source, call: Node) -> bool:
        """Is ``call`` one of a function that makes the struct?"""
        callee = nodes.callee_of(call)
        if callee is None:
            return False
        items = self.located.facts.items
        found = map(items.open, items.resolve(source, callee, source.text(callee), "fn"))
        own = [place for place in found if self.is_own(*place)]
        return bool(own) and all(self.maker(*place) is not None for place in own)

    def is_own(self, source: Source, function: Node) -> bool:
        """Does the function stand in an ``impl`` of the struct?"""
        impl = source.enclosing(function, ["impl_item"])
        named = item_nodes.type_of(impl) if impl is not None else None
        return named is not None and self._names_it(source, named)


def _imported(source: Source, node: Node) -> bool:
    return source.enclosing(node, ["use_declaration"]) is not None
