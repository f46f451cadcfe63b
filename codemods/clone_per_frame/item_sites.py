"""Where items are copied that are only looked at, by syntax: ``xs.iter().cloned().any(|x| x.is_empty())``,
``if let Some(x) = map.get(k).cloned()``; and what rustc is asked about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.borrows import (
    Borrowable,
    borrowable,
    is_number_use,
    names_needed,
    parts_taken,
)
from engine.rust.cloned_items import Gives, LentItems, copied_by, lent_items
from engine.rust.copies import Clone
from engine.rust.per_source import per_source
from engine.rust.places import origins_of, place_of
from engine.rust.scopes import Scopes, scopes_of
from engine.rust.statement_nodes import patterns_of
from engine.rust.syntax import Source, span_of
from engine.rust.usages import NAMING, UsageKind, usage_of

from .located_clone import bound_by, takers_of

KIND = "items"  # of a site


@per_source
def ways(source: Source, span: Span) -> tuple[LentItems, ...]:
    """What may become of the items that the call at ``span`` copies, if it is called on an iterator, and
    if on an Option, whatever methods are called on them."""
    copy = source.node_at(span)
    function = source.fn_item_of(copy) if copy is not None else None
    if copy is None or function is None or copied_by(source, copy) is None:
        return ()
    scopes = scopes_of(source, function)
    found = (
        lent_items(
            source,
            scopes,
            copy,
            option,
            lambda _: True,
            _is_number(source),
        )
        for option in (False, True)
    )
    return tuple(lent for lent in found if lent is not None)


def may_be_lent(source: Source, copy: Node, scopes: Scopes) -> bool:
    """May the copied items be references instead, as far as syntax tells?"""
    return any(_is_looked_at(source, lent, scopes) for lent in ways(source, span_of(copy)))


def _is_looked_at(source: Source, lent: LentItems, scopes: Scopes) -> bool:
    if lent.gives in (Gives.SAME, Gives.TEXTS):
        return True
    usage = usage_of(source, lent.end)
    if usage.kind is UsageKind.VALUE or usage.kind is UsageKind.REF_MUT:
        return False
    if usage.kind in NAMING:
        bound = [b for p in patterns_of(usage.holder) for b in scopes.bound_by(span_of(p))]
        copied = (lambda _: False) if usage.kind is UsageKind.LET else _is_number(source)
        found = borrowable(source, scopes, bound, shared=True, copied=copied)
        return isinstance(found, Borrowable)
    return lent.gives is not Gives.OPTION


def _is_number(source: Source) -> Callable[[Node], bool]:
    return lambda name: is_number_use(source, name)


def asked(source: Source, span: Span) -> Iterator[Node]:
    """The expressions whose types tell what is copied, and what then is done with it."""
    copy = source.node_at(span)
    receiver = copied_by(source, copy) if copy is not None else None
    function = source.fn_item_of(copy) if copy is not None else None
    if copy is None or receiver is None or function is None:
        return
    scopes = scopes_of(source, function)
    yield from (copy, receiver)
    if (place := place_of(source, receiver)) is not None:
        yield from (*place.prefixes, *origins_of(source, scopes, place).nodes)
    for lent in ways(source, span):
        yield lent.end
        yield from parts_taken(source, scopes, lent.bound)
        yield from names_needed(source, scopes, lent.bound)
        if lent.shown is not None:
            yield lent.shown
        if lent.gives not in (Gives.SAME, Gives.TEXTS):
            usage = usage_of(source, lent.end)
            clone = Clone(source, lent.end, receiver, b"clone", b"")
            bound = bound_by(clone, usage)
            yield from (*parts_taken(source, scopes, bound), *names_needed(source, scopes, bound))
            yield from takers_of(source, lent.end, usage)
