"""What becomes of the text that a ``format!`` makes, from syntax alone: it is appended to another text,
its bytes are written, it shows one thing as it is; there, or by way of a local that nothing else uses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.append_ways import AppendWays
from engine.rust.format_macros import FormatCall, format_call, shown_as_is, unnested
from engine.rust.nodes import dereferenced, method_call, only_argument_of, through_views
from engine.rust.places import place_of
from engine.rust.raw_pointers import is_unsafe
from engine.rust.scopes import scopes_of
from engine.rust.statement_nodes import let_of
from engine.rust.string_appends import Append, added_to_parameter, appended
from engine.rust.syntax import COMMENTS, Source, span_of, walk_all
from engine.rust.types import Type

_VIEWS = (b"as_str", b"as_bytes", b"as_ref")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A ``format!`` and its use, ``whole``: its text is appended to ``target``, written to it, or is a
    value that shows one thing as it is (then ``target`` is the call itself), or is added to a closure's
    parameter. ``span`` begins with the ``let`` that names the text in front of ``whole``."""

    kind: Literal["append", "write", "value", "sum"]
    source: Source
    call: FormatCall
    whole: Node
    target: Node
    span: Span

    @property
    def place(self) -> Node:
        """The target without a ``*`` in front."""
        return dereferenced(self.target) or self.target

    def ways(self, type_of: Callable[[Span], Type | None]) -> AppendWays:
        """How it may be done without the ``format!``."""
        return AppendWays(self.source, self.call, self.whole, self.target, type_of)

    @property
    def shown_by(self) -> FormatCall | None:
        """The macro call whose plain ``{}`` shows the text of a value, and nothing else does."""
        return shown_as_is(self.source, self.whole) if self.kind == "value" else None

    @property
    def may_change(self) -> bool:
        """May what the value shows become another while what stands behind it in ``shown_by`` is
        evaluated? (Not without unsafe code: it is borrowed until all is shown.)"""
        call, parts = self.shown_by, walk_all(self.source, self.whole)
        last = call is not None and call.arguments[-1].span == span_of(self.whole)
        unsafe = any(part.type == "unsafe_block" for part in parts)
        return not last and (unsafe or is_unsafe(self.source, self.whole))


def formatted_by(source: Source, macro: Node) -> Formatted | None:
    """What becomes of the text of ``macro``; None for what nothing is to be said of."""
    call = format_call(source, macro)
    if call is None or (call.template is not None and not call.template.sound):
        return None
    node, _ = through_views(source, macro, _VIEWS)
    if (append := appended(source, node)) is not None:
        call = unnested(source, call)
        return Formatted("append", source, call, *append, span_of(append.whole))
    if (named := _appended_by_name(source, node)) is not None:
        let, append = named
        span = Span(let.start_byte, append.whole.end_byte)
        return Formatted("append", source, unnested(source, call), *append, span)
    if (added := added_to_parameter(source, node)) is not None:
        return Formatted("sum", source, call, *added, span_of(added.whole))
    holder = only_argument_of(node)
    method = method_call(source, holder) if holder is not None else None
    if holder is not None and method is not None and method.method == b"write_all":
        return Formatted("write", source, call, holder, method.receiver, span_of(holder))
    alone = call.alone is not None
    return Formatted("value", source, call, macro, macro, span_of(macro)) if alone else None


def formatted_at(source: Source, span: Span) -> Formatted | None:
    """As ``formatted_by``, of the macro call at ``span``."""
    macro = source.typed_at(span, "macro_invocation")
    return formatted_by(source, macro) if macro is not None else None


def _appended_by_name(source: Source, text: Node) -> tuple[Node, Append] | None:
    """The ``let`` that names ``text``, and what appends it: the beginning of the statement behind, to a
    place that may as well be looked for before the text is made, where the name is used nowhere else."""
    let, function = text.parent, source.fn_item_of(text)
    parts = let_of(let) if let is not None else None
    if let is None or parts is None or function is None or parts.alternative is not None:
        return None
    scopes, before, behind = scopes_of(source, function), let.prev_sibling, let.next_sibling
    while behind is not None and behind.type in COMMENTS:
        behind = behind.next_sibling
    binding = scopes.binding_at(parts.pattern) if parts.pattern.type == "identifier" else None
    uses = scopes.uses(binding) if binding is not None else ()
    used = source.node_at(uses[0].span) if len(uses) == 1 and not uses[0].capture else None
    attributed = before is not None and before.type == "attribute_item"
    if parts.value != text or used is None or behind is None or attributed:
        return None
    append = appended(source, through_views(source, used, _VIEWS)[0])
    if append is None or append.whole.start_byte != behind.start_byte:
        return None
    place = place_of(source, dereferenced(append.target) or append.target)
    named = place is not None and place.simple and place.root.type in ("identifier", "self")
    return (let, append) if named else None
