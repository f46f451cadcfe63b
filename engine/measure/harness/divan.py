"""divan, also under its codspeed name: read from the tree that it prints.

Names are asked for as cargo-nextest does (``NEXTEST=1``), one full name a line. A bench that runs on
several numbers of threads has a branch for each: the smallest number is taken.
Source: divan 0.1.21, ``cli.rs``, ``divan.rs`` and ``tree_painter.rs``.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from engine.base.process import ProcessResult
from engine.measure.harness import Call, Counted, Harness, Reading, UnreadableError

_UNITS = {"ps": 1e-3, "ns": 1.0, "µs": 1e3, "μs": 1e3, "us": 1e3, "ms": 1e6, "s": 1e9}
_TIME = re.compile(r"(\d+(?:\.\d+)?) (ps|ns|µs|μs|us|ms|s)")
_TICK = re.compile(r"Timer precision: (\d+(?:\.\d+)?) (ps|ns|µs|μs|us|ms|s)")
_ROW = re.compile(r"^(?P<lead>(?:[│ ] {2})*)(?P<branch>[├╰]─ )?(?P<name>.*)$")
_MEDIAN, _SAMPLES, _ITERATIONS = 2, 4, 5  # columns behind the name's
_COLUMNS = 6
_MOST = 10_000  # iterations to count: divan keeps the inputs of all of them at once


class Divan(Harness):
    """Divan: its table is read."""

    name = "divan"
    crates = frozenset({"divan", "codspeed-divan-compat"})
    marker = re.compile(rb"\bdivan\s*::\s*(main|Divan)\b")

    def listing(self) -> Call:
        return Call(("--bench", "--list", "--format", "terse"), {"NEXTEST": "1"})

    def timing(self, name: str, seconds: float, home: Path, iteration: float = 0.0) -> Call:
        return Call(
            (
                *("--bench", "--exact", name, "--color", "never"),
                *("--min-time", f"{seconds:.4f}", "--max-time", f"{seconds:.4f}"),
            )
        )

    def read(self, name: str, result: ProcessResult, home: Path) -> Reading:
        cells = _cells(name, result.stdout)
        text = cells[_MEDIAN]
        found = _TIME.fullmatch(text)
        if found is None:
            raise UnreadableError(f"`{text[:40]}` is no time of divan's")
        number, unit = found.groups()
        value = float(number) * _UNITS[unit]
        if value <= 0:
            raise UnreadableError("divan measured no time at all")
        # A sample is told in steps of the timer, so an iteration in steps of its part of one.
        digit = 10.0 ** -len(number.partition(".")[2]) * _UNITS[unit]
        tick = _TICK.search(result.stderr.decode("utf-8", "replace"))
        step = float(tick[1]) * _UNITS[tick[2]] if tick else 0.0
        with contextlib.suppress(ValueError, ZeroDivisionError):
            step /= int(cells[_ITERATIONS]) / int(cells[_SAMPLES])
        return Reading(value, max(digit, step) / value)

    def once(self, name: str, home: Path) -> Call:
        return Call(("--test", "--exact", name, "--color", "never"))

    def few(self, name: str, home: Path) -> Call:
        return _counting(name, 1)

    def many(self, name: str, seconds: float, iteration: float, home: Path) -> Call:
        return _counting(name, min(max(int(seconds * 1e9 / iteration), 2), _MOST))

    def counted(self, name: str, result: ProcessResult, home: Path) -> Counted:
        cells = _cells(name, result.stdout)
        try:
            return Counted(int(cells[_ITERATIONS]), int(cells[_SAMPLES]))
        except ValueError:
            raise UnreadableError("divan's table has no number of iterations") from None


def _counting(name: str, size: int) -> Call:
    return Call(
        (
            *("--bench", "--exact", name, "--color", "never"),
            *("--sample-count", "1", "--sample-size", str(size)),
        )
    )


def _cells(name: str, stdout: bytes) -> list[str]:
    """The row of the bench ``name``, without its name. Raises UnreadableError."""
    for path, cells in _rows(stdout.decode("utf-8", "replace")):
        if path == name or re.fullmatch(re.escape(name) + r"::t=\d+", path):
            return cells
    raise UnreadableError("divan's table has no row for this bench")


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """Full names and the other columns of each row that has any.

    The columns begin where those of the head line do: names may hold what parts them.
    """
    path: list[str] = []
    starts: list[int] = []
    for line in text.split("\n"):
        if line.rstrip().endswith("iters") and "fastest" in line:
            starts = [line.index("fastest"), *(i + 2 for i, c in enumerate(line) if c == "│")]
            path = [line[: starts[0]].strip()]
            continue
        if not starts:
            continue
        row = _ROW.match(line[: starts[0]])
        if row is None or row["branch"] is None:
            continue
        depth = len(row["lead"]) // 3 + 1
        path[depth:] = [row["name"].strip()]
        ends = [*(start - 2 for start in starts[1:]), len(line)]
        cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
        if len(cells) == _COLUMNS and cells[_MEDIAN]:
            yield "::".join(path), cells


HARNESS = Divan()
