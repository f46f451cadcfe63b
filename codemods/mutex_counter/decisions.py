"""Is a value that was read compared or branched on? Then others' data may hang on it, and the load
must not be a Relaxed one. Assertions do not count: they look at what is over."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from codemods.mutex_counter.guards import outward
from engine.scopes import Scopes
from engine.syntax import Source, span_of

ScopesOf = Callable[[Source, Node], Scopes]

_COMPARISONS = frozenset({b"==", b"!=", b"<", b"<=", b">", b">="})
_ON = frozenset({"unary_expression", "type_cast_expression", "parenthesized_expression"})


def read_ops(source: Source, read: Node, scopes_of: ScopesOf) -> frozenset[str]:
    """The words for one read."""
    found = decides(source, read, scopes_of)
    return frozenset({"load", "decides"} if found else {"load"})


def decides(source: Source, read: Node, scopes_of: ScopesOf, depth: int = 0) -> bool:
    """Follows the value up through operators and blocks, and into the name that a ``let`` gives it
    (not into callers: what a function returns counts as read out)."""
    node = outward(read)
    while True:
        up = node.parent
        if up is None:
            return False
        match up.type:
            case "binary_expression":
                sign = up.child_by_field_name("operator")
                if sign is not None and source.text(sign) in _COMPARISONS:
                    return not _asserted(source, up)
            case "if_expression" | "while_expression":
                return up.child_by_field_name("condition") == node
            case "match_expression":
                return up.child_by_field_name("value") == node
            case "match_pattern":
                return True
            case "let_declaration":
                named = up.child_by_field_name("value") == node and depth < 3
                return named and _name_decides(source, up, scopes_of, depth)
            case "block":
                if up.named_children[-1] != node:
                    return False
            case "tuple_expression":
                return up.named_children[0] == node and _matched(source, up)
            case kind if kind not in _ON:
                return False
        node = up


def _name_decides(source: Source, let: Node, scopes_of: ScopesOf, depth: int) -> bool:
    pattern, function = let.child_by_field_name("pattern"), source.fn_item_of(let)
    if pattern is None or pattern.type != "identifier" or function is None:
        return False
    scopes = scopes_of(source, function)
    binding = next((b for b in scopes.bindings if b.decl == span_of(pattern)), None)
    if binding is None:
        return False
    uses = [source.innermost(use.span) for use in scopes.uses(binding) if not use.capture]
    return any(decides(source, node, scopes_of, depth + 1) for node in uses)


def _matched(source: Source, node: Node) -> bool:
    """The first argument of ``matches!``."""
    while node.parent is not None:
        node = node.parent
    macro = source.parent(node)
    return macro is not None and source.text(macro).startswith(b"matches!")


def _asserted(source: Source, node: Node) -> bool:
    while node.parent is not None:
        node = node.parent
    macro = source.parent(node)
    return macro is not None and source.text(macro).startswith((b"assert", b"debug_assert"))
