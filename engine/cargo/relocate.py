"""Manifests for a copy of the workspace that stands somewhere else: only paths change.

What leaves the root is made absolute, so that cargo finds it in the user's place; what stays
within it stays relative. The rest of the text is kept byte for byte.
"""

from __future__ import annotations

import copy
import os
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from engine.base.errors import SpikeproofError
from engine.base.fsio import show
from engine.cargo.manifest import Manifest, parse_toml

_Place = tuple[str | int, ...]


def relocated(data: bytes, path: str, root: Path, apart: Collection[str]) -> bytes:
    """The manifest ``data`` of ``path`` (relative to ``root``), fit for a copy of ``root``.

    A root manifest without [workspace] gets one: cargo would otherwise look for a workspace in the
    folders above the copy, and find the user's. ``apart`` are the folders of path dependencies that
    must not become members by that. Raises SpikeproofError for TOML that cannot be read.
    """
    manifest = Manifest(root / path, parse_toml(data, root / path))
    data = _edited(data, manifest, list(_changes(manifest, root)))
    if path == "Cargo.toml" and not manifest.is_root:
        quoted = ", ".join(_string(folder) for folder in sorted(apart))
        data = data.rstrip(b"\n") + f"\n\n[workspace]\nexclude = [{quoted}]\n".encode()
    return data


def _changes(manifest: Manifest, root: Path) -> Iterator[tuple[_Place, object]]:
    base = manifest.folder
    for place in manifest.path_places():
        value: Any = manifest.data
        for key in place:
            value = value[key]
        moved = _moved(value, base, root)
        if moved != value:
            yield place, moved
    for key in ("members", "default-members", "exclude"):
        listed = manifest.strings("workspace", key)
        if listed is not None:
            # A member outside the root would be of two workspaces: it is none of the copy's.
            kept = [_moved(entry, base, root) for entry in listed if _inside(entry, base, root)]
            if kept != list(listed):
                yield ("workspace", key), kept


def _moved(value: str, base: Path, root: Path) -> str:
    if not _inside(value, base, root):
        return _text(os.path.normpath(base / value))
    if not value.startswith("/") and not _leaves(value, base, root):
        return value
    return _text(os.path.relpath(os.path.normpath(base / value), base))


def _inside(value: str, base: Path, root: Path) -> bool:
    return Path(os.path.normpath(base / value)).is_relative_to(root)


def _leaves(value: str, base: Path, root: Path) -> bool:
    """Does a relative path step above the root on its way (even if it comes back)?"""
    depth = len(base.relative_to(root).parts)
    for part in value.split("/"):
        depth += -1 if part == ".." else 0 if part in ("", ".") else 1
        if depth < 0:
            return True
    return False


def _edited(data: bytes, manifest: Manifest, changes: list[tuple[_Place, object]]) -> bytes:
    if not changes:
        return data
    import tomlkit

    expected = copy.deepcopy(dict(manifest.data))
    for place, value in changes:
        _put(expected, place, value)
    document = tomlkit.parse(data.removeprefix(b"\xef\xbb\xbf"))
    try:
        for place, value in changes:
            _put(document, place, value)
        edited = tomlkit.dumps(document)
        if tomllib.loads(edited) == expected:
            return edited.encode()
    except (tomlkit.exceptions.TOMLKitError, tomllib.TOMLDecodeError, TypeError):
        pass  # tables out of order can be beyond tomlkit's editing
    return tomlkit.dumps(expected).encode()  # the same data without the user's layout


def _put(table: Any, place: _Place, value: object) -> None:
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = value


def _string(text: str) -> str:
    import tomlkit

    return tomlkit.item(_text(text)).as_string()


def _text(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        raise SpikeproofError(
            f"{show(path)} is not UTF-8: cargo cannot build a package there; rename the folder"
        ) from None
    return path
