"""What git has not recorded: a change on top of it could not be told from the user's own."""

from __future__ import annotations

import os
from pathlib import Path

from engine.base import git
from engine.base.errors import SpikeproofError
from engine.base.fsio import show
from engine.base.ignore import Ignore

_SHOWN = 10


def refuse_unrecorded(root: Path, allow_dirty: bool, allow_no_vcs: bool) -> None:
    """Raises SpikeproofError when what is about to be written at or below ``root`` could not be
    seen, or taken back, with git: files that differ from the last commit (staged, unstaged or
    untracked), or no repository. As ``cargo fix`` does, with its options."""
    top = Ignore(root).top
    if not os.path.lexists(top / ".git"):
        if not allow_no_vcs:
            raise SpikeproofError(
                f"{show(root)} is in no git repository, so nothing could tell you later what was "
                "changed: `git init` and commit first, or say --allow-no-vcs"
            )
        return
    if allow_dirty:
        return
    names = dirty(root)
    if names:
        more = [f"and {len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
        raise SpikeproofError(
            "there are changes that git has not recorded: commit or stash them, or say "
            "--allow-dirty",
            "\n".join(f"  {line}" for line in (*map(show, names[:_SHOWN]), *more)),
        )


def dirty(root: Path) -> tuple[str, ...]:
    """Paths at or below ``root`` that differ from the last commit, from the repository's top; a
    folder with nothing tracked in it stands for its files."""
    said = git.ask(root, "status", "--porcelain=v1", "-z", "--untracked-files=normal", "--", ".")
    entries = iter(said.split(b"\0"))
    found: set[str] = set()
    for entry in entries:
        if not entry:
            continue
        found.add(os.fsdecode(entry[3:]))
        if entry[:1] in (b"R", b"C"):  # the name it had comes next
            found.add(os.fsdecode(next(entries)))
    return tuple(sorted(found))
