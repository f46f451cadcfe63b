"""Bringing a copy of a workspace up to date with the user's tree."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from engine.base.atomic_write import Store, same_content, signature
from engine.base.fsio import read_regular
from engine.base.ignore import Ignore
from engine.base.model import Skip
from engine.cargo.copystate import STATE_LIMIT, Plan, State
from engine.cargo.sources import VCS, ancestors, is_build_output

_BIG = 64 * 2**20  # bytes: a git-ignored file above this is data or a core dump, no build's input
_IGNORED_TOTAL = 2**30  # bytes of git-ignored files that are copied at all
_ASKED_FROM = 2**20  # bytes: below this a file is copied without asking whether git ignores it
_RACY = 2_000_000_000  # ns: a file this young can change again within the same timestamp
_LOCK = "Cargo.lock"  # cargo makes it in the copy, or completes it there
_CONFIG = frozenset({".cargo/config", ".cargo/config.toml"})


class Sync:
    """One pass over the user's tree. ``left_out`` says what was not copied."""

    def __init__(
        self, plan: Plan, store: Store, old: State, *, built: bool, pristine: bool
    ) -> None:
        self._plan = plan
        self._store = store
        self._old = old
        self._new = State(clean=True)
        self._pristine = pristine
        self._ignore = Ignore(plan.root)
        self._ignored_bytes = 0
        self._undone: set[str] = set()  # what somebody else than the user had changed
        self._mtime = store.tick() if built else None  # None: the user's
        self._young = store.now() - _RACY
        self.left_out: list[Skip] = []

    def run(self) -> State:
        """Returns what the copy is made of now. Raises OSError when the copy cannot be written."""
        pending = [("", False)]
        while pending:
            pending.extend(reversed(self._folder(*pending.pop())))
        self._generate()
        self._remove_stale()
        self._wake_build_scripts()
        return self._new

    def _folder(self, path: str, ignored: bool) -> list[tuple[str, bool]]:
        """Copies what is directly in ``path``; returns the folders in it that are to be copied."""
        source = self._plan.root / path
        try:
            entries = sorted(os.scandir(source), key=lambda entry: entry.name)
            mode = source.stat().st_mode
        except OSError as error:
            self._leave(path + "/", f"cannot be read: {error.strerror}")
            return []
        names = frozenset(entry.name for entry in entries)
        if path and is_build_output(source, names, ignored=ignored):
            return []
        self._new.folders.add(path)
        inner: list[tuple[str, bool]] = []
        with self._store.folder(self._plan.tree / path, make=True) as fd:
            os.fchmod(fd, stat.S_IMODE(mode) & 0o777 | 0o700)
            for entry in entries:
                name = f"{path}/{entry.name}" if path else entry.name
                below = self._entry(fd, name, entry, ignored)
                if below is not None:
                    inner.append((name, below))
        return inner

    def _entry(self, fd: int, path: str, entry: os.DirEntry[str], ignored: bool) -> bool | None:
        """Copies one entry. For a folder that is to be copied: does git ignore it?"""
        if entry.name in VCS or path in _CONFIG:
            return None  # the config is seen from below the root already, or generated
        try:
            info = entry.stat(follow_symlinks=False)
            if stat.S_ISLNK(info.st_mode) and path in self._plan.manifests:
                info = entry.stat()  # its paths are to change, so the copy gets a file of its own
        except OSError as error:
            self._leave(path, f"cannot be read: {error.strerror}")
            return None
        if stat.S_ISLNK(info.st_mode):
            self._link(fd, path, entry)
        elif stat.S_ISDIR(info.st_mode):
            return self._inner_folder(path, entry.name, ignored)
        elif not stat.S_ISREG(info.st_mode):
            self._leave(path, "not a regular file")
        elif self._affordable(path, info.st_size, ignored):
            self._file(fd, path, entry, info)
        return None

    def _inner_folder(self, path: str, name: str, ignored: bool) -> bool | None:
        if self._plan.root / path in self._plan.apart:
            return None
        ignored = ignored or self._ignore.ignores(path, folder=True)
        if ignored and name == "node_modules":
            self._leave(path + "/", "git-ignored packages of another language")
            return None
        return ignored

    def _affordable(self, path: str, size: int, ignored: bool) -> bool:
        if not ignored and (size < _ASKED_FROM or not self._ignore.ignores(path, folder=False)):
            return True
        if size > _BIG:
            self._leave(path, f"git-ignored and larger than {_BIG // 2**20} MiB")
            return False
        self._ignored_bytes += size
        if self._ignored_bytes > _IGNORED_TOTAL:
            limit = f"{_IGNORED_TOTAL // 2**30} GiB"
            self._leave(path, f"git-ignored, and {limit} of such files are copied already")
            return False
        return True

    def _file(self, fd: int, path: str, entry: os.DirEntry[str], info: os.stat_result) -> None:
        user = signature(info)
        there = _lstat(fd, entry.name)
        before, own = self._old.files.get(path, (None, None))
        manifest = path in self._plan.manifests
        if there is not None and own is not None and before == user and not manifest:
            now = signature(there)
            unchanged = own == now if path.endswith(".rs") else own.same_text(now)
            if unchanged and self._store.fine_clock:
                self._new.files[path] = (before, now)
                return
        try:
            source = self._open(entry, path, manifest)
        except OSError as error:
            self._leave(path, f"cannot be read: {error.strerror}")
            return
        mode = stat.S_IMODE(info.st_mode) & 0o777
        with source:
            if there is not None and same_content(source, fd, entry.name):
                if stat.S_IMODE(there.st_mode) != mode:
                    os.chmod(entry.name, mode, dir_fd=fd)
                there = os.stat(entry.name, dir_fd=fd, follow_symlinks=False)
                own = signature(there)
            else:
                if there is not None and before in (None, user) and not manifest:
                    self._undone.add(path)
                source.seek(0)
                mtime = info.st_mtime_ns if self._mtime is None else self._mtime
                own = self._store.put(fd, entry.name, source, mode, mtime)
        settled = max(user.mtime, user.ctime) < self._young
        self._new.files[path] = (user if settled else None, own)

    def _open(self, entry: os.DirEntry[str], path: str, manifest: bool) -> IO[bytes]:
        if manifest:
            data = read_regular(entry.path, STATE_LIMIT)
            return io.BytesIO(data if self._pristine else self._plan.adapt(path, data))
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        return os.fdopen(os.open(entry.path, flags), "rb")

    def _link(self, fd: int, path: str, entry: os.DirEntry[str]) -> None:
        """A link within the tree becomes one within the copy; another leads to the same place."""
        place = Path(entry.path)
        if path == ".cargo" or Path(os.path.realpath(place)) in self._plan.apart:
            return  # what holds for a config and for the target directory holds for links to them
        above = place.parent
        target = Path(os.path.normpath(above / place.readlink()))
        if not target.is_relative_to(self._plan.root):
            target = Path(os.path.realpath(place))
        inside = target.is_relative_to(self._plan.root)
        self._store.link(fd, entry.name, os.path.relpath(target, above) if inside else str(target))
        self._new.links.add(path)

    def _generate(self) -> None:
        for path, data in self._plan.generated.items():
            place = self._plan.tree / path
            with self._store.folder(place.parent, make=True) as fd:
                if not same_content(io.BytesIO(data), fd, place.name):
                    # It may repeat a token that the user's config holds.
                    self._store.put(fd, place.name, io.BytesIO(data), 0o600, self._store.now())
                info = os.stat(place.name, dir_fd=fd, follow_symlinks=False)
            self._new.files[path] = (None, signature(info))
            self._new.folders.update(ancestors(path))

    def _remove_stale(self) -> None:
        """What the user has removed goes; after a run that was ended, all that is not theirs."""
        kept = self._new.files.keys() | self._new.links
        if self._old.clean:
            stale: Iterable[str] = (self._old.files.keys() | self._old.links) - kept
            folders = self._old.folders - self._new.folders
        else:
            files, folders = self._standing()
            stale = files - kept - {_LOCK}
            folders -= self._new.folders
            self._undone.update(stale)
        for path in stale:
            self._drop(path, os.unlink)
        for path in sorted(folders, reverse=True):
            self._drop(path, os.rmdir)

    def _drop(self, path: str, how: Callable[..., None]) -> None:
        place = self._plan.tree / path
        try:
            with self._store.folder(place.parent) as fd:
                how(place.name, dir_fd=fd)
        except OSError:
            return  # gone already, or a folder that holds what a build has made

    def _standing(self) -> tuple[set[str], set[str]]:
        """All files and folders of the copy."""
        files: set[str] = set()
        folders: set[str] = set()
        for above, inner, names in os.walk(self._plan.tree):
            start = os.path.relpath(above, self._plan.tree)
            prefix = "" if start == "." else start + "/"
            for name in inner:
                linked = (Path(above) / name).is_symlink()
                (files if linked else folders).add(prefix + name)
            files.update(prefix + name for name in names)
        return files, folders

    def _wake_build_scripts(self) -> None:
        """Where a build's changes were undone, its build script must run again to make them."""
        scripts: set[str] = set()
        for path in self._undone - {_LOCK}:
            for folder in ancestors(path):
                prefix = folder + "/" if folder else ""
                if prefix + "Cargo.toml" in self._new.files:
                    scripts.add(self._plan.scripts.get(folder, prefix + "build.rs"))
                    break
        for path in sorted(scripts & self._new.files.keys()):
            place = self._plan.tree / path
            mtime = self._store.tick()
            with self._store.folder(place.parent) as fd:
                os.utime(place.name, ns=(mtime, mtime), dir_fd=fd, follow_symlinks=False)
                info = os.stat(place.name, dir_fd=fd, follow_symlinks=False)
            user, _ = self._new.files[path]
            self._new.files[path] = (user, signature(info))

    def _leave(self, path: str, reason: str) -> None:
        self.left_out.append(Skip(path, reason))


def _lstat(fd: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=fd, follow_symlinks=False)
    except FileNotFoundError:
        return None
