"""Which of the workspace's functions a call may run, by name, owner and number of arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node

from engine.rust.definitions import owner_of
from engine.rust.known_calls import is_std_method
from engine.rust.nodes import arguments_of
from engine.rust.syntax import COMMENTS, Source

Mentions = Callable[[bytes], Iterable[tuple[Source, Node]]]
_PATHS = frozenset({"scoped_identifier", "generic_function"})


def call_by(name: Node) -> Node | None:
    """The call whose function is the identifier ``name``, with its path or receiver."""
    whole = name
    while whole.parent is not None and (
        whole.parent.type in _PATHS
        or (whole.parent.type == "field_expression" and whole.type == "field_identifier")
    ):
        whole = whole.parent
    call = whole.parent
    called = call is not None and call.type == "call_expression"
    return call if call and called and call.child_by_field_name("function") == whole else None


def name_of(call: Node) -> Node | None:
    """The identifier that names the function of ``call``."""
    node = call.child_by_field_name("function")
    fields = {"generic_function": "function", "field_expression": "field"}
    while node is not None and node.type in (*_PATHS, "field_expression"):
        node = node.child_by_field_name(fields.get(node.type, "name"))
    return node if node is not None and "identifier" in node.type else None


def parameters(function: Node) -> list[Node]:
    """The parameters as declared, ``self`` first where there is one."""
    listed = function.child_by_field_name("parameters")
    inside = listed.named_children if listed is not None else []
    return [n for n in inside if n.type not in (*COMMENTS, "attribute_item")]


def takes_self(function: Node) -> bool:
    return any(n.type == "self_parameter" for n in parameters(function)[:1])


def callees(
    mentions: Mentions, source: Source, name: Node, sure: bool = False
) -> Iterator[tuple[Source, Node]]:
    """The functions that the call by ``name`` may run.

    ``sure``: a method on something else than ``self`` counts only when one function of the workspace
    has that name, and std's types have no such method.
    """
    call = call_by(name)
    if call is None:
        return
    given = len(arguments_of(call))
    every = [(s, f) for s, f in _defined(mentions, source.text(name))]
    if name.type == "field_identifier":
        methods = [(s, f) for s, f in every if len(parameters(f)) == given + 1 and takes_self(f)]
        function = call.child_by_field_name("function")
        value = function.child_by_field_name("value") if function is not None else None
        if value is not None and value.type == "self":
            own = owner_of(source, name)
            methods = [(s, f) for s, f in methods if owner_of(s, f) == own]
        elif sure and (len(every) > 1 or is_std_method(source.text(name))):
            return
        yield from methods
        return
    function = call.child_by_field_name("function")
    path = b"".join(source.text(function).split()) if function is not None else b""
    owner = path.rpartition(b"::")[0].rpartition(b"::")[2].partition(b"<")[0]
    if owner == b"Self":
        owner = owner_of(source, name)
    wanted = owner if owner[:1].isupper() else b""
    for place, item in every:
        if owner_of(place, item) == wanted and len(parameters(item)) == given:
            yield place, item


def callers(mentions: Mentions, source: Source, function: Node) -> Iterator[tuple[Source, Node]]:
    """Calls that may run ``function``."""
    named = function.child_by_field_name("name")
    for place, node in mentions(source.text(named)) if named is not None else ():
        if any(s.path == source.path and f == function for s, f in callees(mentions, place, node)):
            call = call_by(node)
            if call is not None:
                yield place, call


def _defined(mentions: Mentions, name: bytes) -> Iterator[tuple[Source, Node]]:
    for source, node in mentions(name):
        up = node.parent
        defines = up is not None and up.type == "function_item"
        if up is not None and defines and up.child_by_field_name("name") == node:
            yield source, up
