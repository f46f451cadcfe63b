"""Sites and uses of one file, from syntax: declared lock types, constructors, lock calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from tree_sitter import Node, Query

from codemods.mutex_counter.names import ATOMICS, family_of
from engine.base.model import Level, Site, Span
from engine.detect.codemod import Match
from engine.rust.nodes import outward
from engine.rust.per_source import per_source
from engine.rust.queries import captures, compile_query
from engine.rust.syntax import Source, span_of

NAME = "mutex-counter"
# Method names of the query's last pattern. They are looked for with the parenthesis behind them.
METHODS = (
    b"lock", b"read", b"write", b"blocking_lock", b"blocking_read", b"blocking_write", b"get_mut",
    b"into_inner", b"try_lock", b"try_read", b"try_write", b"lock_owned", b"read_owned",
    b"write_owned", b"try_lock_owned", b"lock_arc", b"read_arc", b"write_arc", b"upgradable_read",
    b"is_locked", b"is_poisoned", b"clear_poison",
)  # fmt: skip
_ALIAS = re.compile(rb"\btype\s+(\w+)\s*=\s*(\w+)\s*;")
_OWNERS = frozenset(
    {"field_declaration", "ordered_field_declaration_list", "static_item", "const_item"}
    | {"type_item", "parameter", "let_declaration", "function_item", "function_signature_item"}
    | {"associated_type", "closure_expression"}
)
# Right sides that cannot be references.
_NUMBERS = frozenset(
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
_WRAPPERS = frozenset(
    {
        b"Arc::new",
        b"Rc::new",
        b"Box::new",
        b"Some",
        b"Ok",
        b"std::sync::Arc::new",
        b"CachePadded::new",
    }
)


def locate(source: Source, matches: Sequence[Match]) -> Iterator[Site]:
    """All places that the plan must know of; the declarations among them are sites."""
    owned: dict[Span, list[tuple[Node, Node]]] = {}
    for match in matches:
        if match.pattern == 1:
            node, inner = match.one("type"), match.one("inner")
            struct = counters(source).get(source.text(inner))
            if struct is not None and _is_lock(source, node):
                yield _struct(source, node, struct)
            elif source.text(inner) in _numbers(source) and _is_lock(source, node):
                owner = _owner(source, node)
                if owner is not None and owner.type != "closure_expression":
                    owned.setdefault(_identity(source, owner, node), []).append((owner, node))
        elif match.pattern == 4:
            yield from _named(source, match.one("type"), match.one("inner"))
        elif match.pattern == 0:
            node, inner = match.one("type"), match.one("inner")
            if not _is_counter_type(source, node, inner):
                continue
            owner = _owner(source, node)
            if owner is None:
                yield from _turbofish(source, node)
            elif owner.type == "closure_expression":
                continue  # its result's type: rustc says so when it must change
            else:
                owned.setdefault(_identity(source, owner, node), []).append((owner, node))
        elif match.pattern == 2:
            yield from _constructor(source, match.one("constructor"))
        else:
            method = match.one("method")
            if source.data[method.end_byte : method.end_byte + 1] == b"(":
                yield _call(source, match.one("call"), method)
    for span, found in owned.items():
        yield _declaration(source, span, found[0][0], [node for _, node in found])


def _is_counter_type(source: Source, node: Node, inner: Node) -> bool:
    if source.text(inner).decode("utf-8", "replace") not in ATOMICS:
        return False
    return _is_lock(source, node)


def _is_lock(source: Source, node: Node) -> bool:
    named, up = node.child_by_field_name("type"), node.parent
    if named is None or (up is not None and up.type == "scoped_identifier"):
        return False  # Mutex::<u64>::new: a constructor
    family, known = family_of(source, node, source.text(named))
    return family is not None or not known


@cache
def _structs() -> Query:
    return compile_query("(struct_item) @struct")


@per_source
def counters(source: Source) -> Mapping[bytes, Node]:
    """Structs of the file that hold nothing but numbers and flags, by name."""
    found: dict[bytes, list[Node]] = {}
    for node in captures(_structs(), source.root, "struct"):
        named = node.child_by_field_name("name")
        found.setdefault(source.text(named) if named is not None else b"", []).append(node)
    return {
        n: nodes[0] for n, nodes in found.items() if len(nodes) == 1 and fields(source, nodes[0])
    }


def fields(source: Source, struct: Node) -> dict[bytes, Node]:
    """Types of the struct's fields by name, when all are numbers or flags; else nothing."""
    body = struct.child_by_field_name("body")
    if body is None or body.type != "field_declaration_list":
        return {}
    if struct.child_by_field_name("type_parameters") is not None:
        return {}
    found: dict[bytes, Node] = {}
    for declared in body.named_children:
        if declared.type != "field_declaration":
            continue
        named, type_ = declared.child_by_field_name("name"), declared.child_by_field_name("type")
        if named is None or type_ is None:
            return {}
        if source.text(type_).decode("utf-8", "replace") not in ATOMICS:
            return {}
        found[source.text(named)] = type_
    return found


def counts(source: Source, names: Iterable[bytes]) -> bool:
    """Is a field of one of these names added to in this file? Settings are no counters."""
    words = b"|".join(re.escape(name) for name in names)
    return re.search(rb"\.\s*(?:" + words + rb")\s*[+-]=", source.data) is not None


def _struct(source: Source, node: Node, struct: Node) -> Site:
    """``Mutex<Stats>``, where ``Stats`` holds nothing but counters."""
    owner = _owner(source, node)
    shown = (
        owner is not None
        and owner.type in ("field_declaration", "static_item")
        and counts(source, fields(source, struct))
    )
    span = span_of(node)
    if owner is not None and shown:
        named = owner.child_by_field_name("name")
        span = Span(named.start_byte if named is not None else span.start, span.end)
    text = " ".join(source.slice(span).decode("utf-8", "replace").split())
    return Site(
        NAME,
        source.path,
        span,
        {"types": (span_of(node),), "struct": (span_of(struct),)},
        kind="struct",
        role="site" if shown else "use",
        message=f"`{text}`: one lock stands before a struct of counters",
    )


@per_source
def _numbers(source: Source) -> frozenset[bytes]:
    """Names that the file defines as aliases of what has an atomic."""
    found = ((hit.group(1), hit.group(2)) for hit in _ALIAS.finditer(source.data))
    return frozenset(name for name, of in found if of.decode("utf-8", "replace") in ATOMICS)


def _named(source: Source, node: Node, inner: Node) -> Iterator[Site]:
    """A lock around a name that this file does not tell the meaning of: the plan finds it out."""
    name = source.text(inner)
    if name in counters(source) or name in _numbers(source) or not _is_lock(source, node):
        return
    owner = _owner(source, node)
    if owner is None or owner.type == "closure_expression":
        return
    found = _declaration(source, _identity(source, owner, node), owner, [node])
    captures = {**found.captures, "inner": (span_of(inner),)}
    yield replace(found, captures=captures, kind=f"named {found.kind}", role="maybe")


def _owner(source: Source, node: Node) -> Node | None:
    for ancestor in source.ancestors(node):
        if ancestor.type in _OWNERS:
            field = "return_type"
            if ancestor.type in ("function_item", "function_signature_item", "closure_expression"):
                declared = ancestor.child_by_field_name(field)
                inside = declared is not None and span_of(node) in span_of(declared)
                return ancestor if inside else None
            if ancestor.type == "let_declaration":
                declared = ancestor.child_by_field_name("type")
                inside = declared is not None and span_of(node) in span_of(declared)
                return ancestor if inside else None
            return ancestor
        if ancestor.type in ("block", "impl_item", "trait_item", "where_clause", "arguments"):
            return None
    return None


def _identity(source: Source, owner: Node, node: Node) -> Span:
    """A span for the declaration: for tuple structs, that of the one field."""
    if owner.type != "ordered_field_declaration_list":
        return span_of(owner)
    child = node
    while child.parent is not None and child.parent != owner:
        child = child.parent
    return span_of(child)


def _declaration(source: Source, span: Span, owner: Node, types: Sequence[Node]) -> Site:
    name = owner.child_by_field_name("name") or owner.child_by_field_name("pattern")
    kind = _SHOWN.get(owner.type, "use")
    start = name.start_byte if name is not None else span.start
    end = max(node.end_byte for node in types)
    declared = owner.child_by_field_name("type") or owner.child_by_field_name("return_type")
    if declared is not None and owner.type != "ordered_field_declaration_list":
        end = declared.end_byte
    if owner.type == "ordered_field_declaration_list":
        start, end = span.start, span.end
    shown = Span(start, end)
    text = " ".join(source.slice(shown).decode("utf-8", "replace").split())
    captures = {"types": tuple(span_of(node) for node in types), "owner": (span_of(owner),)}
    if name is not None and owner.type != "ordered_field_declaration_list":
        captures["name"] = (span_of(name),)
    return Site(
        NAME,
        source.path,
        shown,
        captures,
        kind={"use": owner.type}.get(kind, kind),
        role="site" if kind != "use" else "use",
        level=Level.REVIEW,
        message=f"`{text}`: a lock is taken for every look at one {_noun(source, types[0])}",
    )


def _noun(source: Source, node: Node) -> str:
    return "flag" if source.text(node).rstrip(b"> ").endswith(b"bool") else "number"


def _turbofish(source: Source, node: Node) -> Iterator[Site]:
    """A lock type in an expression, as in ``Arc::<Mutex<u64>>::default()``."""
    call = source.enclosing(node, ["call_expression"])
    if call is not None:
        captures = {"types": (span_of(node),), "whole": (span_of(call),)}
        yield Site(NAME, source.path, span_of(call), captures, kind="turbofish", role="use")


def _constructor(source: Source, node: Node) -> Iterator[Site]:
    """``Mutex::new`` with or without its call, and the ``let`` that it alone declares."""
    path = node.child_by_field_name("path")
    if path is None:
        return
    named = path
    if path.type == "generic_type":
        named = path.child_by_field_name("type") or path
    last = source.text(named).rpartition(b"::")[2]
    if last in (b"parking_lot", b"lock_api"):
        return
    family, known = family_of(source, node, source.text(named))
    if family is None and known:
        return
    call = node.parent
    called = (
        call is not None
        and call.type == "call_expression"
        and (call.child_by_field_name("function") == node)
    )
    whole = call if called and call is not None else node
    captures = {"path": (span_of(path),), "whole": (span_of(whole),), "named": (span_of(named),)}
    yield Site(NAME, source.path, span_of(whole), captures, kind="new", role="use")
    given = whole.child_by_field_name("arguments") if called else None
    let = _alone(source, whole)
    if let is None or given is None or len(given.named_children) != 1:
        return
    pattern = let.child_by_field_name("pattern")
    if pattern is None or let.child_by_field_name("type") is not None:
        return
    if not _is_number(source, given.named_children[0]):
        return
    shown = Span(pattern.start_byte, whole.end_byte)
    text = " ".join(source.slice(shown).decode("utf-8", "replace").split())
    noun = "flag" if given.named_children[0].type == "boolean_literal" else "number"
    yield Site(
        NAME,
        source.path,
        shown,
        {"name": (span_of(pattern),), "owner": (span_of(let),), "types": ()},
        kind="local",
        message=f"`{text}..`: a lock is taken for every look at one {noun}",
    )


def _alone(source: Source, node: Node) -> Node | None:
    """The ``let`` whose value is this constructor, in an ``Arc::new(..)`` or bare."""
    while True:
        up = outward(node).parent
        if up is None:
            return None
        if up.type == "let_declaration":
            return up
        if up.type == "arguments" and up.parent is not None:
            function = up.parent.child_by_field_name("function")
            if function is None or source.text(function) not in _WRAPPERS:
                return None
            node = up.parent
        else:
            return None


def _is_number(source: Source, node: Node) -> bool:
    """A value whose type must be an integer or bool, as far as syntax tells."""
    text = source.text(node)
    if node.type == "integer_literal":
        return not text.endswith((b"u128", b"i128", b"f32", b"f64"))
    if node.type == "unary_expression":
        return bool(node.named_children) and node.named_children[0].type == "integer_literal"
    if node.type == "scoped_identifier":
        return text.partition(b"::")[0].decode("utf-8", "replace") in ATOMICS
    return node.type == "boolean_literal"


def _call(source: Source, call: Node, method: Node) -> Site:
    field = method.parent
    assert field is not None
    receiver = field.child_by_field_name("value")
    assert receiver is not None
    captures = {"receiver": (span_of(receiver),), "method": (span_of(method),)}
    base = receiver.child_by_field_name("value") if receiver.type == "field_expression" else None
    if base is not None:
        captures["base"] = (span_of(base),)
    up = outward(call).parent
    result = up if up is not None and up.type == "await_expression" else call
    captures["result"] = (span_of(result),)
    kind = source.text(method).decode("utf-8", "replace")
    return Site(NAME, source.path, span_of(call), captures, kind=f"call {kind}", role="use")


def asked(site: Site, source: Source) -> Iterator[Span]:
    """What rustc is asked about a site."""
    for name in ("receiver", "base", "result", "whole"):
        yield from site.captures.get(name, ())
    if site.kind.startswith("call "):
        yield from _operands(source, site)


def _operands(source: Source, site: Site) -> Iterator[Span]:
    """Right sides of ``+=`` and the like under this lock: some are references to numbers."""
    node = source.node_at(site.span)
    if node is None:
        return
    statement = source.statement_of(node)
    if statement is None:
        return
    names: set[bytes] = set()
    pattern = statement.child_by_field_name("pattern")
    block = source.parent(statement)
    holder: Node | None = statement
    if statement.type == "let_declaration":
        if pattern is None or pattern.type != "identifier":
            return
        names.add(source.text(pattern))
        holder = block
    if holder is None:
        return
    pending = [holder]
    while pending:
        current = pending.pop()
        left, right = current.child_by_field_name("left"), current.child_by_field_name("right")
        if (
            current.type == "compound_assignment_expr"
            and left is not None
            and left.start_byte >= statement.start_byte
            and right is not None
            and right.type not in _NUMBERS
        ):
            yield span_of(right)
        pending.extend(current.named_children)
