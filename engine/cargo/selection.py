"""Which packages, features and target a command is about: cargo's flags, with cargo's meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from engine.base.errors import SpikeproofError
from engine.base.fsio import show
from engine.cargo.config import closest

_GLOB = re.compile(r"[*?\[]")
_SPEC = re.compile(r"(?P<name>[^@:#/]+)(?:[@:](?P<version>\d[^@:]*))?")


@dataclass(frozen=True, slots=True)
class Selection:
    """The flags that the user gave, named as cargo's. ``profile`` is that of checks and tests (None:
    cargo's own)."""

    packages: tuple[str, ...] = ()
    workspace: bool = False
    exclude: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    all_features: bool = False
    no_default_features: bool = False
    target: str | None = None
    locked: bool = False
    offline: bool = False
    profile: str | None = None

    def __post_init__(self) -> None:
        if self.exclude and not self.workspace:
            raise SpikeproofError("--exclude can only be used together with --workspace")

    @property
    def named(self) -> bool:
        """Do the flags (rather than the path) say which packages?"""
        return self.workspace or bool(self.packages)

    def profile_args(self) -> tuple[str, ...]:
        """The argument of ``cargo check`` and ``cargo test`` that chooses the profile."""
        return () if self.profile is None else ("--profile", self.profile)

    def cargo_args(self) -> tuple[str, ...]:
        """The arguments of cargo but those that choose packages (``Workspace.package_args``) and
        the profile."""
        args: list[str] = []
        if self.features:
            args += ["--features", ",".join(self.features)]
        if self.all_features:
            args.append("--all-features")
        if self.no_default_features:
            args.append("--no-default-features")
        if self.target is not None:
            args += ["--target", self.target]
        if self.locked:
            args.append("--locked")
        if self.offline:
            args.append("--offline")
        return tuple(args)

    def choose(self, versions: Mapping[str, str]) -> tuple[str, ...] | None:
        """The names that ``-p``, ``--workspace`` and ``--exclude`` choose out of ``versions`` (all
        packages' names and versions); None when the flags leave it to the path.

        Raises SpikeproofError for a spec that no package matches, or when nothing is left.
        """
        if not self.named:
            return None
        chosen = set(versions)
        if self.packages:
            named = {name for spec in self.packages for name in _match(spec, versions)}
            chosen = chosen if self.workspace else named
        for spec in self.exclude:
            chosen -= _match(spec, versions)
        if not chosen:
            raise SpikeproofError("no package is left: take out an --exclude")
        return tuple(name for name in versions if name in chosen)


def _match(spec: str, versions: Mapping[str, str]) -> set[str]:
    if _GLOB.search(spec):
        found = {name for name in versions if fnmatchcase(name, spec)}
    elif parsed := _SPEC.fullmatch(spec):
        name, version = parsed["name"], parsed["version"]
        known = versions.get(name)
        found = {name} if known is not None and _is(known, version) else set()
        if known is not None and not found:
            raise SpikeproofError(
                f"no package `{show(spec)}` in this workspace: `{name}` has version {show(known)}"
            )
    else:
        raise SpikeproofError(
            f"`{show(spec)}` is no package: write NAME, NAME@VERSION or a pattern such as 'net-*'"
        )
    if not found:
        raise SpikeproofError(
            f"no package `{show(spec)}` in this workspace{closest(spec, versions, 3)}"
        )
    return found


def _is(version: str, wanted: str | None) -> bool:
    """Cargo takes the first parts of a version for the whole: ``1.2`` is any ``1.2.z``."""
    return wanted is None or version == wanted or version.startswith(wanted + ".")
