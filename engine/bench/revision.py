"""A git revision as a folder, without letting the repository run anything.

``git checkout`` and ``git archive`` run filters that the repository's configuration names, hooks, and
obey attributes; here git only lists a tree and gives its objects byte for byte. Lazy fetching (a
partial clone) is refused, for it runs the transport that the configuration names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from engine.errors import SpikeproofError
from engine.fsio import show
from engine.ignore import repository_top
from engine.sources import VCS

_LFS = b"version https://git-lfs.github.com/spec/"
_TIMEOUT = 60.0  # seconds, for what answers at once
_INERT = (
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat"),
    *("-c", "protocol.allow=never", "--no-replace-objects"),
)


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
    commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if not commit:
        raise SpikeproofError(
            f"{show(name)} is neither a folder nor a revision of {show(top)}: name one of these"
        )
    revision = commit.strip().decode("ascii")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / ".git").mkdir()  # its top, for what looks for a repository around a workspace
    left_out = tuple(_write(top, revision, place))
    wanted = place / folder.relative_to(top)
    if not wanted.is_dir():
        raise SpikeproofError(f"{show(folder)} is not there in {show(name)}")
    return Revision(wanted, revision, left_out)


def _git(top: Path, *arguments: str) -> bytes:
    """What git says; b"" when it ends with an error and says nothing."""
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


def _write(top: Path, revision: str, place: Path) -> Iterator[str]:
    """Write all files; yields the paths that are not what a checkout would have."""
    listing = _git(top, "ls-tree", "-r", "-z", "--full-tree", revision)
    entries = [entry for entry in listing.split(b"\0") if entry]
    command = ["git", *_INERT, "cat-file", "--batch"]
    with subprocess.Popen(
        command, cwd=top, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        try:
            for entry in entries:
                head, _, raw = entry.partition(b"\t")
                mode, kind, name = head.split(b" ")[:3]
                path = os.fsdecode(raw)
                if kind != b"blob":
                    yield f"{path} (a submodule)"
                    continue
                git.stdin.write(name + b"\n")
                git.stdin.flush()
                data = _object(git.stdout, path)
                _put(place, path, mode, data)
                if data.startswith(_LFS):
                    yield f"{path} (a file of git-lfs: only its pointer is there)"
        finally:
            with suppress(OSError):
                git.stdin.close()
            git.kill()


def _object(stream: IO[bytes], path: str) -> bytes:
    head = stream.readline().split()
    if len(head) != 3 or head[1] != b"blob":
        raise SpikeproofError(f"git does not have {show(path)}: fetch the revision's objects first")
    size = int(head[2])
    data = stream.read(size)
    if len(data) != size or stream.read(1) != b"\n":
        raise SpikeproofError(f"git ended within {show(path)}")
    return data


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
