"""Who calls whom in the workspace: which functions a call may run, and which calls may run a function.

Free functions and paths are resolved through imports (:mod:`engine.rust.items`), methods by the type of
their receiver: ``self``'s, or what rustc told; else by name and number of arguments, so that one too
many is given rather than one too few. Also: how a method takes its receiver, and whether a call hands
what it is given to another task or thread. Not answered: what a call through a function value, a
closure or a trait object runs, beyond the methods of that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.definitions import Item, owner_of
from engine.rust.files import Files, TypeOf, mentions_in
from engine.rust.imports import full_paths
from engine.rust.items import FUNCTIONS, TYPES, Items
from engine.rust.known_calls import is_std_method
from engine.rust.queries import walk
from engine.rust.syntax import FUNCTIONS as BODIES
from engine.rust.syntax import Source, is_async, span_of
from engine.rust.types import Type

# std, tokio, rayon, crossbeam, async-std: `spawn`, `spawn_blocking`, `spawn_local`, `spawn_on` ...
_SPAWN = re.compile(rb"(?:\w*_)?spawn(?:_\w+)?")
_FUTURE = re.compile(rb"\b(?:impl|dyn)\b|Future|Task")
_STDS = (b"std::", b"core::", b"alloc::")
_NO_VALUES = ("use_declaration", "attribute_item", "inner_attribute_item", "macro_definition")
_KEEPING_FUTURES = frozenset(b"block_on push boxed boxed_local".split())


class Receiver(Enum):
    """How a method takes its receiver, as far as the workspace's sources tell."""

    REFERENCE = "&self"
    VALUE = "self"  # or `&mut self`
    UNKNOWN = "unknown"


class Calls:
    """The call graph of a workspace. Answers are kept."""

    def __init__(self, files: Files, items: Items, type_of: TypeOf) -> None:
        self._files = files
        self._items = items
        self._type_of = type_of
        self._holding: dict[bytes, tuple[str, ...]] = {}  # the files that mention a word
        self._shared: dict[Item, bool] = {}
        self._declared: dict[Item, tuple[int, bool]] = {}
        self._callees: dict[tuple[str, Span, bool], tuple[Item, ...]] = {}
        self._callers: dict[bytes, dict[tuple[str, Span], list[tuple[str, Span]]]] = {}

    # -- one function --------------------------------------------------------------------------

    def printed(self, told: str) -> Item | None:
        """The function that rustc prints as ``module::Type::name``, if exactly one is meant."""
        found = [f for f in self._items.printed(told, "fn") if not f.in_macro]
        return found[0] if len(found) == 1 else None

    def method(self, receiver: Type, name: bytes) -> Item | None:
        """The workspace's method that a call on ``receiver`` means, if exactly one is meant."""
        owners = _owners(receiver)
        every = (f for f in self._methods(name) if not f.in_macro)
        found = [f for f in every if not f.in_trait and f.owner in owners]
        return found[0] if len(found) == 1 and not found[0].of_trait else None

    def receiver(self, type_: Type, name: bytes) -> Receiver:
        """How methods called ``name`` take their receiver on ``type_``, a type of the workspace or
        a trait object."""
        owner = type_.last.encode()
        every = self._methods(name)
        mine = [f for f in every if not f.in_trait and f.owner == owner]
        provided = [f for f in self._items.named(name, *FUNCTIONS) if f.in_trait]
        if not mine and not (provided and type_.kind in ("dyn", "impl")):
            return Receiver.UNKNOWN
        shared = all(self._takes_reference(f) for f in (*mine, *provided))
        return Receiver.REFERENCE if shared else Receiver.VALUE

    def may_mutate(self, name: bytes) -> bool:
        """May a method of this name change or consume its receiver? Unknown methods may."""
        mine = self._methods(name)
        return not mine or not all(self._takes_reference(f) for f in mine)

    def must_mutate(self, name: bytes) -> bool:
        """Do all methods of this name that the workspace has (there are some) change or consume their
        receiver?"""
        mine = self._methods(name)
        return bool(mine) and not any(self._takes_reference(f) for f in mine)

    def _methods(self, name: bytes) -> list[Item]:
        every = self._items.named(name, *FUNCTIONS)
        return [f for f in every if item_nodes.self_parameter(self._items.open(f)[1]) is not None]

    def _takes_reference(self, function: Item) -> bool:
        if function not in self._shared:
            declared = item_nodes.self_parameter(self._items.open(function)[1])
            self._shared[function] = (
                declared is not None
                and declared.type == "self_parameter"
                and nodes.has_token(declared, "&")
                and not nodes.is_mut(declared)
            )
        return self._shared[function]

    # -- the graph -----------------------------------------------------------------------------

    def callees(
        self, source: Source, name: Node, sure: bool = False
    ) -> Iterator[tuple[Source, Node]]:
        """The functions that the call by the identifier ``name`` may run.

        ``sure``: a method on something else than ``self``, of a type that rustc did not tell, counts
        only when one function of the workspace has that name, and std's types have no such method.
        """
        key = source.path, span_of(name), sure
        if key not in self._callees:
            self._callees[key] = tuple(self._meant(source, name, sure))
        yield from map(self._items.open, self._callees[key])

    def _meant(self, source: Source, name: Node, sure: bool) -> Iterator[Item]:
        call = nodes.call_by_name(name)
        if call is None:
            return
        given, by_method = len(nodes.arguments_of(call)), name.type == "field_identifier"
        found = (
            self._methods_meant(source, name, sure)
            if by_method
            else self._functions_meant(source, name, call)
        )
        for item in found:
            declared, is_method = self._takes(item)
            if declared == given + by_method and (is_method or not by_method):
                yield item

    def _takes(self, function: Item) -> tuple[int, bool]:
        """How many parameters it declares, ``self`` among them, and whether that is there."""
        if function not in self._declared:
            node = self._items.open(function)[1]
            own = item_nodes.self_parameter(node) is not None
            self._declared[function] = len(item_nodes.all_parameters(node)), own
        return self._declared[function]

    def types_of(self, source: Source, base: Node) -> frozenset[Item] | None:
        """The types of the workspace that the expression ``base`` is or derefs to: of ``self`` by its
        ``impl``, else what rustc told, else what a parameter is declared as (with all types that its
        declaration names), or what a ``let`` makes. None when nothing tells; empty for a foreign type."""
        node = nodes.bare(base)
        while (inner := nodes.borrowed(node)) is not None:
            node = nodes.bare(inner)
        if node.type == "self":
            holder = source.enclosing(node, ("impl_item", "trait_item"))
            named = item_nodes.type_of(holder) if holder is not None else None
            return self.named_in(source, named) or None if named is not None else None
        told = self._type_of(source.path, span_of(base))
        if told is not None:
            steps = (step.name for step in told.deref_chain() if step.kind == "path")
            return frozenset(i for n in steps for i in self._items.printed(n, near=source.path))
        function = source.fn_item_of(node) if node.type == "identifier" else None
        if function is None:
            return None
        binding = self._files.scopes(source, function).binding_at(node)
        holder = source.node_at(binding.statement) if binding is not None else None
        declared = item_nodes.type_of(holder) if holder is not None else None
        if binding is None or holder is None or binding.kind not in ("param", "let"):
            return None
        if declared is not None:
            return self.named_in(source, declared) or None
        let = statement_nodes.let_of(holder)
        value = let.value if let is not None and binding.plain else None
        return self.made_by(source, nodes.bare(value)) or None if value is not None else None

    def made_by(self, source: Source, value: Node) -> frozenset[Item]:
        """The type of the workspace that ``value`` makes: ``Type { .. }``, or ``Type::new(..)`` that is
        declared to give one."""
        made, call = nodes.constructed(value), nodes.call_of(value)
        if made is not None:
            return frozenset(self._items.resolve(source, made, source.text(made), *TYPES))
        path = nodes.path_of(call.callee) if call is not None else None
        if path is None or path[0] is None:
            return frozenset()
        types = self._items.resolve(source, path[0], source.text(path[0]), *TYPES)
        functions = self._items.named(source.text(path[1]), "fn")
        found: set[Item] = set()
        for type_ in types:
            for place, function in (
                self._items.open(f) for f in functions if f.owner == type_.name
            ):
                result = item_nodes.return_type(function)
                if result is not None and place.text(result) in (b"Self", type_.name):
                    found.add(type_)
        return frozenset(found)

    def named_in(self, source: Source, type_: Node) -> frozenset[Item]:
        """The types of the workspace that a written type names."""
        found: list[Item] = []
        for node in walk(type_):
            inner = node.parent is not None and node.parent.type == "scoped_type_identifier"
            if not inner and node.type in ("type_identifier", "scoped_type_identifier"):
                found += self._items.resolve(source, node, source.text(node), *TYPES)
        return frozenset(found)

    def _methods_meant(self, source: Source, name: Node, sure: bool) -> list[Item]:
        every = list(self._items.named(source.text(name), "fn"))
        access = nodes.access_of(name.parent) if name.parent is not None else None
        if access is None:
            return []
        if access.base.type == "self":
            holder, own = (
                source.enclosing(name, ("impl_item", "trait_item")),
                owner_of(source, name),
            )
            if holder is not None and holder.type == "trait_item":
                return [f for f in every if f.of_trait]
            return [f for f in every if f.owner == own]
        types = self.types_of(source, access.base)
        mine = [f for f in every if any(f.owner == type_.name for type_ in types or ())]
        if mine:
            return mine
        if types is not None and not types:  # a foreign type has the workspace's traits alone
            told = self._type_of(source.path, span_of(access.base))
            owners = _owners(told) if told is not None else ()  # one that a macro defines, perhaps
            every = [f for f in every if f.of_trait or f.owner in owners]
        if sure and (len(every) > 1 or is_std_method(source.text(name))):
            return []
        return every

    def _functions_meant(self, source: Source, name: Node, call: Node) -> list[Item]:
        callee = nodes.callee_of(call)
        path = source.text(callee) if callee is not None else b""
        found = list(self._items.resolve(source, name, path, "fn"))
        if found:
            return found
        if any(f.startswith(_STDS) for f in full_paths(source, name, path)):
            return []  # `mem::take`, brought in from std
        owner = nodes.last_segment(b"".join(path.split()).rpartition(b"::")[0]).partition(b"<")[0]
        if owner == b"Self":
            owner = owner_of(source, name)
        wanted = owner if owner[:1].isupper() else b""
        return [f for f in self._items.named(source.text(name), "fn") if f.owner == wanted]

    def callers(self, source: Source, function: Node) -> Iterator[tuple[Source, Node]]:
        """Calls that may run ``function``."""
        named = item_nodes.name_of(function)
        calls = self._calls_of(source.text(named)) if named is not None else {}
        for path, span in calls.get((source.path, span_of(function)), ()):
            place = self._files.get(path)
            call = nodes.call_by_name(place.innermost(span))
            assert call is not None
            yield place, call

    def _calls_of(self, name: bytes) -> dict[tuple[str, Span], list[tuple[str, Span]]]:
        """The names of the calls that may run them, of all functions called ``name``: in one go, since of
        many namesakes each is asked about."""
        if name not in self._callers:
            found = self._callers[name] = {}
            for place, node in self.mentions(name):
                for source, function in self.callees(place, node):
                    known = found.setdefault((source.path, span_of(function)), [])
                    known.append((place.path, span_of(node)))
        return self._callers[name]

    def values(self, source: Source, function: Node) -> Iterator[tuple[Source, Node]]:
        """Where ``function`` is named, by its path, and not called: it is handed on as a value."""
        named = item_nodes.name_of(function)
        name = source.text(named) if named is not None else b""
        here = source.path, span_of(function)
        method = owner_of(source, function)
        for place, node in self.mentions(name) if named is not None else ():
            whole = node
            while whole.parent is not None and whole.parent.type == "scoped_identifier":
                whole = whole.parent
            up = whole.parent
            if up is None or node.type != "identifier" or nodes.call_by_name(node) is not None:
                continue
            if item_nodes.name_of(up) == node or place.enclosing(node, _NO_VALUES) is not None:
                continue
            if nodes.path_of(whole) is None:
                inside = place.fn_item_of(node)
                local = inside is not None and self._files.scopes(place, inside).binding_at(node)
                if method or local:
                    continue
            found = list(self._items.resolve(place, node, place.text(whole), "fn"))
            if found and all((item.path, item.span) != here for item in found):
                continue
            yield place, whole

    def mentions(self, word: bytes) -> Iterator[tuple[Source, Node]]:
        """All identifiers of the workspace spelled ``word``."""
        if word not in self._holding:
            self._holding[word] = tuple(source.path for source in self._files.containing(word))
        for source in map(self._files.get, self._holding[word]):
            yield from ((source, node) for node in mentions_in(source, word))


def parameter_of(function: Node, method: bool, index: int) -> Node | None:
    """The parameter of ``function`` that takes the argument at ``index`` of a call, which is a
    ``method`` call (``x.f(..)``) or one by path."""
    declared = item_nodes.all_parameters(function)
    at = index + 1 if method else index
    return declared[at] if at < len(declared) else None


# -- where a call runs -----------------------------------------------------------------------------


def is_spawn(source: Source, call: Node) -> bool:
    """Does the call give its argument to another task or thread, by its name?"""
    name = nodes.callee_name(call)
    return name is not None and _SPAWN.fullmatch(source.text(name)) is not None


def is_given_away(source: Source, call: Node) -> bool:
    """Is the result of ``call``, a future, an argument of a spawn, or of what by its name keeps a future
    for later or boxes it? Such a future mostly has to own what it holds."""
    outer = nodes.call_around(call)
    name = nodes.callee_name(outer) if outer is not None else None
    if outer is None or name is None:
        return False
    return is_spawn(source, outer) or source.text(name) in _KEEPING_FUTURES


def may_give_future(source: Source, function: Node) -> bool:
    """Is what the function returns a future, or may it be one (``impl ..``, ``dyn ..``, a type that is called
    so)?"""
    result = item_nodes.return_type(function)
    return is_async(function) or (
        result is not None and _FUTURE.search(source.text(result)) is not None
    )


def spawned_around(source: Source, node: Node) -> Node | None:
    """The innermost closure or ``async`` block around ``node``, in its function, that a spawn takes:
    what is in it runs in another task or thread."""
    for ancestor in source.ancestors(node):
        if ancestor.type == "function_item":
            return None
        call = nodes.call_around(ancestor) if ancestor.type in BODIES else None
        if call is not None and is_spawn(source, call):
            return ancestor
    return None


def _owners(type_: Type) -> frozenset[bytes]:
    """Last names of what a method call on the type may find methods of."""
    chain = (step for step in type_.deref_chain() if step.kind == "path")
    return frozenset(step.last.encode() for step in chain)
