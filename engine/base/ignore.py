"""What git ignores, from ``.gitignore`` files and ``info/exclude``, without running git.

Not read: ``core.excludesFile`` (it is the user's, and needs git's config), and the index: a file
that is tracked although a pattern matches it counts as ignored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.base.fsio import read_regular
from engine.base.globs import parse_glob

_LIMIT = 2**20  # bytes of one .gitignore; git has no limit, real ones stay under 100 KiB


class Patterns:
    """Lines of one ``.gitignore`` (or globs in its language), ready to be asked."""

    def __init__(self, lines: Iterable[str]) -> None:
        globs = [glob for line in lines if (glob := parse_glob(line)) is not None]
        # Nearly all paths match nothing: one alternation says so faster than the globs in turn.
        self._any = re.compile("|".join(glob.regex for glob in globs)) if globs else None
        self._globs = [(re.compile(g.regex), g.include, g.folders) for g in reversed(globs)]

    def __bool__(self) -> bool:
        return self._any is not None

    def decides(self, path: str, folder: bool) -> bool | None:
        """True: ignored; False: taken back by a ``!`` line; None: no line says anything.

        Nothing is concluded from the folders above ``path``.
        """
        if self._any is None or self._any.match(path) is None:
            return None
        for regex, include, folders in self._globs:
            if (folder or not folders) and regex.match(path):
                return include
        return None

    def covers(self, path: str) -> bool:
        """Do the lines name ``path`` (a file) or a folder above it? The deepest that one of them
        speaks of decides."""
        parts = path.split("/")
        said: bool | None = None
        for depth in range(1, len(parts) + 1):
            here = self.decides("/".join(parts[:depth]), folder=depth < len(parts))
            said = said if here is None else here
        return said is True


@lru_cache(maxsize=256)
def patterns(lines: tuple[str, ...]) -> Patterns:
    """The patterns of a config."""
    return Patterns(lines)


@dataclass(frozen=True, slots=True)
class FolderRules:
    """The rules in force inside one folder, the nearest first, each with its folder's path."""

    rules: tuple[tuple[int, Patterns], ...]  # length of the rule's folder in the path from the top

    def ignores(self, path: str, folder: bool) -> bool:
        """``path`` is from the repository's top; the folders above it are not ignored."""
        for length, patterns in self.rules:
            decision = patterns.decides(path[length:], folder)
            if decision is not None:
                return decision
        return False


class Ignore:
    """Git's rules for the tree below ``root``, read folder by folder as they are asked for.

    Without a repository around it, the ``.gitignore`` files from ``root`` down still count: an
    unpacked archive is judged as the checkout would be. So is a root that its repository ignores
    (a crate unpacked below somebody's ``target``): who names it wants it.
    """

    def __init__(self, root: Path) -> None:
        self._known: dict[str, FolderRules] = {}
        self.top = repository_top(root) or root
        self.prefix = _join(root.relative_to(self.top).as_posix(), "")  # root, seen from the top
        if self.ignores_above(""):
            self._known.clear()
            self.top, self.prefix = root, ""

    def ignores(self, path: str, folder: bool) -> bool:
        """Is ``path`` (relative to the root) ignored, given that no folder above it is?"""
        full = self.prefix + path
        return self._rules(full.rpartition("/")[0]).ignores(full, folder)

    def ignores_above(self, path: str) -> bool:
        """Is the folder ``path`` (relative to the root), or any above it, ignored?"""
        parts = (self.prefix + path).strip("/").split("/")
        for count in range(1, len(parts) + 1):
            full = "/".join(parts[:count])
            if full and self._rules("/".join(parts[: count - 1])).ignores(full, folder=True):
                return True
        return False

    def _rules(self, folder: str) -> FolderRules:
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._read(folder)
        return known

    def _read(self, folder: str) -> FolderRules:
        path = self.top / folder
        length = len(_join(folder, ""))
        own = [_patterns(path / ".gitignore")]
        above: tuple[tuple[int, Patterns], ...] = ()
        git = path / ".git"
        if os.path.lexists(git):  # a repository of its own (a submodule): nothing above it counts
            own.append(_patterns(_common_dir(git) / "info" / "exclude"))
        elif folder:
            above = self._rules(folder.rpartition("/")[0]).rules
        return FolderRules((*((length, rules) for rules in own if rules), *above))


def repository_top(folder: Path) -> Path | None:
    """The nearest folder at or above ``folder`` that holds ``.git``."""
    for candidate in (folder, *folder.parents):
        if os.path.lexists(candidate / ".git"):
            return candidate
    return None


def below_top(folder: Path) -> str:
    """``folder`` as its repository's top sees it (POSIX), "" for the top and outside of any."""
    inner = folder.relative_to(repository_top(folder) or folder).as_posix()
    return "" if inner == "." else inner


def _patterns(path: Path) -> Patterns:
    try:
        data = read_regular(path, _LIMIT, follow=False)  # git follows no link here either
    except (OSError, ValueError):
        data = b""
    text = os.fsdecode(data.removeprefix(b"\xef\xbb\xbf"))
    return Patterns(line.removesuffix("\r") for line in text.split("\n"))


def _common_dir(git: Path) -> Path:
    """The repository's own folder; in a worktree or submodule, ``.git`` is a file that names it."""
    named = _first_line(git, "gitdir: ")
    if named is None:
        return git
    folder = git.parent / named
    common = _first_line(folder / "commondir", "")
    return folder if common is None else folder / common


def _first_line(path: Path, start: str) -> str | None:
    try:
        line = os.fsdecode(read_regular(path, _LIMIT)).split("\n", 1)[0]
    except (OSError, ValueError):
        return None
    return line.removeprefix(start).strip() if line.startswith(start) else None


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and folder != "." else name
