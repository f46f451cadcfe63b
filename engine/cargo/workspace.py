"""The workspace that a path belongs to: packages, selection, sources, config.

Reads manifests, ``.gitignore`` files and folders. It runs neither cargo nor anything of the
repository's: a ``rustc-wrapper`` of the repository runs during a plain ``cargo metadata``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from engine.base.counts import listed
from engine.base.errors import SpikeproofError
from engine.base.fsio import show
from engine.base.ignore import patterns
from engine.base.model import Site, Skip
from engine.cargo.cargoconfig import cargo_home
from engine.cargo.config import Config, Rule, read_config
from engine.cargo.members import Members, find_members, manifests_below, nearest_manifest
from engine.cargo.packages import Package, packages_of, relative
from engine.cargo.selection import Selection
from engine.cargo.sources import (
    UNNAMED,
    Listing,
    ancestors,
    left_alone,
    list_sources,
    read_source,
)

__all__ = ["Package", "Selection", "Workspace", "discover", "discover_all", "read_source"]

_VENDOR_HINT = "a member outside the workspace's folder: neither scanned nor changed"

_LISTED = 8  # folders in a message


@dataclass(frozen=True, slots=True)
class RequestedPath:
    """What one path of the user's asks for: all at or below ``path`` (a file or folder, ``""``: no
    limit) in the packages with these ``roots``."""

    path: str
    roots: frozenset[str]


@dataclass(frozen=True)
class Workspace:
    """A workspace on disk. ``root`` is absolute and resolved; all other paths are POSIX, relative
    to it, and hold undecodable bytes as surrogates.

    ``files`` are the sources of all members that may be scanned and changed, ``selected`` the
    packages that the command is about, ``requested_paths`` what of them the user's paths limit it
    to. ``outside`` are path dependencies and ``[patch]`` paths that lie outside the root,
    ``manifests`` all manifests within it that cargo may load.
    """

    root: Path
    packages: tuple[Package, ...]
    selected: tuple[Package, ...]
    files: tuple[str, ...]
    skipped: tuple[Skip, ...]
    outside: tuple[Path, ...]
    requested_paths: tuple[RequestedPath, ...]
    config: Config  # of the root package, or of the workspace when it is virtual
    selection: Selection
    manifests: tuple[str, ...]
    foreign: frozenset[str] = field(default=frozenset(), repr=False)  # packages, but no members

    @cached_property
    def _by_root(self) -> Mapping[str, Package]:
        return {package.root: package for package in self.packages}

    @cached_property
    def left_alone(self) -> Mapping[str, str]:
        """Sources that may be compiled but not changed, with the reason: what a fix would have to
        change along with the rest is found there too."""
        return left_alone(self.root, self.skipped)

    def package_of(self, path: str) -> Package | None:
        """The member whose folder holds ``path``, if that is no other package's."""
        for folder in ancestors(path):
            if folder in self._by_root:
                return self._by_root[folder]
            if folder in self.foreign:
                return None
        return None

    def edition_of(self, path: str) -> int:
        """The edition that ``path`` is compiled in, by its package's manifest; 2021 for a file of
        no package."""
        package = self.package_of(path)
        return int(package.edition) if package is not None and package.edition.isdigit() else 2021

    def takes_cold(self, path: str) -> bool:
        """Is ``path`` looked at where nothing shows that its code runs often, too (``cold`` of the
        config)?"""
        return (self.package_of(path) or self).config.cold

    def with_cold(self) -> Workspace:
        """The same, whatever the config says, with all files looked at everywhere (``--cold``)."""
        members = {p.root: replace(p, config=replace(p.config, cold=True)) for p in self.packages}
        return replace(
            self,
            config=replace(self.config, cold=True),
            packages=tuple(members.values()),
            selected=tuple(members[package.root] for package in self.selected),
        )

    def spares(self, site: Site) -> bool:
        """Is the site left alone because only tests, benches or examples run it?

        No traffic comes there, and what a fix is proven with is not to change with it. The key
        ``test-code`` of the config takes such sites too.
        """
        package = self.package_of(site.path)
        return site.in_tests and not (package or self).config.test_code

    def rule(self, codemod: str, path: str) -> Rule:
        """What the config of the package that holds ``path`` says of a codemod."""
        return (self.package_of(path) or self).config.rule(codemod)

    def allows(self, site: Site) -> bool:
        """Does the config let the site's codemod work there, and look for this kind of sites?"""
        config = (self.package_of(site.path) or self).config
        if config.codemods.get(site.codemod, {}).get(site.kind) is False:
            return False
        rule = config.rule(site.codemod)
        here = not rule.paths or patterns(rule.paths).covers(site.path)
        return rule.level != "off" and here and not patterns(rule.exclude).covers(site.path)

    def is_requested(self, path: str) -> bool:
        """Is ``path`` of a selected package, and at or below a path that the user named?"""
        package = self.package_of(path)
        return package is not None and any(
            package.root in asked.roots and _within(path, asked.path)
            for asked in self.requested_paths
        )

    def dependants(self, names: Iterable[str]) -> tuple[str, ...]:
        """``names`` and all members that depend on one of them, at any distance, sorted."""
        users: dict[str, list[str]] = {}
        for package in self.packages:
            for dependency in package.dependencies:
                users.setdefault(dependency, []).append(package.name)
        found: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending.extend(users.get(name, ()))
        return tuple(sorted(found))

    def package_args(self, names: Iterable[str] | None = None) -> tuple[str, ...]:
        """The arguments of cargo that choose ``names`` (None: the selected packages).

        The version is said too: a dependency from the registry can have a member's name.
        """
        wanted = {package.name for package in self.selected} if names is None else set(names)
        if wanted == {package.name for package in self.packages}:
            return ("--workspace",)
        chosen = (package for package in self.packages if package.name in wanted)
        return tuple(arg for p in chosen for arg in ("-p", f"{p.name}@{p.version}"))


def discover(path: Path, selection: Selection) -> Workspace:
    """The workspace around ``path``: a folder, a Cargo.toml or a ``.rs`` file in a package.

    Raises SpikeproofError for a path that does not exist or has no manifest above it, a manifest
    that cannot be read or that cargo would refuse, an unknown package, a wrong config.
    """
    return discover_all([path], selection)[0]


def discover_all(paths: Sequence[Path], selection: Selection) -> tuple[Workspace, ...]:
    """The workspaces around ``paths``, each once, in the order of their first path; a workspace with
    several paths is about all of them. Raises as :func:`discover` does."""
    grounds: dict[Path, _Ground] = {}  # by root
    found: dict[Path, Workspace] = {}
    for path in paths:
        target = _existing(path)
        current = nearest_manifest(target if target.is_dir() else target.parent)
        if current is None:
            raise SpikeproofError(_no_manifest(target))
        ground = next((g for g in grounds.values() if current in g.manifests), None)
        if ground is None:
            ground = _ground(current)
            grounds[ground.members.root.folder] = ground
        workspace = _about(ground, target, current, selection)
        other = found.get(workspace.root)
        found[workspace.root] = workspace if other is None else _joined(other, workspace)
    return tuple(found.values())


@dataclass(frozen=True)
class _Ground:
    """A workspace on disk, whatever is asked of it."""

    members: Members
    packages: tuple[Package, ...]
    listing: Listing
    shared: Config

    @cached_property
    def manifests(self) -> frozenset[Path]:
        """Those of the members: what stands below one is of this workspace."""
        return frozenset((self.members.root.path, *(m.path for m in self.members.packages)))


def _ground(current: Path) -> _Ground:
    members = find_members(current, cargo_home())
    shared = read_config(
        members.root.table("workspace", "metadata").get("spikeproof"),
        "Cargo.toml",
        "workspace.metadata.spikeproof",
    )
    packages = packages_of(members, shared)
    excludes = {package.root: patterns(package.config.exclude) for package in packages}
    listing = list_sources(members.root.folder, excludes)
    paths = {package.root: package.config.paths for package in packages}
    return _Ground(members, packages, _limited(listing, paths), shared)


def _limited(listing: Listing, paths: Mapping[str, tuple[str, ...]]) -> Listing:
    """The listing without what the config's ``paths`` (by package root) leave out."""
    kept = {
        path: root
        for path, root in listing.owners.items()
        if not paths[root] or patterns(paths[root]).covers(path)
    }
    out = [Skip(p, UNNAMED) for p in listing.owners if p not in kept]
    return replace(listing, owners=kept, skipped=(*listing.skipped, *out))


def _about(ground: _Ground, target: Path, current: Path, selection: Selection) -> Workspace:
    """The workspace as one path asks for it; ``current`` is the manifest nearest to ``target``."""
    members, packages, listing = ground.members, ground.packages, ground.listing
    root = members.root.folder
    if not target.is_relative_to(root):
        raise SpikeproofError(f"{show(target)} lies outside its workspace's folder, {show(root)}")
    named = "" if target == root else relative(target, root)
    if target.name == "Cargo.toml" and target.is_file():
        named = named.removesuffix("Cargo.toml").rstrip("/")
    at_manifest = (root / named / "Cargo.toml") == current
    selected = _select(packages, selection, members, current, listing, named, at_manifest)
    requested = "" if selection.named and at_manifest else named
    skips = [Skip(os.path.relpath(folder, root) + "/", _VENDOR_HINT) for folder in members.missing]
    skips += listing.skipped
    if (
        requested.endswith(".rs")
        and requested not in listing.owners
        and not any(_within(requested, skip.path.rstrip("/")) for skip in skips)
    ):
        skips.append(Skip(requested, "in no package's sources: build output or a tool's"))
    return Workspace(
        root=root,
        packages=packages,
        selected=selected,
        files=tuple(listing.owners),
        skipped=tuple(skips),
        outside=tuple(sorted({*members.outside, *members.missing})),
        requested_paths=(
            RequestedPath(requested, frozenset(package.root for package in selected)),
        ),
        config=next((p.config for p in packages if p.root == ""), ground.shared),
        selection=selection,
        manifests=tuple(relative(manifest.path, root) for manifest in members.manifests),
        foreign=listing.foreign,
    )


def _joined(one: Workspace, other: Workspace) -> Workspace:
    """One workspace with the requested paths of both."""
    roots = {package.root for package in (*one.selected, *other.selected)}
    return replace(
        one,
        selected=tuple(package for package in one.packages if package.root in roots),
        skipped=tuple(dict.fromkeys((*one.skipped, *other.skipped))),
        requested_paths=tuple(dict.fromkeys((*one.requested_paths, *other.requested_paths))),
    )


def _existing(path: Path) -> Path:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it leads round in a circle"
        raise SpikeproofError(f"cannot open {show(path)}: {why}") from None
    is_file = target.is_file() and (target.name == "Cargo.toml" or target.suffix == ".rs")
    if not target.is_dir() and not is_file:
        raise SpikeproofError(
            f"{show(path)} is neither a folder nor a Cargo.toml nor a .rs file: name one of these"
        )
    return target


def _no_manifest(target: Path) -> str:
    """What is wrong with a path above which there is no manifest, and what to name in its place."""
    said = f"no Cargo.toml in {show(target)} or above it"
    below = manifests_below(target) if target.is_dir() else []
    if not below:
        return f"{said}: name a folder of a Rust package"
    named = listed([show(folder.relative_to(target)) for folder in below], _LISTED)
    which = "name it" if len(below) == 1 else "name one, `scan` and `diff` take several"
    return f"{said}; below it: {named}: {which}"


def _within(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(folder + "/")


def _select(
    packages: tuple[Package, ...],
    selection: Selection,
    members: Members,
    current: Path,
    listing: Listing,
    named: str,
    at_manifest: bool,
) -> tuple[Package, ...]:
    chosen = selection.choose({package.name: package.version for package in packages})
    if chosen is not None:
        return tuple(package for package in packages if package.name in chosen)
    if not at_manifest:
        # A folder such as `crates/` is meant for the packages below it, which cargo cannot say.
        owners = {owner for path, owner in listing.owners.items() if _within(path, named)}
        if owners:
            return tuple(package for package in packages if package.root in owners)
    if current == members.root.path:
        wanted = {manifest.path for manifest in members.default}
    else:
        wanted = {current}
    selected = tuple(p for p in packages if members.root.folder / p.manifest in wanted)
    if not selected:
        raise SpikeproofError(f"the workspace {show(members.root.path)} has no packages to check")
    return selected
