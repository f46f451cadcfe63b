"""Values that an expression makes in passing and that live on to the end of its statement.

A result that is only looked into (``f().0``, ``guard().len()``, ``&f()``) is dropped with the statement, not
where it was looked into (Rust reference, "Temporary scopes"). By syntax: a result may be a reference or a
number, which drops nothing; constructors and accessors of std are known to give nothing that minds.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from engine.rust.drop_scopes import is_place, temporary_scope
from engine.rust.known_calls import is_conventional_method, is_inert_method, is_maker
from engine.rust.nodes import is_macro_brackets, method_call, outward
from engine.rust.syntax import Source, span_of, walk_all

_GIVING = frozenset({"call_expression", "macro_invocation", "await_expression", "try_expression"})


def living_on(source: Source, value: Node) -> Iterator[Node]:
    """The calls in the expression ``value`` whose results are dropped behind it, with the statement that
    it stands in: ``let x = value;`` in front of that statement would drop them before it."""
    for node in walk_all(source, value):
        if node.type not in _GIVING or is_macro_brackets(node) or not is_place(node):
            continue
        up = outward(node).parent
        if up is not None and up.type == "reference_expression" and up == value:
            continue  # lengthened along with what it is bound to
        scope = temporary_scope(source, node)
        if (scope is None or span_of(value) in scope.span) and not _minds_nothing(source, node):
            yield node


def _minds_nothing(source: Source, node: Node) -> bool:
    called = method_call(source, node)
    if called is None:
        return node.type == "call_expression" and is_maker(source, node)
    return is_inert_method(called.method) or is_conventional_method(called.method, local=False)
