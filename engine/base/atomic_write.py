"""Writing into a tree that is ours: atomic, never through a symlink, with mtimes cargo can trust.

Cargo takes a file for changed when its mtime is newer than the moment at which the last build of
its crate began (it stamps its dep-info with that). So every change of content, back to an earlier
content too, needs an mtime newer than any build that may have read the old one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from engine.base.errors import SpikeproofError
from engine.base.fsio import open_parent, show

_CHUNK = 1 << 20
# Nanoseconds: as little past the file system's clock as it can tell apart.
_STEPS = (1, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000)
_FINE = 1_000_000  # a coarser clock than this cannot vouch for unchanged content


class Signature(NamedTuple):
    """What changes when a file does. ctime cannot be set back by programs, mtime can."""

    size: int  # bytes
    mtime: int
    ctime: int
    inode: int

    def same_text(self, other: Signature) -> bool:
        """Equal but for ctime, which a hard link to the file changes too."""
        return self._replace(ctime=0) == other._replace(ctime=0)


def signature(info: os.stat_result) -> Signature:
    """Times are in nanoseconds."""
    return Signature(info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)


class Store:
    """Writes below ``base``. Temporary files are made in ``base`` itself, so that the folders of
    the trees below it hold nothing that is not theirs."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._fd = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._count = 0
        self._last = 0
        for left in base.glob("tmp-*"):  # of a run that was ended
            left.unlink()
        before = self._recorded()
        self._step = self._measure()
        # Then builds may bear later times than any that we could give to a file now.
        self.clock_went_back = self.now() < before

    def close(self) -> None:
        """Give back the folder. Nothing can be written afterwards."""
        os.close(self._fd)

    @property
    def fine_clock(self) -> bool:
        """Can a signature of this file system be trusted to change with the content?"""
        return self._step < _FINE

    def tick(self) -> int:
        """An mtime (ns) newer than any that a build got which has begun before this call."""
        now = self._touch(None)
        self._last = max(now, self._last) + self._step
        return self._last

    def now(self) -> int:
        """The file system's clock, ns."""
        return self._touch(None)

    @contextlib.contextmanager
    def folder(self, path: Path, *, make: bool = False) -> Iterator[int]:
        """A descriptor of ``path`` (below ``base``), no part of which is a symlink below it."""
        fd = open_parent(self._fd, path.relative_to(self.base).parts, make=make)
        try:
            yield fd
        finally:
            os.close(fd)

    def put(self, folder: int, name: str, source: IO[bytes], mode: int, mtime: int) -> Signature:
        """Make ``name`` in ``folder`` a file with what ``source`` gives, whatever it was."""
        self._count += 1
        temporary = f"tmp-{os.getpid()}-{self._count}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(temporary, flags, 0o600, dir_fd=self._fd)
        try:
            with os.fdopen(fd, "wb") as out:
                shutil.copyfileobj(source, out, _CHUNK)
                out.flush()
                os.fchmod(fd, stat.S_IMODE(mode) & 0o777)
                os.utime(fd, ns=(mtime, mtime))
            self._replace(temporary, folder, name)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=self._fd)
            raise
        return signature(os.stat(name, dir_fd=folder, follow_symlinks=False))

    def link(self, folder: int, name: str, target: str) -> None:
        """Make ``name`` a symlink with the text ``target``, whatever it was."""
        with contextlib.suppress(OSError):
            if os.readlink(name, dir_fd=folder) == target:
                return
        self._count += 1
        temporary = f"tmp-{os.getpid()}-{self._count}"
        os.symlink(target, temporary, dir_fd=self._fd)
        self._replace(temporary, folder, name)

    def remove(self, folder: int, name: str) -> None:
        """Remove ``name`` from ``folder``, whatever it is. Nothing behind a symlink is touched."""
        try:
            os.unlink(name, dir_fd=folder)
        except FileNotFoundError:
            return
        except (IsADirectoryError, PermissionError):  # POSIX says EPERM, Linux EISDIR
            info = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISDIR(info.st_mode):
                raise
            _unlock(folder, name)
            shutil.rmtree(name, dir_fd=folder)

    def _replace(self, temporary: str, folder: int, name: str) -> None:
        try:
            os.replace(temporary, name, src_dir_fd=self._fd, dst_dir_fd=folder)
        except (IsADirectoryError, FileExistsError, OSError) as error:
            if error.errno not in (errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY):
                raise
            self.remove(folder, name)
            os.replace(temporary, name, src_dir_fd=self._fd, dst_dir_fd=folder)

    def _touch(self, when: int | None) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open("clock", flags, 0o600, dir_fd=self._fd)
        try:
            if when is None:
                os.utime(fd)
            else:
                os.utime(fd, ns=(when, when))
            return os.fstat(fd).st_mtime_ns
        finally:
            os.close(fd)

    def _recorded(self) -> int:
        try:
            return os.stat("clock", dir_fd=self._fd, follow_symlinks=False).st_mtime_ns
        except FileNotFoundError:
            return 0

    def _measure(self) -> int:
        now = self._touch(None)
        for step in _STEPS:
            if self._touch(now + step) > now:
                return step
        return _STEPS[-1]


def same_content(source: IO[bytes], folder: int, name: str) -> bool:
    """Is ``name`` a regular file with exactly what ``source`` gives?"""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        info = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(info.st_mode):
            return False
        fd = os.open(name, flags, dir_fd=folder)
    except OSError:
        return False
    with os.fdopen(fd, "rb", buffering=0) as other:
        while True:
            block = source.read(_CHUNK)
            if block != _exactly(other, len(block) or 1):
                return False
            if not block:
                return True


@contextlib.contextmanager
def explained(base: Path) -> Iterator[None]:
    """Turn the OSErrors of writing below ``base`` into a SpikeproofError that says what to do."""
    try:
        yield
    except OSError as error:
        where = show(base)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            advice = (
                f"no space left for {where}: free some, or set CARGO_TARGET_DIR to a larger disk"
            )
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            advice = (
                f"cannot write to {where}: {error.strerror}; set CARGO_TARGET_DIR to a folder "
                "that you may write to"
            )
        else:
            named = f" ({show(os.fsdecode(error.filename))})" if error.filename else ""
            advice = f"cannot keep the copy in {where}: {error.strerror}{named}; delete that folder"
        raise SpikeproofError(advice) from error


def _exactly(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    while data and len(data) < count and (more := file.read(count - len(data))):
        data += more
    return data


def _unlock(folder: int, name: str) -> None:
    """Make the folders below ``name`` writable: a test may have made them read-only."""
    os.chmod(name, 0o700, dir_fd=folder)  # the caller has seen that it is a folder
    for _, folders, _, fd in os.fwalk(name, dir_fd=folder):
        for inner in folders:
            if stat.S_ISDIR(os.stat(inner, dir_fd=fd, follow_symlinks=False).st_mode):
                os.chmod(inner, 0o700, dir_fd=fd)
