"""A git revision as a folder, without letting the repository run anything (see ``engine.base.git``)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from engine.base import git
from engine.base.errors import SpikeproofError
from engine.base.fsio import show
from engine.base.ignore import repository_top
from engine.cargo.sources import VCS

_LFS = b"version https://git-lfs.github.com/spec/"


class Revision(NamedTuple):
    """``folder`` is the materialised tree's counterpart of the path that was asked for. ``left_out``
    are paths that stand there otherwise than in a checkout: submodules, files of git-lfs."""

    folder: Path
    commit: str
    left_out: tuple[str, ...]


def materialise(path: Path, name: str, place: Path) -> Revision:
    """The revision ``name`` of the repository around ``path``, written below ``place`` anew.

    Raises SpikeproofError when git is missing, there is no repository, no such revision, or
    ``path`` is not in it.
    """
    folder = path if path.is_dir() else path.parent
    top = repository_top(folder)
    if top is None:
        raise SpikeproofError(
            f"{show(name)} is no folder, and {show(folder)} is in no git repository: name a folder "
            "to compare with"
        )
    revision = git.commit_of(top, name)
    if not revision:
        raise SpikeproofError(
            f"{show(name)} is neither a folder nor a revision of {show(top)}: name one of these"
        )
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / ".git").mkdir()  # its top, for what looks for a repository around a workspace
    left_out = tuple(sorted(_write(top, revision, place)))
    wanted = place / folder.relative_to(top)
    if not wanted.is_dir():
        raise SpikeproofError(f"{show(folder)} is not there in {show(name)}")
    return Revision(wanted, revision, left_out)


def _write(top: Path, revision: str, place: Path) -> Iterator[str]:
    """Write all files; yields the paths that are not what a checkout would have."""
    entries = tuple(git.tree_of(top, revision))
    yield from (f"{e.path} (a submodule)" for e in entries if e.kind != b"blob")
    for entry, data in git.contents(top, entries):
        _put(place, entry.path, entry.mode, data)
        if data.startswith(_LFS):
            yield f"{entry.path} (a file of git-lfs: only its pointer is there)"


def _put(place: Path, path: str, mode: bytes, data: bytes) -> None:
    parts = path.split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or any(part.lower() in VCS for part in parts):
        raise SpikeproofError(f"the revision holds a path that git would not write: {show(path)}")
    target = place.joinpath(*parts)
    above = target.parent
    above.mkdir(parents=True, exist_ok=True)
    if Path(os.path.realpath(above)) != above:  # a tree cannot hold a link and files below it
        raise SpikeproofError(f"the revision leads out of its tree at {show(path)}")
    if mode == b"120000":
        target.symlink_to(os.fsdecode(data))
        return
    with target.open("xb") as file:
        file.write(data)
    target.chmod(0o755 if mode == b"100755" else 0o644)
