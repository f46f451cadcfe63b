"""What nextest is asked and what it answers: arguments, filtersets, its list of tests, its report.

Of nextest's outputs its documentation calls stable what is no experiment: exit codes, the JSON of
``list``, and JUnit for what a run came to ("the main mechanism available"). ``libtest-json`` is an
experiment, and "not full-fidelity". So the report is JUnit, which a profile of ours has it write.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import msgspec

from engine.base.errors import SpikeproofError
from engine.base.process import clip

CONFIG = ".config/nextest.toml"  # of a workspace
PROFILE = "spikeproof"  # what it leaves open is as in the workspace's ``default``

# Exit codes that say something of the tests, as ``nextest_metadata::NextestExitCode`` documents them.
NO_TESTS, FAILED, NOT_LISTED, NO_SETUP = 4, 100, 104, 105

_PASSED_OVER = "skipped-default-filter"  # what ``list`` says of a program
_LONGEST = 20_000  # characters of one filterset: beyond that, the whole program is run
_SAID = 32 * 1024  # bytes of what one test printed
_ESCAPED = str.maketrans({"\\": "\\\\", ")": "\\)", ",": "\\,", "\n": "\\n", "\r": "\\r"})
_CUT = ("test abort", "test timeout")  # kinds of failures of tests that were ended


def tool_config(report: Path) -> bytes:
    """Our profile: it writes ``report``, and knows no limit for a whole run but ours."""
    import tomlkit

    junit = {"path": str(report), "store-failure-output": True}
    profile = {"global-timeout": "30days", "junit": junit}
    return tomlkit.dumps({"profile": {PROFILE: profile}}).encode()


def arguments(selection: Sequence[str], configs: Sequence[str]) -> tuple[str, ...]:
    """cargo's arguments as nextest takes them: what ``--profile`` is to it is another thing."""
    named = {"--profile": "--cargo-profile"}
    return (*configs, *(named.get(word, word) for word in selection))


def binary_id(target: str) -> str:
    """nextest's name of the test program of ``package::target``."""
    package, _, rest = target.partition("::")
    kind, _, name = rest.partition("/")
    if not name:  # lib
        return package
    return f"{package}::{name}" if kind == "test" else f"{package}::{kind}/{name}"


def only_program(target: str) -> tuple[str, ...]:
    """The arguments that let nextest run one program alone."""
    return "-E", _is("binary_id", binary_id(target))


def but_for(targets: Iterable[str]) -> tuple[str, ...]:
    """The arguments that keep nextest from so much as starting the programs of ``targets``."""
    named = " + ".join(_is("binary_id", binary_id(target)) for target in sorted(targets))
    return ("-E", f"not ({named})") if named else ()


def only_tests(tests: Iterable[str]) -> Iterator[str]:
    """The arguments that let nextest run ``tests`` (or whole targets), and seldom others."""
    split = sorted((*test.split("::", 2), "")[:3] for test in tests)
    for (package, target), group in groupby(split, key=lambda test: (test[0], test[1])):
        names = [name for *_, name in group]
        program = _is("binary_id", binary_id(f"{package}::{target}"))
        wanted = f"{program} & ({' + '.join(_is('test', name) for name in names)})"
        yield "-E"
        yield program if "" in names or len(wanted) > _LONGEST else wanted


def _is(predicate: str, name: str) -> str:
    return f"{predicate}(={name.translate(_ESCAPED)})"


# -- the list --------------------------------------------------------------------------------------


class _Match(msgspec.Struct, frozen=True):
    status: str


class _Case(msgspec.Struct, frozen=True, rename="kebab"):
    filter_match: _Match


class _Suite(msgspec.Struct, frozen=True, rename="kebab"):
    binary_path: str
    testcases: dict[str, _Case]
    status: str = "listed"


class _List(msgspec.Struct, frozen=True, rename="kebab"):
    rust_suites: dict[str, _Suite]


@dataclass(frozen=True, slots=True)
class Listed:
    """The tests of the programs that nextest could list (``targets``), by name: those that it would
    run, and those that it passes over (ignored, or left out by the workspace's ``default-filter``)."""

    targets: frozenset[str]
    wanted: frozenset[str]
    passed_over: frozenset[str]


def read_list(data: bytes, programs: Mapping[str, str]) -> Listed:
    """What ``list --message-format json`` said; ``programs`` has the targets, by file name. Raises
    SpikeproofError for what is no such list."""
    try:
        found = msgspec.json.decode(data, type=_List)
    except msgspec.DecodeError as error:
        raise unreadable("list", error) from None
    targets: set[str] = set()
    tests: dict[bool, set[str]] = {True: set(), False: set()}
    for suite in found.rust_suites.values():
        target = programs.get(Path(suite.binary_path).name)
        if target is None or suite.status not in ("listed", _PASSED_OVER):
            continue
        targets.add(target)
        if suite.status == _PASSED_OVER:
            tests[False].add(target)
        for name, case in suite.testcases.items():
            tests[case.filter_match.status == "matches"].add(f"{target}::{name}")
    return Listed(frozenset(targets), frozenset(tests[True]), frozenset(tests[False]))


# -- the report ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says of one test: ``status`` as in ``libtest``; ``cut``: was it ended, by a
    signal or a limit, before it did so itself."""

    name: str
    status: str
    output: str = ""
    cut: bool = False


def read_report(data: bytes, targets: Mapping[str, str]) -> Iterator[Told]:
    """The tests of a JUnit report; ``targets`` by nextest's names of their programs. A test that
    passed when it was run again has failed, too: it counts so.

    Raises SpikeproofError for what is no such report.
    """
    suite = ""
    try:
        for event, node in ElementTree.iterparse(io.BytesIO(data), ("start", "end")):
            if node.tag == "testsuite":
                suite = node.get("name", "")
                if event == "end":
                    node.clear()
            elif node.tag == "testcase" and event == "end" and suite in targets:
                yield _told(node, f"{targets[suite]}::{node.get('name', '')}")
    except ElementTree.ParseError as error:
        raise unreadable("report", error) from None


def _told(case: ElementTree.Element, name: str) -> Told:
    inner = {child.tag: child for child in case}
    if "skipped" in inner:
        return Told(name, "ignored")
    bad = [inner[tag] for tag in inner if tag.endswith(("ailure", "rror"))]
    if not bad:
        return Told(name, "passed")
    said = "".join(
        node.text or "" for tag in ("system-out", "system-err") for node in case.iter(tag)
    )
    said = said or "".join(node.text or "" for node in bad)
    cut = any(node.get("type", "").startswith(_CUT) for node in bad)
    return Told(name, "failed", clip(said.encode(), _SAID).decode("utf-8", "replace"), cut)


def unreadable(what: str, why: object) -> SpikeproofError:
    """The error for an answer of nextest's that is none."""
    return SpikeproofError(f"the {what} of the tests that cargo nextest gave cannot be read: {why}")
