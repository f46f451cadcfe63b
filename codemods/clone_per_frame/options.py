"""``opt.clone().map(|x| ..)`` whose closure only reads: ``opt.as_ref().map(|x| ..)``."""

from __future__ import annotations

from tree_sitter import Node

from engine.rust.scopes import Scopes
from engine.rust.syntax import COMMENTS, Source, span_of

from .serve import Fails, Serves, pattern_bindings, serves_all


def closures_read(source: Source, scopes: Scopes, call: Node) -> Serves | Fails | None:
    """Do all closures among the call's arguments only read what they are given?

    None when there is none, or one whose parameter is written in a way that is not understood.
    """
    listed = call.child_by_field_name("arguments")
    given = [c for c in listed.named_children if c.type not in COMMENTS] if listed else []
    closures = [node for node in given if node.type == "closure_expression"]
    found: list[Serves] = []
    for closure in closures:
        parameters = closure.child_by_field_name("parameters")
        if parameters is None or any(
            parameter.type in ("parameter", "reference_pattern", "mut_pattern")
            for parameter in parameters.named_children
        ):
            return None  # a type is written there, or it is taken apart further
        bound = pattern_bindings(scopes, span_of(parameters))
        served = serves_all(source, scopes, bound)
        if isinstance(served, Fails):
            return served
        if served.uses:
            found.append(served)
    if not found:
        return None
    edits = tuple(edit for one in found for edit in one.edits)
    return Serves(edits, sum(one.uses for one in found), max(one.end for one in found))
