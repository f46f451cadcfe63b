"""Locks around structs, from syntax: structs that hold numbers, where a lock around one is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from tree_sitter import Node, Query

from codemods.mutex_counter.atomic_types import FLOATS, NUMBERS
from engine.base.model import Role, Site, Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.per_source import per_source
from engine.rust.queries import captures, compile_query
from engine.rust.syntax import Source, span_of

NAME = "mutex-counter"
# Places that keep a lock, whoever uses it.
_KEEPING = frozenset({"field_declaration", "static_item", "type_item"})
KEPT = "kept"  # the capture of a struct's lock that has such a place
_LONG = 60  # characters of code in a message
SITE: Role = "site"
MAYBE: Role = "maybe"
# A float stays in its struct: its atomic would be one of bits.
_COUNTED = NUMBERS - {name.encode() for name in FLOATS}


@cache
def _structs() -> Query:
    return compile_query("(struct_item name: (_) @name) @struct")


@per_source
def structs(source: Source) -> Mapping[bytes, Node]:
    """Structs of the file that hold a number or a flag, by name; also those that hold them in an array or
    in another such struct."""
    alone = _alone(source)
    plain = {name: node for name, node in alone.items() if number_fields(source, node)}
    return {n: s for n, s in alone.items() if n in plain or inner_counters(source, s)}


@per_source
def _alone(source: Source) -> Mapping[bytes, Node]:
    """The structs whose name the file gives to one only."""
    found: dict[bytes, list[Node]] = {}
    for node in captures(_structs(), source.root, "struct"):
        named = item_nodes.name_of(node)
        found.setdefault(source.text(named) if named is not None else b"", []).append(node)
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def field_types(source: Source, struct: Node) -> dict[bytes, Node]:
    """Types of all the struct's fields, by name; those of a tuple struct by their number."""
    found = {source.text(name): type_ for name, type_ in item_nodes.named_fields(struct)}
    numbered = enumerate(item_nodes.tuple_types(struct))
    return found or {str(at).encode(): type_ for at, type_ in numbered}


def number_fields(source: Source, struct: Node) -> dict[bytes, Node]:
    """Types of the struct's fields that are numbers or flags, by name."""
    every = field_types(source, struct)
    return {name: type_ for name, type_ in every.items() if source.text(type_) in _COUNTED}


def inner_counters(source: Source, struct: Node) -> dict[bytes, Node]:
    """Types of the fields that are arrays of numbers, or structs of the same file that hold numbers."""
    found: dict[bytes, Node] = {}
    for name, type_ in field_types(source, struct).items():
        element = item_nodes.element_of(type_)
        inner = _alone(source).get(source.text(type_))
        array = element is not None and source.text(element) in _COUNTED
        if array or (inner is not None and inner != struct and number_fields(source, inner)):
            found[name] = type_
    return found


def fields(source: Source, struct: Node) -> dict[bytes, Node]:
    """Types of the struct's fields by name, when all are numbers or flags; else nothing."""
    found = number_fields(source, struct)
    return found if len(found) == len(field_types(source, struct)) else {}


def counts(source: Source, names: Iterable[bytes], inside: bool = False) -> bool:
    """Is a field of one of these names added to in this file (``inside``: or an element or a field of
    it)? Settings are no counters."""
    words = b"|".join(re.escape(name) for name in names)
    part = rb"(?:\s*\[[^\]\n]*\]|\s*\.\s*\w+)?" if inside else b""
    pattern = rb"\.\s*(?:" + words + rb")" + part + rb"\s*[+-]="
    return bool(words) and re.search(pattern, source.data) is not None


def struct_site(source: Source, owner: Node | None, lock: Span, numbers: Iterable[bytes]) -> Site:
    """A lock at ``lock`` around a struct, of which all fields are ``numbers`` (none: it has others,
    too). ``owner`` is what is declared with it. Where it has a place of its own, that is shown."""
    span, role, kept = lock, MAYBE, owner is not None and owner.type in _KEEPING
    names = tuple(numbers)
    if owner is not None and kept:
        named = item_nodes.name_of(owner)
        span = Span(named.start_byte, span.end) if named is not None else span
        role = SITE if names and counts(source, names) else MAYBE
    elif owner is not None and owner.type in ("parameter", "let_declaration"):
        pattern, declared = statement_nodes.pattern_of(owner), item_nodes.type_of(owner)
        end = declared.end_byte if declared is not None else span.end
        span = Span(pattern.start_byte, end) if pattern is not None else span
    text = shown_text(source, span)
    text = text if len(text) <= _LONG else f"{text[: _LONG - 2]}.."
    message = f"`{text}`: one lock stands before a struct of counters"
    captures = {"types": (lock,), **({KEPT: (lock,)} if kept else {})}
    return Site(NAME, source.path, span, captures, kind="struct", role=role, message=message)


def of_file(source: Source, owner: Node | None, lock: Span, struct: Node) -> Site:
    """As ``struct_site``, for a ``struct`` of the same file."""
    site = struct_site(source, owner, lock, fields(source, struct))
    return replace(site, captures={**site.captures, "struct": (span_of(struct),)})


def one_shown(source: Source, held: Sequence[Site]) -> Iterator[Site]:
    """The locks around structs; where no field, static or alias of the file keeps one, the first
    place that has it is shown."""
    found: dict[Span, list[Site]] = {}
    for site in sorted(held, key=lambda site: site.span):
        found.setdefault(site.captures["struct"][0], []).append(site)
    for span, sites in found.items():
        struct = source.node_at(span)
        numbers = fields(source, struct) if struct is not None else {}
        kept = any(KEPT in site.captures for site in sites)
        if numbers and not kept and counts(source, numbers):
            sites[0] = replace(sites[0], role=SITE)
        yield from sites


def made_by(value: Node) -> Node | None:
    """``Stats`` in ``Stats { hits: 0 }`` and ``Stats(0)``, and in ``Stats::new()`` and the like."""
    if value.type == "struct_expression":
        return item_nodes.name_of(value)
    callee = nodes.callee_of(value)
    if callee is not None and callee.type == "identifier":
        return callee
    path = nodes.path_of(callee) if callee is not None else None
    return path[0] if path is not None else None


def shown_text(source: Source, span: Span) -> str:
    """The code at ``span`` on one line."""
    return " ".join(source.slice(span).decode("utf-8", "replace").split())


def shown(sites: Sequence[Site], counted: bool) -> tuple[Site, ...]:
    """Those of a struct's locks that the user is told of: which syntax shows, else all that keep the
    lock, else the first place that has it. None where it is not ``counted`` with."""
    found = [site for site in sites if site.role == "site"]
    if not found and counted:
        found = [site for site in sites if KEPT in site.captures]
        found = found or sorted(sites, key=lambda site: (site.path, site.span))[:1]
    return tuple(site if site.role == "site" else replace(site, role="site") for site in found)
