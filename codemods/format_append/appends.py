"""What becomes of the text that a ``format!`` makes, from syntax alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.append_ways import AppendWays
from engine.rust.format_macros import FormatCall, format_call, unnested
from engine.rust.nodes import dereferenced, method_call, only_argument_of, through_views
from engine.rust.string_appends import added_to_parameter, appended
from engine.rust.syntax import Source
from engine.rust.types import Type

_VIEWS = (b"as_str", b"as_bytes", b"as_ref")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A ``format!`` and its use, ``whole``: its text is appended to ``target``, written to it, or is a
    value that shows one thing as it is (then ``target`` is the call itself), or is added to a closure's
    parameter."""

    kind: Literal["append", "write", "value", "sum"]
    source: Source
    call: FormatCall
    whole: Node
    target: Node

    @property
    def place(self) -> Node:
        """The target without a ``*`` in front."""
        return dereferenced(self.target) or self.target

    def ways(self, type_of: Callable[[Span], Type | None]) -> AppendWays:
        """How it may be done without the ``format!``."""
        return AppendWays(self.source, self.call, self.whole, self.target, type_of)


def formatted_by(source: Source, macro: Node) -> Formatted | None:
    """What becomes of the text of ``macro``; None for what this codemod has nothing to say of."""
    call = format_call(source, macro)
    if call is None or (call.template is not None and not call.template.sound):
        return None
    node, _ = through_views(source, macro, _VIEWS)
    if (append := appended(source, node)) is not None:
        return Formatted("append", source, unnested(source, call), *append)
    if (added := added_to_parameter(source, node)) is not None:
        return Formatted("sum", source, call, *added)
    holder = only_argument_of(node)
    method = method_call(source, holder) if holder is not None else None
    if holder is not None and method is not None and method.method == b"write_all":
        return Formatted("write", source, call, holder, method.receiver)
    return Formatted("value", source, call, macro, macro) if call.alone is not None else None


def formatted_at(source: Source, span: Span) -> Formatted | None:
    """As ``formatted_by``, of the macro call at ``span``."""
    macro = source.typed_at(span, "macro_invocation")
    return formatted_by(source, macro) if macro is not None else None
