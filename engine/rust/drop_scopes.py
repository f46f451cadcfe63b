"""When a value is dropped, by edition: the Rust reference, "Destructors" (drop scopes, temporary
scopes, temporary lifetime extension), as rustc 1.95 does it; a test compares the two.

Answered: where a temporary ends, to which ``let`` one is extended, through whose arms or loop one
lives, whether an expression's value stays a temporary at all. Not answered: what is moved away
before its scope ends (:mod:`engine.rust.control_flow`), and what a macro that is not known here
does with its arguments (None).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.known_calls import LITERAL_MACROS
from engine.rust.nodes import (
    access_of,
    awaited,
    borrowed,
    call_around,
    callee_of,
    dereferenced,
    indexed,
    initialized,
    is_callee,
    is_macro_brackets,
    last_segment,
    macro_name,
    macro_path,
    named_children,
    operation_of,
    outward,
)
from engine.rust.queries import walk
from engine.rust.scopes import scopes_of
from engine.rust.statement_nodes import branches_of, condition_of, let_of, scrutinee_of
from engine.rust.syntax import Source, span_of, walk_all

_LAZY = frozenset({b"&&", b"||"})
_CONDITIONS = frozenset({"let_condition", "let_chain"})
# Blocks whose value is a scope of its own in every edition: bodies, and branches of an ``if``.
_BODIES = frozenset(
    {"function_item", "closure_expression", "async_block", "gen_block", "const_block"}
    | {"if_expression", "else_clause", "while_expression", "loop_expression", "for_expression"}
)
_ITEMS = frozenset({"static_item", "const_item", "field_declaration", "enum_variant"})
# Macros whose arguments' temporaries end inside the call: it makes statements of them.
_ENDING = frozenset(
    {b"print", b"println", b"eprint", b"eprintln", b"format", b"panic", b"todo", b"unreachable"}
    | {b"unimplemented", b"assert", b"debug_assert", b"debug_assert_eq", b"debug_assert_ne"}
    | {b"trace", b"debug", b"info", b"warn", b"error", b"log", b"event", b"bail", b"ensure"}
)
# Macros that become one expression around their arguments, or that may: these live on outside.
_PASSING = frozenset(
    {b"format_args", b"write", b"writeln", b"vec", b"matches", b"dbg", b"assert_eq", b"assert_ne"}
    | {b"anyhow", b"json"}
)
# Their value is made of those of all their parts, or is that of their only one.
_WHOLES = frozenset(
    {"tuple_expression", "array_expression", "type_cast_expression"}
    | {"field_initializer_list", "struct_expression"}
    | {"unsafe_block", "else_clause", "match_block"}
)
# Expressions whose value may stay a temporary; names, fields, ``*x``, ``&x``, ``x[i]`` are none.
_MAKING = frozenset(
    {
        "call_expression",
        "await_expression",
        "try_expression",
        "binary_expression",
        "range_expression",
    }
    | {"tuple_expression", "array_expression", "struct_expression", "closure_expression", "block"}
    | {"if_expression", "match_expression", "loop_expression", "unsafe_block", "async_block"}
    | {"const_block", "gen_block", "try_block"}
)
# std's that make one value, of their arguments alone.
_VALUE_MACROS = frozenset({b"format", b"vec", b"matches"})


@dataclass(frozen=True, slots=True)
class DropScope:
    """Something is dropped where ``span`` ends, after the locals of a block that ends there.

    ``node`` is the code that ``span`` lies in; the two differ where an ``if let`` drops in front of
    its ``else``, and for a local or an extended temporary, which begins inside its block.
    """

    node: Node
    span: Span


# -- temporaries -----------------------------------------------------------------------------------


def temporary_scope(source: Source, node: Node) -> DropScope | None:
    """Where, in the edition of ``source``, a temporary that ``node`` makes is dropped, when no ``let`` extends its life
    (:func:`extending_let`).

    None where that is not known (the arguments of a macro that may do anything with them) or does
    not happen (the value of a ``static``).
    """
    child = node
    for parent in source.ancestors(node):
        kind = parent.type
        if child.parent is None:  # the root of a macro's arguments
            name = macro_name(source, parent)
            if name in _ENDING:
                return _whole(parent)
            if name not in _PASSING:
                return None
        elif kind in _ITEMS:
            return None
        elif kind == "expression_statement":
            if parent.parent is not None and parent.parent.type == "block" and not is_tail(parent):
                return _whole(parent)
        elif kind == "let_declaration":
            let = let_of(parent)
            return _whole(child if let is not None and let.alternative is not None else parent)
        elif kind == "block":
            found = _tail(source, parent, child)
            if found is not None:
                return found
        elif kind in ("match_arm", "closure_expression", "else_clause"):
            return _whole(child)
        elif kind == "for_expression":
            return _whole(parent)
        elif kind in ("if_expression", "while_expression", "match_pattern", "let_chain"):
            found = _condition(source, parent, child)
            if found is not None:
                return found
        elif kind == "binary_expression":
            operation = operation_of(source, parent)
            if operation is not None and operation.operator in _LAZY:
                return _whole(child)
        child = parent
    return None


def held_longer(
    source: Source, macro: Node, whole: Node, plain: Callable[[Span], bool] = lambda _: False
) -> bool:
    """Would temporaries in the arguments of ``macro``, which end with it (``format!``), be held while
    something else runs or is dropped, if ``whole`` were to evaluate these arguments itself?

    ``plain``: is the value of the expression there known to release nothing when it is dropped? (The
    expressions to know it of are those that ``temporaries_held_longer`` gives.)
    """
    return any(
        _is_opaque(source, part) or not plain(span_of(part))
        for part in temporaries_held_longer(source, macro, whole)
    )


def temporaries_held_longer(source: Source, macro: Node, whole: Node) -> Iterator[Node]:
    """The expressions in the arguments of ``macro`` whose values would be dropped later, as
    ``held_longer`` says, if they have something to drop. Calls of macros of which it is not known what
    they make are among them.

    Literals, locals, statics, what is reached through them (fields, dereferences, indexing) and what
    is borrowed from them make no value in passing. Everything else may: calls, operators (perhaps
    overloaded), blocks, tuples and structs into which a local is moved, constants.
    """
    scope = temporary_scope(source, whole)
    known = scope is not None and scope.span.start <= whole.start_byte
    behind = source.data[whole.end_byte : scope.span.end] if scope is not None else b""
    if not known or behind.strip(b"; \t\r\n"):
        yield from temporaries_in(source, macro)


def temporaries_in(source: Source, macro: Node) -> Iterator[Node]:
    """The expressions in the arguments of ``macro`` that make values in passing. What is awaited is none:
    the future goes with its ``.await``, and leaves its output."""
    every = list(walk_all(source, macro))
    named = (part for part in every if macro_name(source, part) in LITERAL_MACROS)
    texts = [span_of(part) for part in named if not _is_opaque(source, part)]
    for part in every:
        up = outward(part).parent
        if part == macro or (up is not None and awaited(up) is not None):
            continue
        if any(part != macro and span_of(part) in text for text in texts):
            continue
        if _makes_temporary(source, part):
            yield part


def _makes_temporary(source: Source, part: Node) -> bool:
    """Is it an expression that is no place, no borrow and no literal?"""
    kind = part.type
    if kind == "macro_invocation":
        return macro_name(source, part) not in LITERAL_MACROS or _is_opaque(source, part)
    if kind in ("identifier", "scoped_identifier"):
        return _may_be_constant(source, part)
    if kind == "unary_expression":
        return dereferenced(part) is None
    return kind in _MAKING and not is_macro_brackets(part)


def _is_opaque(source: Source, part: Node) -> bool:
    """Is it a call of a macro that may make anything in passing?"""
    if part.type != "macro_invocation":
        return False
    name = macro_name(source, part)
    if name not in LITERAL_MACROS | _VALUE_MACROS:
        return True
    return re.search(rb"macro_rules!\s*" + re.escape(name) + rb"(?!\w)", source.data) is not None


def _may_be_constant(source: Source, path: Node) -> bool:
    """May the path be that of a constant, each use of which is a new value? (A unit struct's is.)"""
    name, holder = last_segment(source.text(path)), path.parent
    if holder is None or holder.type in ("token_tree", "scoped_identifier", "generic_type"):
        return False  # read once more as Rust; a part of a longer path
    if is_callee(path) or macro_path(holder) == path:
        return False
    if not name[:1].isupper() and path.type == "identifier" and not _is_brought(source, path, name):
        return False
    return re.search(rb"(?<!\w)static\s+(?:mut\s+)?" + name + rb"\s*:", source.data) is None


def _is_brought(source: Source, node: Node, name: bytes) -> bool:
    """Is it no local, but a constant of the file or what a ``use`` may bring in?"""
    function = source.fn_item_of(node)
    if function is not None and scopes_of(source, function).binding_at(node) is not None:
        return False
    defined = re.search(rb"(?<!\w)(?:const|use)\s[^;=]*(?<!\w)" + name + rb"(?!\w)", source.data)
    return defined is not None


def _whole(node: Node) -> DropScope:
    return DropScope(node, span_of(node))


def _tail(source: Source, block: Node, tail: Node) -> DropScope | None:
    """Where the temporaries of a block's tail end; None: with those of the expression around."""
    if source.edition >= 2024:
        return _whole(tail)
    holder = block.parent
    if holder is None or holder.type not in _BODIES or scrutinee_of(holder) == block:
        return None
    return _whole(block)


def _condition(source: Source, holder: Node, child: Node) -> DropScope | None:
    """Where the temporaries of a condition end; None: with those of the expression around.

    ``child`` is the part of ``holder`` that makes them.
    """
    if child.type not in _CONDITIONS:
        return _whole(child)  # a bool: nothing of it is needed afterwards
    if holder.type == "while_expression":
        return _whole(holder)  # each round's are dropped before the next one
    if holder.type == "match_pattern" and holder.parent is not None:
        return _whole(holder.parent)
    branches = branches_of(holder)
    if branches is None or source.edition < 2024:
        return None
    return DropScope(holder, Span(holder.start_byte, branches.consequence.end_byte))


def is_tail(statement: Node) -> bool:
    """Is this a block's tail expression?

    An ``if``, a ``match``, a loop or a block at the end of a block is one, although the grammar
    calls it a statement.
    """
    block = statement.parent
    if block is None or block.type != "block" or statement.type == "let_declaration":
        return False
    ended = bool(statement.children) and statement.children[-1].type == ";"
    return not ended and named_children(block)[-1] == statement


def held_through(source: Source, node: Node, scope: DropScope) -> Node | None:
    """The outermost ``match``, ``for``, ``if let`` or ``while let`` inside ``scope`` that looks at
    something made from ``node``: its arms or its body run while the temporary lives."""
    found: Node | None = None
    child = node
    for parent in source.ancestors(node):
        if child == scope.node:
            break
        looked_at = scrutinee_of(parent) == child
        if looked_at or (child.type in _CONDITIONS and condition_of(parent) == child):
            found = parent
        child = parent
    return found


# -- values that stay temporaries ------------------------------------------------------------------


def is_place(node: Node) -> bool:
    """Is the value of ``node`` only looked into (``x.f()``, ``x.a``, ``*x``, ``&x``, ``x[0]``), so
    that it stays a temporary? (A method that takes ``self`` moves it all the same.)"""
    child = outward(node)
    parent = child.parent
    if parent is None:
        return False
    access = access_of(parent)
    if access is not None:
        return access.base == child
    index = indexed(parent)
    if index is not None:
        return index[0] == child
    return child in (dereferenced(parent), borrowed(parent))


def binds_by_reference(pattern: Node) -> bool:
    """Does the pattern say ``ref``?"""
    return any(child.type == "ref" for node in walk(pattern) for child in node.children)


def extending_let(source: Source, node: Node) -> Node | None:
    """The ``let`` to the end of whose block a temporary that ``node`` makes lives on:
    ``let x = &m.lock().unwrap().field;``.

    Fields, dereferences and indexing pass that on to a borrow (or to a ``ref`` in the pattern); a
    method call does not. The borrow may stand in a tuple, an array, a struct, a cast, a call of a
    tuple struct or variant (since Rust 1.89), a block's tail or a branch (since 1.79).
    """
    child = outward(node)
    parent = child.parent
    while parent is not None and parent.type != "reference_expression" and is_place(child):
        if is_callee(parent):
            return None
        child = outward(parent)
        parent = child.parent
    lent = parent is not None and parent.type == "reference_expression"
    while (parent is not None and lent) and (borrowed(parent) or is_part(source, parent, child)):
        child = outward(parent)
        parent = child.parent
    let = let_of(parent) if parent is not None and parent.type == "let_declaration" else None
    if let is None or let.value != child:
        return None
    return parent if lent or binds_by_reference(let.pattern) else None


def is_part(source: Source, parent: Node, child: Node) -> bool:
    """Is the value of ``child`` a part of the value of ``parent``, or that value itself: an element
    of a tuple, a field, a variant's content, a block's tail, a branch?"""
    match parent.type:
        case "block":
            return child.type != "expression_statement" and named_children(parent)[-1] == child
        case "expression_statement":
            return is_tail(parent)
        case "if_expression":
            return condition_of(parent) != child
        case "match_expression":
            return scrutinee_of(parent) != child
        case "match_arm":
            return child.type != "match_pattern"
        case "arguments":
            call = call_around(child)
            return call is not None and _is_constructor(source, call)
        case "call_expression":
            return _is_constructor(source, parent)
        case "field_initializer":
            named = initialized(parent)
            return named is not None and named[1] == child
        case kind:
            return kind in _WHOLES


def _is_constructor(source: Source, call: Node) -> bool:
    callee = callee_of(call)
    name = last_segment(source.text(callee)) if callee is not None else b""
    return name[:1].isupper()


# -- locals ----------------------------------------------------------------------------------------


def let_scope(let: Node) -> DropScope | None:
    """Where what a ``let`` binds (or extends) is dropped: at the end of its block, the latest
    first."""
    block = let.parent
    return DropScope(block, Span(let.start_byte, block.end_byte)) if block is not None else None
