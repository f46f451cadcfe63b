"""From the locks around structs to proposals, one for each struct."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from codemods.mutex_counter.counter_structs import CounterStruct
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.split_structs import SplitStruct
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
    uses = CounterStruct(located, source, struct)
    files = {call.path for call in located.lock_calls if uses.locks_it(call)}
    numbers, inner = number_fields(source, struct), inner_counters(source, struct)
    name = uses.name.decode("utf-8", "replace")
    reason = ""
    for path in files:
        text = located.source(path)
        if counts(text, inner, inside=True):
            at, type_ = next(iter(inner.items()))
            what = f"`{name}.{at.decode()}` is `{source.text(type_).decode('utf-8', 'replace')}`"
            reason = (
                f"{what}: an array of atomics is to be made by hand"
                if item_nodes.element_of(type_) is not None
                else f"{what}, a struct of its own: its counters are to be made atomics by hand"
            )
        if counts(text, numbers) and item_nodes.type_parameters(struct) is not None:
            reason = f"`{name}` has type parameters: its counters are to be made atomics by hand"
        elif counts(text, numbers) and item_nodes.tuple_types(struct):
            reason = f"the fields of `{name}` have no names, and not all are counters"
        if reason:
            mine = shown(sites, counted=True)
            return Proposal(mine, reason=reason) if mine else None
    return None
