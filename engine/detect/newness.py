"""What a change brought: sites that stand on its lines, or that were none before it.

A site on a line that the change left as it was is looked for at the same place of the file as it was
before. So neither moved lines, nor a file or an item that got another name, make old sites new, while
an old line that only now became a site (its function turned ``async``, its ``allow`` was taken away) is
found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from engine.base.model import Site, Span
from engine.cargo.workspace import Workspace
from engine.detect.facts import sources_of
from engine.detect.scan import nested_deeply, scan_source
from engine.rewrite.line_map import LineMap
from engine.rust.syntax import ITEMS, Source


class Base(Protocol):
    """What the files of a workspace were before a change."""

    @property
    def words(self) -> str:
        """What it is, for a line of text."""
        ...

    def before(self, path: str, data: bytes) -> bytes | None:
        """What the file ``path`` (relative to the workspace), now ``data``, was; None: it is new."""
        ...


@dataclass(frozen=True)
class _File:
    """A file of the workspace and what it was made of (``before``; None: it is new)."""

    now: Source
    before: Source | None
    lines: LineMap | None
    known: dict[str, _Known] = field(default_factory=dict)  # by codemod


@dataclass(frozen=True)
class _Known:
    """Where a codemod had sites before (in code that runs, or anywhere), and what may be one."""

    sites: frozenset[int]
    anywhere: frozenset[int]
    maybe: frozenset[int]


@dataclass
class Newness:
    """The change since ``base``; ask :meth:`is_new`. Files are compared when first asked about."""

    base: Base
    _workspace: Workspace = field(repr=False)
    _read: Callable[[str], bytes] = field(repr=False)
    _files: dict[str, _File | None] = field(default_factory=dict, repr=False)

    @classmethod
    def since(
        cls, base: Base, workspace: Workspace, read: Callable[[str], bytes] | None = None
    ) -> Newness:
        """The change from ``base`` to the workspace's files; ``read`` gives their text, from the disk
        by default."""
        return cls(base, workspace, read or sources_of(workspace).data)

    @property
    def words(self) -> str:
        """What the change is compared with, for a line of text."""
        return self.base.words

    def is_new(self, site: Site) -> bool:
        """Did the change bring or touch ``site`` (of the files as they are on disk)?"""
        file = self._file(site.path)
        if file is None:
            return False
        if file.before is None or file.lines is None or file.lines.touched(site.span):
            return True
        place = file.lines.before(site.span.start)
        if place is None:
            return True
        if nested_deeply(file.before.data):
            return False  # nothing can be said but that these lines are old
        known = self._known(file, file.before, site.codemod)
        if place in (known.anywhere if site.in_tests else known.sites):
            return False
        return place not in known.maybe or file.lines.touched(_item(file.now, site.span))

    def changed(self, path: str) -> bool:
        """Is ``path`` (relative to the workspace) otherwise than it was, or new?"""
        file = self._file(path)
        return file is not None and (file.lines is None or bool(file.lines.blocks))

    def changed_lines(self, path: str) -> tuple[tuple[int, int], ...]:
        """First and last line (from 1) of each stretch that was added or altered."""
        file = self._file(path)
        if file is None:
            return ()
        lines = file.lines or LineMap.between(b"", file.now.data)
        return lines.ranges()

    def _file(self, path: str) -> _File | None:
        """None: the file is byte for byte what it was."""
        if path not in self._files:
            self._files[path] = self._compared(path)
        return self._files[path]

    def _compared(self, path: str) -> _File | None:
        data = self._read(path)
        now = Source(path, data, self._workspace.edition_of(path))
        before = self.base.before(path, data)
        if before is None:
            return _File(now, None, None)
        if before == data:
            return None
        return _File(now, Source(path, before, now.edition), LineMap.between(before, data))

    def _known(self, file: _File, before: Source, codemod: str) -> _Known:
        if codemod not in file.known:
            cold = self._workspace.takes_cold(file.now.path)
            found = scan_source(before, (codemod,), cold=cold).sites
            sites = [site for site in found if site.role == "site"]
            file.known[codemod] = _Known(
                frozenset(site.span.start for site in sites if not site.in_tests),
                frozenset(site.span.start for site in sites),
                frozenset(site.span.start for site in found if site.role != "site"),
            )
        return file.known[codemod]


def _item(source: Source, span: Span) -> Span:
    """The item (function, struct ...) around ``span``."""
    item = source.enclosing(source.innermost(span), ITEMS)
    return Span(item.start_byte, item.end_byte) if item is not None else span
