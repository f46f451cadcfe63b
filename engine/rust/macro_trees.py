"""The arguments of a macro call as trees: what is a token tree to tree-sitter is parsed once more.

The bytes are parsed with an included range, so that offsets stay those of the file: ``println!(..)``
arguments become a tuple, ``vec![..]`` an array; the arms of a ``select!`` are parsed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node, Point, Range, Tree

from engine.base.model import Span
from engine.rust.grammar import parse_range

_TOKENS = frozenset({"token_tree", "token_repetition"})
_IN_LITERAL = frozenset({"string_content", "escape_sequence"})


def argument_trees(data: bytes, tokens: Node) -> Iterator[Tree]:
    """The argument as a whole; of a ``select!``-like list of arms, or a list of expressions in braces,
    its parts one by one.

    Parsed whole, an arm's error spreads into its neighbours and their blocks are misread.
    """
    whole = _parsed(data, tokens, tokens)
    arms = any(c.type == "=>" for c in tokens.children)
    if not (whole.root_node.has_error and (arms or _is_list_in_braces(data, tokens))):
        yield whole
        return
    part: list[Node] = []
    after_arrow = False
    for child in tokens.children[1:]:
        braces = child.type == "token_tree" and data[child.start_byte] == 0x7B
        if braces and after_arrow and not part:
            yield _parsed(data, child, child)
            after_arrow = False
        elif (
            child.type in ("=>", ",")
            or (child.type == "=" and not after_arrow)  # else an assignment
            or child == tokens.children[-1]
        ):
            if part:
                yield _parsed(data, part[0], part[-1])
            part = []
            after_arrow = child.type == "=>"
        else:
            part.append(child)


def _is_list_in_braces(data: bytes, tokens: Node) -> bool:
    """``{a, b}``, where no part is one bracket alone: that would be taken for the call's."""
    if data[tokens.start_byte] != 0x7B:
        return False
    inside = [c for c in tokens.children[1:-1] if not c.is_extra]
    kinds = ["," if c.type in (",", "=") else c.type for c in inside]
    ends = [",", *kinds, ","]
    alone = any(ends[i : i + 3] == [",", "token_tree", ","] for i in range(len(kinds)))
    return "," in kinds and ";" not in kinds and not alone


def _parsed(data: bytes, first: Node, last: Node) -> Tree:
    """What stands from ``first`` to ``last``, as a tree of its own."""
    start, end = Point(*first.start_point), Point(*last.end_point)
    return parse_range(data, Range(start, end, first.start_byte, last.end_byte))


def call_around(root: Node, span: Span) -> Node | None:
    """The macro call of this tree whose unread arguments hold ``span``."""
    node = root.named_descendant_for_byte_range(span.start, span.end)
    while node is not None and node.type in _IN_LITERAL:
        node = node.parent
    if node is not None and node.type not in _TOKENS:
        node = node.parent  # a token stands directly in its tree
    while node is not None and node.type in _TOKENS:
        node = node.parent
    return node if node is not None and node.type == "macro_invocation" else None
