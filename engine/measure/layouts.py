"""The same program with its code and data in another order: linked again, its sections shuffled.

Where a linker puts functions decides how they share cache lines and branch predictors, so that two
programs can differ in time by a few percent although their code does the same work, and any change
moves the code behind it. What is compared is therefore each side in many orders, another one for
each pair: an effect of order is then part of the scatter, and of the noise floor, too. Sources:
Mytkowicz, Diwan, Hauswirth, Sweeney, "Producing wrong data without doing anything obviously wrong!"
(ASPLOS 2009); Curtsinger, Berger, "Stabilizer" (ASPLOS 2013).

Of lld ``--shuffle-sections``, so on Linux with glibc alone, where rustc brings lld along.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from engine.base import process
from engine.base.bench_report import NEW, OLD
from engine.cargo.messages import Program

_SECTIONS = (".text*", ".rodata*", ".data*", ".bss*")
_TIMEOUT = 60.0  # seconds for one link
_ROOM = 4  # free disk that there must be for each byte linked
_HERE = sys.platform == "linux" and platform.libc_ver()[0] == "glibc"
_Key = tuple[str, str]  # package, target


class LayoutError(Exception):
    """A program cannot be linked in other orders; the message says why, for the user."""


@dataclass(frozen=True, slots=True)
class _Link:
    """How a program was linked. ``argv`` names the kept inputs; ``output`` is its place there."""

    argv: tuple[str, ...]
    output: int
    cwd: Path
    env: Mapping[str, str]
    inputs: Mapping[str, tuple[int, int]]  # size and time of last change, of libraries too
    size: int  # of the program, in bytes

    def command(self, out: Path, more: Sequence[str]) -> process.Command:
        argv = (*self.argv[: self.output], str(out), *self.argv[self.output + 1 :], *more)
        return process.Command(argv=argv, cwd=self.cwd, env=self.env, timeout=_TIMEOUT)


class Layouts:
    """Links programs of both sides anew.

    Below ``base``, the scratch folder, are::

        links/          the wrapper, and a note for each program that cargo has built
        bench-layouts/  both sides' notes while they are compared, and programs linked anew
    """

    def __init__(self, base: Path) -> None:
        self._notes = base / "links"
        self._kept = base / "bench-layouts"
        self._links: dict[str, dict[_Key, _Link]] = {OLD: {}, NEW: {}}
        self._lld: tuple[str, ...] = ()
        self._flags: tuple[str, ...] | None = None  # that make the linker one which can do it
        shutil.rmtree(self._kept, ignore_errors=True)

    def wrapper(self) -> Path | None:
        """The program for ``RUSTC_WORKSPACE_WRAPPER``, written when it is not there; None where no
        program can be linked in another order."""
        if not _HERE:
            return None
        self._notes.mkdir(parents=True, exist_ok=True)
        recorder = self._notes / "record_link.py"
        texts = {recorder: resources.files("engine.measure").joinpath("record_link.py").read_text()}
        for role in ("rustc", "linker"):
            words = (sys.executable, "-I", "-S", str(recorder), role, str(self._notes))
            texts[self._notes / f"{role}.sh"] = f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n'
        for path, text in texts.items():
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                path.chmod(0o755)
                shutil.rmtree(self._notes / "linkers", ignore_errors=True)
        return self._notes / "rustc.sh"

    def keep(self, side: str, programs: Sequence[Program], rustlib: Path) -> None:
        """Take the notes of ``programs`` for ``side``, as long as they are theirs: the next build
        writes others in their place. ``rustlib`` is where the toolchain keeps its libraries."""
        tools = rustlib.parent / "bin" / "gcc-ld"
        self._lld = (f"-B{tools}", "-fuse-ld=lld") if tools.is_dir() else ()
        for index, program in enumerate(p for p in programs if p.test):
            note = self._notes / "notes" / Path(program.path).name
            folder = self._kept / side / f"notes{index:04}"
            try:
                plain = json.loads((note / "note.json").read_bytes())
                size, changed = plain["program"]
                if _unchanged(Path(program.path), (size, changed)):
                    shutil.copytree(note, folder, copy_function=os.link)
                    self._links[side][program.package, program.target] = _link(plain, folder)
            except (OSError, ValueError, KeyError, TypeError):
                continue  # said when it is asked for
        self._prune(programs)

    def _prune(self, programs: Sequence[Program]) -> None:
        """Notes of programs that cargo does not build any more."""
        folders = {Path(program.path).parent for program in programs}
        notes = self._notes / "notes"
        for note in notes.iterdir() if programs and notes.is_dir() else ():
            if not any((folder / note.name).exists() for folder in folders):
                shutil.rmtree(note, ignore_errors=True)

    def link(
        self, side: str, package: str, target: str, seeds: Sequence[int], told: Callable[[], None]
    ) -> list[Path]:
        """The program linked once for each of ``seeds``, in orders that these decide; ``told`` hears
        of each. Raises LayoutError."""
        link = self._links[side].get((package, target))
        if not _HERE:
            raise LayoutError("that takes Linux with glibc")
        if link is None:
            raise LayoutError("how it was linked is not known")
        if not all(_unchanged(Path(path), known) for path, known in link.inputs.items()):
            raise LayoutError("what it was linked from has changed since")
        needed = link.size * len(seeds)
        if shutil.disk_usage(self._kept).free < _ROOM * needed:
            raise LayoutError(f"there is too little disk for {needed / 2**20:,.0f} MiB of programs")
        if self._flags is None:
            self._flags = self._able(side, link)
        outs = [self._kept / side / f"{seed:010}" / target.rpartition("/")[2] for seed in seeds]
        jobs = os.cpu_count() or 1
        for start in range(0, len(outs), jobs):
            part = range(start, min(start + jobs, len(outs)))
            for index in part:
                outs[index].parent.mkdir(parents=True, exist_ok=True)
            results = process.run_all(
                [link.command(outs[i], (*self._flags, *_shuffled(seeds[i]))) for i in part], jobs
            )
            for result in results:
                if result.code or result.timed_out:
                    raise LayoutError(f"the linker fails on it: {_words(result)}")
                told()
        return outs

    def _able(self, side: str, link: _Link) -> tuple[str, ...]:
        """What makes the linker able to shuffle: nothing, or rustc's own lld in its place."""
        out = self._kept / side / "trial"
        words = ""
        for flags in ((), self._lld):
            result = process.run(link.command(out, (*flags, *_shuffled(1))))
            out.unlink(missing_ok=True)
            if not result.code and not result.timed_out:
                return flags
            words = words or _words(result)
        raise LayoutError(f"its linker cannot do that: {words}")

    def drop(self) -> None:
        """Remove the programs that were linked anew."""
        for side in (OLD, NEW):
            for folder in (self._kept / side).glob("[0-9]*"):
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Delete all programs that were linked."""
        shutil.rmtree(self._kept, ignore_errors=True)


def _shuffled(seed: int) -> tuple[str, ...]:
    return tuple(f"-Wl,--shuffle-sections={glob}={seed}" for glob in _SECTIONS)


def _link(plain: Mapping[str, Any], folder: Path) -> _Link:
    argv = list(plain["argv"])
    inputs = {path: (size, changed) for path, (size, changed) in plain["libraries"].items()}
    for index, (name, size, changed) in plain["inputs"].items():
        argv[int(index)] = str(folder / name)
        inputs[str(folder / name)] = (size, changed)
    size, _ = plain["program"]
    return _Link(tuple(argv), plain["output"], Path(plain["cwd"]), plain["env"], inputs, size)


def _unchanged(path: Path, known: tuple[int, int]) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False
    return known == (status.st_size, status.st_mtime_ns)


def _words(result: process.ProcessResult) -> str:
    if result.timed_out:
        return f"it took more than {_TIMEOUT:.0f} s"
    lines = result.stderr.decode("utf-8", "replace").strip().split("\n")
    return next((line for line in lines if "error" in line), lines[-1])[:160]
