"""Channels without a bound: who feeds them, and whether who empties them waits meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from codemods.async_hazards.kinds import UNBOUNDED
from codemods.async_hazards.look import Judgement, Look, NoSite, Told, Untold, callee_span, short
from engine.base.model import Site
from engine.rust.channel_ends import HeldBy, ends_of, held_by
from engine.rust.channel_use import Ends, Feeding, Taken, emptied_slowly, feeding
from engine.rust.context import in_test_code
from engine.rust.questions import Question
from engine.rust.syntax import Source, span_of
from engine.rust.unbounded_channels import (
    ChannelMaker,
    carried,
    carried_by,
    channel_maker,
    is_queue,
    is_unbounded_receiver,
)

if TYPE_CHECKING:
    from engine.detect.facts import Sources
    from engine.rust.questions import Answers
    from engine.rust.types import Type


def asked(site: Site, node: Node, sources: Sources) -> Iterator[Question]:
    """Which channel it makes."""
    span = callee_span(node)
    if span is not None:
        yield Question(site.path, span)


def asked_of_ends(sites: Sequence[Site], sources: Sources, answers: Answers) -> Iterator[Question]:
    """Where there is a channel without a bound: what all calls that may send or take are called on."""
    made = False
    for site in sites:
        node = sources.get(site.path).node_at(site.captures["node"][0])
        span = callee_span(node) if node is not None and site.kind == UNBOUNDED else None
        type_ = answers.type_of(site.path, span) if span is not None else None
        made |= type_ is not None and channel_maker(type_) is not None
    if not made:
        return
    ends = Ends(sources)
    for source, end in (*ends.senders, *ends.receivers):
        yield Question(source.path, span_of(end))


def judged(look: Look) -> Judgement:
    """Does somebody feed it in a loop or for each request, faster than it may be emptied?"""
    span = callee_span(look.node)
    type_ = look.type_at(span) if span is not None else None
    if span is None or type_ is None:
        return Untold(span or look.site.span)
    maker = channel_maker(type_)
    message = carried(type_, maker) if maker is not None else None
    if maker is None or message is None:
        return NoSite("it makes no channel without a bound, by its type")
    if message.kind == "tuple" and not message.args:
        return NoSite("what it carries takes no room")
    if _is_answered(look, message):
        return NoSite("each message carries where its answer goes: who sends waits for that")
    ends = Ends(look.facts.sources)
    sender, receiver = _names(look, maker, message)
    fed = _fed(look, ends, (maker, message), sender)
    if fed is None:
        return NoSite("no loop and no handler is seen to feed it")
    slow = _emptied(look, ends, (maker, message), receiver)
    if slow is None:
        return NoSite("who empties it is not seen to wait for anything else")
    return Told(
        f"{short(fed.source, fed.call)} ({look.place(fed.source, fed.call)}), {fed.words}, never waits, while "
        f"{slow}: under load the difference stays in memory. With a bound (`{maker.bounded}`) the sender waits, or "
        "drops (`try_send`); how much it holds is yours to say, and who empties it must not wait for who feeds it."
    )


def _is_answered(look: Look, message: Type) -> bool:
    """Does the message hold a channel's end for one answer, itself or in a type of the workspace?"""
    for inner in message.walk():
        if inner.kind != "path":
            continue
        if "oneshot" in inner.name:
            return True
        for item in look.facts.items.printed(inner.name, near=look.site.path):
            place, node = look.facts.items.open(item)
            if b"oneshot" in place.text(node):
                return True
    return False


def _names(look: Look, maker: ChannelMaker, message: Type) -> tuple[HeldBy | None, HeldBy | None]:
    """The names that hold the two ends; None, which stands for all ends of the type, where no other channel of
    the workspace has such."""
    if _count(look, maker, message) < 2:
        return None, None
    ends = ends_of(look.source, look.node)
    if ends is None:
        return HeldBy(), HeldBy()
    return held_by(look.source, ends[0], look.calls), held_by(look.source, ends[1], look.calls)


def _count(look: Look, maker: ChannelMaker, message: Type) -> int:
    """How many channels with such ends are made, outside of tests."""
    found = 0
    for site in look.others:
        if site.kind != UNBOUNDED:
            continue
        source = look.facts.source(site.path)
        node = source.node_at(site.span)
        span = callee_span(node) if node is not None else None
        type_ = look.facts.type_of(site.path, span) if span is not None else None
        other = channel_maker(type_) if type_ is not None else None
        if node is None or type_ is None or other is None or in_test_code(source, node):
            continue
        found += other.sender == maker.sender and carried(type_, other) == message
    return found


_Kind = tuple[ChannelMaker, "Type"]


def _fed(look: Look, ends: Ends, kind: _Kind, held: HeldBy | None) -> Feeding | None:
    def taken(source: Source, end: Node) -> Taken:
        type_ = look.facts.type_of(source.path, span_of(end))
        if type_ is None or not is_queue(type_):
            return Taken.OUTSIDE
        return Taken.UNBOUNDED if is_unbounded_receiver(type_) else Taken.QUEUE

    maker, message = kind
    for source, end in ends.senders:
        type_ = look.facts.type_of(source.path, span_of(end))
        if type_ is None or carried_by(type_, maker.sender) != message:
            continue
        if held is not None and not held.holds(source, end):
            continue
        found = feeding(source, end, look.calls, taken)
        if found is not None:
            return found
    return None


def _emptied(look: Look, ends: Ends, kind: _Kind, held: HeldBy | None) -> str | None:
    maker, message = kind
    for source, end in ends.receivers:
        type_ = look.facts.type_of(source.path, span_of(end))
        if type_ is None or carried_by(type_, maker.receiver) != message:
            continue
        if held is not None and not held.holds(source, end):
            continue
        found = emptied_slowly(source, end)
        if found is None:
            continue
        where = look.place(source, end)
        if found == end:
            return f"it is emptied ({where}) as fast as the other side takes it"
        return f"who empties it ({where}) waits for {short(source, found)} each time"
    return None
