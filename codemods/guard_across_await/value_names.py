"""Names for values that are taken out of a lock."""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust.locks import lock_call
from engine.rust.nodes import access_of, call_of, indexed, method_call
from engine.rust.scopes import pattern_names
from engine.rust.syntax import Source

_FOUND = {
    b"get": b"found",
    b"get_mut": b"found",
    b"find": b"found",
    b"first": b"first",
    b"last": b"last",
    b"remove": b"removed",
    b"take": b"taken",
    b"replace": b"previous",
    b"insert": b"previous",
    b"pop": b"next",
    b"pop_front": b"next",
    b"pop_back": b"next",
    b"pop_first": b"next",
    b"pop_last": b"next",
    b"next": b"next",
    b"contains": b"known",
    b"contains_key": b"known",
    b"drain": b"drained",
    b"keys": b"keys",
    b"values": b"values",
    b"len": b"len",
    b"split_off": b"rest",
}
_AT = {b"0": b"first", b"1": b"second", b"2": b"third"}
# Methods that hand on what they are called on, in another form.
_SAME = frozenset(
    {b"clone", b"cloned", b"copied", b"to_owned", b"to_string", b"to_vec", b"unwrap", b"expect"}
    | {b"unwrap_or", b"unwrap_or_default", b"unwrap_or_else", b"as_ref", b"as_mut", b"as_deref"}
    | {b"iter", b"iter_mut", b"into_iter", b"collect", b"ok", b"ok_or", b"ok_or_else", b"map"}
    | {b"filter", b"as_str", b"as_slice", b"as_deref_mut", b"values_mut", b"upgrade", b"map_err"}
    | {b"value", b"key", b"and_then", b"borrow", b"borrow_mut", b"max", b"min", b"into", b"rev"}
    | {b"context", b"with_context", b"enumerate", b"filter_map", b"skip", b"copied", b"downgrade"}
)
_KEYWORDS = frozenset(
    b"as async await box break const continue crate do dyn else enum extern false fn final for gen "
    b"if impl in let loop macro match mod move mut override priv pub ref return self static struct "
    b"super trait true try type typeof unsafe unsized use virtual where while yield".split()
)


def _plain(method: bytes) -> bytes:
    """``get_path``, ``path_of``, ``to_path``: a path."""
    return method.removeprefix(b"get_").removeprefix(b"to_").removesuffix(b"_of") or method


_NAME = re.compile(rb"[a-z_][a-z0-9_]*\Z")


def suggest(source: Source, node: Node) -> bytes:
    """A word for the value of ``node``, read off its chain; ``value`` when it offers none."""
    current: Node | None = node
    while current is not None:
        word = b""
        found = method_call(source, current)
        locked = lock_call(source, current)
        if locked is not None and locked.call == current:
            current = locked.receiver
            continue
        if found is not None:
            receiver, method, _ = found
            if method in _SAME:
                current = receiver
                continue
            word = _FOUND.get(method, _plain(method))
        elif (access := access_of(current)) is not None:
            word = source.text(access.name)
            if word.isdigit():
                current = access.base
                continue
        elif (element := indexed(current)) is not None and element[0].type == "identifier":
            word = _AT.get(source.text(element[1]), b"found")
        elif current.type == "identifier":
            word = source.text(current).lower()
        elif current.type == "scoped_identifier":
            word = source.text(current).rpartition(b"::")[2].lower()
        elif current.type == "macro_invocation" and source.text(current).startswith(b"format!"):
            word = b"text"
        elif (call := call_of(current)) is not None:
            word = source.text(call.whole_callee).rpartition(b"::")[2].lower()
        elif current.named_children and current.type != "binary_expression":
            current = current.named_children[0]
            continue
        usable = _NAME.match(word) is not None and word not in _KEYWORDS
        return word if usable else b"value"
    return b"value"


def pattern_name(source: Source, pattern: Node | None) -> bytes | None:
    """The one name that the pattern binds."""
    names = [source.text(n) for n in pattern_names(pattern)] if pattern is not None else []
    names = [n for n in names if _NAME.match(n)]
    return names[0] if len(names) == 1 and not names[0].startswith(b"_") else None
