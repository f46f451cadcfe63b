"""What a scan found in a file, kept by the file's content: an unchanged tree is not parsed again.

One SQLite file in the user's cache folder, for all workspaces; several runs at once may use it. A key
is a hash of the file's bytes, of everything else that the result hangs on (its path, its edition, the
codemods) and of this program's own code. Nothing is ever said of a cache that is gone, full, locked or
damaged: it costs time alone.

``SPIKEPROOF_CACHE`` names another folder; ``off`` keeps nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

VARIABLE = "SPIKEPROOF_CACHE"
LIMIT = 128 * 2**20  # bytes of the file
_DAY = 24 * 3600.0
_WAIT = 0.5  # seconds for another run's writing
_AT_ONCE = 500  # keys of one query
_TABLE = (
    "CREATE TABLE IF NOT EXISTS files (key BLOB PRIMARY KEY, value BLOB, used REAL) WITHOUT ROWID"
)
_CODE = Path(__file__).parents[2]
_ROOMS = ("engine/base", "engine/rust", "engine/detect", "engine/cargo")

_T = TypeVar("_T")


def folder() -> Path | None:
    """Where the cache lies; None when nothing is to be kept."""
    said = os.environ.get(VARIABLE, "")
    if said:
        return None if said == "off" else Path(said)
    import platformdirs

    return platformdirs.user_cache_path("spikeproof", appauthor=False)


class ScanCache(Generic[_T]):
    """Values of the type ``kind`` by keys, in ``base`` (which need not be there; None: nothing is kept)."""

    def __init__(self, base: Path | None, kind: type[_T]) -> None:
        self._base = base
        self._decode: Callable[[bytes], _T] = msgspec.msgpack.Decoder(kind).decode

    @property
    def is_there(self) -> bool:
        """May anything be known?"""
        return self._base is not None and (self._base / "scan.sqlite").is_file()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, _T]:
        """What is kept of ``keys``."""
        wanted, now = list(keys), time.time()
        found: dict[bytes, _T] = {}
        with self._failing(), self._database() as database:
            for i in range(0, len(wanted), _AT_ONCE):
                some = wanted[i : i + _AT_ONCE]
                query = f"SELECT * FROM files WHERE key IN ({','.join('?' * len(some))})"
                rows = database.execute(query, some).fetchall()
                found.update((key, self._decode(value)) for key, value, _ in rows)
                old = [(now, key) for key, _, used in rows if used < now - _DAY]
                database.executemany("UPDATE files SET used = ? WHERE key = ?", old)
        return found

    def put(self, found: Mapping[bytes, _T]) -> None:
        """Keep ``found``; the half that was not used for longest goes, where that is too much."""
        rows: list[tuple[bytes, bytes, float]] = []
        for key, value in found.items():
            with contextlib.suppress(UnicodeEncodeError):  # a path that is no text
                rows.append((key, msgspec.msgpack.encode(value), time.time()))
        if not rows:
            return
        with self._failing(), self._database() as database:
            database.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", rows)
            database.commit()
            pages, size = (
                database.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "page_size")
            )
            if pages * size > LIMIT:
                database.execute(
                    "DELETE FROM files WHERE used <= (SELECT used FROM files ORDER BY used LIMIT 1 "
                    "OFFSET (SELECT COUNT(*) / 2 FROM files))"
                )
                database.commit()
                database.execute("VACUUM")

    @contextlib.contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        if self._base is None:
            raise OSError("nothing is kept")
        self._base.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(self._base / "scan.sqlite", _WAIT)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(_TABLE)
            with database:
                yield database

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """A cache that cannot be used is not asked again in this run; one that is damaged goes."""
        try:
            yield
        except (sqlite3.DatabaseError, msgspec.MsgspecError, OSError) as error:
            base, self._base = self._base, None
            if base is not None and not isinstance(error, sqlite3.OperationalError | OSError):
                with contextlib.suppress(OSError):
                    (base / "scan.sqlite").unlink()


def key(data: bytes, *other: str | int | bool) -> bytes:
    """What a file with these bytes is known by, with all ``other`` that its result hangs on."""
    digest = hashlib.blake2b(data, digest_size=20)
    digest.update(repr((*other, _code())).encode("utf-8", "surrogateescape"))
    return digest.digest()


@cache
def _code() -> str:
    """What this program's own code is known by: names, sizes and times of the files that a scan runs, and
    the versions of the libraries that read Rust."""
    from importlib.metadata import version

    digest = hashlib.blake2b(digest_size=20)
    for name in ("tree-sitter", "tree-sitter-rust"):
        digest.update(version(name).encode())
    folders = [_CODE / room for room in _ROOMS]
    folders += sorted(path for path in (_CODE / "codemods").iterdir() if path.is_dir())
    for one in folders:
        with os.scandir(one) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith((".py", ".scm")):
                    status = entry.stat()
                    digest.update(f"{entry.path} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()
