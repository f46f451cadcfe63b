"""From sites to reports: which are hazards, by their kinds, and which are none, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from codemods.async_hazards import channels, clients, selects, starts, turns
from codemods.async_hazards.kinds import (
    CLIENT,
    CONNECT,
    JOIN,
    LOSS,
    NAME,
    OPTIONS,
    PLACE,
    SEQUENTIAL,
    SPAWN,
    UNBOUNDED,
)
from codemods.async_hazards.look import Judgement, Look, NoSite, Told
from engine.base.model import NO_UNIT, NOT_COMPILED, Outcome, Proposal, Site
from engine.rust.questions import Answers, Question
from engine.rust.statement_nodes import expression_in

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources

_JUDGES: Mapping[str, Callable[[Look], Judgement]] = {
    UNBOUNDED: channels.judged,
    SPAWN: starts.judged_spawn,
    JOIN: starts.judged_join,
    SEQUENTIAL: turns.judged,
    LOSS: selects.judged_loss,
    PLACE: selects.judged_place,
    CLIENT: clients.judged_client,
    CONNECT: clients.judged_connection,
}
_ASKING = {
    UNBOUNDED: channels.asked,
    SPAWN: starts.asked,
    JOIN: starts.asked_join,
    SEQUENTIAL: turns.asked,
    LOSS: selects.asked,
    PLACE: selects.asked,
    CLIENT: clients.asked,
    CONNECT: clients.asked,
}


def questions(
    sites: Sequence[Site], sources: Sources, answers: Answers | None
) -> Iterator[Question]:
    """Twice: see ``Codemod.questions``."""
    for site in sites:
        node = sources.get(site.path).node_at(site.captures["node"][0])
        if node is not None:
            yield from _ASKING[site.kind](site, expression_in(node), sources)
    if answers is not None:
        yield from channels.asked_of_ends(sites, sources, answers)


def plan(sites: Iterable[Site], facts: Facts) -> Iterator[Proposal]:
    """A report for each hazard; for what looked like one and is none, the reason."""
    every = tuple(sites)
    for site in every:
        default = OPTIONS[site.kind].default
        if not facts.options.get(NAME, site.kind, default, site.path):
            continue
        source = facts.source(site.path)
        node = source.node_at(site.captures["node"][0])
        around = source.node_at(site.captures["around"][0])
        if node is None or around is None:
            continue
        look = Look(site, source, expression_in(node), expression_in(around), facts, every)
        found = _JUDGES[site.kind](look)
        if isinstance(found, Told):
            yield Proposal((replace(site, role="site"),), reason=found.reason)
        elif site.role == "site":
            yield _no_hazard(facts, site, found)


def _no_hazard(facts: Facts, site: Site, found: Judgement) -> Proposal:
    if isinstance(found, NoSite):
        return Proposal((site,), reason=found.reason, dismissed=True)
    assert not isinstance(found, Told)
    why = facts.unknown(site.path, found.span)
    shown = facts.source(site.path).quoted(found.span)
    outcome = Outcome.NOT_COMPILED if why.endswith((NO_UNIT, NOT_COMPILED)) else None
    return Proposal((site,), reason=f"what `{shown}` is, is not known: {why}", outcome=outcome)
