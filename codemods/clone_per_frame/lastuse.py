"""Is this the last use? What rustc would say to a move, told beforehand from syntax.

rustc has the last word (E0382, E0505, E0507, E0509); this only has to be right mostly, and to say
in words what stands in the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.scopes import Scopes
from engine.rust.syntax import COMMENTS, Source, span_of

from .places import Local, Place, barriers, is_temporary, local_of
from .shapes import Clone

# Functions that run the closure given to them once, and take it by value.
_ONCE = frozenset(
    b"spawn spawn_blocking spawn_local spawn_on spawn_blocking_on scope unwrap_or_else or_else"
    b" ok_or_else map_err get_or_insert_with or_insert_with get_or_init"
    b" block_in_place catch_unwind defer".split()
)
# ... and those that do so on an Option or a Result, not on an iterator.
_ONCE_ON_OPTION = frozenset(
    b"map and_then map_or map_or_else is_some_and is_ok_and inspect filter then".split()
)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why the value cannot be moved here. ``line`` counts from 1, 0 when there is none."""

    kind: str  # "used", "loop", "closure", "place", "borrowed"
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Movable:
    """The value may be moved. ``option`` is the receiver of the combinator whose closure holds the
    clone: it must be an Option or a Result."""

    option: Node | None = None


def movable(clone: Clone, place: Place, scopes: Scopes) -> Movable | Blocked:
    """May the cloned place be moved out of instead?"""
    source = clone.source
    name = clone.name
    if is_temporary(place):
        return Movable()
    if not place.simple:
        return Blocked("place", f"`{name}` lies behind an index, a dereference or a call")
    local = local_of(source, scopes, place)
    if local is None:
        if place.root.type == "self":
            return Blocked("place", f"`{name}` belongs to `self`, which is only borrowed here")
        return Blocked("place", f"`{name}` is no local variable")
    if local.borrowed:
        return Blocked("place", f"`{name}` is only a reference here")
    again = _assigned_next(clone, place, local)
    option: Node | None = None
    if not again:
        for barrier in barriers(source, clone.node, local):
            match barrier.type:
                case "closure_expression":
                    once = _runs_once(source, barrier)
                    if once is None:
                        return Blocked(
                            "closure",
                            f"the closure at line {_line(source, barrier.start_byte)} captures "
                            f"`{name}` and may run more than once",
                        )
                    if once.option is not None:
                        option = once.option
                case "async_block":
                    pass  # runs once
                case _:
                    if not _leaves(source, clone.node, barrier):
                        return Blocked(
                            "loop",
                            f"`{place_root(place, source)}` is declared outside the loop at line "
                            f"{_line(source, barrier.start_byte)} and the next round needs it",
                            _line(source, barrier.start_byte),
                        )
        later = _later_use(clone, place, local)
        if later is not None:
            line = _line(source, later.start)
            where = "in a format string " if later in local.captures else ""
            return Blocked("used", f"`{name}` is used again {where}at line {line}", line)
    held = _held_in_statement(clone, place, local)
    if held is not None:
        return Blocked("borrowed", f"the same expression borrows `{local.name.decode()}`", 0)
    return Movable(option)


def place_root(place: Place, source: Source) -> str:
    return source.text(place.root).decode("utf-8", "replace")


def _line(source: Source, offset: int) -> int:
    return source.position(offset)[0]


# -- closures --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Once:
    option: Node | None


def _runs_once(source: Source, closure: Node) -> _Once | None:
    """Is the closure handed to something that runs it at most once?"""
    arguments = source.parent(closure)
    call = source.parent(arguments) if arguments is not None else None
    if arguments is None or arguments.type != "arguments" or call is None:
        return None
    function = call.child_by_field_name("function")
    if function is None:
        return None
    if function.type == "generic_function":
        function = function.child_by_field_name("function") or function
    if function.type == "field_expression":
        field = function.child_by_field_name("field")
        name = source.text(field) if field is not None else b""
        if name in _ONCE:
            return _Once(None)
        if name in _ONCE_ON_OPTION:
            return _Once(function.child_by_field_name("value"))
        return None
    named = function.child_by_field_name("name") or function
    return _Once(None) if source.text(named) in _ONCE else None


# -- later uses ------------------------------------------------------------------------------


def _later_use(clone: Clone, place: Place, local: Local) -> Span | None:
    """The first use of what is cloned that may run after the clone."""
    source = clone.source
    for use in local.uses:
        if use.start < clone.node.end_byte or not use.start < local.scope.end:
            continue
        node = source.innermost(use)
        if use not in local.captures and _disjoint(source, node, place.fields):
            continue
        if not _apart(source, clone.node, node) and not _diverges_before(source, clone.node, node):
            return use
    return None


def _disjoint(source: Source, root: Node, fields: tuple[bytes, ...]) -> bool:
    """Does the use of the root name another field than the one that is moved?"""
    node = root
    for field in fields:
        up = source.parent(node)
        if up is not None and up.type == "base_field_initializer":
            return field in _listed(source, up)
        if up is None or up.type != "field_expression" or up.child_by_field_name("value") != node:
            return False
        call = up.parent
        called = call is not None and call.type == "call_expression"
        if call is not None and called and call.child_by_field_name("function") == up:
            return False  # a method of the whole value
        name = up.child_by_field_name("field")
        if name is not None and source.text(name) != field:
            return True
        node = up
    return False


def _listed(source: Source, base: Node) -> frozenset[bytes]:
    """The fields that a struct's literal gives itself, so that ``..base`` is not asked for them."""
    literal = base.parent
    named = (
        n.child_by_field_name("field") if n.type == "field_initializer" else n.named_child(0)
        for n in (literal.named_children if literal is not None else ())
        if n.type in ("field_initializer", "shorthand_field_initializer")
    )
    return frozenset(source.text(n) for n in named if n is not None)


def _path_up(source: Source, node: Node) -> list[Node]:
    return [node, *source.ancestors(node)]


def _apart(source: Source, first: Node, second: Node) -> bool:
    """Do the two stand in different branches of one if or match (so that only one of them runs)?"""
    above = {(n.id, n.start_byte): i for i, n in enumerate(_path_up(source, first))}
    way = _path_up(source, second)
    lineage = _path_up(source, first)
    for position, node in enumerate(way):
        index = above.get((node.id, node.start_byte))
        if index is None:
            continue
        if index == 0 or position == 0:
            return False
        left, right = lineage[index - 1], way[position - 1]
        if node.type == "match_block":
            return left != right
        if node.type == "if_expression":
            taken = node.child_by_field_name("consequence")
            other = node.child_by_field_name("alternative")
            return {left, right} == {taken, other}
        return False
    return False


def _diverges_before(source: Source, first: Node, second: Node) -> bool:
    """Does control leave (return, break, continue) after ``first`` and before ``second``?"""
    way = {(n.id, n.start_byte) for n in _path_up(source, second)}
    for node in _path_up(source, first):
        if (node.id, node.start_byte) in way:
            return False
        if node.type in ("return_expression", "break_expression"):
            return _inside_loop_both(source, node, second)
        if node.type == "block" and (last := _leaving_end(node)) is not None:
            return _inside_loop_both(source, last, second)
        if node.type in ("closure_expression", "async_block", "function_item"):
            return False
    return False


def _inside_loop_both(source: Source, leaving: Node, second: Node) -> bool:
    """A return always leaves; break and continue leave for uses that stand in the same loop."""
    if leaving.type == "return_expression":
        return True
    loop = source.enclosing(leaving, ("for_expression", "while_expression", "loop_expression"))
    return loop is not None and span_of(second) in span_of(loop)


def _leaving_end(block: Node) -> Node | None:
    """The return, unlabelled break or continue that ends a block. A label may lead to anywhere."""
    inner = [c for c in block.named_children if c.type not in COMMENTS]
    if not inner:
        return None
    last = inner[-1]
    if last.type == "expression_statement" and last.named_children:
        last = last.named_children[0]
    if last.type in ("break_expression", "continue_expression"):
        return None if any(child.type == "label" for child in last.children) else last
    return last if last.type == "return_expression" else None


def _leaves(source: Source, node: Node, loop: Node) -> bool:
    """Does control leave ``loop`` for good after ``node``?"""
    for current in _path_up(source, node):
        if current == loop:
            return False
        if current.type == "return_expression":
            return True
        if current.type == "break_expression":
            nearest = source.enclosing(current, ("for_expression", "while_expression", loop.type))
            return nearest == loop and not any(c.type == "label" for c in current.children)
        if current.type == "block":
            inner = [c for c in current.named_children if c.type not in COMMENTS]
            last = inner[-1] if inner else current
            if last.type == "expression_statement" and last.named_children:
                last = last.named_children[0]
            if last.type == "return_expression":
                return True
            if last.type == "break_expression" and not last.named_children:
                nearest = source.enclosing(
                    last, ("for_expression", "while_expression", "loop_expression")
                )
                return nearest == loop
        if current.type in ("closure_expression", "async_block", "function_item"):
            return False
    return False


# -- a new value afterwards ------------------------------------------------------------------


def _assigned_next(clone: Clone, place: Place, local: Local) -> bool:
    """``x = f(x.clone())``, or ``f(x.clone()); x = ..;`` in one block with no use between."""
    source = clone.source
    if place.fields or local.kind == "for":
        return False
    statement = source.statement_of(clone.node)
    if statement is None:
        return False
    for crossing in source.ancestors(clone.node):
        if crossing == statement:
            break
        if crossing.type in ("closure_expression", "async_block", "block", "if_expression"):
            return False
    if _assigns(source, statement, local):
        return True
    following = statement.next_named_sibling
    while following is not None:
        span = span_of(following)
        if _assigns(source, following, local):
            expression = following.named_children[0]
            value = expression.child_by_field_name("right")
            inside = span_of(value) if value is not None else span
            return not any(use in inside for use in local.uses)
        if any(use in span for use in local.uses) or _may_leave(source, following):
            return False
        following = following.next_named_sibling
    return False


def _assigns(source: Source, statement: Node, local: Local) -> bool:
    if statement.type != "expression_statement" or not statement.named_children:
        return False
    expression = statement.named_children[0]
    if expression.type != "assignment_expression":
        return False
    left = expression.child_by_field_name("left")
    return left is not None and span_of(left) in local.uses


def _may_leave(source: Source, statement: Node) -> bool:
    text = source.text(statement)
    return any(word in text for word in (b"?", b"return", b"break", b"continue"))


# -- borrowed in the same expression -----------------------------------------------------------


def _held_in_statement(clone: Clone, place: Place, local: Local) -> Span | None:
    """An earlier use in the same expression that still holds a borrow when the clone runs:
    ``x.insert(x.clone())``, ``f(&x, x.clone())``."""
    source = clone.source
    statement = source.statement_of(clone.node)
    if statement is None:
        return None
    around = _path_up(source, clone.node)
    for use in local.uses:
        if not (statement.start_byte <= use.start < clone.node.start_byte):
            continue
        node = source.innermost(use)
        if place.fields and _disjoint(source, node, place.fields):
            continue
        up = source.parent(node)
        if up is not None and up.type == "reference_expression":
            call = next((a for a in source.ancestors(up) if a.type == "call_expression"), None)
            if call is not None and call in around:
                return use
        chain = node
        while up is not None and up.type in ("field_expression", "try_expression"):
            if up.type == "field_expression" and up.child_by_field_name("value") != chain:
                break
            chain, up = up, source.parent(up)
        if up is not None and up.type == "call_expression" and up in around and chain != node:
            return use
    return None
