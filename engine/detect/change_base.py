"""The files of a workspace as they were at a git revision.

git says which files a revision has and gives their bytes; nothing is checked out, and no program of the
repository runs. A file that is new there may be one that had another name.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from engine.base import git
from engine.base.errors import SpikeproofError
from engine.base.fsio import exists, show
from engine.base.ignore import below_top, repository_top
from engine.cargo.workspace import Workspace
from engine.detect.facts import sources_of
from engine.detect.newness import Newness

_LIKE = 0.5  # the part of a file that must be the same for a rename, as git has it
_PAIRS = 10_000  # beyond these, only files of the same name are compared
_DEEPER = "fetch the whole history first (`fetch-depth: 0` for actions/checkout, else `git fetch --unshallow`)"


@dataclass
class Revision:
    """The workspace's files at ``commit``.

    ``name`` is what the user called the revision, ``merged`` tells that ``commit`` is the merge base
    of it and HEAD, and not itself.
    """

    name: str
    commit: str
    merged: bool
    _top: Path = field(repr=False)
    _prefix: str = field(repr=False)  # of the workspace in the repository, "" or "path/"
    _paths: frozenset[str] = field(repr=False)
    _read: Callable[[str], bytes] = field(repr=False)
    _tree: Mapping[str, git.TreeEntry] = field(repr=False)
    _renames: Mapping[str, git.TreeEntry] | None = field(default=None, repr=False)

    @property
    def words(self) -> str:
        """The revision's name and hash."""
        short = self.commit[:12]
        return f"{show(self.name)} ({'merge base ' if self.merged else ''}{short})"

    def before(self, path: str, data: bytes) -> bytes | None:
        """What the file ``path``, now ``data``, was at the revision; None: it is new."""
        entry = self._tree.get(self._prefix + path) or self._renamed().get(path)
        if entry is None:
            return None
        return data if _is(entry, data) else _blob(self._top, entry)

    def _renamed(self) -> Mapping[str, git.TreeEntry]:
        """New files that were another one before."""
        if self._renames is None:
            came: dict[str, bytes] = {}
            for path in sorted(self._paths):
                if self._prefix + path not in self._tree:
                    with suppress(SpikeproofError):  # unreadable: it has no sites either
                        came[path] = self._read(path)
            went = [entry for entry in self._tree.values() if self._went(entry)]
            self._renames = _pairs(self._top, came, went) if came and went else {}
        return self._renames

    def _went(self, entry: git.TreeEntry) -> bool:
        """Is the file gone, or is another one in its place (a ``lib.rs`` that became a module)?"""
        if not exists(self._top / entry.path):
            return True
        path = entry.path.removeprefix(self._prefix)
        if not entry.path.startswith(self._prefix) or path not in self._paths:
            return False
        now = self._read(path)
        return _likeness(_counted(_blob(self._top, entry)), _counted(now)) < _LIKE


def since(
    workspace: Workspace,
    revision: str,
    *,
    merge_base: bool = True,
    read: Callable[[str], bytes] | None = None,
) -> Newness:
    """The change from ``revision`` to the files on disk, committed or not.

    With ``merge_base`` (as ``git diff REV...`` has it), what others did on ``revision`` since HEAD
    left it is not part of the change; without it, the trees are compared as they are. ``read``
    gives the text of a workspace's file, from the disk by default.

    Raises SpikeproofError when there is no repository, no such revision, no common ancestor, or
    the history is not there (a shallow clone).
    """
    top = repository_top(workspace.root)
    if top is None:
        raise SpikeproofError(
            f"{show(workspace.root)} is in no git repository, so nothing says what is new: "
            "run it in a clone"
        )
    commit = git.commit_of(top, revision)
    if not commit:
        how = _DEEPER if _shallow(top) else "name a branch, a tag or a commit, or fetch it first"
        raise SpikeproofError(f"git knows no revision `{show(revision)}` here: {how}")
    base = commit
    if merge_base:
        head = git.commit_of(top, "HEAD")
        base = git.ask(top, "merge-base", commit, head).decode("ascii").strip() if head else ""
        if not base:
            how = _DEEPER if _shallow(top) else "name a revision that HEAD was made of"
            raise SpikeproofError(
                f"`{show(revision)}` and HEAD have no common ancestor here: {how}"
            )
    inner = below_top(workspace.root)
    reading = read or sources_of(workspace).data
    revised = Revision(
        name=revision,
        commit=base,
        merged=base != commit,
        _top=top,
        _prefix=inner and inner + "/",
        _paths=frozenset(workspace.files),
        _read=reading,
        _tree={e.path: e for e in git.tree_of(top, base) if _is_source(e)},
    )
    return Newness.since(revised, workspace, reading)


def _is_source(entry: git.TreeEntry) -> bool:
    """A Rust file (no symlink, no submodule)."""
    return entry.path.endswith(".rs") and entry.mode.startswith(b"100")


def _shallow(top: Path) -> bool:
    return git.ask(top, "rev-parse", "--is-shallow-repository").strip() == b"true"


def _is(entry: git.TreeEntry, data: bytes) -> bool:
    """Is ``data`` the blob, by its hash (SHA-1 or SHA-256, whichever the repository has)?"""
    algorithm = hashlib.sha1 if len(entry.name) == 40 else hashlib.sha256
    return algorithm(b"blob %d\0" % len(data) + data).hexdigest() == entry.name


def _blob(top: Path, entry: git.TreeEntry) -> bytes:
    return next(data for _, data in git.contents(top, [entry]))


def _pairs(
    top: Path, came: Mapping[str, bytes], went: Sequence[git.TreeEntry]
) -> Mapping[str, git.TreeEntry]:
    """Files that came, each with the one that went and is most like it: the same bytes first,
    then at least half of them the same, line by line."""
    found: dict[str, git.TreeEntry] = {}
    left = {entry.path: entry for entry in went}
    for path, data in came.items():
        same = next((entry for entry in left.values() if data and _is(entry, data)), None)
        if same is not None:
            found[path] = left.pop(same.path)
    open_ = {path: _counted(data) for path, data in came.items() if path not in found}
    near = len(open_) * len(left) <= _PAIRS
    before = {e.path: _counted(data) for e, data in git.contents(top, left.values())}
    scored = sorted(
        (-score, _name(old) != _name(new), old, new)
        for new, lines in open_.items()
        for old, other in before.items()
        if (near or _name(old) == _name(new)) and (score := _likeness(lines, other)) >= _LIKE
    )
    for _, _, old, new in scored:
        if old in left and new not in found:
            found[new] = left.pop(old)
    return found


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _counted(data: bytes) -> Counter[bytes]:
    return Counter(line.strip() for line in data.split(b"\n"))


def _likeness(one: Counter[bytes], other: Counter[bytes]) -> float:
    """The bytes of lines that both have, as a part of the larger one's; 0 for empty files."""

    def size(lines: Counter[bytes]) -> int:
        return sum(len(line) * number for line, number in lines.items())

    return size(one & other) / max(size(one), size(other), 1)
