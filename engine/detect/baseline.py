"""Sites that somebody has decided to live with: a file of their ids, kept beside the code.

The file is JSON with one entry a line, sorted, so that version control merges it well::

    {"schema": "spikeproof/baseline/1", "sites": [
    {"id": "mutex-counter-0123456789ab", "codemod": "mutex-counter", "path": "src/lib.rs", "item": "struct Hits", "message": "..."}
    ]}

An id holds codemod, path, item, text and the number among equals (``engine.detect.identity``), and
no line, so that it survives what is written around it. The other keys are for people. Whoever may
change the repository may have written the file: it is read as hostile data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.base.errors import SpikeproofError
from engine.base.fsio import read_below, read_regular, show, write_whole
from engine.base.model import Site

SCHEMA = "spikeproof/baseline/1"
LIMIT = 32 * 2**20  # bytes; an entry has about 250
_ID = re.compile(r"[a-z0-9-]{1,80}-[0-9a-f]{12}")
_LINES = re.compile(r" (?:\((?:(?:on|at|in) )?lines? \d+\)|(?:on|at|in) lines? \d+)")
_KEYS = ("id", "codemod", "path", "item", "message")
_ANEW = "write it anew with `spikeproof baseline`"


@dataclass(frozen=True, slots=True, order=True)
class BaselineEntry:
    """One site. Only ``id`` counts; the rest is what people read in a review of the file."""

    path: str
    codemod: str
    item: str
    message: str
    id: str

    @classmethod
    def of(cls, site: Site) -> BaselineEntry:
        """The entry for ``site``, which must have an id. Lines that its message names are left out:
        they change with what is written above."""
        message = _LINES.sub("", site.message)
        return cls(site.path, site.codemod, site.item, message, site.id)


@dataclass(frozen=True)
class Baseline:
    """What a file held; ``path`` is it."""

    path: Path
    entries: tuple[BaselineEntry, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", frozenset(entry.id for entry in self.entries))

    def __contains__(self, site: Site) -> bool:
        ids: frozenset[str] = self._ids  # type: ignore[attr-defined]
        return site.id in ids

    def stale(
        self, present: Collection[str], codemods: Collection[str], seen: Callable[[str], bool]
    ) -> tuple[BaselineEntry, ...]:
        """Entries that match nothing any more: ``present`` are the ids of all sites that are there.

        That can be told of ``codemods`` (those that ran) and of paths that were ``seen`` (looked
        at, or not there any more).
        """
        return tuple(
            entry
            for entry in self.entries
            if entry.id not in present and entry.codemod in codemods and seen(entry.path)
        )


def read(path: Path, below: Path | None = None) -> Baseline:
    """The baseline in ``path``; with ``below``, one that the repository and not the user names: a
    POSIX path below that folder, on the way to which is no symlink.

    Raises SpikeproofError when it is not there or is none.
    """
    try:
        if below is None:
            data = read_regular(path, LIMIT)
        else:
            data = read_below(below, path.as_posix(), LIMIT)
            path = below / path
    except FileNotFoundError:
        raise SpikeproofError(
            f"no baseline {show(path)}: write one with `spikeproof baseline -o {show(path)}`"
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SpikeproofError(f"cannot read the baseline {show(path)}: {why}") from None
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise SpikeproofError(
            f"{show(path)} is not JSON, so it is no baseline: {_ANEW}, or mend the merge"
        ) from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise SpikeproofError(f"{show(path)} is no baseline of schema {SCHEMA}: {_ANEW}")
    sites = found.get("sites")
    if found.keys() != {"schema", "sites"} or not isinstance(sites, list):
        raise SpikeproofError(f"{show(path)} has other keys than a baseline: {_ANEW}")
    return Baseline(path, tuple(_entry(path, n, site) for n, site in enumerate(sites, 1)))


def write(path: Path, entries: Iterable[BaselineEntry]) -> None:
    """Write ``path`` whole or not at all: the same bytes for the same entries, in any order."""
    try:
        write_whole(path, dump(entries))
    except OSError as error:
        raise SpikeproofError(
            f"cannot write the baseline {show(path)}: {error.strerror or error}"
        ) from error


def add(path: Path, entries: Iterable[BaselineEntry]) -> Baseline:
    """Put ``entries`` to those of ``path`` (which is made when it is not there)."""
    old = read(path).entries if path.exists() or path.is_symlink() else ()
    every = {entry.id: entry for entry in (*old, *entries)}
    write(path, every.values())
    return Baseline(path, tuple(sorted(every.values())))


def dump(entries: Iterable[BaselineEntry]) -> bytes:
    """The bytes of a baseline with ``entries``, each id once."""
    ordered = sorted({entry.id: entry for entry in entries}.values())
    lines = [json.dumps({key: getattr(entry, key) for key in _KEYS}) for entry in ordered]
    text = ",\n".join(lines) + "\n" if lines else ""
    return f'{{"schema": "{SCHEMA}", "sites": [\n{text}]}}\n'.encode("ascii")


def _entry(path: Path, number: int, value: object) -> BaselineEntry:
    texts = value if isinstance(value, dict) else {}
    known = {key: text for key, text in texts.items() if key in _KEYS and isinstance(text, str)}
    if len(known) != len(_KEYS) or len(texts) != len(_KEYS) or not _ID.fullmatch(known["id"]):
        raise SpikeproofError(f"entry {number} of the baseline {show(path)} is none: {_ANEW}")
    return BaselineEntry(**known)


def check_place(root: Path, path: str) -> None:
    """Raises SpikeproofError when ``path``, which the repository names, leads somewhere else by a
    symlink: what is written there must stay below ``root``."""
    at = root
    for part in Path(path).parts:
        at = at / part
        if at.is_symlink():
            raise SpikeproofError(
                f"{show(at)} is a symbolic link: a baseline that the config names is not written "
                "through one, name the file with -o"
            )
