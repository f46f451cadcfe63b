"""Sites and uses of one file, from syntax: declared lock types, constructors, lock calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import NUMBERS
from codemods.mutex_counter.struct_sites import (
    NAME,
    made_by,
    of_file,
    one_shown,
    shown_text,
    struct_site,
    structs,
)
from engine.base.model import Role, Site, Span
from engine.detect.codemod import Match
from engine.rust import nodes, statement_nodes
from engine.rust.lock_groups import lock_sites
from engine.rust.lock_groups.lock_sites import (
    call_site,
    constructor_site,
    declaration_site,
    identity_of,
    is_lock,
    let_of_only,
    owner_of_type,
    turbofish_site,
)
from engine.rust.open_types import holds_only
from engine.rust.per_source import per_source
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of

_ALIAS = re.compile(rb"\btype\s+(\w+)\s*=\s*(\w+)\s*;")
# Right sides that cannot be references.
_VALUES = frozenset(
    {"integer_literal", "binary_expression", "type_cast_expression", "boolean_literal"}
    | {"reference_expression", "macro_invocation", "unary_expression"}
)
_NO_NUMBERS = frozenset(
    {"struct_expression", "string_literal", "tuple_expression", "array_expression"}
    | {"unit_expression", "closure_expression", "reference_expression"}
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
                yield call_site(NAME, source, match.one("call"), method)
    yield from one_shown(source, held)
    for span, found in owned.items():
        yield _declaration(source, span, found[0][0], [node for _, node in found])


def _lock_type(
    source: Source, node: Node, inner: Node, owned: Owned, held: list[Site]
) -> Iterator[Site]:
    """``Mutex<u64>``, ``Mutex<Count>``, ``Mutex<Stats>``."""
    name = source.text(inner)
    struct = structs(source).get(name)
    if not is_lock(source, node):
        return
    if struct is not None:
        held.append(of_file(source, owner_of_type(source, node), span_of(node), struct))
        return
    if name not in NUMBERS and name not in _aliases(source):
        return
    owner = owner_of_type(source, node)
    if owner is None and name in NUMBERS:
        site = turbofish_site(NAME, source, node)
        if site is not None:
            yield site
    elif owner is not None and owner.type != "closure_expression":  # rustc tells of its result
        owned.setdefault(identity_of(source, owner, node), []).append((owner, node))


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
    if name in structs(source) or name in _aliases(source) or not is_lock(source, node):
        return
    owner = owner_of_type(source, node)
    if owner is None or owner.type == "closure_expression":
        return
    found = _declaration(source, identity_of(source, owner, node), owner, [node])
    captures = {**found.captures, "inner": (span_of(inner),)}
    yield replace(found, captures=captures, kind=f"named {found.kind}", role="maybe")


def _declaration(source: Source, span: Span, owner: Node, types: Sequence[Node]) -> Site:
    site = declaration_site(NAME, source, span, owner, types)
    flag = source.text(types[0]).rstrip(b"> ").endswith(b"bool")
    return replace(site, message=message_for(shown_text(source, site.span), flag))


def message_for(declared: str, flag: bool) -> str:
    """What is said of a declaration of a lock around a number, or around a ``flag``."""
    noun = "flag" if flag else "number"
    return f"`{declared}`: a lock is taken for every look at one {noun}"


def _constructor(source: Source, node: Node, held: list[Site]) -> Iterator[Site]:
    """``Mutex::new`` with or without its call, and the ``let`` that it alone declares."""
    site = constructor_site(NAME, source, node)
    if site is None:
        return
    yield site
    whole = nodes.call_through(node) or node
    given = nodes.arguments_of(whole)
    made = made_by(given[0]) if len(given) == 1 else None
    if made is not None:
        yield from _filled(source, whole, made, held)
    holder = let_of_only(source, whole)
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
    owner = let_of_only(source, call)
    if struct is not None:
        held.append(of_file(source, owner, span_of(call), struct))
    elif nodes.last_segment(source.text(made))[:1].isupper():
        site = struct_site(source, owner, span_of(call), ())
        captures = {**site.captures, "inner": (span_of(made),)}
        yield replace(site, captures=captures, kind="made")


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


def asked(site: Site, source: Source) -> Iterator[Span]:
    """What rustc is asked about a site."""
    yield from lock_sites.asked(site)
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
