"""The groups of locks around numbers; aliases with a parameter among their declarations."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from codemods.mutex_counter.atomic_types import ATOMICS, has_atomic, may_have_atomic
from codemods.mutex_counter.locate import message_for
from codemods.mutex_counter.located import Located
from codemods.mutex_counter.type_names import GenericAlias, is_other, number_of
from engine.base.model import Level, Span
from engine.rust import item_nodes, nodes
from engine.rust.lock_groups.lock_places import Declaration, as_site
from engine.rust.lock_groups.lock_sets import Group, declared_with, expand_aliases, groups
from engine.rust.syntax import Source, span_of


def counters(located: Located) -> list[Group]:
    """All groups that hold a declaration, in the order of their first ones."""
    expand_aliases(located)
    _expand_generics(located)
    return groups(located, may_have_atomic)


def inners_of(group: Group) -> frozenset[str]:
    """The types behind its locks, as declared and as rustc knows them at their uses.

    A constructor is asked only when nothing else tells: its own literal may fit any integer.
    """
    names = {inner for decl in group.declarations for inner in decl.inners}
    names |= {c.lock.inner for c in group.lock_calls if c.lock is not None and has_atomic(c.lock)}
    if not names:
        names = {
            n.lock.inner for n in group.constructors if n.lock is not None and has_atomic(n.lock)
        }
    return frozenset(names)


def _expand_generics(located: Located) -> None:
    """Declarations that name a lock by an alias with a parameter (``hits: Shared<u64>``)."""
    for alias in located.generic_aliases:
        found: list[Declaration] = []
        made: list[tuple[bytes, str]] = []  # field that a constructor fills (if so), its place
        doubt = ""
        for source, node in located.everywhere(alias.name):
            if source.path == alias.path and span_of(node) in alias.item:
                continue
            path = node
            while path.parent is not None and path.parent.type == "scoped_type_identifier":
                path = path.parent
            if is_other(located.facts.items, source, path, alias.path, alias.item):
                continue
            place = located.place(source.path, node.start_byte)
            said = f"{place}: `{alias.name.decode('utf-8', 'replace')}` is used there"
            whole = path.parent if node.type == "type_identifier" else None
            if whole is None or whole.type != "generic_type":
                if source.enclosing(node, ["use_declaration"]) is None:
                    made.append((_filled(source, node), f"{said} without its parameter"))
                continue
            inner = _behind(located, source, whole, alias)
            if not inner:
                continue  # a lock around something else
            decl = declared_with(located, source, whole, alias.family)
            if decl is None:
                doubt = f"{said} in a place that is not followed"
            else:
                found.append(_typed(source, decl, whole, inner, alias))
        fields = {decl.name for decl in found} | {b""}
        doubt = next((said for name, said in made if name in fields), doubt)
        if alias.around is None:
            doubt = "what stands around the lock in the alias cannot be written here"
        for decl in found:
            located.add(replace(decl, doubt=doubt))


def _filled(source: Source, node: Node) -> bytes:
    """The field of a struct's literal that ``Shared::new(..)`` is the value of; b"" for all else."""
    while node.parent is not None and node.parent.type in ("scoped_identifier", "call_expression"):
        node = node.parent
    filled = nodes.initialized(node.parent) if node.parent is not None else None
    return source.text(filled[0]) if filled is not None else b""


def _behind(located: Located, source: Source, whole: Node, alias: GenericAlias) -> str:
    """The number behind the lock of ``Shared<u64>``; "" when it is none."""
    given = [n for n in item_nodes.type_arguments(whole) if n.type != "lifetime"]
    if alias.index >= len(given):
        return ""
    node = given[alias.index]
    text = source.text(node).decode("utf-8", "replace")
    return text if text in ATOMICS else number_of(located.facts.items, source, node)


def _typed(
    source: Source, decl: Declaration, whole: Node, inner: str, alias: GenericAlias
) -> Declaration:
    text = " ".join(source.text(whole).decode("utf-8", "replace").split())
    message = message_for(f"{decl.name.decode('utf-8', 'replace')}: {text}", inner == "bool")
    owner = source.node_at(decl.node)
    named = item_nodes.name_of(owner) if owner is not None else None
    start = named.start_byte if named is not None else decl.site.span.start
    span = Span(start, max(whole.end_byte, start))
    site = replace(decl.site, message=message, level=Level.REVIEW, span=span)
    site = as_site(site, decl.site.kind)
    around = alias.around or (b"", b"")
    types, inners = (span_of(whole),), (inner,)
    return replace(decl, types=types, inners=inners, around=around, site=site)
