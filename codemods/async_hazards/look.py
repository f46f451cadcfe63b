"""One site with all that may be asked about it, and what a kind says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Site, Span
from engine.rust.nodes import call_of, callee_name, method_call
from engine.rust.syntax import Source, span_of

if TYPE_CHECKING:
    from engine.detect.facts import Facts
    from engine.rust.calls import Calls
    from engine.rust.types import Type

_SPACED = re.compile(r"\s+\.")


@dataclass(frozen=True)
class Told:
    """It is a hazard: why, in words for the user."""

    reason: str


@dataclass(frozen=True)
class NoSite:
    """It is none: why."""

    reason: str


@dataclass(frozen=True)
class Untold:
    """rustc did not tell the type of the expression at ``span``, without which nothing is claimed."""

    span: Span


Judgement = Told | NoSite | Untold


@dataclass(frozen=True)
class Look:
    """One site: ``node`` is the call (or the await) that it is about, ``around`` what makes it one."""

    site: Site
    source: Source
    node: Node
    around: Node
    facts: Facts
    others: tuple[Site, ...] = ()  # all sites of the workspace, this one among them

    @property
    def calls(self) -> Calls:
        """Who calls whom."""
        return self.facts.calls

    @property
    def shown(self) -> str:
        """The call's function or method, as written."""
        called = call_of(self.node)
        return self.source.quoted(span_of(called.callee if called is not None else self.node))

    @property
    def name(self) -> bytes:
        """The name of the function or method that is called."""
        name = callee_name(self.node)
        return self.source.text(name) if name is not None else b""

    def type_at(self, span: Span) -> Type | None:
        """What rustc told of the expression there."""
        return self.facts.type_of(self.site.path, span)

    def place(self, source: Source, node: Node) -> str:
        """Where ``node`` stands, for words: the line, with the file where that is another."""
        line = source.position(node.start_byte)[0]
        return f"line {line}" if source.path == self.site.path else f"{source.path}:{line}"


def callee_span(node: Node) -> Span | None:
    """The whole function of a call by path, which has a type of its own; None for a method."""
    called = call_of(node)
    if called is None or called.callee.type == "field_expression":
        return None
    return span_of(called.whole_callee)


def receiver_span(source: Source, node: Node) -> Span | None:
    """What a method is called on; None for a call by path."""
    method = method_call(source, node)
    return span_of(method.receiver) if method is not None else None


def short(source: Source, node: Node, most: int = 48) -> str:
    """The text of ``node`` on one line, cut, as code; of a call that is longer, without its arguments."""
    text = _SPACED.sub(".", source.quoted(span_of(node)))
    called = call_of(node)
    if len(text) > most and called is not None and called.arguments:
        text = _SPACED.sub(".", source.quoted(span_of(called.callee))) + "(..)"
    return f"`{text if len(text) <= most else text[: most - 3] + '...'}`"
