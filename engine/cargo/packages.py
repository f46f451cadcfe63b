"""The members of a workspace, as their manifests describe them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.cargo.config import Config, read_config
from engine.cargo.manifest import Dependency, Manifest
from engine.cargo.members import Members


@dataclass(frozen=True, slots=True)
class Package:
    """A workspace member. ``manifest`` and ``root`` are POSIX paths relative to the workspace root
    (``root`` is ``""`` for the package in it).

    ``dependencies`` names the members it depends on (path, workspace or patched; normal, dev and
    build). ``external`` gives for each package of another source that it depends on (normal
    dependencies only, of any target) the features it asks for; ``renamed`` says what a package is
    called in the code where that differs, ``optional`` which of them it may be built without (optional ones, and those
    of some targets only). ``lib`` is the
    root file of its library, "" without one, ``crate`` the name that other crates know it by,
    ``targets`` those of other targets that the manifest
    names (cargo finds more by their folders).
    """

    name: str
    version: str  # "0.0.0" when the manifest has none
    edition: str  # "2015" when the manifest has none
    manifest: str
    root: str
    dependencies: frozenset[str]
    external: Mapping[str, tuple[str, ...]]
    renamed: Mapping[str, str]
    optional: frozenset[str]
    lib: str
    crate: str
    targets: tuple[str, ...]
    build_script: str  # relative to the workspace root, "" when there is none
    publish: bool
    config: Config
    rust_version: str = ""  # the oldest Rust that it is for, "" where the manifest does not say

    @property
    def has_lib(self) -> bool:
        """Has it a library target?"""
        return bool(self.lib)


def packages_of(members: Members, shared: Config) -> tuple[Package, ...]:
    """All members with their configs, ``shared`` being that of the workspace. Raises SpikeproofError
    for a manifest or a config that is wrong."""
    by_path = {manifest.folder: manifest for manifest in members.packages}
    patched = {
        dep.name: dep.path
        for dep in members.root.referred()
        if dep.kind == "patch" and dep.path is not None
    }
    return tuple(
        _package(manifest, members, by_path, patched, shared) for manifest in by_path.values()
    )


def _package(
    manifest: Manifest,
    members: Members,
    by_path: Mapping[Path, Manifest],
    patched: Mapping[str, Path],
    shared: Config,
) -> Package:
    root = members.root.folder
    inherited = members.root if members.root.is_root else None
    inner: set[str] = set()
    external: dict[str, tuple[str, ...]] = {}
    renamed: dict[str, str] = {}
    optional: dict[str, bool] = {}
    for dep in manifest.dependencies(inherited):
        member = by_path.get(dep.path or patched.get(dep.name, Path()))
        if member is not None:
            inner.add(member.package["name"])
        elif dep.kind == "normal" and dep.path is None:
            _add_external(dep, external, renamed, optional)
    folder = relative(manifest.folder, root)
    config = read_config(
        manifest.table("package", "metadata").get("spikeproof"),
        relative(manifest.path, root),
        "package.metadata.spikeproof",
        shared,
    )
    return Package(
        name=manifest.package["name"],
        version=_text(manifest, "version", inherited, "0.0.0"),
        edition=_text(manifest, "edition", inherited, "2015"),
        manifest=relative(manifest.path, root),
        root=folder,
        dependencies=frozenset(inner),
        external=external,
        renamed=renamed,
        optional=frozenset(name for name, only in optional.items() if only),
        lib=_library(manifest, folder),
        crate=str(manifest.table("lib").get("name", manifest.package["name"])).replace("-", "_"),
        targets=tuple(_targets(manifest, folder)),
        build_script=_build_script(manifest, folder),
        publish=manifest.inherited("publish", inherited) not in (False, []),
        config=config,
        rust_version=_text(manifest, "rust-version", inherited, ""),
    )


def _add_external(
    dep: Dependency,
    external: dict[str, tuple[str, ...]],
    renamed: dict[str, str],
    optional: dict[str, bool],
) -> None:
    features = external.get(dep.name, ())
    external[dep.name] = tuple(dict.fromkeys((*features, *dep.features)))
    may_lack = dep.optional or dep.some_targets
    optional[dep.name] = may_lack and optional.get(dep.name, True)
    if dep.alias != dep.name:
        renamed[dep.name] = dep.alias


def _text(manifest: Manifest, key: str, root: Manifest | None, default: str) -> str:
    value = manifest.inherited(key, root)
    if not isinstance(value, str | None):
        raise manifest.error(f"`package.{key}` must be a string")
    return default if value is None else value


def _library(manifest: Manifest, folder: str) -> str:
    if "lib" not in manifest.data and not (manifest.folder / "src" / "lib.rs").is_file():
        return ""
    named = manifest.table("lib").get("path")
    return os.path.normpath(Path(folder, named if isinstance(named, str) else "src/lib.rs"))


def _targets(manifest: Manifest, folder: str) -> Iterator[str]:
    for kind in ("bin", "test", "example", "bench"):
        listed = manifest.data.get(kind, [])
        for target in listed if isinstance(listed, list) else ():
            named = target.get("path") if isinstance(target, dict) else None
            if isinstance(named, str):
                yield os.path.normpath(Path(folder, named))


def _build_script(manifest: Manifest, folder: str) -> str:
    named = manifest.package.get("build")
    if named is False:
        return ""
    script = named if isinstance(named, str) else "build.rs"
    if not isinstance(named, str) and not (manifest.folder / script).is_file():
        return ""
    return os.path.normpath(Path(folder, script))


def relative(path: Path, root: Path) -> str:
    """``path`` below ``root`` as POSIX, "" for the root itself."""
    inner = path.relative_to(root).as_posix()
    return "" if inner == "." else inner
