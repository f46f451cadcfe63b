"""The files of a workspace as they were before a unified diff that somebody gives.

It comes from a forge's API or from ``git diff`` elsewhere: there need be no history (a shallow clone), and
no git at all. The diff is taken back from the files on disk, so that its new side must be what stands
there: line numbers of another state would name the wrong sites, silently.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchedFile, PatchSet

from engine.base.errors import SpikeproofError
from engine.base.fsio import show
from engine.base.ignore import below_top, repository_top
from engine.cargo.workspace import Workspace
from engine.rewrite.patch import split_lines, unquoted

# What git, and others, put before paths: `b/`, and with diff.mnemonicPrefix or --no-index `w/`, `2/` ...
_PREFIX = re.compile(r"[abciow12]/")
_GITS_OWN = re.compile(
    r"^(?:diff --git|index|(?:new|deleted) file mode|(?:old|new) mode|(?:dis)?similarity index"
    r"|(?:rename|copy) (?:from|to)) .*\n",
    re.MULTILINE,
)
_NOWHERE = "/dev/null"


@dataclass(frozen=True)
class GivenDiff:
    """The workspace's files before the diff ``name``. ``elsewhere`` are the diff's Rust files that are not
    among the workspace's sources, as the diff names them."""

    name: str
    elsewhere: tuple[str, ...]
    _files: Mapping[str, PatchedFile] = field(repr=False)

    @property
    def words(self) -> str:
        """Where what is new comes from."""
        return f"the diff {self.name}"

    def before(self, path: str, data: bytes) -> bytes | None:
        """What the file ``path``, now ``data``, was; None: the diff makes it.

        Raises SpikeproofError where the diff's new side is not what ``data`` holds.
        """
        file = self._files.get(path)
        if file is None:
            return data
        if file.is_binary_file:
            return None  # the diff shows no line of it: it may all be new
        before = _taken_back(
            file, data, f"the diff {self.name} was not made of {show(path)} as it is"
        )
        return None if _named(file.source_file) == _NOWHERE else before


def given_diff(workspace: Workspace, text: bytes, name: str) -> GivenDiff:
    """The unified diff ``text``, called ``name``, over a workspace. Its paths begin at the top of the
    repository, as git writes them, or at the workspace's folder.

    Raises SpikeproofError for what is no unified diff, is cut off, or is that of a merge.
    """
    known = frozenset(workspace.files)
    folders = _folders(workspace.root)
    found: dict[str, PatchedFile] = {}
    elsewhere: list[str] = []
    for file in _parsed(text, name):
        target = _named(file.target_file)
        if target == _NOWHERE or not target.endswith(".rs"):
            continue
        path = next((p for p in _meant(target, folders) if p in known), None)
        if path is None:
            elsewhere.append(target)
        elif path in found:
            raise SpikeproofError(f"the diff {name} holds {show(path)} twice: give one diff alone")
        else:
            found[path] = file
    return GivenDiff(name, tuple(elsewhere), found)


def _parsed(text: bytes, name: str) -> PatchSet:
    decoded = text.decode("utf-8", "surrogateescape")
    if re.search(r"^@@@+ ", decoded, re.MULTILINE):
        raise SpikeproofError(
            f"{name} is the diff of a merge, against several parents: make it against one"
        )
    # git's own headers say nothing more of the lines, and unidiff takes some quoted names in them for
    # those of two files.
    plain = _GITS_OWN.sub("", decoded)
    try:
        files = PatchSet(io.StringIO(plain, newline="\n"))
    except UnidiffParseError as error:
        raise SpikeproofError(f"{name} is no whole unified diff: {error}") from None
    if not files and plain == decoded and decoded.strip():
        raise SpikeproofError(f"the diff {name} is no unified diff: make one with `git diff`")
    return files


def _folders(root: Path) -> tuple[str, ...]:
    """What a path of the workspace at ``root`` may begin with: its folder below the repository's top.
    Where git knows of none, each end of the folder's own path may be that, the longest first."""
    if repository_top(root) is not None:
        inner = below_top(root)
        return (inner,) if inner else ()
    parts = root.parts[1:]
    return tuple("/".join(parts[start:]) for start in range(len(parts)))


def _meant(target: str, folders: Sequence[str]) -> Iterator[str]:
    """The paths, relative to the workspace, that ``target`` may stand for, the likeliest first."""
    plain = _PREFIX.sub("", target, count=1) if _PREFIX.match(target) else target
    for path in dict.fromkeys((plain, target)):
        for folder in folders:
            if path.startswith(folder + "/"):
                yield path.removeprefix(folder + "/")
        yield path


def _named(header: str) -> str:
    """The path that a line of the diff's head names."""
    return unquoted(header.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _taken_back(file: PatchedFile, data: bytes, misfit: str) -> bytes:
    lines = split_lines(data)
    before: list[bytes] = []
    done = 0  # lines of the new side
    for hunk in file:
        # A hunk without lines of the new side names the line before it.
        start = hunk.target_start - 1 if hunk.target_length else hunk.target_start
        if not done <= start <= len(lines):
            raise SpikeproofError(f"{misfit}: it has no line {start + 1}")
        before += lines[done:start]
        done = start
        removed = False
        for line in hunk:
            if line.line_type == "\\":  # "No newline at end of file": of the line above
                if removed:
                    before[-1] = _bare(before[-1])
                continue
            removed = line.is_removed
            if removed:
                before.append(line.value.encode("utf-8", "surrogateescape"))
                continue
            if done >= len(lines) or _bare(lines[done]) != _bare(
                line.value.encode("utf-8", "surrogateescape")
            ):
                raise SpikeproofError(
                    f"{misfit}: line {done + 1} is another. Make the diff of what is checked out"
                )
            before += [] if line.is_added else [lines[done]]
            done += 1
    return b"".join((*before, *lines[done:]))


def _bare(line: bytes) -> bytes:
    """A line without its end: a checkout may have written another one."""
    return line.rstrip(b"\r\n")
