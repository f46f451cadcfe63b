"""Take the frame back at the consumer: `BytesMut::from(frame)` does not copy where nobody else has the
buffer (``impl From<Bytes> for BytesMut``, since bytes 1.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.base.model import Edit
from engine.rewrite.use_declarations import name as named
from engine.rust.codegen import has_comment_around
from engine.rust.copies import Clone
from engine.rust.frame_uses import FrameUse, FrameUseKind, frame_use, other_impl
from engine.rust.nodes import borrowed, outward
from engine.rust.scopes import Binding, Scopes
from engine.rust.statement_nodes import let_of, scrutinee_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_bytes, is_named
from engine.rust.usages import Usage, UsageKind

from .clone_types import CloneTypes, Rewrite

if TYPE_CHECKING:
    from engine.detect.facts import Facts

LABEL = "into-mut"
INTO = "core::convert::Into<bytes::BytesMut>"  # asked of the frame
_IN_PLACE = (FrameUseKind.READS, FrameUseKind.CHANGES, FrameUseKind.LENDS)


def into_mut(
    clone: Clone, usage: Usage, types: CloneTypes, scopes: Scopes, facts: Facts
) -> Rewrite | None:
    """``BytesMut::from(&x[..])``, or ``x.to_vec()`` that is edited in place, -> ``BytesMut::from(x)``, for
    an ``x`` that is not used again; None for other copies."""
    source, node = clone.source, clone.node
    if not is_bytes(types.receiver):
        return None
    if has_comment_around(source, span_of(node), span_of(clone.receiver)):
        return None
    path, more = clone.path, list[Edit]()
    if not is_named(types.cloned, "BytesMut"):
        listed = is_named(types.cloned, "Vec")
        found = _edited(clone, usage, scopes, facts) if listed else None
        if found is None:
            return None
        path, more = named(b"bytes::BytesMut"), found
    text = path + b"::from(" + clone.receiver_text + b")"
    edit = Edit(source.path, node.start_byte, node.end_byte, text)
    how = (
        f"`{clone.name}` is not used again, so it is taken back: without a copy where nobody else has "
        "a part of its buffer, else copied as before."
    )
    doubt = f"`{clone.name}` may be a small part of a large buffer, which now lives as long"
    return Rewrite(LABEL, (edit, *more), how, "" if _uses(clone, usage, scopes) else doubt)


def _edited(clone: Clone, usage: Usage, scopes: Scopes, facts: Facts) -> list[Edit] | None:
    """The edits with which a local `Vec` that is changed in place, and no more, may be a `BytesMut`."""
    source, uses, let = clone.source, _uses(clone, usage, scopes), let_of(usage.holder)
    if let is None or not any(use.kind is FrameUseKind.CHANGES for _, use in uses):
        return None
    if any(use.is_printed(source) or other_impl(source, use, True, facts) for _, use in uses):
        return None
    edits = [edit for binding, use in uses for edit in _gone_over(source, binding, use)]
    if let.type is not None:
        start = uses[0][0].decl.end
        edits.append(Edit(source.path, start, let.type.end_byte, b""))
    return edits


def _uses(clone: Clone, usage: Usage, scopes: Scopes) -> list[tuple[Binding, FrameUse]]:
    """The uses of the local that holds the copy; [] where one of them may let it live on."""
    let = let_of(usage.holder)
    if usage.kind is not UsageKind.LET or let is None:
        return []
    bound = scopes.bound_by(span_of(let.pattern))
    if len(bound) != 1 or not bound[0].plain:
        return []
    found = [(bound[0], frame_use(clone.source, bound[0], use)) for use in scopes.uses(bound[0])]
    return found if all(use.kind in _IN_PLACE for _, use in found) else []


def _gone_over(source: Source, binding: Binding, use: FrameUse) -> list[Edit]:
    """``for b in &mut y`` -> ``for b in y.iter_mut()``: a `BytesMut` lacks the former."""
    up = source.parent(outward(use.node)) if use.node is not None else None
    if up is None or borrowed(up) is None or use.kind is not FrameUseKind.CHANGES:
        return []
    loop = source.parent(up)
    if loop is None or scrutinee_of(loop) != up:
        return []
    return [Edit(source.path, up.start_byte, up.end_byte, binding.name + b".iter_mut()")]
