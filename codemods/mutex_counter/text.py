"""Pieces of Rust text: receivers on one line, operands in parentheses, names that are free."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from codemods.mutex_counter.names import ORDERING
from engine.base.model import Edit, Span
from engine.rewrite import use_declarations
from engine.rust.queries import walk
from engine.rust.syntax import Source, span_of

_ATOMS = frozenset(
    {"identifier", "integer_literal", "boolean_literal", "call_expression", "field_expression"}
    | {"parenthesized_expression", "index_expression", "scoped_identifier", "macro_invocation"}
    | {"try_expression", "await_expression", "self"}
)
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Orders:
    """The memory orderings of one counter, by kind of operation."""

    load: bytes
    store: bytes
    change: bytes  # read-modify-write

    def of(self, kind: str) -> bytes:
        word = {"load": self.load, "store": self.store}.get(kind, self.change)
        return use_declarations.name(ORDERING) + b"::" + word


RELAXED = Orders(b"Relaxed", b"Relaxed", b"Relaxed")
SEQ_CST = Orders(b"SeqCst", b"SeqCst", b"SeqCst")


def receiver(source: Source, node: Node) -> bytes:
    """The receiver's text; a chain over several lines is joined (layout is settled later)."""
    text = source.text(node)
    if b"\n" not in text or source.comments_in(span_of(node)) or b'"' in text:
        return text
    return re.sub(rb"\s*\n\s*\.", b".", text)


def operand(source: Source, node: Node) -> bytes:
    """The text of ``node``, in parentheses where an operator beside it would bind tighter."""
    text = source.text(node)
    return text if node.type in _ATOMS else b"(" + text + b")"


# Where an expression may stand without parentheses, whatever its operators.
_OPEN = frozenset(
    {"let_declaration", "arguments", "return_expression", "block", "expression_statement"}
    | {"field_initializer", "assignment_expression", "match_arm", "closure_expression"}
    | {"parenthesized_expression", "tuple_expression", "array_expression", "static_item"}
    | {"const_item", "compound_assignment_expr", "break_expression", "source_file"}
)


def placed(source: Source, node: Node, text: bytes) -> Edit:
    """Put the expression ``text`` in the place of ``node``: in parentheses where an operator needs
    them, without those around ``node`` where a call does not."""
    up = source.parent(node)
    if text.endswith(b";"):
        return Edit(source.path, node.start_byte, node.end_byte, text)
    if operates(text):
        if up is not None and up.type not in _OPEN:
            text = b"(" + text + b")"
    else:
        while node.parent is not None and node.parent.type == "parenthesized_expression":
            node = node.parent
    return Edit(source.path, node.start_byte, node.end_byte, text)


def operates(text: bytes) -> bool:
    """Is the expression ``text`` an operator's (``a + b``, ``!a``), not a call or a name?"""
    parsed = Source("", b"fn f() { let _ = " + use_declarations.strip_markers(text) + b"; }")
    let = next((n for n in walk(parsed.root) if n.type == "let_declaration"), None)
    value = let.child_by_field_name("value") if let is not None else None
    return value is None or value.type in (
        "binary_expression", "unary_expression", "type_cast_expression", "reference_expression",
    )  # fmt: skip


def replaced(source: Source, span: Span, changes: Mapping[Span, bytes]) -> bytes:
    """The text of ``span`` with the parts in ``changes`` replaced (they do not overlap)."""
    parts: list[bytes] = []
    at = span.start
    for part in sorted(changes):
        if part in span and part.start >= at:
            parts += (source.data[at : part.start], changes[part])
            at = part.end
    parts.append(source.data[at : span.end])
    return b"".join(parts)


def words(text: bytes) -> frozenset[bytes]:
    return frozenset(_WORD.findall(text))


def free_name(wanted: bytes, taken: Iterable[bytes]) -> bytes:
    """``wanted``, or the first of a few plain names that is not taken."""
    used = frozenset(taken)
    names = (wanted, b"value", b"current", b"old", b"old_value")
    return next((name for name in names if name not in used), b"value_before")


def declared_in(source: Source, statements: Sequence[Node]) -> frozenset[bytes]:
    """Names that ``let`` statements among ``statements`` bind (any case of name counts)."""
    found: set[bytes] = set()
    for statement in statements:
        pattern = statement.child_by_field_name("pattern")
        if statement.type == "let_declaration" and pattern is not None:
            found.update(source.text(n) for n in walk(pattern) if "identifier" in n.type)
    return frozenset(found)


def assigned_in(source: Source, statements: Sequence[Node]) -> frozenset[bytes]:
    """Names of locals that ``statements`` assign to."""
    found: set[bytes] = set()
    pending = list(statements)
    while pending:
        node = pending.pop()
        if node.type in ("assignment_expression", "compound_assignment_expr"):
            left = node.child_by_field_name("left")
            if left is not None:
                found |= words(source.text(left))
        pending.extend(node.named_children)
    return frozenset(found)


def without_line(source: Source, node: Node) -> Edit:
    """Delete a statement: its whole line where nothing else stands on it, and the blank line that
    would be left at the head of a block."""
    start, end = node.start_byte, node.end_byte
    line, stop = source.line_start(start), source.line_end(end)
    if source.data[line:start].strip() or source.data[end:stop].strip():
        while source.data[end : end + 1] in (b" ", b"\t"):
            end += 1
        return Edit(source.path, start, end, b"")
    stop = min(stop + 1, len(source.data))
    if source.data[:line].rstrip(b" \t\r\n").endswith(b"{"):
        while True:
            following = min(source.line_end(stop) + 1, len(source.data))
            if source.data[stop:following].strip() or following <= stop:
                break
            stop = following
    return Edit(source.path, line, stop, b"")
