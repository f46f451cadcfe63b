"""Names that statements give another meaning."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from engine.rust.codegen import identifiers
from engine.rust.queries import walk
from engine.rust.syntax import Source


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
                found |= identifiers(source.text(left))
        pending.extend(node.named_children)
    return frozenset(found)
