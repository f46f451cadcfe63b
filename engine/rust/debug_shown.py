"""What is shown by its ``Debug``: ``{:?}``, ``dbg!``, ``?x`` of an event, what is given to a function that
asks for the trait; and in which ways it is not seen whose values are.

For who changes what a derived ``Debug`` prints. Which type a shown value has the compiler tells: ``asked``
is the expression to ask about. Of a name that a pattern or a format string takes from around it, that is
where the name comes from: its type then holds that of the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.files import Files, mentions
from engine.rust.format_macros import FormatCall, format_call
from engine.rust.format_templates import STRINGS
from engine.rust.items import Items
from engine.rust.macro_texts import macro_named, macros_in
from engine.rust.per_source import per_source
from engine.rust.queries import walk
from engine.rust.scopes import Binding
from engine.rust.syntax import COMMENTS, Source, attributes, span_of
from engine.rust.types import Type
from engine.rust.value_flow import value_of

Mentions = Callable[[bytes], Iterator[tuple[Source, Node]]]

_TEMPLATE = re.compile(rb"\?\}")  # `{:?}`, `{x:#?}`
_SHOWS = re.compile(rb"\?\}|[(,=]\s*\?\s*[\w&*(]|dbg!|debug|snapshot|inspect")
_CAPTURED = re.compile(rb"\{\s*[^\W\d]\w*\s*:[^{}]*\?\}")
_MACROS = re.compile(rb"dbg|\w*debug\w*|\w*snapshot\w*|\w*inspect\w*")
# Methods of a formatter's helpers, and of those who test what is printed.
_BUILDING = frozenset({b"field", b"entry", b"entries", b"key", b"value"})
_GIVEN = frozenset({b"debug", b"assert_debug_eq"})
_BUILDERS = re.compile(rb"debug_(?:struct|tuple|list|map|set)")
# What the grammar puts around the arguments of a macro call.
_AROUND = frozenset(
    {"source_file", "expression_statement", "tuple_expression", "parenthesized_expression"}
)
_ERROR = re.compile(rb"derive\s*\([^)]*\bError\b")
_DEBUG = re.compile(rb"\bDebug\b")
_SKIPPED = re.compile(rb"skip\s*\(([^)]*)\)")
_FUNCTIONS = ("function_item", "function_signature_item")
_BESIDE = ("attribute_item", "line_comment", "block_comment")
_BOUNDS = frozenset({"trait_bounds", "abstract_type", "dynamic_type", "bounded_type"})
_TYPES = ("struct_item", "enum_item", "union_item")


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that is shown at ``at``. ``asked`` is the expression whose type tells of it (``inside``: the
    value is a part of that one); None where ``type_`` is written for it, or nothing tells."""

    source: Source
    at: Span
    asked: Span | None
    inside: bool = False
    type_: Node | None = None


def debug_shown(
    files: Files, source: Source, own: frozenset[bytes] = frozenset()
) -> Iterator[Shown]:
    """What the file shows by its ``Debug``, ``own`` being macros of the workspace that show what they are
    given."""
    for node in _calls_in(source):
        if node.type == "call_expression":
            yield from _given(source, node)
            continue
        call = format_call(source, node)
        if call is not None:
            yield from _formatted(files, source, call)
            continue
        name = nodes.macro_name(source, node)
        literals = _literals_of(source, node) if call is None else []
        if call is None and (literals or name in own or _MACROS.fullmatch(name)):
            if any(_CAPTURED.search(text) for text in literals):
                yield Shown(source, span_of(node), None)
            for tree in source.arguments(node):
                for part in _expressions(tree.root_node):
                    yield Shown(source, span_of(part), span_of(part))


def all_debug_shown(files: Files, paths: Iterable[str]) -> Iterator[Shown]:
    """What the files at ``paths`` (all of ``files``) show by its ``Debug``, or give to who asks for it."""
    own = _own_macros(files)
    called = re.compile(rb"\b(?:" + b"|".join(own) + rb")!") if own else None
    for path in paths:
        data = files.data(path)
        if _SHOWS.search(data) or (called is not None and called.search(data)):
            yield from debug_shown(files, files.get(path), own)
    yield from given_to_bounds(lambda word: mentions(files, word))


def _own_macros(files: Files) -> frozenset[bytes]:
    """The workspace's own macros in whose text something is shown by its ``Debug``."""
    return frozenset(
        macro_named(source, macro).encode()
        for source in files.containing(b"macro_rules")
        for macro in macros_in(source)
        if _SHOWS.search(source.text(macro))
    )


def _literals_of(source: Source, macro: Node) -> list[bytes]:
    """The string literals among the arguments of a macro call that look like templates with ``{:?}``."""
    tokens = (child for child in macro.children if child.type == "token_tree")
    texts = (source.text(n) for each in tokens for n in each.children if n.type in STRINGS)
    return [text for text in texts if _TEMPLATE.search(text)]


@per_source
def _calls_in(source: Source) -> tuple[Node, ...]:
    every = (node for root in source.roots() for node in walk(root))
    return tuple(n for n in every if n.type in ("macro_invocation", "call_expression"))


def _expressions(root: Node) -> Iterator[Node]:
    """The arguments of a macro call, as far as they are expressions."""
    if root.is_error or root.type in _AROUND:
        for part in root.named_children:
            yield from _expressions(part)
    elif root.type not in COMMENTS and not root.type.endswith("literal"):
        yield root


def _given(source: Source, call: Node) -> Iterator[Shown]:
    """What goes to a formatter's helper, or to a function for debugging."""
    named = nodes.callee_name(call)
    name = source.text(named) if named is not None else b""
    if name in _GIVEN or (name in _BUILDING and _BUILDERS.search(source.data)):
        for given in nodes.arguments_of(call):
            if not given.type.endswith("literal"):
                yield Shown(source, span_of(given), span_of(given))


def _formatted(files: Files, source: Source, call: FormatCall) -> Iterator[Shown]:
    holes = call.template.placeholders if call.template is not None else ()
    for hole in holes:
        if "?" not in hole.trait:
            continue
        argument = call.argument(hole.argument)
        if argument is not None:
            yield Shown(source, argument.span, argument.span)
        elif isinstance(hole.argument.to, bytes):
            yield _captured(files, source, hole.argument.to, hole.argument.span)
    for field in call.fields:
        if source.data[: field.span.start].rstrip().endswith(b"?"):
            yield Shown(source, field.span, field.span)


def _captured(files: Files, source: Source, name: bytes, at: Span) -> Shown:
    """A name that a format string takes from around it."""
    node = source.innermost(at)
    function = source.fn_item_of(node)
    scopes = files.scopes(source, function) if function is not None else None
    binding = scopes.resolve(name, at.start) if scopes is not None else None
    if scopes is None or binding is None:
        return Shown(source, at, None)
    if (written := _written(source, binding)) is not None:
        return Shown(source, at, None, type_=written)
    for use in scopes.uses(binding):
        if not use.capture and source.text(source.innermost(use.span)) == name:
            return Shown(source, at, use.span)
    value = value_of(source, binding)
    if value is None:
        return Shown(source, at, None)
    return Shown(source, at, span_of(value), inside=not binding.plain or binding.kind != "let")


def _written(source: Source, binding: Binding) -> Node | None:
    """The type that is written for a parameter, or a ``let``, of one name."""
    declared = source.innermost(binding.decl)
    holder = source.enclosing(declared, ("parameter", "let_declaration", "self_parameter"))
    if holder is None or not binding.plain:
        return None
    if holder.type == "self_parameter":
        impl = source.enclosing(holder, ("impl_item",))
        return item_nodes.type_of(impl) if impl is not None else None
    pattern = statement_nodes.pattern_of(holder)
    named = pattern is not None and binding.decl in span_of(pattern)
    return item_nodes.type_of(holder) if named else None


# -- types ---------------------------------------------------------------------------------------------


class Printed:
    """The types that print what one struct prints: itself, and those that hold it and derive ``Debug``.
    Known by their names."""

    def __init__(self, items: Items, named_so: Mentions, source: Source, struct: Node) -> None:
        self._items, self._mentions = items, named_so
        self.printing: dict[bytes, tuple[Source, Node]] = {}
        self.holding: dict[bytes, tuple[Source, Node]] = {}  # these, and those that do not print it
        pending = [(source, struct, prints_by_debug(source, struct))]
        while pending:
            place, item, prints = pending.pop()
            name = _name_of(place, item)
            if not name or name in (self.printing if prints else self.holding):
                continue
            self.holding[name] = (place, item)
            if prints:
                self.printing[name] = (place, item)
            for other, node in named_so(name):
                around = other.enclosing(node, (*_TYPES, "type_item", "use_as_clause"))
                if around is not None and around != item:
                    too = around.type not in _TYPES or prints_by_debug(other, around)
                    pending.append((other, around, prints and too))

    def exposed(self) -> str:
        """The name of one that other crates can see; "" if none."""
        for name, (source, item) in self.printing.items():
            if self._items.exposed(source, item):
                return name.decode("utf-8", "replace")
        return ""

    def unseen(self) -> tuple[Source, Node] | None:
        """Where values are shown whose types are not told there, and may be these: a bound ``Debug`` of a
        type or an impl, ``dyn Debug``, an attribute that shows what a function is given or a type holds."""
        for source, node in self._mentions(b"Debug"):
            bound = _bound_of(source, node)
            if bound == "type" or (bound == "trait" and self._has_trait(source, node)):
                return source, node
        for name, (source, item) in self.printing.items():
            if any(_ERROR.search(source.text(attribute)) for attribute in attributes(item)):
                return source, item
            for place, node in self._mentions(name):  # what `dyn Error` asks for `Debug`
                impl = place.enclosing(node, ("impl_item",))
                trait = item_nodes.trait_of(impl) if impl is not None else None
                if trait is not None and nodes.last_name(place, trait) == b"Error":
                    return place, node
        for source, item in self.holding.values():
            inside = (node for node in walk(item) if node.type == "attribute_item")
            for attribute in (*attributes(item), *inside):
                if b":?" in source.text(attribute):
                    return source, attribute
        for source, node in self._mentions(b"instrument"):
            around = source.enclosing(node, ("attribute_item",))
            if around is not None and self._records(source, around):
                return source, around
        return None

    def _has_trait(self, source: Source, debug: Node) -> bool:
        """Has one of the types the trait of which ``Debug`` is asked for?"""
        trait = source.enclosing(debug, ("trait_item",))
        named = item_nodes.name_of(trait) if trait is not None else None
        for place, node in self._mentions(source.text(named)) if named is not None else ():
            impl = place.enclosing(node, ("impl_item",))
            type_ = item_nodes.type_of(impl) if impl is not None else None
            if type_ is not None and self.names(place, type_):
                return True
        return False

    def _records(self, source: Source, attribute: Node) -> bool:
        """Does ``#[instrument]`` show one of the types, which its function is given?"""
        text = source.text(attribute)
        function = attribute.next_named_sibling
        while function is not None and function.type not in _FUNCTIONS:
            function = function.next_named_sibling if function.type in _BESIDE else None
        if function is None or b"skip_all" in text:
            return False
        skipped = {word.strip() for hit in _SKIPPED.findall(text) for word in hit.split(b",")}
        impl = source.enclosing(function, ("impl_item",))
        own = item_nodes.type_of(impl) if impl is not None else None
        method = item_nodes.self_parameter(function) is not None and b"self" not in skipped
        if method and (own is None or self.names(source, own)):
            return True
        return any(
            parameter.type is not None
            and source.text(parameter.pattern) not in skipped
            and self.names(source, parameter.type)
            for parameter in item_nodes.parameters_of(function)
        )

    def names(self, source: Source, type_: Node) -> bool:
        """Does a written type name one of those that print it, or ``Self`` in an impl of one?"""
        words = {source.text(n) for n in walk(type_) if n.type == "type_identifier"}
        impl = source.enclosing(type_, ("impl_item",)) if b"Self" in words else None
        own = item_nodes.type_of(impl) if impl is not None else None
        if own is not None:
            words |= {source.text(n) for n in walk(own) if n.type == "type_identifier"}
        return not words.isdisjoint(self.printing)

    def may_be(self, shown: Shown, told: Type | None) -> bool:
        """May the value that is shown be of one of these types, where the compiler told the type ``told``
        of what was asked? Where nothing tells, it may."""
        if shown.type_ is not None:
            return self.names(shown.source, shown.type_)
        if told is None:
            return True
        if "Debug" in str(told):  # `impl Debug`: what stands behind it is not told
            return True
        words = {part.last.encode() for part in told.walk()}
        return not words.isdisjoint(self.holding if shown.inside else self.printing)


def _name_of(source: Source, item: Node) -> bytes:
    """The name that a type has by its definition, an alias or an import."""
    if item.type == "use_as_clause":
        return source.text(item.named_children[-1])
    named = item_nodes.name_of(item)
    return source.text(named) if named is not None else b""


def prints_by_debug(source: Source, item: Node) -> bool:
    """Does an attribute of the type make a ``Debug`` of its fields? (Others than std's, too.)"""
    return any(_DEBUG.search(source.text(attribute)) for attribute in attributes(item))


def given_to_bounds(named_so: Mentions) -> Iterator[Shown]:
    """Arguments of the functions that ask for ``Debug``."""
    seen: set[tuple[str, Span]] = set()
    for source, node in named_so(b"Debug"):
        if _bound_of(source, node) != "function":
            continue
        function = source.enclosing(node, _FUNCTIONS)
        named = item_nodes.name_of(function) if function is not None else None
        if function is None or named is None or (source.path, span_of(function)) in seen:
            continue
        seen.add((source.path, span_of(function)))
        for place, mention in named_so(source.text(named)):
            call = nodes.call_by_name(mention)
            for given in nodes.arguments_of(call) if call is not None else ():
                yield Shown(place, span_of(given), span_of(given))


def _bound_of(source: Source, debug: Node) -> str:
    """What ``Debug`` is a bound of: "function", "trait", "type" (an impl's, a struct's, ``dyn Debug``); "" where
    it is none, or one of an impl of ``Debug`` itself."""
    bound = False
    for up in source.ancestors(debug):
        if up.type == "dynamic_type":
            return "type"
        bound = bound or up.type in _BOUNDS
        if up.type in _FUNCTIONS:
            return "function" if bound else ""
        if up.type == "impl_item":
            trait = item_nodes.trait_of(up)
            own = trait is not None and nodes.last_name(source, trait) == b"Debug"
            return "type" if bound and not own else ""
        if up.type == "trait_item":
            return "trait" if bound else ""
        if up.type in _TYPES:
            return "type" if bound else ""
    return ""
