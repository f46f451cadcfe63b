"""What rustc is asked about the sections of shared locks, and what it told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from codemods.shared_lock.kinds import Used, is_map, is_ours
from engine.base.model import Site, Span
from engine.detect.facts import Facts, Sources
from engine.rust.lock_groups import lock_sites, section_length
from engine.rust.lock_groups.guard_sections import GuardSection, reads_by_name, section_of
from engine.rust.lock_groups.lock_guards import DIRECT, LOCKS, TRIES, Guard, Refused
from engine.rust.lock_groups.lock_places import LocatedCall
from engine.rust.lock_groups.lock_printed import asked_of_shown
from engine.rust.lock_groups.lock_types import Family, Lock, guard_of, lock_of
from engine.rust.lock_groups.section_length import SectionLength
from engine.rust.locks import with_tails
from engine.rust.questions import (
    CLONE,
    ONLY_LOOKED_AT,
    ONLY_LOOKED_AT_IF_THERE,
    ONLY_LOOKED_AT_IN_RESULT,
    SYNC,
    Answers,
    Question,
)
from engine.rust.syntax import Source, span_of

_READING = frozenset({b"read", b"try_read", b"blocking_read"})


def questions(
    sites: Sequence[Site], sources: Sources, answers: Answers | None
) -> Iterator[Question]:
    """The types of what is locked and made; then who writes, of locks around a type that is held long to be
    read somewhere, by the looks of it."""
    for site in sites:
        for span in lock_sites.asked(site):
            yield Question(site.path, span)
    yield from (Question(*each) for each in lock_sites.asked_of_fields(sources, sites))
    yield from asked_of_shown(sites, sources)
    opened: dict[str, list[tuple[Source, Node, bytes, GuardSection]]] = {}
    for site in sites if answers is not None else ():
        source, node = sources.get(site.path), None
        lock = _told(answers, site) if answers is not None else None
        if lock is None or not is_ours(lock.inner):
            continue
        node, method = source.node_at(site.span), site.kind.removeprefix("call ").encode()
        if node is not None and method == b"into_inner":
            yield Question(site.path, span_of(taken_out(source, node, lock.family)), CLONE)
        section = _section(source, node, lock.family, method) if node is not None else None
        if node is not None and section is not None:
            opened.setdefault(lock.inner, []).append((source, node, method, section))
    for inner, found in opened.items():
        long = any(_may_be_long(source, section) for source, _, _, section in found)
        if long or is_map(inner):
            for source, node, method, section in found:
                yield from _of_section(sources, source, node, method, section)


def _told(answers: Answers, site: Site) -> Lock | None:
    if not site.kind.startswith("call "):
        return None
    told = answers.type_of(site.path, site.captures["receiver"][0])
    lock = lock_of(told) if told is not None else None
    if lock is None:
        result = answers.type_of(site.path, site.captures["result"][0])
        lock = guard_of(result) if result is not None else None
    return lock


def taken_out(source: Source, call: Node, family: Family) -> Node:
    """The value that ``call``, of ``into_inner``, gives: of std's behind its ``unwrap``."""
    return with_tails(source, call) if family == "std" else call


def _section(source: Source, call: Node, family: Family, method: bytes) -> GuardSection | None:
    if method not in LOCKS | TRIES:
        return None
    try:
        return section_of(source, call, family, method, reads_by_name)
    except (Refused, RecursionError):
        return None


def _may_be_long(source: Source, section: GuardSection) -> bool:
    by_syntax = section_length.loops_by_syntax(source, section)
    return by_syntax or any(True for _ in section_length.outward(source, section))


def _of_section(
    sources: Sources, source: Source, call: Node, method: bytes, section: GuardSection
) -> Iterator[Question]:
    yield from (Question(*each) for each in section_length.questions(sources, source, section))
    yield Question(source.path, _look(call, method, section.guard)[0], SYNC)
    if method not in _READING and not section.sets_all:
        yield Question(source.path, *_look(call, method, section.guard))


def _look(call: Node, method: bytes, guard: Guard) -> tuple[Span, str]:
    """What is to be asked about who writes."""
    if guard.form == "value":
        return span_of(guard.node), ONLY_LOOKED_AT
    if method in TRIES:
        return span_of(call), ONLY_LOOKED_AT_IF_THERE
    return span_of(call), ONLY_LOOKED_AT_IN_RESULT


class Sections:
    """The sections of a workspace's locks, with what rustc told of them."""

    def __init__(self, facts: Facts, place: Callable[[str, int], str]) -> None:
        self.facts, self._place = facts, place
        self._length = SectionLength(facts.calls, facts.type_facts, facts.type_of)

    def used(self, source: Source, node: Node, call: LocatedCall) -> Used | Refused:
        """What one call's guard is used for; why that is not followed."""
        if call.method not in LOCKS | TRIES or call.lock is None:
            name = call.method.decode("utf-8", "replace")
            return Refused(
                f"`.{name}()` reaches the value without a guard"
                if call.method in DIRECT
                else f"`.{name}()` gives a guard that is handed around"
            )
        try:
            section = section_of(source, node, call.lock.family, call.method, self._reads(source))
            long = [
                each.words + self._at(source, each.node)
                for each in self._length.reasons(source, section)
            ]
        except Refused as refused:
            return refused
        except RecursionError:
            return Refused("the code is nested too deeply")
        return Used(
            call.method, section, self._only_looks(source, node, call, section), tuple(long)
        )

    def _at(self, source: Source, node: Node) -> str:
        return f" ({self._place(source.path, node.start_byte)})"

    def _reads(self, source: Source) -> Callable[[Node, bytes], bool]:
        def reads(place: Node, method: bytes) -> bool:
            if reads_by_name(place, method):
                return True
            told = self.facts.type_of(source.path, span_of(place))
            return not self.facts.calls.may_mutate(method) and (told is None or told.kind == "path")

        return reads

    def _only_looks(
        self, source: Source, node: Node, call: LocatedCall, section: GuardSection
    ) -> bool:
        if call.method in _READING:
            return True
        if section.sets_all:
            return False
        span, trait = _look(node, call.method, section.guard)
        told = self.facts.implements(source.path, span, trait)
        return section.looks if told is None else told

    def is_told(self, source: Source, node: Node, call: LocatedCall, section: GuardSection) -> str:
        """Why rustc could not tell whether the section writes; "" where it did."""
        if call.method in _READING or section.sets_all:
            return ""
        span, trait = _look(node, call.method, section.guard)
        if self.facts.implements(source.path, span, trait) is not None:
            return ""
        return self.facts.trait_unknown(source.path, span, trait)

    def is_sync(
        self, source: Source, node: Node, method: bytes, section: GuardSection
    ) -> bool | None:
        """May several threads look at what is behind the lock at a time? None where rustc did not tell."""
        return self.facts.implements(source.path, _look(node, method, section.guard)[0], SYNC)
