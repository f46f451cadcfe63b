"""Raw pointers and handles: is one to a value kept, so that the value must stay where it is?

rustc does not tell: ``let p = name.as_ptr(); give_away(name); unsafe { read(p) }`` compiles. By the
names that std gives to what makes one (``as_ptr``, ``as_raw_fd``), ``&raw``, ``addr_of!`` and casts;
a pointer that a call only gets as its argument is taken not to be kept.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.item_nodes import type_of
from engine.rust.nodes import (
    access_of,
    borrowed,
    call_of,
    has_token,
    last_segment,
    let_of,
    macro_name,
)
from engine.rust.places import Local
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of

_POINTERS = re.compile(rb"as_(?:mut_)?ptr(?:_range)?|as_non_null|as_raw(?:_\w+)?|addr_of(?:_mut)?")


def kept_pointer(source: Source, scopes: Scopes, local: Local, before: Node) -> Span | None:
    """A use of ``local`` in front of ``before`` that makes a raw pointer or handle which may be used
    behind it."""
    for use in local.uses:
        if use.span.start >= before.start_byte or use.capture:
            continue
        root = source.innermost(use.span)
        statement = source.statement_of(root)
        if statement is None or not _makes_pointer(source, root, statement):
            continue
        let = let_of(statement)
        if let is None:
            kept = _assigns(statement)
        else:
            bound = (b for b in scopes.bindings if b.decl in span_of(let.pattern))
            kept = any(u.span.start >= before.start_byte for b in bound for u in scopes.uses(b))
        if kept:
            return use.span
    return None


def _makes_pointer(source: Source, root: Node, statement: Node) -> bool:
    """Is ``root`` made into a raw pointer or handle within its statement?"""
    let = let_of(statement)
    if let is not None and let.type is not None and let.type.type == "pointer_type":
        return True
    child = root
    for up in source.ancestors(root):
        if child == statement:
            return False
        call = call_of(up)
        if call is not None:
            access = access_of(call.callee)
            name = access.name if access is not None else call.callee
            if _POINTERS.fullmatch(last_segment(source.text(name))):
                return True
        elif up.type == "macro_invocation":
            if _POINTERS.fullmatch(macro_name(source, up)):
                return True
        elif up.type == "type_cast_expression":
            cast = type_of(up)
            if cast is not None and cast.type == "pointer_type":
                return True
        elif borrowed(up) is not None and has_token(up, "raw"):
            return True
        child = up
    return False


def _assigns(statement: Node) -> bool:
    inner = statement.named_children[:1]
    return bool(inner) and inner[0].type == "assignment_expression"
