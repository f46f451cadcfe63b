"""Calls that the configuration at hand may not compile: who changes one changes what nobody checks.

``doubtful`` finds the calls by a function's name that a ``cfg``, or a macro around the function that they
stand in, may leave out, and one call of each file, which may belong to no target. What rustc tells of
``teller`` shows that a call was compiled, :class:`Unbuilt` what was not. Not seen: what a macro of the
workspace leaves out inside of a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from engine.base.model import NO_UNIT, Span
from engine.rust import nodes
from engine.rust.configurations import is_conditional
from engine.rust.files import Files, TypeOf, mentions
from engine.rust.syntax import Source, span_of


def doubtful(files: Files, name: bytes) -> Iterator[tuple[Source, Node]]:
    """The calls of functions ``name``, in path order, that may not be compiled; the first of each file is
    among them."""
    seen: set[str] = set()
    for source, node in mentions(files, name):
        call = _called(node)
        if call is not None and (source.path not in seen or may_be_left_out(source, call)):
            seen.add(source.path)
            yield source, call


def may_be_left_out(source: Source, node: Node) -> bool:
    """Does a ``cfg`` on it or around it in its file, or a macro that takes whole items, decide whether
    ``node`` is there?"""
    held = False  # is it in a function that stands inside of the macro?
    for part in (node, *source.ancestors(node)):
        if is_conditional(source, part):
            return True
        if part.type == "macro_invocation" and (
            held or nodes.macro_name(source, part) == b"cfg_if"
        ):
            return True
        held |= part.type == "function_item"
    return False


def teller(call: Node) -> Node:
    """The expression whose type rustc tells where it compiles the call: the function's path, the receiver of
    a method."""
    parts = nodes.call_of(call)
    if parts is None:
        return call
    access = nodes.access_of(parts.callee)
    if access is not None:
        return access.base
    whole = parts.callee.parent if parts.turbofish is not None else parts.callee
    return whole or parts.callee


class Unbuilt:
    """Answers about the calls of functions of one name, with what rustc told of those that are doubtful."""

    def __init__(
        self, files: Files, name: bytes, type_of: TypeOf, unknown: Callable[[str, Span], str]
    ) -> None:
        self._type_of = type_of
        self._without_target: set[str] = set()
        for source, call in doubtful(files, name):
            if unknown(source.path, span_of(teller(call))) == NO_UNIT:
                self._without_target.add(source.path)

    def holds(self, source: Source, call: Node) -> bool:
        """Is ``call`` not known to be compiled?"""
        if self._type_of(source.path, span_of(teller(call))) is not None:
            return False
        return source.path in self._without_target or may_be_left_out(source, call)


def _called(node: Node) -> Node | None:
    """The call that ``node`` is the name of."""
    up = node.parent
    if up is not None and (nodes.access_of(up) is not None or nodes.path_of(up) is not None):
        return nodes.call_through(up)
    return nodes.call_through(node)
