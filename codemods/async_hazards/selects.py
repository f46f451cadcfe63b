"""Branches of a ``select!`` in a loop whose futures are dropped half way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from codemods.async_hazards.locate import staying
from codemods.async_hazards.look import Judgement, Look, NoSite, Told, receiver_span, short
from engine.base.model import Site
from engine.rust.cancel_safety import METHODS, Loss, Lost, awaited_calls, lost_by
from engine.rust.definitions import functions_named
from engine.rust.nodes import callee_name
from engine.rust.questions import Question
from engine.rust.select_arms import SelectArm, arms_of_select
from engine.rust.syntax import Source, is_async, span_of

if TYPE_CHECKING:
    from engine.detect.facts import Sources

_NAMESAKES = 4  # functions of one name that are asked about


def asked(site: Site, node: Node, sources: Sources) -> Iterator[Question]:
    """The future, and what the method is called on; of an ``async fn`` of the workspace, those that it
    awaits."""
    source = sources.get(site.path)
    yield from _of_call(source, node)
    name = callee_name(node)
    if name is None or source.text(name) in METHODS:
        return
    word = source.text(name)
    found = [
        (place, function)
        for place in sources.containing(b"fn", word)
        for function in functions_named(place, word)
        if is_async(function)
    ]
    for place, function in found if len(found) <= _NAMESAKES else ():
        for call in _losing(place, function):
            yield from _of_call(place, call)


def _of_call(source: Source, call: Node) -> Iterator[Question]:
    yield Question(source.path, span_of(call))
    receiver = receiver_span(source, call)
    if receiver is not None:
        yield Question(source.path, receiver)


def _losing(source: Source, function: Node) -> Iterator[Node]:
    for call in awaited_calls(source, function):
        name = callee_name(call)
        if name is not None and source.text(name) in METHODS:
            yield call


def judged_loss(look: Look) -> Judgement:
    """Does the branch lose data?"""
    lost, chain = _lost(look)
    if lost is None or lost.loss is Loss.PLACE:
        return NoSite("nothing is lost when it is dropped, as far as is known")
    return Told(
        f"When {_other(look)} is first, the loop goes on and {chain} is dropped half way: {lost.words}, which shows "
        f"under load, when both are busy. Make the future once, before the loop (`pin!`, `&mut future` in the "
        f"branch), or {_instead(lost)}."
    )


def judged_place(look: Look) -> Judgement:
    """Does the branch lose its place in a queue?"""
    lost, chain = _lost(look)
    if lost is None or lost.loss is not Loss.PLACE:
        return NoSite("it has no place in a queue")
    return Told(
        f"When {_other(look)} is first, the loop goes on and {chain} is made anew: {lost.words}. Where others want "
        "it all the time, it may never get there. Make the future once, before the loop (`pin!`, `&mut future` in "
        "the branch)."
    )


def _instead(lost: Lost) -> str:
    if lost.loss is Loss.MESSAGE:
        return "wait for room alone (`reserve`; of a sink `poll_ready`), and send then"
    return "give it a task of its own, or read into a buffer that stays (`read_buf`)"


def _other(look: Look) -> str:
    arms = list(arms_of_select(look.source, look.around))
    mine = next((arm for arm in arms if look.site.span in span_of(arm.future)), None)
    loops = look.source.loops_around(look.around)
    other: SelectArm | None = None
    if mine is not None and loops:
        other = staying(look.source, mine, arms, loops[0])
    return short(look.source, other.future) if other is not None else "another branch"


def _lost(look: Look) -> tuple[Lost | None, str]:
    """What is lost, and by which call, in words."""
    source, call = look.source, look.node
    found = _lost_by(look, source, call)
    name = callee_name(call)
    if found is not None or name is None or source.text(name) in METHODS:
        return found, short(source, call)
    for place, function in look.calls.callees(source, name, sure=True):
        if not is_async(function):
            continue
        for inner in _losing(place, function):
            found = _lost_by(look, place, inner)
            if found is not None and found.loss is not Loss.PLACE:
                where = look.place(place, inner)
                return found, f"{short(source, call)} (with {short(place, inner)} in it, {where})"
    return None, ""


def _lost_by(look: Look, source: Source, call: Node) -> Lost | None:
    name, receiver = callee_name(call), receiver_span(source, call)
    future = look.facts.type_of(source.path, span_of(call))
    on = look.facts.type_of(source.path, receiver) if receiver is not None else None
    return lost_by(source.text(name), future, on) if name is not None else None
