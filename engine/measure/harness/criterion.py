"""criterion, also under its codspeed name: read from the ``sample.json`` that it writes.

Its files go to ``CRITERION_HOME``, never to ``target/criterion``. Settings that a group makes in the
code are stronger than arguments, so a run can take longer than it was asked to. Before 0.4 it takes
whole seconds alone; that one lists ``NAME: bench``, not ``NAME: benchmark``.
Source: criterion 0.3 to 0.8, ``lib.rs``, ``routine.rs`` and ``report.rs``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.base.fsio import read_regular
from engine.base.process import ProcessResult
from engine.measure.harness import Call, Counted, Harness, Reading, UnreadableError

_LIMIT = 64 * 2**20  # bytes of one JSON file
_FEWEST = 10  # samples: criterion takes no less
# Many short samples, and of these the lower quartile: with a busy neighbour, a sample of several
# milliseconds is nearly always interrupted. Between pairs of runs of one program the value then
# differed by 0.5 to 1 %, the median of ten long ones by 15 to 70 % (two cores, load 8).
_SAMPLE = 0.0005  # seconds
_QUARTILE = 0.25
_MOST = 500  # samples
_INSTANT = "0.000000001"  # seconds: warm up for one iteration, then one iteration a sample
_OLD = re.compile(rb"^.+: bench$", re.MULTILINE)
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$#&~-]")


class Criterion(Harness):
    """Criterion, and what speaks its command line. ``whole_seconds``: a version that takes no
    fractions of a second."""

    name = "criterion"
    crates = frozenset({"criterion", "codspeed-criterion-compat", "criterion2"})
    iterates = "*criterion*bencher*encher*iter*"
    marker = re.compile(rb"\bcriterion_main\s*!|\bCriterion\b")

    def __init__(self, whole_seconds: bool = False) -> None:
        self._whole = whole_seconds

    def listing(self) -> Call:
        return Call(("--bench", "--list"))

    def fitting(self, stdout: bytes) -> Harness:
        return Criterion(whole_seconds=True) if _OLD.search(stdout) else self

    def timing(self, name: str, seconds: float, home: Path, iteration: float = 0.0) -> Call:
        warm_up = f"{max(seconds / 4, 0.01):.4f}"
        if self._whole:
            seconds, warm_up = math.ceil(seconds), "1"
        # No sample is shorter than an iteration.
        samples = int(seconds / max(_SAMPLE, iteration / 1e9)) if iteration else _FEWEST
        told = f"{seconds}" if self._whole else f"{seconds:.4f}"
        return _call(name, warm_up, told, home, min(samples, _MOST))

    def read(self, name: str, result: ProcessResult, home: Path) -> Reading:
        iterations, times = _sample(name, home)
        each = sorted(t / n for n, t in zip(iterations, times, strict=True))
        value = each[int(_QUARTILE * (len(each) - 1))]
        if not (value > 0 and math.isfinite(value)):
            raise UnreadableError("criterion measured no time at all")
        return Reading(value)

    def once(self, name: str, home: Path) -> Call:
        return Call(("--bench", "--test", _exactly(name)), _env(home))

    def few(self, name: str, home: Path) -> Call | None:
        return None if self._whole else _call(name, _INSTANT, _INSTANT, home)

    def many(self, name: str, seconds: float, iteration: float, home: Path) -> Call | None:
        return None if self._whole else _call(name, _INSTANT, f"{seconds:.4f}", home)

    def counted(self, name: str, result: ProcessResult, home: Path) -> Counted:
        iterations, _ = _sample(name, home)
        # The warm-up ends with its first iteration; a group's own takes more, which is not told.
        return Counted(1 + int(sum(iterations)), 1 + len(iterations))


def _call(name: str, warm_up: str, measure: str, home: Path, samples: int = _FEWEST) -> Call:
    return Call(
        (
            *("--bench", "--noplot", "--warm-up-time", warm_up, "--measurement-time", measure),
            *("--sample-size", str(max(samples, _FEWEST)), "--nresamples", "1", _exactly(name)),
        ),
        _env(home),
    )


def _env(home: Path) -> dict[str, str]:
    return {"CRITERION_HOME": str(home)}


def _exactly(name: str) -> str:
    """A filter for this name alone: a regular expression in every version (``--exact`` is newer)."""
    return "^" + _SPECIAL.sub(lambda found: f"\\{found[0]}", name) + "$"


def _sample(name: str, home: Path) -> tuple[list[float], list[float]]:
    """Iterations and nanoseconds of each sample. The files are a program's output: not trusted."""
    for folder in _results(home):
        if folder["benchmark"].get("full_id") != name:
            continue
        sample = folder["sample"]
        iterations, times = _numbers(sample.get("iters")), _numbers(sample.get("times"))
        if not iterations or len(iterations) != len(times):
            raise UnreadableError("sample.json is not of criterion's form")
        if min(iterations) < 1:
            raise UnreadableError("sample.json tells of samples without iterations")
        return iterations, times
    raise UnreadableError("wrote no sample.json for this bench")


def _results(home: Path) -> Iterator[dict[str, dict[str, Any]]]:
    for path in sorted(home.glob("**/new/sample.json")):
        try:
            yield {kind: _table(path.with_name(f"{kind}.json")) for kind in ("benchmark", "sample")}
        except (OSError, ValueError, RecursionError):
            continue


def _table(path: Path) -> dict[str, Any]:
    value = json.loads(read_regular(path, _LIMIT))
    if not isinstance(value, dict):
        raise ValueError(f"no object in {path}")
    return value


def _numbers(values: object) -> list[float]:
    """The numbers of a JSON array; none when it holds anything but finite ones from 0."""
    if not isinstance(values, list):
        return []
    found = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    whole = len(found) == len(values) and all(math.isfinite(v) and v >= 0 for v in found)
    return found if whole else []


HARNESS = Criterion()
