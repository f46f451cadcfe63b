"""One change of the value behind a lock as one atomic operation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from codemods.mutex_counter.guard_access import Access, Refused
from codemods.mutex_counter.orderings import Orders
from engine.base.model import Span
from engine.rust.codegen import first_free, identifiers, operand, replaced
from engine.rust.effects import hinders_repeating
from engine.rust.nodes import arguments_of
from engine.rust.syntax import Source, span_of

Kind = Literal["add", "sub", "and", "or", "xor", "max", "min", "store", "swap", "update"]

_COMPOUND: Mapping[bytes, Kind] = {
    b"+=": "add", b"-=": "sub", b"&=": "and", b"|=": "or", b"^=": "xor",
}  # fmt: skip
_BINARY: Mapping[bytes, Kind] = {b"+": "add", b"-": "sub", b"&": "and", b"|": "or", b"^": "xor"}
_SIGNS: Mapping[str, bytes] = {"add": b"+", "sub": b"-", "and": b"&", "or": b"|", "xor": b"^"}
_METHODS: Mapping[bytes, Kind] = {
    b"max": "max", b"min": "min", b"wrapping_add": "add", b"wrapping_sub": "sub",
}  # fmt: skip
_COMMUTE = ("add", "and", "or", "xor")

IsRead = Callable[[Node], Span | None]  # the span of a read of the value, if the node is one


@dataclass(frozen=True, slots=True)
class Change:
    """An atomic read-modify-write, or a store.

    ``operand`` is the argument (b"" for a flag's toggle, which has its own); for an update,
    ``old`` is the closure's parameter and ``body`` what it returns. ``exact``: it wrapped before.
    """

    kind: Kind
    operand: bytes = b""
    node: Node | None = None  # where the operand stands, when its text is taken as it is
    old: bytes = b""
    body: bytes = b""
    exact: bool = False

    def call(self, receiver: bytes, orders: Orders, want_old: bool = False) -> bytes:
        """The call. With ``want_old`` it is an expression for the value before the change."""
        change = orders.of("change")
        match self.kind:
            case "store" if not want_old:
                return b"%s.store(%s, %s)" % (receiver, self.operand, orders.of("store"))
            case "store" | "swap":
                return b"%s.swap(%s, %s)" % (receiver, self.operand, change)
            case "update":
                head = b"%s.fetch_update(%s, %s, |%s| %s)"
                return head % (receiver, change, orders.of("load"), self.old, self.body)
            case _:
                method = b"fetch_" + self.kind.encode()
                return b"%s.%s(%s, %s)" % (receiver, method, self.operand, change)

    @property
    def told(self) -> str:
        """The operation's word for the plan: "wrap" is a sum that wrapped before."""
        return "wrap" if self.exact else self.kind

    @property
    def returns(self) -> bool:
        """Does the call give a value that a statement must drop with ``;``?"""
        return self.kind != "store"

    def after(self, old: bytes) -> bytes | None:
        """The value after the change, from an expression for the one before; None: not told."""
        if self.kind in _SIGNS:
            if not _plain(self.operand):
                return None  # it would be evaluated twice
            if self.exact:
                return b"%s.wrapping_%s(%s)" % (old, self.kind.encode(), self.operand)
            return b"%s %s %s" % (old, _SIGNS[self.kind], self.operand)
        if self.kind in ("max", "min") and _plain(self.operand):
            return b"%s.%s(%s)" % (old, self.kind.encode(), self.operand)
        return None


def free_name(wanted: bytes, taken: Collection[bytes]) -> bytes:
    """``wanted``, or another good name for a counter's value, that is not ``taken``."""
    names = (wanted, b"value", b"current", b"old", b"old_value", b"value_before")
    return first_free(names, lambda name: name not in taken)


def _plain(text: bytes) -> bool:
    """A literal, a name or a path of fields: evaluated twice, it is the same."""
    return bool(text) and all(c in b"._" or chr(c).isalnum() for c in text)


def change_of(
    source: Source, access: Access, is_read: IsRead, inner: str, name: bytes, by_ref: bool
) -> Change | Refused:
    """The atomic operation that ``access`` (a write) is.

    ``is_read`` tells mentions of the old value in the operand, ``name`` is a good name for it,
    ``by_ref`` says that the operand is a reference to a number.
    """
    if access.kind == "take":
        return Change("swap", b"false" if inner == "bool" else b"0")
    if access.operand is None:
        return Refused("the written value is not understood")
    node = bare(access.operand)
    if node.type == "reference_expression" and access.kind == "compound":
        node = bare(node.named_children[-1])  # `+= &n`
    reads = _reads(source, node, is_read)
    text = source.text(node)
    if by_ref:
        text = b"*" + operand(source, node)
    if access.kind in ("swap", "replace"):
        if reads:
            return Refused("the value replaces itself")
        return Change("swap", text, node)
    if access.kind == "compound":
        kind = _COMPOUND.get(access.operator)
        if kind is not None and not reads and _possible(kind, inner):
            return Change(kind, text, None if by_ref else node)
        sign = access.operator.removesuffix(b"=")
        return _update(source, node, reads, name, lambda old, new: b"%s %s %s" % (old, sign, new))
    if not reads:
        return Change("store", text, node)
    return _self_assigned(source, node, reads, is_read, inner, name)


def bare(node: Node) -> Node:
    """``node`` without parentheses around it."""
    while node.type == "parenthesized_expression" and len(node.named_children) == 1:
        node = node.named_children[0]
    return node


def _possible(kind: str, inner: str) -> bool:
    return inner != "bool" or kind in ("and", "or", "xor")


def _reads(source: Source, node: Node, is_read: IsRead) -> list[Span]:
    found: list[Span] = []
    pending = [node]
    while pending:
        current = pending.pop()
        span = is_read(current)
        if span is not None:
            found.append(span)
            continue
        pending.extend(current.named_children)
        if current.type == "macro_invocation":
            pending.extend(root for root in source.roots() if source.parent(root) == current)
    return found


def _self_assigned(
    source: Source, node: Node, reads: Sequence[Span], is_read: IsRead, inner: str, name: bytes
) -> Change | Refused:
    """``*g = f(*g)``: an operation of its own where there is one, else ``fetch_update``."""
    negated = node.type == "unary_expression" and node.children[0].type == "!"
    if negated and inner == "bool" and _is(node.named_children[0], is_read):
        return Change("xor", b"true")
    if node.type == "binary_expression" and len(reads) == 1:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        sign = node.child_by_field_name("operator")
        kind = _BINARY.get(source.text(sign)) if sign is not None else None
        if kind is not None and left is not None and right is not None and _possible(kind, inner):
            if _is(left, is_read):
                return _with(source, kind, right)
            if _is(right, is_read) and kind in _COMMUTE:
                return _with(source, kind, left)
    if node.type == "call_expression" and len(reads) == 1:
        direct = _direct(source, node, is_read, inner)
        if direct is not None:
            return direct
    return _update(source, node, reads, name, None)


def _with(source: Source, kind: Kind, node: Node) -> Change:
    node = bare(node)
    return Change(kind, source.text(node), node)


def _direct(source: Source, call: Node, is_read: IsRead, inner: str) -> Change | None:
    """``(*g).max(n)``, ``g.wrapping_add(n)``, ``cmp::max(*g, n)``."""
    given = arguments_of(call)
    function = call.child_by_field_name("function")
    if function is None or inner == "bool":
        return None
    if function.type == "field_expression":
        value, field = function.child_by_field_name("value"), function.child_by_field_name("field")
        kind = _METHODS.get(source.text(field)) if field is not None else None
        if kind is not None and value is not None and _is(value, is_read) and len(given) == 1:
            exact = kind in ("add", "sub")
            return Change(kind, source.text(given[0]), given[0], exact=exact)
        return None
    path = b"".join(source.text(function).split())
    head, _, last = path.rpartition(b"::")
    if last in (b"max", b"min") and (not head or head.endswith(b"cmp")) and len(given) == 2:
        others = [n for n in given if not _is(n, is_read)]
        if len(others) == 1:
            return Change("max" if last == b"max" else "min", source.text(others[0]), others[0])
    return None


def _is(node: Node, is_read: IsRead) -> bool:
    return is_read(bare(node)) is not None


def _update(
    source: Source,
    node: Node,
    reads: Sequence[Span],
    name: bytes,
    join: Callable[[bytes, bytes], bytes] | None,
) -> Change | Refused:
    """``fetch_update``: its closure may run several times, so it must be a pure function."""
    bad = impure(source, node)
    if bad is not None:
        return bad
    old = free_name(name, identifiers(source.text(node)) - {name})
    text = replaced(source, span_of(node), dict.fromkeys(reads, old))
    if join is not None:
        text = join(old, text if operand(source, node) == source.text(node) else b"(%s)" % text)
    return Change("update", old=old, body=b"Some(%s)" % text)


def impure(source: Source, node: Node, own: Collection[Span] = ()) -> Refused | None:
    """Why ``node`` cannot move into the closure of ``fetch_update``; ``own`` are the writes of the
    value itself."""
    found = hinders_repeating(source, node, own)
    if found is None:
        return None
    if found.what == "unseen":
        return Refused("the new value is no pure function of the old one")
    return Refused(f"{found.words} runs while the lock is held, so it is no pure update")


def conditional(
    source: Source, condition: Node, access: Access, is_read: IsRead, inner: str, name: bytes
) -> Change | Refused:
    """``if CONDITION { WRITE }`` on the value: ``fetch_max``, ``fetch_min`` or ``fetch_update``."""
    extreme = _extreme(source, condition, access, is_read)
    if extreme is not None and inner != "bool":
        return extreme
    bad = impure(source, condition)
    if bad is not None:
        return bad
    old = free_name(name, (identifiers(source.text(condition)) | _written(source, access)) - {name})
    change = new_value(source, access, is_read, old)
    if isinstance(change, Refused):
        return change
    test = replaced(
        source, span_of(condition), dict.fromkeys(_reads(source, condition, is_read), old)
    )
    return Change("update", old=old, body=b"%s.then(|| %s)" % (_grouped(test), change))


def _written(source: Source, access: Access) -> frozenset[bytes]:
    return identifiers(source.text(access.operand)) if access.operand is not None else frozenset()


def _grouped(test: bytes) -> bytes:
    return test if _plain(test) else b"(" + test + b")"


def new_value(source: Source, access: Access, is_read: IsRead, old: bytes) -> bytes | Refused:
    """The value after ``access`` as an expression of ``old``."""
    node = access.operand
    if access.kind == "take" or node is None:
        return Refused("the taken value is used")
    if access.kind not in ("assign", "compound"):
        return Refused("the replaced value is used")
    bad = impure(source, node)
    if bad is not None:
        return bad
    text = replaced(source, span_of(node), dict.fromkeys(_reads(source, node, is_read), old))
    if access.kind == "assign":
        return text
    sign = access.operator.removesuffix(b"=")
    return b"%s %s %s" % (
        old,
        sign,
        text if operand(source, node) == source.text(node) else b"(%s)" % text,
    )


def _extreme(source: Source, condition: Node, access: Access, is_read: IsRead) -> Change | None:
    """``if n > *g { *g = n }`` and its mirror images."""
    node = access.operand
    if condition.type != "binary_expression" or access.kind != "assign" or node is None:
        return None
    left, right = condition.child_by_field_name("left"), condition.child_by_field_name("right")
    sign = condition.child_by_field_name("operator")
    if left is None or right is None or sign is None or impure(source, node) is not None:
        return None
    word = source.text(sign)
    if word not in (b"<", b"<=", b">", b">="):
        return None
    if _is(left, is_read):
        other, greater = right, word.startswith(b"<")
    elif _is(right, is_read):
        other, greater = left, word.startswith(b">")
    else:
        return None
    if source.text(other) != source.text(node) or _reads(source, other, is_read):
        return None
    return Change("max" if greater else "min", source.text(node), node)
