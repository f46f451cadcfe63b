"""Patterns that bind nothing: whether the value is there is all that is asked, and a ``bool`` tells."""

from __future__ import annotations

from tree_sitter import Node

from codemods.guard_across_await.extraction import Extraction, Types
from engine.base.model import Span
from engine.rust.nodes import unwrapped
from engine.rust.statement_nodes import arms_of, let_of
from engine.rust.syntax import Source, span_of

_TESTS = {
    b"Some(_)": (b".is_some()", "Option"),
    b"None": (b".is_none()", "Option"),
    b"Ok(_)": (b".is_ok()", "Result"),
    b"Err(_)": (b".is_err()", "Result"),
}
_REST = {
    b"Some(_)": (b"None", b"_"),
    b"None": (b"Some(_)", b"_"),
    b"Ok(_)": (b"Err(_)", b"_"),
    b"Err(_)": (b"Ok(_)", b"_"),
}


def tested(source: Source, types: Types, node: Node) -> list[Extraction]:
    """``if let Some(_) = map.get(&k)`` asks ``map.get(&k).is_some()``; so does a ``match`` with an arm for
    each of the two."""
    child, parent = unwrapped(node)
    type_ = types.of(node)
    if parent is None or type_ is None:
        return []
    let = let_of(parent)
    if let is not None and let.value == child and parent.type == "let_condition":
        test = _TESTS.get(_text(source, let.pattern))
        if test is None or type_.last != test[1]:
            return []
        return [Extraction(node, test[0], whole=parent)]
    arms = list(arms_of(parent))
    if len(arms) != 2 or any(arm.guard is not None for arm in arms):
        return []
    first, second = (_text(source, arm.pattern) for arm in arms)
    test = _TESTS.get(first)
    if test is None or type_.last != test[1] or second not in _REST[first]:
        return []
    patterns = ((span_of(arms[0].pattern), b"true"), (span_of(arms[1].pattern), b"false"))
    extra: tuple[tuple[Span, bytes], ...] = patterns
    return [Extraction(node, test[0], whole=child, extra=extra)]


def _text(source: Source, pattern: Node) -> bytes:
    return b"".join(source.text(pattern).split())
