"""What runs a place in the code, and how hot that makes it: from syntax alone.

Answers which of these hold of a place: it runs for each request (``handler``), in a loop, for each
item of a stream (a loop that awaits its next one; a method of ``Stream`` and its like), in async code
(that does not run once at the start), while a lock is held, or in code that only tests, benches and
examples run. Does not answer who calls a function from another file, nor how often.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node

from engine.base.model import Heat, Span
from engine.rust.files import mentions_in
from engine.rust.held_guards import guards_at
from engine.rust.item_nodes import name_of, trait_of, visibility_of
from engine.rust.nodes import call_around, call_by_name, callee_name, last_name
from engine.rust.per_source import per_source
from engine.rust.syntax import Source, attributes, is_async, span_of

_WEIGHT = {"stream": 8, "handler": 6, "loop": 5, "under-lock": 4, "async": 2}
_IN_TESTS = -20
_CALLS = 4  # functions that call each other between `main` and a place that runs once
_TEST_FOLDERS = frozenset({"tests", "benches", "examples"})
# Parameters that only request handlers take, in axum, actix-web, warp, hyper, tonic and rocket.
_REQUEST = re.compile(
    rb"\b(?:Request|HttpRequest|Json|Multipart|Extension|Payload|Incoming|ServiceRequest"
    rb"|HeaderMap|State|Path|Query|Form)\s*[<\(]|:\s*&?(?:mut\s+)?(?:HttpRequest|HeaderMap|Incoming)\b"
)
# Traits whose methods run once for each frame, request or item.
_PER_ITEM = frozenset(
    b"""Stream Sink Service Layer Decoder Encoder Iterator AsyncRead AsyncWrite AsyncBufRead
    Future Handler Actor StreamHandler Read Write Transform FromRequest FromRequestParts
    IntoResponse Body""".split()
)
_ROUTE = re.compile(rb"#\[\s*(?:\w+::)*(?:get|post|put|delete|patch|head|route|handler)\b")


def heat_of(source: Source, node: Node, *callers: Node) -> Heat:
    """How hot ``node`` is. ``callers`` are places that are known to run it (the closures around
    it): what makes them hot makes it hot, too."""
    reasons = [reason for place in (node, *callers) for reason in _reasons(source, place)]
    return heat(reasons, in_test_code(source, node))


def heat_through_closures(source: Source, node: Node) -> Heat:
    """As :func:`heat_of`, with the closures around ``node`` in its ``fn`` taken for places that run
    it, whatever takes them."""
    closures: list[Node] = []
    for ancestor in source.ancestors(node):
        if ancestor.type == "closure_expression":
            closures.append(ancestor)
        elif ancestor.type == "function_item":
            break
    return heat_of(source, node, *closures)


def heat(reasons: Iterable[str], in_tests: bool = False) -> Heat:
    """The heat for ``reasons`` (see :class:`Heat`), each counted once. Raises KeyError for a word
    that is none."""
    ordered = tuple(sorted(set(reasons), key=lambda reason: -_WEIGHT[reason]))
    return Heat(sum(_WEIGHT[reason] for reason in ordered) + _IN_TESTS * in_tests, ordered)


def is_per_item(heat: Heat) -> bool:
    """Does the place run for each item of a stream, or in a loop of async code or of a handler?"""
    reasons = heat.reasons
    return "stream" in reasons or (
        "loop" in reasons and ("async" in reasons or "handler" in reasons)
    )


def is_per_item_method(source: Source, function: Node) -> bool:
    """Is ``function`` a method of ``Stream``, ``Service``, ``Decoder`` or another trait, known by its
    last name, whose methods run for each frame, request or item?"""
    holder = source.enclosing(function, ("impl_item",))
    trait = trait_of(holder) if holder is not None else None
    return trait is not None and last_name(source, trait) in _PER_ITEM


def runs_often(source: Source, node: Node) -> bool:
    """Is it likely that ``node`` runs for each request or item: in a loop or what a ``for`` goes over,
    in a closure, in async code, in a handler, or in a method that something calls per item?"""
    header = source.enclosing(node, ("for_expression", "block"))
    if source.loops_around(node) or (header is not None and header.type == "for_expression"):
        return True
    if runs_once(source, node):
        return False
    inner = source.function_of(node)
    if inner is None or inner.type != "function_item":
        return inner is not None
    if is_async(inner) or is_per_item_method(source, inner):
        return True
    return "handler" in heat_of(source, node).reasons


def runs_once(source: Source, node: Node) -> bool:
    """Does ``node`` run once at the start: outside of loops, in ``main`` itself, in what ``block_on``
    waits for there, or in a private function of the same file that is only called in such places?"""
    return _runs_once(source, node, _CALLS)


def runs_at_most_once(source: Source, node: Node) -> bool:
    """Is ``node`` known to be run no second time in a process, where the file is the root of a program: as
    ``runs_once``, with one call of each function on the way, and none of ``main``?"""
    return _runs_once(source, node, _CALLS, single=True)


def _runs_once(source: Source, node: Node, calls: int, single: bool = False) -> bool:
    if source.loops_around(node):
        return False
    inner = source.function_of(node)
    if inner is None or inner.type == "closure_expression":
        return False
    if inner.type != "function_item":
        call = call_around(inner)
        callee = callee_name(call) if call is not None else None
        waits = callee is not None and source.text(callee) == b"block_on"
        return call is not None and waits and _runs_once(source, call, calls, single)
    return _is_called_once(source, span_of(inner), calls, single)


@per_source
def _is_called_once(source: Source, function: Span, calls: int, single: bool = False) -> bool:
    """Is the ``fn`` at ``function`` ``main``, or private and called in places alone that run once (``single``: in
    one place)? At most ``calls`` functions between it and ``main`` are looked at."""
    inner = source.typed_at(function, "function_item")
    named, parent = (name_of(inner), inner.parent) if inner is not None else (None, None)
    if inner is None or named is None or parent is None or parent.type != "source_file":
        return False
    name = source.text(named)
    found = [mention for mention in mentions_in(source, name) if mention != named]
    if name == b"main":
        return not (single and any(call_by_name(mention) is not None for mention in found))
    if calls == 0 or visibility_of(inner) is not None or (single and len(found) > 1):
        return False
    return bool(found) and all(
        (call := call_by_name(mention)) is not None and _runs_once(source, call, calls - 1, single)
        for mention in found
    )


def in_test_code(source: Source, node: Node) -> bool:
    """Does no traffic reach ``node``: is it in a test, a bench, an example, or in a file that by its
    name or folder is of tests?"""
    return source.in_test(node) or is_test_file(source.path)


def _reasons(source: Source, node: Node) -> list[str]:
    """Why a place is hot, unordered."""
    found: list[str] = []
    loops = source.loops_around(node)
    if loops:
        found.append("loop")
    if any(_awaits_next(source, loop) for loop in loops):
        found.append("stream")
    if source.in_async(node) and not runs_once(source, node):
        found.append("async")
    function = source.fn_item_of(node)
    if function is not None and _is_handler(source, function):
        found.append("handler")
    if _under_lock(source, node):
        found.append("under-lock")
    return found


def is_test_file(path: str) -> bool:
    """Is it a file of tests, benches or examples: by cargo's folders, and by the names that files of a ``#[cfg(test)] mod`` have."""
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
    """False where the code is nested so deeply that it cannot be told."""
    try:
        return any(True for _ in guards_at(source, node))
    except RecursionError:
        return False
