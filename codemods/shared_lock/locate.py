"""Locks of one file, from syntax: all places that hold one, and those whose file shows a better form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from codemods.shared_lock.kinds import Kind, Used, kind_of
from engine.base.model import Level, Site
from engine.detect.codemod import Match
from engine.rust import item_nodes, nodes
from engine.rust.files import mentions_in
from engine.rust.lock_groups import lock_sites
from engine.rust.lock_groups.guard_sections import reads_by_name, section_of
from engine.rust.lock_groups.lock_guards import DIRECT, LOCKS, TRIES, Refused
from engine.rust.lock_groups.lock_types import Family, family_at
from engine.rust.lock_groups.section_length import loops_by_syntax
from engine.rust.syntax import Source

NAME = "shared-lock"
METHODS = lock_sites.METHODS
WORDS: dict[Kind, str] = {
    "snapshot": "is replaced whole, and held long to be read",
    "fields": "has fields that are never used together",
    "readers": "is mostly read, and held long",
    "map": "is one lock around a map",
}


def locate(source: Source, matches: Sequence[Match]) -> Iterator[Site]:
    """All places that the plan must know of. A site is a place that keeps a lock, of which the file shows that
    readers stand behind each other."""
    types = [m.one("type") for m in matches if m.pattern == 0]
    made = [m.one("constructor") for m in matches if m.pattern == 1]
    calls = [m.one("call") for m in matches if m.pattern == 2]
    for site in lock_sites.located(NAME, source, types, made, calls):
        if site.kind.startswith("call ") or site.kind in ("new", "turbofish"):
            yield site
            continue
        kind = _kind(source, site) if site.role == "site" else None
        role = site.role if site.role != "site" or kind is not None else "maybe"
        yield replace(site, role=role, level=Level.REVIEW, message=message(source, site, kind))


def message(source: Source, site: Site, kind: Kind | None) -> str:
    """What is said of a declaration."""
    shown = " ".join(source.slice(site.span).decode("utf-8", "replace").split())
    made = ".." if site.kind == "local" else ""
    return f"`{shown}{made}` {WORDS[kind or 'readers']}"


def _kind(source: Source, site: Site) -> Kind | None:
    """What the lock might better be, as far as the text of the file tells."""
    named, types = site.captures.get("name"), site.captures["types"]
    lock = source.node_at(types[0]) if types else None
    family = family_at(source, lock) if lock is not None else None
    if not named or lock is None or family is None:
        return None
    given = item_nodes.type_arguments(lock)
    behind = source.text(given[-1]).decode("utf-8", "replace") if given else ""
    found = list(_uses(source, source.slice(named[0]), family))
    kind = source.text(nodes.generic_head(lock)).rpartition(b"::")[2]
    return kind_of(found, kind.decode("utf-8", "replace"), behind, family)


def _uses(source: Source, name: bytes, family: Family) -> Iterator[Used]:
    for node in mentions_in(source, name):
        holder = node.parent
        access = nodes.access_of(holder) if holder is not None else None
        place: Node = holder if holder is not None and access is not None else node
        called = nodes.method_on(source, nodes.outward(place))
        if called is None or called[0] not in LOCKS | DIRECT | TRIES:
            continue
        try:
            if called[0] in DIRECT:
                raise Refused("it takes no guard")
            section = section_of(source, called[1], family, called[0], reads_by_name)
        except (Refused, RecursionError):
            yield Used(called[0], None, False)
            continue
        long = loops_by_syntax(source, section)
        yield Used(called[0], section, section.looks, ("",) if long else ())
