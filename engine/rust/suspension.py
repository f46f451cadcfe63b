"""Where a future may be suspended, and which code is part of a future.

A point of suspension is an ``.await``, a macro that awaits what it is given (``select!``, ``join!``)
or a ``yield`` in a ``stream!``. Whether the future really waits there is not known.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.nodes import macro_name
from engine.rust.per_source import per_source
from engine.rust.statement_nodes import body_of
from engine.rust.syntax import FUNCTIONS, Source, attributes, is_async

# Macros that await what they are given: the call itself is a point of suspension.
_AWAITING = frozenset({b"select", b"select_biased", b"join", b"try_join"})
# Macros whose body is a future of its own, suspended at each ``yield``.
_STREAMS = frozenset({b"stream", b"try_stream"})
_HINT = re.compile(rb"\bawait\b|\b(?:select|select_biased|join|try_join)!|\byield\b")


def is_stream(source: Source, node: Node) -> bool:
    """Is ``node`` a ``stream!`` or ``try_stream!`` call: its body is run elsewhere, like an async
    block's?"""
    return node.type == "macro_invocation" and macro_name(source, node) in _STREAMS


def awaits_arguments(source: Source, call: Node) -> bool:
    """``select!`` and ``join!`` of the async world (crossbeam's ``select!`` blocks its thread)."""
    if macro_name(source, call) not in _AWAITING:
        return False
    text = source.text(call)
    return not (text.startswith(b"crossbeam") or re.search(rb"\)\s*->", text))


def is_suspension(source: Source, node: Node) -> bool:
    """Is ``node`` itself a point where the future that runs it may be suspended?"""
    if node.type == "await_expression":
        return True
    if node.type == "yield_expression":
        return any(is_stream(source, a) for a in source.ancestors(node))
    return node.type == "macro_invocation" and awaits_arguments(source, node)


def suspends(source: Source, node: Node) -> bool:
    """Is there a point of suspension in ``node``, outside of the closures, functions and futures that
    it makes for others to run?"""
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in FUNCTIONS or current.type == "async_block" or is_stream(source, current):
            continue
        if is_suspension(source, current):
            return True
        pending += current.named_children
        if current.type == "macro_invocation":
            pending += [tree.root_node for tree in source.arguments(current)]
    return False


def in_future(source: Source, node: Node) -> bool:
    """Does ``node`` run inside a future: async fn, block or closure, or a ``stream!`` body?"""
    for ancestor in source.ancestors(node):
        if ancestor.type in FUNCTIONS:
            return is_async(ancestor)
        if is_stream(source, ancestor):
            return True
    return False


@per_source
def _hints(source: Source) -> tuple[int, ...]:
    return tuple(hit.start() for hit in _HINT.finditer(source.data))


def may_suspend(source: Source, span: Span) -> bool:
    """False when no point of suspension can stand in ``span`` (words in comments count: it is a
    quick look before the exact one)."""
    found = _hints(source)
    at = bisect_left(found, span.start)
    return at < len(found) and found[at] < span.end


# -- locks that are held meanwhile -----------------------------------------------------------------

_ALLOWED = re.compile(rb"\b(?:allow|expect)\b.*await_holding_(?:lock|refcell_ref)", re.DOTALL)


def held_on_purpose(source: Source, node: Node) -> Node | None:
    """The attribute on ``node``, or around it, by which the code says that it holds a lock across an
    await on purpose: it allows clippy's lint."""
    if b"await_holding_" not in source.data:
        return None
    for place in (node, *source.ancestors(node)):
        inner = [place, *([body] if (body := body_of(place)) is not None else [])]
        found = list(attributes(place))
        found += [c for n in inner for c in n.named_children if c.type == "inner_attribute_item"]
        for attribute in found:
            if _ALLOWED.search(source.text(attribute)):
                return attribute
    return None


_TOLD = re.compile(
    # No participles: "while holding the lock", "lock held over the send" tell what is, and not what for.
    rb"\b(?:hold|holds|keep|keeps)\b[^.;]{0,40}\b(?:lock|locks|guard|mutex)\b"
    rb"|\b(?:lock|guard|mutex)\b[^.;]{0,40}\b(?:is|are|be|stays?|remains?)\s+(?:\w+\s+)?(?:held|kept|alive)\b"
    rb"|\b(?:lock|guard|mutex)\b[^.;]{0,40}\b(?:covers?|spans?)\b"
    rb"|\bone\b[^.;]{0,30}\bat\s+a\s+time\b|\bserial(?:is|iz)(?:e|es|ed|ing)\b"
    rb"|\bcritical\s+section\b|\batomically\b",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    rb"(?:\bnot|\bnever|\bno|n't|\bonly\s+one|\bprevents?|\bavoids?)\b[^.;]{0,40}\b(?:concurrent(?:ly)?"
    rb"|interleaved?|in\s+parallel|at\s+the\s+same\s+time|at\s+once|races?|in\s+between)\b"
    rb"|(?:\bnot|\bnever|n't)\b[^.;]{0,20}\b(?:drop|release|unlock)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    rb"(?:\b(?:not|never|avoid|without|no\s+longer|instead\s+of|rather\s+than|stop|why|whether|if)\b|n't)"
    rb"[^.;]{0,30}\Z",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    rb"\b(?:TODO|FIXME|XXX|HACK|BUG)\b|\b(?:short|brief|small|minimal|minimum|little|quick)",
    re.IGNORECASE,
)
_MARKS = re.compile(rb"^\s*(?://[/!]*|/\*+|\*+/|\*)", re.MULTILINE)


def comment_on_purpose(source: Source, span: Span) -> Node | None:
    """The comment in ``span`` that says of a lock that it is held, or of what is done under it that
    nothing may come in between; one that complains of it, or wants it short, does not."""
    comments = source.comments_in(span)
    texts = [source.text(comment) for comment in comments]
    for at in reversed(range(len(comments) - 1)):  # lines of one comment are read together
        between = Span(comments[at].end_byte, comments[at + 1].start_byte)
        if not source.slice(between).strip():
            texts[at] += b"\n" + texts[at + 1]
    for comment, marked in zip(comments, texts, strict=True):
        text = b" ".join(_MARKS.sub(b"", marked).split())
        if _COMPLAINT.search(text):
            continue
        said = (hit for hit in _TOLD.finditer(text) if not _DENIED.search(text[: hit.start()]))
        if next(said, None) is not None or _FORBIDDEN.search(text):
            return comment
    return None
