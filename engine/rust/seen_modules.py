"""Which modules' names are seen at a place, and whether a trait of the workspace may be in scope there.

A module sees what it defines and brings in, and by globs what other modules have and bring in for it,
through their globs too (Rust reference, "Use declarations"). Only a trait in scope takes part in a method
call there ("Method-call expressions").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from engine.rust.definitions import Item
from engine.rust.files import Files
from engine.rust.imports import Import, in_blocks, scope_at, scopes
from engine.rust.items import Items
from engine.rust.macro_texts import macro_named, macros_with
from engine.rust.modules import Place
from engine.rust.syntax import Source

_OWN = (b"crate", b"self", b"super")


def seen_modules(
    items: Items, source: Source, offset: int, attributed: bool = False
) -> Iterator[tuple[Place, Sequence[Import]]]:
    """The module around ``offset``, and those of the workspace that globs open there, through others
    too, each with those of its imports that are seen from there. With ``attributed`` globs count that an
    attribute may leave out."""

    def globbed(place: Place, brought: Iterable[Import]) -> Iterator[Place]:
        for each in brought:
            if each.local == b"*" and (attributed or not each.attributed):
                yield from items.modules_at(place, each.full)

    inline = scope_at(scopes(source), offset).module
    inner = [i for block, b in in_blocks(source) if block.start <= offset < block.end for i in b]
    for place in items.modules.places(source.path):
        here = place.child(*inline)
        pending = [(here, here), *((target, here) for target in globbed(here, inner))]
        seen: set[Place] = set()
        while pending:
            module, asking = pending.pop()
            if module in seen:
                continue
            seen.add(module)
            every = items.imported(module)
            brought = [i for i in every if i.public or asking.inside(module)]
            yield module, [*brought, *inner] if module == here else brought
            pending += ((target, module) for target in globbed(module, brought))


class OwnTraits:
    """Where traits of a workspace may be in scope. In doubt they may: where a name leads to what is not known,
    a macro of the workspace's writes a ``use``, or the file is none of a known module."""

    def __init__(self, files: Files, items: Items) -> None:
        self._files = files
        self._items = items
        self._writing: dict[bytes, frozenset[bytes]] = {}

    def may_answer(self, source: Source, trait: Item, offset: int | None = None) -> bool:
        """May methods of ``trait`` be called at ``offset`` (None: anywhere in the file)?"""
        items = self._items
        if trait.in_macro or not items.modules.places(source.path):
            return True
        if trait.block is not None:
            return trait.path == source.path
        homes = frozenset(items.places(trait))
        at = [offset] if offset is not None else _everywhere(source)
        return self._is_written(source, trait.name) or any(
            module in homes or any(_may_bring(items, module, each, trait) for each in brought)
            for each_offset in at
            for module, brought in seen_modules(items, source, each_offset, attributed=True)
        )

    def _is_written(self, source: Source, trait: bytes) -> bool:
        """Is a macro of the workspace's called in the file that may write a ``use`` of the trait?"""
        if trait not in self._writing:
            pattern = re.compile(rb"(?<!\w)use\s[^;]*(?:[*$]|(?<!\w)%b(?!\w))" % re.escape(trait))
            found = macros_with(self._files, pattern)
            self._writing[trait] = frozenset(macro_named(*each).encode() for each in found)
        called = (rb"(?<!\w)%b\s*!" % re.escape(name) for name in self._writing[trait])
        return any(re.search(call, source.data) for call in called)


def _everywhere(source: Source) -> list[int]:
    """An offset in each module, and in each block with imports of its own."""
    blocks = (block.start + 1 for block, _ in in_blocks(source))
    return [*(scope.span.start for scope in scopes(source)), *blocks]


def _may_bring(items: Items, place: Place, brought: Import, trait: Item) -> bool:
    found = items.brought(place, brought)
    if brought.local == b"*":
        return not found and brought.full.partition(b"::")[0] in _OWN
    own = brought.full.rpartition(b"::")[2] == trait.name
    return trait in found or (not found and own)
