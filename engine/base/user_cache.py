"""Answers that are kept for later runs, by what they were the answers to.

SQLite files in the user's cache folder, for all workspaces; several runs at once may use them. Whoever
keeps something makes the key of all that it hangs on; :func:`digest` adds this program's own code. Nothing
is ever said of a cache that is gone, full, locked or damaged: it costs time alone. What is read is checked
for its type.

``SPIKEPROOF_CACHE`` names another folder; ``off`` keeps nothing. With ``SPIKEPROOF_FRESH`` nothing that was
kept is known: what is found anew takes its place.
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
FRESH = "SPIKEPROOF_FRESH"
LIMIT = 128 * 2**20  # bytes of the file
_DAY = 24 * 3600.0
_WAIT = 0.5  # seconds for another run's writing
_AT_ONCE = 500  # keys of one query
_TABLE = (
    "CREATE TABLE IF NOT EXISTS files (key BLOB PRIMARY KEY, value BLOB, used REAL) WITHOUT ROWID"
)
_CODE = Path(__file__).parents[2]

_T = TypeVar("_T")


def folder() -> Path | None:
    """Where the cache lies; None when nothing is to be kept."""
    said = os.environ.get(VARIABLE, "")
    if said:
        return None if said == "off" else Path(said)
    import platformdirs

    return platformdirs.user_cache_path("spikeproof", appauthor=False)


class UserCache(Generic[_T]):
    """Values of the type ``kind`` by keys, in the file ``name`` of ``base`` (which need not be there; None:
    nothing is kept)."""

    def __init__(self, base: Path | None, name: str, kind: type[_T]) -> None:
        self._file = base / f"{name}.sqlite" if base is not None else None
        self._decode: Callable[[bytes], _T] = msgspec.msgpack.Decoder(kind).decode

    @property
    def is_possible(self) -> bool:
        """Is anything kept?"""
        return self._file is not None

    @property
    def is_there(self) -> bool:
        """May anything be known?"""
        return self._file is not None and self._file.is_file()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, _T]:
        """What is kept of ``keys``."""
        wanted, now = list(keys), time.time()
        found: dict[bytes, _T] = {}
        if os.environ.get(FRESH):
            return found
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
            with contextlib.suppress(UnicodeEncodeError, RecursionError):  # a path that is no text
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
        if self._file is None:
            raise OSError("nothing is kept")
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # For nobody else, whatever the folder allows; sqlite's own files beside it take the same mode.
        os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))
        with contextlib.closing(sqlite3.connect(self._file, _WAIT)) as database:
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
            file, self._file = self._file, None
            if file is not None and not isinstance(error, sqlite3.OperationalError | OSError):
                with contextlib.suppress(OSError):
                    file.unlink()


def digest(data: bytes, *other: str | int | bool | bytes) -> bytes:
    """A key: of ``data``, of all ``other`` that the answer hangs on, and of this program's own code."""
    found = hashlib.blake2b(data, digest_size=20)
    found.update(repr((*other, _code())).encode("utf-8", "surrogateescape"))
    return found.digest()


@cache
def _code() -> str:
    """What this program's own code is known by: names, sizes and times of its files, and the versions of the
    libraries that read Rust."""
    from importlib.metadata import version

    found = hashlib.blake2b(digest_size=20)
    for name in ("tree-sitter", "tree-sitter-rust"):
        found.update(version(name).encode())
    for package in ("engine", "codemods"):
        folders = [path for path in (_CODE / package).iterdir() if path.is_dir()]
        for one in (_CODE / package, *sorted(folders)):
            with os.scandir(one) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    if entry.name.endswith((".py", ".scm")):
                        status = entry.stat()
                        found.update(f"{entry.path} {status.st_size} {status.st_mtime_ns}".encode())
    return found.hexdigest()
