"""``Mutex<Meta>``, where ``Meta`` holds counters beside other things: the counters leave the lock.

    struct Meta { counter: AtomicU64, rest: Mutex<MetaRest> }
    struct MetaRest { name: String }

What stood for ``Mutex<Meta>`` stands for ``Meta``; a lock scope that looks at a counter becomes an
atomic operation, one that looks at the rest locks ``meta.rest`` and stays as it is. A counter leaves
when no critical section needs it together with what stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import ATOMICS
from codemods.mutex_counter.group_rewrite import (
    Rewritten,
    apart,
    merged,
    opened,
    uses_of,
)
from codemods.mutex_counter.guard_access import READING
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.lock_call import rewrite
from codemods.mutex_counter.orderings import RELAXED
from codemods.mutex_counter.split_definition import split_definition, split_literal
from codemods.mutex_counter.struct_notes import closing, ordered
from codemods.mutex_counter.struct_obstacles import PLAIN, changed_derives, require_known
from codemods.mutex_counter.struct_sections import fields_used
from codemods.mutex_counter.struct_sites import shown
from codemods.mutex_counter.struct_uses import StructUses
from codemods.mutex_counter.temporary_guard import Field
from engine.base.model import Edit, Fix, Level, Proposal, Site
from engine.rewrite import use_declarations
from engine.rust import item_nodes, nodes
from engine.rust.codegen import first_free
from engine.rust.definitions import derives
from engine.rust.lock_groups.lock_guards import LOCKS, TRIES, Refused
from engine.rust.lock_groups.lock_places import Constructor, LocatedCall
from engine.rust.lock_groups.lock_types import full_names
from engine.rust.syntax import Source


@dataclass
class _Scopes:
    """The lock scopes of a struct, by the fields that they look at, and which counters may leave."""

    used: list[tuple[LocatedCall, frozenset[bytes]]] = field(default_factory=list)
    leaving: set[bytes] = field(default_factory=set)
    alone: bool = False  # does a scope do nothing but change a counter?
    why: str = ""  # the first thing that holds one back
    blocked: str = ""  # a use that no split serves


class SplitStruct(StructUses):
    """A struct that holds counters and other things."""

    def __init__(self, located: Located, source: Source, struct: Node) -> None:
        super().__init__(located, source, struct)
        names = [source.text(name) for name, _ in item_nodes.named_fields(struct)]
        taken = located.facts.items.named
        self.field = first_free(
            (b"rest", b"inner", b"locked", b"the_rest"), lambda n: n not in names
        )
        self.type = first_free(
            tuple(self.name + end for end in (b"Rest", b"Inner", b"Locked", b"TheRest")),
            lambda n: not taken(n),
        )
        self.lock = b""  # its full name

    def proposal(self, sites: list[Site]) -> Proposal | None:
        """What is proposed for it; None when no lock scope is there for a counter alone."""
        calls = [c for c in self.located.lock_calls if self.locks_it(c)]
        mine = shown(sites, counted=True)
        scopes = self._scopes(calls)
        if not mine or not scopes.alone:
            return None
        try:
            if scopes.blocked or not scopes.leaving:
                raise Refused(scopes.blocked or scopes.why)
            fix = self._fixed(scopes)
            self.located.replaced += (c for c, names in scopes.used if names <= scopes.leaving)
            return Proposal(mine, (fix,))
        except Refused as refused:
            return Proposal(mine, reason=refused.reason, dismissed=refused.locks)

    # -- what may leave ------------------------------------------------------------------------

    def _scopes(self, calls: list[LocatedCall]) -> _Scopes:
        found = _Scopes(leaving=set(self.numbers))
        for call in calls:
            try:
                found.used.append((call, self._used(call)))
            except Refused as refused:
                found.blocked = found.blocked or f"{self._place(call)}: {refused.reason}"
        found.alone, found.why = bool(self._changed(found, set())), ""
        while True:
            before = set(found.leaving)
            self._hold_back(found)
            bad: set[bytes] = set()
            changed = self._changed(found, bad)
            found.leaving -= bad
            if found.leaving == before:
                found.leaving &= changed  # what nobody changes is a setting
                if found.leaving == before:
                    return found

    def _used(self, call: LocatedCall) -> frozenset[bytes]:
        use, node, family, method = opened(self.located, call, RELAXED, {})
        if method not in LOCKS | TRIES:
            name = method.decode("utf-8", "replace")
            raise Refused(f"`.{name}()` is called on the lock as a whole")
        return fields_used(use, node, family, method)

    def _hold_back(self, found: _Scopes) -> None:
        """Keep what is looked at together with what stays."""
        for call, names in found.used:
            stay = names - found.leaving
            if stay and names & found.leaving:
                one, other = sorted(names & found.leaving)[0], sorted(stay)[0]
                found.why = found.why or (
                    f"{self._place(call)}: `{one.decode()}` and `{other.decode()}` are needed in one "
                    "critical section; where it need not be one, split it by hand"
                )
                found.leaving -= names

    def _changed(self, found: _Scopes, bad: set[bytes]) -> set[bytes]:
        """The counters that a scope changes alone; ``bad`` takes those of a scope that is no single
        operation."""
        changed: set[bytes] = set()
        by_field = self._fields(found.leaving)
        for call, names in found.used:
            if not names <= found.leaving:
                continue
            try:
                made = rewrite(*opened(self.located, call, RELAXED, by_field))
            except Refused as refused:
                found.why = found.why or f"{self._place(call)}: {refused.reason}"
                bad |= names
                continue
            words = (op.rpartition(".") for op in made.ops - {"snapshot"})
            changed |= {name.encode() for name, _, word in words if word not in READING}
        return changed

    def _fields(self, names: set[bytes]) -> dict[bytes, Field]:
        return {name: Field(self.inners[name], RELAXED) for name in sorted(names)}

    def _place(self, call: LocatedCall) -> str:
        return self.located.place(call.path, call.span.start)

    # -- the fix -------------------------------------------------------------------------------

    def _fixed(self, scopes: _Scopes) -> Fix:
        self.derives, told = changed_derives(self, PLAIN)
        require_known(self)
        self.inners = {n: i for n, i in self.inners.items() if n in scopes.leaving}
        self.lock = self._lock_name()
        counting = [call for call, names in scopes.used if names <= scopes.leaving]
        others = [call for call, names in scopes.used if not names <= scopes.leaving]
        made, why = ordered(self, lambda by_field: self._all(counting, others, by_field))
        return self._fix(made, why, told)

    def _lock_name(self) -> bytes:
        """The full path of the one lock that the struct stands behind everywhere."""
        found: set[bytes] = set()
        for source, _, outer in self.mentions():
            holder = self.lock_around(source, outer)
            if holder is not None:
                found.update(full_names(source, holder, source.text(nodes.generic_head(holder))))
                if len(item_nodes.type_arguments(holder)) != 1:
                    raise Refused("the lock's type has parameters of its own")
        for new in self.located.constructors:
            node = self.located.source(new.file).node_at(new.whole)
            named = self.located.source(new.file).slice(new.named)
            if self.makes_it(new) and node is not None and named.endswith((b"Mutex", b"RwLock")):
                found.update(full_names(self.located.source(new.file), node, named))
        if len(found) != 1:
            raise Refused(f"`{self.name.decode()}` stands behind locks of several kinds")
        return next(iter(found))

    def _all(
        self,
        counting: list[LocatedCall],
        others: list[LocatedCall],
        by_field: Mapping[bytes, Field],
    ) -> Rewritten:
        staying = (
            Edit(call.path, call.receiver.end, call.receiver.end, b"." + self.field)
            for call in others
        )
        defined = split_definition(
            self.source, self.struct, self.inners, self.field, self.type, self._lock_type()
        )
        parts = [
            uses_of(self.located, counting, RELAXED, by_field), *self.outside(),
            Rewritten((*staying, *defined, *self.derives)),
        ]  # fmt: skip
        return apart(self.located, merged(parts))

    def _lock_type(self) -> bytes:
        return use_declarations.name(self.lock)

    def literal(self, source: Source, value: Node, new: Constructor | None) -> Iterator[Edit]:
        """The counters that are given become atomics, the rest goes into a struct behind the lock."""
        callee = self._lock_type() + b"::new"
        call = source.node_at(new.whole) if new is not None else None
        written = nodes.callee_of(call) if call is not None else None
        if written is not None and self.name not in source.text(written):
            callee = source.text(written)
        names = [self.source.text(name) for name, _ in item_nodes.named_fields(self.struct)]
        default = b"Default" in derives(self.source, self.struct)
        before, after = self.field + b": " + callee + b"(", b")"
        yield from split_literal(
            source, value, self.inners, names, default, (before, self.type, after)
        )

    def shown_anew(self) -> str:
        """What stays behind the lock is shown with it."""
        name = self.name.decode("utf-8", "replace")
        debug = b"Debug" in derives(self.source, self.struct)
        return f"`{{:?}}` of `{name}` shows another text" if debug else ""

    def _fix(self, made: Rewritten, why: str, told: str) -> Fix:
        name, rest = self.name.decode("utf-8", "replace"), self.type.decode()
        counters = ", ".join(f"`{n.decode()}`" for n in self.inners)
        kinds = sorted({ATOMICS[inner].decode() for inner in self.inners.values()})
        several = len(self.inners) > 1
        note = [
            f"{counters} leave{'' if several else 's'} the lock around `{name}` and "
            f"become{'' if several else 's'} {', '.join(kinds)} ({why}): no "
            "critical section needs it together with the rest, which stays behind the lock, in "
            f"`{rest}`.",
            f"{'They no longer see' if several else 'It no longer sees'} that a panic poisoned the "
            "rest (whose own poisoning stays), and "
            f"{'are' if several else 'is'} counted without waiting for a section over the rest that "
            "runs: somebody who gave up waiting, or was cancelled, now counts.",
        ]
        note += [told] if told else []
        snapshot = "Readers of several counters no longer see them all at one moment."
        note += closing(self, made, snapshot)
        return Fix("split", Level.REVIEW, made.edits, " ".join(note))
