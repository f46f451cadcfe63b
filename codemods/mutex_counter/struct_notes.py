"""What a struct's fix says, and the orderings of its counters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from codemods.mutex_counter.atomic_types import wide
from codemods.mutex_counter.group_rewrite import Rewritten, orders_for
from codemods.mutex_counter.guard_access import without_fields
from codemods.mutex_counter.notes import STATISTIC, exposure, strict, with_memory
from codemods.mutex_counter.orderings import RELAXED, Orders
from codemods.mutex_counter.other_memory import other_memory
from codemods.mutex_counter.struct_uses import StructUses
from codemods.mutex_counter.temporary_guard import Field
from engine.rust import item_nodes, statement_nodes
from engine.rust.syntax import span_of


def ordered(
    uses: StructUses, make: Callable[[Mapping[bytes, Field]], Rewritten]
) -> tuple[Rewritten, str]:
    """What ``make`` makes with the orderings that the counters need, and why these, in words. Raises
    Refused where no ordering serves."""
    made = make({name: Field(inner, RELAXED) for name, inner in uses.inners.items()})
    memory = other_memory(uses.located, dict(made.uses))
    memory.require_kept()
    public = any(True for _ in exposed(uses))
    tied = memory.matters or public
    by_field = {n: Field(i, _orders(n, i, made, tied)) for n, i in uses.inners.items()}
    alone = (_orders(n, i, made, public) is RELAXED for n, i in uses.inners.items())
    why = _told(by_field, strict(all(alone), memory.published))
    return with_memory(make(by_field), memory), why


def _orders(name: bytes, inner: str, made: Rewritten, tied: bool) -> Orders:
    """The orderings of one field, by what is done with it. ``tied``: more may hang on it than is seen
    there (other memory beside it, other crates)."""
    head = f"{name.decode('utf-8', 'replace')}."
    ops = (op.removeprefix(head) for op in made.ops if op.startswith(head))
    return orders_for(frozenset({inner}), frozenset(ops), tied)


def _told(by_field: Mapping[bytes, Field], why: str) -> str:
    """The orderings of the fields, and ``why`` some are SeqCst, in words."""
    found = [n.decode("utf-8", "replace") for n, f in by_field.items() if f.orders != RELAXED]
    if len(found) == len(by_field):
        return why
    relaxed = STATISTIC.format("they are")
    return f"{relaxed}; {', '.join(found)}: {why}" if found else relaxed


def closing(uses: StructUses, made: Rewritten, snapshot: str) -> Iterator[str]:
    """The last sentences: the ``snapshot`` one where several counters were read at once, what changes
    beside the locks, what to look at."""
    if "snapshot" in made.ops:
        yield snapshot
    yield from _minded(uses, made)
    look = [*exposed(uses), *made.notes]
    if look:
        yield f"Look at: {'; '.join(look)}."


def _minded(uses: StructUses, made: Rewritten) -> Iterator[str]:
    """What changes beside the locks, as a sentence."""
    changes: list[str] = []
    done = without_fields(made.ops)
    if done & {"add", "sub"}:
        changes.append("sums that overflow wrap, where debug builds panicked")
    if any(wide(inner) for inner in uses.inners.values()):
        changes.append("the target must have 64-bit atomics")
    if shown := uses.shown_anew():
        changes.append(shown)
    if "update" in done:
        changes.append("the closure may run more than once")
    if changes:
        yield f"Mind that {'; that '.join(changes)}."


def exposed(uses: StructUses) -> Iterator[str]:
    """What other crates can see of the change: the struct, functions that take or give the lock."""
    name = uses.name.decode("utf-8", "replace")
    if uses.located.facts.items.exposed(uses.source, uses.struct):
        yield exposure(name)
    functions: dict[str, None] = {}
    for source, _, outer in uses.mentions():
        function = source.enclosing(outer, ["function_item", "function_signature_item"])
        body = statement_nodes.body_of(function) if function is not None else None
        inside = body is not None and span_of(outer) in span_of(body)
        named = item_nodes.name_of(function) if function is not None else None
        if function is None or named is None or inside or uses.lock_around(source, outer) is None:
            continue
        if uses.located.facts.items.exposed(source, function):
            functions[source.text(named).decode("utf-8", "replace")] = None
    if functions:
        several = len(functions) > 1
        names = ", ".join(f"`{function}`" for function in functions)
        have = (
            "are public, so their signatures are" if several else "is public, so its signature is"
        )
        yield f"{names} {have} part of the library's API"
