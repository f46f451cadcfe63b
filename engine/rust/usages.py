"""What is done with the value of an expression where it stands: a method is called on it, it is borrowed,
compared, shown, given to a function, named. By syntax alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node

from engine.rust.format_macros import shown_by
from engine.rust.nodes import (
    COMPARISONS,
    access_of,
    arguments_of,
    borrowed,
    call_around,
    callee_name,
    callee_of,
    dereferenced,
    indexed,
    is_callee,
    is_mut,
    method_on,
    operation_of,
)
from engine.rust.statement_nodes import let_of, scrutinee_of
from engine.rust.syntax import Source


class UsageKind(StrEnum):
    """What is done with a value; the examples are of ``x.clone()``."""

    METHOD = "method"  # x.clone().len()
    FIELD = "field"  # x.clone().name
    INDEX = "index"  # x.clone()[0]
    DEREF = "deref"  # *x.clone()
    REF = "ref"  # &x.clone()
    REF_MUT = "ref-mut"  # &mut x.clone()
    FORMAT = "format"  # format!("{}", x.clone())
    COMPARE = "compare"  # x.clone() == y
    ARGUMENT = "argument"  # f(x.clone())
    METHOD_ARGUMENT = "method-argument"  # y.f(x.clone())
    LET = "let"  # let y = x.clone();
    FOR = "for"  # for y in x.clone()
    MATCH = "match"  # match x.clone() {..}
    IF_LET = "if-let"  # if let P = x.clone(), while let P = x.clone()
    VALUE = "value"  # whatever else takes the value: a struct's field, a return, a macro ...


# These give the value names.
NAMING = frozenset({UsageKind.LET, UsageKind.FOR, UsageKind.MATCH, UsageKind.IF_LET})


@dataclass(frozen=True, slots=True)
class Usage:
    """What a value is used for. ``holder`` is the node that takes it: the call, the ``let``,
    the fields read as a whole."""

    kind: UsageKind
    holder: Node
    name: bytes = b""  # the method called on it, the fields read, the function or macro it goes to
    index: int = 0  # which argument, from 0


def usage_of(source: Source, node: Node) -> Usage:
    """What is done with the value of ``node``."""
    child, holder = node, source.parent(node)
    while holder is not None and holder.type == "parenthesized_expression":
        child, holder = holder, source.parent(holder)
    if holder is None:
        return Usage(UsageKind.VALUE, node)
    found = _direct(source, child, holder)
    if found is not None:
        return found
    shown = shown_by(source, node)
    if shown is not None:
        return Usage(UsageKind.FORMAT, shown.macro, shown.name)
    return Usage(UsageKind.VALUE, holder)


def _direct(source: Source, child: Node, holder: Node) -> Usage | None:
    called = method_on(source, child)
    if called is not None:
        return Usage(UsageKind.METHOD, called[1], called[0])
    if access_of(holder) is not None:
        return _fields(source, child, holder)
    if (index := indexed(holder)) is not None and index[0] == child:
        return Usage(UsageKind.INDEX, holder)
    if dereferenced(holder) is not None:
        return Usage(UsageKind.DEREF, holder)
    if borrowed(holder) is not None:
        return Usage(UsageKind.REF_MUT if is_mut(holder) else UsageKind.REF, holder)
    if (operation := operation_of(source, holder)) is not None:
        compared = operation.operator in COMPARISONS
        return Usage(UsageKind.COMPARE, holder, operation.operator) if compared else None
    if (call := call_around(child)) is not None:
        return _argument(source, child, call)
    if (let := let_of(holder)) is not None and let.value == child:
        plain = holder.type == "let_declaration" and let.alternative is None
        return Usage(UsageKind.LET if plain else UsageKind.IF_LET, holder)
    if scrutinee_of(holder) == child:
        return Usage(UsageKind.FOR if holder.type == "for_expression" else UsageKind.MATCH, holder)
    return None


def _fields(source: Source, child: Node, holder: Node) -> Usage:
    """Fields of the clone (``.user.name`` as a whole), up to a method of theirs."""
    while (up := source.parent(holder)) is not None and access_of(up) is not None:
        if is_callee(up):
            break
        holder = up
    return Usage(UsageKind.FIELD, holder, source.data[child.end_byte : holder.end_byte])


def _argument(source: Source, child: Node, call: Node) -> Usage | None:
    name, callee = callee_name(call), callee_of(call)
    if name is None or callee is None:
        return None
    index, text = arguments_of(call).index(child), source.text(name)
    if access_of(callee) is not None:
        return Usage(UsageKind.METHOD_ARGUMENT, call, text, index)
    if text[:1].isupper():
        return None  # a constructor: Some(x), Frame(x)
    return Usage(UsageKind.ARGUMENT, call, text, index)
