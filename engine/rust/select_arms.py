"""The arms of ``select!`` (tokio's and futures'): what each waits for, the names that it binds, and the code
that is run with them.

``pattern = future, if guard => handler``: to the grammar they are tokens, of which ``Source`` parses the
parts one by one. A pattern is read as text, since to the parser it is an expression. Not answered:
``recv(r) -> x`` of crossbeam, and arms that only name a state (``else``, ``complete``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.nodes import macro_name, named_children
from engine.rust.queries import macro_calls
from engine.rust.syntax import Source, span_of

_SELECTING = frozenset({b"select", b"select_biased"})
# A name that a pattern binds: no part of a path, no variant, no field before its pattern.
_NAME = re.compile(
    rb"(?<![\w:.'\"])((?:ref\s+)?(?:mut\s+)?)((?:r#)?[a-z_]\w*)(?!\w)(?!\s*(?:::|[(!{]|:(?!:)))"
)
_TEXT = re.compile(rb"\"(?:[^\"\\]|\\.)*\"")
_WORDS = frozenset({b"_", b"ref", b"mut", b"box", b"if", b"true", b"false", b"biased", b"self"})


@dataclass(frozen=True, slots=True)
class BoundName:
    """A name that an arm's pattern binds; ``plain``: it is all of the pattern."""

    span: Span
    mutable: bool
    by_ref: bool
    plain: bool


@dataclass(frozen=True, slots=True)
class SelectArm:
    """One arm with a pattern. ``future`` is the expression that is waited for, ``handler`` what is run."""

    pattern: Span
    future: Node
    handler: Node

    def names(self, source: Source) -> Iterator[BoundName]:
        """The names that the handler sees."""
        text = _TEXT.sub(lambda hit: b" " * len(hit[0]), source.slice(self.pattern))
        for hit in _NAME.finditer(text):
            if hit[2] in _WORDS:
                continue
            start, end = (self.pattern.start + at for at in hit.span(2))
            plain = hit[0].strip() == text.strip()
            yield BoundName(Span(start, end), b"mut" in hit[1], b"ref" in hit[1], plain)


def select_arms(source: Source, root: Node) -> Iterator[SelectArm]:
    """The arms of all ``select!`` calls in ``root``, of the same tree."""
    for call in macro_calls(root):
        if macro_name(source, call) in _SELECTING:
            yield from _arms(source, call)


def arms_of_select(source: Source, call: Node) -> Iterator[SelectArm]:
    """The arms of one ``select!`` call; none of another macro's."""
    if macro_name(source, call) in _SELECTING:
        yield from _arms(source, call)


def arm_that_binds(source: Source, name: Node) -> SelectArm | None:
    """The arm whose pattern holds the identifier ``name``."""
    call = source.enclosing(name, ("macro_invocation",))
    if call is None or macro_name(source, call) not in _SELECTING:
        return None
    return next((a for a in _arms(source, call) if span_of(name) in a.pattern), None)


def _arms(source: Source, call: Node) -> Iterator[SelectArm]:
    pattern = future = None
    for tree in source.arguments(call):
        root = tree.root_node
        span = _stripped(source, root)
        before = source.data[: span.start].rstrip()
        after = source.data[span.end :].lstrip()
        if before.endswith(b"=>"):
            if pattern is not None and future is not None:
                yield SelectArm(pattern, _expression(future), root)
            pattern = future = None
        elif after.startswith(b"=") and not after.startswith((b"=>", b"==")):
            pattern, future = span, None
        elif pattern is not None and future is None:
            future = root


def _stripped(source: Source, root: Node) -> Span:
    """The part of an arm that ``root`` is: without ``biased;`` in front and blanks around."""
    start, end = root.start_byte, root.end_byte
    text = source.slice(Span(start, end))
    start += text.rfind(b";") + 1 if text.startswith(b"biased") else 0
    text = source.slice(Span(start, end))
    return Span(end - len(text.lstrip()), start + len(text.rstrip()))


def _expression(root: Node) -> Node:
    """What a part is, without the parser's wrapping."""
    node = root
    while node.type in ("source_file", "expression_statement", "ERROR"):
        inside = named_children(node)
        if len(inside) != 1:
            break
        node = inside[0]
    return node
