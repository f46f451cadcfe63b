"""Cargo's configuration files as cargo finds them, and what a copy of the workspace needs of them.

Cargo joins ``.cargo/config.toml`` of the folder it runs in and of all folders above it. A copy
stands elsewhere: below ``<root>/target`` it still sees the root's own file (with relative paths
that lead into the user's tree), in a target directory somewhere else it sees none of them.
Source: cargo's ``context/{mod,config_value,path}.rs`` and the reference's chapter on configuration.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.base.errors import SpikeproofError
from engine.base.fsio import MANIFEST_LIMIT, exists, read_regular, show
from engine.cargo.manifest import read_toml

Table = dict[str, Any]
_Key = tuple[str, ...]

# What cargo takes relative to the folder that holds `.cargo`. A program counts as a path only when
# it has a slash; "command" is a program with arguments (a string or an array).
_PATHS: Mapping[_Key, str] = {
    ("paths",): "path",
    ("build", "rustc"): "program",
    ("build", "rustc-wrapper"): "program",
    ("build", "rustc-workspace-wrapper"): "program",
    ("build", "rustdoc"): "program",
    ("build", "target"): "spec",
    ("build", "target-dir"): "path",
    ("build", "dep-info-basedir"): "path",
    ("host", "linker"): "program",
    ("host", "runner"): "command",
    ("http", "cainfo"): "path",
    ("http", "proxy-cainfo"): "path",
    ("patch", "*", "*", "path"): "path",
    ("path-bases", "*"): "path",
    ("registries", "*", "credential-provider"): "command",
    ("registry", "credential-provider"): "command",
    ("resolver", "lockfile-path"): "path",
    ("source", "*", "directory"): "path",
    ("source", "*", "local-registry"): "path",
    ("target", "*", "linker"): "program",
    ("target", "*", "runner"): "command",
}
_UNJOINED = frozenset(key for key, kind in _PATHS.items() if kind == "command")
_TOOLCHAINS = ("rust-toolchain", "rust-toolchain.toml")


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file, what it includes merged in, every relative path made absolute."""

    path: Path
    values: Table


@dataclass(frozen=True, slots=True)
class CopyConfig:
    """What makes cargo see in the copy what it sees in the workspace.

    ``files`` are to be written into the copy (relative path -> content), ``args`` to be given to
    every run of cargo in it.
    """

    files: Mapping[str, bytes]
    args: tuple[str, ...]


def cargo_home() -> Path:
    """``$CARGO_HOME``, or ``~/.cargo``, resolved."""
    named = os.environ.get("CARGO_HOME")
    return Path(os.path.realpath(named or Path.home() / ".cargo"))


def hierarchy(folder: Path, home: Path) -> tuple[ConfigFile, ...]:
    """The files that cargo reads when it runs in ``folder``, the strongest first.

    Raises SpikeproofError for one that cannot be read.
    """
    places = [above / ".cargo" for above in (folder, *folder.parents)]
    if home not in {Path(os.path.realpath(place)) for place in places}:
        places.append(home)
    found = (place / name for place in places if (name := _config_name(place)))
    return tuple(ConfigFile(path, _load(path, ())) for path in found)


def target_dir(root: Path, home: Path) -> Path:
    """Where cargo puts the workspace's build output: environment, then config, then ``target``."""
    for variable in ("CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"):
        if named := os.environ.get(variable):
            return Path(os.path.normpath(Path(named).absolute()))
    for file in hierarchy(root, home):
        named = file.values.get("build", {}).get("target-dir")
        if isinstance(named, str):
            return Path(named)
    return root / "target"


def has_runner(root: Path, home: Path) -> bool:
    """Does another program start what cargo builds of the workspace, its tests say?"""
    if any(n.startswith("CARGO_TARGET_") and n.endswith("_RUNNER") for n in os.environ):
        return True
    tables = [table for file in hierarchy(root, home) for table in _targets(file.values)]
    return any("runner" in table for table in tables)


def _targets(values: Table) -> Iterator[Table]:
    named = values.get("target", {})
    for table in (values.get("host", {}), *(named.values() if isinstance(named, dict) else ())):
        if isinstance(table, dict):
            yield table


def config_for_copy(root: Path, tree: Path, home: Path) -> CopyConfig:
    """What the copy at ``tree`` needs so that cargo is configured as in ``root``.

    Raises SpikeproofError when a file above ``tree`` would count that does not in ``root``.
    """
    wanted = hierarchy(root, home)
    seen = {file.path for file in hierarchy(tree.parent, home)}
    for path in sorted(seen - {file.path for file in wanted}):
        raise SpikeproofError(
            f"{show(path)} would change how the copy below {show(tree)} is built: "
            "set CARGO_TARGET_DIR to a folder without one above it"
        )

    def move(path: str) -> str:
        inside = Path(path).is_relative_to(root)
        return str(tree / Path(path).relative_to(root)) if inside else path

    hidden = [_map_paths(file.values, move) for file in wanted if file.path not in seen]
    files = {}
    own: Table = {}
    for values in hidden:
        own = _merged(own, values)
    if own:
        own.get("build", {}).pop("target-dir", None)
        own.get("build", {}).pop("build-dir", None)
        files[".cargo/config.toml"] = _dumps(own)
    if toolchain := _toolchain(root, tree):
        files[toolchain.name] = read_regular(toolchain, MANIFEST_LIMIT)
    visible: Table = {}
    for file in wanted:
        if file.path in seen:
            visible = _merged(visible, file.values)
    return CopyConfig(files, tuple(_overrides(visible, own, move)))


def _overrides(visible: Table, own: Table, move: Callable[[str], str]) -> Iterator[str]:
    """Values of files above the copy that would make its builds write into, or take, the user's
    tree. Arrays (``paths``) cannot be overridden, programs and read-only sources need not be."""
    for key, path in _located(visible):
        if key[0] not in ("env", "patch", "resolver") or move(path) == path:
            continue
        nearer: Any = own
        for part in key:
            nearer = nearer.get(part) if isinstance(nearer, dict) else None
        if nearer is None:
            yield "--config"
            yield f"{'.'.join(map(_quoted, key))}={_quoted(move(path))}"


def _located(values: Table) -> Iterator[tuple[_Key, str]]:
    found: list[tuple[_Key, str]] = []

    def note(key: _Key, path: str) -> str:
        found.append((key, path))
        return path

    _map(values, (), note)
    yield from found


def _map_paths(values: Table, move: Callable[[str], str]) -> Table:
    mapped = _map(values, (), lambda _key, path: move(path))
    assert isinstance(mapped, dict)
    return mapped


def _map(value: Any, key: _Key, move: Callable[[_Key, str], str]) -> Any:
    """A copy of ``value`` in which every path went through ``move``."""
    if isinstance(value, dict):
        inner = {name: _map(item, (*key, name), move) for name, item in value.items()}
        if key[:1] == ("env",) and len(key) == 2 and value.get("relative") is True:
            inner["value"] = move((*key, "value"), str(value.get("value", "")))
        return inner
    kind = _kind(key)
    if isinstance(value, list):
        if kind == "command" and value:
            return [_map(value[0], key, move), *value[1:]]
        return [_map(item, key, move) for item in value]
    if not isinstance(value, str) or kind is None:
        return value
    if kind == "command":
        program, space, rest = value.partition(" ")
        return (move(key, program) if "/" in program else program) + space + rest
    if (kind == "program" and "/" not in value) or (kind == "spec" and value[-5:] != ".json"):
        return value
    return move(key, value)


def _kind(key: _Key) -> str | None:
    for pattern, kind in _PATHS.items():
        if _matches(pattern, key):
            return kind
    return None


def _matches(pattern: _Key, key: _Key) -> bool:
    return len(pattern) == len(key) and all(
        want in ("*", part) for want, part in zip(pattern, key, strict=True)
    )


def _merged(nearer: Table, farther: Table, key: _Key = ()) -> Table:
    """Tables are joined, arrays too (the stronger file's items last), else the nearer wins."""
    merged = dict(farther)
    for name, value in nearer.items():
        other = farther.get(name)
        place = (*key, name)
        if isinstance(value, dict) and isinstance(other, dict):
            merged[name] = _merged(value, other, place)
        elif isinstance(value, list) and isinstance(other, list) and not _unjoined(place):
            merged[name] = [*other, *value]
        else:
            merged[name] = value
    return merged


def _unjoined(key: _Key) -> bool:
    return any(_matches(pattern, key) for pattern in _UNJOINED)


def _config_name(folder: Path) -> str | None:
    return next((name for name in ("config", "config.toml") if exists(folder / name)), None)


def _load(path: Path, above: Sequence[Path]) -> Table:
    if path in above:
        raise SpikeproofError(f"{show(path)} includes itself")
    values = read_toml(path)
    base = path.parent.parent
    included: Table = {}
    entries = values.pop("include", [])
    for entry in entries if isinstance(entries, list) else [entries]:
        name = entry.get("path") if isinstance(entry, dict) else entry
        if not isinstance(name, str):
            raise SpikeproofError(f"{show(path)}: `include` must be an array of paths")
        other = Path(os.path.normpath(path.parent / name))
        if isinstance(entry, dict) and entry.get("optional") is True and not exists(other):
            continue
        included = _merged(_load(other, (*above, path)), included)
    absolute = _map_paths(values, lambda value: os.path.normpath(base / value))
    return _merged(absolute, included)


def _toolchain(root: Path, tree: Path) -> Path | None:
    """The toolchain file that rustup finds from ``root`` but would not from ``tree``."""
    wanted = _nearest_toolchain(root)
    if wanted is not None and wanted.parent == root:
        return None  # part of the copy
    seen = _nearest_toolchain(tree.parent)
    if seen is not None and seen != wanted and wanted is None:
        raise SpikeproofError(
            f"{show(seen)} would choose another toolchain for the copy below {show(tree)}: "
            "set CARGO_TARGET_DIR to a folder without one above it"
        )
    return None if seen == wanted else wanted


def _nearest_toolchain(folder: Path) -> Path | None:
    for above in (folder, *folder.parents):
        for name in _TOOLCHAINS:
            if exists(above / name):
                return above / name
    return None


def _quoted(text: str) -> str:
    """A TOML basic string (and a quoted key): JSON's, but for DEL."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def _dumps(values: Table) -> bytes:
    import tomlkit

    return tomlkit.dumps(values).encode()
