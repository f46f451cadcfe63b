"""What is still to be asked of rustc, and what its answers and errors say of it: which unit was asked about
which file, which probe broke what, and where a question goes next.

Replays nothing itself: ``oracle`` does, and hands the replies in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from engine.base.model import NO_UNIT, NOT_COMPILED, Diagnostic
from engine.cargo import method_probes, trait_probes
from engine.cargo.toolchain import Reply
from engine.cargo.type_probes import (
    NAME,
    Asked,
    Probed,
    ProbePlace,
    places,
)
from engine.cargo.units import Unit, linked, telling_first
from engine.rust.asked_expressions import declares, has_free_literal, is_open
from engine.rust.files import Files
from engine.rust.questions import Answers, Question
from engine.rust.type_parser import parse
from engine.rust.types import Type

_ANSWER = re.compile(rf"non-primitive cast: `(.*)` as `(?:.*::)?{NAME}(\d+)(?:<\(\)>)?`", re.DOTALL)
_DEFAULTS = {"i32": "{integer}", "f64": "{float}"}


@dataclass(slots=True)
class OpenQuestion:
    """A question without a final answer, and the places where it may be put, best first."""

    question: Question
    places: tuple[ProbePlace, ...]
    literal: bool  # holds a number whose type comes from outside
    declared: bool  # a name where a pattern binds it: it is asked about elsewhere, and it alone
    at: int = 0  # which of the places
    tried: set[str] = field(default_factory=set)  # units that have nothing more to say about it

    @property
    def inside(self) -> bool:
        """Is EXPR itself asked?"""
        return self.place.form == "inside"

    @property
    def place(self) -> ProbePlace:
        """Where it is put now."""
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


@dataclass(slots=True)
class Asking:
    """What is still open, what is known, which unit was asked about which file."""

    units: Sequence[Unit]
    open: dict[int, OpenQuestion] = field(default_factory=dict)
    _types: dict[Question, Type] = field(default_factory=dict)
    _traits: dict[Question, bool] = field(default_factory=dict)
    _reasons: dict[Question, str] = field(default_factory=dict)
    _all: dict[int, OpenQuestion] = field(default_factory=dict)
    _rounds: int = 0
    _replays: int = 0
    _seconds: float = 0.0

    def add(self, question: Question, sources: Files) -> None:
        """Ask this too, unless it is among what is open or was given up."""
        if question in self._reasons:
            return  # it is open from before
        units = [unit for unit in self.units if question.path in unit.files]
        source = sources.get(question.path)
        found = places(source, question.span) if units else NO_UNIT
        crate = trait_probes.crate_named(question.trait)
        if units and crate and not all(crate in linked(unit) for unit in units):
            found = f"not every target with this code depends on `{crate}`"
        asked = source.node_at(question.span) if question.trait else None
        if asked is not None and asked.type == "closure_expression":
            found = trait_probes.CLOSURE
        if isinstance(found, str):
            self._reasons[question] = found
            return
        self._reasons[question] = NOT_COMPILED
        number = len(self._all)
        literal = has_free_literal(source, question.span)
        if is_open(source, question.span):  # a copy would be asked first for nothing
            found = (ProbePlace.inside(question.span), *found)
        declared = declares(source, question.span)
        self._all[number] = self.open[number] = OpenQuestion(question, found, literal, declared)

    @property
    def total(self) -> int:
        """How many were added, answered or not."""
        return len(self._all)

    def next_units(self) -> list[Unit]:
        """Units for one round: for each file with open questions the first that may have something to say.
        Files of a chosen unit are asked of it as well."""
        wanted = {(each.question.path, n): each.tried for n, each in self.open.items()}
        chosen: list[Unit] = []
        for unit in telling_first(self.units):
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
        """The texts of ``files`` with the probes of what is open in them."""
        asked: dict[str, dict[int, Asked]] = defaultdict(dict)
        for number, each in self.open.items():
            question = each.question
            if question.path in files:
                asked[question.path][number] = Asked(question.span, each.place, question.trait)
        return {path: Probed(sources.get(path), mine) for path, mine in asked.items()}

    def count(self, replies: Sequence[Reply]) -> None:
        """Note what one round took."""
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

    def _mine(self, unit: Unit, probed: Mapping[str, Probed]) -> dict[int, OpenQuestion]:
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
        why = reply.broke_off
        if not found_any and (errors or why):
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
