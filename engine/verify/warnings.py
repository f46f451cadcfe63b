"""Warnings that fixes bring: what the check says now and did not say before."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from engine.base.model import Diagnostic
from engine.cargo.cargo_results import CheckRun
from engine.rewrite.edits import Applied
from engine.verify.culprits import Clue, CulpritFinder, Error
from engine.verify.values import Attempt

Key = tuple[str, str, frozenset[str]]
_QUOTED = re.compile(r"`([^`]+)`")


def _key(warning: Diagnostic) -> Key:
    """Equal for the same warning before and after, wherever the text has moved to."""
    paths = frozenset(span.path for span in warning.spans if span.primary)
    return warning.code, warning.message, paths


def _of(run: CheckRun) -> list[Diagnostic]:
    """Its warnings, once each: a library is compiled for its tests as well."""
    found: dict[object, Diagnostic] = {}
    for each in run.diagnostics:
        if each.level == "warning":
            found.setdefault((each.code, each.message, each.spans), each)
    return list(found.values())


def _unused(warning: Diagnostic) -> Counter[tuple[str, str]]:
    """The names that it calls unused imports, each with its file; none of another warning."""
    if warning.code != "unused_imports":
        return Counter()
    paths = [span.path for span in warning.spans if span.primary][:1]
    names = (name.rpartition("::")[2] for name in _QUOTED.findall(warning.message))
    return Counter((path, name) for name in names for path in paths)


def _places(warning: Diagnostic | Error) -> frozenset[object]:
    spots = warning.spans if isinstance(warning, Diagnostic) else warning.places
    return frozenset((spot.path, spot.span) for spot in spots if spot.primary)


def fresh(
    before: CheckRun,
    run: CheckRun,
    finder: CulpritFinder,
    applied: Applied,
    order: Sequence[Attempt],
) -> tuple[Error, ...]:
    """Warnings of ``run`` that ``before`` did not have, mapped back to its text."""
    old = _of(before)
    counts = Counter(map(_key, old))
    standing = {place for warning in old for place in _places(warning)}
    # How rustc names an unused import depends on what else its `use` brings in, which a fix may change.
    unused = sum(map(_unused, old), Counter[tuple[str, str]]())
    groups: dict[Key, list[Diagnostic]] = defaultdict(list)
    for warning in _of(run):
        names = _unused(warning)
        if names and names <= unused:
            unused -= names
            continue
        groups[_key(warning)].append(warning)
    found: list[Error] = []
    for key, members in groups.items():
        surplus = len(members) - counts[key]
        if surplus > 0:
            mapped = [finder.error(each, applied, order) for each in members]
            mapped.sort(key=lambda error: bool(_places(error) & standing))  # moved ones last
            found += mapped[:surplus]
    return tuple(found)


def shared_out(
    warnings: Iterable[Error], finder: CulpritFinder, group: Sequence[Attempt]
) -> dict[Attempt, tuple[Diagnostic, ...]]:
    """Each warning goes to those of ``group`` that most speaks against, in the files it is about."""
    found: dict[Attempt, tuple[Diagnostic, ...]] = {}
    for warning in warnings:
        files = {place.path for place in warning.places}
        near = [a for a in group if files & finder.footprint(a).edits.keys()]
        suspects = finder.suspects(warning, near)
        best = min(suspects.values(), default=Clue.FILE)
        for attempt, strength in suspects.items():
            if strength is best:
                found[attempt] = (*found.get(attempt, ()), warning.diagnostic)
    return found
