"""``Mutex<Stats>``, a lock around a struct of counters: a struct of atomics without the lock.

Only when no critical section needs two fields at once, and when the struct is nowhere a value of
its own. Readers of several fields lose the one moment at which all were read: a judgement, so the
fix is for review. A struct that holds other things, too, is for ``split_structs``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tree_sitter import Node

from codemods.mutex_counter.group_rewrite import (
    Rewritten,
    apart,
    merged,
    orders_for,
    uses_of,
)
from codemods.mutex_counter.guard_access import Refused
from codemods.mutex_counter.located import Constructor, Located, LockCall
from codemods.mutex_counter.lock_types import ATOMICS, atomic, wide
from codemods.mutex_counter.notes import STRICT, exposure, with_memory
from codemods.mutex_counter.orderings import RELAXED, Orders
from codemods.mutex_counter.other_memory import other_memory
from codemods.mutex_counter.struct_obstacles import require_derives, require_known
from codemods.mutex_counter.struct_sites import KEPT, counts
from codemods.mutex_counter.struct_uses import StructUses, put
from codemods.mutex_counter.temporary_guard import Field
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.definitions import derives
from engine.rust.syntax import Source, span_of


def shown(located: Located, sites: list[Site], counted: bool) -> tuple[Site, ...]:
    """Those of a struct's locks that the user is told of: which syntax shows, else all that keep the
    lock, else the first place that has it. None where it is not ``counted`` with."""
    found = [site for site in sites if site.role == "site"]
    if not found and counted:
        found = [site for site in sites if KEPT in site.captures]
        found = found or sorted(sites, key=lambda site: (site.path, site.span))[:1]
    return tuple(_as_site(site) for site in found)


def _as_site(site: Site) -> Site:
    return site if site.role == "site" else replace(site, role="site")


class CounterStruct(StructUses):
    """A struct that holds nothing but counters."""

    def proposal(self, sites: list[Site]) -> Proposal | None:
        """What is proposed for it; None when its locks are meant as locks, or it counts nothing."""
        calls = [c for c in self.located.lock_calls if self.locks_it(c)]
        files = {call.path for call in calls}
        counted = any(counts(self.located.source(path), self.numbers) for path in files)
        mine = shown(self.located, sites, counted)
        if not mine:
            return None
        if not calls:
            near = {site.path for site in mine}
            told = [c for c in self.located.lock_calls if c.lock is None and c.path in near]
            if told:
                reason = self.located.facts.unknown(told[0].path, told[0].receiver)
                return Proposal(mine, reason=reason, outcome=Outcome.NOT_COMPILED)
            return None
        try:
            fix = self._fixed(calls)
            self.located.replaced += calls
            return Proposal(mine, (fix,))
        except Refused as refused:
            return Proposal(mine, reason=refused.reason, dismissed=refused.locks)

    def _fixed(self, calls: list[LockCall]) -> Fix:
        require_derives(self)
        require_known(self)
        relaxed = {name: Field(inner, RELAXED) for name, inner in self.inners.items()}
        made = self._all(calls, relaxed)
        memory = other_memory(self.located, dict(made.uses))
        memory.require_kept()
        tied = memory.matters or any(True for _ in exposed(self))
        by_field = {n: Field(i, orders_of(n, i, made, tied)) for n, i in self.inners.items()}
        made = self._all(calls, by_field)
        made = with_memory(made, memory)
        return self._fix(made, by_field)

    def _all(self, calls: list[LockCall], by_field: Mapping[bytes, Field]) -> Rewritten:
        parts = [uses_of(self.located, calls, RELAXED, by_field), *self.outside()]
        retyped = (put(self.source, t, atomic(self.inners[n])) for n, t in self.numbers.items())
        return apart(self.located, merged([*parts, Rewritten(tuple(retyped))]))

    def literal(self, source: Source, value: Node, new: Constructor | None) -> Iterator[Edit]:
        """Each number that is given becomes an atomic."""
        body = statement_nodes.body_of(value)
        for part in body.named_children if body is not None else ():
            yield from counter_made(source, part, self.inners)

    def _fix(self, made: Rewritten, by_field: Mapping[bytes, Field]) -> Fix:
        name = self.name.decode("utf-8", "replace")
        kinds = sorted({ATOMICS[inner].decode() for inner in self.inners.values()})
        note = [
            f"The lock around `{name}` goes: its fields become {', '.join(kinds)} "
            f"({orders_told(by_field)}), each changed by itself, and poisoning is gone."
        ]
        if "snapshot" in made.ops:
            note.append("Readers of several fields no longer see them all at one moment.")
        note += minded(self, made)
        look = [*exposed(self), *made.notes]
        if look:
            note.append(f"Look at: {'; '.join(look)}.")
        return Fix("atomics", Level.REVIEW, made.edits, " ".join(note))


def counter_made(source: Source, part: Node, inners: Mapping[bytes, str]) -> Iterator[Edit]:
    """``hits: 0`` or ``hits`` in a literal, where it gives one of the counters."""
    if part.type == "shorthand_field_initializer" and source.text(part) in inners:
        name = source.text(part)
        yield put(source, part, b"%s: %s::new(%s)" % (name, atomic(inners[name]), name))
    elif (filled := nodes.initialized(part)) and source.text(filled[0]) in inners:
        name, value = source.text(filled[0]), filled[1]
        head = atomic(inners[name]) + b"::new("
        yield Edit(source.path, value.start_byte, value.start_byte, head)
        yield Edit(source.path, value.end_byte, value.end_byte, b")")


def orders_of(name: bytes, inner: str, made: Rewritten, tied: bool) -> Orders:
    """The orderings of one field, by what is done with it. ``tied``: more may hang on it than is seen
    there (other memory beside it, other crates)."""
    head = f"{name.decode('utf-8', 'replace')}."
    ops = (op.removeprefix(head) for op in made.ops if op.startswith(head))
    return orders_for(frozenset({inner}), frozenset(ops), tied)


def orders_told(by_field: Mapping[bytes, Field]) -> str:
    """The orderings of the fields, and why, in words."""
    strict = [n.decode("utf-8", "replace") for n, f in by_field.items() if f.orders != RELAXED]
    why = "Relaxed, for they are only added to and read out"
    return f"{why}; {', '.join(strict)}: {STRICT}" if strict else why


def minded(uses: StructUses, made: Rewritten) -> Iterator[str]:
    """What changes beside the locks, as a sentence."""
    changes: list[str] = []
    if {op.rpartition(".")[2] for op in made.ops} & {"add", "sub"}:
        changes.append("sums that overflow wrap, where debug builds panicked")
    if any(wide(inner) for inner in uses.inners.values()):
        changes.append("the target must have 64-bit atomics")
    if b"Debug" in derives(uses.source, uses.struct):
        changes.append(f"`{{:?}}` of `{uses.name.decode('utf-8', 'replace')}` shows another text")
    if "update" in {op.rpartition(".")[2] for op in made.ops}:
        changes.append("the closure may run more than once")
    if changes:
        yield f"Mind that {'; that '.join(changes)}."


def exposed(uses: StructUses) -> Iterator[str]:
    """What other crates can see of the change: the struct, functions that take or give the lock."""
    name = uses.name.decode("utf-8", "replace")
    found = exposure(uses.located.facts, uses.source, uses.struct, name)
    if found:
        yield found
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
