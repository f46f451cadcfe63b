"""Text of the new blocks: indented as the file is, with every literal's content as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS, Source, span_of

_STRINGS = frozenset({"string_literal", "raw_string_literal"})
WIDTH = 100  # rustfmt's default
CHAIN = 60  # rustfmt's default `chain_width`


def unit_of(source: Source, block: Node) -> bytes:
    """One step of indentation, judged by ``block`` and its first statement."""
    outer = source.indent_of(block.start_byte)
    for child in block.named_children:
        inner = source.indent_of(child.start_byte)
        if child.start_point[0] > block.start_point[0] and inner.startswith(outer):
            step = inner[len(outer) :]
            if step:
                return step
    return b"\t" if outer.startswith(b"\t") else b"    "


def text_of(
    source: Source, span: Span, cut: bytes, add: bytes, instead: Iterable[tuple[Span, bytes]] = ()
) -> bytes:
    """``span`` with each further line's indentation ``cut`` replaced by ``add``, and some places
    replaced. Lines that start inside a string literal keep their content."""
    kept = _inside_strings(source, span)
    out: list[bytes] = []
    at = span.start
    for place, replacement in sorted(instead, key=lambda item: item[0]):
        out.append(_shifted(source, Span(at, place.start), cut, add, kept))
        out.append(replacement)
        at = place.end
    out.append(_shifted(source, Span(at, span.end), cut, add, kept))
    return b"".join(out)


def _inside_strings(source: Source, span: Span) -> tuple[Span, ...]:
    node = source.root.descendant_for_byte_range(span.start, span.end) or source.root
    return tuple(span_of(n) for n in walk(node) if n.type in _STRINGS and span_of(n).overlaps(span))


def _shifted(source: Source, span: Span, cut: bytes, add: bytes, kept: Sequence[Span]) -> bytes:
    lines: list[bytes] = []
    start = span.start
    while start < span.end:
        newline = source.data.find(b"\n", start, span.end)
        end = span.end if newline < 0 else newline + 1
        line = source.data[start:end]
        first = start == span.start and source.data[start - 1 : start] != b"\n"
        if not first and line.strip() and not any(k.start < start < k.end for k in kept):
            if line.startswith(cut):
                line = add + line[len(cut) :]
            elif add.startswith(cut):
                line = add[len(cut) :] + line
        lines.append(line)
        start = end
    return b"".join(lines)


def block(
    source: Source, header: bytes, inner: bytes, tail: bytes, indent: bytes, unit: bytes
) -> bytes:
    """``header { inner tail };`` (without ``header`` a plain block). ``inner`` and ``tail`` start
    at the inner indentation, which is not written before them yet."""
    newline = source.newline
    deeper = newline + indent + unit
    parts = [header, b"{", deeper, inner]
    if tail:
        parts += [deeper if inner else b"", tail]
    parts += [newline, indent, b"};" if header else b"}"]
    return b"".join(parts)


def trailing_comment(source: Source, end: int) -> int:
    """The end of a comment that stands behind ``end`` on the same line (``end`` when none does)."""
    line = source.data[end : source.line_end(end)]
    hit = re.match(rb"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/(?=[ \t\r]*$))", line)
    return end + hit.end() if hit is not None else end


_BREAK = re.compile(rb"\s*\n\s*(?=[.?])")


def chained(text: bytes, suffix: bytes) -> bytes:
    """``text`` with ``suffix`` behind it, a method chain on one line where rustfmt would have it so,
    else with the suffix on a line of its own."""
    if b"\n" not in text:
        return text + suffix
    if b"//" not in text and b'"' not in text:
        joined = _BREAK.sub(b"", text) + suffix
        if b"\n" not in joined and width(joined) <= CHAIN:
            return joined
    last = text.rpartition(b"\n")[2]
    indent = last[: len(last) - len(last.lstrip())]
    if suffix and last.lstrip().startswith(b"."):
        newline = b"\r\n" if b"\r\n" in text else b"\n"
        return text + b"".join(newline + indent + b"." + part for part in suffix.split(b".")[1:])
    return text + suffix


def one_line(text: bytes) -> bool:
    return b"\n" not in text


def width(text: bytes) -> int:
    return len(text.decode("utf-8", "replace"))


def in_front(source: Source, statement: Node, text: bytes) -> Edit:
    """``text`` as a statement of its own before ``statement`` (attributes and comments directly in
    front of it stay with it)."""
    at = statement.start_byte
    inline = source.data[source.line_start(at) : at].strip()
    gap = b" " if inline else source.newline + source.indent_of(at)
    return Edit(source.path, at, at, text + gap)


def comments_between(source: Source, start: int, end: int) -> bool:
    return any(start <= c.start_byte < end for c in source.comments_in(Span(start, end)))


def statements_of(block_: Node) -> list[Node]:
    """Statements of a block in order, its tail expression last; comments and label left out."""
    return [c for c in block_.named_children if c.type not in COMMENTS and c.type != "label"]


def lines_of(source: Source, span: Span) -> Span | None:
    """The whole lines of ``span``, with the blank ones behind; None when more stands on them."""
    start, end = source.line_start(span.start), source.line_end(span.end)
    if source.data[start : span.start].strip() or source.data[span.end : end].strip():
        return None
    while not source.data[end : source.line_end(end + 1)].strip() and end < len(source.data):
        end = source.line_end(end + 1)
    return Span(start, end + 1)


def without(source: Source, span: Span, gone: Iterable[Span]) -> bytes:
    """The text of ``span`` without some of its parts."""
    out: list[bytes] = []
    at = span.start
    for part in sorted(gone):
        out.append(source.data[at : part.start])
        at = part.end
    return b"".join((*out, source.data[at : span.end]))
