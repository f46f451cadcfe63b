"""Types from rustc and the traits that they implement, without a run of cargo.

The noted rustc commands of the last check are run again, directly, on a copy of the tree that holds
the probes (``type_probes``, ``trait_probes``): every unit against the metadata that the last good
build made of its dependencies, so a library with questions (that is, with errors) hides nothing
behind it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from engine.cargo.cargo import Cargo
from engine.cargo.hardlink_tree import HardlinkTree
from engine.cargo.look_probes import LookProbes
from engine.cargo.messages import Paths
from engine.cargo.open_questions import Asking
from engine.cargo.send_probes import SendProbes
from engine.cargo.toolchain import Reply
from engine.cargo.units import Unit, replay
from engine.rust.files import Files
from engine.rust.full_paths import FullPaths
from engine.rust.questions import AWAITS, LOOKS, NOTHING, Answers, Question

_ROUNDS = 4  # a round more drops the probes that broke the one before
_REFUSED = ("is only accepted on the nightly", "unknown unstable option", "not supported on stable")


class Oracle:
    """Asks the units of ``cargo``'s last check, which must have passed on the tree's present text:
    each unit is compiled against what that check made of its dependencies.

    ``jobs`` rustc processes run at a time.
    """

    def __init__(self, cargo: Cargo, jobs: int = 2) -> None:
        self._cargo = cargo
        self._jobs = jobs
        self._unstable = True
        self._out = cargo.scratch.build.parent / "answers"
        self._asking = Asking(())
        self._checked: object = None  # what the units were checked on

    def ask(
        self,
        questions: Iterable[Question],
        sources: Files,
        known: Answers = NOTHING,
        rounds: int | None = None,
    ) -> Answers:
        """The answers to these questions, all asked at once, and those ``known`` before.

        What is known, or was asked in vain, is not asked again. ``sources`` hold the tree's text. With
        ``rounds``, no more replays than that follow on each other: what is still open then has no
        answer, not even why, and is gone on with when it is asked for again (together with others:
        that costs no replay more).

        Raises SpikeproofError as ``Cargo`` does, and RuntimeError where something is to be asked
        and the tree was not checked as it is, or ``sources`` hold another text.
        """
        new = sorted({question for question in questions if not known.knows(question)})
        if not new:
            return known
        if not self._cargo.is_checked:
            raise RuntimeError("the tree was changed after its last check, or did not pass it")
        if self._checked is not self._cargo.checked:
            self._checked, self._asking = self._cargo.checked, Asking(self._cargo.units)
        asking = self._asking
        sent = [question for question in new if question.trait in AWAITS]
        looks = [question for question in new if question.trait in LOOKS]
        for question in new:
            if question.trait not in AWAITS | LOOKS:
                asking.add(question, sources)
        told = NOTHING
        if asking.open or sent or looks:
            tree = self._cargo.scratch.tree
            asked = {each.question.path for each in asking.open.values()}
            for path in asked.union(question.path for question in (*sent, *looks)):
                if (tree / path).read_bytes() != sources.get(path).data:
                    raise RuntimeError(f"the tree holds another text of {path} than what is asked")
            self._out.mkdir(parents=True, exist_ok=True)
            # Beside the tree, so that `..` leads to the same neighbours.
            overlay = HardlinkTree(tree, tree.with_name(f".{tree.name}.asked"))
            try:
                self._ask(asking, overlay, sources, rounds)
                for apart, probes in ((sent, SendProbes(sources)), (looks, LookProbes(sources))):
                    if apart:
                        told = told.joined(self._ask_apart(probes, apart, overlay))
            finally:
                overlay.remove()
                shutil.rmtree(self._out, ignore_errors=True)
        answers = asking.answers().joined(told)
        if not self._unstable:
            full = FullPaths(sources)
            answers = replace(answers, types={q: full.of(t) for q, t in answers.types.items()})
        return known.joined(answers)

    def _ask(
        self, asking: Asking, overlay: HardlinkTree, sources: Files, rounds: int | None
    ) -> None:
        """Ask until no unit has anything more to say, or ``rounds`` are over."""
        made = 0
        while units := asking.next_units():
            for _ in range(_ROUNDS):
                if made == rounds:
                    return
                stuck = self._round(asking, units, overlay, sources)
                made += 1
                asking.finish([unit for unit in units if unit not in stuck])
                units = stuck
                if not units:
                    break
            asking.finish(units)

    def _ask_apart(
        self, probes: SendProbes | LookProbes, questions: Sequence[Question], overlay: HardlinkTree
    ) -> Answers:
        """What awaits would change about futures, or who writes through a guard: apart from all else, which
        would be in the way."""

        def replayed(units: Sequence[Unit], texts: Mapping[str, bytes]) -> Sequence[Reply]:
            overlay.put(texts)
            return self._replay(units, overlay)

        probes.ask(questions, self._cargo.units, replayed)
        return probes.answers()

    def _round(
        self, asking: Asking, units: Sequence[Unit], overlay: HardlinkTree, sources: Files
    ) -> list[Unit]:
        """Ask ``units`` once; those that are to be asked again."""
        files = frozenset[str]().union(*(unit.files for unit in units))
        probed = asking.probed(files, sources)
        if not probed:
            return []
        left, total = len(asking.open), asking.total
        self._cargo.progress(f"{total - left} of {total} answers known")
        overlay.put({path: text.data for path, text in probed.items()})
        replies = self._replay(units, overlay)
        asking.count(replies)
        doubtful = [
            asking.take(unit, reply, probed) for unit, reply in zip(units, replies, strict=True)
        ]
        guilty: dict[int, str] = {}
        stuck: list[Unit] = []
        for unit, reply, doubted in zip(units, replies, doubtful, strict=True):
            found, again = asking.blame(unit, reply, probed)
            guilty |= found
            if again or doubted:
                stuck.append(unit)
        asking.move(guilty)
        asking.turn(
            (unit for unit, reply in zip(units, replies, strict=True) if not reply.timed_out),
            guilty,
        )
        return stuck

    def _replay(self, units: Sequence[Unit], overlay: HardlinkTree) -> list[Reply]:
        paths = Paths.of(overlay.root)
        while True:
            commands = [
                replay(unit, self._cargo.paths, overlay.root, self._out, self._unstable)
                for unit in units
            ]
            replies = self._cargo.replay(commands, paths, self._jobs)
            if not self._unstable or not any(_refused(reply) for reply in replies):
                return replies
            self._unstable = False  # types come with trimmed paths then


def _refused(reply: Reply) -> bool:
    said = [found.message for found in reply.diagnostics if not found.spans]
    return any(word in text for text in (reply.text, *said) for word in _REFUSED)
