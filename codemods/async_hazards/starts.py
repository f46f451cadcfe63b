"""Tasks and futures that are started for each item, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from codemods.async_hazards.look import (
    Judgement,
    Look,
    NoSite,
    Told,
    Untold,
    callee_span,
    receiver_span,
    short,
)
from engine.base.model import Site
from engine.rust.item_counts import given_items
from engine.rust.known_types import key_of
from engine.rust.nodes import arguments_of, bare, method_call
from engine.rust.places import initializers
from engine.rust.questions import ITERATOR, Question
from engine.rust.scopes import scopes_of
from engine.rust.started_work import goes_on, is_set_of_futures, limit_on, only_ends, starts
from engine.rust.statement_nodes import scrutinee_of
from engine.rust.syntax import Source, span_of

if TYPE_CHECKING:
    from engine.detect.facts import Sources
    from engine.rust.types import Type

_FUTURES = ("futures", "futures_util")
_HANDLES = frozenset(
    {"tokio::JoinHandle", "async_std::JoinHandle", "actix_rt::JoinHandle", "smol::Task"}
)


def asked(site: Site, node: Node, sources: Sources) -> Iterator[Question]:
    """What the call's function is, or what the method is called on; whether what has a closure run for each item
    is an iterator."""
    source = sources.get(site.path)
    span = callee_span(node) or receiver_span(source, node)
    if span is not None:
        yield Question(site.path, span)
    closure = source.node_at(site.captures["around"][0])
    items = given_items(source, closure) if closure is not None else None
    if items is not None:
        yield Question(site.path, span_of(items), ITERATOR)


def asked_join(site: Site, node: Node, sources: Sources) -> Iterator[Question]:
    """The function, and the future that it gives, which names those that it holds."""
    yield from asked(site, node, sources)
    yield Question(site.path, span_of(node))


def judged_spawn(look: Look) -> Judgement:
    """Of a spawn for each item."""
    source, call = look.source, look.node
    function, receiver = callee_span(call), receiver_span(source, call)
    span = function or receiver
    assert span is not None
    type_ = look.type_at(span)
    if type_ is None:
        return Untold(span)
    if not starts(type_ if function else None, type_ if receiver else None, look.name):
        return NoSite("what it calls starts nothing that is not limited, by its type")
    given = given_items(source, look.around)
    if given is not None and not look.facts.implements(look.site.path, span_of(given), ITERATOR):
        return NoSite("its closure is not known to be run by an iterator")
    if limit := limit_on(source, look.around, call, look.calls):
        return NoSite(f"it is limited: {limit}")
    if any(goes_on(source, each, look.calls) for each in arguments_of(call)):
        return NoSite("what it starts goes on by itself, as workers and servers do")
    items = scrutinee_of(look.around) or given
    of = f"of {short(source, items)} " if items is not None else ""
    return Told(
        f"Each item {of}gets a task at once and nothing seen here limits how many: ten thousand items are ten thousand "
        "tasks, with their memory and connections. Take a permit of a `Semaphore` for each, or `buffer_unordered` "
        "over the items; how many is what the other side can bear."
    )


def judged_join(look: Look) -> Judgement:
    """Of a ``join_all``."""
    source, call = look.source, look.node
    made, method = look.type_at(span_of(call)), method_call(source, call)
    if method is not None:
        if made is None:
            return Untold(span_of(call))
        if not is_set_of_futures(made):
            return NoSite("it gathers no futures, by its type")
        given = method.receiver
    else:
        span = callee_span(call)
        function = look.type_at(span) if span is not None else None
        if span is None or function is None:
            return Untold(span or span_of(call))
        if function.kind != "fndef" or key_of(function.name).partition("::")[0] not in _FUTURES:
            return NoSite("it is another function than that of futures, by its type")
        (given,) = arguments_of(call)
    if made is not None and _holds_handles(made):
        return NoSite("what it waits for was spawned before: it starts nothing")
    for place in _makers(source, given):
        if only_ends(source, place):
            return NoSite("it ends what is there already")
        if goes_on(source, place, look.calls):
            return NoSite("what it waits for goes on by itself, as workers and servers do")
        if limit := limit_on(source, place, place, look.calls):
            return NoSite(f"it is limited: {limit}")
    error = " The first error drops all others half way." if look.name == b"try_join_all" else ""
    return Told(
        f"All futures of {short(source, given)} run at once and nothing seen here limits how many: each holds its "
        f"memory and connection until the slowest is done.{error} `stream::iter(..)` with `buffer_unordered(n)` "
        "(`buffered(n)` keeps the order) runs n at a time; n is what the other side can bear."
    )


def _holds_handles(made: Type) -> bool:
    return any(inner.kind == "path" and key_of(inner.name) in _HANDLES for inner in made.walk())


def _makers(source: Source, given: Node) -> Iterator[Node]:
    """Where the futures are made: the expression itself, and what a name was made from or filled with."""
    node = bare(given)
    yield node
    method = method_call(source, node)
    while method is not None:
        node = bare(method.receiver)
        method = method_call(source, node)
    function = source.fn_item_of(node)
    if node.type != "identifier" or function is None:
        return
    scopes = scopes_of(source, function)
    binding = scopes.resolve(source.text(node), node.start_byte)
    if binding is None:
        return
    yield from initializers(source, binding)
    for use in scopes.uses(binding):
        up = source.innermost(use.span).parent
        filled = (
            method_call(source, up.parent) if up is not None and up.parent is not None else None
        )
        if filled is not None and filled.method in (b"push", b"extend", b"push_back"):
            yield from filled.arguments
