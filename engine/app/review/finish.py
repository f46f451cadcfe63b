"""The end of a review: what was taken becomes texts, they are proven, they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.app.review import tree
from engine.app.review.items import Item
from engine.app.review.memory import Memory
from engine.app.review.proof import Proven, Tried
from engine.app.review.texts import Texts
from engine.base.errors import SpikeproofError


class SelectionProver(Protocol):
    """Proves all that was taken together; ``proof.ReviewProver`` is one."""

    def prove(self, items: Sequence[Item]) -> Proven:
        """Prove all ``items`` together, and find those that do not hold."""
        ...

    def renew(self) -> None:
        """Prove in a copy of what the user's tree is now."""
        ...


@dataclass(frozen=True)
class Ready:
    """Texts to be written. ``stale`` are files that changed since the scan, ``dropped`` the items
    that touch them, ``left_out`` those that cannot stand with the others, ``failed`` those that
    the proof refused; ``files`` are proven without all of these."""

    files: Mapping[str, bytes]
    stale: tuple[str, ...] = ()
    dropped: tuple[Item, ...] = ()
    left_out: tuple[Item, ...] = ()
    failed: tuple[Tried, ...] = ()
    tests: str = ""  # what the proof of just these said; "" where they were proven before


class Finish:
    """``proven`` are the texts that the run has proven; ``stamps`` show whether the tree is still
    the one that it was proven in."""

    def __init__(
        self,
        root: Path,
        texts: Texts,
        prover: SelectionProver,
        memory: Memory,
        proven: Mapping[str, bytes],
        stamps: Mapping[str, tuple[int, ...]],
    ) -> None:
        self._root = root
        self._texts = texts
        self._prover = prover
        self._memory = memory
        self._proven = proven
        self._stamps = dict(stamps)

    def ready(self, taken: Sequence[Item]) -> Ready:
        """What can be written of ``taken``. A fix is whole or not at all: one that touches a file
        that changed is left. Runs cargo unless exactly this text was proven, in this tree."""
        paths = {path for item in taken for path in item.fix.paths}
        stale = tree.changed(self._root, {path: self._texts.read(path) for path in paths})
        dropped = tuple(item for item in taken if not set(stale).isdisjoint(item.fix.paths))
        rest = [item for item in taken if item not in dropped]
        chosen = self._texts.of(rest)
        rest = [item for item in rest if item not in chosen.left_out]
        if not rest:
            return Ready({}, stale, dropped, chosen.left_out)
        now = tree.stamps(self._root, self._stamps)
        if now != self._stamps:
            self._prover.renew()
            self._stamps = now
            self._proven = {}  # in a tree that is no more
        elif chosen.files == self._proven:
            return Ready(chosen.files, stale, dropped, chosen.left_out)
        proof = self._prover.prove(rest)
        files = {p: text for p, text in proof.files.items() if text != self._texts.read(p)}
        if not proof.failed:
            self._proven = files
        return Ready(files, stale, dropped, chosen.left_out, proof.failed, proof.tests)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write ``files``, with the way back on record. Raises SpikeproofError; then all files are
        as they were."""
        write(self._root, self._memory, files, self._texts)


def write(root: Path, memory: Memory, files: Mapping[str, bytes], texts: Texts) -> None:
    """Write ``files`` below ``root``, all or none, with the way back noted before. Raises
    SpikeproofError when they cannot be written; then all are as they were."""
    changes = [tree.Change(path, texts.read(path), text) for path, text in sorted(files.items())]
    memory.note(changes)
    try:
        tree.write(root, changes)
    except SpikeproofError:
        memory.gone_back()
        raise


def take_back(root: Path, memory: Memory) -> tuple[str, ...]:
    """Undo the last apply; the paths that were put back. Raises SpikeproofError."""
    changes = memory.back()
    tree.write(root, changes)
    memory.gone_back()
    return tuple(change.path for change in changes)
