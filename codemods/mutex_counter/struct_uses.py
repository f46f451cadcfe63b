"""A struct behind a lock: every place of the workspace that names it, makes it or locks it.

The struct is the key to all of them. Wherever a handle to the lock goes (parameters, results, locals,
clones, closures, collections, generics that only pass it on), its type names the struct, or rustc told
it at the lock call. So a change of what stands for ``Mutex<Stats>`` is whole when all these places
change, and none of them uses the struct without its lock.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from functools import cached_property

from tree_sitter import Node

from codemods.mutex_counter.group_rewrite import Rewritten
from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.located import Constructor, Located, LockCall
from codemods.mutex_counter.lock_types import family_of
from codemods.mutex_counter.struct_sites import made_by, number_fields
from codemods.mutex_counter.type_names import is_other
from engine.base.model import Edit, Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.items import TYPES
from engine.rust.open_types import named_to_find
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of, walk_all

_NAMES = frozenset({"identifier", "type_identifier"})
_DEFAULT = re.compile(rb"(?:\w+::)*default\(\)")


class StructUses(ABC):
    """One struct and all that is done with it."""

    def __init__(self, located: Located, source: Source, struct: Node) -> None:
        self.located, self.source, self.struct = located, source, struct
        named = item_nodes.name_of(struct)
        self.name = source.text(named) if named is not None else b""
        self.numbers = number_fields(source, struct)
        self.derives: tuple[Edit, ...] = ()  # what becomes of its derives
        self.inners = {n: source.text(t).decode() for n, t in self.numbers.items()}

    # -- which it is ---------------------------------------------------------------------------

    def locks_it(self, call: LockCall) -> bool:
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

    # -- what changes --------------------------------------------------------------------------

    @abstractmethod
    def literal(self, source: Source, value: Node, new: Constructor | None) -> Iterable[Edit]:
        """Edits of ``Stats { hits: 0 }``, which the constructor ``new`` puts behind a lock (None: it
        stands elsewhere). Raises Refused."""

    @abstractmethod
    def shown_anew(self) -> str:
        """Where ``{:?}`` gives another text, in words; "" where it does not."""

    def outside(self) -> Iterator[Rewritten]:
        """The edits of all places but the definition and the lock calls. Raises Refused with the
        first place that uses the struct without its lock."""
        for source, node, outer in self.mentions():
            yield Rewritten(tuple(self._mention(source, node, outer)))
        for new in self.located.constructors:
            if self.makes_it(new):
                yield Rewritten(tuple(self._unlocked(new)))

    def lock_around(self, source: Source, outer: Node) -> Node | None:
        """``Mutex<Stats>`` around ``Stats``."""
        listed = outer.parent
        holder = listed.parent if listed and listed.type == "type_arguments" else None
        if holder is None or holder.type != "generic_type":
            return None
        family, known = family_of(source, holder, source.text(nodes.generic_head(holder)))
        return holder if family is not None or not known else None

    def _mention(self, source: Source, node: Node, outer: Node) -> Iterable[Edit]:
        holder = self.lock_around(source, outer)
        if holder is not None:
            self._require_typed(source, holder)
            return (put(source, holder, source.text(outer)),)
        aliased = self._alias_around(source, outer)
        if aliased is not None:
            return (aliased,)
        impl = outer.parent
        if impl is not None and impl.type == "impl_item" and item_nodes.type_of(impl) == outer:
            return self._impl(source, impl)
        if self._is_making(source, node) or self._leads_past(source, node):
            return ()
        raise self.unguarded(source, node)

    def _require_typed(self, source: Source, holder: Node) -> None:
        """Raises Refused where the lock's type is named to find it again behind ``dyn Any``, a pointer or
        a number: what was put in there need not be seen here."""
        if named_to_find(source, holder) is not None:
            place = self.located.place(source.path, holder.start_byte)
            raise Refused(
                f"{place}: `{source.quoted(span_of(holder))}` is named where types are erased: what "
                "was put in need not be seen here"
            )

    def _alias_around(self, source: Source, outer: Node) -> Edit | None:
        """``Shared<Stats>`` becomes ``Arc<Stats>`` where ``type Shared<T> = Arc<Mutex<T>>``."""
        listed = outer.parent
        holder = listed.parent if listed and listed.type == "type_arguments" else None
        if holder is None or holder.type != "generic_type":
            return None
        head, given = nodes.generic_head(holder), item_nodes.type_arguments(holder)
        for alias in self.located.generic_aliases:
            if alias.name != nodes.last_name(source, head) or alias.around is None:
                continue
            other = is_other(self.located.facts.items, source, head, alias.path, alias.item)
            if not other and alias.index < len(given) and given[alias.index] == outer:
                before, after = alias.around
                return put(source, holder, before + source.text(outer) + after)
        return None

    def unguarded(self, source: Source, node: Node) -> Refused:
        """The reason why ``node``, which takes the struct without its lock, keeps it behind one."""
        place = self.located.place(source.path, node.start_byte)
        return Refused(f"{place}: `{self.name.decode()}` is used there without the lock")

    def _is_making(self, source: Source, node: Node) -> bool:
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
            return self._goes_behind(source, value)
        call = nodes.call_through(node)
        if call is not None and self._makes(source, call):
            return self._goes_behind(source, call)
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
        source, given = self.located.source(new.file), self._given(new)
        made = made_by(given[0]) if len(given) == 1 else None
        return made is not None and self._names_it(source, made)

    def _goes_behind(self, source: Source, value: Node) -> bool:
        """Is the literal ``value`` what a maker gives, or a local that only a lock is made of?"""
        function = source.fn_item_of(value)
        if function is not None and self.maker(source, function) == value:
            return True
        news = (n for n in self.located.constructors if n.file == source.path and self.makes_it(n))
        return any(self._local(source, given) == value for n in news for given in self._given(n))

    def _given(self, new: Constructor) -> tuple[Node, ...]:
        call = self.located.source(new.file).node_at(new.whole)
        return nodes.arguments_of(call) if call is not None else ()

    def _local(self, source: Source, given: Node) -> Node | None:
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
        plain = let.pattern.type == "identifier" and self._makes(source, let.value)
        return let.value if plain else None

    def _makes(self, source: Source, value: Node) -> bool:
        """Is it a literal of the struct: ``Stats { hits: 0 }``, ``Self(0, 0)``?"""
        callee = nodes.callee_of(value)
        named = callee if callee is not None else nodes.constructed(value)
        own = (b"Self", self.name)
        return named is not None and nodes.last_segment(source.text(named)) in own

    # -- functions that make one ---------------------------------------------------------------

    def _impl(self, source: Source, impl: Node) -> Iterator[Edit]:
        """An ``impl``: functions that make the struct, methods, and what does not know of it."""
        trait, body = item_nodes.trait_of(impl), statement_nodes.body_of(impl)
        inside = nodes.named_children(body) if body is not None else []
        if not inside and trait is not None:
            raise self.unguarded(source, impl)  # a marker, or a derive by hand
        for item in inside:
            if item.type == "function_item" and item_nodes.self_parameter(item) is not None:
                self.method(source, item, trait)
                continue
            made = self.maker(source, item) if item.type == "function_item" else None
            if made is not None and self._makes(source, made):
                yield from self.literal(source, made, None)
            elif made is None and trait is not None:
                raise self.unguarded(source, item)
            elif made is None and self.takes_it(source, item):
                place = self.located.place(source.path, item.start_byte)
                named = item_nodes.name_of(item)
                word = source.text(named).decode("utf-8", "replace") if named is not None else "it"
                raise Refused(
                    f"{place}: `{word}` handles `{self.name.decode()}` in a way not followed"
                )

    def takes_it(self, source: Source, item: Node) -> bool:
        """Is the struct named in an item of its ``impl``, for more than its constants and those functions
        that neither take nor give one?"""
        own = (b"Self", self.name)
        named = (n for n in walk_all(source, item) if n.type in _NAMES and source.text(n) in own)
        return any(not self._leads_past(source, node) for node in named)

    def _leads_past(self, source: Source, named: Node) -> bool:
        """Is it the head of ``Self::LIMIT`` or ``Stats::limit()``, which have nothing to do with a value?"""
        path = nodes.path_of(named.parent) if named.parent is not None else None
        return path is not None and path[0] == named and source.text(path[1]) in self._apart

    @cached_property
    def _apart(self) -> frozenset[bytes]:
        """The struct's constants and functions that neither take nor give one."""
        found: dict[bytes, bool] = {}
        for source, _, outer in self.mentions():
            impl = outer.parent
            if impl is None or impl.type != "impl_item" or item_nodes.type_of(impl) != outer:
                continue
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

    def method(self, source: Source, function: Node, trait: Node | None) -> None:
        """Raises Refused where the ``function`` (of a ``trait``'s impl), which takes the struct as
        ``self``, is in the way."""
        raise self.unguarded(source, function)

    def maker(self, source: Source, function: Node) -> Node | None:
        """What ``fn new() -> Self { .. Self { hits: 0 } }`` gives: a literal or the default; None for
        a function of another kind, or one that does more with the struct."""
        result, body = item_nodes.return_type(function), statement_nodes.body_of(function)
        if result is None or body is None or not self._is_own(source, function):
            return None
        if item_nodes.self_parameter(function) is not None:
            return None
        own, statements = (b"Self", self.name), statement_nodes.statements_of(body)
        tail = statements[-1] if statements else None
        if tail is None or source.text(result) not in own:
            return None
        if self._makes(source, tail):
            named = nodes.callee_of(tail) or nodes.constructed(tail) or tail
            apart = span_of(named)
        elif _DEFAULT.fullmatch(source.text(tail)):
            apart = span_of(tail)
        else:
            return None
        parts = (body, *item_nodes.all_parameters(function))
        words = (n for part in parts for n in walk(part) if n.type in _NAMES)
        others = (n for n in words if source.text(n) in own and span_of(n) not in apart)
        return tail if all(self._leads_past(source, n) for n in others) else None

    def _is_maker(self, source: Source, call: Node) -> bool:
        """Is ``call`` one of a function that makes the struct?"""
        callee = nodes.callee_of(call)
        if callee is None:
            return False
        items = self.located.facts.items
        found = map(items.open, items.resolve(source, callee, source.text(callee), "fn"))
        own = [place for place in found if self._is_own(*place)]
        return bool(own) and all(self.maker(*place) is not None for place in own)

    def _is_own(self, source: Source, function: Node) -> bool:
        """Does the function stand in an ``impl`` of the struct?"""
        impl = source.enclosing(function, ["impl_item"])
        named = item_nodes.type_of(impl) if impl is not None else None
        return named is not None and self._names_it(source, named)

    # -- constructors --------------------------------------------------------------------------

    def _unlocked(self, new: Constructor) -> Iterator[Edit]:
        """``Mutex::new(Stats { hits: 0 })`` without the ``Mutex::new``."""
        source = self.located.source(new.file)
        call, given = source.node_at(new.whole), self._given(new)
        if call is not None and not given and source.text(call).endswith(b"default()"):
            yield put(source, call, self.name + b"::default()")
            return
        place = self.located.place(new.file, new.whole.start)
        if call is None or len(given) != 1 or source.comments_in(_head(new, given[0])):
            raise Refused(f"{place}: how the struct is made is not understood")
        value = given[0]
        literal = value if self._makes(source, value) else self._local(source, value)
        default = _DEFAULT.fullmatch(source.text(value)) is not None
        if literal is None and not default and not self._is_maker(source, value):
            raise Refused(f"{place}: how the struct is made is not understood")
        yield Edit(new.file, new.whole.start, value.start_byte, b"")
        yield Edit(new.file, value.end_byte, new.whole.end, b"")
        if literal is not None:
            yield from self.literal(source, literal, new)


def put(source: Source, node: Node, text: bytes) -> Edit:
    """The edit that writes ``text`` in the place of ``node``."""
    return Edit(source.path, node.start_byte, node.end_byte, text)


def _head(new: Constructor, value: Node) -> Span:
    """What goes in front of the value."""
    return Span(new.whole.start, value.start_byte)


def _imported(source: Source, node: Node) -> bool:
    return source.enclosing(node, ["use_declaration"]) is not None
