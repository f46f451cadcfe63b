"""One change of the value behind a lock as one atomic operation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tree_sitter import Node

from codemods.mutex_counter.float_bits import (
    bits_name,
    decoded,
    encoded,
    is_float,
    is_steady,
)
from codemods.mutex_counter.guard_access import Access
from codemods.mutex_counter.orderings import Orders
from engine.base.model import Span
from engine.rust import nodes
from engine.rust.codegen import first_free, identifiers, operand, replaced
from engine.rust.effects import hinders_repeating, parts_of
from engine.rust.lock_groups.lock_guards import Refused
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
_HOLE = b"\x01"  # in no source text

IsRead = Callable[[Node], Span | None]  # the span of a read of the value, if the node is one


@dataclass(frozen=True, slots=True)
class Change:
    """An atomic read-modify-write, or a store.

    ``operand`` is the argument (b"" for a flag's toggle, which has its own); for an update,
    ``old`` is the closure's parameter and ``body`` what it returns. ``exact``: it wrapped before.
    ``inner`` is the type of the value. A float is added to in a closure, too: ``grouped`` tells that its
    operand needs parentheses there, ``bound`` that it is computed, and so gets a name in front.
    """

    kind: Kind
    operand: bytes = b""
    node: Node | None = None  # where the operand stands, when its text is taken as it is
    old: bytes = b""
    body: bytes = b""
    exact: bool = False
    inner: str = ""
    grouped: bool = False
    bound: bool = False

    def call(self, receiver: bytes, orders: Orders, want_old: bool = False) -> bytes:
        """The call. With ``want_old`` it is an expression for the value before the change."""
        change = orders.of("change")
        match self.kind:
            case "store" if not want_old:
                given = encoded(self.inner, self.operand)
                return b"%s.store(%s, %s)" % (receiver, given, orders.of("store"))
            case "store" | "swap":
                given = encoded(self.inner, self.operand)
                text = b"%s.swap(%s, %s)" % (receiver, given, change)
            case _ if self.updates:
                head = b"%s.fetch_update(%s, %s, |%s| %s)"
                text = head % (receiver, change, orders.of("load"), self.old, self._new_value())
                text += b".unwrap()" if want_old else b""
            case _:
                method = b"fetch_" + self.kind.encode()
                text = b"%s.%s(%s, %s)" % (receiver, method, self.operand, change)
        return decoded(self.inner, text) if want_old else text

    def _new_value(self) -> bytes:
        """What the closure of ``fetch_update`` returns."""
        if self.kind == "update":
            return self.body
        operand = b"(%s)" % self.operand if self.grouped else self.operand
        changed = b"%s %s %s" % (decoded(self.inner, self.old), _SIGNS[self.kind], operand)
        return b"Some(%s)" % encoded(self.inner, changed)

    def around_operand(
        self, receiver: bytes, orders: Orders, want_old: bool
    ) -> tuple[bytes, bytes]:
        """The call (as of ``call``) before its operand, and behind it."""
        text = replace(self, operand=_HOLE).call(receiver, orders, want_old)
        before, _, after = text.partition(_HOLE)
        return before, after

    def named(self, name: bytes) -> Change:
        """The change with a ``name`` for its operand."""
        return replace(self, operand=name, node=None, grouped=False, bound=False)

    @property
    def updates(self) -> bool:
        """Is it a ``fetch_update``?"""
        summed = is_float(self.inner) and self.kind not in ("store", "swap")
        return self.kind == "update" or summed

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


def words_beside(source: Source, node: Node, reads: Iterable[Span]) -> frozenset[bytes]:
    """The words of ``node`` that are left where a name stands for its ``reads``."""
    return identifiers(replaced(source, span_of(node), dict.fromkeys(reads, b"")))


def _plain(text: bytes) -> bool:
    """A literal, a name or a path of fields: evaluated twice, it is the same."""
    return bool(text) and all(c in b"._" or chr(c).isalnum() for c in text)


def change_of(
    source: Source, access: Access, is_read: IsRead, inner: str, name: bytes, by_ref: bool
) -> Change:
    """The atomic operation that ``access`` (a write) is. Raises Refused.

    ``is_read`` tells mentions of the old value in the operand, ``name`` is a good name for it,
    ``by_ref`` says that the operand is a reference to a number.
    """
    if access.kind == "take":
        zero = b"false" if inner == "bool" else b"0.0" if is_float(inner) else b"0"
        return Change("swap", zero, inner=inner)
    if access.operand is None:
        raise Refused("the written value is not understood")
    node = nodes.bare(access.operand)
    if access.kind == "compound" and (lent := nodes.borrowed(node)) is not None:
        node = nodes.bare(lent)  # `+= &n`
    reads = reads_in(source, node, is_read)
    text = b"*" + operand(source, node) if by_ref else source.text(node)
    if access.kind in ("swap", "replace"):
        if reads:
            raise Refused("the value replaces itself")
        return Change("swap", text, node, inner=inner)
    if access.kind == "compound":
        kind = _COMPOUND.get(access.operator)
        if kind is not None and not reads and _possible(kind, inner):
            if is_float(inner):
                return _summed(source, kind, node, inner, by_ref)
            return Change(kind, text, None if by_ref else node)
        return _update(source, node, reads, name, inner, access.operator.removesuffix(b"="))
    if not reads:
        return Change("store", text, node, inner=inner)
    return _self_assigned(source, node, reads, is_read, inner, name)


def _summed(source: Source, kind: Kind, node: Node, inner: str, by_ref: bool = False) -> Change:
    """A float that is added to, or subtracted from: there is no operation of its own for it."""
    if by_ref and not is_steady(source, node):
        raise Refused("a reference to what is added would be looked for more than once")
    text = b"*" + operand(source, node) if by_ref else source.text(node)
    return Change(
        kind,
        text,
        None if by_ref else node,
        bits_name(identifiers(text)),
        inner=inner,
        grouped=not by_ref and _is_loose(source, node),
        bound=not by_ref and not is_steady(source, node),
    )


def _is_loose(source: Source, node: Node) -> bool:
    """Does it need parentheses behind a ``+`` or ``-``?"""
    if node.type in ("float_literal", "integer_literal", "type_cast_expression"):
        return False
    operation = nodes.operation_of(source, node)
    if operation is not None and operation.operator in (b"*", b"/", b"%"):
        return False
    return operand(source, node) != source.text(node)


def _possible(kind: str, inner: str) -> bool:
    if is_float(inner):
        return kind in ("add", "sub")
    return inner != "bool" or kind in ("and", "or", "xor")


def reads_in(source: Source, node: Node, is_read: IsRead) -> list[Span]:
    """Reads of the value in ``node``, with the parentheses around them."""
    found: list[Span] = []
    pending = [node]
    while pending:
        current = pending.pop()
        span = is_read(current)
        if span is not None:
            whole = span_of(nodes.outward(current))
            apart = not source.data[whole.start - 1 : whole.start].isalnum()  # `if(*g)`
            found.append(whole if apart and whole in span_of(node) else span)
        else:
            pending.extend(parts_of(source, current))
    return found


def _self_assigned(
    source: Source, node: Node, reads: Sequence[Span], is_read: IsRead, inner: str, name: bytes
) -> Change:
    """``*g = f(*g)``: an operation of its own where there is one, else ``fetch_update``."""
    negated = nodes.negated(node)
    if negated is not None and inner == "bool" and _is(negated, is_read):
        return Change("xor", b"true")
    operation = nodes.operation_of(source, node)
    if operation is not None and len(reads) == 1:
        kind = _BINARY.get(operation.operator)
        if kind is not None and _possible(kind, inner):
            if _is(operation.left, is_read):
                if is_float(inner):
                    return _summed(source, kind, nodes.bare(operation.right), inner)
                return _with(source, kind, operation.right)
            if _is(operation.right, is_read) and kind in _COMMUTE and not is_float(inner):
                return _with(source, kind, operation.left)
    whole = inner != "bool" and not is_float(inner)
    direct = _direct(source, node, is_read) if len(reads) == 1 and whole else None
    return direct or _update(source, node, reads, name, inner)


def _with(source: Source, kind: Kind, node: Node, exact: bool = False) -> Change:
    node = nodes.bare(node)
    return Change(kind, source.text(node), node, exact=exact)


def _direct(source: Source, node: Node, is_read: IsRead) -> Change | None:
    """``(*g).max(n)``, ``g.wrapping_add(n)``, ``cmp::max(*g, n)``."""
    call, method = nodes.call_of(node), nodes.method_call(source, node)
    if call is None:
        return None
    if method is not None:
        kind = _METHODS.get(method.method)
        if kind is None or not _is(method.receiver, is_read) or len(method.arguments) != 1:
            return None
        given = method.arguments[0]
        return Change(kind, source.text(given), given, exact=kind in ("add", "sub"))
    head, _, last = b"".join(source.text(call.callee).split()).rpartition(b"::")
    if last not in (b"max", b"min") or (head and not head.endswith(b"cmp")):
        return None
    others = [n for n in call.arguments if not _is(n, is_read)]
    if len(call.arguments) != 2 or len(others) != 1:
        return None
    return Change("max" if last == b"max" else "min", source.text(others[0]), others[0])


def _is(node: Node, is_read: IsRead) -> bool:
    return is_read(nodes.bare(node)) is not None


def _update(
    source: Source, node: Node, reads: Sequence[Span], name: bytes, inner: str, sign: bytes = b""
) -> Change:
    """``fetch_update`` to the value of ``node``, or (with ``sign``) to the old one and that."""
    require_pure(source, node)
    old, value = old_value(name, words_beside(source, node, reads), inner)
    text = _after(source, node, reads, value, sign)
    return Change("update", old=old, body=b"Some(%s)" % encoded(inner, text), inner=inner)


def old_value(wanted: bytes, taken: Collection[bytes], inner: str) -> tuple[bytes, bytes]:
    """(the closure's parameter, an expression for the value before the change); the parameter is called
    ``wanted``, or another good name that is not ``taken``."""
    old = bits_name(taken) if is_float(inner) else free_name(wanted, taken)
    return old, decoded(inner, old)


def _after(source: Source, node: Node, reads: Iterable[Span], old: bytes, sign: bytes) -> bytes:
    """The value of ``node``, with ``old`` for its ``reads``; with ``sign``, ``old`` and that."""
    text = replaced(source, span_of(node), dict.fromkeys(reads, old))
    if not sign:
        return text
    alone = node.type == "float_literal" or operand(source, node) == source.text(node)
    return b"%s %s %s" % (old, sign, text if alone else b"(%s)" % text)


def require_pure(source: Source, node: Node, own: Collection[Span] = ()) -> None:
    """Raises Refused where ``node`` cannot move into the closure of ``fetch_update``, which may run
    several times; ``own`` are the writes of the value itself."""
    found = hinders_repeating(source, node, own)
    if found is not None and found.what == "unseen":
        raise Refused("the new value is no pure function of the old one")
    if found is not None:
        raise Refused(f"{found.words} runs while the lock is held, so it is no pure update")


def conditional(
    source: Source, condition: Node, access: Access, is_read: IsRead, inner: str, name: bytes
) -> Change:
    """``if CONDITION { WRITE }`` on the value: ``fetch_max``, ``fetch_min`` or ``fetch_update``.
    Raises Refused."""
    extreme = _extreme(source, condition, access, is_read)
    if extreme is not None and inner != "bool" and not is_float(inner):
        return extreme
    require_pure(source, condition)
    places = reads_in(source, condition, is_read)
    taken = words_beside(source, condition, places)
    if (written := access.operand) is not None:
        taken |= words_beside(source, written, reads_in(source, written, is_read))
    old, value = old_value(name, taken, inner)
    change = encoded(inner, new_value(source, access, is_read, value))
    test = replaced(source, span_of(condition), dict.fromkeys(places, value))
    grouped = test if _plain(test) else b"(" + test + b")"
    body = b"%s.then(|| %s)" % (grouped, change)
    return Change("update", old=old, body=body, inner=inner)


def new_value(source: Source, access: Access, is_read: IsRead, old: bytes) -> bytes:
    """The value after ``access`` as an expression of ``old``. Raises Refused."""
    node = access.operand
    if access.kind == "take" or node is None:
        raise Refused("the taken value is used")
    if access.kind not in ("assign", "compound"):
        raise Refused("the replaced value is used")
    require_pure(source, node)
    sign = access.operator.removesuffix(b"=") if access.kind == "compound" else b""
    return _after(source, node, reads_in(source, node, is_read), old, sign)


def _extreme(source: Source, condition: Node, access: Access, is_read: IsRead) -> Change | None:
    """``if n > *g { *g = n }`` and its mirror images."""
    node, test = access.operand, nodes.operation_of(source, condition)
    if test is None or access.kind != "assign" or node is None:
        return None
    if test.operator not in (b"<", b"<=", b">", b">=") or hinders_repeating(source, node):
        return None
    less = test.operator.startswith(b"<")
    if _is(test.left, is_read):
        other, greater = test.right, less
    elif _is(test.right, is_read):
        other, greater = test.left, not less
    else:
        return None
    if source.text(other) != source.text(node) or reads_in(source, other, is_read):
        return None
    return Change("max" if greater else "min", source.text(node), node)
