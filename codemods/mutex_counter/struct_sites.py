"""Locks around structs, from syntax: structs that hold numbers, where a lock around one is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from tree_sitter import Node, Query

from codemods.mutex_counter.lock_types import NUMBERS
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


@cache
def _structs() -> Query:
    return compile_query("(struct_item name: (_) @name) @struct")


@per_source
def structs(source: Source) -> Mapping[bytes, Node]:
    """Structs of the file that hold a number or a flag, by name."""
    found: dict[bytes, list[Node]] = {}
    for node in captures(_structs(), source.root, "struct"):
        named = item_nodes.name_of(node)
        found.setdefault(source.text(named) if named is not None else b"", []).append(node)
    alone = {name: same[0] for name, same in found.items() if len(same) == 1}
    return {name: node for name, node in alone.items() if number_fields(source, node)}


def number_fields(source: Source, struct: Node) -> dict[bytes, Node]:
    """Types of the struct's fields that are numbers or flags, by name; none of a generic struct."""
    if item_nodes.type_parameters(struct) is not None:
        return {}
    found = ((source.text(name), type_) for name, type_ in item_nodes.named_fields(struct))
    return {name: type_ for name, type_ in found if source.text(type_) in NUMBERS}


def fields(source: Source, struct: Node) -> dict[bytes, Node]:
    """Types of the struct's fields by name, when all are numbers or flags; else nothing."""
    found = number_fields(source, struct)
    return found if len(found) == len(item_nodes.named_fields(struct)) else {}


def counts(source: Source, names: Iterable[bytes]) -> bool:
    """Is a field of one of these names added to in this file? Settings are no counters."""
    words = b"|".join(re.escape(name) for name in names)
    return re.search(rb"\.\s*(?:" + words + rb")\s*[+-]=", source.data) is not None


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
    """``Stats`` in ``Stats { hits: 0 }``, and in ``Stats::new()`` and the like."""
    if value.type == "struct_expression":
        return item_nodes.name_of(value)
    callee = nodes.callee_of(value)
    path = nodes.path_of(callee) if callee is not None else None
    return path[0] if path is not None else None


def shown_text(source: Source, span: Span) -> str:
    """The code at ``span`` on one line."""
    return " ".join(source.slice(span).decode("utf-8", "replace").split())
