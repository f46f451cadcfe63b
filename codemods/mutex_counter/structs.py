"""From the locks around structs to proposals, one for each struct."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.mutex_counter.counter_structs import CounterStruct
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.split_structs import SplitStruct
from codemods.mutex_counter.struct_makers import StructMakers
from codemods.mutex_counter.struct_sites import (
    counts,
    fields,
    inner_counters,
    number_fields,
    shown,
)
from engine.base.model import Proposal, Site, Span
from engine.rust import item_nodes
from engine.rust.syntax import Source


def proposals(located: Located) -> Iterator[Proposal]:
    """One per struct that counts behind a lock."""
    found: dict[tuple[str, Span], list[Site]] = {}
    for lock in located.structs:
        found.setdefault((lock.path, lock.struct), []).append(lock.site)
    for (path, span), sites in found.items():
        source = located.source(path)
        struct = source.node_at(span)
        if struct is None:
            continue
        made = _made(located, source, struct, sites) or _told(located, source, struct, sites)
        if made is not None:
            yield made


def _made(located: Located, source: Source, struct: Node, sites: list[Site]) -> Proposal | None:
    if item_nodes.type_parameters(struct) is not None or not number_fields(source, struct):
        return None
    if fields(source, struct):
        return CounterStruct(located, source, struct).proposal(sites)
    if item_nodes.tuple_types(struct):
        return None
    return SplitStruct(located, source, struct).proposal(sites)


def _told(located: Located, source: Source, struct: Node, sites: list[Site]) -> Proposal | None:
    """The reason why a struct of another shape is left, when it is counted with."""
    one = StructMakers(located, source, struct)
    reason = _why_left(
        one, sorted({call.path for call in located.lock_calls if one.locks_it(call)})
    )
    mine = shown(sites, counted=True) if reason else ()
    return Proposal(mine, reason=reason) if mine else None


def _why_left(one: StructMakers, paths: list[str]) -> str:
    """In words, for a struct that is locked in the files at ``paths``; "" where it is not counted with."""
    source, struct, name = one.source, one.struct, one.name.decode("utf-8", "replace")
    texts = [one.located.source(path) for path in paths]
    if any(counts(text, one.numbers) for text in texts):
        if item_nodes.type_parameters(struct) is not None:
            return f"`{name}` has type parameters: its counters are to be made atomics by hand"
        if item_nodes.tuple_types(struct):
            return f"the fields of `{name}` have no names, and not all are counters"
    inner = inner_counters(source, struct)
    if not any(counts(text, inner, inside=True) for text in texts):
        return ""
    at, type_ = next(iter(inner.items()))
    what = f"`{name}.{at.decode()}` is `{source.text(type_).decode('utf-8', 'replace')}`"
    if item_nodes.element_of(type_) is not None:
        return f"{what}: an array of atomics is to be made by hand"
    return f"{what}, a struct of its own: its counters are to be made atomics by hand"
