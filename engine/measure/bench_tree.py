"""Two sides of a comparison, built at one path with equal flags, and ready to be run in turns.

A program holds its own path in many ways: symbol names are hashed from it (and order the code),
``env!("CARGO_MANIFEST_DIR")`` is it. So both sides are built in the same place, one after the
other, and when one of their programs runs, the files of its side stand there. Layout below the
scratch folder::

    bench/       the place: the tree that is built, later the side that runs
    bench-kept/  what waits for its turn: programs, the sides' files, and clean copies of these
    bench-open   stands while the place holds anything but what cargo last built from
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.base.bench_report import NEW, OLD
from engine.cargo.cargo_results import BuildRun

_Entry = tuple[int, int, int, int]  # what differs when a file was written: size, mtime, inode, mode


@dataclass(frozen=True, slots=True)
class KeptProgram:
    """A program that waits for its turn. ``package`` is its package's folder below the place;
    ``env`` is what cargo would set for it when it runs it."""

    path: Path
    package: Path
    env: Mapping[str, str]


@dataclass(slots=True)
class _Side:
    programs: dict[tuple[str, str, str], KeptProgram] = field(
        default_factory=dict
    )  # mode, package, target
    companions: dict[str, list[tuple[Path, Path]]] = field(default_factory=dict)  # by mode
    files: dict[str, _Entry] = field(default_factory=dict)

    def places(self) -> Iterator[Path]:
        """Where cargo put what is swapped with the side."""
        for pairs in self.companions.values():
            yield from (place for place, _ in pairs)


class BenchTree:
    """``place`` is where both sides are built and run, ``base`` the scratch folder around it. Use it
    in a ``with`` block that lasts from the first build to the last run."""

    def __init__(self, base: Path, place: Path) -> None:
        self.place = place
        self._kept = base / "bench-kept"
        self._open = base / "bench-open"
        self._sides = {OLD: _Side(), NEW: _Side()}
        self._at = ""  # whose files stand in the place; "" for the tree that cargo builds from
        self._mode = ""
        self._built: tuple[str, str] | None = None  # the last build: side and mode
        if self._open.exists():  # a run was ended here: cargo must take nothing for its own
            self._forget()
        shutil.rmtree(self._kept, ignore_errors=True)

    def __enter__(self) -> BenchTree:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            if self._at:
                self._swap("")
            if self._built is not None:
                self._install(*self._built)
            self._open.unlink(missing_ok=True)
            shutil.rmtree(self._kept, ignore_errors=True)

    def _forget(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for path in json.loads(self._open.read_bytes()):
                Path(path).unlink(missing_ok=True)
        shutil.rmtree(self.place, ignore_errors=True)
        self._open.unlink(missing_ok=True)

    # -- building ------------------------------------------------------------------------------

    def keep(self, side: str, mode: str, build: BuildRun, rustlib: Path) -> None:
        """Put the programs of ``build`` away, and what they need beside them. ``rustlib`` is the
        folder of the toolchain's own dynamic libraries."""
        own = self._sides[side]
        folder = self._kept / side / mode
        for index, program in enumerate(p for p in build.programs if p.test):
            # Equal lengths for both sides: where a program's stack begins depends on its path's.
            name = program.target.rpartition("/")[2]
            path = self._copy(Path(program.path), folder / f"p{index:04}" / name)
            package = Path(program.manifest).parent
            script = build.scripts.get(program.package_id)
            env = {"CARGO_MANIFEST_DIR": str(package), "CARGO_PKG_NAME": program.package}
            libraries = [
                *(path for out in build.scripts.values() for path in out.libraries),
                str(Path(program.path).parent),
                str(Path(program.path).parent.parent),
                str(rustlib),
            ]
            if script is not None:
                env |= {"OUT_DIR": script.out_dir, **dict(script.env)}
            env["LD_LIBRARY_PATH"] = ":".join(dict.fromkeys(libraries))
            env["DYLD_FALLBACK_LIBRARY_PATH"] = env["LD_LIBRARY_PATH"]
            own.programs[mode, program.package, program.target] = KeptProgram(
                path, package.relative_to(self.place), env
            )
        beside = [*(p.path for p in build.programs if not p.test), *build.shared]
        own.companions[mode] = [
            (Path(path), self._copy(Path(path), folder / f"c{index:04}"))
            for index, path in enumerate(dict.fromkeys(beside))
        ]
        self._built = side, mode

    def snapshot(self, side: str) -> None:
        """Keep the side's files as they stand in the place, twice: to run in, and clean."""
        for name in (side, f"{side}-clean"):
            _copy_tree(self.place, self._kept / "tree" / name)
        self._sides[side].files = dict(_entries(self._kept / "tree" / side))

    def programs(self, side: str, mode: str) -> Mapping[tuple[str, str], KeptProgram]:
        """The kept programs by package and target."""
        return {
            (package, target): kept
            for (kind, package, target), kept in self._sides[side].programs.items()
            if kind == mode
        }

    # -- running -------------------------------------------------------------------------------

    def load(self, side: str, mode: str) -> frozenset[str]:
        """Let the side's files, and the programs that its own start, stand in the place.

        Whatever a run before this has written into them is undone; returns which paths that were.
        """
        if not self._open.exists():
            paths = {str(path) for own in self._sides.values() for path in own.places()}
            self._open.write_text(json.dumps(sorted(paths)))
        if self._at != side:
            self._swap(side)
        if self._mode != mode:
            self._install(side, mode)
            self._mode = mode
        return self._restore(side)

    def _swap(self, side: str) -> None:
        holder = self._kept / "tree"
        self.place.rename(holder / (self._at or "build"))
        (holder / (side or "build")).rename(self.place)
        self._at = side
        self._mode = ""

    def _install(self, side: str, mode: str) -> None:
        for path, kept in self._sides[side].companions.get(mode, ()):
            temporary = path.with_name(f".{path.name}.spikeproof")
            temporary.unlink(missing_ok=True)
            temporary.hardlink_to(kept)  # below one scratch folder: a copy for each run costs
            temporary.replace(path)

    def _restore(self, side: str) -> frozenset[str]:
        own = self._sides[side]
        now = dict(_entries(self.place))
        changed = {
            path for path in now.keys() | own.files.keys() if now.get(path) != own.files.get(path)
        }
        if not changed:
            return frozenset()
        clean = self._kept / "tree" / f"{side}-clean"
        for path in sorted(changed, key=len):  # a folder before what is in it
            _put_back(clean / path, self.place / path)
        own.files = dict(_entries(self.place))
        return frozenset(path for path in changed if not path.endswith("/"))

    def _copy(self, source: Path, target: Path) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        return target


def _entries(root: Path) -> Iterator[tuple[str, _Entry]]:
    """What stands below ``root``; folders end in a slash and count as present alone."""
    pending = [""]
    while pending:
        prefix = pending.pop()
        with os.scandir(root / prefix) as entries:
            for entry in entries:
                info = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(info.st_mode):
                    yield f"{prefix}{entry.name}/", (0, 0, 0, info.st_mode)
                    pending.append(f"{prefix}{entry.name}/")
                else:
                    yield (
                        f"{prefix}{entry.name}",
                        (
                            info.st_size,
                            info.st_mtime_ns,
                            info.st_ino,
                            info.st_mode,
                        ),
                    )


def _copy_tree(source: Path, target: Path) -> None:
    """Files, folders and links, with their times; sockets, FIFOs and devices stay behind."""
    for path, entry in _entries(source):
        if path.endswith("/"):
            (target / path).mkdir(parents=True, exist_ok=True)
        elif stat.S_ISREG(entry[3]) or stat.S_ISLNK(entry[3]):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / path, target / path, follow_symlinks=False)


def _put_back(clean: Path, place: Path) -> None:
    """Make ``place`` what ``clean`` is: a file, a link, a folder (whatever is in it) or nothing."""
    whole = clean.is_dir() and not clean.is_symlink()
    if place.is_dir() and not place.is_symlink():
        if whole:
            return
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    if whole:
        place.mkdir()
    elif os.path.lexists(clean):
        shutil.copy2(clean, place, follow_symlinks=False)
