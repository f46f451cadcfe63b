"""Small crates without dependencies, for tests that run the real cargo and rustc."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.base.model import Span
from engine.cargo.cargo import Cargo
from engine.cargo.toolchain import Limits
from engine.rust.syntax import Source


@dataclass(frozen=True)
class Tree:
    """A scratch copy without its original: ``write`` only writes."""

    tree: Path
    build: Path

    @property
    def environment(self) -> Mapping[str, str]:
        return {"CARGO_TARGET_DIR": str(self.build), "CARGO_BUILD_BUILD_DIR": str(self.build)}

    def write(self, files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            target = self.tree / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            # The clock of the file system is coarser than a test: cargo must see the change.
            later = target.stat().st_mtime_ns + 2_000_000_000
            os.utime(target, ns=(later, later))


def manifest(name: str, more: str = "", edition: str = "2021") -> str:
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "{edition}"\n{more}\n'


def cargo(
    root: Path,
    files: Mapping[str, str | bytes],
    *selection: str,
    limits: Limits | None = None,
) -> Cargo:
    """A tree of ``files`` below ``root`` (each test its own) with its build directory beside it."""
    tree = root / "tree"
    for path, text in files.items():
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
    return Cargo(Tree(tree, root / "build"), selection, limits or Limits())


def span(source: Source, text: str, number: int = 0) -> Span:
    """The ``number``-th occurrence of ``text`` in ``source``."""
    at = -1
    for _ in range(number + 1):
        at = source.data.index(text.encode(), at + 1)
    return Span(at, at + len(text.encode()))
