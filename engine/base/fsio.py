"""Reading files of a tree that may be hostile: regular files only, bounded, no surprises."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path

MANIFEST_LIMIT = 8 * 2**20  # bytes; the largest manifest of crates.io is far below
_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_DIRECTORY = os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY | os.O_NOFOLLOW


class NotRegularError(OSError):
    """A FIFO, socket, device or directory stands where a file was expected."""


class TooLargeError(OSError):
    """The file is longer than the limit."""


def show(path: str | os.PathLike[str]) -> str:
    """``path`` for one line of text: control, bidi and undecodable characters are escaped."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in os.fspath(path)
    )


def exists(path: Path) -> bool:
    """Is there something at ``path`` (at the end of links) that this user can see?"""
    try:
        return path.exists()
    except (OSError, ValueError):  # no permission on a folder above; a NUL in the path
        return False


def read_regular(
    path: str | os.PathLike[str],
    limit: int,
    *,
    dir_fd: int | None = None,
    follow: bool = True,
) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes.

    A special file is never opened: opening a device can have effects, a FIFO can block.
    Raises OSError, of which :class:`NotRegularError` and :class:`TooLargeError`.
    """
    before = os.stat(path, dir_fd=dir_fd, follow_symlinks=follow)
    _expect_regular(before, path)
    fd = os.open(path, _OPEN | (0 if follow else os.O_NOFOLLOW), dir_fd=dir_fd)
    with os.fdopen(fd, "rb", buffering=0) as file:
        info = os.fstat(fd)
        _expect_regular(info, path)  # it may have been swapped in between
        if info.st_size > limit:
            raise TooLargeError(errno.EFBIG, "file too large", os.fspath(path))
        data = file.read(info.st_size + 1)
        while data and len(data) <= limit and (more := file.read(limit + 1 - len(data))):
            data += more  # it grows while it is read, or its size is a guess (as in /proc)
        if len(data) > limit:
            raise TooLargeError(errno.EFBIG, "file too large", os.fspath(path))
        return data


def read_below(root: Path, path: str, limit: int) -> bytes:
    """As :func:`read_regular`, for ``path`` (POSIX, relative) below ``root``, where neither the
    file nor a folder above it may be a symlink."""
    *parts, name = path.split("/")
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        folder = open_parent(top, parts)
    finally:
        os.close(top)
    try:
        return read_regular(name, limit, dir_fd=folder, follow=False)
    finally:
        os.close(folder)


def write_whole(path: Path, data: bytes) -> None:
    """Make ``data`` the content of ``path``, at the end of links: all of it, or the file stays as it
    was. Its mode is kept. Into a device or a pipe it is written. Raises OSError."""
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG | 0o666
    if not stat.S_ISREG(mode):
        target.write_bytes(data)
        return
    temporary = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    fd = os.open(temporary, flags, stat.S_IMODE(mode))
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            if target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def open_parent(root: int, parts: Sequence[str], *, make: bool = False) -> int:
    """A descriptor of the folder ``parts`` below ``root``, no component of which is a symlink.

    With ``make``, what is missing is created, what is locked is unlocked, and anything in the way
    that is no folder (a symlink above all) is removed: only for trees that are ours. The caller
    closes it.
    """
    fd = os.dup(root)
    try:
        for part in parts:
            inner = _open_own(fd, part) if make else os.open(part, _DIRECTORY, dir_fd=fd)
            os.close(fd)
            fd = inner
        return fd
    except BaseException:
        os.close(fd)
        raise


def _open_own(above: int, name: str) -> int:
    try:
        mode = os.stat(name, dir_fd=above, follow_symlinks=False).st_mode
    except FileNotFoundError:
        mode = 0
    if mode and not stat.S_ISDIR(mode):
        os.unlink(name, dir_fd=above)
        mode = 0
    if not mode:
        os.mkdir(name, 0o777, dir_fd=above)
    elif mode & 0o700 != 0o700:  # a test has locked it
        os.chmod(name, stat.S_IMODE(mode) | 0o700, dir_fd=above)
    return os.open(name, _DIRECTORY, dir_fd=above)


def _expect_regular(info: os.stat_result, path: str | os.PathLike[str]) -> None:
    if not stat.S_ISREG(info.st_mode):
        raise NotRegularError(errno.EINVAL, "not a regular file", os.fspath(path))


def disk_space(folder: Path) -> int:
    """Bytes of disk that ``folder`` takes, as ``du`` counts them: a file with several names once, links
    not followed; what cannot be read counts as nothing."""
    seen: set[tuple[int, int]] = set()
    total = 0
    pending = [str(folder)]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                found = [(entry, entry.stat(follow_symlinks=False)) for entry in entries]
        except OSError:
            continue
        for entry, status in found:
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                total += status.st_blocks * 512
    return total
