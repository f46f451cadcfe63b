"""What a codemod may know when it plans: sources, types, packages, options. Nothing else."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.codemod import Options
from engine.errors import SpikeproofError
from engine.model import Skip, Span
from engine.scopes import Scopes
from engine.sources import read_source
from engine.syntax import Source

if TYPE_CHECKING:
    from tree_sitter import Node

    from engine.types import Type
    from engine.workspace import Package, Workspace

_KEPT = 128  # parsed files kept: a plan goes back and forth between few files


class Sources:
    """The workspace's files, parsed when asked for, the latest kept."""

    def __init__(self, paths: Sequence[str], read: Callable[[str], bytes]) -> None:
        self.paths = tuple(paths)
        self._read = read
        self._parsed: OrderedDict[str, Source] = OrderedDict()
        self._scopes: dict[tuple[str, Span], Scopes] = {}
        self._bytes: dict[str, bytes] = {}

    def data(self, path: str) -> bytes:
        if path not in self._bytes:
            self._bytes[path] = self._read(path)
        return self._bytes[path]

    def get(self, path: str) -> Source:
        source = self._parsed.get(path)
        if source is None:
            source = self._parsed[path] = Source(path, self.data(path))
            while len(self._parsed) > _KEPT:
                dropped, _ = self._parsed.popitem(last=False)
                for key in [key for key in self._scopes if key[0] == dropped]:
                    del self._scopes[key]
        self._parsed.move_to_end(path)
        return source

    def containing(self, *words: bytes) -> Iterator[Source]:
        """Files that hold all of ``words`` as whole words, in path order."""
        patterns = [re.compile(rb"(?<!\w)" + re.escape(word) + rb"(?!\w)") for word in words]
        for path in self.paths:
            data = self.data(path)
            if all(w in data and p.search(data) for w, p in zip(words, patterns, strict=True)):
                yield self.get(path)

    def scopes(self, source: Source, function: Node) -> Scopes:
        """Local names of ``function`` (kept while its file is)."""
        key = (source.path, Span(function.start_byte, function.end_byte))
        if key not in self._scopes:
            self._scopes[key] = Scopes(source, function)
        return self._scopes[key]


def sources_of(workspace: Workspace) -> Sources:
    """The user's files as they are on disk. Reading one that cannot be read any more raises
    SpikeproofError: it was readable a moment ago."""

    def read(path: str) -> bytes:
        data = read_source(workspace.root, path)
        if isinstance(data, Skip):
            raise SpikeproofError(f"{path}: {data.reason}; it changed while it was read, run again")
        return data

    return Sources(workspace.files, read)


@dataclass(frozen=True)
class Facts:
    """Handed to ``Codemod.plan`` and ``Codemod.follow``.

    ``type_of`` gives the type of an expression that a site asked about in ``questions``. None
    means that rustc did not compile it here (or could not tell): nothing may be claimed about it.
    ``unknown`` says which, in words for the user.
    """

    sources: Sources
    type_of: Callable[[str, Span], Type | None]
    unknown: Callable[[str, Span], str]
    package_of: Callable[[str], Package | None]
    options: Options = field(default_factory=Options)

    def source(self, path: str) -> Source:
        return self.sources.get(path)

    def crate_of(self, path: str) -> str:
        """The name in code of the package that a file belongs to; "" when it belongs to none."""
        package = self.package_of(path)
        return package.name.replace("-", "_") if package is not None else ""
