"""What is only read of something locked behind the await, a length or a flag: it is read in the block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from codemods.guard_across_await.extraction import Extraction
from codemods.guard_across_await.named_guard import Context
from engine.rust.effects import is_pure
from engine.rust.known_types import Nature
from engine.rust.nodes import method_call, method_on
from engine.rust.scopes import Use
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_whole
from engine.rust.types import Type

_MOST = 3  # more are a snapshot, which a person should name


def reading(source: Source, place: Node) -> Node | None:
    """``place.len()``: the call on a place that gives the same whenever it is asked."""
    called = method_on(source, place)
    if called is None or not is_pure(source, called[1]):
        return None
    found = method_call(source, called[1])
    return called[1] if found is not None and not found.arguments else None


def read_of(ctx: Context, places: Sequence[Node], held: Type) -> tuple[Extraction, ...]:
    """What is read of ``places``, all of them of the type ``held``; () where more is needed than numbers
    and flags, or what they are may change although it is locked."""
    if ctx.types.facts.ownership(held).nature is not Nature.PLAIN:
        return ()
    calls: dict[bytes, list[Node]] = {}
    for place in places:
        call = reading(ctx.source, place)
        type_ = ctx.type_of(call) if call is not None else None
        if call is None or type_ is None or not is_whole(type_):
            return ()
        if not ctx.types.facts.is_copy(type_):
            return ()
        calls.setdefault(b"".join(ctx.source.text(call).split()), []).append(call)
    if len(calls) > _MOST:
        return ()
    return tuple(Extraction(nodes[0], also=tuple(nodes[1:])) for nodes in calls.values())


def read_out(ctx: Context, uses: Iterable[Use], held: Type) -> tuple[Extraction, ...]:
    """What is read of a name that refers to a ``held``; () as for :func:`read_of`."""
    places: list[Node] = []
    for use in uses:
        node = ctx.source.innermost(use.span)
        if use.capture or span_of(node) != use.span:
            return ()
        places.append(node)
    return read_of(ctx, places, held)
