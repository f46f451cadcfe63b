"""Benchmark harnesses: one module each, found by looking into this package.

A module has ``HARNESS``, an instance of ``Harness``. Adapters say how a harness' program is called
and read what it wrote; they start nothing themselves.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import ClassVar

from engine.base.process import ProcessResult

_LISTED = re.compile(r"(.+): bench(?:mark)?")  # criterion before 0.4 says `bench`


class UnreadableError(Exception):
    """The program ran and said nothing that can be read; the message says what was missing."""


@dataclass(frozen=True, slots=True)
class Call:
    """Arguments and variables for one run of a program."""

    args: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run says of one bench: nanoseconds an iteration, above 0. ``resolution`` is the step
    in which it tells them, as a part of the value."""

    value: float
    resolution: float = 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """A bench target, from its manifest and its source. ``crates`` are the packages by the names
    under which cargo knows them that its package depends on; ``libtest`` is cargo's ``harness``."""

    package: str
    target: str
    libtest: bool
    crates: frozenset[str]
    source: bytes


@dataclass(frozen=True, slots=True)
class Counted:
    """How many iterations a counting run made, in how many calls of the bench's own function."""

    iterations: int
    calls: int


class Harness(ABC):
    """One harness. ``home`` is always an empty folder of ours that the run may write into."""

    name: ClassVar[str]
    crates: ClassVar[frozenset[str]] = frozenset()
    # In the bench's source: what no program without this harness has.
    marker: ClassVar[re.Pattern[bytes]]
    # False: the harness counts instructions itself, which needs no pairs.
    timed: ClassVar[bool] = True
    # For callgrind's --toggle-collect: the function, never inlined, that iterates; "" without one.
    iterates: ClassVar[str] = ""

    def claims(self, target: Target) -> bool:
        """Is ``target`` written for this harness?"""
        return (
            not target.libtest
            and not self.crates.isdisjoint(target.crates)
            and self.marker.search(target.source) is not None
        )

    @abstractmethod
    def listing(self) -> Call:
        """Asks for the names of all benches."""

    def names(self, stdout: bytes) -> tuple[str, ...]:
        """The names in the answer to ``listing``; lines of any other form are passed over."""
        text = stdout.decode("utf-8", "replace")
        found = (_LISTED.fullmatch(line) for line in text.split("\n"))
        return tuple(dict.fromkeys(match[1] for match in found if match is not None))

    def fitting(self, stdout: bytes) -> Harness:
        """The adapter for the version that gave this answer to ``listing``."""
        return self

    @abstractmethod
    def timing(self, name: str, seconds: float, home: Path, iteration: float = 0.0) -> Call:
        """Measures one bench, for about ``seconds`` after a short warm-up. ``iteration`` is about
        how many nanoseconds one takes, 0 when that is not known yet."""

    @abstractmethod
    def read(self, name: str, result: ProcessResult, home: Path) -> Reading:
        """What the run ``result`` of ``timing`` says of the bench. Raises UnreadableError."""

    @abstractmethod
    def once(self, name: str, home: Path) -> Call:
        """Runs one bench for one iteration; with a name that no bench has, it runs nothing."""

    def few(self, name: str, home: Path) -> Call | None:
        """Runs one bench for as few iterations as the harness measures at all; None when it cannot
        say afterwards how many they were."""
        return None

    def many(self, name: str, seconds: float, iteration: float, home: Path) -> Call | None:
        """As ``few``, but for about ``seconds``, an iteration of which takes ``iteration`` ns."""
        return None

    def counted(self, name: str, result: ProcessResult, home: Path) -> Counted:
        """How many iterations a run of ``few`` or ``many`` made. Raises UnreadableError."""
        raise UnreadableError("does not say how many iterations it makes")


@cache
def harnesses() -> Mapping[str, Harness]:
    """All harnesses by name."""
    modules = (
        importlib.import_module(f"{__name__}.{info.name}")
        for info in pkgutil.iter_modules(__path__)
    )
    found: list[Harness] = [module.HARNESS for module in modules]
    return {harness.name: harness for harness in sorted(found, key=lambda h: h.name)}


def harness_of(target: Target) -> Harness | None:
    """The harness that ``target`` is written for; None when none claims it."""
    return next((h for h in harnesses().values() if h.claims(target)), None)
