"""May a function's parameter change its type, and what must change with it.

``why_fixed`` says what holds a signature as it is (its trait, other crates, attributes that read it),
``passed`` gives all that a parameter is given by those who may call the function, or the first use that no
change of the call can follow (the function as a value). A method that is called on another value than
``self`` is only known by its name: such a call is not ``certain``, and rustc has to tell. What the
new type may be is asked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes
from engine.rust.definitions import Item, owner_of
from engine.rust.files import Files, PackageOf
from engine.rust.imports import declared
from engine.rust.items import FUNCTIONS, TYPES, Items
from engine.rust.queries import walk
from engine.rust.scopes import Binding
from engine.rust.syntax import COMMENTS, Source, attributes, span_of

# Attributes that leave a function what it is; any other may be a macro that reads its signature.
_HARMLESS = frozenset(
    b"inline allow expect warn deny cfg must_use deprecated doc instrument cold track_caller".split()
)
# Traits that `&T` has where `T` has them, so that a parameter bounded by them takes a reference.
_BY_REFERENCE = frozenset(b"AsRef Display Debug ToString Serialize Hash Send Sync Sized".split())
_STRINGS = frozenset({"string_literal", "raw_string_literal", "string_content", "char_literal"})
# A macro's name, or a module's.
_OF_OTHERS = frozenset({"macro_invocation", "macro_definition", "mod_item"})
_ATTRIBUTES = ("attribute_item", "inner_attribute_item")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function that the workspace defines."""

    item: Item
    source: Source
    function: Node
    index: int  # among those that are not `self`
    pattern: Node
    declared: Node  # its type

    @property
    def key(self) -> tuple[str, int, int]:
        """(path, where the function starts, index): the same for every call of it."""
        return self.item.path, self.item.span.start, self.index

    @property
    def name(self) -> str:
        """The function's."""
        return self.item.name.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Passed:
    """What one call gives to a parameter. ``certain``: the call is known to be of this function."""

    source: Source
    name: Node  # the function's, in the call
    call: Node
    argument: Node
    certain: bool


@dataclass(frozen=True, slots=True)
class Called:
    """One call of a function, by the identifier ``name``; ``certain`` as in :class:`Passed`."""

    source: Source
    name: Node
    call: Node
    certain: bool


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A use of the function that a change of its calls does not reach, in words for the user."""

    reason: str


class Signatures:
    """Signatures of a workspace's functions."""

    def __init__(self, files: Files, items: Items, package_of: PackageOf) -> None:
        self._files = files
        self._items = items
        self._package_of = package_of

    def parameter(self, function: Item, index: int) -> Parameter | None:
        """The parameter at ``index`` (``self`` not counted)."""
        source, node = self._items.open(function)
        parameters = item_nodes.parameters_of(node)
        if not 0 <= index < len(parameters):
            return None
        found = parameters[index]
        if found.type is None:
            return None
        return Parameter(function, source, node, index, found.pattern, found.type)

    def binding(self, parameter: Parameter) -> Binding | None:
        """The local that the parameter is; None for a pattern and a ``mut`` one."""
        pattern = parameter.pattern
        if pattern.type != "identifier":
            return None
        scopes = self._files.scopes(parameter.source, parameter.function)
        found = next((b for b in scopes.bindings if b.decl == span_of(pattern)), None)
        return None if found is None or found.mutable else found

    def why_fixed(self, function: Item, change: str) -> str:
        """What holds the signature as it is, in words for the user; "" when nothing does.
        ``change`` is what is wanted ("borrowing its parameter")."""
        name = function.name.decode("utf-8", "replace")
        if not function.of_trait and self.is_public(function) and not self._is_internal(function):
            return f"`{name}` is public: {change} would break those who call it"
        return self.why_tied(function)

    def is_public(self, function: Item) -> bool:
        """May other crates call the function, so that they notice a change of its signature?"""
        return self._items.exposed(*self._items.open(function))

    def _is_internal(self, function: Item) -> bool:
        """Is it of a package that is never published, so that the workspace has its calls? (Who takes the
        package by its path or from its repository calls it as well.)"""
        package = self._package_of(function.path)
        return package is not None and not package.publish

    def why_tied(self, function: Item) -> str:
        """As ``why_fixed``, for who may change what other crates call: what within the workspace holds
        the signature as it is."""
        name = function.name.decode("utf-8", "replace")
        if function.of_trait:
            return f"`{name}` belongs to a trait, which fixes its parameters"
        source, node = self._items.open(function)
        for attribute in attributes(node):
            head = _attribute_name(source.text(attribute))
            if head not in _HARMLESS:
                shown = head.decode("utf-8", "replace")
                return f"the attribute `{shown}` may depend on `{name}`'s form"
        return ""

    # -- all that is passed ----------------------------------------------------------------------

    def passed(self, parameter: Parameter) -> Iterator[Passed | Obstacle]:
        """What all calls in the function's package (in the workspace, where others than its package may
        call it) give to the parameter, in path order, and what
        stands in the way. A name in an attribute (``#[serde(default = "f")]``) is a use as a value."""
        for called in self.calls_of(parameter.item, self.is_public(parameter.item)):
            if isinstance(called, Obstacle):
                yield called
                return
            source, node, call = called.source, called.name, called.call
            argument = argument_of(call, parameter, node)
            if argument is None:
                yield _not_understood(parameter.item, source, node)
                return
            yield Passed(source, node, call, argument, called.certain)

    def calls_of(self, function: Item, everywhere: bool = False) -> Iterator[Called | Obstacle]:
        """All calls of the function in its package (``everywhere``: in the workspace), in path order,
        and what stands in the way, which ends them."""
        name = function.name.decode("utf-8", "replace")
        method = item_nodes.self_parameter(self._items.open(function)[1]) is not None
        for source, node in self._mentions(function, everywhere):
            use = _use(source, node, method)
            if use == "other" or self._is_another(function, source, node):
                continue
            line = source.position(node.start_byte)[0]
            if use == "value":
                yield Obstacle(f"`{name}` is used as a value at line {line} of {source.path}")
                return
            if use == "definition" and (renamed := self._renamed(function, source, node)):
                yield Obstacle(
                    f"`{name}` is called `{renamed}` by the `use` at line {line} of {source.path}"
                )
                return
            if use != "call":
                continue
            if self._is_of_several(function, source, node):
                yield Obstacle(
                    f"line {line} of {source.path} calls another `{name}` in another configuration"
                )
                return
            call = source.enclosing(node, ("call_expression",))
            if call is None:
                yield _not_understood(function, source, node)
                return
            yield Called(source, node, call, not method or self._on_self(source, node, function))

    def _mentions(self, function: Item, everywhere: bool) -> Iterator[tuple[Source, Node]]:
        """Every identifier of the function's name in its package, and every word in an attribute."""
        package = self._package_of(function.path)
        pattern = re.compile(rb"(?<![\w#])" + re.escape(function.name) + rb"(?!\w)")
        for source in self._files.containing(function.name):
            owner = self._package_of(source.path)
            if not everywhere and (owner and owner.name) != (package and package.name):
                continue
            source.embedded()
            for hit in pattern.finditer(source.data):
                node = source.innermost(Span(*hit.span()))
                if node.type in COMMENTS:
                    continue
                other = node.type in _STRINGS or span_of(node) != Span(*hit.span())
                if not other or source.enclosing(node, _ATTRIBUTES) is not None:
                    yield source, node

    def _is_another(self, function: Item, source: Source, node: Node) -> bool:
        """Is the name that of a local variable, or the path one of another function?"""
        if node.type != "identifier":
            return False
        path = nodes.path_of(node.parent) if node.parent is not None else None
        holder = source.fn_item_of(node)
        scopes = self._files.scopes(source, holder) if holder is not None else None
        if path is None and scopes is not None and scopes.binding_at(node) is not None:
            return True
        found = self._meant(source, node)
        return bool(found) and function not in found

    def _meant(self, source: Source, node: Node) -> tuple[Item, ...]:
        """The functions that the name, with the path that it ends, may mean."""
        path = nodes.path_of(node.parent) if node.parent is not None else None
        whole = node.parent if path is not None and path[1] == node else node
        assert whole is not None
        return self._items.resolve(source, node, source.text(whole), *FUNCTIONS)

    def _is_of_several(self, function: Item, source: Source, node: Node) -> bool:
        """May the path mean the function in one configuration, and another one in another?"""
        found = self._meant(source, node) if node.type == "identifier" else ()
        return function in found and len(found) > 1

    def _renamed(self, function: Item, source: Source, node: Node) -> str:
        """The other name that a ``use`` gives to the function; "" where it keeps its own, or where another
        function is meant."""
        use = source.enclosing(node, ("use_declaration",))
        if use is None or function.owner:
            return ""
        for local, full in declared(source, use):
            if nodes.last_segment(full) != function.name or local in (function.name, b"*"):
                continue
            found = self._items.resolve(source, use, full, *FUNCTIONS)
            if not found or function in found:
                return local.decode("utf-8", "replace")
        return ""

    def _on_self(self, source: Source, node: Node, function: Item) -> bool:
        """``self.name(..)`` or ``Self::name(..)`` in an impl of the same type."""
        own = function.owner
        if owner_of(source, node) != own:
            return False
        parent = node.parent
        access = nodes.access_of(parent) if parent is not None else None
        path = nodes.path_of(parent) if parent is not None else None
        left = access.base if access is not None else path[0] if path is not None else None
        if left is None or source.text(left) not in (b"self", b"Self", own):
            return False
        here = self._type_around(source, node)
        there = self._type_around(*self._items.open(function))
        return not here or not there or bool(here & there)

    def _type_around(self, source: Source, node: Node) -> frozenset[Item]:
        """The type whose ``impl`` holds ``node``."""
        holder = source.enclosing(node, ("impl_item",))
        named = item_nodes.type_of(holder) if holder is not None else None
        if named is None:
            return frozenset()
        return frozenset(self._items.resolve(source, named, source.text(named), *TYPES))


def argument_of(call: Node, parameter: Parameter, name: Node) -> Node | None:
    """What ``call``, by the identifier ``name``, gives to the parameter; None when the number of
    its arguments is another."""
    given, index = nodes.arguments_of(call), parameter.index
    expected = len(item_nodes.parameters_of(parameter.function))
    if item_nodes.self_parameter(parameter.function) is not None and name.type == "identifier":
        index, expected = index + 1, expected + 1  # Type::method(receiver, argument)
    return given[index] if len(given) == expected else None


def _not_understood(function: Item, source: Source, name: Node) -> Obstacle:
    line, shown = source.position(name.start_byte)[0], function.name.decode("utf-8", "replace")
    return Obstacle(f"the call of `{shown}` at line {line} of {source.path} is not understood")


class ReferenceBound(Enum):
    """What may be given for a generic parameter in the place of a value."""

    NONE = "the value alone"
    ANY = "a reference to it"  # `impl AsRef<str>`, `P: Display`
    DEREF = "a reference to what it derefs to"  # `T: Deref<Target = str>`


def reference_bound(parameter: Parameter, items: Items) -> ReferenceBound:
    """Is the parameter ``impl AsRef<str>``, ``P: AsRef<Path>``, ``T: Deref<Target = str>`` or the like, so
    that a reference may be given where a value is? (Not by a trait of the workspace that is called like
    one of these.)"""
    source, declared = parameter.source, parameter.declared
    if declared.type in ("abstract_type", "bounded_type"):  # `impl A`, `impl A + B`
        bounds = [declared]
    elif declared.type == "type_identifier":
        if _is_named_elsewhere(parameter):
            return ReferenceBound.NONE
        bounds = item_nodes.bounds_on(source, parameter.function, source.text(declared))
    else:
        return ReferenceBound.NONE
    traits = [trait for node in bounds for trait in _traits(node)]
    if any(items.resolve(source, trait, source.text(trait), "trait") for trait in traits):
        return ReferenceBound.NONE
    names = {nodes.last_name(source, trait) for trait in traits}
    lifetimes = any(b"'" in source.text(node) for node in bounds)
    if not names or lifetimes or names - _BY_REFERENCE - {b"Deref"}:
        return ReferenceBound.NONE
    return ReferenceBound.DEREF if b"Deref" in names else ReferenceBound.ANY


def _is_named_elsewhere(parameter: Parameter) -> bool:
    """Has another parameter, the result or a bound the type of this one in it (``fn f<P: AsRef<Path>>(a: P,
    b: P)``)? Then it is not this argument alone that says what type it is."""
    source, declared, function = parameter.source, parameter.declared, parameter.function
    name = source.text(declared)
    signature = [child for child in function.children if child.type != "block"]
    listed = item_nodes.type_parameters(function)
    own = [] if listed is None else [item_nodes.name_of(each) for each in listed.named_children]
    clause = next((child for child in signature if child.type == "where_clause"), None)
    lines = clause.named_children if clause is not None else []
    own += [line.child_by_field_name("left") for line in lines]
    return any(
        node.type == "type_identifier"
        and source.text(node) == name
        and node != declared
        and node not in own
        for child in signature
        for node in walk(child)
    )


def elides_lifetime(parameter: Parameter) -> bool:
    """Does the result have a reference without a name, which is taken from the one reference among
    the parameters (Rust reference, "Lifetime elision")? A second one would make it unclear."""
    result = item_nodes.return_type(parameter.function)
    if result is None or item_nodes.self_parameter(parameter.function) is not None:
        return False
    text = parameter.source.text(result)
    return b"'_" in text or re.search(rb"&(?!')", text) is not None


def _traits(node: Node) -> Iterator[Node]:
    """The traits in ``impl A<..> + B`` or ``: A<..> + B``, as they are written."""
    for child in node.named_children:
        if child.type in ("trait_bounds", "bounded_type", "abstract_type"):
            yield from _traits(child)
        else:
            yield child


def _attribute_name(text: bytes) -> bytes:
    """``instrument`` of ``#[tracing::instrument(skip(x))]``."""
    word = text.strip(b"#[] \t\r\n")
    return nodes.last_segment(word.partition(b"(")[0].partition(b"=")[0].strip())


def _use(source: Source, node: Node, method: bool) -> str:
    """What the identifier of a function's name is: a "call", a "value", a "definition" or import, or
    "other": something else of that name. Unsure is a value."""
    parent = node.parent
    if node.type not in ("identifier", "field_identifier") or parent is None:
        if source.enclosing(node, _ATTRIBUTES) is not None:
            return "value"
        other = ("type_identifier", "shorthand_field_identifier")
        return "other" if node.type in other else "value"
    if source.enclosing(node, ("use_declaration",)) is not None:
        return "definition"
    if parent.type in ("function_item", "function_signature_item"):
        return "definition"
    access, path = nodes.access_of(parent), nodes.path_of(parent)
    if node.type == "field_identifier":
        called = access is not None and access.name == node and nodes.is_callee(parent)
        return "call" if method and called else "other"
    if path is None and method:
        return "other"  # a local or a free function of the method's name
    if path is not None and path[1] != node:
        return "other"  # a module of that name
    if nodes.is_callee(parent if path is not None else node):
        return "call"
    if path is not None and parent.parent is not None:
        parent = parent.parent
    return "other" if parent.type in _OF_OTHERS else "value"
