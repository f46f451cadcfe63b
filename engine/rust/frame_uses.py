"""What is done with a frame where its name stands: may it be a `BytesMut` that others lend?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.calls import spawned_around
from engine.rust.copies import Clone, clone_of
from engine.rust.format_macros import is_shown, shown_by
from engine.rust.known_calls import COPYING, is_reading_method
from engine.rust.nodes import (
    COMPARISONS,
    arguments_of,
    bare,
    borrowed,
    call_around,
    callee_name,
    dereferenced,
    indexed,
    is_mut,
    method_on,
    operation_of,
    outward,
)
from engine.rust.program import Program
from engine.rust.scopes import Binding, Use
from engine.rust.statement_nodes import scrutinee_of
from engine.rust.syntax import Source, span_of

# Of slices and of `BytesMut`: they change what is there, or take bytes from its front.
CHANGING = frozenset(
    b"""iter_mut as_mut fill reverse swap sort sort_unstable copy_from_slice clone_from_slice
    chunks_mut chunks_exact_mut split_at_mut get_mut first_mut last_mut rotate_left rotate_right
    truncate clear extend_from_slice resize make_ascii_lowercase make_ascii_uppercase copy_within
    put_slice put_u8 put_u16 put_u32 put_u64 advance get_u8 get_u16 get_u32 get_u64 get_i8 get_i16
    get_i32 get_i64 get_u16_le get_u32_le get_u64_le copy_to_slice""".split()
)
# A `Bytes` of its own, of the same buffer; what a `BytesMut` answers otherwise.
_SHARING = frozenset({b"slice", b"capacity"})
_BY_ROOM = frozenset(b"read_buf recv_buf recv_buf_from try_read_buf poll_read_buf".split())
_READING = frozenset(b"remaining has_remaining chunk copied rposition position".split())


class FrameUseKind(StrEnum):
    """What one use does with the frame."""

    READS = "reads"
    CHANGES = "changes"
    COPIES = "copies"  # a clone or copy of the whole frame
    PASSES = "passes"  # by value, to a function
    LENDS = "lends"  # `&frame`, to a function
    KEEPS = "keeps"  # or it is not understood


# Uses that may choose another impl by the type.
_SEEN = (FrameUseKind.READS, FrameUseKind.CHANGES, FrameUseKind.LENDS)


@dataclass(frozen=True, slots=True)
class FrameUse:
    """One use. ``node`` is the name where it stands (None in a format string), ``holder`` the call that
    takes it, ``copy`` what copies it, ``why`` says in words what keeps it."""

    use: Use
    kind: FrameUseKind
    node: Node | None = None
    holder: Node | None = None
    copy: Clone | None = None
    why: str = ""

    @property
    def index(self) -> int:
        """Which argument of ``holder`` it is, from 0."""
        assert self.node is not None and self.holder is not None
        given = self.copy.node if self.copy is not None else self.node
        whole = span_of(given)
        return next(i for i, a in enumerate(arguments_of(self.holder)) if whole in span_of(a))

    def is_printed(self, source: Source) -> bool:
        """Is it shown by a format string? (A `Vec` is shown otherwise than a `BytesMut`.)"""
        return self.use.capture or (
            self.node is not None and shown_by(source, self.node) is not None
        )


def other_impl(source: Source, use: FrameUse, listed: bool, program: Program) -> str:
    """May the use do something else with a `BytesMut`, since its type chooses the impl? In words, ""
    where not. ``listed``: it was a `Vec` before, else a `Bytes`."""
    if use.node is None or use.kind not in _SEEN:
        return ""
    name = callee_name(use.holder) if use.holder is not None else None
    if name is not None and (use.kind is FrameUseKind.CHANGES or not listed):
        # Of other crates, what takes either does the same with both; `read_buf` and its like go by
        # the room that is left.
        if source.text(name) in _BY_ROOM:
            return f"`{source.text(name).decode()}` goes by the room that is left"
        if not any(True for _ in program.calls.callees(source, name, sure=True)):
            return ""
    return program.agreeing_impls.at(source, use.node)


def frame_use(source: Source, binding: Binding, use: Use) -> FrameUse:
    """What the use of ``binding``, which holds a frame, does with it."""
    if use.capture:
        return FrameUse(use, FrameUseKind.READS)
    name = binding.name.decode("utf-8", "replace")
    line = source.position(use.span.start)[0]
    node = source.innermost(use.span)
    if span_of(node) != use.span or node.type != "identifier":
        return _kept(use, f"`{name}` stands at line {line} in a form that is not understood")
    spawned = spawned_around(source, node)
    if spawned is not None and binding.decl not in span_of(spawned):
        return _kept(use, f"a task that line {line} spawns takes `{name}` along")
    copy = _copy_of(source, node)
    if copy is not None:
        return FrameUse(use, FrameUseKind.COPIES, node, call_around(outward(copy.node)), copy)
    found = _plain(source, node, use)
    if found is not None:
        return found
    called = method_on(source, outward(node))
    if called is not None and called[0] not in _SHARING:
        method = called[0].decode("utf-8", "replace")
        return _kept(
            use, f"line {line} calls `{method}` on `{name}`, which a `BytesMut` may not have"
        )
    return _kept(use, f"line {line} keeps `{name}`: {source.quoted(_around(source, node))}")


def _plain(source: Source, node: Node, use: Use) -> FrameUse | None:
    """A use that is no copy; None for one that keeps the frame."""
    if is_shown(source, node):
        return FrameUse(use, FrameUseKind.READS, node)
    whole = outward(node)
    kind = _seen(source, whole)
    if kind is not None:
        return FrameUse(use, kind, node)
    up = source.parent(whole)
    if up is None:
        return None
    if borrowed(up) is not None:
        lent = call_around(outward(up))
        if lent is not None:
            kind = FrameUseKind.CHANGES if is_mut(up) else FrameUseKind.LENDS
            return FrameUse(use, kind, node, lent)
        if is_mut(up):
            gone_over = _gone_over(source, up)
            return FrameUse(use, FrameUseKind.CHANGES, node) if gone_over else None
        return FrameUse(use, FrameUseKind.READS, node) if _is_read(source, up) else None
    call = call_around(whole)
    return FrameUse(use, FrameUseKind.PASSES, node, call) if call is not None else None


def _seen(source: Source, node: Node) -> FrameUseKind | None:
    """Of a place (the frame, a part of it): is it read or changed as it stands?"""
    if (called := method_on(source, node)) is not None:
        name = called[0]
        reads = is_reading_method(name) and name not in _SHARING
        if reads or name in _READING or name in COPYING - {b"clone"}:
            return FrameUseKind.READS
        return FrameUseKind.CHANGES if name in CHANGING else None
    up = source.parent(node)
    if up is None:
        return None
    if (index := indexed(up)) is not None and index[0] == node:
        part = outward(up)
        outer = source.parent(part)
        if outer is not None and borrowed(outer) is not None:
            return FrameUseKind.CHANGES if is_mut(outer) else FrameUseKind.READS
        found = _seen(source, part)
        return found if found or method_on(source, part) is not None else FrameUseKind.READS
    if dereferenced(up) is not None:
        return _seen(source, outward(up)) if _is_read(source, up) else None
    operation = operation_of(source, up)
    if operation is None:
        return None
    if operation.operator in COMPARISONS:
        return FrameUseKind.READS
    changes = up.type != "binary_expression" and operation.left == node and _is_part(node)
    return FrameUseKind.CHANGES if changes else None


def _gone_over(source: Source, reference: Node) -> bool:
    """Does a ``for`` go over the reference?"""
    up = source.parent(reference)
    return up is not None and up.type == "for_expression" and scrutinee_of(up) == reference


def _is_part(node: Node) -> bool:
    return bare(node).type == "index_expression"


def _is_read(source: Source, reference: Node) -> bool:
    """Is ``&frame`` only looked at where it stands: compared, gone over, called on?"""
    whole = outward(reference)
    if is_shown(source, whole):
        return True
    up = source.parent(whole)
    if up is None:
        return False
    operation = operation_of(source, up)
    compared = operation is not None and operation.operator in COMPARISONS
    return compared or scrutinee_of(up) == whole or _seen(source, whole) is FrameUseKind.READS


def _copy_of(source: Source, node: Node) -> Clone | None:
    """The call that copies the frame named at ``node``, and nothing else."""
    up = source.parent(node)
    for _ in range(6):
        if up is None or up.type.endswith(("statement", "declaration")) or up.type == "block":
            return None
        found = clone_of(source, up)
        if found is not None:
            return found if span_of(found.receiver) == span_of(node) else None
        up = source.parent(up)
    return None


def _kept(use: Use, why: str) -> FrameUse:
    return FrameUse(use, FrameUseKind.KEEPS, why=why)


def _around(source: Source, node: Node) -> Span:
    call = call_around(outward(node))
    return span_of(call if call is not None else source.statement_of(node) or node)
