"""A lock of an async crate is awaited, and its atomic is not: what then no longer waits."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from engine.rust.context import in_test_code
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import LocatedCall, LockPlaces
from engine.rust.lost_waits import LostWait, lost_waits
from engine.rust.nodes import awaited, unwrapped
from engine.rust.syntax import Source, span_of

_UNSURE = frozenset({"unsure", "value", "macro"})
_WHAT = {
    "recursion": "the function that runs itself in line",
    "polled": "what is polled again and again in line",
}


def lost_notes(places: LockPlaces, calls: Iterable[LocatedCall]) -> tuple[str, ...]:
    """What to say of the awaits that go with the locks of ``calls``, beside those of the locks that go
    already. Raises Refused where something would never give way again."""
    notes: list[str] = []
    own = [found for call in calls if (found := _await(places, call)) is not None]
    others = [found for call in places.replaced if (found := _await(places, call)) is not None]
    for lost in lost_waits(own, places.calls, places.files, others):
        line = lost.source.position(lost.repeated.start_byte)[0]
        if lost.how in _UNSURE:
            if not in_test_code(lost.source, lost.repeated):
                notes.append(_unsure(places, lost))
            continue
        if lost.how == "bounded":
            # A test has nobody beside it that it keeps waiting for good: it is run, and shows what it needs.
            if in_test_code(lost.source, lost.repeated):
                continue
            notes.append(
                f"the loop in {lost.source.path}:{line} has no await left: it keeps its thread to "
                "the end"
            )
        else:
            raise Refused(_reason(places, lost, line))
    return tuple(notes)


def _await(places: LockPlaces, call: LocatedCall) -> tuple[Source, Node] | None:
    source = places.source(call.path)
    node = source.node_at(call.span)
    up = unwrapped(node)[1] if node is not None else None
    return (source, up) if up is not None and awaited(up) is not None else None


def _unsure(places: LockPlaces, lost: LostWait) -> str:
    place = places.place(lost.source.path, lost.repeated.start_byte)
    shown = lost.source.quoted(span_of(lost.wait))
    match lost.how:
        case "value":
            return (
                f"{place}: what is handed on there waits for nothing but the lock: a loop that awaits "
                "only this never lets other tasks run"
            )
        case "macro":
            return (
                f"{place}: if that macro loops over `{shown}`, nothing is left there that lets other tasks "
                "run"
            )
        case _:
            return (
                f"{place}: without the wait of `{shown}`, nothing there is known to wait: where it does not, "
                "other tasks never run"
            )


def _reason(places: LockPlaces, lost: LostWait, line: int) -> str:
    place = places.place(lost.source.path, lost.wait.start_byte)
    what = f"{_WHAT.get(lost.how, 'the loop in line')} {line}"
    return (
        f"{place}: `{lost.source.quoted(span_of(lost.wait))}` is the only await of {what}: without it "
        "that would never let other tasks run, and may wait forever"
    )
