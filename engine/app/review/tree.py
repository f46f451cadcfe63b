"""The user's files: compared with what was scanned, and written whole or not at all.

No symlink is followed: what is scanned is never one, so one that stands in a file's place now is a
change like any other.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.base.errors import SpikeproofError
from engine.base.fsio import open_parent, read_below, read_regular, show
from engine.cargo.sources import LIMIT

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Change:
    """A file's text as it is taken to be, and what shall stand there."""

    path: str
    before: bytes
    after: bytes


@contextlib.contextmanager
def _folder(root: Path, path: str) -> Iterator[int]:
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fd = open_parent(top, path.split("/")[:-1])
    finally:
        os.close(top)
    try:
        yield fd
    finally:
        os.close(fd)


def read(root: Path, path: str) -> bytes | None:
    """The bytes of ``path`` now; None when no regular file stands there that can be read."""
    try:
        return read_below(root, path, LIMIT)
    except OSError:
        return None


def changed(root: Path, texts: Mapping[str, bytes]) -> tuple[str, ...]:
    """The paths that do not hold these texts (any more), sorted."""
    return tuple(path for path, text in sorted(texts.items()) if read(root, path) != text)


def stamps(root: Path, paths: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """What shows that files changed, without reading them. () for one that is not there."""
    found: dict[str, tuple[int, ...]] = {}
    for path in paths:
        try:
            info = (root / path).lstat()
        except OSError:
            found[path] = ()
        else:
            found[path] = (info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
    return found


def write(root: Path, changes: Iterable[Change]) -> None:
    """Put every ``after`` in the place of its ``before``: all of them or none.

    Each new text is written beside its file and made durable; then all are renamed into place, with
    the old mode, and no signal comes in between. When one cannot be renamed, the ones before it are
    put back. Raises SpikeproofError when a file is not as ``before`` says, or cannot be written.
    """
    ordered = sorted(changes, key=lambda change: change.path)
    with contextlib.ExitStack() as stack:
        staged = [stack.enter_context(_staged(root, change)) for change in ordered]
        with _undisturbed():
            done: list[_Staged] = []
            try:
                for one in staged:
                    one.commit()
                    done.append(one)
            except OSError as error:
                _put_back(root, done)
                raise SpikeproofError(
                    f"cannot write {show(error.filename or '')}: {error.strerror}; "
                    "all files are as they were"
                ) from error
            except SpikeproofError:
                _put_back(root, done)
                raise


@dataclass
class _Staged:
    """A new text beside its file."""

    change: Change
    folder: int
    temporary: str

    def commit(self) -> None:
        name = self.change.path.rpartition("/")[2]
        try:
            now = read_regular(name, LIMIT, dir_fd=self.folder, follow=False)
        except OSError:
            now = None
        if now != self.change.before:
            raise SpikeproofError(
                f"{show(self.change.path)} changed while it was about to be written: nothing was "
                "written; run it again"
            )
        os.replace(self.temporary, name, src_dir_fd=self.folder, dst_dir_fd=self.folder)
        self.temporary = ""
        os.fsync(self.folder)


@contextlib.contextmanager
def _staged(root: Path, change: Change) -> Iterator[_Staged]:
    name = change.path.rpartition("/")[2]
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(_folder(root, change.path))
            info = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not os.access(name, os.W_OK, dir_fd=folder):
                raise SpikeproofError(
                    f"{show(change.path)} is read-only: make it writable; nothing was written"
                )
            temporary = f".{name[:100]}.spikeproof-{os.getpid()}"
            fd = os.open(temporary, _NEW, 0o600, dir_fd=folder)
        except OSError as error:
            raise _cannot(change.path, error) from error
        staged = _Staged(change, folder, temporary)
        try:
            try:
                _fill(fd, change.after, info)
            except OSError as error:
                raise _cannot(change.path, error) from error
            yield staged
        finally:
            if staged.temporary:
                with contextlib.suppress(OSError):
                    os.unlink(staged.temporary, dir_fd=folder)


def _cannot(path: str, error: OSError) -> SpikeproofError:
    return SpikeproofError(f"cannot write {show(path)}: {error.strerror}; nothing was written")


def _fill(fd: int, text: bytes, info: os.stat_result) -> None:
    with os.fdopen(fd, "wb") as file:
        file.write(text)
        file.flush()
        if (info.st_uid, info.st_gid) != (os.geteuid(), os.getegid()):
            with contextlib.suppress(OSError):  # only root may give files away
                os.fchown(fd, info.st_uid, info.st_gid)
        os.fchmod(fd, stat.S_IMODE(info.st_mode))
        os.fsync(fd)


def _put_back(root: Path, done: Iterable[_Staged]) -> None:
    for one in done:
        back = Change(one.change.path, one.change.after, one.change.before)
        with _staged(root, back) as staged:
            staged.commit()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and the like wait: what is between two files is milliseconds."""
    held = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        # Too late to break anything off: who pressed Ctrl-C gets what the program says next.
        for number in signal.sigpending() & {signal.SIGINT}:
            signal.sigwait({number})
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
