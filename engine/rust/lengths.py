"""Is a local's length all that is asked of it from a place on, so that the length may be asked before and
the value be given away?

By syntax alone: that ``len`` is std's, and cannot be seen to run earlier, types tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.control_flow import barriers
from engine.rust.nodes import method_call, method_on
from engine.rust.scopes import Binding, Scopes
from engine.rust.syntax import FUNCTIONS, Source, span_of

LENGTHS = (b"len", b"is_empty")


@dataclass(frozen=True, slots=True)
class Lengths:
    """The calls ``x.len()`` behind the place, and the statement in front of which they may be made."""

    statement: Node
    calls: tuple[tuple[bytes, Node], ...]  # (method, call)


def lengths_after(source: Source, scopes: Scopes, node: Node, binding: Binding) -> Lengths | None:
    """What is asked of ``binding`` behind its use in ``node``; None where that is more than lengths, or may
    be asked where the statement of ``node`` did not run before."""
    statement = source.statement_of(node)
    block = source.parent(statement) if statement is not None else None
    if statement is None or block is None or block.type != "block" or binding.mutable:
        return None
    if binding.decl in span_of(statement) or _is_apart(source, node, binding):
        return None
    calls: list[tuple[bytes, Node]] = []
    for use in scopes.uses(binding):
        if use.span.start < node.end_byte:
            if use.span in span_of(statement) and use.span not in span_of(node):
                return None  # borrowed by the same statement, perhaps
            continue
        name = source.innermost(use.span)
        called = method_on(source, name) if not use.capture else None
        if called is None or called[0] not in LENGTHS or use.span not in span_of(block):
            return None
        whole = method_call(source, called[1])
        if whole is None or whole.arguments or _is_apart(source, name, binding):
            return None
        if source.enclosing(name, ("macro_invocation",)) is not None:
            return None  # it may show its arguments as they are written
        calls.append(called)
    return Lengths(statement, tuple(calls)) if calls else None


def _is_apart(source: Source, node: Node, binding: Binding) -> bool:
    """Is ``node`` evaluated elsewhere than the name is declared: in a closure, a task, another round?"""
    if any(True for _ in barriers(source, node, binding.decl)):
        return True
    declared = Span(binding.decl.start, binding.decl.end)
    return source.enclosing(node, FUNCTIONS) != source.enclosing(
        source.innermost(declared), FUNCTIONS
    )
