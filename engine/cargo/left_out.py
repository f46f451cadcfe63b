"""Targets that do not compile before any change: they cost themselves, and what is built on them, and not
the run.

cargo says of each unit that it compiled what it made, and of each error which target it is in, not
which unit (a library and its unit tests are one target). So what holds is told by what was made: a later
check passes when all that compiled as the tree was compiles again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.base.counts import listed
from engine.base.model import Diagnostic
from engine.cargo.cargo_args import chosen_packages

_Said = tuple[str, str, str]  # package, target, the message without its line numbers
_RUSTC_CODE = re.compile(r"E\d{4}")
_KINDS = {"bench": "benches", "test": "tests", "example": "examples", "bin": "binaries"}
_TESTED = ("lib", "bin", "test", "example")  # kinds whose tests `cargo test` runs


class UnitKey(NamedTuple):
    """What cargo compiles: a target as ``messages.target_name`` has it, with the test harness or
    without."""

    package: str
    target: str
    test: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """``targets`` that do not compile, by (package, target), each with its first error in a line;
    ``compiled`` are the units that do, ``errors`` what was said of the others."""

    targets: Mapping[tuple[str, str], str]
    compiled: frozenset[UnitKey]
    errors: frozenset[_Said]

    @property
    def packages(self) -> frozenset[str]:
        """Those of which some target does not compile."""
        return frozenset(package for package, _ in self.targets)

    def new(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """``diagnostics`` without the errors that were there before any change."""
        return tuple(d for d in diagnostics if _said(d) not in self.errors)

    def test_selections(self, packages: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """What cargo is to test of ``packages`` (none: all that has tests), run by run: those of which all
        compiles as ever, of the others the tests that compile."""
        known = {unit.package for unit in self.compiled if unit.test} | self.packages
        partial = sorted(self.packages.intersection(packages or known))
        whole = [name for name in packages or sorted(known) if name not in partial]
        if whole:
            yield chosen_packages(whole)
        for name in partial:
            flags = self.test_flags(name)
            if flags:
                yield ("-p", name, *flags)
            if self.has_docs(name):
                yield ("-p", name, "--doc")

    def test_flags(self, package: str) -> tuple[str, ...]:
        """cargo's flags for those tests of ``package`` that compile; () when none does."""
        found = dict.fromkeys(
            unit.target.partition("/")[::2]
            for unit in sorted(self.compiled)
            if unit.package == package and unit.test
        )
        return tuple(
            word
            for kind, name in found
            if kind in _TESTED
            for word in ((f"--{kind}", name) if name else (f"--{kind}",))
        )

    def has_docs(self, package: str) -> bool:
        """Does the library of ``package`` compile, so that its doc tests can be run?"""
        return UnitKey(package, "lib", False) in self.compiled

    def words(self) -> Iterator[str]:
        """A line for each target; one for all targets of a kind (``bench/..``) that have the same error."""
        groups: dict[tuple[str, str, str, bool], list[str]] = {}
        for (package, target), error in sorted(self.targets.items()):
            kind = target.partition("/")[0]
            tests_alone = UnitKey(package, target, False) in self.compiled
            groups.setdefault((package, kind, error, tests_alone), []).append(target)
        for (package, kind, error, tests_alone), targets in groups.items():
            said = f"`{package}`" if kind == "lib" else f"`{targets[0]}` of `{package}`"
            if len(targets) > 1:
                names = listed([f"`{target.partition('/')[2]}`" for target in targets], 3)
                said = f"{len(targets)} {_KINDS.get(kind, kind)} of `{package}` ({names})"
            if tests_alone:
                said = f"the unit tests of {said}"
            several = tests_alone or len(targets) > 1
            does = "do not compile as they are" if several else "does not compile as it is"
            yield f"{said} {does}: {error}"


def left_out(
    made: Collection[UnitKey], diagnostics: Sequence[Diagnostic], output: str
) -> LeftOut | None:
    """What a failed check leaves; None where nothing that could be changed compiles. ``output`` is
    cargo's own text."""
    if not any(unit.target != "build-script" for unit in made):
        return None
    errors = [d for d in diagnostics if d.level.startswith("error") and d.package]
    targets: dict[tuple[str, str], str] = {}
    for error in errors:
        code = f"[{error.code}]" if error.code else ""
        targets.setdefault((error.package, error.target), f"error{code}: {error.message}")
    for package in re.findall(r"failed to run custom build command for `([\w-]+)", output):
        targets.setdefault((package, "build-script"), "its build script fails")
    if not targets:
        return None
    return LeftOut(targets, frozenset(made), frozenset(map(_said, errors)))


def stopping_lints(diagnostics: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The lints that are errors among ``diagnostics``: rustc's own errors have codes as E0308."""
    codes = (d.code for d in diagnostics if d.level.startswith("error") and d.code)
    return tuple(sorted({code for code in codes if not _RUSTC_CODE.fullmatch(code)}))


def _said(error: Diagnostic) -> _Said:
    return error.package, error.target, re.sub(r"\d+", "", error.rendered or error.message)
