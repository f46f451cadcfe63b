"""Names that hold a clone: ``let``, ``for``, ``match`` and ``if let`` on a reference instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_counted, is_named

from .known import Borrowed
from .serve import Fails, pattern_bindings, serves, serves_all

if TYPE_CHECKING:
    from .borrow import Borrower


def let_(borrower: Borrower) -> Borrowed | Fails | None:
    let = borrower.context.holder
    pattern = let.child_by_field_name("pattern")
    if pattern is None or pattern.type != "identifier":
        return None
    if any(child.type == "mutable_specifier" for child in let.children):
        return None
    binding = next((n for n in borrower.scopes.bindings if n.decl == span_of(pattern)), None)
    if binding is None:
        return None
    found = serves(
        borrower.source,
        borrower.scopes,
        binding,
        shared=is_counted(borrower.types.cloned),
    )
    if isinstance(found, Fails):
        return found
    if not found.uses:
        return None
    if line := borrower.disturbed(Span(let.end_byte, found.end)):
        return _changing(borrower, line)
    more = list(found.edits)
    annotation = let.child_by_field_name("type")
    if annotation is not None:
        more.append(Edit(borrower.source.path, annotation.start_byte, annotation.start_byte, b"&"))
    name = binding.name.decode("utf-8", "replace")
    if borrower.temporary and not borrower.types.place.is_ref:
        if annotation is not None:
            return None
        return borrower.made(
            borrower.clone.node,
            borrower.clone.place,
            f"`{name}` is only read, so it is kept as it came.",
        )
    if borrower.types.behind and borrower.clone.place == binding.name and annotation is None:
        return None  # `let x = x;` would only say nothing
    return borrower.made(
        borrower.clone.node, borrower.reference(), f"`{name}` is only read, so it borrows.", more
    )


def _changing(borrower: Borrower, line: int) -> Fails:
    return Fails(line, f"`{borrower.clone.name}` may change at line {line}, while it is borrowed")


def for_(borrower: Borrower) -> Borrowed | Fails | None:
    return for_over(borrower, borrower.context.holder, borrower.clone.node)


def for_over(borrower: Borrower, loop: Node, replaced: Node) -> Borrowed | Fails | None:
    if not is_named(
        borrower.types.cloned, "Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet"
    ) or not (
        borrower.types.same or borrower.types.behind or borrower.types.view or borrower.mutable()
    ):
        return None
    pattern = loop.child_by_field_name("pattern")
    if pattern is None or b"&" in borrower.source.text(pattern):
        return None
    found = serves_all(
        borrower.source, borrower.scopes, pattern_bindings(borrower.scopes, span_of(pattern))
    )
    if isinstance(found, Fails):
        return found
    body = loop.child_by_field_name("body")
    if body is not None and (line := borrower.disturbed(span_of(body))):
        return _changing(borrower, line)
    return borrower.made(
        replaced,
        borrower.reference(),
        "The loop goes over references; nothing in it needs the elements as its own.",
        found.edits,
    )


def match_(borrower: Borrower) -> Borrowed | Fails | None:
    """``match x.clone()``, ``if let P = x.clone()`` -> on ``&x``, when the names are only read."""
    if not (borrower.types.same or borrower.types.behind or borrower.mutable()):
        return None
    holder = borrower.context.holder
    patterns: list[Node] = []
    if holder.type == "match_expression":
        body = holder.child_by_field_name("body")
        arms = [c for c in body.named_children if c.type == "match_arm"] if body else []
        patterns = [p for arm in arms if (p := arm.child_by_field_name("pattern")) is not None]
    elif (only := holder.child_by_field_name("pattern")) is not None:
        patterns = [only]
    if not patterns or any(b"&" in borrower.source.text(p) for p in patterns):
        return None
    bound = [n for p in patterns for n in pattern_bindings(borrower.scopes, span_of(p))]
    found = serves_all(borrower.source, borrower.scopes, bound)
    if isinstance(found, Fails):
        return found
    if found.uses and (line := borrower.disturbed(Span(borrower.clone.node.end_byte, found.end))):
        return _changing(borrower, line)
    return borrower.made(
        borrower.clone.node,
        borrower.reference(),
        "The pattern binds references; what it binds is only read.",
        found.edits,
    )
