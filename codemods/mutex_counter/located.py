"""What the plan knows: declarations, constructors and lock calls of the workspace, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import NUMBERS, has_atomic
from codemods.mutex_counter.locate import message_for
from codemods.mutex_counter.struct_sites import (
    NAME,
    fields,
    number_fields,
    shown_text,
    struct_site,
)
from codemods.mutex_counter.type_names import GenericAlias, generic_alias, number_of, struct_of
from engine.base.model import Site, Span
from engine.detect.facts import Facts
from engine.rust import item_nodes
from engine.rust.atomic_methods import FoundFirst, found_first
from engine.rust.influence import Influence
from engine.rust.lock_free import mentions_lock_free
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import LockPlaces, as_site
from engine.rust.lock_groups.lock_types import family_at, lock_of
from engine.rust.memory_order import mentions_accesses
from engine.rust.syntax import Source, span_of


@dataclass(frozen=True, slots=True)
class StructLock:
    """A lock around a struct of counters, which ``path`` defines at ``struct``."""

    site: Site
    path: str
    struct: Span


class Located(LockPlaces):
    """Everything located, with look-ups."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(
            NAME, facts.sources, facts.items, facts.calls, facts.type_of, facts.package_of
        )
        self.facts = facts
        self.structs: list[StructLock] = []  # locks around a struct of counters
        self.generic_aliases: list[GenericAlias] = []  # aliases of locks with a parameter

    @cached_property
    def _found_first(self) -> tuple[FoundFirst, ...]:
        return tuple(found_first(self.facts.sources, self.facts.items))

    def require_own_methods(self, paths: Iterable[str]) -> None:
        """Raises Refused where a call of an atomic's method in one of the files may find another's."""
        for path in dict.fromkeys(paths):
            for other in self._found_first:
                if self.facts.own_traits.may_answer(self.source(path), other.trait):
                    shown = other.trait.name.decode()
                    raise Refused(
                        f"{other.path}:{other.line}: `{shown}` gives what may be a handle to it "
                        f"a method `{other.method}`, which a call would find before the atomic's"
                    )

    @cached_property
    def influence(self) -> Influence:
        """What hangs on values of this workspace."""
        facts = self.facts
        return Influence(facts.sources, facts.items, facts.calls, facts.package_of, self.everywhere)

    @cached_property
    def other_memory(self) -> bool:
        """May the workspace hold an access to memory that a lock keeps in order?"""
        texts = map(self.facts.sources.data, self.facts.sources.paths)
        return any(mentions_accesses(text) or mentions_lock_free(text) for text in texts)


def build(sites: Iterable[Site], facts: Facts) -> Located:
    """Everything that was located at ``sites``, each kind of it where the plan looks for it."""
    located = Located(facts)
    for site in sites:
        if site.kind.startswith("call "):
            located.add_call(site)
        elif site.kind == "struct":
            located.structs.append(StructLock(site, site.path, site.captures["struct"][0]))
        elif site.kind.startswith("named "):
            _named(located, site)
        elif site.kind == "made":
            _made(located, site)
        elif site.kind in ("new", "turbofish"):
            located.add_constructor(site)
        elif site.role == "maybe":
            _local(located, site)
        else:
            _add_site(located, site)
    return located


def _named(located: Located, site: Site) -> None:
    """A lock around a name: register it when the name means numbers, or a lock's parameter."""
    source = located.source(site.path)
    inner, owner, lock = (source.node_at(site.captures[n][0]) for n in ("inner", "owner", "types"))
    if inner is None or owner is None or lock is None:
        return
    found = as_site(site, site.kind.removeprefix("named "))
    if number_of(located.facts.items, source, inner):
        _add_site(located, found)
    elif (struct := struct_of(located.facts.items, source, inner)) and number_fields(*struct):
        held = struct_site(source, owner, span_of(lock), fields(*struct))
        located.structs.append(StructLock(held, struct[0].path, span_of(struct[1])))
    elif owner.type == "type_item":
        alias = generic_alias(source, owner, lock, inner, family_at(source, lock))
        if alias is not None:
            located.generic_aliases.append(alias)


def _made(located: Located, site: Site) -> None:
    """A lock is made around what may be a struct of another file."""
    source = located.source(site.path)
    inner = source.node_at(site.captures["inner"][0])
    struct = struct_of(located.facts.items, source, inner) if inner is not None else None
    if struct is not None and number_fields(*struct):
        found = replace(site, kind="struct")
        located.structs.append(StructLock(found, struct[0].path, span_of(struct[1])))


def _local(located: Located, site: Site) -> None:
    """A local's lock is made of something that only rustc can tell to be a number."""
    told = located.facts.type_of(site.path, site.captures["made"][0])
    lock = lock_of(told) if told is not None else None
    if lock is not None and has_atomic(lock):
        shown = f"{shown_text(located.source(site.path), site.span)}.."
        message = message_for(shown, lock.inner == "bool")
        _add_site(located, replace(site, role="site", message=message))


def _add_site(located: Located, site: Site) -> None:
    located.add_declaration(site, partial(_inner, located))


def _inner(located: Located, source: Source, lock: Node) -> str:
    """The type behind the lock type ``lock``, or what it is an alias of."""
    text = b"".join(source.text(lock).split())
    inner = text.rpartition(b"<")[2].rstrip(b">")
    given = item_nodes.type_arguments(lock)
    if inner in NUMBERS or not given:
        return inner.decode("utf-8", "replace")
    return number_of(located.facts.items, source, given[-1]) or inner.decode("utf-8", "replace")
