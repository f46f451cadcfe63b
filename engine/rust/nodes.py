"""The parts of Rust syntax by their meaning: this module knows the grammar's field names.

Every function takes a node of any kind and answers None (or nothing) where it has no such part, so
that callers ask for what they want instead of testing kinds first. Nothing here looks at types or
names: what a call means is asked elsewhere. Grammar: tree-sitter-rust 0.24.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from tree_sitter import Node

from engine.rust.syntax import COMMENTS, Source

_PAREN = "parenthesized_expression"
_OPERATIONS = frozenset({"assignment_expression", "compound_assignment_expr", "binary_expression"})
COMPARISONS = frozenset({b"==", b"!=", b"<", b">", b"<=", b">="})


class Call(NamedTuple):
    """``callee::<turbofish>(arguments)``; the callee of a method call is its ``receiver.method``."""

    callee: Node
    turbofish: Node | None  # the ``<..>``
    arguments: tuple[Node, ...]

    @property
    def whole_callee(self) -> Node:
        """The callee with its turbofish."""
        whole = self.callee.parent if self.turbofish is not None else None
        return whole if whole is not None else self.callee


class MethodCall(NamedTuple):
    """``receiver.method(arguments)``, a turbofish looked through."""

    receiver: Node
    method: bytes
    arguments: tuple[Node, ...]


class Access(NamedTuple):
    """``base.name``: a field, a tuple's number, or a method that is about to be called."""

    base: Node
    name: Node


class Operation(NamedTuple):
    """``left operator right``: an assignment (``=``), a compound one (``+=``) or a binary operator."""

    left: Node
    operator: bytes
    right: Node


# -- parentheses and neighbours --------------------------------------------------------------------


def named_children(node: Node) -> list[Node]:
    """Without comments."""
    return [child for child in node.named_children if child.type not in COMMENTS]


def bare(node: Node) -> Node:
    """``node`` without parentheses around it."""
    while node.type == _PAREN:
        inner = named_children(node)
        if len(inner) != 1:
            break
        node = inner[0]
    return node


def outward(node: Node) -> Node:
    """``node`` with all parentheses around it; those of a macro call, ``assert!(x)``, are no part of its
    argument."""
    while (up := node.parent) is not None and up.type == _PAREN and not is_macro_brackets(up):
        node = up
    return node


def is_macro_brackets(node: Node) -> bool:
    """Does ``node`` stand for the brackets of a macro call: the parentheses of ``assert!(x)``, the tuple
    of ``max!(a, b)``, the block of ``run! { x }``? The arguments are a tree of their own."""
    root = node
    while root.parent is not None:
        root = root.parent
        if (root.start_byte, root.end_byte) != (node.start_byte, node.end_byte):
            return False
    return root != node


def unwrapped(node: Node) -> tuple[Node, Node | None]:
    """``node`` with all parentheses around it, and the parent of that (None at a tree's root)."""
    whole = outward(node)
    return whole, whole.parent


def has_token(node: Node, token: str) -> bool:
    """Is the keyword or sign ``token`` a direct part of ``node`` (``mut``'s is
    ``mutable_specifier``)?"""
    return any(child.type == token for child in node.children)


def through_views(
    source: Source, node: Node, methods: Container[bytes]
) -> tuple[Node, Node | None]:
    """As ``unwrapped``, also through views of all of it: ``&x``, ``&*x``, ``&x[..]``, and the calls of
    ``methods`` on it (``x.as_str()``)."""
    while True:
        node, up = unwrapped(node)
        named = method_on(source, node)
        viewed = up is not None and (dereferenced(up) == node or _whole_slice(source, up) == node)
        if up is not None and (viewed or (borrowed(up) == node and not is_mut(up))):
            node = up
        elif named is not None and named[0] in methods:
            node = named[1]
        else:
            return node, up


def _whole_slice(source: Source, node: Node) -> Node | None:
    """``x`` of ``x[..]``."""
    parts = indexed(node)
    return parts[0] if parts is not None and source.text(parts[1]) == b".." else None


# -- calls -----------------------------------------------------------------------------------------


def call_of(node: Node) -> Call | None:
    """The parts of a call, a method call included; not of a macro call."""
    if node.type != "call_expression":
        return None
    callee, arguments = node.child_by_field_name("function"), arguments_of(node)
    if callee is None:
        return None
    if callee.type != "generic_function":
        return Call(callee, None, arguments)
    inner = callee.child_by_field_name("function")
    return Call(inner or callee, callee.child_by_field_name("type_arguments"), arguments)


def callee_of(node: Node) -> Node | None:
    """What is called, without a turbofish."""
    call = call_of(node)
    return call.callee if call is not None else None


def arguments_of(node: Node) -> tuple[Node, ...]:
    """The arguments of a call; () for anything else."""
    listed = node.child_by_field_name("arguments") if node.type == "call_expression" else None
    return tuple(named_children(listed)) if listed is not None else ()


def call_around(argument: Node) -> Node | None:
    """The call of whose argument list ``argument`` is directly a part."""
    listed = argument.parent
    if listed is None or listed.type != "arguments":
        return None
    return listed.parent


def method_call(source: Source, node: Node) -> MethodCall | None:
    """The parts of ``x.f(..)``; None for a call by path, and for a call of a field ``(x.f)(..)``."""
    call = call_of(node)
    access = access_of(call.callee) if call is not None else None
    if call is None or access is None:
        return None
    return MethodCall(access.base, source.text(access.name), call.arguments)


def is_callee(node: Node) -> bool:
    """Is ``node`` what a call calls (the ``x.method`` or the path), with or without turbofish?"""
    return call_through(node) is not None


def only_argument_of(node: Node) -> Node | None:
    """The call whose single argument ``node`` is."""
    call = call_around(node)
    return call if call is not None and len(arguments_of(call)) == 1 else None


def call_through(callee: Node) -> Node | None:
    """The call that calls ``callee``."""
    up = callee.parent
    if up is not None and up.type == "generic_function":
        if up.child_by_field_name("function") != callee:
            return None
        callee, up = up, up.parent
    if up is None or up.type != "call_expression":
        return None
    return up if up.child_by_field_name("function") == callee else None


def callee_name(call: Node) -> Node | None:
    """The identifier that names the function or method of a call."""
    callee = callee_of(call)
    if callee is None:
        return None
    access, path = access_of(callee), path_of(callee)
    node = access.name if access is not None else path[1] if path is not None else callee
    return node if "identifier" in node.type else None


def call_by_name(name: Node) -> Node | None:
    """The call of whose function or method ``name`` is the identifier."""
    whole = name.parent
    access = access_of(whole) if whole is not None else None
    path = path_of(whole) if whole is not None else None
    part = access.name if access is not None else path[1] if path is not None else None
    return call_through(whole if whole is not None and part == name else name)


def method_on(source: Source, node: Node) -> tuple[bytes, Node] | None:
    """(method, call) of the method call whose receiver is ``node``."""
    up = node.parent
    access = access_of(up) if up is not None else None
    if up is None or access is None or access.base != node:
        return None
    call = call_through(up)
    return (source.text(access.name), call) if call is not None else None


def macro_path(call: Node) -> Node | None:
    """``tracing::debug`` of ``tracing::debug!(..)``."""
    return call.child_by_field_name("macro") if call.type == "macro_invocation" else None


def macro_name(source: Source, call: Node) -> bytes:
    """The last segment of a macro call's path: ``debug`` of ``tracing::debug!(..)``; b"" for what is
    no macro call."""
    path = macro_path(call)
    return last_segment(source.text(path)) if path is not None else b""


# -- expressions -----------------------------------------------------------------------------------


def access_of(node: Node) -> Access | None:
    """The parts of ``x.name`` and ``x.0``; of a method call's ``x.f`` too, which is its callee."""
    if node.type != "field_expression":
        return None
    base, name = node.child_by_field_name("value"), node.child_by_field_name("field")
    return Access(base, name) if base is not None and name is not None else None


def operation_of(source: Source, node: Node) -> Operation | None:
    """The parts of an assignment, a compound one or a binary operation; None for ``-x``, ``x as
    T``, ``a..b``."""
    if node.type not in _OPERATIONS:
        return None
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None:
        return None
    return Operation(left, source.text(operator) if operator is not None else b"=", right)


def lazy_right(source: Source, node: Node) -> Node | None:
    """``b`` of ``a && b`` and ``a || b``, which is evaluated only when ``a`` does not decide."""
    operation = operation_of(source, node)
    if operation is None or operation.operator not in (b"&&", b"||"):
        return None
    return operation.right


def borrowed(node: Node) -> Node | None:
    """``x`` of ``&x`` and ``&mut x``."""
    return node.child_by_field_name("value") if node.type == "reference_expression" else None


def is_mut(node: Node) -> bool:
    """Does the reference, pattern, parameter or ``let`` say ``mut``?"""
    return has_token(node, "mutable_specifier")


def dereferenced(node: Node) -> Node | None:
    """``x`` of ``*x``."""
    if node.type != "unary_expression" or not (has_token(node, "*") or _ends_range(node)):
        return None
    return next(iter(named_children(node)), None)


def negated(node: Node) -> Node | None:
    """``x`` of ``!x``."""
    if node.type != "unary_expression" or not has_token(node, "!") or _ends_range(node):
        return None
    return next(iter(named_children(node)), None)


def _ends_range(node: Node) -> bool:
    """Does the operator stand directly behind ``..``, where ``engine.rust.grammar`` has the parser read
    ``!`` for ``*``? (``..!x`` is taken for ``..*x``, too.)"""
    before = node.prev_sibling
    return before is not None and before.type in ("..", "..=")


def indexed(node: Node) -> tuple[Node, Node] | None:
    """``(x, i)`` of ``x[i]``."""
    parts = named_children(node) if node.type == "index_expression" else []
    return (parts[0], parts[1]) if len(parts) == 2 else None


def awaited(node: Node) -> Node | None:
    """``x`` of ``x.await``."""
    return next(iter(named_children(node)), None) if node.type == "await_expression" else None


def tried(node: Node) -> Node | None:
    """``x`` of ``x?``."""
    return next(iter(named_children(node)), None) if node.type == "try_expression" else None


def initialized(node: Node) -> tuple[Node, Node] | None:
    """``(name, value)`` of ``name: value`` in a struct expression."""
    if node.type != "field_initializer":
        return None
    name, value = node.child_by_field_name("field"), node.child_by_field_name("value")
    return (name, value) if name is not None and value is not None else None


def constructed(node: Node) -> Node | None:
    """The path of the struct or variant that ``Path { .. }`` makes."""
    return node.child_by_field_name("name") if node.type == "struct_expression" else None


# -- paths -----------------------------------------------------------------------------------------


def path_of(node: Node) -> tuple[Node | None, Node] | None:
    """``(path, name)`` of ``path::name``, also as a type; the path is None in ``::name``."""
    if node.type not in ("scoped_identifier", "scoped_type_identifier"):
        return None
    name = node.child_by_field_name("name")
    return (node.child_by_field_name("path"), name) if name is not None else None


def generic_head(node: Node) -> Node:
    """A type without its ``<..>``."""
    inner = node.child_by_field_name("type") if node.type == "generic_type" else None
    return inner if inner is not None else node


def last_segment(path: bytes) -> bytes:
    """``c`` of ``a::b::c``, without white space."""
    return path.rpartition(b"::")[2].strip()


def last_name(source: Source, node: Node) -> bytes:
    """``Stats`` of ``crate::Stats<'a, T>``."""
    return last_segment(b"".join(source.text(generic_head(node)).split()).partition(b"<")[0])
