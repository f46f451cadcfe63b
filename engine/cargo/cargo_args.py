"""Cargo's arguments: which packages and targets a run is about, and which tests it reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import NamedTuple

_TARGETS = frozenset({"--lib", "--bin", "--test", "--example", "--bench", "--doc"})


class _Named(NamedTuple):
    """A test; without a name its whole target."""

    package: str
    target: str
    name: str


def chosen_packages(packages: Iterable[str]) -> tuple[str, ...]:
    """``-p`` for each of ``packages``."""
    return tuple(word for name in packages for word in ("-p", name))


def batches(tests: Iterable[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """cargo's flags and libtest's filters, run by run, to reach all of ``tests``. One run may reach
    more: flags and filters hold for all its packages."""
    split = _split(tests)
    docs = [test for test in split if test.target == "doc"]
    programs = [test for test in split if test.target != "doc"]
    whole = [test for test in programs if not test.name]
    named = [test for test in programs if test._replace(name="") not in whole]
    if named:
        yield _flags(named), ("--exact", *dict.fromkeys(test.name for test in named))
    if docs:  # their names hold line numbers, which move: all of an item's
        items = dict.fromkeys(test.name.rpartition(" #")[0] for test in docs)
        yield _flags(docs), () if "" in items else tuple(items)
    for _, group in groupby(whole, key=lambda test: test.package):
        yield _flags(list(group)), ()


def target_of(test: str) -> str:
    """The ``package::target`` of a test, or the name itself where it is one."""
    return "::".join(test.split("::", 2)[:2])


def is_doc(test: str) -> bool:
    """Is it a doc test, or all of a package's?"""
    return test.split("::", 2)[1:2] == ["doc"]


def flags_of(tests: Iterable[str]) -> tuple[str, ...]:
    """cargo's flags for the packages and targets of ``tests``, of which none is a doc test."""
    return _flags(_split(tests))


def names_docs(flags: Iterable[str]) -> bool:
    """Do cargo's ``flags`` ask for doc tests, and nothing else?"""
    return "--doc" in flags


def names_targets(flags: Iterable[str]) -> bool:
    """Do cargo's ``flags`` ask for some targets alone?"""
    return not _TARGETS.isdisjoint(flags)


def _split(tests: Iterable[str]) -> list[_Named]:
    return [_Named(*(*name.split("::", 2), "")[:3]) for name in sorted(tests)]


def _flags(tests: Sequence[_Named]) -> tuple[str, ...]:
    """The packages and targets of ``tests``."""
    targets = dict.fromkeys(test.target.partition("/")[::2] for test in tests)
    words = ((f"--{kind}", name) if name else (f"--{kind}",) for kind, name in targets)
    return (
        *chosen_packages(dict.fromkeys(test.package for test in tests)),
        *chain.from_iterable(words),
    )


def without_packages(selection: Sequence[str]) -> tuple[str, ...]:
    """Cargo's arguments without those that choose packages."""
    kept: list[str] = []
    words = iter(selection)
    for word in words:
        if word in ("-p", "--package", "--exclude"):
            next(words, None)
        elif word not in ("--workspace", "--all") and not word.startswith(
            ("-p", "--package=", "--exclude=")
        ):
            kept.append(word)
    return tuple(kept)
