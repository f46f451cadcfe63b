"""From items to texts: what stands in the files when a set of items is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.app.review.items import Item
from engine.rewrite import edits
from engine.rewrite.patch import make_patch
from engine.rewrite.rustfmt import FormatFiles
from engine.rust.syntax import Source


@dataclass(frozen=True)
class Chosen:
    """Texts of changed files for a set of items. ``left_out`` are items that cannot stand with the
    others: they overlap, or rest on fixes that are not all there."""

    files: Mapping[str, bytes]
    left_out: tuple[Item, ...] = ()


class Texts:
    """``read`` gives the user's text, ``bases`` the texts that each pass was planned on
    (where they differ from the user's), ``format_files`` the layout in which files are emitted."""

    def __init__(
        self,
        read: Callable[[str], bytes],
        bases: Sequence[Mapping[str, bytes]],
        format_files: FormatFiles,
    ) -> None:
        self.read = read
        self.bases = bases or ({},)
        self._format_files = format_files
        self._sources: dict[tuple[str, bytes], Source] = {}

    def base(self, item: Item, path: str) -> bytes:
        """The text of ``path`` that the item's offsets count in."""
        known = self.bases[item.pass_index]
        return known[path] if path in known else self.read(path)

    def source(self, item: Item) -> Source:
        """The file of the item's first site, as the site's offsets count."""
        path = item.verdict.proposal.sites[0].path
        text = self.base(item, path)
        if (path, text) not in self._sources:
            self._sources[path, text] = Source(path, text)
        return self._sources[path, text]

    def alone(self, item: Item) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """The texts before and after ``item`` alone, of the files that it changes."""
        before = {path: self.base(item, path) for path in item.fix.paths}
        after = self._format_files(edits.apply(before, [item.fix]).files)
        changed = {path: text for path, text in after.items() if text != before[path]}
        return {path: before[path] for path in changed}, changed

    def diff(self, item: Item) -> bytes:
        """What ``item`` changes by itself."""
        before, after = self.alone(item)
        return make_patch((path, before[path], text) for path, text in after.items())

    def possible(self, item: Item, taken: Iterable[Item]) -> bool:
        """Is the text that the item was planned on the one that ``taken`` makes?"""
        if item.pass_index == 0:
            return True
        files = self.of([other for other in taken if other.pass_index < item.pass_index]).files
        return self.stands(item, files)

    def of(self, items: Sequence[Item]) -> Chosen:
        """All ``items`` together, those of earlier passes first. Names and ``use`` lines are
        settled over the whole set, so that any set of them gives a whole text."""
        files: dict[str, bytes] = {}
        left_out: list[Item] = []
        for number in sorted({item.pass_index for item in items}):
            mine = [item for item in items if item.pass_index == number]
            if number:
                left_out += [item for item in mine if not self.stands(item, files)]
                mine = [item for item in mine if item not in left_out]
            paths = {path for item in mine for path in item.fix.paths}
            before = {p: files[p] if p in files else self.read(p) for p in paths}
            applied = edits.apply(before, [item.fix for item in mine])
            left_out += [i for n, i in enumerate(mine) if n not in applied.accepted]
            files.update(self._format_files(applied.files))
        changed = {path: text for path, text in files.items() if text != self.read(path)}
        return Chosen(changed, tuple(left_out))

    def stands(self, item: Item, files: Mapping[str, bytes]) -> bool:
        """Is the text that ``item`` was planned on the user's with ``files`` in place of theirs?"""
        return all(
            (files[path] if path in files else self.read(path)) == self.base(item, path)
            for path in item.fix.paths
        )
