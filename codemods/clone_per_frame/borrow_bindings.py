"""Names that hold a clone: ``let``, ``for``, ``match`` and ``if let`` on a reference instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.borrows import Borrowable, Target, borrowable
from engine.rust.known_types import Nature
from engine.rust.nodes import has_token
from engine.rust.statement_nodes import body_of, let_of, loop_pattern, patterns_of
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_counted, is_named, is_view

from .borrower import Borrower
from .clone_types import Rewrite

_LISTED = ("Vec", "VecDeque", "HashSet", "BTreeSet")
_ITERATED = ("Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet")


def borrow_let(on: Borrower) -> Rewrite | None:
    """``let y = x.clone();`` whose ``y`` is only read."""
    node = on.usage.holder
    let = let_of(node)
    if let is None or let.pattern.type != "identifier" or has_token(node, "mutable_specifier"):
        return None
    bound = on.scopes.bound_by(span_of(let.pattern))
    owned = on.type_facts.ownership(on.types.cloned)
    # The methods of a sender take `&self`, as all that is behind an `Arc` do.
    shared = is_counted(on.types.cloned) or (owned.nature is Nature.HANDLE and not owned.apart)
    place = on.types.receiver
    view = place.is_ref and is_view(place.args[0])
    if view and let.type is not None:
        return None  # it says `String`
    target: Target = "view" if view else "reference"
    found = borrowable(on.source, on.scopes, bound, target=target, shared=shared, reads=on.reads)
    if not isinstance(found, Borrowable) or not found.uses or on.gives_parts(bound):
        return None
    if on.changed(Span(node.end_byte, found.end)):
        return None
    more = list(found.edits)
    if let.type is not None:
        more.append(Edit(on.source.path, let.type.start_byte, let.type.start_byte, b"&"))
    text = on.source.text(let.pattern)
    name = text.decode("utf-8", "replace")
    if on.temporary and not on.types.receiver.is_ref:
        if let.type is not None:
            return None
        how = f"`{name}` is only read, so it is kept as it came."
        return on.made(on.clone.node, on.clone.receiver_text, how)
    if on.types.behind and on.clone.receiver_text == text and let.type is None:
        return None  # `let x = x;` would only say nothing
    how = f"`{name}` is only read, so it borrows."
    return on.made(on.clone.node, on.reference(), how, more)


def borrow_for(on: Borrower) -> Rewrite | None:
    """``for y in x.clone()`` whose ``y`` is only read."""
    return borrow_for_over(on, on.usage.holder, on.clone.node)


def borrow_for_over(on: Borrower, loop: Node, replaced: Node) -> Rewrite | None:
    """The ``loop`` goes over a reference, in the place of ``replaced``."""
    pattern, body = loop_pattern(loop), body_of(loop)
    if not is_named(on.types.cloned, *_ITERATED) or pattern is None:
        return None
    found = _patterns(on, (pattern,))
    if body is not None and on.changed(span_of(body)):
        return None
    if found is None:
        return _one_by_one(on, replaced)
    how = "The loop goes over references; nothing in it needs the elements as its own."
    return on.made(replaced, on.reference(), how, found.edits)


def _one_by_one(on: Borrower, replaced: Node) -> Rewrite | None:
    """Elements that cost nothing to copy are copied as the loop comes to them."""
    if not is_named(on.types.cloned, *_LISTED) or not on.type_facts.is_copy(
        on.types.cloned.args[0]
    ):
        return None
    text = on.clone.receiver_text + b".iter().copied()"
    if on.clone.receiver.type in ("unary_expression", "reference_expression"):
        return None
    return on.made(
        replaced, text, "The loop copies the elements one by one, without a list of them."
    )


def borrow_match(on: Borrower) -> Rewrite | None:
    """``match x.clone()``, ``if let P = x.clone()`` -> on ``&x``, when the names are only read."""
    if not (on.types.same or on.types.behind or on.mutable):
        return None
    patterns = patterns_of(on.usage.holder)
    found = _patterns(on, patterns) if patterns else None
    if found is None or any(on.changed(during) for during in _read(on, patterns)):
        return None
    how = "The pattern binds references; what it binds is only read."
    return on.made(on.clone.node, on.reference(), how, found.edits)


def _read(on: Borrower, patterns: Sequence[Node]) -> Iterator[Span]:
    """For each of the patterns, from where it binds to the last use of what it binds: what other arms do
    is never done in between."""
    for pattern in patterns:
        bound = on.scopes.bound_by(span_of(pattern))
        ends = [use.span.end for binding in bound for use in on.scopes.uses(binding)]
        if ends:
            yield Span(pattern.start_byte, max(ends))


def _patterns(on: Borrower, patterns: Sequence[Node]) -> Borrowable | None:
    """The edits with which what the patterns bind may be references."""
    if any(b"&" in on.source.text(pattern) for pattern in patterns):
        return None
    bound = [b for pattern in patterns for b in on.scopes.bound_by(span_of(pattern))]
    plain = all(pattern.type == "identifier" for pattern in patterns)
    copied = (lambda _: False) if plain else on.copied
    found = borrowable(on.source, on.scopes, bound, reads=on.reads, copied=copied)
    return found if isinstance(found, Borrowable) and not on.gives_parts(bound) else None
