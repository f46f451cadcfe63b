"""The edits with which items are no longer copied on the way (``cloned_items`` tells where they need not be)."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.cloned_items import Gives, LentItems, copied_by
from engine.rust.codegen import has_comment_around
from engine.rust.nodes import (
    arguments_of,
    bare,
    call_of,
    callee_name,
    method_call,
    method_on,
    outward,
)
from engine.rust.opened_copies import literal_of
from engine.rust.syntax import Source, span_of


def without_copy(
    source: Source, copy: Node, lent: LentItems, texts: bytes
) -> tuple[Edit, ...] | None:
    """The edits with which the copy goes, or becomes a view of each item by ``texts`` (``String::as_str``)
    where ``lent`` asks for such; None where a comment would be lost."""
    receiver, name = copied_by(source, copy), callee_name(copy)
    if receiver is None or name is None:
        return None
    if has_comment_around(source, span_of(copy), span_of(receiver)):
        return None
    if lent.gives not in (Gives.VIEW, Gives.TEXTS):
        return (Edit(source.path, receiver.end_byte, copy.end_byte, b""), *lent.edits)
    viewed = b"map(" + texts + b")"
    last = method_call(source, lent.end)
    if lent.gives is Gives.TEXTS or last is None or bare(last.receiver) == copy:
        edits = [Edit(source.path, name.start_byte, copy.end_byte, viewed)]
    else:  # what comes between sees the items as they were
        at = last.receiver.end_byte
        edits = [
            Edit(source.path, receiver.end_byte, copy.end_byte, b""),
            Edit(source.path, at, at, b"." + viewed),
        ]
    edits += _default(source, lent.end) if lent.gives is Gives.VIEW else _collected(source, copy)
    return (*edits, *lent.edits)


def _default(source: Source, end: Node) -> Iterator[Edit]:
    """``"a"`` in the place of ``"a".to_string()``."""
    for argument in arguments_of(end):
        text = literal_of(source, argument)
        if text is not None:
            yield Edit(source.path, argument.start_byte, argument.end_byte, text)


def _collected(source: Source, copy: Node) -> Iterator[Edit]:
    """``collect::<Vec<_>>()`` in the place of ``collect::<Vec<String>>()``."""
    called = method_on(source, outward(copy))
    call = call_of(called[1]) if called is not None else None
    if call is not None and call.turbofish is not None:
        node = call.turbofish
        yield Edit(source.path, node.start_byte, node.end_byte, b"<Vec<_>>")
