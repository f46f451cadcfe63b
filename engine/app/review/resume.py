"""Answers for the next queue: what is kept of one, and what of that still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.app.review.items import Answer, Item, Kind
from engine.app.review.memory import Answers, Remembered, digest
from engine.app.review.queue import Queue
from engine.app.review.texts import Texts
from engine.base.model import Edit, Fix

# Whole, as a plan had it.
_AS_PLANNED = frozenset({Kind.PLANNED, Kind.DISPLACED})


@dataclass(frozen=True)
class Resumed:
    """``held``: how many answers still hold. ``stale``: files that changed, whose fixes are asked
    about again; ``gone``: answers to fixes that are not there any more; ``other``: to fixes that
    are planned otherwise now."""

    queue: Queue
    held: int
    stale: tuple[str, ...]
    gone: int
    other: int


def kept(queue: Queue, texts: Texts) -> Answers:
    """What is to be remembered of ``queue``: its answers, and what was split or edited in it."""
    given: list[Remembered] = []
    files: dict[str, str] = {}
    for item in queue.items:
        answer = queue.answer(item)
        if answer is None and item.kind in _AS_PLANNED:
            continue
        given.append(_remembered(item, answer))
        files |= {path: digest(texts.base(item, path)) for path in item.fix.paths}
    return Answers(files, tuple(given))


def after_writing(queue: Queue, texts: Texts, files: Mapping[str, bytes]) -> Answers:
    """What still is to be remembered when ``files`` were written: the whole fixes skipped."""
    skipped = [i for i in queue.with_answer(Answer.SKIP) if i.kind in _AS_PLANNED]
    now = {
        path: digest(files[path] if path in files else texts.read(path))
        for item in skipped
        for path in item.fix.paths
    }
    return Answers(now, tuple(_remembered(item, Answer.SKIP) for item in skipped))


def _remembered(item: Item, answer: Answer | None) -> Remembered:
    return Remembered(item.id, item.part, item.kind, item.fix.label, answer, item.fix.edits)


def resumed(
    answers: Answers, items: Sequence[Item], texts: Texts, displaced: Sequence[Item] = ()
) -> Resumed:
    """``items`` as a session with the answers that still hold, also to those of ``displaced``."""
    by_id: dict[str, list[Remembered]] = {}
    for one in answers.given:
        by_id.setdefault(one.id, []).append(one)
    known = {item.id for item in (*items, *displaced)}
    gone = sum(len(given) for name, given in by_id.items() if name not in known)
    stale: set[str] = set()
    other = held = 0
    found: list[Item] = []
    given_now: dict[str, Answer] = {}
    for item in (*items, *displaced):
        given = by_id.get(item.id, [])
        changed = {
            path
            for one in given
            for path in one.paths
            if answers.files.get(path) != digest(texts.base(item, path))
        }
        stale |= changed
        again = None if changed else _again(item, given)
        if again is None:
            found.append(item)
            other += bool(given) and not changed
            continue
        for version, answer in again:
            found.append(version)
            if answer is not None:
                given_now[version.key] = answer
                held += 1
    asked = tuple(i for i in found if not i.displaced or i.key in given_now)
    queue = Queue(asked, given_now, displaced=tuple(displaced)).arranged()
    count, given_now = len(queue.items), dict(queue.answers)
    first = next((n for n, i in enumerate(queue.items) if i.key not in given_now), count)
    return Resumed(replace(queue, at=first), held, tuple(sorted(stale)), gone, other)


def _again(item: Item, given: Sequence[Remembered]) -> list[tuple[Item, Answer | None]] | None:
    """The items that ``item`` had become, with their answers; None when they cannot be made of
    what is planned now."""
    if not given:
        return [(item, None)]
    found: list[tuple[Item, Answer | None]] = []
    for one in given:
        if one.kind in _AS_PLANNED:
            # The place of a skipped fix does not matter: its file is the one that was looked at.
            same = one.edits == item.fix.edits or one.answer is Answer.SKIP
            version = item if same else None
        else:
            fix = _fix(item, one)
            version = None if fix is None else replace(item, fix=fix, kind=one.kind, part=one.part)
        if version is None:
            return None
        if one.answer is Answer.TAKE:  # it was proven then
            version = replace(version, proven=True)
        found.append((version, one.answer))
    whole = Kind.HUNKS not in {one.kind for one in given} or _same(
        item.fix.edits, (edit for one in given for edit in one.edits)
    )
    return found if whole and len({version.key for version, _ in found}) == len(found) else None


def _fix(item: Item, one: Remembered) -> Fix | None:
    if one.kind is Kind.EDITED:
        return replace(item.fix, edits=one.edits, exact=True)
    if one.kind is Kind.ALTERNATIVE:
        named = (fix for fix in item.verdict.proposal.fixes if fix.label == one.label)
        fix = next(named, None)
        return None if fix is None else replace(fix, edits=one.edits)
    return replace(item.fix, edits=one.edits) if set(one.edits) <= set(item.fix.edits) else None


def _same(edits: Iterable[Edit], others: Iterable[Edit]) -> bool:
    return sorted(edits) == sorted(others)
