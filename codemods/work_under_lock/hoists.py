"""Operands that need not be computed under the lock: which, where a ``let`` of each may stand, under which
name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from tree_sitter import Node

from codemods.work_under_lock.look import Look
from engine.base.model import Span
from engine.rust.codegen import first_free, identifiers, is_free, reindented
from engine.rust.early_values import Early, Known, early
from engine.rust.effects import effects
from engine.rust.front_places import Front, changed_by, front_of
from engine.rust.held_operands import parts_in_order
from engine.rust.moves import takes_value
from engine.rust.nodes import (
    access_of,
    call_around,
    call_of,
    initialized,
    macro_name,
    method_call,
    operation_of,
)
from engine.rust.queries import walk
from engine.rust.scopes import scopes_of
from engine.rust.syntax import FUNCTIONS, Source, span_of
from engine.rust.type_facts import is_whole

_NAME = re.compile(rb"[a-z_][a-z0-9_]*\Z")
_KEYWORDS = frozenset(b"self super crate type match ref in if for fn move mut let use".split())
# What the arguments of std's methods are called.
_ROLES = {
    b"insert": (b"key", b"value"),
    b"entry": (b"key",),
    b"get": (b"key",),
    b"get_mut": (b"key",),
    b"remove": (b"key",),
    b"contains_key": (b"key",),
    b"push_str": (b"text",),
}
_COPIES = frozenset({b"clone", b"to_owned", b"to_vec", b"to_string", b"into"})


@dataclass(frozen=True)
class Hoist:
    """``node`` is computed in front of ``front.whole``."""

    node: Node
    told: Early
    front: Front
    lent: bool  # its value lives on behind the statement


class Hoists:
    """The operands of one guard that can be hoisted, in the order of their evaluation, and why others that are
    work cannot."""

    def __init__(self, look: Look, known: Known) -> None:
        self.look, self.source, self.known = look, look.source, known
        self.found: list[Hoist] = []
        self.reasons: list[str] = []
        for operand in look.operands:
            if not self._comes_first(operand):
                self._take(operand)

    def _comes_first(self, operand: Node) -> bool:
        """Is it the right side of a ``+=`` on a number, which is computed before the place is locked?"""
        up = operand.parent
        operation = operation_of(self.source, up) if up is not None else None
        if up is None or operation is None or up.type != "compound_assignment_expr":
            return False
        left = self.known.type_of(span_of(operation.left))
        return left is None or left.last != "String"

    def _take(self, operand: Node) -> None:
        told = early(self.source, operand, self.known)
        if not told.worth and not told.never:
            return
        why = told.never or self._whole(operand, told)
        if not why:
            return
        count, said = len(self.found), len(self.reasons)
        for part in parts_in_order(operand):
            self._take(part)
        if told.worth and len(self.found) == count and len(self.reasons) == said and why != "-":
            self.reasons.append(f"`{self._short(operand)}` stays under the lock: {why}")

    def _whole(self, operand: Node, told: Early) -> str:
        """Takes the operand as a whole, or says why not ("-": its parts tell)."""
        if operand.type.endswith("_initializer"):
            return "-"
        type_ = self.known.type_of(span_of(operand))
        if type_ is None or not is_whole(type_) or type_.is_ref or type_.kind == "never":
            return "-"
        if operand.type in ("parenthesized_expression", "reference_expression", "self"):
            return "-"
        if self.look.locked.awaited and not self.known.facts.is_plain(type_):
            return f"a `{type_.short(40)}` would live while the lock is awaited"
        front = front_of(self.source, operand)
        if isinstance(front, str):
            return front
        if told.changes:
            return f"it changes `{min(told.changes).decode('utf-8', 'replace')}`"
        read = identifiers(self.source.text(operand))
        earlier = [part for part in front.before if part not in [h.node for h in self.found]]
        if self.look.section is not None:
            earlier.append(self.look.section.declared)
        for part in earlier:
            if read & changed_by(self.source, part, self.known.type_of):
                return f"`{self._short(part)}` comes first, and may change what it is made of"
            acts = any(
                effect.what not in ("lock", "convention") for effect in effects(self.source, part)
            )
            if acts and (told.leaves or told.stops or told.doubts):
                return f"`{self._short(part)}` comes first, and others may see the order"
        taken = {
            self.source.text(n)
            for n in walk(operand)
            if n.type == "identifier" and (n == operand or takes_value(self.source, n))
        }
        if any(taken & identifiers(self.source.text(part)) for part in earlier):
            return "-"
        lent = not takes_value(self.source, operand)
        if lent and not self.known.facts.is_plain(type_):
            return f"a `{type_.short(40)}` would live longer"
        self.found.append(Hoist(operand, told, front, lent))
        return ""

    def _short(self, node: Node) -> str:
        text = self.source.quoted(span_of(node))
        return text if len(text) <= 40 else f"{text[:38]}.."


def named(look: Look, hoists: Collection[Hoist]) -> dict[Node, bytes]:
    """A free name for each of the hoisted values."""
    source = look.source
    function = source.enclosing(look.node, FUNCTIONS)
    found: dict[Node, bytes] = {}
    if function is None or not hoists:
        return found
    scopes = scopes_of(source, function)
    gone = [span_of(hoist.node) for hoist in hoists]
    front = next(iter(hoists)).front
    block = front.whole if front.inline else source.enclosing(front.whole, ("block",))
    start = look.scope.holder if look.section is not None else front.whole
    where = span_between(start, block or front.whole)

    def free(name: bytes, node: Node) -> bool:
        others = (source.text(each.node) for each in hoists if each.node != node)
        taken = name in found.values() or any(name in identifiers(text) for text in others)
        return not taken and is_free(source, scopes, name, where, gone, meant=gone)

    for hoist in hoists:
        free_here = partial(free, node=hoist.node)
        found[hoist.node] = first_free(list(_wanted(source, hoist.node)), free_here)
    return found


def span_between(start: Node, block: Node) -> Span:
    """From the beginning of ``start`` to the end of ``block``."""
    return Span(start.start_byte, block.end_byte)


def _wanted(source: Source, node: Node) -> Iterator[bytes]:
    made = call_of(node)
    if (
        made is not None
        and len(made.arguments) == 1
        and source.text(made.callee) in (b"Some", b"Ok")
    ):
        node = made.arguments[0]
    called, role = method_call(source, node), _role(source, node)
    word = b""
    if called is not None and called.method in _COPIES:
        access = access_of(called.receiver)
        word = source.text(access.name if access is not None else called.receiver)
    if node.type == "macro_invocation" and macro_name(source, node) == b"format":
        yield role or b"text"
        yield b"text"
        return
    own = _NAME.match(word) is not None and word not in _KEYWORDS
    if own:
        yield word
    yield role or (b"own_" + word if own else b"value")
    if own:
        yield b"own_" + word
    else:
        yield b"value"


def _role(source: Source, node: Node) -> bytes:
    """What the argument that it is, or is lent for, is called."""
    argument = node
    while argument.parent is not None and argument.parent.type in (
        *("reference_expression", "parenthesized_expression"),
    ):
        argument = argument.parent
    around = call_around(argument)
    called = method_call(source, around) if around is not None else None
    if called is None:
        return b""
    if called.method in (b"push", b"push_back", b"push_front"):
        return (
            b"line"
            if node.type == "macro_invocation" and macro_name(source, node) == b"format"
            else b"item"
        )
    roles = _ROLES.get(called.method, ())
    if called.method == b"insert" and len(called.arguments) == 1:
        roles = (b"item",)
    at = called.arguments.index(argument)
    return roles[at] if at < len(roles) else b""


def lets(
    source: Source, hoists: Collection[Hoist], names: dict[Node, bytes], indent: bytes
) -> list[bytes]:
    """``let name = value;`` for each."""
    found: list[bytes] = []
    for hoist in hoists:
        base = source.indent_of(hoist.node.start_byte)
        value = reindented(source, span_of(hoist.node), base, indent)
        found.append(b"let " + names[hoist.node] + b" = " + value + b";")
    return found


def instead(source: Source, names: dict[Node, bytes]) -> dict[Span, bytes]:
    """What stands for the hoisted values: their names, in `S { name: value }` in the short form."""
    found: dict[Span, bytes] = {}
    for node, name in names.items():
        up = node.parent
        field = initialized(up) if up is not None else None
        short = field is not None and source.text(field[0]) == name
        found[span_of(up if short and up is not None else node)] = name
    return found
