"""Bytes that are copied to be checked as a text, ``String::from_utf8(b.to_vec())``: what becomes of the
``Result``, and may ``std::str::from_utf8`` be asked instead, which borrows?

The errors differ: a ``FromUtf8Error`` has the bytes, gives them back and shows them by ``Debug``; its
``Display`` is that of the ``Utf8Error`` in it (``alloc::string``, rustc 1.95). So the error may be dropped,
or shown by ``Display``, and a panic of ``unwrap`` shows another one. By syntax and std's names: that the
function is std's, types tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.borrows import Borrowable, borrowable
from engine.rust.codegen import replaced
from engine.rust.format_macros import capturing, shown_by
from engine.rust.format_templates import Placeholder
from engine.rust.item_nodes import parameters_of
from engine.rust.nodes import (
    MethodCall,
    call_around,
    callee_of,
    last_segment,
    method_call,
    method_on,
    only_argument_of,
    outward,
    tried,
)
from engine.rust.opened_copies import literal_of
from engine.rust.per_source import per_source
from engine.rust.scopes import Binding, Scopes, Use
from engine.rust.statement_nodes import let_of, parts_of_pattern, patterns_of, value_matched
from engine.rust.syntax import Source, span_of

_ASKING = frozenset(b"is_ok is_err is_some is_none".split())
# They end the chain in a closure that is given the text: which argument that is.
_GIVING = {b"is_ok_and": 0, b"is_some_and": 0, b"is_none_or": 0, b"map_or": 1}
_MAPPING = frozenset(b"map and_then".split())
# They make an error of their own, or none.
_DROPPING = frozenset(b"ok ok_or ok_or_else".split())


@dataclass(frozen=True, slots=True)
class CheckedText:
    """``call``, the ``String::from_utf8(..)``, may be ``std::str::from_utf8`` of the bytes once ``edits`` are
    made. What stands at ``end`` is the text then where ``opened``, else it is what it was before. ``bound``
    are names of the text in patterns, ``panics`` the method that shows the error when it fails."""

    call: Node
    end: Node
    opened: bool
    edits: tuple[Edit, ...] = ()
    bound: tuple[Binding, ...] = ()
    panics: str = ""


@per_source
def checked_text(source: Source, scopes: Scopes, copy: Node) -> CheckedText | None:
    """What becomes of the text that the bytes which ``copy`` makes are checked as; None where they are not,
    where the text is needed as a ``String``, or the error as what it is."""
    call = call_around(copy)
    callee = callee_of(call) if call is not None else None
    if call is None or callee is None or only_argument_of(outward(copy)) is None:
        return None
    path = b"".join(source.text(callee).split())
    owner = last_segment(path.rpartition(b"::")[0])
    if last_segment(path) != b"from_utf8" or owner != b"String":
        return None
    return _Chain(source, scopes, call).follow()


@dataclass
class _Chain:
    source: Source
    scopes: Scopes
    call: Node

    def follow(self) -> CheckedText | None:
        node, own = self.call, True  # is the error the one of the check?
        edits: list[Edit] = []
        while (called := method_on(self.source, outward(node))) is not None:
            name, call = called
            parts = method_call(self.source, call)
            if parts is None:
                return None
            if name in _ASKING:
                return CheckedText(self.call, call, False, tuple(edits))
            if name in (b"unwrap", b"expect"):
                shown = name.decode() if own else ""
                return CheckedText(self.call, call, True, tuple(edits), panics=shown)
            if name == b"unwrap_or_default":
                return CheckedText(self.call, call, True, tuple(edits))
            if name == b"unwrap_or" and parts.arguments:
                given = parts.arguments[0]
                text = literal_of(self.source, given)
                if text is None:
                    return None
                edits.append(Edit(self.source.path, given.start_byte, given.end_byte, text))
                return CheckedText(self.call, call, True, tuple(edits))
            if name in _GIVING or (name in _MAPPING and not own):
                return self._given(parts, _GIVING.get(name, 0), edits, call)
            if name == b"map_err":
                if own and not self._drops(parts):
                    return None
            elif name not in _DROPPING:
                return None
            own, node = False, call
        whole = outward(node)
        up = self.source.parent(whole)
        if up is None:
            return None
        if tried(up) is not None:
            return None if own else CheckedText(self.call, up, True, tuple(edits))
        return self._matched(up, edits) if value_matched(up) == whole else None

    def _given(
        self, parts: MethodCall, index: int, edits: list[Edit], call: Node
    ) -> CheckedText | None:
        """A closure that is given the text."""
        closure = parts.arguments[index] if index < len(parts.arguments) else None
        if closure is None or closure.type != "closure_expression":
            return None
        parameters = [p.node for p in parameters_of(closure)]
        if any(p.type != "identifier" for p in parameters):
            return None
        bound = tuple(b for p in parameters for b in self.scopes.bound_by(span_of(p)))
        more = self._lent(bound)
        if more is None:
            return None
        return CheckedText(self.call, call, False, (*edits, *more), bound)

    def _matched(self, holder: Node, edits: list[Edit]) -> CheckedText | None:
        """Patterns take the ``Result``, or the ``Option`` that was made of it, apart."""
        let = let_of(holder)
        if let is not None and let.type is not None:
            return None
        texts: list[Binding] = []
        for pattern in patterns_of(holder):
            head, inner = self._variant(pattern)
            bound = [b for p in inner for b in self.scopes.bound_by(span_of(p))]
            if head in (b"Ok", b"Some"):
                texts += bound
            elif head == b"Err":
                if not all(self._only_shown(b) for b in bound):
                    return None
            elif pattern.type != "_" and head != b"None":
                return None
        more = self._lent(tuple(texts))
        if more is None:
            return None
        return CheckedText(self.call, holder, False, (*edits, *more), tuple(texts))

    def _variant(self, pattern: Node) -> tuple[bytes, list[Node]]:
        """``(Ok, [s])`` of ``Ok(s)``."""
        text = self.source.text(pattern)
        if pattern.type != "tuple_struct_pattern":
            return last_segment(text), []
        inner = parts_of_pattern(pattern)
        plain = all(p.type in ("identifier", "_") for p in inner)
        return (last_segment(text.partition(b"(")[0]) if plain else b""), inner

    def _lent(self, bound: tuple[Binding, ...]) -> tuple[Edit, ...] | None:
        """The edits with which the names work on a ``&str``."""
        found = borrowable(self.source, self.scopes, bound, target="view")
        return found.edits if isinstance(found, Borrowable) else None

    def _drops(self, parts: MethodCall) -> bool:
        """Does the closure of ``map_err`` drop the error, or only show it?"""
        closure = parts.arguments[0] if parts.arguments else None
        if closure is None or closure.type != "closure_expression":
            return False
        written = [p.node for p in parameters_of(closure)]
        bound = [b for p in written for b in self.scopes.bound_by(span_of(p))]
        return all(p.type in ("identifier", "_") for p in written) and all(
            map(self._only_shown, bound)
        )

    def _only_shown(self, error: Binding) -> bool:
        return all(self._is_shown(use) for use in self.scopes.uses(error))

    def _is_shown(self, use: Use) -> bool:
        """By ``Display``: in ``{}``, or by ``to_string()``."""
        if not use.capture:
            node = self.source.innermost(use.span)
            called = method_on(self.source, node)
            if called is not None:
                return called[0] == b"to_string"
            call = shown_by(self.source, node)
        else:
            call = capturing(self.source, use.span)
        template = call.template if call is not None else None
        if call is None or template is None or any(use.span in f.span for f in call.fields):
            return False
        pieces = (p for p in template.pieces if isinstance(p, Placeholder))
        return all(not piece.spec for piece in pieces)


def opened_text(source: Source, found: CheckedText, checked: bytes) -> bytes:
    """The text of what stands at the end, with ``checked`` in the place of the call."""
    changes = {edit.span: edit.replacement for edit in found.edits}
    return replaced(source, span_of(found.end), {**changes, span_of(found.call): checked})
