"""Copies of an ``Option`` or a ``Result`` that are opened at once: ``x.clone().unwrap()`` copies what is
inside, and the same steps behind ``x.as_ref()`` give a reference to it.

By syntax and the names of std's methods alone: that ``x`` is an ``Option`` (or, where the steps allow it,
a ``Result``), types tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from tree_sitter import Node

from engine.rust.copies import TO_TEXT, Clone
from engine.rust.nodes import (
    bare,
    call_of,
    callee_name,
    method_call,
    method_on,
    outward,
    tried,
)
from engine.rust.per_source import per_source
from engine.rust.syntax import Source

_TEXTS = ("string_literal", "raw_string_literal")


class Lent(StrEnum):
    """What stands for the value inside: a reference to it, or the view that it derefs to."""

    REFERENCE = "as_ref"
    VIEW = "as_deref"


@dataclass(frozen=True, slots=True)
class Opened:
    """``clone``: as if the opened value were what is copied, ``x.as_ref().unwrap()`` what it is copied of.
    ``option_only``: it is another thing on a ``Result``."""

    clone: Clone
    lent: Lent
    option_only: bool


@per_source
def opened(source: Source, clone: Clone) -> Opened | None:
    """The copy with the steps that open it; None where it is not opened at once, or in a way that needs
    the value itself."""
    if clone.word != b"clone" or clone.path or clone.seen_as:
        return None
    node, steps, failing = clone.node, b"", False
    while (called := method_on(source, outward(node))) is not None:
        name, call = called
        step = _step(source, name, call)
        if step is None or (failing and name not in (b"unwrap", b"expect")):
            return None
        lent, written = step
        steps, node = steps + written, call
        if not name.startswith(b"ok_or"):
            return _made(clone, node, lent, steps, failing)
        failing = True
    up = source.parent(outward(node))
    if up is None or tried(up) is None:
        return None
    return _made(clone, up, Lent.REFERENCE, steps + b"?", True)


def _made(clone: Clone, node: Node, lent: Lent, steps: bytes, option_only: bool) -> Opened | None:
    source, called, name = (
        clone.source,
        method_call(clone.source, clone.node),
        callee_name(clone.node),
    )
    if called is None or name is None:
        return None
    place = source.data[called.receiver.start_byte : name.start_byte]
    text = place + lent.value.encode() + b"()" + steps
    return Opened(replace(clone, node=node, seen_as=text), lent, option_only)


def _step(source: Source, name: bytes, call: Node) -> tuple[Lent, bytes] | None:
    """How the method opens what it is called on, and what stands for the call behind a reference."""
    parts = method_call(source, call)
    if parts is None:
        return None
    written = source.data[parts.receiver.end_byte : call.end_byte]
    match name, parts.arguments:
        case (b"unwrap", ()) | (b"expect", (_,)) | (b"ok_or" | b"ok_or_else", (_,)):
            return Lent.REFERENCE, written
        case b"unwrap_or_default", ():
            return Lent.VIEW, written
        case b"unwrap_or", (given,) if (text := literal_of(source, given)) is not None:
            return Lent.VIEW, b".unwrap_or(" + text + b")"
    return None


def literal_of(source: Source, given: Node) -> bytes | None:
    """``"x"`` of ``"x".to_string()`` and ``String::from("x")``."""
    method, call = method_call(source, given), call_of(given)
    text: Node | None = None
    if method is not None and (method.method in TO_TEXT or method.method == b"into"):
        text = bare(method.receiver) if not method.arguments else None
    elif call is not None and source.text(call.callee) == b"String::from":
        text = call.arguments[0] if len(call.arguments) == 1 else None
    return source.text(text) if text is not None and text.type in _TEXTS else None
