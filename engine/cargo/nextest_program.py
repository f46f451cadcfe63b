"""nextest as it is started on the scratch copy, and what each of its processes came to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.base import process
from engine.base.errors import SpikeproofError
from engine.base.fsio import read_regular
from engine.cargo import nextest
from engine.cargo.cargo_program import CargoProgram, stopped
from engine.cargo.toolchain import SHOWN, shown

_REPORT = 256 * 2**20  # bytes
# A line that tells how a test ended: read for the progress line alone.
_TOLD = re.compile(rb" +(?:TRY \d+ )?[A-Z-]+ \[ *\d")
_RUN = (
    # Retries are for ``engine.verify``.
    *("--no-fail-fast", "--retries", "0"),
    *("--status-level", "pass", "--final-status-level", "none"),
    *("--success-output", "never", "--failure-output", "never"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a process was asked for: cargo's arguments, nextest's filters, and the seconds that it has."""

    selection: tuple[str, ...]
    filters: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, and what it said; ``listed``, or what the report ``told``, where
    it came so far."""

    code: int
    timed_out: bool
    seconds: float
    output: str
    listed: nextest.Listed | None = None
    told: tuple[nextest.Told, ...] | None = None


class NextestProgram:
    """nextest on the copy of ``program``. Raises SpikeproofError for answers that cannot be read."""

    def __init__(self, program: CargoProgram) -> None:
        self._program = program
        self._folder = program.scratch.build.parent / "nextest"

    def list(self, asked: Asked, programs: Mapping[str, str]) -> Ended:
        """The tests of ``programs`` (targets by file name)."""
        words = ("list", "--message-format", "json")
        result = self._start(words, asked)
        ok = result.code == 0 and not result.timed_out
        return Ended(
            result.code,
            result.timed_out,
            result.seconds,
            shown(result.stderr),
            nextest.read_list(result.stdout, programs) if ok else None,
        )

    def run(self, asked: Asked, ids: Mapping[str, str], expected: int) -> Ended:
        """Run tests of programs (targets by ``ids``, nextest's names), ``expected`` many."""
        report = self._folder / "junit.xml"
        report.unlink(missing_ok=True)
        text = process.Capped(SHOWN)
        tests = 0

        def line(data: bytes) -> None:
            nonlocal tests
            text.add(data + b"\n")
            if _TOLD.match(data):
                tests += 1
                of = f" of {expected}" if tests <= expected else ""
                self._program.progress(f"{tests}{of} tests")

        result = self._start(("run", *_RUN), asked, line)
        output = shown(text.value())
        self._program.complain(output, ())
        if result.timed_out:
            output += stopped("cargo nextest", self._program.limits.test, "test-timeout")
        told = None
        if report.exists():
            try:
                data = read_regular(report, _REPORT, follow=False)
            except OSError as error:
                raise nextest.unreadable("report", error.strerror) from None
            told = tuple(nextest.read_report(data, ids))
        return Ended(result.code, result.timed_out, result.seconds, output, told=told)

    def _start(
        self, words: Sequence[str], asked: Asked, line: Callable[[bytes], object] | None = None
    ) -> process.ProcessResult:
        program = self._program
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "nextest.toml"
        config.write_bytes(nextest.tool_config(self._folder / "junit.xml"))
        return program.start(
            process.Command(
                argv=(
                    *(program.cargo, "nextest", *words, *asked.filters),
                    *nextest.arguments(asked.selection, program.configs),
                    *("--tool-config-file", f"spikeproof:{config}", "--profile", nextest.PROFILE),
                ),
                cwd=program.scratch.tree,
                env={**program.build_environment(), "NEXTEST_USER_CONFIG_FILE": "none"},
                timeout=asked.seconds,
                merge=line is not None,
                on_line=line,
                nested=True,
            ),
            counts=False,
        )


def refused(ended: Ended) -> SpikeproofError:
    """The error for a process that did not come to any test."""
    why = (
        "a setup script fails" if ended.code == nextest.NO_SETUP else f"it ended with {ended.code}"
    )
    return SpikeproofError(
        f"cargo nextest does not run the tests of the workspace ({why}): make `cargo nextest run` work "
        "there, or let cargo run them: `--test-runner cargo`",
        ended.output,
    )
