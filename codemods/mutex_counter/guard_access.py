"""From a guard to what is done with the number, or the struct, behind it: ``access`` says what one
mention of a guard does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from engine.rust import nodes
from engine.rust.format_macros import shown_by
from engine.rust.known_calls import is_number_method, serializes
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.syntax import Source

# Words of operations that change nothing.
READING = frozenset({"load", "decides", "escapes", "snapshot"})


def without_fields(ops: Iterable[str]) -> frozenset[str]:
    """The words for operations on fields (``hits.add``), or on what is no struct (``add``), without the
    field's name."""
    return frozenset(op.rpartition(".")[2] for op in ops)


def changing(ops: Iterable[str]) -> frozenset[str]:
    """Those of the words, without a field's name, that change something."""
    return without_fields(ops) - READING


_REPLACERS = frozenset({b"take", b"replace", b"swap"})


@dataclass(frozen=True, slots=True)
class Access:
    """What one mention of a guard does with the value.

    ``node`` is what a read replaces, or the whole write: the assignment or the ``mem::..`` call.
    ``operand`` is the written or replacing value, or what is swapped with. "look" and "method" are uses
    of a struct behind the lock that no longer need it, of which the second changes something: ``node``
    becomes the struct without the lock. ``lent``: as ``&`` of it.
    """

    kind: Literal["read", "assign", "compound", "take", "replace", "swap", "look", "method"]
    node: Node
    operand: Node | None = None
    operator: bytes = b""
    lent: bool = False

    @property
    def reads(self) -> bool:
        """Is the value only read? (Anything else writes it.)"""
        return self.kind in ("read", "look")


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the struct behind a lock that needs no lock: the ``fields`` that it looks at, and the
    words for what it does with them, with the field's name in front (``hits.add``)."""

    fields: frozenset[bytes]
    ops: frozenset[str]

    @property
    def changes(self) -> bool:
        """Does it change one?"""
        return bool(changing(self.ops))


Methods = Mapping[bytes, Method]


def handed_to(source: Source, what: Access) -> Node | None:
    """The call that gets the struct as a whole: of one of its methods, or of what it is lent to."""
    if what.kind not in ("look", "method"):
        return None
    called = nodes.method_on(source, nodes.outward(what.node))
    return called[1] if called is not None else nodes.call_around(nodes.outward(what.node))


def field_of(source: Source, guard: Node) -> bytes:
    """``hits`` where ``g.hits`` is what the mention ``guard`` stands in, else b""."""
    up = nodes.outward(guard).parent
    access = nodes.access_of(up) if up is not None else None
    plain = access is not None and nodes.method_on(source, guard) is None
    return source.text(access.name) if access is not None and plain else b""


def access(source: Source, guard: Node, methods: Methods | None = None) -> Access:
    """What the mention ``guard`` (a name or the locking expression itself) does. Raises Refused.

    ``methods``: behind the lock is a struct, and only one of its fields may be looked at, one of these
    called, or all of it shown.
    """
    node, up = nodes.unwrapped(guard)
    if methods is not None:
        if up is None or not field_of(source, guard):
            return _whole_use(source, node, methods)
        return _through(source, up)
    if up is not None and nodes.dereferenced(up) is not None:
        return _through(source, up)
    named = nodes.method_on(source, node)
    if named is not None:
        if is_number_method(named[0]):
            return Access("read", guard)
        raise Refused(f"`.{named[0].decode('utf-8', 'replace')}()` is called on the guard", True)
    if up is not None and shown_by(source, node) is not None:
        return Access("read", guard)
    if up is not None and up.type == "token_tree":
        raise Refused("a macro whose arguments are no plain expressions takes the guard")
    raise Refused(_escape(source, node), True)


def _whole_use(source: Source, node: Node, methods: Methods) -> Access:
    """What ``node``, a guard, does with the struct as a whole. Raises Refused."""
    called = nodes.method_on(source, node)
    if called is not None and called[0] in methods:
        return Access("method" if methods[called[0]].changes else "look", node)
    shown, up = node, node.parent
    if up is not None and nodes.dereferenced(up) == node:
        shown, up = nodes.unwrapped(up)
    if shown_by(source, shown) is not None:
        return Access("look", shown)
    if shown != node and up is not None and nodes.borrowed(up) == shown and not nodes.is_mut(up):
        call = nodes.call_around(nodes.outward(up))
        if call is not None and serializes(source, call):
            return Access("look", up, lent=True)
    raise Refused(whole(source, node))


def whole(source: Source, guard: Node) -> str:
    """What is done with a struct behind the lock, where that is not one of its fields."""
    called = nodes.method_on(source, guard)
    if called is not None and called[0] == b"clone":
        return "the struct behind the lock is cloned, and a struct of atomics has no `Clone`"
    by = (
        f": `.{called[0].decode('utf-8', 'replace')}()` is called on it"
        if called is not None
        else ""
    )
    return f"the struct behind the lock is used as a whole{by}"


def _through(source: Source, star: Node) -> Access:
    """``*g`` and what is around it."""
    node, up = nodes.unwrapped(star)
    if up is None:
        return Access("read", star)
    change = nodes.operation_of(source, up) if up.type != "binary_expression" else None
    if change is not None and change.left == node:
        kind: Literal["assign", "compound"] = "assign" if change.operator == b"=" else "compound"
        return Access(kind, up, change.right, change.operator)
    if up.type == "reference_expression":
        if nodes.is_mut(up):
            return _lent(source, up)
        if up.parent is not None and up.parent.type == "let_declaration":
            raise Refused("a reference to the value behind the lock is kept", True)
    if up.type == "field_expression":
        named = nodes.method_on(source, node)
        if named is None or not is_number_method(named[0]):
            raise Refused("a method is called on the value behind the lock, it may change it")
    return Access("read", star)


def _lent(source: Source, reference: Node) -> Access:
    """``&mut *g``: only the functions of ``std::mem`` are known to do one thing with it."""
    outside = "the value behind the lock is lent as `&mut`"
    around = nodes.call_around(reference)
    call = nodes.call_of(around) if around is not None else None
    if around is None or call is None:
        raise Refused(outside, True)
    path = b"".join(source.text(call.callee).split())
    head, _, last = path.rpartition(b"::")
    given = call.arguments
    if last not in _REPLACERS or not (not head or head.endswith(b"mem")):
        raise Refused(f"{outside} to `{path.decode('utf-8', 'replace')}(..)`", True)
    if last == b"swap":
        other = next((nodes.borrowed(n) for n in given if n != reference), None)
        if len(given) != 2 or other is None:
            raise Refused(f"{outside} to `mem::swap`")
        return Access("swap", around, other)
    if given[0] != reference:
        raise Refused(outside, True)
    if last == b"take":
        return Access("take", around)
    if len(given) != 2:
        raise Refused(outside)
    return Access("replace", around, given[1])


def _escape(source: Source, node: Node) -> str:
    """Where a guard goes that is used as such."""
    up = source.parent(node)
    while up is not None and up.type == "reference_expression":
        up = source.parent(up)
    if up is not None and up.type == "arguments" and up.parent is not None:
        callee = nodes.callee_of(up.parent)
        name = source.text(callee).decode("utf-8", "replace") if callee is not None else "?"
        return f"the guard is passed to `{' '.join(name.split())}`"
    match up.type if up is not None else "":
        case "return_expression" | "block" | "closure_expression" | "function_item":
            return "the guard is returned"
        case "field_initializer" | "shorthand_field_initializer" | "assignment_expression":
            return "the guard is stored"
        case "let_declaration":
            return "the lock is held as a gate: its value is not used"
        case _:
            return "the guard is used as a value"
