"""Cargo.toml as cargo reads it: tables, inheritance, the dependencies. Runs nothing."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.base.errors import SpikeproofError
from engine.base.fsio import MANIFEST_LIMIT, read_regular, show

# Cargo still takes the spelling with underscores up to edition 2021.
_KINDS = {
    "dependencies": "normal",
    "dev-dependencies": "dev",
    "dev_dependencies": "dev",
    "build-dependencies": "build",
    "build_dependencies": "build",
}


@dataclass(frozen=True, slots=True)
class Dependency:
    """One line of a dependency table, inheritance resolved.

    ``alias`` is the name in the code (and the key in the table), ``name`` the package's. ``path``
    is absolute and normalised, None for a registry or git dependency. ``place`` is where the
    literal stands in the manifest's data, empty when it is inherited. ``some_targets``: it is one of a
    ``[target.*]`` table.
    """

    alias: str
    name: str
    kind: str  # "normal", "dev", "build", "patch", "workspace"
    path: Path | None
    features: tuple[str, ...] = ()
    optional: bool = False
    place: tuple[str, ...] = ()
    some_targets: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """A parsed Cargo.toml. ``path`` is absolute."""

    path: Path
    data: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """The folder that it stands in: what its paths are relative to."""
        return self.path.parent

    @property
    def is_root(self) -> bool:
        """Does it make its folder the root of a workspace?"""
        return "workspace" in self.data

    @property
    def is_package(self) -> bool:
        """Does it describe a package? (``[project]`` is cargo's old name for the table.)"""
        return "package" in self.data or "project" in self.data

    def table(self, *keys: str) -> Mapping[str, Any]:
        """The table at ``keys``; empty when it is missing. Raises SpikeproofError otherwise."""
        value: Any = self.data
        for count, key in enumerate(keys, 1):
            value = value.get(key, {})
            if not isinstance(value, dict):
                raise self.error(f"`{'.'.join(keys[:count])}` must be a table")
        return value  # type: ignore[no-any-return]

    @property
    def package(self) -> Mapping[str, Any]:
        """The package's table; empty for a virtual manifest. Raises SpikeproofError when it is
        none."""
        return self.table("package" if "package" in self.data else "project")

    def strings(self, *keys: str) -> tuple[str, ...] | None:
        """The array of strings at ``keys``; None when it is missing."""
        value = self.table(*keys[:-1]).get(keys[-1])
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(f"`{'.'.join(keys)}` must be an array of strings")
        return tuple(value)

    def error(self, what: str) -> SpikeproofError:
        """An error to raise about this manifest, with its path before ``what``."""
        return SpikeproofError(f"{show(self.path)}: {what}")

    def resolve(self, value: str) -> Path:
        """``value`` relative to this manifest, normalised as cargo does: by text, not by links."""
        return Path(os.path.normpath(self.folder / value))

    def inherited(self, key: str, root: Manifest | None) -> Any:
        """``package.KEY``, or the workspace's where it says ``KEY.workspace = true``."""
        value = self.package.get(key)
        if isinstance(value, dict) and value.get("workspace") is True:
            if root is None or key not in root.table("workspace", "package"):
                raise self.error(
                    f"`package.{key}` is inherited, but `workspace.package.{key}` is not set"
                )
            return root.table("workspace", "package")[key]
        return value

    def dependencies(self, root: Manifest | None) -> Iterator[Dependency]:
        """All dependencies of the package, of every kind and target, optional ones included."""
        for place in self._dependency_tables():
            for alias, spec in self.table(*place).items():
                found = self._dependency(alias, spec, _KINDS[place[-1]], (*place, alias), root)
                yield replace(found, some_targets=place[0] == "target")

    def referred(self) -> Iterator[Dependency]:
        """Entries that only say where a package is: workspace, ``[patch]``, ``[replace]``."""
        for alias, spec in self.table("workspace", "dependencies").items():
            place = ("workspace", "dependencies", alias)
            yield self._dependency(alias, spec, "workspace", place, None)
        for source in self.table("patch"):
            for alias, spec in self.table("patch", source).items():
                yield self._dependency(alias, spec, "patch", ("patch", source, alias), None)
        for alias, spec in self.table("replace").items():
            yield self._dependency(alias, spec, "patch", ("replace", alias), None)

    def path_places(self) -> Iterator[tuple[str | int, ...]]:
        """Where in the data a path stands that cargo follows: dependencies, targets, the root."""
        for dep in self.referred():
            if dep.path is not None:
                yield (*dep.place, "path")
        for table in self._dependency_tables():
            for alias, spec in self.table(*table).items():
                if isinstance(spec, dict) and isinstance(spec.get("path"), str):
                    yield (*table, alias, "path")
        if isinstance(self.table("lib").get("path"), str):
            yield ("lib", "path")
        for kind in ("bin", "example", "test", "bench"):
            targets = self.data.get(kind, ())
            for index, target in enumerate(targets if isinstance(targets, list) else ()):
                if isinstance(target, dict) and isinstance(target.get("path"), str):
                    yield (kind, index, "path")
        for name in ("package", "project"):
            for key in ("build", "workspace"):
                if isinstance(self.table(name).get(key), str):
                    yield (name, key)

    def _dependency_tables(self) -> Iterator[tuple[str, ...]]:
        for key in _KINDS:
            if key in self.data:
                yield (key,)
        for target in self.table("target"):
            for key in _KINDS:
                if key in self.table("target", target):
                    yield ("target", target, key)

    def _dependency(
        self, alias: str, spec: Any, kind: str, place: tuple[str, ...], root: Manifest | None
    ) -> Dependency:
        if isinstance(spec, str):
            return Dependency(alias, alias, kind, None, place=place)
        if not isinstance(spec, dict):
            raise self.error(f"dependency `{alias}` must be a version or a table")
        features = self._features(alias, spec)
        optional = spec.get("optional") is True
        if spec.get("workspace") is True:
            shared = {} if root is None else root.table("workspace", "dependencies")
            if root is None or alias not in shared:
                raise self.error(
                    f"dependency `{alias}` is inherited, but `workspace.dependencies` lacks it"
                )
            base = root._dependency(alias, shared[alias], kind, (), None)
            merged = tuple(dict.fromkeys((*base.features, *features)))
            return Dependency(alias, base.name, kind, base.path, merged, optional)
        path = spec.get("path")
        name = spec.get("package", alias)
        if not isinstance(name, str) or not isinstance(path, str | None):
            raise self.error(f"dependency `{alias}`: `path` and `package` must be strings")
        resolved = None if path is None else self.resolve(path)
        return Dependency(alias, name, kind, resolved, features, optional, place)

    def _features(self, alias: str, spec: Mapping[str, Any]) -> tuple[str, ...]:
        features = spec.get("features", [])
        if not isinstance(features, list) or not all(isinstance(item, str) for item in features):
            raise self.error(f"dependency `{alias}`: `features` must be an array of strings")
        return tuple(features)


def parse_toml(data: bytes, path: Path) -> dict[str, Any]:
    """The table in ``data``, of the file ``path``. Raises SpikeproofError that names the file and the line."""
    try:
        return tomllib.loads(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpikeproofError(f"{show(path)}: line {line} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SpikeproofError(f"{show(path)} is not valid TOML: {show(str(error))}") from None
    except RecursionError:
        raise SpikeproofError(f"{show(path)} is nested too deeply to be read") from None


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file of at most 8 MiB. Raises SpikeproofError (also when it cannot be read)."""
    try:
        data = read_regular(path, MANIFEST_LIMIT)
    except OSError as error:
        raise SpikeproofError(f"cannot read {show(path)}: {error.strerror}") from None
    return parse_toml(data, path)


def load(path: Path) -> Manifest:
    """The manifest at the absolute ``path``. Raises SpikeproofError."""
    manifest = Manifest(path, read_toml(path))
    if not manifest.is_root and not manifest.is_package:
        raise manifest.error("neither a [package] nor a [workspace] in this manifest")
    return manifest
