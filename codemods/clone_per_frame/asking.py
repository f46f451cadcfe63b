"""A site with its syntax, and what rustc is asked about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Site, Span
from engine.rust.known_types import Cost
from engine.rust.last_use import Movable, movable
from engine.rust.places import Place, origins_of, place_of
from engine.rust.questions import COPY, Answers, Question
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts

from .shapes import Clone, Context, Role, clone_at, context_of


@dataclass(frozen=True, slots=True)
class Case:
    """One site with all that syntax tells about it."""

    site: Site
    clone: Clone
    context: Context
    place: Place
    function: Node

    @property
    def source(self) -> Source:
        return self.clone.source


def case_of(site: Site, source: Source) -> Case | None:
    """The case of a site; None when the text is no longer what was located."""
    clone = clone_at(source, site.span)
    if clone is None:
        return None
    place = place_of(source, clone.receiver)
    function = source.fn_item_of(clone.node)
    if place is None or function is None:
        return None
    return Case(site, clone, context_of(clone), place, function)


def asked(site: Site, source: Source) -> Iterator[Span]:
    """The clone, the place with all its prefixes, where it comes from, and who takes it."""
    case = case_of(site, source)
    if case is None:
        return
    yield case.clone.span
    yield from map(span_of, case.place.prefixes)
    scopes = Scopes(source, case.function)
    yield from map(span_of, origins_of(source, scopes, case.place).nodes)
    holder = holder_of(case)
    if holder is not None:
        yield span_of(holder)
    verdict = movable(source, scopes, case.clone.node, case.place)
    if isinstance(verdict, Movable) and verdict.option is not None:
        yield span_of(verdict.option)


def doubtful(site: Site, source: Source, answers: Answers) -> Iterator[Question]:
    """Is what the clone makes ``Copy``, where its type alone does not tell?"""
    case = case_of(site, source)
    if case is None:
        return
    type_ = answers.type_of(site.path, case.clone.span)
    if type_ is not None and TypeFacts().ownership(type_).cost is Cost.UNKNOWN:
        yield Question(site.path, case.clone.span, COPY)


def holder_of(case: Case) -> Node | None:
    """The expression whose type tells what takes the value."""
    function = case.context.holder.child_by_field_name("function")
    match case.context.role:
        case Role.ARGUMENT:
            return function
        case Role.METHOD_ARGUMENT:
            if function is not None and function.type == "generic_function":
                function = function.child_by_field_name("function")
            return function.child_by_field_name("value") if function is not None else None
        case Role.FIELD:
            return case.context.holder
        case _:
            return None
