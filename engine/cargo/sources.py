"""The ``.rs`` files of a workspace: which may be scanned and changed, and how one is read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.base.errors import SpikeproofError
from engine.base.fsio import NotRegularError, TooLargeError, exists, read_below, read_regular
from engine.base.ignore import Ignore, Patterns
from engine.base.model import Skip

LIMIT = 8 * 2**20  # bytes of one source file: beyond it stands data, not a person's code
_READABLE = 64 * 2**20  # bytes of a file that may not be changed and is only searched for uses

GIT_IGNORED = "git-ignored"
VENDORED = "vendored"
EXCLUDED = "excluded by the config"
UNNAMED = "not among the config's `paths`"
# What is left alone for these reasons may be compiled with the rest all the same.
_COMPILED = frozenset({GIT_IGNORED, VENDORED, EXCLUDED, UNNAMED})
VCS = frozenset({".git", ".hg", ".svn", ".jj", ".pijul", "CVS", "_darcs", ".bzr"})
_VENDOR = frozenset({"vendor", "vendored", "third_party", "third-party"})
# Below these a folder is a module, whatever its name.
_CODE = frozenset({"src", "tests", "benches", "examples"})
_TAG = b"Signature: 8a477f597d28d172789f06886806bc55"  # bford.info/cachedir

_HEAD = 4096  # bytes in which a generator leaves its mark
_COMMENT = re.compile(rb"^[ \t]*(?://[/!]?|/?\*+!?|#!\[doc *=)(.*)$", re.MULTILINE)
_GENERATED = re.compile(
    rb"""(?:^|[^\w@`'"])@generated\b
    |\bthis\ (?:file|code|module)\ (?:is|was|has\ been)\ (?:auto(?:matically|-)?\ ?)?generated\b
    |^\W*auto(?:matically|-)?\ ?generated
        (?=\W*$|\ *[.,;:!(]|\ -|\ (?:by|with|from|using|file|code|bindings|do\ not)\b)
    |\bgenerated\ (?:by|using|from|with)\b.*\bdo\ not\ (?:edit|modify|change)\b
    |\bdo\ not\ (?:edit|modify|change)\b.*\bgenerated\ (?:by|using|from|with)\b
    |^\W*(?:code|file|bindings)\ (?:was\ )?generated\ (?:by|using|with)\b
    |\bentity[.,]\ generated\ by\ sea-orm
    |\bgenerated\ using\ svd2rust\b""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a walk found. ``owners`` gives for each file the root of its package; ``foreign`` are
    folders of packages that are no members."""

    owners: Mapping[str, str]
    skipped: tuple[Skip, ...]
    foreign: frozenset[str]


def list_sources(root: Path, packages: Mapping[str, Patterns]) -> Listing:
    """The sources of ``packages`` (root relative to ``root``, ``""`` for itself -> its excludes).

    Opens no file but ``.gitignore`` and the like; follows no symlink. Paths are sorted.
    """
    walk = _Walk(root, packages)
    for package in sorted(packages):
        walk.package(package)
    files = dict(sorted(walk.owners.items()))
    skips = sorted(walk.skipped.items())
    return Listing(files, tuple(Skip(path, reason) for path, reason in skips), walk.foreign)


def read_source(root: Path, path: str) -> bytes | Skip:
    """The text of ``path``, or why it is left out.

    Left out are: what is no regular file any more, symlinks (in the folders above it too), more
    than 8 MiB, what is not UTF-8 or holds NUL bytes, generated code. A BOM stays in the bytes.
    """
    try:
        data = read_below(root, path, LIMIT)
    except NotRegularError:
        return Skip(path, "not a regular file")
    except TooLargeError:
        return Skip(path, f"larger than {LIMIT // 2**20} MiB")
    except OSError as error:
        return Skip(path, f"cannot be read: {error.strerror}")
    if b"\0" in data:
        return Skip(path, f"holds a NUL byte in line {_line(data, data.index(0))}")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Skip(path, f"not UTF-8 in line {_line(data, error.start)}")
    if is_generated(data):
        return Skip(path, "generated code")
    return data


def read_for_uses(root: Path, path: str) -> tuple[bytes, str]:
    """The text of ``path`` as rustc sees it, and why it may not be changed ("" when it may be).

    For who looks for uses: a file that :func:`read_source` leaves out is compiled all the same.
    What cannot be opened has no text, for rustc cannot open it either. Raises SpikeproofError for
    a file that is gone, and beyond 64 MiB.
    """
    found = read_source(root, path)
    if not isinstance(found, Skip):
        return found, ""
    try:
        return read_below(root, path, _READABLE), found.reason
    except TooLargeError:
        raise SpikeproofError(
            f"{path} is larger than {_READABLE // 2**20} MiB: too large to be searched for uses of "
            "what a fix changes; move it out of the package, or choose other packages with `-p`"
        ) from None
    except FileNotFoundError:
        raise SpikeproofError(f"{path} is gone since the scan: run again") from None
    except OSError:
        return b"", found.reason


def left_alone(root: Path, skipped: Iterable[Skip]) -> dict[str, str]:
    """The ``.rs`` files of ``skipped`` that may be compiled with the workspace, each with the reason
    why it may not be changed. Folders are walked as far as the next package; build output and
    symlinks are not."""
    found: dict[str, str] = {}
    for skip in skipped:
        if skip.reason not in _COMPILED:
            continue
        if not skip.path.endswith("/"):
            found[skip.path] = skip.reason
            continue
        found.update((path, skip.reason) for path in sources_below(root, skip.path))
    return dict(sorted(found.items()))


def sources_below(root: Path, top: str) -> Iterator[str]:
    """The ``.rs`` files below the folder ``top`` (with a slash behind it), as far as the next package;
    build output and symlinks are left out."""
    pending = [top]
    while pending:
        prefix = pending.pop()
        try:
            entries = list(os.scandir(root / prefix))
        except OSError:
            continue  # rustc cannot look into it either
        names = frozenset(entry.name for entry in entries)
        if prefix != top and not names.isdisjoint({"Cargo.toml", ".cargo-checksum.json"}):
            continue
        if is_build_output(root / prefix, names, ignored=True):
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in VCS:
                    pending.append(f"{prefix}{entry.name}/")
            elif entry.name.endswith(".rs") and entry.is_file(follow_symlinks=False):
                yield prefix + entry.name


def is_generated(data: bytes) -> bool:
    """Does a comment in the first 4 KiB say that a program wrote this file?"""
    head = data[:_HEAD]
    if b"enerated" not in head and b"ENERATED" not in head:
        return False
    return any(_GENERATED.search(comment[1]) for comment in _COMMENT.finditer(head))


def is_build_output(folder: Path, names: frozenset[str], *, ignored: bool) -> bool:
    """Is ``folder`` (its entries: ``names``) a target directory or another tool's cache?

    A ``CACHEDIR.TAG`` alone does not make one: it can be a fixture of a crate's tests.
    """
    if ".rustc_info.json" in names:
        return True
    if folder.name == "target" and "Cargo.toml" not in names and ignored:
        return True
    if "CACHEDIR.TAG" not in names or not (ignored or folder.name == "target"):
        return False
    try:
        return read_regular(folder / "CACHEDIR.TAG", _HEAD * 16).startswith(_TAG)
    except OSError:
        return False


class _Walk:
    def __init__(self, root: Path, packages: Mapping[str, Patterns]) -> None:
        self.root = root
        self.packages = packages
        self.ignore = Ignore(root)
        self.owners: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.foreign: frozenset[str] = frozenset()

    def package(self, package: str) -> None:
        parts = package.split("/") if package else []
        if not _VENDOR.isdisjoint(parts):
            self.skipped[package + "/"] = VENDORED
        elif parts and self.ignore.ignores_above(package):
            self.skipped[package + "/"] = GIT_IGNORED
        elif link := self._link_in(parts):
            self.skipped[package + "/"] = f"{link} is a symbolic link"
        else:
            self._below(package, self.packages[package])

    def _link_in(self, parts: list[str]) -> str:
        paths = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        return next((path for path in paths if (self.root / path).is_symlink()), "")

    def _below(self, package: str, excludes: Patterns) -> None:
        start = package + "/" if package else ""
        pending = [(package, False)]  # folder, below a folder of code
        while pending:
            folder, code = pending.pop()
            prefix = folder + "/" if folder else ""
            try:
                entries = list(os.scandir(self.root / folder))
            except OSError as error:
                self.skipped[prefix or "./"] = f"cannot be read: {error.strerror}"
                continue
            if folder != package and self._stops(prefix, folder, entries):
                continue
            for entry in entries:
                path = prefix + entry.name
                if entry.is_symlink():
                    self._note_link(path, entry)
                elif entry.is_dir(follow_symlinks=False):
                    inside = code or (prefix == start and entry.name in _CODE)
                    if self._enters(path, entry.name, inside, excludes):
                        pending.append((path, inside))
                elif entry.name.endswith(".rs"):
                    self._take(path, package, entry, excludes)

    def _stops(self, prefix: str, folder: str, entries: list[os.DirEntry[str]]) -> bool:
        names = frozenset(entry.name for entry in entries)
        if ".cargo-checksum.json" in names:
            self.skipped[prefix] = VENDORED
            return True
        if "Cargo.toml" in names:  # another package: a member is walked on its own
            if folder not in self.packages:
                self.skipped[prefix] = "a package that is not a member of this workspace"
                self.foreign |= {folder}
            return True
        # Not reported: nobody takes build output for sources.
        return is_build_output(self.root / folder, names, ignored=False)

    def _enters(self, path: str, name: str, code: bool, excludes: Patterns) -> bool:
        if name in VCS:
            return False
        if self.ignore.ignores(path, folder=True):
            if name != "target":
                self.skipped[path + "/"] = GIT_IGNORED
            return False
        if name in _VENDOR and not code:
            self.skipped[path + "/"] = VENDORED
            return False
        if excludes.decides(path, folder=True):
            self.skipped[path + "/"] = EXCLUDED
            return False
        return True

    def _take(self, path: str, package: str, entry: os.DirEntry[str], excludes: Patterns) -> None:
        if self.ignore.ignores(path, folder=False):
            self.skipped[path] = GIT_IGNORED
        elif excludes.decides(path, folder=False):
            self.skipped[path] = EXCLUDED
        elif not entry.is_file(follow_symlinks=False):
            self.skipped[path] = "not a regular file"
        else:
            self.owners[path] = package

    def _note_link(self, path: str, entry: os.DirEntry[str]) -> None:
        """A link is never followed: inside the tree its target is met under its own name."""
        try:
            folder = entry.is_dir()
        except OSError:
            folder = False
        if not folder and not entry.name.endswith(".rs"):
            return
        target = Path(os.path.realpath(entry.path))
        if not exists(target):
            reason = "broken symbolic link"
        elif target.is_relative_to(self.root):
            reason = f"symbolic link to {os.path.relpath(target, self.root)}"
        else:
            reason = "symbolic link that leaves the workspace"
        self.skipped[path + "/" if folder else path] = reason


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def ancestors(path: str) -> Iterator[str]:
    """The folders above ``path``, the nearest first, down to ``""``."""
    while path:
        path = path.rpartition("/")[0]
        yield path
