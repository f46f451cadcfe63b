"""Running the kept programs of the two sides, one at a time, and saying how a run failed."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.base import process
from engine.measure import counts_file
from engine.measure.bench_tree import BenchTree
from engine.measure.harness import Call

_KEPT = 4 * 2**20  # bytes of a run's output; what is read of it is far less


class FailedError(Exception):
    """A run that measured nothing; the message says why, in words for the user."""


@dataclass(frozen=True, slots=True)
class ProgramKey:
    """A target whose program is kept: ``mode`` is the kind of build."""

    mode: str
    package: str
    target: str


@dataclass(slots=True)
class Runner:
    """Runs programs in ``bench_tree``. ``env`` is what every run gets; ``home`` a folder of ours
    that is emptied for each run. ``written`` collects what runs wrote into their side's files, by
    target."""

    bench_tree: BenchTree
    env: Mapping[str, str]
    home: Path
    written: dict[str, set[str]] = field(default_factory=dict)
    _last: dict[str, str] = field(default_factory=dict)  # by side: what ran there last

    def has(self, side: str, key: ProgramKey) -> bool:
        """Was such a program built for ``side``?"""
        return (key.package, key.target) in self.bench_tree.programs(side, key.mode)

    def run(
        self,
        side: str,
        key: ProgramKey,
        call: Call,
        timeout: float,
        *,
        wrap: tuple[str, ...] = (),
        more: Mapping[str, str] | None = None,
        program: Path | None = None,
    ) -> process.ProcessResult:
        """One run to its end. ``wrap`` is a program that runs it, ``program`` one that runs in its
        place. Raises FailedError when it does not end by itself with success, within ``timeout``
        seconds."""
        changed = self.bench_tree.load(side, key.mode)
        if changed and side in self._last:
            self.written.setdefault(self._last[side], set()).update(changed)
        self._last[side] = f"{key.package}::{key.target}"
        kept = self.bench_tree.programs(side, key.mode)[key.package, key.target]
        self.empty_home()
        result = process.run(
            process.Command(
                argv=(*wrap, str(program or kept.path), *call.args),
                cwd=self.bench_tree.place / kept.package,
                env={**self.env, **kept.env, **call.env, **(more or {})},
                timeout=timeout,
                kept=_KEPT,
            )
        )
        if result.timed_out:
            raise FailedError(
                f"did not end within {timeout:.0f} s: it hangs, or a run of it takes longer; "
                "give it more with --bench-time"
            )
        if result.code < 0:
            raise FailedError(f"was ended by {_signal(-result.code)}{_words(result)}")
        if result.code:
            raise FailedError(f"ended with code {result.code}{_words(result)}")
        return result

    def empty_home(self) -> None:
        """Make the folder that a run may write into empty."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)

    def counts_file(self) -> Path:
        """A fresh file for the counting allocator, beside ``home``, which each run empties."""
        return counts_file.fresh(self.home.with_name(self.home.name + "-counts"))

    def close(self) -> None:
        """Delete the folder for runs, and the file of counts."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.with_name(self.home.name + "-counts").unlink(missing_ok=True)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _words(result: process.ProcessResult) -> str:
    """Its own last words: the panic's message, or else the last line."""
    said = result.stderr + (b"" if b"panicked at" in result.stderr else b"\n" + result.stdout)
    lines = [
        line.strip()
        for line in said.decode("utf-8", "replace").split("\n")
        if line.strip() and not line.startswith("note: run with `RUST_BACKTRACE")
    ]
    for index, line in enumerate(lines):
        if "panicked at" in line:
            message = lines[index + 1] if index + 1 < len(lines) else ""
            return f": {line} {message}"[:200].rstrip()
    return f": {lines[-1][:160]}" if lines else ""
