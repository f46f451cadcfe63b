"""What rustc told of a tree, kept for later runs on the same tree.

The key is all that a build may read: every file of the copy, the lock file that cargo made, cargo's
arguments, its configuration files, the environment that is passed on, the toolchain, and this program's own
code. Where packages outside of the workspace's folder are built with it, nothing is kept: their files are
not in the copy. What a build script fetches from elsewhere is not seen; ``--fresh`` asks anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.base.fsio import exists
from engine.base.user_cache import UserCache, digest, folder
from engine.cargo.cargo import Cargo
from engine.cargo.cargoconfig import cargo_home, hierarchy
from engine.cargo.oracle import UNSTEADY
from engine.rust.questions import NOTHING, Answers, Question
from engine.rust.types import Type


@dataclass(frozen=True, slots=True)
class _Kept:
    types: tuple[tuple[Question, Type], ...] = ()
    traits: tuple[tuple[Question, bool], ...] = ()
    reasons: tuple[tuple[Question, str], ...] = ()


class KeptAnswers:
    """Those about one tree, and about versions of it. ``cargo`` has just checked the tree, whose folder is
    ``root`` for the user; ``files`` are those that were copied, ``arguments`` what its runs are made with;
    ``outside``: does it build packages that were not copied?"""

    def __init__(
        self, cargo: Cargo, root: Path, files: tuple[str, ...], arguments: object, outside: bool
    ) -> None:
        self._cache = UserCache(None if outside else folder(), "answers", _Kept)
        self._tree = b""
        if self._cache.is_possible:
            said = [cargo.version(), repr(arguments), *_configured(root)]
            said += [f"{name}={value}" for name, value in sorted(cargo.environment.items())]
            tree = hashlib.blake2b("\0".join(said).encode("utf-8", "surrogateescape"))
            for path in sorted({*files, "Cargo.lock"}):
                place = cargo.scratch.tree / path
                if exists(place) and not place.is_symlink():
                    tree.update(digest(place.read_bytes(), path))
            self._tree = tree.digest()

    def get(self, texts: Mapping[str, bytes]) -> Answers:
        """What was told of the tree with ``texts`` in it."""
        key = self._key(texts)
        kept = self._cache.get([key]).get(key)
        if kept is None:
            return NOTHING
        return Answers(dict(kept.types), dict(kept.traits), dict(kept.reasons))

    def put(self, texts: Mapping[str, bytes], answers: Answers) -> None:
        """Keep ``answers``, but for what rustc may answer another time."""
        steady = {q: why for q, why in answers.reasons.items() if why not in UNSTEADY}
        kept = _Kept(
            tuple(answers.types.items()), tuple(answers.traits.items()), tuple(steady.items())
        )
        self._cache.put({self._key(texts): kept})

    def _key(self, texts: Mapping[str, bytes]) -> bytes:
        return digest(self._tree, *(part for pair in sorted(texts.items()) for part in pair))


def _configured(root: Path) -> list[str]:
    """Cargo's configuration files that hold for ``root``."""
    files = hierarchy(root, cargo_home())
    return [json.dumps([str(file.path), file.values], default=str) for file in files]
