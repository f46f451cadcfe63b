"""Questions about an instance that are asked of whatever name a value has: behind the adapters of an iterator
or an ``Option``, in their closures, under the names that patterns give to it and to its parts, and in format
strings (``{:p}``).

By syntax and the names of std's methods. A value that another is made of, ``x.to_string()``, is followed no
further.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from engine.rust.borrows import pattern_bindings
from engine.rust.format_macros import FormatCall, capturing
from engine.rust.instance_questions import Asked, asked_at
from engine.rust.item_nodes import parameters_of
from engine.rust.nodes import (
    access_of,
    arguments_of,
    awaited,
    borrowed,
    dereferenced,
    indexed,
    is_callee,
    method_on,
    tried,
)
from engine.rust.scopes import Binding, Scopes, Use
from engine.rust.statement_nodes import patterns_of, value_matched
from engine.rust.syntax import Source, span_of

# They give what they are called on, its items or one of them, by value or by reference.
_GIVING = frozenset(
    b"""iter into_iter iter_mut as_ref as_mut as_deref as_slice by_ref cloned copied skip take rev step_by
    fuse filter skip_while take_while inspect find max_by_key min_by_key max_by min_by last max min next
    nth next_back peekable peek enumerate zip chain collect unwrap expect unwrap_or unwrap_or_else
    unwrap_or_default ok_or ok_or_else ok first get values keys map and_then filter_map find_map then
    or or_else borrow deref""".split()
)


def asked_about(source: Source, scopes: Scopes, value: Node) -> Iterator[Asked]:
    """Every question that is asked about the value of the expression ``value``, its items or its parts."""
    yield from _Follower(source, scopes).follow([value])


def asked_of_names(source: Source, scopes: Scopes, bindings: Iterable[Binding]) -> Iterator[Asked]:
    """Every such question about what the names hold."""
    follower = _Follower(source, scopes)
    begun: list[Node] = []
    for binding in bindings:
        yield from follower.named(binding, begun)
    yield from follower.follow(begun)


class _Follower:
    def __init__(self, source: Source, scopes: Scopes) -> None:
        self._source = source
        self._scopes = scopes
        self._seen: set[object] = set()

    def follow(self, begun: list[Node]) -> Iterator[Asked]:
        """From each of the expressions on, and from what names they get."""
        while begun:
            node: Node | None = begun.pop()
            while node is not None:
                found = asked_at(self._source, node)
                if found is not None and found.span not in self._seen:
                    self._seen.add(found.span)
                    yield found
                for binding in self._bound(node):
                    yield from self.named(binding, begun)
                node = self._next(node)

    def named(self, binding: Binding, begun: list[Node]) -> Iterator[Asked]:
        """The questions that format strings ask of the name; its other uses go to ``begun``."""
        if binding.decl in self._seen:
            return
        self._seen.add(binding.decl)
        for use in self._scopes.uses(binding):
            if use.capture:
                yield from _captured(self._source, use)
                continue
            node = self._source.innermost(use.span)
            if span_of(node) == use.span:
                begun.append(node)

    def _next(self, node: Node) -> Node | None:
        """What has ``node``, or a part or an item of it, as its value in turn."""
        called = method_on(self._source, node)
        if called is not None:
            return called[1] if called[0] in _GIVING else None
        up = self._source.parent(node)
        if up is None:
            return None
        access, index = access_of(up), indexed(up)
        through = up.type == "parenthesized_expression" or node in (
            borrowed(up),
            dereferenced(up),
            tried(up),
            awaited(up),
            access.base if access is not None and not is_callee(up) else None,
            index[0] if index is not None else None,
        )
        return up if through else None

    def _bound(self, node: Node) -> Iterator[Binding]:
        """The names that patterns, and closures that are given it, have for it and for its parts."""
        called, up = method_on(self._source, node), self._source.parent(node)
        patterns: list[Node] = []
        if called is not None:
            for argument in arguments_of(called[1]):
                patterns += (parameter.node for parameter in parameters_of(argument))
        elif up is not None and value_matched(up) == node:
            patterns = patterns_of(up)
        for pattern in patterns:
            yield from pattern_bindings(self._scopes, span_of(pattern))


def _captured(source: Source, use: Use) -> Iterator[Asked]:
    call: FormatCall | None = capturing(source, use.span)
    if call is not None and call.shows_addresses:
        yield Asked("address", "{:p}", use.span)
