"""Calls of a function whose parameter changes: finding them, and following rustc to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Fix, Span
from engine.detect.codemod import Problem, Refusal
from engine.rust.syntax import COMMENTS, Source, span_of

from .functions import Function, Functions
from .tables import LOOSE, SPAWNING

if TYPE_CHECKING:
    from engine.detect.facts import Facts

    from .callee import Parameter


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the function: the argument that the parameter gets."""

    source: Source
    argument: Node


def calls(
    parameter: Parameter,
    functions: Functions,
    facts: Facts,
    known: frozenset[tuple[str, Span]] = frozenset(),
) -> tuple[list[Call], str]:
    """All calls that are certain to be of this function, and why there is one that is no call.

    Calls of a method on other receivers than ``self`` are certain only if they are ``known``; the
    others are left to ``follow``.
    """
    function = parameter.function
    name = function.name.decode("utf-8", "replace")
    found: list[Call] = []
    for source, node in functions.mentions(function):
        role = _mention(source, node, function)
        if role == "other" or _is_local(source, node, facts):
            continue
        line = source.position(node.start_byte)[0]
        if role == "value":
            return [], f"`{name}` is used as a value at line {line} of {source.path}"
        if role is None:
            continue
        call = source.enclosing(node, ("call_expression",))
        argument = _argument(source, call, parameter, node) if call is not None else None
        if call is None or argument is None:
            return [], f"the call of `{name}` at line {line} of {source.path} is not understood"
        if _spawned(source, call):
            return [], f"line {line} of {source.path} spawns `{name}`, which must own what it takes"
        sure = function.self_parameter is None or _on_self(source, node, function)
        if sure or (source.path, span_of(argument)) in known:
            found.append(Call(source, argument))
    return found, ""


def _mention(source: Source, node: Node, function: Function) -> str | None:
    """ "call", "value", "other" (something else of that name), None for a definition or import."""
    parent = node.parent
    if node.type not in ("identifier", "field_identifier") or parent is None:
        if source.enclosing(node, ("attribute_item", "inner_attribute_item")) is not None:
            return "value"
        return (
            "other" if node.type in ("type_identifier", "shorthand_field_identifier") else "value"
        )
    if source.enclosing(node, ("use_declaration",)) is not None:
        return None
    if parent.type in ("function_item", "function_signature_item"):
        return None
    method = function.self_parameter is not None
    if parent.type == "field_expression" and parent.child_by_field_name("field") == node:
        outer = source.parent(parent)
        called = (
            outer is not None
            and outer.type == "call_expression"
            and outer.child_by_field_name("function") == parent
        )
        return "call" if method and called else "other"
    if node.type == "field_identifier":
        return "other"
    path = node
    if parent.type == "scoped_identifier":
        if parent.child_by_field_name("name") != node:
            return "other"  # a module of that name
        path = parent
    elif method:
        return "other"  # a local or a free function of the method's name
    outer = source.parent(path)
    called = outer is not None and outer.type == "call_expression"
    if outer is not None and called and outer.child_by_field_name("function") == path:
        return "call"
    if parent.type in ("macro_invocation", "mod_item"):
        return "other"
    return "value"


def _is_local(source: Source, node: Node, facts: Facts) -> bool:
    """A local variable of the same name."""
    holder = source.fn_item_of(node) if node.type == "identifier" else None
    if holder is None or (node.parent is not None and node.parent.type == "scoped_identifier"):
        return False
    return facts.sources.scopes(source, holder).binding_at(node) is not None


def _argument(source: Source, call: Node, parameter: Parameter, node: Node) -> Node | None:
    listed = call.child_by_field_name("arguments")
    if listed is None:
        return None
    given = [c for c in listed.named_children if c.type not in COMMENTS]
    index = parameter.index
    if parameter.function.self_parameter is not None and node.type == "identifier":
        index += 1  # Type::method(receiver, argument)
    wanted = len(parameter.function.parameters) + (index - parameter.index)
    return given[index] if len(given) == wanted else None


def _on_self(source: Source, node: Node, function: Function) -> bool:
    """``self.name(..)`` or ``Self::name(..)`` in an impl of the same type."""
    holder = source.enclosing(node, ("impl_item",))
    target = holder.child_by_field_name("type") if holder is not None else None
    if target is not None and target.type == "generic_type":
        target = target.child_by_field_name("type")
    if (
        target is None
        or source.text(target).decode("utf-8", "replace").rpartition("::")[2] != function.owner
    ):
        return False
    parent = node.parent
    left = parent.named_children[0] if parent is not None and parent.named_children else None
    return left is not None and source.text(left) in (b"self", b"Self", function.owner.encode())


def _spawned(source: Source, call: Node) -> bool:
    arguments = source.parent(call)
    outer = source.parent(arguments) if arguments is not None else None
    if arguments is None or arguments.type != "arguments" or outer is None:
        return False
    function = outer.child_by_field_name("function")
    if function is None:
        return False
    tail = function.child_by_field_name("field") or function.child_by_field_name("name") or function
    return source.text(tail) in SPAWNING


# -- following the compiler --------------------------------------------------------------------


def follow(fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
    """Calls that were not certain: rustc points at the argument (E0308)."""
    changed = _changed_parameter(fix, facts)
    if changed is None:
        return None
    name, index, method = changed
    more: list[Edit] = []
    for problem in problems:
        if not problem.primary:
            continue
        edit = None
        if problem.code == "E0308" and not problem.inside:
            edit = _borrowed_argument(problem, name, index, method, facts)
        if edit is None:
            said = problem.label or problem.message
            line = facts.source(problem.path).position(problem.span.start)[0]
            return Refusal(
                f"with a borrowed parameter of `{name.decode('utf-8', 'replace')}` rustc says at "
                f"line {line} of {problem.path}: {said}"
            )
        more.append(edit)
    fresh = [e for e in dict.fromkeys(more) if e not in fix.edits]
    if not fresh:
        return None
    return Fix(fix.label, fix.level, (*fix.edits, *fresh), fix.note, fix.drops)


def _changed_parameter(fix: Fix, facts: Facts) -> tuple[bytes, int, bool] | None:
    if fix.label != "parameter":
        return None
    for edit in fix.edits:
        source = facts.source(edit.path)
        node: Node | None = source.innermost(Span(edit.start, max(edit.end, edit.start + 1)))
        while node is not None and node.type != "parameter":
            node = source.parent(node)
        listed = node.parent if node is not None else None
        function = listed.parent if listed is not None else None
        if node is None or listed is None or function is None:
            continue
        label = function.child_by_field_name("name")
        if function.type != "function_item" or label is None:
            continue
        parameters = [c for c in listed.named_children if c.type == "parameter"]
        method = any(c.type == "self_parameter" for c in listed.named_children)
        return source.text(label), parameters.index(node), method
    return None


def _borrowed_argument(
    problem: Problem, name: bytes, index: int, method: bool, facts: Facts
) -> Edit | None:
    """``&`` in front of the argument that the error points at, if it is one of ``name``'s."""
    source = facts.source(problem.path)
    node = source.node_at(problem.span)
    if node is None:
        return None
    arguments = source.parent(node)
    call = source.parent(arguments) if arguments is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    if arguments is None or arguments.type != "arguments" or function is None:
        return None
    tail = function.child_by_field_name("field") or function.child_by_field_name("name") or function
    given = [c for c in arguments.named_children if c.type not in COMMENTS]
    position = given.index(node) if node in given else -1
    if method and function.type == "scoped_identifier":
        position -= 1
    if source.text(tail) != name or position != index or node.type in LOOSE:
        return None
    return Edit(source.path, node.start_byte, node.start_byte, b"&")
