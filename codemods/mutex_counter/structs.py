"""From the locks around structs to proposals, one for each struct."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.mutex_counter.counter_structs import CounterStruct
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.split_structs import SplitStruct
from codemods.mutex_counter.struct_sites import fields
from engine.base.model import Proposal, Site, Span


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
        kind = CounterStruct if fields(source, struct) else SplitStruct
        made = kind(located, source, struct).proposal(sites)
        if made is not None:
            yield made
