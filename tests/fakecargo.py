"""A scripted cargo: answers from the content of the written files, in microseconds.

Rules say which text breaks what. A world of functions with numbered sites makes fixes for them:
``site_3`` becomes ``good_3`` or ``bad_3``, and the rules give ``bad_3`` its consequences.
"""

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.base.model import (
    Diagnostic,
    DiagnosticSpan,
    Edit,
    Fix,
    Level,
    Outcome,
    Proposal,
    Site,
    Span,
)
from engine.cargo.cargo_results import CheckRun, TestRun
from engine.detect.codemod import Problem
from engine.rewrite.patch import git_apply
from engine.verify import Follow, VerifyResult, VerifySettings, VerifyTools, verify


@dataclass(frozen=True)
class Breaks:
    """When every one of ``needles`` (regexes) stands somewhere in the tree, the check fails.

    ``at``: (path, regex) of each place that the error points at, the first one primary; none: an
    error without a span. Lower ``stage`` hides higher ones of the same package (names, types,
    borrows). ``silent``: cargo fails and prints ``message``, but there is no diagnostic.
    """

    needles: tuple[str, ...]
    at: tuple[tuple[str, str], ...] = ()
    code: str = "E0308"
    message: str = "mismatched types"
    label: str = ""
    stage: int = 1
    package: str = "app"
    level: str = "error"
    silent: bool = False
    alone: bool = False  # only where the package is checked without its tests


@dataclass(frozen=True)
class FailsTest:
    """``test`` fails when all ``needles`` are there, in the runs that ``when`` says (by count from
    0). ``how``: "fail", "missing", "abort" (its whole target dies), "hang" (until the limit) or "cut"
    (it hangs in a process of its own)."""

    needles: tuple[str, ...]
    test: str
    when: Callable[[int], bool] = lambda run: True
    how: str = "fail"


@dataclass
class FakeCargo:
    """The ``Driver``. ``packages`` maps path prefixes to package names, dependencies first; a
    package that fails hides those in ``dependants`` of it."""

    originals: dict[str, bytes]
    rules: Sequence[Breaks | FailsTest] = ()
    tests: frozenset[str] = frozenset()
    dependants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uncompiled: frozenset[str] = frozenset()
    unbuilt_tests: frozenset[str] = frozenset()
    seen: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    times: dict[FailsTest, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._files = dict(self.originals)

    @property
    def runs(self) -> int:
        return self.seen["check"] + self.seen["test"]

    def write(self, files: Mapping[str, bytes]) -> None:
        assert files.keys() <= self.originals.keys()
        self._files = {**self.originals, **files}

    def _there(self, needles: Sequence[str]) -> bool:
        return all(
            any(re.search(needle.encode(), data) for data in self._files.values())
            for needle in needles
        )

    def check_alone(self, manifest: str) -> str:
        self.seen["check"] += 1
        rules = (r for r in self.rules if isinstance(r, Breaks) and r.alone)
        return next((r.message for r in rules if self._there(r.needles)), "")

    # -- check ---------------------------------------------------------------------------------

    def check(self) -> CheckRun:
        self.seen["check"] += 1
        broken = [
            r
            for r in self.rules
            if isinstance(r, Breaks) and not r.alone and self._there(r.needles)
        ]
        errors = [r for r in broken if r.level == "error"]
        failed = {r.package for r in errors}
        hidden = {d for package in failed for d in self.dependants.get(package, ())}
        shown: list[Breaks] = []
        for package in failed - hidden:
            mine = [r for r in errors if r.package == package]
            first = min(r.stage for r in mine)
            shown += [r for r in mine if r.stage == first and not r.silent]
        if not errors:
            shown = list(broken)
        shown.sort(key=broken.index)
        self.log.append(f"check: {len(errors)} errors")
        return CheckRun(
            ok=not errors,
            diagnostics=tuple(self._diagnostic(r) for r in shown),
            output="".join(f"error: {r.message}\n" for r in errors),
            seconds=0.0,
            compiled=frozenset(self._files) - self.uncompiled,
        )

    def _diagnostic(self, rule: Breaks) -> Diagnostic:
        spans = []
        for number, (path, pattern) in enumerate(rule.at):
            data = self._files[path]
            match = re.search(pattern.encode(), data)
            if match is None:
                continue
            line = data.count(b"\n", 0, match.start()) + 1
            span = Span(match.start(), match.end())
            spans.append(DiagnosticSpan(path, span, line, 1, number == 0, rule.label))
        rendered = f"{rule.level}[{rule.code}]: {rule.message}"
        return Diagnostic(
            rule.level, rule.code, rule.message, tuple(spans), rendered, rule.package, "lib"
        )

    # -- test ----------------------------------------------------------------------------------

    def test(self, packages: Sequence[str] = (), only: Sequence[str] = ()) -> TestRun:
        self.seen["test"] += 1
        self.log.append(f"test: {','.join(packages)} {','.join(only)}".rstrip())
        empty = frozenset[str]()
        unbuilt = {p for p in self.unbuilt_tests if not packages or p in packages}
        if unbuilt:
            bad = tuple(Diagnostic("error", "E0432", "no", (), "", p, "lib") for p in unbuilt)
            return TestRun(False, empty, empty, empty, empty, bad, "", 0.0)
        chosen = {
            test
            for test in self.tests
            if (not packages or test.partition("::")[0] in packages) and (not only or test in only)
        }
        failed: set[str] = set()
        missing: set[str] = set()
        broken: set[str] = set()
        cut: set[str] = set()
        hangs = False
        said: list[str] = []
        for rule in self.rules:
            if not isinstance(rule, FailsTest) or rule.test not in chosen:
                continue
            if not self._there(rule.needles):
                continue
            number = self.times.get(rule, 0)
            self.times[rule] = number + 1
            if not rule.when(number):
                continue
            said.append(f"---- {rule.test} stdout ----\n")
            if rule.how in ("fail", "cut"):
                failed.add(rule.test)
                hangs |= rule.how == "cut"
                cut |= {rule.test} if rule.how == "cut" else set()
            elif rule.how == "missing":
                missing.add(rule.test)
            else:
                target = "::".join(rule.test.split("::")[:2])
                broken.add(target)
                missing |= {t for t in chosen if t.startswith(f"{target}::")}
                if rule.how == "hang":  # what comes after it does not start
                    hangs = True
                    missing |= {t for t in chosen if t > f"{target}::~"}
        return TestRun(
            built=True,
            passed=frozenset(chosen - failed - missing),
            failed=frozenset(failed - missing),
            ignored=empty,
            broken=frozenset(broken),
            diagnostics=(),
            output="".join(said),
            seconds=0.0,
            timed_out=hangs,
            cut=frozenset(cut),
        )

    # -- the proof -----------------------------------------------------------------------------

    def prove(self, patch: bytes, paths: Sequence[str]) -> FakeCargo:
        """Real ``git apply`` on a clean copy, with this cargo there."""
        self.seen["prove"] += 1
        self.log.append("prove")
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            for path, data in self.originals.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(data)
            git_apply(patch, root)
            files = {path: (root / path).read_bytes() for path in self.originals}
        assert {p for p, data in files.items() if data != self.originals[p]} <= set(paths)
        return dataclasses.replace(self, originals=files, seen=Counter())


# -- a world of sites ------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """Files of functions with sites, ``layout[file][function] = number of sites``. A function
    with a negative number is a struct instead: its sites are outside of any body."""

    layout: tuple[tuple[int, ...], ...]

    @property
    def files(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        number = 0
        for file, functions in enumerate(self.layout):
            out = []
            for function, count in enumerate(functions):
                kind = "struct S" if count < 0 else "fn f"
                out.append(f"{kind}{file}_{function}{'' if count < 0 else '()'} {{\n")
                for _ in range(abs(count)):
                    line = (
                        f"    a{number}: site_{number},\n"
                        if count < 0
                        else f"    site_{number}();\n"
                    )
                    out.append(line)
                    number += 1
                out.append("}\n" if count < 0 else f"    end_{file}_{function}();\n}}\n")
            found[self.path(file)] = "".join(out).encode()
        return found

    @staticmethod
    def path(file: int) -> str:
        return f"src/m{file}.rs"

    @property
    def homes(self) -> list[tuple[int, int]]:
        """(file, function) of each site."""
        return [
            (file, function)
            for file, functions in enumerate(self.layout)
            for function, count in enumerate(functions)
            for _ in range(abs(count))
        ]

    def proposal(self, site: int, *words: str, level: Level = Level.SAFE) -> Proposal:
        """Alternatives that write ``words`` (as ``good_3``) in the place of the site."""
        file, function = self.homes[site]
        path = self.path(file)
        data = self.files[path]
        match = re.search(rf"site_{site}\b".encode(), data)
        assert match is not None
        span = Span(match.start(), match.end())
        fixes = tuple(
            Fix(word, level, (Edit(path, span.start, span.end, word.encode()),), "a note")
            for word in words
        )
        where = Site("fake", path, span, item=f"fn f{file}_{function}", id=f"fake-{site}")
        return Proposal((where,), fixes)

    def anywhere(self, site: int) -> tuple[str, str]:
        """The place of a site, whatever has been written there."""
        return self.path(self.homes[site][0]), rf"(?:site|good|bad|alt|big)_{site}\b"

    def end(self, file: int, function: int) -> tuple[str, str]:
        return self.path(file), rf"end_{file}_{function}\b"


def everything(packages: tuple[str, ...] = ("app",), **more: object) -> VerifySettings:
    return VerifySettings(lambda paths: packages, **more)  # type: ignore[arg-type]


def tools_of(cargo: FakeCargo) -> VerifyTools:
    """The tools to verify with when ``cargo`` is all there is."""
    return VerifyTools(cargo.originals.__getitem__, cargo, cargo.prove)


# -- verifying with it ----------------------------------------------------------------------------


def nobody(proposal: Proposal, fix: Fix, problems: Sequence[Problem]) -> None:
    return None


def run(
    cargo: FakeCargo,
    proposals: Sequence[Proposal],
    follow: Follow = nobody,
    base: Mapping[str, bytes] | None = None,
    take: frozenset[Level] = frozenset({Level.SAFE}),
    baseline: CheckRun | None = None,
) -> VerifyResult:
    result = verify(
        proposals,
        tools_of(cargo),
        everything(tests=False, take=take),
        follow,
        base=base,
        baseline=baseline,
    )
    assert len(result.verdicts) == len(proposals)
    assert result.runs["check"] == cargo.seen["check"]
    return result


def outcomes(result: VerifyResult) -> list[Outcome]:
    return [verdict.outcome for verdict in result.verdicts]


def kept(result: VerifyResult) -> set[int]:
    return {n for n, v in enumerate(result.verdicts) if v.outcome is Outcome.VERIFIED}


def plain(world: World, bad: set[int]) -> list[Proposal]:
    count = len(world.homes)
    return [world.proposal(n, f"bad_{n}" if n in bad else f"good_{n}") for n in range(count)]


def breaks(site: int, *at: tuple[str, str], **more: object) -> Breaks:
    return Breaks((rf"bad_{site}\b",), at, **more)  # type: ignore[arg-type]
