"""A workspace in memory, for the analyses over many files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.detect.facts import Sources
from engine.rust.items import Items
from engine.rust.syntax import Source


@dataclass(frozen=True)
class Member:
    """A package of the workspace: all files below ``root`` are its own."""

    name: str
    root: str
    lib: str
    crate: str
    targets: tuple[str, ...] = ()
    publish: bool = True
    dependencies: frozenset[str] = frozenset()


class Workspace:
    """Files by path; packages are the folders with a ``src``, or ``app`` for all of them."""

    def __init__(
        self, files: Mapping[str, str], targets: tuple[str, ...] = (), publish: bool = True
    ) -> None:
        data = {path: text.encode() for path, text in files.items()}
        self.sources = Sources(tuple(sorted(data)), data.__getitem__)
        roots = sorted({path.partition("/src/")[0] for path in files if "/src/" in path})
        self.members = [
            Member(
                name, r, lib if (lib := f"{r}/src/lib.rs") in files else "", name, publish=publish
            )
            for r in roots
            if (name := r.rpartition("/")[2])
        ]
        lib = "src/lib.rs" if "src/lib.rs" in files else ""
        self.members.append(Member("app", "", lib, "app", targets, publish))
        self.items = Items(self.sources, self.package_of)

    def package_of(self, path: str) -> Member:
        return next(m for m in self.members if not m.root or path.startswith(f"{m.root}/"))

    def find(self, path: str, text: str) -> tuple[Source, Node]:
        """The outermost node of ``text`` where it first stands in the file."""
        source = self.sources.get(path)
        start = source.data.index(text.encode())
        node = source.node_at(Span(start, start + len(text.encode())))
        assert node is not None, text
        return source, node
