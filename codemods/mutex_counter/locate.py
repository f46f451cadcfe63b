"""Sites and uses of one file, from syntax: declared lock types, constructors, lock calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.mutex_counter.lock_types import NUMBERS, family_of
from codemods.mutex_counter.struct_sites import (
    NAME,
    made_by,
    of_file,
    one_shown,
    shown_text,
    struct_site,
    structs,
)
from engine.base.model import Level, Role, Site, Span
from engine.detect.codemod import Match
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.open_types import holds_only
from engine.rust.per_source import per_source
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of

# Method names of the query's last pattern. They are looked for with the parenthesis behind them.
METHODS = (
    b"lock", b"read", b"write", b"blocking_lock", b"blocking_read", b"blocking_write", b"get_mut",
    b"into_inner", b"try_lock", b"try_read", b"try_write", b"lock_owned", b"read_owned",
    b"write_owned", b"try_lock_owned", b"lock_arc", b"read_arc", b"write_arc", b"upgradable_read",
    b"is_locked", b"is_poisoned", b"clear_poison",
)  # fmt: skip
_CONSTANT = re.compile(rb"\b[A-Z][A-Z0-9_]*\b")
_ALIAS = re.compile(rb"\btype\s+(\w+)\s*=\s*(\w+)\s*;")
_OWNERS = frozenset(
    {"field_declaration", "ordered_field_declaration_list", "static_item", "const_item"}
    | {"type_item", "parameter", "let_declaration", "function_item", "function_signature_item"}
    | {"associated_type", "closure_expression"}
)
# Right sides that cannot be references.
_VALUES = frozenset(
    {"integer_literal", "binary_expression", "type_cast_expression", "boolean_literal"}
    | {"reference_expression", "macro_invocation", "unary_expression"}
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
_NO_NUMBERS = frozenset(
    {"struct_expression", "string_literal", "tuple_expression", "array_expression"}
    | {"unit_expression", "closure_expression", "reference_expression"}
)
_WRAPPERS = frozenset(
    {b"Arc::new", b"Rc::new", b"Box::new", b"Some", b"Ok", b"std::sync::Arc::new"}
    | {b"CachePadded::new"}
)


Owned = dict[Span, list[tuple[Node, Node]]]  # (declaration, lock type in it) by identity


def locate(source: Source, matches: Sequence[Match]) -> Iterator[Site]:
    """All places that the plan must know of; the declarations among them are sites."""
    owned: Owned = {}
    held: list[Site] = []  # locks around structs of the file
    for match in matches:
        if match.pattern in (0, 1):
            yield from _lock_type(source, match.one("type"), match.one("inner"), owned, held)
        elif match.pattern == 2:
            yield from _constructor(source, match.one("constructor"), held)
        elif match.pattern == 4:
            yield from _named(source, match.one("type"), match.one("inner"))
        else:
            method = match.one("method")
            if source.data[method.end_byte : method.end_byte + 1] == b"(":
                yield _call(source, match.one("call"), method)
    yield from one_shown(source, held)
    for span, found in owned.items():
        yield _declaration(source, span, found[0][0], [node for _, node in found])


def _lock_type(
    source: Source, node: Node, inner: Node, owned: Owned, held: list[Site]
) -> Iterator[Site]:
    """``Mutex<u64>``, ``Mutex<Count>``, ``Mutex<Stats>``."""
    name = source.text(inner)
    struct = structs(source).get(name)
    if not _is_lock(source, node):
        return
    if struct is not None:
        held.append(of_file(source, _owner(source, node), span_of(node), struct))
        return
    if name not in NUMBERS and name not in _aliases(source):
        return
    owner = _owner(source, node)
    if owner is None and name in NUMBERS:
        yield from _turbofish(source, node)
    elif owner is not None and owner.type != "closure_expression":  # rustc tells of its result
        owned.setdefault(identity_of(source, owner, node), []).append((owner, node))


def _is_lock(source: Source, node: Node) -> bool:
    if node.parent is not None and node.parent.type == "scoped_identifier":
        return False  # Mutex::<u64>::new: a constructor
    family, known = family_of(source, node, source.text(nodes.generic_head(node)))
    return family is not None or not known


@per_source
def _aliases(source: Source) -> frozenset[bytes]:
    """Names that the file defines as aliases of what has an atomic."""
    found = ((hit.group(1), hit.group(2)) for hit in _ALIAS.finditer(source.data))
    return frozenset(name for name, of in found if of in NUMBERS)


def _named(source: Source, node: Node, inner: Node) -> Iterator[Site]:
    """A lock around a name that this file does not tell the meaning of: the plan finds it out."""
    name, around = source.text(inner), inner.parent
    if around is not None and around.type == "generic_type" and holds_only(source, around):
        return  # a collection
    if name in structs(source) or name in _aliases(source) or not _is_lock(source, node):
        return
    owner = _owner(source, node)
    if owner is None or owner.type == "closure_expression":
        return
    found = _declaration(source, identity_of(source, owner, node), owner, [node])
    captures = {**found.captures, "inner": (span_of(inner),)}
    yield replace(found, captures=captures, kind=f"named {found.kind}", role="maybe")


def _owner(source: Source, node: Node) -> Node | None:
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


def _declaration(source: Source, span: Span, owner: Node, types: Sequence[Node]) -> Site:
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
    flag = source.text(types[0]).rstrip(b"> ").endswith(b"bool")
    return Site(
        NAME,
        source.path,
        shown,
        captures,
        kind=kind_of(owner),
        role="site" if owner.type in _SHOWN else "use",
        level=Level.REVIEW,
        message=message_for(shown_text(source, shown), flag),
    )


def kind_of(owner: Node) -> str:
    """What ``owner`` declares: the word for those that are shown to the user, else the node's."""
    return _SHOWN.get(owner.type, owner.type)


def message_for(declared: str, flag: bool) -> str:
    """What is said of a declaration of a lock around a number, or around a ``flag``."""
    noun = "flag" if flag else "number"
    return f"`{declared}`: a lock is taken for every look at one {noun}"


def _turbofish(source: Source, node: Node) -> Iterator[Site]:
    """A lock type in an expression, as in ``Arc::<Mutex<u64>>::default()``."""
    call = source.enclosing(node, ["call_expression"])
    if call is not None:
        captures = {"types": (span_of(node),), "whole": (span_of(call),)}
        yield Site(NAME, source.path, span_of(call), captures, kind="turbofish", role="use")


def _constructor(source: Source, node: Node, held: list[Site]) -> Iterator[Site]:
    """``Mutex::new`` with or without its call, and the ``let`` that it alone declares."""
    named_path = nodes.path_of(node)
    path = named_path[0] if named_path is not None else None
    if path is None:
        return
    named = nodes.generic_head(path)
    # `parking_lot::const_mutex` names no type.
    if nodes.last_segment(source.text(named)) not in (b"parking_lot", b"lock_api"):
        family, known = family_of(source, node, source.text(named))
        if family is None and known:
            return
    call = nodes.call_through(node)
    whole = call or node
    captures = {"path": (span_of(path),), "whole": (span_of(whole),), "named": (span_of(named),)}
    yield Site(NAME, source.path, span_of(whole), captures, kind="new", role="use")
    given = nodes.arguments_of(whole)
    made = made_by(given[0]) if len(given) == 1 else None
    if made is not None:
        yield from _filled(source, whole, made, held)
    holder = _let_of_only(source, whole)
    let = statement_nodes.let_of(holder) if holder is not None else None
    if holder is None or let is None or let.type is not None:
        return
    if len(given) != 1 or given[0].type in _NO_NUMBERS:
        return
    shown = Span(let.pattern.start_byte, whole.end_byte)
    parts = {"name": (span_of(let.pattern),), "owner": (span_of(holder),), "types": ()}
    role: Role = "site"
    if not _is_number(source, given[0]):  # rustc knows the type of what it is made of
        parts, role = {**parts, "made": (span_of(whole),)}, "maybe"
    message = message_for(f"{shown_text(source, shown)}..", given[0].type == "boolean_literal")
    yield Site(NAME, source.path, shown, parts, kind="local", role=role, message=message)


def _filled(source: Source, call: Node, made: Node, held: list[Site]) -> Iterator[Site]:
    """A lock is made around a struct, ``made``: of this file, or perhaps of another one."""
    struct = structs(source).get(source.text(made))
    owner = _let_of_only(source, call)
    if struct is not None:
        held.append(of_file(source, owner, span_of(call), struct))
    elif nodes.last_segment(source.text(made))[:1].isupper():
        site = struct_site(source, owner, span_of(call), ())
        captures = {**site.captures, "inner": (span_of(made),)}
        yield replace(site, captures=captures, kind="made")


def _let_of_only(source: Source, node: Node) -> Node | None:
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


def _is_number(source: Source, node: Node) -> bool:
    """A value whose type must be a number or bool, as far as syntax tells."""
    text = source.text(node)
    if node.type == "integer_literal":
        return not text.endswith((b"u128", b"i128"))
    if node.type == "unary_expression":
        inner = node.named_children[0].type if node.named_children else ""
        return inner in ("integer_literal", "float_literal")
    if node.type == "scoped_identifier":
        return text.partition(b"::")[0] in NUMBERS
    return node.type in ("boolean_literal", "float_literal")


def _call(source: Source, call: Node, method: Node) -> Site:
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
    # A static that a macro makes has no declaration here: its type tells.
    made = source.text(found.receiver) in _made_by_macros(source)
    role: Role = "maybe" if made else "use"
    return Site(NAME, source.path, span_of(call), captures, kind=kind, role=role)


@per_source
def _made_by_macros(source: Source) -> frozenset[bytes]:
    """Names of constants and statics that macro calls among the file's items are given."""
    calls = [
        child
        for child in source.root.named_children
        if child.type in ("macro_invocation", "expression_statement")
    ]
    return frozenset(word for call in calls for word in _CONSTANT.findall(source.text(call)))


def asked(site: Site, source: Source) -> Iterator[Span]:
    """What rustc is asked about a site."""
    for name in ("receiver", "base", "result", "whole"):
        yield from site.captures.get(name, ())
    if site.kind.startswith("call "):
        yield from _operands(source, site)


def _operands(source: Source, site: Site) -> Iterator[Span]:
    """Right sides of ``+=`` and the like under this lock: some are references to numbers."""
    node = source.node_at(site.span)
    statement = source.statement_of(node) if node is not None else None
    holder = statement
    if statement is not None and statement.type == "let_declaration":
        let = statement_nodes.let_of(statement)
        named = let is not None and let.pattern.type == "identifier"
        holder = source.parent(statement) if named else None
    for part in walk(holder) if statement is not None and holder is not None else ():
        change = nodes.operation_of(source, part)
        if part.type != "compound_assignment_expr" or change is None or statement is None:
            continue
        if change.left.start_byte >= statement.start_byte and change.right.type not in _VALUES:
            yield span_of(change.right)
