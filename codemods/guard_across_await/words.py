"""The guard, what is awaited and the lines, in the words of messages, reasons and notes."""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust.guard_scopes import GuardScope
from engine.rust.locks import lock_call
from engine.rust.nodes import call_of, macro_path, method_call
from engine.rust.syntax import Source

_LOCKED = re.compile(rb"\.\s*(?:lock|read|write)(?:_owned)?\(\)")
_SHORT = 48  # characters of code in a sentence


def line(source: Source, offset: int) -> int:
    """The line, from 1, of the byte ``offset``."""
    return source.position(offset)[0]


def await_line(source: Source, node: Node) -> int:
    """Where the ``.await`` itself stands, or the macro's name."""
    return line(source, node.end_byte if node.type == "await_expression" else node.start_byte)


def one_line(source: Source, node: Node, limit: int = _SHORT) -> str:
    """The node's code on one line, cut in the middle of nothing longer than ``limit``."""
    text = " ".join(source.text(node).decode("utf-8", "replace").split()).replace(" .", ".")
    return text if len(text) <= limit else f"{text[: limit - 2]}.."


def awaited_in_words(source: Source, node: Node) -> str:
    """What is awaited: `` `client.send(..)` ``."""
    inner = node
    if node.type == "await_expression":
        inner = node.named_children[0]
    if inner.type == "yield_expression":
        return "the `yield`"
    if inner.type == "macro_invocation":
        macro = macro_path(inner)
        return f"`{source.text(macro).decode('utf-8', 'replace') if macro else ''}!`"
    call = call_of(inner)
    if call is not None:
        called = method_call(source, inner)
        some = ".." if call.arguments else ""
        receiver = source.text(called.receiver) if called is not None else b""
        if called is not None and (_LOCKED.search(receiver) or len(receiver) > 28):
            return f"`{called.method.decode('utf-8', 'replace')}({some})`"
        if called is not None:
            head = one_line(source, called.receiver)
            return f"`{head}.{called.method.decode('utf-8', 'replace')}({some})`"
        return f"`{one_line(source, call.whole_callee)}({some})`"
    return f"`{one_line(source, inner)}`"


def guard_name(source: Source, scope: GuardScope) -> str:
    """The guard in words: `` `state` `` or "the guard of `self.state`"."""
    if scope.kind in ("let", "pattern", "parameter") and scope.names:
        return " and ".join(f"`{name}`" for name in list(dict.fromkeys(scope.names))[:3])
    locked = lock_call(source, scope.node)
    if locked is not None:
        return f"the guard of `{one_line(source, locked.receiver)}`"
    if scope.kind == "for":
        return f"the iterator `{one_line(source, scope.node)}`"
    return f"the guard of `{one_line(source, scope.node)}`"


def first_await(source: Source, scope: GuardScope) -> tuple[str, int]:
    """The first thing that is awaited with the guard, and its line."""
    node = scope.trace.ordered()[0]
    return awaited_in_words(source, node), await_line(source, node)
