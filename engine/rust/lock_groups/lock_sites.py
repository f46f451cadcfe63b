"""Where locks are declared, made and taken in one file, from syntax: what a codemod's ``locate`` keeps of
each, as captures of a ``Site``, for :mod:`engine.rust.lock_groups.lock_places` to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tree_sitter import Node

from engine.base.model import Role, Site, Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.files import Files, mentions
from engine.rust.lock_groups.lock_types import family_of
from engine.rust.per_source import per_source
from engine.rust.syntax import Source, span_of

# Methods that reach the value behind a lock, or ask about the lock.
METHODS = (
    b"lock", b"read", b"write", b"blocking_lock", b"blocking_read", b"blocking_write", b"get_mut",
    b"into_inner", b"try_lock", b"try_read", b"try_write", b"lock_owned", b"read_owned",
    b"write_owned", b"try_lock_owned", b"lock_arc", b"read_arc", b"write_arc", b"upgradable_read",
    b"is_locked", b"is_poisoned", b"clear_poison",
)  # fmt: skip
_MOST = 500  # mentions of one name that are asked about
_CONSTANT = re.compile(rb"\b[A-Z][A-Z0-9_]*\b")
_OWNERS = frozenset(
    {"field_declaration", "ordered_field_declaration_list", "static_item", "const_item"}
    | {"type_item", "parameter", "let_declaration", "function_item", "function_signature_item"}
    | {"associated_type", "closure_expression"}
)
# Declarations that are shown to the user; parameters and results belong to one of them.
_SHOWN = {
    "field_declaration": "field",
    "ordered_field_declaration_list": "field",
    "static_item": "static",
    "const_item": "const",
    "type_item": "alias",
    "let_declaration": "let",
}
# Of these, the type that stands behind the name, not anywhere in them.
_WRITTEN_BEHIND = frozenset(
    {"let_declaration", "function_item", "function_signature_item", "closure_expression"}
)
# `F: Fn(&Mutex<u64>)` of a function.
BOUNDS = frozenset({"type_parameter", "where_predicate"})
_OUTSIDE = frozenset({"block", "impl_item", "trait_item", "where_clause", "arguments"})
_WRAPPERS = frozenset(
    {b"Arc::new", b"Rc::new", b"Box::new", b"Some", b"Ok", b"std::sync::Arc::new"}
    | {b"CachePadded::new"}
)


def is_lock(source: Source, node: Node) -> bool:
    """May the written type ``node`` be a lock's?"""
    if node.parent is not None and node.parent.type == "scoped_identifier":
        return False  # Mutex::<u64>::new: a constructor
    family, known = family_of(source, node, source.text(nodes.generic_head(node)))
    return family is not None or not known


def owner_of_type(source: Source, node: Node) -> Node | None:
    """What is declared with the type that ``node`` is a part of."""
    called = False  # is it what a closure is given, or gives?
    for ancestor in source.ancestors(node):
        called = called or ancestor.type == "function_type"
        if called and ancestor.type in BOUNDS and bounded_function(ancestor) is not None:
            return ancestor
        if ancestor.type in _WRITTEN_BEHIND:
            declared = item_nodes.type_of(ancestor) or item_nodes.return_type(ancestor)
            return ancestor if declared and span_of(node) in span_of(declared) else None
        if ancestor.type in _OWNERS:
            return ancestor
        if ancestor.type in _OUTSIDE:
            return None
    return None


def bounded_function(bound: Node) -> Node | None:
    """The function of whose type parameters ``bound`` (a kind of ``BOUNDS``) tells."""
    listed = bound.parent
    function = listed.parent if listed is not None else None
    known = function is not None and function.type in ("function_item", "function_signature_item")
    return function if known else None


def identity_of(source: Source, owner: Node, node: Node) -> Span:
    """A span for the declaration: for tuple structs, that of the one field."""
    if owner.type != "ordered_field_declaration_list":
        return span_of(owner)
    child = node
    while child.parent is not None and child.parent != owner:
        child = child.parent
    return span_of(child)


def kind_of(owner: Node) -> str:
    """What ``owner`` declares: the word for those that are shown to the user, else the node's."""
    return _SHOWN.get(owner.type, owner.type)


def declaration_site(
    codemod: str, source: Source, span: Span, owner: Node, types: Sequence[Node]
) -> Site:
    """The declaration ``owner``, whose identity is ``span``, of a place with the lock ``types`` in it."""
    captures = {"types": tuple(span_of(node) for node in types), "owner": (span_of(owner),)}
    shown = span
    if owner.type != "ordered_field_declaration_list":
        name = item_nodes.name_of(owner) or statement_nodes.pattern_of(owner)
        declared = item_nodes.type_of(owner) or item_nodes.return_type(owner)
        ends = [declared] if declared is not None else types
        start = name.start_byte if name is not None else span.start
        shown = Span(start, max(node.end_byte for node in ends))
        if name is not None:
            captures["name"] = (span_of(name),)
    role: Role = "site" if owner.type in _SHOWN else "use"
    return Site(codemod, source.path, shown, captures, kind=kind_of(owner), role=role)


def turbofish_site(codemod: str, source: Source, node: Node) -> Site | None:
    """A lock type in an expression, as in ``Arc::<Mutex<u64>>::default()``."""
    call = source.enclosing(node, ["call_expression"])
    if call is None:
        return None
    captures = {"types": (span_of(node),), "whole": (span_of(call),)}
    return Site(codemod, source.path, span_of(call), captures, kind="turbofish", role="use")


def constructor_site(codemod: str, source: Source, node: Node) -> Site | None:
    """``Mutex::new``, with or without its call; None where that is known to make no lock."""
    named_path = nodes.path_of(node)
    path = named_path[0] if named_path is not None else None
    if path is None:
        return None
    named = nodes.generic_head(path)
    # `parking_lot::const_mutex` names no type.
    if nodes.last_segment(source.text(named)) not in (b"parking_lot", b"lock_api"):
        family, known = family_of(source, node, source.text(named))
        if family is None and known:
            return None
    whole = nodes.call_through(node) or node
    captures = {"path": (span_of(path),), "whole": (span_of(whole),), "named": (span_of(named),)}
    return Site(codemod, source.path, span_of(whole), captures, kind="new", role="use")


def let_of_only(source: Source, node: Node) -> Node | None:
    """The ``let`` whose value is this constructor, in an ``Arc::new(..)`` or bare."""
    while True:
        whole, up = nodes.unwrapped(node)
        if up is None or up.type == "let_declaration":
            return up
        call = nodes.call_around(whole)
        callee = nodes.callee_of(call) if call is not None else None
        if call is None or callee is None or source.text(callee) not in _WRAPPERS:
            return None
        node = call


def call_site(codemod: str, source: Source, call: Node, method: Node) -> Site:
    """The call of one of ``METHODS``; a "maybe" on a static that a macro makes: only its type tells."""
    found = nodes.method_call(source, call)
    assert found is not None
    captures = {"receiver": (span_of(found.receiver),), "method": (span_of(method),)}
    access = nodes.access_of(found.receiver)
    if access is not None:
        captures["base"] = (span_of(access.base),)
    up = nodes.outward(call).parent
    result = up if up is not None and up.type == "await_expression" else call
    captures["result"] = (span_of(result),)
    kind = f"call {found.method.decode('utf-8', 'replace')}"
    made = source.text(found.receiver) in _made_by_macros(source)
    role: Role = "maybe" if made else "use"
    return Site(codemod, source.path, span_of(call), captures, kind=kind, role=role)


@per_source
def _made_by_macros(source: Source) -> frozenset[bytes]:
    """Names of constants and statics that macro calls among the file's items are given."""
    calls = [
        child
        for child in source.root.named_children
        if child.type in ("macro_invocation", "expression_statement")
    ]
    return frozenset(word for call in calls for word in _CONSTANT.findall(source.text(call)))


def located(
    codemod: str,
    source: Source,
    types: Iterable[Node],
    constructors: Iterable[Node],
    calls: Iterable[Node],
) -> Iterator[Site]:
    """The sites of a file: of written ``types`` those that may be locks', of ``constructors`` (paths) those
    that may make one, and the ``calls`` of ``METHODS``."""
    owned: dict[Span, list[tuple[Node, Node]]] = {}  # (declaration, lock type in it) by identity
    for node in types:
        if not is_lock(source, node):
            continue
        owner = owner_of_type(source, node)
        made = turbofish_site(codemod, source, node) if owner is None else None
        if made is not None:
            yield made
        elif owner is not None and owner.type != "closure_expression":  # rustc tells of its result
            owned.setdefault(identity_of(source, owner, node), []).append((owner, node))
    for node in constructors:
        made = constructor_site(codemod, source, node)
        if made is not None:
            yield made
            yield from _let_of(codemod, source, nodes.call_through(node) or node)
    for node in calls:
        method = nodes.method_call(source, node)
        name = nodes.callee_name(node)
        if method is not None and name is not None:
            yield call_site(codemod, source, node, name)
    for span, found in owned.items():
        yield declaration_site(codemod, source, span, found[0][0], [node for _, node in found])


def _let_of(codemod: str, source: Source, made: Node) -> Iterator[Site]:
    """The ``let`` whose type the constructor ``made`` alone tells."""
    holder = let_of_only(source, made)
    let = statement_nodes.let_of(holder) if holder is not None else None
    if holder is not None and let is not None and let.type is None:
        shown = Span(let.pattern.start_byte, made.end_byte)
        parts = {"name": (span_of(let.pattern),), "owner": (span_of(holder),), "types": ()}
        yield Site(codemod, source.path, shown, parts, kind="local")


def asked(site: Site) -> Iterator[Span]:
    """What rustc is asked about a site."""
    for name in ("receiver", "base", "result", "whole"):
        yield from site.captures.get(name, ())


def asked_of_fields(files: Files, sites: Iterable[Site]) -> Iterator[tuple[str, Span]]:
    """What fields of these names are looked up in, wherever: its type tells which of several namesakes is
    meant. Of names that are everywhere none is asked."""
    names: dict[bytes, None] = {}
    for site in sites:
        if site.kind == "field" and "name" in site.captures:
            names[files.get(site.path).slice(site.captures["name"][0])] = None
    for name in names:
        found: list[tuple[str, Span]] = []
        for source, node in mentions(files, name):
            access = nodes.access_of(node.parent) if node.parent is not None else None
            if (
                access is not None
                and access.name == node
                and nodes.bare(access.base).type != "self"
            ):
                found.append((source.path, span_of(access.base)))
        yield from found if len(found) <= _MOST else ()
