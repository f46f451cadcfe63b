"""Texts that are appended to another one, by syntax: ``s.push_str(x)``, ``String::push_str(&mut s, x)``,
``s += x``, ``s = s + x`` and ``f.write_str(x)``; and how a value is appended without a formatter. Whether ``s`` is a
``String`` or a ``Formatter`` is for types to tell.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tree_sitter import Node

from engine.rust.codegen import lent_at, operand_at
from engine.rust.format_macros import FormatCall
from engine.rust.nodes import borrowed, call_around, call_of, method_call, operation_of
from engine.rust.places import place_of
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, span_of
from engine.rust.types import Type

# A literal of one character, but for `\\x` and `\\u`.
_CHARACTER = re.compile(
    rb'"((?:[\x20\x21\x23-\x5b\x5d-\x7f]|[\xc2-\xf4][\x80-\xbf]+|\\[nrt0\\"\']))"'
)


class Append(NamedTuple):
    """``whole`` appends a text to ``target``."""

    whole: Node
    target: Node


def appended(source: Source, text: Node) -> Append | None:
    """The expression that appends ``text``, which stands in it as it is (``&`` and views are its own)."""
    up = text.parent
    call = call_around(text)
    if call is not None:
        return _by_call(source, call, text)
    added = operation_of(source, up) if up is not None else None
    if up is None or added is None or added.right != text:
        return None
    if added.operator == b"+=":
        return Append(up, added.left)
    assigned = operation_of(source, up.parent) if up.parent is not None else None
    if up.parent is None or assigned is None or (added.operator, assigned.operator) != (b"+", b"="):
        return None
    place = place_of(source, assigned.left)
    same = source.text(assigned.left) == source.text(added.left) and assigned.right == up
    return Append(up.parent, assigned.left) if same and place and place.simple else None


def added_to_parameter(source: Source, text: Node) -> Append | None:
    """``a + text`` where that is all that a closure ``|a, ..|`` makes, as for ``fold``; to ``a``."""
    up, function = text.parent, source.fn_item_of(text)
    added = operation_of(source, up) if up is not None else None
    if up is None or added is None or function is None or added.right != text:
        return None
    if added.operator != b"+" or added.left.type != "identifier":
        return None
    to = scopes_of(source, function).resolve(source.text(added.left), added.left.start_byte)
    alone = up.parent is not None and up.parent.type == "block" and up.parent.named_children == [up]
    body = up.parent if alone and up.parent is not None else up
    named = to is not None and to.kind == "closure-param" and to.plain and to.scope == span_of(body)
    return Append(up, added.left) if named else None


def _by_call(source: Source, call: Node, text: Node) -> Append | None:
    method, parts = method_call(source, call), call_of(call)
    if method is not None:
        named = method.method in (b"push_str", b"write_str") and method.arguments == (text,)
        return Append(call, method.receiver) if named else None
    if parts is None or len(parts.arguments) != 2 or parts.arguments[1] != text:
        return None
    path = b"".join(source.text(parts.callee).split())
    to = parts.arguments[0]
    named = path == b"String::push_str" or path.endswith(b"::String::push_str")
    return Append(call, borrowed(to) or to) if named else None


def pushed(
    source: Source, call: FormatCall, type_: Type | None, writes: bool = False
) -> tuple[bytes, bytes] | None:
    """The method of ``String``, and its argument, that append what a ``format!`` makes as it stands: a
    template without placeholders, or a character, or what derefs to a text, of ``type_``, that it
    shows alone. None for anything else. ``writes``: the method of ``fmt::Write`` that takes texts."""
    template, span = call.template, call.alone
    if template is not None and not template.placeholders and not call.arguments:
        text = template.literal(source)
        one = _CHARACTER.fullmatch(text)
        quote = {b"'": b"\\'", b'\\"': b'"'}
        if one and not writes:
            return b"push", b"'%b'" % quote.get(one[1], one[1])
        return (b"write_str" if writes else b"push_str"), text
    if span is None or type_ is None:
        return None
    depth, base = type_.behind_refs()
    if base.name == "char" and not writes:
        value, lent = lent_at(source, span)
        return b"push", b"*" * (depth - lent) + value if depth > lent else value
    value = operand_at(source, span)
    if all(step.name != "str" for step in type_.deref_chain()):
        return None
    method = b"write_str" if writes else b"push_str"
    return method, source.slice(span) if depth else b"&" + value
