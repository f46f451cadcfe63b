"""Own the frames upstream: the stream gives `BytesMut`, and `&mut BytesMut` goes down the line, so that
nobody copies a frame in order to change it or to hand it on.

:mod:`.frame_flow` finds the names that hold the frames, :mod:`.frame_sources` where they come from;
here is what becomes of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rewrite.use_declarations import name as named
from engine.rust import nodes, statement_nodes
from engine.rust.codegen import without_statement
from engine.rust.copies import Clone
from engine.rust.frame_flow import Frame, FrameFlow, NotOwnedError, Passing, line_of
from engine.rust.frame_uses import FrameUse, FrameUseKind
from engine.rust.last_use import Movable, movable
from engine.rust.places import place_of
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_bytes

from .clone_types import CloneTypes, Rewrite
from .frame_sources import FrameSources

if TYPE_CHECKING:
    from engine.detect.facts import Facts

LABEL = "own"


@dataclass(frozen=True, slots=True)
class Owned:
    """The rewrite; ``changes`` tells that the frame was copied in order to be changed."""

    rewrite: Rewrite
    changes: bool


def own_upstream(clone: Clone, types: CloneTypes, scopes: Scopes, facts: Facts) -> Owned | str:
    """The rewrite of all that the frame's stream gives, or why there is none; "" for a value that is
    no frame of a stream, or that is handed to nobody."""
    if not is_bytes(types.receiver) or clone.receiver.type != "identifier":
        return ""
    try:
        return _Writer(facts).owned(clone, scopes)
    except NotOwnedError as error:
        return error.reason


class _Writer:
    """The edits for one flow of frames. Used once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._flow = FrameFlow(facts)
        self._edits: list[Edit] = []
        self._mutable: set[tuple[str, int]] = set()  # declarations that become `mut`

    def owned(self, clone: Clone, scopes: Scopes) -> Owned | str:
        flow = self._flow
        flow.start(clone, scopes)
        if (clone.source.path, clone.span) not in flow.copies:
            return ""
        if not flow.passings and not any(frame.changed for frame in flow.frames.values()):
            return ""
        for frame in flow.frames.values():
            self._snapshots(frame)
        sources = FrameSources(self._facts, flow)
        for root in flow.roots:
            sources.origin(root)
        for made in flow.made:
            sources.makers.produced(made.source, made.argument)
            at = made.argument.start_byte
            self._edits.append(Edit(made.source.path, at, at, b"&mut "))
        for path, span in flow.views:
            self._edits.append(Edit(path, span.start, span.end, b"[u8]"))
        for frame in list(flow.frames.values()):
            self._frame(frame)
        for passing in flow.passings.values():
            self._passing(passing)
        edits = tuple(dict.fromkeys((*sources.edits.edits, *self._edits)))
        return Owned(
            Rewrite(LABEL, edits, self._how(sources.edits.makers), self._doubt()),
            self._changes(clone),
        )

    def _changes(self, clone: Clone) -> bool:
        """Was the copy made in order to be changed?"""
        into = [f for f in self._flow.frames.values() if f.copy and f.copy.span == clone.span]
        into += [p.to for p in self._flow.passings.values() if p.copy and p.copy.span == clone.span]
        return any(frame.changed for frame in into)

    def _how(self, makers: Sequence[str]) -> str:
        takers = dict.fromkeys(
            p.to.parameter.name for p in self._flow.passings.values() if p.to.parameter
        )
        made = f" where they are made ({', '.join(makers)})" if makers else " the stream"
        said = f"The frames are `BytesMut` from{made} on"
        if takers:
            shown = ", ".join(f"`{name}`" for name in takers)
            return f"{said}; {shown} {'get' if len(takers) > 1 else 'gets'} `&mut BytesMut`."
        return f"{said}, and are changed where they are."

    def _doubt(self) -> str:
        if not self._flow.public:
            return ""
        shown = ", ".join(f"`{name}`" for name in self._flow.public)
        lent = ", or lend a slice" if self._flow.views else ""
        return f"other crates see {shown} change: who calls must give `BytesMut`{lent}"

    def _snapshots(self, frame: Frame) -> None:
        """A copy that has a name of its own stays what it was, whatever becomes of the frame."""
        copies = [f for f in self._flow.frames.values() if f.base is frame]
        changed = [f for f in copies if f.changed]
        passings = [p for p in self._flow.passings.values() if p.frame is frame]
        passed = any(p.to.changed for p in passings)
        others = len(copies) > len(changed) or len(changed) > 1
        if ((changed or passed) and others) or (changed and passed):
            raise NotOwnedError(f"a copy of `{frame.name}` is changed while another one is there")
        if frame.is_changed:  # before the copies are made, if they are its last use
            for copy in (*(f.copy for f in copies), *(p.copy for p in passings)):
                if copy is not None:
                    self._last(frame, copy)

    # -- names ---------------------------------------------------------------------------------

    def _stands_for(self, frame: Frame) -> Frame:
        """The frame whose name takes the place of a copy's that is only handed on or read."""
        while frame.base is not None and not frame.binding.mutable and self._renames(frame):
            frame = frame.base
        return frame

    def _renames(self, frame: Frame) -> bool:
        """Does the name of the base mean the same at all uses of the copy's?"""
        base = frame.base
        assert base is not None
        same = (base.binding, frame.binding)
        scopes, name = frame.scopes, base.binding.name
        return all(scopes.resolve(name, use.use.span.start) in same for use in frame.uses)

    def _lent(self, frame: Frame) -> bool:
        """Does the name hold a `&mut BytesMut`?"""
        return frame.parameter is not None or (frame.base is not None and self._lent(frame.base))

    def _text(self, frame: Frame) -> bytes:
        return self._stands_for(frame).binding.name

    def _frame(self, frame: Frame) -> None:
        source = frame.source
        if frame.parameter is not None:
            self._parameter(frame)
        if frame.base is not None and frame.copy is not None:
            if self._stands_for(frame) is frame:
                self._moved(frame, frame.copy)
            else:
                self._dropped(frame, frame.copy)
        for use in frame.uses:
            passed = use.kind in (FrameUseKind.PASSES, FrameUseKind.COPIES)
            read = use.copy is not None and (source.path, use.copy.span) not in self._flow.copies
            if read or not passed:
                self._use(source, frame, use)

    def _parameter(self, frame: Frame) -> None:
        parameter = frame.parameter
        assert parameter is not None
        declared, pattern = span_of(parameter.declared), frame.binding.decl
        path = frame.source.path
        if frame.source.comments_in(declared):
            raise NotOwnedError(f"a comment stands in the signature of `{parameter.name}`")
        text = b"&mut " + named(b"bytes::BytesMut")
        self._edits.append(Edit(path, declared.start, declared.end, text))
        if frame.binding.mutable:
            self._without_mut(frame.source, pattern)

    def _without_mut(self, source: Source, pattern: Span) -> None:
        holder = source.parent(source.innermost(pattern))
        token = (
            next((c for c in holder.children if c.type == "mutable_specifier"), None)
            if holder
            else None
        )
        if token is not None:
            self._edits.append(Edit(source.path, token.start_byte, pattern.start, b""))

    def _moved(self, frame: Frame, copy: Clone) -> None:
        """``let mut y = x.to_vec();`` -> ``let mut y = x;``"""
        assert frame.base is not None
        self._last(frame, copy)
        source, base = frame.source, frame.base
        let = source.node_at(frame.binding.statement)
        if self._text(base) == frame.binding.name and let is not None:  # `let x = x;` says nothing
            self._dropped(frame, copy)
            if frame.binding.mutable and not self._lent(frame):
                self._make_mutable(self._stands_for(base))
            return
        self._edits.append(Edit(source.path, copy.span.start, copy.span.end, self._text(base)))
        parts = statement_nodes.let_of(let) if let is not None else None
        declared = parts.type if parts is not None else None
        if declared is not None:
            start = frame.binding.decl.end
            self._edits.append(Edit(source.path, start, declared.end_byte, b""))
        if self._lent(frame) and frame.binding.mutable:
            self._without_mut(source, frame.binding.decl)

    def _dropped(self, frame: Frame, copy: Clone) -> None:
        """``let y = x.clone();`` goes, and ``x`` stands for ``y``."""
        source = frame.source
        let = source.node_at(frame.binding.statement)
        if let is None or source.comments_in(span_of(let)):
            raise NotOwnedError(f"a comment stands in the way of `{copy.text}`")
        if frame.changed:
            self._last(frame, copy)
        self._edits.append(without_statement(source, let))

    def _last(self, frame: Frame, copy: Clone) -> None:
        """The original of ``copy``, which ``frame`` is or has a copy of, is not used again: what is
        changed in place must not be read as it was later on."""
        place = place_of(frame.source, copy.receiver)
        verdict = movable(frame.source, frame.scopes, copy.node, place) if place else None
        if not isinstance(verdict, Movable):
            why = verdict.reason if verdict is not None else f"`{copy.name}` is no place"
            raise NotOwnedError(f"it is needed as it was: {why}")

    # -- uses ----------------------------------------------------------------------------------

    def _use(self, source: Source, frame: Frame, use: FrameUse) -> None:
        text, span = self._text(frame), use.use.span
        lent, node = self._lent(self._stands_for(frame)), use.node
        up = source.parent(nodes.outward(node)) if node is not None else None
        reference = up if up is not None and nodes.borrowed(up) is not None else None
        around = source.parent(reference) if reference is not None else up
        over = around is not None and statement_nodes.scrutinee_of(around) == (reference or node)
        changes = use.kind is FrameUseKind.CHANGES
        if reference is not None and over and (lent or changes):
            method = b".iter_mut()" if changes else b".iter()"
            self._replace(source, span_of(reference), text + method)
        elif reference is not None and lent and changes:
            self._replace(source, span_of(reference), text)
        elif lent and node is not None and _is_compared(source, node):
            self._replace(source, span, b"*" + text)
        elif text != frame.binding.name:
            self._replace(source, span, text)
        if changes and not lent and not frame.binding.mutable:
            self._make_mutable(self._stands_for(frame))

    def _replace(self, source: Source, span: Span, text: bytes) -> None:
        self._edits.append(Edit(source.path, span.start, span.end, text))

    def _passing(self, passing: Passing) -> None:
        frame, source = passing.frame, passing.source
        if passing.copy is not None and passing.to.changed:
            self._last(frame, passing.copy)
        target = self._stands_for(frame)
        lent = self._lent(target)
        text = self._text(frame) if lent else b"&mut " + self._text(frame)
        if source.text(passing.argument) != text:
            if source.comments_in(span_of(passing.argument)):
                at = line_of(source, passing.argument.start_byte)
                raise NotOwnedError(f"a comment stands in the way at line {at} of {source.path}")
            self._replace(source, span_of(passing.argument), text)
        if not lent:
            self._make_mutable(target)

    def _make_mutable(self, frame: Frame) -> None:
        at = frame.source.path, frame.binding.decl.start
        if not frame.binding.mutable and at not in self._mutable:
            self._mutable.add(at)
            self._edits.append(Edit(frame.source.path, at[1], at[1], b"mut "))


def _is_compared(source: Source, node: Node) -> bool:
    up = source.parent(nodes.outward(node))
    operation = nodes.operation_of(source, up) if up is not None else None
    return operation is not None and operation.operator in nodes.COMPARISONS
