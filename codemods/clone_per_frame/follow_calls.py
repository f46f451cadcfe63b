"""Following rustc to the calls of a function whose parameter was changed to a reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.base.model import Edit, Fix, Span
from engine.detect.codemod import Problem, Refusal
from engine.rust import item_nodes, nodes
from engine.rust.codegen import needs_parentheses
from engine.rust.syntax import span_of

if TYPE_CHECKING:
    from engine.detect.facts import Facts

# Labels of fixes that change a parameter; the latter is second where the former makes a `&str` of it.
PARAMETER, TYPE_KEPT = "parameter", "reference"


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
        if edit is None and problem.path not in fix.paths:
            continue  # another fix's, most likely
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
    return Fix(fix.label, fix.level, (*fix.edits, *fresh), fix.note)


def _changed_parameter(fix: Fix, facts: Facts) -> tuple[bytes, int, bool] | None:
    if fix.label not in (PARAMETER, TYPE_KEPT):
        return None
    for edit in fix.edits:
        source = facts.source(edit.path)
        inside = source.innermost(Span(edit.start, max(edit.end, edit.start + 1)))
        function = source.enclosing(inside, ("function_item",))
        label = item_nodes.name_of(function) if function is not None else None
        if function is None or label is None:
            continue
        for index, parameter in enumerate(item_nodes.parameters_of(function)):
            if span_of(inside) in span_of(parameter.node):
                method = item_nodes.self_parameter(function) is not None
                return source.text(label), index, method
    return None


def _borrowed_argument(
    problem: Problem, name: bytes, index: int, method: bool, facts: Facts
) -> Edit | None:
    """``&`` in front of the argument that the error points at, if it is one of ``name``'s."""
    source = facts.source(problem.path)
    node = source.node_at(problem.span)
    call = nodes.call_around(node) if node is not None else None
    called = nodes.callee_name(call) if call is not None else None
    if node is None or call is None or called is None:
        return None
    position = nodes.arguments_of(call).index(node)
    if method and called.type == "identifier":
        position -= 1  # Type::method(receiver, argument)
    if source.text(called) != name or position != index or needs_parentheses(node):
        return None
    return Edit(source.path, node.start_byte, node.start_byte, b"&")
