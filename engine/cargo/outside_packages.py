"""Packages of the same repository that are no members of the workspace (``fuzz/``, ``xtask/``) and name one
of its packages in their manifests: what they use of it is not compiled with it.

Looked at are packages below the workspace's folder, and those beside it or beside a folder above it, up to
the repository's top. Their files are read, never changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property

from engine.base.fsio import read_below
from engine.base.ignore import repository_top
from engine.cargo.sources import sources_below
from engine.cargo.workspace import Workspace

_LIMIT = 8 * 2**20  # bytes of one file: beyond it stands data, not a person's code


class OutsidePackages:
    """The sources of such packages, read when first asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def mentions(self, word: bytes, crate: str) -> Iterator[tuple[str, int]]:
        """(path, line) of the first ``word`` in each file that names ``crate``, too. Paths are relative
        to the workspace's root, and may lead out of it."""
        named = re.compile(rb"(?<!\w)" + re.escape(crate.encode()) + rb"(?!\w)")
        wanted = re.compile(rb"(?<!\w)" + re.escape(word) + rb"(?!\w)")
        for path, data in self._files.items():
            hit = wanted.search(data)
            if hit is not None and named.search(data):
                yield path, data.count(b"\n", 0, hit.start()) + 1

    @cached_property
    def _files(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        names = [package.name.encode() for package in self._workspace.packages]
        for folder in self._folders():
            manifest = self._read(f"{folder}/Cargo.toml")
            if any(name in manifest for name in names):
                for path in sources_below(self._workspace.root, folder + "/"):
                    found[path] = self._read(path)
        return found

    def _folders(self) -> Iterator[str]:
        """Folders of packages that are no members, relative to the root."""
        yield from sorted(self._workspace.foreign)
        root = self._workspace.root
        top = repository_top(root)
        above = root
        while top is not None and above != top and above != above.parent:
            above = above.parent
            for beside in sorted(above.iterdir()):
                own = root.is_relative_to(beside) or beside.is_symlink()
                if not own and (beside / "Cargo.toml").is_file():
                    yield os.path.relpath(beside, root)

    def _read(self, path: str) -> bytes:
        try:
            return read_below(self._workspace.root, path, _LIMIT)
        except OSError:
            return b""
