"""Small source trees for the tests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from engine.cargo.workspace import Workspace

CODE = "pub fn f() -> u32 { 1 }\n"
CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"


def build(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write ``files`` (path -> text) below ``root``, and return it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def package(name: str, more: str = "") -> str:
    """The manifest of a package, ``more`` at its end."""
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}'


def member(folder: str, name: str, more: str = "") -> dict[str, str | bytes]:
    """The files of a library package in ``folder``."""
    return {f"{folder}/Cargo.toml": package(name, more), f"{folder}/src/lib.rs": CODE}


def content(root: Path) -> dict[str, bytes | str]:
    """All files and links below ``root``, but for version control and build output."""
    found: dict[str, bytes | str] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "target")]
        for name in [*files, *folders]:
            path = Path(folder, name)
            key = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[key] = str(path.readlink())
            elif path.is_file():
                found[key] = path.read_bytes()
    return found


def skipped(workspace: Workspace) -> dict[str, str]:
    """What was left out, and why, by path."""
    return {skip.path: skip.reason for skip in workspace.skipped}
