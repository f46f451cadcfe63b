"""What a review leaves for the next one: answers to go on with, and the way back.

Kept below the target directory, in ``spikeproof/review/``: ``answers.json`` and ``undo/NNNN.json``.
Files are known by the hash of their content, so that what is stale shows. What is read here was
written by this program, but stands where others can write: paths are checked, nothing is trusted.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.app.review.items import Answer, Kind
from engine.app.review.tree import Change, read
from engine.base.errors import SpikeproofError
from engine.base.fsio import open_parent, read_regular, show
from engine.base.model import Edit
from engine.cargo.sources import VCS

_LIMIT = 256 * 2**20  # bytes of one file of ours
_KEPT = 20  # ways back
_VERSION = 1


def digest(text: bytes) -> str:
    """What a text is known by: its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(text).hexdigest()


@dataclass(frozen=True)
class Remembered:
    """One answer (None: open yet). ``edits`` says what it is about, ``kind`` where that came from."""

    id: str
    part: str
    kind: Kind
    label: str
    answer: Answer | None
    edits: tuple[Edit, ...]

    @property
    def paths(self) -> frozenset[str]:
        """The files that its edits are of."""
        return frozenset(edit.path for edit in self.edits)


@dataclass(frozen=True)
class Answers:
    """``files`` gives for every path of the answers the hash of the text that they are about."""

    files: Mapping[str, str] = field(default_factory=dict)
    given: tuple[Remembered, ...] = ()


class Memory:
    """The folder of one workspace. ``base`` is the scratch folder; it need not be there. ``words`` are
    the options of this session, kept with its answers."""

    def __init__(self, base: Path, root: Path, words: Sequence[str] = ()) -> None:
        self._base = base
        self._root = root
        self._words = list(words)

    # -- answers -------------------------------------------------------------------------------

    def keep(self, answers: Answers) -> None:
        """Keep ``answers`` in place of those kept before. Raises SpikeproofError when the folder
        cannot be written."""
        self._put(
            (),
            "answers.json",
            {
                "words": self._words,
                "files": dict(answers.files),
                "given": [
                    {
                        "id": one.id,
                        "part": one.part,
                        "kind": str(one.kind),
                        "label": one.label,
                        "answer": None if one.answer is None else str(one.answer),
                        "edits": [
                            [edit.path, edit.start, edit.end, _packed(edit.replacement)]
                            for edit in one.edits
                        ],
                    }
                    for one in answers.given
                ],
            },
        )

    def answers(self) -> Answers:
        """What was kept last; empty when there is nothing. Raises SpikeproofError when it cannot be
        read as such."""
        stored = self._get((), "answers.json")
        if stored is None:
            return Answers()
        with _understood("the answers of the last session", self._base / "review"):
            given = tuple(
                Remembered(
                    str(one["id"]),
                    str(one["part"]),
                    Kind(one["kind"]),
                    str(one["label"]),
                    None if one["answer"] is None else Answer(one["answer"]),
                    tuple(
                        Edit(_inside(path), int(start), int(end), _unpacked(text))
                        for path, start, end, text in one["edits"]
                    ),
                )
                for one in stored["given"]
            )
            files = {str(path): str(known) for path, known in stored["files"].items()}
            return Answers(files, given)

    def words(self) -> tuple[str, ...]:
        """The options of the session whose answers were kept last; none when there is none. Raises
        SpikeproofError when it cannot be read as such."""
        stored = self._get((), "answers.json")
        with _understood("the options of the last session", self._base / "review"):
            return tuple(map(str, stored.get("words", ()))) if stored is not None else ()

    def answers_kept(self) -> bool:
        """Are there answers of an earlier session?"""
        return (self._base / "review" / "answers.json").is_file()

    def forget(self) -> None:
        """No answers any more."""
        with contextlib.suppress(OSError):
            (self._base / "review" / "answers.json").unlink()

    # -- the way back --------------------------------------------------------------------------

    def note(self, changes: Iterable[Change]) -> None:
        """Put the way back from ``changes`` on record. To be called before they are written. Raises
        SpikeproofError when that cannot be."""
        numbers = self._numbers()
        entry = {
            "files": [
                {"path": c.path, "before": _packed(c.before), "after": digest(c.after)}
                for c in changes
            ]
        }
        self._put(("undo",), f"{max(numbers, default=0) + 1:06d}.json", entry)
        for old in numbers[: -(_KEPT - 1)]:
            self._drop(old)

    def back(self) -> tuple[Change, ...]:
        """The changes that take back the last apply. Those of its files that are as they were
        before it (it was cut short) are left out.

        Raises SpikeproofError when there is nothing to take back, or naming the files that are
        neither as it left them nor as they were.
        """
        numbers = self._numbers()
        if not numbers:
            raise SpikeproofError(
                "nothing to take back: no apply is on record (the record is in the target "
                "directory, and goes with it)"
            )
        stored = self._get(("undo",), _name(numbers[-1]))
        if stored is None:
            raise SpikeproofError("the record of the last apply went away: run it again")
        changes: list[Change] = []
        other: list[str] = []
        with _understood("the record of the last apply", self._base / "review"):
            for one in stored["files"]:
                path, before = _inside(one["path"]), _unpacked(one["before"])
                now = read(self._root, path)
                if now is not None and digest(now) == one["after"]:
                    changes.append(Change(path, now, before))
                elif now != before:
                    other.append(path)
        if other:
            named = ", ".join(show(path) for path in other)
            raise SpikeproofError(
                f"changed since the last apply, so nothing was taken back: {named}"
            )
        return tuple(changes)

    def gone_back(self) -> None:
        """Forget the last apply: it was taken back, or nothing was written after all."""
        numbers = self._numbers()
        if numbers:
            self._drop(numbers[-1])

    # -- files ---------------------------------------------------------------------------------

    def _numbers(self) -> list[int]:
        try:
            names = os.listdir(self._base / "review" / "undo")
        except OSError:
            return []
        stems = (name.removesuffix(".json") for name in names if name.endswith(".json"))
        return sorted(int(stem) for stem in stems if stem.isascii() and stem.isdigit())

    def _drop(self, number: int) -> None:
        with contextlib.suppress(OSError):
            (self._base / "review" / "undo" / _name(number)).unlink()

    @contextlib.contextmanager
    def _folder(self, inner: tuple[str, ...], make: bool) -> Iterator[int]:
        top = os.open(self._base, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fd = open_parent(top, ("review", *inner), make=make)
        finally:
            os.close(top)
        try:
            yield fd
        finally:
            os.close(fd)

    def _put(self, inner: tuple[str, ...], name: str, value: dict[str, Any]) -> None:
        data = json.dumps({"version": _VERSION, "root": str(self._root), **value}).encode("ascii")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        temporary = f"new-{os.getpid()}"
        try:
            self._base.mkdir(parents=True, exist_ok=True)  # somebody may have cleaned up
            with self._folder(inner, make=True) as folder:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=folder)
                with os.fdopen(os.open(temporary, flags, 0o600, dir_fd=folder), "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
                os.fsync(folder)
        except OSError as error:
            raise SpikeproofError(
                f"cannot keep {name} in {show(self._base)}: {error.strerror}"
            ) from error

    def _get(self, inner: tuple[str, ...], name: str) -> dict[str, Any] | None:
        try:
            with self._folder(inner, make=False) as folder:
                data = read_regular(name, _LIMIT, dir_fd=folder, follow=False)
        except OSError:
            return None
        with _understood(name, self._base / "review"):
            value = json.loads(data)
            if value["version"] != _VERSION or value["root"] != str(self._root):
                raise ValueError("of another workspace or version")
            assert isinstance(value, dict)
            return value


@contextlib.contextmanager
def _understood(what: str, where: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SpikeproofError(f"cannot read {what}: delete {show(where)}") from error


def _name(number: int) -> str:
    return f"{number:06d}.json"


def _inside(path: Any) -> str:
    """The path of a source or a manifest below the root. Raises ValueError for any other."""
    parts = str(path).split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or not VCS.isdisjoint(parts) or "\0" in str(path):
        raise ValueError(f"not a source file: {path}")
    if not parts[-1].endswith(".rs") and parts[-1] != "Cargo.toml":
        raise ValueError(f"not a source file: {path}")
    return str(path)


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unpacked(text: Any) -> bytes:
    return base64.b64decode(str(text), validate=True)
