"""Is a local's value moved away, and on every path, before the end of the block that it stands in?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from tree_sitter import Node

from codemods.guard_across_await.flow import takes_value
from codemods.guard_across_await.lifetimes import is_callee, unwrapped
from codemods.guard_across_await.suspend import macro_name
from engine.base.model import Span
from engine.rust.scopes import pattern_names
from engine.rust.syntax import FUNCTIONS, Source

Moved = Literal["always", "sometimes", "never"]

# Methods that take ``self``, by std's naming rules (``into_``) and by what everybody knows.
_BY_VALUE = re.compile(
    rb"into_\w+|unwrap(?:_\w+)?|expect(?:_err)?|join|collect|partition|for_each|fold|sum|count"
    rb"|map|and_then|or_else|filter|filter_map|flat_map|chain|zip|rev|ok|err|ok_or(?:_else)?|concat"
)
_OPERATORS = frozenset({b"+", b"-", b"*", b"/", b"%", b"&", b"|", b"^", b"<<", b">>"})
_BRANCHES = frozenset({"match_arm", "else_clause"}) | FUNCTIONS


def moved(source: Source, uses: Iterable[Span], block: Node) -> Moved:
    """What becomes of the value of a name of ``block`` that is used at ``uses``."""
    gone = [node for use in uses if (node := _moves(source, source.innermost(use))) is not None]
    if any(_always(source, node, block) for node in gone):
        return "always"
    return "sometimes" if gone else "never"


def _moves(source: Source, node: Node) -> Node | None:
    """What moves the value of the identifier ``node``: where it is evaluated, that is gone."""
    captor = _captor(source, node)
    if captor is not None or takes_value(source, node):
        return captor if captor is not None else node
    child, parent = unwrapped(node)
    if parent is None:
        return None
    match parent.type:
        case "tuple_expression" | "array_expression":  # a macro's arguments: mostly borrowed
            macro = source.enclosing(parent, ["macro_invocation"])
            return node if macro is not None and macro_name(source, macro) == b"vec" else None
        case "for_expression" | "match_expression" | "let_condition":
            if parent.child_by_field_name("value") != child:
                return None
            return node if parent.type == "for_expression" or _binds(source, parent) else None
        case "await_expression" | "try_expression" | "base_field_initializer":
            return node
        case "unary_expression":
            return node if parent.children[0].type != "*" else None
        case "binary_expression":
            sign = parent.child_by_field_name("operator")
            return node if sign is not None and source.text(sign) in _OPERATORS else None
        case "field_expression" if is_callee(parent):
            method = parent.child_by_field_name("field")
            named = method is not None and _BY_VALUE.fullmatch(source.text(method))
            return node if named else None
        case _:
            return None


def _captor(source: Source, node: Node) -> Node | None:
    """The ``move`` closure or block that takes the value along."""
    for ancestor in source.ancestors(node):
        if ancestor.type in FUNCTIONS and any(c.type == "move" for c in ancestor.children):
            return ancestor
        if ancestor.type == "function_item":
            return None
    return None


def _binds(source: Source, node: Node) -> bool:
    """Does a pattern of this ``match`` or ``let`` condition bind parts of the value by value?"""
    body = node.child_by_field_name("body")
    arms = body.named_children if body is not None else [node]
    patterns = (arm.child_by_field_name("pattern") for arm in arms)
    found = [n for p in patterns if p is not None for n in pattern_names(p)]
    taken = (n for n in found if n.parent is None or n.parent.type != "ref_pattern")
    return any(source.text(n)[:1].islower() for n in taken)


def _always(source: Source, node: Node, block: Node) -> bool:
    """Is ``node`` evaluated whenever the statements of ``block`` are run to the end?"""
    child = node
    for ancestor in source.ancestors(node):
        if ancestor == block:
            return True
        if ancestor.type in _BRANCHES:
            return False
        if ancestor.type in ("if_expression", "while_expression"):
            if ancestor.child_by_field_name("condition") != child:
                return False
        elif ancestor.type == "for_expression":
            if ancestor.child_by_field_name("value") != child:
                return False
        elif ancestor.type == "binary_expression":
            sign = ancestor.child_by_field_name("operator")
            lazy = sign is not None and source.text(sign) in (b"&&", b"||")
            if lazy and ancestor.child_by_field_name("right") == child:
                return False
        child = ancestor
    return False
