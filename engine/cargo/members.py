"""Which packages are in a cargo workspace: cargo's own rules, from the manifests alone.

Source of the rules: cargo's ``core/workspace.rs`` (``find_root``, ``find_members``,
``find_path_deps``, ``WorkspaceRootConfig``).
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from engine.base.errors import SpikeproofError
from engine.base.fsio import exists, show
from engine.cargo.manifest import Manifest, load

_GLOB = re.compile(r"[*?\[]")
_DEEPEST = 200  # folders


@dataclass(slots=True)
class Loader:
    """Manifests by path, each read once."""

    _seen: dict[Path, Manifest] = field(default_factory=dict)

    def __call__(self, path: Path) -> Manifest:
        if path not in self._seen:
            self._seen[path] = load(path)
        return self._seen[path]


@dataclass(frozen=True, slots=True)
class Members:
    """The packages of one workspace.

    ``packages`` are manifests within the root, in the order of their paths; ``default`` the ones
    that cargo takes when it runs in the root folder. ``missing`` are members that lie outside the
    root. ``manifests`` are all that cargo loads within the root, ``outside`` the folders of path
    dependencies that are not in it.
    """

    root: Manifest
    packages: tuple[Manifest, ...]
    default: tuple[Manifest, ...]
    missing: tuple[Path, ...]
    manifests: tuple[Manifest, ...]
    outside: tuple[Path, ...]


def nearest_manifest(folder: Path) -> Path | None:
    """``Cargo.toml`` of ``folder`` or of the nearest folder above that has one."""
    for candidate in (folder, *folder.parents):
        if exists(candidate / "Cargo.toml"):
            return candidate / "Cargo.toml"
    return None


def manifests_below(folder: Path) -> list[Path]:
    """The topmost folders below ``folder`` with a ``Cargo.toml``, sorted: each a package or a workspace
    of its own. Hidden folders, ``target`` and links are not entered."""
    found = []
    for at, folders, files in os.walk(folder):
        if "Cargo.toml" in files:
            found.append(Path(at))
            folders.clear()
        folders[:] = [name for name in folders if name[0] != "." and name != "target"]
    return sorted(found)


def find_members(current: Path, cargo_home: Path) -> Members:
    """The workspace that the manifest ``current`` (absolute, resolved) belongs to.

    Raises SpikeproofError where cargo would refuse the workspace.
    """
    read = Loader()
    root = read(_find_root(current, cargo_home, read))
    if root.path != current and not root.is_root:
        raise read(current).error(
            f"`package.workspace` points to {show(root.path)}, which has no [workspace] table"
        )
    found, missing = _collect(root, read)
    if current not in found:
        if not current.is_relative_to(root.folder):
            raise SpikeproofError(
                f"{show(current)} belongs to the workspace {show(root.path)} but lies outside its "
                "folder: move it below that folder, or run spikeproof on the workspace itself"
            )
        raise SpikeproofError(
            f"{show(current)} is below the workspace {show(root.path)} but not a member of it: "
            "add it to `workspace.members` or `workspace.exclude` there, or an empty [workspace] "
            "table to it"
        )
    packages = tuple(found[path] for path in sorted(found) if found[path].is_package)
    _refuse_twins(packages)
    manifests, outside = _closure(root, found, read)
    return Members(root, packages, _default(root, found), missing, manifests, outside)


def _find_root(current: Path, cargo_home: Path, read: Loader) -> Path:
    own = _root_named_by(read(current), current)
    if own is not None:
        return own
    for folder in current.parent.parents:
        if folder.parts[-2:] == ("target", "package"):
            break
        path = folder / "Cargo.toml"
        if exists(path):
            named = _root_named_by(read(path), current)
            if named is not None:
                return named
        if folder == cargo_home:
            break  # crates unpacked below CARGO_HOME are in nobody's workspace
    return current


def _root_named_by(manifest: Manifest, member: Path) -> Path | None:
    if manifest.is_root:
        return None if _excluded(manifest, member) else manifest.path
    pointer = manifest.package.get("workspace")
    if isinstance(pointer, str):
        return manifest.resolve(pointer) / "Cargo.toml"
    return None


def _excluded(root: Manifest, path: Path) -> bool:
    """``workspace.exclude`` counts unless a member is listed (as a plain path) above ``path``."""
    name = str(path)
    return name.startswith(_prefixes(root.path, root.strings("workspace", "exclude") or ())) and (
        not name.startswith(_prefixes(root.path, root.strings("workspace", "members") or ()))
    )


@lru_cache(maxsize=16)
def _prefixes(root: Path, entries: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(os.path.normpath(root.parent / entry) + os.sep for entry in entries)


def _collect(root: Manifest, read: Loader) -> tuple[dict[Path, Manifest], tuple[Path, ...]]:
    """Members by path (a virtual root is among them, as with cargo), and those outside the root."""
    if not root.is_root:
        return {root.path: root}, ()
    found: dict[Path, Manifest] = {}
    missing: dict[Path, None] = {}
    pending = [(root.path, "")]
    for entry in reversed(root.strings("workspace", "members") or ()):
        pending.extend(
            (folder / "Cargo.toml", f"workspace member `{show(entry)}` of {show(root.path)}")
            for folder in reversed(list(_expand(root.folder, entry)))
        )
    while pending:
        path, origin = pending.pop()
        if path in found:
            continue
        if not path.is_relative_to(root.folder):
            if origin.startswith("workspace member"):
                missing[path.parent] = None
            continue
        if _excluded(root, path):
            continue
        if not exists(path):
            raise SpikeproofError(
                f"{show(path)} does not exist, but is needed for {origin}: create it, or take the "
                "entry out (a git submodule may have to be checked out)"
            )
        manifest = found[path] = read(path)
        if manifest.is_root and path != root.path:
            raise SpikeproofError(
                f"two workspace roots in one workspace: {show(root.path)} and {show(path)}: "
                "add the inner one to `workspace.exclude`"
            )
        if manifest.is_package:
            pending.extend(
                (dep.path / "Cargo.toml", f"the dependency `{show(dep.alias)}` of {show(path)}")
                for dep in manifest.dependencies(root)
                if dep.path is not None
            )
    return found, tuple(missing)


def _default(root: Manifest, found: dict[Path, Manifest]) -> tuple[Manifest, ...]:
    listed = root.strings("workspace", "default-members")
    if listed is None:
        chosen = [root] if root.is_package else [found[path] for path in sorted(found)]
        return tuple(manifest for manifest in chosen if manifest.is_package)
    default: dict[Path, Manifest] = {}
    for entry in listed:
        for folder in _expand(root.folder, entry):
            path = folder / "Cargo.toml"
            if path in found:
                default[path] = found[path]
            elif not _excluded(root, path) and path.is_relative_to(root.folder):
                raise root.error(f"default member `{show(entry)}` is not a workspace member")
    return tuple(manifest for manifest in default.values() if manifest.is_package)


def _refuse_twins(packages: tuple[Manifest, ...]) -> None:
    seen: dict[object, Path] = {}
    for manifest in packages:
        name = manifest.package.get("name")
        if not isinstance(name, str) or not name:
            raise manifest.error("`package.name` is missing")
        if name in seen:
            raise SpikeproofError(
                f"two packages named `{show(name)}` in this workspace: "
                f"{show(seen[name])} and {show(manifest.path)}"
            )
        seen[name] = manifest.path


def _closure(
    root: Manifest, found: dict[Path, Manifest], read: Loader
) -> tuple[tuple[Manifest, ...], tuple[Path, ...]]:
    """All manifests within the root that cargo may load, and path dependencies outside it.

    What lies outside is not read.
    """
    loaded: dict[Path, Manifest] = {}
    outside: dict[Path, None] = {}
    pending = sorted(found, reverse=True)
    while pending:
        path = pending.pop()
        if path in loaded:
            continue
        manifest = loaded[path] = found.get(path) or read(path)
        # A package that is excluded may inherit from a workspace root of its own.
        own = _enclosing_root(manifest, root, read)
        for dep in (*manifest.referred(), *manifest.dependencies(own)):
            if dep.path is None:
                continue
            if not dep.path.is_relative_to(root.folder):
                outside[dep.path] = None
            elif exists(dep.path / "Cargo.toml"):
                pending.append(dep.path / "Cargo.toml")
        if own is not None:
            pending.append(own.path)
    return tuple(loaded[path] for path in sorted(loaded)), tuple(sorted(outside))


def _enclosing_root(manifest: Manifest, root: Manifest, read: Loader) -> Manifest | None:
    for folder in (manifest.folder, *manifest.folder.parents):
        path = folder / "Cargo.toml"
        if path == manifest.path or exists(path):
            candidate = read(path)
            if candidate.is_root:
                return candidate
        if folder == root.folder:
            break
    return None


def _expand(root: Path, pattern: str) -> Iterator[Path]:
    """Folders that a member pattern matches; the pattern's own path when nothing does."""
    literal = Path(os.path.normpath(root / pattern))
    if not _GLOB.search(pattern):
        yield literal
        return
    start = Path("/") if pattern.startswith("/") else root
    parts: list[str] = []
    for part in pattern.split("/"):
        if part not in ("", ".") and [part] != parts[-1:] * (part == "**"):
            parts.append(part)
    matches = list(_glob(start, parts))
    for path in matches:
        if exists(path) and path.is_dir():
            yield Path(os.path.normpath(path))
    if not matches:
        yield literal


def _glob(folder: Path, parts: list[str]) -> Iterator[Path]:
    if not parts:
        yield folder
        return
    part, rest = parts[0], parts[1:]
    if not _GLOB.search(part):
        if os.path.lexists(folder / part):
            yield from _glob(folder / part, rest)
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (OSError, ValueError):  # ValueError: a NUL in the pattern
        return
    if part == "**":
        yield from _glob(folder, rest)
        if len(folder.parts) > _DEEPEST:
            raise SpikeproofError(f"{show(folder)} is nested too deeply for a pattern with `**`")
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):  # a link could lead round in circles
                yield from _glob(folder / entry.name, parts)
        return
    for entry in entries:
        if fnmatch.fnmatchcase(entry.name, part):
            yield from _glob(folder / entry.name, rest)
