"""git asked for a repository's objects, without letting the repository run anything.

``git checkout``, ``git diff`` and ``git archive`` run filters that the repository's configuration
names, hooks, and obey attributes; here git only says what a name means, lists a tree and gives
objects byte for byte. Lazy fetching (a partial clone) is refused, for it runs the transport that the
configuration names.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from engine.base.errors import SpikeproofError
from engine.base.fsio import show

_TIMEOUT = 60.0  # seconds, for what answers at once
_INERT = (
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat"),
    *("-c", "protocol.allow=never", "--no-replace-objects"),
)


class TreeEntry(NamedTuple):
    """One line of a tree: ``mode`` as git writes it (b"100644"), ``kind`` b"blob" or b"commit" (a
    submodule), ``name`` the object's hash, ``path`` from the repository's top."""

    mode: bytes
    kind: bytes
    name: str
    path: str


def ask(top: Path, *arguments: str) -> bytes:
    """What git says; b"" when it ends with an error and says nothing.

    Raises SpikeproofError when git is missing, does not end, or ends with an error and words.
    """
    try:
        run = subprocess.run(
            ["git", *_INERT, *arguments],
            cwd=top,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise SpikeproofError(
            "git was not found: revisions are read with it, install it"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SpikeproofError(f"git {arguments[0]} did not end within {_TIMEOUT:.0f} s") from error
    if run.returncode and run.stderr:
        words = run.stderr.decode("utf-8", "replace").strip()
        raise SpikeproofError(f"git cannot read {show(top)}", words)
    return b"" if run.returncode else run.stdout


def commit_of(top: Path, name: str) -> str:
    """The commit that ``name`` means, "" when it means none."""
    if not name.strip() or "\0" in name:
        return ""
    found = ask(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return found.strip().decode("ascii")


def tree_of(top: Path, commit: str) -> Iterator[TreeEntry]:
    """All files of ``commit``, in git's order."""
    listing = ask(top, "ls-tree", "-r", "-z", "--full-tree", commit)
    for line in filter(None, listing.split(b"\0")):
        head, _, raw = line.partition(b"\t")
        mode, kind, name = head.split(b" ")[:3]
        yield TreeEntry(mode, kind, name.decode("ascii"), os.fsdecode(raw))


def contents(top: Path, entries: Iterable[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]:
    """The bytes of the blobs among ``entries``. Raises SpikeproofError for one that is not there
    (a partial clone)."""
    command = ["git", *_INERT, "cat-file", "--batch"]
    with subprocess.Popen(
        command, cwd=top, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        try:
            for entry in entries:
                if entry.kind == b"blob":
                    git.stdin.write(entry.name.encode("ascii") + b"\n")
                    git.stdin.flush()
                    yield entry, _object(git.stdout, entry.path)
        finally:
            with suppress(OSError):
                git.stdin.close()
            git.kill()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def _object(stream: IO[bytes], path: str) -> bytes:
    head = stream.readline().split()
    if len(head) != 3 or head[1] != b"blob":
        raise SpikeproofError(f"git does not have {show(path)}: fetch the revision's objects first")
    size = int(head[2])
    data = stream.read(size)
    if len(data) != size or stream.read(1) != b"\n":
        raise SpikeproofError(f"git ended within {show(path)}")
    return data
