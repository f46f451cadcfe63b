"""Loops that await one item after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from codemods.async_hazards.look import Judgement, Look, NoSite, Told, Untold, receiver_span, short
from engine.base.model import Site, Span
from engine.rust.calls import Receiver
from engine.rust.independent_turns import Turn, only_gathers, turn_of
from engine.rust.nodes import bare, callee_name, method_call
from engine.rust.questions import Question
from engine.rust.remote_calls import is_remote, shares_client
from engine.rust.statement_nodes import scrutinee_of
from engine.rust.syntax import Source

if TYPE_CHECKING:
    from engine.detect.facts import Sources


def asked(site: Site, node: Node, sources: Sources) -> Iterator[Question]:
    """What the methods of the chain that is awaited are called on."""
    source = sources.get(site.path)
    turn = turn_of(source, node)
    for span in _receivers(source, turn.call) if turn is not None else ():
        yield Question(site.path, span)


def _receivers(source: Source, call: Node) -> Iterator[Span]:
    node = call
    while (span := receiver_span(source, node)) is not None:
        yield span
        method = method_call(source, node)
        assert method is not None
        node = bare(method.receiver)


def judged(look: Look) -> Judgement:
    """Could the turns run together?"""
    turn = turn_of(look.source, look.node)
    if turn is None:
        return NoSite("its turns hang on each other")
    why = _own(look, turn)
    if why is not None:
        return why
    items = scrutinee_of(turn.loop)
    over = short(look.source, items) if items is not None else "the items"
    if turn.fails and only_gathers(look.source, turn):
        way = (
            "All that `try_join_all` asks for is there (each turn has its own or lends, only pushes, ends by `?`): it "
            "gives the same list, starts all at once, and its first error drops the rest"
        )
    else:
        way = "`stream::iter(..)` with `buffered(n)` runs n together, `join_all` all at once"
    return Told(
        f"{short(look.source, turn.call)} is awaited for each of {over}, one after the other: a hundred waits of ten "
        f"milliseconds are a second. {way}. Leave it where the order is meant."
    )


def _own(look: Look, turn: Turn) -> NoSite | Untold | None:
    """Why the call may need its receiver for itself, or is not worth it; None where it may run beside itself."""
    source, call = look.source, turn.call
    name = callee_name(call)
    if name is None or not is_remote(source, call, look.calls, look.type_at):
        return NoSite("what it awaits asks nobody far away, as far as is known")
    method = method_call(source, call)
    if method is None:
        return None
    spans = list(_receivers(source, call))
    types = [look.type_at(span) for span in spans]
    if any(shares_client(type_) for type_ in types if type_ is not None):
        return None
    found = list(look.calls.callees(source, name, sure=True))
    if not found:
        return NoSite("whether its receiver can be shared is not known")
    type_ = types[0]
    if method.receiver.type == "self" or type_ is not None:
        owner = type_.deref_chain()[-1] if type_ is not None else None
        shared = (
            owner is not None and look.calls.receiver(owner, method.method) is Receiver.REFERENCE
        ) or not look.calls.may_mutate(method.method)
        return None if shared else NoSite("it needs its receiver for itself")
    return Untold(spans[0])
