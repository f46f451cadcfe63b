"""What a tree is known by: all that a build of it may read, as a key for what was learned of it.

That is every file of the copy, the lock file that cargo made, cargo's arguments, its configuration files,
the environment that is passed on and the toolchain. What cannot be seen makes a tree one of which nothing is
kept: packages that were not copied, links that lead out of it, build scripts that may read its neighbours in
a repository (so may tests). What git says of commits and branches counts where a file of the tree speaks of git;
programs that cargo's configuration or the environment names by their path count as they are, and so do the
settings of rustfmt in the folders above. What a build script or a test reads elsewhere and tells nobody (the network,
the clock, a home directory) is not seen; ``--fresh`` is for that.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.base import git
from engine.base.errors import SpikeproofError
from engine.base.ignore import Ignore
from engine.base.user_cache import digest
from engine.cargo.cargoconfig import cargo_home, hierarchy
from engine.cargo.scratch import Copy
from engine.cargo.sources import VCS
from engine.cargo.toolchain import Toolchain
from engine.cargo.workspace import Workspace

LOCK = "Cargo.lock"
# What tells that a build or a test may ask git, or a crate that does.
_GIT = re.compile(
    rb"\"git\"|\.git/|\bgit2\b|\bgix\b|\bvergen|\bshadow[-_]rs\b|\bgit[-_]version\b|\bbuilt\s*(?:=|::)"
)
_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class TreeState:
    """A tree as it is now; ``lock`` is b"" where it has no lock file."""

    rest: bytes
    lock: bytes

    @property
    def key(self) -> bytes:
        """The digest of all of it."""
        return digest(self.rest, self.lock)

    def became(self, later: TreeState) -> bool:
        """Is ``later`` the same tree, but for a lock file that cargo made where there was none?"""
        return self == later or (self.rest == later.rest and not self.lock)


class TreeKey:
    """The keys of what stands in ``copy``, of ``workspace``, from time to time; ``arguments`` are what
    cargo's runs there are made with. ``is_possible``: does it see all that a build may read;
    ``tests_possible``: and all that tests may?"""

    def __init__(
        self, copy: Copy, workspace: Workspace, toolchain: Toolchain, arguments: object
    ) -> None:
        self._copy = copy
        self._toolchain = toolchain
        self._arguments = arguments
        self._root = workspace.root
        inner = Ignore(workspace.root).top != workspace.root
        scripts = any(package.build_script for package in workspace.packages)
        away = any(Path(target).is_absolute() for target in copy.links.values())
        self.is_possible = not workspace.outside and not away and not (inner and scripts)
        self.tests_possible = self.is_possible and not inner
        self._seen: dict[str, tuple[_Stamp, bytes]] = {}
        self._surroundings: bytes | None = None
        self._asks_git = False  # does a file of the tree speak of git?

    def now(self) -> TreeState:
        """The tree as it stands in the copy."""
        every = (path for path in self._copy.files if path != LOCK)
        return TreeState(self._digest_of_all(every), self.digest_of(LOCK))

    def common(self) -> bytes:
        """The digest of all but Rust sources."""
        other = (path for path in self._copy.files if path != LOCK and not path.endswith(".rs"))
        return self._digest_of_all([*other, LOCK])

    def _digest_of_all(self, paths: Iterable[str]) -> bytes:
        if self._surroundings is None:
            self._surroundings = self._around()
        found = hashlib.blake2b(self._surroundings)
        for path in paths:
            found.update(os.fsencode(path) + b"\0" + self.digest_of(path))
        for folder in sorted(self._folders()):
            found.update(os.fsencode(folder) + b"/\0")
        if self._asks_git:  # a commit alone is no reason to run all again for who does not look
            found.update(repr(_git_state(self._root)).encode())
        return found.digest()

    def _folders(self) -> Iterator[str]:
        """All folders of the tree, empty ones too: a test may ask whether one is there."""
        for folder, inner, _ in os.walk(self._copy.tree):
            inner[:] = sorted(set(inner) - VCS)
            yield os.path.relpath(folder, self._copy.tree)

    def digest_of(self, path: str) -> bytes:
        """That of a file's text (``path`` is of the tree, or absolute); b"" for what is none."""
        place = self._copy.tree / path
        try:
            status = place.lstat()
            stamp = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            known = self._seen.get(path)
            if known is None or known[0] != stamp:
                text = b"" if place.is_symlink() else place.read_bytes()
                if not self._asks_git and not path.endswith(".md"):
                    self._asks_git = _GIT.search(text) is not None
                mode = b"%o" % (status.st_mode & 0o777)
                known = self._seen[path] = stamp, hashlib.blake2b(mode + text).digest()
        except OSError:
            return b""
        return known[1]

    def _around(self) -> bytes:
        said = [self._toolchain.version(), str(self._copy.tree), repr(self._arguments)]
        files = hierarchy(self._root, cargo_home())
        said += [json.dumps([str(file.path), file.values], default=str) for file in files]
        said += [f"{name}={value}" for name, value in sorted(self._toolchain.environment.items())]
        named = [pair for file in files for pair in _texts(file.values, file.path.parent.parent)]
        named += [(value, self._root) for value in self._toolchain.environment.values()]
        said += sorted({_program(text, base) for text, base in named})
        said += [_config_of_rustfmt(folder) for folder in (self._root, *self._root.parents)]
        said += [f"{path}->{target}" for path, target in self._copy.links.items()]
        return hashlib.blake2b("\0".join(said).encode("utf-8", "surrogateescape")).digest()


def _texts(value: object, base: Path) -> Iterator[tuple[str, Path]]:
    """All texts in a config's values: some name programs, relative to the folder that ``.cargo`` is in."""
    if isinstance(value, str):
        yield value, base
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner, base)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, base)


def _program(text: str, base: Path) -> str:
    """The file that ``text`` names, as it is now; "" where it names none."""
    if "/" not in text or "\0" in text:
        return ""
    place = base / text
    try:
        status = place.stat()
    except OSError:
        return ""
    if not stat.S_ISREG(status.st_mode):
        return ""
    return f"{place}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


def _config_of_rustfmt(folder: Path) -> str:
    """What rustfmt is told for the folders below ``folder``: it looks upwards."""
    for name in (".rustfmt.toml", "rustfmt.toml"):
        with contextlib.suppress(OSError):
            return (folder / name).read_bytes().hex()
    return ""


def _git_state(root: Path) -> tuple[bytes, ...]:
    """What git answers of the repository's commits and branches; of the files the key has the texts."""
    asked = (("rev-parse", "HEAD"), ("symbolic-ref", "-q", "HEAD"), ("for-each-ref",))
    return tuple(_answer(root, *words) for words in asked)


def _answer(root: Path, *words: str) -> bytes:
    try:
        return git.ask(root, *words)
    except SpikeproofError:
        return b""
