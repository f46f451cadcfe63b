"""``Mutex<Stats>``, a lock around a struct of counters: a struct of atomics without the lock.

Only when no critical section needs two fields at once, and when the struct is nowhere a value of
its own. Readers of several fields lose the one moment at which all were read: a judgement, so the
fix is for review. A struct that holds other things, too, is for ``split_structs``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import ATOMICS, atomic
from codemods.mutex_counter.group_rewrite import (
    Rewritten,
    apart,
    merged,
    uses_of,
)
from codemods.mutex_counter.orderings import RELAXED
from codemods.mutex_counter.struct_methods import is_shown_by, methods_of
from codemods.mutex_counter.struct_notes import closing, ordered
from codemods.mutex_counter.struct_obstacles import PLAIN, SERDE, changed_derives, require_known
from codemods.mutex_counter.struct_sites import counts, shown
from codemods.mutex_counter.struct_uses import StructUses, put
from codemods.mutex_counter.temporary_guard import Field
from engine.base.model import Edit, Fix, Level, Outcome, Proposal, Site
from engine.rust import nodes, statement_nodes
from engine.rust.definitions import derives
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import Constructor, LocatedCall
from engine.rust.syntax import Source


class CounterStruct(StructUses):
    """A struct that holds nothing but counters."""

    def proposal(self, sites: list[Site]) -> Proposal | None:
        """What is proposed for it; None when its locks are meant as locks, or it counts nothing."""
        calls = [c for c in self.located.lock_calls if self.locks_it(c)]
        files = {call.path for call in calls}
        counted = any(counts(self.located.source(path), self.numbers) for path in files)
        mine = shown(sites, counted)
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

    def _fixed(self, calls: list[LocatedCall]) -> Fix:
        self.derives, told = changed_derives(self, PLAIN | SERDE)
        require_known(self)
        made, why = ordered(self, lambda by_field: self._all(calls, by_field))
        return self._fix(made, why, told)

    def _all(self, calls: list[LocatedCall], by_field: Mapping[bytes, Field]) -> Rewritten:
        methods, bodies = methods_of(self, by_field)
        uses = uses_of(self.located, calls, RELAXED, by_field, methods=methods)
        parts = [uses, *bodies, *self.outside()]
        retyped = (put(self.source, t, atomic(self.inners[n])) for n, t in self.numbers.items())
        return apart(self.located, merged([*parts, Rewritten((*retyped, *self.derives))]))

    def literal(self, source: Source, value: Node, new: Constructor | None) -> Iterator[Edit]:
        """Each number that is given becomes an atomic."""
        given = () if value.type == "struct_expression" else nodes.arguments_of(value)
        for at, part in enumerate(given):  # of a tuple struct
            head = atomic(self.inners[str(at).encode()]) + b"::new("
            yield Edit(source.path, part.start_byte, part.start_byte, head)
            yield Edit(source.path, part.end_byte, part.end_byte, b")")
        body = statement_nodes.body_of(value)
        for part in body.named_children if body is not None else ():
            yield from counter_made(source, part, self.inners)

    def method(self, source: Source, function: Node, trait: Node | None) -> None:
        """Its body changes with the lock calls."""
        if (trait is not None and not is_shown_by(source, trait)) or self.takes_it(
            source, function
        ):
            raise self.unguarded(source, function)

    def shown_anew(self) -> str:
        """The atomics show their numbers; only around the struct the lock no longer stands."""
        name = self.name.decode("utf-8", "replace")
        for source, _, outer in self.mentions():
            lock = self.lock_around(source, outer)
            holder = source.enclosing(lock, ["struct_item", "enum_item"]) if lock else None
            if holder is not None and b"Debug" in derives(source, holder):
                return f"`{{:?}}` of what holds it shows `{name}` without a lock around it"
        return ""

    def _fix(self, made: Rewritten, why: str, told: str) -> Fix:
        name = self.name.decode("utf-8", "replace")
        kinds = sorted({ATOMICS[inner].decode() for inner in self.inners.values()})
        head = (
            f"The lock around `{name}` goes: its fields become {', '.join(kinds)} ({why}), each "
            "changed by itself, and poisoning is gone."
        )
        snapshot = "Readers of several fields no longer see them all at one moment."
        note = " ".join((head, *([told] if told else []), *closing(self, made, snapshot)))
        return Fix("atomics", Level.REVIEW, made.edits, note)


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
