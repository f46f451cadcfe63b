"""Clients and connections that wait without an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from codemods.async_hazards.look import Judgement, Look, NoSite, Told, Untold, callee_span
from engine.base.model import Site
from engine.rust.network_clients import Client, client_of, is_told, requests
from engine.rust.questions import Question
from engine.rust.time_limits import is_limited

if TYPE_CHECKING:
    from engine.detect.facts import Sources


def asked(site: Site, node: Node, sources: Sources) -> Iterator[Question]:
    """What is called."""
    span = callee_span(node)
    if span is not None:
        yield Question(site.path, span)


def _client(look: Look) -> Client | Untold | None:
    span = callee_span(look.node)
    type_ = look.type_at(span) if span is not None else None
    if type_ is None:
        return Untold(span or look.site.span)
    return client_of(type_.name) if type_.kind == "fndef" else None


def judged_client(look: Look) -> Judgement:
    """Of a client that is made: has it, or any request, a limit of time?"""
    client = _client(look)
    if isinstance(client, Untold):
        return client
    if client not in (Client.REQWEST, Client.HYPER):
        return NoSite("it is no client that waits without an end, by its type")
    sources = look.facts.sources
    if client is Client.REQWEST and is_told(sources, look.source):
        return NoSite("a time-out is given to the client, or to its requests")
    places = list(sources.containing(client.value.encode()))
    if not any(b".await" in place.data for place in places):
        return NoSite("nothing that uses it is async")
    for place in places:
        if any(is_limited(place, request, look.calls) for request in requests(place)):
            return NoSite("requests are made under a time-out")
    waits = (
        "when the other side is slow or goes away without a word, each request that asks it stays, with its memory "
        "and connection"
    )
    if client is Client.HYPER:
        return Told(
            f"`{look.shown}` makes a client without a time-out, and no request is made under one: {waits}. Put "
            "`tokio::time::timeout` around the request and the reading of its body; how long is yours to say."
        )
    return Told(
        f"reqwest's client has no time-out by itself, and `{look.shown}` gets none: {waits}. `timeout(..)` of its "
        "builder limits the whole request, `read_timeout` each read (long downloads), `connect_timeout` the "
        "connection alone; how long is yours to say."
    )


def judged_connection(look: Look) -> Judgement:
    """Of a connection that is opened."""
    client = _client(look)
    if isinstance(client, Untold):
        return client
    if client is not Client.CONNECTION:
        return NoSite("it opens no connection, by its type")
    if is_limited(look.source, look.node, look.calls):
        return NoSite("it is awaited under a time-out")
    return Told(
        f"`{look.shown}` waits until the system gives up, on Linux about two minutes when nothing answers, and all who "
        "need the connection wait as long. Put `tokio::time::timeout` around it; how long is yours to say."
    )
