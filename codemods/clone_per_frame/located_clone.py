"""A site with its syntax, and what rustc is asked about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Site, Span
from engine.rust.agreeing_impls import deciding_at, deciding_expressions, deciding_in_functions
from engine.rust.borrows import names_needed, parts_taken
from engine.rust.checked_texts import CheckedText, checked_text
from engine.rust.cloned_items import Where, lent_items
from engine.rust.copies import Clone, clone_at
from engine.rust.definitions import functions_named
from engine.rust.item_nodes import parameters_of
from engine.rust.known_types import Cost
from engine.rust.last_use import Movable, movable
from engine.rust.lendable import parts
from engine.rust.nodes import access_of, call_of, last_name
from engine.rust.opened_copies import opened
from engine.rust.owned_cows import owned_cow
from engine.rust.per_source import per_source
from engine.rust.places import Place, origins_of, place_of
from engine.rust.questions import COPY, Answers, Question
from engine.rust.read_places import place_from
from engine.rust.scopes import Binding, Scopes, scopes_of
from engine.rust.statement_nodes import patterns_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts, is_bytes, is_named, view_of
from engine.rust.unbuilt_calls import doubtful, teller
from engine.rust.usages import NAMING, Usage, UsageKind, usage_of

from .into_mut import INTO

if TYPE_CHECKING:
    from engine.detect.facts import Sources
    from engine.rust.types import Type

TAKING_ITEMS = (b"into_iter", b"into_keys", b"into_values")
_DEFINED = re.compile(rb"\bfn\s+((?:r#)?\w+)")


@dataclass(frozen=True, slots=True)
class LocatedClone:
    """One site with all that syntax tells about it."""

    site: Site
    clone: Clone
    usage: Usage
    place: Place
    function: Node

    @property
    def source(self) -> Source:
        """The file."""
        return self.clone.source


def located_clone(site: Site, source: Source) -> LocatedClone | None:
    """The clone of a site; None when the text is no longer what was located."""
    found = _read(source, site.span)
    return LocatedClone(site, *found) if found is not None else None


@per_source
def _read(source: Source, span: Span) -> tuple[Clone, Usage, Place, Node] | None:
    clone = clone_at(source, span)
    if clone is None:
        return None
    place = place_of(source, clone.receiver)
    function = source.fn_item_of(clone.node)
    if place is None or function is None:
        return None
    return clone, usage_of(source, clone.node), place, function


def defines(data: bytes, name: bytes) -> bool:
    """Is a function of this name defined in the file of this text?"""
    return bool(re.search(rb"\bfn\s+%b(?!\w)" % re.escape(name), data))


class Definitions:
    """Which sites may be about a function of the workspace's."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @cached_property
    def names(self) -> frozenset[bytes]:
        """What functions are called that are defined anywhere; all files are gone through once."""
        files = map(self._sources.data, self._sources.paths)
        return frozenset(name for data in files for name in _DEFINED.findall(data))

    def may_take(self, site: Site) -> bool:
        """False for a copy that is a site only if a function of the workspace takes it, of which name there
        is none."""
        if site.kind != "argument" or site.role != "maybe":
            return True
        read = _read(self._sources.get(site.path), site.span)
        return read is not None and read[1].name in self.names


@per_source
def asked_spans(source: Source, span: Span) -> tuple[Span, ...]:
    """The clone at ``span``, the place with all its prefixes, where it comes from, who takes it or what is
    inside it, and what is taken out of that."""
    read = _read(source, span)
    if read is None:
        return ()
    clone, usage, place, function = read
    scopes = scopes_of(source, function)
    nodes = [*place.prefixes, *origins_of(source, scopes, place).nodes]
    nodes += _of_usage(clone, usage, scopes)
    if (inside := opened(source, clone)) is not None:
        nodes.append(inside.clone.node)
        nodes += _of_usage(inside.clone, usage_of(source, inside.clone.node), scopes)
    if (text := checked_text(source, scopes, clone.node)) is not None:
        nodes += _of_text(clone, text, scopes)
    if (cow := owned_cow(source, scopes, clone.node)) is not None:
        nodes.append(cow.call)
    if clone.wrapped is not None:
        nodes.append(clone.wrapped)
    verdict = movable(source, scopes, clone.node, place)
    if isinstance(verdict, Movable) and verdict.option is not None:
        nodes.append(verdict.option)
    return (clone.span, *map(span_of, nodes))


def _of_usage(clone: Clone, usage: Usage, scopes: Scopes) -> Iterator[Node]:
    """The expressions whose types tell what is done with the copy."""
    bound = bound_by(clone, usage)
    yield from parts_taken(clone.source, scopes, bound)
    if usage.kind is not UsageKind.LET:
        yield from names_needed(clone.source, scopes, bound)
    if usage.kind is UsageKind.METHOD and usage.name in TAKING_ITEMS:
        yield from _of_items(clone.source, scopes, usage.holder, "items")
        yield from _of_items(clone.source, scopes, usage.holder, "both")
    yield from takers_of(clone.source, clone.node, usage)


def _of_items(source: Source, scopes: Scopes, call: Node, where: Where) -> Iterator[Node]:
    """The same of the items that ``call`` gives."""
    lent = lent_items(source, scopes, call, False, lambda _: True, lambda _: True, where)
    if lent is not None:
        yield from parts_taken(source, scopes, lent.bound)
        yield from names_needed(source, scopes, lent.bound)


def _of_text(clone: Clone, text: CheckedText, scopes: Scopes) -> Iterator[Node]:
    """The same of a text that the copied bytes are checked as."""
    yield from deciding_expressions(clone.source, scopes, text.bound)
    if text.opened:
        yield text.end
        usage = usage_of(clone.source, text.end)
        yield from _of_usage(replace(clone, node=text.end), usage, scopes)


def copy_questions(site: Site, answers: Answers) -> Iterator[Question]:
    """Is what the clone makes ``Copy``, where its type alone does not tell?"""
    type_ = answers.type_of(site.path, site.span)
    if type_ is not None and TypeFacts().ownership(type_).cost is Cost.UNKNOWN:
        yield Question(site.path, site.span, COPY)


def frame_questions(site: Site, source: Source, answers: Answers) -> Iterator[Question]:
    """Can the frame that is copied byte by byte be taken back as a `BytesMut`?"""
    found = _read(source, site.span)
    made = answers.type_of(site.path, site.span)
    if found is None or made is None or not is_named(made, "Vec", "BytesMut"):
        return
    frame = span_of(found[0].receiver)
    type_ = answers.type_of(site.path, frame)
    if type_ is not None and is_bytes(type_):
        yield Question(site.path, frame, INTO)


def impl_questions(sites: Iterable[Site], sources: Sources, answers: Answers) -> Iterator[Question]:
    """Of values that may be seen as another type (`&str` for `String`): what else is given them, by their
    names or in the functions that take the copies, and may choose an impl by its type?"""
    taken = set[tuple[bytes, int]]()  # functions are looked for in all files: once for each name
    for site in sites:
        source = sources.get(site.path)
        for clone, usage, function in _read_as(source, site.span):
            made = answers.type_of(site.path, clone.span)
            if made is None or view_of(made) is None:
                continue
            nodes: list[Node] = []
            if usage.kind is UsageKind.REF and (at := deciding_at(source, usage.holder)):
                nodes.append(at)
            elif usage.kind is UsageKind.LET:
                scopes = scopes_of(source, function)
                nodes += deciding_expressions(source, scopes, bound_by(clone, usage))
            elif usage.kind in (UsageKind.ARGUMENT, UsageKind.METHOD_ARGUMENT):
                taken.add((usage.name, usage.index))
            yield from (Question(site.path, span_of(node)) for node in nodes)
    for name, index in sorted(taken):
        for place, node in deciding_in_functions(sources, name, index):
            yield Question(place.path, span_of(node))


def _read_as(source: Source, span: Span) -> Iterator[tuple[Clone, Usage, Node]]:
    """The clone as it stands, and as the copy of what is inside where it is opened at once."""
    read = _read(source, span)
    if read is not None:
        clone, usage, _, function = read
        yield clone, usage, function
        if (inside := opened(source, clone)) is not None:
            yield inside.clone, usage_of(source, inside.clone.node), function
        text = checked_text(source, scopes_of(source, function), clone.node)
        if text is not None and text.opened:
            yield replace(clone, node=text.end), usage_of(source, text.end), function


def part_questions(
    sites: Iterable[Site], definitions: Definitions, sources: Sources, answers: Answers
) -> Iterator[Question]:
    """What is in the values that functions by the names of those that take the copies take apart?"""
    taken = {
        (usage.name, usage.index, made.last)
        for usage, made in _given_away(sites, definitions, sources, answers)
    }
    for name, index, type_ in sorted(taken):
        for source in sources.containing(b"fn", name):
            for function in functions_named(source, name):
                scopes = scopes_of(source, function)
                for parameter in parameters_of(function)[max(index - 1, 0) : index + 1]:
                    declared = parameter.type
                    written = last_name(source, declared) if declared is not None else b""
                    if written not in (type_.encode(), b"Self"):
                        continue
                    for binding in scopes.bound_by(span_of(parameter.pattern)):
                        for node in parts(source, scopes, binding):
                            yield Question(source.path, span_of(node))


def call_questions(
    sites: Iterable[Site], definitions: Definitions, sources: Sources, answers: Answers
) -> Iterator[Question]:
    """Are the other calls of the functions that take the copies compiled, where they may not be?"""
    names = {usage.name for usage, _ in _given_away(sites, definitions, sources, answers)}
    for name in sorted(names):
        for source, call in doubtful(sources, name):
            yield Question(source.path, span_of(teller(call)))


def _given_away(
    sites: Iterable[Site], definitions: Definitions, sources: Sources, answers: Answers
) -> Iterator[tuple[Usage, Type]]:
    """The copies, of known types, that something takes which is called like a function of the workspace."""
    for site in sites:
        made = answers.type_of(site.path, site.span)
        found = _read(sources.get(site.path), site.span) if made is not None else None
        given = (UsageKind.ARGUMENT, UsageKind.METHOD_ARGUMENT)
        if made is None or found is None or found[1].kind not in given:
            continue
        if found[1].name in definitions.names:
            yield found[1], made


def bound_by(clone: Clone, usage: Usage) -> tuple[Binding, ...]:
    """The names that the clone is bound to."""
    if usage.kind not in NAMING:
        return ()
    function = clone.source.fn_item_of(clone.node)
    scopes = scopes_of(clone.source, function) if function is not None else None
    patterns = map(span_of, patterns_of(usage.holder))
    return tuple(b for p in patterns for b in scopes.bound_by(p)) if scopes else ()


def takers_of(source: Source, copy: Node, usage: Usage) -> Iterator[Node]:
    """The expressions whose types tell what is done with ``copy`` where it stands."""
    if (holder := taker_of(usage)) is not None:
        yield holder
    if usage.kind in (UsageKind.FIELD, UsageKind.INDEX, UsageKind.DEREF):
        yield place_from(source, copy)


def taker_of(usage: Usage) -> Node | None:
    """The expression whose type tells what takes the value."""
    call = call_of(usage.holder)
    match usage.kind:
        case UsageKind.ARGUMENT if call is not None:
            return call.callee if call.turbofish is None else call.callee.parent
        case UsageKind.METHOD_ARGUMENT if call is not None:
            access = access_of(call.callee)
            return access.base if access is not None else None
        case UsageKind.FIELD:
            return usage.holder
        case _:
            return None
