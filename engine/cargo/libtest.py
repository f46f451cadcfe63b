"""What the tests said: the output of ``cargo test``, stdout and stderr in the order of writing.

cargo says which target it runs and how that ended, libtest tells each test. Tests print in between
as they like (child processes, ``--test-threads=1``), so a result is looked for at the end of a
line, and the list of failures that libtest prints at the end has the last word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.cargo.cargo_args import target_of
from engine.cargo.cargo_results import TestRun

_RUNNING = re.compile(r" {3,}Running (?:unittests )?(?:\S.*) \((?P<exe>.+)\)$")
_DOCTESTS = re.compile(r" {3,}Doc-tests (?P<crate>\S+)$")
_STOPPED = re.compile(r"error: (?:test|doctest) failed, to rerun pass ")
_COUNT = re.compile(r"running (\d+) tests?$")
_SUMMARY = re.compile(
    r"test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored; (\d+) measured"
)
_RESULT = r"(?P<result>ok|FAILED(?: \(.*\))?|ignored(?:, .*)?)(?: <[\d.]+s>)?$"
_TEST = re.compile(
    r"(?:^|.*?)test (?P<name>\S+|\S+ - .+?)(?: - should panic)? \.\.\. ?(?P<rest>.*)$"
)
_ENDS = re.compile(f"(?:^|.*?){_RESULT}")
_DUMP = re.compile(r"---- (?P<name>.+) stdout ----$")
_DOC_NAME = re.compile(r"(?P<item>.+?) ?\(line (?P<line>\d+)\)")

Status = str  # "passed", "failed" or "ignored"


@dataclass(frozen=True, slots=True)
class Executable:
    """A test program: ``package::target`` and whether it is built on libtest."""

    target: str
    harness: bool


@dataclass(slots=True)
class _Section:
    """What one target said so far."""

    target: str
    harness: bool = True
    doc: bool = False
    counted: bool = False
    open_blocks: int = 0  # blocks begun with "running N tests" that have no summary yet
    # libtest says "failures:" twice: before what the failed tests printed (which may look like
    # anything, another libtest's output too) and before the list of their names.
    part: Literal["tests", "printed", "names"] = "tests"
    stopped: bool = False
    tests: dict[str, Status] = field(default_factory=dict)
    waiting: str | None = None  # a test that was named, its result to come
    guess: Status | None = None


class Log:
    """Reads the output line by line. ``executables`` (by file name) and ``docs`` (package by crate
    name) may grow while it reads: cargo tells what it built before it runs it."""

    def __init__(self) -> None:
        self.executables: dict[str, Executable] = {}
        self.docs: dict[str, str] = {}
        self._sections: list[_Section] = []
        self._before = 0  # results of all sections but the last

    def feed(self, line: str) -> None:
        """Take the next line of a test run's output, without its line feed."""
        line = line.rstrip("\r")
        if self._heads(line) or not self._sections:
            return
        section = self._sections[-1]
        if _STOPPED.match(line):
            self._settle(section)
            section.stopped = True
        elif line == "failures:":
            self._settle(section)
            section.part = "printed" if section.part == "tests" else "names"
        elif section.part == "printed":
            dump = _DUMP.match(line)
            if dump:
                section.tests[dump["name"]] = "failed"
        elif _COUNT.search(line):
            section.counted = True
            section.open_blocks += 1
        elif _SUMMARY.search(line):
            self._settle(section)
            section.open_blocks -= 1
            section.part = "tests"
        elif section.part == "names":
            if line.startswith("    ") and line.strip() in section.tests:
                section.tests[line.strip()] = "failed"
        elif section.counted:
            self._test(section, line)

    def _heads(self, line: str) -> bool:
        """Does a new target begin here?"""
        running, docs = _RUNNING.search(line), _DOCTESTS.search(line)
        if running:
            name = running["exe"].replace("\\", "/").rpartition("/")[2]
            executable = self.executables.get(name)
            if executable is None:
                return False
            section = _Section(executable.target, executable.harness)
        elif docs and docs["crate"] in self.docs:
            section = _Section(f"{self.docs[docs['crate']]}::doc", doc=True)
        else:
            return False
        if self._sections:
            self._settle(self._sections[-1])
            self._before += len(self._sections[-1].tests)
        self._sections.append(section)
        return True

    def _test(self, section: _Section, line: str) -> None:
        test = _TEST.match(line)
        if test:
            self._settle(section)
            section.waiting = test["name"]
            line = test["rest"]
        ends = _ENDS.match(line)
        if section.waiting is not None and ends:
            section.guess = _status(ends["result"])

    @staticmethod
    def _settle(section: _Section) -> None:
        """The last result seen since a test was named is its own."""
        if section.waiting is not None and section.guess is not None:
            section.tests.setdefault(section.waiting, section.guess)
        section.waiting = section.guess = None

    @property
    def told(self) -> int:
        """How many tests have a result so far."""
        return self._before + (len(self._sections[-1].tests) if self._sections else 0)

    def finish(self, timed_out: bool) -> Mapping[str, frozenset[str]]:
        """Full names by "passed", "failed", "ignored" and "broken". Call it once, at the end."""
        found: dict[str, set[str]] = {s: set() for s in ("passed", "failed", "ignored", "broken")}
        docs: dict[str, dict[str, Status]] = defaultdict(dict)
        for index, section in enumerate(self._sections):
            self._settle(section)
            cut = timed_out and index == len(self._sections) - 1
            if section.doc:
                docs[section.target].update(section.tests)
            else:
                for name, status in section.tests.items():
                    found[status].add(f"{section.target}::{name}")
            whole = _verdict(section, cut)
            if whole:
                found[whole].add(section.target)
        for target, tests in docs.items():
            for name, status in _numbered(tests):
                found[status].add(f"{target}::{name}")
        return {status: frozenset(names) for status, names in found.items()}


def _status(result: str) -> Status:
    return {"o": "passed", "F": "failed", "i": "ignored"}[result[0]]


def _verdict(section: _Section, cut: bool) -> str:
    """What the target as a whole counts as, besides its tests; "" for nothing."""
    if cut:
        return "broken"
    if not section.harness and (not section.counted or section.open_blocks > 0):
        return "failed" if section.stopped else "passed"  # one test, told by the exit status
    if section.open_blocks > 0 or (section.stopped and not section.counted):
        return "broken"  # died on the way, or before it counted its tests
    if section.stopped and "failed" not in section.tests.values():
        return "broken"  # all told, none failed, and yet it failed
    return ""


def _numbered(tests: Mapping[str, Status]) -> Iterator[tuple[str, Status]]:
    """Doc tests are named by line, which edits move: count them per item instead."""
    places: dict[str, list[tuple[int, Status]]] = defaultdict(list)
    for name, status in tests.items():
        match = _DOC_NAME.match(name)
        if match:
            places[match["item"].removesuffix(" -")].append((int(match["line"]), status))
        else:
            yield name, status
    for item, lines in places.items():
        for number, (_, status) in enumerate(sorted(lines), start=1):
            yield f"{item} #{number}", status


def joined(runs: Iterable[TestRun]) -> TestRun:
    """Several runs as one."""
    each = tuple(runs)
    empty = frozenset[str]()
    return TestRun(
        built=all(run.built for run in each),
        passed=empty.union(*(run.passed for run in each)),
        failed=empty.union(*(run.failed for run in each)),
        ignored=empty.union(*(run.ignored for run in each)),
        broken=empty.union(*(run.broken for run in each)),
        diagnostics=tuple(found for run in each for found in run.diagnostics),
        output="".join(run.output for run in each),
        seconds=sum(run.seconds for run in each),
        timed_out=any(run.timed_out for run in each),
        programs={name: target for run in each for name, target in run.programs.items()},
        cut=empty.union(*(run.cut for run in each)),
    )


def restricted(run: TestRun, names: frozenset[str]) -> TestRun:
    """``run`` with what ``names`` ask for alone: filters and flags let neighbours run too."""
    targets = {target_of(name) for name in names}

    def asked(found: frozenset[str]) -> frozenset[str]:
        return frozenset(name for name in found if name in names or target_of(name) in names)

    return replace(
        run,
        passed=asked(run.passed),
        failed=asked(run.failed),
        ignored=asked(run.ignored),
        broken=run.broken & targets,
        cut=asked(run.cut),
    )
