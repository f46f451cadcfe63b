"""Copies that are listed, ``[a.clone(), b.clone()]`` or in a ``vec!``, in a list that is only read: may it be
one of references?

``[&a, &b].into_iter()`` gives what ``[a.clone(), b.clone()].iter()`` gave, references to values; what
follows sees no other type. ``join`` and ``concat`` want views of texts and lists (``[a.as_str()]``). By syntax
and std's names; types tell whether a view can be had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tree_sitter import Node

from engine.base.model import Edit
from engine.rust.borrows import Borrowable, borrowable
from engine.rust.cloned_items import Gives, Reads, lent_items
from engine.rust.copies import clone_of
from engine.rust.nodes import (
    bare,
    borrowed,
    callee_name,
    is_mut,
    macro_name,
    method_on,
    named_children,
    outward,
)
from engine.rust.opened_copies import literal_of
from engine.rust.read_lists import ReadList, list_called, read_by_name
from engine.rust.scopes import Binding, Scopes
from engine.rust.statement_nodes import let_of, loop_pattern, scrutinee_of
from engine.rust.syntax import Source, span_of


@dataclass(frozen=True, slots=True)
class Listed:
    """Every element of the list is a copy, and may be a reference (``views``: a view; literals are left out of
    ``elements`` then) to what it is a copy of, once ``edits`` are made. ``bound`` are names of the list or its
    elements, which is read until ``end``."""

    elements: tuple[Node, ...]
    views: bool
    edits: tuple[Edit, ...]
    end: int
    bound: tuple[Binding, ...] = ()


def listed_copies(source: Source, scopes: Scopes, copy: Node, reads: Reads) -> Listed | None:
    """The list that ``copy`` is an element of; None where an element is none, or is needed as a value.
    ``reads`` as in ``borrowable``."""
    array = source.parent(outward(copy))
    if array is None or array.type != "array_expression" or ";" in (c.type for c in array.children):
        return None
    elements = tuple(named_children(array))
    if any(clone_of(source, bare(element)) is None for element in elements):
        return None
    value = whole_list(source, array)
    if value is None:
        return None
    texts = {e: text for e in elements if (text := literal_of(source, bare(e))) is not None}
    copies = tuple(e for e in elements if e not in texts)
    found = _Reader(source, scopes, reads, copies).of_value(value)
    if found is None or not copies or (texts and not found.views):
        return None
    more = (Edit(source.path, e.start_byte, e.end_byte, text) for e, text in texts.items())
    return replace(found, edits=(*found.edits, *more))


def whole_list(source: Source, array: Node) -> Node | None:
    """The array, or the ``vec!`` of which it is all; None in another macro."""
    node = array
    while node.parent is not None and node.parent.type in ("expression_statement", "source_file"):
        node = node.parent
    if node.parent is not None:
        return array
    macro = source.parent(node)
    is_vec = macro is not None and macro_name(source, macro) == b"vec"
    return macro if is_vec else None


@dataclass
class _Reader:
    source: Source
    scopes: Scopes
    reads: Reads
    elements: tuple[Node, ...]

    def of_value(self, value: Node) -> Listed | None:
        """What is done with the list where it stands."""
        whole = outward(value)
        found = self._called(value)
        if found is not None:
            return found
        up = self.source.parent(whole)
        if up is None:
            return None
        lent = borrowed(up) == whole and not is_mut(up)
        outer = self.source.parent(outward(up)) if lent else up
        if outer is None:
            return None
        if scrutinee_of(outer) == (outward(up) if lent else whole):
            return self._loop(outer, whole, up if lent else None)
        let = let_of(up)
        plain = up.type == "let_declaration" and let is not None and let.value == whole
        if let is None or not plain or let.type is not None or let.pattern.type != "identifier":
            return None
        bound = self.scopes.bound_by(span_of(let.pattern))
        return self._made(read_by_name(self.source, self.scopes, bound, self.reads), bound)

    def _made(self, read: ReadList | None, bound: tuple[Binding, ...] = ()) -> Listed | None:
        if read is None:
            return None
        return Listed(self.elements, read.views, read.edits, read.end, bound)

    def _called(self, value: Node) -> Listed | None:
        """A method is called on the list."""
        source = self.source
        called = method_on(source, outward(value))
        name = callee_name(called[1]) if called is not None else None
        if called is None or name is None:
            return None
        method, call = called
        if method not in (b"iter", b"into_iter"):
            return self._made(list_called(source, value))
        if not self._gives_elements(value):
            return None
        statement = source.statement_of(call)
        end = max(call.end_byte, statement.end_byte if statement is not None else 0)
        if method == b"iter":
            edit = Edit(source.path, name.start_byte, name.end_byte, b"into_iter")
            return Listed(self.elements, False, (edit,), end)
        lent = lent_items(source, self.scopes, call, False, self.reads)
        if lent is None or lent.gives is not Gives.SAME:
            return None
        return Listed(self.elements, False, lent.edits, end, lent.bound)

    def _gives_elements(self, value: Node) -> bool:
        """Does ``into_iter`` give the elements themselves (of an array, since edition 2021)?"""
        return self.source.edition >= 2021 or value.type == "macro_invocation"

    def _loop(self, loop: Node, value: Node, lent: Node | None) -> Listed | None:
        pattern = loop_pattern(loop)
        if pattern is None or pattern.type != "identifier" or not self._gives_elements(value):
            return None
        bound = self.scopes.bound_by(span_of(pattern))
        if lent is not None:
            edit = Edit(self.source.path, lent.start_byte, value.start_byte, b"")
            return Listed(self.elements, False, (edit,), loop.end_byte, bound)
        found = borrowable(self.source, self.scopes, bound, reads=self.reads)
        if not isinstance(found, Borrowable):
            return None
        return Listed(self.elements, False, found.edits, loop.end_byte, bound)
