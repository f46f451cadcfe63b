"""What hangs on a value: is it, or something made from it, compared or branched on?

Values are followed through operators, blocks, names, tuples, fields, results and parameters of the
workspace's own functions. Functions and fields are found by name: one too many only makes the answer
more careful. Assertions do not count: they look at what is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from tree_sitter import Node

from engine.base.model import Span
from engine.rust import item_nodes, nodes
from engine.rust.calls import Calls, parameter_of
from engine.rust.files import Files, PackageOf
from engine.rust.items import Items
from engine.rust.known_calls import (
    evaluates_in_place,
    is_maker,
    is_number_method,
    takes_expressions,
)
from engine.rust.scopes import pattern_names
from engine.rust.syntax import Source, span_of
from engine.rust.value_steps import next_step

Value = tuple[Source, Node]  # an expression that holds the value, or something made from it
Mentions = Callable[[bytes], Iterable[tuple[Source, Node]]]
# Compared or branched on; given to what cannot be seen.
Fate = Literal["decides", "escapes"]

_DECIDING = frozenset({b"==", b"!=", b"<", b"<=", b">", b">=", b"&&", b"||"})
_COMPARING = frozenset({b"eq", b"ne", b"lt", b"le", b"gt", b"ge", b"cmp", b"partial_cmp"})
# More steps or mentions than a statistic ever has: in doubt, the value decides.
_STEPS, _MENTIONS = 400, 300


class Influence:
    """Follows values over the workspace. ``mentions`` gives the identifiers that are spelled like a
    word, as far as values are to be followed there."""

    def __init__(
        self, files: Files, items: Items, calls: Calls, package_of: PackageOf, mentions: Mentions
    ) -> None:
        self._files = files
        self._items = items
        self._calls = calls
        self._package_of = package_of
        self._mentions = mentions

    def of(self, source: Source, read: Node) -> frozenset[Fate]:
        """What is true of the value that ``read`` reads."""
        found: set[Fate] = set()
        seen: set[tuple[str, Span, str]] = set()
        pending: list[Value] = [(source, read)]
        while pending and "decides" not in found:
            current, node = pending.pop()
            key = (current.path, span_of(node), node.type)
            if key in seen:
                continue
            seen.add(key)
            if len(seen) > _STEPS:
                found.add("decides")
            for step in self._steps(current, node):
                if isinstance(step, str):
                    found.add(step)
                else:
                    pending.append(step)
        return frozenset(found)

    def _steps(self, source: Source, node: Node) -> Iterator[Value | Fate]:
        """Where the value of ``node`` goes next, or what becomes of it."""
        step = next_step(source, node)
        if step is None:
            return
        match step.way:
            case "value" | "member" | "callee":
                yield source, step.node
            case "operand":
                operation = nodes.operation_of(source, step.node)
                if operation is None or operation.operator not in _DECIDING:
                    yield source, step.node
                elif not _asserted(source, step.node):
                    yield "decides"
            case "condition" | "scrutinee" | "tried":
                yield "decides"
            case "let":
                let = nodes.let_of(step.node)
                if let is not None and let.alternative is not None:
                    yield "decides"
                yield from self._named(source, let.pattern if let is not None else None)
            case "returned":
                yield from self._returned(source, step.node)
            case "argument":
                yield from self._passed(source, node, step.node)
            case "receiver":
                yield from self._received(source, step.node)
            case "initializes":
                initialized = nodes.initialized(step.node)
                name = initialized[0] if initialized is not None else node
                yield from self._stored(source, source.text(name))
            case "assigned":
                yield from self._assigned(source, step.node)
            case "macro":
                yield from _in_macro(source, step.node)
            case "unknown" if step.node.is_error:
                yield "decides"
            case "dropped":
                pass
            case _:
                yield "escapes"

    # -- names ---------------------------------------------------------------------------------

    def _named(self, source: Source, pattern: Node | None) -> Iterator[Value | Fate]:
        """All uses of the names that ``pattern`` binds."""
        function = source.fn_item_of(pattern) if pattern is not None else None
        if pattern is None or function is None:
            yield "escapes"
            return
        declared = {span_of(identifier) for identifier in pattern_names(pattern)}
        scopes = self._files.scopes(source, function)
        for binding in scopes.bindings:
            if binding.decl in declared:
                uses = (use for use in scopes.uses(binding) if not use.capture)
                yield from ((source, source.innermost(use.span)) for use in uses)

    def _assigned(self, source: Source, left: Node) -> Iterator[Value | Fate]:
        access = nodes.access_of(left)
        if access is not None:
            yield from self._stored(source, source.text(access.name))
            return
        function = source.fn_item_of(left)
        scopes = self._files.scopes(source, function) if function is not None else None
        binding = scopes.binding_at(left) if scopes and left.type == "identifier" else None
        if scopes is None or binding is None:
            yield "escapes"
            return
        uses = (use for use in scopes.uses(binding) if not use.capture)
        yield from ((source, source.innermost(use.span)) for use in uses)

    def _stored(self, source: Source, name: bytes) -> Iterator[Value | Fate]:
        """All reads of fields of that name."""
        package = self._package_of(source.path)
        if package is None or package.lib:
            yield "escapes"
        for place, node in self._mentions(name):
            up = node.parent
            access = nodes.access_of(up) if up is not None else None
            if up is not None and access is not None and access.name == node:
                if not nodes.is_callee(up):
                    yield place, up
            elif up is not None and up.type == "field_pattern":
                yield from self._named(place, nodes.pattern_of(up) or node)

    # -- functions -----------------------------------------------------------------------------

    def _received(self, source: Source, call: Node) -> Iterator[Value | Fate]:
        method = nodes.method_call(source, call)
        if method is not None and method.method in _COMPARING:
            yield "decides"
        yield source, call
        for given in method.arguments if method is not None else ():
            for parameter in item_nodes.parameters_of(given):
                yield from self._named(source, parameter.pattern)

    def _returned(self, source: Source, function: Node) -> Iterator[Value | Fate]:
        """All calls of ``function``, for its value."""
        named = item_nodes.name_of(function)
        if named is None:
            return
        if self._items.exposed(source, function):
            yield "escapes"
        places = list(self._mentions(source.text(named)))
        if len(places) > _MENTIONS:
            yield "decides"
            return
        yield from self._calls.callers(source, function)
        if any(_given_away(node) for _, node in places):
            yield "escapes"

    def _passed(self, source: Source, node: Node, call: Node) -> Iterator[Value | Fate]:
        """Into a parameter of the workspace's own functions, or out of sight."""
        named = nodes.callee_name(call)
        if named is None:
            yield "escapes"
            return
        method = nodes.method_call(source, call)
        given = nodes.arguments_of(call)
        at = given.index(node) if node in given else 0
        name = source.text(named)
        if is_number_method(name) if method is not None else is_maker(source, call):
            if name in _COMPARING:
                yield "decides"
            yield source, call
            return
        own = list(self._calls.callees(source, named))
        for place, callee in own:
            parameter = parameter_of(callee, method is not None, at)
            pattern = nodes.pattern_of(parameter) if parameter is not None else None
            yield from self._named(place, pattern)
        if not own or (method is not None and method.receiver.type != "self"):
            yield "escapes"  # another type's method, perhaps


def _given_away(node: Node) -> bool:
    """Is the function that ``node`` names given away instead of called?"""
    if node.type != "identifier" or nodes.call_by_name(node) is not None:
        return False
    up = node.parent
    if up is None or up.type == "function_item":
        return False
    return nodes.call_around(up if up.type == "scoped_identifier" else node) is not None


def _in_macro(source: Source, macro: Node) -> Iterator[Value | Fate]:
    """A value that is an argument of a macro: shown, handed on, or out of sight."""
    name = nodes.macro_name(source, macro)
    if name == b"matches":
        yield "decides"
    elif name in (b"vec", b"dbg"):
        yield source, macro
    elif takes_expressions(source, macro):
        return
    elif evaluates_in_place(source, macro):
        yield source, macro
    else:
        yield "escapes"


def _asserted(source: Source, node: Node) -> bool:
    while node.parent is not None:
        node = node.parent
    macro = source.parent(node)
    return macro is not None and nodes.macro_name(source, macro).startswith(
        (b"assert", b"debug_assert")
    )
