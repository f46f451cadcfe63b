"""The tests of the tree by ``cargo test``, and what builds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.base import process
from engine.cargo import libtest
from engine.cargo.cargo_program import CargoProgram, stopped
from engine.cargo.cargo_results import TestRun
from engine.cargo.messages import Build, Program
from engine.cargo.toolchain import SHOWN, shown

_NONE = frozenset[str]()


@dataclass(frozen=True, slots=True)
class BuiltTests:
    """What a build of tests made: the programs, and the packages whose libraries have doc tests, maybe.
    ``run`` is a test run without any test: it says whether it was built, and what cargo said."""

    run: TestRun
    programs: tuple[Program, ...]
    libraries: frozenset[str]


class CargoTests:
    """Tests on the copy of ``program``, by cargo."""

    def __init__(self, program: CargoProgram) -> None:
        self._program = program
        # Units and tests of runs before, to be told.
        self._expected: dict[tuple[str, ...], int] = {}

    def build(self, selection: Sequence[str]) -> BuiltTests:
        """``cargo test --no-run``: all that a run of ``selection`` needs is built."""
        kind = ("build", "test", *selection)
        program = self._program
        build = Build(program.paths, program.progress, self._expected.get(kind, 0))
        text = process.Capped(SHOWN)

        def line(data: bytes) -> None:
            if not build.line(data):
                text.add(data + b"\n")

        result = program.start(self._command((*selection, "--no-run"), line, program.limits.test))
        self._expected[kind] = build.units
        programs = tuple(each for each in build.programs if each.test)
        run = self._run(build, text, result, {}, programs)
        return BuiltTests(run, programs, frozenset(build.libs.values()))

    def run(
        self, selection: Sequence[str], filters: Sequence[str] = (), seconds: float | None = None
    ) -> TestRun:
        """``cargo test --no-fail-fast`` of ``selection``, of those tests that libtest's ``filters`` let
        through. ``seconds``: what is left of the limit; None: all of it."""
        kind = ("test", *selection, *filters)
        program = self._program
        build = Build(program.paths, program.progress, self._expected.get(("build", *kind), 0))
        log = libtest.Log()
        text = process.Capped(SHOWN)

        def line(data: bytes) -> None:
            if not build.line(data):
                text.add(data + b"\n")
                told = log.told
                log.feed(data.decode("utf-8", "replace"))
                if log.told > told:
                    of = self._expected.get(kind, 0)
                    program.progress(f"{log.told}{f' of {of}' if log.told <= of else ''} tests")
                return
            for artifact in build.programs[len(log.executables) :]:
                name = artifact.path.rpartition("/")[2]
                target = f"{artifact.package}::{artifact.target}"
                log.executables[name] = libtest.Executable(target, program.harness(artifact))
            log.docs.update(build.libs)

        words = (*selection, "--no-fail-fast")
        limit = program.limits.test if seconds is None else seconds
        result = program.start(self._command(words, line, limit, filters))
        found = log.finish(result.timed_out)
        self._expected[kind], self._expected["build", *kind] = log.told, build.units
        programs = tuple(each for each in build.programs if each.test)
        return self._run(build, text, result, found, programs)

    def _command(
        self,
        words: Sequence[str],
        line: Callable[[bytes], object],
        seconds: float,
        filters: Sequence[str] = (),
    ) -> process.Command:
        program = self._program
        return process.Command(
            argv=(
                *(program.cargo, *program.configs, "test", *words),
                *("--message-format=json", "--color=never"),
                *(("--", *filters) if filters else ()),
            ),
            cwd=program.scratch.tree,
            env=program.build_environment(),
            timeout=seconds,
            merge=True,
            on_line=line,
        )

    def _run(
        self,
        build: Build,
        text: process.Capped,
        result: process.ProcessResult,
        found: Mapping[str, frozenset[str]],
        programs: Sequence[Program],
    ) -> TestRun:
        output = shown(text.value())
        if result.timed_out:
            output += stopped("cargo test", self._program.limits.test, "test-timeout")
        if not build.finished:  # a test may well print such words
            self._program.complain(output, build.diagnostics)
        return TestRun(
            built=build.finished,
            passed=found.get("passed", _NONE),
            failed=found.get("failed", _NONE),
            ignored=found.get("ignored", _NONE),
            broken=found.get("broken", _NONE),
            diagnostics=build.diagnostics,
            output=output,
            seconds=result.seconds,
            timed_out=result.timed_out,
            programs={
                Path(program.path).name: f"{program.package}::{program.target}"
                for program in programs
            },
        )
