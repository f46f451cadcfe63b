"""Measurements kept between runs, by the content of both sides, the toolchain and the machine.

One JSON file a comparison, in the user's own cache folder and not below the target directory: what
a repository brings along is no evidence. What cannot be read is measured again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine import __version__
from engine.base.bench_report import RUNS, BenchReport, Machine, Missing, Row, Samples
from engine.base.fsio import read_regular
from engine.measure.settings import CompareSettings

_KEPT = 64  # comparisons; the oldest go
_LIMIT = 16 * 2**20
_FORMAT = 5


class Cache:
    """The comparisons in ``folder``. ``facts`` is all that every one of them depends on: the tree
    as it is, toolchain, machine, flags, settings."""

    def __init__(self, folder: Path, facts: Mapping[str, Any]) -> None:
        self._folder = folder
        self._facts = dict(facts)

    def key(
        self,
        before: Mapping[str, bytes],
        after: Mapping[str, bytes],
        probes: Mapping[str, bytes],
        only: Iterable[str],
        settings: CompareSettings,
    ) -> str:
        """The name of a comparison: the texts that stand in place of the tree's own on either
        side, the probes, the benches (all when empty), the budget and what is counted."""
        content = {
            "format": _FORMAT,
            "version": __version__,
            **self._facts,
            "before": _digests(before),
            "files": _digests(after),
            "probes": _digests(probes),
            "only": sorted(only),
            "seconds": settings.seconds,
            "counters": settings.counters,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def get(self, key: str) -> BenchReport | None:
        """What was measured under ``key``; None when nothing is kept, or nothing that can be
        read."""
        path = self._folder / f"{key}.json"
        try:
            report = _report(json.loads(read_regular(path, _LIMIT, follow=False)))
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return report

    def put(self, key: str, report: BenchReport) -> None:
        """Keep a whole comparison; one that was interrupted is not kept."""
        if report.interrupted:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{key}.json"
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(_plain(report)))
        temporary.replace(path)
        old = sorted(self._folder.glob("*.json"), key=lambda p: p.lstat().st_mtime, reverse=True)
        for path in old[_KEPT:]:
            with contextlib.suppress(OSError):
                path.unlink()


def cache_folder() -> Path:
    """``$XDG_CACHE_HOME/spikeproof/evidence``, as the XDG base directory specification has it."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".cache"
    return root / "spikeproof" / "evidence"


def tree_digest(root: Path, paths: Iterable[str]) -> str:
    """One digest for the regular files ``paths`` below ``root``."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        with contextlib.suppress(OSError):
            content = hashlib.sha256((root / path).read_bytes()).hexdigest()
            whole.update(f"{path}\0{content}\0".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(data).hexdigest() for path, data in sorted(files.items())}


def _plain(report: BenchReport) -> dict[str, Any]:
    plain = asdict(report)
    plain["reached"] = {name: sorted(fixes) for name, fixes in report.reached.items()}
    return plain


def _report(plain: dict[str, Any]) -> BenchReport:
    rows = []
    for row in plain["rows"]:
        ends = row["interval"]
        rows.append(Row(**{**row, "interval": None if ends is None else (ends[0], ends[1])}))
    return BenchReport(
        machine=Machine(**plain["machine"]),
        rows=tuple(rows),
        missing=tuple(Missing(**missing) for missing in plain["missing"]),
        notes=tuple(plain["notes"]),
        reached={name: frozenset(fixes) for name, fixes in plain["reached"].items()},
        samples=tuple(
            Samples(each["name"], each["metric"], *(tuple(each[run]) for run in RUNS))
            for each in plain["samples"]
        ),
        seconds=plain["seconds"],
    )
