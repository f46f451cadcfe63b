"""Heat: why a site matters when traffic comes, from syntax alone. Orders the findings.

The words, hottest first: ``handler`` (per-request code), ``loop``, ``stream`` (a loop that awaits
its next item), ``async``, ``under-lock``. A site in test or bench code is ``test``: cold.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust.locks import lock_call
from engine.rust.syntax import Source, attributes

_WEIGHT = {"stream": 8, "handler": 6, "loop": 5, "under-lock": 4, "async": 2, "test": -20}
_LOCKS = frozenset({b"lock", b"read", b"write", b"borrow_mut"})
_TEST_FOLDERS = frozenset({"tests", "benches", "examples"})
_BOUNDARIES = frozenset({"function_item", "closure_expression"})
# Parameters that only request handlers take, in axum, actix-web, warp, hyper, tonic and rocket.
_REQUEST = re.compile(
    rb"\b(?:Request|HttpRequest|Json|Multipart|Extension|Payload|Incoming|ServiceRequest"
    rb"|HeaderMap|State|Path|Query|Form)\s*[<\(]|:\s*&?(?:mut\s+)?(?:HttpRequest|HeaderMap|Incoming)\b"
)
_ROUTE = re.compile(rb"#\[\s*(?:\w+::)*(?:get|post|put|delete|patch|head|route|handler)\b")


def heat_of(source: Source, node: Node) -> tuple[str, ...]:
    """The heat words of a place, hottest first."""
    words: list[str] = []
    loops = source.loops_around(node)
    if loops:
        words.append("loop")
    if any(_awaits_next(source, loop) for loop in loops):
        words.append("stream")
    if source.in_async(node):
        words.append("async")
    function = source.fn_item_of(node)
    if function is not None and _is_handler(source, function):
        words.append("handler")
    if _under_lock(source, node):
        words.append("under-lock")
    if source.in_test(node) or _is_test_file(source.path):
        words.append("test")
    return tuple(sorted(words, key=lambda word: -_WEIGHT[word]))


def weight(heat: tuple[str, ...]) -> int:
    """How hot, for ordering: the sum of the words' weights."""
    return sum(_WEIGHT.get(word, 0) for word in heat)


def _is_test_file(path: str) -> bool:
    """By cargo's folders, and by the names that files of a ``#[cfg(test)] mod`` have."""
    *folders, name = path.split("/")
    stem = name.removesuffix(".rs")
    return not _TEST_FOLDERS.isdisjoint(folders) or (
        stem in ("test", "tests") or stem.endswith(("_test", "_tests"))
    )


def _awaits_next(source: Source, loop: Node) -> bool:
    condition = loop.child_by_field_name("condition")
    return condition is not None and b".await" in source.text(condition)


def _is_handler(source: Source, function: Node) -> bool:
    if any(_ROUTE.match(source.text(a)) for a in attributes(function)):
        return True
    parameters = function.child_by_field_name("parameters")
    return parameters is not None and bool(_REQUEST.search(source.text(parameters)))


def _under_lock(source: Source, node: Node) -> bool:
    """An earlier statement of an enclosing block of the same function bound a guard."""
    statement = source.statement_of(node)
    while statement is not None:
        previous = statement.prev_named_sibling
        while previous is not None:
            if previous.type == "let_declaration" and _binds_guard(source, previous):
                return True
            previous = previous.prev_named_sibling
        block = source.parent(statement)
        holder = source.parent(block) if block is not None else None
        if block is None or holder is None or holder.type in _BOUNDARIES:
            return False
        statement = source.statement_of(block)
    return False


def _binds_guard(source: Source, let: Node) -> bool:
    value = let.child_by_field_name("value")
    locked = lock_call(source, value) if value is not None else None
    return locked is not None and locked.method in _LOCKS
