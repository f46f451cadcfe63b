"""What rustc told, kept for later runs: by file, under the key of the units that read it.

So what was asked about a crate is known as long as neither it nor what it is compiled against has changed,
whatever else did. Of a whole tree the keys of its files are kept, too: then nothing need be checked to know
the answers about a tree that is as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from engine.base.user_cache import UserCache, digest, folder
from engine.cargo.toolchain import UNSTEADY
from engine.cargo.tree_key import TreeKey
from engine.cargo.unit_keys import UnitKeys
from engine.cargo.units import Unit
from engine.rust.questions import NOTHING, Answers, Question
from engine.rust.types import Type

_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was told about one file."""

    types: tuple[tuple[Question, Type], ...] = ()
    traits: tuple[tuple[Question, bool], ...] = ()
    reasons: tuple[tuple[Question, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of the files of a tree that were asked about."""

    of_path: dict[str, bytes] = field(default_factory=dict)


class KeptAnswers:
    """Those about the tree that ``tree`` has the keys of, which was just checked, and about versions of it."""

    def __init__(self, tree: TreeKey) -> None:
        base = folder() if tree.is_possible else None
        self._answers = UserCache(base, "answers", _Kept)
        self._trees = UserCache(base, "trees", _Keys)
        self._tree = tree
        self._key = tree.now().key if tree.is_possible else b""

    def of_tree(self, texts: Mapping[str, bytes]) -> Answers:
        """What was told of the tree with ``texts`` in it, where just that was asked about before."""
        key = self._with(texts)
        keys = self._trees.get([key]).get(key, _Keys()).of_path
        return self._joined(keys.values())

    def of_units(self, units: Sequence[Unit], paths: Collection[str]) -> Answers:
        """What was told of ``paths`` in the tree as it is written now, and checked: ``units`` are that
        check's."""
        if not self._trees.is_possible:
            return NOTHING
        keys = UnitKeys(units, self._tree)
        return self._joined(keys.of_path(path) for path in paths)

    def put(self, texts: Mapping[str, bytes], units: Sequence[Unit], answers: Answers) -> None:
        """Keep ``answers`` about the tree with ``texts``, as it is written now and checked, but for what
        rustc may answer another time."""
        if not self._trees.is_possible or any(unit.strangers for unit in units):
            return
        keys = UnitKeys(units, self._tree)
        steady = {q: why for q, why in answers.reasons.items() if why not in UNSTEADY}
        types, traits = _by_path(answers.types), _by_path(answers.traits)
        reasons = _by_path(steady)
        of_path = {path: keys.of_path(path) for path in {*types, *traits, *reasons}}
        self._answers.put(
            {
                key: _Kept(
                    tuple(types.get(path, ())),
                    tuple(traits.get(path, ())),
                    tuple(reasons.get(path, ())),
                )
                for path, key in of_path.items()
            }
        )
        self._trees.put({self._with(texts): _Keys(of_path)})

    def _joined(self, keys: Iterable[bytes]) -> Answers:
        every = self._answers.get(keys).values()
        return Answers(
            dict(pair for kept in every for pair in kept.types),
            dict(pair for kept in every for pair in kept.traits),
            dict(pair for kept in every for pair in kept.reasons),
        )

    def _with(self, texts: Mapping[str, bytes]) -> bytes:
        return digest(self._key, *(part for pair in sorted(texts.items()) for part in pair))


def _by_path(answers: Mapping[Question, _Told]) -> dict[str, list[tuple[Question, _Told]]]:
    found: dict[str, list[tuple[Question, _Told]]] = {}
    for question, told in answers.items():
        found.setdefault(question.path, []).append((question, told))
    return found
