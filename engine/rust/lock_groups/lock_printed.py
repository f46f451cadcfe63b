"""Whether anybody sees what a derived ``Debug`` prints, which the rewrite changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from tree_sitter import Node

from engine.base.model import Site, Span
from engine.rust.debug_shown import (
    Mentions,
    Printed,
    all_debug_shown,
    prints_by_debug,
)
from engine.rust.files import Files
from engine.rust.lock_groups.lock_places import Declaration, LockPlaces
from engine.rust.lock_groups.lock_sets import Group
from engine.rust.lock_groups.lock_uses import related
from engine.rust.questions import Question
from engine.rust.syntax import Source

_STRUCTS = ("struct_item", "enum_item", "union_item")
# Values whose types are asked about; where more are shown, none is, and a person looks.
_MOST = 500


def asked_of_shown(sites: Sequence[Site], files: Files) -> Iterator[Question]:
    """The types of all that is shown by its ``Debug``, where one of the ``sites`` stands in what has one."""
    if not any(_struct_of(files.get(site.path), site.captures) for site in sites):
        return
    every = all_debug_shown(files, files.paths)
    asked = (Question(s.source.path, s.asked) for s in every if s.asked is not None)
    found = list(islice(asked, _MOST + 1))
    if len(found) <= _MOST:
        yield from found


def _struct_of(source: Source, captures: Mapping[str, tuple[Span, ...]]) -> bool:
    owner = captures.get("owner")
    node = source.node_at(owner[0]) if owner else None
    struct = source.enclosing(node, _STRUCTS) if node is not None else None
    return struct is not None and prints_by_debug(source, struct)


def printing(places: LockPlaces, decl: Declaration) -> tuple[Source, Node] | None:
    """The type that prints the declared field by a ``Debug`` that is made for it."""
    source = places.source(decl.path)
    node = source.node_at(decl.node) if decl.kind == "field" else None
    struct = source.enclosing(node, _STRUCTS) if node is not None else None
    return (source, struct) if struct is not None and prints_by_debug(source, struct) else None


def _near_paths(places: LockPlaces, path: str) -> dict[str, bool]:
    """Which files are of packages that may be given a value of the file at ``path``."""
    packages = {p: places.package_of(p) for p in places.files.paths}
    one_each = {package.name if package else "": p for p, package in packages.items()}
    near = {name: related(places, path, p) for name, p in one_each.items()}
    return {p: near[package.name if package else ""] for p, package in packages.items()}


def _near(named_so: Mentions, near: Mapping[str, bool]) -> Mentions:
    """The mentions in the files that are ``near``."""
    return lambda word: ((source, node) for source, node in named_so(word) if near[source.path])


def seen_printed(places: LockPlaces, group: Group) -> str:
    """Where somebody may see what the ``Debug`` of a struct of the group prints, in words; "" for nowhere."""
    for decl in group.declarations:
        found = printing(places, decl)
        if found is None:
            continue
        near = _near_paths(places, decl.path)
        printed = Printed(places.items, _near(places.calls.mentions, near), *found)
        name = decl.owner.decode("utf-8", "replace")
        if exposed := printed.exposed():
            return f"`{exposed}` is public and has a `Debug`, which prints other text now"
        unseen = printed.unseen()
        if unseen is not None:
            place = places.place(unseen[0].path, unseen[1].start_byte)
            return (
                f"{place}: `Debug` is asked for there, and that of `{name}` prints other text now"
            )
        for shown in places.debug_shown:
            path = shown.source.path
            if not near[path]:
                continue
            told = places.type_of(path, shown.asked) if shown.asked is not None else None
            if printed.may_be(shown, told):
                place = places.place(path, shown.at.start)
                words = shown.source.quoted(shown.at)
                return f"{place}: `{words}` is shown, and `Debug` of `{name}` prints other text now"
    return ""
