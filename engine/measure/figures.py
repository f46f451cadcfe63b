"""Figures that a workload hands over: latencies, and whatever else it alone can know of a run.

The command finds a path in ``SPIKEPROOF_FIGURES`` and writes there, at its end, what
github-action-benchmark calls ``customSmallerIsBetter``: a JSON array of ``{"name", "unit",
"value"}``, of which lower is better. A value of ``null`` says that this run tells nothing of it (the
generator lagged). What is read here comes from code under test: whatever is wrong with it is said in
words and has no verdict.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from engine.base.bench_report import NEW, OLD, RUNS, WORDS
from engine.base.fsio import read_regular
from engine.measure.stats import Pairs

VARIABLE = "SPIKEPROOF_FIGURES"
MOST = 16  # each one more makes all of them harder to tell apart
NANOSECONDS = "ns"  # what all units of time are told in
_LIMIT = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._,:=+/()%-]{0,47}")
_UNIT = re.compile(r"[A-Za-z0-9 ./%µμ-]{0,16}")
_TIMES = {"ns": 1.0, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9}
_OURS = frozenset({"time", "cpu", "memory", "allocations", "bytes", "instructions", "figures"})
_SMALLEST, _LARGEST = 1e-9, 1e18  # of a value, so that every ratio is one


class FiguresError(Exception):
    """What a run handed over is nothing that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is None when the run says nothing of it; ``problem`` is why it cannot be compared
    at all. ``unit`` is ``ns`` for all times."""

    unit: str
    value: float | None
    problem: str = ""


RunFigures = Mapping[str, Figure]


def read(path: Path) -> RunFigures:
    """What a run left at ``path``, by name; nothing when it left no file. Raises FiguresError."""
    try:
        data = read_regular(path, _LIMIT, follow=False)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FiguresError(f"the file of figures cannot be read: {error.strerror}") from None
    return parse(data)


def parse(data: bytes) -> RunFigures:
    """The figures in the JSON text ``data``, by name. Raises FiguresError."""
    try:
        found = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FiguresError(f"what it wrote is no JSON: {str(error)[:100]}") from None
    if not isinstance(found, list):
        raise FiguresError("what it wrote is no JSON array of figures")
    if len(found) > MOST:
        raise FiguresError(f"it wrote {len(found)} figures: {MOST} are the most")
    figures: dict[str, Figure] = {}
    for place, item in enumerate(found, 1):
        name, figure = _figure(item, f"figure {place}")
        if name in figures:
            raise FiguresError(f"figure {place} has the name of another one, `{name}`")
        figures[name] = figure
    return figures


def _figure(item: object, at: str) -> tuple[str, Figure]:
    if not isinstance(item, dict) or not {"name", "value"} <= item.keys():
        raise FiguresError(f"{at} is no object with a name and a value")
    name, unit, value = item["name"], item.get("unit", ""), item["value"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise FiguresError(
            f"{at}: a name has 1 to 48 letters, digits, spaces and `._,:=+/()%-`, and begins with a "
            "letter or a digit"
        )
    if name in _OURS:
        raise FiguresError(f"{at}: `{name}` is what spikeproof measures itself: give it another")
    if not isinstance(unit, str) or not _UNIT.fullmatch(unit):
        raise FiguresError(f"{at} (`{name}`): its unit is none")
    scale = _TIMES.get(unit, 0.0)
    told = NANOSECONDS if scale else unit
    if value is None:
        return name, Figure(told, None)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FiguresError(f"{at} (`{name}`): its value is no number")
    try:
        number = float(value) * (scale or 1.0)
    except OverflowError:
        number = float("inf")
    if not _SMALLEST <= number <= _LARGEST:
        kind = "0" if number == 0 else "negative" if number < 0 else "too small or too large"
        return name, Figure(told, None, f"it is {kind} in a run: its change is no ratio")
    return name, Figure(told, number)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """One figure over all pairs; or, with a ``problem``, why it cannot be compared."""

    name: str
    unit: str = ""
    pairs: Pairs | None = None
    problem: str = ""


def compared(values: Mapping[str, Sequence[RunFigures]]) -> Iterator[ComparedFigure]:
    """The figures of ``values`` (by run of a pair, as ``RUNS`` has them), in the order in which they
    were first told. What is not told in every run is not compared; a pair in which one of the runs
    says nothing of a figure counts for neither side."""
    told = {name: None for run in RUNS for handed in values[run] for name in handed}
    for name in told:
        yield _compared(name, values)


def _compared(name: str, values: Mapping[str, Sequence[RunFigures]]) -> ComparedFigure:
    sides = {word: [h for run in runs for h in values[run]] for word, runs in _SIDES.items()}
    there = {word: [h[name] for h in all_ if name in h] for word, all_ in sides.items()}
    words = [word for word, found in there.items() if found]
    if len(words) == 1:
        return ComparedFigure(name, problem=f"only there {words[0]}")
    for word, found in there.items():
        if len(found) < len(sides[word]):
            return ComparedFigure(name, problem=f"not told in every run {word}")
    figures = [figure for told in there.values() for figure in told]
    problem = next((figure.problem for figure in figures if figure.problem), "")
    units = {figure.unit for figure in figures}
    if not problem and len(units) > 1:
        problem = "its unit is not the same in every run"
    if problem:
        return ComparedFigure(name, problem=problem)
    rows = zip(*([handed[name].value for handed in values[run]] for run in RUNS), strict=True)
    whole = [row for row in rows if None not in row]
    void = len(values[RUNS[0]]) - len(whole)
    if not whole:
        return ComparedFigure(name, problem="every pair has a run that says nothing of it")
    before, after, again = zip(*whole, strict=True)
    return ComparedFigure(name, units.pop(), Pairs(before, after, again, void=void))


_SIDES = {WORDS[OLD]: ("before", "again"), WORDS[NEW]: ("after",)}  # the runs of each
