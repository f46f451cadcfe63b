"""The place that is cloned: its root, the way from there, and where its value came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.queries import walk
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import FUNCTIONS, LOOPS, Source, span_of, walk_all

from .shapes import bare

# Calls after which a value may live inside a lock, a RefCell or a snapshot that is let go later.
_GUARDING = re.compile(
    rb"\.\s*(?:(?:try_|blocking_|upgradable_)?(?:lock|read|write)(?:_owned|_arc|_for|_until)?"
    rb"|borrow|borrow_mut|try_borrow|try_borrow_mut|borrow_and_update|load|pin|entry|wait_for)"
    rb"\s*(?:::\s*<[^>]*>)?\s*\("
)
_HOPS = 6  # initializers followed back; longer chains are taken to be guarded


@dataclass(frozen=True, slots=True)
class Place:
    """``root.a.b``: the local it starts from, and the fields.

    ``simple`` is false when something else than a field lies on the way (an index, a dereference,
    a call): such a place can be borrowed, never moved out of.
    """

    root: Node  # identifier, self, or whatever expression it starts from
    fields: tuple[bytes, ...]
    simple: bool
    prefixes: tuple[Node, ...]  # every expression on the way, the root first


@dataclass(frozen=True, slots=True)
class Local:
    """The root of a place as a local variable, with all uses of it in its function."""

    name: bytes
    decl: Span
    scope: Span
    uses: tuple[Span, ...]
    captures: frozenset[Span]  # those that are inline captures of a format string
    mutable: bool
    kind: str
    borrowed: bool = False  # declared as a reference, as far as syntax tells


def place_of(source: Source, receiver: Node) -> Place | None:
    """The place that an expression names; None for one that makes a new value (a literal)."""
    fields: list[bytes] = []
    prefixes: list[Node] = []
    simple = True
    node = bare(receiver)
    while True:
        prefixes.append(node)
        following: Node | None
        match node.type:
            case "identifier" | "self" | "scoped_identifier":
                if node.type == "scoped_identifier":
                    simple = False
                return Place(node, tuple(reversed(fields)), simple, tuple(reversed(prefixes)))
            case "field_expression":
                field = node.child_by_field_name("field")
                fields.append(source.text(field) if field is not None else b"")
                following = node.child_by_field_name("value")
            case "index_expression":
                simple = False
                fields.clear()
                following = node.named_children[0]
            case "unary_expression" if node.children[0].type == "*":
                simple = False
                fields.clear()
                following = node.named_children[0]
            case "call_expression":
                simple = False
                function = node.child_by_field_name("function")
                if function is None or function.type != "field_expression":
                    return Place(node, (), False, tuple(reversed(prefixes)))
                fields.clear()
                following = function.child_by_field_name("value")
            case "try_expression" | "await_expression":
                simple = False
                fields.clear()
                following = node.named_children[0]
            case _:
                return None
        if following is None:
            return None
        node = bare(following)


def is_temporary(place: Place) -> bool:
    """Is the whole expression a value that nothing else has (what a call returned)?"""
    return place.prefixes[-1].type in ("call_expression", "await_expression", "try_expression")


def has_calls(place: Place) -> bool:
    """Is a function called on the way?"""
    return any(node.type in ("call_expression", "await_expression") for node in place.prefixes)


def local_of(source: Source, scopes: Scopes, place: Place) -> Local | None:
    """The local variable (or ``self`` taken by value) that the place starts from."""
    if place.root.type == "self":
        return _self_of(source, scopes)
    if place.root.type != "identifier":
        return None
    binding = scopes.resolve(source.text(place.root), place.root.start_byte)
    if binding is None:
        return None
    uses = scopes.uses(binding)
    return Local(
        binding.name,
        binding.decl,
        binding.scope,
        tuple(use.span for use in uses),
        frozenset(use.span for use in uses if use.capture),
        binding.mutable,
        binding.kind,
        _declared_reference(source, binding),
    )


def _declared_reference(source: Source, binding: Binding) -> bool:
    """``x: &T``, ``let x = &y``, ``for x in &xs`` or ``in xs.iter()``."""
    if not binding.plain:
        return False
    node = source.innermost(binding.decl)
    holder = source.parent(node)
    while holder is not None and holder.type in ("mut_pattern",):
        holder = source.parent(holder)
    if holder is None:
        return False
    declared = holder.child_by_field_name("type")
    if holder.type in ("parameter", "let_declaration") and declared is not None:
        return declared.type == "reference_type"
    value = holder.child_by_field_name("value")
    if value is None:
        return False
    if value.type == "reference_expression":
        return True
    return holder.type == "for_expression" and source.text(value).endswith((b".iter()", b".keys()"))


def _self_of(source: Source, scopes: Scopes) -> Local | None:
    """``self`` as a local: only where it is taken by value."""
    parameters = scopes.function.child_by_field_name("parameters")
    body = scopes.function.child_by_field_name("body")
    if parameters is None or body is None:
        return None
    declared = next((c for c in parameters.named_children if c.type == "self_parameter"), None)
    if declared is None or any(c.type == "&" for c in declared.children):
        return None
    uses = {span_of(n) for n in walk_all(source, body) if n.type == "self"}
    return Local(
        b"self", span_of(declared), span_of(body), tuple(sorted(uses)), frozenset(), False, "param"
    )


def function_around(source: Source, node: Node) -> Node | None:
    """The ``fn`` that holds ``node``: the unit within which names are looked up."""
    return source.fn_item_of(node)


def barriers(source: Source, node: Node, local: Local) -> Iterator[Node]:
    """Loops, closures and async blocks between ``node`` and the declaration of ``local``, innermost
    first: what runs again, or elsewhere, without declaring it anew.

    A ``for``'s iterator runs once, so a loop is left out when ``node`` stands there.
    """
    child = node
    for ancestor in source.ancestors(node):
        span = span_of(ancestor)
        if local.decl in span:
            return
        header = (
            ancestor.type == "for_expression" and ancestor.child_by_field_name("value") == child
        )
        if (ancestor.type in FUNCTIONS or ancestor.type in LOOPS) and not header:
            yield ancestor
        child = ancestor


@dataclass(frozen=True, slots=True)
class Origins:
    """Identifiers in the initializers from which a place's root got its value, near before far.

    ``guarding`` tells that a lock-like call is written on the way, or that the way is too long.
    """

    nodes: tuple[Node, ...]
    guarding: bool
    of_self: bool = False  # `self` is among what it came from


def origins_of(
    source: Source,
    scopes: Scopes,
    place: Place,
    owned: Callable[[Node], bool] = lambda node: False,
) -> Origins:
    """Where the value came from. The types of the nodes tell whether a guard stands behind a
    reference. The way ends at a value that is ``owned``: what it was made from is of no interest.
    """
    found: list[Node] = []
    seen: set[Span] = set()
    pending: list[tuple[Node, int]] = [(node, 0) for node in place.prefixes]
    guarding = bool(_GUARDING.search(source.text(place.prefixes[-1])))
    of_self = False
    while pending:
        node, hops = pending.pop(0)
        if node.type != "identifier" or owned(node):
            continue
        binding = scopes.resolve(source.text(node), node.start_byte)
        if binding is None or binding.decl in seen:
            continue
        seen.add(binding.decl)
        if hops >= _HOPS:
            guarding = True
            break
        for value in initializers(source, binding):
            guarding = guarding or bool(_GUARDING.search(source.text(value)))
            for inner in walk(value):
                of_self = of_self or inner.type == "self"
                if inner.type == "identifier" and not _is_callee(inner):
                    found.append(inner)
                    pending.append((inner, hops + 1))
    return Origins(tuple(found), guarding, of_self)


def _is_callee(node: Node) -> bool:
    parent = node.parent
    return parent is not None and (
        (parent.type == "call_expression" and parent.child_by_field_name("function") == node)
        or parent.type in ("scoped_identifier", "macro_invocation")
    )


def initializers(source: Source, binding: Binding) -> Iterator[Node]:
    """The expressions that a binding's value comes from."""
    node: Node | None = source.innermost(binding.decl)
    child = node
    while node is not None:
        match node.type:
            case "let_declaration" | "let_condition" | "match_expression" | "for_expression":
                value = node.child_by_field_name("value")
                if value is not None and value != child:
                    yield value
                return
            case "closure_expression":
                # What the closure is given comes from the call that runs it: `xs.iter().map(|x| ..)`.
                arguments = source.parent(node)
                call = source.parent(arguments) if arguments is not None else None
                function = call.child_by_field_name("function") if call is not None else None
                if function is not None and function.type == "field_expression":
                    value = function.child_by_field_name("value")
                    if value is not None:
                        yield value
                return
            case "function_item":
                return
            case _:
                child, node = node, source.parent(node)
