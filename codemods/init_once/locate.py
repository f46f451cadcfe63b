"""Locks around an option in one file, from syntax, and which of them are filled where they are empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from engine.base.model import Level, Site
from engine.detect.codemod import Match
from engine.rust import nodes
from engine.rust.files import mentions_in
from engine.rust.lock_groups import lock_sites
from engine.rust.lock_groups.lock_guards import LOCKS, Refused
from engine.rust.lock_groups.option_fills import Section, Unfollowed, section_of
from engine.rust.lock_groups.option_uses import STATE
from engine.rust.locks import with_tails
from engine.rust.syntax import Source

NAME = "init-once"
SHOWN = ("field", "static", "const", "alias", "let", "local")


def locate(source: Source, matches: Sequence[Match]) -> Iterator[Site]:
    """All places that the plan must know of. A site is a place with a lock around an option that this file
    fills where it is empty, and never empties."""
    types = [m.one("type") for m in matches if m.pattern == 0]
    made = [m.one("constructor") for m in matches if m.pattern == 1]
    calls = [m.one("call") for m in matches if m.pattern == 2]
    for site in lock_sites.located(NAME, source, types, made, calls):
        if site.kind.startswith("call ") or site.kind in ("new", "turbofish"):
            yield site
            continue
        role = site.role
        if role == "site" and not _is_filled_once(source, site):
            role = "maybe"
        shown = " ".join(source.slice(site.span).decode("utf-8", "replace").split())
        said = message(shown, site.kind == "local")
        yield replace(site, role=role, level=Level.REVIEW, message=said)


def message(declared: str, made: bool = False) -> str:
    """What is said of a declaration; of one that a constructor makes, as far as that."""
    return f"`{declared}{'..' if made else ''}`: a lock for each look at what is made once"


def _is_filled_once(source: Source, site: Site) -> bool:
    """Does the file fill it where it is empty, and nowhere empty or change it?"""
    named = site.captures.get("name")
    name = source.slice(named[0]).rpartition(b" ")[2] if named else b""
    filled = False
    for node in mentions_in(source, name) if name else ():
        try:
            section = _section_at(source, node)
        except Unfollowed:
            filled = True
            continue
        if section is None:
            continue
        filled = filled or section.fill is not None
        if any(use.kind in STATE for use in section.uses):
            return False
    return filled


def _section_at(source: Source, node: Node) -> Section | None:
    """The section of the lock call on the place that ends with the name ``node``. Raises Unfollowed."""
    holder = node.parent
    access = nodes.access_of(holder) if holder is not None else None
    path = nodes.path_of(holder) if holder is not None else None
    whole = (access is not None and access.name == node) or (path is not None and path[1] == node)
    place = holder if holder is not None and whole else node
    called = nodes.method_on(source, nodes.outward(place))
    if called is None or called[0] not in LOCKS or nodes.arguments_of(called[1]):
        return None
    try:
        return section_of(source, with_tails(source, called[1]))
    except Unfollowed:
        raise
    except (Refused, RecursionError):
        return None
