"""What becomes of a value that was read: is it compared or branched on? Then more may hang on it than
its own number, and the atomic must be ordered with all else.

Values are followed through operators, blocks, names, tuples, fields, results and parameters of the
workspace's own functions. Functions and fields are found by name: one too many only makes an ordering
stronger. Assertions do not count: they look at what is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node

from engine.base.model import Span
from engine.detect.facts import Facts
from engine.rust.calls import parameter_of
from engine.rust.known_calls import (
    evaluates_in_place,
    is_maker,
    is_number_method,
    takes_expressions,
)
from engine.rust.nodes import arguments_of, call_by_name, callee_name, macro_name, method_on
from engine.rust.scopes import pattern_names
from engine.rust.syntax import COMMENTS, Source, span_of

Mentions = Callable[[bytes], Iterable[tuple[Source, Node]]]
Value = tuple[Source, Node]  # an expression that holds the value, or something made from it

_DECIDING = frozenset({b"==", b"!=", b"<", b"<=", b">", b">=", b"&&", b"||"})
_COMPARING = frozenset({b"eq", b"ne", b"lt", b"le", b"gt", b"ge", b"cmp", b"partial_cmp"})
_ON = frozenset(
    {"unary_expression", "type_cast_expression", "parenthesized_expression", "tuple_expression"}
    | {"array_expression", "reference_expression", "await_expression", "range_expression"}
    | {"closure_expression", "const_block", "unsafe_block", "async_block", "else_clause"}
    | {"source_file", "generic_function", "try_block", "gen_block"}
)
_LOOPS = frozenset({"loop_expression", "for_expression", "while_expression"})
# More steps or mentions than a statistic ever has: in doubt, the value decides.
_STEPS, _MENTIONS = 400, 300


class Decisions:
    """Follows values over the workspace. ``mentions`` gives the identifiers spelled like a word."""

    def __init__(self, facts: Facts, mentions: Mentions) -> None:
        self.facts = facts
        self._mentions = mentions

    def words(self, source: Source, read: Node) -> frozenset[str]:
        """Of "decides" (compared or branched on) and "escapes" (given to what cannot be seen),
        those that are true of the value that ``read`` reads."""
        found: set[str] = set()
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

    def _steps(self, source: Source, node: Node) -> Iterator[Value | str]:
        """Where the value of ``node`` goes next, or a word for what becomes of it."""
        up = source.parent(node)
        if up is None:
            return
        match up.type:
            case "binary_expression":
                sign = up.child_by_field_name("operator")
                if sign is None or source.text(sign) not in _DECIDING:
                    yield source, up
                elif not _asserted(source, up):
                    yield "decides"
            case "if_expression" | "while_expression":
                if up.child_by_field_name("condition") == node:
                    yield "decides"
                elif up.type == "if_expression":
                    yield source, up
            case "match_expression" | "for_expression":
                if up.child_by_field_name("value") == node:
                    yield "decides"
            case "let_condition" | "let_chain" | "match_pattern" | "try_expression" | "ERROR":
                yield "decides"
            case "match_arm":
                match = source.enclosing(up, ["match_expression"])
                if match is not None and up.child_by_field_name("value") == node:
                    yield source, match
            case "let_declaration":
                if up.child_by_field_name("value") == node:
                    if up.child_by_field_name("alternative") is not None:
                        yield "decides"
                    yield from self._named(source, up.child_by_field_name("pattern"))
            case "expression_statement":
                if not source.text(up).endswith(b";"):
                    yield source, up
            case "block":
                rest = [n for n in up.named_children if n.type not in COMMENTS]
                if rest and rest[-1] == node and node.type != "let_declaration":
                    yield source, up
            case "function_item":
                yield from self._returned(source, up)
            case "return_expression":
                function = source.function_of(up)
                if function is not None and function.type == "function_item":
                    yield from self._returned(source, function)
                elif function is not None:
                    yield source, function
            case "break_expression":
                loop = source.enclosing(up, ["loop_expression"])
                if loop is not None:
                    yield source, loop
            case "index_expression":
                yield "escapes"  # it picks an element: whatever that does
            case "arguments":
                if up.parent is not None:
                    yield from self._passed(source, node, up.parent)
            case "call_expression":
                yield source, up
            case "field_expression":
                called = method_on(source, node)
                if called is None:
                    yield source, up
                    return
                if called[0] in _COMPARING:
                    yield "decides"
                yield source, called[1]
                for given in arguments_of(called[1]):
                    if given.type == "closure_expression":
                        yield from self._named(source, given.child_by_field_name("parameters"))
            case "field_initializer" | "shorthand_field_initializer":
                field = up.child_by_field_name("field")
                yield from self._stored(source, source.text(field if field is not None else node))
            case "assignment_expression" | "compound_assignment_expr":
                left = up.child_by_field_name("left")
                if left is not None and left != node:
                    yield from self._assigned(source, left)
            case "macro_invocation":
                yield from _in_macro(source, up)
            case kind if kind in _ON:
                yield source, up
            case kind if kind in _LOOPS:
                pass
            case _:
                yield "escapes"

    # -- names ---------------------------------------------------------------------------------

    def _named(self, source: Source, pattern: Node | None) -> Iterator[Value | str]:
        """All uses of the names that ``pattern`` binds."""
        function = source.fn_item_of(pattern) if pattern is not None else None
        if pattern is None or function is None:
            yield "escapes"
            return
        scopes = self.facts.sources.scopes(source, function)
        for identifier in pattern_names(pattern):
            declared = span_of(identifier)
            binding = next((b for b in scopes.bindings if b.decl == declared), None)
            if binding is not None:
                uses = (use for use in scopes.uses(binding) if not use.capture)
                yield from ((source, source.innermost(use.span)) for use in uses)

    def _assigned(self, source: Source, left: Node) -> Iterator[Value | str]:
        if left.type == "field_expression":
            field = left.child_by_field_name("field")
            if field is not None:
                yield from self._stored(source, source.text(field))
            return
        function = source.fn_item_of(left)
        if left.type != "identifier" or function is None:
            yield "escapes"
            return
        scopes = self.facts.sources.scopes(source, function)
        binding = scopes.binding_at(left)
        if binding is None:
            yield "escapes"
            return
        uses = (use for use in scopes.uses(binding) if not use.capture)
        yield from ((source, source.innermost(use.span)) for use in uses)

    def _stored(self, source: Source, name: bytes) -> Iterator[Value | str]:
        """All reads of fields of that name."""
        package = self.facts.package_of(source.path)
        if package is None or package.has_lib:
            yield "escapes"
        for place, node in self._places(name):
            up = node.parent
            if up is None:
                continue
            if up.type == "field_expression" and up.child_by_field_name("field") == node:
                if up.parent is None or up.parent.child_by_field_name("function") != up:
                    yield place, up
            elif up.type == "field_pattern":
                yield from self._named(place, up.child_by_field_name("pattern") or node)

    def _places(self, name: bytes) -> list[Value]:
        return list(self._mentions(name))

    # -- functions -----------------------------------------------------------------------------

    def _returned(self, source: Source, function: Node) -> Iterator[Value | str]:
        """All calls of ``function``, for its value."""
        named = function.child_by_field_name("name")
        if named is None:
            return
        name = source.text(named)
        if self.facts.items.exposed(source, function):
            yield "escapes"
        places = self._places(name)
        if len(places) > _MENTIONS:
            yield "decides"
            return
        yield from self.facts.calls.callers(source, function)
        if any(_passed_on(place, node) for place, node in places):
            yield "escapes"

    def _passed(self, source: Source, node: Node, call: Node) -> Iterator[Value | str]:
        """Into a parameter of the workspace's own functions, or out of sight."""
        named = callee_name(call)
        if named is None:
            yield "escapes"
            return
        method = named.type == "field_identifier"
        at = next((i for i, n in enumerate(arguments_of(call)) if n == node), 0)
        name = source.text(named)
        if (method and is_number_method(name)) or (not method and is_maker(source, call)):
            if name in _COMPARING:
                yield "decides"
            yield source, call
            return
        own = list(self.facts.calls.callees(source, named))
        for place, callee in own:
            parameter = parameter_of(callee, method, at)
            pattern = parameter.child_by_field_name("pattern") if parameter is not None else None
            yield from self._named(place, pattern)
        function = call.child_by_field_name("function")
        value = function.child_by_field_name("value") if method and function is not None else None
        if not own or (
            value is not None and value.type != "self"
        ):  # another type's method, perhaps
            yield "escapes"


def _passed_on(source: Source, node: Node) -> bool:
    """Is the function that ``node`` names given away instead of called?"""
    if node.type != "identifier" or call_by_name(node) is not None:
        return False
    up = node.parent
    if up is None or up.type == "function_item":
        return False
    whole = up if up.type == "scoped_identifier" else node
    return whole.parent is not None and whole.parent.type == "arguments"


def _in_macro(source: Source, macro: Node) -> Iterator[Value | str]:
    """A value that is an argument of a macro: shown, handed on, or out of sight."""
    name = macro_name(source, macro)
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
    return macro is not None and source.text(macro).startswith((b"assert", b"debug_assert"))
