"""Types from rustc, without a run of cargo.

The noted rustc commands of the last check are run again, directly, on a copy of the tree that holds
the probes (``probes.py``): every unit against the metadata that the last good build made of its
dependencies, so a library with questions (that is, with errors) hides nothing behind it.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from engine.base.model import NO_UNIT, NOT_COMPILED, Diagnostic, Span
from engine.cargo.cargo import Cargo, Reply
from engine.cargo.hardlink_tree import Overlay
from engine.cargo.messages import Paths
from engine.cargo.type_probes import NAME, Place, Probed, has_free_literal, places
from engine.cargo.units import Unit, replay
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from engine.rust.types import Type

_ROUNDS = 4  # a round more drops the probes that broke the one before
_ANSWER = re.compile(rf"non-primitive cast: `(.*)` as `(?:.*::)?{NAME}(\d+)`", re.DOTALL)
_REFUSED = ("is only accepted on the nightly", "unknown unstable option", "not supported on stable")

_DEFAULTS = {"i32": "{integer}", "f64": "{float}"}


class SourceMap(Protocol):
    """``engine.detect.facts.Sources``, or anything that gives a parsed file by path."""

    def get(self, path: str, /) -> Source: ...


@dataclass(slots=True)
class _Question:
    path: str
    span: Span
    places: tuple[Place, ...]
    literal: bool  # holds a number whose type comes from outside
    at: int = 0  # which of the places

    @property
    def inside(self) -> bool:
        return self.place.form == "inside"

    @property
    def place(self) -> Place:
        return self.places[self.at]


@dataclass(frozen=True)
class Answers:
    """What rustc told. Both methods may be called for any expression that was asked about."""

    types: Mapping[tuple[str, Span], Type]
    reasons: Mapping[tuple[str, Span], str]
    rounds: int = 0  # replays in sequence
    replays: int = 0  # rustc processes
    seconds: float = 0.0  # of rustc, added up

    def type_of(self, path: str, span: Span) -> Type | None:
        """None when it was not compiled in this configuration or could not be told."""
        return self.types.get((path, span))

    def reason(self, path: str, span: Span) -> str:
        """Why there is no type, in words for the user; "" when there is one."""
        if (path, span) in self.types:
            return ""
        return self.reasons.get((path, span), "it was not asked")


class Oracle:
    """Asks the units of ``cargo``'s last check, which must have passed on the tree's present text.

    ``jobs`` rustc processes run at a time.
    """

    def __init__(self, cargo: Cargo, jobs: int = 2) -> None:
        self._cargo = cargo
        self._jobs = jobs
        self._unstable = True
        self._out = cargo.scratch.build.parent / "answers"

    def ask(self, questions: Mapping[str, Iterable[Span]], sources: SourceMap) -> Answers:
        """The types of the expressions at these spans, all asked at once.

        ``sources`` hold the tree's text. Raises SpikeproofError as ``Cargo`` does.
        """
        asking = _Asking(self._cargo.units)
        for path, spans in questions.items():
            asking.add(path, spans, sources)
        if asking.open:
            tree = self._cargo.scratch.tree
            self._out.mkdir(parents=True, exist_ok=True)
            # Beside the tree, so that `..` leads to the same neighbours.
            overlay = Overlay(tree, tree.with_name(f".{tree.name}.asked"))
            try:
                while units := asking.next_units():
                    self._round(asking, units, overlay, sources)
            finally:
                overlay.remove()
                shutil.rmtree(self._out, ignore_errors=True)
        return asking.answers()

    def _round(
        self, asking: _Asking, units: Sequence[Unit], overlay: Overlay, sources: SourceMap
    ) -> None:
        """Ask ``units`` until they have nothing more to say."""
        for _ in range(_ROUNDS):
            files = frozenset[str]().union(*(unit.files for unit in units))
            probed = asking.probed(files, sources)
            if not probed:
                return
            left, total = len(asking.open), asking.total
            self._cargo.progress(f"{total - left} of {total} types known")
            overlay.put({path: text.data for path, text in probed.items()})
            replies = self._replay(units, overlay)
            asking.count(replies)
            doubtful = [asking.take(reply) for reply in replies]
            guilty: dict[int, str] = {}
            stuck: list[Unit] = []
            for unit, reply, doubted in zip(units, replies, doubtful, strict=True):
                found, again = asking.blame(unit, reply, probed)
                guilty |= found
                if again or doubted:
                    stuck.append(unit)
            asking.move(guilty)
            if not stuck:
                return
            units = stuck

    def _replay(self, units: Sequence[Unit], overlay: Overlay) -> list[Reply]:
        paths = Paths.of(overlay.root)
        while True:
            commands = [
                replay(unit, self._cargo.paths, overlay.root, self._out, self._unstable)
                for unit in units
            ]
            replies = self._cargo.replay(commands, paths, self._jobs)
            if not self._unstable or not any(_refused(reply) for reply in replies):
                return replies
            self._unstable = False  # types come with short paths then


@dataclass(slots=True)
class _Asking:
    """What is still open, what is known, which unit was asked about which file."""

    units: Sequence[Unit]
    open: dict[int, _Question] = field(default_factory=dict)
    _types: dict[tuple[str, Span], Type] = field(default_factory=dict)
    _reasons: dict[tuple[str, Span], str] = field(default_factory=dict)
    _all: dict[int, _Question] = field(default_factory=dict)
    _tried: set[str] = field(default_factory=set)
    _rounds: int = 0
    _replays: int = 0
    _seconds: float = 0.0

    def add(self, path: str, spans: Iterable[Span], sources: SourceMap) -> None:
        compiled = any(path in unit.files for unit in self.units)
        for span in sorted(set(spans)):
            key = (path, span)
            found = places(sources.get(path), span) if compiled else NO_UNIT
            if isinstance(found, str):
                self._reasons[key] = found
                continue
            self._reasons[key] = NOT_COMPILED
            number = len(self._all)
            self._all[number] = self.open[number] = _Question(
                path, span, found, has_free_literal(sources.get(path), span)
            )

    @property
    def total(self) -> int:
        return len(self._all)

    def next_units(self) -> list[Unit]:
        """Units for one round: for each file with open questions one that was not asked yet.

        A test unit comes before the plain one (it has all of its code and the tests too), a large
        unit before a small one. Files of a chosen unit are asked of it as well.
        """
        wanted = {question.path for question in self.open.values()}
        left = [unit for unit in self.units if unit.name not in self._tried and unit.files & wanted]
        left.sort(key=lambda unit: (not unit.is_test, -len(unit.files), unit.name))
        chosen: list[Unit] = []
        for unit in left:
            if unit.files & wanted:
                chosen.append(unit)
                wanted -= unit.files
        self._tried.update(unit.name for unit in chosen)
        return chosen

    def probed(self, files: frozenset[str], sources: SourceMap) -> dict[str, Probed]:
        asked: dict[str, dict[int, tuple[Span, Place]]] = defaultdict(dict)
        for number, question in self.open.items():
            if question.path in files:
                asked[question.path][number] = (question.span, question.place)
        return {path: Probed(sources.get(path), mine) for path, mine in asked.items()}

    def count(self, replies: Sequence[Reply]) -> None:
        self._rounds += 1
        self._replays += len(replies)
        self._seconds += sum(reply.seconds for reply in replies)

    def take(self, reply: Reply) -> bool:
        """Keep the answers of one unit. True when some must be asked again.

        A type with a hole in it is kept for want of a better one. Where another error stands,
        inference may have been given up, and the same is asked again. Otherwise the hole, or the
        type of a number, may come from the probe's being a copy: then EXPR itself is asked.
        """
        broken = any(_is_error(found) for found in reply.diagnostics)
        again = False
        for found in reply.diagnostics:
            match = _ANSWER.fullmatch(found.message) if found.code == "E0605" else None
            question = self.open.get(int(match[2])) if match else None
            if match is None or question is None:
                continue
            reference = _type(match[1])
            type_ = reference.args[0] if reference.is_ref else reference
            hole = any(inner.kind == "infer" for inner in type_.walk())
            known = type_ if question.inside or not question.literal else _undecided(type_)
            self._types[question.path, question.span] = known
            if question.inside or not (hole or known != type_):
                del self.open[int(match[2])]
            elif not broken:
                question.places = (Place.inside(question.span),)
                question.at = 0
                again = True
        return again

    def blame(
        self, unit: Unit, reply: Reply, probed: Mapping[str, Probed]
    ) -> tuple[dict[int, str], bool]:
        """Open questions whose probes broke this unit, with the error; and is it worth asking the
        unit again? (Probes that were answered break it too, and are gone the next time.)"""
        mine = {n: q for n, q in self.open.items() if q.path in unit.files and q.path in probed}
        errors = [found for found in reply.diagnostics if _is_error(found)]
        if not mine:
            return {}, False
        guilty: dict[int, str] = {}
        found_any = False
        for error in errors:
            culprits = _culprits(error, probed, mine)
            found_any |= bool(culprits)
            for number in culprits & mine.keys():
                guilty.setdefault(number, f"rustc: {_headline(error)}")
        if not found_any and (errors or reply.timed_out or _crashed(reply)):
            why = "rustc took too long" if reply.timed_out else "rustc crashed"
            why = f"rustc stopped at an error elsewhere: {_headline(errors[0])}" if errors else why
            for question in mine.values():
                self._reasons[question.path, question.span] = why
        return guilty, found_any

    def move(self, guilty: Mapping[int, str]) -> None:
        """These probes go to their next place, or are given up."""
        for number, reason in guilty.items():
            question = self.open[number]
            question.at += 1
            if question.at == len(question.places):
                self._reasons[question.path, question.span] = reason
                del self.open[number]  # no place left

    def answers(self) -> Answers:
        return Answers(self._types, self._reasons, self._rounds, self._replays, self._seconds)


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


def _is_error(found: Diagnostic) -> bool:
    return found.level.startswith("error") and not _ANSWER.fullmatch(found.message)


def _headline(error: Diagnostic) -> str:
    return error.message.partition("\n")[0]


def _crashed(reply: Reply) -> bool:
    return reply.code < 0 or "internal compiler error" in reply.text or reply.code == 101


def _refused(reply: Reply) -> bool:
    said = [found.message for found in reply.diagnostics if not found.spans]
    return any(word in text for text in (reply.text, *said) for word in _REFUSED)


def _undecided(type_: Type) -> Type:
    """With the types that a number gets when nothing else is known of it taken back."""
    if type_.kind == "path" and type_.name in _DEFAULTS:
        return Type(_DEFAULTS[type_.name], (), "infer")
    return replace(type_, args=tuple(_undecided(arg) for arg in type_.args))


@lru_cache(maxsize=4096)
def _type(text: str) -> Type:
    return parse(text)
