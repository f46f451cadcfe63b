"""Locks of one file, from syntax: those of tokio, and what may be one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from engine.base.model import Level, Site
from engine.detect.codemod import Match
from engine.rust import nodes
from engine.rust.files import mentions_in
from engine.rust.guard_scopes import guard_scope
from engine.rust.lock_groups import lock_sites
from engine.rust.lock_groups.lock_guards import LOCKS
from engine.rust.lock_groups.lock_types import full_names
from engine.rust.locks import with_tails
from engine.rust.syntax import Source

NAME = "async-lock"
METHODS = (*lock_sites.METHODS, b"try_read_owned", b"try_write_owned", b"blocking_lock_owned")
TOKIO = "tokio::sync::"


def locate(source: Source, matches: Sequence[Match]) -> Iterator[Site]:
    """All places that the plan must know of. A site is a place with a lock of tokio's that this file locks,
    and nowhere holds over an await."""
    types = [m.one("type") for m in matches if m.pattern == 0]
    made = [m.one("constructor") for m in matches if m.pattern == 1]
    calls = [m.one("call") for m in matches if m.pattern == 2]
    types = [n for n in types if _may_be_tokios(source, nodes.generic_head(n))]
    made = [n for n in made if _makes_tokios(source, n)]
    for site in lock_sites.located(NAME, source, types, made, calls):
        if site.kind.startswith("call ") or site.kind in ("new", "turbofish"):
            yield site
            continue
        role = site.role
        if role == "site" and not (_is_tokios(source, site) and _is_let_go(source, site)):
            role = "maybe"
        shown = " ".join(source.slice(site.span).decode("utf-8", "replace").split())
        yield replace(
            site, role=role, level=Level.REVIEW, message=message(shown, site.kind == "local")
        )


def message(declared: str, made: bool = False) -> str:
    """What is said of a declaration; of one that a constructor makes, as far as that."""
    return f"`{declared}{'..' if made else ''}`: an async lock that nobody holds over an await"


def _names(source: Source, named: Node) -> tuple[bytes, ...]:
    return full_names(source, named, source.text(named))


def _may_be_tokios(source: Source, named: Node) -> bool:
    """A name of another crate's lock is none."""
    found = _names(source, named)
    known = any(name.rpartition(b"::")[2] in (b"Mutex", b"RwLock") for name in found)
    own = any(name.startswith((b"crate::", b"self::", b"super::")) for name in found)
    return not known or own or any(name.startswith(TOKIO.encode()) for name in found)


def _makes_tokios(source: Source, path: Node) -> bool:
    named = nodes.path_of(path)
    return (
        named is not None
        and named[0] is not None
        and _may_be_tokios(source, nodes.generic_head(named[0]))
    )


def _is_tokios(source: Source, site: Site) -> bool:
    """Does the file's text tell that it is one of tokio's?"""
    if not site.captures["types"]:
        owner = source.node_at(site.captures["owner"][0])
        text = source.text(owner) if owner is not None else b""
        paths = (b"tokio::sync::Mutex", b"tokio::sync::RwLock")
        return any(path in text for path in paths) or b"tokio::sync" in source.data
    node = source.node_at(site.captures["types"][0])
    found = _names(source, nodes.generic_head(node)) if node is not None else ()
    return any(name.startswith(TOKIO.encode()) for name in found)


def _is_let_go(source: Source, site: Site) -> bool:
    """Is it locked in the file, by its name, and each guard gone before the next await?"""
    named = site.captures.get("name")
    name = source.slice(named[0]).rpartition(b" ")[2] if named else b""
    taken = False
    for node in mentions_in(source, name) if name else ():
        holder = node.parent
        access = nodes.access_of(holder) if holder is not None else None
        place = holder if holder is not None and access is not None else node
        called = nodes.method_on(source, nodes.outward(place))
        if called is None or called[0] not in LOCKS:
            continue
        taken = True
        scope = guard_scope(source, with_tails(source, called[1]))
        if scope is None or scope.trace.awaits:
            return False
    return taken
