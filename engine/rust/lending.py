"""May a value borrow from a place that is used in computing it?

By the types that rustc told, and by the rule that the lifetime of a method's result is that of ``&self``
(Rust reference, "Lifetime elision") for std's methods that only read: ``names.get(&guard.key)`` borrows
from ``names``. A method of the user's own may say otherwise; rustc then refuses what relies on the
answer. In doubt: yes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from tree_sitter import Node

from engine.rust.known_calls import is_reading_method
from engine.rust.nodes import borrowed, call_around, indexed, is_callee, method_call, unwrapped
from engine.rust.statement_nodes import condition_of
from engine.rust.syntax import FUNCTIONS, Source
from engine.rust.type_facts import is_whole
from engine.rust.types import Type

_PLACES = frozenset(
    {"identifier", "field_expression", "index_expression", "unary_expression", "self"}
)


def lends(source: Source, use: Node, value: Node, type_of: Callable[[Node], Type | None]) -> bool:
    """May ``value`` borrow from what the name ``use``, a part of it, stands for?"""
    if any(a.type in FUNCTIONS for a in takewhile(lambda a: a != value, source.ancestors(use))):
        return True  # a closure may be kept
    child, parent = unwrapped(use)
    while parent is not None and child != value:
        if condition_of(parent) == child:
            return False
        if not is_callee(child):
            index = indexed(parent)
            taken = parent.type in ("arguments", "binary_expression", "range_expression")
            by_value = child.type not in _PLACES or taken or (index and index[1] == child)
            type_ = type_of(child) if by_value and borrowed(child) is None else None
            if type_ is not None and is_whole(type_):
                return False
            call = call_around(child)
            method = method_call(source, call) if call is not None else None
            given = borrowed(child) is not None
            if method is not None and given and is_reading_method(method.method):
                return False
        child, parent = unwrapped(parent)
    return True
