"""Places: what an expression names, from its root over fields, dereferences and calls, and where the
value of its root came from.

By syntax alone (Rust reference, "Place expressions and value expressions"): whether a field access
dereferences a smart pointer on the way is not seen, types tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.item_nodes import self_parameter, type_of
from engine.rust.nodes import (
    access_of,
    awaited,
    bare,
    borrowed,
    call_around,
    dereferenced,
    has_token,
    indexed,
    is_callee,
    is_mut,
    method_call,
    operation_of,
    tried,
)
from engine.rust.queries import walk
from engine.rust.scopes import Binding, Scopes, Use, scopes_of
from engine.rust.select_arms import arm_that_binds
from engine.rust.statement_nodes import body_of, let_of, scrutinee_of
from engine.rust.syntax import FUNCTIONS, Source, span_of, walk_all

# Calls after which a value may live inside a lock, a RefCell or a snapshot that is let go later.
_GUARDING = re.compile(
    rb"\.\s*(?:(?:try_|blocking_|upgradable_)?(?:lock|read|write)(?:_owned|_arc|_for|_until)?"
    rb"|borrow|borrow_mut|try_borrow|try_borrow_mut|borrow_and_update|load|pin|entry|wait_for)"
    rb"\s*(?:::\s*<[^>]*>)?\s*\("
)
# Types of `self` that own it; what the first ones point to may be another's as well.
_OWNED_SELF = re.compile(rb"(?:\w+::)*(Arc|Rc)\s*<\s*Self\s*>|(?:\w+::)*Box\s*<\s*Self\s*>|Self")
_NAMES = frozenset({"identifier", "self"})
_TEXTS = ("string_literal", "raw_string_literal")
_MAKING = (b"format!", b"vec!")  # std's macros that give a value of their own
_HOPS = 6  # initializers followed back; longer chains are taken to be guarded


@dataclass(frozen=True, slots=True)
class Place:
    """``root.a.b``: the name it starts from, and the fields up to the first call, index or ``*``.

    ``simple`` is false when something else than a field lies on the way: such a place can be
    borrowed, never moved out of.
    """

    root: Node  # identifier, self, or whatever expression it starts from
    fields: tuple[bytes, ...]
    simple: bool
    prefixes: tuple[Node, ...]  # every expression on the way, the root first

    @property
    def whole(self) -> Node:
        """The expression as it was asked about, parentheses around it left out."""
        return self.prefixes[-1]

    @property
    def is_temporary(self) -> bool:
        """Is the whole expression a value that nothing else has (what a call returned)?"""
        made = ("call_expression", "await_expression", "try_expression", "macro_invocation")
        return self.whole.type in made

    @property
    def has_calls(self) -> bool:
        """Is a function called on the way?"""
        return any(node.type in ("call_expression", "await_expression") for node in self.prefixes)


def is_own_field(place: Place) -> bool:
    """Is it ``self.a`` or ``self.a.b``, with nothing but fields on the way?"""
    return place.root.type == "self" and place.simple and bool(place.fields)


def made_at_end(place: Place) -> Node | None:
    """What a call, a macro or a literal has just made and of which the place is a part, with nothing but
    fields, indices and ``*`` between: a reference to the place holds on to all of it (Rust reference,
    "Temporary lifetime extension"). None where it starts from a name."""
    for node in reversed(place.prefixes):
        if access_of(node) is None and indexed(node) is None and dereferenced(node) is None:
            named = node.type in (*_NAMES, "scoped_identifier", *_TEXTS)
            return None if named else node
    return None


class Reach(Enum):
    """How one expression reaches into another's place."""

    NOTHING = "nothing"
    BORROWS = "borrows"  # perhaps: a method of it is called, or it is mentioned
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Local:
    """A local variable, or ``self`` where it is taken by value, with all its uses."""

    name: bytes
    decl: Span
    scope: Span  # where it can be seen
    uses: tuple[Use, ...]
    borrowed: bool = False  # declared as a reference, as far as syntax tells


def place_of(source: Source, expression: Node) -> Place | None:
    """The place that an expression names, or that a call, a macro of std or a text makes; None for what
    makes a value in another way (a number, an operation)."""
    fields: list[bytes] = []
    prefixes: list[Node] = []
    simple = True
    node = bare(expression)
    while True:
        prefixes.append(node)
        access = access_of(node)
        if access is not None:
            fields.append(source.text(access.name))
            node = bare(access.base)
            continue
        if node.type in ("identifier", "self"):
            return Place(node, tuple(reversed(fields)), simple, tuple(reversed(prefixes)))
        if node.type == "scoped_identifier":
            return Place(node, tuple(reversed(fields)), False, tuple(reversed(prefixes)))
        simple = False
        fields.clear()
        inner = _inner(source, node)
        if inner is None:
            made = node.type in _TEXTS or _is_made(source, node)
            made = made or any(step.type == "call_expression" for step in prefixes)
            return Place(node, (), False, tuple(reversed(prefixes))) if made else None
        node = bare(inner)


def _is_made(source: Source, node: Node) -> bool:
    """``format!(..)``, ``vec![..]``: what another macro gives may be a place that somebody has."""
    return node.type == "macro_invocation" and source.text(node).startswith(_MAKING)


def reaches(source: Source, place: Place, shown: Span) -> Reach:
    """How far what stands at ``shown`` (an expression, or a name that a format string captures) reaches
    into ``place``: it names all of it or of what it is a part of, it may borrow from it, or neither."""
    root = span_of(place.root)
    node = source.node_at(shown)
    if node is None:
        return Reach.NAMES if _same_name(source, root, shown) else Reach.NOTHING
    other = place_of(source, node)
    if other is None or other.root.type not in _NAMES:
        names = (span_of(n) for n in walk_all(source, node) if n.type in _NAMES)
        mentioned = any(_same_name(source, root, name) for name in names)
        return Reach.BORROWS if mentioned else Reach.NOTHING
    common = min(len(place.fields), len(other.fields))
    same = _same_name(source, root, span_of(other.root))
    if not same or place.fields[:common] != other.fields[:common]:
        return Reach.NOTHING
    return Reach.BORROWS if other.has_calls else Reach.NAMES


def names(source: Source, place: Place, shown: Span) -> bool:
    """Does what stands at ``shown`` name what ``place`` starts from?"""
    root, node = span_of(place.root), source.node_at(shown)
    named = [shown] if node is None else (span_of(n) for n in walk_all(source, node))
    return any(_same_name(source, root, each) for each in named)


def _same_name(source: Source, one: Span, other: Span) -> bool:
    """Do two names, or captures of a format string, mean the same, as far as blocks tell?"""
    name = source.slice(one)
    if name != source.slice(other):
        return False
    function = source.fn_item_of(source.innermost(one))
    if function is None:
        return True
    scopes = scopes_of(source, function)
    declared = next((b for b in scopes.bindings if b.decl == other), None)
    return scopes.resolve(name, one.start) == (declared or scopes.resolve(name, other.start))


def _inner(source: Source, node: Node) -> Node | None:
    """What ``x[i]``, ``*x``, ``x.f()``, ``x?`` and ``x.await`` start from."""
    index, call = indexed(node), method_call(source, node)
    if index is not None:
        return index[0]
    return call.receiver if call is not None else dereferenced(node) or tried(node) or awaited(node)


def local_of(source: Source, scopes: Scopes, place: Place) -> Local | None:
    """The local variable (or ``self`` taken by value, or in an ``Arc`` or a ``Box``) that the place starts
    from."""
    if place.root.type == "self":
        return _self_of(source, scopes, bool(place.fields))
    if place.root.type != "identifier":
        return None
    binding = scopes.resolve(source.text(place.root), place.root.start_byte)
    if binding is None:
        return None
    borrowed = is_declared_reference(source, binding)
    return Local(binding.name, binding.decl, binding.scope, scopes.uses(binding), borrowed)


def is_of_body(source: Source, name: Node) -> bool:
    """Is ``name`` a local variable that the same body declares: the same ``fn``, closure, ``async``
    block or macro argument? What a panic leaves in it is then seen by nobody: a panic in a closure, or
    in a future, may be caught by who runs it, and what was captured is still there."""
    function = source.fn_item_of(name)
    if function is None or name.type != "identifier":
        return False
    binding = scopes_of(source, function).resolve(source.text(name), name.start_byte)
    body = source.enclosing(name, (*FUNCTIONS, "macro_invocation"))
    return binding is not None and body is not None and binding.decl in span_of(body)


def _self_of(source: Source, scopes: Scopes, is_field: bool) -> Local | None:
    declared, body = self_parameter(scopes.function), body_of(scopes.function)
    if declared is None or body is None:
        return None
    if declared.type != "self_parameter":
        typed = type_of(declared)
        owned = _OWNED_SELF.fullmatch(source.text(typed)) if typed is not None else None
        if owned is None or (is_field and owned[1] is not None):
            return None  # behind a reference, in a `Pin`, or shared
    elif has_token(declared, "&"):
        return None
    uses = {span_of(node) for node in walk_all(source, body) if node.type == "self"}
    return Local(b"self", span_of(declared), span_of(body), tuple(map(Use, sorted(uses))))


def is_written(source: Source, place: Node) -> bool:
    """Is the place, as a whole and where it stands, assigned to or borrowed mutably?"""
    up = source.parent(place)
    if up is None:
        return False
    operation = operation_of(source, up)
    if operation is not None and up.type != "binary_expression":
        return operation.left == place
    return borrowed(up) is not None and is_mut(up)


def is_declared_reference(source: Source, binding: Binding) -> bool:
    """``x: &T``, ``let x = &y``, ``for x in &xs`` or ``in xs.iter()``."""
    if not binding.plain:
        return False
    holder = source.parent(source.innermost(binding.decl))
    while holder is not None and holder.type == "mut_pattern":
        holder = source.parent(holder)
    if holder is None:
        return False
    declared = type_of(holder) if holder.type in ("parameter", "let_declaration") else None
    if declared is not None:
        return declared.type == "reference_type"
    value = _value_of(holder)
    if value is None:
        return False
    listed = source.text(value).endswith((b".iter()", b".keys()"))
    return borrowed(value) is not None or (holder.type == "for_expression" and listed)


def _value_of(holder: Node) -> Node | None:
    """What a ``let``, a condition, a ``match`` or a ``for`` binds names from."""
    let = let_of(holder)
    return let.value if let is not None else scrutinee_of(holder)


# -- where a value came from -----------------------------------------------------------------------


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
    guarding = bool(_GUARDING.search(source.text(place.whole)))
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
                if inner.type == "identifier" and not _names_code(inner):
                    found.append(inner)
                    pending.append((inner, hops + 1))
    return Origins(tuple(found), guarding, of_self)


def _names_code(node: Node) -> bool:
    """Is the identifier a function's, a path's or a macro's name?"""
    parent = node.parent
    return is_callee(node) or (
        parent is not None and parent.type in ("scoped_identifier", "macro_invocation")
    )


def initializers(source: Source, binding: Binding) -> Iterator[Node]:
    """The expressions that a binding's value comes from."""
    child: Node = source.innermost(binding.decl)
    if binding.kind == "select":
        arm = arm_that_binds(source, child)
        yield from [arm.future] if arm is not None else []
        return
    for holder in source.ancestors(child):
        if holder.type in (
            "let_declaration",
            "let_condition",
            "match_expression",
            "for_expression",
        ):
            value = _value_of(holder)
            if value is not None and value != child:
                yield value
            return
        if holder.type == "closure_expression":
            # What the closure is given comes from the call that runs it: `xs.iter().map(|x| ..)`.
            call = call_around(holder)
            run = method_call(source, call) if call is not None else None
            if run is not None:
                yield run.receiver
            return
        if holder.type == "function_item":
            return
        child = holder
