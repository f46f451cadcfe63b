"""From a lock call to its guard, and from the guard to what is done with the value behind it.

``unwrapped`` climbs from ``x.lock()`` over ``.unwrap()``, ``?``, ``.await`` or a poison handler to
the expression that is the guard. ``access`` says what one mention of a guard does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from tree_sitter import Node

from codemods.mutex_counter.lock_types import Family
from engine.rust.format_macros import shown_by
from engine.rust.known_calls import is_number_method
from engine.rust.nodes import arguments_of, method_on, outward
from engine.rust.syntax import Source

_RECOVERS = re.compile(
    rb"\|(?:mut )?(\w+)\|(?:\1\.into_inner\(\)|\{\1\.into_inner\(\)\})"
    rb"|(?:\w+::)*PoisonError::into_inner"
)
_REPLACERS = frozenset({b"take", b"replace", b"swap"})


@dataclass(frozen=True, slots=True)
class Refused:
    """Why one use cannot become an atomic operation. ``locks``: it uses the lock as a lock, so
    this is no counter behind a mutex at all."""

    reason: str
    locks: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """The expression that is the guard. ``handler``: code for a poisoned lock that goes away.

    ``shape`` says what ``node`` is: "value" the guard itself; "if-let" and "let-else" the statement
    that binds it to ``binding``; "match" the match whose arm with value ``body`` binds it; "map" the
    whole ``.map(|g| ..).unwrap_or(..)`` chain, ``body`` the closure's.
    """

    node: Node
    shape: Literal["value", "let-else", "if-let", "match", "map"] = "value"
    binding: Node | None = None
    body: Node | None = None
    handler: bool = False


def unwrapped(source: Source, call: Node, family: Family, method: bytes) -> Guard | Refused:
    """The guard that ``call`` (``x.lock()``) leads to."""
    if method.startswith(b"try_"):
        return _unwrapped_std(source, call)
    if family == "parking_lot":
        return Guard(call)
    if family == "tokio":
        if method.startswith(b"blocking_"):
            return Guard(call)
        up = call.parent
        if up is not None and up.type == "await_expression":
            return Guard(up)
        return Refused("the lock's future is kept and not awaited on the spot")
    return _unwrapped_std(source, call)


def _unwrapped_std(source: Source, call: Node) -> Guard | Refused:
    node, handler, mapped = call, False, False
    for _ in range(4):
        node = outward(node)
        up = node.parent
        if up is None:
            break
        if up.type == "try_expression":
            return Guard(up, handler=handler)
        if up.type == "let_condition" and not mapped:
            return _if_let(source, node, up)
        if up.type == "let_declaration" and up.child_by_field_name("alternative") is not None:
            binding = _ok_binding(source, up.child_by_field_name("pattern"))
            if binding is not None and not mapped:
                return Guard(up, "let-else", binding, handler=True)
        if up.type == "match_expression" and up.child_by_field_name("value") == node:
            return _match(source, up)
        named = method_on(source, node)
        if named is None:
            break
        name, outer = named
        given = arguments_of(outer)
        if name in (b"unwrap", b"expect", b"unwrap_unchecked"):
            return Guard(outer, handler=handler)
        if name == b"unwrap_or_else" and len(given) == 1:
            text = b"".join(source.text(given[0]).split())
            if _RECOVERS.fullmatch(text):
                return Guard(outer, handler=handler)
            return Guard(outer, handler=True)
        if name == b"map" and len(given) == 1:
            return _mapped(source, outer, given[0])
        if name in (b"map_or", b"map_or_else", b"is_ok_and", b"is_some_and") and given:
            return _closed(outer, given[-1])
        if name not in (b"map_err", b"ok", b"ok_or", b"ok_or_else"):
            break
        mapped, handler, node = True, True, outer
    return Refused("what becomes of the lock's result is not understood")


def _if_let(source: Source, value: Node, condition: Node) -> Guard | Refused:
    holder = condition.parent
    pattern = condition.child_by_field_name("pattern")
    binding = _ok_binding(source, pattern)
    if holder is None or holder.type != "if_expression" or binding is None:
        return Refused("the guard comes out of a pattern that is not understood")
    body = holder.child_by_field_name("consequence")
    other = holder.child_by_field_name("alternative")
    return Guard(holder, "if-let", binding, body, handler=other is not None)


def _ok_binding(source: Source, pattern: Node | None) -> Node | None:
    """``g`` of ``Ok(g)`` or ``Ok(mut g)`` (``Some`` for what parking_lot tries)."""
    if pattern is None or pattern.type != "tuple_struct_pattern":
        return None
    named = pattern.named_children
    if len(named) != 2 or source.text(named[0]) not in (b"Ok", b"Some"):
        return None
    inner = named[1]
    if inner.type == "mut_pattern":
        inner = inner.named_children[-1]
    return inner if inner.type == "identifier" else None


def _match(source: Source, match: Node) -> Guard | Refused:
    body = match.child_by_field_name("body")
    arms = [n for n in body.named_children if n.type == "match_arm"] if body is not None else []
    good: tuple[Node, Node] | None = None
    recovers = False
    for arm in arms:
        pattern, value = arm.child_by_field_name("pattern"), arm.child_by_field_name("value")
        inner = (
            pattern.named_children[0] if pattern is not None and pattern.named_children else None
        )
        binding = _ok_binding(source, inner)
        if pattern is None or value is None or pattern.child_by_field_name("condition") is not None:
            return Refused("the match on the lock's result has a guard of its own")
        if binding is not None:
            good = (binding, value)
        else:
            text = b"".join(source.text(value).split())
            recovers = re.fullmatch(rb"\w+\.into_inner\(\)", text) is not None
    if good is None or len(arms) != 2:
        return Refused("the match on the lock's result is not understood")
    binding, value = good
    if source.text(value) == source.text(binding):
        return Guard(match, handler=not recovers)
    return Guard(match, "match", binding, value, handler=True)


def _mapped(source: Source, call: Node, closure: Node) -> Guard | Refused:
    """``.map(|g| ..)`` with the ``unwrap_or``-like call behind it."""
    named = method_on(source, outward(call))
    name, outer = named if named is not None else (b"", call)
    if name in (b"unwrap", b"expect"):
        found = _closed(outer, closure)
        return replace(found, handler=False) if isinstance(found, Guard) else found
    if name in (b"unwrap_or", b"unwrap_or_default", b"unwrap_or_else"):
        return _closed(outer, closure)
    return Refused("the closure on the lock's result is not understood")


def _closed(whole: Node, closure: Node) -> Guard | Refused:
    """``whole`` has the value of ``|g| ..``, or a default when there is no guard."""
    parameters = closure.child_by_field_name("parameters")
    body = closure.child_by_field_name("body")
    names = parameters.named_children if parameters is not None else []
    binding = names[0] if len(names) == 1 else None
    if binding is not None and binding.type == "mut_pattern":
        binding = binding.named_children[-1]
    if binding is None or binding.type != "identifier" or body is None:
        return Refused("the closure on the lock's result is not understood")
    return Guard(whole, "map", binding, body, handler=True)


@dataclass(frozen=True, slots=True)
class Access:
    """What one mention of a guard does with the value.

    ``node`` is what a read replaces, or the whole write: the assignment or the ``mem::..`` call.
    ``operand`` is the written or replacing value, or what is swapped with.
    """

    kind: Literal["read", "assign", "compound", "take", "replace", "swap"]
    node: Node
    operand: Node | None = None
    operator: bytes = b""


def field_of(source: Source, guard: Node) -> bytes:
    """``hits`` where ``g.hits`` is what the mention ``guard`` stands in, else b""."""
    up = outward(guard).parent
    field = up.child_by_field_name("field") if up is not None else None
    plain = up is not None and up.type == "field_expression" and method_on(source, guard) is None
    return source.text(field) if field is not None and plain else b""


def access(source: Source, guard: Node, fields: bool = False) -> Access | Refused:
    """What the mention ``guard`` (a name or the locking expression itself) does.

    ``fields``: behind the lock is a struct, and only one of its fields may be looked at.
    """
    node = outward(guard)
    up = node.parent
    if fields:
        if up is None or not field_of(source, guard):
            return Refused("the struct behind the lock is used as a whole")
        return _through(source, up)
    if up is not None and up.type == "unary_expression" and up.children[0].type == "*":
        return _through(source, up)
    named = method_on(source, node)
    if named is not None:
        name = named[0]
        if is_number_method(name):
            return Access("read", guard)
        return Refused(f"`.{name.decode('utf-8', 'replace')}()` is called on the guard", True)
    if up is not None and shown_by(source, node) is not None:
        return Access("read", guard)
    if up is not None and up.type == "token_tree":
        return Refused("a macro whose arguments are no plain expressions takes the guard")
    return Refused(_escape(source, node), True)


def _through(source: Source, star: Node) -> Access | Refused:
    """``*g`` and what is around it."""
    node = outward(star)
    up = node.parent
    if up is None:
        return Access("read", star)
    if up.type == "assignment_expression" and up.child_by_field_name("left") == node:
        return Access("assign", up, up.child_by_field_name("right"))
    if up.type == "compound_assignment_expr" and up.child_by_field_name("left") == node:
        operator = up.child_by_field_name("operator")
        word = source.text(operator) if operator is not None else b""
        return Access("compound", up, up.child_by_field_name("right"), word)
    if up.type == "reference_expression":
        if any(child.type == "mutable_specifier" for child in up.children):
            return _lent(source, up)
        if up.parent is not None and up.parent.type == "let_declaration":
            return Refused("a reference to the value behind the lock is kept", True)
    if up.type == "field_expression":
        named = method_on(source, node)
        if named is None or not is_number_method(named[0]):
            return Refused("a method is called on the value behind the lock, it may change it")
    return Access("read", star)


def _lent(source: Source, reference: Node) -> Access | Refused:
    """``&mut *g``: only the functions of ``std::mem`` are known to do one thing with it."""
    outside = "the value behind the lock is lent as `&mut`"
    holder = reference.parent
    call = holder.parent if holder is not None and holder.type == "arguments" else None
    if call is None or call.type != "call_expression":
        return Refused(outside, True)
    function = call.child_by_field_name("function")
    path = b"".join(source.text(function).split()) if function is not None else b""
    head, _, last = path.rpartition(b"::")
    given = arguments_of(call)
    if last not in _REPLACERS or not (not head or head.endswith(b"mem")) or not given:
        return Refused(f"{outside} to `{path.decode('utf-8', 'replace')}(..)`", True)
    if last == b"swap":
        other = [n for n in given if n != reference]
        if len(given) != 2 or other[0].type != "reference_expression":
            return Refused(f"{outside} to `mem::swap`")
        return Access("swap", call, other[0].child_by_field_name("value"))
    if given[0] != reference:
        return Refused(outside, True)
    if last == b"take":
        return Access("take", call)
    return Access("replace", call, given[1]) if len(given) == 2 else Refused(outside)


def _escape(source: Source, node: Node) -> str:
    """Where a guard goes that is used as such."""
    up = source.parent(node)
    while up is not None and up.type == "reference_expression":
        up = source.parent(up)
    if up is None:
        return "the guard is used as a value"
    if up.type == "arguments" and up.parent is not None:
        function = up.parent.child_by_field_name("function")
        name = source.text(function).decode("utf-8", "replace") if function is not None else "?"
        return f"the guard is passed to `{' '.join(name.split())}`"
    if up.type in ("return_expression", "block", "closure_expression", "function_item"):
        return "the guard is returned"
    if up.type in ("field_initializer", "shorthand_field_initializer", "assignment_expression"):
        return "the guard is stored"
    if up.type == "let_declaration":
        return "the lock is held as a gate: its value is not used"
    return "the guard is used as a value"
