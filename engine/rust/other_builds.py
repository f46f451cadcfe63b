"""Other builds of the same text, in which a type is another one: a module that brings in one type or
another by ``cfg`` (std's locks, or those of a model checker), and crates that show that there are such
builds.

Told by ``use`` declarations and words. Not seen: what a build script or a macro brings in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from tree_sitter import Node, Query

from engine.rust import nodes
from engine.rust.configurations import is_conditional
from engine.rust.files import Files
from engine.rust.imports import declared, module_at
from engine.rust.items import Items
from engine.rust.modules import Place
from engine.rust.per_source import per_source
from engine.rust.queries import captures, compile_query
from engine.rust.syntax import Source

_OWN = frozenset({b"crate", b"self", b"super"})
_STEPS = 4
# Model checkers have types in the place of std's; `portable_atomic` is there where std lacks an atomic.
_REPLACING = re.compile(
    rb"(?<![\w:])(?:loom|shuttle|portable_atomic)(?=\s*::)|(?<!\w)target_has_atomic(?!\w)"
)


def switched_at(
    items: Items, files: Files, source: Source, node: Node, full: bytes
) -> tuple[Source, Node] | None:
    """The ``use`` of a module of the workspace by which ``full`` (a path that begins in the crate,
    as it would be written at ``node``) is brought in under a ``cfg``; None where it is the same in every build, as far as is
    seen."""
    names = full.split(b"::")
    if names[0] not in _OWN:
        return None
    inline = module_at(source, node.start_byte)
    for place in items.modules.places(source.path):
        found = _switched(items, files, place.child(*inline), names, _STEPS)
        if found is not None:
            return found
    return None


def _switched(
    items: Items, files: Files, place: Place, names: list[bytes], steps: int
) -> tuple[Source, Node] | None:
    at, rest = place, names
    while rest and rest[0] in _OWN:
        if rest[0] == b"crate":
            at = Place(place.crate, ())
        elif rest[0] == b"super":
            at = Place(at.crate, at.module[:-1])
        rest = rest[1:]
    if not rest or steps <= 0:
        return None
    module, name = Place(at.crate, (*at.module, *rest[:-1])), rest[-1]
    found_in = list(items.modules.files(module))
    if len(whole := [path for path, inline in found_in if not inline and module.module]) > 1:
        source = files.get(whole[-1])  # one file or the other
        return source, source.root
    for path, inline in found_in:
        source = files.get(path)
        for use in _uses(source):
            for local, full in declared(source, use):
                if local not in (name, b"*") or module_at(source, use.start_byte) != inline:
                    continue
                if local == name and is_under_cfg(source, use):
                    return source, use
                path_names = full.split(b"::")
                further = path_names if local == name else [*path_names, name]
                found = _switched(items, files, module, further, steps - 1)
                if found is not None:
                    return found
    return None


def is_under_cfg(source: Source, node: Node) -> bool:
    """Does an attribute on it or around it, or a ``cfg_if!``, decide whether ``node`` is there?"""
    macro = source.enclosing(node, ("macro_invocation",))
    if macro is not None and nodes.macro_name(source, macro) == b"cfg_if":
        return True
    return any(is_conditional(source, part) for part in (node, *source.ancestors(node)))


@per_source
def _uses(source: Source) -> tuple[Node, ...]:
    return tuple(node for root in source.roots() for node in captures(_query(), root, "use"))


@cache
def _query() -> Query:
    return compile_query("(use_declaration) @use")


def signs_of_other_builds(
    files: Files, paths: Iterable[str], atomics: bool = True
) -> Iterator[tuple[str, int, str]]:
    """(path, line, word) where one of the files ``paths`` names a model checker or, of ``atomics``,
    ``portable_atomic`` or ``target_has_atomic``: the first place of each file."""
    for path in paths:
        data = files.data(path)
        hits = (h for h in _REPLACING.finditer(data) if atomics or b"atomic" not in h.group())
        hit = next((h for h in hits if not _in_comment(data, h.start())), None)
        if hit is not None:
            line = data.count(b"\n", 0, hit.start()) + 1
            yield path, line, hit.group().decode()


def _in_comment(data: bytes, at: int) -> bool:
    """Does the line begin as a comment?"""
    start = data.rfind(b"\n", 0, at) + 1
    return data[start:at].lstrip().startswith((b"//", b"*", b"/*"))
