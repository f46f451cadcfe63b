"""Copies in a value that may as well borrow: in a list that is only read, which change together (``[&a,
&b].into_iter()`` for ``[a.clone(), b.clone()].iter()``), and in a ``Cow``."""

from __future__ import annotations

from engine.base.model import Edit, Span
from engine.rust.listed_copies import Listed
from engine.rust.owned_cows import OwnedCow
from engine.rust.type_facts import is_named, is_view

from .borrower import Borrower
from .clone_types import Rewrite

_HOW = "The list is only read, so it holds references."
_COW = "The `Cow` borrows, which is what it is for."
_GIVEN = (
    "who is given the `Cow` has a borrowed one: `is_owned` and a `match` tell, and `to_mut` copies"
)
_VIEWS = {"String": b".as_str()", "Vec": b".as_slice()"}


def lent_element(on: Borrower, listed: Listed) -> Rewrite | None:
    """The rewrite of one copy, with what changes around the list; None where it has to be one."""
    text = view(on) if listed.views else _reference(on)
    if text is None or on.changed(Span(on.clone.node.end_byte, listed.end)):
        return None
    return on.made(on.clone.node, text, _HOW, listed.edits)


def lent_cow(on: Borrower, cow: OwnedCow) -> Rewrite | None:
    """``Cow::Borrowed(s)`` for ``Cow::Owned(s.to_string())``."""
    text = view(on)
    if text is None or (not cow.returned and on.changed(Span(cow.call.end_byte, cow.end))):
        return None
    variant = cow.variant
    borrowed = Edit(on.source.path, variant.start_byte, variant.end_byte, b"Borrowed")
    return on.made(on.clone.node, text, _COW, (borrowed,), _GIVEN if cow.returned else "")


def _reference(on: Borrower) -> bytes | None:
    types = on.types
    if on.temporary or not (types.same or types.behind or on.mutable):
        return None
    return on.reference()


def view(on: Borrower) -> bytes | None:
    """``a.as_str()``, or ``a`` where it is a view."""
    types, place = on.types, on.clone.receiver
    if on.temporary:
        return None
    if types.receiver.is_shared_ref and is_view(types.receiver.args[0]):
        return on.reference() if types.view else None
    viewed = _VIEWS.get(types.cloned.last) if is_named(types.cloned, *_VIEWS) else None
    if viewed is None or not (types.same or types.behind or on.mutable):
        return None
    text = on.clone.receiver_text
    operation = place.type in ("unary_expression", "reference_expression")
    return (b"(" + text + b")" if operation else text) + viewed
