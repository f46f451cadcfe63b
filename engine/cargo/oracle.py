"""Types from rustc and the traits that they implement, without a run of cargo.

The noted rustc commands of the last check are run again, directly, on a copy of the tree that holds
the probes (``type_probes``, ``trait_probes``): every unit against the metadata that the last good
build made of its dependencies, so a library with questions (that is, with errors) hides nothing
behind it.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from engine.base.model import NO_UNIT, NOT_COMPILED, Diagnostic
from engine.cargo import method_probes, trait_probes
from engine.cargo.cargo import Cargo
from engine.cargo.hardlink_tree import HardlinkTree
from engine.cargo.messages import Paths
from engine.cargo.send_probes import SendProbes
from engine.cargo.toolchain import Reply
from engine.cargo.type_probes import (
    NAME,
    Asked,
    Probed,
    ProbePlace,
    places,
)
from engine.cargo.units import Unit, linked, replay
from engine.rust.asked_expressions import declares, has_free_literal, is_open
from engine.rust.files import Files
from engine.rust.full_paths import FullPaths
from engine.rust.questions import AWAITS, NOTHING, Answers, Question
from engine.rust.type_parser import parse
from engine.rust.types import Type

_ROUNDS = 4  # a round more drops the probes that broke the one before
_ANSWER = re.compile(rf"non-primitive cast: `(.*)` as `(?:.*::)?{NAME}(\d+)(?:<\(\)>)?`", re.DOTALL)
_REFUSED = ("is only accepted on the nightly", "unknown unstable option", "not supported on stable")

_TOO_LONG, _CRASHED = "rustc took too long", "rustc crashed"
UNSTEADY = frozenset({_TOO_LONG, _CRASHED})  # reasons that may be others the next time
_DEFAULTS = {"i32": "{integer}", "f64": "{float}"}


@dataclass(slots=True)
class _Open:
    question: Question
    places: tuple[ProbePlace, ...]
    literal: bool  # holds a number whose type comes from outside
    declared: bool  # a name where a pattern binds it: it is asked about elsewhere, and it alone
    at: int = 0  # which of the places
    tried: set[str] = field(default_factory=set)  # units that have nothing more to say about it

    @property
    def inside(self) -> bool:
        return self.place.form == "inside"

    @property
    def place(self) -> ProbePlace:
        return self.places[self.at]

    @property
    def is_last(self) -> bool:
        """Is there nothing better to be asked than the copy, if it is one?"""
        return (
            self.declared
            or self.inside
            or any(place.form == "inside" for place in self.places[: self.at])
        )

    def ask_inside(self) -> None:
        """From now on EXPR itself is asked."""
        self.places, self.at = (ProbePlace.inside(self.question.span),), 0

    def ask_inside_first(self) -> None:
        """The copy told nothing: EXPR itself is asked, and where that fails the copies again."""
        if not self.is_last:
            self.places, self.at = (
                (ProbePlace.inside(self.question.span), *self.places[self.at :]),
                0,
            )

    def give_up(self) -> None:
        """No place but this one is tried."""
        self.places = self.places[: self.at + 1]


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
        self._asking = _Asking(())
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
            self._checked, self._asking = self._cargo.checked, _Asking(self._cargo.units)
        asking = self._asking
        sent = [question for question in new if question.trait in AWAITS]
        for question in new:
            if question.trait not in AWAITS:
                asking.add(question, sources)
        told = NOTHING
        if asking.open or sent:
            tree = self._cargo.scratch.tree
            asked = {each.question.path for each in asking.open.values()}
            for path in asked.union(question.path for question in sent):
                if (tree / path).read_bytes() != sources.get(path).data:
                    raise RuntimeError(f"the tree holds another text of {path} than what is asked")
            self._out.mkdir(parents=True, exist_ok=True)
            # Beside the tree, so that `..` leads to the same neighbours.
            overlay = HardlinkTree(tree, tree.with_name(f".{tree.name}.asked"))
            try:
                self._ask(asking, overlay, sources, rounds)
                if sent:
                    told = self._ask_sent(sent, overlay, sources)
            finally:
                overlay.remove()
                shutil.rmtree(self._out, ignore_errors=True)
        answers = asking.answers().joined(told)
        if not self._unstable:
            full = FullPaths(sources)
            answers = replace(answers, types={q: full.of(t) for q, t in answers.types.items()})
        return known.joined(answers)

    def _ask(
        self, asking: _Asking, overlay: HardlinkTree, sources: Files, rounds: int | None
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

    def _ask_sent(
        self, questions: Sequence[Question], overlay: HardlinkTree, sources: Files
    ) -> Answers:
        """What awaits would change about futures: apart from all else, which would be in the way."""
        counts = [0, 0, 0.0]

        def replayed(units: Sequence[Unit], texts: Mapping[str, bytes]) -> Sequence[Reply]:
            overlay.put(texts)
            replies = self._replay(units, overlay)
            counts[:] = (
                counts[0] + 1,
                counts[1] + len(replies),
                counts[2] + sum(reply.seconds for reply in replies),
            )
            return replies

        probes = SendProbes(sources)
        probes.ask(questions, self._cargo.units, replayed)
        return Answers({}, probes.traits, probes.reasons, int(counts[0]), int(counts[1]), counts[2])

    def _round(
        self, asking: _Asking, units: Sequence[Unit], overlay: HardlinkTree, sources: Files
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


@dataclass(slots=True)
class _Asking:
    """What is still open, what is known, which unit was asked about which file."""

    units: Sequence[Unit]
    open: dict[int, _Open] = field(default_factory=dict)
    _types: dict[Question, Type] = field(default_factory=dict)
    _traits: dict[Question, bool] = field(default_factory=dict)
    _reasons: dict[Question, str] = field(default_factory=dict)
    _all: dict[int, _Open] = field(default_factory=dict)
    _rounds: int = 0
    _replays: int = 0
    _seconds: float = 0.0

    def add(self, question: Question, sources: Files) -> None:
        if question in self._reasons:
            return  # it is open from before
        units = [unit for unit in self.units if question.path in unit.files]
        source = sources.get(question.path)
        found = places(source, question.span) if units else NO_UNIT
        crate = trait_probes.crate_named(question.trait)
        if units and crate and not all(crate in linked(unit) for unit in units):
            found = f"not every target with this code depends on `{crate}`"
        if isinstance(found, str):
            self._reasons[question] = found
            return
        self._reasons[question] = NOT_COMPILED
        number = len(self._all)
        literal = has_free_literal(source, question.span)
        if is_open(source, question.span):  # a copy would be asked first for nothing
            found = (ProbePlace.inside(question.span), *found)
        declared = declares(source, question.span)
        self._all[number] = self.open[number] = _Open(question, found, literal, declared)

    @property
    def total(self) -> int:
        return len(self._all)

    def next_units(self) -> list[Unit]:
        """Units for one round: for each file with open questions one that may have something to say.

        A test unit comes before the plain one (it has all of its code and the tests too), a large
        unit before a small one. Files of a chosen unit are asked of it as well.
        """
        wanted = {(each.question.path, n): each.tried for n, each in self.open.items()}
        ordered = sorted(self.units, key=lambda u: (not u.is_test, -len(u.files), u.name))
        chosen: list[Unit] = []
        for unit in ordered:
            told = [
                key
                for key, tried in wanted.items()
                if key[0] in unit.files and unit.name not in tried
            ]
            if told:
                chosen.append(unit)
                for key in told:
                    del wanted[key]
        return chosen

    def finish(self, units: Iterable[Unit]) -> None:
        """These have nothing more to say about what is open."""
        for unit in units:
            for each in self.open.values():
                if each.question.path in unit.files:
                    each.tried.add(unit.name)

    def probed(self, files: frozenset[str], sources: Files) -> dict[str, Probed]:
        asked: dict[str, dict[int, Asked]] = defaultdict(dict)
        for number, each in self.open.items():
            question = each.question
            if question.path in files:
                asked[question.path][number] = Asked(question.span, each.place, question.trait)
        return {path: Probed(sources.get(path), mine) for path, mine in asked.items()}

    def count(self, replies: Sequence[Reply]) -> None:
        self._rounds += 1
        self._replays += len(replies)
        self._seconds += sum(reply.seconds for reply in replies)

    def take(self, unit: Unit, reply: Reply, probed: Mapping[str, Probed]) -> bool:
        """Keep the answers of one unit. True when some must be asked again.

        Where a bound failed, inference may have been given up in that function, and what is open
        there is asked again.
        """
        refuted = _refuted(reply, probed)
        disturbed = {near for path, number in refuted for near in probed[path].beside(number)}
        mine = self._mine(unit, probed)
        errors = [found for found in reply.diagnostics if _is_error(found, probed)]
        suspects = {number for error in errors for number in _culprits(error, probed, mine)}
        for _, number in refuted:
            if number in self.open:
                self._traits[self.open.pop(number).question] = False
        again = False
        for found in reply.diagnostics:
            match = _ANSWER.fullmatch(found.message) if found.code == "E0605" else None
            number = int(match[2]) if match else -1
            if match is None or number not in self.open:
                continue
            broken = bool(errors) or number in disturbed
            if not self.open[number].question.trait:
                again |= self._take_type(number, _type(match[1]), broken)
            elif number not in suspects:
                again |= self._take_trait(number, _type(match[1]), broken)
        return again or bool(disturbed & self.open.keys())

    def _take_type(self, number: int, reference: Type, broken: bool) -> bool:
        """Keep a type; True when it must be asked again.

        A type with a hole in it is kept for want of a better one. Where another error stands,
        inference may have been given up, and the same is asked again. Otherwise the hole, or the
        type of a number, may come from the probe's being a copy: then EXPR itself is asked.
        """
        each = self.open[number]
        type_ = reference.args[0] if reference.is_ref else reference
        known = type_ if each.inside or not each.literal else _undecided(type_)
        self._types[each.question] = known
        if each.is_last or not (_has_hole(type_) or known != type_):
            del self.open[number]
        elif not broken:
            each.ask_inside()
            return True
        return False

    def _take_trait(self, number: int, cast: Type, broken: bool) -> bool:
        """Keep what ``cast``, the type of a probe, tells; True when it must be asked again.

        A no holds whatever is found out later, a yes only for a type that is known whole: as with
        types, it may have to be asked for again, or for EXPR itself.
        """
        each = self.open[number]
        asked = each.question.trait
        told = method_probes.told if method_probes.parsed(asked) else trait_probes.told
        verdict = told(cast)
        if verdict is None:
            return False
        yes, type_ = verdict
        known = type_ if each.inside or not each.literal else _undecided(type_)
        if yes and _has_hole(known):
            self._reasons[each.question] = "rustc could not tell its type"
            if broken:
                return False
            if each.is_last:
                del self.open[number]
                return False
            each.ask_inside()
            return True
        if yes and told is trait_probes.told and trait_probes.is_late(type_, asked):
            self._reasons[each.question] = trait_probes.LATE
        else:
            self._traits[each.question] = yes
        del self.open[number]
        return False

    def _mine(self, unit: Unit, probed: Mapping[str, Probed]) -> dict[int, _Open]:
        """What is open in the files of a unit."""
        paths = unit.files & probed.keys()
        return {n: each for n, each in self.open.items() if each.question.path in paths}

    def blame(
        self, unit: Unit, reply: Reply, probed: Mapping[str, Probed]
    ) -> tuple[dict[int, str], bool]:
        """Open questions whose probes broke this unit, with the error; and is it worth asking the
        unit again? (Probes that were answered break it too, and are gone the next time.)"""
        mine = self._mine(unit, probed)
        errors = [found for found in reply.diagnostics if _is_error(found, probed)]
        if not mine:
            return {}, False
        guilty: dict[int, str] = {}
        found_any = False
        for error in errors:
            culprits = _culprits(error, probed, mine)
            found_any |= bool(culprits)
            for number in culprits & mine.keys():
                guilty.setdefault(number, f"rustc: {_headline(error)}")
            for number in _unnamed(error, probed) & mine.keys():
                mine[number].give_up()
        if not found_any and (errors or reply.timed_out or _crashed(reply)):
            why = _TOO_LONG if reply.timed_out else _CRASHED
            why = f"rustc stopped at an error elsewhere: {_headline(errors[0])}" if errors else why
            for each in mine.values():
                self._reasons[each.question] = why
        return guilty, found_any

    def turn(self, units: Iterable[Unit], guilty: Container[int]) -> None:
        """What ``units`` told nothing about, no error either (of ``guilty`` probes), may have a type that a
        copy leaves open, which rustc does not say beside other errors."""
        files = frozenset[str]().union(*(unit.files for unit in units))
        for number, each in self.open.items():
            if each.question.path in files and number not in guilty:
                each.ask_inside_first()

    def move(self, guilty: Mapping[int, str]) -> None:
        """These probes go to their next place, or are given up."""
        for number, reason in guilty.items():
            each = self.open[number]
            each.at += 1
            if each.at == len(each.places):
                self._reasons[each.question] = reason
                del self.open[number]  # no place left

    def answers(self) -> Answers:
        """Those that are final: what some unit may still tell is left out."""
        later = {
            each.question
            for each in self.open.values()
            if any(
                each.question.path in unit.files and unit.name not in each.tried
                for unit in self.units
            )
        }
        counts = self._rounds, self._replays, self._seconds
        self._rounds, self._replays, self._seconds = 0, 0, 0.0
        return Answers(
            {question: told for question, told in self._types.items() if question not in later},
            {question: told for question, told in self._traits.items() if question not in later},
            {question: why for question, why in self._reasons.items() if question not in later},
            *counts,
        )


def _culprits(error: Diagnostic, probed: Mapping[str, Probed], open_: Container[int]) -> set[int]:
    """Questions that ``error`` is about: by its primary spans, else by the others."""
    for primary in (True, False):
        found: set[int] = set()
        for spot in error.spans:
            if spot.primary is primary and spot.path in probed:
                found |= probed[spot.path].culprits(spot.span, open_)
        if found:
            return found
    return set()


def _bounds_at(found: Diagnostic, probed: Mapping[str, Probed]) -> set[tuple[str, int]]:
    """Questions (with their files) whose trait stands at one of the spans of ``found``."""
    spots = (spot for spot in found.spans if spot.path in probed)
    numbers = ((spot.path, probed[spot.path].bound_at(spot.span)) for spot in spots)
    return {(path, number) for path, number in numbers if number is not None}


def _refuted(reply: Reply, probed: Mapping[str, Probed]) -> set[tuple[str, int]]:
    """Questions (with their files) for a trait whose bound failed, or for a method that another stands
    beside."""
    return {each for found in reply.diagnostics for each in _denied(found, probed)}


def _denied(found: Diagnostic, probed: Mapping[str, Probed]) -> set[tuple[str, int]]:
    """Questions (with their files) that an error answers with no."""
    if found.code in trait_probes.REFUTING:
        return _bounds_at(found, probed)
    if found.code not in method_probes.REFUTING:
        return set()
    spots = [spot for spot in found.spans if spot.primary and spot.path in probed]
    numbers = ((spot.path, probed[spot.path].method_asked_at(spot.span)) for spot in spots)
    return {(path, number) for path, number in numbers if number is not None}


def _unnamed(error: Diagnostic, probed: Mapping[str, Probed]) -> set[int]:
    """Questions for a trait that ``error`` says cannot be named so."""
    primary = replace(error, spans=tuple(spot for spot in error.spans if spot.primary))
    return {number for _, number in _bounds_at(primary, probed)}


def _is_error(found: Diagnostic, probed: Mapping[str, Probed]) -> bool:
    """Is it an error that answers nothing?"""
    if not found.level.startswith("error") or _ANSWER.fullmatch(found.message):
        return False
    return not _denied(found, probed)


def _headline(error: Diagnostic) -> str:
    return error.message.partition("\n")[0]


def _crashed(reply: Reply) -> bool:
    return reply.code < 0 or "internal compiler error" in reply.text or reply.code == 101


def _refused(reply: Reply) -> bool:
    said = [found.message for found in reply.diagnostics if not found.spans]
    return any(word in text for text in (reply.text, *said) for word in _REFUSED)


def _has_hole(type_: Type) -> bool:
    return any(inner.kind == "infer" for inner in type_.walk())


def _undecided(type_: Type) -> Type:
    """With the types that a number gets when nothing else is known of it taken back."""
    if type_.kind == "path" and type_.name in _DEFAULTS:
        return Type(_DEFAULTS[type_.name], (), "infer")
    return replace(type_, args=tuple(_undecided(arg) for arg in type_.args))


@lru_cache(maxsize=4096)
def _type(text: str) -> Type:
    return parse(text)
