"""The Rust grammar: bytes to trees, with what its scanner misreads mended."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import tree_sitter_rust
from tree_sitter import Language, Parser, Range, Tree

# The last two bytes of a character whose code ends in 2A (``*``) or 2F (``/``).
_MISTAKEN = re.compile(
    rb"([\xc4\xc8\xcc\xd0\xd4\xd8\xdc\x80\x84\x88\x8c\x90\x94\x98\x9c\xa0\xa4\xa8\xac\xb0\xb4\xb8\xbc])"
    rb"([\xaa\xaf])(?![\x80-\xbf])"
)


# A range's end that is dereferenced, which the grammar takes for a product with what is before it; not the
# end of a comment.
_END_DEREFERENCED = re.compile(rb"(\.\.\s*)\*(?!/)")
# ``..=end`` where an expression starts, which the grammar lacks.
_NO_START = re.compile(rb"([\[({,;=|>]\s*)\.\.=")


@cache
def language() -> Language:
    """tree-sitter's grammar of Rust, loaded once."""
    return Language(tree_sitter_rust.language())


@cache
def _parser() -> Parser:
    return Parser(language())


@cache
def _inner_parser() -> Parser:
    return Parser(language())


def parse(data: bytes) -> Tree:
    """The tree of a whole file."""
    return _parser().parse(_readable(data))


def parse_range(data: bytes, included: Range) -> Tree:
    """The tree of a part of a file, with the file's offsets."""
    parser = _inner_parser()
    parser.included_ranges = [included]
    return parser.parse(_readable(data))


@lru_cache(maxsize=2)
def _readable(data: bytes) -> bytes:
    """``data`` for the parser, byte for byte as long: the tree holds offsets, all text is taken from the
    file. Mended is what tree-sitter-rust 0.24 misreads:

    - Its scanner for block comments looks at the low byte of a character alone and takes U+4E2A, a
      common Chinese one, for ``*`` and U+012F for ``/``. Such characters become their neighbours.
    - ``0..*end`` is a product to it, of ``0..`` and ``end``. Its ``*`` becomes a ``!``, which can stand
      before an operand only (``nodes.dereferenced`` takes it for what it is).
    - ``..=end`` is an assignment to ``..``. Its ``=`` becomes a space.
    """
    if not data.isascii():
        data = _MISTAKEN.sub(_neighbour, data)
    if b".." in data:
        data = _END_DEREFERENCED.sub(rb"\1!", _NO_START.sub(rb"\1.. ", data))
    return data


def _neighbour(hit: re.Match[bytes]) -> bytes:
    return hit.group(1) + (b"\xab" if hit.group(2) == b"\xaa" else b"\xae")
