"""A target directory that begins with the packages of registries and git that another one holds.

A workload's ``cargo run`` builds each side in a directory of its own, so that nothing of one side
is ever taken for the other's. What comes from a registry is the same on both, and was compiled
for the benches already. Packages of the tree itself are never taken over: cargo tells a change in
them by the times of files, which both sides share.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

_FINGERPRINT = re.compile(r"(.+)-([0-9a-f]{16})")
_HASHED = re.compile(r".+-([0-9a-f]{16})(\.\w+)*")
# Written anew under another name and renamed, by rustc and linkers: may be the same file.
_LINKED = frozenset({".rlib", ".rmeta", ".so", ".dylib"})


def seed(source: Path, target: Path, lock: Path) -> None:
    """Make ``target``, unless it is there, of what in ``source`` is of packages that ``lock`` (a
    Cargo.lock) has from elsewhere. Where that does not work it is left out: cargo builds it."""
    if target.exists():
        return
    names = _elsewhere(lock)
    temporary = target.with_name(f"{target.name}.new")
    shutil.rmtree(temporary, ignore_errors=True)
    with contextlib.suppress(OSError):
        # PROFILE, or TRIPLE/PROFILE. Debug builds there are those of checks and tests.
        for folder in (*source.glob("*/.fingerprint"), *source.glob("*/*/.fingerprint")):
            profile = folder.parent
            if profile.name != "debug":
                _profile(profile, temporary / profile.relative_to(source), names)
        if temporary.exists():
            temporary.rename(target)
    shutil.rmtree(temporary, ignore_errors=True)


def _elsewhere(lock: Path) -> frozenset[str]:
    """Names of packages, of which none is of the tree. No names when the file cannot be read."""
    try:
        packages = tomllib.loads(lock.read_text("utf-8")).get("package", [])
        own = {package["name"] for package in packages if "source" not in package}
        return frozenset(p["name"] for p in packages) - own
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return frozenset()


def _profile(source: Path, target: Path, names: frozenset[str]) -> None:
    hashes = set()
    for name in os.listdir(source / ".fingerprint"):
        match = _FINGERPRINT.fullmatch(name)
        if match and match[1] in names:
            hashes.add(match[2])
    for part in (".fingerprint", "build", "deps"):
        for path in _hashed(source / part, hashes):
            _take(path, target / part / path.name)


def _hashed(folder: Path, hashes: set[str]) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _HASHED.fullmatch(path.name)
        if match and match[1] in hashes:
            yield path


def _take(source: Path, target: Path) -> None:
    """With its times, by which cargo knows it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    elif source.suffix in _LINKED:
        target.hardlink_to(source)
    else:
        shutil.copy2(source, target, follow_symlinks=False)
