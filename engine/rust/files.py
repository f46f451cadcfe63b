"""What the analyses over many files need to be given: the files, and the package that owns one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.per_source import per_source
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of
from engine.rust.types import Type


class Files(Protocol):
    """The Rust files of a workspace. Paths are POSIX, relative to its root."""

    @property
    def paths(self) -> Sequence[str]:
        """All files, sorted."""

    def data(self, path: str, /) -> bytes:
        """The bytes of one of ``paths``."""

    def get(self, path: str, /) -> Source:
        """One of ``paths``, parsed."""

    def containing(self, *words: bytes) -> Iterator[Source]:
        """Files that hold all of ``words`` as whole words, in path order."""

    def scopes(self, source: Source, function: Node, /) -> Scopes:
        """Local names of ``function``."""


class Package(Protocol):
    """A package of the workspace. Paths are relative to the workspace's root."""

    @property
    def name(self) -> str:
        """What its manifest calls it."""

    @property
    def root(self) -> str:
        """Its folder, "" for the workspace's own."""

    @property
    def lib(self) -> str:
        """The root file of its library, "" when it has none."""

    @property
    def crate(self) -> str:
        """The name that other crates know its library by."""

    @property
    def dependencies(self) -> Collection[str]:
        """Names of the members that it depends on."""

    @property
    def publish(self) -> bool:
        """May it be published, as far as its manifest says?"""

    @property
    def targets(self) -> Sequence[str]:
        """The root files of other targets that its manifest names: binaries, tests ..."""


def whole_word(word: bytes) -> re.Pattern[bytes]:
    """``word`` as no part of a longer one."""
    # With the word first it is looked for as a literal: many times faster than a look behind first.
    return re.compile(rb"%b(?<!\w%b)(?!\w)" % (re.escape(word), re.escape(word)))


def mentions(files: Files, word: bytes) -> Iterator[tuple[Source, Node]]:
    """All identifiers of the workspace that are spelled ``word``, those in macro arguments too."""
    for source in files.containing(word):
        yield from ((source, node) for node in mentions_in(source, word))


@per_source
def mentions_in(source: Source, word: bytes) -> tuple[Node, ...]:
    """As :func:`mentions`, of one file."""
    spans = [Span(*hit.span()) for hit in whole_word(word).finditer(source.data)]
    found = ((span, source.innermost(span)) for span in spans)
    return tuple(node for span, node in found if span_of(node) == span)


PackageOf = Callable[[str], Package | None]
TypeOf = Callable[[str, Span], Type | None]  # what rustc told of the expression at a span
