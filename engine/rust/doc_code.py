"""Where a name stands in code of the documentation, which rustdoc compiles and runs as a test of its own.

Told by text: fenced and indented code in doc comments, but none that is said to be in another language.
Not seen: files that an attribute includes (``#[doc = include_str!("../README.md")]``); words in attributes
are uses where these are looked for.
"""

from __future__ import annotations

import re

from engine.base.model import Span
from engine.rust.files import Files, whole_word
from engine.rust.syntax import COMMENTS, Source

_DOC = re.compile(rb"\s*(?:///(?!/)|//!)")
_BLOCK = (b"/**", b"/*!")
_FENCE = re.compile(rb"\s*(```+|~~~+)\s*([^`\r\n]*)")
_INDENTED = re.compile(rb"(?: {5}|\s?\t)")  # behind the marker
_OF_RUST = re.compile(
    rb"rust|should_panic|no_run|compile_fail|ignore(?:-\w+)?|test_harness|standalone(?:_crate)?"
    rb"|edition\d+|E\d{4}|\{.*\}"
)


def in_doc_code(files: Files, name: bytes) -> tuple[str, int] | None:
    """(path, line from 1) of the first mention of ``name``, in path order; None where there is none."""
    word = whole_word(name)
    for source in files.containing(name):
        for hit in word.finditer(source.data):
            if _is_code(source, hit.start()):
                return source.path, source.position(hit.start())[0]
    return None


def _is_code(source: Source, at: int) -> bool:
    data, start = source.data, source.line_start(at)
    marker = _DOC.match(data, start)
    if marker is not None and marker.end() <= at:
        if _INDENTED.match(data, marker.end()):
            return True
        lines: list[bytes] = []
        while start > 0:
            start = source.line_start(start - 1)
            if (marker := _DOC.match(data, start)) is None:
                break
            lines.append(data[marker.end() : source.line_end(start)])
        return _is_fenced(lines[::-1])
    node = source.innermost(Span(at, at + 1))
    comment = node if node.type in COMMENTS else source.enclosing(node, tuple(COMMENTS))
    if comment is None or not source.text(comment).startswith(_BLOCK):
        return False
    above = data[comment.start_byte + len(_BLOCK[0]) : source.line_start(at)]
    return _is_fenced([line.lstrip(b" \t*") for line in above.split(b"\n")])


def _is_fenced(above: list[bytes]) -> bool:
    """Do the lines leave a fence open, behind which there is code of Rust?"""
    opened, is_rust = b"", False
    for line in above:
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if not opened:
            tags = [tag for tag in re.split(rb"[,\s]+", fence[2].strip()) if tag]
            opened, is_rust = fence[1], all(map(_OF_RUST.fullmatch, tags))
        elif fence[1].startswith(opened) and not fence[2].strip():
            opened = b""
    return bool(opened) and is_rust
